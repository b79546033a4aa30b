"""A text of the document with its place, prose and cells alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loaders.cells import Paragraph


@dataclass(frozen=True, slots=True)
class Statement:
    """`line` is the first line of the text in the file; `heading` tells that the reader saw it set as a heading."""

    text: str
    line: int | None
    last_line: int | None = None
    heading: bool = False
    prose: bool = True
    address: str | None = None

    @classmethod
    def of(cls, paragraph: Paragraph) -> Statement:
        origin = paragraph.origin
        return cls(
            paragraph.text,
            origin.first_line,
            origin.last_line,
            heading=paragraph.style == "heading",
            address=origin.address,
        )

    @property
    def place(self) -> str | None:
        """The address where the format has no lines to say where the text stands."""
        return self.address if self.line is None else None

    @property
    def lines(self) -> list[int]:
        """First to last line, both inclusive; empty when the format has no lines."""
        return [] if self.line is None else list(range(self.line, (self.last_line or self.line) + 1))
