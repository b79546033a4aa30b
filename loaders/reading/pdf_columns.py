"""
Tables without ruled lines: runs of text that stand in columns, found by the gutters that stay free line after line.

Coordinates are PDF points, y upward.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FEWEST_COLUMNS, _MOST_COLUMNS = 3, 60
_FEWEST_LINES = 3
# Lines of text over several columns that a table may have between its rows: titles of sections.
_MOST_SPANNING = 3
# A head may leave a column without a label; later a new column would be another table.
_HEAD_LINES = 4
_SAME_LINE = 2.0
# Rows stand further apart than the lines inside a cell.
_WIDER_PITCH = 1.12
# Further apart than this it is another table.
_WIDEST_PITCH = 4.0
_ROW_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,3}\.?\)?")


class Run(Protocol):
    """A stretch of text on one line, without a gap as wide as a gutter."""

    left: float
    right: float
    base: float

    @property
    def text(self) -> str: ...


@dataclass(slots=True)
class Columns:
    """
    One table: the extents of its columns from left to right, and its rows from the top down.

    A row has the runs of each column in order.  A row over all columns says `spanning` and has them in the first, or
    in the second beside a number.
    """

    extents: list[tuple[float, float]]
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    cells: dict[int, list[Run]] = field(default_factory=dict)
    spanning: bool = False

    def runs(self) -> Iterator[Run]:
        return itertools.chain.from_iterable(self.cells.values())


def find_columns(runs: Sequence[Run], *, before: Sequence[tuple[float, float]] = ()) -> list[Columns]:
    """
    The tables among the runs of a page, which come in reading order.

    `before` are the extents of the table with which the last page ended: its rows may go on at the top of this one.
    """
    lines = _lines(runs)
    found: list[Columns] = []
    at = 0
    while at < len(lines):
        known = list(before) if not found and len(lines[at]) >= 2 and _fits(lines[at], before) else []
        if (not known and len(lines[at]) < _FEWEST_COLUMNS) or len(lines[at]) > _MOST_COLUMNS:
            at += 1
            continue
        table, stop = _grow(lines, at, known)
        if table is None:
            at += 1
        else:
            found.append(table)
            at = stop
    return found


def _lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of one base line together, from the top of the page down, each line from left to right."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.base):
        if lines and lines[-1][0].base - run.base <= _SAME_LINE:
            lines[-1].append(run)
        else:
            lines.append([run])
    return [sorted(line, key=lambda run: run.left) for line in lines]


def _fits(line: Sequence[Run], extents: Sequence[tuple[float, float]]) -> bool:
    return bool(extents) and all(len(_touched(run, extents)) == 1 for run in line)


def _touched(run: Run, extents: Sequence[tuple[float, float]]) -> list[int]:
    return [at for at, (left, right) in enumerate(extents) if run.left < right and run.right > left]


def _grow(lines: Sequence[list[Run]], first: int, known: list[tuple[float, float]]) -> tuple[Columns | None, int]:
    """The table that begins at a line, and the position after it; None if too little stands in columns there."""
    extents = known or [(run.left, run.right) for run in lines[first]]
    taken: list[tuple[list[Run], bool]] = []
    waiting = 0
    at = first
    steps: list[float] = []
    while at < len(lines):
        line = lines[at]
        if len(line) > _MOST_COLUMNS:
            break
        if at > first:
            step = lines[at - 1][0].base - line[0].base
            if steps and step > _WIDEST_PITCH * min(steps):
                break
            steps.append(step)
        touched = [_touched(run, extents) for run in line]
        if any(len(each) > 1 for each in touched):
            if waiting == _MOST_SPANNING or not (len(line) == 1 or _is_numbered_title(line, touched)):
                break
            waiting += 1
            taken.append((line, True))
        elif any(not each for each in touched) and len(taken) >= _HEAD_LINES:
            break
        else:
            waiting = 0
            extents = _widened(extents, line)
            taken.append((line, False))
        at += 1
    while taken and taken[-1][1]:
        taken.pop()
    in_columns = sum(len(line) > 1 for line, spanning in taken if not spanning)
    if len(extents) < _FEWEST_COLUMNS or in_columns < (1 if known else _FEWEST_LINES):
        return None, first
    return Columns(extents, _rows(taken, extents)), first + len(taken)


def _is_numbered_title(line: Sequence[Run], touched: Sequence[list[int]]) -> bool:
    return len(line) == 2 and touched[0] == [0] and _ROW_NUMBER.fullmatch(line[0].text) is not None


def _widened(extents: Sequence[tuple[float, float]], line: Sequence[Run]) -> list[tuple[float, float]]:
    wider = list(extents)
    for run in line:
        column = next(iter(_touched(run, wider)), None)
        if column is None:
            wider.append((run.left, run.right))
        else:
            wider[column] = (min(wider[column][0], run.left), max(wider[column][1], run.right))
    return sorted(wider)


def _rows(lines: Sequence[tuple[list[Run], bool]], extents: Sequence[tuple[float, float]]) -> list[Row]:
    """Lines put together to rows: a row begins after a wider gap, with a number of its own, or over all columns."""
    bases = [line[0].base for line, _ in lines]
    steps = [above - below for above, below in itertools.pairwise(bases)]
    pitch = min(steps, default=0.0)
    apart = any(step > _WIDER_PITCH * pitch for step in steps)
    rows: list[Row] = []
    for at, (line, spanning) in enumerate(lines):
        cells = {_touched(run, extents)[0]: run for run in line} if not spanning else {}
        numbered = 0 in cells and _ROW_NUMBER.fullmatch(cells[0].text) is not None
        gap = at > 0 and steps[at - 1] > _WIDER_PITCH * pitch
        if spanning:
            if gap or len(line) > 1 or not (rows and rows[-1].spanning):
                rows.append(Row(spanning=True))
            column = max(rows[-1].cells, default=0)
            for number, run in enumerate(line):
                rows[-1].cells.setdefault(column + number, []).append(run)
            continue
        if not rows or rows[-1].spanning or gap or (numbered and not apart):
            rows.append(Row())
        for run in line:
            rows[-1].cells.setdefault(_touched(run, extents)[0], []).append(run)
    return rows
