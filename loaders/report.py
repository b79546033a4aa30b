"""What came of loading documents: counts, doubts, what was left out, errors; for people and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from typing import Any
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode

from graph.validation import Report, Severity, shape_name
from loaders.doubts import SENTENCES, find_doubts, tables_left_out
from loaders.extraction import Actor, CorrectionOutcome, Extraction
from loaders.messages import Message, Value
from loaders.quads import DocumentQuads
from loaders.quads.persons import PersonNames
from ontology.vocabulary import VEKHA

Status = OneOf["loaded", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know of a document; `place` is where in it, in words, and `text` what stands there, if known."""

    code: str
    message: Message
    place: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class TableLeftOut:
    table: str
    rows: int
    code: str
    message: Message
    text: str


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
    """
    The documents in the order of their paths; `version` is the data version afterwards.

    `notes` tell what in the folders was not taken for a document.
    """

    documents: list[DocumentReport] = field(default_factory=list)
    version: int = 0
    seconds: float = 0.0
    notes: list[Note] = field(default_factory=list)

    def of(self, status: Status) -> list[DocumentReport]:
        return [document for document in self.documents if document.status == status]

    @property
    def complete(self) -> bool:
        """Whether every document is in the store now, and every folder could be read."""
        return not self.of("failed") and all(note.code != "unreadable-folder" for note in self.notes)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; keys are the field names, and «complete»."""
        return {**asdict(self), "complete": self.complete}


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
    rows = {table.id: table.rows for table in extraction.tables}
    report.left_out = [
        TableLeftOut(doubt.place, rows[doubt.place], doubt.code, Message(SENTENCES[doubt.code]), shown(doubt.text))
        for doubt in tables_left_out(extraction)
    ]
    report.warnings += [
        Note(warning.code, Message(SENTENCES[warning.code]), warning.place, shown(warning.text))
        for warning in extraction.warnings
    ]
    report.doubts += [
        _uncertain(shown(doubt.subject.raw), shown(doubt.subject.label), f"{doubt.confidence:.0%}", doubt.place or None)
        for doubt in find_doubts(extraction)
        if isinstance(doubt.subject, Actor)
    ]


def _uncertain(raw: str, label: str, confidence: str, place: str | None) -> Note:
    values: dict[str, Value] = {"raw": raw, "label": label, "confidence": confidence}
    return Note("uncertain-actor", Message("«{raw}» was taken for «{label}» ({confidence} sure)", values), place)


def describe_findings(report: DocumentReport, findings: Report, quads: DocumentQuads) -> list[Note]:
    """
    The notes added of what the shapes found, each with the place of its cell, or with the file; violations are errors.

    What is said of how an actor was resolved tells the words that name the actor.
    """
    places, words = _places(quads), _words_resolved(quads)
    added: list[Note] = []
    for finding in findings.findings:
        if finding.severity is Severity.INFO:
            continue
        notes = report.errors if finding.severity is Severity.VIOLATION else report.warnings
        # What has no cell, as the roadmap itself, is said of the whole file.
        place = places.get(finding.focus) or PurePath(report.file).name
        said = {language or "en": text for language, text in finding.messages}
        message = Message("{text}", {"text": finding.message("en")}, said)
        added.append(Note(shape_name(finding), message, place, words.get(finding.focus, "")))
        notes.append(added[-1])
    return added


def _places(quads: DocumentQuads) -> dict[str, str]:
    """Readable places of things: their own, or that of the cell that states them or their mention."""
    own: dict[str, str] = {}
    cells: dict[str, str] = {}
    mentions: dict[str, str] = {}
    for quad in quads.document:
        subject, value = quad.subject, quad.object
        if isinstance(subject, NamedNode) and isinstance(value, Literal) and quad.predicate == VEKHA.place:
            own[subject.value] = value.value
        elif isinstance(subject, NamedNode) and isinstance(value, NamedNode) and quad.predicate == VEKHA.statedIn:
            cells[subject.value] = value.value
        elif isinstance(subject, NamedNode) and isinstance(value, NamedNode) and quad.predicate == VEKHA.resolution:
            mentions[value.value] = subject.value
    cells |= {resolution: cells[mention] for resolution, mention in mentions.items() if mention in cells}
    return {subject: own[cell] for subject, cell in cells.items() if cell in own} | own


def _words_resolved(quads: DocumentQuads) -> dict[str, str]:
    """Of resolutions the words that they resolve; none that name a person, for these stand apart."""
    spelt = {
        quad.subject: quad.object.value
        for quad in quads.document
        if quad.predicate == VEKHA.surfaceForm and isinstance(quad.object, Literal)
    }
    return {
        quad.object.value: spelt[quad.subject]
        for quad in quads.document
        if quad.predicate == VEKHA.resolution and isinstance(quad.object, NamedNode) and quad.subject in spelt
    }
