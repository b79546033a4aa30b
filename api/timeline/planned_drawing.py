"""Gantt charts of activities with their words in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import get_month_names, get_quarter_names

from api.pages import written_day
from api.timeline.gantt import GanttGroup, Words, bounds, draw_gantt
from api.timeline.scales import Scale, fitting_scale

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from markupsafe import Markup

    from api.language import Language
    from api.timeline.schedules import Planned, Schedule


def draw_planned(
    groups: Sequence[GanttGroup],
    activities: Sequence[Planned],
    *,
    day: date,
    language: Language,
    href: Callable[[object], str | None],
    start: date | None = None,
    end: date | None = None,
    scale: Scale | None = None,
    name: str = "gantt",
) -> tuple[Scale, Markup]:
    """
    The drawing of these groups and its scale.

    The days drawn are those asked for, else the years of all `activities`, so that all pages of a list have one axis.
    `name` is what ids in the drawing begin with.
    """
    start, end = bounds(activities, start, end)
    scale = fitting_scale(start, end, scale)
    today = written_day(day.isoformat(), language.code)
    months = get_month_names("abbreviated", context="stand-alone", locale=language.code)
    quarters = get_quarter_names("abbreviated", context="stand-alone", locale=language.code)
    words = Words(
        title=language.text("Timeline"),
        description=language.text(
            "What is due from {start} to {end}; the line is {day}. The table says the same.",
            start=written_day(start.isoformat(), language.code),
            end=written_day(end.isoformat(), language.code),
            day=today,
        ),
        today=today,
        passed=language.text("the deadline has passed"),
        months=[months[month].rstrip(".") for month in range(1, 13)],
        quarters=[quarters[quarter] for quarter in range(1, 5)],
    )
    return scale, draw_gantt(groups, start=start, end=end, day=day, scale=scale, words=words, href=href, name=name)


def by_document(
    activities: Sequence[Planned], schedule: Schedule, href: Callable[[object], str | None]
) -> list[GanttGroup]:
    """The activities in groups of their documents, in the order in which these first occur."""
    found: dict[str, list[Planned]] = {}
    for activity in activities:
        found.setdefault(activity.roadmap, []).append(activity)
    return [
        GanttGroup(schedule.name(roadmap), href(roadmap), len(members), tuple(members))
        for roadmap, members in found.items()
    ]
