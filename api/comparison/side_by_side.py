"""Two to four roadmaps side by side: which activities are word for word the same, which similar, which only here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from api.things.activities import likeness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.knowledge import Knowledge
    from api.timeline.schedules import Planned, Schedule

MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Match:
    """Two activities of two documents; `likeness` is 1 for those that are the same in all cells."""

    first: Planned
    second: Planned
    is_identical: bool
    likeness: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Matches, the most alike first, and what each roadmap alone has, in its order."""

    roadmaps: tuple[str, ...]
    sizes: tuple[int, ...]
    identical: tuple[Match, ...]
    similar: tuple[Match, ...]
    alone: tuple[tuple[Planned, ...], ...]


def compare(knowledge: Knowledge, schedule: Schedule, roadmaps: Sequence[str], *, least: float) -> Compared:
    """
    The roadmaps compared.

    Which activities are alike is what the store has inferred (`vekha:identicalTo`, `vekha:similarTo`); those whose
    common words are fewer than `least` count as different.
    """
    members = {
        roadmap: tuple(activity for activity in schedule.activities if activity.roadmap == roadmap)
        for roadmap in roadmaps
    }
    known = {activity.iri: activity for activities in members.values() for activity in activities}
    identical: list[Match] = []
    similar: list[Match] = []
    for one, other in combinations(roadmaps, 2):
        for record in knowledge.records("related-activities", "ru", one=one, other=other):
            first, second = known.get(str(record["first"])), known.get(str(record["second"]))
            if first is None or second is None:
                continue
            if record["identical"]:
                identical.append(Match(first, second, is_identical=True, likeness=1.0))
                continue
            match = Match(first, second, is_identical=False, likeness=likeness(first.text, second.text))
            if match.likeness >= least:
                similar.append(match)
    met = {activity.iri for match in (*identical, *similar) for activity in (match.first, match.second)}
    return Compared(
        tuple(roadmaps),
        tuple(len(activities) for activities in members.values()),
        tuple(identical),
        tuple(sorted(similar, key=lambda match: -match.likeness)),
        tuple(tuple(activity for activity in activities if activity.iri not in met) for activities in members.values()),
    )
