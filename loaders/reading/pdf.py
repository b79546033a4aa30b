"""
PDF files with a text layer to the cell model: ruled lines give the grid, characters go to cells by their centre.

Where nothing is ruled, texts that stand in columns line after line make a table (`loaders.reading.pdf_columns`).

Coordinates are PDF points, y upward.  Scans are recognised and said so; they need OCR first.
"""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
from pypdfium2 import raw

from loaders.cells import Cell, Origin, Paragraph, Remark, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.broken_words import join_broken
from loaders.reading.pdf_columns import Columns, find_columns
from loaders.reading.pdf_rulings import Grid, grids_of
from ontology.language import is_word

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_PAGES = 2000
# Less text than this on a page that shows a picture is a stamp or a page number, not a text layer.
_FEW_CHARACTERS = 20
_MOST_UNMAPPED = 0.3
_LINE_END_HYPHENS = {0x02, 0xAD, 0xFFFE}
_MARGIN_BAND = 60.0
_BOLD_WEIGHT = 600
_LONGEST_FONT_NAME = 128
_WIDER_PITCH = 1.3
# Points by which lines set centred, or to the right, stand off the edge.
_SHIFT = 10.0
# A line of one word that leaves less room than this share of itself was filled to its edge.
_EDGE_SHARE = 0.35
# Least gap between two columns, in font sizes; blanks between words are about half as wide.
_GUTTER = 0.55


def read_pdf(content: bytes, *, file: str, sha256: str) -> SourceDocument:
    """
    Paragraphs and tables page by page; joining tables over pages is the layout's work.

    A line end inside a cell is kept only where the next word would still have fitted: other line ends are wraps.
    Addresses are «с. 3, таблица 1, строка 2, столбец 4»; every cell has its box.

    Raises:
        UnreadableDocumentError: damaged, protected, scanned, or with fonts that map to no letters.
    """
    try:
        document = pdfium.PdfDocument(content)
        pages = len(document)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableDocumentError(
                "{file}: protected by a password; save it without one and load that.", file=file
            ) from error
        raise UnreadableDocumentError(
            "{file}: the PDF is damaged or cut off; print it to PDF anew and load that.", file=file
        ) from error
    if pages > _MOST_PAGES:
        raise UnreadableDocumentError(
            "{file}: {pages} pages, at most {limit} are read; split the document.",
            file=file,
            pages=pages,
            limit=_MOST_PAGES,
        )
    blocks: list[Paragraph | Table] = []
    scanned: list[int] = []
    unmapped = characters = 0
    columns: list[tuple[float, float]] = []
    try:
        for number in range(1, pages + 1):
            page = _Page(document[number - 1], number, columns)
            columns = page.columns
            unmapped += page.unmapped
            characters += page.characters
            if page.characters < _FEW_CHARACTERS and page.has_picture:
                scanned.append(number)
            tables = sum(isinstance(block, Table) for block in blocks)
            blocks.extend(page.blocks(tables))
    except pdfium.PdfiumError as error:
        raise UnreadableDocumentError(
            "{file}: a page is damaged; print the file to PDF anew and load that.", file=file
        ) from error
    finally:
        document.close()
    if scanned and 2 * len(scanned) > pages:
        raise UnreadableDocumentError(
            "{file}: a scan without a text layer (pages {pages}); run text recognition (OCR) and load that.",
            file=file,
            pages=_ranges(scanned),
        )
    if unmapped > _MOST_UNMAPPED * max(characters, 1):
        raise UnreadableDocumentError(
            "{file}: the fonts do not say which letters they show; run text recognition (OCR) or load the original.",
            file=file,
        )
    notes = (Remark("scanned-pages", _ranges(scanned)),) if scanned else ()
    return SourceDocument(file=file, sha256=sha256, format="pdf", blocks=tuple(blocks), notes=notes)


def _ranges(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:8])
    return shown if len(numbers) <= 8 else f"{shown} …"


@dataclass(slots=True)
class _Line:
    """One printed line: its characters and its extent."""

    pieces: list[str] = field(default_factory=list)
    left: float = 1e9
    right: float = -1e9
    top: float = -1e9
    bottom: float = 1e9
    # The right end of the first word: what would have had to fit on the line before.
    first_word: float = -1e9
    hyphenated: bool = False
    bold: bool = False
    # Where the letters stand, whatever hangs below: the distance of base lines is the pitch of the lines.
    base: float = 0.0

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()

    def add(self, code: int, box: tuple[float, float, float, float], *, blank: bool) -> None:
        """One more character at `box`; `blank` tells that one stands before it."""
        if blank and self.pieces:
            self.pieces.append(" ")
            if self.first_word < -1e8:
                self.first_word = self.right
        self.hyphenated = code in _LINE_END_HYPHENS or code == 0x2D
        self.pieces.append("-" if code in _LINE_END_HYPHENS else chr(code))
        self.left, self.right = min(self.left, box[0]), max(self.right, box[2])
        self.top, self.bottom = max(self.top, box[3]), min(self.bottom, box[1])


