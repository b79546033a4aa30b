"""The hostile queries of `bench.hostile`, asked of the workers on a small store under short limits."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bench.hostile import QUERIES, STREAMS
from graph.errors import GraphError, PoolBusyError, QueryError, ReaderTooSlowError, WorkerError
from graph.process_memory import proportional_memory
from graph.results import Boolean
from graph.store import Store
from graph.workers import Limits, WorkerPool
from tests.graph.quads import document
from tests.patience import PATIENCE, wait_until_gone

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory of processes is looked up in /proc")

LIMITS = Limits(seconds=0.7, memory=256 * 1024**2, rows=10**9, bytes=10**12, reading=0.7)


def ask(pool: WorkerPool, query: str) -> BaseException | None:
    """What became of the query, once a worker was free in time."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with pool.evaluate(query) as evaluation:
                for _ in evaluation.chunks():
                    pass
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is judged below)
            if isinstance(error, PoolBusyError) and time.monotonic() < end:
                continue
            return error
        return None


def test_hostile_queries_end_in_time_and_disturb_nobody(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=700))
    pool = WorkerPool(tmp_path, size=2, limits=LIMITS)
    pool.query("ASK {}", limits=Limits(seconds=PATIENCE))
    waiting = iter(QUERIES.items())
    assert len(QUERIES) >= 40
    ended: dict[str, BaseException | None] = {}
    memory: list[int] = []
    stop = threading.Event()

    def attack() -> None:
        for name, query in waiting:
            ended[name] = ask(pool, query)

    def watch() -> None:
        while not stop.wait(0.1):
            memory.append(sum(proportional_memory(pid) or 0 for pid in pool.processes()))
            # How fast that is on a machine of its own the bench measures.
            assert pool.query("ASK {}", limits=Limits(seconds=PATIENCE)) == Boolean(value=True)

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

    # Without a limit most of them would go on for hours.
    assert set(ended) == set(QUERIES)
    faults = {
        name: error
        for name, error in ended.items()
        if not (error is None or isinstance(error, QueryError)) or isinstance(error, PoolBusyError)
    }
    assert faults == {}
    # Whatever ended a worker, it was one of the limits, never a crash.
    crashes = {name: str(error) for name, error in ended.items() if isinstance(error, WorkerError)}
    assert crashes == {}
    assert max(memory) < bound
    wait_until_gone(pids)


@pytest.mark.parametrize("query", STREAMS.values(), ids=STREAMS)
def test_a_client_that_stops_reading_is_let_go(tmp_path: Path, query: str) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=100))
    limits = replace(LIMITS, seconds=PATIENCE)
    with WorkerPool(tmp_path, size=1, replica="disk", limits=limits) as pool:
        with pool.evaluate(query) as evaluation:
            chunks = evaluation.chunks()
            next(chunks)
            time.sleep(limits.reading + 0.5)
            with pytest.raises(ReaderTooSlowError):
                list(chunks)
        assert pool.query("ASK {}") == Boolean(value=True)


def test_errors_of_hostile_queries_are_sentences(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=3))
    with WorkerPool(tmp_path, size=1, replica="disk", limits=Limits(seconds=PATIENCE)) as pool:
        for name in ("too deep groups", "SERVICE", "an update", "too many VALUES", "quotation marks"):
            error = ask(pool, QUERIES[name])
            assert isinstance(error, GraphError), name
            assert "line" in error.values or "length" in error.values, name
            assert "Traceback" not in str(error)
