"""
What a person should look at in an extraction, each doubt with its source cell; sentences for all codes stand here.

A code is that of a warning, of an anomaly of the document, or of a check (`loaders.checks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from loaders.extraction import Warning_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loaders.extraction import Actor, Column, Deadline, Extraction, Row, RowCell, TableSummary

# Below this a person should look whether the reading is right.
SURE: Final = 0.8

Spans: TypeAlias = tuple[tuple[int, int], ...]
Kind = Literal["reading", "check", "document", "left-out"]

# Message ids: English sentences without a full stop, translated by the catalogue of the interface.
SENTENCES: Final[dict[str, str]] = {
    # doubts of the reading
    "unknown-actor": "The actor is not in the reference data and was kept under its printed name",
    "common-abbreviation": "The abbreviation is a common one; whose body it is here is not known",
    "misspelt-actor": "The abbreviation is unknown, but one exchange of letters makes it a known one, which was taken",
    "uncertain-actor": "Whether this actor is meant is not certain",
    "uncertain-column": "The label of the column hardly tells what stands in it",
    "uncertain-row": "Whether this is one row, or a part of another, is not certain",
    "unused-deadline": "A part of the deadline was not understood",
    "unreadable-deadline": "The deadline has no possible reading; it is kept as printed, without dates",
    "misprint": "The deadline is misprinted; its only reading was taken",
    "year-missing": "The deadline has no year, and the period of the document leaves it open",
    "approximate": "The deadline is read approximately",
    "encoding-guessed": "The character set of the file was guessed",
    "macros-not-run": "The macros inside the file were not run",
    "hidden-sheet": "A hidden sheet was left out",
    "scanned-pages": "Pages that are scans were left out",
    "private-signs": "Signs of a font that does not say which letters they show stand in the text",
    # rows left out
    "unclassified-row": "A row that is no activity, section or note was left out",
    "stray-text": "A text between two parts of the table belongs to no row",
    "amendment-note": "A note on amendments is no row",
    "total-row": "A row of totals is no activity",
    "empty-section": "A title has no rows under it, or is a row without values",
    "fill-in": "A line to be filled in is no item",
    "stamp": "A signature or approval stamp is no row",
    # tables left out
    "table-without-head": "The table has no row of column labels",
    "table-of-no-plan": "The table has no columns of activities beside deadlines or responsible, of results or targets",
    # what is odd about the document
    "number-gap": "A number before this one is missing",
    "duplicate-number": "The number stands more than once in its section",
    "no-number": "The row has no number, though the table has a column for it",
    "number-in-text": "The number is printed inside the text",
    "split-by-page": "A page break cuts the row; its parts were joined",
    "truncated": "The text breaks off",
    "misplaced-content": "The cell holds what belongs to another column",
    "empty-responsible": "The cell of the responsible is empty",
    "empty-deadline": "The deadline cell is empty",
    "empty-result": "The result cell is empty",
    # checks after reading
    "actor-not-read": "The cell of the responsible has a text, but nobody was read from it",
    "deadline-not-read": "The deadline cell has a text, but no time was read from it",
    "row-without-text": "The row does not say what is to be done",
    "outside-period": "The dates lie outside the period of the document",
    "targets-go-up-and-down": "The targets of the years rise and fall; in a cumulative series they would not",
    "person-spelt-twice": "One person seems to be spelt in two ways",
    "section-gap": "The number of a section before this one is missing",
    "text-not-read": "A text of the table stands in no row, section or note that was read",
    # corrections by people
    "stale-correction": "The text has changed since a person corrected its reading; the correction was not applied",
    "missing-correction": "The cell whose reading a person corrected is gone; the correction was not applied",
    "unusable-correction": "The value that a person gave cannot be used; the correction was not applied",
}

_JUSTIFIED: Final = {"not in the reference data": "unknown-actor", "countrywide abbreviation": "common-abbreviation"}
_ACTORS: Final = ("responsible", "participant-or-organizer", "co-executor")
_OF_DEADLINE: Final = frozenset({"unreadable-deadline", "misprint", "year-missing", "approximate"})
# Where a remark on a row has its cell; other remarks are about the cell that says what the row is.
_CELLS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(_OF_DEADLINE, ("deadline",)),
    **dict.fromkeys(("number-gap", "duplicate-number"), ("number",)),
    "empty-responsible": _ACTORS,
    "empty-deadline": ("deadline",),
    "empty-result": ("result", "result-or-indicator", "result-form", "indicator"),
}
LEFT_OUT: Final = frozenset(
    {"unclassified-row", "stray-text", "amendment-note", "total-row", "empty-section", "fill-in", "stamp"}
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """
    One thing to look at: what stands where, what was read from it, and a code that says why.

    `text` is the source cell; `marked` are the offsets in it of the parts that are meant, none for the whole.
    `confidence` is 0 to 1, or None where the reading is not in doubt.  `subject` is what was read.
    `row` is the ordinal of the row in the extraction, `number` its printed number, `column` the role of the cell.
    """

    code: str
    kind: Kind
    place: str
    text: str
    marked: Spans = ()
    subject: Actor | Deadline | Column | str | None = None
    confidence: float | None = None
    row: int | None = None
    number: str | None = None
    column: str | None = None
    page: int | None = None
    lines: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason in English, which is the id of its translation."""
        return SENTENCES[self.code]


