"""What the layout yields: the rows of a table, its footnotes, and what it left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loaders.extraction import Fragment, RowCell, SectionStep
from loaders.layout.notes import without_marks
from loaders.layout.numbering import RowNumber

if TYPE_CHECKING:
    from loaders.cells import Origin


@dataclass(slots=True)
class LogicalRow:
    """
    A row of the plan, its cells in column order.

    `rows` are ordinals in the table, head rows counted; `main` is the column that says what the row is about;
    `joins` counts the parts added after page breaks; `certainty` is that of the class and of the joins, 0 to 1;
    `marks` are the footnote marks in its cells; `number_length` is how many characters of the main cell are its
    number, and `number_inside` tells that the number stands further on in that cell.
    """

    table: str
    rows: list[int]
    section_path: list[SectionStep]
    level: str | None
    number: RowNumber | None
    cells: list[RowCell]
    lines: list[int]
    page: int | None
    main: int
    joins: int = 0
    certainty: float = 1.0
    parent: str | None = None
    marks: list[str] = field(default_factory=list)
    number_length: int = 0
    number_inside: bool = False

    @property
    def title(self) -> str:
        """The text of the main cell on one line, without a number and footnote marks."""
        found = self.at(self.main)
        return "" if found is None else " ".join(without_marks(found.text[self.number_length :]).split())

    def cell(self, *roles: str) -> RowCell | None:
        """The first cell with one of the roles, looked for in the order given."""
        for role in roles:
            for cell in self.cells:
                if cell.role == role:
                    return cell
        return None

    def text(self, *roles: str) -> str:
        found = self.cell(*roles)
        return "" if found is None else found.text

    def at(self, column: int) -> RowCell | None:
        return next((cell for cell in self.cells if cell.column == column), None)


@dataclass(frozen=True, slots=True)
class FoundFootnote:
    mark: str
    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row or paragraph that is no row of the plan; `reason` is a warning code."""

    reason: str
    text: str
    origin: Origin


@dataclass(slots=True)
class TableRows:
    rows: list[LogicalRow] = field(default_factory=list)
    footnotes: list[FoundFootnote] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def fragment_of(origin: Origin) -> Fragment:
    """The place of one part of a cell."""
    return Fragment(
        address=origin.address,
        page=origin.page,
        first_line=origin.first_line,
        last_line=origin.last_line,
        start=origin.start,
        end=origin.end,
    )
