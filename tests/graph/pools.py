"""What tests of query workers wait for, and a clock that they set."""

from __future__ import annotations

import heapq
import itertools
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from graph.alarms import Alarm
from graph.errors import PoolBusyError, QueryCancelledError, QueryError
from graph.results import Boolean
from graph.workers import Limits
from tests.patience import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from graph.workers import Evaluation, WorkerPool

# Longer than any test, for queries that only end when they are ended.
ENDLESSLY = 3600.0


def ready_workers(pool: WorkerPool, count: int) -> set[int]:
    """The processes that evaluate queries, once so many wait for one and no other is about to end."""

    def ready() -> set[int]:
        with pool._changed:
            free = {worker.pid for worker in pool._lanes["queries"].free if worker.is_alive()}
        return free if len(free) == count and free == set(pool.workers()) else set()

    return wait_until(ready)


def worker_of(pool: WorkerPool, evaluation: Evaluation) -> int:
    """The process that evaluates the query now, or 0; that of a short try does not count."""
    worker = evaluation._worker
    return worker.pid if worker is not None and worker.pid in pool.workers() else 0


def wait_for_worker(pool: WorkerPool, evaluation: Evaluation) -> int:
    """The process that evaluates the query, once it has one."""
    return wait_until(lambda: worker_of(pool, evaluation))


@contextmanager
def kept_busy(pool: WorkerPool, query: str, count: int) -> Iterator[list[Evaluation]]:
    """So many endless queries, the first of which has a worker; at the end none of them may have ended."""
    running: list[Evaluation] = []
    ended: list[QueryError] = []

    def ask() -> None:
        try:
            pool.evaluate(query, limits=replace(pool.limits, seconds=ENDLESSLY), begun=running.append)
        except QueryError as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(running) == count)
        wait_until(lambda: any(worker_of(pool, evaluation) for evaluation in running))
        yield running
        assert ended == []
    finally:
        for evaluation in running:
            evaluation.cancel()
        for thread in threads:
            thread.join(PATIENCE)
    assert [type(error) for error in ended] == [QueryCancelledError] * count


def answer_beside(pool: WorkerPool, query: str = "ASK {}") -> None:
    """
    Ask a short query until it is answered.

    Where even a short query takes longer than a try it waits for a worker, and is asked again.
    """

    def answered() -> bool:
        try:
            return pool.query(query, limits=Limits(seconds=2)) == Boolean(value=True)
        except PoolBusyError:
            return False

    wait_until(answered)


class Clock:
    """Time that passes only when a test says so, for the queries of one pool and their alarms."""

    def __init__(self, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self._set: list[Alarm] = []
        self._numbers = itertools.count()
        monkeypatch.setattr("graph.workers.time", self)
        monkeypatch.setattr("graph.evaluation.time", self)
        monkeypatch.setattr(pool, "alarms", self)

    def monotonic(self) -> float:
        return self.now

    def set(self, seconds: float, call: Callable[[], None]) -> Alarm:
        alarm = Alarm(self.now + seconds, next(self._numbers), call)
        heapq.heappush(self._set, alarm)
        return alarm

    def pass_by(self, seconds: float) -> None:
        """So many seconds pass, and what is due by then is called, each at its time."""
        end = self.now + seconds
        while self._set and self._set[0].due <= end:
            alarm = heapq.heappop(self._set)
            self.now = max(self.now, alarm.due)
            if alarm.call is not None:
                alarm.call()
        self.now = end
