"""
The next state of the current data, worked out in memory before anything is written.

The staging store holds each current graph under its name and their merge, with what was inferred, as default graph.
A commit is applied to it, rules run on it, and what changed becomes one atomic update of the live store.  Its cost
grows with the commit and with the number of inferred triples, not with the old versions.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from pyoxigraph import DefaultGraph, Quad, QueryTriples, RdfFormat, Store, Triple

from graph.changes import Delta, ntriples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions

# The in-memory engine keeps removed quads until it is thrown away.
REBUILD_AFTER: Final = 500_000


class Workspace(Protocol):
    """What a rule may do: read and extend the default graph, which holds everything current."""

    def query(
        self, text: str, *, prefixes: Mapping[str, str] | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples: ...

    def update(self, text: str, *, prefixes: Mapping[str, str] | None = None) -> None: ...

    def triples(self) -> Iterator[Triple]: ...


# A rule adds to the default graph by updates, or returns the triples to add; a later rule sees what earlier ones added.
Rule: TypeAlias = "Callable[[Workspace], Iterable[Triple]]"


class Staging:
    """
    A copy of the current data in memory, moved from commit to commit.

    After an error it is in between two states: throw it away.
    """

    def __init__(self, live: Store, current: Iterable[NamedNode], inferred: NamedNode) -> None:
        self._engine = Store()
        self._inferred_graph = inferred
        self._current = set(current)
        self._removed = 0
        for name in self._current:
            lines = live.dump(format=RdfFormat.N_TRIPLES, from_graph=name)
            assert lines is not None
            self._engine.load(lines, RdfFormat.N_TRIPLES, to_graph=name)
            self._engine.load(lines, RdfFormat.N_TRIPLES)
        self._inferred = _triples(live, inferred)
        self._add(self._inferred, None)

    @property
    def worn_out(self) -> bool:
        """Whether a new one would use less memory."""
        return self._removed > REBUILD_AFTER

    def stage(
        self,
        live: Store,
        contents: Mapping[NamedNode, Iterable[Triple] | None],
        current: frozenset[NamedNode],
        rules: Iterable[Rule],
    ) -> Delta:
        """
        The difference that leads from the live store's state to the next one.

        `contents` are the new contents of graphs that change (None: as they are); `current` are all graphs of the
        default graph afterwards.  The staging store then holds the next state.
        """
        delta = Delta()
        default = _Changes()
        self._remove(self._inferred, None)
        default.remove(self._inferred)
        touched = {**dict.fromkeys(self._current ^ current), **contents}
        # Joining graphs first: what they share with leaving ones then never leaves the default graph.
        for name in sorted(touched, key=lambda name: name not in current):
            before = _triples(self._engine if name in self._current else live, name)
            fresh = touched[name]
            after = before if fresh is None else _as_stored(fresh)
            delta.replace(name, before, after)
            self._stage_graph(name, before, after, current, default)
        self._current = set(current)
        inferred = self._infer(rules)
        default.add(inferred)
        delta.replace(self._inferred_graph, self._inferred, inferred)
        delta.replace(None, default.gone, default.new)
        self._inferred = inferred
        return delta

    def _stage_graph(
        self,
        name: NamedNode,
        before: set[Triple],
        after: set[Triple],
        current: frozenset[NamedNode],
        default: _Changes,
    ) -> None:
        was = before if name in self._current else set()
        will = after if name in current else set()
        leaving, joining = was - will, will - was
        if will:
            self._remove(leaving, name)
        elif was:
            self._engine.remove_graph(name)
            self._removed += len(was)
        unstated = {triple for triple in leaving if not self._is_stated(triple)}
        self._remove(unstated, None)
        default.remove(unstated)
        fresh = {
            triple for triple in joining if Quad(triple.subject, triple.predicate, triple.object) not in self._engine
        }
        self._add(joining, name)
        self._add(fresh, None)
        default.add(fresh)

    def _infer(self, rules: Iterable[Rule]) -> set[Triple]:
        workspace = _Workspace(self._engine)
        for rule in rules:
            self._add(rule(workspace), None)
        derived = self._engine.query(files("graph").joinpath("derived.rq").read_text("utf-8"))
        assert isinstance(derived, QueryTriples)
        return set(derived)

    def _is_stated(self, triple: Triple) -> bool:
        found = self._engine.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        # The order of the graphs is the engine's; the default graph holds each triple once.
        first, second = next(found, None), next(found, None)
        return second is not None or (first is not None and not isinstance(first.graph_name, DefaultGraph))

    def _add(self, triples: Iterable[Triple], name: NamedNode | None) -> None:
        self._engine.load(ntriples(triples), RdfFormat.N_TRIPLES, to_graph=name)

    def _remove(self, triples: Iterable[Triple], name: NamedNode | None) -> None:
        for triple in triples:
            self._engine.remove(Quad(triple.subject, triple.predicate, triple.object, name))
            self._removed += 1


class _Workspace:
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


class _Changes:
    """Net changes of a set: what is removed and added again did not change."""

    def __init__(self) -> None:
        self.gone: set[Triple] = set()
        self.new: set[Triple] = set()

    def remove(self, triples: Iterable[Triple]) -> None:
        for triple in triples:
            (self.new.discard if triple in self.new else self.gone.add)(triple)

    def add(self, triples: Iterable[Triple]) -> None:
        for triple in triples:
            (self.gone.discard if triple in self.gone else self.new.add)(triple)


def _as_stored(triples: Iterable[Triple]) -> set[Triple]:
    # The engine writes numbers and dates in canonical form («1.50» as «1.5»); comparing needs the form it gives back.
    scratch = Store()
    scratch.load(ntriples(triples), RdfFormat.N_TRIPLES)
    return _triples(scratch, None)


def _triples(engine: Store, name: NamedNode | None) -> set[Triple]:
    return {quad.triple for quad in engine.quads_for_pattern(None, None, None, name or DefaultGraph())}
