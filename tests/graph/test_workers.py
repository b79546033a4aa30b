from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat

from graph.changes import Commit
from graph.errors import (
    NothingLoadedError,
    PoolBusyError,
    QueryCancelledError,
    QueryError,
    QueryEvaluationError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ReaderTooSlowError,
    ResultTooLargeError,
    StoreClosedError,
    VersionGoneError,
    WorkerError,
)
from graph.folder import DataFolder
from graph.guard import CheckedQuery, Dataset, check_query
from graph.long_queries import LongQueries
from graph.results import Boolean, Table, Triples
from graph.snapshots import Versions
from graph.store import Store
from graph.workers import Evaluation, Limits, WorkerPool
from tests.graph.pools import (
    ENDLESSLY,
    Clock,
    answer_beside,
    kept_busy,
    ready_workers,
    wait_for_worker,
)
from tests.graph.quads import document, graph, label
from tests.patience import PATIENCE, is_running, wait_until, wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.evaluation import Worker

# 304 triples: a product of four is 8.5 thousand million rows, none of which the engine can be asked to stop at.
PRODUCT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i ?l"
# Two workers for queries, one for tries, and what they are forked from.
EXPECTED = 4 if sys.platform == "linux" else 3
COUNTING = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PATIENT = Limits(seconds=PATIENCE)
# In which the clock of a tried worker goes on.
STEP = 0.01
UNBOUNDED = Limits(seconds=ENDLESSLY, rows=10**9, bytes=10**12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "data"
    with Store.open(path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=100))
        texts = [label(f"id/target/{n}", f'«{n}»\t"кавычки"\nстрока') for n in range(3)]
        store.commit(Commit(replace={graph("extra"): texts}, current=frozenset({graph("extra")})))
    return path


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[WorkerPool]:
    with WorkerPool(folder, size=2, limits=PATIENT, replica="disk") as opened:
        yield opened


def test_rows_come_back_as_the_terms_that_were_stored(pool: WorkerPool) -> None:
    found = pool.query('SELECT ?o ?none { ?s ?p ?o FILTER(CONTAINS(?o, "кавычки")) } ORDER BY ?o')
    assert found == Table(
        ("o", "none"), tuple((Literal(f'«{n}»\t"кавычки"\nстрока', language="ru"), None) for n in range(3))
    )


def test_ask_and_construct_come_back_as_values(pool: WorkerPool) -> None:
    assert pool.query("ASK { ?s ?p ?o }") == Boolean(value=True)
    triples = pool.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(triples, Triples)
    assert len(triples.triples) == 304
    assert triples.complete


def test_prefixes_are_given_beside_the_text(pool: WorkerPool) -> None:
    found = pool.query("ASK { ?s rdfs:label ?o }", prefixes={"rdfs": "http://www.w3.org/2000/01/rdf-schema#"})
    assert found == Boolean(value=True)


@pytest.mark.parametrize(
    "result_format", [QueryResultsFormat.JSON, QueryResultsFormat.CSV, QueryResultsFormat.TSV, QueryResultsFormat.XML]
)
def test_bytes_are_those_of_the_library_and_rows_are_counted(
    pool: WorkerPool, folder: Path, result_format: QueryResultsFormat
) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
    with pool.evaluate(query, table_format=result_format) as evaluation:
        data = b"".join(evaluation.chunks())
    expected = io.BytesIO()
    Versions(DataFolder(folder)).open().answer(query).write(expected, result_format)
    assert data == expected.getvalue()
    assert (evaluation.rows, evaluation.bytes, evaluation.cut) == (304, len(data), None)
    assert (evaluation.kind, evaluation.columns, evaluation.version) == ("table", ("o", "p", "s"), 2)


def test_triples_come_in_the_wanted_format(pool: WorkerPool) -> None:
    with pool.evaluate("CONSTRUCT WHERE { ?s ?p ?o }", triples_format=RdfFormat.TURTLE) as evaluation:
        data = b"".join(evaluation.chunks())
    assert evaluation.media_type == "text/turtle"
    assert (evaluation.kind, evaluation.rows, len(data)) == ("triples", 304, evaluation.bytes)


