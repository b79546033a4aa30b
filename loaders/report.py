"""What came of loading documents: counts, doubts, what was left out, errors; for people and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

from graph.validation import Report, Severity, shape_name
from loaders.doubts import SURE
from loaders.extraction import CorrectionOutcome, Extraction
from loaders.quads import DocumentQuads
from loaders.quads.persons import PersonNames
from ontology.vocabulary import VEKHA

Status = OneOf["loaded", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know of a document; `place` is where in it, in words, if that is known."""

    code: str
    messages: dict[str, str]
    place: str | None = None

    def message(self, language: str) -> str:
        """The sentence in `language`, else in English."""
        return self.messages.get(language) or self.messages["en"]


@dataclass(frozen=True, slots=True)
class TableLeftOut:
    table: str
    rows: int
    reason: str


@dataclass(slots=True)
class DocumentReport:
    """
    What came of one file.

    `rows` counts logical rows by kind, `triples` what is stored of the document, `seconds` the wall time of each stage.
    `changes` counts by kind what differs from the version `previous`; both are empty for a first version.
    `corrections` tells what came of each correction by people.
    `doubts` and `warnings` are for a person to look at; only an `error` keeps a document out.
    """

    file: str
    status: Status = "failed"
    roadmap: str | None = None
    sha256: str | None = None
    graph: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    triples: int = 0
    previous: str | None = None
    changes: dict[str, int] = field(default_factory=dict)
    left_out: list[TableLeftOut] = field(default_factory=list)
    doubts: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    errors: list[Note] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    corrections: list[CorrectionOutcome] = field(default_factory=list)


@dataclass(slots=True)
class LoadReport:
    """The documents in the order they were read; `version` is the data version afterwards."""

    documents: list[DocumentReport] = field(default_factory=list)
    version: int = 0
    seconds: float = 0.0

    def of(self, status: Status) -> list[DocumentReport]:
        return [document for document in self.documents if document.status == status]

    @property
    def complete(self) -> bool:
        """Whether every document is in the store now."""
        return not self.of("failed")

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; keys are the field names."""
        return asdict(self)


def describe_extraction(report: DocumentReport, extraction: Extraction, *, show_persons: bool) -> None:
    """Add what was read, doubted and left out; without names of persons if these are withheld."""
    names = PersonNames.of(extraction)

    def shown(text: str) -> str:
        return text if show_persons else names.strike_out(text)

    report.sha256 = extraction.source.sha256
    report.corrections = [
        replace(outcome, expected=shown(outcome.expected or "") or None, found=shown(outcome.found or "") or None)
        for outcome in extraction.corrections
    ]
    report.rows = dict(Counter(row.kind for row in extraction.rows))
    report.left_out = [
        TableLeftOut(table.id, table.rows, table.reason) for table in extraction.tables if table.reason is not None
    ]
    report.warnings += [
        Note(warning.code, {"en": shown(warning.message)}, warning.place) for warning in extraction.warnings
    ]
    for row in extraction.rows:
        place = ", ".join(dict.fromkeys(row.place.cells.values())) or None
        report.doubts += [
            _uncertain(shown(actor.raw), shown(actor.label), f"{actor.confidence:.0%}", place)
            for actor in row.responsible
            if actor.confidence < SURE
        ]


def _uncertain(raw: str, label: str, confidence: str, place: str | None) -> Note:
    messages = {
        "en": f"«{raw}» was taken for «{label}» ({confidence} sure)",
        "ru": f"«{raw}» понято как «{label}» (уверенность {confidence})",
    }
    return Note("uncertain-actor", messages, place)


def describe_findings(report: DocumentReport, findings: Report, quads: DocumentQuads) -> None:
    """Add what the shapes found, each with the place of the cell it is about; violations are errors."""
    places = _places(quads)
    for finding in findings.findings:
        if finding.severity is Severity.INFO:
            continue
        notes = report.errors if finding.severity is Severity.VIOLATION else report.warnings
        place = places.get(finding.focus) or finding.focus
        notes.append(Note(shape_name(finding), {language or "en": text for language, text in finding.messages}, place))


def _places(quads: DocumentQuads) -> dict[str, str]:
    """Readable places of things: their own, or that of the cell that states them."""
    own: dict[str, str] = {}
    cells: dict[str, str] = {}
    for quad in quads.document:
        subject, value = quad.subject, quad.object
        if isinstance(subject, NamedNode) and isinstance(value, Literal) and quad.predicate == VEKHA.place:
            own[subject.value] = value.value
        elif isinstance(subject, NamedNode) and isinstance(value, NamedNode) and quad.predicate == VEKHA.statedIn:
            cells[subject.value] = value.value
    return {subject: own[cell] for subject, cell in cells.items() if cell in own} | own
