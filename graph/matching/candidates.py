"""
Entries whose names are spelt like a text: cosine of runs of letters, weighted by how rare they are.

Rare runs are looked up first; those that stand in every tenth name tell nothing apart and are left out where a name has
enough others.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SIZES: Final = (2, 3, 4)
# A share of all spellings, and a number of rarer runs that is enough to do without commoner ones.
_COMMON: Final = 0.05
_ENOUGH: Final = 12


def runs(text: str) -> Iterator[str]:
    """Runs of two to four letters of each word, its ends marked."""
    for word in text.split():
        marked = f" {word} "
        for size in SIZES:
            for start in range(len(marked) - size + 1):
                yield marked[start : start + size]


class SpellingIndex:
    """Spellings of entries, each entry known by its number; several spellings may be of one entry."""

    def __init__(self, spellings: Sequence[tuple[str, int]]) -> None:
        self.entries: NDArray[np.int32] = np.fromiter((entry for _, entry in spellings), np.int32, len(spellings))
        self._numbers: dict[str, int] = {}
        # Names share their words, so the runs of each are looked up once.
        known: dict[str, NDArray[np.int32]] = {}
        parts: list[NDArray[np.int32]] = []
        sizes = np.zeros(len(spellings), np.int64)
        for row, (text, _) in enumerate(spellings):
            for word in text.split():
                held = known.get(word)
                if held is None:
                    held = known[word] = self._numbered(word)
                parts.append(held)
                sizes[row] += len(held)
        columns = np.concatenate(parts) if parts else np.zeros(0, np.int32)
        del parts, known
        # Run by run, in each the spellings in order; how often one has it is counted by its neighbours.
        keys = columns.astype(np.int64) * max(len(spellings), 1) + np.repeat(np.arange(len(spellings)), sizes)
        del columns
        keys.sort()
        first = np.flatnonzero(np.concatenate((np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])))
        times = np.diff(np.concatenate((first, [len(keys)])))
        keys = keys[first]
        held_runs = (keys // max(len(spellings), 1)).astype(np.int32)
        self._rows = (keys % max(len(spellings), 1)).astype(np.int32)
        del keys
        frequency = np.bincount(held_runs, minlength=len(self._numbers))
        self._idf = (np.log((1 + len(spellings)) / (1 + frequency)) + 1).astype(np.float32)
        weights = np.asarray((1 + np.log(times)) * self._idf[held_runs], np.float32)
        lengths = np.sqrt(np.bincount(self._rows, weights.astype(np.float64) ** 2, minlength=len(spellings)))
        weights /= np.maximum(lengths[self._rows], 1e-9).astype(np.float32)
        self._weights = weights
        self._starts = np.concatenate(([0], np.cumsum(frequency))).astype(np.int64)

    def _numbered(self, word: str) -> NDArray[np.int32]:
        numbers = self._numbers
        return np.asarray([numbers.setdefault(run, len(numbers)) for run in runs(word)], np.int32)

    def nearest(self, text: str, count: int, *, allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """
        Entries with the cosine of their best spelling, the nearest first.

        `allowed` says of each entry whether it may be given.
        """
        wanted = [
            (self._numbers[run], (1.0 + np.log(times)) * self._idf[self._numbers[run]])
            for run, times in Counter(runs(text)).items()
            if run in self._numbers
        ]
        if not wanted:
            return []
        length = float(np.sqrt(sum(weight**2 for _, weight in wanted)))
        most = _COMMON * len(self.entries)
        rare = [
            (number, weight) for number, weight in wanted if self._starts[number + 1] - self._starts[number] <= most
        ]
        scores = np.zeros(len(self.entries), np.float32)
        for number, weight in rare if len(rare) >= _ENOUGH else wanted:
            found = slice(self._starts[number], self._starts[number + 1])
            scores[self._rows[found]] += self._weights[found] * np.float32(weight / length)
        if allowed is not None:
            scores *= allowed[self.entries]
        touched = np.flatnonzero(scores)
        if len(touched) > 4 * count:
            touched = touched[np.argpartition(scores[touched], -4 * count)[-4 * count :]]
        best: dict[int, float] = {}
        for row in touched[np.argsort(-scores[touched], kind="stable")]:
            entry = int(self.entries[row])
            best.setdefault(entry, float(scores[row]))
            if len(best) == count:
                break
        return list(best.items())
