"""Web pages (.html, .htm, .mht text) to the cell model: text as shown, spans expanded, scripts left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from loaders.cells import Cell, Origin, Paragraph, Remark, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.archive import refuse_memory, too_deep
from loaders.reading.bounds import MOST_COLUMNS, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

_GONE = {"script", "style", "noscript", "template", "head", "del", "s", "strike", "svg", "iframe", "object", "nav"}
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "section", "article", "main", "header"}
_BLOCKS |= {"footer", "ul", "ol", "dl", "dt", "dd", "body", "html", "figure", "figcaption", "center", "form", "pre"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BLANKS = re.compile(r"[ \t\r\f\v\n]+")
# Longer spans are taken for these (HTML, 4.9.11).
_MOST_ROWS_SPANNED, _MOST_COLUMNS_SPANNED = 65534, 1000
_LABEL = "vekha-label"
# Inside a paragraph or a cell; a whole block that a script unfolds is read.
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def read_html(text: str, *, file: str, sha256: str, notes: tuple[Remark, ...] = ()) -> SourceDocument:
    """
    Paragraphs and tables of a web page in reading order; navigation, scripts, struck and hidden text are left out.

    A table inside a cell is text of that cell, unless the outer table only lays out the page.

    Raises:
        UnreadableDocumentError: no text in the page, elements nested without end, or a table wider than any roadmap.
    """
    # The text is decoded already; a <meta charset> of the original must not decode it again.
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        refuse_memory(parser)
        raise UnreadableDocumentError(
            "{file}: no text in the page; save the page again and load that.", file=file
        ) from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        # The parser leaves the rest of such a page out.
        raise too_deep(file)
    _label_items(root)
    walk = _Walk(file)
    return SourceDocument(file=file, sha256=sha256, format="html", blocks=tuple(walk.blocks(root)), notes=notes)


class _Walk:
    def __init__(self, file: str) -> None:
        self._file = file
        self._paragraphs = 0
        self._tables = 0

    def blocks(self, element: etree._Element) -> Iterator[Paragraph | Table]:
        pending: list[str] = [element.get(_LABEL, ""), _one_line(element.text)]
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in _GONE or not tag:
                pass
            elif tag == "table":
                yield from self._paragraph(pending, element)
                yield from self._table(child)
            elif tag in _BLOCKS or child.find(".//table") is not None:
                yield from self._paragraph(pending, element)
                yield from self.blocks(child)
            else:
                pending.append(_shown(child))
            pending.append(_one_line(child.tail))
        yield from self._paragraph(pending, element)

    def _paragraph(self, pending: list[str], parent: etree._Element) -> Iterator[Paragraph]:
        text = _lines("".join(pending))
        if text:
            self._paragraphs += 1
            style = "heading" if parent.tag in _HEADINGS else None
            yield Paragraph(text, Origin(f"абзац {self._paragraphs}"), style)
        pending.clear()

    def _table(self, element: etree._Element) -> Iterator[Paragraph | Table]:
        rows = list(_rows(element))
        inner = element.find(".//table") is not None
        if inner and max((len(_row_cells(row)) for row in rows), default=0) <= 2:
            for row in rows:
                for cell in _row_cells(row):
                    yield from self.blocks(cell)
            return
        self._tables += 1
        cells: list[Cell] = []
        # The last row that a cell above reaches down to, by column.
        reached: dict[int, int] = {}
        for number, row in enumerate(rows, start=1):
            column = 1
            for cell in _row_cells(row):
                while reached.get(column, 0) >= number:
                    column += 1
                text = _lines(_shown(cell))
                if column > MOST_COLUMNS:
                    # More cannot be placed in bounded time, for each cell may reach over a thousand columns.
                    if text:
                        raise too_large(self._file, f"таблица {self._tables}", number, column)
                    continue
                height = min(_span(cell, "rowspan", _MOST_ROWS_SPANNED), len(rows) - number + 1)
                width = _span(cell, "colspan", _MOST_COLUMNS_SPANNED)
                for covered in range(column, column + width if height > 1 else column):
                    reached[covered] = max(reached.get(covered, 0), number + height - 1)
                origin = Origin(f"таблица {self._tables}, строка {number}, столбец {column}")
                cells.append(Cell(number, column, text, origin, height, width))
                column += width
        if any(cell.text for cell in cells):
            yield Table(self._tables, tuple(cells), Origin(f"таблица {self._tables}"))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child)


def _row_cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if cell.tag in {"td", "th"}]


def _span(cell: etree._Element, name: str, most: int) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(1, int(value)), most) if value.isdecimal() and len(value) < 6 else 1


def _shown(element: etree._Element) -> str:
    """The text of an element as a browser shows it: blocks and <br> break lines, source line breaks do not."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in _GONE or not tag or _HIDDEN.search(element.get("style") or "") or element.get("hidden") is not None:
        return ""
    if tag == "br":
        return "\n"
    pieces = [element.get(_LABEL, ""), _one_line(element.text)]
    for child in element:
        pieces.extend((_shown(child), _one_line(child.tail)))
    text = "".join(pieces)
    if tag == "sup" and text.strip().isdecimal():
        return text.strip().translate(_SUPERSCRIPT)
    if tag in _BLOCKS or tag in {"tr", "table"}:
        return f"\n{text}\n"
    return f"{text} " if tag in {"td", "th"} else text


def _label_items(root: etree._Element) -> None:
    """Sets the attribute `_LABEL` («3. ») on the items of numbered lists (HTML 4.4.5); the tree is ours alone."""
    for numbered in root.iter("ol"):
        shape = numbered.get("type", "1")
        number = _integer(numbered.get("start"), 1) - 1
        for item in numbered.iterchildren("li"):
            number = _integer(item.get("value"), number + 1)
            if shape in {"a", "A"} and 0 < number <= 26:
                item.set(_LABEL, f"{chr(ord(shape) + number - 1)}. ")
            elif shape == "1":
                item.set(_LABEL, f"{number}. ")


def _integer(value: str | None, default: int) -> int:
    return int(value) if value is not None and value.strip().isdecimal() and len(value) < 7 else default


def _lines(text: str) -> str:
    return "\n".join(line for part in text.split("\n") if (line := _tidy(part)))


def _one_line(text: str | None) -> str:
    return _BLANKS.sub(" ", text or "")


def _tidy(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" \u00a0")
