"""The one cell model: what every reader yields and all that later steps know of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from loaders.messages import DocumentError


# Cells and their origins are values like the rest, but a frozen class takes four times as long to make, and reading
# is largely making them.
@dataclass(slots=True, unsafe_hash=True)
class Origin:
    """
    Where a text stands in its file; lines, pages and paragraphs count from 1, character offsets from 0.

    `address` is what a person types to find the place: «строка 9», «Лист1!B7», «с. 3», and is unique in the file.
    """

    address: str
    page: int | None = None
    sheet: str | None = None
    first_line: int | None = None
    last_line: int | None = None
    start: int | None = None
    end: int | None = None
    box: tuple[float, float, float, float] | None = None
    revision: Literal["inserted", "deleted"] | None = None


@dataclass(slots=True, unsafe_hash=True)
class Cell:
    """One physical cell; `row` and `column` count from 1 inside its table."""

    row: int
    column: int
    text: str
    origin: Origin
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text outside tables; `style` is the reader's hint («heading», «footnote»), never needed."""

    text: str
    origin: Origin
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A physical table: cells in reading order, at most one for each row and column that no span covers."""

    number: int
    cells: tuple[Cell, ...]
    origin: Origin

    @property
    def rows(self) -> int:
        return max((cell.row + cell.row_span - 1 for cell in self.cells), default=0)

    @property
    def columns(self) -> int:
        return max((cell.column + cell.column_span - 1 for cell in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader guessed or left out; `code` is one of `loaders.doubts.SENTENCES`, `text` says which."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A read file: paragraphs and tables in reading order, nothing interpreted."""

    file: str
    sha256: str
    format: str
    blocks: tuple[Paragraph | Table, ...]
    notes: tuple[Remark, ...] = field(default=())


class UnreadableDocumentError(DocumentError):
    """A file that cannot be read; the message says what, where and what to do, in one sentence."""
