"""A physical table as rows of columns, merged cells laid out over the rows and columns that they cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.layout.joining import flow

if TYPE_CHECKING:
    from loaders.cells import Cell, Table


@dataclass(frozen=True, slots=True)
class GridCell:
    """
    What stands at one row and column; `text` has its wrapped lines joined.

    `covered` tells that the cell begins in a row above; `spread` that it begins in a column to the left.
    """

    cell: Cell
    text: str
    covered: bool = False
    spread: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """`index` counts the rows of the physical table from 1; `cells` are by column from 1, absent ones left out."""

    index: int
    cells: dict[int, GridCell]

    def text(self, column: int) -> str:
        """The text that begins or runs on in a column; a cell spread from the left counts in its first column only."""
        found = self.cells.get(column)
        return "" if found is None or found.spread else found.text

    def own_text(self, column: int) -> str:
        """The text that begins in this row and column."""
        found = self.cells.get(column)
        return "" if found is None or found.spread or found.covered else found.text

    @property
    def filled(self) -> list[int]:
        """Columns in which a text of this row begins."""
        return [column for column in sorted(self.cells) if self.own_text(column)]

    def spans(self, column: int) -> int:
        found = self.cells.get(column)
        return 1 if found is None else found.cell.column_span


def grid_rows(table: Table) -> list[GridRow]:
    """All rows of a physical table, empty ones included."""
    rows: list[GridRow] = [GridRow(index, {}) for index in range(1, table.rows + 1)]
    for cell in table.cells:
        text = flow(cell.text)
        for row in range(cell.row, cell.row + cell.row_span):
            for column in range(cell.column, cell.column + cell.column_span):
                rows[row - 1].cells.setdefault(
                    column,
                    GridCell(cell, text, covered=row > cell.row, spread=column > cell.column),
                )
    return rows
