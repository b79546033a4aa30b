"""What the current graphs state before and after a commit, read from the live store, which holds the old state."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, Quad

from graph.changes import as_stored
from graph.terms import as_triple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Store, Triple

    from graph.changes import Commit
    from graph.terms import Subject, Term

_DEFAULT: Final = DefaultGraph()
_NONE: Final[set[Triple]] = set()
# So many facts with one value are read as fast as a few questions for some of them are asked.
_FEW: Final = 20


class Change(NamedTuple):
    """What a set of triples loses and what it gains; the two have nothing in common."""

    gone: set[Triple]
    new: set[Triple]

    @property
    def size(self) -> int:
        return len(self.gone) + len(self.new)

    def with_(self, other: Change) -> Change:
        """Both together; what one takes and the other gives does not change."""
        gone, new = self.gone | other.gone, self.new | other.new
        return Change(gone - new, new - gone)


def graph_changes(engine: Store, commit: Commit) -> dict[NamedNode, Change]:
    """What `commit`, whose statements are triples, changes in each graph that it names."""
    changes: dict[NamedNode, Change] = {}
    for name, statements in commit.replace.items():
        before, after = triples_of(engine, name), as_stored(map(as_triple, statements))
        changes[name] = Change(before - after, after - before)
    for name, (gone, new) in commit.edit.items():
        added = as_stored(new)
        held = {triple for triple in [*gone, *added] if holds(engine, triple, name)}
        changes[name] = Change((held & set(gone)) - added, added - held)
    for name, statements in commit.describe.items():
        after = as_stored(map(as_triple, statements))
        before = {
            quad.triple
            for subject in {triple.subject for triple in after}
            for quad in engine.quads_for_pattern(subject, None, None, name)
        }
        changes[name] = Change(before - after, after - before)
    for name in commit.drop:
        changes[name] = Change(triples_of(engine, name), set())
    return changes


def stated_change(
    engine: Store,
    changes: Mapping[NamedNode, Change],
    inferred: NamedNode,
    *,
    before: frozenset[NamedNode],
    after: frozenset[NamedNode],
) -> Change:
    """What the merge of the current graphs loses and gains, if these were the `before` ones and are now `after`."""
    nothing = Change(set(), set())
    leaving: set[Triple] = set()
    joining: set[Triple] = set()
    for name in changes.keys() | (before ^ after):
        change = changes.get(name, nothing)
        if name in before and name in after:
            leaving |= change.gone
            joining |= change.new
        elif name in before:
            leaving |= triples_of(engine, name)
        elif name in after:
            joining |= (triples_of(engine, name) - change.gone) | change.new
    known = {subject for subject in {triple.subject for triple in joining} if _is_known(engine, subject)}
    new = {
        triple
        for triple in joining
        if triple.subject not in known or not holds(engine, triple, None) or holds(engine, triple, inferred)
    }
    elsewhere: set[Triple] = set()
    gone = leaving - joining
    for triple in gone:
        for quad in engine.quads_for_pattern(triple.subject, triple.predicate, triple.object, None):
            found = quad.graph_name
            if isinstance(found, NamedNode) and found in after and triple not in changes.get(found, nothing).gone:
                elsewhere.add(triple)
                break
    return Change(gone - elsewhere, new)


def triples_of(engine: Store, name: NamedNode | None) -> set[Triple]:
    return {quad.triple for quad in engine.quads_for_pattern(None, None, None, name or _DEFAULT)}


def holds(engine: Store, triple: Triple, name: NamedNode | None) -> bool:
    return Quad(triple.subject, triple.predicate, triple.object, name or _DEFAULT) in engine


def _is_known(engine: Store, subject: Subject) -> bool:
    return next(iter(engine.quads_for_pattern(subject, None, None, _DEFAULT)), None) is not None


class StatedView:
    """
    The facts after a change of what is stated, while `engine` holds those before it.

    Facts are stated or inferred; what is inferred is that of before, and still true of things that the change does not
    touch.  Facts with other properties than those of `telling` are left out.
    """

    def __init__(self, engine: Store, inferred: NamedNode, change: Change, telling: frozenset[NamedNode]) -> None:
        self.change = change
        self._telling = telling
        self._engine = engine
        self._inferred_graph = inferred
        self._stated: dict[Subject, frozenset[Triple]] = {}
        self._old: dict[Subject, frozenset[Triple]] = {}
        self._concluded: dict[Subject, frozenset[Triple]] = {}
        self._leading: dict[Term, list[Triple] | None] = {}
        self._gone: defaultdict[Subject, set[Triple]] = defaultdict(set)
        self._new: defaultdict[Subject, set[Triple]] = defaultdict(set)
        self._new_subjects: defaultdict[tuple[NamedNode, Term], set[Subject]] = defaultdict(set)
        for triple in change.gone:
            self._gone[triple.subject].add(triple)
        for triple in change.new:
            self._new[triple.subject].add(triple)
            self._new_subjects[triple.predicate, triple.object].add(triple.subject)

    def stated(self, subject: Subject) -> frozenset[Triple]:
        """What is stated about `subject` after the change."""
        found = self._stated.get(subject)
        if found is None:
            known = self._before(subject) - self.inferred(subject)
            gone, new = self._gone.get(subject, _NONE), self._new.get(subject, _NONE)
            found = self._stated[subject] = frozenset((known - gone) | new)
        return found

    def inferred(self, subject: Subject) -> frozenset[Triple]:
        """What was inferred about `subject` before the change."""
        found = self._concluded.get(subject)
        if found is None:
            quads = self._engine.quads_for_pattern(subject, None, None, self._inferred_graph)
            found = self._concluded[subject] = frozenset(quad.triple for quad in quads)
        return found

    def known(self, subject: Subject) -> frozenset[Triple]:
        """All facts about a `subject` of which the change touches no conclusion."""
        return (self._before(subject) - self._gone.get(subject, _NONE)) | self._new.get(subject, _NONE)

    def ever(self, subject: Subject) -> frozenset[Triple]:
        """All facts about `subject` of before, and those stated after."""
        return self._before(subject) | self._new.get(subject, _NONE)

    def subjects(self, predicate: NamedNode, value: Term) -> set[Subject]:
        """Of which things this is a fact."""
        found = self.subjects_ever(predicate, value)
        return {
            subject
            for subject in found
            if not any(
                triple.predicate == predicate and triple.object == value for triple in self._gone.get(subject, _NONE)
            )
        }

    def subjects_ever(self, predicate: NamedNode, value: Term) -> set[Subject]:
        """Of which things this was a fact before, or is stated after."""
        leading = self._leading_to(value)
        if leading is None:
            found = {quad.subject for quad in self._engine.quads_for_pattern(None, predicate, value, _DEFAULT)}
        else:
            found = {triple.subject for triple in leading if triple.predicate == predicate}
        return found | self._new_subjects.get((predicate, value), set())

    def triples(self, predicate: NamedNode) -> set[Triple]:
        """The facts of one property."""
        found = {quad.triple for quad in self._engine.quads_for_pattern(None, predicate, None, _DEFAULT)}
        return (found - self.change.gone) | {triple for triple in self.change.new if triple.predicate == predicate}

    def is_stated(self, triple: Triple) -> bool:
        """Whether a current graph states it after the change."""
        if triple in self.change.new:
            return True
        if triple in self.change.gone or not holds(self._engine, triple, None):
            return False
        return not holds(self._engine, triple, self._inferred_graph)

    def inferred_with(self, predicate: NamedNode, end: Subject) -> set[Triple]:
        """What was inferred by this property from `end` or to it."""
        graph = self._inferred_graph
        forth = self._engine.quads_for_pattern(end, predicate, None, graph)
        back = self._engine.quads_for_pattern(None, predicate, end, graph)
        return {quad.triple for quad in chain(forth, back)}

    def _leading_to(self, value: Term) -> list[Triple] | None:
        """The facts with this value before the change; None where there are many."""
        if value not in self._leading:
            quads = self._engine.quads_for_pattern(None, None, value, _DEFAULT)
            found = [quad.triple for quad in islice(quads, _FEW)]
            self._leading[value] = found if len(found) < _FEW else None
        return self._leading[value]

    def _before(self, subject: Subject) -> frozenset[Triple]:
        found = self._old.get(subject)
        if found is None:
            quads = self._engine.quads_for_pattern(subject, None, None, _DEFAULT)
            found = self._old[subject] = frozenset(quad.triple for quad in quads if quad.predicate in self._telling)
        return found

    def was_inferred(self, triples: Iterable[Triple]) -> set[Triple]:
        return {triple for triple in triples if holds(self._engine, triple, self._inferred_graph)}
