"""
The record of corrections: the graph `corrections`, part of the current data, kept across loads and versions.

A correction is never deleted: one that was undone stays with when and by whom.  What came of it at the last load stands
beside it.  Where names of persons are withheld, its texts are kept without them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from pyoxigraph import Literal, NamedNode, Quad

from graph.changes import Commit
from graph.errors import NothingLoadedError
from graph.results import Table
from loaders.corrected_values import CorrectionError, check_value
from loaders.corrections import Correction, check
from loaders.extraction import CorrectionOutcome
from loaders.quads.persons import PersonNames
from ontology.iris import concept
from ontology.language import collapse
from ontology.vocabulary import FOAF, PROV, RDF, RDFS, VEKHA, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.snapshots import Snapshot
    from graph.store import Store
    from loaders.extraction import CorrectedField, Operation, Outcome
    from ontology.iris import Iris
    from ontology.reference import Reference

_SOFTWARE = NamedNode(f"{PROV.NAMESPACE}SoftwareAgent")


@dataclass(frozen=True, slots=True)
class RecordedCorrection:
    """A correction with what came of it at the last load of its document, if it was loaded since."""

    correction: Correction
    outcome: Outcome | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class CellInData:
    """A cell of a current document version, as a person who corrects it sees it."""

    roadmap: str
    address: str
    column: str
    text: str
    about: str | None


class CorrectionRecord:
    """All corrections of a store by the slug of their roadmap and their key; changes are written by `write`."""

    def __init__(self, iris: Iris, recorded: Iterable[RecordedCorrection] = ()) -> None:
        self._iris = iris
        self._recorded = {(one.correction.roadmap, one.correction.key): one for one in recorded}
        self._written = dict(self._recorded)

    @classmethod
    def read(cls, snapshot: Snapshot | None, iris: Iris) -> CorrectionRecord:
        """What stands in a data version; nothing if there is none yet."""
        if snapshot is None:
            return cls(iris)
        return cls(iris, (_recorded(record, iris) for record in _ask(snapshot, "corrections.rq")))

    @classmethod
    def of_store(cls, store: Store, iris: Iris) -> CorrectionRecord:
        try:
            return cls.read(store.snapshot(), iris)
        except NothingLoadedError:
            return cls(iris)

    def all(self, roadmap: str | None = None) -> list[RecordedCorrection]:
        """Those of one roadmap, or all, the oldest first."""
        found = [one for one in self._recorded.values() if roadmap in {None, one.correction.roadmap}]
        return sorted(found, key=lambda one: (one.correction.made, one.correction.key))

    def active(self, roadmap: str) -> list[Correction]:
        """What people corrected in one roadmap and did not undo; overrides of profiles come from the profiles."""
        return [
            one.correction
            for one in self.all(roadmap)
            if one.correction.undone is None and not one.correction.of_profile
        ]

    def fingerprint(self, roadmap: str) -> str:
        """Twelve hexadecimal digits that change with the set of active corrections; «none» if there are none."""
        keys = sorted(correction.key for correction in self.active(roadmap))
        return sha256(" ".join(keys).encode()).hexdigest()[:12] if keys else "none"

    def add(self, correction: Correction) -> None:
        self._recorded[correction.roadmap, correction.key] = RecordedCorrection(correction)

    def undo(self, roadmap: str, key: str, *, author: str, at: str) -> Correction:
        """
        The correction, undone: it stays and is not applied from the next load on.

        Raises:
            CorrectionError: There is no such correction, it is undone already, or it belongs to a profile.
        """
        found = self._recorded.get((roadmap, key))
        name = f"{roadmap}_{key}"
        if found is None:
            raise CorrectionError("There is no correction {name}; see: vekha correct list", name=name)
        if found.correction.undone is not None:
            raise CorrectionError("The correction {name} is undone already", name=name)
        if found.correction.of_profile:
            raise CorrectionError(
                "The correction {name} stands in the profile {file}; delete it there",
                name=name,
                file=found.correction.author,
            )
        undone = replace(found.correction, undone=at, undone_by=author)
        self._recorded[roadmap, key] = RecordedCorrection(undone)
        return undone

    def note_load(
        self, roadmap: str, of_profile: Sequence[Correction], outcomes: Sequence[CorrectionOutcome], *, at: str
    ) -> None:
        """
        What one load of a roadmap showed: its outcomes, and the overrides that its profile has now.

        An override that the profile no longer has counts as undone by the profile.
        """
        by_key = {outcome.key: outcome for outcome in outcomes}
        now = {correction.key: correction for correction in of_profile if correction.key in by_key}
        for correction in now.values():
            known = self._recorded.get((roadmap, correction.key))
            if known is None or known.correction.undone is not None:
                self._recorded[roadmap, correction.key] = RecordedCorrection(correction)
        for one in self.all(roadmap):
            correction, outcome = one.correction, by_key.get(one.correction.key)
            if correction.of_profile and correction.undone is None and correction.key not in now:
                correction = replace(correction, undone=at, undone_by=correction.author)
            self._recorded[roadmap, correction.key] = RecordedCorrection(
                correction, outcome.outcome if outcome else None, outcome.found if outcome else None
            )

    def write(self, store: Store, *, show_persons: bool) -> bool:
        """Whether anything had to be written; without `show_persons` texts lose the names in them for good."""
        if not show_persons:
            self._recorded = {place: _without_names(one) for place, one in self._recorded.items()}
        if self._recorded == self._written:
            return False
        graph = self._iris.graph("corrections")
        quads = [quad for one in self.all() for quad in correction_quads(one, self._iris)]
        store.commit(Commit(replace={graph: quads}, current=frozenset({graph})))
        self._written = dict(self._recorded)
        return True


def new_correction(
    correction: Correction, snapshot: Snapshot, *, iris: Iris, reference: Reference, show_persons: bool = True
) -> Correction:
    """
    The correction with what its cell says in the data now: column, text, what the row is about.

    Raises:
        CorrectionError: Its parts do not fit together, its value cannot be read, or the cell is not in the data.
    """
    check(correction)
    if correction.value is not None:
        value = _at_home(correction.value, iris)
        check_value(correction.field, value, reference=reference)
        if not show_persons and PersonNames().strike_out(value) != value:
            raise CorrectionError("Names of persons are withheld here (VEKHA_SHOW_PERSONS): «{value}»", value=value)
        correction = replace(correction, value=value, key="")
    if correction.instead is not None:
        correction = replace(correction, instead=_at_home(correction.instead, iris), key="")
    if correction.cell is None:
        return correction
    cell = cell_in_data(snapshot, correction.roadmap, correction.cell, iris)
    return replace(correction, cell=cell.address, column=cell.column, expects=cell.text, about=cell.about, key="")


def roadmap_named(snapshot: Snapshot, name: str, iris: Iris) -> str:
    """
    The slug of the roadmap with this slug, IRI, or name of its current file.

    Raises:
        CorrectionError: Nothing of this name is loaded.
    """
    known = {
        _slug(record["roadmap"], iris): _text(record["file"])
        for record in _ask(snapshot, "loaded-versions.rq")
        if _text(record["current"]) == "true"
    }
    slug = name.removeprefix(iris.namespace("roadmap"))
    found = [roadmap for roadmap, file in known.items() if slug == roadmap or name == file]
    if not found:
        names = ", ".join(sorted(known)) or "–"
        raise CorrectionError("No document «{name}» is loaded; loaded are: {names}", name=name, names=names)
    return found[0]


def cell_in_data(snapshot: Snapshot, roadmap: str, address: str, iris: Iris) -> CellInData:
    """
    The cell of a current version by its address; the name of the file may stand before it, as in `vekha:place`.

    Raises:
        CorrectionError: There is none.
    """
    wanted = collapse(address)
    for record in _ask(snapshot, "corrected-cell.rq"):
        found = _text(record["address"])
        if _slug(record["roadmap"], iris) == roadmap and (
            wanted == collapse(found) or wanted.endswith(f", {collapse(found)}")
        ):
            column = _text(record["column"]).rpartition("/")[2]
            about = record["about"]
            return CellInData(roadmap, found, column, _text(record["text"]), _text(about) if about else None)
    raise CorrectionError(
        "{roadmap} has no cell at «{address}»; addresses stand beside each value on the pages, and in: vekha extract",
        roadmap=roadmap,
        address=address,
    )


def correction_quads(recorded: RecordedCorrection, iris: Iris) -> list[Quad]:
    """What the graph `corrections` says of one correction and of who made and undid it."""
    correction, graph = recorded.correction, iris.graph("corrections")
    subject = iris.correction(correction.roadmap, correction.key)
    place = f", {correction.cell}" if correction.cell else ""
    said: dict[NamedNode, NamedNode | Literal | None] = {
        RDF.type: VEKHA.Correction,
        RDFS.label: Literal(f"{correction.roadmap}{place}: {correction.value or correction.instead}", language="ru"),
        VEKHA.roadmap: iris.roadmap(correction.roadmap),
        VEKHA.correctedField: Literal(correction.field),
        VEKHA.operation: Literal(correction.operation),
        VEKHA.correctValue: _literal(correction.value),
        VEKHA.insteadOf: _literal(correction.instead),
        VEKHA.address: _literal(correction.cell),
        VEKHA.columnKind: concept("column-kind", correction.column) if correction.column else None,
        VEKHA.expectedText: _literal(correction.expects),
        VEKHA.rowText: _literal(correction.about),
        VEKHA.basis: concept("basis", correction.basis) if correction.basis else None,
        VEKHA.justification: _literal(correction.reason),
        PROV.wasAttributedTo: iris.author(correction.author),
        PROV.generatedAtTime: _time(correction.made),
        PROV.invalidatedAtTime: _time(correction.undone),
        VEKHA.undoneBy: iris.author(correction.undone_by) if correction.undone_by else None,
        VEKHA.outcome: _literal(recorded.outcome),
        VEKHA.foundText: _literal(recorded.found),
    }
    quads = [Quad(subject, predicate, value, graph) for predicate, value in said.items() if value is not None]
    for name in {correction.author, correction.undone_by} - {None}:
        agent = iris.author(name or "")
        quads += [
            Quad(agent, RDF.type, PROV.Agent, graph),
            Quad(agent, FOAF.name, Literal(name or ""), graph),
            Quad(agent, RDFS.label, Literal(name or "", language="ru"), graph),
        ]
        if correction.of_profile:
            quads.append(Quad(agent, RDF.type, _SOFTWARE, graph))
    return quads


def _recorded(record: Mapping[str, object], iris: Iris) -> RecordedCorrection:
    def text(name: str) -> str | None:
        return None if record[name] is None else _text(record[name])

    def last_part(name: str) -> str | None:
        return None if record[name] is None else _text(record[name]).rpartition("/")[2]

    slug = _slug(record["roadmap"], iris)
    correction = Correction(
        roadmap=slug,
        field=cast("CorrectedField", text("field")),
        author=text("author") or "",
        made=text("made") or "",
        operation=cast("Operation", text("operation")),
        value=text("value"),
        instead=text("instead"),
        cell=text("address"),
        column=last_part("column"),
        expects=text("expects"),
        about=text("about"),
        reason=text("reason"),
        basis=last_part("basis"),
        of_profile=text("software") == "true",
        undone=text("undone"),
        undone_by=text("undoneBy"),
        key=(last_part("correction") or "").removeprefix(f"{slug}_"),
    )
    return RecordedCorrection(correction, cast("Outcome | None", text("outcome")), text("found"))


def _without_names(one: RecordedCorrection) -> RecordedCorrection:
    names, correction = PersonNames(), one.correction

    def struck(text: str | None) -> str | None:
        return names.strike_out(text) if text else text

    return RecordedCorrection(
        replace(
            correction,
            value=struck(correction.value),
            instead=struck(correction.instead),
            expects=struck(correction.expects),
            about=struck(correction.about),
            reason=struck(correction.reason),
        ),
        one.outcome,
        struck(one.found),
    )


def _at_home(value: str, iris: Iris) -> str:
    """An IRI of the data under the project's address, as the reading of documents knows it."""
    value = value.strip()
    found = iris.kind_and_key(NamedNode(value)) if value.startswith(iris.base) and " " not in value else None
    return type(iris)().thing(*found).value if found else value


def _ask(snapshot: Snapshot, name: str) -> list[dict[str, object]]:
    answer = snapshot.query(files("loaders").joinpath(name).read_text("utf-8"))
    assert isinstance(answer, Table)
    return [dict(record) for record in answer.records()]


def _slug(term: object, iris: Iris) -> str:
    return _text(term).removeprefix(iris.namespace("roadmap"))


def _text(term: object) -> str:
    assert isinstance(term, Literal | NamedNode)
    return term.value


def _literal(text: str | None) -> Literal | None:
    return None if text is None else Literal(text)


def _time(text: str | None) -> Literal | None:
    return None if text is None else Literal(text, datatype=XSD.dateTime)
