"""
The store: one writer, one atomic step for each commit, one immutable version after it.

Order of a commit, and what a process killed in it leaves:

1. What changes and what follows from that is worked out (`graph.derivation`).  Killed here: nothing happened.
2. One update of the live store.  Killed here: all of it happened or nothing.  A big commit changes a copy of it by the
   bulk loader instead, which then takes its place: the same, and several times faster.
3. `flush()`, then a snapshot becomes version n, then `current` names it.  Killed here: the live store is ahead of
   `current`; the next start publishes it.

Changes from outside (`update`, `put_graph`, `drop_graph`) are evaluated by another process on a copy of the live store
(`graph.updates`), unless they name every statement themselves (`graph.data_updates`).  Where the default graph is
derived, what changed there is then committed like anything else.  In a plain dataset the copy takes the live store's
place, with its number in it.

Every way to write shares one lock, one state and this order of steps, so all of them stand in this module.

So a document is wholly there or not at all, and `current` always names a version that opens.
"""

from __future__ import annotations

import contextlib
import io
import secrets
import threading
import traceback
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, Self, TypeAlias
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graph.changes import Commit, Delta, DocumentCommit, without_blank_nodes
from graph.data_updates import SMALL, NamedData, has_blank_nodes, named_data, triples_of
from graph.derivation import Derivation
from graph.errors import (
    CommitError,
    DataFolderError,
    DataTooLargeError,
    NoSuchGraphError,
    NothingLoadedError,
    StoreBusyError,
    UpdateRefusedError,
)
from graph.feed import MOST_STATEMENTS, read_changes, read_triples, write_changes
from graph.folder import DataFolder
from graph.guard import check_update
from graph.live import LiveStore
from graph.process_memory import give_back
from graph.rules import LateRule
from graph.search_clauses import refuse_search
from graph.snapshots import Versions
from graph.stated import graph_changes, stated_change
from graph.terms import as_triple
from graph.updates import UpdateLimits, UpdateProcesses, kept_graph_error
from graph.void import Statistics, statistics
from ontology.iris import HOME, Iris
from ontology.vocabulary import RDF

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from graph.changes import Statements
    from graph.folder import DatasetKind
    from graph.guard import Dataset
    from graph.rules import Rule
    from graph.snapshots import Snapshot
    from graph.terms import Term

KEPT_VERSIONS: Final = 5
LOCK_SECONDS: Final = 10.0
# A graph with fewer triples is read whole to be replaced.
_MOST_READ: Final = 5_000

# Sees the state that a change would be made to, while no other can come between, and raises what forbids the change.
Precondition: TypeAlias = "Callable[[Snapshot], None]"

_HAS_PART: Final = NamedNode("http://purl.org/dc/terms/hasPart")
_VERSION_INFO: Final = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
_PRIMARY_TOPIC: Final = NamedNode("http://xmlns.com/foaf/0.1/primaryTopic")


@dataclass(frozen=True)
class _State:
    """
    What the store says about itself, in the graph `{base}graph/current`, changed in each commit's update.

    `late` are properties whose inferred triples are those of an older version.
    """

    version: int
    current: frozenset[NamedNode] = frozenset()
    topics: frozenset[tuple[NamedNode, NamedNode]] = frozenset()
    late: dict[NamedNode, int] = field(default_factory=dict)


