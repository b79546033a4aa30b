"""
What a made-up roadmap says and how it is set: one description gives both the file and its gold.

Documents are YAML files in `documents/`.  The truth of a row (times, actors, targets) is written by a person in the
short notations below; nothing of it comes from our own parsers.

Marks inside texts: `[+inserted+]`, `[-deleted-]`, `[~hidden~]`, `[=content control=]`, `[^1]` (a footnote's mark).

Notations of truth:

- `time`: tokens parted by blanks: `2023-05-01/2023-05-31`, `/2023-03-15`, `2023-09-01/`, `FREQ=YEARLY;BYMONTH=6`,
  `ongoing`, `2021-11-01/2021-11-30+` (one of several listed occurrences), `?` and the rest of the line: the condition.
- an actor: `b РИРО = Рязанский институт развития образования | РИРО`, kind (`b`ody, `p`erson, `r`ole, `g`roup), the
  text as it stands in the cell, the canonical name if it differs, other names that are right too; or the key of an
  entry in the document's `known`.
- a target: `2023 >= 20 %`, `2024 fact = 7`, `- + 15 %` (no year, an increase); the unit may be missing.
"""

from __future__ import annotations

import re
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Format = Literal["docx", "xlsx", "xls", "ods", "odt", "pdf", "html", "txt", "tsv", "csv", "md", "rtf"]
Level = Literal["federal", "interregional", "region", "hub", "municipality", "school"]
SectionStyle = Literal["span", "first", "numbered", "paragraph", "column"]

_KINDS: Final = {"b": "body", "p": "person", "r": "role", "g": "group"}
_MARKED: Final = re.compile(r"\[\+(.*?)\+\]|\[=(.*?)=\]|\[-.*?-\]|\[~.*?~\]|\[\^(\d)\]", re.DOTALL)
_DATES: Final = re.compile(r"(\d{4}-\d\d-\d\d)?/(\d{4}-\d\d-\d\d)?(\+?)")
_TARGET: Final = re.compile(
    r"(?P<year>\d{4}|-)\s+(?P<fact>fact\s+)?(?P<comparator>[<>]=?|[=+-])\s+(?P<value>[\d.]+)(?:\s+(?P<unit>.+))?"
)


def plain(text: str) -> str:
    """The text that a reader sees: marks of revisions and controls taken away, deleted and hidden texts too."""
    return re.sub(r" {2,}", " ", _MARKED.sub(lambda found: found[1] or found[2] or "", text)).strip()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Actor(_Strict):
    raw: str
    kind: str
    canonical: str
    accept: tuple[str, ...]

    @classmethod
    def read(cls, notation: str, known: dict[str, str]) -> Self:
        """
        An actor in the notation of the module's docstring.

        Raises:
            ValueError: no kind, or a key that the document does not know.
        """
        key = notation.strip()
        if key in known:
            kind, _, rest = known[key].partition(" ")
            notation = f"{kind} {key} {rest}" if rest.startswith("=") else f"{kind} {key}"
        letter, _, rest = notation.strip().partition(" ")
        if letter not in _KINDS or not rest:
            raise ValueError(f"«{notation}» is no actor: a kind and a text, or a key of «known»")
        names, *others = (part.strip() for part in rest.split("|"))
        raw, _, canonical = (part.strip() for part in names.partition(" = "))
        canonical = canonical or raw
        return cls(raw=raw, kind=_KINDS[letter], canonical=canonical, accept=(canonical, *others))


class Time(_Strict):
    start: str | None = None
    end: str | None = None
    rrule: str | None = None
    condition: str | None = None
    ongoing: bool = False
    occurrences: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, notation: str) -> Self:
        """
        A time in the notation of the module's docstring.

        Raises:
            ValueError: a token of no known kind.
        """
        dated, _, condition = notation.partition("?")
        found: dict[str, object] = {"condition": condition.strip() or None}
        listed: list[tuple[str, str]] = []
        for token in dated.split():
            dates = _DATES.fullmatch(token)
            if dates is not None and dates[3]:
                listed.append((dates[1], dates[2]))
            elif dates is not None:
                found |= {"start": dates[1], "end": dates[2]}
            elif token.startswith("FREQ="):
                found["rrule"] = token
            elif token == "ongoing":
                found["ongoing"] = True
            else:
                raise ValueError(f"«{token}» is no token of a time")
        return cls.model_validate({**found, "occurrences": tuple(listed)})


class Target(_Strict):
    year: int | None
    value: float
    unit: str | None
    comparator: str
    actual: bool = False

    @classmethod
    def read(cls, notation: str) -> Self:
        """
        A target in the notation of the module's docstring.

        Raises:
            ValueError: a text of another form.
        """
        found = _TARGET.fullmatch(notation.strip())
        if found is None:
            raise ValueError(f"«{notation}» is no target")
        return cls(
            year=None if found["year"] == "-" else int(found["year"]),
            value=float(found["value"]),
            unit=found["unit"],
            comparator=found["comparator"],
            actual=bool(found["fact"]),
        )


