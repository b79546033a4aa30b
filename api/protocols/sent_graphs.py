"""Graphs on their way out: written in this process, where nothing is evaluated, within the limits of queries."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from graph.errors import QueryCancelledError, QueryTimeoutError, ResultTooLargeError

if TYPE_CHECKING:
    from graph.worker_limits import Limits


class GraphWriting:
    """The writing of a graph, while `limits` of seconds and bytes allow; `cancel` may be called by another thread."""

    rows = cut = peak_memory = None

    def __init__(self, limits: Limits, version: int) -> None:
        self._limits = limits
        self._ends = time.monotonic() + limits.seconds
        self._is_cancelled = False
        self.bytes = 0
        self.version = version

    def cancel(self) -> None:
        self._is_cancelled = True

    def check(self, size: int) -> None:
        """
        Nothing, if it may go on to `size` bytes.

        Raises:
            QueryTimeoutError, ResultTooLargeError: It may not.
            QueryCancelledError: It was cancelled.
        """
        self.bytes = size
        if self._is_cancelled:
            raise QueryCancelledError("The query was stopped")
        if time.monotonic() > self._ends:
            raise QueryTimeoutError(
                "Writing the graph took longer than {seconds:g} s and was stopped; ask for a part of it by a query",
                seconds=self._limits.seconds,
            )
        if size > self._limits.bytes:
            raise ResultTooLargeError(
                "The graph has more than {limit} bytes; ask for a part of it by a query", limit=self._limits.bytes
            )
