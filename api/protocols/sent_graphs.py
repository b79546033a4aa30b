"""Graphs on their way out: written in this process, where nothing is evaluated, within the limits of queries."""

from __future__ import annotations

import time
from typing import IO, TYPE_CHECKING

from graph.errors import QueryCancelledError, QueryTimeoutError, ResultTooLargeError

if TYPE_CHECKING:
    from graph.worker_limits import Limits


class GraphOutput:
    """
    What is written to it goes on to `file` while `limits` of seconds and bytes allow.

    `cancel` may be called by another thread.  `write` raises QueryTimeoutError, ResultTooLargeError, or, after
    `cancel`, QueryCancelledError.
    """

    rows = cut = peak_memory = None

    def __init__(self, file: IO[bytes], limits: Limits, version: int) -> None:
        self._file, self._limits = file, limits
        self._ends = time.monotonic() + limits.seconds
        self._is_cancelled = False
        self.bytes = 0
        self.version = version

    def cancel(self) -> None:
        self._is_cancelled = True

    def write(self, data: bytes) -> int:
        self.bytes += len(data)
        if self._is_cancelled:
            raise QueryCancelledError("The query was stopped")
        if time.monotonic() > self._ends:
            raise QueryTimeoutError(
                "Writing the graph took longer than {seconds:g} s and was stopped; ask for a part of it by a query",
                seconds=self._limits.seconds,
            )
        if self.bytes > self._limits.bytes:
            raise ResultTooLargeError(
                "The graph has more than {limit} bytes; ask for a part of it by a query", limit=self._limits.bytes
            )
        return self._file.write(data)

    def flush(self) -> None:
        """Nothing waits here."""
