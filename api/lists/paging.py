"""Pages of long lists: which rows the page that an address asks for shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """Which rows of a long answer are shown: those from `first` on (from 0), up to and without `end`."""

    number: int
    size: int
    rows: int

    @property
    def pages(self) -> int:
        return max(-(-self.size // self.rows), 1)

    @property
    def first(self) -> int:
        return (self.number - 1) * self.rows

    @property
    def end(self) -> int:
        return min(self.first + self.rows, self.size)

    @classmethod
    def of(cls, asked: str | None, size: int, rows: int) -> PageOfRows:
        """The page that an address asks for; the nearest one if there is no such page."""
        number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
        page = cls(1, size, rows)
        return cls(min(max(number, 1), page.pages), size, rows)
