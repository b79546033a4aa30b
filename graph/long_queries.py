"""Which queries are known to take long, so that they are not tried in vain (`graph.workers`)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from graph.tokens import Token

# One try may have failed because the processors were busy.
_FAILED: Final = 2
# After so many seconds it is tried again: what was long need not be.
_KNOWN: Final = 60.0
_MOST: Final = 1000


def shape(tokens: Iterable[Token]) -> Hashable:
    """Equal for queries that differ in strings alone; `tokens` are the meaningful ones."""
    return hash(tuple(["string" if token.kind == "string" else token.text for token in tokens]))


class LongQueries:
    """Counts the tries in vain of queries by their shape, of the last thousand shapes.  Safe to use from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._failed: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()
        self._clock = clock
        self._lock = threading.Lock()

    def __contains__(self, shape: Hashable) -> bool:
        """Whether two tries were in vain, a short while ago it took long, and no such query was short since."""
        with self._lock:
            times, last = self._failed.get(shape, (0, 0.0))
            return times >= _FAILED and self._clock() < last + _KNOWN

    def note(self, shape: Hashable, *, is_short: bool) -> None:
        """A try was in vain, or a query was as short as a try."""
        with self._lock:
            times, _ = self._failed.pop(shape, (0, 0.0))
            if not is_short:
                self._failed[shape] = times + 1, self._clock()
            if len(self._failed) > _MOST:
                self._failed.popitem(last=False)

    def note_again(self, shape: Hashable) -> None:
        """
        A query took long without being tried: if it is known for that, it stays so for another while.

        Of others it says nothing, for they may have waited for the processor.
        """
        if shape in self:
            with self._lock:
                if shape in self._failed:
                    self._failed[shape] = self._failed.pop(shape)[0], self._clock()
