"""Whether a physical row is the rest of the row before it, and where its cells belong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.layout.joining import ends_open, flow, mend, starts_small
from loaders.layout.numbering import RowNumber, leading_number

if TYPE_CHECKING:
    from loaders.layout.grid import GridRow
    from loaders.layout.logical_row import LogicalRow

_DECIDES = 3.0
_CLEAR = 5.0
_OPEN_TIME = re.compile(r"[,;–—-]\s*$")


@dataclass(frozen=True, slots=True)
class PlanColumns:
    """
    Numbers, from 1, of the columns that tell rows apart.

    `numbered` tells that most rows have a number of their own, `numbers_in_text` that it may stand in the main text.
    """

    main: int
    number: int | None
    section: int | None
    deadline: int | None
    actor: int | None
    width: int
    numbered: bool
    numbers_in_text: bool


def continues(
    last: LogicalRow, row: GridRow, columns: PlanColumns, *, number: RowNumber | None, after_break: bool
) -> float:
    """
    How certain it is, 0.75 to 0.9, that `row` is the rest of `last`; 0 if it is a row of its own.

    Points are given for a page break, a missing number, text that starts inside a sentence or follows an open one,
    and empty cells of deadline and actors; three decide.
    """
    main = row.own_text(columns.main)
    if number is not None:
        same = last.number is not None and number.path == last.number.path
        if not (same and after_break and (not main or starts_small(main))):
            return 0.0
    if columns.numbers_in_text and leading_number(main):
        return 0.0
    score = _score_of_text(last, main, columns, after_break=after_break)
    if columns.numbered and number is None:
        score += 2.0
    score += _score_of_deadline(last, row, columns.deadline) + _score_of_actor(last, row, columns.actor)
    if score < _DECIDES:
        return 0.0
    return 0.9 if score >= _CLEAR else 0.75


def _score_of_text(last: LogicalRow, main: str, columns: PlanColumns, *, after_break: bool) -> float:
    score = 1.0 if after_break else 0.0
    if not main:
        return score + 3.0
    before = last.at(columns.main)
    is_open = before is not None and ends_open(before.text)
    if starts_small(main):
        score += 2.0
    elif re.match(r"[-–—•]\s", main):
        score += 1.0
    elif not after_break and not is_open:
        score -= 1.0
    if is_open:
        score += 1.0
    elif before is not None and re.search(r"[.!?]$", before.text):
        score -= 1.0
    return score


def _score_of_deadline(last: LogicalRow, row: GridRow, column: int | None) -> float:
    if column is None:
        return 0.0
    before, here = last.at(column), row.own_text(column)
    if not here:
        return 0.0 if row.text(column) else 1.0
    if before is None or not before.text:
        return 0.0
    if starts_small(here):
        return 2.0 if _OPEN_TIME.search(before.text) else 0.0
    return -2.0


def _score_of_actor(last: LogicalRow, row: GridRow, column: int | None) -> float:
    if column is None:
        return 0.0
    before, here = last.at(column), row.own_text(column)
    if not here:
        return 0.0 if row.text(column) else 1.0
    return 2.0 if before is not None and _OPEN_TIME.search(before.text) and starts_small(here) else 0.0


def best_shift(last: LogicalRow, row: GridRow, columns: PlanColumns) -> int:
    """
    How far to move the cells of a part that has fewer cells than the table columns, so that sentences run on.

    The place of such cells is a guess of the reader; a hyphen or an open sentence above decides.
    """
    present = sorted(row.cells)
    if not present or len(present) >= columns.width or any(row.spans(column) > 1 for column in present):
        return 0
    best, chosen = _join_quality(last, row, 0, columns), 0
    for shift in range(1 - present[0], columns.width - present[-1] + 1):
        quality = _join_quality(last, row, shift, columns)
        if quality > best:
            best, chosen = quality, shift
    return chosen


def _join_quality(last: LogicalRow, row: GridRow, shift: int, columns: PlanColumns) -> float:
    quality = 0.0
    for column in row.filled:
        text = row.own_text(column)
        above = last.at(column + shift)
        if column + shift in {columns.number, columns.section}:
            quality -= 2.0
        elif above is None or not above.text:
            quality -= 0.5
        elif starts_small(text):
            quality += 2.0 if re.search(r"[^\W\d_]-$", above.text) else 1.0 if ends_open(above.text) else 0.0
            quality -= 0.5 if re.search(r"[.!?;]$", above.text) else 0.0
    return quality


def mend_cells(before: str, after: str) -> str:
    """Two parts of a cell as one; a part that starts a new sentence starts a new line."""
    if before and after and not ends_open(before) and not starts_small(after) and not re.match(r"[А-ЯЁA-Z]{2,}", after):
        return flow(before + "\n" + after)
    return mend(before, after)