class _Page:
    """`columns` are the extents of the unruled table that the page before ended with, then those of this page's."""

    def __init__(self, page: pdfium.PdfPage, number: int, columns: list[tuple[float, float]]) -> None:
        self._number = number
        self._height = page.get_height()
        self._grids = grids_of(page)
        self.has_picture = any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2))
        self.characters = 0
        self.unmapped = 0
        self._cells: dict[tuple[int, int, int], list[_Line]] = {}
        self._outside: list[_Line] = []
        # The same texts, parted where a gap is as wide as one between columns.
        self._runs: list[_Line] = []
        self._read_characters(page)
        self._unruled = find_columns([run for run in self._runs if run.text], before=columns)
        self.columns = self._unruled[-1].extents if self._unruled else []

    def _read_characters(self, page: pdfium.PdfPage) -> None:
        text_page = page.get_textpage()
        handle = text_page.raw
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        place: tuple[int, int, int] | None = None
        line: _Line | None = None
        run: _Line | None = None
        blank = False
        for index in range(text_page.count_chars()):
            code = raw.FPDFText_GetUnicode(handle, index)
            if code in {0x0D, 0x0A}:
                line, blank = None, False
                continue
            if code in {0x20, 0xA0, 0x09}:
                blank = True
                continue
            raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
            x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
            if code == 0 or not (left.value or right.value):
                continue
            self.characters += 1
            self.unmapped += code == 0xFFFD or 0xE000 <= code <= 0xF8FF
            here = self._place(x, y)
            if line is not None and (here != place or left.value < line.left - 1):
                line = None
            if line is None:
                line = _Line(bold=_is_bold(handle, index), base=_base_line(handle, index))
                (self._outside if here is None else self._cells.setdefault(here, [])).append(line)
                blank, run = False, None
            place = here
            box = (left.value, bottom.value, right.value, top.value)
            if here is None:
                if run is None or left.value - run.right > _GUTTER * raw.FPDFText_GetFontSize(handle, index):
                    run = _Line(bold=line.bold, base=line.base)
                    self._runs.append(run)
                run.add(code, box, blank=blank)
            line.add(code, box, blank=blank)
            blank = False

    def _place(self, x: float, y: float) -> tuple[int, int, int] | None:
        for number, grid in enumerate(self._grids):
            cell = grid.cell_at(x, y)
            if cell is not None:
                return (number, *cell)
        return None

    def blocks(self, tables_before: int) -> Iterator[Paragraph | Table]:
        """Tables and paragraphs from the top of the page down."""
        found: list[tuple[float, Paragraph | Table]] = []
        for number, grid in enumerate(self._grids):
            table = self._table(number, grid, tables_before + number + 1)
            if table is not None:
                found.append((grid.top, table))
        for order, columns in enumerate(self._unruled, len(self._grids) + 1):
            found.append(self._unruled_table(columns, order, tables_before + order))
        found.extend(self._paragraphs())
        for _, block in sorted(found, key=lambda entry: -entry[0]):
            yield block

    def _table(self, index: int, grid: Grid, number: int) -> Table | None:
        cells: list[Cell] = []
        for row, column, row_span, column_span in grid.cells():
            box = grid.box(row, column, row_span, column_span)
            text = _joined(self._cells.get((index, row, column), []), box[2])
            address = f"с. {self._number}, таблица {index + 1}, строка {row + 1}, столбец {column + 1}"
            origin = Origin(address, page=self._number, box=box)
            cells.append(Cell(row + 1, column + 1, text, origin, row_span, column_span))
        if not any(cell.text for cell in cells):
            return None
        return Table(number, tuple(cells), Origin(f"с. {self._number}, таблица {index + 1}", page=self._number))

    def _unruled_table(self, columns: Columns, order: int, number: int) -> tuple[float, Table]:
        name = f"с. {self._number}, таблица {order}"
        cells: list[Cell] = []
        for row, printed in enumerate(columns.rows, start=1):
            for column, runs in sorted(printed.cells.items()):
                lines = [run for run in runs if isinstance(run, _Line)]
                last = printed.spanning and column == max(printed.cells)
                edge = columns.extents[-1 if last else column][1]
                origin = Origin(f"{name}, строка {row}, столбец {column + 1}", page=self._number, box=_around(lines))
                span = len(columns.extents) - column if last else 1
                cells.append(Cell(row, column + 1, _joined(lines, edge), origin, 1, span))
            absent = () if printed.spanning else set(range(len(columns.extents))) - printed.cells.keys()
            for column in absent:
                origin = Origin(f"{name}, строка {row}, столбец {column + 1}", page=self._number)
                cells.append(Cell(row, column + 1, "", origin))
        cells.sort(key=lambda cell: (cell.row, cell.column))
        top = max(run.base for row in columns.rows for run in row.runs())
        return top, Table(number, tuple(cells), Origin(name, page=self._number))

    def _paragraphs(self) -> Iterator[tuple[float, Paragraph]]:
        bases = {run.base for table in self._unruled for row in table.rows for run in row.runs()}
        lines = [line for line in self._outside if line.text and line.base not in bases]
        area = (min((line.left for line in lines), default=0.0), max((line.right for line in lines), default=0.0))
        pitch = _usual_pitch(lines)
        group: list[_Line] = []
        count = 0
        for line in [*lines, None]:
            if group and (line is None or _ends_paragraph(group[-1], line, area, pitch)):
                count += 1
                text = _joined(group, area[1])
                box = _around(group)
                if not self._is_page_number(text, box):
                    origin = Origin(f"с. {self._number}, абзац {count}", page=self._number, box=box)
                    bold = all(part.bold for part in group)
                    yield box[3], Paragraph(text, origin, "heading" if bold else None)
                group = []
            if line is not None:
                group.append(line)

    def _is_page_number(self, text: str, box: tuple[float, float, float, float]) -> bool:
        at_edge = box[1] > self._height - _MARGIN_BAND or box[3] < _MARGIN_BAND
        return at_edge and text.strip("-– .").isdecimal()