def test_a_cut_value_says_so_and_holds_the_first_rows(pool: WorkerPool) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
    whole = pool.query(query)
    cut = pool.query(query, limits=replace(PATIENT, rows=7))
    assert isinstance(whole, Table)
    assert isinstance(cut, Table)
    assert (whole.complete, cut.complete) == (True, False)
    assert cut.rows == whole.rows[:7]


def test_an_answer_of_exactly_the_limit_is_whole(pool: WorkerPool) -> None:
    found = pool.query("SELECT * { ?s ?p ?o }", limits=replace(PATIENT, rows=304))
    assert isinstance(found, Table)
    assert (len(found.rows), found.complete) == (304, True)


def test_a_value_cut_by_bytes_holds_whole_rows(pool: WorkerPool) -> None:
    found = pool.query("SELECT * { ?s ?p ?o }", limits=replace(PATIENT, bytes=1000))
    assert isinstance(found, Table)
    assert not found.complete
    assert 0 < len(found.rows) < 20
    assert all(isinstance(term, NamedNode | Literal) for row in found.rows for term in row)


def test_cut_triples_say_so(pool: WorkerPool) -> None:
    found = pool.query("CONSTRUCT WHERE { ?s ?p ?o }", limits=replace(PATIENT, rows=5))
    assert isinstance(found, Triples)
    assert (len(found.triples), found.complete) == (5, False)


@pytest.mark.parametrize("limits", [replace(PATIENT, rows=10), replace(PATIENT, bytes=2000)])
def test_bytes_over_a_limit_are_an_error(pool: WorkerPool, limits: Limits) -> None:
    query = "SELECT * { ?s ?p ?o }"
    with (
        pytest.raises(ResultTooLargeError, match="add a LIMIT"),
        pool.evaluate(query, table_format=QueryResultsFormat.JSON, limits=limits) as evaluation,
    ):
        list(evaluation.chunks())


@pytest.mark.parametrize("query", [PRODUCT, COUNTING])
def test_a_runaway_query_is_killed_at_its_time_limit(folder: Path, query: str) -> None:
    with WorkerPool(folder, replica="disk", size=1, limits=Limits(seconds=1, memory=8 * 1024**3)) as pool:
        [runaway] = ready_workers(pool, 1)
        with pytest.raises(QueryTimeoutError, match="longer than 1 s"):
            pool.query(query)
        wait_until_gone([runaway])
        assert pool.query("ASK {}", limits=PATIENT) == Boolean(value=True)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_who_waits_for_a_stopped_query_does_not_wait_until_its_process_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WorkerPool(folder, replica="disk", size=1, limits=Limits(seconds=1, memory=8 * 1024**3)) as pool:
        [runaway] = ready_workers(pool, 1)
        stop = signal.pidfd_send_signal
        with monkeypatch.context() as patched:
            # As if its memory took long to be given back: it does nothing more, and is there all the same.
            patched.setattr(
                "graph.forked_workers.signal.pidfd_send_signal", lambda process, _: stop(process, signal.SIGSTOP)
            )
            with pytest.raises(QueryTimeoutError):
                pool.query(COUNTING)
            assert is_running(runaway)


def test_the_time_limit_counts_the_waiting_for_a_worker(folder: Path) -> None:
    with (
        WorkerPool(folder, replica="disk", size=1) as pool,
        kept_busy(pool, COUNTING, 1),
        pytest.raises(PoolBusyError, match=r"busy for 0\.5 s"),
    ):
        pool.query(COUNTING, limits=Limits(seconds=0.5))


def test_short_queries_do_not_wait_for_long_ones(folder: Path) -> None:
    with WorkerPool(folder, replica="disk", size=1) as pool, kept_busy(pool, COUNTING, 3):
        for _ in range(20):
            answer_beside(pool)


def test_a_query_can_be_cancelled_before_it_has_an_answer(folder: Path) -> None:
    # One has the worker, the other waits for it; both are told.
    with WorkerPool(folder, replica="disk", size=1) as pool, kept_busy(pool, COUNTING, 2) as running:
        wait_until(lambda: len(pool._waiting) == 1)
        assert len({evaluation.id for evaluation in running}) == 2


