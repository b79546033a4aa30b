from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

from api.commands.examples import example_documents
from api.things.roadmap_page import lit, pages_of
from api.things.versions import SourceCell, SourceRow, SourceTable

HTML = {"Accept": "text/html"}
NASTAV = "/roadmaps/tomsk-obl-nastav"


def page_of(client: TestClient, address: str, **query: str) -> str:
    response = client.get(address, headers=HTML, params=query or None)
    assert response.status_code == 200, address
    assert len(response.content) < 100_000, address
    return response.text


def panel_of(page: str) -> str:
    return page[page.index("<aside") : page.index("</aside>")]


@pytest.mark.parametrize(
    ("slug", "rows"), [("tomsk-obl-mr", 18), ("tomsk-obl-nastav", 18), ("tambov-obl-nms", 37), ("khorol-mo-nms", 59)]
)
def test_every_printed_row_stands_in_the_table(client: TestClient, slug: str, rows: int) -> None:
    page = page_of(client, f"/roadmaps/{slug}")
    assert len(re.findall(r'<tr id="t\d+_r\d+"', page)) == rows


def test_the_forms_of_the_city_model_are_turned_page_by_page(client: TestClient) -> None:
    first = page_of(client, "/roadmaps/tomsk-city-model")
    pages = int((re.search(r"страница 1 из (\d+)", first) or ["0", "1"])[1])
    found: list[str] = []
    for number in range(1, pages + 1):
        found += re.findall(r'<tr id="(t\d+_r\d+)"', page_of(client, "/roadmaps/tomsk-city-model", page=str(number)))
    assert len(found) == len(set(found)) == 95


def test_the_table_has_its_printed_headings_and_the_panel_the_facts_of_the_row(client: TestClient) -> None:
    page = page_of(client, NASTAV)
    head = re.findall(r'<th scope="col">([^<]+)</th>', page)
    source = next(path for path in example_documents() if path.name.startswith("001"))
    assert "\t".join(head) in source.read_text(encoding="utf-8").splitlines()
    assert "Муниципальные органы управления образованием Томской области" in panel_of(page)
    assert 'data-row="t1_r1"' in page
    third = panel_of(page_of(client, NASTAV, row="t1_r3"))
    assert "335" in third
    assert 'href="/activities/tomsk-obl-nastav_1_3"' in third


def test_a_mention_lights_the_very_characters_and_its_fact(client: TestClient) -> None:
    page = page_of(client, NASTAV, cell="t1_r3_c6", signs="0-6")
    assert re.search(r'<td class="cell sure lit" id="t1_r3_c6"><mark>ДО ТОО</mark> ТОИПКРО', page)
    assert page.count(' lit"') == 1
    assert re.findall(r'data-fact="t1_r3_c6" data-signs="([^"]+)" class="lit"', page) == ["0-6"]
    whole = page_of(client, NASTAV, cell="t1_r3_c6")
    assert whole.count('class="lit"') == 5
    assert "<mark>" not in whole


def test_a_cell_that_is_not_there_is_told(client: TestClient) -> None:
    words = "Ячейки, которую называет адрес, в этой версии документа нет."
    assert words in page_of(client, NASTAV, cell="t1_r99_c9")
    assert words not in page_of(client, NASTAV, cell="t1_r3_c6")
    assert words not in page_of(client, NASTAV)


def test_a_part_of_a_deadline_lights_its_words(client: TestClient) -> None:
    # «Май 2020, далее постоянно» was read as two deadlines.
    panel = panel_of(page_of(client, NASTAV, row="t1_r3"))
    assert 'data-fact="t1_r3_c5" data-signs="0-8"' in panel
    assert 'data-fact="t1_r3_c5" data-signs="10-25"' in panel


def test_cells_are_marked_by_how_they_were_read(client: TestClient) -> None:
    # D0/3 has a course where a deadline belongs; D3/14 was cut; D1/1.3 was read with certainty.
    assert re.search(
        r'<tr id="t1_r3"[^>]*><td class="pick"><a class="pick guess"', page_of(client, "/roadmaps/tomsk-obl-mr")
    )
    assert page_of(client, "/roadmaps/tomsk-city-model").count('<td class="cell guess"') == 1
    khorol = page_of(client, "/roadmaps/khorol-mo-nms")
    assert khorol.count('<a class="pick sure"') > khorol.count('<a class="pick guess"') > 0
    page = page_of(client, NASTAV)
    assert re.search(r'<td class="cell sure" id="t1_r3_c5"', page)
    assert "прочитано уверенно" in page


def test_the_facts_of_a_row_come_alone_for_the_script(client: TestClient) -> None:
    part = client.get(f"{NASTAV}/rows/t1_r3", headers=HTML)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "Департамент общего образования Томской области" in part.text
    for row in ("t1_r999", "x", "t1"):
        assert client.get(f"{NASTAV}/rows/{row}", headers=HTML).status_code == 404


def test_every_fact_can_be_called_wrong(client: TestClient) -> None:
    panel = panel_of(page_of(client, NASTAV, row="t1_r3"))
    for field, cell, count in (("actor", 6, 5), ("deadline", 5, 2), ("target", 3, 5)):
        assert panel.count(f"{NASTAV}/correct?cell=t1_r3_c{cell}&amp;value={field}") == count


def test_sections_and_other_views_are_linked(client: TestClient) -> None:
    page = page_of(client, NASTAV)
    assert len(re.findall(r'<li><a href="[^"]*page=1#t1_r\d+" lang="ru">', page)) == 3
    for address in ("/timeline?roadmap=tomsk-obl-nastav", "/timeline.ics?roadmap=tomsk-obl-nastav"):
        assert f'href="{address}"' in page


def test_the_rows_come_as_a_table(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{NASTAV}.csv").text)))
    assert [row["number"] for row in rows if "/activity/" in row["entry"]][:4] == ["1.", "2.", "3.", "4."]
    assert sum("/activity/" in row["entry"] for row in rows) == 18


def row(number: int, text: str) -> SourceRow:
    return SourceRow(f"t1_r{number}", {1: SourceCell("", f"t1_r{number}_c1", 1, text, "", is_cut=False)}, [], [], [])


def test_long_documents_are_cut_by_rows_and_by_text() -> None:
    short = SourceTable(1, None, {1: ""}, [row(number, "x") for number in range(250)])
    assert [sum(len(part.rows) for part in page) for page in pages_of([short])] == [100, 100, 50]
    long = SourceTable(1, None, {1: ""}, [row(number, "я" * 9_000) for number in range(10)])
    sizes = [sum(len(part.rows) for part in page) for page in pages_of([long])]
    assert sum(sizes) == 10
    assert len(sizes) > 2
    assert list(pages_of([])) == []


@pytest.mark.parametrize(
    ("signs", "shown"),
    [
        ((0, 1), "<mark>&lt;</mark>b&gt;"),
        ((1, 3), "&lt;<mark>b&gt;</mark>"),
        ((2, 9), "&lt;b&gt;"),
        ((2, 1), "&lt;b&gt;"),
        (None, "&lt;b&gt;"),
    ],
)
def test_lit_characters_are_escaped_like_the_others(signs: tuple[int, int] | None, shown: str) -> None:
    assert lit("<b>", signs) == shown
