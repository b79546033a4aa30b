"""A described roadmap as OpenDocument text (.odt) or spreadsheet (.ods)."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

from bench.corpus.model import Document, plain
from bench.corpus.physical import Part, PhysicalCell
from bench.corpus.writers.blocks import Footnote, PageEnd, Sheet, TablePart, Text, set_blocks
from bench.corpus.writers.packing import packed

_NAMESPACES: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table", "style")
)
_MANIFEST: Final = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_NOTE: Final = re.compile(r"\[\^(\d)\]")


def write_odt(document: Document) -> bytes:
    """The bytes of an .odt file; footnotes stand at their marks."""
    notes = {block.mark: block.text for block in set_blocks(document, keep_pages=True) if isinstance(block, Footnote)}
    body: list[str] = []
    tables = 0
    for block in set_blocks(document, keep_pages=True):
        match block:
            case Text(text, _, heading):
                tag = "text:h" if heading else "text:p"
                body.append(f"<{tag}>{_inline(text, notes)}</{tag}>")
            case TablePart(part):
                tables += 1
                body.append(_table(part, f"Таблица{tables}", notes))
            case PageEnd():
                body.append("<text:p><text:soft-page-break/></text:p>")
            case _:
                pass
    return _packed("application/vnd.oasis.opendocument.text", f"<office:text>{''.join(body)}</office:text>")


def write_ods(document: Document) -> bytes:
    """The bytes of an .ods file: one sheet, or those that the description names; prose stands above the tables."""
    sheets: list[tuple[str, list[str]]] = []
    for block in set_blocks(document, keep_pages=False):
        if isinstance(block, Sheet):
            sheets.append((block.name, []))
            continue
        if not sheets:
            sheets.append(("Лист1", []))
        rows = sheets[-1][1]
        if isinstance(block, Text):
            rows.append(f"<table:table-row>{_ods_cell(PhysicalCell(0, block.text))}</table:table-row>")
        elif isinstance(block, TablePart):
            rows.extend(_rows(block.part, {}, spreadsheet=True))
    made = "".join(f'<table:table table:name="{escape(name)}">{"".join(rows)}</table:table>' for name, rows in sheets)
    return _packed("application/vnd.oasis.opendocument.spreadsheet", f"<office:spreadsheet>{made}</office:spreadsheet>")


def _packed(kind: str, body: str) -> bytes:
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:body>{body}</office:body></office:document-content>"
    )
    return packed(
        {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": _MANIFEST.format(kind=kind)},
        stored_first=True,
    )


def _table(part: Part, name: str, notes: dict[int, str]) -> str:
    head = [row for row in part.rows if row.is_head]
    made = _rows(part, notes, spreadsheet=False)
    columns = f'<table:table-column table:number-columns-repeated="{part.width}"/>'
    header = f"<table:table-header-rows>{''.join(made[: len(head)])}</table:table-header-rows>" if head else ""
    return f'<table:table table:name="{name}">{columns}{header}{"".join(made[len(head) :])}</table:table>'


def _rows(part: Part, notes: dict[int, str], *, spreadsheet: bool) -> list[str]:
    covered: set[tuple[int, int]] = set()
    made: list[str] = []
    for at, row in enumerate(part.rows):
        by_column = {cell.column: cell for cell in row.cells}
        cells: list[str] = []
        for column in range(part.width):
            cell = by_column.get(column)
            if (at, column) in covered:
                cells.append("<table:covered-table-cell/>")
            elif cell is None:
                cells.append("<table:table-cell/>")
            else:
                covered |= {(at + down, column + right) for down in range(cell.rows) for right in range(cell.cols)}
                cells.append(_ods_cell(cell) if spreadsheet else _odt_cell(cell, notes))
        made.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return made


def _spans(cell: PhysicalCell) -> str:
    found = f' table:number-columns-spanned="{cell.cols}"' if cell.cols > 1 else ""
    return found + (f' table:number-rows-spanned="{cell.rows}"' if cell.rows > 1 else "")


def _odt_cell(cell: PhysicalCell, notes: dict[int, str]) -> str:
    lines = "".join(f"<text:p>{_inline(line, notes)}</text:p>" for line in cell.text.split("\n"))
    return f'<table:table-cell{_spans(cell)} office:value-type="string">{lines}</table:table-cell>'


def _ods_cell(cell: PhysicalCell) -> str:
    text = plain(cell.text)
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    date = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", text)
    if cell.typed and date:
        kind = f'office:value-type="date" office:date-value="{date[3]}-{date[2]}-{date[1]}"'
    elif cell.typed and re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        kind = f'office:value-type="float" office:value="{text.replace(",", ".")}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell{_spans(cell)} {kind}>{lines}</table:table-cell>"


def _inline(text: str, notes: dict[int, str]) -> str:
    made: list[str] = []
    at = 0
    for found in _NOTE.finditer(text):
        made.append(escape(plain(text[at : found.start()])))
        mark = int(found[1])
        made.append(
            f'<text:note text:note-class="footnote"><text:note-citation>{mark}</text:note-citation>'
            f"<text:note-body><text:p>{escape(notes.get(mark, ''))}</text:p></text:note-body></text:note>"
        )
        at = found.end()
    return "".join(made) + escape(plain(text[at:]))
