"""
Plain text to the cell model.

Three layouts of tables are known, and a file may hold all of them: cells of a row parted by tabs,
one cell a line (each line starts with a tab, a blank line parts the rows), and quoted or piped columns.
Which one a table has is read from its first lines, never from the whole file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.cells import Cell, Origin, Paragraph, Table
from loaders.reading.delimited import delimited_cells, find_delimiter
from loaders.reading.markup import is_strong, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_CELL_LINE = re.compile(r"[ \u00a0]*\t[^\t]*")
_FILLED_CELL_LINE = re.compile(r"[ \u00a0]*\t[^\t]*\S[^\t]*")
_RULE = re.compile(r"[\s\-=+_|:─━┼├┤┬┴┌┐└┘│]+")
_PIPES = re.compile(r"\s*[|│]|[^|│]+[|│][^|│]+[|│]")
_LONGEST_LABEL = 120
_SHORTEST_HEAD = 3


@dataclass(frozen=True, slots=True)
class Line:
    """`start` and `end` are offsets of the line's text without its line break; `page` counts form feeds."""

    number: int
    start: int
    end: int
    text: str
    page: int | None

    @property
    def blank(self) -> bool:
        return not self.text.strip("\ufeff \t\u00a0\f")

    @property
    def fields(self) -> list[str]:
        return self.text.split("\t")


@dataclass(slots=True)
class _OpenCell:
    first: int
    last: int
    start: int
    end: int
    page: int | None
    parts: list[str]
    address: str

    def cell(self, row: int, column: int) -> Cell:
        origin = Origin(
            self.address,
            page=self.page,
            first_line=self.first,
            last_line=self.last,
            start=self.start,
            end=self.end,
        )
        return Cell(row, column, plain("\n".join(self.parts)), origin)


def read_text(text: str, *, delimited: bool = False) -> tuple[Paragraph | Table, ...]:
    """
    Paragraphs and tables of a decoded text file in reading order.

    Every cell keeps its lines (from 1) and its character offsets (from 0) in `text`; marks such as `<p>` and `**`
    are removed from the text but not from the offsets.  A blank line or a paragraph inside a table ends the physical
    table: joining the parts is the layout's work.  With `delimited` the text is read as CSV.
    """
    if delimited:
        delimiter = find_delimiter(text)
        cells = tuple(delimited_cells(text, delimiter))
        if cells:
            return (Table(1, cells, _span(cells)),)
    return tuple(_Reader(text).blocks())


