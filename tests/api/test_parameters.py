"""Every address that shows a selection says what it does not take: pages tell it, files are refused."""

from __future__ import annotations

from typing import Final

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Route

from api.routes import ROUTES

# Protocols, forms and what watches the service have parameters of their own rules.
ELSEWHERE: Final = (
    "/.well-known",
    "/admin",
    "/graph",
    "/health",
    "/import",
    "/metrics",
    "/queries",
    "/questions/{question}/",
    "/questions/{question}.svg",
    "/questions/{question}.png",
    "/reconcile",
    "/roadmaps/{slug}/correct",
    "/roadmaps/{slug}/rows",
    "/sign-",
    "/sparql",
    "/update",
)
SELECTS: Final = ("/api/networks/{projection}", "/api/networks", "/roadmaps/{slug}/corrections")
SLUGS: Final = {
    "/roadmaps": "tomsk-obl-mr",
    "/activities": "tomsk-obl-nastav_1_3",
    "/bodies": "tomsk-obl_toipkro",
    "/groups": "tomsk-obl_mouo",
    "/themes": "mentoring",
    "/territories": "tomsk-obl",
    "/indicators": "activity_tomsk-obl-nastav_3_4_1",
}
VALUES: Final = {
    "question": "who-is-responsible",
    "tour": "",
    "kind": "body",
    "key": "tomsk-obl_toipkro",
    "scheme": "theme",
    "concept": "mentoring",
    "projection": "bodies-by-activity",
}


def addresses() -> list[str]:
    """An example of each address that one reads, but for those of protocols and forms."""
    found = []
    for route in ROUTES:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        path = route.path
        if not path.startswith(SELECTS) and path.startswith((*ELSEWHERE, "/api/")):
            continue
        values = {"slug": SLUGS.get("/" + path.split("/")[1], ""), **VALUES}
        names = list(route.param_convertors)
        if all(values.get(name) for name in names):
            found.append(path.format(**values))
    return found


@pytest.mark.parametrize("address", addresses())
def test_what_an_address_does_not_take_is_told_or_refused(client: TestClient, address: str) -> None:
    page = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    plain = client.get(address, headers=page, follow_redirects=True)
    answer = client.get(f"{address}?qqq=x&utm_source=letter&lang=ru", headers=page, follow_redirects=True)
    assert plain.status_code == 200, plain.text[:300]
    if answer.status_code == 200:
        assert answer.headers["content-type"].startswith("text/html")
        assert "По «qqq» ничего не отобрано" in answer.text
        assert "utm_source" not in answer.text[: answer.text.index("ничего не отобрано")].rpartition("<main")[2]
    else:
        assert answer.status_code == 400
        assert "qqq" in answer.text
    added = client.get(f"{address}?utm_source=letter", headers=page, follow_redirects=True)
    assert added.status_code == 200
    assert "ничего не отобрано" not in added.text


def test_no_page_of_ours_leaves_an_address_of_the_table_out() -> None:
    found = addresses()
    for one in (
        "/timeline.ics",
        "/timeline.svg",
        "/compare.xlsx",
        "/search",
        "/search.csv",
        "/changes",
        "/linking.tsv",
    ):
        assert one in found
    assert len(found) > 60


@pytest.mark.parametrize(
    "address",
    ["/bodies/tomsk-obl_toipkro?year=2021", "/roadmaps/tomsk-obl-mr?page=1", "/search?q=наставник&kind=theme"],
)
def test_data_of_a_page_can_be_had_from_it_with_any_selection(client: TestClient, address: str) -> None:
    page = client.get(address, headers={"Accept": "text/html"}).text
    assert "ничего не отобрано" not in page
    path = address.partition("?")[0]
    offered = [part.partition('"')[0].replace("&amp;", "&") for part in page.split('href="') if f"{path}." in part[:80]]
    assert offered
    for one in offered:
        assert client.get(one).status_code == 200, one


def test_files_of_a_thing_are_of_the_whole_thing(client: TestClient) -> None:
    refused = client.get("/bodies/tomsk-obl_toipkro.csv?year=2021&lang=ru")
    assert refused.status_code == 400
    assert refused.json()["detail"] == "По «year» ничего не отобрано: у этой страницы нет параметров."


def test_the_search_of_programs_refuses_what_it_does_not_take(client: TestClient) -> None:
    assert client.get("/api/search?q=наставник&limit=3").status_code == 200
    assert client.get("/api/search?q=наставник&kinds=theme").json()["parameter"] == "kinds"
