"""
From a mention to the entries of registers that it may mean.

Candidates are entries that are spelt alike, within the kind and the region where these are known; rules on what names
say order them (`graph.matching.judging`).  Nothing is decided here but what may be accepted unseen: a good score, a
lead over the next entry, and nothing that speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from graph.matching.candidates import SpellingIndex
from graph.matching.judging import Evidence, Judgement, Sides, WordWeights, alike, judge
from graph.matching.names import acronym_of, read_name
from ontology.language import lemmas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from pyoxigraph import NamedNode

    from graph.matching.names import Name
    from ontology.registers import RegisterRecord

CANDIDATES: Final = 50
SHOWN: Final = 10
# Less is no likeness.
_LEAST: Final = 0.2
# On the mentions of `bench.linking`; the lead matters more than the score.
ACCEPTED_SCORE: Final = 0.80
ACCEPTED_LEAD: Final = 0.06


_PLACE_KINDS: Final = frozenset(
    {"район", "округ", "муниципальный", "городской", "город", "улица", "село", "поселок", "дом"}
    | {"область", "край", "республика", "автономный", "обл", "респ", "ао"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """
    A name as a document has it, and what is known of it.

    `kinds` are those of `graph.matching.names.KINDS` that it can be, `registers` those to look in, empty if any;
    `region` and `territory` are things of ours; `day` is that on which the document speaks; `numbers` are identifiers
    that stand beside it.
    """

    text: str
    kinds: frozenset[str] = frozenset()
    registers: frozenset[str] = frozenset()
    region: NamedNode | None = None
    territory: NamedNode | None = None
    day: date | None = None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An entry that the mention may mean; `accepted` says that no person needs to look.

    `acceptable` says so of the entry alone, without regard to the lead over others; `words` is the share of the words
    of both names that agree.
    """

    record: RegisterRecord
    score: float
    evidence: tuple[Evidence, ...]
    accepted: bool = False
    acceptable: bool = False
    words: float = 1.0


