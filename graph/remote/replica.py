"""
The copy of the data folder's newest version that a remote engine holds.

A version reaches the engine as one update made of the changes that led to it (`graph.feed`), so with an engine whose
requests are transactions a reader sees the version before or the version after.  Where an engine takes no update of
that size, or the changes were not kept, it is written in parts: first the note of the version leaves, last it comes
back, and in between readers are told to wait.

An engine whose default graph is the union of its named graphs (Virtuoso, GraphDB, Neptune) would repeat a triple that
two documents state; there the merge stands in the graph `{base}graph/default`, and queries name it as their default.

Numbers of versions mean nothing in another data folder.  So what an engine holds from before is looked at once, at the
start, and from then on that it still holds it.
"""

from __future__ import annotations

import time
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard, TypeVar

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.changes import Delta, as_stored, write_update
from graph.errors import (
    QueryEvaluationError,
    RemoteEngineError,
    ResultTooLargeError,
    StoreBusyError,
    VersionGoneError,
)
from graph.feed import read_changes
from graph.following import Follower
from graph.guard import Dataset
from ontology.vocabulary import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graph.folder import DataFolder
    from graph.remote.engine import RemoteEngine
    from graph.snapshots import Snapshot, Versions

# Virtuoso takes no text of more triples.
PART: Final = 2_000
POLL_SECONDS: Final = 0.2

# An engine may lose what it holds, by a restart without a disk or by somebody's hand.
LOOK_SECONDS: Final = 5.0

_LONGEST_PAUSE: Final = 10.0
# What tells one data folder's versions from those of another: what is in them, when it was loaded, who corrected it.
_IDENTITY: Final = ("current", "catalog", "corrections")
_NOTHING: Final = NamedNode("urn:x-vekha:nothing")
_PROBE: Final = NamedNode("urn:x-vekha:probe")
_VERSION: Final = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
_Step: TypeAlias = "tuple[list[Quad], list[Quad]]"
_Item = TypeVar("_Item")


