"""
Queries put to a remote engine, seen from outside like `graph.workers.WorkerPool`.

The limits on time, rows and bytes hold here: at a limit the connection is closed.  Whether the engine then stops
evaluating is up to the engine, so its own time limit should be set too.  There are no older versions.

Longer than most modules, because the pool and its evaluations end each other from several threads.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from pyoxigraph import DefaultGraph, QueryResultsFormat, RdfFormat, Store

from graph.errors import (
    GraphError,
    PoolBusyError,
    QueryCancelledError,
    QueryEvaluationError,
    QueryTimeoutError,
    ResultTooLargeError,
    VersionGoneError,
)
from graph.evaluation import read_answer
from graph.guard import check_query
from graph.remote.turns import Turns
from graph.results import Answer
from graph.search_clauses import answered
from graph.search_edits import edited
from graph.syntax_errors import syntax_error
from graph.workers import Limits, ReplicaState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from graph.federation.services import ServiceUse
    from graph.guard import Dataset
    from graph.query_traps import Message
    from graph.remote.engine import RemoteAnswer
    from graph.remote.replica import RemoteReplica
    from graph.results import Cut, Kind, Result, ResultFormat
    from graph.search_indexes import SearchIndexes
    from graph.tokens import Token
    from graph.workers import WorkerPool

_CHUNK: Final = 64 * 1024
_CHUNKS: Final = 16
_GLANCE: Final = 0.2
# The engine's answer is XML, several times the size of what is made of it, and is read ahead.
_ENVELOPE: Final = 8
_AHEAD: Final = 1024**2
_GIVING_TRIPLES: Final = frozenset(("CONSTRUCT", "DESCRIBE"))
_FORMS: Final = _GIVING_TRIPLES | {"SELECT", "ASK"}


@dataclass(frozen=True, slots=True)
class _Formats:
    table: QueryResultsFormat
    triples: RdfFormat

    def of(self, kind: Kind) -> ResultFormat:
        if kind == "triples":
            return self.triples
        if kind == "boolean" and self.table == QueryResultsFormat.TSV:
            return QueryResultsFormat.JSON
        return self.table


@dataclass(frozen=True, slots=True)
class _Head:
    kind: Kind
    columns: tuple[str, ...]
    media_type: str


class RemotePool:
    """At most `size` queries at a time, in the order in which they come.  Safe to use from several threads."""

    isolation: Final = "queries are evaluated by another engine"

    def __init__(
        self,
        replica: RemoteReplica,
        *,
        size: int = 8,
        limits: Limits | None = None,
        search: SearchIndexes | None = None,
        own: WorkerPool | None = None,
    ) -> None:
        self.limits = limits or Limits()
        # What evaluates texts of ours, over the data folder; closed with the pool.
        self.own = own
        self._replica = replica
        self._search = search
        self._turns = Turns(size)

    def query(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        version: int | None = None,
    ) -> Result:
        """As `WorkerPool.query`."""
        with self.evaluate(text, prefixes=prefixes, limits=limits, version=version) as evaluation:
            return read_answer(evaluation)

    def evaluate(
        self,
        text: str,
        *,
        table_format: QueryResultsFormat | None = None,
        triples_format: RdfFormat | None = None,
        prefixes: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        version: int | None = None,
        dataset: Dataset | None = None,
        begun: Callable[[RemoteEvaluation], None] | None = None,
    ) -> RemoteEvaluation:
        """
        As `WorkerPool.evaluate`; an older `version` is not to be had.

        Raises:
            RemoteEngineError: The engine does not answer.
            StoreBusyError: It holds no whole version.
        """
        limits = limits or self.limits
        deadline = time.monotonic() + limits.seconds
        checked = check_query(text, prefixes=prefixes)
        self._take(deadline, limits)
        release = _once(self._turns.give_back)
        try:
            newest = self._newest(version, deadline, limits)
            searched = answered(text, prefixes, self._search, version=newest, patience=limits.seconds)
            asked = edited(text, searched.answers.edits)
            dataset = self._replica.dataset(dataset or checked.dataset, newest, names_graphs=checked.names_graphs)
            formats = _Formats(table_format or QueryResultsFormat.TSV, triples_format or RdfFormat.N_TRIPLES)

            def ask(begun: Callable[[Callable[[], None]], None]) -> RemoteAnswer:
                try:
                    return self._replica.engine.open(
                        _with_prefixes(asked, prefixes),
                        dataset=dataset,
                        seconds=max(deadline - time.monotonic(), 0.001),
                        size=limits.bytes * _ENVELOPE + _AHEAD,
                        rows=limits.rows,
                        triples=_form(checked.tokens) in _GIVING_TRIPLES,
                        begun=begun,
                    )
                except QueryEvaluationError:
                    check_syntax(text, prefixes)
                    raise

            return RemoteEvaluation(
                ask,
                self._replica.engine.telling,
                formats,
                limits,
                version=newest,
                warnings=(*checked.warnings, *searched.answers.messages),
                release=release,
                begun=begun,
            )
        except BaseException:
            release()
            raise

    def version(self, *, seconds: float) -> int:
        """
        The data version that queries are answered from, if the engine tells within so many seconds.

        Raises:
            GraphError: It does not answer, or holds none.
        """
        return self._replica.version(seconds=seconds)

    @property
    def replica(self) -> ReplicaState:
        """As `WorkerPool.replica`, of the data folder."""
        return self.own.replica if self.own else ReplicaState(None, None, None)

    @property
    def memory_bound(self) -> int:
        """As `WorkerPool.memory_bound`; the engine's memory is its own."""
        return self.own.memory_bound if self.own else 0

    def processes(self) -> list[int]:
        """As `WorkerPool.processes`; the engine is elsewhere."""
        return self.own.processes() if self.own else []

    def close(self) -> None:
        if self.own is not None:
            self.own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _newest(self, asked: int | None, deadline: float, limits: Limits) -> int:
        try:
            newest = self._replica.version(seconds=max(deadline - time.monotonic(), 0.001))
        except QueryTimeoutError:
            raise _too_slow(limits) from None
        if asked is not None and asked > newest:
            raise VersionGoneError(
                "There is no version {version} of the data; the newest is {newest}", version=asked, newest=newest
            )
        if asked not in {None, newest}:
            raise VersionGoneError(
                "Version {version} of the data is not kept any more; ask the newest version", version=asked
            )
        return newest

    def _take(self, deadline: float, limits: Limits) -> None:
        taken = self._turns.take(deadline - time.monotonic(), most=limits.waiting)
        if taken is None:
            raise PoolBusyError("{count} queries are waiting already; try again later", count=self._turns.waiting)
        if not taken:
            raise PoolBusyError("All workers were busy for {seconds:g} s; try again later", seconds=limits.seconds)


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """The action, done at the first call only: who is cancelled while it waits is given up from two sides."""
    unused = threading.Lock()

    def act() -> None:
        if unused.acquire(blocking=False):
            action()

    return act


