from __future__ import annotations

import re
from datetime import date

import pytest
from fastapi.testclient import TestClient

from api.home import deadlines
from api.lists.facts import ListedFacts
from ontology.iris import HOME
from queries.catalogue import Catalogue

HTML = {"Accept": "text/html"}


def test_the_first_page_says_what_is_loaded_and_leads_to_it(client: TestClient) -> None:
    page = client.get("/", headers=HTML).text
    figures = (
        ("roadmaps", "5", "документов"),
        ("activities", "149", "мероприятий"),
        ("bodies", "37", "исполнителей"),
        ("indicators", "70", "показателей"),
    )
    for address, figure, word in figures:
        assert f'<a href="/{address}"><b>{figure}</b> <span>{word}</span></a>' in page
        behind = client.get(f"/{address}", headers=HTML).text
        assert re.search(rf'class="count"[^>]*>{figure}<', behind), address
    assert page.count('<li><a href="/questions/') == 6


def test_each_filled_cell_of_the_coverage_leads_to_as_many_documents(client: TestClient) -> None:
    page = client.get("/", headers=HTML).text
    cells = re.findall(r'filled"><a href="([^"]+)" aria-label="([^"]+)">(\d+)<', page)
    assert {(label.split(",")[0], int(count)) for _, label, count in cells} == {
        ("Томская область", 2),
        ("Томская область", 1),
        ("Приморский край", 1),
        ("Тамбовская область", 1),
    }
    for address, _label, count in cells:
        rows = client.get(address.replace("&amp;", "&").replace("/roadmaps?", "/roadmaps.json?")).json()["rows"]
        assert len(rows) == int(count)


def test_deadlines_are_told_as_of_the_day_in_the_address(client: TestClient) -> None:
    page = client.get("/?date=2022-01-01", headers=HTML).text
    assert "На 01.01.2022:" in page
    assert "прошло 62 срока, последний 31.12.2021" in " ".join(page.split())
    assert page.count("<time datetime=") == 4
    assert client.get("/?date=never", headers=HTML).status_code == 400
    assert "«never» – не дата" in client.get("/?date=never", headers=HTML).text


@pytest.mark.parametrize(
    ("day", "passed", "soon"),
    [("2021-05-14", 0, 2), ("2021-05-15", 1, 1), ("2021-08-12", 1, 1), ("2021-08-13", 2, 0), ("2020-01-01", 0, 0)],
)
def test_a_day_counts_until_it_is_over(day: str, passed: int, soon: int) -> None:
    activities: dict[str, dict[str, tuple[str, ...]]] = {
        "a": {"due": ("2021-05-14",)},
        "b": {"due": ("2021-08-12",)},
        "c": {"due": ()},
    }
    facts = ListedFacts(1, activities, {}, {}, {}, {}, (("a", "x", "role"),))
    found = deadlines(facts, {"a": "Первое", "x": "Отдел"}, date.fromisoformat(day))
    assert (found.passed, found.soon, len(found.nearest)) == (passed, soon, soon)


def test_the_gallery_lists_every_question_as_a_sentence(client: TestClient) -> None:
    page = client.get("/questions", headers=HTML).text
    for question in Catalogue.read(HOME).listed():
        assert f'href="/questions/{question.id}"' in page
        assert question.title.ru in page
        assert f'hx-get="/questions/{question.id}/rows"' in page


def test_a_question_tells_how_many_rows_its_answer_has(client: TestClient) -> None:
    assert client.get("/questions/who-is-responsible/rows").text == "35 строк"
    assert client.get("/questions/who-is-responsible/rows?lang=en").text == "35 rows"
    assert client.get("/questions/nothing-such/rows").status_code == 404
    assert client.get("/questions/listed-activities/rows").status_code == 404
