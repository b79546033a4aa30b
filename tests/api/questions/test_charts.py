from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.questions.charts import LINES, Bar, Line, draw_bars, draw_lines
from api.questions.year_axes import nice_scale
from api.svg import cut

HOSTILE = '<script>alert("1")</script> & \u202eдлинный'


def test_bars_are_as_long_as_their_values() -> None:
    svg = str(draw_bars([Bar("а", 10), Bar("б", 5, "/x")], name="c", title="t", description="d", number=str))
    widths = [float(width) for width in re.findall(r'<rect class="bar"[^>]*width="([\d.]+)"', svg)]
    assert widths[0] == pytest.approx(2 * widths[1])
    assert '<a href="/x">' in svg


def test_lines_go_through_their_points_and_no_more_are_drawn_than_can_be_told_apart() -> None:
    lines = [Line(f"л{index}", ((2021, index), (2024, 2 * index))) for index in range(LINES + 3)]
    svg = str(draw_lines(lines, name="c", title="t", description="d", number=str))
    root = ET.fromstring(svg)
    space = {"s": "http://www.w3.org/2000/svg"}
    assert len(root.findall(".//s:path[@class='line']", space)) == LINES
    path = root.findall(".//s:path[@class='line']", space)[1].get("d")
    assert path is not None
    (x1, y1), (x2, y2) = (tuple(map(float, point[1:].split(","))) for point in path.split())
    assert x1 < x2
    assert y1 > y2


def test_texts_of_documents_are_escaped_in_drawings() -> None:
    for svg in (
        draw_bars([Bar(HOSTILE, 1, 'x" onclick="y')], name="c", title=HOSTILE, description=HOSTILE, number=str),
        draw_lines([Line(HOSTILE, ((2021, 1),))], name="c", title=HOSTILE, description=HOSTILE, number=str),
    ):
        ET.fromstring(str(svg))
        assert "<script" not in svg
        assert "onclick=" not in svg.replace("onclick=&#34;", "")


def test_a_cut_text_has_no_marks_of_direction() -> None:
    assert cut("\u202eда\u0000\n и  нет", 1000) == "да и нет"
    assert cut("Создание раздела «Развитие наставничества»", 150) == "Создание раздела…"


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=20))
def test_a_scale_holds_all_values_in_few_steps(values: list[float]) -> None:
    values = [round(value, 3) for value in values]
    scale = nice_scale(values)
    # What cannot be seen does not count.
    unseen = (scale[-1] - scale[0]) * 1e-6
    assert scale[0] <= min(values) + unseen
    assert scale[-1] >= max(values) - unseen
    assert 2 <= len(scale) <= 12


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([], [0, 1]),
        ([0], [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ([3, 10], [0, 2, 4, 6, 8, 10]),
        ([95, 100], [95, 96, 97, 98, 99, 100]),
        ([-5, 5], [-6, -4, -2, 0, 2, 4, 6]),
    ],
)
def test_scales_are_round(values: list[float], scale: list[float]) -> None:
    assert nice_scale(values) == scale
