from __future__ import annotations

import json
import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.api.test_pages import links_of

PAGE = {"Accept": "text/html"}
COUNTS = """SELECT ?body ?count {
  { SELECT ?body (COUNT(?activity) AS ?count) { ?activity vekha:responsible ?body } GROUP BY ?body }
}"""
YEARS = """SELECT ?text ?year ?value {
  ?indicator rdfs:label ?text ; vekha:target ?target .
  ?target vekha:year ?year ; vekha:value ?value
}"""
MENTORING = "SELECT ?activity ?body { ?activity vekha:theme theme:mentoring ; vekha:responsible ?body }"


def page_of(client: TestClient, query: str, **parameters: str) -> str:
    answer = client.get("/sparql", params={"query": query, **parameters}, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def views_in(page: str) -> list[str]:
    found = re.search(r'<nav class="switch".*?</nav>', page, re.DOTALL)
    return re.findall(r"<(?:a|span)[^>]*>([^<]+)</", found[0]) if found else []


def test_an_answer_offers_the_views_that_its_columns_feed(client: TestClient) -> None:
    assert views_in(page_of(client, COUNTS)) == ["Таблица", "График", "Сеть"]
    assert views_in(page_of(client, MENTORING)) == ["Таблица", "Сеть", "Сроки"]
    assert views_in(page_of(client, "SELECT ?s { BIND(1 AS ?s) }")) == []


def test_bars_have_the_names_and_links_of_things(client: TestClient) -> None:
    page = page_of(client, COUNTS, view="chart")
    drawing = page[page.index("<svg") : page.index("</svg>")]
    bars = re.findall(r'<a href="(/[^"]+)"><title>(.*?): (\d+)</title>', drawing)
    assert len(bars) > 10
    assert [int(count) for *_, count in bars] == sorted((int(count) for *_, count in bars), reverse=True)
    largest = client.get("/sparql", params={"query": COUNTS + " ORDER BY DESC(?count) LIMIT 1", "format": "json"})
    assert bars[0][2] == largest.json()["results"]["bindings"][0]["count"]["value"]
    assert page.index("</svg>") < page.index('<table class="stacked"')


def test_values_over_years_are_lines(client: TestClient) -> None:
    page = page_of(client, YEARS, view="chart")
    assert page.count('class="line"') == 8
    assert re.search(r"<title>[^<]+, 2024: \d", page)


def test_a_chart_is_made_by_choosing_and_its_address_says_all(client: TestClient) -> None:
    made = {"view": "chart", "chart": "bar", "x": "year", "y": "", "series": "", "fold": "sum"}
    page = page_of(client, YEARS, **made)
    bars = dict(re.findall(r"<title>(\d{4}): (\d+)</title>", page))
    rows = client.get("/sparql", params={"query": YEARS, "format": "json"}).json()["results"]["bindings"]
    years = [row["year"]["value"] for row in rows]
    assert bars == {year: str(years.count(year)) for year in years}
    assert list(bars) == sorted(bars)
    assert '<option value="year" selected>' in page
    assert '<details class="make-chart" open>' in page


def test_bars_of_series_stand_beside_each_other(client: TestClient) -> None:
    query = "SELECT ?level ?kind { ?body a vekha:Body ; vekha:level ?level ; org:classification ?kind }"
    page = page_of(client, query, view="chart", x="level", series="kindLabel")
    drawing = page[page.index("<svg") : page.index("</svg>")]
    assert drawing.count('class="series s0"') > 1
    assert re.search(r"<title>муниципальный, [^<]+: \d+</title>", drawing)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"x": "nothing"}, "нет столбца «nothing»"),
        ({"x": "text", "y": "text"}, "В столбце «text» нет чисел"),
        ({"x": "text", "chart": "line"}, "в столбце «text» их нет"),
        ({"chart": "pie"}, "не знает «pie»"),
        ({"series": "<script>"}, "нет столбца «<script>»"),
    ],
)
def test_a_chart_that_cannot_be_drawn_is_refused_in_words(
    client: TestClient, choice: dict[str, str], words: str
) -> None:
    page = page_of(client, YEARS, view="chart", **choice)
    assert words in page
    assert '<svg class="drawing"' not in page
    assert '<table class="stacked"' in page


