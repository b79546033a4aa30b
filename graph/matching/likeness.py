"""How alike two words are, and how much a word tells."""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

ALIKE: Final = 80.0
_SHORTEST_STEM: Final = 4
_SHORTEST_COMPOUND: Final = 7
_OF_PLACES: Final = ("ский", "цкий", "ской", "цкой")
_BETWEEN: Final = ("ов", "ев", "ин", "ен")
_OF_ADJECTIVES: Final = ("ное", "ный")
_VOWELS: Final = ("а", "о", "ы")
ADJECTIVES: Final = ("ый", "ий", "ой")
JOINING: Final = frozenset("ое")
# «Дом творчества детей» is «дом детского творчества».
OF_CHILDREN: Final = frozenset({"детский", "ребенок"})
# How alike a word that is made of two is to these.
MADE: Final = 0.85
# Offices of one kind under many names.
AUTHORITIES: Final = frozenset({"управление", "комитет", "отдел", "департамент"})
OFFICES: Final = AUTHORITIES | {"министерство"}


class WordWeights(dict[str, float]):
    """How much a word tells: the rarer among the words of names, the more; of a word that none has, the most."""

    def __init__(self, names: Collection[Sequence[str]]) -> None:
        counted: dict[str, int] = {}
        for words in names:
            for word in set(words):
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
    if ours in OFFICES and theirs in OFFICES:
        return 0.9
    if ours[0] != theirs[0] and len(ours) < 6:
        return 0.0
    if of_one_stem(ours, theirs):
        return 0.85
    found = fuzz.ratio(ours, theirs, score_cutoff=ALIKE)
    return 0.9 * found / 100 if min(len(ours), len(theirs)) > 3 else 0.0


@lru_cache(maxsize=200_000)
def of_one_stem(ours: str, theirs: str) -> bool:
    """Whether two words differ in their ends only, as «Сосновка» and «Сосновская» do, or «Рыбное» and «Рыбновская»."""
    if ours in OF_CHILDREN and theirs in OF_CHILDREN:
        return True
    shortest, same = min(len(ours), len(theirs)), _same_letters(ours, theirs)
    if same >= _SHORTEST_STEM and same >= 0.7 * shortest and same >= 0.5 * max(len(ours), len(theirs)):
        return True
    return same > 2 and (is_of_place(ours, theirs) or is_of_place(theirs, ours))


def is_of_place(adjective: str, place: str) -> bool:
    """Whether the adjective is that of a place: «кутский» of Кут, «прудковский» of Прудки, «чувашский» of Чувашия."""
    if not adjective.endswith(_OF_PLACES):
        return False
    stem = adjective[:-4]
    stems = [stem] if len(stem) > 2 else []
    if stem.endswith(_BETWEEN) and len(stem) > 4:
        stems.append(stem[:-2])
    if stem.endswith("ль") and len(stem) > 3 and place[:-1] == stem[:-1] and place.endswith(_VOWELS):
        # «Тульская» of Тула.
        return True
    ends = 4 if stem.endswith("ен") and place.endswith(_OF_ADJECTIVES) else 3
    return any(place.startswith(one) and len(place) - len(one) < ends for one in stems)


def made_of(word: str, parts: Collection[str]) -> tuple[str, str] | None:
    """The two of the parts that a word is made of: «Красноярская» of Красный Яр, «Новооскольский» of Новый Оскол."""
    if len(word) < _SHORTEST_COMPOUND:
        return None
    for first in parts:
        if first[0] != word[0] or len(first) < 5 or not first.endswith(ADJECTIVES):
            continue
        end = len(first) - 2
        if word[:end] != first[:end] or word[end : end + 1] not in JOINING:
            continue
        rest = word[end + 1 :]
        for second in parts:
            if second == first:
                continue
            # The dictionary form of «Яр» is an adjective, too; «Верхнетоемская» is of Тойма.
            second_stem = second[:-2] if second.endswith(ADJECTIVES) else second.replace("й", "е")
            same = _same_letters(rest, second_stem)
            if same >= min(3, max(2, len(second_stem))) and same >= len(second_stem) - 2 and len(rest) - same < 7:
                return first, second
    return None


def _same_letters(ours: str, theirs: str) -> int:
    """How many letters two words begin with alike."""
    shortest = min(len(ours), len(theirs))
    same = 0
    while same < shortest and ours[same] == theirs[same]:
        same += 1
    return same


@lru_cache(maxsize=65_536)
def misspelt(ours: str, theirs: str) -> bool:
    """
    Whether one letter of a word is wrong, too many or exchanged with the next, of a long word two.

    Ends do not count in long words: the dictionary form of a misspelt word is guessed.  Of four letters it is the last.
    """
    if len(ours) < 5:
        return len(ours) == len(theirs) == 4 and ours[:3] == theirs[:3]
    most = 1 if len(ours) < 9 else 2
    if len(ours) < 6 or (len(ours) < 7 and ours[0] != theirs[0]):
        return bool(OSA.distance(ours, theirs, score_cutoff=most) <= most)
    return bool(OSA.distance(ours[:-2], theirs[:-2], score_cutoff=most) <= most)


def of_one_letter(ours: str, theirs: str) -> bool:
    """Whether one letter at most is wrong, too many, missing or exchanged with the next."""
    return bool(OSA.distance(ours, theirs, score_cutoff=1) <= 1)
