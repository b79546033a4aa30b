"""The report of `vekha review`: what is doubtful in the reading of documents, in words, as a web page and a table."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from api.places import place_in
from graph.spreadsheets import inert
from loaders.checks import check
from loaders.doubts import Doubt, find_doubts, tables_left_out
from loaders.extraction import Actor, Column, Deadline
from loaders.quads.persons import PersonNames
from loaders.reading_process import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from api.language import Language
    from loaders.doubts import Kind
    from loaders.extraction import Extraction, RowCount, TableSummary

_SCHEMES: Final = ("change", "column-kind", "deadline-kind", "level", "role", "table-kind", "theme")
_TABLE_ID: Final = re.compile(r"t(\d+)")
# More places than this are told by their address only.
_MOST_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file; `row` is the printed number of the row, `tells_line` whether the address has the line."""

    address: str
    page: int | None
    lines: str
    row: str | None
    tells_line: bool


@dataclass(frozen=True, slots=True)
class Segment:
    text: str
    is_marked: bool


@dataclass(slots=True)
class Item:
    """One doubt as shown; the same doubt at several cells is one item with several places."""

    anchor: str
    kind: Kind
    code: str
    reason: str
    segments: list[Segment]
    read: str
    confidence: float | None
    column: str
    places: list[Place]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)

    @property
    def marked(self) -> str:
        return " … ".join(segment.text for segment in self.segments if segment.is_marked)

    @property
    def is_shown_whole(self) -> bool:
        return len(self.places) <= _MOST_SHOWN


@dataclass(frozen=True, slots=True)
class ShownColumn:
    label: str
    role: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    name: str
    heading: str
    kind: str
    rows: int
    columns: list[ShownColumn]


@dataclass(slots=True)
class Reviewed:
    """One file: what was read and what is doubtful of it, or the `error` that kept it out."""

    anchor: str
    file: str
    error: str | None = None
    title: str | None = None
    facts: list[str] = field(default_factory=list)
    rows: int = 0
    count: RowCount | None = None
    tables: list[ShownTable] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    # Each doubt by itself, for the table.
    lines: list[Item] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Item]:
        return [item for item in self.items if item.kind == kind]

    @property
    def counts(self) -> Counter[Kind]:
        return Counter(line.kind for line in self.lines)

    @property
    def is_clear(self) -> bool:
        return not any(item.kind in {"reading", "check", "left-out"} for item in self.items)


class Reviewer:
    """Words what is doubtful of readings; names of persons are struck out unless they are shown."""

    def __init__(self, language: Language, *, show_persons: bool = True) -> None:
        self._language = language
        self._show_persons = show_persons
        self._labels = concept_labels(language.code)

    def review(self, reading: Reading, *, anchor: str) -> Reviewed:
        """The review of one file; a file that could not be read is told as one."""
        reviewed = Reviewed(anchor, reading.path.name)
        extraction = reading.extraction
        if extraction is None:
            assert reading.message is not None
            reviewed.error = self._language.told(asdict(reading.message))
            return reviewed
        doubts = [*find_doubts(extraction), *tables_left_out(extraction), *check(extraction)]
        names = None if self._show_persons else PersonNames.of(extraction)
        shown: Callable[[str], str] = (lambda text: text) if names is None else names.strike_out
        reviewed.title = shown(extraction.title) if extraction.title else None
        reviewed.facts = list(self._facts(extraction))
        reviewed.rows = len(extraction.rows)
        reviewed.count = extraction.row_count
        reviewed.tables = [self._table(table, shown) for table in extraction.tables]
        reviewed.lines = [self._item(doubt, f"{anchor}-{number}", shown) for number, doubt in enumerate(doubts, 1)]
        reviewed.items = _grouped(reviewed.lines)
        return reviewed

    def label(self, scheme: str, identifier: str) -> str:
        """The label of a concept; its identifier if it has none."""
        return self._labels.get((scheme, identifier), identifier)

    def concepts(self, scheme: str) -> dict[str, str]:
        """The labels of a scheme by identifier, in the order of the scheme's file."""
        return {name: label for (known, name), label in self._labels.items() if known == scheme}

    def _facts(self, extraction: Extraction) -> Iterator[str]:
        territory, period = extraction.territory, extraction.period
        if extraction.level:
            yield self._labels["level", extraction.level]
        if territory is not None:
            yield from filter(None, (territory.municipality, territory.federal_subject))
        yield self._span(period.start, period.end) if period else self._language.text("period not stated")

    def _table(self, table: TableSummary, shown: Callable[[str], str]) -> ShownTable:
        return ShownTable(
            name=self._place(table.id),
            heading=shown(table.heading or ""),
            kind=self._labels["table-kind", table.kind],
            rows=table.rows,
            columns=[
                ShownColumn(column.label, self._labels["column-kind", column.role])
                for column in table.columns
                if table.kind != "other"
            ],
        )

    def _item(self, doubt: Doubt, anchor: str, shown: Callable[[str], str]) -> Item:
        lines = sorted({doubt.lines[0], doubt.lines[-1]}) if doubt.lines else []
        return Item(
            anchor=anchor,
            kind=doubt.kind,
            code=doubt.code,
            reason=self._language.text(doubt.sentence),
            segments=[Segment(shown(text), is_marked) for text, is_marked in _segments(doubt)],
            read=shown(self._read(doubt)),
            confidence=doubt.confidence,
            column=self._labels["column-kind", doubt.column] if doubt.column else "",
            places=[
                Place(
                    address=self._place(doubt.place),
                    page=doubt.page,
                    lines="–".join(map(str, lines)),
                    row=doubt.number,
                    tells_line="строка" in doubt.place,
                )
            ],
            texts=[shown(doubt.text)],
        )

    def _place(self, address: str) -> str:
        table = _TABLE_ID.fullmatch(address)
        return self._language.text("table {number}", number=table[1]) if table else place_in(self._language, address)

    def _read(self, doubt: Doubt) -> str:
        """What was read, in words; empty if the doubt is not about a value."""
        text = self._language.text
        match doubt.subject:
            case Actor() as actor:
                kinds = {
                    "body": text("one organisation"),
                    "person": text("a person"),
                    "role": text("a post"),
                    "group": text("a group"),
                }
                return f"{actor.label} ({kinds[actor.kind]})"
            case Deadline() as deadline:
                return "; ".join(dict.fromkeys(self.times(deadline))) or text("no time")
            case Column() as column:
                return self._labels["column-kind", column.role]
            case str() as told:
                return told
            case None:
                return ""

    def times(self, deadline: Deadline) -> Iterator[str]:
        """Each time of a deadline in words."""
        for part in deadline.parts:
            label = self._labels["deadline-kind", part.kind]
            days = self._span(part.start, part.end)
            yield ", ".join(filter(None, (f"{label}: {days}" if days else label, part.condition)))

    def _span(self, start: str | None, end: str | None) -> str:
        if start and end:
            return self._day(start) if start == end else f"{self._day(start)} – {self._day(end)}"
        if start:
            return self._language.text("from {day}", day=self._day(start))
        return self._language.text("until {day}", day=self._day(end)) if end else ""

    def _day(self, iso: str) -> str:
        form = "dd.MM.yyyy" if self._language.code == "ru" else "medium"
        return format_date(date.fromisoformat(iso), format=form, locale=self._language.code)