class RemoteReplica:
    """What the engine at the other end holds, and how it gets the next version.  One writer only."""

    def __init__(self, engine: RemoteEngine, base: str, versions: Versions) -> None:
        self.engine = engine
        self._base = base
        self._versions = versions
        self._state = NamedNode(f"{base}graph/current")
        self._default = NamedNode(f"{base}graph/default")
        self._has_default_graph: bool | None = None
        # Whether what the engine holds came from this data folder.
        self._is_known = False
        self._graphs: tuple[int, tuple[NamedNode, ...]] = (0, ())

    def version(self, *, seconds: float | None = None) -> int:
        """
        The data version that the engine holds; it may take so many seconds to tell.

        Raises:
            StoreBusyError: None, or it is being written.
            RemoteEngineError: It does not answer.
        """
        found = self._held(seconds=seconds)
        if found is None:
            raise StoreBusyError(
                "The SPARQL engine at {address} holds no whole version of the data yet; try again later",
                address=self.engine.place,
            )
        return found

    def dataset(self, asked: Dataset | None, version: int, *, names_graphs: bool) -> Dataset | None:
        """
        What to name to the engine with a query: None for its own dataset.

        `asked` is what the query or its request names itself; `names_graphs` is False where it reads no named graph.
        """
        if self._has_default_graph is None:
            merged = Dataset(default=(self._default,), named=())
            self._has_default_graph = not self.engine.query(_text("anything.rq"), dataset=merged)
        if self._has_default_graph:
            return asked
        if asked is not None:
            # Where no graph is named after it, such an engine shows all behind GRAPH.
            return Dataset(asked.default, asked.named or (_NOTHING,)) if asked.default else asked
        # Who names a default graph must name the others too (SPARQL 1.1, 13.2); most queries need none.
        return Dataset(default=(self._default,), named=self._named(version) if names_graphs else ())

    def _named(self, version: int) -> tuple[NamedNode, ...]:
        if self._graphs[0] != version:
            self._graphs = version, tuple(self._graphs_of(version) | self._stated() - {self._default})
        return self._graphs[1]

    def _graphs_of(self, version: int) -> set[NamedNode]:
        """The named graphs of this version, those included whose names are not ours; none if it is not kept."""
        try:
            with self._versions.open(version) as snapshot:
                return set(snapshot.graphs())
        except VersionGoneError:
            return set()

    def _stated(self) -> set[NamedNode]:
        """The graphs that the note of the version names, and the store's own."""
        own = {NamedNode(f"{self._base}graph/{name}") for name in ("catalog", "inferred", "current", "default")}
        said = self._triples(self._state)
        return own | {term for triple in said for term in (triple.subject, triple.object) if self._is_ours(term)}

    def _triples(self, graph: NamedNode) -> list[Triple]:
        rows = self.engine.query(_text("state.rq"), dataset=Dataset(default=(graph,), named=()))
        assert not isinstance(rows, bool)
        return [Triple(*row) for row in rows]  # type: ignore[arg-type]  # terms that fit

    def _found(self) -> set[NamedNode]:
        """All named graphs of the engine; Virtuoso, which has some of its own, may need long to tell."""
        rows = self.engine.query(_text("graphs.rq"))
        assert not isinstance(rows, bool)
        return {term for row in rows for term in row if isinstance(term, NamedNode)}

    def _is_ours(self, term: object) -> TypeGuard[NamedNode]:
        return isinstance(term, NamedNode) and term.value.startswith(f"{self._base}graph/")

    def follow(self, versions: Versions, folder: DataFolder) -> int:
        """
        The newest version, which the engine holds now.

        Raises:
            RemoteEngineError: The engine does not answer, or holds data that are not ours.
            GraphError: The data folder cannot be read.
        """
        with versions.open() as snapshot:
            held = self._held()
            is_known = held is not None and (self._is_known or self._came_from_here(held))
            if held == snapshot.version and is_known:
                self._is_known = True
                return held
            self._has_default_graph = self._probe()
            steps = _steps(folder, held, snapshot.version) if held is not None and is_known else None
            if steps is None:
                self._copy(snapshot, held)
            else:
                self._apply(steps, snapshot)
            self._is_known = True
            return snapshot.version

    def _came_from_here(self, held: int) -> bool:
        """Whether the version that the engine holds is the one with this number in the data folder."""
        try:
            with self._versions.open(held) as snapshot:
                return all(
                    as_stored(self._triples(name)) == set(snapshot.triples(name))
                    for name in (NamedNode(f"{self._base}graph/{graph}") for graph in _IDENTITY)
                )
        except (VersionGoneError, ResultTooLargeError):
            return False

    def _held(self, *, seconds: float | None = None) -> int | None:
        state = Dataset(default=(self._state,), named=())
        rows = self.engine.query(_text("version.rq"), dataset=state, seconds=seconds)
        assert not isinstance(rows, bool)
        # The note also says of which version late conclusions are.
        return next((int(row[1].value) for row in rows if row[0] == self._state and isinstance(row[1], Literal)), None)

    def _probe(self) -> bool:
        """Whether the engine has a default graph of its own; a probe is written and taken away again."""
        self.engine.update(_text("probe.ru"))
        try:
            return not self.engine.query(_text("probe.rq"))
        finally:
            self.engine.update(write_update(Delta(drops=[_PROBE])))

    def _apply(self, steps: list[_Step], snapshot: Snapshot) -> None:
        whole = True
        for gone, new in steps:
            if whole:
                try:
                    self.engine.update(write_update(self._delta(gone, new)))
                    continue
                except QueryEvaluationError:
                    # Too much for one request of this engine: the note of the version goes first and comes last.
                    whole = False
                    self.engine.update(write_update(Delta(drops=[self._state])))
            for removed in _parts(self._but_state(gone)):
                self.engine.update(write_update(self._delta(removed, ())))
            for added in _parts(self._but_state(new)):
                self.engine.update(write_update(self._delta((), added)))
        if not whole:
            self._note(snapshot)

    def _copy(self, snapshot: Snapshot, held: int | None) -> None:
        """The engine's dataset becomes that of the snapshot, graph by graph."""
        found = self._found() if self._has_default_graph or held is None else set()
        ours = {name for name in found if self._is_ours(name)}
        if held is not None:
            ours |= self._stated() | self._graphs_of(held)
        if self._has_default_graph and ours:
            # Nobody else writes there.
            ours |= found
        elif self._has_default_graph and self.engine.query(_text("anything.rq")):
            raise RemoteEngineError(
                "The SPARQL engine at {address} holds data that are not Vekha's; give it an empty dataset",
                address=self.engine.place,
            )
        self.engine.update(write_update(Delta(drops=[self._state])))
        for name in ours:
            self.engine.update(write_update(Delta(drops=[name])))
        if self._has_default_graph:
            self.engine.update(_text("clear-default.ru"))
        for graph in (None, *snapshot.graphs()):
            if graph != self._state:
                for triples in _parts(snapshot.triples(graph)):
                    quads = [Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]
                    self.engine.update(write_update(self._delta((), quads)))
        self._note(snapshot)

    def _note(self, snapshot: Snapshot) -> None:
        """Say which version the engine holds, and of what it is made."""
        for triples in _parts(snapshot.triples(self._state), last=self._is_version):
            self.engine.update(write_update(Delta(inserts={self._state: set(triples)})))

    def _is_version(self, triple: Triple) -> bool:
        return triple.predicate == _VERSION

    def _but_state(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        return (quad for quad in quads if quad.graph_name != self._state)

    def _delta(self, gone: Iterable[Quad], new: Iterable[Quad]) -> Delta:
        return Delta(self._by_graph(gone), self._by_graph(new))

    def _by_graph(self, quads: Iterable[Quad]) -> dict[NamedNode | None, set[Triple]]:
        merged = None if self._has_default_graph else self._default
        found: dict[NamedNode | None, set[Triple]] = {}
        for quad in quads:
            name = quad.graph_name if isinstance(quad.graph_name, NamedNode) else merged
            found.setdefault(name, set()).add(_respelt(quad.triple))
        return found


class ReplicaFollower(Follower):
    """Keeps a replica at the newest version, in a thread, for as long as the block lasts."""

    def __init__(self, replica: RemoteReplica, versions: Versions, folder: DataFolder) -> None:
        super().__init__(
            "remote-replica",
            self._keep_up,
            pause=POLL_SECONDS,
            longest_pause=_LONGEST_PAUSE,
            patience=_LONGEST_PAUSE,
        )
        self._replica, self._versions, self._folder = replica, versions, folder
        self._held = -1
        self._looked = 0.0

    def _keep_up(self) -> None:
        is_due = time.monotonic() >= self._looked + LOOK_SECONDS
        if is_due or self._versions.current() != self._held or self.problem is not None:
            self._held = self._replica.follow(self._versions, self._folder)
            self._looked = time.monotonic()


def _steps(folder: DataFolder, held: int, newest: int) -> list[_Step] | None:
    """The changes from one version to the next, or None if they were not kept."""
    if held > newest:
        return None
    paths = [folder.delta(number) for number in range(held + 1, newest + 1)]
    try:
        return [read_changes(path) for path in paths]
    except FileNotFoundError:
        return None


def _respelt(triple: Triple) -> Triple:
    """
    The triple with «45.0» for the decimal «45», the canonical form of XML Schema 1.0.

    Jena's TDB2 takes either, gives back «45.0», and then neither clears nor drops what was written as «45».
    """
    value = triple.object
    if isinstance(value, Literal) and value.datatype == XSD.decimal and "." not in value.value:
        return Triple(triple.subject, triple.predicate, Literal(f"{value.value}.0", datatype=XSD.decimal))
    return triple


def _parts(items: Iterable[_Item], *, last: Callable[[_Item], bool] = lambda _: False) -> Iterator[list[_Item]]:
    """Lists of at most `PART` items; those for which `last` holds come at the end, alone."""
    waiting = iter(items)
    late: list[_Item] = []
    while part := list(islice(waiting, PART)):
        late += [item for item in part if last(item)]
        if early := [item for item in part if not last(item)]:
            yield early
    if late:
        yield late


def _text(name: str) -> str:
    return files("graph").joinpath("remote", name).read_text("utf-8")
