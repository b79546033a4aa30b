"""
What follows from the data, as rules, and how much of it a change of the data can touch.

Any function may be a rule; then it is run over all current data at each commit.  A `LocalRule` also says which
conclusions a change can touch and from which facts they are drawn, so that a commit costs what it changes, not what the
store holds.  The conclusions of a `LateRule` may lag behind in a big store, which then says of which version they are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pyoxigraph import DefaultGraph, NamedNode

from graph.tokens import Names, meaningful
from ontology.vocabulary import RDF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store, Triple

    from graph.hierarchies import Hierarchies
    from graph.stated import StatedView
    from graph.terms import Subject


class Workspace(Protocol):
    """What a rule may do: read and extend the default graph, which holds everything current."""

    def query(
        self, text: str, *, prefixes: Mapping[str, str] | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples: ...

    def update(self, text: str, *, prefixes: Mapping[str, str] | None = None) -> None: ...

    def triples(self) -> Iterator[Triple]: ...


class EngineWorkspace:
    """An engine as a workspace."""

    def __init__(self, engine: Store) -> None:
        self._engine = engine

    def query(
        self, text: str, *, prefixes: Mapping[str, str] | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        return self._engine.query(text, prefixes=dict(prefixes or {}))

    def update(self, text: str, *, prefixes: Mapping[str, str] | None = None) -> None:
        self._engine.update(text, prefixes=dict(prefixes or {}))

    def triples(self) -> Iterator[Triple]:
        for quad in self._engine.quads_for_pattern(None, None, None, DefaultGraph()):
            yield quad.triple


# A rule adds to the default graph by updates, or returns the triples to add; a later rule sees what earlier ones added.
Rule: TypeAlias = "Callable[[Workspace], Iterable[Triple]]"


@dataclass
class Scope:
    """
    What a change can touch: conclusions about `subjects`; of the properties in `mutual`, those that join `ends`.

    `facts` are enough to draw all of them: the stated triples about `subjects`, and what is known of things near them.
    """

    subjects: set[Subject] = field(default_factory=set)
    facts: set[Triple] = field(default_factory=set)
    mutual: frozenset[NamedNode] = frozenset()
    ends: set[Subject] = field(default_factory=set)

    def has(self, triple: Triple) -> bool:
        """Whether the conclusion `triple` is drawn anew."""
        if triple.predicate in self.mutual:
            return triple.subject in self.ends or triple.object in self.ends
        return triple.subject in self.subjects


class LocalRule(ABC):
    """A rule whose conclusions depend on what stands near them."""

    @abstractmethod
    def reads(self, schema: Hierarchies) -> frozenset[NamedNode]:
        """The properties of triples that it reads or concludes, with these hierarchies of properties."""

    @abstractmethod
    def __call__(self, workspace: Workspace, /) -> Iterable[Triple]:
        """Triples to add to the default graph, beside those added by updates."""

    @abstractmethod
    def scope(self, view: StatedView) -> Scope | None:
        """What the change that `view` shows can touch; None if that may be anything."""


class LateRule(ABC):
    """
    A rule whose cost grows faster than the data.

    It is run at each commit while there are at most `most` things of `counted`; beyond that, and up to `most_late`, by
    `graph.store.Store.derive_late`.  It alone concludes triples of `predicate`, which join things of `counted`.
    `place` is where it can be imported from, «module:name».
    """

    predicate: NamedNode
    counted: NamedNode
    most: int
    most_late: int
    place: str

    @abstractmethod
    def reads(self) -> frozenset[NamedNode]:
        """The properties of triples that it reads or concludes."""

    @abstractmethod
    def __call__(self, workspace: Workspace, /) -> Iterable[Triple]:
        """All conclusions from the default graph."""


def names_in(text: str) -> frozenset[NamedNode]:
    """The IRIs that a query or update names, among them all properties that it reads or writes by name."""
    tokens = meaningful(text)
    names = Names({})
    first = names.read_prologue(tokens, 0)
    found = {token.text: names.resolve(token) for token in tokens[first:] if token.kind in {"iri", "name"}}
    assert None not in found.values(), found
    return frozenset({RDF.type, *(name for name in found.values() if name is not None)})
