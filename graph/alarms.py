"""Calls at a later time, by one thread for all of them: a thread for each costs a query two milliseconds."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True, order=True)
class Alarm:
    """One call to come; `cancel` makes nothing of it."""

    due: float
    number: int
    call: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        self.call = None


class Alarms:
    """Safe to use from several threads.  Calls are to be short: while one lasts the next ones wait."""

    def __init__(self) -> None:
        self._set: list[Alarm] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def set(self, seconds: float, call: Callable[[], None]) -> Alarm:
        """`call` happens once, so many seconds from now, unless it is cancelled before."""
        alarm = Alarm(time.monotonic() + seconds, next(self._numbers), call)
        with self._changed:
            heapq.heappush(self._set, alarm)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
                self._thread.start()
            elif self._set[0] is alarm:
                self._changed.notify()
        return alarm

    def close(self) -> None:
        """Nothing is called any more."""
        with self._changed:
            self._closed = True
            self._set.clear()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (not self._set or self._set[0].due > time.monotonic()):
                    self._changed.wait(self._set[0].due - time.monotonic() if self._set else None)
                if self._closed:
                    return
                call = heapq.heappop(self._set).call
            if call is not None:
                call()
