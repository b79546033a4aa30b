"""Small drawings on the pages of things: the load of each year, whom an actor works with, when an activity happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from api.svg import cut, drawing, linked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LOAD_WIDTH: Final = 64.0
_LOAD_HEIGHT: Final = 120.0
_EGO_WIDTH: Final = 960.0
_EGO_ROW: Final = 40.0
_LINE_WIDTH: Final = 960.0
_LINE_ROW: Final = 26.0


@dataclass(frozen=True, slots=True)
class EgoPartner:
    """An actor with common activities; `key` names it in addresses, `ties` its common activities with the others."""

    iri: str
    key: str
    label: str
    activities: frozenset[str]
    ties: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Span:
    """A printed time of an activity, both days included; an open end has no `end`."""

    start: date
    end: date | None
    label: str


def draw_load(
    years: Sequence[tuple[int, int]],
    *,
    title: str,
    description: str,
    chosen: int | None,
    href: Callable[[int], str],
) -> Markup | None:
    """Bars, one for each year, each a link; None without a year."""
    if not years:
        return None
    most = max(count for _, count in years)
    content = []
    for index, (year, count) in enumerate(years):
        height = max((_LOAD_HEIGHT - 44) * count / most, 2)
        left = index * _LOAD_WIDTH
        bar = Markup(
            '<title>{year}: {count}</title><rect class="bar{chosen}" x="{x:g}" y="{y:.1f}" width="{width:g}"'
            ' height="{height:.1f}" rx="2"/><text class="middle" x="{middle:g}" y="{above:.1f}">{count}</text>'
            '<text class="middle" x="{middle:g}" y="{base:g}">{year}</text>'
        ).format(
            year=str(year),
            count=str(count),
            chosen=" chosen" if year == chosen else "",
            x=left + 8,
            y=_LOAD_HEIGHT - 24 - height,
            width=_LOAD_WIDTH - 16,
            height=height,
            middle=left + _LOAD_WIDTH / 2,
            above=_LOAD_HEIGHT - 29 - height,
            base=_LOAD_HEIGHT - 6,
        )
        content.append(linked(href(year), bar))
    return drawing(
        name="load",
        title=title,
        description=description,
        width=_LOAD_WIDTH * len(years),
        height=_LOAD_HEIGHT,
        content=Markup("").join(content),
    )


def draw_ego(
    name: str, partners: Sequence[EgoPartner], *, title: str, description: str, href: Callable[[str], str | None]
) -> Markup:
    """An actor in the middle and its partners around it; lines are the wider the more activities are common."""
    sides = [list(partners[0::2]), list(partners[1::2])]
    rows = max(len(sides[0]), 1)
    height = rows * _EGO_ROW + 40
    middle = (_EGO_WIDTH / 2, height / 2)
    most = max((len(one.activities) for one in partners), default=1)
    places: dict[str, tuple[float, float]] = {}
    for side, members in zip((1, -1), sides, strict=True):
        for index, one in enumerate(members):
            y = (index - (len(members) - 1) / 2) * _EGO_ROW
            bend = sqrt(max(1 - (2 * y / (height + _EGO_ROW)) ** 2, 0))
            places[one.iri] = (middle[0] + side * (90 + 80 * bend), middle[1] + y)
    lines = [
        Markup(
            '<line class="tie faint" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"><title>{} – {}: {}</title></line>'
        ).format(*places[one.iri], *places[other], one.label, labels[other], str(weight))
        for labels in ({each.iri: each.label for each in partners},)
        for one in partners
        for other, weight in one.ties.items()
        if other in places and one.iri < other
    ]
    lines += [
        Markup('<line class="tie" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke-width="{:.1f}"/>').format(
            *middle, *places[one.iri], 1 + 6 * len(one.activities) / most
        )
        for one in partners
    ]
    nodes = []
    for one in partners:
        x, y = places[one.iri]
        right = x > middle[0]
        count = str(len(one.activities))
        node = Markup(
            '<title>{label}: {count}</title><circle class="node" cx="{x:.1f}" cy="{y:.1f}" r="7"/>'
            '<text{end} x="{text:.1f}" y="{base:.1f}">{short}</text>'
        ).format(
            label=one.label,
            count=count,
            x=x,
            y=y,
            end=Markup("") if right else Markup(' class="end"'),
            text=x + (13 if right else -13),
            base=y + 4,
            short=f"{cut(one.label, 280)} ({count})",
        )
        nodes.append(linked(href(one.iri), node))
    centre = Markup('<g><title>{}</title><circle class="node own" cx="{:g}" cy="{:g}" r="11"/></g>').format(
        name, *middle
    )
    return drawing(
        name="ego",
        title=title,
        description=description,
        width=_EGO_WIDTH,
        height=height,
        content=Markup("").join([*lines, *nodes, centre]),
    )


def draw_spans(
    spans: Sequence[Span],
    bounds: tuple[date, date],
    *,
    title: str,
    description: str,
    today: date,
) -> Markup | None:
    """
    When an activity happens, on a line of years; an open end is dashed, today is a line.  None without a date.

    `bounds` is the plan's period; dates beyond it widen the line.
    """
    if not spans:
        return None
    first = min(bounds[0], *(span.start for span in spans)).year
    last = max(bounds[1], *(span.end or span.start for span in spans)).year
    begin, days = date(first, 1, 1), (date(last + 1, 1, 1) - date(first, 1, 1)).days

    def x(day: date) -> float:
        return 8 + (_LINE_WIDTH - 16) * min(max((day - begin).days, 0), days) / days

    rows = sorted({span.label for span in spans}, key=[span.label for span in spans].index)
    bottom = len(rows) * _LINE_ROW + 8
    content = [
        Markup(
            '<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{bottom:g}"/>'
            '<text x="{text:.1f}" y="{base:g}">{year}</text>'
        ).format(x=x(date(year, 1, 1)), bottom=bottom, text=x(date(year, 1, 1)) + 4, base=bottom + 16, year=str(year))
        for year in range(first, last + 1)
    ]
    for span in spans:
        top = rows.index(span.label) * _LINE_ROW + 4
        left, right = x(span.start), x(span.end) if span.end else x(date(last, 12, 31))
        content.append(
            Markup(
                '<g><title>{label}</title><rect class="bar{open}" x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="16"'
                ' rx="2"/></g>'
            ).format(label=span.label, open="" if span.end else " open", x=left, y=top, width=max(right - left, 4))
        )
    if begin <= today < date(last + 1, 1, 1):
        content.append(
            Markup('<line class="today" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{bottom:g}"/>').format(
                x=x(today), bottom=bottom
            )
        )
    return drawing(
        name="spans",
        title=title,
        description=description,
        width=_LINE_WIDTH,
        height=bottom + 24,
        content=Markup("").join(content),
    )
