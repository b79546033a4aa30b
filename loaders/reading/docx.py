"""
Word documents (.docx, .docm, .dotx) to the cell model: a walk over WordprocessingML (ECMA-376 part 1, 17).

Kept: tracked insertions, content controls, automatic numbers, merged cells, text boxes, footnotes.
Left out: tracked deletions, hidden text, headers and footers, macros.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from loaders.cells import Cell, Origin, Paragraph, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.archive import Archive
from loaders.reading.docx_numbering import Numbering, W

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Wrappers whose content is read as if they were not there.
_TRANSPARENT = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink")}
_GONE = {f"{W}{name}" for name in ("del", "moveFrom", "sdtPr", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr")}
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROW, _CELL, _PARAGRAPH, _TABLE, _RUN, _TEXT = (f"{W}{name}" for name in ("tr", "tc", "p", "tbl", "r", "t"))
_CELL_PROPERTIES, _ROW_PROPERTIES, _VALUE = f"{W}tcPr", f"{W}trPr", f"{W}val"
_RUN_PROPERTIES, _VANISH = f"{W}rPr", f"{W}vanish"
_DELETED, _SKIPPED = f"{W}del", f"{W}gridBefore"
_SPAN, _MERGE, _BREAK, _RENDERED = f"{W}gridSpan", f"{W}vMerge", f"{W}br", f"{W}lastRenderedPageBreak"
_SIGNS: dict[str, Literal["\t", "\n", "-", ""]] = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "",
}
_LIST, _STYLE = f"{W}numPr", f"{W}pStyle"
_NUMBERING = {_LIST, _STYLE}
_OF_TABLES = (_ROW, _CELL, _PARAGRAPH, _TEXT, _SPAN, _MERGE, _SKIPPED, _LIST, _STYLE, _RENDERED, *_SIGNS)
# Where a document has none of these, the text of a paragraph is that of its runs.
_SPECIAL = (
    *(f"{W}{name}" for name in ("del", "ins", "moveFrom", "moveTo", "vanish", "txbxContent", "sym")),
    *(f"{W}footnoteReference", _FALLBACK),
)


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
    lists = archive.xml("word/numbering.xml")
    # Styles tell only which of them are numbered.
    numbering = Numbering(lists, None if lists is None else archive.xml("word/styles.xml"))
    notes_root = archive.xml("word/footnotes.xml")
    roots = [body] if notes_root is None else [body, notes_root]
    walk = _Walk(numbering, plain=not any(next(root.iter(*_SPECIAL), None) is not None for root in roots))
    blocks = list(walk.blocks(body))
    if notes_root is not None:
        blocks.extend(walk.footnotes(notes_root))
    notes = archive.macros()
    return SourceDocument(file=file, sha256=sha256, format="docx", blocks=tuple(blocks), notes=notes)


class _Walk:
    def __init__(self, numbering: Numbering, *, plain: bool) -> None:
        self._numbering = numbering
        self._plain = plain
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
        if self._plain:
            self._gather_plain(element, pieces)
        else:
            self._gather(element, pieces)
        text = "".join(pieces)
        return f"{label} {text}".strip() if label else text.strip()

    def _gather_plain(self, element: etree._Element, pieces: list[str]) -> None:
        """What `_gather` does, several times faster, for documents without any special element."""
        for child in element.iter(_TEXT, _RENDERED, *_SIGNS):
            if child.tag == _TEXT:
                pieces.append(child.text or "")
            else:
                self._add_sign(child, pieces)

    def _add_sign(self, element: etree._Element, pieces: list[str]) -> None:
        if element.tag == _RENDERED:
            self._page, self._paged = self._page + 1, True
        elif element.get(_VALUE) is None:
            # A tab with a value is a stop of the ruler, not a sign.
            pieces.append(_SIGNS[element.tag])
            self._count_page(element)

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
        open_merges: dict[int, int] = {}
        cells: list[Cell] = []
        start_page = self.page
        nested = next(itertools.islice(element.iter(_TABLE), 1, None), None) is not None
        rows = self._plain_rows(element) if self._plain and not nested else self._walked_rows(element)
        for row, (skipped, printed) in enumerate(rows, 1):
            column = 1 + skipped
            for cell in printed:
                if cell.merge == "continue" and column in open_merges:
                    at = open_merges[column]
                    cells[at] = replace(cells[at], row_span=row - cells[at].row + 1)
                else:
                    origin = Origin(
                        f"таблица {number}, строка {row}, столбец {column}",
                        page=cell.page,
                        revision="inserted" if cell.inserted else None,
                    )
                    cells.append(Cell(row, column, cell.text, origin, column_span=cell.span))
                    if cell.merge is not None:
                        open_merges[column] = len(cells) - 1
                    else:
                        open_merges.pop(column, None)
                column += cell.span
        if not cells:
            return None
        return Table(number, tuple(cells), Origin(f"таблица {number}", page=start_page))

    def _walked_rows(self, element: etree._Element) -> Iterator[tuple[int, list[_Printed]]]:
        """Each row that is not deleted: how many columns it leaves out at its start, and its cells."""
        for row in _rows(element):
            properties = _child(row, _ROW_PROPERTIES)
            if properties is not None and _child(properties, _DELETED) is not None:
                continue
            skipped = 0 if properties is None else _number(_child(properties, _SKIPPED), 0)
            yield skipped, [self._walked_cell(entry) for entry in _cells(row)]

    def _walked_cell(self, entry: etree._Element) -> _Printed:
        """Paragraphs of a cell, one a line; an inner table gives its cells' texts in order."""
        cell = _Printed(self.page)
        shape = _child(entry, _CELL_PROPERTIES)
        if shape is not None:
            cell.set_merge(_child(shape, _MERGE))
            cell.set_span(_child(shape, _SPAN))
        self._inserted = False
        lines = [self._paragraph_text(paragraph) for paragraph in _paragraphs(entry)]
        cell.text = "\n".join((*lines, *self._take_boxes())).strip()
        cell.inserted = self._inserted
        return cell

    def _plain_rows(self, element: etree._Element) -> Iterator[tuple[int, list[_Printed]]]:
        """The rows of a table without inner tables in a document without special elements, in one pass over it."""
        skipped, cells = 0, list[_Printed]()
        lines, pieces = list[str](), list[str]()
        paragraph: etree._Element | None = None
        listed = False

        def end_paragraph() -> None:
            if paragraph is not None:
                text = "".join(pieces)
                label = self._numbering.label(paragraph) if listed else ""
                lines.append(f"{label} {text}".strip() if label else text.strip())
                pieces.clear()

        def end_cell() -> None:
            end_paragraph()
            if cells:
                cells[-1].text = "\n".join(lines).strip()
                lines.clear()

        begun = False
        for child in element.iter(*_OF_TABLES):
            tag = child.tag
            if tag == _TEXT:
                pieces.append(child.text or "")
            elif tag == _PARAGRAPH:
                end_paragraph()
                paragraph, listed = child, False
            elif tag in _NUMBERING:
                listed = True
            elif tag == _CELL:
                end_cell()
                paragraph = None
                cells.append(_Printed(self.page))
            elif tag == _ROW:
                end_cell()
                paragraph = None
                if begun:
                    yield skipped, cells
                begun, skipped, cells = True, 0, []
            elif tag == _SPAN:
                cells[-1].set_span(child)
            elif tag == _MERGE:
                cells[-1].set_merge(child)
            elif tag == _SKIPPED:
                skipped = _number(child, 0)
            else:
                self._add_sign(child, pieces)
        end_cell()
        if begun:
            yield skipped, cells


