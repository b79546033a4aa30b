from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

from api.knowledge import Record
from api.things.indicators import conflicts, direction
from api.things.target_chart import Point, Series, draw_targets

HTML = {"Accept": "text/html"}
# D1/3.3: 10, 20, 30, 40 and 50 % of 2020 to 2024, with a tolerance of one.
CONTESTS = "/indicators/activity_tomsk-obl-nastav_3_3_1"
STATUS, UNIT = "scheme/status/target", "scheme/unit/percent"


def target(year: int | None, value: float | None, comparator: str = "exactly", **more: str) -> Record:
    found: Record = {"year": year, "value": value, "comparator": f"scheme/comparator/{comparator}"}
    return found | {"status": STATUS, "unit": UNIT, "period": None} | dict(more)


def test_the_chart_and_the_table_have_the_printed_numbers(client: TestClient) -> None:
    page = client.get(CONTESTS, headers=HTML).text
    drawn = page[page.index('aria-labelledby="targets-title"') : page.index("</svg>")]
    points = re.findall(r'<a href="([^"]+)"><path class="mark"[^>]*><title>([^<]+)</title>', drawn)
    assert [words for _, words in points] == [f"{2019 + step}: {step}0 %" for step in range(1, 6)]
    assert {address for address, _ in points} == {"/id/cell/tomsk-obl-nastav_fb25edb59da0_t1_r17_c3"}
    assert drawn.count('class="tolerance"') == 5
    assert re.findall(r'class="number">(\d{4})</td>', page) == ["2020", "2021", "2022", "2023", "2024"]
    assert re.findall(r"<b>(\d+)</b>", page) == ["10", "20", "30", "40", "50"]
    assert "± 1" in page
    assert 'href="/activities/tomsk-obl-nastav_3_3"' in page


def test_other_regions_are_shown_when_asked_for(client: TestClient) -> None:
    alone = client.get("/indicators/activity_khorol-mo-nms_1_9_1", headers=HTML).text
    assert alone.count('class="series') == 1
    # D3-R 1.3: 15, 25, 60 and 100 % of the teachers of Tomsk.
    both = client.get("/indicators/activity_khorol-mo-nms_1_9_1", params={"others": "1"}, headers=HTML).text
    assert both.count('class="series') == 2
    assert "Город Томск, 2022: 25" in both
    assert "решает человек" in both


def test_an_indicator_without_years_has_a_table_and_no_chart(client: TestClient) -> None:
    # D4/1.17: «Не менее 10 % педагогов».
    page = client.get("/indicators/activity_khorol-mo-nms_1_17_1", headers=HTML).text
    assert "<svg" not in page
    assert "Ни у одного значения нет года" in page
    assert "не менее <b>10</b>" in page


def test_the_targets_come_as_a_table(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{CONTESTS}.csv").text)))
    assert [(row["year"], row["value"]) for row in rows] == [(str(2019 + step), f"{step}0") for step in range(1, 6)]


def test_a_conflict_is_a_year_with_two_values() -> None:
    told = [target(2021, 5), target(2021, 7), target(2022, 9), target(2022, 9)]
    assert [(year, len(found)) for year, found in conflicts(told)] == [(2021, 2)]
    assert conflicts([target(2021, 5), target(2021, 7, period="P3M")]) == []
    assert conflicts([target(None, 5), target(None, 7)]) == []


@pytest.mark.parametrize(
    ("targets", "way"),
    [
        ([target(2020, 1), target(2021, 3)], "up"),
        ([target(2021, 1), target(2020, 3)], "down"),
        ([target(2020, 1), target(2021, 1)], "level"),
        ([target(2020, 1)], ""),
        ([target(None, None, "increase")], "up"),
        ([], ""),
    ],
)
def test_the_direction_is_told_by_words_or_years(targets: list[Record], way: str) -> None:
    assert direction(targets) == way


def test_texts_of_documents_are_escaped_in_the_chart() -> None:
    evil = '"><script>alert(1)</script>'
    points = (Point(2020, 1, evil, None), Point(2021, 1, evil, "/x"))
    drawn = draw_targets([Series(evil, points), Series(evil, points)], title=evil, description=evil, number=str)
    assert drawn is not None
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn
    assert draw_targets([Series("empty", ())], title="", description="", number=str) is None
