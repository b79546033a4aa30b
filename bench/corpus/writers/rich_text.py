"""A described roadmap as rich text (RTF 1.9), letters as Word writes them."""

from __future__ import annotations

from bench.corpus.model import Document, plain
from bench.corpus.physical import PhysicalCell
from bench.corpus.writers.blocks import TablePart, Text, set_blocks

_WIDTH = 14000


def write_rtf(document: Document) -> bytes:
    """The bytes of an .rtf file; letters outside ASCII are Unicode escapes with a question mark after them."""
    body: list[str] = []
    for block in set_blocks(document, keep_pages=False):
        match block:
            case Text(text, align, _):
                body.append(rf"\pard\q{align[0]} {_escaped(text)}\par")
            case TablePart():
                body.append(_table(block))
            case _:
                pass
    return ("{\\rtf1\\ansi\\ansicpg1251\\deff0{\\fonttbl{\\f0 Times New Roman;}}\n" + "\n".join(body) + "\n}").encode(
        "ascii"
    )


def _table(block: TablePart) -> str:
    total = sum(block.widths)
    edges: list[int] = []
    at = 0.0
    for width in block.widths:
        at += width
        edges.append(round(_WIDTH * at / total))
    rows: list[str] = []
    below: dict[int, tuple[int, int]] = {}
    for row in block.part.rows:
        by_column = {cell.column: cell for cell in row.cells}
        shapes: list[str] = []
        texts: list[str] = []
        column = 0
        while column < block.part.width:
            if column in below:
                left, cols = below.pop(column)
                if left > 1:
                    below[column] = (left - 1, cols)
                shapes.append(rf"\clvmrg\cellx{edges[column + cols - 1]}")
                texts.append(r"\pard\intbl\cell")
                column += cols
                continue
            cell = by_column.get(column) or PhysicalCell(column, "")
            if cell.rows > 1:
                below[column] = (cell.rows - 1, cell.cols)
            merge = r"\clvmgf" if cell.rows > 1 else ""
            shapes.append(rf"{merge}\cellx{edges[column + cell.cols - 1]}")
            texts.append(rf"\pard\intbl {_escaped(cell.text)}\cell")
            column += cell.cols
        rows.append(rf"\trowd\trgaph108{''.join(shapes)}" + "\n" + "\n".join(texts) + "\n" + r"\row")
    return "\n".join(rows) + "\n\\pard\\par"


def _escaped(text: str) -> str:
    made: list[str] = []
    for letter in plain(text):
        if letter == "\n":
            made.append(r"\line ")
        elif letter in "\\{}":
            made.append("\\" + letter)
        elif ord(letter) < 128:
            made.append(letter)
        else:
            made.append(rf"\u{ord(letter)}?")
    return "".join(made)
