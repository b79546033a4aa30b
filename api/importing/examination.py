"""
What loading a file would do, as it waits on disk to be looked at, and as the page of an import shows it in words.

What is on disk holds names of persons also where the data withhold them, as the files themselves do; pages do not.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from api.commands.review_report import Reviewer
from api.pages import written
from loaders.doubts import find_doubts
from loaders.extraction import Extraction
from loaders.quads.persons import PersonNames
from loaders.reading_process import EXTRACTIONS, Reading
from ontology.iris import SCHEMES_NAMESPACE
from ontology.vocabulary import RDF, RDFS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.commands.review_report import Reviewed
    from api.language import Language
    from api.settings import Settings
    from loaders.extraction import Actor, Row, TableSummary, Target
    from loaders.pipeline import Examined
    from loaders.quads import DocumentQuads

ROWS_A_PAGE: Final = 10
# More changes and doubts of one document are counted, and shown after the load.
MOST_CHANGES: Final = 200
MOST_DOUBTS: Final = 40
# What else compares a target («рост») is told in the words of the document.
_SIGNS: Final = {"=": "", ">=": "≥", "<=": "≤", ">": ">", "<": "<"}


def written_preview(examined: Examined, settings: Settings) -> bytes:
    """What `shown_preview` reads."""
    content: dict[str, Any] = {
        "report": asdict(examined.report),
        "findings": [asdict(note) for note in examined.findings],
        "unchanged": examined.unchanged,
        "extraction": None,
        "changes": [],
    }
    if examined.extraction is not None:
        content["extraction"] = EXTRACTIONS.dump_python(examined.extraction, mode="json")
    if examined.quads is not None:
        content["changes"] = list(islice(_changes(examined.quads, show_persons=settings.show_persons), MOST_CHANGES))
    return json.dumps(content, ensure_ascii=False).encode()


def _changes(quads: DocumentQuads, *, show_persons: bool) -> Iterator[dict[str, str | None]]:
    """The changes against the edition in the store, in the order in which they are stated."""
    said: dict[NamedNode, dict[NamedNode, str]] = defaultdict(dict)
    for quad in [*quads.document, *(quads.persons if show_persons else ())]:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            said[quad.subject][quad.predicate] = quad.object.value
    found = [values for values in said.values() if values.get(RDF.type) == VEKHA.Change.value]

    def last(values: dict[NamedNode, str], predicate: NamedNode) -> str:
        return values.get(predicate, "").removeprefix(SCHEMES_NAMESPACE).rpartition("/")[2]

    for values in sorted(found, key=lambda values: int(values.get(VEKHA.ordinal, "0"))):
        entry = said.get(NamedNode(values[VEKHA.changeOf]), {})
        yield {
            "kind": last(values, VEKHA.changeKind),
            "column": last(values, VEKHA.columnKind) or None,
            "entry": entry.get(RDFS.label) or entry.get(VEKHA.redactedText),
            "number": entry.get(VEKHA.printedNumber),
            "before": values.get(VEKHA.textBefore),
            "after": values.get(VEKHA.textAfter),
        }


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One fact of a row in words; `sure` is false where a person should look, and `why` says so."""

    words: str
    more: str = ""
    sure: bool = True
    why: str = ""


@dataclass(slots=True)
class ShownRow:
    """One row of the plan: what is printed in its cells, and what was read from them."""

    ordinal: int
    number: str
    kind: str
    text: str
    section: str
    place: str
    cells: list[tuple[str, str]]
    who: list[ShownFact]
    when: list[ShownFact]
    targets: list[ShownFact]
    themes: list[ShownFact]
    doubts: list[str]


@dataclass(slots=True)
class ShownPreview:
    """
    The preview of one file as a page of it is shown; without an extraction only `errors` tell why.

    `rows` are those of the page from `first`; `total` counts all.  `changes` are told in words, `findings` by sentence.
    """

    errors: list[str]
    unchanged: bool
    extraction: Extraction | None = None
    reviewed: Reviewed | None = None
    roadmap: str | None = None
    territory: str = ""
    period: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    rows: list[ShownRow] = field(default_factory=list)
    first: int = 0
    total: int = 0
    is_edition: bool = False
    change_counts: list[tuple[str, int]] = field(default_factory=list)
    changes: list[dict[str, str]] = field(default_factory=list)
    findings: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    # The slug of a loaded document of which this looks like an edition.
    looks_like: str | None = None
    corrections: dict[str, int] = field(default_factory=dict)
    doubts: int = 0

    @property
    def tables(self) -> list[TableSummary]:
        return self.extraction.tables if self.extraction else []


