"""
Queries in processes that can be killed.

The engine cannot be stopped in a query, so each query runs in a worker process (`graph.evaluator`) that is killed at
the time limit, at the memory limit, or when the query is cancelled, and replaced at once.  Workers follow the newest
data version.  An answer is never cut in silence: a cut is marked in the value, or is an error.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

from pyoxigraph import QueryResultsFormat, RdfFormat

from graph import errors
from graph.errors import (
    GraphError,
    PoolBusyError,
    QueryCancelledError,
    QueryError,
    QueryMemoryError,
    QueryTimeoutError,
    ResultTooLargeError,
    StoreClosedError,
    WorkerError,
)
from graph.folder import DataFolder
from graph.guard import check_query
from graph.results import Boolean, read_table, read_triples
from graph.worker_process import WorkerProcess, end_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from graph.results import Cut, Kind, Result
    from graph.worker_limits import Network

# Address space of an idle worker: the engine maps its tables (0.5-0.96 GB measured for a store of a million triples).
IDLE_MEMORY: Final = 1024**3
_OUT_OF_PROCESSOR_TIME: Final = -signal.SIGXCPU if sys.platform != "win32" else None

_Reason: TypeAlias = Literal["timeout", "cancelled"]


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one query may use: wall-clock seconds from the request on, bytes of memory above an idle worker's, rows, bytes.

    `waiting` is how many further queries may wait for a worker.  Memory is limited when a worker starts, so for that
    the limits of the pool count, not those of one query.
    """

    seconds: float = 10.0
    memory: int = 1024**3
    rows: int = 100_000
    bytes: int = 64 * 1024**2
    waiting: int = 32


class WorkerPool:
    """
    `size` workers on one data folder.  Safe to use from several threads; `close` ends all processes.

    `network` says what keeps queries from the network: «isolated» (the workers have none, and the guard refuses
    SERVICE) or «guarded» (the guard alone, where the system does not let us take the network away).
    """

    def __init__(self, folder: Path, *, size: int = 2, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._folder = DataFolder(folder.absolute())
        self._free: deque[WorkerProcess] = deque()
        self._changed = threading.Condition()
        self._waiting = 0
        self._closed = False
        self._processes: set[subprocess.Popen[bytes]] = set()
        # On Linux a worker dies with the thread that started it, so one thread starts all.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="query-workers")
        self._finalizer = weakref.finalize(self, _end_all, self._processes, self._starter)
        self._failure: GraphError | None = None
        self.network: Network | None = None
        for _ in range(size):
            self._starter.submit(self._start)

    def query(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        version: int | None = None,
    ) -> Result:
        """
        The answer as a value; where it has more rows or bytes than allowed, its beginning with `complete` False.

        Raises:
            QueryError: Its subclasses say what happened; see `evaluate`.
        """
        with self.evaluate(text, prefixes=prefixes, limits=limits, version=version) as evaluation:
            data = b"".join(evaluation.chunks(cut_is_error=False))
            if evaluation.kind == "boolean":
                return Boolean(json.loads(data)["boolean"])
            read = read_table if evaluation.kind == "table" else read_triples
            return read(data, complete=evaluation.cut is None)

    def evaluate(
        self,
        text: str,
        *,
        table_format: QueryResultsFormat | None = None,
        triples_format: RdfFormat | None = None,
        prefixes: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        version: int | None = None,
    ) -> Evaluation:
        """
        A running evaluation whose head is known, to be read as bytes of one of the formats; use it in `with`.

        Without formats they are TSV (JSON for ASK) and N-Triples.  `version` asks an older data version.

        Raises:
            QueryRefusedError, QuerySyntaxError, QueryEvaluationError: The query's own fault.
            QueryTimeoutError, QueryMemoryError: It used more than `limits`.
            PoolBusyError: No worker was free in time.
            VersionGoneError, NothingLoadedError: There is no such data.
        """
        limits = limits or self.limits
        deadline = time.monotonic() + limits.seconds
        check_query(text, prefixes=prefixes)
        worker = self._take(deadline, limits)
        request = {
            "text": text,
            "prefixes": dict(prefixes or {}),
            "formats": {
                "table": (table_format or QueryResultsFormat.TSV).media_type,
                "triples": (triples_format or RdfFormat.N_TRIPLES).media_type,
                "boolean": (table_format or QueryResultsFormat.JSON).media_type,
            },
            "seconds": limits.seconds,
            "rows": limits.rows,
            "bytes": limits.bytes,
            "version": version,
        }
        return Evaluation(self, worker, request, limits, deadline)

    def processes(self) -> list[int]:
        """Ids of the living worker processes."""
        return [process.pid for process in list(self._processes) if process.poll() is None]

    def close(self) -> None:
        """End all workers; running evaluations raise QueryCancelledError."""
        with self._changed:
            self._closed = True
            self._free.clear()
            self._changed.notify_all()
        self._finalizer()
        self._starter.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, deadline: float, limits: Limits) -> WorkerProcess:
        with self._changed:
            if self._waiting >= limits.waiting:
                raise PoolBusyError("{count} queries are waiting already; try again later", count=self._waiting)
            self._waiting += 1
            try:
                while not self._closed:
                    while self._free:
                        worker = self._free.pop()
                        if worker.is_alive():
                            return worker
                        self._replace(worker)
                    if self._failure is not None:
                        failure, self._failure = self._failure, None
                        self._starter.submit(self._start)
                        raise failure
                    if not self._changed.wait(deadline - time.monotonic()):
                        raise PoolBusyError(
                            "All workers were busy for {seconds:g} s; try again later", seconds=limits.seconds
                        )
            finally:
                self._waiting -= 1
        raise StoreClosedError("The pool of query workers was closed")

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._changed:
            self._free.append(worker)
            self._changed.notify()

    def _replace(self, worker: WorkerProcess) -> None:
        worker.end()
        self._processes.discard(worker.process)
        if not self._closed:
            with contextlib.suppress(RuntimeError):  # The pool was closed in between.
                self._starter.submit(self._start)

    def _start(self) -> None:
        settings = {"folder": str(self._folder.path), "memory": self.limits.memory + IDLE_MEMORY}
        try:
            worker = WorkerProcess("graph.evaluator", settings, self._processes)
        except (OSError, GraphError) as error:
            with self._changed:
                self._failure = (
                    error
                    if isinstance(error, GraphError)
                    else WorkerError("A query worker could not be started: {reason}", reason=error)
                )
                self._changed.notify()
            return
        with self._changed:
            if self._closed:
                worker.end()
                return
            self.network = worker.network
            self._free.append(worker)
            self._changed.notify()


