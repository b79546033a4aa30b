"""
The reasoner HermiT, for tests of the ontology: consistency, and what follows from a few descriptions.

HermiT needs a Java runtime and seconds for two rows of a table, so the store never uses it (`graph.inference` does
the same work by updates).  owlready2 is used here only.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import owlready2
from rdflib import OWL, RDF, SKOS, XSD, BNode, Graph, Literal, URIRef

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# HermiT stops at any literal of a datatype outside the OWL 2 map.
_UNSUPPORTED: Final = {XSD.date, XSD.gYear, XSD.gYearMonth}


class InconsistentOntologyError(Exception):
    """The descriptions contradict the ontology or each other."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What holds of the named individuals: pairs of thing and class, triples of thing, property and thing; all IRIs."""

    types: frozenset[tuple[str, str]]
    values: frozenset[tuple[str, str, str]]


def reason(graph: Graph) -> Consequences:
    """
    What HermiT infers from `graph`, which holds the ontology and the descriptions.

    Dates and the ordered list of levels are left out: the first are no OWL 2 datatype, the second is no OWL 2 DL.

    Raises:
        InconsistentOntologyError: If there is a contradiction.
    """
    world = owlready2.World()
    try:
        ontology = world.get_ontology("https://w3id.org/vekha/reasoning#")
        ontology.load(fileobj=io.BytesIO(_prepared(graph).serialize(format="nt", encoding="utf-8")))
        try:
            with ontology:
                owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError as error:
            raise InconsistentOntologyError(str(error)) from error
        # owlready2 leaves out values that follow from a subproperty alone.
        wider = {
            property_.iri: [ancestor.iri for ancestor in property_.ancestors() if hasattr(ancestor, "iri")]
            for property_ in world.object_properties()
        }
        return Consequences(
            types=frozenset(
                (individual.iri, class_.iri)
                for individual in world.individuals()
                for class_ in individual.INDIRECT_is_a
                if isinstance(class_, owlready2.ThingClass)
            ),
            values=frozenset(
                (str(subject), property_, str(value))
                for subject, predicate, value in world.as_rdflib_graph()
                if isinstance(value, URIRef)
                for property_ in wider.get(str(predicate), [])
            ),
        )
    finally:
        world.close()


def read_graph(paths: Iterable[Path]) -> Graph:
    """The union of Turtle files."""
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def _prepared(graph: Graph) -> Graph:
    prepared = Graph()
    lists = set(graph.objects(None, SKOS.memberList))
    for node in list(lists):
        lists.update(rest for rest in graph.transitive_objects(node, RDF.rest) if rest is not None)
    for subject, predicate, value in graph:
        unsupported = isinstance(value, Literal) and value.datatype in _UNSUPPORTED
        if unsupported or predicate == SKOS.memberList or subject in lists:
            continue
        # A thing different from itself does not reach HermiT; that it cannot exist says the same.
        if predicate == OWL.differentFrom and subject == value:
            prepared.add((subject, RDF.type, OWL.Nothing))
        prepared.add((subject, predicate, value))
    classes = set(graph.subjects(RDF.type, OWL.Class))
    # Without this triple owlready2 0.51 lists no individuals.
    for subject, class_ in graph.subject_objects(RDF.type):
        if class_ in classes and not isinstance(subject, BNode):
            prepared.add((subject, RDF.type, OWL.NamedIndividual))
    return prepared
