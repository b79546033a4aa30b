"""
Entries whose names are spelt like a text: cosine of runs of letters, weighted by how rare they are.

Rare runs are looked up first; those that stand in every tenth name tell nothing apart and are left out where a name has
enough others.
"""

from __future__ import annotations

from collections import Counter
from math import log, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

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
    """
    Spellings of entries, each entry known by its number; several spellings may be of one entry.

    `spans` says where the spellings of each group stand, one behind the other: a group alone is found much faster.
    """

    def __init__(
        self, spellings: Sequence[tuple[str, int]], spans: Mapping[Hashable, tuple[int, int]] | None = None
    ) -> None:
        self._spans = spans or {}
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

    def nearest(
        self,
        text: str,
        count: int,
        *,
        allowed: NDArray[np.bool_] | None = None,
        groups: Collection[Hashable] | None = None,
    ) -> list[tuple[int, float]]:
        """
        Entries with the cosine of their best spelling, the nearest first.

        `allowed` says of each entry whether it may be given, `groups` which groups may be, all if it is None.
        """
        wanted = self._wanted(text)
        everywhere = [(0, len(self.entries))]
        spans = everywhere if groups is None else [self._spans[group] for group in groups if group in self._spans]
        found: list[tuple[int, float]] = []
        for span in spans if wanted else ():
            first, end = span
            scores = self._scores(wanted, first, end)
            entries = self.entries[first:end]
            fits = scores > 0
            if allowed is not None:
                fits &= allowed[entries]
            touched = np.flatnonzero(fits)
            if len(touched) > 4 * count:
                touched = touched[np.argpartition(scores[touched], -4 * count)[-4 * count :]]
            best: dict[int, float] = {}
            for row in touched[np.argsort(-scores[touched], kind="stable")]:
                best.setdefault(int(entries[row]), float(scores[row]))
                if len(best) == count:
                    break
            found += best.items()
        return sorted(found, key=lambda one: -one[1])[:count] if len(spans) > 1 else found

    def _wanted(self, text: str) -> list[tuple[int, int, np.float32]]:
        """The runs of a text that tell something: where their rows begin and end, and how much they weigh."""
        wanted = [
            (self._numbers[run], (1.0 + log(times)) * float(self._idf[self._numbers[run]]))
            for run, times in Counter(runs(text)).items()
            if run in self._numbers
        ]
        length = sqrt(sum(weight**2 for _, weight in wanted))
        found = [
            (int(self._starts[number]), int(self._starts[number + 1]), np.float32(weight / length))
            for number, weight in wanted
        ]
        rare = [one for one in found if one[1] - one[0] <= _COMMON * len(self.entries)]
        return rare if len(rare) >= _ENOUGH else found

    def _scores(self, wanted: Sequence[tuple[int, int, np.float32]], first: int, end: int) -> NDArray[np.float64]:
        """The cosines of the spellings from `first` to before `end`."""
        if (first, end) != (0, len(self.entries)):
            within = [self._rows[start:stop].searchsorted((first, end)) + start for start, stop, _ in wanted]
            wanted = [(int(at[0]), int(at[1]), weight) for at, (_, _, weight) in zip(within, wanted, strict=True)]
        size = sum(stop - start for start, stop, _ in wanted)
        # In the types that counting has within: it would copy others.
        rows, weights = np.empty(size, np.intp), np.empty(size, np.float64)
        filled = 0
        for start, stop, weight in wanted:
            behind = filled + stop - start
            rows[filled:behind] = self._rows[start:stop]
            np.multiply(self._weights[start:stop], weight, out=weights[filled:behind])
            filled = behind
        scores: NDArray[np.float64] = np.bincount(rows - first, weights, minlength=end - first)  # type: ignore[assignment]
        return scores