def _around(lines: list[_Line]) -> tuple[float, float, float, float]:
    return (
        min(line.left for line in lines),
        min(line.bottom for line in lines),
        max(line.right for line in lines),
        max(line.top for line in lines),
    )


def _ends_paragraph(line: _Line, following: _Line, area: tuple[float, float], pitch: float) -> bool:
    """Whether a paragraph ends with a line; `area` is the left and right edge of the text of the page."""
    height = max(line.top - line.bottom, 1.0)
    gap = line.bottom - following.top
    apart = pitch > 0 and line.base - following.base > _WIDER_PITCH * pitch
    if apart or gap > height or gap < -2 * height or line.bold != following.bold or _fits(line, following, area[1]):
        return True
    left, right = area
    centred = line.left > left + _SHIFT and abs(line.left - left - (right - line.right)) < _SHIFT
    pushed = (
        line.right > right - _SHIFT / 2 and line.left > left + 8 * _SHIFT and abs(line.left - following.left) > _SHIFT
    )
    # Such a line leaves room on both sides; with all of it on one side the next word would have fitted.
    return (centred or pushed) and line.right - line.left + _first_word(following) + 0.3 * height < right - left - 6


def _usual_pitch(lines: list[_Line]) -> float:
    """The least distance of two base lines that follow each other, 0 if there are none: that inside a paragraph."""
    heights = [line.top - line.bottom for line in lines]
    least = 0.8 * max(heights, default=0.0)
    return min((d for a, b in itertools.pairwise(lines) if (d := a.base - b.base) >= least), default=0.0)


def _base_line(handle: object, index: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(handle, index, x, y)
    return y.value


def _is_bold(handle: object, index: int) -> bool:
    if raw.FPDFText_GetFontWeight(handle, index) >= _BOLD_WEIGHT:
        return True
    flags = ctypes.c_int()
    name = ctypes.create_string_buffer(_LONGEST_FONT_NAME)
    raw.FPDFText_GetFontInfo(handle, index, name, _LONGEST_FONT_NAME, flags)
    return b"bold" in name.value.lower()


def _fits(line: _Line, following: _Line, edge: float) -> bool:
    """Whether the next line's first word had room on this line: then somebody broke the line on purpose."""
    return line.right + _first_word(following) + 0.3 * (line.top - line.bottom) < edge - 6


def _first_word(line: _Line) -> float:
    """The width of a line's first word."""
    return (line.first_word if line.first_word > -1e8 else line.right) - line.left


def _joined(lines: list[_Line], edge: float) -> str:
    """The text of printed lines: wraps become blanks or vanish inside a word, real line ends stay."""
    shown = [line for line in lines if line.text]
    glued = _inside_words(shown, edge)
    pieces: list[str] = []
    for index, (line, following) in enumerate(itertools.zip_longest(shown, shown[1:])):
        text = line.text
        if following is None or index in glued:
            pieces.append(text)
        elif line.hyphenated or following.text[0] in ",.;:)»" or not _fits(line, following, edge):
            cut = line.hyphenated or following.text[0] in ",.;:)»" or following.text[0].isdecimal()
            pieces.append(join_broken(text, following.text) if cut else f"{text} ")
        else:
            pieces.append(f"{text}\n")
    return "".join(pieces).strip()


def _inside_words(lines: list[_Line], edge: float) -> set[int]:
    """
    The lines that end inside a word: a lone run of letters that fills its line and makes a word with the next ones.

    A column narrower than a word breaks it without a hyphen, a long word even twice.
    """
    full = [" " not in line.text and edge - line.right < _EDGE_SHARE * (line.right - line.left) for line in lines]
    glued: set[int] = set()
    for first in range(len(lines)):
        for length in (4, 3, 2):
            run = range(first, first + length - 1)
            if first + length <= len(lines) and first not in glued and all(full[index] for index in run):
                head, *middle = (lines[index].text for index in run)
                # «научно-методическо» breaks inside its last part.
                word = head[max(head.rfind("-"), head.rfind("(")) + 1 :] + "".join(middle)
                word += _leading_letters(lines[first + length - 1].text)
                if word.isalpha() and is_word(word):
                    glued.update(run)
                    break
    return glued


def _leading_letters(text: str) -> str:
    return "".join(itertools.takewhile(str.isalpha, text))
