"""
One query on its way through a worker: waiting, evaluated, read, ended.

Longer than most modules, because what may happen to a query at any moment, from any thread, is decided under one lock.
"""

from __future__ import annotations

import json
import secrets
import signal
import sys
import threading
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self, TypeAlias

from graph import errors
from graph.errors import (
    GraphError,
    QueryCancelledError,
    QueryError,
    QueryMemoryError,
    QueryTimeoutError,
    ReaderTooSlowError,
    ResultTooLargeError,
    WorkerError,
)
from graph.federation.messages import answer_frame
from graph.process_memory import resident_memory, resident_peak
from graph.processor_time import Allowance
from graph.query_traps import Message
from graph.results import Boolean, read_table, read_triples

if TYPE_CHECKING:
    import builtins
    from collections.abc import Hashable, Iterator
    from types import TracebackType

    from graph.alarms import Alarm, Alarms
    from graph.federation.gateway import Asking
    from graph.federation.services import ServiceUse
    from graph.long_queries import LongQueries
    from graph.results import Cut, Kind, Result
    from graph.worker_limits import Limits

_OUT_OF_PROCESSOR_TIME: Final = -signal.SIGXCPU if sys.platform != "win32" else None
# A tried query is one that ends soon, with a small answer: seconds of the processor.
TRY_SECONDS: Final = 0.1
_TRY_BYTES: Final = 1024**2
# A try whose worker was not given the processor says nothing of the query.
_TRIES: Final = 2
# A worker takes some ten milliseconds of the processor to take in what little changed.
_CATCHING_UP_SECONDS: Final = 1.0
# What passing a chunk on takes the server itself; only what is longer is the reader's.
_HANDING_ON: Final = 0.005
# What a process took is told in steps of this.
_TICK: Final = 0.01

_Reason: TypeAlias = Literal["timeout", "cancelled", "reader", "tried", "starved"]
_Frame: TypeAlias = tuple[bytes, bytes]


class AnyEvaluation(Protocol):
    """
    What `Evaluation` shows to who reads it, and an evaluation at a remote engine (`graph.remote.pool`) as well.

    `kind`, `columns` and `version` are known at once, `rows`, `bytes` and `cut` at the end.
    """

    kind: Kind
    columns: tuple[str, ...]
    version: int
    media_type: str
    rows: int | None
    bytes: int
    cut: Cut | None
    warnings: tuple[Message, ...]

    @property
    def service_uses(self) -> tuple[ServiceUse, ...]: ...

    def chunks(self, *, cut_is_error: bool = True) -> Iterator[builtins.bytes]: ...

    def cancel(self) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def read_answer(evaluation: AnyEvaluation) -> Result:
    """
    The answer of an evaluation in the formats that a pool takes by itself (TSV, N-Triples, JSON for ASK), as a value.

    Where it has more rows or bytes than allowed it is the beginning, with `complete` False.

    Raises:
        QueryError: As `Evaluation.chunks`.
    """
    data = b"".join(evaluation.chunks(cut_is_error=False))
    if evaluation.kind == "boolean":
        return Boolean(json.loads(data)["boolean"])
    read = read_table if evaluation.kind == "table" else read_triples
    return read(data, complete=evaluation.cut is None)


