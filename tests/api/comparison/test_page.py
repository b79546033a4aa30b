from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import urlencode

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.comparison.matrices import SHADES, count_by
from tests.api.test_pages import HTML, links_of

TWO = [("roadmap", "tomsk-obl-nastav"), ("roadmap", "khorol-mo-nms")]


def sheet(client: TestClient, *asked: tuple[str, str]) -> list[dict[str, str]]:
    text = client.get("/compare.csv?" + urlencode(asked), headers={"Accept-Language": "ru"}).text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_matrix_counts_each_activity_once_in_each_cell_that_it_fits() -> None:
    activities = [
        {"theme": frozenset("ab"), "territory": frozenset("x")},
        {"theme": frozenset("a"), "territory": frozenset("xy")},
        {"theme": frozenset(), "territory": frozenset("y")},
    ]
    matrix = count_by(activities, "theme", "territory", str.upper)
    assert [(row.label, row.count) for row in matrix.rows] == [("A", 2), ("B", 1)]
    cells = {(row.thing, column.thing): matrix.count(row, column) for row in matrix.rows for column in matrix.columns}
    assert cells == {("a", "x"): 2, ("a", "y"): 1, ("b", "x"): 1, ("b", "y"): 0}
    assert matrix.shade(matrix.rows[0], matrix.columns[0]) == SHADES
    assert matrix.size == 3


def test_each_cell_leads_to_as_many_activities_as_it_says(client: TestClient) -> None:
    page = client.get("/compare", headers=HTML).text
    assert links_of(page).dangers == []
    cells = re.findall(r'<td class="m\d"><a href="([^"]+)">(\d+)</a></td>', page)
    assert len(cells) > 30
    for address, count in cells[::7]:
        path, query = unescape(address).split("?")
        rows = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv?{query}").text, newline="")))
        assert len(rows) == int(count), address


def test_the_files_hold_the_whole_matrix(client: TestClient) -> None:
    rows = sheet(client, ("rows", "theme"), ("columns", "roadmap"))
    mentoring = next(row for row in rows if row["тема"] == "наставничество")
    # Hand-checked (Q16): 35 activities of four documents belong to mentoring.
    assert int(mentoring["всего"]) == 35
    assert sum(int(count) for name, count in mentoring.items() if name not in {"тема", "всего"}) == 35
    book = openpyxl.load_workbook(io.BytesIO(client.get("/compare.xlsx").content))
    assert book.worksheets[0].max_row == len(sheet(client)) + 1


def test_filters_of_lists_narrow_the_matrix(client: TestClient) -> None:
    rows = sheet(client, ("theme", "mentoring"))
    assert [row["тема"] for row in rows] == ["наставничество"]
    page = client.get("/compare?theme=mentoring", headers=HTML).text
    assert 'href="/compare?"' in page
    levels = sheet(client, ("rows", "level"), ("columns", "theme"), ("territory", "tambov-obl"))
    assert len(levels) == 1


def test_two_roadmaps_side_by_side_part_all_their_activities(client: TestClient) -> None:
    rows = sheet(client, *TWO)
    similar = [row for row in rows if row["что"] == "сходно"]
    alone = [row for row in rows if row["что"] == "только здесь"]
    assert similar
    met = {(row["документ"], row["№"], row["мероприятие"]) for row in similar}
    met |= {(row["другой документ"], row["№ другого"], row["другое мероприятие"]) for row in similar}
    assert not met & {(row["документ"], row["№"], row["мероприятие"]) for row in alone}
    assert 18 + 59 - len(alone) <= 2 * len(similar)
    assert [float(row["сходство"]) for row in similar] == sorted(
        (float(row["сходство"]) for row in similar), reverse=True
    )
    page = client.get("/compare?" + urlencode(TWO), headers=HTML).text
    assert links_of(page).dangers == []


def test_what_one_has_and_the_other_lacks_is_a_question(client: TestClient) -> None:
    page = client.get("/compare?" + urlencode(TWO), headers=HTML).text
    address = re.search(r'href="(/questions/only-in-roadmap[^"]+)"', page)
    assert address
    question = client.get(unescape(address[1]), headers=HTML).text
    found = re.search(r"<b>(\d+) строк", question)
    alone = re.search(r'<a href="#alone-0">(\d+)</a>', page)
    assert found
    assert alone
    assert found[1] == alone[1]


def test_a_higher_measure_leaves_fewer_matches(client: TestClient) -> None:
    every = [row for row in sheet(client, *TWO) if row["что"] == "сходно"]
    few = [row for row in sheet(client, *TWO, ("least", "0.3")) if row["что"] == "сходно"]
    assert 0 < len(few) < len(every)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("roadmap=tomsk-obl-nastav", 400),
        ("roadmap=tomsk-obl-nastav&roadmap=tomsk-obl-nastav", 400),
        ("roadmap=tomsk-obl-nastav&roadmap=nowhere", 404),
        ("roadmap=a&roadmap=b&roadmap=c&roadmap=d&roadmap=e", 404),
        ("rows=nonsense&columns=nonsense&page=99&down=99", 200),
        ("rows=theme&columns=theme", 200),
        ("theme=nothing-of-that-name", 200),
        ("roadmap=&roadmap=", 400),
    ],
)
def test_a_comparison_that_cannot_be_made_is_told(client: TestClient, query: str, status: int) -> None:
    assert client.get(f"/compare?{query}", headers=HTML).status_code == status
    assert client.get(f"/compare.csv?{query}").status_code == status


def test_hostile_texts_stay_texts(hostile_client: TestClient) -> None:
    page = hostile_client.get("/compare?rows=theme&columns=roadmap", headers=HTML).text
    assert links_of(page).dangers == []
    assert "<script>alert" not in page
