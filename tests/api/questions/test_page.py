from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import Literal, NamedNode

from api.lists.paging import PageOfRows
from api.operation.result_cache import ResultCache
from api.questions.answer_views import AnswerShape, views_of
from api.questions.answers import QuestionAnswer
from api.questions.page import OWN_PARAMETERS
from api.settings import read_settings
from graph.results import Table
from ontology.iris import HOME, Iris
from queries.catalogue import Catalogue
from tests.api.conftest import serving
from tests.api.test_pages import HTML, links_of

ACTIVITY = f"{HOME}id/activity/"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.read(HOME)


def shape(catalogue: Catalogue, question: str, columns: dict[str, list[object]]) -> AnswerShape:
    def term(value: object) -> Literal | NamedNode | None:
        if value is None:
            return None
        return NamedNode(value) if isinstance(value, str) and value.startswith("http") else Literal(value)  # type: ignore[arg-type]

    rows = tuple(tuple(map(term, row)) for row in zip(*columns.values(), strict=True))
    return AnswerShape.of(QuestionAnswer(catalogue[question], {}, Table(tuple(columns), rows), 1), Iris(HOME))


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page))


def test_no_question_has_a_parameter_of_the_page(catalogue: Catalogue) -> None:
    taken = {name for question in catalogue.listed() for name in question.parameters} & OWN_PARAMETERS
    assert taken <= {"lang"}


def test_an_answer_offers_the_views_that_can_draw_it(catalogue: Catalogue) -> None:
    counts = shape(catalogue, "rows-per-actor", {"actor": [f"{HOME}id/body/x"], "name": ["Орган"], "activities": [3]})
    assert "chart" in [view.name for view in views_of(counts)]
    nothing = shape(catalogue, "rows-per-actor", {"actor": [], "name": [], "activities": []})
    assert [view.name for view in views_of(nothing)] == ["table"]
    texts = shape(catalogue, "who-is-responsible", {"activity": [ACTIVITY + "a", None], "text": ["а", "б"]})
    assert "chart" not in [view.name for view in views_of(texts)]
    assert texts.activities == [ACTIVITY + "a"]


def test_years_are_no_values_and_units_part_panels(catalogue: Catalogue) -> None:
    series = shape(
        catalogue,
        "target-series",
        {
            "text": ["а", "а", "б"],
            "year": [2021, 2022, 2021],
            "amount": [1, 2, 50],
            "unitLabel": ["штука", "штука", "%"],
        },
    )
    assert series.chart is not None
    assert (series.chart.x, series.chart.y, series.chart.panel) == ("year", "amount", "unitLabel")
    assert series.chart.form == "line"


@pytest.mark.parametrize(
    ("asked", "number", "first", "end"),
    [
        (None, 1, 0, 100),
        ("2", 2, 100, 200),
        ("3", 3, 200, 250),
        ("99", 3, 200, 250),
        ("x", 1, 0, 100),
        ("0", 1, 0, 100),
    ],
)
def test_a_page_that_is_not_there_is_the_nearest_one(asked: str | None, number: int, first: int, end: int) -> None:
    page = PageOfRows.of(asked, 250, 100)
    assert (page.number, page.first, page.end) == (number, first, end)


def test_targets_are_drawn_by_unit_with_the_table_under_it(client: TestClient) -> None:
    page = client.get("/questions/target-series", headers=HTML).text
    assert page.count("<svg") == 2
    drawn = page[page.index("<svg") : page.rindex("</svg>")]
    # Hand-checked (Q15): 5, 10, 15, 20 … stand in the document of Khorol as percents by year.
    assert re.search(r"<title>Координация взаимодействия МКОУ[^<]*, 2024: 33</title>", drawn)
    assert page.index("</svg>") < page.index('<table class="stacked">')
    table = client.get("/questions/target-series?view=table", headers=HTML).text
    assert "<svg" not in table
    assert links_of(page).dangers == []


