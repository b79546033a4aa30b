"""Rich text (.rtf) to the cell model, through striprtf; cells and rows are marked before the rest is stripped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from striprtf.striprtf import rtf_to_text

from loaders.cells import Cell, Origin, Paragraph, SourceDocument, Table, UnreadableDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Private-use letters stand for the ends of cells and rows: the library would write a sign that texts hold too.
_CELL, _ROW = "\ue000", "\ue001"
_CELL_END = re.compile(rb"\\(?:nest)?cell(?![a-z])\s?")
_ROW_END = re.compile(rb"\\(?:nest)?row(?![a-z])\s?")


def read_rtf(content: bytes, *, file: str, sha256: str) -> SourceDocument:
    """
    Paragraphs and tables of a rich text file in reading order; merged cells count as single ones.

    Raises:
        UnreadableDocumentError: damaged files.
    """
    marked = _ROW_END.sub(rb"{\\uc0\\u-8191 }", _CELL_END.sub(rb"{\\uc0\\u-8192 }", content))
    try:
        text: str = rtf_to_text(  # type: ignore[no-untyped-call]
            marked.decode("latin-1"), encoding="cp1251", errors="replace"
        )
    except (ValueError, IndexError, KeyError, UnicodeError) as error:
        raise UnreadableDocumentError(
            "{file}: the rich text is damaged; open it in an office program, save it as .docx and load that.", file=file
        ) from error
    return SourceDocument(file=file, sha256=sha256, format="rtf", blocks=tuple(_blocks(text)))


def _blocks(text: str) -> Iterator[Paragraph | Table]:
    paragraphs = tables = 0
    rows: list[list[str]] = []
    for piece in text.split(_ROW):
        *cells, after = piece.split(_CELL)
        # Text before the first cell of a table's first row is prose but for its last line.
        prose, cells[:1] = _lead(cells[0]) if cells and not rows else ("", cells[:1])
        if not cells:
            prose = after
        if rows and not cells:
            tables += 1
            yield _table(rows, tables)
            rows = []
        for line in prose.split("\n"):
            if line.strip():
                paragraphs += 1
                yield Paragraph(line.strip(), Origin(f"абзац {paragraphs}"))
        if cells:
            rows.append([cell.strip() for cell in cells])
    if rows:
        yield _table(rows, tables + 1)


def _lead(first: str) -> tuple[str, list[str]]:
    """Paragraphs before a table, and its first cell: only the last line can be the cell."""
    lead, _, cell = first.rpartition("\n")
    return lead, [cell]


def _table(rows: list[list[str]], number: int) -> Table:
    cells = tuple(
        Cell(row, column, text, Origin(f"таблица {number}, строка {row}, столбец {column}"))
        for row, texts in enumerate(rows, start=1)
        for column, text in enumerate(texts, start=1)
    )
    return Table(number, cells, Origin(f"таблица {number}"))
