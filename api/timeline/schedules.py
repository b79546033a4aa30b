"""
When activities are due: all activities of a data version with the parts of their deadlines, read once for each version.

Pages of the timeline, calendars and comparisons select from these in memory.  What lists keep too is taken from them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from api.operation.computing import Results, shared
from api.site import held

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from markupsafe import Markup
    from starlette.requests import Request

    from api.knowledge import Knowledge, Record
    from api.lists.facts import ListedFacts, ListedFactsCache
    from api.operation.computing import Computations
    from api.timeline.scales import Scale

State: TypeAlias = Literal["passed", "now", "ahead", "undated"]

_KEPT: Final = 4
_KEPT_DRAWINGS: Final = 16
_LOOSE: Final = frozenset({"year", "period"})


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of a deadline; `end` and the ends of `occurrences` are the last days.

    `is_loose` where the document names whole years only: «в течение года».
    """

    kind: str
    start: date | None
    end: date | None
    is_loose: bool
    rule: str | None
    raw: str
    condition: str | None
    occurrences: tuple[tuple[date, date], ...]

    @property
    def is_open(self) -> bool:
        """Whether it goes on without an end: «далее постоянно»."""
        return self.kind == "continuous" and self.end is None

    @property
    def first(self) -> date | None:
        return self.occurrences[0][0] if self.occurrences else self.start or self.end

    @property
    def last(self) -> date | None:
        return self.occurrences[-1][1] if self.occurrences else self.end


@dataclass(frozen=True)
class Planned:
    """One activity; `actors` and `themes` are IRIs, `period` the bounds of its document."""

    iri: str
    number: str
    text: str
    roadmap: str
    section: str | None
    section_title: str
    deadline: str
    parts: tuple[Part, ...]
    actors: frozenset[str]
    themes: frozenset[str]
    period: tuple[date | None, date | None]

    @cached_property
    def first(self) -> date | None:
        """The first day that its deadline names."""
        return min((part.first for part in self.parts if part.first), default=None)

    @cached_property
    def last(self) -> date | None:
        """The last day that its deadline names; None if it names none or goes on without an end."""
        if any(part.is_open for part in self.parts):
            return None
        return max((part.last for part in self.parts if part.last), default=None)

    @property
    def is_dated(self) -> bool:
        return self.first is not None

    def state(self, day: date) -> State:
        """How the deadline stands to a day; whether the work is done is not known."""
        if self.first is None:
            return "undated"
        if self.last is not None and self.last < day:
            return "passed"
        return "ahead" if self.first > day else "now"

    def meets(self, start: date | None, end: date | None) -> bool:
        """Whether a part of the deadline, or an occurrence of it, falls into the days from `start` to `end`."""
        return any(
            (end is None or first is None or first <= end) and (start is None or last is None or last >= start)
            for part in self.parts
            if part.first is not None
            for first, last in part.occurrences or [(part.start or part.end, None if part.is_open else part.end)]
        )


@dataclass(frozen=True)
class Schedule:
    """The activities of a data version in the order of their documents; `names` in one language."""

    version: int
    activities: tuple[Planned, ...]
    names: Mapping[str, str]

    @cached_property
    def by_iri(self) -> Mapping[str, Planned]:
        return {activity.iri: activity for activity in self.activities}

    def name(self, iri: str) -> str:
        """The name of an actor, theme or document; the end of the IRI if it has none."""
        return self.names.get(iri) or iri.rsplit("/", 1)[-1]

    def only(self, activities: Iterable[str]) -> list[Planned]:
        """The activities among these IRIs, in their order."""
        return [self.by_iri[iri] for iri in activities if iri in self.by_iri]


