"""Made-up tables for the layout tests."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.cells import Cell, Origin, Paragraph, Table
from loaders.layout.logical_row import LogicalRow, TableRows
from loaders.layout.rows import logical_rows
from loaders.layout.tables import LogicalTable, logical_tables

HEAD = ["№ п/п", "Мероприятие", "Срок", "Ответственный", "Результат"]


def table(rows: Sequence[Sequence[str]], *, number: int = 1, first_line: int = 1) -> Table:
    """One line a row; lines count on from `first_line`, so that parts of a table can follow each other."""
    cells = tuple(
        Cell(row, column, text, _origin(first_line + row - 1, column))
        for row, texts in enumerate(rows, start=1)
        for column, text in enumerate(texts, start=1)
    )
    return Table(number, cells, _origin(first_line, 1))


def paragraph(text: str, *, line: int = 1, style: str | None = None) -> Paragraph:
    return Paragraph(text, _origin(line, 1), style)


def only_table(*blocks: Table | Paragraph) -> LogicalTable:
    tables, _ = logical_tables(blocks)
    assert len(tables) == 1
    return tables[0]


def read(*blocks: Table | Paragraph) -> TableRows:
    return logical_rows(only_table(*blocks))


def entries(*blocks: Table | Paragraph) -> list[LogicalRow]:
    return read(*blocks).rows


def _origin(line: int, column: int) -> Origin:
    return Origin(f"строка {line}, столбец {column}", first_line=line, last_line=line, start=0, end=0)
