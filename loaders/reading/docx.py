"""
Word documents (.docx, .docm, .dotx) to the cell model: a walk over WordprocessingML (ECMA-376 part 1, 17).

Kept: tracked insertions, content controls, automatic numbers, merged cells, text boxes, footnotes.
Left out: tracked deletions, hidden text, headers and footers, macros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from loaders.cells import Cell, Origin, Paragraph, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.archive import Archive
from loaders.reading.docx_numbering import Numbering, W

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Wrappers whose content is read as if they were not there.
_TRANSPARENT = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink")}
_GONE = {f"{W}{name}" for name in ("del", "moveFrom", "sdtPr", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr")}
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_COLUMNS = 256


def read_docx(content: bytes, *, file: str, sha256: str) -> SourceDocument:
    """
    Paragraphs and tables of a Word document in reading order, footnotes at the end with the style «footnote».

    A cell whose text holds a tracked insertion has the origin's revision «inserted».  A table inside a cell is text
    of that cell.  Pages count from the breaks that the writing program left; they are None where it left none.

    Raises:
        UnreadableDocumentError: damaged, protected or oversized files, or no document inside.
    """
    archive = Archive(content, file=file)
    body_root = archive.xml("word/document.xml")
    if body_root is None:
        raise UnreadableDocumentError("{file}: no Word document inside; save it as .docx and load that.", file=file)
    body = body_root.find(f"{W}body")
    if body is None:
        raise UnreadableDocumentError("{file}: the document has no body; save it as .docx and load that.", file=file)
    walk = _Walk(Numbering(archive.xml("word/numbering.xml"), archive.xml("word/styles.xml")))
    blocks = list(walk.blocks(body))
    notes_root = archive.xml("word/footnotes.xml")
    if notes_root is not None:
        blocks.extend(walk.footnotes(notes_root))
    notes = archive.macros()
    return SourceDocument(file=file, sha256=sha256, format="docx", blocks=tuple(blocks), notes=notes)


class _Walk:
    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._page = 1
        self._paged = False
        self._paragraphs = 0
        self._tables = 0
        self._inserted = False
        self._boxes: list[str] = []

    @property
    def page(self) -> int | None:
        return self._page if self._paged else None

    def blocks(self, parent: etree._Element) -> Iterator[Paragraph | Table]:
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{W}tbl":
                table = self._table(element)
                if table is not None:
                    yield table
            elif element.tag in _TRANSPARENT:
                yield from self.blocks(element)

    def _paragraph(self, element: etree._Element) -> Iterator[Paragraph]:
        page = self.page
        text = self._paragraph_text(element)
        for shown in (text, *self._take_boxes()):
            if shown.strip():
                self._paragraphs += 1
                yield Paragraph(shown, Origin(f"абзац {self._paragraphs}", page=page), _style(element))

    def footnotes(self, root: etree._Element) -> Iterator[Paragraph]:
        for note in root.iterfind(f"{W}footnote"):
            if note.get(f"{W}type") is not None:
                continue
            mark = note.get(f"{W}id", "").translate(_SUPERSCRIPT)
            text = "\n".join(self._paragraph_text(paragraph) for paragraph in note.iterfind(f"{W}p")).strip()
            if text:
                yield Paragraph(f"{mark} {text}", Origin(f"сноска {note.get(f'{W}id')}"), "footnote")

    # ------------------------------------------------------------------ text
    def _paragraph_text(self, element: etree._Element) -> str:
        label = self._numbering.label(element)
        pieces: list[str] = []
        self._gather(element, pieces)
        text = "".join(pieces)
        return f"{label} {text}".strip() if label else text.strip()

    def _gather(self, element: etree._Element, pieces: list[str]) -> None:
        for child in element:
            tag = child.tag
            if tag in _GONE or tag == _FALLBACK:
                continue
            if tag == f"{W}r":
                if not _hidden(child):
                    self._gather(child, pieces)
            elif tag in {f"{W}ins", f"{W}moveTo"}:
                before = len(pieces)
                self._gather(child, pieces)
                self._inserted |= any(piece.strip() for piece in pieces[before:])
            elif tag == f"{W}t":
                pieces.append(child.text or "")
            elif tag == f"{W}txbxContent":
                self._boxes.append("\n".join(self._paragraph_text(box) for box in child.iter(f"{W}p")))
            elif tag == f"{W}footnoteReference":
                pieces.append(child.get(f"{W}id", "").translate(_SUPERSCRIPT))
            elif tag in _SIGNS:
                pieces.append(_SIGNS[tag])
                self._count_page(child)
            elif tag == f"{W}lastRenderedPageBreak":
                self._page, self._paged = self._page + 1, True
            elif tag == f"{W}sym":
                pieces.append(_symbol(child))
            elif isinstance(tag, str):
                self._gather(child, pieces)

    def _count_page(self, element: etree._Element) -> None:
        # A rendered break follows a typed one; only the rendered one is counted where the program left any.
        if element.tag == f"{W}br" and element.get(f"{W}type") == "page" and not self._paged:
            self._page += 1

    def _take_boxes(self) -> tuple[str, ...]:
        boxes, self._boxes = tuple(self._boxes), []
        return boxes

    # ------------------------------------------------------------------ tables
    def _table(self, element: etree._Element) -> Table | None:
        self._tables += 1
        number = self._tables
        open_merges: dict[int, _Growing] = {}
        cells: list[_Growing] = []
        start_page = self.page
        row_number = 0
        for row in _rows(element):
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            row_number += 1
            column = 1 + _skipped(row, "gridBefore")
            for entry in _cells(row):
                span = max(1, _number(entry.find(f"{W}tcPr/{W}gridSpan"), 1))
                merge = entry.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(f"{W}val") in {None, "continue"} and column in open_merges:
                    above = open_merges[column]
                    above.row_span = row_number - above.row + 1
                    self._cell_text(entry)
                elif column <= _MOST_COLUMNS:
                    cell = self._cell(entry, number, row_number, column, span)
                    cells.append(cell)
                    if merge is not None:
                        open_merges[column] = cell
                    else:
                        open_merges.pop(column, None)
                column += span
        if not cells:
            return None
        return Table(number, tuple(cell.done() for cell in cells), Origin(f"таблица {number}", page=start_page))

    def _cell(self, entry: etree._Element, table: int, row: int, column: int, span: int) -> _Growing:
        page = self.page
        self._inserted = False
        text = self._cell_text(entry)
        origin = Origin(
            f"таблица {table}, строка {row}, столбец {column}",
            page=page,
            revision="inserted" if self._inserted else None,
        )
        return _Growing(row, column, text, origin, span)

    def _cell_text(self, entry: etree._Element) -> str:
        """Paragraphs of a cell, one a line; an inner table gives its cells' texts in order."""
        lines = [self._paragraph_text(paragraph) for paragraph in _paragraphs(entry)]
        return "\n".join((*lines, *self._take_boxes())).strip()


