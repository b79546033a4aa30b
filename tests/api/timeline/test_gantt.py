from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from api.timeline.gantt import GanttGroup, Words, bounds, draw_gantt
from api.timeline.scales import Scale, fitting_scale
from api.timeline.schedules import Part, Planned

SPACE = {"s": "http://www.w3.org/2000/svg"}
WORDS = Words("t", "d", "сегодня", "срок прошёл", [f"м{month}" for month in range(1, 13)], ["I", "II", "III", "IV"])
PART = Part("window", None, None, False, None, "", None, ())
PERIOD = date(2021, 1, 1), date(2024, 12, 31)


def planned(*parts: Part, text: str = "Создать раздел", deadline: str = "Май 2022") -> Planned:
    return Planned(
        "https://example.org/id/activity/a",
        "1.",
        text,
        "r",
        None,
        "",
        deadline,
        parts,
        frozenset(),
        frozenset(),
        PERIOD,
    )


def window(start: str, end: str, *, is_loose: bool = False) -> Part:
    return replace(PART, start=date.fromisoformat(start), end=date.fromisoformat(end), is_loose=is_loose)


def drawn(*activities: Planned, day: str = "2022-06-15", scale: Scale = "quarter") -> ET.Element:
    svg = draw_gantt(
        [GanttGroup("Группа", None, len(activities), activities)],
        start=date(2021, 1, 1),
        end=date(2024, 12, 31),
        day=date.fromisoformat(day),
        scale=scale,
        words=WORDS,
        href=lambda _iri: "/activities/a",
    )
    return ET.fromstring(str(svg))


def boxes(root: ET.Element, name: str) -> list[tuple[float, float]]:
    found = root.findall(f".//s:rect[@class='{name}']", SPACE)
    return [(float(box.get("x", 0)), float(box.get("width", 0))) for box in found]


def test_a_bar_is_as_long_as_its_days() -> None:
    root = drawn(planned(window("2021-01-01", "2021-12-31")), planned(window("2023-01-01", "2024-12-31")))
    (first, one), (second, two) = boxes(root, "bar")
    assert two == pytest.approx(2 * one, rel=0.01)
    assert second == pytest.approx(first + 2 * one, rel=0.01)


def test_whole_years_are_pale_days_are_diamonds_and_occurrences_are_ticks() -> None:
    days = tuple((date(year, 3, 31), date(year, 3, 31)) for year in (2021, 2022, 2023))
    root = drawn(
        planned(window("2021-01-01", "2024-12-31", is_loose=True)),
        planned(window("2021-09-01", "2021-09-01")),
        planned(replace(PART, kind="recurrence", occurrences=days)),
    )
    assert len(boxes(root, "band")) == 1
    assert boxes(root, "bar") == []
    assert len(root.findall(".//s:path[@class='day']", SPACE)) == 1
    assert len(boxes(root, "tick")) == 3


def test_ends_that_are_not_stated_are_dashed() -> None:
    root = drawn(
        planned(replace(PART, kind="due-by", end=date(2021, 5, 1))),
        planned(replace(PART, kind="continuous", start=date(2022, 6, 1))),
    )
    assert len(root.findall(".//s:path[@class='open']", SPACE)) == 1
    assert len(boxes(root, "band")) == 1


def test_a_passed_deadline_has_a_sign_and_words_beside_its_colour() -> None:
    root = drawn(planned(window("2021-01-01", "2021-12-31")), planned(window("2022-01-01", "2022-12-31")))
    rows = root.findall(".//s:a", SPACE)
    assert [row.get("class") for row in rows] == ["row passed", "row"]
    assert rows[0].find("s:text[@class='sign end']", SPACE) is not None
    assert "срок прошёл" in (rows[0].findtext("s:title", "", SPACE))
    assert rows[1].find("s:text[@class='sign end']", SPACE) is None


@pytest.mark.parametrize(("day", "lines"), [("2022-06-15", 1), ("2020-12-31", 0), ("2026-11-22", 0)])
def test_the_line_of_the_day_is_drawn_where_the_day_is(day: str, lines: int) -> None:
    root = drawn(planned(window("2021-01-01", "2024-12-31")), day=day)
    assert len(root.findall(".//s:path[@class='today']", SPACE)) == lines


def test_what_has_no_date_says_its_deadline_in_words() -> None:
    root = drawn(planned(replace(PART, kind="triggered"), deadline="По мере создания платформы"))
    assert root.findtext(".//s:text[@class='undated']", "", SPACE) == "По мере создания платформы"


def test_long_texts_are_cut_and_stand_whole_in_the_title() -> None:
    text = "Создание, наполнение и обновление раздела «Развитие наставничества» <script>alert(1)</script>"
    svg = str(
        draw_gantt(
            [GanttGroup(None, None, 1, (planned(text=text),))],
            start=date(2021, 1, 1),
            end=date(2021, 12, 31),
            day=date(2021, 6, 1),
            scale="month",
            words=WORDS,
            href=lambda _iri: None,
        )
    )
    row = ET.fromstring(svg).find(".//s:g[@class='row']", SPACE)
    assert row is not None
    assert text in row.findtext("s:title", "", SPACE)
    label = row.findtext("s:text", "", SPACE)
    assert label.endswith("…")
    assert len(label) < 60
    assert "<script" not in svg


@pytest.mark.parametrize(
    ("start", "end", "asked", "scale"),
    [
        ("2021-01-01", "2021-12-31", None, "month"),
        ("2021-01-01", "2024-12-31", None, "quarter"),
        ("2021-01-01", "2024-12-31", "month", "quarter"),
        ("2000-01-01", "2024-12-31", None, "year"),
        ("2021-01-01", "2021-12-31", "year", "year"),
    ],
)
def test_columns_are_not_too_narrow(start: str, end: str, asked: Scale | None, scale: str) -> None:
    assert fitting_scale(date.fromisoformat(start), date.fromisoformat(end), asked) == scale


def test_the_drawn_days_are_whole_years_and_bounded() -> None:
    assert bounds([planned(window("2021-05-03", "2022-02-01"))], None, None) == (date(2021, 1, 1), date(2024, 12, 31))
    assert bounds([], None, None) == (date(2020, 1, 1), date(2020, 12, 31))
    assert bounds([planned(window("0001-01-01", "9999-12-31"))], None, None) == (date(1900, 1, 1), date(2199, 12, 31))
    assert bounds([], date(2021, 5, 1), date(2021, 5, 2)) == (date(2021, 5, 1), date(2021, 5, 28))


@pytest.mark.parametrize("scale", ["month", "quarter", "year"])
def test_the_farthest_days_can_be_drawn(scale: Scale) -> None:
    svg = draw_gantt(
        [GanttGroup(None, None, 1, (planned(window("1900-01-01", "2199-12-31")),))],
        start=date(1900, 1, 1),
        end=date(2199, 12, 31),
        day=date(2199, 12, 31),
        scale=fitting_scale(date(1900, 1, 1), date(2199, 12, 31), scale),
        words=WORDS,
        href=lambda _iri: None,
    )
    assert 30 <= len(re.findall('class="grid year"', str(svg))) <= 40