class RemoteEvaluation:
    """As `graph.workers.Evaluation`: read `chunks` once, leave `with` to end it."""

    # Measured by the engine alone, if at all.
    peak_memory: Final = None

    def __init__(
        self,
        ask: Callable[[Callable[[Callable[[], None]], None]], RemoteAnswer],
        telling: Callable[[], AbstractContextManager[None]],
        formats: _Formats,
        limits: Limits,
        *,
        version: int,
        warnings: tuple[Message, ...],
        release: Callable[[], None],
        begun: Callable[[RemoteEvaluation], None] | None = None,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.version = version
        self.warnings = warnings
        # Another engine's queries ask no services.
        self.service_uses: tuple[ServiceUse, ...] = ()
        self.rows: int | None = None
        self.bytes = 0
        self.cut: Cut | None = None
        self.seconds: float | None = None
        self._telling = telling
        self._formats = formats
        self._limits = limits
        self._most_rows = limits.rows
        self._release = release
        self._started = time.monotonic()
        self._abort: Callable[[], None] | None = None
        self._ended = threading.Event()
        self._cancelled = False
        self._lock = threading.Lock()
        # Back-pressure: who reads slowly makes the engine write slowly.
        self._waiting: queue.Queue[_Head | bytes | BaseException | None] = queue.Queue(_CHUNKS)
        # The library's answers live and die in one thread.
        threading.Thread(target=self._write, args=(ask,), name="remote-answer", daemon=True).start()
        if begun is not None:
            begun(self)
        head = self._first()
        if not isinstance(head, _Head):
            assert isinstance(head, BaseException)
            # The pool gives the place back where nothing was begun.
            self._ended.set()
            raise head
        self.kind: Kind = head.kind
        self.columns = head.columns
        self.media_type = head.media_type

    def _first(self) -> _Head | bytes | BaseException | None:
        while not self._ended.is_set():
            with contextlib.suppress(queue.Empty):
                return self._waiting.get(timeout=_GLANCE)
        return QueryCancelledError("The query was stopped")

    def chunks(self, *, cut_is_error: bool = True) -> Iterator[bytes]:
        """
        The result's bytes, as they come.

        Raises:
            ResultTooLargeError: More rows or bytes than allowed.
            QueryTimeoutError, QueryCancelledError, QueryEvaluationError: As in `WorkerPool`.
        """
        while (item := self._next()) is not None:
            yield item
        self.close()
        if self.cut is not None and cut_is_error:
            raise self._too_large(self.cut)

    def cancel(self) -> None:
        """Close the connection; who reads gets QueryCancelledError."""
        self._cancelled = True
        self._end()

    def close(self) -> None:
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next(self) -> bytes | None:
        while not self._ended.is_set():
            try:
                item = self._waiting.get(timeout=_GLANCE)
            except queue.Empty:
                continue
            if isinstance(item, BaseException):
                self.close()
                raise QueryCancelledError("The query was stopped") if self._cancelled else item
            assert not isinstance(item, _Head)
            return item
        if self._cancelled:
            raise QueryCancelledError("The query was stopped")
        return None

    def _end(self) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
            abort = self._abort
        self.seconds = time.monotonic() - self._started
        if abort is not None:
            abort()
        self._release()

    def _hold(self, abort: Callable[[], None]) -> None:
        with self._lock:
            self._abort = abort
            is_over = self._ended.is_set()
        if is_over:
            abort()

    def _write(self, ask: Callable[[Callable[[Callable[[], None]], None]], RemoteAnswer]) -> None:
        try:
            with ask(self._hold) as remote, self._telling():
                answer = Answer(remote.found, None)
                chosen = self._formats.of(answer.kind)
                self._put(_Head(answer.kind, answer.columns, chosen.media_type))
                sink = _Sink(self)
                if remote.most_rows is not None:
                    # Of an answer that is as long as the engine's longest nobody knows whether it is whole.
                    self._most_rows = min(self._most_rows, max(remote.most_rows - 1, 0))
                written = answer.write(sink, chosen, max_rows=self._most_rows, max_bytes=self._limits.bytes)
                sink.flush()
                self.rows, self.bytes, self.cut = written.rows, written.bytes, written.cut
            self._put(None)
        except QueryTimeoutError:
            self._put(_too_slow(self._limits))
        except GraphError as error:
            self._put(_alone(error))
        except Exception as error:  # noqa: BLE001  (whatever the engine sends is told, not raised in this thread)
            self._put(QueryEvaluationError("The query could not be evaluated: {reason}", reason=str(error)))

    def _put(self, item: _Head | bytes | BaseException | None) -> None:
        while not self._ended.is_set():
            try:
                self._waiting.put(item, timeout=_GLANCE)
            except queue.Full:
                continue
            return
        if isinstance(item, bytes):
            raise QueryCancelledError("The query was stopped")

    def _too_large(self, cut: Cut) -> ResultTooLargeError:
        if cut == "rows":
            return ResultTooLargeError("The answer has more than {limit} rows; add a LIMIT", limit=self._most_rows)
        return ResultTooLargeError("The answer has more than {limit} bytes; add a LIMIT", limit=self._limits.bytes)


def _form(tokens: Sequence[Token]) -> str:
    """The word that says what a query gives; in its prologue none stands alone."""
    return next((word for token in tokens if (word := token.text.upper()) in _FORMS), "")


def _too_slow(limits: Limits) -> QueryTimeoutError:
    return QueryTimeoutError(
        "The query ran longer than {seconds:g} s and was stopped; narrow it down", seconds=limits.seconds
    )


def _alone(error: GraphError) -> GraphError:
    """The error without its trace, which would take the library's answer into another thread."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


def check_syntax(text: str, prefixes: Mapping[str, str] | None) -> None:
    """
    Nothing, if our engine reads this query too; it is not evaluated.

    Raises:
        QuerySyntaxError: It does not; with line and column in this text, which those of another engine are not.
    """
    try:
        # The engine reads the text and then refuses what contradicts itself.
        Store().query(
            text, prefixes=dict(prefixes or {}), use_default_graph_as_union=True, default_graph=[DefaultGraph()]
        )
    except SyntaxError as error:
        raise syntax_error(text, error, prefixes=prefixes) from None
    except ValueError:
        return


class _Sink:
    """Joins the serialiser's small writes."""

    def __init__(self, evaluation: RemoteEvaluation) -> None:
        self._evaluation = evaluation
        self._unsent = bytearray()

    def write(self, data: bytes) -> None:
        self._unsent += data
        if len(self._unsent) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        if self._unsent:
            self._evaluation._put(bytes(self._unsent))  # noqa: SLF001  (the two are one thing)
            self._unsent.clear()


def _with_prefixes(text: str, prefixes: Mapping[str, str] | None) -> str:
    """The query with prefix declarations before it; those in the text come later and win."""
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in (prefixes or {}).items()) + text