class _Growing:
    """A cell while its table is read: merged rows below lengthen it."""

    def __init__(self, row: int, column: int, text: str, origin: Origin, column_span: int) -> None:
        self.row = row
        self.row_span = 1
        self._column = column
        self._text = text
        self._origin = origin
        self._column_span = column_span

    def done(self) -> Cell:
        return Cell(self.row, self._column, self._text, self._origin, self.row_span, self._column_span)


_SIGNS: dict[str, Literal["\t", "\n", "-", ""]] = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "",
}


def _rows(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        if element.tag == f"{W}tr":
            yield element
        elif element.tag in _TRANSPARENT:
            yield from _rows(element)


def _cells(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        if element.tag == f"{W}tc":
            yield element
        elif element.tag in _TRANSPARENT:
            yield from _cells(element)


def _paragraphs(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        if element.tag == f"{W}p":
            yield element
        elif element.tag == f"{W}tbl":
            for row in _rows(element):
                for cell in _cells(row):
                    yield from _paragraphs(cell)
        elif element.tag in _TRANSPARENT:
            yield from _paragraphs(element)


def _hidden(run: etree._Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val") not in {"0", "false", "off"}


def _style(paragraph: etree._Element) -> str | None:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = "" if style is None else style.get(f"{W}val", "").lower()
    return "heading" if name.startswith(("heading", "заголовок", "title")) else None


def _number(element: etree._Element | None, default: int) -> int:
    value = "" if element is None else element.get(f"{W}val", "")
    return int(value) if value.isdecimal() else default


def _skipped(row: etree._Element, name: str) -> int:
    return _number(row.find(f"{W}trPr/{W}{name}"), 0)


def _symbol(element: etree._Element) -> str:
    """A symbol of a symbol font: those used as marks in tables, else a replacement sign that shows the loss."""
    code = int(element.get(f"{W}char", "0") or "0", 16) & 0xFF
    return {0xB7: "•", 0xFC: "✓", 0xFE: "☑", 0xA8: "☐", 0xD8: "➢", 0xA7: "▪", 0x2D: "-", 0x96: "–"}.get(code, "�")
