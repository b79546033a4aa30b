"""A version of a document for its page: the source tables as printed, and what was read from their rows."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import NamedNode

    from api.knowledge import Knowledge, Record

Mark: TypeAlias = Literal["sure", "guess", "miss", ""]

# What a reading must reach to be shown as certain.
CERTAIN: Final = 0.8
# Columns from which something must be read, if anything is printed in them.
_READ_COLUMNS: Final = frozenset({"deadline", "responsible", "participant-or-organizer", "co-executor"})
# Some documents number no row; that makes none of them doubtful.
_UNREMARKABLE: Final = "/no-number"
_VAGUE: Final = "/underspecified"
_KEPT_VERSIONS: Final = 16


@dataclass(slots=True)
class SourceCell:
    """
    A printed cell; `anchor` is its name in the page («t1_r3_c4»), `is_cut` if a page ended inside it.

    `mark` says how it was read: with certainty, guessed, not understood, or "" where there is nothing to read.
    """

    iri: str
    anchor: str
    column: int
    text: str
    place: str
    is_cut: bool
    heading: str = ""
    mark: Mark = ""


@dataclass(slots=True)
class Facts:
    """What was read from one entry; each record knows the `anchor` of the cell it was read from, or None."""

    actors: list[Record] = field(default_factory=list)
    deadlines: list[Record] = field(default_factory=list)
    indicators: list[IndicatorFacts] = field(default_factory=list)
    themes: list[Record] = field(default_factory=list)
    anomalies: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class IndicatorFacts:
    """An indicator with what was read of its targets."""

    iri: str
    label: str
    targets: list[Record]


@dataclass(slots=True)
class SourceRow:
    """
    A logical row; `headings` are the titles of sections that begin with it, the outermost first.

    `entries` are what it states with their kinds in words; none where nobody understood the row.
    """

    anchor: str
    cells: dict[int, SourceCell]
    entries: list[tuple[str, str]]
    headings: list[str]
    anomalies: list[str]

    @property
    def size(self) -> int:
        """About how many bytes of a page it takes."""
        return sum(2 * len(cell.text) + 60 for cell in self.cells.values()) + 2 * sum(map(len, self.headings)) + 100


@dataclass(slots=True)
class SourceTable:
    """`columns` are the printed headings, or what the columns mean where nothing is printed over them."""

    ordinal: int
    title: str | None
    columns: dict[int, str]
    rows: list[SourceRow]


class SourceTables:
    """The tables of the document versions that were looked at last, by data version and language.  Safe in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[int, str, str], list[SourceTable]] = OrderedDict()

    def of(self, knowledge: Knowledge, graph: str, language: str) -> list[SourceTable]:
        """The tables of the document version that stands in the named graph."""
        key = (knowledge.version, graph, language)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        tables = _tables(knowledge, graph, language)
        with self._lock:
            self._kept[key] = tables
            while len(self._kept) > _KEPT_VERSIONS:
                self._kept.popitem(last=False)
        return tables


def anchor_of(cell: str) -> str:
    """The name of a cell or row inside its document's page: what follows the version in its IRI."""
    key = cell.rsplit("/", 1)[-1]
    return "_".join(key.split("_")[2:])


def graph_of(knowledge: Knowledge, version: str) -> str:
    """The named graph of a document version."""
    return knowledge.iris.base + "graph/" + version.rsplit("/", 1)[-1]


def headings_of(stated: Record) -> list[str]:
    """The titles of the sections above an entry, the outermost first, with the number of its own."""
    number, title = str(stated["sectionNumber"] or "").rstrip(". "), stated["sectionTitle"]
    own = f"{number}. {title}" if number and title else title
    return [str(text) for text in (stated["aboveTitle"], own) if text]


def facts_of_graph(
    knowledge: Knowledge, graph: str, language: str, *, entry: NamedNode | str | None = None
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


def _tables(knowledge: Knowledge, graph: str, language: str) -> list[SourceTable]:
    stated: defaultdict[str, list[Record]] = defaultdict(list)
    for record in knowledge.records("rows", language, graph=graph):
        stated[str(record["row"])].append(record)
    facts = facts_of_graph(knowledge, graph, language)
    readings = _readings(facts.values())
    anomalies = {
        entry: [
            str(record["label"] or record["anomaly"])
            for record in found.anomalies
            if not str(record["anomaly"]).endswith(_UNREMARKABLE)
        ]
        for entry, found in facts.items()
    }
    tables: dict[object, SourceTable] = {}
    rows: dict[object, SourceRow] = {}
    present: dict[object, list[str]] = {}
    for record in knowledge.records("source-cells", language, graph=graph):
        table = tables.setdefault(
            record["table"], SourceTable(int(record["tableOrdinal"] or 0), _text(record["tableTitle"]), {}, [])
        )
        column = int(record["column"] or 0)
        if column not in table.columns:
            table.columns[column] = str(record["heading"] or record["kindLabel"] or "")
        row = rows.get(record["row"])
        if row is None:
            meanings = stated.get(str(record["row"]), [])
            headings = headings_of(meanings[0]) if meanings else []
            before = present.get(record["table"], [])
            if meanings:
                present[record["table"]] = headings
            entries = {str(one["entry"]): str(one["kindLabel"] or "") for one in meanings}
            row = rows[record["row"]] = SourceRow(
                anchor=anchor_of(str(record["row"])),
                cells={},
                entries=list(entries.items()),
                headings=_new_headings(before, headings) if meanings else [],
                anomalies=sorted({words for entry in entries for words in anomalies.get(entry, ())}),
            )
            table.rows.append(row)
        row.cells[column] = SourceCell(
            iri=str(record["cell"]),
            anchor=anchor_of(str(record["cell"])),
            column=column,
            text=str(record["text"]),
            place=str(record["place"]),
            is_cut=record["cut"] is not None,
            mark=_mark(record, readings.get(str(record["cell"])), understood=bool(row.entries)),
        )
    for table in tables.values():
        table.columns = dict(sorted(table.columns.items()))
    return list(tables.values())


def _readings(facts: Iterable[Facts]) -> dict[str, float]:
    """The least confidence of what was read from each cell; an underspecified deadline is no certain reading."""
    least: dict[str, float] = {}
    for found in facts:
        read = [(actor["cell"], float(actor["confidence"] or 0)) for actor in found.actors]
        read += [(one["cell"], 0.5 if str(one["kind"]).endswith(_VAGUE) else 1.0) for one in found.deadlines]
        read += [(target["cell"], 1.0) for one in found.indicators for target in one.targets]
        for cell, sure in read:
            if cell:
                least[str(cell)] = min(sure, least.get(str(cell), 1.0))
    return least


def _mark(cell: Record, least: float | None, *, understood: bool) -> Mark:
    if not str(cell["text"] or "").strip():
        return ""
    if least is not None:
        return "sure" if least >= CERTAIN else "guess"
    kind = str(cell["kind"]).rsplit("/", 1)[-1]
    if not understood:
        return "miss"
    return "miss" if kind in _READ_COLUMNS else "sure" if kind == "activity" else ""


def _new_headings(before: Sequence[str], now: Sequence[str]) -> list[str]:
    same = 0
    while same < min(len(before), len(now)) and before[same] == now[same]:
        same += 1
    return list(now[same:])


def _text(value: object) -> str | None:
    return None if value in {None, ""} else str(value)
