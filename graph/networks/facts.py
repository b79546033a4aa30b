"""What networks are made of: activities, who is named for them, and what is known of both, of one data version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from graph.results import Table
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.snapshots import Snapshot
    from graph.terms import Term

Iri: TypeAlias = str
Row: TypeAlias = "dict[str, Term | None]"

# The most special kind first: a hub is a body too.
_KINDS: Final = (
    VEKHA.Hub,
    VEKHA.Body,
    VEKHA.BodyGroup,
    VEKHA.PostGroup,
    VEKHA.PersonGroup,
    VEKHA.Post,
    VEKHA.Person,
)
GROUP_KINDS: Final = frozenset(kind.value for kind in (VEKHA.BodyGroup, VEKHA.PostGroup, VEKHA.PersonGroup, VEKHA.Post))


@dataclass(frozen=True, slots=True)
class Name:
    """How a thing is called; one language may be missing."""

    russian: str | None
    english: str | None

    def in_language(self, language: str) -> str | None:
        """The name in `language`, else in the other one."""
        first, second = (self.english, self.russian) if language == "en" else (self.russian, self.english)
        return first or second


@dataclass(frozen=True, slots=True)
class Actor:
    """A body, group, post or person; `kind` is a class of the ontology, None where only «actor» is known."""

    name: Name
    kind: Iri | None
    levels: frozenset[Iri]
    territories: frozenset[Iri]

    @property
    def is_group(self) -> bool:
        """Whether it stands for others: a group, or a post that acts for a body."""
        return self.kind in GROUP_KINDS


@dataclass(frozen=True, slots=True)
class Roadmap:
    name: Name
    levels: frozenset[Iri]
    territories: frozenset[Iri]
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Activity:
    """`roles` holds who is named, with the roles they are named in; `spans` the printed dates, both ends included."""

    label: str
    roadmap: Iri
    roles: Mapping[Iri, frozenset[Iri]]
    themes: frozenset[Iri]
    spans: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that projections read, by IRI; `members` is the next step from a group, a post or a hub."""

    version: int
    activities: Mapping[Iri, Activity]
    actors: Mapping[Iri, Actor]
    roadmaps: Mapping[Iri, Roadmap]
    members: Mapping[Iri, frozenset[Iri]]
    names: Mapping[Iri, Name]
    ranks: Mapping[Iri, int]
    _meant: dict[Iri, frozenset[Iri]] = field(default_factory=dict, compare=False)

    def meant_by(self, actor: Iri) -> frozenset[Iri]:
        """
        The members that a group stands for, however deep; the body behind a post; the actor itself otherwise.

        A group whose members nobody knows stands for itself, so that nothing named is lost.
        """
        if actor not in self._meant:
            found: set[Iri] = set()
            seen, waiting = {actor}, [actor]
            while waiting:
                one = waiting.pop()
                known = self.actors.get(one)
                further = self.members.get(one, frozenset()) if known is not None and known.is_group else frozenset()
                found |= set() if further else {one}
                waiting += further - seen
                seen |= further
            self._meant[actor] = frozenset(found)
        return self._meant[actor]

    def name(self, thing: Iri, language: str) -> str:
        """The name of an actor, document, theme, level or territory; the end of its IRI where it has none."""
        named = self.actors.get(thing) or self.roadmaps.get(thing)
        name = named.name if named else self.names.get(thing)
        return (name and name.in_language(language)) or thing.rsplit("/", 1)[-1]