class _Printed:
    """A cell as one row has it, its text yet to come."""

    __slots__ = ("inserted", "merge", "page", "span", "text")

    def __init__(self, page: int | None) -> None:
        self.text = ""
        self.span = 1
        self.merge: str | None = None
        self.page = page
        self.inserted = False

    def set_span(self, element: etree._Element | None) -> None:
        self.span = max(1, _number(element, 1))

    def set_merge(self, element: etree._Element | None) -> None:
        self.merge = None if element is None else element.get(_VALUE, "continue")


def _rows(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        if element.tag == _ROW:
            yield element
        elif element.tag in _TRANSPARENT:
            yield from _rows(element)


def _cells(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        if element.tag == _CELL:
            yield element
        elif element.tag in _TRANSPARENT:
            yield from _cells(element)


def _paragraphs(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        if element.tag == _PARAGRAPH:
            yield element
        elif element.tag == _TABLE:
            for row in _rows(element):
                for cell in _cells(row):
                    yield from _paragraphs(cell)
        elif element.tag in _TRANSPARENT:
            yield from _paragraphs(element)


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    """The first child with the tag; `find` does the same several times slower."""
    return next(element.iterchildren(tag), None)


def _hidden(run: etree._Element) -> bool:
    properties = _child(run, _RUN_PROPERTIES)
    vanish = None if properties is None else _child(properties, _VANISH)
    return vanish is not None and vanish.get(f"{W}val") not in {"0", "false", "off"}


def _style(paragraph: etree._Element) -> str | None:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = "" if style is None else style.get(f"{W}val", "").lower()
    return "heading" if name.startswith(("heading", "заголовок", "title")) else None


def _number(element: etree._Element | None, default: int) -> int:
    value = "" if element is None else element.get(f"{W}val", "")
    return int(value) if value.isdecimal() else default


def _symbol(element: etree._Element) -> str:
    """A symbol of a symbol font: those used as marks in tables, else a replacement sign that shows the loss."""
    code = int(element.get(f"{W}char", "0") or "0", 16) & 0xFF
    return {0xB7: "•", 0xFC: "✓", 0xFE: "☑", 0xA8: "☐", 0xD8: "➢", 0xA7: "▪", 0x2D: "-", 0x96: "–"}.get(code, "�")
