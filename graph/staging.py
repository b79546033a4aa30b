"""
Everything that follows from the current data, worked out in memory.

The staging store holds what is stated in one named graph and, with what follows, in its default graph.  That costs what
the store holds; `graph.derivation` does it for small stores and where anything may follow from a change.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, RdfFormat, Store

from graph.changes import ntriples
from graph.rules import EngineWorkspace
from ontology.vocabulary import RDF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple

    from graph.rules import Rule
    from graph.stated import Change
    from graph.terms import Term

# The in-memory engine keeps removed quads until it is thrown away.
REBUILD_AFTER: Final = 500_000

_STATED: Final = NamedNode("urn:stated")


class Staging:
    """
    A copy of the current data in memory, moved from commit to commit.

    After an error it is in between two states: throw it away.
    """

    def __init__(self, live: Store, inferred: NamedNode) -> None:
        self._engine = Store()
        self._removed = 0
        lines = live.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
        assert lines is not None
        self._engine.load(lines, RdfFormat.N_TRIPLES)
        self._engine.load(lines, RdfFormat.N_TRIPLES, to_graph=_STATED)
        self._inferred = {quad.triple for quad in live.quads_for_pattern(None, None, None, inferred)}
        self._remove(self._inferred, _STATED)

    @property
    def worn_out(self) -> bool:
        """Whether a new one would use less memory."""
        return self._removed > REBUILD_AFTER

    @property
    def inferred(self) -> set[Triple]:
        """What followed before the last `derive`."""
        return self._inferred

    def change(self, stated: Change) -> None:
        """The staging store holds what is stated after the change, and nothing of what follows."""
        self._remove(self._inferred, None)
        for name in (None, _STATED):
            self._remove(stated.gone, name)
            self._add(stated.new, name)

    def run(self, rule: Rule) -> None:
        """The default graph holds, besides, what follows by `rule`."""
        self._add(rule(EngineWorkspace(self._engine)), None)

    def count(self, class_: NamedNode) -> int:
        """How many things of a class the default graph has."""
        return sum(1 for _ in self._engine.quads_for_pattern(None, RDF.type, class_, DefaultGraph()))

    def is_a(self, thing: Term, class_: NamedNode) -> bool:
        """Whether the default graph says so."""
        return isinstance(thing, NamedNode) and Quad(thing, RDF.type, class_) in self._engine

    def derived(self) -> set[Triple]:
        """The triples of the default graph that are not stated; `inferred` from now on."""
        found = self._engine.query(files("graph").joinpath("derived.rq").read_text("utf-8"))
        assert isinstance(found, QueryTriples)
        self._inferred = set(found)
        return self._inferred

    def keep(self, triples: Iterable[Triple]) -> None:
        """The default graph holds these, too."""
        self._add(triples, None)

    def _add(self, triples: Iterable[Triple], name: NamedNode | None) -> None:
        self._engine.load(ntriples(triples), RdfFormat.N_TRIPLES, to_graph=name)

    def _remove(self, triples: Iterable[Triple], name: NamedNode | None) -> None:
        for triple in triples:
            self._engine.remove(Quad(triple.subject, triple.predicate, triple.object, name))
            self._removed += 1
