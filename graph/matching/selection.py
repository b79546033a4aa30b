"""Entries by what is known of a mention before names are compared: kind, register, region, places that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray
    from pyoxigraph import NamedNode

    from graph.matching.asked import Mention
    from graph.matching.judging import Sides
    from ontology.registers import RegisterRecord


class Selection:
    """All answers say of each entry, in the order given, whether it is one of those."""

    def __init__(
        self, records: Sequence[RegisterRecord], sides: Sequence[Sides], place_words: Iterable[Iterable[str]]
    ) -> None:
        self._size = len(records)
        self._kinds: dict[str | None, NDArray[np.bool_]] = {}
        self._regions: dict[NamedNode | None, NDArray[np.bool_]] = {}
        self._registers: dict[str, NDArray[np.bool_]] = {}
        self._by_territory: dict[NamedNode, list[int]] = {}
        self._by_place_word: dict[str, list[int]] = {}
        self._said_in: dict[NamedNode | None, set[str]] = {}
        for number, (record, side, words) in enumerate(zip(records, sides, place_words, strict=True)):
            self._kinds.setdefault(side.kind, self._none())[number] = True
            self._regions.setdefault(record.region, self._none())[number] = True
            self._registers.setdefault(record.register, self._none())[number] = True
            if record.territory is not None:
                self._by_territory.setdefault(record.territory, []).append(number)
            said = self._said_in.setdefault(record.region, set())
            said |= side.words
            said |= side.places
            for word in words:
                self._by_place_word.setdefault(word, []).append(number)

    def regions(self) -> list[NamedNode]:
        """Those that entries are of."""
        return [one for one in self._regions if one is not None]

    def allowed(self, mention: Mention) -> NDArray[np.bool_]:
        """Of the kinds and the registers that are known of the mention."""
        allowed = ~self._none()
        if mention.kinds:
            allowed &= np.logical_or.reduce([self._kinds.get(kind, self._none()) for kind in (*mention.kinds, None)])
        if mention.registers:
            allowed &= np.logical_or.reduce([self._registers.get(one, self._none()) for one in mention.registers])
        return allowed

    def in_region(self, region: NamedNode | None) -> NDArray[np.bool_]:
        """Of the region and of none; all if it is None."""
        if region is None:
            return ~self._none()
        return self._regions.get(region, self._none()) | self._regions.get(None, self._none())

    def within(self, places: Collection[NamedNode]) -> NDArray[np.bool_]:
        """Of these regions and municipalities."""
        found = self._none()
        for place in places:
            if place in self._regions:
                found |= self._regions[place]
            found[self._by_territory.get(place, [])] = True
        return found

    def names_place(self, word: str) -> bool:
        """Whether some place is called so."""
        return word in self._by_place_word

    def strange(self, words: Collection[str], region: NamedNode) -> frozenset[str]:
        """Those by which nothing in the region is called, but a place elsewhere."""
        return frozenset(word for word in self.unheard(words, region) if len(word) > 3 and self.names_place(word))

    def unheard(self, words: Collection[str], region: NamedNode) -> set[str]:
        """Those that no name and no place in the region has."""
        return set(words).difference(self._said_in.get(region, ()))

    def called(self, words: Collection[str]) -> NDArray[np.bool_]:
        """Of places that are called by all of the words, which each name some place; of none if there is no word."""
        found: set[int] | None = None
        for word in words:
            found = set(self._by_place_word[word]) if found is None else found.intersection(self._by_place_word[word])
        chosen = self._none()
        chosen[list(found or ())] = True
        return chosen

    def _none(self) -> NDArray[np.bool_]:
        return np.zeros(self._size, np.bool_)
