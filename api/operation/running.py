"""
Queries that run now: listed, cancelled by their id, counted into budgets, the log of queries and the metrics.

Every query of a request goes through `RunningQueries.track`, whoever evaluates it:

    with running.track(text, identity) as entry:  # BudgetError if the client used up its budget
        with pool.evaluate(…, begun=entry.started) as evaluation:  # from the start on it can be cancelled
            …

What became of it follows from the error that leaves the block, else from the evaluation, else from `ended`.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from api.access.budgets import BudgetError, Budgets
from api.operation.query_log import QueryLog, QueryRecord, query_hash, shortened
from api.problems import ProblemError
from graph import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.access.identity import Identity
    from api.operation.metrics import Metrics

# Of these classes the first that fits counts.
STATUS: Final[dict[type[BaseException], str]] = {
    errors.QuerySyntaxError: "syntax",
    errors.QueryRefusedError: "refused",
    errors.QueryEvaluationError: "evaluation",
    errors.QueryTimeoutError: "timeout",
    errors.QueryMemoryError: "memory",
    errors.ResultTooLargeError: "too-large",
    errors.QueryCancelledError: "cancelled",
    errors.PoolBusyError: "busy",
    errors.ServiceError: "service",
    ProblemError: "refused",
}
FAILED: Final = "failed"
# What the client cannot help; all else that is not done is its error.
_NOT_COUNTED: Final = frozenset(("done", "cached", "cut", "cancelled", "busy", "service", FAILED))
_RECENT: Final = 100


class Cancellable(Protocol):
    """What `started` takes: `graph.workers.Evaluation`.  Its figures are known at the end."""

    @property
    def rows(self) -> int | None: ...

    @property
    def bytes(self) -> int: ...

    @property
    def cut(self) -> str | None: ...

    @property
    def peak_memory(self) -> int | None: ...

    @property
    def version(self) -> int: ...

    def cancel(self) -> None: ...


@dataclass(slots=True, eq=False)
class RunningQuery:
    """One query from its request to its end; `id` is what it is cancelled by, `charged` whether its client pays."""

    text: str
    identity: Identity
    kind: str
    charged: bool = True
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _work: Cancellable | None = None
    _cancelled: bool = False
    _status: str | None = None
    _rows: int | None = None
    _bytes: int | None = None
    _version: int | None = None

    @property
    def seconds(self) -> float:
        """Wall-clock seconds since the request."""
        return time.monotonic() - self._began

    def started(self, work: Cancellable) -> None:
        """From now on `cancel` ends this evaluation; at once, if it was called before."""
        with self._lock:
            self._work = work
            cancelled = self._cancelled
        if cancelled:
            work.cancel()

    def ended(
        self, status: str, *, rows: int | None = None, size: int | None = None, version: int | None = None
    ) -> None:
        """Say how it ended, where no evaluation and no error tells: `size` is the answer's bytes."""
        self._status, self._rows, self._bytes, self._version = status, rows, size, version

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            work = self._work
        if work is not None:
            work.cancel()

    def record(self, error: BaseException | None, slow_seconds: float) -> QueryRecord:
        """What is logged of it at the end; `error` is what left the block of `track`."""
        work, seconds = self._work, self.seconds
        status = self._ended_as(error)
        tells_text = status not in {"done", "cached", "cancelled"} or seconds >= slow_seconds
        return QueryRecord(
            id=self.id,
            time=self.since.isoformat(timespec="milliseconds"),
            client=self.identity.client,
            role=self.identity.role.word,
            kind=self.kind,
            hash=query_hash(self.text),
            status=status,
            seconds=round(seconds, 4),
            # An evaluation that never began has none.
            version=self._version if work is None else getattr(work, "version", None),
            rows=self._rows if work is None else work.rows,
            bytes=self._bytes if work is None else work.bytes,
            cut=work.cut if work is not None else None,
            peak_memory=work.peak_memory if work is not None else None,
            services={use.name: use.figures() for use in getattr(work, "service_uses", ())} or None,
            text=shortened(self.text) if tells_text else None,
        )

    def _ended_as(self, error: BaseException | None) -> str:
        if error is not None:
            known = next((status for kind, status in STATUS.items() if isinstance(error, kind)), FAILED)
            return "cancelled" if self._cancelled and known == FAILED else known
        if self._status is not None:
            return self._status
        if self._work is None:
            return "done"
        if self._work.cut is not None:
            return "cut"
        # An evaluation that was left in the middle knows neither; that of ASK has no rows.
        return "done" if self._work.rows is not None or self._work.bytes else "cancelled"


class RunningQueries:
    """The queries of one application.  Safe to use from several threads."""

    def __init__(self, *, budgets: Budgets, log: QueryLog, metrics: Metrics, slow_seconds: float) -> None:
        self._budgets, self._log, self._metrics, self._slow_seconds = budgets, log, metrics, slow_seconds
        self._lock = threading.Lock()
        self._running: dict[str, RunningQuery] = {}
        self._recent: deque[QueryRecord] = deque(maxlen=_RECENT)
        self._unwritten: deque[QueryRecord] = deque()
        metrics.running.set_function(lambda: len(self._running))

    @contextlib.contextmanager
    def track(
        self, text: str, identity: Identity, *, kind: str = "sparql", charged: bool = True
    ) -> Iterator[RunningQuery]:
        """
        The entry of one query, for as long as the block lasts.

        What is not `charged`, because the service asks it for its own pages, neither needs nor spends a budget.

        Raises:
            BudgetError: The client used up its budget, or asks too much at once; the query is not to be evaluated.
        """
        entry = RunningQuery(text, identity, kind, charged)
        with self._lock:
            if charged:
                self._check(identity)
            self._running[entry.id] = entry
        failure: BaseException | None = None
        try:
            yield entry
        except BaseException as error:
            failure = error
            raise
        finally:
            self._end(entry, failure)

    def write_ended(self) -> None:
        """Count and log the queries that ended; called after each answer was sent, since nobody waits for it then."""
        with contextlib.suppress(IndexError):
            while True:
                record = self._unwritten.popleft()
                self._metrics.count(record)
                self._log.write(record)

    def listed(self) -> list[RunningQuery]:
        """What runs or waits now, the oldest first."""
        with self._lock:
            return sorted(self._running.values(), key=lambda entry: entry.since)

    def recent(self) -> list[QueryRecord]:
        """The last queries that ended, the newest first."""
        with self._lock:
            return list(reversed(self._recent))

    def find(self, name: str) -> RunningQuery | None:
        """The running query with this id."""
        with self._lock:
            return self._running.get(name)

    def _check(self, identity: Identity) -> None:
        mine = [entry for entry in self._running.values() if entry.charged and entry.identity.client == identity.client]
        try:
            self._budgets.check(identity, running=sum(entry.seconds for entry in mine), at_once=len(mine))
        except BudgetError:
            self._metrics.over_budget.inc()
            raise

    def _end(self, entry: RunningQuery, failure: BaseException | None) -> None:
        record: QueryRecord | None = None
        try:
            record = entry.record(failure, self._slow_seconds)
        finally:
            # Who looks finds it running or ended, never neither.
            with self._lock:
                del self._running[entry.id]
                if record is not None:
                    self._recent.append(record)
        if entry.charged:
            self._budgets.spend(entry.identity, record.seconds)
            if record.status not in _NOT_COUNTED:
                self._budgets.err(entry.identity)
        self._unwritten.append(record)