def test_an_evaluation_tells_its_time_and_memory(pool: WorkerPool) -> None:
    with pool.evaluate("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f LIMIT 5") as evaluation:
        list(evaluation.chunks())
    assert 0 < evaluation.seconds < PATIENCE
    assert evaluation.seconds == evaluation.seconds
    if sys.platform == "linux":
        assert evaluation.peak_memory is not None
        assert 5 * 1024**2 < evaluation.peak_memory < pool.limits.memory
    with pool.evaluate("SELECT * { ?a <urn:x>|<urn:y> ?c }") as evaluation:
        assert [found.column for found in evaluation.warnings] == [22]


def test_a_reader_that_stops_has_a_limit_of_his_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(UNBOUNDED, seconds=2, reading=1.5)
    with WorkerPool(folder, replica="disk", size=1) as pool:
        ready_workers(pool, 1)
        clock = Clock(pool, monkeypatch)
        with pool.evaluate(ROWS, limits=limits) as evaluation:
            with pytest.raises(ReaderTooSlowError, match=r"not taken for 1\.5 s"):
                consume(evaluation.chunks(), clock, 0.4)
            # Some chunks may have been on their way.
            assert 1.5 <= evaluation.seconds < 10


def test_a_reader_who_takes_everything_at_once_is_not_to_blame(folder: Path) -> None:
    limits = replace(UNBOUNDED, seconds=2, reading=ENDLESSLY)
    with WorkerPool(folder, replica="disk", size=1, limits=limits) as pool:
        ready_workers(pool, 1)
        with pool.evaluate(ROWS) as evaluation:
            with pytest.raises(QueryTimeoutError, match="longer than 2 s"):
                for _ in evaluation.chunks():
                    pass
            assert evaluation.seconds >= 2