class Worker(Protocol):
    """A process that evaluates queries: `graph.worker_process` or `graph.forked_workers`."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def send(self, message: dict[str, Any]) -> None: ...

    def answer(self, payload: bytes) -> None: ...

    def receive(self) -> _Frame: ...

    def is_alive(self) -> bool: ...

    def kill(self) -> None: ...

    def end(self) -> None: ...


class Workers(Protocol):
    """Where a query finds a worker, and leaves it."""

    alarms: Alarms
    long_queries: LongQueries

    @property
    def is_closed(self) -> bool: ...

    def take(self, evaluation: Evaluation, deadline: float, *, tries: bool) -> tuple[Worker, bool]: ...

    def leave(self, worker: Worker, *, usable: bool, in_memory: int | None = None) -> None: ...

    def wake(self) -> None: ...


class Evaluation:
    """
    One query.  Read `chunks` once; leaving `with` before the end kills the worker.

    `id` and `warnings` are known from the start; `kind`, `columns`, `version`, `media_type` and `in_memory` when it is
    handed out; `rows`, `bytes` and `cut` at the end.  `seconds` is the wall-clock time since the request, which stops
    at the end.  `peak_memory` is known at the end: bytes that the query took above what its worker held before; None
    where the system does not tell.
    """

    kind: Kind
    columns: tuple[str, ...]
    version: int
    media_type: str
    in_memory: bool = False

    def __init__(  # noqa: PLR0917  (made in one place)
        self,
        workers: Workers,
        request: dict[str, Any],
        limits: Limits,
        warnings: tuple[Message, ...],
        start: float,
        asking: Asking | None = None,
        *,
        shape: Hashable = None,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.warnings = warnings
        self.rows: int | None = None
        self.bytes = 0
        self.cut: Cut | None = None
        self.peak_memory: int | None = None
        self.services = frozenset[str](request["services"])
        self._asking = asking
        self._shape = shape
        self._workers = workers
        self._request = request
        self.limits = limits
        self.start = start
        self._sent = start
        self._end: float | None = None
        self._worker: Worker | None = None
        self._frames: deque[_Frame] = deque()
        self._reason: _Reason | None = None
        self._lock = threading.Lock()
        self._alarm: Alarm | None = None
        self._allowance: Allowance | None = None
        self._tries = 0
        self._idle_memory: int | None = None
        self._held = 0.0
        self._held_since: float | None = None

    @property
    def seconds(self) -> float:
        return (self._end or time.monotonic()) - self.start

    @property
    def service_uses(self) -> tuple[ServiceUse, ...]:
        """What other services did for it; all is known with the head."""
        return () if self._asking is None else self._asking.uses

    @property
    def is_cancelled(self) -> bool:
        return self._reason == "cancelled"

    def begin(self) -> None:
        """
        Find a worker and wait for the head of the answer.

        Raises:
            QueryError: As in `graph.workers.WorkerPool.evaluate`.
        """
        try:
            self._start_work()
            kind, payload = self._next_frame()
        except (EOFError, OSError, ValueError):  # ValueError: the pool closed the pipe.
            raise self._died() from None
        except BaseException:
            self._end = time.monotonic()
            raise
        head = json.loads(payload)
        if kind == b"x":
            self._finish(head)
            raise _error(head)
        self.kind = head["kind"]
        self.columns = tuple(head["columns"])
        self.version = head["version"]
        self.media_type = head["format"]
        self.in_memory = head["in_memory"]
        for failure in head["failures"]:
            self.warnings += tuple(_failure(**failure))

    def chunks(self, *, cut_is_error: bool = True) -> Iterator[bytes]:
        """
        The result's bytes, as they come.

        With `cut_is_error` False an answer over the limits ends early and `cut` names the limit.

        Raises:
            ResultTooLargeError: More rows or bytes than allowed; what came before is the beginning of a document.
            ReaderTooSlowError: The caller let the answer wait longer than `Limits.reading` in all.
            QueryError: As in `begin`; an error may come after the first bytes.
        """
        while self._worker is not None or self._frames:
            try:
                kind, payload = self._next_frame()
            except (EOFError, OSError, ValueError):
                raise self._died() from None
            if kind == b"d":
                self._held_since = time.monotonic()
                yield payload
                self._held, self._held_since = self._held_now(), None
                continue
            message = json.loads(payload)
            self._finish(message)
            if kind == b"x":
                raise _error(message)
            self.rows, self.bytes, self.cut = message["rows"], message["bytes"], message["cut"]
            if self.cut is not None and cut_is_error:
                raise self._too_large(self.cut)

    def cancel(self) -> None:
        """End it, wherever it is; who waits for it or reads it gets QueryCancelledError.  After the end: nothing."""
        self._kill("cancelled")
        self._workers.wake()

    def close(self) -> None:
        """Give the worker back, or kill it in the middle of its work."""
        self._frames.clear()
        if self._worker is not None:
            self._kill("cancelled")
            self._died()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start_work(self) -> None:
        """A worker has the request, or a try gave the whole answer."""
        deadline = self.start + self.limits.seconds
        self._tries = 0 if self.services or self._shape in self._workers.long_queries else _TRIES
        while True:
            worker, is_try = self._workers.take(self, deadline, tries=self._tries > 0)
            if not is_try:
                break
            if self._try(worker):
                return
        self._attach(worker)
        self._watch(max(min(deadline - time.monotonic(), self.limits.reading), 0))
        self._sent = time.monotonic()
        self._send(worker)

    def _send(self, worker: Worker) -> None:
        worker.send(self._request)
        # The worker has to wake up first.
        self._idle_memory = resident_memory(worker.pid)

    def _try(self, worker: Worker) -> bool:
        """
        Whether a short try gave the whole answer, which then waits in `_frames`.

        Where all workers are busy, this keeps short queries from waiting for long ones.  What is not worth trying again
        loses its further tries.
        """
        size, is_behind = 0, False
        self._attach(worker)
        self._allow(worker, TRY_SECONDS)
        try:
            self._send(worker)
            while not self._frames or self._frames[-1][0] not in {b"e", b"x"}:
                frame = worker.receive()
                if frame[0] == b"c":
                    # What this worker has to do first says nothing of the query.
                    is_behind = not is_behind
                    self._allow(worker, _CATCHING_UP_SECONDS if is_behind else TRY_SECONDS)
                    continue
                self._frames.append(frame)
                size += len(frame[1])
                if size > _TRY_BYTES:
                    self._kill("tried")
        except (EOFError, OSError, ValueError):
            pass
        is_whole = bool(self._frames) and self._frames[-1][0] in {b"e", b"x"}
        message = json.loads(self._frames[-1][1]) if is_whole else {}
        is_whole = is_whole and message.get("error") != "MemoryError"
        if not is_whole:
            self._frames.clear()
        self._detach(usable=is_whole and not message["worn"], in_memory=message.get("in_memory"))
        with self._lock:
            stopped = self._reason
            if stopped in {"tried", "starved"}:
                self._reason = None
        is_long = stopped == "tried" and not is_behind
        self._tries = 0 if is_long or stopped is None else self._tries - 1
        if is_whole or is_long:
            self._workers.long_queries.note(self._shape, is_short=is_whole)
        return is_whole

    def _next_frame(self) -> _Frame:
        if self._frames:
            return self._frames.popleft()
        worker = self._worker
        if worker is None:
            raise EOFError
        while True:
            kind, payload = worker.receive()
            if kind == b"c":
                continue
            if kind not in {b"s", b"r"}:
                return kind, payload
            answer = answer_frame(self._asking, kind, json.loads(payload))
            if answer is not None:
                worker.answer(answer)

    def _attach(self, worker: Worker) -> None:
        with self._lock:
            self._worker = worker
            if self._reason is not None:
                worker.kill()

    def _watch(self, seconds: float) -> None:
        self._alarm = self._workers.alarms.set(seconds, self._expire)

    def _allow(self, worker: Worker, seconds: float) -> None:
        """The try may go on for so many seconds of the processor, within the query's own time."""
        allowance = Allowance(worker.pid, seconds, time.monotonic())
        with self._lock:
            if self._alarm is not None:
                self._alarm.cancel()
            self._allowance = allowance
            self._alarm = self._workers.alarms.set(seconds, partial(self._expire_try, allowance))

    def _expire_try(self, allowance: Allowance) -> None:
        """Kill, or wait on for a worker that had to wait for the processor."""
        with self._lock:
            if self._allowance is not allowance:  # What it was for is over.
                return
            now = time.monotonic()
            left = min(allowance.left(now), self.start + self.limits.seconds - now)
            if left <= 0:
                self._stop("starved" if allowance.has_rest() else "tried")
            else:
                self._alarm = self._workers.alarms.set(max(left, _TICK), partial(self._expire_try, allowance))

    def _expire(self) -> None:
        """
        Kill, or wait on for a reader.

        While the reader holds the answer the evaluation stands still, or works ahead within its processor time; so
        that time does not count as the query's, but the reader has a limit of his own.
        """
        held = self._held_now()
        left = self.start + self.limits.seconds + held - time.monotonic()
        patience = self.limits.reading - held
        if patience <= 0:
            self._kill("reader")
        elif left <= 0:
            self._kill("timeout")
        else:
            with self._lock:
                if self._worker is not None:
                    self._watch(max(min(left, patience), 0.01))

    def _held_now(self) -> float:
        since = self._held_since
        return self._held + (0.0 if since is None else max(time.monotonic() - since - _HANDING_ON, 0.0))

    def _kill(self, reason: _Reason) -> None:
        with self._lock:
            self._stop(reason)
        if self._asking is not None:
            self._asking.abort()

    def _stop(self, reason: _Reason) -> None:
        """As `_kill`, for who holds the lock."""
        if self._end is None:
            self._reason = self._reason or reason
        if self._worker is not None:
            self._measure(self._worker)
            self._worker.kill()

    def _measure(self, worker: Worker) -> None:
        peak = resident_peak(worker.pid)
        if peak is not None:
            self.peak_memory = max(self.peak_memory or 0, peak - (self._idle_memory or peak))

    def _detach(self, *, usable: bool, in_memory: int | None = None) -> Worker | None:
        # After this the alarm finds no worker, so it cannot kill the next query's.
        with self._lock:
            worker, self._worker = self._worker, None
            self._allowance = None
            usable = usable and self._reason is None
            if self._alarm is not None:
                self._alarm.cancel()
        if worker is not None:
            self._workers.leave(worker, usable=usable, in_memory=in_memory)
        return worker

    def _finish(self, message: dict[str, Any]) -> None:
        self._end = time.monotonic()
        if self._end - self._sent - self._held_now() <= TRY_SECONDS:
            self._workers.long_queries.note(self._shape, is_short=True)
        else:
            self._workers.long_queries.note_again(self._shape)
        self.peak_memory = message["memory"]
        self._detach(usable=not message["worn"], in_memory=message["in_memory"])

    def _died(self) -> QueryError:
        """What ended the worker, which is then replaced."""
        self._end = time.monotonic()
        worker = self._worker
        if worker is not None and self._reason is None:
            worker.end()
        worker = self._detach(usable=False)
        if worker is None:  # Another thread closed this evaluation first.
            return QueryCancelledError("The query was stopped")
        code = worker.returncode
        if self._reason == "timeout" or (self._reason is None and code == _OUT_OF_PROCESSOR_TIME):
            return QueryTimeoutError(
                "The query ran longer than {seconds:g} s and was stopped; narrow it down", seconds=self.limits.seconds
            )
        if self._reason == "reader":
            return ReaderTooSlowError(
                "The answer was not taken for {seconds:g} s and was stopped; read faster, or add a LIMIT",
                seconds=self.limits.reading,
            )
        if self._reason == "cancelled" or self._workers.is_closed:
            return QueryCancelledError("The query was stopped")
        if code == -signal.SIGABRT:
            self.peak_memory = self.limits.memory
            return QueryMemoryError(
                "The query needed more than {megabytes} MB of memory and was stopped; narrow it down",
                megabytes=self.limits.memory // 1024**2,
            )
        return WorkerError(
            "The worker process of this query ended by itself (code {code}); "
            "the query may be a chain too long for the engine",
            code=code,
        )

    def _too_large(self, cut: Cut) -> ResultTooLargeError:
        if cut == "rows":
            return ResultTooLargeError("The answer has more than {limit} rows; add a LIMIT", limit=self.limits.rows)
        return ResultTooLargeError("The answer has more than {limit} bytes; add a LIMIT", limit=self.limits.bytes)


def _failure(template: str, values: dict[str, Any], line: int, column: int) -> Iterator[Message]:
    """What is told of a service that failed under SILENT."""
    at = {"line": line, "column": column}
    yield Message("Line {line}, column {column}: SERVICE SILENT goes on without its service", at, line, column)
    yield Message(template, values, line, column)


def _error(message: dict[str, Any]) -> GraphError:
    kind = getattr(errors, message["error"], None)
    if kind is None:
        return QueryMemoryError("The query needed too much memory and was stopped; narrow it down")
    error: GraphError = kind(message["template"], **message["values"])
    return error
