"""
Faceted selection: what is chosen of each facet, and how many things each further value would leave.

A thing of a list is seen through units: a body through each of its assignments, an activity through itself. A thing is
selected if one of its units fits all that is chosen, so that «theme X» and «document Y» mean one and the same activity.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# An IRI, or a text such as a year.
Value: TypeAlias = str

# Before a value in an address: things that have it are left out.
NOT: Final = "!"


@dataclass(frozen=True, slots=True)
class Unit:
    """One way in which a thing stands in the data; `counted` is the activity by which it stands there, if any."""

    thing: str
    values: Mapping[str, frozenset[Value]]
    counted: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen of one facet: any of `wanted`, none of `unwanted`."""

    wanted: frozenset[Value] = frozenset()
    unwanted: frozenset[Value] = frozenset()

    def fits(self, values: frozenset[Value]) -> bool:
        return not (self.unwanted & values) and (not self.wanted or bool(self.wanted & values))


@dataclass(frozen=True, slots=True)
class Selected:
    """
    What a selection leaves.

    `things` are the things in the order of the units, each with the activities that it was counted by; `counts` says
    for each facet how many things each value would leave if the other facets stayed as they are.
    """

    things: Mapping[str, frozenset[str]]
    counts: Mapping[str, Mapping[Value, int]]


@dataclass(slots=True)
class _Tally:
    things: dict[str, set[str]] = field(default_factory=dict)
    by_facet: dict[str, dict[Value, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))


def select(
    units: Iterable[Unit], facets: Sequence[str], chosen: Mapping[str, Chosen], *, among: frozenset[str] | None = None
) -> Selected:
    """The units that fit; with `among` only of those things."""
    tally = _Tally()
    nothing: frozenset[Value] = frozenset()
    for unit in units:
        if among is not None and unit.thing not in among:
            continue
        failing = [name for name, choice in chosen.items() if not choice.fits(unit.values.get(name, nothing))]
        if len(failing) > 1:
            continue
        if not failing:
            found = tally.things.setdefault(unit.thing, set())
            if unit.counted:
                found.add(unit.counted)
        # A unit that fails by one facet only would fit if another value of that facet were chosen.
        for facet in failing or facets:
            for value in unit.values.get(facet, nothing):
                tally.by_facet[facet][value].add(unit.thing)
    return Selected(
        {thing: frozenset(counted) for thing, counted in tally.things.items()},
        {facet: Counter({value: len(things) for value, things in tally.by_facet[facet].items()}) for facet in facets},
    )