def test_handing_chunks_on_is_not_the_readers_delay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server takes some milliseconds for each chunk; they must not add up to more time for the query."""
    with WorkerPool(folder, replica="disk", size=1) as pool:
        ready_workers(pool, 1)
        clock = Clock(pool, monkeypatch)
        with (
            pool.evaluate(ROWS, limits=replace(UNBOUNDED, seconds=0.1)) as evaluation,
            pytest.raises(QueryTimeoutError),
        ):
            consume(evaluation.chunks(), clock, 0.004)
        # Some chunks may have been on their way.
        assert 0.1 <= evaluation.seconds < 0.2


def test_a_short_query_waits_for_a_try_however_long_the_workers_are_busy(folder: Path) -> None:
    # One is evaluated, and the others are tried and wait: longer than a try takes.
    with WorkerPool(folder, replica="disk", size=1) as pool, kept_busy(pool, COUNTING, 6):
        for _ in range(5):
            answer_beside(pool)


def consume(chunks: Iterator[bytes], clock: Clock, pause: float) -> None:
    for _ in chunks:
        clock.pass_by(pause)


def test_a_slow_reader_gets_a_whole_answer_within_his_limit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 2000"
    with WorkerPool(folder, replica="disk", size=1) as pool:
        ready_workers(pool, 1)
        clock = Clock(pool, monkeypatch)
        with pool.evaluate(query, limits=Limits(seconds=3, reading=1000)) as evaluation:
            consume(evaluation.chunks(), clock, 5)
        assert evaluation.rows == 2000
        assert evaluation.seconds > 10


def test_the_dataset_of_the_protocol_takes_the_place_of_from(pool: WorkerPool) -> None:
    count = "SELECT (COUNT(*) AS ?n) FROM <urn:nothing> { ?s ?p ?o }"
    found = pool.query(count, dataset=Dataset((graph("extra"),), ()))
    assert found == Table(("n",), ((Literal(3),),))
    assert pool.query(count) == Table(("n",), ((Literal(0),),))


@dataclass
class TriedWorker:
    """
    A worker whose frames are told in advance, with the seconds before each.

    `share` is the part of them in which it has a processor.
    """

    frames: deque[tuple[float, bytes, dict[str, object]]]
    clock: Clock
    share: float = 1.0
    used: float = 0.0
    pid: int = 1
    returncode: int | None = None
    is_killed: bool = False

    def send(self, message: dict[str, object]) -> None:
        assert not self.is_killed
        assert message

    def receive(self) -> tuple[bytes, bytes]:
        seconds, kind, message = self.frames.popleft()
        # Little by little, so that whoever looks meanwhile sees what it has used by then.
        for _ in range(round(seconds / STEP)):
            self.used += STEP * self.share
            self.clock.pass_by(STEP)
        if self.is_killed:
            raise EOFError
        return kind, json.dumps(message).encode()

    def kill(self) -> None:
        self.is_killed = True

    def answer(self, payload: bytes) -> None:
        raise AssertionError(payload)

    def is_alive(self) -> bool:
        return not self.is_killed

    def end(self) -> None:
        self.kill()


@dataclass
class Try:
    """What came of a query that was tried: whether it was answered, and whether it is known as long by then."""

    is_answered: bool
    is_long: bool


def try_query(
    pool: WorkerPool,
    monkeypatch: pytest.MonkeyPatch,
    *,
    catching_up: float,
    answering: float,
    share: float = 1.0,
    limits: Limits = PATIENT,
) -> Try:
    """A query that a worker answers after so many seconds by the clock, tried for the second time."""
    clock = Clock(pool, monkeypatch)
    monkeypatch.setattr(pool, "leave", lambda *_, **__: None)
    end: dict[str, object] = {"memory": 0, "worn": False, "in_memory": 2}
    told: list[tuple[float, bytes, dict[str, object]]] = [
        (0.0, b"c", {}),
        (catching_up, b"c", {}),
        (answering, b"h", {}),
        (0.0, b"e", end),
    ]
    worker = TriedWorker(deque(told), clock, share)
    monkeypatch.setattr("graph.processor_time.processor_seconds", lambda _: worker.used)
    pool.long_queries.note("shape", is_short=False)
    evaluation = Evaluation(pool, {"services": {}}, limits, (), clock.monotonic(), shape="shape")
    is_answered = evaluation._try(worker)
    assert worker.is_killed != is_answered
    # What is still set for this try does nothing to what comes after it.
    other = TriedWorker(deque(), clock)
    evaluation._attach(other)
    clock.pass_by(ENDLESSLY)
    assert not other.is_killed
    return Try(is_answered, "shape" in pool.long_queries)


def test_a_try_ends_with_the_time_of_the_processor_that_it_may_take(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WorkerPool(folder, replica="disk", size=1) as pool:
        assert try_query(pool, monkeypatch, catching_up=0.0, answering=0.05) == Try(is_answered=True, is_long=False)
        assert try_query(pool, monkeypatch, catching_up=0.0, answering=0.2) == Try(is_answered=False, is_long=True)


def test_a_try_that_waits_for_the_processor_is_not_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WorkerPool(folder, replica="disk", size=1) as pool:
        waited = try_query(pool, monkeypatch, catching_up=0.0, answering=0.9, share=0.1)
        assert waited == Try(is_answered=True, is_long=False)
        # Nor does anybody wait for it for ever, or longer than the query may take.
        assert not try_query(pool, monkeypatch, catching_up=0.0, answering=1.1, share=0.01).is_answered
        limits = replace(PATIENT, seconds=0.5)
        assert not try_query(pool, monkeypatch, catching_up=0.0, answering=0.9, share=0.1, limits=limits).is_answered


def test_taking_in_a_version_is_not_the_time_of_a_try(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WorkerPool(folder, replica="disk", size=1) as pool:
        for catching_up, share in ((0.9, 1.0), (5.0, 0.1)):
            found = try_query(pool, monkeypatch, catching_up=catching_up, answering=0.05, share=share)
            assert found == Try(is_answered=True, is_long=False)


def test_a_version_that_takes_long_says_nothing_of_the_query(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WorkerPool(folder, replica="disk", size=1) as pool:
        found = try_query(pool, monkeypatch, catching_up=1.1, answering=0.05)
        assert found == Try(is_answered=False, is_long=False)


@pytest.mark.parametrize(
    ("shares", "tries"),
    [((0.01, 1.0), [True, True]), ((0.01, 0.01), [True, True, False]), ((1.0, 1.0), [True, False])],
)
def test_a_try_without_a_processor_is_repeated_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, shares: tuple[float, ...], tries: list[bool]
) -> None:
    """A query of a twentieth of a second, or of a fifth where the first worker has a processor to itself."""
    with WorkerPool(folder, replica="disk", size=1) as pool:
        clock = Clock(pool, monkeypatch)
        end: dict[str, object] = {"memory": 0, "worn": False, "in_memory": 2}
        seconds = 0.05 if shares[0] < 1 else 0.2
        workers = [
            TriedWorker(deque([(seconds / share, b"h", {}), (0.0, b"e", end)]), clock, share, pid=number)
            for number, share in enumerate((*shares, 1.0))
        ]
        used = dict(enumerate(workers))
        waiting, asked = iter(workers), list[bool]()

        def take(_: Evaluation, __: float, *, tries: bool) -> tuple[TriedWorker, bool]:
            asked.append(tries)
            return next(waiting), tries

        monkeypatch.setattr(pool, "take", take)
        monkeypatch.setattr(pool, "leave", lambda *_, **__: None)
        monkeypatch.setattr("graph.processor_time.processor_seconds", lambda pid: used[pid].used)
        evaluation = Evaluation(pool, {"services": {}}, PATIENT, (), clock.monotonic(), shape="shape")
        evaluation._start_work()
        assert asked == tries
        assert [worker.is_killed for worker in workers[: len(asked)]] == [True] * (len(asked) - 1) + [False]


def test_what_is_known_to_take_long_is_not_tried_in_vain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bool] = []
    take = WorkerPool.take

    def note_and_take(pool: WorkerPool, evaluation: Evaluation, deadline: float, *, tries: bool) -> tuple[Worker, bool]:
        tried.append(tries)
        return take(pool, evaluation, deadline, tries=tries)

    monkeypatch.setattr(WorkerPool, "take", note_and_take)
    with WorkerPool(folder, replica="disk", size=1) as pool:
        pool.long_queries = LongQueries(lambda: 0.0)
        for _ in range(2):
            pool.long_queries.note(check_query(COUNTING).shape, is_short=False)
        with kept_busy(pool, COUNTING, 2):
            wait_until(lambda: len(pool._waiting) == 1)
        assert tried == [False, False]


@pytest.mark.parametrize("seconds", [5.0, 0.05])
def test_a_long_query_stays_known_as_long_as_it_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    with WorkerPool(folder, replica="disk", size=1) as pool:
        clock = Clock(pool, monkeypatch)
        pool.long_queries = LongQueries(clock.monotonic)
        for _ in range(2):
            pool.long_queries.note("shape", is_short=False)
        head: dict[str, object] = {"kind": "boolean", "columns": [], "version": 1, "format": "", "in_memory": False}
        end: dict[str, object] = {"memory": 0, "worn": False, "in_memory": 1, "rows": None, "bytes": 0, "cut": None}
        monkeypatch.setattr(pool, "leave", lambda *_, **__: None)
        for _ in range(3):
            worker = TriedWorker(deque([(seconds, b"h", head | {"failures": []}), (0.0, b"e", end)]), clock)
            monkeypatch.setattr(pool, "take", lambda *_, worker=worker, **__: (worker, False))
            clock.pass_by(50)
            with Evaluation(pool, {"services": {}}, PATIENT, (), clock.monotonic(), shape="shape") as evaluation:
                evaluation.begin()
                assert list(evaluation.chunks()) == []
            assert ("shape" in pool.long_queries) == (seconds > 1)


def test_queries_get_workers_in_the_order_in_which_they_were_asked(folder: Path) -> None:
    order: list[float] = []
    with WorkerPool(folder, replica="disk", size=1, limits=PATIENT) as pool:
        ready_workers(pool, 1)

        def take(start: float) -> Worker:
            evaluation = Evaluation(pool, {"services": {}}, PATIENT, (), start)
            return pool.take(evaluation, time.monotonic() + PATIENCE, tries=False)[0]

        def take_and_leave(start: float) -> None:
            worker = take(start)
            order.append(start)
            pool.leave(worker, usable=True)

        held = take(0.0)
        threads = [threading.Thread(target=take_and_leave, args=(start,)) for start in (5.0, 3.0, 4.0, 1.0, 2.0)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(pool._waiting) == len(threads))
        pool.leave(held, usable=True)
        for thread in threads:
            thread.join(PATIENCE)
    assert order == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_too_many_waiting_queries_are_refused_at_once(folder: Path) -> None:
    with (
        WorkerPool(folder, replica="disk", size=1, limits=Limits(seconds=2, waiting=0)) as pool,
        pytest.raises(PoolBusyError, match="0 queries are waiting"),
    ):
        pool.query("ASK {}")


@pytest.mark.skipif(sys.platform == "win32", reason="address space is not limited there")
def test_a_memory_bomb_ends_its_worker_only(folder: Path) -> None:
    with WorkerPool(folder, replica="disk", size=1, limits=replace(PATIENT, memory=64 * 1024**2)) as pool:
        with pytest.raises(QueryMemoryError, match="more than 64 MB"):
            pool.query(PRODUCT)
        assert pool.query("ASK {}") == Boolean(value=True)


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ("SELECT * {", QuerySyntaxError, "Line 1, column 11: the query ends here"),
        ("SELECT * { ?s nope:x ?o }", QuerySyntaxError, "Line 1, column 15: the prefix «nope:» is not declared"),
        ("SELECT * { SERVICE <http://127.0.0.1/> {} }", QueryRefusedError, "Line 1, column 12: SERVICE"),
        ("DROP ALL", QueryRefusedError, "DROP changes data"),
        ("SELECT (<urn:f>(1) AS ?x) {}", QueryEvaluationError, "There is no function <urn:f> here"),
    ],
)
def test_a_faulty_query_says_what_and_where_and_costs_no_worker(
    pool: WorkerPool, query: str, error: type[QueryError], message: str
) -> None:
    before = ready_workers(pool, 2)
    with pytest.raises(error, match=message):
        pool.query(query)
    assert ready_workers(pool, 2) == before


def test_a_long_chain_that_overflows_an_ordinary_stack_is_evaluated(pool: WorkerPool) -> None:
    found = pool.query("SELECT * {" + "MINUS{?s ?p ?o}" * 6000 + "}")
    assert isinstance(found, Table)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_crash_of_the_engine_is_an_error_of_this_query_only(folder: Path) -> None:
    with WorkerPool(folder, replica="disk", size=1, limits=PATIENT) as pool:
        ready_workers(pool, 1)

        def crash(evaluation: Evaluation) -> None:
            threading.Thread(target=lambda: os.kill(wait_for_worker(pool, evaluation), signal.SIGSEGV)).start()

        with pytest.raises(WorkerError, match=r"ended by itself \(code -11\)"):
            pool.evaluate(COUNTING, limits=UNBOUNDED, begun=crash)
        assert pool.query("ASK {}") == Boolean(value=True)


def test_a_running_query_can_be_cancelled_from_another_thread(folder: Path) -> None:
    with WorkerPool(folder, replica="disk", size=1, limits=UNBOUNDED) as pool:
        evaluation = pool.evaluate(ROWS)
        chunks = evaluation.chunks()
        next(chunks)
        threading.Thread(target=evaluation.cancel).start()
        with pytest.raises(QueryCancelledError), evaluation:
            for _ in chunks:
                pass


def test_an_evaluation_that_nobody_reads_to_the_end_frees_its_worker(folder: Path) -> None:
    with WorkerPool(folder, replica="disk", size=1, limits=PATIENT) as pool:
        for _ in range(3):
            with pool.evaluate(ROWS) as evaluation:
                next(iter(evaluation.chunks()))
        assert pool.query("ASK {}") == Boolean(value=True)
        assert len(ready_workers(pool, 1)) == 1


def test_workers_follow_the_newest_version_and_can_be_asked_an_older_one(tmp_path: Path) -> None:
    count = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"
    with (
        Store.open(tmp_path, keep=2, rules=[]) as store,
        WorkerPool(tmp_path, replica="disk", size=1, limits=PATIENT) as pool,
    ):
        for version in (1, 2, 3):
            store.commit_document(document("tomsk", f"v{version}", activities=version))
            found = pool.query(count)
            assert isinstance(found, Table)
            assert found.rows == ((Literal(version + 1),),)
        older = pool.query(count, version=2)
        assert isinstance(older, Table)
        assert older.rows == ((Literal(3),),)
        with pytest.raises(VersionGoneError, match="Version 1"):
            pool.query(count, version=1)


def test_a_folder_without_data_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.folder.current.unlink()
        with (
            WorkerPool(tmp_path, replica="disk", size=1, limits=PATIENT) as pool,
            pytest.raises(NothingLoadedError, match="load documents first"),
        ):
            pool.query("ASK {}")


def test_answers_of_parallel_queries_are_not_mixed(pool: WorkerPool) -> None:
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        answers[number] = pool.query(f"SELECT ({number} AS ?n) {{ ?s ?p ?o }} LIMIT 1")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: Table(("n",), ((Literal(number),),)) for number in range(20)}


def test_a_worker_that_dies_between_queries_is_replaced(folder: Path) -> None:
    with WorkerPool(folder, replica="disk", size=1, limits=PATIENT) as pool:
        [pid] = ready_workers(pool, 1)
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: pid not in pool.processes())
        assert pool.query("ASK {}") == Boolean(value=True)


def test_no_process_is_left_after_close(folder: Path) -> None:
    pool = WorkerPool(folder, replica="disk", size=2)
    running: list[Evaluation] = []

    def ask() -> None:
        with pytest.raises(QueryCancelledError):
            pool.evaluate(COUNTING, limits=UNBOUNDED, begun=running.append)

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: running)
    wait_for_worker(pool, running[0])
    wait_until(lambda: len(pool.processes()) == EXPECTED)
    pids = pool.processes()
    pool.close()
    asking.join(PATIENCE)
    assert not asking.is_alive()
    wait_until_gone(pids)
    with pytest.raises(StoreClosedError):
        pool.query("ASK {}")


PARENT = """
import json, sys, threading, time
from pathlib import Path
from graph.workers import Limits, WorkerPool
pool = WorkerPool(Path(sys.argv[1]), size=2, limits=Limits(seconds=3600), replica="disk")
running = []
asking = threading.Thread(target=pool.evaluate, args=(sys.argv[2],), kwargs={"begun": running.append}, daemon=True)
asking.start()
while not running or running[0]._worker is None or len(pool.processes()) < int(sys.argv[3]):
    time.sleep(0.01)
