"""Ruled lines of a PDF page to grids: one grid for each group of lines that touch."""

from __future__ import annotations

import bisect
import ctypes
import itertools
from typing import TYPE_CHECKING

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2 as pdfium

_TOLERANCE = 2.5
_THIN = 3.0
# A drawing with more strokes than this is a picture, not a table.
_MOST_STROKES = 20_000
_SHORTEST = 4.0

Stroke = tuple[float, float, float]


class Grid:
    """
    A table's cells by their rulings: rows count from the top, columns from the left, both from 0.

    Cells that no ruling parts are one merged cell, named by its upper left corner.
    """

    def __init__(self, horizontal: list[Stroke], vertical: list[Stroke]) -> None:
        self._xs = _snap([stroke[0] for stroke in vertical])
        self._ys = _snap([stroke[0] for stroke in horizontal])
        self.rows, self.columns = len(self._ys) - 1, len(self._xs) - 1
        self.top = self._ys[-1]
        right_walls = self._walls(vertical, self._xs, self._ys)
        floors = self._walls(horizontal, self._ys, self._xs)
        self._parent = list(range(self.rows * self.columns))
        for row in range(self.rows):
            below = self.rows - 1 - row
            for column in range(self.columns):
                here = row * self.columns + column
                if column + 1 < self.columns and (column + 1, below) not in right_walls:
                    self._join(here, here + 1)
                if row + 1 < self.rows and (below, column) not in floors:
                    self._join(here, here + self.columns)

    @staticmethod
    def _walls(strokes: list[Stroke], across: list[float], along: list[float]) -> set[tuple[int, int]]:
        """Pairs (line of `across`, interval of `along`) that a stroke covers."""
        middles = [(low + high) / 2 for low, high in itertools.pairwise(along)]
        walls: set[tuple[int, int]] = set()
        for position, start, end in strokes:
            line = min(range(len(across)), key=lambda index: abs(across[index] - position))
            first = bisect.bisect_left(middles, start - _TOLERANCE)
            last = bisect.bisect_right(middles, end + _TOLERANCE)
            walls.update((line, interval) for interval in range(first, last))
        return walls

    def _find(self, cell: int) -> int:
        while self._parent[cell] != cell:
            self._parent[cell] = self._parent[self._parent[cell]]
            cell = self._parent[cell]
        return cell

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self._find(one), self._find(other)))
        self._parent[second] = first

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the (merged) cell at a point, None outside the grid."""
        column = bisect.bisect(self._xs, x) - 1
        row = self.rows - bisect.bisect(self._ys, y)
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        return divmod(self._find(row * self.columns + column), self.columns)

    def cells(self) -> Iterator[tuple[int, int, int, int]]:
        """Row, column, row span and column span of each cell in reading order."""
        extent: dict[int, tuple[int, int]] = {}
        for cell in range(self.rows * self.columns):
            row, column = divmod(cell, self.columns)
            root = self._find(cell)
            bottom, right = extent.get(root, (row, column))
            extent[root] = (max(bottom, row), max(right, column))
        for root, (bottom, right) in sorted(extent.items()):
            row, column = divmod(root, self.columns)
            yield row, column, bottom - row + 1, right - column + 1

    def box(self, row: int, column: int, row_span: int, column_span: int) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of a cell, rounded to tenths of a point."""
        left, right = self._xs[column], self._xs[column + column_span]
        top, bottom = self._ys[self.rows - row], self._ys[self.rows - row - row_span]
        return (round(left, 1), round(bottom, 1), round(right, 1), round(top, 1))


def grids_of(page: pdfium.PdfPage) -> list[Grid]:
    """The page's grids from the top down; boxes of one cell are no tables and are left out."""
    horizontal, vertical = _strokes(page)
    if len(horizontal) + len(vertical) > _MOST_STROKES:
        return []
    grids: list[Grid] = []
    for rows, columns in _touching(horizontal, vertical):
        xs, ys = _snap([stroke[0] for stroke in columns]), _snap([stroke[0] for stroke in rows])
        if len(xs) > 2 and len(ys) >= 2:
            grids.append(Grid(rows, columns))
    return sorted(grids, key=lambda grid: -grid.top)


def _strokes(page: pdfium.PdfPage) -> tuple[list[Stroke], list[Stroke]]:
    """Horizontal strokes (y, left, right) and vertical ones (x, bottom, top), thin rectangles among them."""
    horizontal: list[Stroke] = []
    vertical: list[Stroke] = []

    def add(left: float, bottom: float, right: float, top: float) -> None:
        if right - left <= _THIN < top - bottom and top - bottom >= _SHORTEST:
            vertical.append(((left + right) / 2, bottom, top))
        elif top - bottom <= _THIN < right - left and right - left >= _SHORTEST:
            horizontal.append(((bottom + top) / 2, left, right))

    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        left, bottom, right, top = item.get_bounds()
        if right - left <= _THIN or top - bottom <= _THIN:
            add(left, bottom, right, top)
            continue
        matrix = item.get_matrix()
        for (x1, y1), (x2, y2) in _segments(item.raw):
            ax, ay = matrix.on_point(x1, y1)
            bx, by = matrix.on_point(x2, y2)
            add(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
    return horizontal, vertical


def _segments(path: object) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    start = here = (0.0, 0.0)
    for index in range(min(raw.FPDFPath_CountSegments(path), _MOST_STROKES)):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield here, point
        if raw.FPDFPathSegment_GetClose(segment):
            yield point, start
        here = point


def _snap(values: list[float]) -> list[float]:
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= _TOLERANCE:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _touching(horizontal: list[Stroke], vertical: list[Stroke]) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Groups of strokes that touch each other, so that two tables of a page stay two."""
    ordered = sorted(horizontal)
    heights = [stroke[0] for stroke in ordered]
    parent = list(range(len(ordered) + len(vertical)))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for number, (x, bottom, top) in enumerate(vertical, start=len(ordered)):
        first = bisect.bisect_left(heights, bottom - _TOLERANCE)
        last = bisect.bisect_right(heights, top + _TOLERANCE)
        for other in range(first, last):
            if ordered[other][1] - _TOLERANCE <= x <= ordered[other][2] + _TOLERANCE:
                parent[find(other)] = find(number)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for number, stroke in enumerate((*ordered, *vertical)):
        side = 0 if number < len(ordered) else 1
        groups.setdefault(find(number), ([], []))[side].append(stroke)
    return [group for group in groups.values() if group[0] and group[1]]
