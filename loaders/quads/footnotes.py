"""Footnotes, and what they say of the indicators they stand at: a tolerance, the programme they come from."""

from __future__ import annotations

import re

from loaders.extraction import Footnote
from loaders.quads.document import Document
from loaders.quads.known import programmes_named
from loaders.quads.plan import StatedEntry
from loaders.quads.source import StatedRow, lines_address, readable_place
from ontology.language import spelling_key
from ontology.vocabulary import VEKHA

_TOLERANCE = re.compile(r"отклонени\w+\D*?(\d+(?:[.,]\d+)?)\s*%", re.IGNORECASE)


def state_footnotes(document: Document, entries: list[StatedEntry]) -> None:
    statements = document.statements
    for order, footnote in enumerate(document.extraction.footnotes, 1):
        iri = document.iris.footnote(document.slug, document.sha256, order)
        statements.is_a(iri, VEKHA.Footnote)
        statements.add(iri, VEKHA.version, document.version)
        statements.string(iri, VEKHA.mark, footnote.mark)
        statements.verbatim(iri, VEKHA.text, footnote.text, redacted=VEKHA.redactedText)
        address = lines_address([footnote.line]) if footnote.line else footnote.address
        if address:
            statements.string(iri, VEKHA.place, readable_place(document.extraction.source.file, [address]))
        tolerance = _TOLERANCE.search(footnote.text)
        programmes = programmes_named(document, footnote.text)
        for stated in _marked(footnote, document, entries):
            statements.add(iri, VEKHA.appliesTo, stated.entry)
            for indicator in stated.indicators:
                statements.add(iri, VEKHA.appliesTo, indicator)
                if tolerance:
                    statements.decimal(indicator, VEKHA.tolerance, float(tolerance[1].replace(",", ".")))
                for programme in programmes:
                    statements.add(indicator, VEKHA.basedOn, programme)


def _marked(footnote: Footnote, document: Document, entries: list[StatedEntry]) -> list[StatedEntry]:
    """The entry whose cell bears the mark, or all entries of a table with the mark in its heading."""
    if footnote.applies_to is None:
        return []
    found = [stated for stated in entries if footnote.applies_to in _addresses(stated.row)]
    if found:
        return found
    heading = spelling_key(footnote.applies_to)
    tables = {
        table.id
        for table in document.extraction.tables
        if any(spelling_key(column.label.rstrip(f" {footnote.mark}")) == heading for column in table.columns)
    }
    return [stated for stated in entries if stated.row.row.place.table in tables]


def _addresses(row: StatedRow) -> set[str]:
    return {fragment.address for stated in row.cells for fragment in stated.cell.fragments}