print(json.dumps(pool.processes()), flush=True)
time.sleep(3600)
"""


def test_no_process_is_left_after_the_parent_was_killed_in_a_query(folder: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(folder), COUNTING, str(EXPECTED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pids = json.loads(parent.stdout.readline())
        parent.kill()
    assert len(pids) == EXPECTED
    wait_until_gone(pids)


def test_given_prefixes_are_known_however_their_names_are_written(pool: WorkerPool) -> None:
    prefixes = {"": "http://example.org/", "ex": "http://example.org/", "other": "http://other.example/"}
    for written in (":x-y", "ex:x-y", r"ex:x\-y"):
        asked = f"ASK {{ FILTER (<http://example.org/x-y> = {written}) }}"
        assert pool.query(asked, prefixes=prefixes) == Boolean(True)


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a thing of Linux")
def test_workers_have_no_network_where_the_system_allows_it(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_workers(pool, 2)
    if pool.network != "isolated":
        pytest.skip("this system lets no process leave its network: the guard alone stands between queries and it")
    assert pool.isolation.startswith("no network (network namespace)")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        monkeypatch.setattr("graph.workers.check_query", lambda text, **_: CheckedQuery(text, None))
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(QueryRefusedError):  # The worker's own guard.
            pool.query(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
        for process in (Path("/proc", str(pid)) for pid in pool.processes()):
            assert (process / "ns/net").readlink() != Path("/proc/self/ns/net").readlink()
            interfaces = (process / "net/dev").read_text("ascii").splitlines()[2:]
            assert [line.partition(":")[0].strip() for line in interfaces] in ([], ["lo"])
        with pytest.raises(TimeoutError):
            server.accept()
