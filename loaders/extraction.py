"""
What is read from one document: the object that `vekha extract` prints, and the only input of the graph builder.

Field names are the keys of the printed JSON, so the format has one definition.
Empty optional keys are printed as null.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(slots=True)
class Source:
    file: str
    sha256: str
    format: str


@dataclass(slots=True)
class Territory:
    """Nominative names («Томская область»); `members` are those of a hub."""

    federal_subject: str | None = None
    municipality: str | None = None
    members: list[str] | None = None


@dataclass(slots=True)
class Period:
    """ISO dates, both inclusive; a school year is 1 September to 31 August."""

    raw: str
    start: str
    end: str


@dataclass(slots=True)
class Act:
    """`role` is «approves» for the act that approves this document, «cites» for others; `date` is ISO."""

    raw: str
    kind: str | None
    number: str | None
    date: str | None
    issuer: str | None
    role: str
    line: int | None = None


@dataclass(slots=True)
class GlossaryEntry:
    short: str
    long: str


@dataclass(slots=True)
class Column:
    """`confidence` is that of the role."""

    label: str
    role: str
    confidence: float = 1.0


@dataclass(slots=True)
class TableSummary:
    """
    `kind` is activities, results, indicators, form or other; `reason` says why a table was left out.

    `head` counts the rows of its head, column numbers included; `sections` tells where titles of sections stand.
    """

    id: str
    kind: str
    columns: list[Column]
    rows: int
    reason: str | None = None
    heading: str | None = None
    head: int = 0
    sections: Literal["rows", "column", "none"] = "rows"


@dataclass(slots=True)
class SectionStep:
    """`place` is the address of the title, where it is printed."""

    number: str | None
    title: str
    place: str | None = None


@dataclass(slots=True)
class Deadline:
    """
    See `design` of the format: `class_` is printed as «class»; dates are ISO and inclusive.

    `unused` is the text of the cell that no rule took.
    """

    raw: str
    class_: str
    start: str | None = None
    end: str | None = None
    rrule: str | None = None
    condition: str | None = None
    ongoing: bool = False
    occurrences: list[tuple[str, str]] = field(default_factory=list)
    parts: list[DeadlinePart] = field(default_factory=list)
    confidence: float = 1.0
    unused: str = ""


@dataclass(slots=True)
class DeadlinePart:
    """One time of a cell: «Май 2020, далее постоянно» has two.  `kind` is an id of the deadline-kind scheme."""

    raw: str
    class_: str
    kind: str
    precision: str | None = None
    start: str | None = None
    end: str | None = None
    rrule: str | None = None
    condition: str | None = None
    edtf: str | None = None
    occurrences: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Actor:
    """
    `raw` is the cell's text for this actor, `start` and `end` its offsets in the cell; `iri` may be provisional.

    `correction` is the key of the correction that put the actor here.
    """

    raw: str
    kind: str
    label: str
    role: str
    confidence: float
    iri: str | None = None
    start: int | None = None
    end: int | None = None
    justification: str | None = None
    correction: str | None = None


@dataclass(slots=True)
class Target:
    year: int | None
    value: float | None
    unit: str | None
    comparator: str
    period: str | None
    raw: str
    column: str | None = None
    status: str = "target"


@dataclass(slots=True)
class Theme:
    theme: str
    basis: str


@dataclass(slots=True)
class OtherTime:
    """A time that stands outside the deadline column."""

    column: str
    deadline: Deadline


@dataclass(slots=True)
class CrossReference:
    """A named system, programme or act to which a cell refers; `iri` is of the reference data."""

    raw: str
    iri: str
    column: str


@dataclass(slots=True)
class Fragment:
    """One place of a logical cell; a cell split by a page has several, in order."""

    address: str
    page: int | None = None
    first_line: int | None = None
    last_line: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class RowCell:
    """
    A logical cell: its column counts from 1, its text has page breaks and hyphenation mended.

    `printed` is what stands there where a person corrected the text.
    """

    column: int
    role: str
    text: str
    fragments: list[Fragment]
    printed: str | None = None


@dataclass(slots=True)
class Place:
    """`lines` are those of the file, from 1; `cells` maps a column role to its address."""

    table: str
    rows: list[int]
    page: int | None
    lines: list[int]
    cells: dict[str, str]


@dataclass(slots=True)
class Row:
    """
    A logical row; `kind` is activity, result, indicator or form-item.

    `confidence` is the least of all parts, `certainty` that of the row's class and of its joins.
    `main` is the column that says what the row is about; `corrected_by` holds keys of corrections.
    """

    kind: str
    section_path: list[SectionStep]
    number: str | None
    activity: str | None
    indicator: str | None
    result: str | None
    assessment: str | None
    deadline: Deadline | None
    responsible: list[Actor]
    targets: list[Target]
    themes: list[Theme]
    place: Place
    confidence: float
    warnings: list[str]
    ordinal: int = 0
    certainty: float = 1.0
    level: str | None = None
    parent: str | None = None
    cells: list[RowCell] = field(default_factory=list)
    other_times: list[OtherTime] = field(default_factory=list)
    references: list[CrossReference] = field(default_factory=list)
    main: int = 1
    corrected_by: list[str] = field(default_factory=list)

    def cell(self, *roles: str) -> RowCell | None:
        """The first cell with one of the roles, looked for in the order given."""
        return next((cell for role in roles for cell in self.cells if cell.role == role), None)

    def text(self, *roles: str) -> str:
        found = self.cell(*roles)
        return "" if found is None else found.text


@dataclass(slots=True)
class Footnote:
    mark: str
    text: str
    applies_to: str | None
    line: int | None = None
    address: str | None = None


@dataclass(slots=True)
class Passage:
    """A prose paragraph that bears a theme."""

    text: str
    themes: list[Theme]
    lines: list[int]
    address: str | None = None


@dataclass(slots=True)
class Provision:
    """A numbered point of an approving order."""

    number: str
    text: str
    lines: list[int]
    address: str | None = None


@dataclass(slots=True)
class LevelDescription:
    """What a document says of one level of its model, with the bodies named there."""

    level: str
    text: str
    actors: list[Actor]
    lines: list[int]
    address: str | None = None


@dataclass(slots=True)
class Warning_:  # noqa: N801  (the plain name would hide the built-in)
    """
    What a person should look at; `place` names table, row and column or a line, `text` is what stands there.

    The sentence of each code stands in `loaders.doubts`.
    """

    code: str
    message: str
    place: str
    text: str = ""


CorrectedField = Literal[
    "actor", "deadline", "theme", "text", "kind", "number", "section", "level", "territory", "period"
]
Operation = Literal["replace", "add", "remove"]
Outcome = Literal["applied", "stale", "missing", "unusable"]


@dataclass(slots=True)
class CorrectionOutcome:
    """
    What came of one correction; `key` names it.

    `found` is the text that stands in the cell instead of the expected one, or what makes the value unusable.
    """

    key: str
    field: CorrectedField
    outcome: Outcome
    place: str | None = None
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class RowCount:
    """
    Rows of the tables that were read, as the file has them and as they were read.

    `printed` counts rows of cells with a text, `read` those that became rows of the plan or parts of them, `unread`
    those with a text that stands nowhere in the extraction; the others are heads, sections, notes and rows left out.
    """

    printed: int
    read: int
    unread: int


@dataclass(slots=True)
class Extraction:
    source: Source
    title: str | None
    level: str | None
    territory: Territory | None
    period: Period | None
    acts: list[Act]
    glossary: list[GlossaryEntry]
    tables: list[TableSummary]
    rows: list[Row]
    footnotes: list[Footnote]
    warnings: list[Warning_]
    roadmap: str | None = None
    title_en: str | None = None
    provisions: list[Provision] = field(default_factory=list)
    levels: list[LevelDescription] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    corrections: list[CorrectionOutcome] = field(default_factory=list)
    row_count: RowCount | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary of the printed format: «class_» becomes «class», dates stay ISO strings."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(value, dict):
        return {("class" if key == "class_" else key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
