"""Who is assigned to an entry, in which role, and by which words (`Assignment`, `Mention`, `Resolution`)."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from loaders.extraction import Actor
from loaders.quads.document import Document
from loaders.quads.known import territory_key
from loaders.quads.source import StatedCell, StatedRow
from ontology.iris import concept
from ontology.language import normalise, slug
from ontology.vocabulary import FOAF, RDFS, VEKHA

# The property follows the heading of the column, so that «по согласованию» stays a responsible and tells its condition
# by the role of its assignment.
_PROPERTY = {
    "responsible": VEKHA.responsible,
    "co-executor": VEKHA.coExecutor,
    "participant-or-organizer": VEKHA.participantOrOrganizer,
}
_PROVISIONAL_CLASSES = {
    "body": (VEKHA.ProvisionalBody, VEKHA.ProvisionalActor, VEKHA.Body),
    "role": (VEKHA.ProvisionalActor, VEKHA.Post),
    "group": (VEKHA.ProvisionalActor, VEKHA.Group),
}


def state_assignments(document: Document, stated: StatedRow, entry: NamedNode) -> None:
    statements = document.statements
    counts: dict[NamedNode, int] = {}
    for order, actor in enumerate(stated.row.responsible, 1):
        iri = state_actor(document, actor)
        cell = actor_cell(stated, actor)
        assignment = document.iris.part_of(entry, "assignment", order)
        statements.add(entry, VEKHA.actor, iri)
        statements.add(entry, _PROPERTY.get(cell.cell.role if cell else actor.role, VEKHA.responsible), iri)
        statements.add(entry, VEKHA.assignment, assignment)
        statements.is_a(assignment, VEKHA.Assignment)
        statements.add(assignment, VEKHA.assignedActor, iri)
        statements.add(assignment, VEKHA.role, concept("role", actor.role))
        statements.integer(assignment, VEKHA.order, order)
        if actor.correction is not None:
            statements.add(assignment, VEKHA.correctedBy, document.iris.correction(document.slug, actor.correction))
        if cell is not None and actor.correction is not None and actor.start is None:
            # A person added the actor: nothing in the cell mentions it.
            statements.add(assignment, VEKHA.statedIn, cell.iri)
        elif cell is not None:
            counts[cell.iri] = counts.get(cell.iri, 0) + 1
            mention = _state_mention(document, actor, iri, cell, counts[cell.iri])
            statements.add(assignment, VEKHA.mention, mention)
            statements.add(assignment, VEKHA.statedIn, cell.iri)


def state_actor(document: Document, actor: Actor) -> NamedNode:
    """The actor's name in the graph; one the reference data do not know is described as provisional."""
    statements, iris = document.statements, document.iris
    if actor.kind == "person":
        # Not the name read with the document: the work may get another slug when it is loaded.
        iri = iris.person(document.slug, normalise(actor.label))
        statements.is_a(iri, VEKHA.Person)
        statements.add_about_person(iri, RDFS.label, Literal(actor.label, language="ru"))
        statements.add_about_person(iri, FOAF.name, Literal(actor.label))
        return iri
    iri = document.own(actor.iri) if actor.iri else _provisional(document, actor)
    if iri.value.startswith(iris.namespace("provisional")):
        statements.is_a(iri, *_PROVISIONAL_CLASSES.get(actor.kind, (VEKHA.ProvisionalActor,)))
        statements.label(iri, actor.label)
    return iri


def _provisional(document: Document, actor: Actor) -> NamedNode:
    territory = territory_key(document.reference, document.extraction.territory)
    return document.iris.provisional(territory, slug(actor.label))


def _state_mention(document: Document, actor: Actor, iri: NamedNode, cell: StatedCell, count: int) -> NamedNode:
    statements = document.statements
    mention = document.iris.mention(cell.iri, count)
    resolution = document.iris.resolution(mention)
    statements.is_a(mention, VEKHA.Mention)
    if actor.kind == "person":
        statements.add_about_person(mention, VEKHA.surfaceForm, Literal(actor.raw))
    else:
        statements.verbatim(mention, VEKHA.surfaceForm, actor.raw)
    statements.add(mention, VEKHA.statedIn, cell.iri)
    statements.integer(mention, VEKHA.startOffset, actor.start)
    statements.integer(mention, VEKHA.endOffset, actor.end)
    statements.add(mention, VEKHA.resolution, resolution)
    statements.is_a(resolution, VEKHA.Resolution)
    statements.add(resolution, VEKHA.resolvedTo, iri)
    statements.decimal(resolution, VEKHA.confidence, actor.confidence)
    statements.string(resolution, VEKHA.justification, actor.justification)
    return mention


def actor_cell(stated: StatedRow, actor: Actor) -> StatedCell | None:
    """The actor cell with these words at this offset; without offsets, the first one that has the words."""
    cells = [candidate for candidate in stated.cells if candidate.cell.role in _PROPERTY]
    if actor.start is not None:
        exact = [c for c in cells if c.cell.text[actor.start : actor.end] == actor.raw]
        cells = exact or cells
    return next((c for c in cells if actor.raw in c.cell.text), cells[0] if cells else None)
