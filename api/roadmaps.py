"""The roadmap page: the source table as printed, and beside each row the facts read from it, tied by their cells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import NamedNode

    from api.knowledge import Knowledge, Record

# What a reading must reach to be shown as certain.
CERTAIN: Final = 0.8


@dataclass(slots=True)
class SourceCell:
    """A printed cell; `anchor` is its name in the page («t1_r7_c4»), `is_cut` if a page ended inside it."""

    iri: str
    anchor: str
    column: int
    text: str
    place: str
    is_cut: bool
    heading: str = ""


@dataclass(slots=True)
class Facts:
    """What was read from one row; each record knows the `anchor` of the cell it was read from, or None."""

    actors: list[Record] = field(default_factory=list)
    deadlines: list[Record] = field(default_factory=list)
    indicators: list[IndicatorFacts] = field(default_factory=list)
    themes: list[Record] = field(default_factory=list)
    anomalies: list[Record] = field(default_factory=list)

    @property
    def anchors(self) -> set[str]:
        records = [*self.actors, *self.deadlines, *self.indicators_targets]
        return {str(record["anchor"]) for record in records if record.get("anchor")}

    @property
    def indicators_targets(self) -> list[Record]:
        return [target for indicator in self.indicators for target in indicator.targets]


@dataclass(slots=True)
class IndicatorFacts:
    iri: str
    label: str
    targets: list[Record]


@dataclass(slots=True)
class SourceRow:
    """A logical row; `section` are the titles above it, the outermost first, `headings` those that begin with it."""

    anchor: str
    cells: dict[int, SourceCell]
    entry: str | None
    kind: str
    section: list[str]
    headings: list[str]
    facts: Facts


@dataclass(slots=True)
class SourceTable:
    """`columns` are the printed headings, or what the columns mean where nothing is printed over them."""

    title: str | None
    columns: dict[int, str]
    rows: list[SourceRow]


@dataclass(slots=True)
class RoadmapView:
    """One version of a document for its page; `selected` is the anchor of the cell that is lit."""

    record: Record | None
    versions: list[Record]
    shown: Record
    tables: list[SourceTable]
    selected: str | None

    @property
    def selected_place(self) -> str | None:
        cells = (cell for table in self.tables for row in table.rows for cell in row.cells.values())
        return next((cell.place for cell in cells if cell.anchor == self.selected), None)


def anchor_of(cell: str) -> str:
    """The name of a cell or row inside its document's page: what follows the version in its IRI."""
    key = cell.rsplit("/", 1)[-1]
    return "_".join(key.split("_")[2:])


def roadmap_view(
    knowledge: Knowledge, roadmap: str, language: str, *, version: str | None, cell: str | None
) -> RoadmapView | None:
    """
    The page of a roadmap in its current version, or in the one whose SHA-256 begins with `version`.

    None if the data has no such document or version.
    """
    versions = knowledge.records("versions", language, roadmap=roadmap)
    shown = next(
        (known for known in versions if (str(known["sha256"]).startswith(version) if version else known["current"])),
        None,
    )
    if shown is None:
        return None
    graph = graph_of(knowledge, str(shown["version"]))
    documents = knowledge.records("documents", language)
    record = next((document for document in documents if document["roadmap"] == roadmap), None)
    return RoadmapView(record, versions, shown, _tables(knowledge, graph, language), cell)


def graph_of(knowledge: Knowledge, version: str) -> str:
    """The named graph of a document version."""
    return knowledge.iris.base + "graph/" + version.rsplit("/", 1)[-1]


def _tables(knowledge: Knowledge, graph: str, language: str) -> list[SourceTable]:
    facts = facts_of_graph(knowledge, graph, language)
    stated = {str(record["row"]): record for record in knowledge.records("rows", language, graph=graph)}
    tables: dict[object, SourceTable] = {}
    rows: dict[object, SourceRow] = {}
    present: dict[object, list[str]] = {}
    for record in knowledge.records("source-cells", language, graph=graph):
        table = tables.setdefault(record["table"], SourceTable(_text(record["tableTitle"]), {}, []))
        column = int(record["column"] or 0)
        if column not in table.columns:
            table.columns[column] = str(record["heading"] or record["kindLabel"] or "")
        row = rows.get(record["row"])
        if row is None:
            meaning = stated.get(str(record["row"]), {})
            headings = _headings(meaning)
            before = present.get(record["table"], [])
            present[record["table"]] = headings
            entry = _text(meaning.get("entry"))
            row = rows[record["row"]] = SourceRow(
                anchor=anchor_of(str(record["row"])),
                cells={},
                entry=entry,
                kind=str(meaning.get("kindLabel") or ""),
                section=headings,
                headings=_new_headings(before, headings),
                facts=facts.get(entry or "", Facts()),
            )
            table.rows.append(row)
        row.cells[column] = SourceCell(
            iri=str(record["cell"]),
            anchor=anchor_of(str(record["cell"])),
            column=column,
            text=str(record["text"]),
            place=str(record["place"]),
            is_cut=bool(record["cut"]),
        )
    for table in tables.values():
        table.columns = dict(sorted(table.columns.items()))
    return list(tables.values())


def _headings(meaning: Record) -> list[str]:
    number = str(meaning.get("sectionNumber") or "").rstrip(". ")
    title = _text(meaning.get("sectionTitle"))
    if title and number:
        title = f"{number}. {title}"
    return [text for text in (_text(meaning.get("aboveTitle")), title) if text]


def _new_headings(before: list[str], now: list[str]) -> list[str]:
    same = 0
    while same < min(len(before), len(now)) and before[same] == now[same]:
        same += 1
    return now[same:]


def facts_of_graph(
    knowledge: Knowledge, graph: str, language: str, *, entry: NamedNode | None = None
) -> dict[str, Facts]:
    """What was read from the entries of a document version, or from one entry, by their IRIs."""
    found: dict[str, Facts] = defaultdict(Facts)

    def records(name: str) -> Iterable[tuple[Facts, Record]]:
        for record in knowledge.records(name, language, graph=graph, entry=entry):
            cell = record.get("cell")
            record["anchor"] = anchor_of(str(cell)) if cell else None
            yield found[str(record["entry"])], record

    for facts, record in records("assigned-actors"):
        record["isCertain"] = float(record["confidence"] or 0) >= CERTAIN
        record["signs"] = None if record["start"] is None else f"{record['start']}-{record['end']}"
        facts.actors.append(record)
    for facts, record in records("read-deadlines"):
        facts.deadlines.append(record)
    for facts, record in records("read-targets"):
        iri = str(record["indicator"])
        if not facts.indicators or facts.indicators[-1].iri != iri:
            facts.indicators.append(IndicatorFacts(iri, str(record["indicatorLabel"] or ""), []))
        facts.indicators[-1].targets.append(record)
    for facts, record in records("assigned-themes"):
        facts.themes.append(record)
    for facts, record in records("found-anomalies"):
        facts.anomalies.append(record)
    return found


def _text(value: object) -> str | None:
    return None if value in {None, ""} else str(value)