def lines_of(text: str) -> list[Line]:
    """The lines of a text with their offsets; only real line breaks end a line."""
    lines: list[Line] = []
    page = 1 if "\f" in text else None
    for number, found in enumerate(re.finditer(r"([^\r\n]*)(\r\n|\r|\n|\Z)", text), start=1):
        if found.start() == len(text) and number > 1:
            break
        if page is not None:
            page += found[1].count("\f")
        lines.append(Line(number, found.start(1), found.end(1), found[1], page))
    return lines


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = lines_of(text)
        self._tables = 0
        self._cell_lines_width: int | None = None

    def blocks(self) -> Iterator[Paragraph | Table]:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            if line.blank:
                at += 1
            elif (width := self._cell_line_head(at)) is not None:
                self._cell_lines_width = width
                table, at = self._cell_line_table(at, width)
                yield table
            elif self._cell_lines_width is not None and _CELL_LINE.fullmatch(line.text):
                table, at = self._cell_line_table(at, self._cell_lines_width)
                yield table
            elif _is_row(line):
                rows, at = self._tab_table(at)
                if rows is not None:
                    yield rows
            elif self._is_piped(at):
                table, at = self._piped_table(at)
                yield table
            elif _RULE.fullmatch(line.text):
                at += 1
            else:
                paragraph, at = self._paragraph(at)
                if paragraph.text:
                    yield paragraph

    # One cell a line

    def _cell_line_head(self, at: int) -> int | None:
        """
        The number of columns if a head of the one-cell-a-line layout starts here.

        A head is a run of short lines, each one cell, and the row after it has as many cells.
        """
        width = 0
        while at + width < len(self._lines) and _FILLED_CELL_LINE.fullmatch(self._lines[at + width].text):
            if len(self._lines[at + width].text) > _LONGEST_LABEL:
                return None
            width += 1
        after = at + width
        if width < _SHORTEST_HEAD or (after < len(self._lines) and self._lines[after].text.strip(" \u00a0")):
            return None
        while after < len(self._lines) and not self._lines[after].text.strip(" \u00a0"):
            after += 1
        cells = 0
        while after < len(self._lines) and cells < width and "\t" in self._lines[after].text:
            if not _CELL_LINE.fullmatch(self._lines[after].text):
                return None
            cells += 1
            after += 1
        # The rows of the body may hold cells of several lines, so a few aligned cells are proof enough.
        return width if cells >= min(width, _SHORTEST_HEAD) else None

    def _cell_line_table(self, at: int, width: int) -> tuple[Table, int]:
        """One table until a paragraph that no open cell can claim; rows with missing leading cells align right."""
        chunks: list[list[_OpenCell]] = [[]]
        after_blank = False
        while at < len(self._lines):
            line = self._lines[at]
            if not line.text.strip(" \u00a0\f"):
                after_blank = True
            elif "\t" in line.text:
                before, *cells = line.fields
                if before.strip(" \u00a0") and chunks[-1]:
                    _extend(chunks[-1][-1], line, before)
                for order, text in enumerate(cells):
                    if (after_blank or len(chunks[-1]) >= width) and chunks[-1]:
                        chunks.append([])
                        after_blank = False
                    chunks[-1].append(_open_cell(line, text, order, len(cells)))
                after_blank = False
            elif chunks[-1] and not (after_blank and len(chunks[-1]) >= width and not _continues(line.text)):
                _extend(chunks[-1][-1], line, line.text)
                after_blank = False
            else:
                break
            at += 1
        rows = _rejoined(chunks, width)
        cells_ = tuple(
            open_cell.cell(row, max(width - len(chunk), 0) + column)
            for row, chunk in enumerate(rows, start=1)
            for column, open_cell in enumerate(chunk, start=1)
        )
        return self._table(cells_), at

    # Cells parted by tabs

    def _tab_table(self, at: int) -> tuple[Table | None, int]:
        rows: list[list[_OpenCell]] = []
        width = len(self._lines[at].fields)
        while at < len(self._lines) and self._lines[at].text.strip(" \u00a0\f"):
            line = self._lines[at]
            fields = line.fields
            if rows and len(rows[-1]) < width and len(rows[-1]) + len(fields) - 1 <= width and _goes_on(line):
                _extend(rows[-1][-1], line, fields[0])
                rows[-1].extend(_tab_cells(line, skip=1))
            elif _RULE.fullmatch(line.text):
                pass
            elif len(fields) > 1 and (_is_row(line) or len(fields) >= width):
                rows.append(_tab_cells(line))
            else:
                break
            at += 1
        cells = tuple(
            open_cell.cell(row, column)
            for row, row_cells in enumerate(rows, start=1)
            for column, open_cell in enumerate(row_cells, start=1)
        )
        return (self._table(cells) if cells else None), at

    # Columns parted by pipes

    def _is_piped(self, at: int) -> bool:
        """Two lines with as many pipes each, or a pipe line under or over a rule."""
        if not _PIPES.match(self._lines[at].text) and not _RULE.fullmatch(self._lines[at].text):
            return False
        here = [line.text for line in self._lines[at : at + 4]]
        piped = [text for text in here if text.count("|") + text.count("│") >= 2]
        return len(piped) >= 2

    def _piped_table(self, at: int) -> tuple[Table, int]:
        """A rule after every row makes cells of several lines; a single rule under the head does not."""
        end = at
        while end < len(self._lines) and (
            "|" in self._lines[end].text or "│" in self._lines[end].text or _RULE.fullmatch(self._lines[end].text)
        ):
            if self._lines[end].blank:
                break
            end += 1
        lines = self._lines[at:end]
        ruled = sum(bool(_RULE.fullmatch(line.text)) for line in lines) > 2
        rows: list[list[_OpenCell]] = []
        new_row = True
        for line in lines:
            if _RULE.fullmatch(line.text) and not re.fullmatch(r"[|│\s]+", line.text):
                new_row = True
                continue
            cells = _piped_cells(line)
            if ruled and not new_row and rows and len(rows[-1]) == len(cells):
                for cell, part in zip(rows[-1], cells, strict=True):
                    if part.parts[0].strip():
                        cell.parts.extend(part.parts)
                    cell.last, cell.end = part.last, part.end
            else:
                rows.append(cells)
            new_row = False
        return self._table(
            tuple(
                open_cell.cell(row, column)
                for row, row_cells in enumerate(rows, start=1)
                for column, open_cell in enumerate(row_cells, start=1)
            )
        ), end

    # Prose

    def _paragraph(self, at: int) -> tuple[Paragraph, int]:
        """One line, or several if a pair of strong marks spans them."""
        end = at
        if self._lines[at].text.lstrip().startswith("**") and self._lines[at].text.count("**") % 2:
            while end + 1 < len(self._lines) and not self._lines[end + 1].blank:
                end += 1
                if self._lines[end].text.count("**") % 2:
                    break
            else:
                end = at
        first, last = self._lines[at], self._lines[end]
        raw = self._text[first.start : last.end]
        origin = Origin(
            f"строка {first.number}" if first is last else f"строки {first.number}–{last.number}",
            page=first.page,
            first_line=first.number,
            last_line=last.number,
            start=first.start,
            end=last.end,
        )
        style = "heading" if is_strong(raw) or re.match(r"\s*#{1,6}\s", raw) else None
        return Paragraph(plain(re.sub(r"^\s*#{1,6}\s+", "", raw)), origin, style), end + 1

    def _table(self, cells: tuple[Cell, ...]) -> Table:
        self._tables += 1
        return Table(self._tables, cells, _span(cells))