@pytest.mark.parametrize("by_link", [False, True])
def test_the_network_of_an_answer_is_that_of_its_activities(client: TestClient, by_link: bool) -> None:  # noqa: FBT001
    asked = {"query": MENTORING}
    if by_link:
        kept = client.post("/sparql/queries", data=asked, headers={"Accept": "application/json"}).json()
        asked = {"q": kept["id"]}
    page = client.get("/sparql", params={**asked, "view": "network"}, headers=PAGE).text
    source = re.search(r'<network-map src="([^"]+)"', page)
    assert source
    drawn = client.get(unescape(source[1]))
    assert drawn.status_code == 200, drawn.text
    themed = client.get("/api/networks/bodies-by-activity", params={"theme": "mentoring", "format": "json"}).json()
    # Of a theme also those are drawn that take part without being responsible.
    answered = client.get("/sparql", params={"query": MENTORING, "format": "json"}).json()["results"]["bindings"]
    activities = {row["activity"]["value"] for row in answered}
    assert drawn.json()["nodes"]["id"]
    shown = client.get("/networks", params={**asked, "projection": "bodies-and-activities", "top": "0"}, headers=PAGE)
    assert shown.status_code == 200
    assert "ответ: Запрос" in shown.text.replace("\xa0", " ")
    file = client.get("/api/networks/bodies-and-activities", params={**asked, "format": "json"}).json()
    assert {node["id"] for node in file["nodes"] if "/id/activity/" in node["id"]} == activities
    assert len(file["nodes"]) <= len(themed["nodes"]) + len(activities)


def test_a_network_of_actors_alone_holds_these(client: TestClient) -> None:
    query = "SELECT ?body { VALUES ?body { body:tomsk-obl_toipkro body:tomsk-obl_ciot } }"
    drawn = client.get("/api/networks/bodies-by-activity", params={"query": query, "format": "json"}).json()
    assert {node["id"].rsplit("/", 1)[-1] for node in drawn["nodes"]} <= {"tomsk-obl_toipkro", "tomsk-obl_ciot"}


def test_the_timeline_and_the_calendar_take_a_query(client: TestClient) -> None:
    query = MENTORING + " LIMIT 5"
    page = client.get("/timeline", params={"query": query}, headers=PAGE)
    assert page.status_code == 200
    assert "Ответ на запрос" in page.text
    rows = client.get("/timeline.csv", params={"query": query}).text.splitlines()
    assert 2 <= len(rows) <= 6
    assert client.get("/timeline.ics", params={"query": query}).text.startswith("BEGIN:VCALENDAR")
    drawn = page_of(client, query, view="timeline")
    assert 'class="scroll-picture gantt"' in drawn


def test_a_wrong_query_is_refused_where_it_would_be_drawn(client: TestClient) -> None:
    for address in ("/networks", "/timeline"):
        answer = client.get(address, params={"query": "SELECT nonsense"}, headers=PAGE)
        assert answer.status_code == 400
        assert "строка" in answer.text.lower()
    assert client.get("/timeline", params={"q": "aaaaaaaaaaaa"}, headers=PAGE).status_code == 404
    assert client.get("/api/networks/levels", params={"query": "DROP ALL"}).status_code == 403


def test_too_many_rows_are_not_drawn_in_part(client: TestClient) -> None:
    # Visitors of this server get 5,000 rows.
    query = "SELECT ?s (1 AS ?one) { ?s ?p ?o }"
    page = page_of(client, query, view="chart")
    assert "не более чем по 5000 строкам" in page.replace("\xa0", "")
    assert '<svg class="drawing"' not in page
    refused = client.get("/api/networks/levels", params={"query": query, "format": "json"})
    assert refused.status_code == 400
    assert "5000" in json.loads(refused.text)["detail"].replace("\xa0", "")


def test_texts_that_look_like_addresses_lead_nowhere(client: TestClient) -> None:
    page = page_of(client, 'SELECT ?t { VALUES ?t { "http://evil.example/" "javascript:alert(1)" } }')
    assert 'href="http://evil.example/"' not in page
    assert links_of(page).dangers == []


def test_hostile_texts_stay_texts_in_drawings(hostile_client: TestClient) -> None:
    query = "SELECT ?activity ?text ?n { ?activity a vekha:Activity ; rdfs:label ?text BIND(STRLEN(?text) AS ?n) }"
    for view in ("table", "chart", "network", "timeline"):
        page = hostile_client.get("/sparql", params={"query": query, "view": view}, headers=PAGE).text
        assert links_of(page).dangers == [], view
        assert "<script>alert" not in page
