"""The words of entries and of the places they are of, in dictionary form."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from graph.matching.gazetteer import PLACE_KINDS
from graph.matching.judging import Sides
from graph.matching.names import read_name
from graph.matching.wording import without_region
from ontology.language import lemmas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

    from ontology.registers import RegisterRecord


class EntryWords:
    """What entries say where territories are called by these names."""

    def __init__(self, places: Mapping[NamedNode, str]) -> None:
        self._places = places
        self._of_place = lru_cache(maxsize=4096)(self._in_order)

    def side(self, record: RegisterRecord) -> Sides:
        """All that matching looks at of an entry."""
        texts = record.names()
        if record.region is not None:
            region = self._places.get(record.region, "")
            texts = tuple(dict.fromkeys((*texts, *(without_region(text, region) for text in texts))))
        names = tuple(map(read_name, texts))
        places = set(lemmas(record.address))
        for place in (record.territory, record.region):
            places |= self.of_place(place)
        # «… Республики Коми» is no territory.
        kinds = (name.kind for name in names if name.kind and name.kind != "territory")
        kind = "territory" if record.kind == "territory" else next(kinds, None)
        own = frozenset(places)
        if record.territory is not None and record.territory != record.region:
            own = own - self.of_place(record.region) | self.of_place(record.territory)
        return Sides.of(names, places=frozenset(places), own=own, kind=kind)

    def own(self, record: RegisterRecord) -> set[str]:
        """The words of the place of a body that those of the region do not have."""
        own = self.of_place(record.territory).union(lemmas(record.address)) - self.of_place(record.region)
        return {word for word in own if len(word) > 2 and word not in PLACE_KINDS}

    def of_place(self, place: NamedNode | None) -> frozenset[str]:
        """The words of the name of a territory, none if there is none."""
        return self._of_place(place)[1]

    def joints(self, record: RegisterRecord, side: Sides) -> frozenset[str]:
        """Neighbouring words of the names and places of an entry, run together."""
        texts = (*(name.words for name in side.names), lemmas(record.address), self._of_place(record.territory)[0])
        return frozenset(first + second for words in texts for first, second in pairwise(words))

    def _in_order(self, place: NamedNode | None) -> tuple[tuple[str, ...], frozenset[str]]:
        words = lemmas(self._places.get(place, "")) if place is not None else ()
        return words, frozenset(words)