def test_long_answers_come_in_pages_with_their_count(client: TestClient) -> None:
    first = client.get("/questions/target-series", headers=HTML).text
    assert "102 строки , 3 документа" in " ".join(text_of(first).split())
    rows = len(re.findall(r"<tr><td", first))
    assert f"1–{rows} из 102" in first
    seen = rows
    address: str | None = "/questions/target-series?page=2"
    while address:
        page = client.get(address, headers=HTML).text
        seen += len(re.findall(r"<tr><td", page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else None
    assert seen == 102


def test_a_text_that_rows_repeat_spans_them(client: TestClient) -> None:
    page = client.get("/questions/target-series", headers=HTML).text
    assert re.search(r'<td rowspan="4" class="wide"[^>]*><a [^>]*>Координация взаимодействия', page)


def test_an_answer_can_be_cited_with_all_that_it_depends_on(client: TestClient) -> None:
    page = client.get("/questions/who-is-responsible", headers=HTML).text
    found = re.search(r'<p id="citation"[^>]*>([^<]+)</p>', page)
    assert found
    citation = unescape(found[1])
    assert "Кто отвечает за мероприятия темы?" in citation
    assert "тема: mentoring" in citation
    assert re.search(r"версия данных \d+, \d\d\.\d\d\.\d{4}", citation)
    assert citation.endswith("/questions/who-is-responsible?theme=mentoring")


def test_the_same_address_is_data_by_suffix(client: TestClient) -> None:
    csv = client.get("/questions/who-is-responsible.csv?theme=mentoring&view=table")
    assert csv.headers["content-type"].startswith("text/csv")
    assert len(csv.text.strip().split("\r\n")) == 36
    assert client.get("/questions/due-in-month.json?month=13").status_code == 400


def test_pages_and_resources_share_kept_answers(examples_folder: Path) -> None:
    with serving(read_settings(data=examples_folder, workers=1, budget_seconds=0)) as client:
        cache = client.app.state.cache  # type: ignore[attr-defined]
        assert isinstance(cache, ResultCache)
        client.get("/questions/rows-per-actor", headers=HTML)
        before = cache.hits
        client.get("/questions/rows-per-actor?view=table", headers=HTML)
        assert cache.hits > before
        hits = cache.hits
        client.get("/api/questions/rows-per-actor?format=csv")
        assert cache.hits == hits + 1


def test_a_question_that_takes_too_long_is_told_on_its_page(examples_folder: Path) -> None:
    with serving(read_settings(data=examples_folder, workers=1, query_seconds=0.001)) as client:
        page = client.get("/questions/who-is-responsible", headers=HTML)
        # Either no process was ready in that time, or it ran out while one evaluated.
        assert page.status_code in {503, 504}
        assert 'role="alert"' in page.text
        assert '<form class="ask"' in page.text


def test_values_of_long_lists_are_looked_up(client: TestClient) -> None:
    found = client.get("/questions/activities-of-body/choices/actor", params={"text": "томск институт"}).json()
    assert {"value": "tomsk-obl_toipkro"}.items() <= found[0].items()
    assert client.get("/questions/activities-of-body/choices/nothing").status_code == 404


def test_the_network_of_an_answer_is_drawn_from_its_own_address(client: TestClient) -> None:
    page = client.get("/questions/who-is-responsible?theme=mentoring&view=network", headers=HTML).text
    source = re.search(r'<network-map src="([^"]+)"', page)
    assert source
    network = client.get(unescape(source[1]))
    assert network.status_code == 200
    assert "ТОИПКРО" in network.text or "Томский областной институт" in network.text
    for address in re.findall(r'<img src="([^"]+)"', page):
        assert client.get(unescape(address)).headers["content-type"].startswith("image/svg+xml")
    texts = client.get("/questions/cited-acts", headers=HTML).text
    assert "view=network" not in texts


def test_hostile_texts_stay_texts_in_every_view(hostile_client: TestClient) -> None:
    for question in ("who-is-responsible", "rows-per-actor", "target-series", "activities-per-roadmap"):
        for view in ("table", "chart", "network", "timeline"):
            page = hostile_client.get(f"/questions/{question}?view={view}", headers=HTML)
            assert page.status_code == 200
            assert links_of(page.text).dangers == [], (question, view)
            assert "<script>alert" not in page.text


def test_an_empty_value_where_one_is_needed_is_told_without_guesses(client: TestClient) -> None:
    page = client.get("/questions/who-is-responsible?theme=", headers=HTML)
    assert page.status_code == 400
    assert "Параметр «theme» пуст: выберите значение" in page.text
    assert "может быть" not in page.text
