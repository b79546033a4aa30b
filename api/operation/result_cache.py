"""
Answers kept in memory, bounded in bytes; the least recently used one goes first.

A key holds everything that an answer depends on, so nothing has to be dropped when data change: answers of an old data
version are not asked for any more.  Rights are part of the key, so an answer never reaches who has other rights.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

# What an entry takes beside its texts, measured generously.
_OVERHEAD: Final = 1024
# One answer takes at most this part of the cache: one big download must not empty it.
_LARGEST_PART: Final = 4


@dataclass(frozen=True, slots=True)
class CacheKey:
    """
    What makes two requests one: data version, rights (`Identity.rights`), query text, form of the answer, language.

    `inputs` is all else that the answer depends on: prefixes, the dataset, values of parameters.
    """

    version: int
    rights: tuple[str, ...]
    text: str
    format: str
    language: str = ""
    inputs: Hashable = ()


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A whole answer as it was sent, with its headers."""

    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class ResultCache:
    """Safe to use from several threads.  `limit` is in bytes; 0 keeps nothing."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.hits = self.misses = 0
        self._lock = threading.Lock()
        self._answers: LRUCache[CacheKey, tuple[CachedAnswer, int]] = LRUCache(limit, getsizeof=lambda entry: entry[1])

    @property
    def largest(self) -> int:
        """Bytes of the largest answer that is kept; who collects an answer for the cache may stop there."""
        return max(self.limit // _LARGEST_PART - _OVERHEAD, 0)

    @property
    def size(self) -> int:
        """Bytes taken now."""
        with self._lock:
            return int(self._answers.currsize)

    def get(self, key: CacheKey) -> CachedAnswer | None:
        """The answer kept for exactly this key."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            return found[0]

    def put(self, key: CacheKey, answer: CachedAnswer) -> None:
        """Keep the answer, if it is not too large.  Only for whole answers: no error and nothing that was cut."""
        size = (
            _OVERHEAD + len(answer.content) + sys.getsizeof(key.text) + sum(map(len, map(str, answer.headers.items())))
        )
        if size <= self.limit // _LARGEST_PART:
            with self._lock:
                self._answers[key] = (answer, size)

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()
