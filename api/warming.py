"""
What pages keep of a data version is read when the version appears, not when the first person waits for it.

Pages of the version before go on in the meantime; one of the new version waits for its own part only, which the caches
see to.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from typing import TYPE_CHECKING

from graph.errors import GraphError
from graph.following import MOST_FOLLOWED, Follower

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from api.knowledge import Knowledge

_log = logging.getLogger(__name__)


class Warming(Follower):
    """
    In `with`, a thread that gives each new data version to all `parts`, in their order.

    `size` says how many bytes the newest version takes on disk.  Leaving waits for the part that is being read, which
    takes seconds at most.
    """

    def __init__(
        self,
        newest: Callable[[], Knowledge],
        current: Callable[[], int],
        size: Callable[[], int],
        parts: Sequence[Callable[[Knowledge], object]],
    ) -> None:
        super().__init__("warming", self._look)
        self._newest, self._current, self._size, self._parts = newest, current, size, tuple(parts)
        self._changed = threading.Condition()
        self._done = 0

    def wait(self, version: int, patience: float) -> bool:
        """Whether all parts of this version, or of a later one, are read within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._done >= version, patience)

    def _look(self) -> None:
        if self._current() > self._done and self._size() <= MOST_FOLLOWED:
            self._read(self._newest())

    def _read(self, knowledge: Knowledge) -> None:
        """All parts of a version; given up where a newer one is there or the service ends."""
        started = time.perf_counter()
        # What was kept of the version before may go.
        gc.unfreeze()
        for part in self._parts:
            if self.stopping.is_set() or self._current() != knowledge.version:
                return
            try:
                part(knowledge)
            except GraphError:
                raise
            except Exception:  # noqa: BLE001  (a part may break in any way; the thread goes on)
                # Who opens the page meets the same error, with its words; the other parts are still of use.
                _log.exception("version %s: a part could not be read ahead", knowledge.version)
        # To look through all that is kept takes the garbage collector a quarter of a second, during which nothing runs.
        gc.freeze()
        with self._changed:
            self._done = knowledge.version
            self._changed.notify_all()
        _log.info("version %s is read, in %.1f s", knowledge.version, time.perf_counter() - started)
