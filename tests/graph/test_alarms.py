from __future__ import annotations

import threading
import time

from graph.alarms import Alarms


def test_calls_come_in_the_order_of_their_times() -> None:
    alarms, called, last = Alarms(), list[str](), threading.Event()
    alarms.set(0.2, lambda: called.append("late"))
    alarms.set(0.3, last.set)
    alarms.set(0.05, lambda: called.append("early"))
    cancelled = alarms.set(0.1, lambda: called.append("never"))
    cancelled.cancel()
    assert last.wait(5)
    assert called == ["early", "late"]
    alarms.close()


def test_an_alarm_is_not_early_and_one_thread_serves_all() -> None:
    alarms, before = Alarms(), threading.active_count()
    times = list[float]()
    start = time.monotonic()
    for _ in range(50):
        alarms.set(0.1, lambda: times.append(time.monotonic() - start))
    assert threading.active_count() <= before + 1
    end = time.monotonic() + 5
    while len(times) < 50 and time.monotonic() < end:
        time.sleep(0.01)
    assert len(times) == 50
    assert min(times) >= 0.1
    alarms.close()


def test_nothing_is_called_after_close() -> None:
    alarms, called = Alarms(), list[int]()
    alarms.set(0.05, lambda: called.append(1))
    alarms.close()
    time.sleep(0.15)
    assert called == []
