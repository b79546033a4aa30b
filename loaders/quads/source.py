"""The source layer: what is printed, and where (`DocumentVersion`, tables, rows, cells, fragments, footnotes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from loaders.extraction import Row, RowCell
from loaders.quads.document import Document
from loaders.quads.outline import OutlineRow
from ontology.iris import concept
from ontology.vocabulary import DCAT, VEKHA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.extraction import Column


@dataclass(frozen=True, slots=True)
class StatedCell:
    """A cell of a row and the name it has in the graph."""

    cell: RowCell
    iri: NamedNode


@dataclass(frozen=True, slots=True)
class StatedRow:
    """A logical row with its cells in printed order."""

    row: Row
    iri: NamedNode
    cells: tuple[StatedCell, ...]

    def cell(self, *roles: str) -> StatedCell | None:
        """The first cell of the first of these roles that the row has."""
        return next((stated for role in roles for stated in self.cells if stated.cell.role == role), None)

    def main_cell(self) -> StatedCell | None:
        """The cell that says what the row is about."""
        found = self.cell("activity", "form-item", "question", "result", "indicator")
        return found or next((stated for stated in self.cells if stated.cell.role != "number"), None)


def state_version(document: Document) -> None:
    extraction, statements = document.extraction, document.statements
    version = document.version
    statements.is_a(version, VEKHA.DocumentVersion)
    statements.add(version, DCAT.isVersionOf, document.roadmap)
    statements.string(version, VEKHA.fileName, extraction.source.file)
    statements.string(version, VEKHA.sha256, extraction.source.sha256)
    statements.label(version, extraction.source.file)


def state_tables(document: Document) -> None:
    """Every table of the document, also those left out."""
    statements = document.statements
    for ordinal, table in enumerate(document.extraction.tables, 1):
        iri = document.iris.table(document.slug, document.sha256, ordinal)
        statements.is_a(iri, VEKHA.SourceTable)
        statements.add(iri, VEKHA.version, document.version)
        statements.integer(iri, VEKHA.ordinal, ordinal)
        statements.add(iri, VEKHA.tableKind, concept("table-kind", table.kind))
        statements.label(iri, table.heading)


def state_row(document: Document, outlined: OutlineRow) -> StatedRow:
    """The row as printed, with the entry it states."""
    statements, iris = document.statements, document.iris
    place = (document.slug, document.sha256, outlined.table)
    iri = iris.row(*place, outlined.position)
    statements.is_a(iri, VEKHA.SourceRow)
    statements.add(iri, VEKHA.table, iris.table(*place))
    statements.integer(iri, VEKHA.ordinal, outlined.position)
    statements.add(iri, VEKHA.entry, outlined.entry)
    columns = document.extraction.tables[outlined.table - 1].columns
    cells = tuple(
        _state_cell(document, iri, iris.cell(*place, outlined.position, cell.column), cell, columns)
        for cell in outlined.row.cells
    )
    return StatedRow(outlined.row, iri, cells)


def readable_place(file: str, addresses: list[str]) -> str:
    """«001.txt, строка 9; строка 11»: the file and each place in it, once."""
    return ", ".join(filter(None, (file, "; ".join(dict.fromkeys(addresses)))))


def lines_address(lines: list[int]) -> str:
    """«строка 9» or «строки 9–12»."""
    first, last = min(lines), max(lines)
    return f"строка {first}" if first == last else f"строки {first}–{last}"


def _state_cell(
    document: Document, row: NamedNode, iri: NamedNode, cell: RowCell, columns: Sequence[Column]
) -> StatedCell:
    statements = document.statements
    statements.is_a(iri, VEKHA.SourceCell)
    statements.add(iri, VEKHA.sourceRow, row)
    statements.add(iri, VEKHA.columnKind, concept("column-kind", cell.role))
    statements.integer(iri, VEKHA.column, cell.column)
    if cell.column <= len(columns) and columns[cell.column - 1].label:
        statements.string(iri, VEKHA.heading, columns[cell.column - 1].label)
    printed = cell.text if cell.printed is None else cell.printed
    statements.verbatim(iri, VEKHA.rawText, printed, redacted=VEKHA.redactedText)
    if cell.printed is not None:
        statements.verbatim(iri, VEKHA.correctedText, cell.text)
    place = readable_place(document.extraction.source.file, [fragment.address for fragment in cell.fragments])
    statements.string(iri, VEKHA.place, place)
    for order, fragment in enumerate(cell.fragments, 1):
        part = document.iris.fragment(iri, order)
        statements.add(iri, VEKHA.fragment, part)
        statements.is_a(part, VEKHA.CellFragment)
        statements.integer(part, VEKHA.fragmentOrder, order)
        statements.string(part, VEKHA.address, fragment.address)
        statements.integer(part, VEKHA.page, fragment.page)
        statements.integer(part, VEKHA.firstLine, fragment.first_line)
        statements.integer(part, VEKHA.lastLine, fragment.last_line)
        statements.integer(part, VEKHA.startOffset, fragment.start)
        statements.integer(part, VEKHA.endOffset, fragment.end)
    return StatedCell(cell, iri)
