"""
The copy of the data folder's newest version that a remote engine holds.

A version reaches the engine as one update made of the changes that led to it (`graph.feed`), so with an engine whose
requests are transactions a reader sees the version before or the version after.  Where an engine takes no update of
that size, or the changes were not kept, it is written in parts: first the note of the version leaves, last it comes
back, and in between readers are told to wait.

An engine whose default graph is the union of its named graphs (Virtuoso, GraphDB, Neptune) would repeat a triple that
two documents state; there the merge stands in the graph `{base}graph/default`, and queries name it as their default.
"""

from __future__ import annotations

from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard, TypeVar

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.changes import Delta, write_update
from graph.errors import QueryEvaluationError, RemoteEngineError, StoreBusyError
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

_LONGEST_PAUSE: Final = 10.0
_PROBE: Final = NamedNode("urn:x-vekha:probe")
_VERSION: Final = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
_Step: TypeAlias = "tuple[list[Quad], list[Quad]]"
_Item = TypeVar("_Item")


class RemoteReplica:
    """What the engine at the other end holds, and how it gets the next version.  One writer only."""

    def __init__(self, engine: RemoteEngine, base: str) -> None:
        self.engine = engine
        self._base = base
        self._state = NamedNode(f"{base}graph/current")
        self._default = NamedNode(f"{base}graph/default")
        self._has_default_graph: bool | None = None
        self._graphs: tuple[int, tuple[NamedNode, ...]] = (0, ())

    def version(self) -> int:
        """
        The data version that the engine holds.

        Raises:
            StoreBusyError: None, or it is being written.
            RemoteEngineError: It does not answer.
        """
        found = self._held()
        if found is None:
            raise StoreBusyError(
                "The SPARQL engine at {address} holds no whole version of the data yet; try again later",
                address=self.engine.place,
            )
        return found

    def dataset(self, text: str, version: int) -> Dataset | None:
        """What a query without dataset clauses is asked about: None for the engine's own dataset."""
        if self._has_default_graph is None:
            merged = Dataset(default=(self._default,), named=())
            self._has_default_graph = not self.engine.query(_text("anything.rq"), dataset=merged)
        if self._has_default_graph:
            return None
        # Who names a default graph must name the others too (SPARQL 1.1, 13.2); most queries need none.
        named = self._named(version) if "graph" in text.lower() else ()
        return Dataset(default=(self._default,), named=named)

    def _named(self, version: int) -> tuple[NamedNode, ...]:
        if self._graphs[0] != version:
            self._graphs = version, tuple(self._stated() - {self._default})
        return self._graphs[1]

    def _stated(self) -> set[NamedNode]:
        """The graphs that the note of the version names, and the store's own."""
        rows = self.engine.query(_text("state.rq"), dataset=Dataset(default=(self._state,), named=()))
        assert not isinstance(rows, bool)
        own = {NamedNode(f"{self._base}graph/{name}") for name in ("catalog", "inferred", "current", "default")}
        return own | {term for row in rows for term in row if self._is_ours(term)}

    def _found(self) -> set[NamedNode]:
        """The engine's named graphs whose names begin as ours do; Virtuoso may need long to tell."""
        rows = self.engine.query(_text("graphs.rq"))
        assert not isinstance(rows, bool)
        return {term for row in rows for term in row if self._is_ours(term)}

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
            if held == snapshot.version:
                return held
            self._has_default_graph = self._probe()
            steps = None if held is None else _steps(folder, held, snapshot.version)
            if steps is None:
                self._copy(snapshot, is_ours=held is not None)
            else:
                self._apply(steps, snapshot)
            return snapshot.version

    def _held(self) -> int | None:
        rows = self.engine.query(_text("version.rq"), dataset=Dataset(default=(self._state,), named=()))
        assert not isinstance(rows, bool)
        return next((int(row[0].value) for row in rows if isinstance(row[0], Literal)), None)

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

    def _copy(self, snapshot: Snapshot, *, is_ours: bool) -> None:
        """The engine's dataset becomes that of the snapshot, graph by graph."""
        ours = self._stated() if is_ours else self._found()
        if self._has_default_graph and not ours and not is_ours and self.engine.query(_text("anything.rq")):
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

    def _keep_up(self) -> None:
        if self._versions.current() != self._held or self.problem is not None:
            self._held = self._replica.follow(self._versions, self._folder)


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
