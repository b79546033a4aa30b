"""
Things of a change about which nothing follows but from what is said of themselves: most entries of a register.

A register brings a million statements, of which `graph/closure` reads one or two of each entry: its class, and
properties that have a wider one.  No hierarchy, group or identity of activities leads to these things or from them, so
their conclusions are drawn in batches, without looking for what is near.  A test of random changes compares with
closures of everything; another one, that every property which an update of the closure follows is known here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from graph.changes import ntriples
from graph.hierarchies import Hierarchies
from graph.rules import EngineWorkspace
from graph.stated import Change
from ontology.vocabulary import RDF, RDFS, SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple

    from graph.rules import LocalRule
    from graph.terms import Subject, Term

# Fewer changed triples are not worth telling apart.
MANY: Final = 20_000
_BATCH: Final = 20_000
_DEFAULT: Final = DefaultGraph()
_NONE: Final = frozenset["Triple"]()
_SCHEMA: Final = (RDFS.subPropertyOf, RDFS.subClassOf, SKOS.broader)
# Over these, and narrower ones, conclusions lead from thing to thing.
FOLLOWED: Final = frozenset(
    {
        *_SCHEMA,
        VEKHA.actor,
        VEKHA.actsFor,
        VEKHA.deadline,
        VEKHA.deadlineKind,
        VEKHA.identicalTo,
        VEKHA.indicator,
        VEKHA.indicatorOf,
        VEKHA.involves,
        VEKHA.member,
        VEKHA.memberKind,
        VEKHA.memberLevel,
        VEKHA.memberTerritory,
        VEKHA.refersTo,
        VEKHA.replacedBy,
        VEKHA.target,
        VEKHA.theme,
        VEKHA.within,
    }
)


@dataclass(frozen=True, slots=True)
class Standalone:
    """
    The part of a change that is about things that stand alone, and the `rest`.

    `telling` are the properties from which something follows about them, `schema` the hierarchies for that.
    """

    change: Change
    rest: Change
    telling: frozenset[NamedNode]
    schema: frozenset[Triple]


def standalone(engine: Store, change: Change) -> Standalone | None:
    """The change in two parts; None where it is small or concerns a hierarchy.  `engine` holds the state before."""
    if change.size < MANY or any(triple.predicate in _SCHEMA for triple in chain(change.gone, change.new)):
        return None
    schema = frozenset(quad.triple for name in _SCHEMA for quad in engine.quads_for_pattern(None, name, None, _DEFAULT))
    hierarchies = Hierarchies(schema)
    followed = frozenset(narrower for name in FOLLOWED for narrower in hierarchies.below(RDFS.subPropertyOf, name))
    records = hierarchies.below(RDFS.subClassOf, VEKHA.RegisterRecord)
    classes = records | {upper for name in records for upper in hierarchies.above(RDFS.subClassOf, name)}
    said: defaultdict[Subject, list[Triple]] = defaultdict(list)
    reached: set[Term] = set()
    for triple in chain(change.gone, change.new):
        said[triple.subject].append(triple)
        if triple.predicate in followed:
            reached |= {triple.subject, triple.object}
    alone = {
        subject
        for subject, triples in said.items()
        if subject not in reached
        and isinstance(subject, NamedNode)
        and _is_record([*triples, *_about(engine, subject)], classes, followed)
        and not any(quad.predicate in followed for quad in engine.quads_for_pattern(None, None, subject, _DEFAULT))
    }
    wider = {triple.subject for triple in schema if triple.predicate == RDFS.subPropertyOf}
    telling = frozenset({RDF.type, *(name for name in wider if isinstance(name, NamedNode))})
    of_them = Change(*({triple for triple in part if triple.subject in alone} for part in change))
    rest = Change(change.gone - of_them.gone, change.new - of_them.new)
    return Standalone(of_them, rest, telling, schema)


def derive_standalone(engine: Store, inferred: NamedNode, found: Standalone, rule: LocalRule) -> Change:
    """What the graph `inferred` loses and gains by that part of the change."""
    gone: set[Triple] = set()
    new: set[Triple] = set()
    told: defaultdict[Subject, set[Triple]] = defaultdict(set)
    for triple in found.change.new:
        if triple.predicate in found.telling:
            told[triple.subject].add(triple)
    subjects = iter({triple.subject for triple in chain(found.change.gone, found.change.new)})
    while batch := frozenset(islice(subjects, _BATCH)):
        before: set[Triple] = set()
        stated: set[Triple] = set()
        for subject in batch:
            stated |= told.get(subject, _NONE)
            known = set(_about(engine, subject))
            if known:
                concluded = {quad.triple for quad in engine.quads_for_pattern(subject, None, None, inferred)}
                before |= concluded
                stated |= known - concluded - found.change.gone
        near = Store()
        telling = (triple for triple in stated if triple.predicate in found.telling)
        near.load(ntriples(chain(found.schema, telling)), RdfFormat.N_TRIPLES)
        near.load(ntriples(rule(EngineWorkspace(near))), RdfFormat.N_TRIPLES)
        drawn = {quad.triple for quad in near if quad.subject in batch}
        after = drawn - stated - found.change.new
        gone |= before - after
        new |= after - before
    return Change(gone, new)


def _about(engine: Store, subject: Subject) -> Iterator[Triple]:
    for quad in engine.quads_for_pattern(subject, None, None, _DEFAULT):
        yield quad.triple


def _is_record(triples: list[Triple], classes: frozenset[NamedNode], followed: frozenset[NamedNode]) -> bool:
    """Whether all that is ever said of a thing is what registers say of an entry without ties."""
    kinds = {triple.object for triple in triples if triple.predicate == RDF.type}
    return bool(kinds) and kinds <= classes and not any(triple.predicate in followed for triple in triples)
