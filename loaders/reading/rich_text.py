"""Rich text (.rtf, RTF 1.9.1) to the cell model, through striprtf; cells and rows are marked before all is stripped."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from striprtf.striprtf import rtf_to_text

from loaders.cells import Cell, Origin, Paragraph, SourceDocument, Table, UnreadableDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Private-use letters stand for the ends of cells, rows and paragraphs outside tables: texts hold all other signs.
_CELL, _ROW, _PARAGRAPH = "\ue000", "\ue001", "\ue002"
_MARKS: Final = {
    b"cell": b"{\\uc0\\u-8192 }",
    b"row": b"{\\uc0\\u-8191 }",
    b"par": b"{\\uc0\\u-8190 }\\par ",
    # A table inside a cell is text of that cell.
    b"nestcell": b"\\line ",
    b"nestrow": b"\\line ",
}
# Such a sign of the document itself becomes U+FFFD.
_OWN_SIGNS: Final = {0xE000, 0xE001, 0xE002}
_TOKEN: Final = re.compile(
    rb"(?P<brace>[{}])|\\(?P<word>[a-z]{1,32})(?P<value>-?\d{1,9})? ?|\\'[0-9a-fA-F]{2}|\\[^a-z]|(?P<text>[^\\{}]+)"
)
# Edges that differ by less, in twentieths of a point, are one: programs round widths.
_TOLERANCE: Final = 40

Merge = Literal["first", "next"] | None


@dataclass(slots=True)
class _Shape:
    """The right edge of a cell and whether it is the first or a next one of merged cells, down or to the right."""

    edge: int = 0
    down: Merge = None
    right: Merge = None


@dataclass(slots=True)
class _RowShape:
    left: int = 0
    cells: list[_Shape] = field(default_factory=list)


def read_rtf(content: bytes, *, file: str, sha256: str) -> SourceDocument:
    """
    Paragraphs and tables of a rich text file in reading order, merged cells as the row definitions have them.

    A table whose rows do not have as many cells as they define is read without merged cells.

    Raises:
        UnreadableDocumentError: damaged files.
    """
    marked, shapes = _marked(content)
    try:
        text: str = rtf_to_text(  # type: ignore[no-untyped-call]
            marked.decode("latin-1"), encoding="cp1251", errors="replace"
        )
    except (ValueError, IndexError, KeyError, UnicodeError) as error:
        raise UnreadableDocumentError(
            "{file}: the rich text is damaged; open it in an office program, save it as .docx and load that.", file=file
        ) from error
    return SourceDocument(file=file, sha256=sha256, format="rtf", blocks=tuple(_blocks(text, shapes)))


def _marked(content: bytes) -> tuple[bytes, list[_RowShape]]:
    """
    The file with its ends of cells, rows and paragraphs marked, and the shape of each row in order.

    Hidden and deleted text is left out: RTF marks it for the rest of its group.
    """
    shapes: list[_RowShape] = []
    row, cell = _RowShape(), _Shape()
    in_table = hidden = False
    outer: list[bool] = []
    kept: list[bytes] = []
    for found in _TOKEN.finditer(content):
        word, value = found["word"], found["value"]
        if found["brace"] == b"{":
            outer.append(hidden)
        elif found["brace"] == b"}":
            hidden = outer.pop() if outer else False
        elif word in {b"v", b"deleted", b"plain"}:
            hidden = word != b"plain" and value != b"0"
            continue
        elif word == b"trowd":
            row, cell = _RowShape(), _Shape()
        elif word == b"trleft":
            row.left = int(value or 0)
        elif word in {b"clvmgf", b"clvmrg"}:
            cell.down = "first" if word == b"clvmgf" else "next"
        elif word in {b"clmgf", b"clmrg"}:
            cell.right = "first" if word == b"clmgf" else "next"
        elif word == b"cellx":
            cell.edge = int(value or 0)
            row.cells.append(cell)
            cell = _Shape()
        elif word in {b"pard", b"intbl"}:
            in_table = word == b"intbl"
        elif word == b"row":
            shapes.append(_RowShape(row.left, list(row.cells)))
        if word == b"u" and int(value or 0) % 65536 in _OWN_SIGNS:
            kept.append(b"\\u-3 ")
        elif word in _MARKS and not (word == b"par" and in_table):
            kept.append(_MARKS[word])
        elif not hidden or found["brace"] or word == b"par":
            kept.append(found[0])
    return b"".join(kept), shapes


def _blocks(text: str, shapes: list[_RowShape]) -> Iterator[Paragraph | Table]:
    paragraphs = tables = 0
    rows: list[list[str]] = []
    first_shape = 0
    for at, piece in enumerate(text.split(_ROW)):
        prose, between, rest = piece.rpartition(_PARAGRAPH)
        *cells, after = rest.split(_CELL)
        shown = [line.strip() for line in f"{prose}\n{'' if cells else after}".replace(_PARAGRAPH, "\n").split("\n")]
        if rows and (between or not cells):
            tables += 1
            yield _table(rows, shapes[first_shape : first_shape + len(rows)], tables)
            rows = []
        for line in filter(None, shown):
            paragraphs += 1
            yield Paragraph(line, Origin(f"абзац {paragraphs}"))
        if cells:
            first_shape = first_shape if rows else at
            rows.append([cell.strip() for cell in cells])
    if rows:
        yield _table(rows, shapes[first_shape : first_shape + len(rows)], tables + 1)


def _table(rows: list[list[str]], shapes: list[_RowShape], number: int) -> Table:
    if [len(row) for row in rows] == [len(shape.cells) for shape in shapes]:
        placed = _placed(rows, shapes)
    else:
        placed = [
            (row, column, text, 1, 1) for row, texts in enumerate(rows, 1) for column, text in enumerate(texts, 1)
        ]
    cells = tuple(
        Cell(row, column, text, Origin(f"таблица {number}, строка {row}, столбец {column}"), height, width)
        for row, column, text, height, width in placed
    )
    return Table(number, cells, Origin(f"таблица {number}"))


def _placed(rows: list[list[str]], shapes: list[_RowShape]) -> list[tuple[int, int, str, int, int]]:
    """Row, column, text, height and width of each cell, columns counted between the edges of all rows."""
    edges = _distinct([edge for shape in shapes for edge in (shape.left, *(cell.edge for cell in shape.cells))])
    placed: list[tuple[int, int, str, int, int]] = []
    above: dict[int, int] = {}
    for row, (texts, shape) in enumerate(zip(rows, shapes, strict=True), start=1):
        left = _index(edges, shape.left)
        for text, cell in zip(texts, shape.cells, strict=True):
            right = max(_index(edges, cell.edge), left + 1)
            if cell.right == "next" and placed and placed[-1][0] == row:
                _, column, first, height, width = placed[-1]
                placed[-1] = (row, column, first, height, width + right - left)
            elif cell.down == "next" and left in above:
                first_row, column, first, _, width = placed[above[left]]
                placed[above[left]] = (first_row, column, first, row - first_row + 1, width)
            else:
                if cell.down == "first":
                    above[left] = len(placed)
                else:
                    above.pop(left, None)
                placed.append((row, left + 1, text, 1, right - left))
            left = right
    return placed


def _distinct(edges: list[int]) -> list[int]:
    found: list[int] = []
    for edge in sorted(edges):
        if not found or edge - found[-1] > _TOLERANCE:
            found.append(edge)
    return found


def _index(edges: list[int], edge: int) -> int:
    return max(0, bisect.bisect_right(edges, edge) - 1)
