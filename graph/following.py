"""Threads that keep something up with the newest data version: indexes, what pages keep, the copy in another engine."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, Self

from graph.errors import GraphError, NothingLoadedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

# Bytes of a data version on disk, about three million statements: what is made of more takes a minute of this process,
# so that it is made when somebody asks for it.
MOST_FOLLOWED: Final = 1024**3
_log = logging.getLogger(__name__)


class Follower:
    """
    In `with`, a thread that calls `follow` every `pause` seconds, which sees for itself whether there is anything new.

    What `follow` raises is told in the log, once for as long as it stays the same, and kept as `problem` until `follow`
    succeeds; pauses double up to `longest_pause` meanwhile.  That nothing is loaded yet is not told.  Leaving waits
    for the thread, at most `patience` seconds if that is given.
    """

    def __init__(
        self,
        name: str,
        follow: Callable[[], object],
        *,
        pause: float = 0.5,
        longest_pause: float = 0.5,
        patience: float | None = None,
    ) -> None:
        self.problem: Exception | None = None
        self.stopping = threading.Event()
        self._name, self._follow = name, follow
        self._pause, self._longest_pause, self._patience = pause, longest_pause, patience
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.stopping.clear()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(self._patience)

    def _run(self) -> None:
        pause = self._pause
        while not self.stopping.wait(pause):
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001  (whatever breaks once, the next version may mend)
                self._tell(error)
                self.problem, pause = error, min(pause * 2, self._longest_pause)
            else:
                self.problem, pause = None, self._pause

    def _tell(self, error: Exception) -> None:
        before = self.problem
        if isinstance(error, NothingLoadedError) or (type(error) is type(before) and str(error) == str(before)):
            return
        if isinstance(error, GraphError):
            _log.warning("%s", error)
        else:
            _log.error("%s: what follows the data versions failed", self._name, exc_info=error)
