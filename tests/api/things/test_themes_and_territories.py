from __future__ import annotations

import csv
import html
import io
import re

import pytest
from fastapi.testclient import TestClient

from api.knowledge import Record
from api.things.themes import matrix

HTML = {"Accept": "text/html"}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


def test_the_matrix_of_a_theme_counts_what_its_lists_hold(client: TestClient) -> None:
    page = client.get("/themes/mentoring", headers=HTML).text
    part = page[page.index('class="matrix"') : page.index("</table>")]
    cells = {html.unescape(address): int(count) for address, count in re.findall(r'href="([^"]+)">(\d+)</a>', part)}
    # 35 activities have the theme (Q12 of the ontology study): 2 in D0, 18 in D1, 1 in D2, none in D3, 14 in D4.
    assert cells == {
        "/activities?theme=mentoring&territory=tambov-obl&level=region": 1,
        "/activities?theme=mentoring&territory=tomsk-obl&level=region": 20,
        "/activities?theme=mentoring&territory=khorol-mo&level=municipality": 14,
    }
    for address, count in cells.items():
        listed = client.get(address.replace("/activities?", "/activities.csv?"))
        assert len(list(csv.DictReader(io.StringIO(listed.text)))) == count, address


def test_a_theme_tells_its_place_its_leaders_and_its_bases(client: TestClient) -> None:
    page = text_of(client.get("/themes/mentoring", headers=HTML).text)
    assert "конкурсы наставников" in page
    assert "35 мероприятий , 4 документа" in page
    assert "раздел: 4 записи" in page
    assert page.index("Томский областной институт") < page.index("Кирсанов И.Н.")
    narrower = client.get("/themes/mentor-contests", headers=HTML).text
    assert 'href="/themes/mentoring"' in narrower


@pytest.mark.parametrize("path", ["/themes/mentoring", "/territories/tomsk-obl", "/territories/ru"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_pages_are_small_and_come_as_data(client: TestClient, path: str, language: str) -> None:
    response = client.get(path, params={"lang": language}, headers=HTML)
    assert response.status_code == 200
    assert len(response.content) < 100_000
    assert client.get(f"{path}.csv").status_code == 200
    assert client.get(f"{path}.ttl").headers["content-type"].startswith("text/turtle")


def test_a_matrix_keeps_documents_without_territory_apart() -> None:
    def document(place: str | None, level: str | None, count: int) -> Record:
        return {
            "territory": place and f"id/territory/{place}", "territoryLabel": place,
            "level": level and f"scheme/level/{level}", "levelLabel": level, "activities": count,
        }  # fmt: skip

    found = matrix([document("a", "region", 3), document("a", "region", 2), document(None, None, 1)], "x", {})
    assert [label for _, label in found.levels] == ["", "region"]
    counts = [[cell.count if cell else None for cell in cells] for _, _, cells in found.rows]
    assert counts == [[1, None], [None, 5]]
    unknown = found.rows[0][2][0]
    assert unknown is not None
    assert unknown.address == "/activities?theme=x"


def test_a_territory_has_the_documents_of_its_parts(client: TestClient) -> None:
    page = client.get("/territories/tomsk-obl", headers=HTML).text
    for roadmap in ("tomsk-obl-mr", "tomsk-obl-nastav", "tomsk-city-model"):
        assert f'href="/roadmaps/{roadmap}"' in page
    assert 'href="/roadmaps/tambov-obl-nms"' not in page
    assert "69000000" in page
    assert 'href="/territories/tomsk-city"' in page
    assert 'href="/bodies/tomsk-obl_toipkro"' in page


def test_the_themes_of_a_territory_lead_to_its_activities(client: TestClient) -> None:
    page = client.get("/territories/khorol-mo", headers=HTML).text
    assert '<a class="small" href="/activities?territory=khorol-mo&amp;theme=mentoring">14</a>' in page


def test_every_theme_says_what_it_is_in_both_languages(client: TestClient) -> None:
    query = "SELECT ?theme ?d { ?theme skos:inScheme <https://w3id.org/vekha/scheme/theme> ; skos:definition ?d }"
    rows = client.get("/sparql", params={"query": query}, headers={"Accept": "application/json"}).json()
    told = {(row["theme"]["value"], row["d"]["xml:lang"]): row["d"]["value"] for row in rows["results"]["bindings"]}
    themes = {row["iri"] for row in client.get("/themes.json?lang=ru").json()["rows"]}
    assert themes
    assert {(theme, code) for theme in themes for code in ("ru", "en")} <= told.keys()
    for code, words in (("ru", "Опытный педагог"), ("en", "An experienced teacher")):
        page = client.get(f"/themes/mentoring?lang={code}", headers={"Accept": "text/html"}).text
        assert page.count("<p>" + words) == 1
        assert page.count(told[themes_iri(themes, "mentoring"), "en" if code == "ru" else "ru"]) == 0
        listed = client.get(f"/themes?lang={code}", headers={"Accept": "text/html"}).text
        assert words in listed


def themes_iri(themes: set[str], slug: str) -> str:
    return next(theme for theme in themes if theme.endswith(f"/{slug}"))
