"""Places that are given out in the order in which they were asked for."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """So many places, for any thread.  A place that becomes free goes to who has waited longest."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._lock:
            return len(self._waiting)

    def take(self, seconds: float, *, most: int) -> bool | None:
        """
        Whether there was a place within so many seconds; it is the caller's until `give_back`.

        None, at once, where it would have to wait behind `most` others.
        """
        turn = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if len(self._waiting) >= most:
                return None
            self._waiting.append(turn)
        if turn.wait(max(seconds, 0)):
            return True
        with self._lock:
            # It may have been given one at the last moment.
            if turn.is_set():
                return True
            self._waiting.remove(turn)
        return False

    def give_back(self) -> None:
        """The place is somebody else's."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
