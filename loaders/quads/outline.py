"""The order of a document's sections and rows, and the names that its entries get from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from loaders.editions import Edition, SectionPath, kind_of, section_paths
from loaders.extraction import Extraction, Row, SectionStep
from ontology.iris import EntryPosition, Iris, entry_keys


@dataclass(slots=True)
class OutlineSection:
    """`ordinal` counts the sections under one parent from 1; `numbers` name it from the outermost section down."""

    iri: NamedNode
    numbers: tuple[str, ...]
    ordinal: int
    step: SectionStep
    parent: OutlineSection | None


@dataclass(slots=True)
class OutlineRow:
    """
    A logical row in its place; all counts start with 1.

    `table` is the table's ordinal in the document, `position` the row's in its table, `ordinal` in its section.
    """

    row: Row
    entry: NamedNode
    section: OutlineSection | None
    table: int
    position: int
    ordinal: int


@dataclass(slots=True)
class Outline:
    sections: list[OutlineSection]
    rows: list[OutlineRow]


def outline_of(extraction: Extraction, iris: Iris, roadmap: str, edition: Edition) -> Outline:
    """
    Sections and rows of a document with their IRIs, which do not depend on the version.

    What `edition` carries on keeps its name; the rest are named by their numbers, with letters where the name is taken.
    Tables of forms and results number their sections for themselves, so these sections are named with their table.
    """
    sections = _Sections(iris, roadmap, edition)
    tables = {table.id: ordinal for ordinal, table in enumerate(extraction.tables, 1)}
    positions: Counter[int] = Counter()
    ordinals: Counter[tuple[str, NamedNode | int]] = Counter()
    places = []
    for row in extraction.rows:
        table = tables.setdefault(row.place.table, len(tables) + 1)
        section = sections.of_row(row, table)
        scope = (row.kind, section.iri if section else table)
        positions[table] += 1
        ordinals[scope] += 1
        places.append(_Place(row, section, table, positions[table], ordinals[scope]))
    entries = _entry_iris(places, iris, roadmap, edition)
    rows = [
        OutlineRow(place.row, entry, place.section, place.table, place.position, place.ordinal)
        for place, entry in zip(places, entries, strict=True)
    ]
    return Outline(sections.all(), rows)


@dataclass(frozen=True, slots=True)
class _Place:
    row: Row
    section: OutlineSection | None
    table: int
    position: int
    ordinal: int


class _Sections:
    """Sections by the path of their numbers and titles: a section that is printed again is the same one."""

    def __init__(self, iris: Iris, roadmap: str, edition: Edition) -> None:
        self._iris = iris
        self._roadmap = roadmap
        self._kept = edition.sections
        self._known: dict[SectionPath, OutlineSection] = {}
        self._counts: Counter[SectionPath] = Counter()
        self._taken = {*edition.taken, *edition.sections.values()}

    def all(self) -> list[OutlineSection]:
        return list(self._known.values())

    def of_row(self, row: Row, table: int) -> OutlineSection | None:
        """The innermost section of `row`, or None."""
        scope = () if row.kind == "activity" else (f"t{table}",)
        current: OutlineSection | None = None
        for step, path in zip(row.section_path, section_paths(row), strict=True):
            if path not in self._known:
                self._known[path] = self._new(step, path, scope, current)
            current = self._known[path]
        return current

    def _new(
        self, step: SectionStep, path: SectionPath, scope: tuple[str, ...], parent: OutlineSection | None
    ) -> OutlineSection:
        self._counts[path[:-1]] += 1
        ordinal = self._counts[path[:-1]]
        printed = step.number if any(letter.isalnum() for letter in step.number or "") else None
        own = (*(parent.numbers if parent else ()), printed or str(ordinal))
        kept = self._kept.get(path)
        if kept is not None:
            return OutlineSection(kept, own, ordinal, step, parent)
        for numbers in _alternatives(own):
            iri = self._iris.section(self._roadmap, (*scope, *numbers))
            if iri not in self._taken:
                break
        self._taken.add(iri)
        return OutlineSection(iri, numbers, ordinal, step, parent)


def _alternatives(numbers: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The numbers, then with a second, third … reading of the last: two sections may print one number."""
    yield numbers
    count = 1
    while True:
        count += 1
        yield (*numbers[:-1], f"{numbers[-1].rstrip('. ')}x{count}")


def _entry_iris(places: list[_Place], iris: Iris, roadmap: str, edition: Edition) -> list[NamedNode]:
    found = dict(edition.entries)
    taken = {*edition.taken, *found.values()}
    fresh = [index for index in range(len(places)) if index not in found]
    for kind, mint in (("activity", iris.activity), ("result", iris.result)):
        indexes = [index for index in fresh if kind_of(places[index].row) == kind]
        positions = [
            EntryPosition(place.section.numbers if place.section else (), place.row.number, place.ordinal)
            for place in (places[index] for index in indexes)
        ]
        start = mint(roadmap, "0").value.removesuffix("0")
        keys = entry_keys(positions, taken=[name.value.removeprefix(start) for name in taken])
        found |= {index: mint(roadmap, key) for index, key in zip(indexes, keys, strict=True)}
    for index in fresh:
        if index in found:
            continue
        place = places[index]
        block = _outermost(place.section).ordinal if place.section else 0
        item = _item_number(place.row.number, block) or place.ordinal
        while (iri := iris.form_item(roadmap, place.table, block, item)) in taken:
            item += 1
        taken.add(iri)
        found[index] = iri
    return [found[index] for index in range(len(places))]


def _outermost(section: OutlineSection) -> OutlineSection:
    return section if section.parent is None else _outermost(section.parent)


def _item_number(printed: str | None, block: int) -> int | None:
    """«2.12» in block 2 and «12.» both give 12; None for any other form."""
    parts = [part for part in (printed or "").split(".") if part.strip()]
    if len(parts) == 2 and parts[0].strip() == str(block):
        parts = parts[1:]
    return int(parts[0]) if len(parts) == 1 and parts[0].strip().isdecimal() else None
