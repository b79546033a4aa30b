from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.knowledge import Knowledge
from api.language import read_language
from api.pages import written
from api.security import HEADERS
from api.settings import read_settings
from tests.api.conftest import serving

HTML = {"Accept": "text/html"}


class Links(HTMLParser):
    """Addresses of a page, and whether anything in it could run."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        for name, value in named.items():
            if name.startswith("on") or name == "style" or name in {"srcdoc", "formaction"}:
                self.dangers.append(f"{tag} {name}")
            if name in {"href", "src", "action"} and value is not None:
                self.addresses.add(value)
                if not value.startswith(("/", "#", "?", "http://", "https://")):
                    self.dangers.append(value)
        if tag == "script" and "src" not in named:
            self.dangers.append("inline script")
        if tag in {"iframe", "object", "embed", "base"}:
            self.dangers.append(tag)
        # The only pictures are networks for readers without scripts.
        if tag == "img" and not (named.get("src") or "").startswith("/api/networks/"):
            self.dangers.append(tag)


def links_of(text: str) -> Links:
    found = Links()
    found.feed(text)
    return found


def test_every_page_that_pages_link_to_answers(client: TestClient) -> None:
    """A walk over the site: every local address that a page names exists, up to a few hundred of them."""
    waiting, seen = ["/"], {"/"}
    while waiting and len(seen) < 400:
        address = waiting.pop(0)
        response = client.get(address, headers=HTML)
        assert response.status_code in {200, 303}, (address, response.status_code)
        if not response.headers.get("content-type", "").startswith("text/html"):
            continue
        links = links_of(response.text)
        assert links.dangers == [], address
        for target in sorted(links.addresses):
            local = target.split("#")[0]
            if local.startswith("?"):
                local = address.split("?")[0] + local
            if local.startswith("/") and local not in seen and "format=" not in local:
                seen.add(local)
                waiting.append(local)


@pytest.mark.parametrize("path", ["/", "/api/questions", "/health", "/nope", "/sparql?query=ASK%7B%7D", "/api/nope"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    assert "unsafe" not in headers["content-security-policy"]


def test_no_page_or_file_of_ours_names_another_host(repository: Path) -> None:
    folders = (repository / "api" / "templates", repository / "api" / "static")
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        if "vendor" in file.parts:
            continue
        addresses = re.findall(r"(?:https?:)?//[a-z][\w.-]+", file.read_text(encoding="utf-8"))
        assert set(addresses) <= {"http://www.w3.org"}, file.name


def test_files_may_be_kept_for_good_under_an_address_that_changes(client: TestClient) -> None:
    page = client.get("/", headers=HTML).text
    found = re.search(r'href="(/static/[0-9a-f]{12}/page\.css)"', page)
    assert found
    response = client.get(found[1])
    assert response.status_code == 200
    assert "immutable" in response.headers["cache-control"]
    assert client.get(found[1].replace("page.css", "../settings.py")).status_code == 404


def test_the_language_follows_address_then_cookie_then_browser(client: TestClient) -> None:
    english = client.get("/help?lang=en", headers=HTML)
    assert english.headers["content-language"] == "en"
    cookie = english.headers["set-cookie"]
    assert cookie.startswith("lang=en;")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    client.cookies.clear()
    assert client.get("/help", headers=HTML | {"Cookie": "lang=en"}).headers["content-language"] == "en"
    assert client.get("/help", headers=HTML | {"Accept-Language": "en"}).headers["content-language"] == "en"
    assert client.get("/help", headers=HTML).headers["content-language"] == "ru"


def test_the_language_switch_keeps_the_address(client: TestClient) -> None:
    page = client.get("/questions/who-is-responsible?theme=monitoring&roadmap=", headers=HTML).text
    assert 'href="/questions/who-is-responsible?theme=monitoring&amp;roadmap=&amp;lang=en"' in page


def test_a_wrong_value_is_told_on_the_page(client: TestClient) -> None:
    response = client.get("/questions/due-in-month?month=13", headers=HTML)
    assert response.status_code == 400
    assert "целое число от 1 до 12" in response.text
    response = client.get("/questions/who-is-responsible?theme=mentorin", headers=HTML)
    assert response.status_code == 400
    assert "может быть, mentoring" in response.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_is_not_there_is_told_in_the_form_asked_for(client: TestClient, accept: str) -> None:
    response = client.get("/no/such/page", headers={"Accept": accept})
    assert response.status_code == 404
    assert "Traceback" not in response.text
    if accept == "text/html":
        assert "Такой страницы нет" in response.text
    else:
        assert response.headers["content-type"] == "application/problem+json"


def test_an_error_of_ours_is_told_in_words(examples_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_values: object) -> None:
        raise ZeroDivisionError("secret detail")

    with serving(read_settings(data=examples_folder, workers=1)) as client:
        monkeypatch.setattr(Knowledge, "records", broken)
        page = client.get("/", headers=HTML)
        assert page.status_code == 500
        assert "Что-то сломалось" in page.text
        assert "secret" not in page.text
        answer = client.get("/api/questions")
        assert answer.status_code in {200, 500}


def test_an_empty_data_folder_says_what_to_do(tmp_path: Path) -> None:
    with serving(read_settings(data=tmp_path / "none", workers=1)) as client:
        page = client.get("/", headers=HTML)
        assert page.status_code == 503
        assert "Пока ничего не загружено" in page.text
        assert str(tmp_path) not in page.text
        health = client.get("/health")
        assert health.status_code == 503
        assert health.json()["status"] == "empty"


def test_hostile_texts_are_shown_and_never_run(hostile_client: TestClient) -> None:
    addresses = [
        "/",
        "/questions/who-is-responsible",
        "/roadmaps/hostile",
        "/activities/hostile_1",
        "/activities/hostile_2",
        "/activities/hostile_3",
        "/themes/mentoring",
        "/sparql?query=SELECT%20*%20%7B%20%3Fs%20rdfs%3Alabel%20%3Fo%20FILTER(CONTAINS(%3Fo%2C%20%22script%22))%20%7D",
    ]
    shown = ""
    for address in addresses:
        response = hostile_client.get(address, headers=HTML)
        assert response.status_code == 200, address
        assert links_of(response.text).dangers == [], address
        shown += response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{ 7 * 7 }}" in shown
    assert "49" not in re.findall(r"<td[^>]*>\s*(49)\s*</td>", shown)


def test_values_are_written_as_people_write_them(client: TestClient) -> None:
    page = client.get("/questions/thresholds", headers=HTML).text
    assert 'data-label="значение">15<' in page
    assert 'data-label="за период">6 месяцев<' in page
    page = client.get("/questions/similar-activities?lang=en", headers=HTML).text
    assert 'data-label="word for word">yes<' in page
    assert ">True<" not in page


def test_a_column_without_values_is_no_column_of_numbers(client: TestClient) -> None:
    page = client.get("/questions/members", headers=HTML).text
    assert 'class="number"' not in page


def test_a_problem_is_told_once(client: TestClient) -> None:
    page = client.get("/no/such/page", headers=HTML).text
    assert page.count("Адрес неверен") == 1


@pytest.mark.parametrize(
    ("value", "ru", "en"),
    [
        (15.0, "15", "15"),
        (0.5, "0,5", "0.5"),
        (1_500_000.0, "1500000", "1500000"),
        (2024, "2024", "2024"),
        (True, "да", "yes"),
        ("P1Y", "1 год", "1 year"),
        ("2021-05-14", "14.05.2021", "May 14, 2021"),
        ("PRO", "PRO", "PRO"),
    ],
)
def test_numbers_durations_and_dates_follow_the_language(value: object, ru: str, en: str) -> None:
    assert written(value, read_language("ru")).replace("\N{NO-BREAK SPACE}", " ") == ru
    assert written(value, read_language("en")) == en


@pytest.mark.parametrize(
    "path",
    [
        "/bodies/tomsk-obl_toipkro",
        "/groups/tambov-obl_toipkro-chairs",
        "/activities/tomsk-obl-nastav_1_3",
        "/themes/mentoring",
        "/territories/tomsk-obl",
    ],
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_things_are_shown_by_their_names(client: TestClient, path: str, language: str) -> None:
    page = client.get(path, params={"lang": language}, headers=HTML).text
    main = re.sub(r"<code>.*?</code>", "", page[page.index("<main") :])
    bare = [text for text in re.findall(r">([^<]+)<", main) if re.search(r"https?://|\bid/|^[a-z]+:[A-Za-z]", text)]
    assert bare == []
