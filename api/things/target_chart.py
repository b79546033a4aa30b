"""The targets of indicators over the years as a line chart: each point leads to the cell it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from api.questions.charts import LINES, legend_entry
from api.questions.year_axes import YearAxes, nice_scale
from api.svg import drawing, linked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WIDTH: Final = 960.0
_LEFT: Final = 70.0
_RIGHT: Final = 640.0
_RIGHT_ALONE: Final = 930.0
_TOP: Final = 18.0
_BOTTOM: Final = 300.0
# Told apart without colour too.
_MARKS: Final = (
    "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z",
    "M-4.5,-4.5h9v9h-9z",
    "M0,-6l6,10h-12z",
    "M0,-6l6,6l-6,6l-6,-6z",
    "M-6,-4h12l-6,10z",
    "M-6,-2h4v-4h4v4h4v4h-4v4h-4v-4h-4z",
    "M-6,-4l6,-2l6,2v6l-6,4l-6,-4z",
    "M-6,-6l6,4l6,-4l-4,6l4,6l-6,-4l-6,4l4,-6z",
)


@dataclass(frozen=True, slots=True)
class Point:
    """A target of one year; `words` say it in full, `href` leads to its cell."""

    year: int
    value: float
    words: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator: its points in the order of years; `tolerance` is what the document lets them differ by."""

    label: str
    points: tuple[Point, ...]
    tolerance: float | None = None
    href: str | None = None


def draw_targets(
    series: Sequence[Series], *, title: str, description: str, number: Callable[[float], str]
) -> Markup | None:
    """The chart of at most eight series, the first one in front; None if none has a point."""
    series = [one for one in series[:LINES] if one.points]
    if not series:
        return None
    years = sorted({point.year for one in series for point in one.points})
    spread = [point.value + sign * (one.tolerance or 0) for one in series for point in one.points for sign in (-1, 1)]
    right = _RIGHT if len(series) > 1 else _RIGHT_ALONE
    axes = YearAxes(years, nice_scale(spread), left=_LEFT, right=right, top=_TOP, bottom=_BOTTOM, inset=24)
    content = axes.grid(range(years[0], years[-1] + 1), number)
    content += [_series(one, index, axes, last=len(series) - 1) for index, one in reversed(list(enumerate(series)))]
    return drawing(
        name="targets",
        title=title,
        description=description,
        width=_WIDTH,
        height=_BOTTOM + 34,
        content=Markup("").join(content),
    )


def _series(one: Series, index: int, axes: YearAxes, *, last: int) -> Markup:
    tolerances = Markup("").join(
        Markup('<path class="tolerance" d="M{x:.1f},{a:.1f}V{b:.1f}m-5,0h10M{left:.1f},{a:.1f}h10"/>').format(
            x=axes.x(point.year),
            left=axes.x(point.year) - 5,
            a=axes.y(point.value - one.tolerance),
            b=axes.y(point.value + one.tolerance),
        )
        for point in one.points
        if one.tolerance
    )
    marks = Markup("").join(
        linked(point.href, axes.mark(_MARKS[index], point.year, point.value, point.words)) for point in one.points
    )
    legend = legend_entry(_MARKS[index], one.label, x=_RIGHT + 26, y=_TOP + 8 + index * 26, room=_WIDTH - _RIGHT - 44)
    return Markup('<g class="series s{}">{}{}{}{}</g>').format(
        index,
        axes.line((point.year, point.value) for point in one.points),
        tolerances,
        marks,
        linked(one.href, Markup("<g>{}</g>").format(legend)) if last else Markup(""),
    )
