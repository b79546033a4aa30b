"""
Extraction → quads: one document version in its own named graph.

The four layers of the ontology are made by one module each: `source`, `actors` (mentions), `plan` with `deadlines`,
`indicators` and `footnotes`; the reference layer is `loaders.reference_quads`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad

from loaders.editions import Edition
from loaders.extraction import Extraction
from loaders.quads.changes import state_changes
from loaders.quads.document import Document, roadmap_slug
from loaders.quads.footnotes import state_footnotes
from loaders.quads.outline import outline_of
from loaders.quads.persons import PersonNames
from loaders.quads.plan import state_entries, state_prose, state_roadmap, state_sections
from loaders.quads.source import state_tables, state_version
from loaders.quads.statements import Statements, n_quads
from ontology.iris import Iris
from ontology.reference import Reference

__all__ = ["DocumentQuads", "build_quads", "n_quads", "roadmap_slug"]


@dataclass(frozen=True, slots=True)
class DocumentQuads:
    """
    What one document version says.

    `document` holds no person's name; `persons` holds every statement that does.  Both are sorted.
    `changes` counts the changes against the previous version by kind.
    """

    roadmap: NamedNode
    version: NamedNode
    graph: NamedNode
    document: list[Quad]
    persons: list[Quad]
    changes: dict[str, int] = field(default_factory=dict)


def build_quads(
    extraction: Extraction, *, iris: Iris, reference: Reference, edition: Edition | None = None
) -> DocumentQuads:
    """
    The quads of one extraction: the same extraction gives the same quads in the same order.

    With `edition` entries keep the names that it carries on, and what changed in the previous version is stated.

    Things of the plan (activities, indicators, deadlines …) are named without the version, things of the file
    (tables, rows, cells, mentions) with it.
    """
    slug = roadmap_slug(extraction)
    graph = iris.document_graph(slug, extraction.source.sha256)
    statements = Statements(graph, iris.graph("persons"), PersonNames.of(extraction))
    document = Document(extraction, iris, reference, statements, slug)
    edition = edition or Edition()
    outline = outline_of(extraction, iris, slug, edition)
    state_version(document)
    state_tables(document)
    state_roadmap(document)
    state_sections(document, outline)
    entries = state_entries(document, outline)
    state_footnotes(document, entries)
    state_prose(document)
    changes = state_changes(document, edition, outline, [entry.row for entry in entries])
    return DocumentQuads(
        roadmap=document.roadmap,
        version=document.version,
        graph=graph,
        changes=changes,
        document=statements.of_document(),
        persons=statements.of_persons(),
    )
