"""
A Gantt chart as SVG: what is due when, one row for each activity, rows in groups.

A solid bar is a stated span; a pale band is whole years («в течение года»); a diamond is a day; ticks are occurrences;
a dashed line is an end or a beginning that the document does not state.  A deadline that has passed is red and has a
sign, since colour is not for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from api.svg import cut, drawing
from api.timeline.scales import EARLIEST, LATEST, MONTHS, Scale, whole_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from api.timeline.schedules import Part, Planned

_LABEL: Final = 390.0
_PLOT: Final = 810.0
_ROW: Final = 22.0
_HEAD: Final = 58.0
_BAR: Final = 10.0
_TICK: Final = 3.0
# So many years can be told apart and still have a number.
_MOST_YEARS: Final = 40
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GanttGroup:
    """Rows under a heading; without one where nothing is grouped.  `count` is of the whole group, not of this page."""

    title: str | None
    href: str | None
    count: int
    rows: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What the drawing says in the reader's language; `months` are twelve short names."""

    title: str
    description: str
    today: str
    passed: str
    months: Sequence[str]
    quarters: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Axis:
    """The days from `start` to before `end`, and where they stand."""

    start: date
    end: date

    def x(self, day: date) -> float:
        span = (self.end - self.start).days
        return _LABEL + _PLOT * min(max((day - self.start).days, 0), span) / span

    def holds(self, first: date, last: date) -> bool:
        return first < self.end and last >= self.start


def bounds(activities: Sequence[Planned], start: date | None, end: date | None) -> tuple[date, date]:
    """The first and last day to draw: as asked, else the years that the deadlines and periods name."""
    if start and end:
        activities = ()
    days = [day for activity in activities for day in (activity.first, activity.last, activity.period[1]) if day]
    days += [part.end for activity in activities for part in activity.parts if part.end]
    days = [min(max(day, EARLIEST), LATEST) for day in days] or [end or start or date(2020, 1, 1)]
    first = start or date(min(days).year, 1, 1)
    last = end or date(max(*days, first).year, 12, 31)
    return min(first, last), max(last, first, first + timedelta(days=27))


def draw_gantt(
    groups: Sequence[GanttGroup],
    *,
    start: date,
    end: date,
    day: date,
    scale: Scale,
    words: Words,
    href: Callable[[str], str | None],
    name: str = "gantt",
) -> Markup:
    """
    The drawing of the groups from `start` to `end` (last day), with a line at `day` if that is within.

    `href` gives where a click on an activity leads.
    """
    axis = _Axis(*whole_columns(start, end, scale))
    rows = sum(len(group.rows) + (group.title is not None) for group in groups)
    height = _HEAD + rows * _ROW + 6
    content = [*_columns(axis, scale, words, height)]
    top = _HEAD
    for group in groups:
        if group.title is not None:
            content.append(_heading(group, top))
            top += _ROW
        for activity in group.rows:
            passed = words.passed if activity.state(day) == "passed" else ""
            content.append(_row(activity, top, axis, passed=passed, address=href(activity.iri)))
            top += _ROW
    if axis.start <= day < axis.end:
        content.append(_today(axis, day, height, words))
    return drawing(
        name=name,
        title=words.title,
        description=words.description,
        width=_LABEL + _PLOT,
        height=height,
        content=Markup("").join(content),
    )


