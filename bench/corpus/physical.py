"""A described table as physical parts: what a writer sets, page ends and cut rows included."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from bench.corpus.model import Item, Table

_SHORT: Final = 40


@dataclass(frozen=True, slots=True)
class PhysicalCell:
    """`column` counts from 0; `typed` tells that a spreadsheet holds a number or a date here, not a text."""

    column: int
    text: str
    cols: int = 1
    rows: int = 1
    typed: bool = False
    automatic: bool = False


@dataclass(slots=True)
class PhysicalRow:
    """`before` is how many first columns the row lacks; `is_head` that it may be printed anew on each page."""

    cells: list[PhysicalCell]
    is_head: bool = False
    before: int = 0


@dataclass(slots=True)
class Part:
    """
    A run of rows set as one table.

    `new_page` tells that a page ends before it, `repeat_head` that a writer with pages prints its head on each.
    """

    width: int
    rows: list[PhysicalRow] = field(default_factory=list)
    new_page: bool = False
    repeat_head: bool = True


def parts_of(table: Table, *, keep_pages: bool) -> list[Part | str]:
    """
    The parts of a table and the paragraphs between them, in order.

    Without `keep_pages` the pages are left to the program that shows the file: cut rows are whole, and the table is
    parted by paragraphs only.
    """
    return _Setting(table, keep_pages=keep_pages).done()


class _Setting:
    def __init__(self, table: Table, *, keep_pages: bool) -> None:
        self._table = table
        self._keep_pages = keep_pages
        self._width = len(table.columns)
        self._head = _head_rows(table)
        self._found: list[Part | str] = []
        self._part = Part(self._width, list(self._head), repeat_head=table.repeat_head)
        self._title: str | None = None

    def done(self) -> list[Part | str]:
        for item in self._table.items:
            self._add(item)
        self._close()
        return self._found

    def _close(self) -> None:
        if self._part.rows:
            self._found.append(self._part)

    def _break(self, *, head: bool) -> None:
        self._close()
        rows = list(self._head) if head else []
        self._part = Part(self._width, rows, new_page=True, repeat_head=self._table.repeat_head)

    def _add(self, item: Item) -> None:
        if item.page:
            if self._keep_pages:
                self._break(head=item.head)
        elif item.paragraph is not None:
            self._paragraph(item.paragraph)
        elif item.section is not None:
            self._section(item)
        elif item.note is not None:
            self._part.rows.append(PhysicalRow([PhysicalCell(0, item.note, cols=self._width)]))
        elif item.cells is not None:
            self._part.rows.append(PhysicalRow([PhysicalCell(at, text) for at, text in enumerate(item.cells)]))
        else:
            self._row(item)

    def _paragraph(self, text: str) -> None:
        self._close()
        self._found.append(text)
        self._part = Part(self._width)

    def _section(self, item: Item) -> None:
        title = f"{item.number} {item.section}" if item.number else item.section or ""
        match item.style or self._table.sections:
            case "span":
                self._part.rows.append(PhysicalRow([PhysicalCell(0, title, cols=self._width)]))
            case "first":
                blanks = [PhysicalCell(at, "") for at in range(1, self._width)]
                self._part.rows.append(PhysicalRow([PhysicalCell(0, title), *blanks]))
            case "numbered":
                number = PhysicalCell(0, item.number or "", automatic=self._table.automatic)
                cells = [number, PhysicalCell(1, item.section or "", cols=self._width - 1)]
                self._part.rows.append(PhysicalRow(cells))
            case "paragraph":
                self._paragraph(title)
            case "column":
                self._title = title

    def _row(self, item: Item) -> None:
        cells = [
            PhysicalCell(at, text, typed=name in self._table.typed, automatic=name == "row" and self._table.automatic)
            for at, name in enumerate(self._table.columns)
            if name != "section" and not (name in item.same and self._grow(at))
            for text in (_text(item, name, self._table.columns),)
        ]
        if item.cut is not None and self._keep_pages:
            self._put([replace(cell, text=_cut(cell, item.cut)[0]) for cell in cells], item)
            self._break(head=item.head)
            self._put([replace(cell, text=_cut(cell, item.cut)[1], automatic=False) for cell in cells], item)
        else:
            self._put(cells, item)

    def _put(self, cells: list[PhysicalCell], item: Item) -> None:
        if "section" in self._table.columns:
            self._put_section_cell(cells)
        cells = [cell for cell in cells if cell.column >= item.late]
        self._part.rows.append(PhysicalRow(sorted(cells, key=lambda cell: cell.column), before=item.late))

    def _grow(self, column: int) -> bool:
        """Lengthens the cell above by a row, if this part of the table has one."""
        for row in reversed(self._part.rows):
            for at, cell in enumerate(row.cells):
                if cell.column == column and not row.is_head:
                    row.cells[at] = replace(cell, rows=cell.rows + 1)
                    return True
        return False

    def _put_section_cell(self, cells: list[PhysicalCell]) -> None:
        """The open section's cell grows by a row; after a page end it is printed anew."""
        column = self._table.columns.index("section")
        for row in reversed(self._part.rows):
            found = next((at for at, cell in enumerate(row.cells) if cell.column == column), None)
            if row.is_head or (found is not None and row.cells[found].text != self._title):
                break
            if found is not None:
                row.cells[found] = replace(row.cells[found], rows=row.cells[found].rows + 1)
                return
        cells.append(PhysicalCell(column, self._title or ""))


def _head_rows(table: Table) -> list[PhysicalRow]:
    rows: list[PhysicalRow] = []
    taken: set[tuple[int, int]] = set()
    for at, labels in enumerate(table.head_cells()):
        cells: list[PhysicalCell] = []
        column = 0
        for label in labels:
            while (at, column) in taken:
                column += 1
            cells.append(PhysicalCell(column, label.text, label.cols, label.rows))
            taken |= {(at + down, column + right) for down in range(label.rows) for right in range(label.cols)}
            column += label.cols
        rows.append(PhysicalRow(cells, is_head=True))
    if table.numbers:
        cells = [PhysicalCell(at, str(at + 1), typed=bool(table.typed)) for at in range(len(table.columns))]
        rows.append(PhysicalRow(cells, is_head=True))
    return rows


def _text(item: Item, name: str, columns: tuple[str, ...]) -> str:
    if name in {"deadline", "deadline2"}:
        if isinstance(item.deadline, tuple):
            return item.deadline[name == "deadline2"]
        # One time over both columns stands in the first.
        return (item.deadline or "") if name == "deadline" else ""
    if name == "row" and "row" in columns:
        return item.row or ""
    found = getattr(item, name, None) if name in Item.model_fields else item.other.get(name)
    return found if isinstance(found, str) else ""


def _cut(cell: PhysicalCell, share: float) -> tuple[str, str]:
    """The text before and after a page end; short texts stand whole before it."""
    if len(cell.text) < _SHORT:
        return cell.text, ""
    words = cell.text.split(" ")
    at = max(1, round(len(words) * share))
    return " ".join(words[:at]), " ".join(words[at:])