def _is_row(line: Line) -> bool:
    """A line with two filled cells, or with three cells of which one is filled; a mere indent is no row."""
    fields = line.fields
    filled = sum(bool(field.strip()) for field in fields)
    return filled >= 2 or (filled == 1 and len(fields) >= 3)


def _goes_on(line: Line) -> bool:
    """Whether a line inside a table is the rest of a cut cell, and not a row without its last cells."""
    return not _is_row(line) or _continues(line.text)


def _continues(text: str) -> bool:
    """Whether a line after a blank must belong to the cell before it: a list mark or a small letter."""
    return bool(re.match(r"\s*(?:[-–—•*]\s|[а-яёa-z])", text))


def _open_cell(line: Line, text: str, order: int, on_line: int) -> _OpenCell:
    before = sum(len(field) + 1 for field in line.fields[: order + 1])
    address = f"строка {line.number}" if on_line == 1 else f"строка {line.number}, ячейка {order + 1}"
    start = line.start + before
    return _OpenCell(line.number, line.number, start, start + len(text), line.page, [text], address)


def _tab_cells(line: Line, *, skip: int = 0) -> list[_OpenCell]:
    cells: list[_OpenCell] = []
    start = line.start
    for column, text in enumerate(line.fields, start=1):
        address = f"строка {line.number}, столбец {column}"
        cells.append(_OpenCell(line.number, line.number, start, start + len(text), line.page, [text], address))
        start += len(text) + 1
    return cells[skip:]


def _piped_cells(line: Line) -> list[_OpenCell]:
    opening = re.match(r"\s*[|│]?", line.text)
    at = opening.end() if opening else 0
    end = len(line.text.rstrip().removesuffix("|").removesuffix("│"))
    cells: list[_OpenCell] = []
    for column, text in enumerate(re.split(r"[|│]", line.text[at : max(at, end)]), start=1):
        address = f"строка {line.number}, столбец {column}"
        start = line.start + at
        cells.append(_OpenCell(line.number, line.number, start, start + len(text), line.page, [text], address))
        at += len(text) + 1
    return cells


def _extend(cell: _OpenCell, line: Line, text: str) -> None:
    cell.parts.append(text)
    cell.last, cell.end = line.number, line.start + len(text)


def _rejoined(chunks: list[list[_OpenCell]], width: int) -> list[list[_OpenCell]]:
    """Rows; two short chunks side by side that fill one row were parted by a blank line at the end of a cell."""
    rows: list[list[_OpenCell]] = []
    for chunk in chunks:
        if not chunk:
            continue
        if rows and len(rows[-1]) < width and len(rows[-1]) + len(chunk) == width:
            rows[-1].extend(chunk)
        else:
            rows.append(list(chunk))
    return rows


def _span(cells: tuple[Cell, ...]) -> Origin:
    first, last = cells[0].origin, cells[-1].origin
    return Origin(
        f"строки {first.first_line}–{last.last_line}",
        page=first.page,
        first_line=first.first_line,
        last_line=last.last_line,
        start=first.start,
        end=last.end,
    )
