"""A described roadmap as PDF with a text layer: rows cut by page ends, heads printed anew, rulings as lines."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.corpus.model import Document, plain
from bench.corpus.physical import PhysicalCell, PhysicalRow
from bench.corpus.writers.blocks import Footnote, PageEnd, TablePart, Text, set_blocks

_FONTS: Final = (Path("/usr/share/fonts/truetype/dejavu"), Path("/usr/share/fonts/dejavu"))
_REGULAR, _BOLD = "DejaVuSerif", "DejaVuSerif-Bold"
_SIZE: Final = 9.0
_LEADING: Final = 11.0
_PAD: Final = 3.0
_MARGIN: Final = 42.0
_FOOT: Final = 60.0
_SUPERSCRIPT: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
# A row is cut only where so many lines of it still fit.
_FEWEST_LINES: Final = 2


def write_pdf(document: Document) -> bytes:
    """
    The bytes of a .pdf file.

    Raises:
        FileNotFoundError: the DejaVu fonts are not installed.
    """
    folder = next((path for path in _FONTS if (path / f"{_REGULAR}.ttf").exists()), None)
    if folder is None:
        raise FileNotFoundError("the DejaVu fonts are not installed (package fonts-dejavu)")
    for name in (_REGULAR, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    return _Setter(document).done()


@dataclass(slots=True)
class _OpenCell:
    """A cell whose lines are still to be set; it reaches over the rows `first` to `last`."""

    first: int
    last: int
    left: float
    right: float
    lines: list[str]
    bold: bool = False


@dataclass(slots=True)
class _Slice:
    """The part of a row that stands on one page."""

    row: int
    height: float


@dataclass(slots=True)
class _Grid:
    cells: list[_OpenCell] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)


class _Setter:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._buffer = io.BytesIO()
        self._width, self._height = landscape(A4) if document.landscape else A4
        self._canvas = Canvas(self._buffer, pagesize=(self._width, self._height), invariant=1)
        self._canvas.setTitle(document.title)
        self._page = 1
        self._y = self._height - _MARGIN
        self._notes = {
            block.mark: block.text for block in set_blocks(document, keep_pages=False) if isinstance(block, Footnote)
        }
        self._printed: set[int] = set()
        self._due: list[int] = []

    def done(self) -> bytes:
        for block in set_blocks(self._document, keep_pages=False):
            match block:
                case Text():
                    self._text(block)
                case TablePart():
                    self._table(block)
                case PageEnd():
                    self._end_page()
                case _:
                    pass
        self._end_page()
        self._canvas.save()
        return self._buffer.getvalue()

    def _end_page(self) -> None:
        y = _FOOT
        for mark in self._due:
            for line in _wrapped(f"{_SUPERSCRIPT[mark]} {self._notes[mark]}", self._width - 2 * _MARGIN, _REGULAR):
                y -= _LEADING
                self._draw(_MARGIN, y, line, _REGULAR)
        self._due = []
        if self._page > 1:
            self._canvas.setFont(_REGULAR, _SIZE)
            self._canvas.drawCentredString(self._width / 2, self._height - 28, str(self._page))
        self._canvas.showPage()
        self._page += 1
        self._y = self._height - _MARGIN

    def _draw(self, x: float, y: float, line: str, font: str) -> None:
        self._canvas.setFont(font, _SIZE)
        self._canvas.drawString(x, y, line)

    def _text(self, block: Text) -> None:
        font = _BOLD if block.heading else _REGULAR
        width = self._width - 2 * _MARGIN
        # Approvals stand in the right third of the page.
        usual = 0.45 * width if block.align == "right" else width
        for paragraph in _shown(block.text).split("\n"):
            for line in _wrapped(paragraph, usual, font):
                if self._y - _LEADING < _FOOT:
                    self._end_page()
                self._y -= _LEADING
                room = width - pdfmetrics.stringWidth(line, font, _SIZE)
                x = {"left": _MARGIN, "center": _MARGIN + room / 2, "right": _MARGIN + width - usual}[block.align]
                self._draw(x, self._y, line, font)
        self._y -= _LEADING / 2

    # Tables

    def _table(self, block: TablePart) -> None:
        head = list(itertools.takewhile(lambda row: row.is_head, block.part.rows))
        head_grid = self._grid(head, block)
        whole = self._grid(block.part.rows, block)
        at = 0
        slices: list[_Slice] = []
        left = list(whole.heights)
        room = self._y - _FOOT
        while at < len(left):
            fits = left[at] <= room
            may_cut = at >= len(head) and room >= _FEWEST_LINES * _LEADING + 2 * _PAD
            if fits or may_cut:
                height = left[at] if fits else _whole_lines(room)
                slices.append(_Slice(at, height))
                room -= height
                left[at] = left[at] - height + (0 if fits else 2 * _PAD)
                if fits:
                    at += 1
                    continue
            if not slices and self._y >= self._height - _MARGIN - sum(head_grid.heights):
                slices.append(_Slice(at, room))
                left[at] -= room
            self._set(whole, slices, bordered=block.bordered)
            slices = []
            self._end_page()
            if block.part.repeat_head and head:
                again = self._grid(head, block)
                self._set(again, [_Slice(row, height) for row, height in enumerate(again.heights)], bordered=True)
            room = self._y - _FOOT
        self._set(whole, slices, bordered=block.bordered)
        self._y -= _LEADING

    def _grid(self, rows: list[PhysicalRow], block: TablePart) -> _Grid:
        scale = (self._width - 2 * _MARGIN) / sum(block.widths)
        edges = [_MARGIN]
        for width in block.widths:
            edges.append(edges[-1] + width * scale)
        grid = _Grid(heights=[_LEADING + 2 * _PAD] * len(rows))
        for at, row in enumerate(rows):
            for cell in row.cells:
                grid.cells.append(_open_cell(cell, at, edges, bold=row.is_head, last=len(rows) - 1))
        for opened in sorted(grid.cells, key=lambda found: found.last - found.first):
            needed = len(opened.lines) * _LEADING + 2 * _PAD
            missing = needed - sum(grid.heights[opened.first : opened.last + 1])
            if missing > 0:
                grid.heights[opened.last] += missing
        return grid

    def _set(self, grid: _Grid, slices: list[_Slice], *, bordered: bool) -> None:
        """Draws the cells of the slices and the lines that fit into them; the rest waits for the next page."""
        tops: dict[int, float] = {}
        bottoms: dict[int, float] = {}
        y = self._y
        for piece in slices:
            tops[piece.row] = y
            y -= piece.height
            bottoms[piece.row] = y
        for cell in grid.cells:
            here = [row for row in range(cell.first, cell.last + 1) if row in tops]
            if not here:
                continue
            top, bottom = tops[here[0]], bottoms[here[-1]]
            if bordered:
                self._canvas.rect(cell.left, bottom, cell.right - cell.left, top - bottom)
            fitting = int((top - bottom - 2 * _PAD + 0.1) / _LEADING)
            now, cell.lines = cell.lines[:fitting], cell.lines[fitting:]
            for order, line in enumerate(now, start=1):
                self._draw(cell.left + _PAD, top - _PAD - order * _LEADING + 2, line, _BOLD if cell.bold else _REGULAR)
                self._note_marks(line)
        self._y = y

    def _note_marks(self, line: str) -> None:
        for mark in self._notes:
            if _SUPERSCRIPT[mark] in line and mark not in self._printed:
                self._printed.add(mark)
                self._due.append(mark)


def _open_cell(cell: PhysicalCell, row: int, edges: list[float], *, bold: bool, last: int) -> _OpenCell:
    left, right = edges[cell.column], edges[cell.column + cell.cols]
    font = _BOLD if bold else _REGULAR
    lines = [line for part in _shown(cell.text).split("\n") for line in _wrapped(part, right - left - 2 * _PAD, font)]
    return _OpenCell(row, min(row + cell.rows - 1, last), left, right, lines, bold)


def _whole_lines(room: float) -> float:
    return int((room - 2 * _PAD) / _LEADING) * _LEADING + 2 * _PAD


def _shown(text: str) -> str:
    return plain(re.sub(r"\[\^(\d)\]", lambda found: _SUPERSCRIPT[int(found[1])], text))


def _wrapped(text: str, width: float, font: str) -> list[str]:
    """Lines no wider than `width`; a word that is wider alone is broken inside, as office programs do."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        rest = word
        while rest:
            tried = f"{line} {rest}" if line else rest
            if pdfmetrics.stringWidth(tried, font, _SIZE) <= width:
                line, rest = tried, ""
            elif line:
                lines.append(line)
                line = ""
            else:
                count = _fitting(rest, width, font)
                lines.append(rest[:count])
                rest = rest[count:]
    return [*lines, line] if line else lines


def _fitting(word: str, width: float, font: str) -> int:
    count = len(word)
    while count > 1 and pdfmetrics.stringWidth(word[:count], font, _SIZE) > width:
        count -= 1
    hyphen = word.rfind("-", 0, count) + 1
    return hyphen or count