def read_facts(snapshot: Snapshot) -> Facts:
    """The facts of one data version; trusted queries of this package, so no limits."""
    roles: defaultdict[Iri, defaultdict[Iri, set[Iri]]] = defaultdict(lambda: defaultdict(set))
    for row in _rows(snapshot, "assignments"):
        roles[_iri(row["activity"])][_iri(row["actor"])].add(_iri(row["role"]))
    themes: defaultdict[Iri, set[Iri]] = defaultdict(set)
    for row in _rows(snapshot, "themes"):
        themes[_iri(row["activity"])].add(_iri(row["theme"]))
    spans: defaultdict[Iri, set[tuple[date, date]]] = defaultdict(set)
    for row in _rows(snapshot, "dates"):
        end = _date(row["end"])
        if end is not None:
            spans[_iri(row["activity"])].add((_date(row["start"]) or end, end))
    members: defaultdict[Iri, set[Iri]] = defaultdict(set)
    for row in _rows(snapshot, "memberships"):
        members[_iri(row["group"])].add(_iri(row["member"]))
    activities: dict[Iri, Activity] = {}
    for row in _rows(snapshot, "activities"):
        activity = _iri(row["activity"])
        activities[activity] = Activity(
            _text(row["label"]) or activity.rsplit("/", 1)[-1],
            _iri(row["roadmap"]),
            {actor: frozenset(found) for actor, found in sorted(roles[activity].items())},
            frozenset(themes[activity]),
            tuple(sorted(spans[activity])),
        )
    names, ranks = _names(snapshot)
    return Facts(
        version=snapshot.version,
        activities=dict(sorted(activities.items())),
        actors=_actors(snapshot),
        roadmaps=_roadmaps(snapshot),
        members={group: frozenset(found) for group, found in members.items()},
        names=names,
        ranks=ranks,
    )


def _actors(snapshot: Snapshot) -> dict[Iri, Actor]:
    found: defaultdict[Iri, list[Row]] = defaultdict(list)
    for row in _rows(snapshot, "actors"):
        found[_iri(row["actor"])].append(row)
    return {
        actor: Actor(
            _name(rows),
            next((kind.value for kind in _KINDS if any(row["kind"] == kind for row in rows)), None),
            _iris(rows, "level"),
            _iris(rows, "territory"),
        )
        for actor, rows in sorted(found.items())
    }


def _roadmaps(snapshot: Snapshot) -> dict[Iri, Roadmap]:
    found: defaultdict[Iri, list[Row]] = defaultdict(list)
    for row in _rows(snapshot, "roadmaps"):
        found[_iri(row["roadmap"])].append(row)
    return {
        roadmap: Roadmap(
            _name(rows),
            _iris(rows, "level"),
            _iris(rows, "territory"),
            _date(rows[0]["start"]),
            _date(rows[0]["end"]),
        )
        for roadmap, rows in sorted(found.items())
    }


def _names(snapshot: Snapshot) -> tuple[dict[Iri, Name], dict[Iri, int]]:
    found: defaultdict[Iri, list[Row]] = defaultdict(list)
    for row in _rows(snapshot, "names"):
        found[_iri(row["thing"])].append(row)
    ranks = {
        thing: int(rank.value)
        for thing, rows in found.items()
        for rank in (rows[0]["rank"],)
        if isinstance(rank, Literal)
    }
    return {thing: _name(rows) for thing, rows in found.items()}, ranks


def _rows(snapshot: Snapshot, name: str) -> Iterator[Row]:
    answer = snapshot.query(files("graph.networks").joinpath(f"{name}.rq").read_text("utf-8"))
    assert isinstance(answer, Table)
    return answer.records()


def _name(rows: list[Row]) -> Name:
    texts = {language: min(filter(None, (_text(row[language]) for row in rows)), default=None) for language in _NAMED}
    return Name(texts["russian"], texts["english"])


_NAMED: Final = ("russian", "english")


def _iris(rows: list[Row], column: str) -> frozenset[Iri]:
    return frozenset(value.value for row in rows if isinstance(value := row[column], NamedNode))


def _iri(term: Term | None) -> Iri:
    assert isinstance(term, NamedNode)
    return term.value


def _text(term: Term | None) -> str | None:
    return term.value if isinstance(term, Literal) else None


def _date(term: Term | None) -> date | None:
    text = _text(term)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
