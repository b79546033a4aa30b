"""Matrices of counts: how many activities have this and that, theme by territory or level by theme."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# Depths of a cell's colour; the number stands beside it.
SHADES: Final = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing of an axis with the number of its activities."""

    thing: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts by row and column; things without an activity do not stand in it."""

    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    cells: Mapping[tuple[str, str], int]
    size: int

    def count(self, row: Axis, column: Axis) -> int:
        return self.cells.get((row.thing, column.thing), 0)

    def shade(self, row: Axis, column: Axis) -> int:
        """From 0 for none to `SHADES` for the greatest count of the matrix."""
        most = max(self.cells.values(), default=0)
        count = self.count(row, column)
        return -(-count * SHADES // most) if count else 0


def count_by(
    activities: Iterable[Mapping[str, frozenset[str]]],
    rows: str,
    columns: str,
    label: Callable[[str], str],
) -> Matrix:
    """
    The matrix of two traits over the activities; each activity counts once in a cell, and in each cell that it fits.

    Axes are in the order of their counts, the greatest first, then of their labels.
    """
    cells: Counter[tuple[str, str]] = Counter()
    totals: dict[str, Counter[str]] = {rows: Counter(), columns: Counter()}
    size = 0
    for values in activities:
        size += 1
        for axis in (rows, columns):
            totals[axis].update(values.get(axis, ()))
        cells.update((row, column) for row in values.get(rows, ()) for column in values.get(columns, ()))

    def axis_of(name: str) -> tuple[Axis, ...]:
        found = [Axis(thing, label(thing), count) for thing, count in totals[name].items()]
        return tuple(sorted(found, key=lambda one: (-one.count, one.label)))

    return Matrix(axis_of(rows), axis_of(columns), cells, size)
