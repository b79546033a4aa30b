"""
Checks after reading: what must hold of a plan that was read rightly (design of the extraction, 4.1 point 10).

They look at the extraction and, for completeness, at the cells that the file has; none changes anything.
Gaps in the numbers of rows are anomalies, found while the rows are laid out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import DamerauLevenshtein

from loaders.cells import Table
from loaders.doubts import LEFT_OUT, Doubt, actor_cells, cell_of, doubt_about, main_cell, warning_about
from loaders.extraction import RowCount
from loaders.layout.numbering import RowNumber, row_number
from ontology.language import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loaders.cells import Cell, SourceDocument
    from loaders.extraction import Actor, Extraction, Row, SectionStep, Target, Warning_

_NOBODY: Final = re.compile(r"\W*(?:нет|отсутству\w+|не (?:указан|определен|назначен|требуется)\w*)?\W*", re.IGNORECASE)
_LONGEST_COLUMN_NUMBER: Final = 3
_MOST_TOLD: Final = 200
_TITLE_NUMBER: Final = re.compile(r"(?:[А-ЯЁа-яё]+\s+)?([IVXLC]{1,5}|\d{1,2}(?:\.\d{1,2})*)\s*[.):]\s")
_LETTERS: Final = re.compile(r"[\W_]+")
_MARKS: Final = str.maketrans("", "", "⁰¹²³⁴⁵⁶⁷⁸⁹*")


def check(extraction: Extraction) -> list[Doubt]:
    """What the extraction itself shows to be wrong or odd, in document order by check."""
    return [
        *(doubt for row in extraction.rows for doubt in _of_row(row, extraction)),
        *_section_gaps(extraction.rows),
        *_persons(extraction.rows),
    ]


def check_completeness(document: SourceDocument, extraction: Extraction) -> tuple[RowCount, list[Warning_]]:
    """
    Whether each text of the tables that were read stands in the extraction: as a cell, a title, a note, a label.

    A table counts as read from the first of its rows that became one of the plan.
    """
    at = {part.address: row for row in extraction.rows for cell in row.cells for part in cell.fragments}
    told = _Told.of(extraction)
    left_out = {warning.place for warning in extraction.warnings if warning.code in LEFT_OUT}
    printed = read = unread_rows = 0
    unread: list[Warning_] = []
    for table in document.blocks:
        if not isinstance(table, Table):
            continue
        rows = _filled_rows(table)
        first = next((number for number, cells in rows.items() if any(c.origin.address in at for c in cells)), None)
        if first is None:
            continue
        for number, cells in rows.items():
            if number < first:
                continue
            printed += 1
            read += any(cell.origin.address in at for cell in cells)
            if not _counts_columns(cells) and not any(cell.origin.address in left_out for cell in cells):
                lost = [cell for cell in cells if cell.origin.address not in at and cell not in told]
                unread_rows += bool(lost)
                unread += [warning_about("text-not-read", cell.text[:_MOST_TOLD], cell.origin.address) for cell in lost]
    return RowCount(printed, read, unread_rows), unread


def _of_row(row: Row, extraction: Extraction) -> Iterator[Doubt]:
    if not (row.activity or row.indicator or row.result):
        yield doubt_about(row, "row-without-text", "check", main_cell(row))
    for named in actor_cells(row):
        if named.text and not row.responsible and not _NOBODY.fullmatch(named.text):
            yield doubt_about(row, "actor-not-read", "check", named)
    deadline = row.deadline
    if deadline is not None:
        cell = cell_of(row, "deadline")
        unread = deadline.class_ == "none" and not _NOBODY.fullmatch(deadline.raw)
        if unread and not {"unreadable-deadline", "misplaced-content"} & set(row.warnings):
            yield doubt_about(row, "deadline-not-read", "check", cell)
        if extraction.period is not None:
            stated = [(part.start, part.end) for part in deadline.parts] + list(deadline.occurrences)
            dates = [day for pair in stated for day in pair if day]
            if any(not extraction.period.start <= day <= extraction.period.end for day in dates):
                yield doubt_about(row, "outside-period", "check", cell, subject=deadline)
    for series in _series(row.targets):
        values = [target.value for target in series if target.value is not None]
        if any(b > a for a, b in pairwise(values)) and any(b < a for a, b in pairwise(values)):
            told = ", ".join(f"{target.year}: {target.value:g}" for target in series)
            first = cell_of(row, series[0].column or "target")
            yield doubt_about(row, "targets-go-up-and-down", "check", first, subject=told)


def _series(targets: Sequence[Target]) -> list[list[Target]]:
    """Promised values of at least three years in one unit, by year; a year with two values makes no series."""
    by_measure: dict[tuple[str | None, str], list[Target]] = defaultdict(list)
    for target in targets:
        if target.year is not None and target.value is not None and target.status == "target":
            by_measure[target.unit, target.comparator].append(target)
    return [
        sorted(series, key=lambda target: target.year or 0)
        for series in by_measure.values()
        if len(series) >= 3 and len({target.year for target in series}) == len(series)
    ]


def _section_gaps(rows: Sequence[Row]) -> Iterator[Doubt]:
    """Sections of one title above them whose printed numbers leave one out."""
    last: dict[tuple[str, tuple[str, ...], tuple[int, ...]], int] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for row in rows:
        for depth, step in enumerate(row.section_path):
            above = tuple(other.title for other in row.section_path[:depth])
            number = _section_number(step)
            if number is None or (row.place.table, (*above, step.title)) in seen:
                continue
            seen.add((row.place.table, (*above, step.title)))
            series = (row.place.table, above, number.parent)
            before = last.get(series)
            last[series] = max(number.path[-1], before or 0)
            if before is not None and number.path[-1] > before + 1:
                yield Doubt(
                    "section-gap",
                    "check",
                    place=next(iter(row.place.cells.values()), row.place.table),
                    text=f"{step.number or ''} {step.title}".strip(),
                    row=row.ordinal,
                    page=row.place.page,
                    lines=tuple(row.place.lines),
                )


def _section_number(step: SectionStep) -> RowNumber | None:
    """The number printed apart, or at the start of the title: «II. Кадры», «Раздел 2. Кадры»."""
    found = _TITLE_NUMBER.match(step.title)
    return row_number(step.number or (found[1] if found else ""))


def _persons(rows: Sequence[Row]) -> Iterator[Doubt]:
    """Names that differ by one slip of the pen, or by a missing second initial; told where the rarer one stands."""
    named: dict[str, list[tuple[Row, Actor]]] = defaultdict(list)
    for row in rows:
        for actor in row.responsible:
            if actor.kind == "person":
                named[actor.label].append((row, actor))
    for one, other in combinations(named, 2):
        if _one_person(one, other):
            rare, usual = sorted((one, other), key=lambda label: len(named[label]))
            row, actor = named[rare][0]
            cell = next((cell for cell in actor_cells(row) if actor.raw in cell.text), None)
            start = cell.text.find(actor.raw) if cell else 0
            yield doubt_about(
                row,
                "person-spelt-twice",
                "check",
                cell,
                marked=((start, start + len(actor.raw)),),
                subject=f"{rare} / {usual}",
            )


def _one_person(one: str, other: str) -> bool:
    surnames, initials = zip(*(normalise(label).partition(" ")[::2] for label in (one, other)), strict=True)
    if surnames[0] == surnames[1]:
        short, long = sorted(initials, key=len)
        return long.startswith(short) or _slip(short, long)
    # «Иванов» and «Иванова» are two people.
    by_sex = {f"{surnames[0]}а", f"{surnames[1]}а"} & set(surnames)
    return initials[0] == initials[1] and not by_sex and len(surnames[0]) >= 5 and _slip(*surnames)


def _slip(one: str, other: str) -> bool:
    return DamerauLevenshtein.distance(one, other, score_cutoff=1) == 1


class _Told:
    """The texts of an extraction beside its cells, for asking whether a cell's text is among them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._whole = {_key(text) for text in texts}
        self._all = "\n".join(_key(text) for text in texts)

    @classmethod
    def of(cls, extraction: Extraction) -> _Told:
        steps = [step for row in extraction.rows for step in row.section_path]
        return cls(
            [
                *(step.title for step in steps),
                *(step.number for step in steps if step.number),
                *(row.number for row in extraction.rows if row.number),
                *(column.label for table in extraction.tables for column in table.columns),
                *(footnote.text for footnote in extraction.footnotes),
                *(footnote.mark + footnote.text for footnote in extraction.footnotes),
                *(warning.text for warning in extraction.warnings),
                *(table.heading for table in extraction.tables if table.heading),
            ]
        )

    def __contains__(self, cell: Cell) -> bool:
        key = _key(cell.text)
        # A short text, such as a number, must be all of what was told; a longer one may be a part of it.
        return not key or key in self._whole or (len(key) > 8 and key[:180] in self._all)


def _key(text: str) -> str:
    return _LETTERS.sub("", text.translate(_MARKS).lower().replace("ё", "е"))


def _filled_rows(table: Table) -> dict[int, list[Cell]]:
    rows: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        if cell.text.strip():
            rows[cell.row].append(cell)
    return dict(sorted(rows.items()))


def _counts_columns(cells: Sequence[Cell]) -> bool:
    return all(cell.text.strip().isdecimal() and len(cell.text.strip()) < _LONGEST_COLUMN_NUMBER for cell in cells)