def _columns(axis: _Axis, scale: Scale, words: Words, height: float) -> Iterator[Markup]:
    years: dict[int, float] = {}
    column = axis.start
    every = max(-(-(axis.end.year - axis.start.year) // _MOST_YEARS), 1)
    while column < axis.end:
        x = axis.x(column)
        years.setdefault(column.year, x)
        following = column.month + MONTHS[scale]
        after = date(column.year + (following > 12), following - 12 if following > 12 else following, 1)
        if scale != "year":
            label = words.months[column.month - 1] if scale == "month" else words.quarters[(column.month - 1) // 3]
            if axis.x(after) - x >= 16:
                yield Markup('<text class="middle column" x="{:.1f}" y="50">{}</text>').format(
                    (x + axis.x(after)) / 2, label
                )
            yield Markup('<path class="grid" d="M{:.1f},38V{:g}"/>').format(x, height)
        column = after
    for year, x in years.items():
        if (year - axis.start.year) % every == 0:
            yield Markup(
                '<path class="grid year" d="M{x:.1f},18V{height:g}"/>'
                '<text class="year" x="{text:.1f}" y="32">{year}</text>'
            ).format(x=x, height=height, text=x + 5, year=str(year))
    yield Markup('<path class="grid" d="M0,{0:g}H{1:g}"/>').format(_HEAD, _LABEL + _PLOT)


def _heading(group: GanttGroup, top: float) -> Markup:
    title = group.title or ""
    text = Markup('<title>{}</title><text class="group" x="4" y="{:g}">{}</text>').format(
        title, top + 16, cut(title, _LABEL + _PLOT - 120)
    )
    linked = Markup('<a href="{}">{}</a>').format(group.href, text) if group.href else Markup("<g>{}</g>").format(text)
    return Markup(
        '<rect class="group" x="0" y="{:g}" width="{:g}" height="{:g}"/>{}'
        '<text class="figure end" x="{:g}" y="{:g}">{}</text>'
    ).format(top, _LABEL + _PLOT, _ROW, linked, _LABEL + _PLOT - 6, top + 16, str(group.count))


def _row(activity: Planned, top: float, axis: _Axis, *, passed: str, address: str | None) -> Markup:
    """One activity; `passed` is what is said of a deadline that has passed, else empty."""
    label = f"{activity.number} {activity.text}".strip()
    shapes = "".join(shape for part in activity.parts for shape in _shapes(part, activity, top, axis))
    if not shapes:
        short = escape(cut(activity.deadline, _PLOT - 40))
        shapes = f'<text class="undated" x="{_LABEL + 6:g}" y="{top + 15:g}">{short}</text>'
    sign = f'<text class="sign end" x="{_LABEL - 8:g}" y="{top + 15:g}">!</text>' if passed else ""
    title = escape(" — ".join(filter(None, (label, activity.deadline, passed))))
    element, href = ("g", "") if address is None else ("a", f' href="{escape(address)}"')
    # Formatting of safe markup would take most of the time of 2,000 rows; what comes from documents is escaped above.
    return Markup(  # noqa: S704
        f'<{element} class="row{" passed" * bool(passed)}"{href}><title>{title}</title>'
        f'<text x="4" y="{top + 15:g}">{escape(cut(label, _LABEL - 30))}</text>{sign}{shapes}</{element}>'
    )


def _shapes(part: Part, activity: Planned, top: float, axis: _Axis) -> Iterator[str]:
    """The marks of one part of a deadline; none where it is not on the calendar or outside of the drawn days."""
    middle = top + _ROW / 2
    if part.occurrences and part.kind == "recurrence":
        yield from _ticks(part, middle, axis)
        return
    start, end = part.start, part.end
    if part.kind == "continuous":
        begin, until = start or activity.period[0], end or activity.period[1] or axis.end
        if begin and axis.holds(begin, until):
            yield _box("band", axis, begin, until, middle)
            if end is None and axis.x(axis.end) - axis.x(until) > _TICK:
                yield _dashed(axis.x(until), axis.x(axis.end), middle)
    elif start is not None and end is not None:
        if not axis.holds(start, end):
            return
        if start == end:
            yield _diamond(axis.x(start), middle)
        else:
            yield _box("band" if part.is_loose else "bar", axis, start, end, middle)
    elif end is not None and axis.holds(end, end):
        # «До 1 мая»: when the work begins is not stated.
        begin = activity.period[0] if activity.period[0] and activity.period[0] < end else end
        yield _dashed(axis.x(begin), axis.x(end), middle)
        yield _diamond(axis.x(end), middle)
    elif start is not None and start < axis.end:
        yield _diamond(axis.x(start), middle)
        yield _dashed(axis.x(start), axis.x(axis.end), middle)


def _ticks(part: Part, middle: float, axis: _Axis) -> Iterator[str]:
    drawn = [(first, last) for first, last in part.occurrences if axis.holds(first, last)]
    if not drawn:
        return
    yield f'<path class="thread" d="M{axis.x(drawn[0][0]):.1f},{middle:g}H{axis.x(drawn[-1][1] + _DAY):.1f}"/>'
    for first, last in drawn:
        if first == last:
            yield _tick(axis.x(first) - _TICK / 2, middle)
        else:
            width = max(axis.x(last + _DAY) - axis.x(first) - 2, _TICK)
            name = "band" if part.is_loose else "bar"
            left, top = axis.x(first) + 1, middle - _BAR / 2
            yield f'<rect class="{name}" x="{left:.1f}" y="{top:g}" width="{width:.1f}" height="{_BAR:g}"/>'
            yield _tick(axis.x(last + _DAY) - _TICK - 1, middle)


def _tick(x: float, middle: float) -> str:
    return f'<rect class="tick" x="{x:.1f}" y="{middle - 7:g}" width="{_TICK:g}" height="14"/>'


def _box(name: str, axis: _Axis, start: date, end: date, middle: float) -> str:
    left = axis.x(start)
    width = max(axis.x(end + _DAY) - left, _TICK)
    top = middle - _BAR / 2
    return f'<rect class="{name}" x="{left:.1f}" y="{top:g}" width="{width:.1f}" height="{_BAR:g}" rx="2"/>'


def _dashed(left: float, right: float, middle: float) -> str:
    return f'<path class="open" d="M{left:.1f},{middle:g}H{right:.1f}"/>' if right > left else ""


def _diamond(x: float, middle: float) -> str:
    return f'<path class="day" d="M{x:.1f},{middle - 6:g}l5,6l-5,6l-5,-6z"/>'


def _today(axis: _Axis, day: date, height: float, words: Words) -> Markup:
    x = axis.x(day)
    is_right = x > _LABEL + _PLOT - 140
    return Markup(
        '<path class="today" d="M{x:.1f},4V{height:g}"/><text class="today{end}" x="{text:.1f}" y="12">{word}</text>'
    ).format(x=x, height=height, end=" end" if is_right else "", text=x - 4 if is_right else x + 4, word=words.today)
