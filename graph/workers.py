"""
Queries in processes that can be killed.

The engine cannot be stopped in a query, so each query runs in a worker process (`graph.evaluator`) that is killed at
the time limit, at the memory limit, or when the query is cancelled, and replaced at once.  Workers follow the newest
data version.  An answer is never cut in silence: a cut is marked in the value, or is an error.

Three lanes: the `size` workers for queries; one more in which a query that finds them all busy is tried for a tenth of
a second of the processor (the youngest first, and none that is known to take longer), so that short questions wait for
other short ones at most; and two for queries that ask other services by SERVICE, so that slow services keep nobody else
waiting.  The services are asked by the gateway (`graph.federation`).

What keeps all workers from the network is a network namespace of their own without interfaces (unshare(2) with
CLONE_NEWNET, within a user namespace where the process is not root); where the system has none or refuses, the guard
against SERVICE stands alone.  `WorkerPool.isolation` says which it is.

Longer than most modules, because starting, taking, leaving and replacing workers is one thing under one lock.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
import weakref
from collections import deque
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from pyoxigraph import QueryResultsFormat, RdfFormat

from graph.alarms import Alarms
from graph.date_spans import spans_of
from graph.errors import GraphError, PoolBusyError, QueryCancelledError, StoreClosedError, WorkerError
from graph.evaluation import Evaluation, read_answer
from graph.federation.gateway import Gateway
from graph.folder import DataFolder
from graph.forked_workers import CAN_FORK, ForkedWorker, Zygote
from graph.guard import check_query
from graph.long_queries import LongQueries
from graph.search_clauses import answered
from graph.worker_limits import Limits
from graph.worker_process import START_SECONDS, WorkerProcess, end_process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from graph.evaluation import Worker
    from graph.federation.services import Service
    from graph.guard import Dataset
    from graph.results import Result
    from graph.search_indexes import SearchIndexes
    from graph.worker_limits import Network

__all__ = ["Evaluation", "Limits", "ReplicaMode", "ReplicaState", "WorkerPool"]

ReplicaMode: TypeAlias = Literal["auto", "memory", "disk"]
LaneName: TypeAlias = Literal["queries", "tries", "services"]

# What a worker that does nothing holds, and may keep of earlier queries.
_IDLE: Final = 64 * 1024**2
_KEEP: Final = 128 * 1024**2
_TRY_MEMORY: Final = 256 * 1024**2
# Queries that wait for other services, at the same time.
_FEDERATED: Final = 2
# Long queries yield the processor to short ones and to the server.
_NICE: Final[dict[LaneName, int]] = {"queries": 5, "tries": 0, "services": 5}


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """The version in memory and its bytes, or None and why (if it was wanted)."""

    version: int | None
    size: int | None
    reason: str | None


@dataclass(slots=True)
class _Lane:
    name: LaneName
    size: int
    memory: int
    free: deque[Worker] = field(default_factory=deque)
    started: bool = False


class WorkerPool:
    """
    `size` workers on one data folder.  Safe to use from several threads; `close` ends all processes.

    `gateway` asks the services that SERVICE may name; without it there are none.  `replica` says whether workers answer
    from memory: «memory», «disk», or «auto»: from memory if it takes no more than `replica_memory` bytes in all
    processes, should every worker copy it whole.  While memory is far behind the newest version, the answer comes from
    disk.
    `search` answers search clauses (`graph.search_clauses`); without it their predicate is one like any other.
    """

    def __init__(
        self,
        folder: Path,
        *,
        size: int = 2,
        limits: Limits | None = None,
        gateway: Gateway | None = None,
        replica: ReplicaMode = "auto",
        replica_memory: int = 2 * 1024**3,
        search: SearchIndexes | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.network: Network | None = None
        self.alarms = Alarms()
        self.long_queries = LongQueries()
        self._folder = DataFolder(folder.absolute())
        self.gateway = gateway or Gateway()
        self._search = search
        self._replica: ReplicaMode = replica if CAN_FORK else "disk"
        self._replica_memory = replica_memory
        memory = self.limits.memory
        self._lanes = {
            "queries": _Lane("queries", size, memory),
            "tries": _Lane("tries", 1, min(memory, _TRY_MEMORY)),
            "services": _Lane("services", _FEDERATED if self.gateway.services else 0, memory),
        }
        workers = sum(lane.size for lane in self._lanes.values())
        self._of: dict[int, _Lane] = {}
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, list[_Lane]]] = []
        self._closed = False
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._forked: set[ForkedWorker] = set()
        self._zygote: Zygote | None = None
        # On Linux a worker dies with the thread that started it, so one thread starts all; it does nothing that takes
        # long, for a short query may be waiting for the worker of tries.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="query-workers")
        self._refresher = ThreadPoolExecutor(workers, thread_name_prefix="query-workers-refresh")
        self._ender = ThreadPoolExecutor(1, thread_name_prefix="query-workers-end")
        self._finalizer = weakref.finalize(self, _end_all, self._processes, self._starter, self.alarms)
        self._failure: GraphError | None = None
        for name in ("queries", "tries"):
            self._fill(self._lanes[name])

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def isolation(self) -> str:
        """What keeps queries from the network and from each other, in a few words for an operator."""
        network = {
            None: "workers are starting",
            "isolated": "no network (network namespace)",
            "guarded": "network kept away by the guard alone",
            "open": "network open",
        }[self.network]
        return f"{network}; processes with limits of address space and processor time, killed at the time limit"

    @property
    def replica(self) -> ReplicaState:
        zygote = self._zygote
        if self._replica == "disk" or zygote is None:
            return ReplicaState(None, None, None)
        return ReplicaState(zygote.version, zygote.size, zygote.reason)

    @property
    def memory_bound(self) -> int:
        """Bytes that all processes of this pool together stay under, whatever is asked."""
        workers = sum(lane.size * (lane.memory + _KEEP + _IDLE) for lane in self._lanes.values())
        copies = 1 + sum(lane.size for lane in self._lanes.values())
        if self._replica == "auto":
            return workers + _IDLE + self._replica_memory
        return workers + _IDLE + copies * (self.replica.size or 0)

    def query(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        dataset: Dataset | None = None,
        version: int | None = None,
    ) -> Result:
        """
        The answer as a value; where it has more rows or bytes than allowed, its beginning with `complete` False.

        Raises:
            QueryError: Its subclasses say what happened; see `evaluate`.
        """
        with self.evaluate(text, prefixes=prefixes, limits=limits, dataset=dataset, version=version) as evaluation:
            return read_answer(evaluation)

    def evaluate(
        self,
        text: str,
        *,
        table_format: QueryResultsFormat | None = None,
        triples_format: RdfFormat | None = None,
        prefixes: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        dataset: Dataset | None = None,
        version: int | None = None,
        begun: Callable[[Evaluation], None] | None = None,
    ) -> Evaluation:
        """
        A running evaluation whose head is known, to be read as bytes of one of the formats; use it in `with`.

        Without formats they are TSV (JSON for ASK) and N-Triples.  `dataset` stands in the place of FROM and FROM NAMED
        (SPARQL 1.1 Protocol, 2.1.4).  `version` asks an older data version.  `begun` is called with the evaluation
        before it waits for anything, so that it can be cancelled from then on.

        Raises:
            QueryRefusedError, QuerySyntaxError, QueryEvaluationError: The query's own fault.
            QueryTimeoutError, QueryMemoryError: It used more than `limits`.
            QueryCancelledError: It was cancelled.
            PoolBusyError: No worker was free in time.
            VersionGoneError, NothingLoadedError: There is no such data.
        """
        start = time.monotonic()
        limits = limits or self.limits
        checked = check_query(text, prefixes=prefixes, services=self.gateway.addresses)
        read = checked.dataset if dataset is None else dataset
        # Waiting for an index that is being made does not count as the query's time.
        before = time.monotonic()
        searched = answered(text, prefixes, self._search, version=version)
        start += time.monotonic() - before
        request = {
            "text": text,
            "edits": searched.answers.edits,
            "spans": spans_of(checked, prefixes, dataset),
            "prefixes": _named_in(text, prefixes or {}),
            "dataset": read and [[name.value for name in names] for names in (read.default, read.named)],
            "services": {iri: _told(self.gateway.service(iri)) for iri in sorted(checked.services)},
            "bounds": self.gateway.bounds,
            "names_graphs": checked.names_graphs or dataset is not None,
            "formats": {
                "table": (table_format or QueryResultsFormat.TSV).media_type,
                "triples": (triples_format or RdfFormat.N_TRIPLES).media_type,
                "boolean": (table_format or QueryResultsFormat.JSON).media_type,
            },
            "seconds": limits.seconds,
            "rows": limits.rows,
            "bytes": limits.bytes,
            "version": searched.version,
        }
        warnings = (*checked.warnings, *searched.answers.messages)
        asking = self.gateway.asking(start + limits.seconds) if checked.services else None
        evaluation = Evaluation(self, request, limits, warnings, start, asking, shape=checked.shape)
        if begun is not None:
            begun(evaluation)
        evaluation.begin()
        return evaluation

    def processes(self) -> list[int]:
        """Ids of the living processes: workers, and the one they are forked from."""
        started = [process.pid for process in list(self._processes) if process.poll() is None]
        return started + [worker.pid for worker in list(self._forked) if worker.is_alive()]

    def workers(self) -> list[int]:
        """Ids of the processes that evaluate queries now, or could."""
        living = set(self.processes())
        return [pid for pid, lane in list(self._of.items()) if lane.name == "queries" and pid in living]

    def close(self) -> None:
        """End all workers; running evaluations raise QueryCancelledError."""
        with self._changed:
            self._closed = True
            for lane in self._lanes.values():
                lane.free.clear()
            self._changed.notify_all()
        # Workers first, as long as their parent is there to take note of their end.
        for worker in list(self._forked):
            worker.end()
        self._finalizer()
        self._starter.shutdown(wait=True)
        self._refresher.shutdown(wait=True, cancel_futures=True)
        self._ender.shutdown(wait=True)
        for worker in list(self._forked):
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take(self, evaluation: Evaluation, deadline: float, *, tries: bool) -> tuple[Worker, bool]:
        """
        A worker that is then the caller's until `leave`, and whether it is for a short try only, which `tries` allows.

        Raises:
            PoolBusyError: Too many queries wait, or none was free before `deadline` (of `time.monotonic`).
            QueryCancelledError, StoreClosedError, WorkerError: There will be none.
        """
        lanes = [self._lanes["services" if evaluation.services else "queries"]]
        if tries:
            lanes.append(self._lanes["tries"])
        limits = evaluation.limits
        with self._changed:
            if not lanes[0].started:
                self._fill(lanes[0])
            if len(self._waiting) >= limits.waiting:
                raise PoolBusyError("{count} queries are waiting already; try again later", count=len(self._waiting))
            place = (evaluation.start, lanes)
            self._waiting.append(place)
            try:
                while not self._closed:
                    if evaluation.is_cancelled:
                        raise QueryCancelledError("The query was stopped")
                    for lane in lanes:
                        worker = self._take_free(lane) if self._is_next(lane, evaluation.start) else None
                        if worker is not None:
                            return worker, lane.name == "tries"
                    if self._failure is not None:
                        failure, self._failure = self._failure, None
                        self._starter.submit(self._start, lanes[0])
                        raise failure
                    if not self._changed.wait(deadline - time.monotonic()):
                        raise PoolBusyError(
                            "All workers were busy for {seconds:g} s; try again later", seconds=limits.seconds
                        )
            finally:
                self._waiting.remove(place)
                # There may be workers for those who came next.
                self._changed.notify_all()
        raise StoreClosedError("The pool of query workers was closed")

    def leave(self, worker: Worker, *, usable: bool, in_memory: int | None = None) -> None:
        """
        The worker is not needed any more; one that is not usable is killed and replaced.

        `in_memory` is the version that it says to hold.
        """
        lane = self._of[worker.pid]
        if in_memory is not None and isinstance(worker, ForkedWorker) and worker.origin is not None:
            worker.origin = (worker.origin[0], in_memory)
        usable = usable and not self._closed
        if usable and not self._is_outdated(worker):
            self._free(worker, lane)
            return
        with contextlib.suppress(RuntimeError):  # The pool was closed in between.
            if usable:
                self._refresher.submit(self._refresh, worker, lane)
            else:
                worker.kill()
                self._starter.submit(self._replace, worker, lane)

    def wake(self) -> None:
        """Let the waiting look again."""
        with self._changed:
            self._changed.notify_all()

    def _is_next(self, lane: _Lane, start: float) -> bool:
        """
        Whether a query that began then has its turn: the oldest for a worker, the youngest for a try.

        Who is not tried loses nothing, and a short query is not to wait for the tries of all the long ones before it.
        """
        others = (other for other, lanes in self._waiting if lane in lanes)
        return start == (max(others) if lane.name == "tries" else min(others))

    def _take_free(self, lane: _Lane) -> Worker | None:
        while lane.free:
            worker = lane.free.pop()
            if worker.is_alive():
                return worker
            self._starter.submit(self._replace, worker, lane)
        return None

    def _free(self, worker: Worker, lane: _Lane) -> None:
        with self._changed:
            lane.free.append(worker)
            self._changed.notify_all()

    def _is_outdated(self, worker: Worker) -> bool:
        """Whether one forked now would have a newer version in memory."""
        zygote = self._zygote
        if not isinstance(worker, ForkedWorker) or worker.origin is None or zygote is None:
            return False
        source, version = worker.origin
        return zygote.is_retired or source is not zygote or (version or 0) < (zygote.version or 0)

    def _fill(self, lane: _Lane) -> None:
        lane.started = True
        for _ in range(lane.size):
            self._starter.submit(self._start, lane)

    # Only in threads of `_refresher`.

    def _renew(self) -> None:
        """Idle workers take the newest version into memory, or give way to ones that have it, one after the other."""
        for lane in self._lanes.values():
            for worker in list(lane.free):
                with self._changed:
                    if worker not in lane.free or not self._is_outdated(worker):
                        continue
                    lane.free.remove(worker)
                self._refresh(worker, lane)

    def _refresh(self, worker: Worker, lane: _Lane) -> None:
        if not self._closed and self._has_followed(worker):
            self._free(worker, lane)
        else:
            # The pool may be closed in between, which ends all.
            with contextlib.suppress(RuntimeError, CancelledError):
                self._starter.submit(self._replace, worker, lane).result()

    def _has_followed(self, worker: Worker) -> bool:
        """
        Whether an idle worker holds now what one forked now would hold.

        It takes in what changed if that is little; else another is sooner there.
        """
        zygote = self._zygote
        if not isinstance(worker, ForkedWorker) or worker.origin is None or zygote is None:
            return False
        if zygote.is_retired or worker.origin[0] is not zygote or worker.origin[1] is None:
            return False
        # Killed when it takes too long, which ends the wait for its answer.
        alarm = self.alarms.set(START_SECONDS, worker.kill)
        try:
            worker.send({"follow": True})
            version = json.loads(worker.receive()[1])["version"]
        except (EOFError, OSError, ValueError):
            return False
        finally:
            alarm.cancel()
        worker.origin = (zygote, version)
        # It may be ahead of the other process, which takes that in at its next look.
        return version is not None and version >= (zygote.version or 0)

    # From here on: only in the thread of `_starter`.

    def _start(self, lane: _Lane) -> None:
        if self._closed:
            return
        try:
            worker = self._new_worker(lane)
        except (OSError, GraphError) as error:
            with self._changed:
                self._failure = (
                    error
                    if isinstance(error, GraphError)
                    else WorkerError("A query worker could not be started: {reason}", reason=error)
                )
                self._changed.notify_all()
            return
        with self._changed:
            self._of[worker.pid] = lane
            if not self._closed:
                lane.free.append(worker)
                self._changed.notify_all()
                return
        self._end(worker)

    def _replace(self, worker: Worker, lane: _Lane) -> None:
        self._start(lane)
        # The end of a process that held much takes a while, for which no other worker is to wait.
        with contextlib.suppress(RuntimeError):  # The pool was closed in between, which ends all.
            self._ender.submit(self._end, worker)

    def _end(self, worker: Worker) -> None:
        worker.end()
        self._of.pop(worker.pid, None)
        if isinstance(worker, ForkedWorker):
            self._forked.discard(worker)
        elif isinstance(worker, WorkerProcess):
            self._processes.discard(worker.process)

    def _new_worker(self, lane: _Lane) -> Worker:
        if CAN_FORK:
            asked = {"memory": lane.memory, "keep": _KEEP, "nice": _NICE[lane.name]}
            zygote = self._forking()
            try:
                worker = zygote.fork(asked)
            except WorkerError:
                if not zygote.is_retired:
                    raise
                worker = self._forking().fork(asked)
            self._forked.add(worker)
            return worker
        settings = {
            "folder": str(self._folder.path),
            "memory": lane.memory,
            "keep": _KEEP,
        }
        process = WorkerProcess("graph.evaluator", settings, self._processes)
        self.network = process.network
        return process

    def _forking(self) -> Zygote:
        zygote = self._zygote
        if zygote is not None and not zygote.is_retired:
            return zygote
        copies = 1 + sum(lane.size for lane in self._lanes.values())
        settings = {
            "folder": str(self._folder.path),
            "replica": self._replica != "disk",
            "most": self._replica_memory // copies if self._replica == "auto" else None,
        }
        pool = weakref.ref(self)
        self._zygote = Zygote(settings, self._processes, lambda changed: _renew(pool, changed))
        self.network = self._zygote.network
        return self._zygote


def _named_in(text: str, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Those that the text can use; one with escapes, which may stand in names too, can use any."""
    if "\\" in text:
        return dict(prefixes)
    return {name: iri for name, iri in prefixes.items() if f"{name}:" in text}


def _told(service: Service) -> tuple[str, str]:
    """What the process of a query is told of a service."""
    return service.name, service.address


def _renew(pool: weakref.ref[WorkerPool], changed: Zygote) -> None:
    found = pool()
    if found is None or found.is_closed or found._zygote not in {changed, None}:  # noqa: SLF001 (a part of the pool)
        return
    with contextlib.suppress(RuntimeError):
        found._refresher.submit(found._renew)  # noqa: SLF001


def _end_all(processes: set[subprocess.Popen[bytes]], starter: ThreadPoolExecutor, alarms: Alarms) -> None:
    alarms.close()
    starter.shutdown(wait=False, cancel_futures=True)
    for process in list(processes):
        end_process(process)