class Store:
    """
    The writer of one data folder; use `open`.  Safe to use from several threads: commits wait for each other.

    Readers in any process use `snapshot` here, `graph.snapshots.Versions` or `graph.workers`.
    """

    def __init__(
        self, folder: DataFolder, iris: Iris, lock: FileLock, *, rules: Sequence[Rule], keep: int, dataset: DatasetKind
    ) -> None:
        self.folder = folder
        self.dataset = dataset
        self.versions = Versions(folder)
        self._iris = iris
        self._lock = lock
        self._commit_lock = threading.Lock()
        self._state_graph = NamedNode(f"{iris.base}graph/current")
        self._live = LiveStore(folder, self.versions, keep)
        self._updates = UpdateProcesses()
        self._rules = tuple(rules)
        self._derivation = Derivation(rules, self._iris.graph("inferred"))
        self._state = self._read_state()
        self._has_failed = False
        self.folder.tidy()
        self.versions.tidy()
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
        dataset: DatasetKind = "roadmaps",
    ) -> Store:
        """
        The writer of the data folder `path`, made if there is none.  The newest `keep` versions are kept.

        `rules` add what follows from the current data to the graph `inferred`, in each commit; what they no longer
        add leaves it, so they are always given.  In a `plain` dataset nothing is derived and they are not used.

        Raises:
            StoreBusyError: If another writer held the folder for `lock_timeout` seconds.
            DataFolderError: If the folder is not ours, of another format, base or kind, or damaged.
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
            folder.prepare(base, dataset)
            return cls(folder, iris, lock, rules=rules, keep=max(keep, 1), dataset=dataset)
        except BaseException:
            lock.release()
            raise

    @property
    def version(self) -> int:
        """The number of the newest version; 0 before the first commit."""
        return self._state.version

    def late(self) -> dict[NamedNode, int]:
        """Properties whose inferred triples are those of an older version, and of which (see `graph.rules`)."""
        return dict(self._state.late)

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

    def update(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        using: Dataset | None = None,
        limits: UpdateLimits | None = None,
        sources: frozenset[str] = frozenset(),
    ) -> int:
        """
        The data version after a SPARQL update, which happens as a whole or not at all.

        `using` is the dataset of its patterns where the protocol names one (SPARQL 1.1 Protocol, 2.2.3).  LOAD reads
        from `sources` only, SERVICE is refused.  Where the default graph is derived, blank nodes become IRIs
        and the graphs written belong to the default graph from now on.

        Raises:
            QueryRefusedError, QuerySyntaxError: The text's own fault.
            UpdateRefusedError: It writes where only the program writes, changes too much, or names two datasets.
            UpdateEvaluationError, UpdateTimeoutError, UpdateMemoryError: It failed, or used more than `limits`.
            StoreBusyError: Other changes took too long.
        """
        limits = limits or UpdateLimits()
        checked = check_update(text, prefixes=prefixes, sources=sources)
        if using is not None and checked.has_dataset:
            raise UpdateRefusedError(
                "The update names its dataset by USING or WITH, the request by a parameter; use one of them"
            )
        text = checked.text if using is None else checked.using(using)
        if self.dataset == "roadmaps":
            refuse_search(text, prefixes)
            self._refuse_kept(map(_shown, checked.targets or ()))
        job = {"action": "update", "text": text, "prefixes": dict(prefixes or {})}
        data = named_data(text, prefixes or {})
        with self._turn(limits):
            if data is not None:
                version = self._write_data(data)
                if version is not None:
                    return version
            outcome = self._change(job, limits, network=bool(checked.sources))
            return self._accept(outcome)

    def put_graph(
        self,
        graph: NamedNode | None,
        data: bytes | IO[bytes],
        rdf_format: RdfFormat,
        *,
        base_iri: str | None = None,
        merge: bool = False,
        limits: UpdateLimits | None = None,
        precondition: Precondition | None = None,
    ) -> tuple[int, bool]:
        """
        The data version in which `graph` (None: the default graph) holds the triples of `data`, and whether it is new.

        With `merge` it keeps what it held.  Relative IRIs are resolved against `base_iri`.  Blank nodes and the
        default graph are treated as in `update`.  What `precondition` raises leaves all as it is.

        Raises:
            RdfSyntaxError: `data` is not RDF in this format, or names graphs itself.
            DataTooLargeError: It has more bytes than `limits` allow.
            UpdateRefusedError, UpdateTimeoutError, UpdateMemoryError, StoreBusyError: As in `update`.
        """
        limits = limits or UpdateLimits()
        name = "" if graph is None else graph.value
        if self.dataset == "roadmaps":
            self._refuse_kept([name])
        with self._received(data, limits) as file:
            job: dict[str, Any] = {"file": str(file), "format": rdf_format.media_type, "base": base_iri}
            is_small = self.dataset == "plain" and file.stat().st_size <= SMALL
            triples_ = triples_of(file.read_bytes(), rdf_format, base_iri) if is_small else None
            with self._turn(limits):
                self._check_met(precondition)
                if triples_:
                    version, created = self._put_data(graph, triples_, merge=merge)
                    if version is not None:
                        return version, created
                if self.dataset == "plain":
                    job |= {"action": "put", "graph": name, "merge": merge}
                    outcome = self._change(job, limits)
                    return self._accept(outcome), bool(outcome["created"])
                assert graph is not None
                created = not self._live.engine.contains_named_graph(graph)
                job |= {"action": "parse", "genid": self._genid(), "most": limits.statements}
                with self._scratch("result") as result:
                    self._updates.run(job | {"result": str(result)}, limits)
                    triples = read_triples(result)
                current = frozenset({graph})
                if merge:
                    return self._write(Commit(edit={graph: ((), triples)}, current=current), {}), created
                return self._write(Commit(replace={graph: triples}, current=current), {}), created

    def put_dataset(
        self,
        data: bytes | IO[bytes],
        rdf_format: RdfFormat,
        *,
        base_iri: str | None = None,
        merge: bool = False,
        limits: UpdateLimits | None = None,
        precondition: Precondition | None = None,
    ) -> int:
        """
        The data version in which a plain dataset holds the quads of `data`; with `merge`, beside what it held.

        What `precondition` raises leaves all as it is.

        Raises:
            UpdateRefusedError: If the dataset is not a plain one.
            RdfSyntaxError, DataTooLargeError, UpdateTimeoutError, UpdateMemoryError, StoreBusyError: As in `put_graph`.
        """
        limits = limits or UpdateLimits()
        if self.dataset == "roadmaps":
            self._refuse_kept([""])
        with self._received(data, limits) as file:
            media_type = rdf_format.media_type
            job = {"action": "put", "file": str(file), "format": media_type, "base": base_iri, "merge": merge}
            with self._turn(limits):
                self._check_met(precondition)
                return self._accept(self._change(job | {"graph": None}, limits))

    def drop_graph(
        self,
        graph: NamedNode | None,
        *,
        limits: UpdateLimits | None = None,
        precondition: Precondition | None = None,
    ) -> int:
        """
        The data version without `graph`; None empties the default graph.  What `precondition` raises leaves it there.

        Raises:
            NoSuchGraphError: If there is no such graph.
            UpdateRefusedError, UpdateTimeoutError, UpdateMemoryError, StoreBusyError: As in `update`.
        """
        limits = limits or UpdateLimits()
        name = "" if graph is None else graph.value
        if self.dataset == "roadmaps":
            self._refuse_kept([name])
        with self._turn(limits):
            if graph is not None and not self._live.engine.contains_named_graph(graph):
                raise NoSuchGraphError("There is no graph {graph}", graph=name)
            self._check_met(precondition)
            if self.dataset == "plain":
                job = {"action": "drop", "graph": name}
                return self._accept(self._change(job, limits))
            assert graph is not None
            return self._write(Commit(drop=frozenset({graph})), {})

    def derive_late(self, *, limits: UpdateLimits | None = None) -> int:
        """
        The data version in which late conclusions are those of the version that was the newest at the call.

        They are drawn in another process, however long `limits` let that take; commits go on meanwhile.  Where there
        is too much to draw them from, they stay as late as they are.

        Raises:
            UpdateTimeoutError, UpdateMemoryError: It used more than `limits`.
        """
        limits = limits or UpdateLimits(seconds=3600)
        for rule in self._rules:
            if isinstance(rule, LateRule) and rule.predicate in self._state.late:
                with self.versions.open() as snapshot:
                    count = statistics(self.folder, snapshot).classes.get(rule.counted.value, 0)
                    if count <= rule.most_late:
                        triples = self._conclusions(rule, snapshot.version, limits)
                        self._take_late(rule, triples, snapshot.version)
        return self.version

    def snapshot(self) -> Snapshot:
        """The newest version, shared by all callers; see `graph.snapshots.Versions.newest`."""
        return self.versions.newest()

    def close(self) -> None:
        """Give the folder free for the next writer.  Snapshots stay open."""
        with self._commit_lock:
            self._derivation.forget()
            self._live.close()
            self._updates.close()
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
        if self.dataset == "plain":
            raise CommitError("{folder} holds a plain dataset, which takes no documents", folder=self.folder.path)
        with self._commit_lock, self._writing():
            return self._write(commit, topics)

    def _write(self, commit: Commit, topics: dict[NamedNode, NamedNode]) -> int:
        engine, old = self._live.engine, self._state
        self._check(commit)
        inferred_graph = self._iris.graph("inferred")
        changes = graph_changes(engine, self._clean(commit))
        current = (old.current | commit.current) - commit.past - commit.drop
        stated = stated_change(engine, changes, inferred_graph, before=old.current, after=current)
        try:
            inferred = self._derivation.derive(engine, stated, self._figures.triples)
            delta = Delta(drops=[name for name in commit.drop if engine.contains_named_graph(name)])
            for name, change in (*changes.items(), (inferred_graph, inferred), (None, stated.with_(inferred))):
                delta.deletes[name], delta.inserts[name] = change
            known = {pair for pair in old.topics if pair[0] not in commit.drop | topics.keys()}
            drawn_late = old.late if self._derivation.late is None else self._derivation.late
            late = {name: old.late.get(name, old.version) for name in drawn_late}
            state = _State(old.version + 1, current, frozenset(known | topics.items()), late)
            if not delta and (state.current, state.topics) == (old.current, old.topics):
                return old.version
            del engine
            self._finish(delta, old, state)
        except BaseException:
            self._derivation.forget()
            raise
        return state.version

    def _finish(self, delta: Delta, old: _State, state: _State) -> None:
        """What `delta` leads to is the version `state`."""
        delta.deletes[self._state_graph] = self._statements_of(old, state)
        delta.inserts[self._state_graph] = self._statements_of(state, old)
        figures = self._figures.after(state.version, delta.deletes[None], delta.inserts[None])
        self._live.tell(state.version, delta, figures)
        # What is current stands in its graphs and in the default graph; counting a big store takes seconds.
        self._live.apply(delta, 2 * self._figures.triples)
        self._state, self._figures = state, figures
        self._live.publish(state.version)
        # The copies in which a commit is worked out are as large as a small store.
        give_back()

    def _conclusions(self, rule: LateRule, version: int, limits: UpdateLimits) -> set[Triple]:
        processes = UpdateProcesses()
        with self._scratch("late") as result:
            try:
                path = str(self.folder.versions / str(version))
                processes.run(
                    {"action": "conclude", "rule": rule.place, "version": path, "result": str(result)}, limits
                )
            finally:
                processes.close()
            return {quad.triple for quad in parse(path=result, format=RdfFormat.N_TRIPLES)}

    def _take_late(self, rule: LateRule, drawn: set[Triple], version: int) -> None:
        """The conclusions that were drawn from `version` and still concern what is there take the place of older."""
        inferred_graph = self._iris.graph("inferred")
        with self._commit_lock, self._writing():
            old = self._state
            before, after = self._late_change(rule, drawn)
            late = {name: at for name, at in old.late.items() if name != rule.predicate}
            if version != old.version:
                late[rule.predicate] = version
            state = replace(old, version=old.version + 1, late=late)
            delta = Delta()
            for name in (inferred_graph, None):
                delta.deletes[name], delta.inserts[name] = before - after, after - before
            self._derivation.forget()
            self._finish(delta, old, state)

    def _late_change(self, rule: LateRule, drawn: set[Triple]) -> tuple[set[Triple], set[Triple]]:
        """The conclusions of the rule before, and those of `drawn` that are none of something stated or gone."""
        engine, inferred_graph = self._live.engine, self._iris.graph("inferred")

        def is_counted(thing: Term) -> bool:
            return isinstance(thing, NamedNode) and Quad(thing, RDF.type, rule.counted) in engine

        before = {quad.triple for quad in engine.quads_for_pattern(None, rule.predicate, None, inferred_graph)}
        stated = {quad.triple for quad in engine.quads_for_pattern(None, rule.predicate, None, DefaultGraph())}
        after = {
            triple for triple in drawn - (stated - before) if is_counted(triple.subject) and is_counted(triple.object)
        }
        return before, after

    @contextlib.contextmanager
    def _turn(self, limits: UpdateLimits) -> Iterator[None]:
        """The right to write, for a change from outside."""
        if not self._commit_lock.acquire(timeout=limits.seconds):
            raise StoreBusyError(
                "Other changes took longer than {seconds:g} s; try again later", seconds=limits.seconds
            )
        try:
            with self._writing():
                yield
        finally:
            self._commit_lock.release()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """
        The live store, for who has the right to write.

        After a write that failed, such as on a full disk, the engine refuses every other until it is opened anew.
        """
        if self._has_failed:
            self._live.reopen()
            self._derivation.forget()
            self.__dict__.pop("_figures", None)
            self._state = self._read_state()
            self._publish_unpublished()
            self._has_failed = False
        try:
            yield
        except OSError as error:
            self._has_failed = True
            # Who keeps the error would keep the engine, and with it the lock of the store.
            traceback.clear_frames(error.__traceback__)
            raise

    def _check_met(self, precondition: Precondition | None) -> None:
        """Nothing, if the present state is as it was taken for; for who has the right to write."""
        if precondition is not None:
            precondition(self.snapshot())

    def _write_data(self, data: NamedData) -> int | None:
        """The data version after a change that names its statements; None where it takes more to find out."""
        engine = self._live.engine
        gone = {quad for quad in data.gone if quad in engine}
        new = {quad for quad in data.new if quad not in engine}
        if self.dataset == "plain":
            return self._change_data(gone, new)
        if has_blank_nodes(new):
            return None
        del engine
        edits: dict[NamedNode, tuple[set[Triple], set[Triple]]] = {}
        for side, quads in enumerate((gone, new)):
            for quad in quads:
                assert isinstance(quad.graph_name, NamedNode)
                edits.setdefault(quad.graph_name, (set(), set()))[side].add(quad.triple)
        return self._write(Commit(edit=edits, current=frozenset(name for name, edit in edits.items() if edit[1])), {})

    def _put_data(self, graph: NamedNode | None, triples: frozenset[Triple], *, merge: bool) -> tuple[int | None, bool]:
        """The data version of a plain dataset in which `graph` holds these, as in `_write_data`, and if it is new."""
        engine, name = self._live.engine, graph or DefaultGraph()
        created = graph is not None and not engine.contains_named_graph(graph)
        after = {Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples}
        before = set(islice(engine.quads_for_pattern(None, None, None, name), _MOST_READ))
        if len(before) == _MOST_READ and not merge:
            return None, created
        gone, new = set() if merge else before - after, {quad for quad in after if quad not in engine}
        if gone and has_blank_nodes((*gone, *new)):
            return None, created
        return self._change_data(gone, new), created

    def _change_data(self, gone: Collection[Quad], new: Collection[Quad]) -> int:
        """The data version of a plain dataset without `gone` and with `new`."""
        if not (gone or new):
            return self._state.version
        number = self._state.version + 1
        with self._scratch("changes") as told:
            write_changes(told, gone, new)
            self._live.change(number, gone, new)
            self._state = _State(number)
            self._live.hand_over(number, told)
        self._live.publish(number)
        return number

    def _change(self, job: dict[str, Any], limits: UpdateLimits, *, network: bool = False) -> dict[str, Any]:
        """What the job did to a copy of the live store, which lies in `store.next`; `delta` is the file of changes."""
        derived = self.dataset == "roadmaps"
        delta = self._temporary("changes")
        job = job | {
            "store": str(self._live.copy()),
            "before": str(self.folder.versions / str(self._state.version)),
            "delta": str(delta),
            "derived": derived,
            "kept": sorted(self._kept_graphs()) if derived else [],
            "genid": self._genid(),
            "most": limits.statements if derived else MOST_STATEMENTS,
        }
        try:
            outcome = self._updates.run(job, limits, network=network)
        except BaseException:
            self.folder.drop_next_store()
            delta.unlink(missing_ok=True)
            raise
        return outcome | {"delta": delta if delta.exists() and outcome["delta"] else None, "changes": delta}

    def _accept(self, outcome: dict[str, Any]) -> int:
        """The data version in which what a job did is true."""
        changes: Path = outcome["changes"]
        try:
            if not outcome["changed"]:
                self.folder.drop_next_store()
                return self._state.version
            if self.dataset == "roadmaps":
                self.folder.drop_next_store()
                return self._write(self._told(changes, outcome["dropped"]), {})
            number = self._state.version + 1
            self._live.take_over(number)
            self._state = _State(number)
            self._live.hand_over(number, outcome["delta"])
            self._live.publish(number)
            return number
        finally:
            changes.unlink(missing_ok=True)

    def _told(self, changes: Path, dropped: list[str]) -> Commit:
        """What a process of updates found changed in named graphs, as a commit."""
        edits: dict[NamedNode, tuple[set[Triple], set[Triple]]] = {}
        for side, quads in enumerate(read_changes(changes)):
            for quad in quads:
                assert isinstance(quad.graph_name, NamedNode)
                edits.setdefault(quad.graph_name, (set(), set()))[side].add(quad.triple)
        drop = frozenset(NamedNode(name) for name in dropped)
        written = frozenset(name for name, (_, new) in edits.items() if new)
        return Commit(
            edit={name: edit for name, edit in edits.items() if name not in drop}, current=written - drop, drop=drop
        )

    def _kept_graphs(self) -> set[str]:
        """Graphs that only the program writes; the empty name is the default graph."""
        own = {self._iris.graph(name).value for name in ("inferred", "ontology", "reference", "catalog", "corrections")}
        registers = {
            name.value
            for name in self._live.engine.named_graphs()
            if isinstance(name, NamedNode) and name.value.startswith(self._iris.register_graphs)
        }
        return {"", self._state_graph.value, *own, *registers, *(graph.value for graph, _ in self._state.topics)}

    def _refuse_kept(self, names: Iterable[str]) -> None:
        kept = self._kept_graphs()
        for name in sorted(names):
            if name in kept:
                raise kept_graph_error(name)

    def _genid(self) -> str:
        """How the IRIs of blank nodes begin that come with the next version (RDF 1.1 Concepts, 3.5)."""
        root = urlsplit(self._iris.base)
        return f"{root.scheme}://{root.netloc}/.well-known/genid/{secrets.token_hex(6)}-"

    def _temporary(self, name: str) -> Path:
        """A path that a later start clears, should this process be killed."""
        return self.folder.path / f".{name}.{secrets.token_hex(8)}"

    @contextlib.contextmanager
    def _scratch(self, name: str) -> Iterator[Path]:
        path = self._temporary(name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _received(self, data: bytes | IO[bytes], limits: UpdateLimits) -> Iterator[Path]:
        """`data` as a file."""
        with self._scratch("received") as path:
            source = io.BytesIO(data) if isinstance(data, bytes) else data
            left = limits.bytes
            with path.open("wb") as file:
                while chunk := source.read(1 << 20):
                    left -= len(chunk)
                    if left < 0:
                        raise DataTooLargeError(
                            "More than {megabytes} MB were sent at once; send them in several parts",
                            megabytes=limits.bytes // 1024**2,
                        )
                    file.write(chunk)
            yield path

    def _check(self, commit: Commit) -> None:
        own = {self._state_graph, self._iris.graph("inferred")}
        changed = {*commit.replace, *commit.edit, *commit.describe}
        for graphs, reason in (
            ((changed | commit.current | commit.past | commit.drop) & own, "is kept by the store itself"),
            (changed & commit.drop, "is both changed and dropped"),
            (commit.replace.keys() & commit.describe.keys(), "is both replaced and described"),
            (commit.edit.keys() & (commit.replace.keys() | commit.describe.keys()), "is both edited and replaced"),
            (commit.current & (commit.past | commit.drop), "both joins and leaves the current data"),
        ):
            if graphs:
                name = min(graph.value for graph in graphs)
                raise CommitError(f"The graph {{graph}} {reason}; nothing was written", graph=name)

    def _clean(self, commit: Commit) -> Commit:
        """The commit with triples alone, without blank nodes."""
        return replace(
            commit,
            replace={name: self._statements(name, found, name) for name, found in commit.replace.items()},
            describe={name: self._statements(name, found, name) for name, found in commit.describe.items()},
        )

    @cached_property
    def _figures(self) -> Statistics:
        """The figures of the present version; counted at the first commit, if they were not kept."""
        with self.versions.open() as snapshot:
            return statistics(self.folder, snapshot)

    def _read_state(self) -> _State:
        if self.dataset == "plain":
            return _State(self._live.number_of_copy())
        version, current, topics, late = 0, set(), set(), {}
        for quad in self._live.engine.quads_for_pattern(None, None, None, self._state_graph):
            subject, value = quad.subject, quad.object
            if quad.predicate == _VERSION_INFO and isinstance(value, Literal):
                if subject == self._state_graph:
                    version = int(value.value)
                elif isinstance(subject, NamedNode):
                    late[subject] = int(value.value)
            elif quad.predicate == _HAS_PART and isinstance(value, NamedNode):
                current.add(value)
            elif isinstance(subject, NamedNode) and isinstance(value, NamedNode):
                topics.add((subject, value))
        return _State(version, frozenset(current), frozenset(topics), late)

    def _statements_of(self, state: _State, other: _State) -> set[Triple]:
        """What `state` says otherwise than `other`."""
        graph = self._state_graph
        return {
            Triple(graph, _VERSION_INFO, Literal(state.version)),
            *(Triple(graph, _HAS_PART, name) for name in state.current - other.current),
            *(Triple(name, _PRIMARY_TOPIC, topic) for name, topic in state.topics - other.topics),
            *(Triple(name, _VERSION_INFO, Literal(at)) for name, at in state.late.items() - other.late.items()),
        }

    def _publish_unpublished(self) -> None:
        """The state of the live store becomes a version, if its writer was killed or failed before it could do that."""
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
            self._live.engine.flush()
            self._live.hand_over(self._state.version, None)
            self._live.publish(self._state.version)
        else:
            self._live.prune()


def _shown(name: NamedNode | DefaultGraph) -> str:
    return name.value if isinstance(name, NamedNode) else ""
