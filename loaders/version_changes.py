"""
What differs between two data versions, in terms of the domain: documents, their entries, corrections by people, links.

Entries are the same where they have the same name, which new editions carry on (`loaders.editions`).  A document that
was read anew, by better rules or with a correction, is compared as well: its words are the same, its facts may not be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode

from loaders.correction_record import CorrectionRecord
from loaders.loaded_versions import graph_fingerprints, loaded_versions
from loaders.stored_versions import read_version
from ontology.language import normalise
from ontology.vocabulary import RDFS, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.snapshots import Snapshot
    from loaders.corrections import Correction
    from loaders.quads.catalogue import LoadedVersion
    from loaders.stored_versions import StoredActor, StoredCell, StoredDeadline, StoredEntry, StoredTarget
    from ontology.iris import Iris

# The kinds of the scheme `change`, and three that two readings of the same words can show.
Kind: TypeAlias = Literal[
    "added",
    "gone",
    "reworded",
    "renumbered",
    "moved-section",
    "deadline-moved",
    "deadline-changed",
    "body-added",
    "body-removed",
    "body-replaced",
    "target-raised",
    "target-lowered",
    "target-changed",
    "theme-added",
    "theme-removed",
]
DocumentStatus: TypeAlias = Literal["added", "removed", "edition", "read-anew"]
_ACTOR_COLUMNS = frozenset({"responsible", "co-executor", "participant-or-organizer"})


@dataclass(frozen=True, slots=True)
class EntryChange:
    """
    One change of one entry: `before` and `after` are words of the cell, names or dates, empty where there is none.

    `text` says what the entry is about; `column` is the role of the cell that changed.
    """

    kind: Kind
    entry: NamedNode
    entry_kind: str
    number: str
    text: str
    column: str | None = None
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class DocumentChange:
    """`before` and `after` are the versions that were and are current; entries are told of documents in both."""

    roadmap: NamedNode
    status: DocumentStatus
    before: LoadedVersion | None
    after: LoadedVersion | None
    entries: list[EntryChange] = field(default_factory=list)


@dataclass(slots=True)
class DataChanges:
    """
    `renewed` are graphs of our own whose content is another: ontology, reference; `graphs_*` are those of others.

    `links_*` are statements that tie our things to those of registers and other data.
    """

    documents: list[DocumentChange] = field(default_factory=list)
    corrections_made: list[Correction] = field(default_factory=list)
    corrections_undone: list[Correction] = field(default_factory=list)
    links_new: list[tuple[str, str, str]] = field(default_factory=list)
    links_gone: list[tuple[str, str, str]] = field(default_factory=list)
    graphs_new: list[str] = field(default_factory=list)
    graphs_gone: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)


def changes_between(before: Snapshot | None, after: Snapshot | None, iris: Iris, *, language: str) -> DataChanges:
    """What was other in `before`; None stands for no data.  Names of actors come in `language`."""
    versions = loaded_versions(before), loaded_versions(after)
    old, new = ({known.roadmap: known for known in each if known.current} for each in versions)
    changes = DataChanges()
    for roadmap in sorted({*old, *new}, key=lambda node: node.value):
        was, now = old.get(roadmap), new.get(roadmap)
        if was is None or now is None:
            changes.documents.append(DocumentChange(roadmap, "added" if was is None else "removed", was, now))
        elif (was.version, was.recipe, was.loaded) != (now.version, now.recipe, now.loaded):
            assert before is not None
            assert after is not None
            status: DocumentStatus = "edition" if was.version != now.version else "read-anew"
            found = DocumentChange(roadmap, status, was, now)
            found.entries = list(_Comparison(before, after, iris, language).entries(was, now))
            # Read again by the same rules and corrections: another moment is no change.
            if found.entries or (was.version, was.recipe) != (now.version, now.recipe):
                changes.documents.append(found)
    _corrections(changes, before, after, iris)
    _graphs(changes, before, after, versions, iris)
    return changes


def _corrections(changes: DataChanges, before: Snapshot | None, after: Snapshot | None, iris: Iris) -> None:
    def people(snapshot: Snapshot | None) -> dict[tuple[str, str], Correction]:
        recorded = CorrectionRecord.read(snapshot, iris).all()
        return {
            (one.correction.roadmap, one.correction.key): one.correction
            for one in recorded
            if not one.correction.of_profile
        }

    old, new = people(before), people(after)
    for place, correction in new.items():
        known = old.get(place)
        if correction.undone is None and known is None:
            changes.corrections_made.append(correction)
        elif correction.undone is not None and known is not None and known.undone is None:
            changes.corrections_undone.append(correction)
    # In the order asked for, an earlier state may be the later one.
    changes.corrections_undone += [one for place, one in old.items() if place not in new and one.undone is None]


def _graphs(
    changes: DataChanges,
    before: Snapshot | None,
    after: Snapshot | None,
    versions: tuple[Sequence[LoadedVersion], Sequence[LoadedVersion]],
    iris: Iris,
) -> None:
    mappings = iris.graph("mappings")

    def links(snapshot: Snapshot | None) -> set[tuple[str, str, str]]:
        triples = snapshot.triples(mappings) if snapshot is not None and snapshot.has_graph(mappings) else ()
        return {
            (triple.subject.value, triple.predicate.value, triple.object.value)
            for triple in triples
            if isinstance(triple.subject, NamedNode)
            and isinstance(triple.object, NamedNode)
            and triple.predicate.value.startswith(SKOS.NAMESPACE)
        }

    def foreign(snapshot: Snapshot | None, loaded: Sequence[LoadedVersion]) -> set[str]:
        """Graphs that neither loads nor the program itself write."""
        if snapshot is None:
            return set()
        names = {version.version.value.rpartition("/")[2] for version in loaded}
        own = {
            "ontology",
            "reference",
            "mappings",
            "persons",
            "catalog",
            "inferred",
            "shapes",
            "corrections",
            "current",
        }
        start = f"{iris.base}graph/"
        return {
            graph.value
            for graph in snapshot.graphs()
            if not graph.value.startswith(start)
            or graph.value.removeprefix(start).removeprefix("persons/") not in names | own
        }

    old, new = links(before), links(after)
    changes.links_new, changes.links_gone = sorted(new - old), sorted(old - new)
    graphs_old, graphs_new = map(foreign, (before, after), versions)
    changes.graphs_new, changes.graphs_gone = sorted(graphs_new - graphs_old), sorted(graphs_old - graphs_new)
    was, now = graph_fingerprints(before), graph_fingerprints(after)
    if was and now:
        changes.renewed = sorted(
            graph.value.rpartition("/")[2] for graph in {*was, *now} if was.get(graph) != now.get(graph)
        )


class _Comparison:
    """Entries of one document in two data versions."""

    def __init__(self, before: Snapshot, after: Snapshot, iris: Iris, language: str) -> None:
        self._before = before
        self._after = after
        self._iris = iris
        self._language = language

    def entries(self, was: LoadedVersion, now: LoadedVersion) -> Iterator[EntryChange]:
        """Changes in the order of the document as it is now; entries that are gone come last."""
        old = read_version(self._before, self._iris, was.version)
        new = read_version(self._after, self._iris, now.version)
        known = {entry.iri: entry for entry in old.entries}
        for entry in new.entries:
            before = known.pop(entry.iri, None)
            if before is None:
                yield self._change("added", entry, after=entry.text)
            elif before != entry:
                yield from self._changes(before, entry)
        for entry in known.values():
            yield self._change("gone", entry, before=entry.text)

    def _change(
        self, kind: Kind, entry: StoredEntry, *, column: str | None = None, before: str = "", after: str = ""
    ) -> EntryChange:
        return EntryChange(kind, entry.iri, entry.kind, entry.number or "", entry.text, column, before, after)

    def _changes(self, before: StoredEntry, after: StoredEntry) -> Iterator[EntryChange]:
        if _plain(before.number) != _plain(after.number):
            yield self._change(
                "renumbered", after, column="number", before=before.number or "", after=after.number or ""
            )
        sections = tuple(entry.section.title if entry.section else "" for entry in (before, after))
        if (before.section and before.section.iri) != (after.section and after.section.iri):
            yield self._change("moved-section", after, column="section", before=sections[0], after=sections[1])
        told: set[str] = set()
        deadlines, actors = list(self._deadlines(before, after)), list(self._actors(before, after))
        targets = list(self._targets(before, after))
        yield from (*deadlines, *actors, *targets, *self._themes(before, after))
        told |= {"deadline"} if deadlines else set()
        told |= _ACTOR_COLUMNS if actors else set()
        told |= {change.column or "" for change in targets}
        reworded = list(self._reworded(before, after, told))
        yield from reworded
        if not reworded and not told and normalise(before.text) != normalise(after.text):
            yield self._change("reworded", after, column="activity", before=before.text, after=after.text)

    def _reworded(self, before: StoredEntry, after: StoredEntry, told: set[str]) -> Iterator[EntryChange]:
        """Cells whose words differ and of which nothing else tells."""
        for column in dict.fromkeys(cell.role for cell in (*before.cells, *after.cells)):
            if column in told or column == "number":
                continue
            old, new = _text_of(before.cells, column), _text_of(after.cells, column)
            if normalise(old) != normalise(new):
                yield self._change("reworded", after, column=column, before=old, after=new)

    def _deadlines(self, before: StoredEntry, after: StoredEntry) -> Iterator[EntryChange]:
        if before.deadlines == after.deadlines:
            return
        ends = [_last(entry.deadlines) for entry in (before, after)]
        starts = [_first(entry.deadlines) for entry in (before, after)]
        moved = all(ends) and (ends[0] != ends[1] or starts[0] != starts[1])
        texts = [_text_of(entry.cells, "deadline") for entry in (before, after)]
        if normalise(texts[0]) == normalise(texts[1]):
            # Read otherwise from the same words: the days say more.
            texts = [_days(entry.deadlines) for entry in (before, after)]
        kind: Kind = "deadline-moved" if moved else "deadline-changed"
        yield self._change(kind, after, column="deadline", before=texts[0], after=texts[1])

    def _actors(self, before: StoredEntry, after: StoredEntry) -> Iterator[EntryChange]:
        old, new = {actor.iri for actor in before.actors}, {actor.iri for actor in after.actors}
        gone = list({actor.iri: actor for actor in before.actors if actor.iri not in new}.values())
        come = list({actor.iri: actor for actor in after.actors if actor.iri not in old}.values())
        for index in range(max(len(gone), len(come))):
            was = gone[index] if index < len(gone) else None
            now = come[index] if index < len(come) else None
            kind: Kind = "body-replaced" if was and now else "body-added" if now else "body-removed"
            yield self._change(
                kind,
                after,
                column=_column_of(after, now) if now else _column_of(before, was),
                before=self._name(self._before, was) if was else "",
                after=self._name(self._after, now) if now else "",
            )

    def _targets(self, before: StoredEntry, after: StoredEntry) -> Iterator[EntryChange]:
        old, new = _by_year(before.targets), _by_year(after.targets)
        for key in dict.fromkeys((*old, *new)):
            was, now = old.get(key), new.get(key)
            if (was.value if was else None) == (now.value if now else None):
                continue
            kind: Kind = "target-changed"
            if was and now and was.value is not None and now.value is not None:
                kind = "target-raised" if now.value > was.value else "target-lowered"
            column = _column_at(after, now.cell) if now else _column_at(before, was.cell) if was else None
            yield self._change(kind, after, column=column, before=_said(was), after=_said(now))

    def _themes(self, before: StoredEntry, after: StoredEntry) -> Iterator[EntryChange]:
        for theme in after.themes:
            if theme not in before.themes:
                yield self._change("theme-added", after, after=self._label(self._after, theme))
        for theme in before.themes:
            if theme not in after.themes:
                yield self._change("theme-removed", after, before=self._label(self._before, theme))

    def _name(self, snapshot: Snapshot, actor: StoredActor) -> str:
        return self._label(snapshot, actor.iri) or actor.surface or "–"

    def _label(self, snapshot: Snapshot, thing: NamedNode) -> str:
        found = {
            value.language: value.value
            for value in snapshot.objects(thing, RDFS.label)
            if isinstance(value, RdfLiteral)
        }
        return found.get(self._language) or found.get("ru") or next(iter(found.values()), "")


def _plain(number: str | None) -> str:
    return (number or "").strip(" .)№")


def _text_of(cells: Sequence[StoredCell], column: str) -> str:
    return "\n".join(cell.text for cell in cells if cell.role == column)


def _column_at(entry: StoredEntry, cell: NamedNode | None) -> str | None:
    return next((known.role for known in entry.cells if known.iri == cell), None)


def _column_of(entry: StoredEntry, actor: StoredActor | None) -> str:
    return (_column_at(entry, actor.cell) if actor else None) or "responsible"


def _by_year(targets: Sequence[StoredTarget]) -> dict[tuple[int | None, str, int], StoredTarget]:
    """Targets by year and status, and by their turn among those that have both alike."""
    found: dict[tuple[int | None, str, int], StoredTarget] = {}
    turns: dict[tuple[int | None, str], int] = {}
    for target in targets:
        key = (target.year, target.status)
        found[(*key, turns.get(key, 0))] = target
        turns[key] = turns.get(key, 0) + 1
    return found


def _said(target: StoredTarget | None) -> str:
    if target is None:
        return ""
    return f"{target.year}: {target.raw}" if target.year and str(target.year) not in target.raw else target.raw


def _days(deadlines: Sequence[StoredDeadline]) -> str:
    spans = (" – ".join(dict.fromkeys(filter(None, (one.start, one.end)))) or one.kind for one in deadlines)
    return "; ".join(spans)


def _first(deadlines: Sequence[StoredDeadline]) -> str | None:
    return min((one.start for one in deadlines if one.start), default=None)


def _last(deadlines: Sequence[StoredDeadline]) -> str | None:
    return max((one.end for one in deadlines if one.end), default=None)