class Matcher:
    """
    The entries of registers, ready to be asked.

    `places` gives the names of territories by their IRIs; what the matcher `before` read of an entry that is still the
    same is not read anew.
    """

    def __init__(
        self, records: Sequence[RegisterRecord], places: Mapping[NamedNode, str], *, before: Matcher | None = None
    ) -> None:
        self._records = tuple(records)
        self._places = places
        known = before.read_sides() if before is not None else {}
        self._sides = [known.get(record) or self._side(record) for record in self._records]
        self._weights = WordWeights([side.names[0] for side in self._sides])
        spellings: list[tuple[str, int]] = []
        for number, (record, side) in enumerate(zip(self._records, self._sides, strict=True)):
            texts = dict.fromkeys(name.known for name in side.names)
            texts.update(dict.fromkeys(filter(None, map(acronym_of, side.names))))
            if record.territory is not None and side.kind != "territory":
                # As one calls a body among those of other places: by its shortest name and where it is.
                shortest = min((name.known for name in side.names), key=len)
                texts[f"{shortest} {' '.join(sorted(self._own_words(record)))}"] = None
            spellings += [(text, number) for text in texts]
        self._index = SpellingIndex(spellings)
        self._numbers: dict[str, list[int]] = {}
        self._kinds: dict[str | None, NDArray[np.bool_]] = {}
        self._regions: dict[NamedNode | None, NDArray[np.bool_]] = {}
        self._registers: dict[str, NDArray[np.bool_]] = {}
        size = len(self._records)
        for number, (record, side) in enumerate(zip(self._records, self._sides, strict=True)):
            for one in record.identifiers:
                self._numbers.setdefault(one.value, []).append(number)
            self._kinds.setdefault(side.kind, np.zeros(size, np.bool_))[number] = True
            self._regions.setdefault(record.region, np.zeros(size, np.bool_))[number] = True
            self._registers.setdefault(record.register, np.zeros(size, np.bool_))[number] = True
        self._place_words = lru_cache(maxsize=4096)(self._words_of_place)
        self._region_words: dict[str, set[NamedNode]] = {}
        for region in filter(None, self._regions):
            for word in self._words_of_place(region) - _PLACE_KINDS:
                self._region_words.setdefault(word, set()).add(region)

    def read_sides(self) -> dict[RegisterRecord, Sides]:
        """What was read of each entry."""
        return dict(zip(self._records, self._sides, strict=True))

    def match(self, mention: Mention, *, limit: int = SHOWN) -> list[Candidate]:
        """
        The entries that the mention may mean, the likeliest first; at most the first is accepted.

        A number that stands beside the mention decides alone.
        """
        allowed = self._allowed(mention)
        named = [
            number
            for one in mention.numbers
            for number in self._numbers.get(one, ())
            if allowed is None or allowed[number]
        ]
        if named:
            evidence = (Evidence("the number {number} is the same", {"number": ", ".join(mention.numbers)}, True),)
            sure = len(set(named)) == 1
            return [
                Candidate(self._records[number], 1.0, evidence, accepted=sure, acceptable=True)
                for number in dict.fromkeys(named)
            ][:limit]
        ours = read_name(mention.text)
        if not ours.words and not ours.numbers:
            return []
        judged = self._judged(mention, ours, allowed)
        if not judged:
            return []
        judged.sort(key=lambda found: (-found[1].score, self._records[found[0]].key))
        lead = judged[0][1].score - (judged[1][1].score if len(judged) > 1 else 0.0)
        return [
            Candidate(
                self._records[number],
                max(0.0, min(1.0, judgement.score)),
                tuple(judgement.evidence),
                accepted=at == 0 and lead >= ACCEPTED_LEAD and self._acceptable(judgement, mention),
                acceptable=self._acceptable(judgement, mention),
                words=judgement.words,
            )
            for at, (number, judgement) in enumerate(judged[:limit])
        ]

    def _acceptable(self, judgement: Judgement, mention: Mention) -> bool:
        return (
            judgement.score >= ACCEPTED_SCORE
            and not judgement.against - {"financing differs"}
            and mention.region is not None
        )

    def _judged(self, mention: Mention, ours: Name, allowed: NDArray[np.bool_] | None) -> list[tuple[int, Judgement]]:
        found: dict[int, float] = {}
        for text in (ours.known, *ours.acronyms):
            for number, cosine in self._index.nearest(text, CANDIDATES, allowed=allowed):
                found[number] = max(cosine, found.get(number, 0.0))
        context = self._place_words(mention.region) | self._place_words(mention.territory)
        # What is known of the mention counts more than a word of it: «… школа Асиновского района» is no district.
        kind = ours.kind if not mention.kinds or ours.kind in mention.kinds else min(mention.kinds)
        judged = []
        for number, cosine in found.items():
            judgement = judge(
                ours, self._sides[number], kind=kind, cosine=cosine, weights=self._weights, context=context
            )
            self._judge_places(judgement, mention, ours, number)
            if judgement.score >= _LEAST:
                judged.append((number, judgement))
        return judged

    def _judge_places(self, judgement: Judgement, mention: Mention, ours: Name, number: int) -> None:
        record, side = self._records[number], self._sides[number]
        if mention.region is not None and record.region is not None:
            judgement.find("region equal" if mention.region == record.region else "region differs")
            theirs = {word for name in side.names for word in name.words}
            if any(
                word in self._region_words and mention.region not in self._region_words[word]
                for word in set(ours.words) - theirs
            ):
                judgement.find("region named")
        if side.kind != "territory":
            if mention.territory is not None and record.territory is not None and mention.territory != mention.region:
                same = mention.territory == record.territory
                judgement.find("municipality equal" if same else "municipality differs")
            if ours.settlement:
                settlements = {name.settlement for name in side.names if name.settlement}
                if ours.settlement in side.places or any(alike(ours.settlement, one) > 0.8 for one in settlements):
                    judgement.find("settlement equal", place=ours.settlement)
                elif settlements:
                    judgement.find("settlement differs", ours=ours.settlement, theirs=", ".join(sorted(settlements)))
        if mention.day is not None and not record.holds_on(mention.day):
            judgement.find("not in force")

    def _allowed(self, mention: Mention) -> NDArray[np.bool_] | None:
        """Entries of the kinds and the region that are known of the mention; None if all."""
        allowed: NDArray[np.bool_] | None = None
        nothing = np.zeros(len(self._records), np.bool_)
        if mention.kinds:
            allowed = nothing.copy()
            for kind in (*mention.kinds, None):
                allowed |= self._kinds.get(kind, nothing)
        if mention.region is not None:
            there = self._regions.get(mention.region, nothing) | self._regions.get(None, nothing)
            allowed = there if allowed is None else allowed & there
        if mention.registers:
            within = nothing.copy()
            for register in mention.registers:
                within |= self._registers.get(register, nothing)
            allowed = within if allowed is None else allowed & within
        return allowed

    def _side(self, record: RegisterRecord) -> Sides:
        names = tuple(map(read_name, record.names()))
        places = set(lemmas(record.address))
        for place in (record.territory, record.region):
            if place is not None:
                places.update(lemmas(self._places.get(place, "")))
        kind = "territory" if record.kind == "territory" else next((name.kind for name in names if name.kind), None)
        return Sides(names, frozenset(places), kind)

    def _own_words(self, record: RegisterRecord) -> set[str]:
        """The words of the place of a body that those of the region do not have."""
        own = set(lemmas(record.address)) | set(
            lemmas(self._places.get(record.territory, "") if record.territory is not None else "")
        )
        around = set(lemmas(self._places.get(record.region, ""))) if record.region is not None else set()
        return {word for word in own - around if len(word) > 2 and word not in _PLACE_KINDS}

    def _words_of_place(self, place: NamedNode | None) -> frozenset[str]:
        return frozenset(lemmas(self._places.get(place, ""))) if place is not None else frozenset()
