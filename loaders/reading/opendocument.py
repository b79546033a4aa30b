"""OpenDocument texts (.odt) to the cell model: a walk over the content (OpenDocument 1.3 part 3, 5 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders.cells import Cell, Origin, Paragraph, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.archive import Archive
from loaders.reading.bounds import too_large
from loaders.reading.opendocument_numbering import LABEL, label_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_GONE = {f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_TEXT}hidden-text"}
_TABLE_PARTS = {f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"}
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_REPEATS = 256


def read_odt(content: bytes, *, file: str, sha256: str) -> SourceDocument:
    """
    Paragraphs and tables of an OpenDocument text in reading order, footnotes at the end with the style «footnote».

    Tracked deletions, hidden text, comments and headers are left out; list paragraphs carry the number a reader sees.

    Raises:
        UnreadableDocumentError: damaged or protected files, no text document inside, or a row or cell with text
            that repeats without end.
    """
    archive = Archive(content, file=file)
    root = archive.xml("content.xml")
    body = None if root is None else root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise UnreadableDocumentError(
            "{file}: no OpenDocument text inside; save it as .odt or .docx and load that.", file=file
        )
    styles = archive.xml("styles.xml")
    label_items(body, styles, root)
    walk = _Walk(_hidden_styles(styles) | _hidden_styles(root), file)
    blocks = [*walk.blocks(body), *walk.footnotes]
    return SourceDocument(file=file, sha256=sha256, format="odt", blocks=tuple(blocks), notes=archive.macros())


def _hidden_styles(root: etree._Element | None) -> frozenset[str]:
    """The names of styles whose text is not shown."""
    found = () if root is None else root.iter(f"{_STYLE}style")
    return frozenset(
        style.get(f"{_STYLE}name", "")
        for style in found
        if any(shape.get(f"{_TEXT}display") == "none" for shape in style.iterfind(f"{_STYLE}text-properties"))
    )


class _Walk:
    def __init__(self, hidden: frozenset[str], file: str) -> None:
        self._hidden = hidden
        self._file = file
        self._paragraphs = 0
        self._tables = 0
        self.footnotes: list[Paragraph] = []

    def blocks(self, parent: etree._Element) -> Iterator[Paragraph | Table]:
        for element in parent:
            if element.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
                text = self._text(element).strip()
                if text:
                    self._paragraphs += 1
                    style = "heading" if element.tag == f"{_TEXT}h" else None
                    yield Paragraph(text, Origin(f"абзац {self._paragraphs}"), style)
            elif element.tag == f"{_TABLE}table":
                table = self._table(element)
                if table is not None:
                    yield table
            elif element.tag not in _GONE and isinstance(element.tag, str):
                yield from self.blocks(element)

    def _table(self, element: etree._Element) -> Table | None:
        self._tables += 1
        cells: list[Cell] = []
        row = 0
        for entry in _rows(element):
            for _ in range(self._repeated(entry, "number-rows-repeated")):
                row += 1
                cells.extend(self._row(entry, row))
        if not any(cell.text for cell in cells):
            return None
        return Table(self._tables, tuple(cells), Origin(f"таблица {self._tables}"))

    def _row(self, entry: etree._Element, row: int) -> Iterator[Cell]:
        column = 1
        for cell in entry:
            repeated = self._repeated(cell, "number-columns-repeated")
            if cell.tag == f"{_TABLE}table-cell":
                text = self._lines(cell)
                spans = (_attribute(cell, "number-rows-spanned"), _attribute(cell, "number-columns-spanned"))
                for offset in range(repeated):
                    at = column + offset
                    origin = Origin(f"таблица {self._tables}, строка {row}, столбец {at}")
                    yield Cell(row, at, text, origin, *spans)
            column += repeated

    def _repeated(self, element: etree._Element, name: str) -> int:
        """How often a row or cell stands there; empty repetitions at a table's edge run to the sheet's end."""
        count = _attribute(element, name)
        if count > _MOST_REPEATS and self._lines(element):
            rows = name == "number-rows-repeated"
            raise too_large(self._file, f"таблица {self._tables}", count if rows else 1, 1 if rows else count)
        return min(count, _MOST_REPEATS)

    def _lines(self, element: etree._Element) -> str:
        paragraphs = element.iter(f"{_TEXT}p", f"{_TEXT}h")
        shown = (child for child in paragraphs if not any(parent.tag in _GONE for parent in child.iterancestors()))
        return "\n".join(self._text(child) for child in shown).strip()

    def _text(self, element: etree._Element) -> str:
        if element.get(f"{_TEXT}style-name") in self._hidden:
            return ""
        label = element.get(LABEL)
        pieces = [f"{label} " if label else "", element.text or ""]
        for child in element:
            tag = child.tag
            if tag == f"{_TEXT}s":
                pieces.append(" " * min(int(child.get(f"{_TEXT}c", "1")), _MOST_REPEATS))
            elif tag == f"{_TEXT}tab":
                pieces.append("\t")
            elif tag == f"{_TEXT}line-break":
                pieces.append("\n")
            elif tag == f"{_TEXT}note":
                pieces.append(self._note(child))
            elif tag not in _GONE and tag != f"{_DRAW}frame" and isinstance(tag, str):
                pieces.append(self._text(child))
            pieces.append(child.tail or "")
        return "".join(pieces)

    def _note(self, note: etree._Element) -> str:
        citation = note.find(f"{_TEXT}note-citation")
        body = note.find(f"{_TEXT}note-body")
        mark = ("" if citation is None else self._text(citation)).translate(_SUPERSCRIPT)
        if body is not None:
            text = " ".join(self._text(part) for part in body.iter(f"{_TEXT}p"))
            self.footnotes.append(Paragraph(f"{mark} {text}", Origin(f"сноска {mark}"), "footnote"))
        return mark


def _rows(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in _TABLE_PARTS:
            yield from _rows(child)


def _attribute(element: etree._Element, name: str) -> int:
    value = element.get(f"{_TABLE}{name}", "1")
    return max(1, int(value)) if value.isdecimal() else 1