class Evaluation:
    """
    One query in a worker.  Read `chunks` once; leaving `with` before the end kills the worker.

    `kind`, `columns` and `version` are known at once, `rows`, `bytes` and `cut` at the end.
    """

    def __init__(
        self, pool: WorkerPool, worker: WorkerProcess, request: dict[str, Any], limits: Limits, deadline: float
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._worker: WorkerProcess | None = worker
        self._reason: _Reason | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(deadline - time.monotonic(), 0), self._kill, ("timeout",))
        self._timer.daemon = True
        self._timer.start()
        self.rows: int | None = None
        self.bytes = 0
        self.cut: Cut | None = None
        try:
            worker.send(request)
            kind, payload = worker.receive()
            head = json.loads(payload)
            if kind == b"x":
                self._finish()
                raise _error(head)
        except (EOFError, OSError, ValueError):  # ValueError: the pool closed the pipe.
            raise self._died() from None
        self.kind: Kind = head["kind"]
        self.columns: tuple[str, ...] = tuple(head["columns"])
        self.version: int = head["version"]
        self.media_type: str = head["format"]

    def chunks(self, *, cut_is_error: bool = True) -> Iterator[bytes]:
        """
        The result's bytes, as they come.

        With `cut_is_error` False an answer over the limits ends early and `cut` names the limit.

        Raises:
            ResultTooLargeError: More rows or bytes than allowed; what came before is the beginning of a document.
            QueryError: As in `WorkerPool.evaluate`; an error may come after the first bytes.
        """
        while (worker := self._worker) is not None:
            try:
                kind, payload = worker.receive()
            except (EOFError, OSError, ValueError):
                raise self._died() from None
            if kind == b"d":
                yield payload
                continue
            self._finish()
            message = json.loads(payload)
            if kind == b"x":
                raise _error(message)
            self.rows, self.bytes, self.cut = message["rows"], message["bytes"], message["cut"]
            if self.cut is not None and cut_is_error:
                raise self._too_large(self.cut)

    def cancel(self) -> None:
        """Kill the evaluation; who reads it gets QueryCancelledError.  After the end nothing happens."""
        self._kill("cancelled")

    def close(self) -> None:
        """Give the worker back, or kill it in the middle of its work."""
        if self._worker is not None:
            self._kill("cancelled")
            self._died()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _kill(self, reason: _Reason) -> None:
        with self._lock:
            if self._worker is not None:
                self._reason = self._reason or reason
                self._worker.process.kill()

    def _finish(self) -> None:
        # After this the timer finds no worker, so it cannot kill the next query's.
        with self._lock:
            worker, self._worker = self._worker, None
        self._timer.cancel()
        if worker is not None and self._reason is None:
            self._pool._give_back(worker)  # noqa: SLF001 (the pool and its evaluations are one thing)
        elif worker is not None:
            self._pool._replace(worker)

    def _died(self) -> QueryError:
        """What ended the worker, which is then replaced."""
        with self._lock:
            worker, self._worker = self._worker, None
        self._timer.cancel()
        if worker is None:  # Another thread closed this evaluation first.
            return QueryCancelledError("The query was stopped")
        self._pool._replace(worker)
        code = worker.process.returncode
        if self._reason == "timeout" or code == _OUT_OF_PROCESSOR_TIME:
            return QueryTimeoutError(
                "The query ran longer than {seconds:g} s and was stopped; narrow it down", seconds=self._limits.seconds
            )
        if self._reason == "cancelled" or self._pool._closed:  # noqa: SLF001
            return QueryCancelledError("The query was stopped")
        if code == -signal.SIGABRT:
            return _out_of_memory(self._pool.limits.memory)
        return WorkerError(
            "The worker process of this query ended by itself (code {code}); "
            "the query may be a chain too long for the engine",
            code=code,
        )

    def _too_large(self, cut: Cut) -> ResultTooLargeError:
        if cut == "rows":
            return ResultTooLargeError("The answer has more than {limit} rows; add a LIMIT", limit=self._limits.rows)
        return ResultTooLargeError("The answer has more than {limit} bytes; add a LIMIT", limit=self._limits.bytes)


def _end_all(processes: set[subprocess.Popen[bytes]], starter: ThreadPoolExecutor) -> None:
    starter.shutdown(wait=False, cancel_futures=True)
    for process in list(processes):
        end_process(process)


def _out_of_memory(allowance: int) -> QueryMemoryError:
    return QueryMemoryError(
        "The query needed more than {megabytes} MB of memory and was stopped; narrow it down",
        megabytes=allowance // 1024**2,
    )


def _error(message: dict[str, Any]) -> GraphError:
    kind = getattr(errors, message["error"], None)
    if kind is None:
        return QueryMemoryError("The query needed too much memory and was stopped; narrow it down")
    error: GraphError = kind(message["template"], **message["values"])
    return error
