"""How alike two words are, and how much a word tells."""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from graph.matching.names import Name

_ALIKE: Final = 80.0
_SHORTEST_STEM: Final = 4
# Offices of one kind under many names.
AUTHORITIES: Final = frozenset({"управление", "комитет", "отдел", "департамент"})


class WordWeights(dict[str, float]):
    """How much a word tells: the rarer among the entries, the more; of a word that none has, the most."""

    def __init__(self, names: Collection[Name]) -> None:
        counted: dict[str, int] = {}
        for name in names:
            for word in set(name.words):
                counted[word] = counted.get(word, 0) + 1
        super().__init__((word, log((1 + len(names)) / (1 + count)) + 0.3) for word, count in counted.items())
        self._unknown = log(1 + len(names)) + 0.3

    def __missing__(self, word: str) -> float:
        return self._unknown


# Names of one kind share most of their words.
@lru_cache(maxsize=200_000)
def alike(ours: str, theirs: str) -> float:
    """How alike two words are, from 0 to 1: also misspelt ones, and a place and the adjective of it."""
    if ours == theirs:
        return 1.0
    if ours in AUTHORITIES and theirs in AUTHORITIES:
        return 0.9
    if ours[0] != theirs[0] and len(ours) < 6:
        return 0.0
    if of_one_stem(ours, theirs):
        return 0.85
    found = fuzz.ratio(ours, theirs, score_cutoff=_ALIKE)
    return 0.9 * found / 100 if min(len(ours), len(theirs)) > 3 else 0.0


class AlikeWords:
    """
    How alike the words of one mention and of its entries are, each pair compared once: entries share most words.

    `ours` are the words of the mention, `context` those of the places that are known of it.
    """

    def __init__(self, ours: Sequence[str], context: frozenset[str]) -> None:
        self._said: Final = (*ours, *context)
        self._theirs: dict[str, float] = {}
        self._compared: dict[str, tuple[set[str], dict[str, float]]] = {word: (set(), {}) for word in ours}

    def of_theirs(self, word: str) -> float:
        """How alike a word of an entry is to the likest of the mention and its places."""
        known = self._theirs.get(word)
        if known is None:
            known = self._theirs[word] = max((alike(word, other) for other in self._said), default=0.0)
        return known

    def of_ours(self, word: str, name: Sequence[str], places: frozenset[str]) -> float:
        """How alike a word of the mention is to the likest of a name of an entry and of its places."""
        compared, near = self._compared[word]
        for words in (name, places):
            if not compared.issuperset(words):
                for other in words:
                    if other not in compared:
                        compared.add(other)
                        likeness = alike(word, other)
                        if likeness:
                            near[other] = likeness
        return max((likeness for other, likeness in near.items() if other in name or other in places), default=0.0)


def of_one_stem(ours: str, theirs: str) -> bool:
    """Whether two words differ in their ends only, as «Сосновка» and «Сосновская» do."""
    shortest = min(len(ours), len(theirs))
    same = 0
    while same < shortest and ours[same] == theirs[same]:
        same += 1
    return same >= _SHORTEST_STEM and same >= 0.7 * shortest and same >= 0.5 * max(len(ours), len(theirs))


@lru_cache(maxsize=65_536)
def misspelt(ours: str, theirs: str) -> bool:
    """
    Whether one letter of a word is wrong, too many or exchanged with the next, of a long word two.

    Ends do not count in long words: the dictionary form of a misspelt word is guessed.
    """
    most = 0 if len(ours) < 5 else 1 if len(ours) < 9 else 2
    if len(ours) < 7:
        return bool(OSA.distance(ours, theirs, score_cutoff=most) <= most)
    return bool(OSA.distance(ours[:-2], theirs[:-2], score_cutoff=most) <= most)
