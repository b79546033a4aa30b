"""
Entries whose names are spelt like a text: cosine of runs of letters, weighted by how rare they are.

Entries of one place are often spelt the same, and are compared once.  Rare runs are looked up first; those that stand
in every twentieth name tell nothing apart and are left out where a name has enough others.
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
        everywhere = {None: (0, len(spellings))}
        self._spans = spans or {}
        self.entries: NDArray[np.intp] = np.fromiter((entry for _, entry in spellings), np.intp, len(spellings))
        self._numbers: dict[str, int] = {}
        # Entries of one group are often spelt the same: each spelling of a group is a row.
        self._row_of = np.zeros(len(spellings), np.intp)
        self._row_spans: dict[tuple[int, int], tuple[int, int]] = {}
        # Names share their words, so the runs of each are looked up once.
        known: dict[str, NDArray[np.int32]] = {}
        parts: list[NDArray[np.int32]] = []
        sizes: list[int] = []
        for first, end in (spans or everywhere).values():
            begun, rows = len(sizes), dict[str, int]()
            for at in range(first, end):
                text = spellings[at][0]
                row = rows.get(text)
                if row is None:
                    row = rows[text] = len(sizes)
                    held = [known[word] if word in known else self._numbered(word, known) for word in text.split()]
                    parts += held
                    sizes.append(sum(map(len, held)))
                self._row_of[at] = row
            self._row_spans[first, end] = begun, len(sizes)
        self._row_spans[0, len(spellings)] = 0, len(sizes)
        self._size = len(sizes)
        count = max(len(sizes), 1)
        # Run by run, in each the rows in order; how often one has it is counted by its neighbours.
        keys = np.concatenate(parts) * np.int64(count) if parts else np.zeros(0, np.int64)
        keys += np.repeat(np.arange(len(sizes)), sizes)
        del parts, known, sizes
        keys.sort()
        at_first = np.flatnonzero(np.concatenate((np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])))
        times = np.diff(np.concatenate((at_first, [len(keys)])))
        keys = keys[at_first]
        held_runs = keys // count
        self._rows = (keys % count).astype(np.int32)
        del keys
        spelt = np.bincount(self._row_of, minlength=count)
        frequency = np.bincount(held_runs, spelt[self._rows], minlength=len(self._numbers)).astype(np.int64)
        idf = (np.log((1 + len(spellings)) / (1 + frequency)) + 1).astype(np.float32)
        weights = np.asarray((1 + np.log(times)) * idf[held_runs], np.float32)
        lengths = np.sqrt(np.bincount(self._rows, weights.astype(np.float64) ** 2, minlength=count))
        weights /= np.maximum(lengths[self._rows], 1e-9).astype(np.float32)
        self._weights = weights
        self._idf: list[float] = idf.tolist()
        self._common = frequency > _COMMON * len(spellings)
        self._starts: list[int] = np.searchsorted(held_runs, np.arange(len(self._numbers) + 1)).tolist()

    def _numbered(self, word: str, known: dict[str, NDArray[np.int32]]) -> NDArray[np.int32]:
        numbers = self._numbers
        known[word] = found = np.asarray([numbers.setdefault(run, len(numbers)) for run in runs(word)], np.int32)
        return found

    def nearest(
        self,
        text: str,
        count: int,
        *,
        allowed: NDArray[np.bool_] | None = None,
        groups: Collection[Hashable] | None = None,
    ) -> list[tuple[int, float]]:
        """
        Entries with the cosine of their best spelling, the nearest first; of equals those whose spelling stands first.

        `allowed` says of each entry whether it may be given, `groups` which groups may be, all if it is None.
        """
        wanted = self._wanted(text)
        everywhere = [(0, len(self.entries))]
        spans = everywhere if groups is None else [self._spans[group] for group in groups if group in self._spans]
        found: list[tuple[int, float]] = []
        for span in spans if wanted else ():
            first, end = span
            begun, behind = self._row_spans[span]
            rows = self._row_of[first:end] - begun if begun else self._row_of[first:end]
            scores = self._scores(wanted, begun, behind)[rows]
            entries = self.entries[first:end]
            fits = scores > 0
            if allowed is not None and not allowed.all():
                fits &= allowed[entries]
            touched = fits.nonzero()[0]
            if len(touched) > 4 * count:
                near = scores[touched]
                touched = touched[near >= np.partition(near, -4 * count)[-4 * count]]
            best: dict[int, float] = {}
            touched = touched[np.argsort(-scores[touched], kind="stable")[: 4 * count]]
            for entry, score in zip(entries[touched].tolist(), scores[touched].tolist(), strict=True):
                best.setdefault(entry, score)
                if len(best) == count:
                    break
            found += best.items()
        return sorted(found, key=lambda one: (-one[1], one[0]))[:count] if len(spans) > 1 else found

    def _wanted(self, text: str) -> list[tuple[int, int, np.float32]]:
        """The runs of a text that tell something: where their rows begin and end, and how much they weigh."""
        wanted = [
            (number, (1.0 + log(times)) * self._idf[number])
            for run, times in Counter(runs(text)).items()
            if (number := self._numbers.get(run)) is not None
        ]
        length = sqrt(sum(weight**2 for _, weight in wanted))
        rare = [one for one in wanted if not self._common[one[0]]]
        return [
            (self._starts[number], self._starts[number + 1], np.float32(weight / length))
            for number, weight in (rare if len(rare) >= _ENOUGH else wanted)
        ]

    def _scores(self, wanted: Sequence[tuple[int, int, np.float32]], first: int, end: int) -> NDArray[np.float64]:
        """The cosines of the rows from `first` to before `end`."""
        weights: NDArray[np.floating]
        rows, weights = self._whole(wanted) if end - first == self._size else self._within(wanted, first, end)
        scores: NDArray[np.float64] = np.bincount(rows, weights, minlength=end - first)  # type: ignore[assignment]
        return scores

    def _whole(self, wanted: Sequence[tuple[int, int, np.float32]]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The rows of these runs and what each adds, run by run; in the types that counting has within."""
        size = sum(stop - start for start, stop, _ in wanted)
        rows, weights = np.empty(size, np.intp), np.empty(size, np.float64)
        filled = 0
        for start, stop, weight in wanted:
            behind = filled + stop - start
            rows[filled:behind] = self._rows[start:stop]
            np.multiply(self._weights[start:stop], weight, out=weights[filled:behind])
            filled = behind
        return rows, weights

    def _within(
        self, wanted: Sequence[tuple[int, int, np.float32]], first: int, end: int
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """As `_whole`, of the rows from `first` to before `end`, counted from `first`: a few of each run."""
        ends = np.asarray((first, end), np.int32)
        starts, stops = np.asarray([self._rows[start:stop].searchsorted(ends) + start for start, stop, _ in wanted]).T
        lengths = stops - starts
        behind = lengths.cumsum()
        at = np.arange(behind[-1]) + (starts - behind + lengths).repeat(lengths)
        weights = self._weights[at] * np.asarray([weight for *_, weight in wanted]).repeat(lengths)
        return self._rows[at] - first, weights
