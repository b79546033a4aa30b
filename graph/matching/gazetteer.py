"""
Which municipalities and regions a name speaks of: «Томского района», «ГО «город Кизляр»», «Псковской области».

Only a word beside that of a kind of territory is taken for one: «Знаменская школа» may stand anywhere, «школа
Знаменского района» may not.  A place that is spelt so wins over one that is spelt alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from graph.matching.likeness import is_of_place
from ontology.language import lemma, lemmas, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

PLACE_KINDS: Final = frozenset(
    {"район", "округ", "муниципальный", "городской", "город", "улица", "село", "поселок", "дом"}
    | {"область", "край", "республика", "автономный", "обл", "респ", "ао", "улус", "кожуун", "образование"}
    | {"внутригородской", "внутригородский", "территория", "федеральный", "значение"}
    | {"пгт", "рп", "пос", "деревня", "станица", "аул", "хутор", "слобода", "сл", "мкр", "микрорайон", "зато"}
)
_OF_NO_PLACE: Final = PLACE_KINDS | {"поселение", "зато", "курорт"}
_MARKS: Final = frozenset({"район", "округ", "улус", "кожуун"})
_ATTRIBUTES: Final = frozenset({"муниципальный", "городской", "национальный", "город", "район", "округ"})
_OF_REGION: Final = frozenset({"область", "обл", "край", "автономный", "ао"})
_REPUBLIC: Final = frozenset({"республика", "респ"})
_LANDS: Final = ("ия", "ье")
_ALIKE: Final = 84
_ALIKE_ANYWHERE: Final = 90
_COMPOUND: Final = re.compile(r"[а-я]{2,}-[а-я]{4,}")
_RUN_TOGETHER: Final = re.compile(r"(?<![\w-])[А-ЯЁа-яё]{7,}(?![\w-])")
# Words of territories that are near to a word, within a region or anywhere.
Near = Callable[[str, "NamedNode | None"], tuple[str, ...]]


class Gazetteer:
    """The territories of `names`, each of the region that `regions` gives it; a region is of none."""

    def __init__(self, names: Mapping[NamedNode, str], regions: Mapping[NamedNode, NamedNode]) -> None:
        self._regions = regions
        self._own: dict[NamedNode, frozenset[str]] = {}
        self._divisions: dict[NamedNode, str | None] = {}
        self._towns: set[NamedNode] = set()
        self._by_word: dict[NamedNode | None, dict[str, set[NamedNode]]] = {}
        self._region_words: dict[str, set[NamedNode]] = {}
        # «Москва» is called by no kind of region.
        self._cities: dict[NamedNode, frozenset[str]] = {}
        for place, region in regions.items():
            words = lemmas(names.get(place, ""))
            own = frozenset(word for word in words if word not in _OF_NO_PLACE and len(word) > 2)
            self._own[place], self._divisions[place] = own, division(words)
            if "город" in words and not _is_in_city(words):
                self._towns.add(place)
            for word in own:
                for where in (region, None):
                    self._by_word.setdefault(where, {}).setdefault(word, set()).add(place)
        for region in set(regions.values()):
            whole = set(lemmas(names.get(region, "")))
            if whole and whole.isdisjoint(_OF_REGION | _REPUBLIC):
                self._cities[region] = frozenset(whole)
            for word in whole - PLACE_KINDS:
                if len(word) > 2:
                    self._region_words.setdefault(word, set()).add(region)
        # «Томская» of the region, which also is of the town; «Татарстан» and «Москва» are of nothing else.
        self.adjectives: Final = frozenset(word for word in self._region_words if word.endswith(("ский", "цкий")))
        self._near: Final = (_same, lru_cache(maxsize=4096)(self._spelt_alike), lru_cache(maxsize=4096)(self._of_stem))
        self._town = lru_cache(maxsize=4096)(self._of_town)
        self._called = lru_cache(maxsize=4096)(self._of_land)
        self._compounds = {
            joined: word
            for name in names.values()
            for word in _COMPOUND.findall(normalise(name))
            if (joined := lemma(word.replace("-", ""))) not in self._by_word.get(None, ())
        }

    def knows(self, word: str) -> bool:
        """Whether some territory is called so."""
        return word in self._by_word.get(None, ()) or word in self._region_words

    def division_of(self, place: NamedNode | None) -> str | None:
        return self._divisions.get(place) if place is not None else None

    def municipalities(self, words: Sequence[str], region: NamedNode | None) -> frozenset[NamedNode]:
        """Those that the words (in dictionary form) name, within the region; of all, if it is None."""
        found: set[NamedNode] = set()
        windows = tuple(_windows(words))
        for near in self._near:
            found = next(filter(None, (self._of(window, region, near) for window in windows)), set())
            if found:
                break
        said = division(words)
        if said == "район":
            # A town is no district of its name.
            found -= self._towns
        if said is not None and len(found) > 1:
            found = {place for place in found if self._divisions[place] == said} or found
        return frozenset(found)

    def town(self, settlement: str, region: NamedNode | None) -> frozenset[NamedNode]:
        """Urban districts of the region that are called by the town: «город Томск», «городской округ Пермский»."""
        return self._town(settlement, region)

    def _of_town(self, settlement: str, region: NamedNode | None) -> frozenset[NamedNode]:
        return frozenset(
            place
            for word, places in self._by_word.get(region, {}).items()
            if word.removesuffix("ий") == settlement or is_of_place(word, settlement)
            for place in places
            if self._divisions[place] == "городской округ" and len(self._own[place]) == 1
        )

    def told_regions(self, words: Sequence[str]) -> frozenset[NamedNode]:
        """The regions that the words name as such: «Псковской области», «Республики Татарстан»."""
        found: set[NamedNode] = set()
        for at, word in enumerate(words):
            behind, before = {*words[at + 1 : at + 2]}, {*words[max(0, at - 1) : at]}
            if behind & (_OF_REGION | _REPUBLIC) or before & _REPUBLIC:
                found |= self._region_words.get(word, set())
            found |= self.called(word)
        said = set(words)
        return frozenset(found | {region for region, own in self._cities.items() if own <= said})

    def called(self, noun: str) -> frozenset[NamedNode]:
        """Regions that are not called by the noun but mean the same: «Удмуртия», «Приморье»."""
        return self._called(noun)

    def _of_land(self, noun: str) -> frozenset[NamedNode]:
        if not noun.endswith(_LANDS) or noun in self._region_words:
            return frozenset()
        adjectives = (word for word in self.adjectives if is_of_place(word, noun))
        return frozenset(region for word in adjectives for region in self._region_words[word])

    def of_adjective(self, words: Iterable[str]) -> frozenset[NamedNode]:
        """The regions that an adjective among the words is of: «Белгородский институт»."""
        return frozenset(region for word in words if word in self.adjectives for region in self._region_words[word])

    def other_region(self, words: Iterable[str], region: NamedNode) -> bool:
        """Whether a word is of the name of another region and not of this one."""
        return any(word in self._region_words and region not in self._region_words[word] for word in words)

    def parted(self, text: str) -> str:
        """The text with a hyphen in the compound words that territories are called by: «Сут-Хольского»."""
        return _RUN_TOGETHER.sub(lambda found: self._compounds.get(lemma(found[0]), found[0]), text)

    def _of(self, window: tuple[str, ...], region: NamedNode | None, near: Near) -> set[NamedNode]:
        """Territories all of whose own words stand in the window, or others near them."""
        known = self._by_word.get(region, {})
        said = {one for word in window for one in ((word,) if word in known else near(word, region))}
        places = {place for word in said for place in known.get(word, ())}
        return {place for place in places if self._own[place] <= said}

    def _of_stem(self, word: str, region: NamedNode | None) -> tuple[str, ...]:
        """«Чердаклы, район» is Чердаклинский."""
        return tuple(own for own in self._by_word.get(region, ()) if own[:3] == word[:3] and is_of_place(own, word))

    def _spelt_alike(self, word: str, region: NamedNode | None) -> tuple[str, ...]:
        if len(word) < 5:
            return ()
        known, least = list(self._by_word.get(region, ())), _ALIKE if region is not None else _ALIKE_ANYWHERE
        found = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=least, limit=2)
        return tuple(near for near, _, _ in found if near[0] == word[0])


def _same(word: str, region: NamedNode | None) -> tuple[str, ...]:  # noqa: ARG001  (as others are called)
    """No word but itself."""
    return ()


def division(words: Sequence[str]) -> str | None:
    """What kind of municipality the words say it is; a town is an urban district, one within a city is of no kind."""
    if _is_in_city(words):
        return None
    if "район" in words or "улус" in words or "кожуун" in words:
        return "район"
    if "округ" in words:
        return "городской округ" if {"городской", "город", "гор"} & set(words) else "округ"
    return "городской округ" if {"город", "г"} & set(words) else None


def _is_in_city(words: Sequence[str]) -> bool:
    """«Внутригородская территория города федерального значения муниципальный округ Нагорный», by people «район»."""
    return "внутригородской" in words or "внутригородский" in words


def _windows(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Words before and behind one that means a municipality, the nearest two that mean no kind."""
    for at, word in enumerate(words):
        if (word in _MARKS and words[max(0, at - 1)] != "автономный") or (
            word == "образование" and words[at - 1 : at] == ("муниципальный",)
        ):
            before = [one for one in words[:at] if one not in _ATTRIBUTES and one != "образование"]
            yield tuple(before[-2:])
            yield tuple([one for one in words[at + 1 :] if one not in _ATTRIBUTES][:2])
