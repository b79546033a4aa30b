"""
What a version changed in the one before it (`Change`), entry by entry.

A change is stated only where the printed words differ: two readings of the same words are no change of the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from loaders.editions import Edition, printed_text
from loaders.extraction import Actor, Target
from loaders.quads.actors import actor_cell, state_actor
from loaders.quads.document import Document
from loaders.quads.indicators import cell_of_target
from loaders.quads.outline import Outline, OutlineRow
from loaders.quads.source import StatedCell, StatedRow
from loaders.quads.statements import as_date, as_decimal, as_integer
from loaders.stored_versions import StoredActor, StoredCell, StoredEntry, StoredTarget
from ontology.iris import concept
from ontology.language import lemma_key, normalise
from ontology.vocabulary import DCAT, VEKHA

# An actor of the new edition and its name.
_Fresh = tuple[NamedNode, Actor]
_ACTOR_COLUMNS = frozenset({"responsible", "co-executor", "participant-or-organizer"})
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_LEADING_NUMBER = re.compile(r"^\s*(?:№\s*)?\d+(?:\.\d+)*[.)]?\s+")


@dataclass(frozen=True, slots=True)
class _Words:
    """What one side of a change says, and the cell where it stands; `names_person` keeps it out of the document."""

    text: str | None
    cell: NamedNode | None
    names_person: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """`values` are further statements of the change: property and value."""

    kind: str
    entry: NamedNode
    column: str | None
    before: _Words | None
    after: _Words | None
    values: list[tuple[NamedNode, NamedNode | Literal | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A cell of a column in both editions, where at least one has it."""

    column: str
    before: StoredCell | None
    after: StatedCell | None


def state_changes(document: Document, edition: Edition, outline: Outline, rows: Sequence[StatedRow]) -> dict[str, int]:
    """
    The changes against the previous version, counted by kind; none for a first version.

    `rows` are those of `outline`, in the same order.  Entries that are gone come last.
    """
    previous = edition.previous
    if previous is None:
        return {}
    document.statements.add(document.version, DCAT.previousVersion, previous.version)
    known = {entry.iri: entry for entry in previous.entries}
    counts: Counter[str] = Counter()
    for order, change in enumerate(_changes(document, known, outline, rows), 1):
        counts[change.kind] += 1
        _state(document, change, order)
    return dict(counts)


def _changes(
    document: Document, known: dict[NamedNode, StoredEntry], outline: Outline, rows: Sequence[StatedRow]
) -> Iterator[_Change]:
    present = set()
    for outlined, stated in zip(outline.rows, rows, strict=True):
        present.add(outlined.entry)
        before = known.get(outlined.entry)
        if before is None:
            main = stated.main_cell()
            text = outlined.row.activity or outlined.row.result or outlined.row.indicator
            yield _Change("added", outlined.entry, None, None, _Words(text, main.iri if main else None))
        else:
            yield from _Comparison(document, before, outlined, stated).changes()
    for entry in known.values():
        if entry.iri not in present:
            main_cell = _main(entry)
            words = _Words(entry.text, main_cell.iri, main_cell.names_person) if main_cell else None
            yield _Change("gone", entry.iri, None, words, None)


