"""
The store: one writer, one atomic step for each commit, one immutable version after it.

Order of a commit, and what a process killed in it leaves:

1. The next state is worked out in memory (`graph.staging`).  Killed here: nothing happened.
2. One update of the live store.  Killed here: all of it happened or nothing.  A commit that makes the store several
   times larger builds a new one beside it instead, which then takes its place: the same, and several times faster.
3. `flush()`, then a snapshot becomes version n, then `current` names it.  Killed here: the live store is ahead of
   `current`; the next start publishes it.

So a document is wholly there or not at all, and `current` always names a version that opens.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from filelock import FileLock, Timeout
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple
from pyoxigraph import Store as Engine

from graph.changes import Commit, DocumentCommit, inserted_quads, without_blank_nodes, write_update
from graph.errors import CommitError, DataFolderError, NothingLoadedError, StoreBusyError, StoreClosedError
from graph.folder import DataFolder
from graph.snapshots import Versions
from graph.staging import Staging
from graph.terms import as_triple
from ontology.iris import HOME, Iris

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import TracebackType

    from graph.changes import Delta, Statements
    from graph.snapshots import Snapshot
    from graph.staging import Rule

KEPT_VERSIONS: Final = 5
# From so many quads on, and this many times what is there, a new store is built: the engine's bulk loader is fast.
REBUILD_FROM: Final = 20_000
REBUILD_GROWTH: Final = 2
LOCK_SECONDS: Final = 10.0

_HAS_PART: Final = NamedNode("http://purl.org/dc/terms/hasPart")
_VERSION_INFO: Final = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
_PRIMARY_TOPIC: Final = NamedNode("http://xmlns.com/foaf/0.1/primaryTopic")


@dataclass(frozen=True)
class _State:
    """What the store says about itself, in the graph `{base}graph/current`, changed in each commit's update."""

    version: int
    current: frozenset[NamedNode]
    topics: frozenset[tuple[NamedNode, NamedNode]]