def shown_preview(content: dict[str, Any], language: Language, *, show_persons: bool, first: int = 0) -> ShownPreview:
    """What `written_preview` wrote, in words; rows from `first` on, counted from 0."""
    report = content["report"]
    told = language.told
    shown = ShownPreview([told(note["message"]) for note in report["errors"]], content["unchanged"])
    if content["extraction"] is None:
        return shown
    extraction = EXTRACTIONS.validate_python(content["extraction"])
    names = None if show_persons else PersonNames.of(extraction)
    words = _Words(Reviewer(language, show_persons=show_persons), language, extraction, names)
    shown.extraction = extraction
    reading = Reading(Path(extraction.source.file), extraction)
    shown.reviewed = words.reviewer.review(reading, anchor="doubt")
    shown.doubts = sum(len(shown.reviewed.of(kind)) for kind in ("reading", "check", "left-out"))
    shown.roadmap = (report["roadmap"] or "").rpartition("/")[2] or None
    territory, period = extraction.territory, extraction.period
    if territory is not None:
        shown.territory = ", ".join(filter(None, (territory.federal_subject, territory.municipality)))
    shown.period = f"{period.start}/{period.end}" if period else ""
    shown.counts = report["rows"]
    shown.total = len(extraction.rows)
    shown.first = min(max(first, 0), max(shown.total - 1, 0)) // ROWS_A_PAGE * ROWS_A_PAGE
    shown.rows = [words.row(row) for row in extraction.rows[shown.first : shown.first + ROWS_A_PAGE]]
    shown.is_edition = report["previous"] is not None
    shown.change_counts = [(words.label("change", kind), count) for kind, count in report["changes"].items()]
    shown.changes = [words.change(change) for change in content["changes"]]
    shown.findings = [(note["place"] or "", told(note["message"])) for note in content["findings"]]
    from_shapes = {(note["code"], note["place"]) for note in content["findings"]}
    lineage = {"another-document-of-this-name", "looks-like-edition", "edition-without-common-rows"}
    for note in report["warnings"]:
        if note["code"] in lineage and (note["code"], note["place"]) not in from_shapes:
            said = told(note["message"])
            if note["code"] == "looks-like-edition":
                values = note["message"]["values"]
                shown.looks_like = str(values["slug"])
                # Here a button does what a load advises to write into a profile.
                said = language.text("Looks like a new edition of «{title}».", title=values["title"])
            shown.notes.append((note["code"], said))
    for outcome in report["corrections"]:
        shown.corrections[outcome["outcome"]] = shown.corrections.get(outcome["outcome"], 0) + 1
    return shown


class _Words:
    """Words for the rows of one extraction; names of persons are struck out where they are withheld."""

    def __init__(
        self, reviewer: Reviewer, language: Language, extraction: Extraction, names: PersonNames | None
    ) -> None:
        self.reviewer = reviewer
        self.label = reviewer.label
        self._language = language
        self._names = names
        self._doubts: dict[int, list[str]] = defaultdict(list)
        for doubt in find_doubts(extraction):
            if doubt.row is not None:
                self._doubts[doubt.row].append(language.text(doubt.sentence))

    def row(self, row: Row) -> ShownRow:
        main = next((cell for cell in row.cells if cell.column == row.main), None)
        steps = [" ".join(filter(None, (step.number, step.title))) for step in row.section_path]
        return ShownRow(
            ordinal=row.ordinal,
            number=(row.number or "").strip(),
            kind=self._kind(row.kind),
            text=self._shown(row.activity or row.indicator or row.result or (main.text if main else "")),
            section=self._shown(" › ".join(steps)),
            place=next(iter(row.place.cells.values()), ""),
            cells=[(self.label("column-kind", cell.role), self._shown(cell.text)) for cell in row.cells if cell.text],
            who=[self._actor(actor) for actor in row.responsible],
            when=self._times(row),
            targets=[ShownFact(self._target(target)) for target in row.targets],
            themes=[ShownFact(self.label("theme", theme)) for theme in dict.fromkeys(t.theme for t in row.themes)],
            doubts=list(dict.fromkeys(self._doubts.get(row.ordinal, ()))),
        )

    def change(self, change: dict[str, str | None]) -> dict[str, str]:
        return {
            "kind": self.label("change", change["kind"] or ""),
            "column": self.label("column-kind", change["column"]) if change["column"] else "",
            **{name: self._shown(change[name] or "") for name in ("entry", "number", "before", "after")},
        }

    def _kind(self, kind: str) -> str:
        text = self._language.text
        kinds = {
            "activity": text("activity"),
            "result": text("result"),
            "indicator": text("indicator"),
            "form-item": text("form item"),
        }
        return kinds.get(kind, kind)

    def _actor(self, actor: Actor) -> ShownFact:
        role = self.label("role", actor.role) if actor.role != "responsible" else ""
        is_sure = actor.confidence >= 0.8
        why = "" if is_sure else self._language.text("read from «{words}»", words=self._shown(actor.raw))
        return ShownFact(self._shown(actor.label), role, is_sure, why)

    def _times(self, row: Row) -> list[ShownFact]:
        if row.deadline is None:
            return []
        is_sure = row.deadline.confidence >= 0.8
        why = "" if is_sure else self._language.text("printed: «{words}»", words=row.deadline.raw)
        raw = " ".join(row.deadline.raw.split())
        # What recurs is told by the document's own words: «ежеквартально».
        return [
            ShownFact(words, "" if why or any(map(str.isdecimal, words)) else raw, is_sure, why)
            for words in dict.fromkeys(self.reviewer.times(row.deadline))
        ]

    def _target(self, target: Target) -> str:
        words = target.raw
        if target.value is not None and target.comparator in _SIGNS and not target.period:
            value = written(target.value, self._language)
            words = " ".join(filter(None, (_SIGNS[target.comparator], value, target.unit)))
        return f"{target.year}: {words}" if target.year else words

    def _shown(self, text: str) -> str:
        return text if self._names is None else self._names.strike_out(text)
