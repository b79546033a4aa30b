"""The full-text indexes of a data folder: one for each data version that somebody asks, made beside the answers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Self

from graph.errors import PoolBusyError
from graph.following import MOST_FOLLOWED, Follower
from graph.search import SearchIndex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from graph.search_entries import Entry
    from graph.snapshots import Versions

_KEPT: Final = 3
_STOP_SECONDS: Final = 5.0


class SearchIndexes:
    """
    Indexes of data versions, the last few kept.  Safe to use from several threads.

    In `with` a thread makes the index of each new version after it was published; elsewhere, and of data that are too
    large for that, an index is made when it is asked for.  `more` is what can be found beside the data.
    """

    def __init__(self, versions: Versions, more: Sequence[Entry] = ()) -> None:
        self._versions = versions
        self._more = tuple(more)
        self._kept: OrderedDict[int, SearchIndex] = OrderedDict()
        self._changed = threading.Condition()
        self._making = threading.Lock()
        # It may be in the middle of an index, which at the end nobody needs.
        self._follower = Follower("search-index", self._follow, patience=_STOP_SECONDS)
        self._follows = False

    def newest(self, *, patience: float = 30.0) -> SearchIndex:
        """
        The newest index that is ready, which may be one data version behind; `version` says which it is of.

        Raises:
            NothingLoadedError: Nothing was ever loaded.
            PoolBusyError: The first index is not ready after `patience` seconds.
        """
        current = self._versions.current()
        with self._changed:
            ready = max((version for version in self._kept if version <= current), default=None)
            if ready is not None and (ready == current or self._follows):
                return self._kept[ready]
        return self.of(current, patience=patience)

    def of(self, version: int | None = None, *, patience: float = 30.0) -> SearchIndex:
        """
        The index of just this data version, of the newest one if none is named.

        Raises:
            VersionGoneError, NothingLoadedError: There is no such data.
            PoolBusyError: The index is not ready after `patience` seconds.
        """
        asked = self._versions.current() if version is None else version
        with self._changed:
            if asked in self._kept:
                self._kept.move_to_end(asked)
                return self._kept[asked]
        if not self._making.acquire(timeout=max(patience, 0)):
            raise PoolBusyError("The search index is being made; try again in a moment")
        try:
            with self._changed:
                if asked in self._kept:
                    return self._kept[asked]
            newest = self._versions.newest()
            if newest.version == asked:
                made = SearchIndex.of(newest, self._more)
            else:
                with self._versions.open(asked) as snapshot:
                    made = SearchIndex.of(snapshot, self._more)
            with self._changed:
                self._kept[asked] = made
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return made
        finally:
            self._making.release()

    def __enter__(self) -> Self:
        self._follower.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._follower.__exit__(kind, error, trace)

    def _follow(self) -> None:
        self._follows = self._versions.size() <= MOST_FOLLOWED
        if self._follows:
            self.of()
