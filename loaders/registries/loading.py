"""One file of a register into one named graph: wholly or not at all."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from graph.changes import Commit
from graph.register_records import read_records
from graph.results import Table
from loaders.loaded_versions import newest
from loaders.registries.addressed import (
    Municipalities,
    Placed,
    lists_territories,
    municipality_versions,
    placed_anew,
    with_municipalities,
)
from loaders.registries.editions import Edition, day_in_name, day_of_edition, loaded_editions
from loaders.registries.history import with_history, with_history_again
from loaders.registries.places import Places
from loaders.registries.reading import Reading, Warned, key_of
from loaders.registries.record_quads import record_triples, territory_triples
from loaders.registries.source import MOST_RECORDS, RegisterError, open_source, sha256_of
from ontology.reference import load_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import Triple

    from graph.snapshots import Snapshot
    from graph.store import Store
    from loaders.registries.registers import Register
    from ontology.iris import Iris
    from ontology.registers import RegisterRecord

MOST_EDITION: Final = 60


@dataclass(frozen=True, slots=True)
class RegisterProgress:
    """A step of a load: bytes read of so many, or records written (`total` 0: not known)."""

    stage: str
    file: str
    done: int
    total: int


@dataclass(slots=True)
class RegisterReport:
    """
    What came of a load.  `status` is loaded or unchanged.

    `warnings` are numbers that break a rule, at most a thousand of them; `warned` counts all.  `left_out` counts what
    the register has and the store has not, by a word for the reason.

    `placed` organisations have a municipality, `unplaced` have none: those of this file, or where it lists territories
    those of all other registers; `municipalities` says whether any register of territories is loaded.  Of those without
    one `early` would have it in an edition of a later date: their municipalities are known from `known_from` on only,
    which is after the date of each of `early_editions`.
    """

    register: str
    edition: str
    file: str
    graph: str
    status: str = "loaded"
    current: bool = True
    records: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    triples: int = 0
    warnings: list[Warned] = field(default_factory=list)
    warned: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    placed: int = 0
    unplaced: int = 0
    municipalities: bool = False
    early: int = 0
    known_from: date | None = None
    early_editions: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    version: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"known_from": self.known_from.isoformat() if self.known_from else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOptions:
    """
    What the one who loads says of the file; what is empty is taken from the register and the file's name.

    A source and a licence that neither tells stay those of the same edition, if it was loaded before.
    `personal` wants the names of heads and founders who are natural persons; `everything` also the kinds of entries
    that are usually left out.
    """

    edition: str = ""
    day: date | None = None
    source: str = ""
    licence: str = ""
    personal: bool = False
    everything: bool = False


def load_register(
    path: Path,
    register: Register,
    *,
    store: Store,
    iris: Iris,
    options: RegisterOptions | None = None,
    progress: Callable[[RegisterProgress], None] = lambda _: None,
) -> RegisterReport:
    """
    What came of loading the file as an edition of the register.

    The newest edition belongs to the default graph, earlier ones stay under their names.  In which order editions come
    changes nothing: where a register lists only what is in force, later ones are told again what was.

    Raises:
        RegisterError: The file cannot be read as this register; nothing was written.
        GraphError: The store cannot be written.
    """
    options = options or RegisterOptions()
    started = time.perf_counter()
    digest = sha256_of(path)
    snapshot = newest(store)
    day = options.day or day_of_edition(options.edition) or day_in_name(path) or _day_of_file(path)
    name = key_of(options.edition or day.isoformat())[:MOST_EDITION].strip("-")
    graph = iris.register_graph(register.name, name)
    report = RegisterReport(register.name, name, path.name, graph.value)
    editions = [one for one in loaded_editions(snapshot) if one.register == register.name]

    def tell(done: int, total: int) -> None:
        progress(RegisterProgress("read", path.name, done, total))

    places = Places(load_reference(), iris, known=_known_codes(snapshot))
    with open_source(path, tell) as source:
        reading = Reading(register.name, source, places, day, personal=options.personal, everything=options.everything)
        records = _read(register, reading)
    if not records:
        raise RegisterError("{file}: holds no record of this register; nothing was loaded.", file=path.name)
    earlier = max((one for one in editions if one.day < day), key=lambda one: one.day, default=None)
    if register.lists_present_only and earlier is not None and snapshot is not None:
        records = with_history(records, read_records(snapshot, iris, earlier.graph), day, own=places.own)
    report.current = all(one.day <= day for one in editions)
    later: list[tuple[Edition, list[RegisterRecord]]] = []
    if register.lists_present_only and snapshot is not None:
        later = _told_again((one for one in editions if one.day > day), records, snapshot, iris, places)
    placed, moved = Placed(), {}
    held = loaded_editions(snapshot)
    # Our own territories and what the store has of others: the order in which registers come changes nothing.
    ours = Places(load_reference(), iris)
    versions = municipality_versions(snapshot, iris, held, without=register.name if report.current or later else "")
    if not register.lists_territories:
        records = with_municipalities(records, Municipalities(versions, ours, day), placed, f"{register.name} {name}")
    elif report.current or later:
        versions += records if report.current else later[-1][1]
        moved = placed_anew(snapshot, held, versions, ours, placed)
    report.placed, report.unplaced, report.municipalities = placed.found, placed.left, bool(versions)
    report.early, report.known_from, report.early_editions = placed.early, placed.known_from, list(placed.editions)
    report.seconds["read"] = round(time.perf_counter() - started, 3)
    report.records, report.warnings, report.warned = len(records), reading.warnings, reading.warned
    report.left_out = dict(reading.left_out)
    for record in records:
        report.kinds[record.kind] = report.kinds.get(record.kind, 0) + 1
    before = next((one for one in editions if one.graph == graph), None)
    edition = Edition(
        graph=graph,
        register=register.name,
        edition=name,
        title=register.title,
        file=path.name,
        sha256=digest,
        day=day,
        loaded=datetime.now(UTC).replace(microsecond=0),
        records=report.records,
        source=options.source or register.source or (before.source if before else ""),
        licence=options.licence or register.licence or (before.licence if before else ""),
        warned=reading.warned,
    )
    if snapshot is not None and _is_same(edition, before) and _says(snapshot, graph, records, places):
        report.status, report.version = "unchanged", store.version
        return report
    progress(RegisterProgress("write", path.name, 0, 0))
    started = time.perf_counter()
    described = [edition, *(one for one, _ in later)]
    current = frozenset({graph}) if report.current else frozenset()
    past = {one.graph for one in editions if one.graph != graph} if report.current else set()
    report.version = store.commit(
        Commit(
            replace={
                graph: _counted(_triples(records, places), report),
                **{one.graph: _triples(told, places) for one, told in later},
            },
            edit=moved,
            describe={iris.graph("catalog"): [triple for one in described for triple in one.triples()]},
            current=current,
            past=frozenset(past & store.current_graphs()),
        )
    )
    report.seconds["write"] = round(time.perf_counter() - started, 3)
    return report


def remove_register(store: Store, iris: Iris, register: str, edition: str | None = None) -> list[Edition]:
    """
    The editions that were removed: all of the register, or the one of this name.  The newest that stays is current.

    Raises:
        RegisterError: There is none.
    """
    snapshot = newest(store)
    held = [one for one in loaded_editions(snapshot) if one.register == register]
    gone = [one for one in held if edition is None or one.edition == edition]
    if not gone or snapshot is None:
        known = ", ".join(f"{one.register} {one.edition}" for one in loaded_editions(snapshot)) or "–"
        raise RegisterError(
            "There is no edition {edition} of a register {register}; loaded are: {known}",
            edition=edition or "",
            register=register,
            known=known,
        )
    catalogue = iris.graph("catalog")
    graphs = {one.graph for one in gone}
    told = [triple for triple in snapshot.triples(catalogue) if triple.subject in graphs]
    stays = [one for one in held if one not in gone]
    current = {max(stays, key=lambda one: one.day).graph} if stays else set()
    moved = {}
    if lists_territories(register):
        others = loaded_editions(snapshot)
        versions = municipality_versions(snapshot, iris, others, without=register)
        versions += [record for graph in current for record in read_records(snapshot, iris, graph)]
        moved = placed_anew(snapshot, others, versions, Places(load_reference(), iris), Placed())
    store.commit(
        Commit(
            edit={catalogue: (told, ()), **moved},
            drop=frozenset(graphs),
            current=frozenset(current),
        )
    )
    return gone


def _read(register: Register, reading: Reading) -> list[RegisterRecord]:
    """The records; what the register says of one entry in several places stands in one record."""
    found: dict[NamedNode, RegisterRecord] = {}
    for record in register.read(reading):
        before = found.get(record.iri)
        found[record.iri] = before.joined(record) if before is not None else record
        if len(found) > MOST_RECORDS:
            raise RegisterError(
                "{file}: more than {limit} entries; load a part of it.", file=reading.file, limit=MOST_RECORDS
            )
    return list(found.values())


def _told_again(
    later: Iterable[Edition], records: list[RegisterRecord], snapshot: Snapshot, iris: Iris, places: Places
) -> list[tuple[Edition, list[RegisterRecord]]]:
    """The editions `later` than one of these records, by their days, with what they hold when that comes before."""
    found: list[tuple[Edition, list[RegisterRecord]]] = []
    for one in sorted(later, key=lambda one: one.day):
        records = with_history_again(read_records(snapshot, iris, one.graph), records, one.day, own=places.own)
        found.append((replace(one, records=len(records)), records))
    return found


def _is_same(edition: Edition, before: Edition | None) -> bool:
    """Whether the edition was loaded from the same file, and told of in the same way."""
    return before is not None and replace(edition, loaded=before.loaded, current=before.current) == before


def _says(snapshot: Snapshot, graph: NamedNode, records: list[RegisterRecord], places: Places) -> bool:
    """Whether the graph says of the records what it would say if they were stored now."""
    told = chain(territory_triples(records, places), chain.from_iterable(map(record_triples, records)))
    # Hashes take less memory than statements; that two sets of them are alike by chance will not happen.
    return {hash(triple) for triple in told} == {hash(triple) for triple in snapshot.triples(graph)}


def _triples(records: list[RegisterRecord], places: Places) -> Iterator[Triple]:
    """What the edition says; the records are used up, so that they do not stand in memory beside their triples."""
    yield from list(territory_triples(records, places))
    while records:
        yield from record_triples(records.pop())


def _counted(triples: Iterable[Triple], report: RegisterReport) -> Iterator[Triple]:
    for triple in triples:
        report.triples += 1
        yield triple


def _day_of_file(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _known_codes(snapshot: Snapshot | None) -> dict[str, NamedNode]:
    if snapshot is None:
        return {}
    answer = snapshot.query(files("loaders.registries").joinpath("territories-of-codes.rq").read_text("utf-8"))
    assert isinstance(answer, Table)
    found: dict[str, NamedNode] = {}
    for record in answer.records():
        code, territory = record["code"], record["territory"]
        if isinstance(code, Literal) and isinstance(territory, NamedNode):
            found.setdefault(code.value, territory)
    return found
