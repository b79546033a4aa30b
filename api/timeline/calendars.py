"""
Deadlines as a calendar file (RFC 5545): one event for each dated part of a deadline, whole days, without time.

The identifier of an event is made of the activity's address and the place of the part in the deadline, so a calendar
that is subscribed to keeps its events over loads.  `DTEND` is the day after the last one (3.6.1).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event, vRecur

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from api.language import Language
    from api.timeline.schedules import Part, Planned, Schedule

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


def write_calendar(
    activities: Iterable[Planned],
    schedule: Schedule,
    *,
    title: str,
    language: Language,
    address: Callable[[str], str | None],
    stamp: datetime | None = None,
) -> bytes:
    """
    The calendar of the activities' deadlines; parts without a date are left out.

    `address` gives the absolute address of a thing's page.  A recurrence rule is written where it gives the very
    occurrences of the data; else each occurrence is an event.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Vekha//Roadmaps//RU")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _plain(title))
    calendar.add("refresh-interval", _WEEK, parameters={"VALUE": "DURATION"})
    stamp = stamp or datetime.now(UTC).replace(microsecond=0)
    for activity in activities:
        for place, part in enumerate(activity.parts, 1):
            for name, first, last, rule in _spans(part):
                event = Event()
                event.add("uid", f"{_slug(activity.iri)}-{place}{name}@{urlsplit(activity.iri).hostname or 'vekha'}")
                event.add("dtstamp", stamp)
                event.add("dtstart", first)
                event.add("dtend", last + _DAY)
                if rule is not None:
                    event.add("rrule", rule)
                event.add("summary", _plain(f"{activity.number} {activity.text}".strip()))
                event.add("description", _description(activity, part, schedule, language))
                event.add("transp", "TRANSPARENT")
                url = address(activity.iri)
                if url is not None:
                    event.add("url", url)
                themes = sorted(schedule.name(theme) for theme in activity.themes)
                if themes:
                    event.add("categories", [_plain(theme) for theme in themes])
                calendar.add_component(event)
    return bytes(calendar.to_ical())


def _spans(part: Part) -> Iterator[tuple[str, date, date, vRecur | None]]:
    """Events of a part: the end of their identifier, first and last day, the rule that repeats them."""
    if part.kind == "recurrence" and part.occurrences:
        rule = _rule(part)
        if rule is not None:
            yield "", *part.occurrences[0], rule
            return
        for first, last in part.occurrences:
            yield f"-{first:%Y%m%d}", first, last, None
        return
    end = part.end or part.start
    if end is not None:
        yield "", part.start or end, end, None


def _rule(part: Part) -> vRecur | None:
    """The rule, bounded by the last occurrence, if it gives the occurrences of the data and all are equally long."""
    starts = [first for first, _ in part.occurrences]
    if part.rule is None or len({last - first for first, last in part.occurrences}) != 1:
        return None
    try:
        rule = vRecur.from_ical(part.rule)
        rule.pop("COUNT", None)
        rule["UNTIL"] = [starts[-1]]
        text = rule.to_ical().decode()
        begin = datetime(starts[0].year, starts[0].month, starts[0].day)  # noqa: DTZ001  (whole days have no zone)
        given = [
            moment.date() for moment in rrulestr(text, dtstart=begin).xafter(begin, count=len(starts) + 1, inc=True)
        ]
    except (ValueError, KeyError, TypeError):
        return None
    return rule if given == starts else None


def _description(activity: Planned, part: Part, schedule: Schedule, language: Language) -> str:
    actors = ", ".join(sorted(schedule.name(actor) for actor in activity.actors))
    lines = [
        language.text("Document: {name}", name=schedule.name(activity.roadmap)),
        language.text("Deadline: {words}", words=activity.deadline or part.raw),
        language.text("Actors: {names}", names=actors) if actors else "",
        language.text("The beginning is not stated.") if part.start is None and not part.occurrences else "",
        language.text("It goes on without an end.") if part.is_open else "",
    ]
    return "\n".join(_plain(line) for line in lines if line)


def _plain(text: str) -> str:
    """The text without control characters, which the format does not admit."""
    return "".join(sign if sign >= " " and sign != "\x7f" else " " for sign in text)


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
