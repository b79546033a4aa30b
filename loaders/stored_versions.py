"""
A document version as the store has it: its entries with their names, the cells they were read from, their values.

It is read from the graph of the version and not from the kept file: the graph has the names that entries carry on from
still earlier versions, and the corrections and the profile as they were applied; the kept file has neither.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from ontology.iris import SCHEMES_NAMESPACE, Iris
from ontology.vocabulary import RDF, RDFS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Quad, Triple

    from graph.snapshots import Snapshot

_ENTRY_KINDS = frozenset({"activity", "result", "form-item"})


@dataclass(frozen=True, slots=True)
class StoredCell:
    """
    A cell as printed; `addresses` are those of its fragments.

    `names_person` says that its text must not leave the graph of persons; where names are withheld, `text` is the
    text with the names struck out and `struck` is true.
    """

    iri: NamedNode
    role: str
    text: str
    addresses: tuple[str, ...] = ()
    names_person: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class StoredDeadline:
    """ISO dates, both inclusive."""

    kind: str
    start: str | None
    end: str | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class StoredTarget:
    raw: str
    value: float | None
    year: int | None
    status: str
    cell: NamedNode | None


@dataclass(frozen=True, slots=True)
class StoredActor:
    """`surface` is what the cell calls the actor; None where a withheld person is named."""

    iri: NamedNode
    surface: str | None
    cell: NamedNode | None
    is_person: bool


@dataclass(frozen=True, slots=True)
class StoredSection:
    iri: NamedNode
    title: str
    number: str | None
    parent: NamedNode | None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A row of a table; `kind` is the kind in its name: activity, result or form-item."""

    iri: NamedNode
    kind: str
    text: str
    number: str | None
    section: StoredSection | None
    cells: tuple[StoredCell, ...]
    main: NamedNode | None = None
    deadlines: tuple[StoredDeadline, ...] = ()
    targets: tuple[StoredTarget, ...] = ()
    actors: tuple[StoredActor, ...] = ()
    themes: tuple[NamedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """`entries` and `sections` are in the order of the document."""

    version: NamedNode
    entries: tuple[StoredEntry, ...]
    sections: tuple[StoredSection, ...]


def read_version(snapshot: Snapshot, iris: Iris, version: NamedNode) -> StoredVersion:
    """The version as the snapshot has it; without entries if the snapshot lacks it."""
    name = version.value.removeprefix(iris.namespace("version"))
    document = snapshot.triples(NamedNode(f"{iris.base}graph/{name}"))
    persons = snapshot.triples(NamedNode(f"{iris.graph('persons').value}/{name}"))
    return version_of(document, persons, iris, version)


def version_of(
    document: Iterable[Triple | Quad], persons: Iterable[Triple | Quad], iris: Iris, version: NamedNode
) -> StoredVersion:
    """The version that these statements describe."""
    return _Reader(_Statements(document), _Statements(persons), iris).version(version)


def names_used(snapshot: Snapshot, iris: Iris, versions: Iterable[NamedNode]) -> frozenset[NamedNode]:
    """The names of entries and sections in any of the versions."""
    used: set[NamedNode] = set()
    for version in versions:
        name = version.value.removeprefix(iris.namespace("version"))
        for triple in snapshot.triples(NamedNode(f"{iris.base}graph/{name}")):
            if triple.predicate == VEKHA.roadmap and isinstance(triple.subject, NamedNode):
                used.add(triple.subject)
    return frozenset(used)


class _Statements:
    """Statements by subject and predicate."""

    def __init__(self, statements: Iterable[Triple | Quad]) -> None:
        self.by_subject: dict[NamedNode, dict[NamedNode, list[NamedNode | Literal]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for statement in statements:
            if isinstance(statement.subject, NamedNode) and isinstance(statement.object, NamedNode | Literal):
                self.by_subject[statement.subject][statement.predicate].append(statement.object)

    def things(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        """In the order of the ordinals at the end of their names."""
        return sorted(
            (value for value in self._values(subject, predicate) if isinstance(value, NamedNode)),
            key=lambda node: (len(node.value), node.value),
        )

    def thing(self, subject: NamedNode, predicate: NamedNode) -> NamedNode | None:
        return next(iter(self.things(subject, predicate)), None)

    def text(self, subject: NamedNode, predicate: NamedNode) -> str | None:
        return next((value.value for value in self._values(subject, predicate) if isinstance(value, Literal)), None)

    def number(self, subject: NamedNode, predicate: NamedNode) -> int:
        """0 if nothing is stated."""
        return int(self.text(subject, predicate) or 0)

    def subjects(self, cls: NamedNode) -> Iterator[NamedNode]:
        return (subject for subject, values in self.by_subject.items() if cls in values.get(RDF.type, ()))

    def _values(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode | Literal]:
        return self.by_subject[subject].get(predicate, []) if subject in self.by_subject else []


class _Reader:
    def __init__(self, document: _Statements, persons: _Statements, iris: Iris) -> None:
        self._document = document
        self._persons = persons
        self._iris = iris

    def version(self, version: NamedNode) -> StoredVersion:
        document = self._document
        sections = {iri: self._section(iri) for iri in document.subjects(VEKHA.Section)}
        cells: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        for cell in document.subjects(VEKHA.SourceCell):
            row = document.thing(cell, VEKHA.sourceRow)
            for entry in document.things(row, VEKHA.entry) if row else ():
                cells[entry].append(cell)
        kinds = {entry: self._kind(entry) for entry in cells}
        ordered = sorted(
            (entry for entry, kind in kinds.items() if kind in _ENTRY_KINDS),
            key=lambda entry: document.number(entry, VEKHA.documentOrder),
        )
        entries = tuple(self._entry(entry, kinds[entry], cells[entry], sections) for entry in ordered)
        used = dict.fromkeys(entry.section.iri for entry in entries if entry.section)
        rest = [iri for iri in sorted(sections, key=lambda iri: iri.value) if iri not in used]
        return StoredVersion(version, entries, tuple(sections[iri] for iri in [*used, *rest]))

    def _kind(self, iri: NamedNode) -> str:
        found = self._iris.kind_and_key(iri)
        return found[0] if found else ""

    def _section(self, iri: NamedNode) -> StoredSection:
        document = self._document
        return StoredSection(
            iri,
            self._printed(iri, RDFS.label)[0],
            document.text(iri, VEKHA.printedNumber),
            document.thing(iri, VEKHA.parentSection),
        )

    def _entry(
        self, iri: NamedNode, kind: str, cells: list[NamedNode], sections: Mapping[NamedNode, StoredSection]
    ) -> StoredEntry:
        document = self._document
        section = document.thing(iri, VEKHA.section)
        ordered = sorted(cells, key=lambda cell: document.number(cell, VEKHA.column))
        indicators = document.things(iri, VEKHA.indicator)
        return StoredEntry(
            iri,
            kind,
            self._printed(iri, RDFS.label)[0],
            document.text(iri, VEKHA.printedNumber),
            sections.get(section) if section else None,
            tuple(self._cell(cell) for cell in ordered),
            document.thing(iri, VEKHA.statedIn),
            tuple(self._deadline(part) for part in document.things(iri, VEKHA.deadline)),
            tuple(
                self._target(target) for indicator in indicators for target in document.things(indicator, VEKHA.target)
            ),
            tuple(self._actors(iri)),
            tuple(document.things(iri, VEKHA.theme)),
        )

    def _cell(self, iri: NamedNode) -> StoredCell:
        document = self._document
        kind = document.thing(iri, VEKHA.columnKind)
        parts = sorted(
            document.things(iri, VEKHA.fragment), key=lambda part: document.number(part, VEKHA.fragmentOrder)
        )
        text, names_person, struck = self._printed(iri, VEKHA.rawText)
        addresses = tuple(filter(None, (document.text(part, VEKHA.address) for part in parts)))
        return StoredCell(iri, _identifier(kind, "column-kind") or "other", text, addresses, names_person, struck)

    def _printed(self, iri: NamedNode, predicate: NamedNode) -> tuple[str, bool, bool]:
        """The text, whether it names a person, whether the names in it are struck out."""
        text = self._document.text(iri, predicate)
        if text is not None:
            return text, False, False
        named = self._persons.text(iri, predicate)
        if named is not None:
            return named, True, False
        struck = self._document.text(iri, VEKHA.redactedText)
        return struck or "", struck is not None, struck is not None

    def _deadline(self, iri: NamedNode) -> StoredDeadline:
        document = self._document
        return StoredDeadline(
            _identifier(document.thing(iri, VEKHA.deadlineKind), "deadline-kind") or "",
            document.text(iri, VEKHA.start),
            document.text(iri, VEKHA.end),
            document.text(iri, VEKHA.rrule),
        )

    def _target(self, iri: NamedNode) -> StoredTarget:
        document = self._document
        value, year = document.text(iri, VEKHA.value), document.text(iri, VEKHA.year)
        return StoredTarget(
            document.text(iri, VEKHA.rawText) or "",
            float(value) if value is not None else None,
            int(year) if year is not None else None,
            _identifier(document.thing(iri, VEKHA.valueStatus), "status") or "target",
            document.thing(iri, VEKHA.statedIn),
        )

    def _actors(self, entry: NamedNode) -> Iterator[StoredActor]:
        document = self._document
        assignments = sorted(
            document.things(entry, VEKHA.assignment), key=lambda iri: document.number(iri, VEKHA.order)
        )
        for assignment in assignments:
            actor, mention = (
                document.thing(assignment, VEKHA.assignedActor),
                document.thing(assignment, VEKHA.mention),
            )
            if actor is None:
                continue
            surface = (
                document.text(mention, VEKHA.surfaceForm) or self._persons.text(mention, VEKHA.surfaceForm)
                if mention
                else None
            )
            yield StoredActor(actor, surface, document.thing(assignment, VEKHA.statedIn), self._kind(actor) == "person")


def _identifier(concept: NamedNode | None, scheme: str) -> str | None:
    return concept.value.removeprefix(f"{SCHEMES_NAMESPACE}{scheme}/") if concept else None
