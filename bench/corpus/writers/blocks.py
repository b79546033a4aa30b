"""What all writers set: paragraphs, table parts, page ends and sheets, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bench.corpus.model import Document
from bench.corpus.physical import Part, parts_of


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    align: Literal["left", "right", "center"] = "left"
    heading: bool = False


@dataclass(frozen=True, slots=True)
class PageEnd:
    """The next page is set `landscape` if the document turns there."""

    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class TablePart:
    part: Part
    widths: tuple[float, ...]
    bordered: bool


@dataclass(frozen=True, slots=True)
class Footnote:
    mark: int
    text: str


SetBlock = Text | PageEnd | Sheet | TablePart | Footnote


def set_blocks(document: Document, *, keep_pages: bool) -> Iterator[SetBlock]:
    """The document as a writer meets it; `keep_pages` sets cut rows and page ends as parts of their own."""
    footnotes = 0
    for block in document.blocks:
        if block.page:
            yield PageEnd(block.landscape)
        elif block.sheet is not None or block.hidden_sheet is not None:
            yield Sheet(block.sheet or block.hidden_sheet or "", hidden=block.hidden_sheet is not None)
        elif block.footnote is not None:
            footnotes += 1
            yield Footnote(footnotes, block.footnote)
        elif block.table is not None:
            widths = block.table.widths or tuple(1.0 for _ in block.table.columns)
            for part in parts_of(block.table, keep_pages=keep_pages):
                if isinstance(part, str):
                    yield Text(part)
                else:
                    yield TablePart(part, widths, block.table.bordered)
        else:
            yield Text(block.p or "", block.align, block.heading)