class Store:
    """
    The writer of one data folder; use `open`.  Safe to use from several threads: commits wait for each other.

    Readers in any process use `snapshot` here, `graph.snapshots.Versions` or `graph.workers`.
    """

    def __init__(self, folder: DataFolder, iris: Iris, lock: FileLock, rules: Sequence[Rule], keep: int) -> None:
        self.folder = folder
        self.versions = Versions(folder)
        self._iris = iris
        self._lock = lock
        self._rules = tuple(rules)
        self._keep = keep
        self._commit_lock = threading.Lock()
        self._state_graph = NamedNode(f"{iris.base}graph/current")
        folder.settle_store()
        self._engine: Engine | None = Engine(folder.store)
        self._staging: Staging | None = None
        self._state = self._read_state(self._engine)
        self._publish_unpublished()

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        rules: Sequence[Rule],
        base: str = HOME,
        keep: int = KEPT_VERSIONS,
        lock_timeout: float = LOCK_SECONDS,
    ) -> Store:
        """
        The writer of the data folder `path`, made if there is none.  The newest `keep` versions are kept.

        `rules` add what follows from the current data to the graph `inferred`, in each commit; what they no longer
        add leaves it, so they are always given.

        Raises:
            StoreBusyError: If another writer held the folder for `lock_timeout` seconds.
            DataFolderError: If the folder is not ours, of another format or base, or damaged.
        """
        folder = DataFolder(path.absolute())
        iris = Iris(base)
        folder.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.writer_lock, timeout=lock_timeout, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusyError(
                "Another process is writing to {folder} (waited {seconds:g} s); "
                "wait until it has finished, or load through the running server",
                folder=folder.path,
                seconds=lock_timeout,
            ) from None
        try:
            folder.prepare(base)
            return cls(folder, iris, lock, rules, max(keep, 1))
        except BaseException:
            lock.release()
            raise

    @property
    def version(self) -> int:
        """The number of the newest version; 0 before the first commit."""
        return self._state.version

    def current_graphs(self) -> frozenset[NamedNode]:
        """The graphs whose merge, with what is inferred, is the default graph."""
        return self._state.current

    def document_graph(self, roadmap: NamedNode) -> NamedNode | None:
        """The graph of the roadmap's current document version."""
        return next((name for name in self._state.current if self.roadmap_of(name) == roadmap), None)

    def roadmap_of(self, graph: NamedNode) -> NamedNode | None:
        """The roadmap whose document version, of now or of before, stands in `graph`."""
        if graph.value.startswith(self._persons_prefix):
            return None
        return next((topic for name, topic in self._state.topics if name == graph), None)

    def commit_document(self, document: DocumentCommit) -> int:
        """See `commit_documents`."""
        return self.commit_documents([document])

    def commit_documents(self, documents: Iterable[DocumentCommit]) -> int:
        """
        The data version in which each document is the current one of its roadmap.

        The graphs of the versions they replace leave the default graph and stay under their names.  Names of persons
        go to a graph of their own beside the document's, `{base}graph/persons/<roadmap>_<sha12>`, so that they leave
        with their version.  All documents of one call come together.

        Raises:
            CommitError: If a document names a foreign graph, or one roadmap twice; nothing is written.
        """
        replace: dict[NamedNode, Statements] = {}
        catalog: list[Triple] = []
        topics: dict[NamedNode, NamedNode] = {}
        past: set[NamedNode] = set()
        for document in documents:
            if document.roadmap in topics.values():
                raise CommitError(
                    "{roadmap} comes twice in one commit; load one version at a time", roadmap=document.roadmap.value
                )
            graph, persons = document.graph, self._persons_graph(document.graph)
            replace[graph] = self._statements(graph, document.document, graph)
            replace[persons] = self._statements(persons, document.persons, self._iris.graph("persons"))
            topics |= {graph: document.roadmap, persons: document.roadmap}
            past |= {name for name, topic in self._state.topics if topic == document.roadmap} - {graph, persons}
            catalog += self._statements(self._iris.graph("catalog"), document.catalog, self._iris.graph("catalog"))
        return self._commit(
            Commit(
                replace=replace,
                describe={self._iris.graph("catalog"): catalog},
                current=frozenset(topics),
                past=frozenset(past),
            ),
            topics,
        )

    def commit(self, commit: Commit) -> int:
        """
        The data version after `commit`; the present one if nothing changes.

        Readers see the version before or the version after, never a mixture; on any error nothing is written.

        Raises:
            CommitError: If a graph is both replaced and dropped, both current and past, or one of the store's own.
        """
        return self._commit(commit, {})

    def snapshot(self) -> Snapshot:
        """The newest version, shared by all callers; see `graph.snapshots.Versions.newest`."""
        return self.versions.newest()

    def close(self) -> None:
        """Give the folder free for the next writer.  Snapshots stay open."""
        with self._commit_lock:
            self._staging = None
            self._engine = None
            self.versions.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _persons_prefix(self) -> str:
        return f"{self._iris.graph('persons').value}/"

    def _persons_graph(self, document: NamedNode) -> NamedNode:
        return NamedNode(self._persons_prefix + document.value.rpartition("/")[2])

    def _statements(self, graph: NamedNode, statements: Statements, expected: NamedNode) -> list[Triple]:
        triples = []
        for statement in statements:
            if isinstance(statement, Quad) and statement.graph_name not in {graph, expected, DefaultGraph()}:
                raise CommitError(
                    "A quad for {graph} names the graph {other}; nothing was written",
                    graph=graph.value,
                    other=statement.graph_name,
                )
            triples.append(as_triple(statement))
        return without_blank_nodes(graph, triples)

    def _commit(self, commit: Commit, topics: dict[NamedNode, NamedNode]) -> int:
        with self._commit_lock:
            engine = self._engine
            if engine is None:
                raise StoreClosedError("The store in {folder} was closed", folder=self.folder.path)
            self._check(commit)
            contents = self._contents(engine, commit)
            current = (self._state.current | commit.current) - commit.past - commit.drop
            if self._staging is None or self._staging.worn_out:
                self._staging = Staging(engine, self._state.current, self._iris.graph("inferred"))
            # Until the update is through, the staging store is ahead of the live one.
            staging, self._staging = self._staging, None
            delta = staging.stage(engine, contents, current, self._rules)
            delta.drops = [name for name in commit.drop if engine.contains_named_graph(name)]
            known = {pair for pair in self._state.topics if pair[0] not in commit.drop | topics.keys()}
            state = _State(self._state.version + 1, current, frozenset(known | topics.items()))
            if not delta and (state.current, state.topics) == (self._state.current, self._state.topics):
                self._staging = staging
                return self._state.version
            delta.replace(self._state_graph, self._statements_of(self._state), self._statements_of(state))
            if delta.additions >= REBUILD_FROM and delta.additions > REBUILD_GROWTH * len(engine):
                del engine
                engine = self._rebuild(delta)
            else:
                engine.update(write_update(delta))
            self._state, self._staging = state, staging
            engine.flush()
            self.versions.publish(engine, state.version)
            self.versions.prune(self._keep)
            return state.version

    def _rebuild(self, delta: Delta) -> Engine:
        """The engine of a new live store that holds the present state changed by `delta`."""
        assert self._engine is not None
        quads = self._engine.dump(format=RdfFormat.N_QUADS)
        assert quads is not None
        fresh = Engine(self.folder.next_store)
        fresh.bulk_load(quads, RdfFormat.N_QUADS)
        for dropped in delta.drops:
            fresh.remove_graph(dropped)
        for name, triples in delta.deletes.items():
            for triple in triples:
                fresh.remove(Quad(triple.subject, triple.predicate, triple.object, name))
        fresh.bulk_extend(inserted_quads(delta))
        fresh.optimize()
        fresh.flush()
        # The folders are locked as long as an engine lives.
        self._engine = None
        del fresh
        self.folder.swap_store()
        self._engine = Engine(self.folder.store)
        return self._engine

    def _check(self, commit: Commit) -> None:
        own = {self._state_graph, self._iris.graph("inferred")}
        changed = {*commit.replace, *commit.describe}
        for graphs, reason in (
            ((changed | commit.current | commit.past | commit.drop) & own, "is kept by the store itself"),
            (changed & commit.drop, "is both changed and dropped"),
            (set(commit.replace) & set(commit.describe), "is both replaced and described"),
            (commit.current & (commit.past | commit.drop), "both joins and leaves the current data"),
        ):
            if graphs:
                name = min(graph.value for graph in graphs)
                raise CommitError(f"The graph {{graph}} {reason}; nothing was written", graph=name)

    def _contents(self, engine: Engine, commit: Commit) -> dict[NamedNode, Iterable[Triple] | None]:
        contents: dict[NamedNode, Iterable[Triple] | None] = {}
        for name, statements in commit.replace.items():
            contents[name] = self._statements(name, statements, name)
        for name, statements in commit.describe.items():
            described = self._statements(name, statements, name)
            subjects = {triple.subject for triple in described}
            kept = (quad.triple for quad in engine.quads_for_pattern(None, None, None, name))
            contents[name] = [*(triple for triple in kept if triple.subject not in subjects), *described]
        for name in commit.drop:
            contents[name] = ()
        return contents

    def _read_state(self, engine: Engine) -> _State:
        version, current, topics = 0, set(), set()
        for quad in engine.quads_for_pattern(None, None, None, self._state_graph):
            subject, value = quad.subject, quad.object
            if quad.predicate == _VERSION_INFO and isinstance(value, Literal):
                version = int(value.value)
            elif quad.predicate == _HAS_PART and isinstance(value, NamedNode):
                current.add(value)
            elif isinstance(subject, NamedNode) and isinstance(value, NamedNode):
                topics.add((subject, value))
        return _State(version, frozenset(current), frozenset(topics))

    def _statements_of(self, state: _State) -> set[Triple]:
        graph = self._state_graph
        return {
            Triple(graph, _VERSION_INFO, Literal(state.version)),
            *(Triple(graph, _HAS_PART, name) for name in state.current),
            *(Triple(name, _PRIMARY_TOPIC, topic) for name, topic in state.topics),
        }

    def _publish_unpublished(self) -> None:
        """The state of the live store becomes a version, if the last writer was killed before it could do that."""
        assert self._engine is not None
        self.folder.tidy()
        self.versions.tidy()
        published = -1
        with contextlib.suppress(NothingLoadedError):
            published = self.versions.current()
        if published > self._state.version:
            raise DataFolderError(
                "{folder}/store is older than the published version {version}; it was replaced from outside. "
                "Copy {folder}/versions/{version} over it",
                folder=self.folder.path,
                version=published,
            )
        if published < self._state.version:
            self._engine.flush()
            self.versions.publish(self._engine, self._state.version)
        self.versions.prune(self._keep)
