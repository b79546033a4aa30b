"""
Which conclusions of `graph/closure` a change can touch, and from which facts they are drawn.

For each update of the closure this module says how far it looks: a class or a broader theme follows from what is said
of the thing itself, a recurring activity from its deadline, an involved body from a walk over groups.  Facts
about things that a change does not touch are taken as they are known, conclusions included.  A test of random changes
compares with closures of everything, so a new update there needs its reach said here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, RdfFormat, Store, Triple

from graph.changes import ntriples
from graph.hierarchies import Hierarchies
from graph.rules import Scope
from ontology.vocabulary import ORG, RDF, RDFS, SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graph.stated import StatedView
    from graph.terms import Subject, Term

# A change of these can touch everything.
_SCHEMA: Final = (RDFS.subPropertyOf, RDFS.subClassOf, SKOS.broader)
# What identical activities have in common beside their label.
_SAID: Final = (
    VEKHA.deadlineText,
    VEKHA.resultText,
    VEKHA.indicatorText,
    VEKHA.assessmentText,
    VEKHA.actorText,
    VEKHA.actor,
)
_MEMBERSHIP: Final = (VEKHA.actsFor, VEKHA.member)


def scope_of(view: StatedView, close: Callable[[Store], object]) -> Scope | None:
    """What `graph.inference` must draw anew after the change, or None where that may be anything."""
    if any(triple.predicate in _SCHEMA for triple in view.change.gone | view.change.new):
        return None
    return _Nearness(view, close).scope()


class _Nearness:
    def __init__(self, view: StatedView, close: Callable[[Store], object]) -> None:
        self._view = view
        self._close = close
        self._changes = view.change.gone | view.change.new
        self._schema = {triple for property_ in _SCHEMA for triple in view.triples(property_)}
        self._hierarchies = Hierarchies(self._schema)
        self._narrower: dict[NamedNode, frozenset[NamedNode]] = {}
        self._subjects: set[Subject] = set()
        self._facts: set[Triple] = set(self._schema)
        self._added: set[Subject] = set()

    def scope(self) -> Scope:
        self._subjects |= self._touched()
        territories = self._before_change(VEKHA.within)
        groups = self._criterion_groups(territories)
        self._subjects |= territories | groups | self._before_change(VEKHA.replacedBy)
        for group in groups:
            self._add_criterion(group)
        self._subjects |= self._things_of(self._moved_members(groups))
        # Only now it is known about which things conclusions are drawn anew, so of which only stated facts count.
        self._facts, self._added = set(self._schema), set()
        for group in groups:
            self._add_criterion(group)
        for subject in list(self._subjects):
            self._add_near(subject)
        ends = self._identity_changed()
        for activity in ends:
            self._add_alike(activity)
        return Scope(self._subjects, self._facts, frozenset({VEKHA.identicalTo}), ends)

    def _touched(self) -> set[Subject]:
        """What the change is about, and what is concluded about other things from that."""
        touched = {triple.subject for triple in self._changes}
        told = self._sub(VEKHA.target) | self._sub(VEKHA.indicator)
        near = _subjects(triple.object for triple in self._changes if triple.predicate in told)
        for subject in touched:
            for link in (VEKHA.deadline, VEKHA.refersTo):
                near |= self._pointing(link, subject)
            near |= _subjects(
                fact.object for fact in self._view.ever(subject) if fact.predicate in self._sub(VEKHA.indicator)
            )
        return touched | near

    def _before_change(self, link: NamedNode) -> set[Subject]:
        """Things from which a transitive link leads, or led, over one of which it changed: territories within such."""
        open_ = [triple.subject for triple in self._changes if triple.predicate in self._sub(link)]
        found: set[Subject] = set()
        while open_:
            thing = open_.pop()
            if thing not in found:
                found.add(thing)
                open_ += self._pointing(link, thing)
        return found

    def _criterion_groups(self, territories: set[Subject]) -> set[Subject]:
        """Groups by criterion that may have won or lost a member."""
        bodies = {triple.subject for triple in self._changes}
        for territory in territories:
            bodies |= self._pointing(VEKHA.territory, territory)
        kinds = {
            fact.object
            for body in bodies
            for fact in self._view.ever(body)
            if fact.predicate in self._sub(ORG.classification)
        }
        groups = {group for kind in kinds for group in self._pointing(VEKHA.memberKind, kind)}
        # A territory of a criterion has no body of its own here, but what lies in it may have moved.
        about = {triple.subject for triple in self._changes}
        return groups | {
            group
            for group in about
            if any(fact.predicate in self._sub(VEKHA.memberKind) for fact in self._view.ever(group))
        }

    def _add_criterion(self, group: Subject) -> None:
        """The facts from which the members of a group by criterion follow."""
        self._add(group)
        for kind in self._objects(group, VEKHA.memberKind):
            for body in {body for link in self._sub(ORG.classification) for body in self._view.subjects(link, kind)}:
                self._add(body)
                for territory in self._objects(body, VEKHA.territory):
                    self._add_chain(territory, VEKHA.within)

    def _add_chain(self, thing: Subject, link: NamedNode) -> None:
        """The facts about `thing`, and about those to which a transitive link leads that is drawn anew."""
        open_ = [thing]
        while open_:
            inner = open_.pop()
            if inner not in self._added:
                self._add(inner)
                if inner in self._subjects:
                    open_ += self._objects(inner, link)

    def _moved_members(self, groups: set[Subject]) -> set[Subject]:
        """Groups, posts and hubs that lead to other actors now."""
        moved = {
            triple.subject for triple in self._changes for link in _MEMBERSHIP if triple.predicate in self._sub(link)
        }
        self._members: defaultdict[Subject, set[Subject]] = defaultdict(set)
        if groups:
            closed = self._closed()
            for group in groups:
                members = {quad.object for quad in closed.quads_for_pattern(group, VEKHA.member, None, None)}
                self._members[group] = _subjects(members)
                before = {fact for fact in self._view.inferred(group) if fact.predicate == VEKHA.member}
                if members - {fact.object for fact in self._view.stated(group)} != {fact.object for fact in before}:
                    moved.add(group)
        return moved

    def _things_of(self, moved: set[Subject]) -> set[Subject]:
        """Things whose actors lead to one that moved."""
        found: set[Subject] = set()
        open_ = list(moved)
        while open_:
            actor = open_.pop()
            if actor not in found:
                found.add(actor)
                for link in _MEMBERSHIP:
                    open_ += self._pointing(link, actor)
        return {thing for actor in found for thing in self._pointing(VEKHA.actor, actor)}

    def _add_near(self, subject: Subject) -> None:
        """The facts from which the conclusions about `subject` follow."""
        self._add(subject)
        for link in (VEKHA.deadline, VEKHA.refersTo):
            for value in self._objects(subject, link):
                self._add(value)
        for link in (VEKHA.within, VEKHA.replacedBy):
            for further in self._objects(subject, link):
                self._add_chain(further, link)
        for activity in self._pointing_now(VEKHA.indicator, subject):
            self._add(activity)
        for indicator in self._pointing_now(VEKHA.target, subject):
            self._facts.add(Triple(indicator, VEKHA.target, subject))
        open_ = list(self._objects(subject, VEKHA.actor))
        seen: set[Subject] = set()
        while open_:
            actor = open_.pop()
            if actor not in seen:
                seen.add(actor)
                for link in _MEMBERSHIP:
                    for other in self._objects(actor, link) | (self._members[actor] if link == VEKHA.member else set()):
                        self._facts.add(Triple(actor, link, other))
                        open_.append(other)

    def _identity_changed(self) -> set[Subject]:
        """Activities, of now or of before, to which others may have become identical, or no longer are."""
        telling = {RDF.type, VEKHA.identicalTo, *self._sub(RDFS.label), *(p for said in _SAID for p in self._sub(said))}
        changed = {triple.subject for triple in self._changes if triple.predicate in telling}
        classes = self._hierarchies.below(RDFS.subClassOf, VEKHA.Activity)
        return {
            thing
            for thing in changed
            if any(fact.predicate in self._sub(RDF.type) and fact.object in classes for fact in self._view.ever(thing))
        }

    def _add_alike(self, activity: Subject) -> None:
        """The facts of activities that may be identical to this one."""
        self._add(activity)
        said = [self._values(activity, property_) for property_ in _SAID]
        for label in self._values(activity, RDFS.label):
            for other in self._pointing_now(RDFS.label, label):
                if all(self._values(other, each) == values for each, values in zip(_SAID, said, strict=True)):
                    self._add(other)

    def _add(self, subject: Subject) -> None:
        if subject not in self._added:
            self._added.add(subject)
            self._facts |= self._view.stated(subject) if subject in self._subjects else self._view.known(subject)

    def _closed(self) -> Store:
        store = Store()
        store.load(ntriples(self._facts), RdfFormat.N_TRIPLES)
        self._close(store)
        return store

    def _values(self, subject: Subject, property_: NamedNode) -> set[Term]:
        """Stated values of a property and of the narrower ones."""
        narrower = self._sub(property_)
        return {fact.object for fact in self._view.stated(subject) if fact.predicate in narrower}

    def _objects(self, subject: Subject, property_: NamedNode) -> set[Subject]:
        """Things to which a fact with this property leads."""
        narrower = self._sub(property_)
        facts = self._view.stated(subject) if subject in self._subjects else self._view.known(subject)
        return _subjects(fact.object for fact in facts if fact.predicate in narrower)

    def _pointing(self, property_: NamedNode, value: Term) -> set[Subject]:
        """Things from which a fact with this property led here before, or is stated to lead now."""
        return {thing for link in self._sub(property_) for thing in self._view.subjects_ever(link, value)}

    def _pointing_now(self, property_: NamedNode, value: Term) -> set[Subject]:
        return {thing for link in self._sub(property_) for thing in self._view.subjects(link, value)}

    def _sub(self, property_: NamedNode) -> frozenset[NamedNode]:
        """The property and all narrower ones."""
        found = self._narrower.get(property_)
        if found is None:
            found = self._narrower[property_] = self._hierarchies.below(RDFS.subPropertyOf, property_)
        return found


def _subjects(terms: Iterable[Term]) -> set[Subject]:
    return {term for term in terms if isinstance(term, NamedNode)}