class _Comparison:
    """One entry in both editions."""

    def __init__(self, document: Document, before: StoredEntry, outlined: OutlineRow, stated: StatedRow) -> None:
        self._document = document
        self._before = before
        self._outlined = outlined
        self._stated = stated

    def changes(self) -> Iterator[_Change]:
        yield from self._numbers()
        yield from self._sections()
        for pair in _pairs(self._before.cells, self._stated.cells):
            if pair.column == "number" or not self._differs(pair):
                continue
            if pair.column == "deadline":
                yield from self._deadlines(pair)
            elif pair.column in _ACTOR_COLUMNS:
                yield from self._actors(pair)
            else:
                yield from self._targets(pair)

    def _change(self, kind: str, pair: _Pair, before: str | None, after: str | None) -> _Change:
        return _Change(
            kind,
            self._before.iri,
            pair.column,
            _Words(before, pair.before.iri, pair.before.names_person) if pair.before else None,
            _Words(after, pair.after.iri) if pair.after else None,
        )

    def _whole(self, kind: str, pair: _Pair) -> _Change:
        before = pair.before.text if pair.before else None
        return self._change(kind, pair, before, printed_text(pair.after.cell) if pair.after else None)

    def _numbers(self) -> Iterator[_Change]:
        before, after = self._before.number, self._outlined.row.number
        if _plain_number(before) != _plain_number(after):
            yield self._of_row("renumbered", "number", before, after)

    def _sections(self) -> Iterator[_Change]:
        before, after = self._before.section, self._outlined.section
        if (before.iri if before else None) != (after.iri if after else None):
            titles = (before.title if before else None, after.step.title if after else None)
            yield self._of_row("moved-section", "section", *titles)

    def _of_row(self, kind: str, column: str, before: str | None, after: str | None) -> _Change:
        """A change that the cell of `column` shows, or else the row's main cell."""
        old = next((cell for cell in self._before.cells if cell.role == column), None) or _main(self._before)
        new = self._stated.cell(column) or self._stated.main_cell()
        return _Change(
            kind,
            self._before.iri,
            column,
            _Words(before, old.iri if old else None),
            _Words(after, new.iri if new else None),
        )

    def _differs(self, pair: _Pair) -> bool:
        before = pair.before.text if pair.before else ""
        after = printed_text(pair.after.cell) if pair.after else ""
        if pair.before and pair.before.struck:
            after = self._document.statements.struck_out(after)
        return _bare(before, self._before.number) != _bare(after, self._outlined.row.number)

    def _deadlines(self, pair: _Pair) -> Iterator[_Change]:
        deadline = self._outlined.row.deadline
        parts = deadline.parts if deadline else []
        before, after = self._before.deadlines, parts
        starts = (_first(part.start for part in before), _first(part.start for part in after))
        ends = (_last(part.end for part in before), _last(part.end for part in after))
        change = self._whole(_kind_of_deadline_change(starts, ends), pair)
        if change.kind == "deadline-changed" and [(part.kind, part.rule) for part in before] == [
            (part.kind, part.rrule) for part in after
        ]:
            change = self._whole("reworded", pair)
        for (first, second), days in (
            ((VEKHA.startBefore, VEKHA.startAfter), starts),
            ((VEKHA.endBefore, VEKHA.endAfter), ends),
        ):
            if change.kind != "reworded":
                change.values.extend([(first, as_date(days[0])), (second, as_date(days[1]))])
        yield change

    def _actors(self, pair: _Pair) -> Iterator[_Change]:
        before = [actor for actor in self._before.actors if pair.before and actor.cell == pair.before.iri]
        after = [
            (state_actor(self._document, actor), actor)
            for actor in self._outlined.row.responsible
            if pair.after and actor_cell(self._stated, actor) == pair.after
        ]
        gone = [actor for actor in before if actor.iri not in {iri for iri, _ in after}]
        new = [(iri, actor) for iri, actor in after if iri not in {known.iri for known in before}]
        if not gone and not new:
            yield self._whole("reworded", pair)
        for old, fresh in _zipped(gone, new):
            kind = "body-replaced" if old and fresh else "body-added" if fresh else "body-removed"
            yield _Change(
                kind,
                self._before.iri,
                pair.column,
                _Words(old.surface if old else None, pair.before.iri, bool(old and old.is_person))
                if pair.before
                else None,
                _Words(fresh[1].raw if fresh else None, pair.after.iri, bool(fresh and fresh[1].kind == "person"))
                if pair.after
                else None,
                [(VEKHA.actorBefore, old.iri if old else None), (VEKHA.actorAfter, fresh[0] if fresh else None)],
            )

    def _targets(self, pair: _Pair) -> Iterator[_Change]:
        before = [target for target in self._before.targets if pair.before and target.cell == pair.before.iri]
        after = [
            target
            for target in self._outlined.row.targets
            if pair.after and cell_of_target(self._stated, target) == pair.after
        ]
        changed = 0
        for old, new in _same_targets(before, after):
            value = old.value
            if value is None or new.value is None or value == new.value:
                continue
            changed += 1
            kind = "target-raised" if new.value > value else "target-lowered"
            change = self._change(kind, pair, old.raw, new.raw)
            change.values.extend(
                [
                    (VEKHA.valueBefore, as_decimal(value)),
                    (VEKHA.valueAfter, as_decimal(new.value)),
                    (VEKHA.year, as_integer(new.year)),
                ]
            )
            yield change
        texts = (pair.before.text if pair.before else "", printed_text(pair.after.cell) if pair.after else "")
        if not _explained(*texts, changed):
            yield self._whole("reworded", pair)