def warning_about(code: str, text: str, place: str) -> Warning_:
    """The warning of a code about a text, worded in English."""
    return Warning_(code, f"{SENTENCES[code]}: «{text}»", place, text)


def find_doubts(extraction: Extraction) -> list[Doubt]:
    """All doubts of one document, the least certain first, those without a figure last in document order."""
    found = [
        *(doubt for table in extraction.tables if table.kind != "other" for doubt in _of_columns(table)),
        *(doubt for row in extraction.rows for doubt in _of_row(row)),
        *_of_document(extraction),
    ]
    return least_certain_first(found)


def tables_left_out(extraction: Extraction) -> list[Doubt]:
    """The tables that were taken for none of a plan, with their labels."""
    return [
        Doubt(
            "table-of-no-plan" if any(column.label for column in table.columns) else "table-without-head",
            "left-out",
            place=table.id,
            text=" | ".join(filter(None, (column.label for column in table.columns))) or table.heading or "",
        )
        for table in extraction.tables
        if table.kind == "other"
    ]


def least_certain_first(doubts: Sequence[Doubt]) -> list[Doubt]:
    return sorted(doubts, key=lambda doubt: 2.0 if doubt.confidence is None else doubt.confidence)


def doubt_about(
    row: Row,
    code: str,
    kind: Kind,
    cell: RowCell | None,
    *,
    marked: Spans = (),
    subject: Actor | Deadline | str | None = None,
    confidence: float | None = None,
) -> Doubt:
    """A doubt about a cell of a row, or about the row as a whole if there is no such cell."""
    fragments = cell.fragments if cell else []
    lines = sorted({line for part in fragments for line in (part.first_line, part.last_line) if line is not None})
    return Doubt(
        code,
        kind,
        place=_range([part.address for part in fragments] or list(dict.fromkeys(row.place.cells.values()))[:1]),
        text=cell.text if cell else (row.activity or row.indicator or row.result or ""),
        marked=marked,
        subject=subject,
        confidence=confidence,
        row=row.ordinal,
        number=row.number,
        column=cell.role if cell else None,
        page=next((part.page for part in fragments if part.page is not None), row.place.page),
        lines=tuple(lines) or tuple(row.place.lines),
    )


def cell_of(row: Row, *roles: str) -> RowCell | None:
    """The first filled cell with one of the roles, else the first empty one."""
    cells = [cell for cell in row.cells if cell.role in roles]
    return next((cell for cell in cells if cell.text), cells[0] if cells else None)


def main_cell(row: Row) -> RowCell | None:
    """The cell that says what the row is about."""
    return cell_of(row, "activity", "form-item", "question", "indicator", "result", "result-or-indicator")


