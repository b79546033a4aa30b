"""When an entry is due (`Deadline`, `Occurrence`) and the flat dates that month questions read."""

from __future__ import annotations

from pyoxigraph import NamedNode

from loaders.extraction import Deadline
from loaders.quads.document import Document
from loaders.quads.source import StatedCell, StatedRow
from loaders.values.deadlines import expand_occurrences
from ontology.iris import concept
from ontology.vocabulary import VEKHA

# Only these say a date of their own; a recurrence is bounded by the plan, not by its cell.
_PRINTED_DATES = {"window", "due-by", "point-date"}
_DUE_PRECISIONS = {"day", "month"}


def state_deadlines(document: Document, stated: StatedRow, entry: NamedNode) -> None:
    row, statements = stated.row, document.statements
    if row.deadline is not None:
        statements.verbatim(entry, VEKHA.deadlineText, row.deadline.raw)
        # Where a table has no column of deadlines, a person may still have said one.
        cell = stated.cell("deadline") or stated.main_cell()
        _state_parts(document, row.deadline, entry, cell, VEKHA.deadline)
    first = 1 + (len(row.deadline.parts) if row.deadline else 0)
    for other in row.other_times:
        _state_parts(document, other.deadline, entry, stated.cell(other.column), VEKHA.mentionedDeadline, first=first)
        first += len(other.deadline.parts)


def _state_parts(
    document: Document,
    deadline: Deadline,
    entry: NamedNode,
    cell: StatedCell | None,
    predicate: NamedNode,
    *,
    first: int = 1,
) -> None:
    statements = document.statements
    for ordinal, part in enumerate(deadline.parts, first):
        iri = document.iris.part_of(entry, "deadline", ordinal)
        statements.add(entry, predicate, iri)
        statements.is_a(iri, VEKHA.Deadline)
        statements.add(iri, VEKHA.deadlineKind, concept("deadline-kind", part.kind))
        statements.string(iri, VEKHA.deadlineClass, part.class_)
        statements.verbatim(iri, VEKHA.rawText, part.raw)
        statements.integer(iri, VEKHA.ordinal, ordinal)
        statements.date(iri, VEKHA.start, part.start)
        statements.date(iri, VEKHA.end, part.end)
        statements.string(iri, VEKHA.precision, part.precision)
        statements.string(iri, VEKHA.rrule, part.rrule)
        statements.string(iri, VEKHA.edtf, part.edtf)
        statements.verbatim(iri, VEKHA.condition, part.condition)
        if cell is not None:
            statements.add(iri, VEKHA.statedIn, cell.iri)
        asserted = predicate == VEKHA.deadline
        if asserted and part.kind in _PRINTED_DATES:
            statements.date(entry, VEKHA.deadlineStart, part.start)
            statements.date(entry, VEKHA.deadlineEnd, part.end)
        for number, (start, end) in enumerate(expand_occurrences(part, document.extraction.period), 1):
            occurrence = document.iris.part_of(entry, "occurrence", ordinal, number)
            statements.add(iri, VEKHA.occurrence, occurrence)
            statements.is_a(occurrence, VEKHA.Occurrence)
            statements.date(occurrence, VEKHA.start, start)
            statements.date(occurrence, VEKHA.end, end)
            if asserted and part.precision in _DUE_PRECISIONS:
                statements.date(entry, VEKHA.dueDate, end)
