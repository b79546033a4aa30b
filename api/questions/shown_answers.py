"""An answer as people see it: labels with links, the rows of one document under its title."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.pages import written
from api.places import place_in
from api.questions.answer_views import NUMBERS
from api.questions.answers import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from api.language import Language
    from api.links import Links
    from api.questions.answer_views import AnswerShape

# Rows of one document stand together under its title instead of repeating it.
_DOCUMENT = "document"
# The column that names the place in the document.
_PLACE = "place"
# What a cell takes in a page beside its text: tags, the title of its column.
_CELL = 30


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A heading; a `numeric` column holds numbers and nothing else."""

    name: str
    title: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A text and where it leads; `shape` is a class of the style sheet, `rows` how many rows of the page it spans."""

    text: str
    href: str | None
    shape: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """
    Neighbouring rows of one document under its title; `title` is None where the answer has no such column.

    A long text that the next rows repeat stands once: its cell spans `rows` rows, and theirs is None.
    """

    title: ShownCell | None
    rows: list[list[ShownCell | None]]

    def merge_repeats(self) -> None:
        """Let long texts span the rows that repeat them."""
        for column in range(len(self.rows[0]) if self.rows else 0):
            start = 0
            for place in range(1, len(self.rows) + 1):
                first, cell = self.rows[start][column], self.rows[place][column] if place < len(self.rows) else None
                if first is not None and first.shape == "wide" and cell == first:
                    continue
                if first is not None and place - start > 1:
                    self.rows[start][column] = replace(first, rows=place - start)
                    for repeated in self.rows[start + 1 : place]:
                        repeated[column] = None
                start = place


@dataclass(frozen=True, slots=True)
class ShownTable:
    """An answer as people see it: labels with links, no bare identifiers."""

    columns: list[ShownColumn]
    groups: list[ShownGroup]
    size: int
    documents: int

    @classmethod
    def of(
        cls, shape: AnswerShape, language: Language, links: Links, first: int = 0, end: int | None = None
    ) -> ShownTable:
        """The rows of a question's answer from `first` to before `end`; `size` and `documents` count all of it."""
        return cls._of(shape, language, links, slice(first, end), is_question=True)

    @classmethod
    def of_shape(cls, shape: AnswerShape, language: Language, links: Links, *, end: int) -> ShownTable:
        """The first rows of the answer to a query, each column on its own."""
        return cls._of(shape, language, links, slice(end), is_question=False)

    @classmethod
    def _of(cls, shape: AnswerShape, language: Language, links: Links, part: slice, *, is_question: bool) -> ShownTable:
        names, rows = shape.table.columns, shape.rows
        described = {column.name: column for column in shape.described}
        grouped = is_question and _DOCUMENT in names and _DOCUMENT in described
        columns = [
            ShownColumn(
                name,
                described[name].title.in_language(language.code) if name in described else name,
                shape.kinds[name] in NUMBERS,
            )
            for name in names
            if not (name in described and described[name].hidden) and not (grouped and name == _DOCUMENT)
        ]
        groups: list[ShownGroup] = []
        for row in rows[part]:
            title = _cell(row, _DOCUMENT, described[_DOCUMENT].link, links, language) if grouped else None
            if not groups or groups[-1].title != title:
                groups.append(ShownGroup(title, []))
            groups[-1].rows.append(
                [
                    _cell(
                        row,
                        column.name,
                        described[column.name].link if column.name in described else None,
                        links,
                        language,
                        numeric=column.numeric,
                        # A text that a query gives is no thing, whatever it looks like.
                        may_lead=is_question or described[column.name].link is not None,
                    )
                    for column in columns
                ]
            )
        for group in groups if is_question else ():
            group.merge_repeats()
        return cls(columns, groups, len(rows), len({row[_DOCUMENT] for row in rows}) if grouped else 0)


def fitting_rows(rows: Sequence[Collection[Value]], *, most: int, size: int) -> int:
    """How many rows of the mean length make a page of about `size` bytes: tens, at least 20 and at most `most`."""
    written = [str(value) for row in rows for value in row if value is not None]
    total = _CELL * len(written) + len("".join(written).encode())
    return max(min(int(size * len(rows) / total) // 10 * 10, most), 20) if total else most


def _cell(
    row: dict[str, Value],
    name: str,
    target: str | None,
    links: Links,
    language: Language,
    *,
    numeric: bool = False,
    may_lead: bool = True,
) -> ShownCell:
    value = row[name]
    if value is None or value == "":
        return ShownCell("", None, "")
    href = links.of(row.get(target) if target else value) if may_lead else None
    text = place_in(language, str(value)) if name == _PLACE else written(value, language)
    return ShownCell(text, href, "number") if numeric else shown_text(text, href)


def shown_text(value: Value, href: str | None) -> ShownCell:
    """A cell that is wide for long texts and does not break short ones."""
    text = "" if value is None else str(value)
    return ShownCell(text, href, "wide" if len(text) > 60 else "short" if len(text) <= 12 else "")