def actor_cells(row: Row) -> list[RowCell]:
    return [cell for cell in row.cells if cell.role in _ACTORS]


def _range(addresses: list[str]) -> str:
    return "; ".join(dict.fromkeys(addresses))


def _of_columns(table: TableSummary) -> Iterator[Doubt]:
    for column in table.columns:
        if column.confidence < SURE and column.role in {"activity", "deadline", *_ACTORS}:
            yield Doubt(
                "uncertain-column",
                "reading",
                place=table.id,
                text=column.label,
                subject=column,
                confidence=column.confidence,
                column=column.role,
            )


def _of_row(row: Row) -> Iterator[Doubt]:
    deadline = cell_of(row, "deadline")
    for code in row.warnings:
        roles = _CELLS.get(code)
        cell = cell_of(row, *roles) if roles else _remarked(row, code)
        if code in _OF_DEADLINE:
            confidence = row.deadline.confidence if row.deadline else None
            yield doubt_about(row, code, "reading", cell, subject=row.deadline, confidence=confidence)
        elif code in SENTENCES:
            yield doubt_about(row, code, "document", cell or main_cell(row))
    if row.deadline is not None and row.deadline.confidence < SURE and not _OF_DEADLINE & set(row.warnings):
        marked = _spans(deadline.text, row.deadline.unused) if deadline else ()
        yield doubt_about(
            row,
            "unused-deadline",
            "reading",
            deadline,
            marked=marked,
            subject=row.deadline,
            confidence=row.deadline.confidence,
        )
    if row.certainty < SURE:
        yield doubt_about(row, "uncertain-row", "reading", main_cell(row), confidence=row.certainty)
    for actor in row.responsible:
        if actor.confidence < SURE:
            cell, marked = _stated(row, actor)
            yield doubt_about(
                row, _code(actor), "reading", cell, marked=marked, subject=actor, confidence=actor.confidence
            )


def _remarked(row: Row, code: str) -> RowCell | None:
    if code == "misplaced-content":
        # It is the deadline cell if little of it is a time, else a result that is nothing but one.
        if row.deadline is not None and len(row.deadline.unused) > len(row.deadline.raw) / 2:
            return cell_of(row, "deadline")
        timed = next((time.column for time in row.other_times if time.column != "activity"), None)
        return cell_of(row, timed) if timed else main_cell(row)
    return main_cell(row)


def _spans(text: str, unused: str) -> Spans:
    """Offsets of the unused parts, «…» between them, as far as the cell holds them in one piece."""
    found: list[tuple[int, int]] = []
    for part in unused.split(" … "):
        start = text.find(part, found[-1][1] if found else 0)
        if part and start >= 0:
            found.append((start, start + len(part)))
    return tuple(found)


def _stated(row: Row, actor: Actor) -> tuple[RowCell | None, Spans]:
    """The cell that names the actor, and where in it."""
    cells = actor_cells(row)
    if actor.start is not None and actor.end is not None:
        for cell in cells:
            if cell.text[actor.start : actor.end] == actor.raw:
                return cell, ((actor.start, actor.end),)
    return next((cell for cell in cells if cell.text), None), ()


def _code(actor: Actor) -> str:
    why = actor.justification or ""
    return _JUSTIFIED.get(why, "misspelt-actor" if why.startswith("one exchange of letters") else "uncertain-actor")


def _of_document(extraction: Extraction) -> Iterator[Doubt]:
    """Notes of the reader and rows left out; a warning of a row's deadline is told with that row."""
    for warning in extraction.warnings:
        if warning.code in LEFT_OUT:
            yield Doubt(warning.code, "left-out", warning.place, warning.text or warning.message)
        elif warning.code == "text-not-read":
            yield Doubt(warning.code, "check", warning.place, warning.text)
        elif warning.code not in _OF_DEADLINE:
            yield Doubt(warning.code, "document", warning.place, warning.text or warning.message)
