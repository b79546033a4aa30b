"""Charts of answers as SVG: bars for counts, lines over years; the answer's table stands under each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from api.questions.year_axes import YearAxes, nice_scale
from api.svg import cut, drawing, linked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WIDTH: Final = 960.0
_LABEL: Final = 340.0
_ROW: Final = 26.0
_SERIES_ROW: Final = 20.0
_ENTRY: Final = 22.0
_TOP: Final = 16.0
_PLOT_HEIGHT: Final = 300.0
_LEGEND: Final = 300.0
_LEFT: Final = 60.0
_VALUE: Final = 60.0
# As many looks of lines as `static/answers.css` tells apart, by colour, dashes and marks.
LINES: Final = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `href` is where a click leads, `series` the place of its series among those of the chart."""

    label: str
    value: float
    href: str | None = None
    series: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its points as (year, value), in the order of years."""

    label: str
    points: tuple[tuple[int, float], ...]
    href: str | None = None


def draw_bars(
    bars: Sequence[Bar],
    *,
    name: str,
    title: str,
    description: str,
    number: Callable[[float], str],
    series: Sequence[str] = (),
) -> Markup:
    """
    Horizontal bars from zero, in the given order; `number` writes a value in the reader's language.

    With `series` a legend stands above; neighbouring bars of one label share it.
    """
    room = _WIDTH - _LABEL - _VALUE
    most = max((bar.value for bar in bars), default=0)
    least = min(0.0, min((bar.value for bar in bars), default=0))
    span = (most - least) or 1
    zero = _LABEL + room * (0 - least) / span
    content = [
        Markup('<g class="series s{}">{}</g>').format(
            index,
            legend_entry(_MARKS[index % len(_MARKS)], label, x=_LABEL + 4, y=index * _ENTRY + 10, room=room),
        )
        for index, label in enumerate(series)
    ]
    top = len(series) * _ENTRY + (8 if series else 0)
    before: str | None = None
    for bar in bars:
        is_next = bool(series) and bar.label == before
        height = _ROW if not series else _SERIES_ROW
        if series and before is not None and not is_next:
            top += 6
        content.append(
            _bar(
                bar,
                top=top,
                height=height,
                zero=zero,
                scale=room / span,
                number=number,
                series=series,
                is_labelled=not is_next,
            )
        )
        before = bar.label
        top += height
    return drawing(
        name=name,
        title=title,
        description=description,
        width=_WIDTH,
        height=max(top, _ROW) + 4,
        content=Markup("").join(content),
    )


def _bar(
    bar: Bar,
    *,
    top: float,
    height: float,
    zero: float,
    scale: float,
    number: Callable[[float], str],
    series: Sequence[str],
    is_labelled: bool,
) -> Markup:
    length = scale * abs(bar.value)
    start = zero if bar.value >= 0 else zero - length
    end, middle = start + max(length, 1) + 6, top + height * 0.5
    mark = (
        Markup('<path class="mark" d="{}" transform="translate({:.1f} {:g})"/>').format(
            _MARKS[bar.series % len(_MARKS)], end + 4, middle
        )
        if series
        else Markup("")
    )
    content = linked(
        bar.href,
        Markup(
            '<title>{told}: {value}</title><text x="{edge:g}" y="{base:g}" class="end">{short}</text>'
            '<rect class="bar" x="{x:.1f}" y="{top:g}" width="{length:.1f}" height="{height:g}" rx="2"/>{mark}'
            '<text x="{after:.1f}" y="{base:g}" class="figure">{value}</text>'
        ).format(
            told=f"{bar.label}, {series[bar.series]}" if series else bar.label,
            value=number(bar.value),
            edge=_LABEL - 8,
            base=middle + 4.7,
            short=cut(bar.label, _LABEL - 16) if is_labelled else "",
            x=start,
            top=top + height * 0.15,
            length=max(length, 1),
            height=height * 0.7,
            mark=mark,
            after=end + (12 if series else 0),
        ),
    )
    if series:
        return Markup('<g class="series s{}">{}</g>').format(bar.series, content)
    return content if bar.href else Markup("<g>{}</g>").format(content)


def draw_lines(
    lines: Sequence[Line], *, name: str, title: str, description: str, number: Callable[[float], str]
) -> Markup:
    """
    Lines over years with a legend beside them; at most `LINES`, since no more can be told apart.

    The scale begins at zero unless that would hide the differences; a line of one year is a single mark.
    """
    lines = lines[:LINES]
    years = sorted({year for line in lines for year, _ in line.points})
    scale = nice_scale([value for line in lines for _, value in line.points])
    right, bottom = _WIDTH - _LEGEND, _TOP + _PLOT_HEIGHT
    axes = YearAxes(years, scale, left=_LEFT, right=right, top=_TOP, bottom=bottom, inset=20)
    content = axes.grid(years if len(years) <= 12 else years[:: math.ceil(len(years) / 12)], number)
    for index, line in enumerate(lines):
        sign = _MARKS[index % len(_MARKS)]
        marks = [axes.mark(sign, year, value, f"{line.label}, {year}: {number(value)}") for year, value in line.points]
        legend = legend_entry(sign, line.label, x=right + 26, y=_TOP + 8 + index * 24, room=_LEGEND - 60)
        content.append(
            Markup('<g class="series s{}">{}{}{}</g>').format(
                index,
                axes.line(line.points),
                Markup("").join(marks),
                linked(line.href, legend) if line.href else Markup("<g>{}</g>").format(legend),
            )
        )
    return drawing(
        name=name,
        title=title,
        description=description,
        width=_WIDTH,
        height=bottom + 34,
        content=Markup("").join(content),
    )


def legend_entry(sign: str, label: str, *, x: float, y: float, room: float) -> Markup:
    """The path `sign` at a place and beside it the label, cut to `room` pixels; to be put into a group or a link."""
    return Markup(
        '<title>{label}</title><path class="mark" d="{sign}" transform="translate({x:g} {y:g})"/>'
        '<text x="{after:g}" y="{base:g}">{short}</text>'
    ).format(label=label, sign=sign, x=x, y=y, after=x + 14, base=y + 4, short=cut(label, room))


# Marks of four pixels' radius: told apart without colour too.
_MARKS: Final = (
    "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
    "M-4,-4h8v8h-8z",
    "M0,-5l5,9h-10z",
    "M0,-5l5,5l-5,5l-5,-5z",
    "M-5,-4h10l-5,9z",
    "M-5,-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
    "M-5,-3l5,-2l5,2v5l-5,3l-5,-3z",
    "M-5,-5l5,3l5,-3l-3,5l3,5l-5,-3l-5,3l3,-5z",
)
