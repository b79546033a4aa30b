"""
What share of the words of a mention a name of an entry has, and of that name the mention.

Entries share most of their words, so each word is compared once with those of the mention; and only with words that it
can be like at all, which one call of rapidfuzz finds for all words of all candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from graph.matching.likeness import ADJECTIVES, ALIKE, JOINING, MADE, OF_CHILDREN, OFFICES, alike, made_of, of_one_stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from graph.matching.judging import Sides
    from graph.matching.likeness import WordWeights
    from graph.matching.names import Name

# How much a word of an entry counts that people leave out: after «имени», and of the place.
_LEFT_OUT: Final = 0.35
# Words that begin with other letters are of one stem only if they are among these.
_BEGINNING: Final = 3
_OF_ONE_MEANING: Final = (OFFICES, OF_CHILDREN)
# A word of an entry: how much it tells; how alike it is to the likest of the mention and its places; how alike the
# words of the mention are to it, by their places in the mention; of which of them it is made.
_Compared = tuple[float, float, tuple[tuple[int, float], ...], tuple[str, ...]]


class SharedWords:
    """
    The words of one mention beside those of its entries.

    `context` are words of the places that are known of the mention: an entry may say these without the mention doing
    so.  Every other answer is of entries that `meet` was told of.
    """

    def __init__(self, ours: Name, context: frozenset[str], weights: WordWeights) -> None:
        self._ours: Final = ours.words
        self._weights = weights
        self._our_weights = [weights[word] for word in ours.words]
        self._total = 0.0
        for weight in self._our_weights:
            self._total += weight
        self._said = list(dict.fromkeys((*ours.words, *context)))
        self._at: dict[str, list[int]] = {}
        for at, word in enumerate(ours.words):
            self._at.setdefault(word, []).append(at)
        self._begun: dict[str, list[int]] = {}
        for number, word in enumerate(self._said):
            self._begun.setdefault(word[:_BEGINNING], []).append(number)
        self._same_meaning = {
            one: [number for number, word in enumerate(self._said) if word in meaning]
            for meaning in _OF_ONE_MEANING
            for one in meaning
        }
        self._stems = tuple(word[:-2] for word in ours.words if word.endswith(ADJECTIVES))
        self._compared: dict[str, _Compared] = {}
        # Of those: alike to a word of the mention, perhaps the first half of one, made of two.
        self._alike: set[str] = set()
        self._halves: set[str] = set()
        self._compounds: set[str] = set()
        self._near: dict[str, list[str]] = {word: [] for word in ours.words}

    def meet(self, sides: Iterable[Sides]) -> None:
        """Compare the words of these entries."""
        words = set[str]().union(*(words for side in sides for words in (side.words, side.places)))
        new = list(words.difference(self._compared))
        if not new or not self._said:
            self._compared |= {word: (self._weights[word], 0.0, (), ()) for word in new}
            return
        near: list[set[int]] = [set(self._begun.get(word[:_BEGINNING], ())) for word in new]
        spelt = process.cdist(self._said, new, scorer=fuzz.ratio, score_cutoff=ALIKE).nonzero()
        for number, at in zip(spelt[0].tolist(), spelt[1].tolist(), strict=True):
            near[at].add(number)
        for word, numbers in zip(new, near, strict=True):
            numbers.update(self._same_meaning.get(word, ()))
            self._compared[word] = self._compare(word, numbers)

    def _compare(self, word: str, numbers: Collection[int]) -> _Compared:
        likeness = 0.0
        hits: list[tuple[int, float]] = []
        for number in numbers:
            said = self._said[number]
            likeness = max(likeness, alike(word, said))
            if said in self._at and (back := alike(said, word)):
                hits += [(at, back) for at in self._at[said]]
                self._near[said].append(word)
        made = (made_of(word, self._ours) or ()) if self._stems and word.startswith(self._stems) else ()
        if hits:
            self._alike.add(word)
        if made:
            self._compounds.add(word)
        if numbers and word.endswith(ADJECTIVES):
            begun = tuple(f"{word[:-2]}{letter}" for letter in JOINING)
            if any(one.startswith(begun) for one in self._ours):
                self._halves.add(word)
        return self._weights[word], likeness or (MADE if made else 0.0), tuple(hits), made

    def at_places(self, places: AbstractSet[str]) -> list[float]:
        """How alike each word of the mention is to the likest of these."""
        best = [0.0] * len(self._ours)
        for word in self._alike & places:
            for at, likeness in self._compared[word][2]:
                best[at] = max(best[at], likeness)
        return best

    def with_name(self, theirs: Name, places: frozenset[str], at_places: Sequence[float]) -> float:
        """
        Weighted share of the words of each side that the other side has, the mention's counting double.

        Words of the `places` of the entry count as if they stood in its name.
        """
        best = list(at_places)
        words = [self._compared[word] for word in theirs.words]
        made: set[str] = set()
        for _, _, hits, parts in words:
            for at, likeness in hits:
                if likeness > best[at]:  # noqa: PLR1730  (a call takes longer than all else here)
                    best[at] = likeness
            if parts:
                made.update(parts)
        halves = self._halves and not (self._halves.isdisjoint(theirs.words) and self._halves.isdisjoint(places))
        found = 0.0
        for at, (weight, likeness) in enumerate(zip(self._our_weights, best, strict=True)):
            if likeness:
                found += weight * likeness
            elif halves or made:
                word = self._ours[at]
                both = made_of(word, theirs.words) or made_of(word, places) or ()
                made.update(both)
                if both or word in made:
                    found += weight * MADE
        there = found / self._total if self._total else 0.0
        total = found = 0.0
        for word, (weight, likeness, _, _) in zip(theirs.words, words, strict=True):
            left_out = False
            if likeness:
                found += weight * likeness
            elif word in made:
                found += weight * MADE
            else:
                left_out = word in places or word in theirs.honoured
            total += weight * _LEFT_OUT if left_out else weight
        back = found / total if total else 0.0
        return (2 * there + back) / 3

    def parts(self, theirs: AbstractSet[str]) -> set[str]:
        """The words of the mention that a word among these is made of."""
        return {part for word in self._compounds & theirs for part in self._compared[word][3]}

    def of_one_stem(self, word: str, theirs: Collection[str]) -> bool:
        """Whether a word of the mention is of one stem with any of these."""
        return any(other in theirs and of_one_stem(word, other) for other in self._near[word])

    def is_made_of(self, word: str, theirs: AbstractSet[str]) -> bool:
        """Whether a word of the mention is made of two of these."""
        return not self._halves.isdisjoint(theirs) and made_of(word, theirs) is not None
