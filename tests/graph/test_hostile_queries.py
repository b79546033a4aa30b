"""The hostile queries of `bench.hostile`, asked of the workers on a small store under short limits."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench.hostile import QUERIES, STREAMS
from graph.errors import GraphError, PoolBusyError, QueryError, ReaderTooSlowError, WorkerError
from graph.process_memory import proportional_memory
from graph.results import Boolean
from graph.store import Store
from graph.workers import Limits, WorkerPool
from tests.graph.quads import document

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory of processes is looked up in /proc")

LIMITS = Limits(seconds=0.7, memory=256 * 1024**2, rows=10**9, bytes=10**12, reading=0.7)


def ask(pool: WorkerPool, query: str) -> tuple[float, BaseException | None]:
    start = time.monotonic()
    try:
        with pool.evaluate(query) as evaluation:
            for _ in evaluation.chunks():
                pass
    except BaseException as error:  # noqa: BLE001  (whatever it is, it is judged below)
        return time.monotonic() - start, error
    return time.monotonic() - start, None


def test_hostile_queries_end_in_time_and_disturb_nobody(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=700))
    pool = WorkerPool(tmp_path, size=2, limits=LIMITS)
    pool.query("ASK {}", limits=Limits())
    waiting = list(QUERIES.items())
    assert len(waiting) >= 40
    ended: dict[str, tuple[float, BaseException | None]] = {}
    pings: list[float] = []
    memory: list[int] = []
    stop = threading.Event()

    def attack() -> None:
        while waiting:
            name, query = waiting.pop()
            ended[name] = ask(pool, query)

    def watch() -> None:
        while not stop.wait(0.1):
            memory.append(sum(proportional_memory(pid) or 0 for pid in pool.processes()))
            start = time.monotonic()
            assert pool.query("ASK {}", limits=Limits(seconds=20)) == Boolean(value=True)
            pings.append(time.monotonic() - start)

    threads = [threading.Thread(target=attack) for _ in range(2)]
    watcher = threading.Thread(target=watch)
    for thread in [*threads, watcher]:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    watcher.join()
    pids = pool.processes()
    bound = pool.memory_bound
    pool.close()

    assert set(ended) == set(QUERIES)
    # On a busy machine; the bench allows one second, and 100 ms for what is asked meanwhile.
    late = {name: seconds for name, (seconds, _) in ended.items() if seconds > LIMITS.seconds + 5}
    assert late == {}
    faults = {
        name: error
        for name, (_, error) in ended.items()
        if not (error is None or isinstance(error, QueryError)) or isinstance(error, PoolBusyError)
    }
    assert faults == {}
    # Whatever ended a worker, it was one of the limits, never a crash.
    crashes = {name: str(error) for name, (_, error) in ended.items() if isinstance(error, WorkerError)}
    assert crashes == {}
    assert sorted(pings)[len(pings) * 95 // 100] < 2
    assert max(memory) < bound
    assert [pid for pid in pids if Path("/proc", str(pid)).exists()] == []


@pytest.mark.parametrize("query", STREAMS.values(), ids=STREAMS)
def test_a_client_that_stops_reading_is_let_go(tmp_path: Path, query: str) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=100))
    limits = replace(LIMITS, seconds=3)
    with WorkerPool(tmp_path, size=1, replica="disk", limits=limits) as pool:
        pool.query("ASK {}", limits=Limits())
        with pool.evaluate(query) as evaluation:
            chunks = evaluation.chunks()
            next(chunks)
            time.sleep(limits.reading + 0.5)
            with pytest.raises(ReaderTooSlowError):
                list(chunks)
        assert pool.query("ASK {}", limits=Limits()) == Boolean(value=True)


def test_errors_of_hostile_queries_are_sentences(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=3))
    with WorkerPool(tmp_path, size=1, replica="disk", limits=Limits(seconds=60)) as pool:
        for name in ("too deep groups", "SERVICE", "an update", "too many VALUES", "quotation marks"):
            _, error = ask(pool, QUERIES[name])
            assert isinstance(error, GraphError), name
            assert "line" in error.values or "length" in error.values, name
            assert "Traceback" not in str(error)