def _state(document: Document, change: _Change, order: int) -> None:
    statements = document.statements
    iri = document.iris.change(document.slug, document.sha256, order)
    statements.is_a(iri, VEKHA.Change)
    statements.add(iri, VEKHA.changeKind, concept("change", change.kind))
    statements.add(iri, VEKHA.changeOf, change.entry)
    statements.add(iri, VEKHA.version, document.version)
    statements.integer(iri, VEKHA.ordinal, order)
    if change.column is not None:
        statements.add(iri, VEKHA.columnKind, concept("column-kind", change.column))
    for words, text, cell in (
        (change.before, VEKHA.textBefore, VEKHA.cellBefore),
        (change.after, VEKHA.textAfter, VEKHA.cellAfter),
    ):
        if words is None:
            continue
        statements.add(iri, cell, words.cell)
        if words.text and words.names_person:
            statements.add_about_person(iri, text, Literal(words.text))
        else:
            statements.verbatim(iri, text, words.text)
    for predicate, value in change.values:
        statements.add(iri, predicate, value)


def _pairs(before: Sequence[StoredCell], after: Sequence[StatedCell]) -> list[_Pair]:
    """
    Cells of one column together: by the column's role and its turn among those of that role.

    A cell whose very words stand in another column went there when the table was read anew, and is no change.
    """
    pairs: list[_Pair] = []
    left = list(after)
    rest: list[StoredCell] = []
    for cell in before:
        partner = next((stated for stated in left if stated.cell.role == cell.role), None)
        if partner is None:
            rest.append(cell)
        else:
            left.remove(partner)
            pairs.append(_Pair(cell.role, cell, partner))
    for cell in rest:
        partner = next(
            (stated for stated in left if normalise(printed_text(stated.cell)) == normalise(cell.text)), None
        )
        if partner is None:
            pairs.append(_Pair(cell.role, cell, None))
        else:
            left.remove(partner)
    return [*pairs, *(_Pair(stated.cell.role, None, stated) for stated in left)]


def _same_targets(before: Sequence[StoredTarget], after: Sequence[Target]) -> Iterator[tuple[StoredTarget, Target]]:
    """Values of one year and status, and those without a year by their turn, if both editions have as many."""
    for key in dict.fromkeys((target.year, target.status) for target in before):
        old = [target for target in before if (target.year, target.status) == key]
        new = [target for target in after if (target.year, target.status) == key]
        if len(old) == len(new):
            yield from zip(old, new, strict=True)


def _explained(before: str, after: str, targets: int) -> bool:
    """Whether changed numbers of so many targets are all that differs; «1 школа» and «5 школ» differ by number only."""
    numbers = (_NUMBER.findall(before), _NUMBER.findall(after))
    if not targets or len(numbers[0]) != len(numbers[1]):
        return False
    words = [lemma_key(_NUMBER.sub(" ", text)) for text in (before, after)]
    return words[0] == words[1] and sum(old != new for old, new in zip(*numbers, strict=True)) == targets


def _kind_of_deadline_change(starts: tuple[str | None, str | None], ends: tuple[str | None, str | None]) -> str:
    if starts[0] == starts[1] and ends[0] == ends[1]:
        return "deadline-changed"
    return "deadline-moved" if all(ends) else "deadline-changed"


def _main(entry: StoredEntry) -> StoredCell | None:
    found = next((cell for cell in entry.cells if cell.iri == entry.main), None)
    return found or next(iter(entry.cells), None)


def _zipped(gone: Sequence[StoredActor], new: Sequence[_Fresh]) -> Iterator[tuple[StoredActor | None, _Fresh | None]]:
    for index in range(max(len(gone), len(new))):
        yield gone[index] if index < len(gone) else None, new[index] if index < len(new) else None


def _bare(text: str, number: str | None) -> str:
    """The words of a cell; a number that is printed in them is told by `renumbered`."""
    found = _LEADING_NUMBER.match(text)
    if found and _plain_number(found[0]) == _plain_number(number):
        text = text[found.end() :]
    return normalise(text)


def _plain_number(number: str | None) -> str:
    return (number or "").strip(" .)№")


def _first(days: Iterator[str | None]) -> str | None:
    return min((day for day in days if day), default=None)


def _last(days: Iterator[str | None]) -> str | None:
    return max((day for day in days if day), default=None)
