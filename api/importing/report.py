"""The report of a load as a page shows it: counts, what changed, and every note in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.commands.review_report import concept_labels

if TYPE_CHECKING:
    from api.language import Language


@dataclass(slots=True)
class ShownDocument:
    """One file of a load; `notes` are pairs of place and words."""

    file: str
    status: str
    roadmap: str | None = None
    rows: int = 0
    triples: int = 0
    is_edition: bool = False
    changes: list[tuple[str, int]] = field(default_factory=list)
    corrections: dict[str, int] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class ShownReport:
    """`is_broken`: the server was stopped in the load, and the store told what came of it."""

    documents: list[ShownDocument]
    version: int
    seconds: float | None
    is_broken: bool

    def of(self, status: str) -> list[ShownDocument]:
        return [document for document in self.documents if document.status == status]


def shown_report(report: dict[str, Any], language: Language) -> ShownReport:
    """What `LoadReport.to_json` gave, in words."""
    labels = concept_labels(language.code)
    documents = []
    for given in report["documents"]:
        document = ShownDocument(given["file"], given["status"])
        if "rows" in given:
            document.roadmap = (given["roadmap"] or "").rpartition("/")[2] or None
            document.rows, document.triples = sum(given["rows"].values()), given["triples"]
            document.is_edition = given["previous"] is not None
            document.changes = [(labels.get(("change", kind), kind), n) for kind, n in given["changes"].items()]
            for outcome in given["corrections"]:
                document.corrections[outcome["outcome"]] = document.corrections.get(outcome["outcome"], 0) + 1
            document.errors = [_line(note, language) for note in given["errors"]]
            notes = [*given["left_out"], *given["warnings"], *given["doubts"]]
            document.warnings = [_line(note, language) for note in notes]
        documents.append(document)
    return ShownReport(documents, report["version"], report.get("seconds"), bool(report.get("broken")))


def _line(note: dict[str, Any], language: Language) -> tuple[str, str]:
    text = f": «{note['text']}»" if note["text"] else ""
    return note.get("place") or note.get("table") or "", f"{language.told(note['message'])}{text}"