class HeadCell(_Strict):
    text: str
    cols: int = 1
    rows: int = 1


class Item(_Strict):
    """
    One thing that stands in a table.

    It is a row (with `activity` or `indicator`), a `section`, a `note` over all columns, raw `cells`, a `paragraph`
    between parts of the table, or a page end (`page`).  `same` names columns whose cell is merged with the one above.

    `cut` is the share of each long cell that stands before a page end inside the row; `head` says whether the page
    after it begins with the head.  `late` is the number of first columns that a physical row lacks (gridBefore).
    """

    row: str | None = None
    activity: str | None = None
    deadline: str | tuple[str, str] | None = None
    time: str | None = None
    responsible: str | None = None
    actors: tuple[str, ...] = ()
    result: str | None = None
    indicator: str | None = None
    assessment: str | None = None
    unit: str | None = None
    other: dict[str, str] = Field(default_factory=dict)
    targets: tuple[str, ...] = ()
    cut: float | None = None
    head: bool = True
    section: str | None = None
    number: str | None = None
    depth: int = 1
    style: SectionStyle | None = None
    note: str | None = None
    cells: tuple[str, ...] | None = None
    paragraph: str | None = None
    page: bool = False
    late: int = 0
    same: tuple[str, ...] = ()

    @property
    def is_row(self) -> bool:
        return self.activity is not None or self.indicator is not None


class Table(_Strict):
    """
    `columns` name the fields of the items, or keys of their `other`; `head` has one list of cells a head row.

    A cell of `head` is a text, or «text | cols=2 rows=2».  `scored` is false for a table that is none of the plan.
    """

    columns: tuple[str, ...]
    head: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] | None = None
    numbers: bool = False
    repeat_head: bool = True
    sections: SectionStyle = "span"
    automatic: bool = False
    typed: tuple[str, ...] = ()
    scored: bool = True
    bordered: bool = True
    items: tuple[Item, ...]

    def head_cells(self) -> list[list[HeadCell]]:
        return [[_head_cell(text) for text in row] for row in self.head]


class Block(_Strict):
    """One of: a paragraph (`p`, with `align` and `heading`), a `table`, a page end, a sheet, a footnote's text."""

    p: str | None = None
    align: Literal["left", "right", "center"] = "left"
    heading: bool = False
    table: Table | None = None
    page: bool = False
    sheet: str | None = None
    hidden_sheet: str | None = None
    footnote: str | None = None
    landscape: bool = False


class TerritoryTruth(_Strict):
    federal_subject: str | None = None
    municipality: str | None = None
    members: tuple[str, ...] = ()


class ActTruth(_Strict):
    number: str
    date: str | None = None


class Document(_Strict):
    """`file` is the file's name; `encoding` counts for text formats; `known` maps spellings to actors."""

    id: str
    format: Format
    file: str
    title: str
    level: Level
    territory: TerritoryTruth | None = None
    period: str | None = None
    act: ActTruth | None = None
    encoding: str = "utf-8"
    landscape: bool = False
    known: dict[str, str] = Field(default_factory=dict)
    shows: tuple[str, ...] = ()
    blocks: tuple[Block, ...]

    @model_validator(mode="after")
    def _truth_fits_text(self) -> Self:
        """Every actor stands in its cell, in order, and every notation of truth can be read."""
        for item in self.rows():
            place = f"{self.id}, row «{item.row or ''}» «{(item.activity or item.indicator or '')[:40]}»"
            cell = _squeezed(plain(item.responsible or ""))
            at = 0
            for notation in item.actors:
                raw = _squeezed(Actor.read(notation, self.known).raw)
                found = cell.find(raw, at)
                if found < 0 and raw not in cell:
                    raise ValueError(f"{place}: «{raw}» does not stand in «{cell}»")
                at = max(at, found)
            if bool(item.responsible and item.responsible.strip(" -–—")) != bool(item.actors):
                raise ValueError(f"{place}: actors without text, or a text without actors")
            if item.time:
                Time.read(item.time)
            for notation in item.targets:
                Target.read(notation)
        return self

    def rows(self) -> list[Item]:
        """The rows of the plan in document order."""
        return [
            item
            for block in self.blocks
            if block.table is not None and block.table.scored
            for item in block.table.items
            if item.is_row
        ]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _head_cell(text: str) -> HeadCell:
    label, _, spans = text.partition(" | ")
    found = dict(part.split("=") for part in spans.split())
    return HeadCell(text=label, cols=int(found.get("cols", 1)), rows=int(found.get("rows", 1)))
