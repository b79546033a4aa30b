"""
What is to be linked to registers: bodies and territories of the documents, what settles them, what they may be.

Groups, posts, persons and hubs are no legal persons and never stand here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import NamedNode

from api.operation.computing import Results
from graph.matching.acceptance import acceptance, best_of
from graph.matching.asked import Mention
from loaders.linking.decisions import LINKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.knowledge import Knowledge
    from api.reconciliation.entities import Entities, Entity
    from graph.matching.acceptance import Acceptance
    from graph.matching.matcher import Candidate
    from loaders.linking.decisions import Decision, Decisions
    from loaders.linking.proposals import ServiceProposals
    from loaders.registries.editions import Edition
    from ontology.iris import Iris

SHOWN: Final = 5
# States of the queue in the order of the page; the first is shown when none is asked for.
STATES: Final = (
    "open",
    "without",
    "stale",
    "automatic",
    "linked",
    "further",
    "not-in-register",
    "not-an-entity",
    "deferred",
)
# In which registers things of a class are looked for, as types of `api.reconciliation.entities`.
REGISTERS: Final = {"territory": ("territory-version",), "body": ("organisation-record",)}
# A thing, its class, how many activities and how many documents depend on it.
Counted: TypeAlias = "tuple[NamedNode, str, int, int]"
_NAMES: Final = 8
_LOOKED_AT: Final = 20
_VERSIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Queued:
    """
    A thing with what depends on it, the decision that settled it, its links, and whether an entry of one changed since.

    `found` says that it may be some entry, `proposed` counts other services that propose something on which nobody
    decided yet.
    """

    thing: NamedNode
    kind: str
    activities: int
    roadmaps: int
    settled: Decision | None
    links: tuple[Decision, ...] = ()
    stale: bool = False
    found: bool = False
    proposed: int = 0

    @property
    def states(self) -> list[str]:
        """Where in the queue it stands, of `STATES`: at one place, or at several if it has links."""
        if self.settled is None:
            return ["open" if self.found or self.proposed else "without"]
        if not self.links:
            return [self.settled.state]
        stands = {
            "stale": self.stale,
            "automatic": any(one.by_software for one in self.links),
            "linked": any(not one.by_software for one in self.links),
            "further": bool(self.proposed),
        }
        return [state for state, does in stands.items() if does]


@dataclass(slots=True)
class FoundCandidates:
    """Candidates of things, kept while the registers and what is known of the thing stay; safe in threads."""

    _lock: Lock = field(default_factory=Lock)
    _editions: frozenset[str] = frozenset()
    _known: dict[tuple[str, ...], tuple[Candidate, ...]] = field(default_factory=dict)
    _any: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def of(self, entities: Entities, thing: NamedNode) -> tuple[Candidate, ...]:
        """The entries that the thing may be, at most `SHOWN`."""
        key = self._key(entities, thing)
        found = self._known.get(key)
        if found is None:
            found = tuple(best_of(one for each in found_by_name(entities, thing).values() for one in each)[:SHOWN])
            self._known[key] = found
        return found

    def any(self, entities: Entities, thing: NamedNode) -> bool:
        """Whether there is one; sooner told than which."""
        key = self._key(entities, thing)
        found = self._any.get(key)
        if found is None:
            found = any(each for _, each in each_name(entities, thing, limit=1))
            self._any[key] = found
        return found

    def _key(self, entities: Entities, thing: NamedNode) -> tuple[str, ...]:
        # Of the names that are looked through, which may be of an earlier data version.
        stand = entities.editions
        with self._lock:
            if stand != self._editions:
                self._editions, self._known, self._any = stand, {}, {}
        entity = entities.entities[thing.value]
        facts = (*_numbers(entity), *entity.values.get("territory", ()))
        return (thing.value, *names_of(entity), "", *map(str, facts), "", *sorted(stand))


class Dependents:
    """What depends on the things that are linked, of the last data versions asked for; safe in threads."""

    def __init__(self) -> None:
        self._counted: Results[int, tuple[Counted, ...]] = Results(_VERSIONS)

    def of(self, knowledge: Knowledge) -> tuple[Counted, ...]:
        """Each body and territory with its class, its activities and its documents; see `linkable`."""
        return self._counted.get(knowledge.version, lambda: _counted(knowledge))


def linkable(knowledge: Knowledge, entities: Entities) -> Iterator[Counted]:
    """Each thing with its class, its activities and its documents; the more depends on it the earlier."""
    return (one for one in _counted(knowledge) if one[0].value in entities.entities)


def _counted(knowledge: Knowledge) -> tuple[Counted, ...]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in knowledge.records("linkable", "ru"):
        which, counts = (str(row["thing"]), str(row["class"])), (int(str(row["activities"])), int(str(row["roadmaps"])))
        found[which] = max(counts, found.get(which, counts))
    return tuple(
        (NamedNode(thing), kind, activities, roadmaps)
        for (thing, kind), (activities, roadmaps) in sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    )


def names_of(entity: Entity) -> list[str]:
    """What it is called, then its other names; at most so many as are looked for."""
    return list(dict.fromkeys((entity.name(), *entity.names)))[:_NAMES]


def found_by_name(entities: Entities, thing: NamedNode) -> dict[str, list[Candidate]]:
    """Entries that may be the thing by each of its names, in its region; those of its number under an empty name."""
    return dict(each_name(entities, thing, limit=_LOOKED_AT))


def each_name(entities: Entities, thing: NamedNode, *, limit: int) -> Iterator[tuple[str, list[Candidate]]]:
    """As `found_by_name`, one name after the other, at most `limit` entries for each."""
    entity = entities.entities[thing.value]
    types = REGISTERS["territory" if entity.type == "territory" else "body"]
    if not entities.has(types):
        return
    territory = (
        thing
        if entity.type == "territory"
        else next((NamedNode(str(each)) for each in entity.values.get("territory", ())), None)
    )
    region = entities.region_of(territory) if territory else None
    numbers = _numbers(entity)
    if numbers:
        yield "", entities.find(Mention(text="", numbers=numbers), types=types, limit=limit)
    for name in names_of(entity):
        mention = Mention(text=name, region=region, territory=territory)
        yield name, entities.find(mention, types=types, limit=limit)


def acceptable(entities: Entities, iris: Iris, thing: NamedNode) -> list[tuple[str, Acceptance]]:
    """Registers with the entry of each that the thing may be linked to unseen."""
    by_register: defaultdict[str, dict[str, list[Candidate]]] = defaultdict(dict)
    for name, candidates in found_by_name(entities, thing).items():
        for one in candidates:
            by_register[register_of(iris, one.record.iri)].setdefault(name, []).append(one)
    entity = entities.entities[thing.value]
    accepted = []
    for register, by_name in sorted(by_register.items()):
        sure = acceptance(by_name, called=entity.name(), numbers=_numbers(entity))
        if sure is not None:
            accepted.append((register, sure))
    return accepted


def register_of(iris: Iris, record: NamedNode) -> str:
    """The name of the register of an entry; empty if it is in none of ours."""
    place = iris.register_and_key(record)
    return place[0] if place else ""


def current_edition(editions: Sequence[Edition], register: str) -> NamedNode | None:
    """The graph of the edition of a register that belongs to the default graph."""
    return next((one.graph for one in editions if one.current and one.register == register), None)


def seen_of(entities: Entities, record: NamedNode) -> str:
    """What of an entry a decision rests on; empty if no register has it any more."""
    entity = entities.get(record.value)
    if entity is None:
        return ""
    ends = ", ".join(map(str, entity.values.get("to", ())))
    return "; ".join(filter(None, (entity.name(), *map(str, entity.values.get("status", ())), ends)))


def read_queue(
    knowledge: Knowledge,
    entities: Entities,
    decisions: Decisions,
    candidates: FoundCandidates,
    *,
    dependents: Dependents,
    services: Sequence[ServiceProposals] = (),
) -> list[Queued]:
    """What is to be linked and what was decided, the more depends on it the earlier."""
    queue = []
    for thing, kind, activities, roadmaps in dependents.of(knowledge):
        if thing.value not in entities.entities:
            continue
        settled = decisions.settled(thing)
        links = tuple(one for one in decisions.of(thing) if one.state in LINKING)
        stale = any(
            one.record is not None
            and register_of(knowledge.iris, one.record)
            and one.seen != seen_of(entities, one.record)
            for one in links
        )
        found = settled is None and candidates.any(entities, thing)
        proposed = sum(_is_open(service, decisions, thing) for service in services)
        queue.append(Queued(thing, kind, activities, roadmaps, settled, links, stale, found, proposed))
    return queue


def _is_open(service: ServiceProposals, decisions: Decisions, thing: NamedNode) -> bool:
    """Whether the service proposes something for the thing, and nobody linked it to any of that or refused all."""
    answered = service.answers.get(thing.value)
    proposed = {one.record for one in answered.found} if answered else set()
    decided = {one.record.value: one.state for one in decisions.of(thing) if one.record is not None}
    linked = any(decided.get(one) in LINKING for one in proposed)
    return bool(proposed) and not linked and not proposed <= decided.keys()


def _numbers(entity: Entity) -> tuple[str, ...]:
    return tuple(str(value) for value in entity.values.get("number", ()))
