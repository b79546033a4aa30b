"""Footnotes, and what they say of the indicators they stand at: a tolerance, the programme they come from."""

from __future__ import annotations

import re

from loaders.extraction import Footnote
from loaders.quads.document import Document
from loaders.quads.known import programmes_named
from loaders.quads.plan import StatedEntry
from loaders.quads.source import lines_address, readable_place
from ontology.vocabulary import VEKHA

_TOLERANCE = re.compile(r"отклонени\w+\D*?(\d+(?:[.,]\d+)?)\s*%", re.IGNORECASE)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def state_footnotes(document: Document, entries: list[StatedEntry]) -> None:
    statements = document.statements
    for order, footnote in enumerate(document.extraction.footnotes, 1):
        iri = document.iris.footnote(document.slug, document.sha256, order)
        statements.is_a(iri, VEKHA.Footnote)
        statements.add(iri, VEKHA.version, document.version)
        statements.string(iri, VEKHA.mark, footnote.mark)
        statements.verbatim(iri, VEKHA.text, footnote.text, redacted=VEKHA.redactedText)
        if footnote.line:
            address = lines_address([footnote.line])
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
    """The entries with the mark in their text, or all of a table with the mark in its heading."""
    if not set(footnote.mark) <= set(_SUPERSCRIPTS):
        return []
    # ¹⁰ is two characters, and is not ¹.
    mark = re.compile(rf"(?<![{_SUPERSCRIPTS}]){re.escape(footnote.mark)}(?![{_SUPERSCRIPTS}])")
    marked = [stated for stated in entries if any(mark.search(cell.cell.text) for cell in stated.row.cells)]
    if marked:
        return marked
    tables = {
        table.id for table in document.extraction.tables if any(mark.search(column.label) for column in table.columns)
    }
    return [stated for stated in entries if stated.row.row.place.table in tables]
