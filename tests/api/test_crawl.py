from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from bench.crawl import crawl, kind_of
from tests.api.conftest import HOSTILE_TEXT


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_link_of_any_page_is_dead(client: TestClient, language: str) -> None:
    client.headers["Accept-Language"] = language
    told: list[str] = []

    def get(address: str) -> tuple[int, str, bytes]:
        status, media_type, content = getting(client)(address)
        if any(words.encode() in content for words in ("ничего не отобрано", "Nothing is narrowed by")):
            told.append(address)
        return status, media_type, content

    try:
        visits = list(crawl(get, each=4))
    finally:
        del client.headers["Accept-Language"]
    assert len(visits) > 100
    assert [(visit.address, visit.linked_from, visit.status) for visit in visits if visit.status >= 400] == []
    assert [(visit.address, visit.problems) for visit in visits if visit.problems] == []
    # Our own links have no parameters that their pages do not take.
    assert told == []


def test_what_a_document_says_stays_text_on_every_page(hostile_client: TestClient) -> None:
    pages = 0
    for visit in crawl(getting(hostile_client), each=4):
        # What one document has nothing of is told so (4xx); the examples above have no such links.
        assert visit.status < 500, visit
        if visit.media_type.startswith(("text/html", "image/svg+xml")):
            pages += 1
            text = hostile_client.get(visit.address, follow_redirects=True).text
            assert "<script>alert" not in text, visit.address
            assert "<img src=x" not in text, visit.address
            assert "<script>x" not in text, visit.address
            assert 'href="javascript:' not in text, visit.address
    assert pages > 30
    assert "<script>alert" in HOSTILE_TEXT


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/", "/"), ("/bodies", "/bodies"), ("/bodies/a?sort=b", "/bodies/…?sort"), ("/id/body/a", "/id/body/…")],
)
def test_addresses_of_one_kind(address: str, kind: str) -> None:
    assert kind_of(address) == kind


def getting(client: TestClient) -> Callable[[str], tuple[int, str, bytes]]:
    def get(address: str) -> tuple[int, str, bytes]:
        answer = client.get(address, follow_redirects=True)
        return answer.status_code, answer.headers.get("content-type", ""), answer.content

    return get
