"""
What does not come from documents, as quads: the curated tables, and the ontology with its schemes and cube.

The reference tables become `graph/reference`, the Turtle files of the ontology `graph/ontology`.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ontology import ontology_files
from ontology.iris import Iris, concept
from ontology.reference import Act, Body, Entity, Group, Hub, Post, Programme, Reference, System, TerritoryRecord
from ontology.vocabulary import ELI, FOAF, ORG, OWL, RDF, SKOS, VEKHA, XSD

_CLASSES: dict[type[Entity], NamedNode] = {
    TerritoryRecord: VEKHA.Territory,
    Body: VEKHA.Body,
    Hub: VEKHA.Hub,
    Post: VEKHA.Post,
    Act: VEKHA.LegalAct,
    Programme: VEKHA.Programme,
    System: VEKHA.InformationSystem,
}
_GROUP_CLASSES = {
    "body-group": VEKHA.BodyGroup,
    "post-group": VEKHA.PostGroup,
    "person-group": VEKHA.PersonGroup,
}

Pair = tuple[NamedNode, NamedNode | Literal]


def reference_quads(reference: Reference, iris: Iris) -> list[Quad]:
    """The curated tables in `graph/reference`, sorted by their N-Quads form."""
    graph = iris.graph("reference")
    tables = (
        reference.territories,
        reference.bodies,
        reference.hubs,
        reference.groups,
        reference.posts,
        reference.acts,
        reference.programmes,
        reference.systems,
    )
    quads = {
        Quad(iris.thing(entity.iri_kind, entity.key), predicate, value, graph)
        for table in tables
        for entity in table.values()
        for predicate, value in _describe(entity, reference, iris)
    }
    return sorted(quads, key=str)


def ontology_quads(iris: Iris, files: list[Path] | None = None) -> list[Quad]:
    """Classes, properties, schemes and the cube in `graph/ontology`, in file order."""
    graph = iris.graph("ontology")
    return [
        Quad(quad.subject, quad.predicate, quad.object, graph)
        for path in (ontology_files() if files is None else files)
        for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    ]


def ontology_fingerprint() -> str:
    """Twelve hexadecimal digits that change with any file of the ontology."""
    digest = sha256()
    for path in ontology_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def reference_fingerprint(quads: list[Quad]) -> str:
    """Twelve hexadecimal digits that change with any statement of the reference data."""
    return sha256("\n".join(map(str, quads)).encode()).hexdigest()[:12]


def _describe(entity: Entity, reference: Reference, iris: Iris) -> Iterator[Pair]:
    yield RDF.type, _GROUP_CLASSES[entity.kind] if isinstance(entity, Group) else _CLASSES[type(entity)]
    yield SKOS.prefLabel, Literal(entity.label_ru, language="ru")
    yield SKOS.prefLabel, Literal(entity.label_en, language="en")
    for spelling in entity.spellings:
        yield SKOS.altLabel, Literal(spelling, language="ru")
    for typo in entity.typos:
        yield SKOS.hiddenLabel, Literal(typo, language="ru")
    if entity.note:
        yield SKOS.editorialNote, Literal(entity.note, language="en")
    if entity.territory:
        within = VEKHA.within if isinstance(entity, TerritoryRecord) else VEKHA.territory
        yield within, iris.thing("territory", entity.territory)
    if isinstance(entity, TerritoryRecord) and entity.kind == "municipality":
        yield VEKHA.municipalityOf, iris.thing("territory", entity.territory)
    if isinstance(entity, Body | Hub | Group | Programme | System):
        yield VEKHA.level, concept("level", entity.level)
    if isinstance(entity, Body):
        yield from _describe_body(entity, iris)
    elif isinstance(entity, Hub):
        for member in entity.members:
            yield VEKHA.memberTerritory, iris.thing("territory", member)
    elif isinstance(entity, Group):
        yield from _describe_group(entity, reference, iris)
    elif isinstance(entity, Post):
        yield ORG.postIn, iris.thing("body", entity.post_in)
        yield VEKHA.actsFor, iris.thing("body", entity.post_in)
    elif isinstance(entity, TerritoryRecord) and entity.oktmo:
        yield VEKHA.oktmo, Literal(entity.oktmo)
    elif isinstance(entity, Act):
        yield ELI.number, Literal(entity.number)
        yield ELI.date_document, Literal(entity.date, datatype=XSD.date)
        yield ELI.passed_by, iris.thing("body", entity.issuer)
    elif isinstance(entity, System) and entity.address:
        yield FOAF.homepage, NamedNode(entity.address)


def _describe_body(body: Body, iris: Iris) -> Iterator[Pair]:
    yield ORG.classification, concept("body-kind", body.kind)
    if body.part_of:
        yield ORG.unitOf, iris.thing("body", body.part_of)
    for other in body.different_from:
        yield OWL.differentFrom, iris.thing("body", other)


def _describe_group(group: Group, reference: Reference, iris: Iris) -> Iterator[Pair]:
    yield VEKHA.extensionKnown, Literal(group.extension_known)
    if group.member_kind:
        yield VEKHA.memberKind, concept("body-kind", group.member_kind)
    if group.member_level:
        yield VEKHA.memberLevel, concept("level", group.member_level)
    if group.member_territory:
        yield VEKHA.memberTerritory, iris.thing("territory", group.member_territory)
    for predicate, keys in ((VEKHA.member, group.members), (VEKHA.actsFor, group.acts_for)):
        for key in keys:
            yield predicate, iris.thing("group" if key in reference.groups else "body", key)
