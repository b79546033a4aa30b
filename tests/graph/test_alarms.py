from __future__ import annotations

import threading
import time

import pytest

from graph.alarms import Alarms
from tests.patience import PATIENCE, wait_until


class Clock:
    """What the alarms look at; it stands still until somebody sets it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("graph.alarms.time", clock)
    return clock


def alarm_threads() -> set[threading.Thread]:
    """Those of all pools: other tests keep theirs open."""
    return {thread for thread in threading.enumerate() if thread.name == "alarms"}


def test_calls_come_in_the_order_of_their_times(clock: Clock) -> None:
    alarms, called, last = Alarms(), list[str](), threading.Event()
    alarms.set(0.2, lambda: called.append("late"))
    alarms.set(0.3, last.set)
    alarms.set(0.05, lambda: called.append("early"))
    cancelled = alarms.set(0.1, lambda: called.append("never"))
    cancelled.cancel()
    assert called == []
    clock.now += 1
    assert last.wait(PATIENCE)
    assert called == ["early", "late"]
    alarms.close()


def test_an_alarm_is_not_early_and_one_thread_serves_all() -> None:
    alarms, before = Alarms(), alarm_threads()
    times = list[float]()
    start = time.monotonic()
    for _ in range(50):
        alarms.set(0.1, lambda: times.append(time.monotonic() - start))
    assert len(alarm_threads() - before) == 1
    wait_until(lambda: len(times) == 50)
    assert min(times) >= 0.1
    alarms.close()


def test_nothing_is_called_after_close(clock: Clock) -> None:
    before = alarm_threads()
    alarms, called = Alarms(), list[int]()
    alarms.set(0.05, lambda: called.append(1))
    alarms.close()
    wait_until(lambda: not alarm_threads() - before)
    clock.now += 1
    assert called == []