class Schedules:
    """
    The schedules of the newest data versions, by language, and what was drawn of them.  Safe in threads.

    `read`, `drawings` and `calendars` hold what requests share (`api.operation.computing.shared`).
    """

    def __init__(self, lists: ListedFactsCache) -> None:
        self._lists = lists
        self._planned: Results[int, tuple[Planned, ...]] = Results(_KEPT // 2)
        self.read: Results[tuple[int, str], Schedule] = Results(_KEPT)
        self.drawings: Results[Hashable, tuple[Scale, tuple[Markup, ...]]] = Results(_KEPT_DRAWINGS)
        self.calendars: Results[Hashable, bytes] = Results(_KEPT)

    def of(self, knowledge: Knowledge, language: str) -> Schedule:
        """The schedule of a data version with names in `language`, else in Russian."""
        return self.read.get((knowledge.version, language), lambda: self._named(knowledge, language))

    def read_ahead(self, computations: Computations, language: str, knowledge: Knowledge) -> None:
        """The schedule of a version, computed for the requests that will share it."""
        key = (knowledge.version, language)
        computations.get(self.read, key, lambda: self._named(knowledge, language), is_patient=True)

    def _named(self, knowledge: Knowledge, language: str) -> Schedule:
        # The same activities in each language: documents speak one.
        planned = self._planned.get(knowledge.version, lambda: self._activities(knowledge))
        return Schedule(knowledge.version, planned, self._lists.labels(knowledge, language))

    def _activities(self, knowledge: Knowledge) -> tuple[Planned, ...]:
        return read_planned(knowledge, self._lists.facts(knowledge), self._lists.labels(knowledge, "ru"))


def schedules_of(request: Request) -> Schedules:
    """The schedules of the application that serves this request."""
    return held(request, "schedules", Schedules)


def schedule_of(request: Request, knowledge: Knowledge, language: str) -> Schedule:
    """
    The schedule of a data version, read once for all who ask.

    Raises:
        BudgetError, ProblemError: As `api.operation.computing.shared`.
    """
    schedules, key = schedules_of(request), (knowledge.version, language)
    return shared(request, "timeline", schedules.read, key, lambda: schedules.of(knowledge, language))


def read_planned(knowledge: Knowledge, facts: ListedFacts, texts: Mapping[str, str]) -> tuple[Planned, ...]:
    """The activities of a data version with their deadlines, in the order of their documents; `texts` are theirs."""
    occurrences: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for record in knowledge.records("planned-occurrences", "ru"):
        start, end = _day(record["start"]), _day(record["end"])
        if start and end:
            occurrences[str(record["deadline"])].append((start, end))
    parts: dict[str, list[tuple[int, str, Part]]] = defaultdict(list)
    for record in knowledge.records("planned-deadlines", "ru"):
        place = int(record["ordinal"] or 0), str(record["deadline"])
        parts[str(record["activity"])].append((*place, _part(record, occurrences)))
    sections = {str(record["activity"]): record for record in knowledge.records("planned-sections", "ru")}
    periods = {
        roadmap: (_day(_first(traits, "start")), _day(_first(traits, "end")))
        for roadmap, traits in facts.roadmaps.items()
    }
    found = []
    for iri in facts.activity_values:
        traits, section = facts.activities[iri], sections.get(iri)
        roadmap = _first(traits, "roadmap")
        if roadmap is None:
            continue
        title = [section[name] for name in ("number", "title") if section[name] is not None] if section else []
        found.append(
            Planned(
                iri=iri,
                number=_first(traits, "number") or "",
                text=texts.get(iri, ""),
                roadmap=roadmap,
                section=str(section["section"]) if section else None,
                section_title=" ".join(map(str, title)),
                deadline=_first(traits, "deadline-text") or "",
                parts=tuple(part for _ordinal, _iri, part in sorted(parts[iri], key=lambda one: one[:2])),
                actors=frozenset(facts.actors_of.get(iri, ())),
                themes=frozenset(traits.get("theme", ())),
                period=periods.get(roadmap, (None, None)),
            )
        )
    return tuple(found)


def _first(traits: Mapping[str, tuple[str, ...]], name: str) -> str | None:
    return next(iter(traits.get(name, ())), None)


def _part(record: Record, occurrences: Mapping[str, list[tuple[date, date]]]) -> Part:
    return Part(
        kind=str(record["kind"]).rsplit("/", 1)[-1],
        start=_day(record["start"]),
        end=_day(record["end"]),
        is_loose=record["precision"] in _LOOSE,
        rule=None if record["rule"] is None else str(record["rule"]),
        raw=str(record["raw"] or ""),
        condition=None if record["condition"] is None else str(record["condition"]),
        occurrences=tuple(sorted(set(occurrences.get(str(record["deadline"]), ())))),
    )


def _day(value: object) -> date | None:
    """A date of the data; one that the calendar does not have counts as none."""
    try:
        return date.fromisoformat(str(value)) if value is not None else None
    except ValueError:
        return None