def _segments(doubt: Doubt) -> Iterator[tuple[str, bool]]:
    """The text of the cell in order, the marked parts apart."""
    at = 0
    for start, end in doubt.marked:
        yield doubt.text[at:start], False
        yield doubt.text[start:end], True
        at = end
    yield doubt.text[at:], False


def _grouped(lines: Sequence[Item]) -> list[Item]:
    """One item for the same doubt about the same value or, if nothing was read, text; oddities of a kind are one."""
    groups: dict[tuple[str, ...], Item] = {}
    for line in lines:
        value = line.reason if line.kind == "document" else (line.read or line.text)
        known = groups.get((line.kind, line.code, value))
        if known is None:
            groups[line.kind, line.code, value] = replace(line, places=[*line.places], texts=[*line.texts])
        elif line.places[0] not in known.places:
            known.places += line.places
            known.texts += line.texts
    return list(groups.values())


def review_page(reviewed: Sequence[Reviewed], language: Language) -> str:
    """One HTML page that needs nothing else: no script, no address outside; what documents say is escaped."""
    environment = Environment(
        loader=PackageLoader("api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    reasons = Counter(line.reason for document in reviewed for line in document.lines if line.kind != "document")
    return environment.get_template("review.html").render(
        documents=reviewed,
        reasons=reasons.most_common(),
        styles=Markup(_styles()),  # noqa: S704  (our own files, no text of a document)
        language=language,
        _=language.text,
        plural=language.plural,
    )


def _styles() -> str:
    static = files("api") / "static"
    return "\n".join(static.joinpath(f"{name}.css").read_text("utf-8") for name in ("colours", "page", "review"))


def review_table(reviewed: Sequence[Reviewed], language: Language) -> str:
    """The same doubts as CSV, one a line, least certain first in each document; no cell can turn into a formula."""
    text = language.text
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(
        [
            *(text("file"), text("kind"), text("code"), text("confidence"), text("why"), text("where")),
            *(text("page"), text("lines"), text("row"), text("column"), text("source cell"), text("marked part")),
            text("read"),
        ]
    )
    kinds = kinds_of_doubt(language)
    for document in reviewed:
        if document.error:
            writer.writerow(map(inert, [document.file, text("not read"), "", "", document.error, *[""] * 8]))
        for line in document.lines:
            place = line.places[0]
            writer.writerow(
                inert(str(value)) if isinstance(value, str) else value
                for value in (
                    document.file,
                    kinds[line.kind],
                    line.code,
                    "" if line.confidence is None else line.confidence,
                    line.reason,
                    place.address,
                    "" if place.page is None else place.page,
                    place.lines,
                    place.row or "",
                    line.column,
                    line.text,
                    line.marked,
                    line.read,
                )
            )
    return sheet.getvalue()


def kinds_of_doubt(language: Language) -> dict[Kind, str]:
    text = language.text
    return {
        "reading": text("doubt of the reading"),
        "check": text("failed check"),
        "left-out": text("left out"),
        "document": text("oddity of the document"),
    }


@cache
def concept_labels(code: str) -> dict[tuple[str, str], str]:
    """Labels of the concepts in the language, by scheme and id."""
    found: dict[tuple[str, str], str] = {}
    for scheme in _SCHEMES:
        content = (files("ontology") / "schemes" / f"{scheme}.ttl").read_bytes()
        for quad in parse(content, format=RdfFormat.TURTLE):
            if (
                isinstance(quad.subject, NamedNode)
                and isinstance(quad.object, Literal)
                and quad.predicate.value.endswith("#prefLabel")
                and quad.object.language == code
            ):
                found[scheme, quad.subject.value.rpartition("/")[2]] = quad.object.value
    return found
