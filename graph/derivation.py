"""
What follows from the current data after a change of it, at the cost of the change.

In a big store only the conclusions that a change can touch are drawn anew, from the facts near it (`graph.nearness`);
what comes out is what drawing everything anew would give.  Of many things at once those that stand alone are told apart
(`graph.standalone`).  Small stores, changes that can touch everything, and rules
that do not say what they touch take the way of `graph.staging`.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, RdfFormat, Store

from graph.changes import ntriples
from graph.hierarchies import Hierarchies
from graph.rules import EngineWorkspace, LateRule, LocalRule
from graph.staging import Staging
from graph.standalone import derive_standalone, standalone
from graph.stated import Change, StatedView
from ontology.vocabulary import RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import NamedNode, Triple

    from graph.rules import Rule

# Up to so many triples of the default graph everything is drawn anew, and kept in memory for the next time.
SMALL: Final = 150_000
# A change of this part of the default graph costs less when everything is drawn anew.
MOST_OF_IT: Final = 4


class Derivation:
    """
    What the rules conclude; one for each writer.

    `late` are properties of whose conclusions some may be missing since they were last drawn; None: those of before.
    """

    def __init__(self, rules: Sequence[Rule], inferred: NamedNode) -> None:
        self._rules = tuple(rules)
        self._inferred = inferred
        self._staging: Staging | None = None
        self.late: frozenset[NamedNode] | None = frozenset()
        self._first = self._rules[0] if self._rules and isinstance(self._rules[0], LocalRule) else None
        if not all(isinstance(rule, LateRule) for rule in self._rules[1:]):
            self._first = None

    def forget(self) -> None:
        """The last change did not come about."""
        self._staging = None

    def derive(self, engine: Store, change: Change, size: int) -> Change:
        """
        What the inferred graph loses and gains by a change of what is stated.

        `engine` holds the state before, with `size` triples in the default graph.
        """
        if self._first is None:
            return self._derive_all(engine, change, size)
        telling = self._telling(engine, change, self._first)
        change = Change(*({triple for triple in part if triple.predicate in telling} for part in change))
        if not change.size:
            self.late = None
            return change
        apart = standalone(engine, change)
        if apart is None:
            return self._derive_together(engine, StatedView(engine, self._inferred, change, telling), self._first, size)
        alone = derive_standalone(engine, self._inferred, apart, self._first)
        if not apart.rest.size:
            self._staging, self.late = None, None
            return alone
        rest = self._derive_together(engine, StatedView(engine, self._inferred, apart.rest, telling), self._first, size)
        # It holds nothing of what stands alone.
        self._staging = None
        return alone.with_(rest)

    def _telling(self, engine: Store, change: Change, first: LocalRule) -> frozenset[NamedNode]:
        """The properties of triples that some rule reads or concludes, of now or of before."""
        steps = {quad.triple for quad in engine.quads_for_pattern(None, RDFS.subPropertyOf, None, DefaultGraph())}
        moved = {triple for triple in chain(change.gone, change.new) if triple.predicate == RDFS.subPropertyOf}
        if moved:
            # What it says with a property that tells something only now, the staging store was not told.
            self._staging = None
        return first.reads(Hierarchies(steps | moved)).union(
            *(rule.reads() for rule in self._rules if isinstance(rule, LateRule))
        )

    def _derive_together(self, engine: Store, view: StatedView, first: LocalRule, size: int) -> Change:
        if size > SMALL and view.change.size * MOST_OF_IT <= size:
            found = self._derive_near(view, first)
            if found is not None:
                self._staging = None
                self.late = frozenset(rule.predicate for rule in self._rules[1:] if isinstance(rule, LateRule))
                return found
        return self._derive_all(engine, view.change, size)

    def _derive_near(self, view: StatedView, rule: LocalRule) -> Change | None:
        scope = rule.scope(view)
        if scope is None:
            return None
        near = Store()
        near.load(ntriples(scope.facts), RdfFormat.N_TRIPLES)
        near.load(ntriples(rule(EngineWorkspace(near))), RdfFormat.N_TRIPLES)
        late = frozenset(each.predicate for each in self._rules if isinstance(each, LateRule))
        drawn = {quad.triple for quad in near if scope.has(quad.triple) and quad.predicate not in late}
        after = {triple for triple in drawn if not view.is_stated(triple)}
        before = {triple for subject in scope.subjects for triple in view.inferred(subject)}
        for property_ in scope.mutual:
            for end in scope.ends:
                before |= view.inferred_with(property_, end)
        before = {triple for triple in before if scope.has(triple) and triple.predicate not in late}
        gone = (before - after) | view.was_inferred(view.change.new)
        for each in self._rules:
            if isinstance(each, LateRule):
                gone |= self._ended(view, near, each)
        return Change(gone, after - before)

    @staticmethod
    def _ended(view: StatedView, near: Store, rule: LateRule) -> set[Triple]:
        """Conclusions of a late rule about things that are no longer what it looks at."""
        touched = {triple.subject for triple in view.change.gone}
        things = {
            subject for subject in touched if not any(near.quads_for_pattern(subject, RDF.type, rule.counted, None))
        }
        return {triple for thing in things for triple in view.inferred_with(rule.predicate, thing)}

    def _derive_all(self, engine: Store, change: Change, size: int) -> Change:
        staging, self._staging = self._staging, None
        if staging is None or staging.worn_out:
            staging = Staging(engine, self._inferred)
        before = staging.inferred
        staging.change(change)
        late = set()
        for rule in self._rules:
            if isinstance(rule, LateRule) and staging.count(rule.counted) > rule.most:
                late.add(rule.predicate)
                staging.keep(
                    triple
                    for triple in before
                    if triple.predicate == rule.predicate
                    and all(staging.is_a(end, rule.counted) for end in (triple.subject, triple.object))
                )
            else:
                staging.run(rule)
        after = staging.derived()
        self.late = frozenset(late)
        if size + change.size <= SMALL:
            self._staging = staging
        return Change(before - after, after - before)
