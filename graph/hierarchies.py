"""Hierarchies of properties and classes: which are narrower, which are wider."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple

    from graph.terms import Term


class Hierarchies:
    """What `schema` says with links such as rdfs:subClassOf, which lead from the narrower to the wider."""

    def __init__(self, schema: Iterable[Triple]) -> None:
        self._down: defaultdict[tuple[NamedNode, Term], set[NamedNode]] = defaultdict(set)
        self._up: defaultdict[tuple[NamedNode, Term], set[NamedNode]] = defaultdict(set)
        for triple in schema:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
                self._down[triple.predicate, triple.object].add(triple.subject)
                self._up[triple.predicate, triple.subject].add(triple.object)

    def wider(self, link: NamedNode) -> frozenset[NamedNode]:
        """All that have something narrower."""
        return frozenset(top for by, top in self._down if by == link and isinstance(top, NamedNode))

    def below(self, link: NamedNode, top: NamedNode) -> frozenset[NamedNode]:
        """The thing and all that is narrower."""
        return self._walk(self._down, link, top)

    def above(self, link: NamedNode, bottom: NamedNode) -> frozenset[NamedNode]:
        """The thing and all that is wider."""
        return self._walk(self._up, link, bottom)

    @staticmethod
    def _walk(
        steps: dict[tuple[NamedNode, Term], set[NamedNode]], link: NamedNode, start: NamedNode
    ) -> frozenset[NamedNode]:
        found: set[NamedNode] = set()
        open_ = [start]
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                open_ += steps.get((link, one), ())
        return frozenset(found)
