"""What no roadmap holds, whatever the format: endless texts and tables, and signs whose letters nobody knows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from loaders.cells import Paragraph, Remark, SourceDocument, Table, UnreadableDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loaders.cells import Cell

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 256
# A spreadsheet holds 32 767 in a cell; longer texts are no texts of a plan.
MOST_CHARACTERS: Final = 200_000
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
# Word writes signs of symbol fonts as their codes from U+F000 on; these are the bullets and ticks of tables.
_SYMBOLS: Final = {0xF02D: "-", 0xF0A7: "▪", 0xF0A8: "☐", 0xF0B7: "•", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0FE: "☑"}
_MOST_PRIVATE: Final = 0.3


def bounded(document: SourceDocument) -> SourceDocument:
    """
    The document, without the blank rows and columns that a table drags behind it beyond any size.

    Signs of symbol fonts are those that they show; other private-use signs stay and are remarked.

    Raises:
        UnreadableDocumentError: a text is longer, or a table larger, than any of a roadmap; or a third of the signs are
            of fonts that do not say which letters they show.
    """
    blocks = [_fitting(block, document.file) if isinstance(block, Table) else block for block in document.blocks]
    texts = [
        text
        for block in blocks
        for text in ([cell.text for cell in block.cells] if isinstance(block, Table) else (block.text,))
    ]
    if max(map(len, texts), default=0) > MOST_CHARACTERS:
        raise _too_long(blocks, document.file)
    whole = "".join(texts)
    if not _PRIVATE.search(whole):
        return replace(document, blocks=tuple(blocks))
    if len(_PRIVATE.findall(whole.translate(_SYMBOLS))) > _MOST_PRIVATE * len(whole):
        raise UnreadableDocumentError(
            "{file}: the fonts do not say which letters they show; run text recognition (OCR) or load the original.",
            file=document.file,
        )
    shown = tuple(_with_symbols(block) for block in blocks)
    first = next((part.origin.address for part in _parts(shown) if _PRIVATE.search(part.text)), None)
    notes = (*document.notes, Remark("private-signs", first)) if first else document.notes
    return replace(document, blocks=shown, notes=notes)


def _parts(blocks: Iterable[Paragraph | Table]) -> Iterator[Paragraph | Cell]:
    for block in blocks:
        yield from block.cells if isinstance(block, Table) else (block,)


def _too_long(blocks: Iterable[Paragraph | Table], file: str) -> UnreadableDocumentError:
    part = next(part for part in _parts(blocks) if len(part.text) > MOST_CHARACTERS)
    return UnreadableDocumentError(
        "{file}: {place} holds {size} characters, at most {limit} are read; split the text.",
        file=file,
        place=part.origin.address,
        size=len(part.text),
        limit=MOST_CHARACTERS,
    )


def _with_symbols(block: Paragraph | Table) -> Paragraph | Table:
    if isinstance(block, Paragraph):
        return replace(block, text=block.text.translate(_SYMBOLS))
    return replace(block, cells=tuple(replace(cell, text=cell.text.translate(_SYMBOLS)) for cell in block.cells))


def _fitting(table: Table, file: str) -> Table:
    # Faster than to ask for its rows and columns: each table of each document is looked at.
    last_rows = [cell.row + cell.row_span for cell in table.cells]
    last_columns = [cell.column + cell.column_span for cell in table.cells]
    if max(last_rows, default=1) <= MOST_ROWS + 1 and max(last_columns, default=1) <= MOST_COLUMNS + 1:
        return table
    filled = [cell for cell in table.cells if cell.text]
    bottom, right = max((cell.row for cell in filled), default=0), max((cell.column for cell in filled), default=0)
    if bottom > MOST_ROWS or right > MOST_COLUMNS:
        raise too_large(file, table.origin.address, bottom, right)
    kept = (cell for cell in table.cells if cell.row <= bottom and cell.column <= right)
    return replace(table, cells=tuple(_clipped(cell, bottom, right) for cell in kept))


def _clipped(cell: Cell, bottom: int, right: int) -> Cell:
    rows, columns = bottom - cell.row + 1, right - cell.column + 1
    return replace(cell, row_span=min(cell.row_span, rows), column_span=min(cell.column_span, columns))


def too_large(file: str, place: str, row: int, column: int) -> UnreadableDocumentError:
    """What is said of a table whose texts reach this row and column of it."""
    return UnreadableDocumentError(
        "{file}: «{place}» reaches row {row}, column {column}; at most {rows} rows and {columns} columns are read. "
        "Delete what stands outside the plan, or split the table.",
        file=file,
        place=place,
        row=row,
        column=column,
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
    )
