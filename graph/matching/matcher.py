"""
From a mention to the entries of registers that it may mean.

Candidates are entries that are spelt alike, within the kind and the region where these are known; rules on what names
say order them (`graph.matching.judging`).  Nothing is decided here but what may be accepted unseen: a good score, a
lead over the next entry, and nothing that speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from graph.matching.answering import Spoken, unexplained, unsaid
from graph.matching.asked import Asked, Mention
from graph.matching.candidates import SpellingIndex
from graph.matching.entry_words import EntryWords
from graph.matching.excuses import Excuses
from graph.matching.gazetteer import PLACE_KINDS, Gazetteer
from graph.matching.judging import SAID, Evidence, judge
from graph.matching.likeness import WordWeights
from graph.matching.names import acronym_of, read_name
from graph.matching.placing import judge_places
from graph.matching.regions import RegionNames
from graph.matching.selection import Selection
from graph.matching.shared_words import SharedWords
from graph.matching.wording import is_group, mentioned, without_region

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence

    from numpy.typing import NDArray
    from pyoxigraph import NamedNode

    from graph.matching.judging import Judgement, Sides
    from graph.matching.names import Name
    from ontology.registers import RegisterRecord

CANDIDATES: Final = 50
SHOWN: Final = 10
# Less is no likeness.
_LEAST: Final = 0.2
# On the mentions of `bench.linking`; the lead matters more than the score.
ACCEPTED_SCORE: Final = 0.60
ACCEPTED_LEAD: Final = 0.06


_LEGAL_PERSONS: Final = frozenset({"organisation", "branch"})
# Findings that no acceptance fails for: people write МБОУ for МКОУ, and leave out numbers where there is one school.
_FORGIVEN: Final = frozenset({"financing differs", "number missing"})
# Of which a municipality has one.
_OF_MUNICIPALITIES: Final = frozenset({"territory", "authority", "training", "extra"})
# Which also a region has.
_OF_REGIONS: Final = frozenset({"authority", "training"})
_WITH_ADJECTIVE: Final = _OF_REGIONS | {"vocational"}
# Which say of a body of a region whose it is.
_OWNERS: Final = frozenset({"областной", "краевой", "республиканский", "окружной", "региональный"})
_PLACED: Final = frozenset({"settlement equal", "municipality equal"})
_EXCUSABLE: Final = frozenset({"division differs", "place of another kind", "owner differs"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An entry that the mention may mean; `accepted` says that no person needs to look.

    `acceptable` says so of the entry alone, without regard to the lead over others.
    """

    record: RegisterRecord
    score: float
    evidence: tuple[Evidence, ...]
    accepted: bool = False
    acceptable: bool = False


class Matcher:
    """
    The entries of registers, ready to be asked.

    `places` gives the names of territories by their IRIs; what the matcher `before` read of an entry that is still the
    same is not read anew.
    """

    def __init__(
        self, records: Sequence[RegisterRecord], places: Mapping[NamedNode, str], *, before: Matcher | None = None
    ) -> None:
        # Entries that are equal in all else come in this order, and so do sums over them.
        self._records = tuple(sorted(records, key=lambda one: one.iri.value))
        self._places = places
        self._entry_words = entry_words = EntryWords(places)
        known = before.read_sides() if before is not None else {}
        self._sides = [known.get(record) or entry_words.side(record) for record in self._records]
        self._weights = WordWeights([side.names[0].words for side in self._sides])
        self._excuses = Excuses(self._records, self._sides, places)
        grouped: dict[NamedNode | None, list[tuple[str, int]]] = {}
        for number, (record, side) in enumerate(zip(self._records, self._sides, strict=True)):
            texts = dict.fromkeys(name.known for name in side.names)
            texts.update(dict.fromkeys(filter(None, map(acronym_of, side.names))))
            if record.territory is not None and side.kind != "territory":
                # As one calls a body among those of other places: by its shortest name and where it is.
                shortest = min((name.known for name in side.names), key=len)
                texts[f"{shortest} {' '.join(sorted(entry_words.own(record)))}"] = None
            grouped.setdefault(record.region, []).extend((text, number) for text in texts)
        ends = list(accumulate(map(len, grouped.values()), initial=0))
        spans: dict[Hashable, tuple[int, int]] = dict(zip(grouped, pairwise(ends), strict=True))
        self._index = SpellingIndex([one for group in grouped.values() for one in group], spans)
        del grouped
        self._numbers: dict[str, list[int]] = {}
        for number, record in enumerate(self._records):
            for one in record.identifiers:
                self._numbers.setdefault(one.value, []).append(number)
        self._selection = Selection(self._records, self._sides, map(entry_words.own, self._records))
        self._place_words = entry_words.of_place
        regions = {
            record.territory: record.region
            for record in self._records
            if record.territory is not None and record.region is not None and record.territory != record.region
        }
        self._gazetteer = Gazetteer(places, regions)
        self._region_names = RegionNames({one: places[one] for one in self._selection.regions() if one in places})
        # Where the offices of a municipality are, as one tells its villages from those of others.
        self._centres = {
            record.territory: frozenset(entry_words.own(record))
            for record, side in zip(self._records, self._sides, strict=True)
            if side.kind == "authority" and record.territory != record.region
        }
        self._persons = np.asarray([record.kind in _LEGAL_PERSONS for record in self._records], np.bool_)

    def read_sides(self) -> dict[RegisterRecord, Sides]:
        """What was read of each entry."""
        return dict(zip(self._records, self._sides, strict=True))

    def match(self, mention: Mention, *, limit: int = SHOWN) -> list[Candidate]:
        """
        The entries that the mention may mean, the likeliest first; at most the first is accepted.

        A number that stands beside the mention decides alone.  A group or a role is no legal person.  Entries of
        another region than that of the mention are given only where the mention names a place that its region has not.
        """
        allowed = self._selection.allowed(mention)
        named = [
            number
            for one in mention.numbers
            for number in self._numbers.get(one, ())
            if allowed[number] and self._selection.in_region(mention.region)[number]
        ]
        if named:
            evidence = (Evidence("the number {number} is the same", {"number": ", ".join(mention.numbers)}, True),)
            sure = len(set(named)) == 1
            return [
                Candidate(self._records[number], 1.0, evidence, accepted=sure, acceptable=True)
                for number in dict.fromkeys(named)
            ][:limit]
        text, of_people = mentioned(mention.text)
        text = self._gazetteer.parted(self._region_names.written_out(text, mention.region))
        if mention.region is not None:
            text = without_region(text, self._places.get(mention.region, ""))
        ours = read_name(text)
        if not ours.words and not ours.numbers:
            return []
        if is_group(mention.text):
            allowed &= ~self._persons
        judged = self._judged(self._asked(mention, ours, of_people=of_people), allowed)
        fitting = self._fitting(judged)
        judged.sort(key=lambda found: (-found[1].score, self._records[found[0]].key))
        lead = judged[0][1].score - (judged[1][1].score if len(judged) > 1 else 0.0) if judged else 0.0
        candidates = []
        for at, (number, judgement) in enumerate(self._shown(judged, mention.region, limit)):
            acceptable = fitting == [number] and judgement.score >= ACCEPTED_SCORE and mention.region is not None
            if number in fitting and len(fitting) > 1:
                judgement.evidence.append(Evidence(SAID["several fit"], {}, False))
            candidates.append(
                Candidate(
                    self._records[number],
                    max(0.0, min(1.0, judgement.score)),
                    tuple(judgement.evidence),
                    accepted=acceptable and at == 0 and lead >= ACCEPTED_LEAD,
                    acceptable=acceptable,
                )
            )
        return candidates

    def _shown(
        self, judged: list[tuple[int, Judgement]], region: NamedNode | None, limit: int
    ) -> list[tuple[int, Judgement]]:
        """The first so many; a third of them are the likeliest of other regions, if there are any."""
        others = [one for one in judged if self._is_outside(one[0], region)][: limit // 3]
        behind = [one for one in others if one not in judged[:limit]]
        return judged[: limit - len(behind)] + behind if behind else judged[:limit]

    def _is_outside(self, number: int, region: NamedNode | None) -> bool:
        return region is not None and self._records[number].region not in {region, None}

    def _fitting(self, judged: Sequence[tuple[int, Judgement]]) -> list[int]:
        """The entries that nothing speaks against; if there is none, those against which all is excused."""
        fitting = [(number, one) for number, one in judged if not one.against - _FORGIVEN]
        if not fitting:
            fitting = [(number, one) for number, one in judged if not one.against - _FORGIVEN - one.excused]
            for _, one in fitting:
                one.excuse()
        if len(fitting) > 1:
            # «Ключевская СОШ» is the one that has no number, not «СОШ № 2» in Ключи.
            unnumbered = [(number, one) for number, one in fitting if "number missing" not in one.found]
            fitting = unnumbered if len(unnumbered) == 1 else fitting
        if len(fitting) > 1 and all(self._sides[number].kind in _OF_MUNICIPALITIES for number, _ in fitting):
            # «г. Уварово» is the town, not Уваровский район.
            exact = [(number, one) for number, one in fitting if one.exact]
            for _, one in fitting if exact else ():
                if not one.exact:
                    one.find("place of another kind")
            fitting = exact or fitting
        return [number for number, _ in fitting]

    def _asked(self, mention: Mention, ours: Name, *, of_people: bool) -> Asked:
        """What is known of the mention before an entry is looked at."""
        region = mention.region
        named = self._gazetteer.municipalities(ours.words, region)
        told = self._gazetteer.told_regions(ours.words)
        elsewhere: frozenset[NamedNode] = frozenset()
        of_region = region in told
        if region is None or of_region:
            told = frozenset()
        if region is not None and not named:
            # «с. Никольское» is a village here, not Никольский район.
            said = [word for word in ours.words if word != ours.settlement]
            elsewhere = self._gazetteer.municipalities(said, None)
        # What is known of the mention counts more than a word of it: «… школа Асиновского района» is no district.
        kind = ours.kind
        if mention.kinds and kind not in mention.kinds:
            kind = next(iter(mention.kinds)) if len(mention.kinds) == 1 else None
        if region is not None and kind in _WITH_ADJECTIVE and not (named or told or elsewhere or ours.settlement):
            # «Белгородский институт» in Курская область.
            told = self._gazetteer.of_adjective(self._selection.unheard(ours.words, region)) - {region}
        # «Томской области» says nothing of where in it, «Томска» and «Томского» alone do.
        known = self._place_words(region) if of_region else self._place_words(region) - self._gazetteer.adjectives
        known |= self._place_words(mention.territory)
        known |= {word for word in ours.words if region in self._gazetteer.called(word)}
        if kind in _OF_MUNICIPALITIES and ours.settlement and not named and region is not None:
            # The office of a town, not of the district around it.
            named = self._gazetteer.town(ours.settlement, region)
        around = self._place_words(region) | self._place_words(mention.territory)
        context = around.union(*map(self._place_words, named))
        rest = set(ours.words).difference(ours.honoured, context, PLACE_KINDS)
        return Asked(
            mention,
            ours,
            kind,
            known,
            context,
            named,
            told,
            elsewhere,
            strange=self._selection.strange(rest, region) if region is not None else frozenset(),
            whole=kind in _OF_REGIONS
            and (of_region or "министерство" in ours.words)
            and not (named or told or elsewhere or ours.settlement)
            and not any(map(self._selection.names_place, rest)),
            of_another_region=region is not None and self._gazetteer.other_region(ours.words, region),
            of_people=of_people,
            shared=SharedWords(ours, context, self._weights),
            spoken=Spoken(ours),
            written_together="".join(ours.words),
        )

    def _judged(self, asked: Asked, allowed: NDArray[np.bool_]) -> list[tuple[int, Judgement]]:
        region = asked.mention.region
        groups = None if region is None else (region, None)
        found = self._spelt_alike(asked, allowed, groups)
        if asked.named and not any(self._may_be_there(asked, number) for number in found):
            # Where many are spelt alike, those of the place come first.
            found |= self._spelt_alike(asked, allowed & self._selection.within(asked.named), groups)
        asked.shared.meet(self._sides[number] for number in found)
        judged = [(number, self._judge(asked, number, cosine)) for number, cosine in found.items()]
        if region is not None:
            outside = allowed & ~self._selection.in_region(region)
            if asked.told or asked.elsewhere:
                outside &= self._selection.within(asked.told | asked.elsewhere)
            elif asked.strange:
                outside &= self._selection.called(asked.strange)
            elif not asked.ours.settlement or any("settlement equal" in one.found for _, one in judged):
                outside[:] = False
            if outside.any():
                anywhere = asked.told or asked.elsewhere or asked.strange
                found = self._spelt_alike(asked, outside)
                asked.shared.meet(self._sides[number] for number in found)
                for number, cosine in found.items():
                    judgement = self._judge(asked, number, cosine)
                    if anywhere or "settlement equal" in judgement.found:
                        judged.append((number, judgement))
        return [
            (number, judgement)
            for number, judgement in judged
            if judgement.score >= _LEAST or ("region differs" in judgement.found and judgement.found & _PLACED)
        ]

    def _may_be_there(self, asked: Asked, number: int) -> bool:
        """Whether an entry is of a place that the mention names, and has its number if it says one."""
        ours, side = asked.ours.numbers, self._sides[number]
        return self._records[number].territory in asked.named and (not ours or not ours.isdisjoint(side.numbers))

    def _spelt_alike(
        self, asked: Asked, allowed: NDArray[np.bool_], regions: Collection[NamedNode | None] | None = None
    ) -> dict[int, float]:
        found: dict[int, float] = {}
        # With words of the region those names are the nearest that have them, without those that have not.
        telling = " ".join(word for word in asked.ours.known.split() if word not in asked.known)
        for text in dict.fromkeys((asked.ours.known, telling, *asked.ours.acronyms)):
            for number, cosine in self._index.nearest(text, CANDIDATES, allowed=allowed, groups=regions):
                found[number] = max(cosine, found.get(number, 0.0))
        return found

    def _judge(self, asked: Asked, number: int, cosine: float) -> Judgement:
        side = self._sides[number]
        judgement = judge(
            asked.ours,
            side,
            kind=asked.kind,
            cosine=cosine,
            shared=asked.shared,
            written_together=asked.written_together,
        )
        record = self._records[number]
        judge_places(judgement, asked, record, side, gazetteer=self._gazetteer)
        if asked.of_people:
            judgement.find("of people")
        if not judgement.against - _FORGIVEN - _EXCUSABLE:
            left, judgement.exact = unexplained(
                asked.spoken,
                side,
                shared=asked.shared,
                context=asked.known | _OWNERS if record.territory == record.region else asked.known,
                around=self._around(asked, record),
                centre=self._centre(record),
                village=lambda: self._village(record),
                known=self._knows,
                joints=lambda: self._entry_words.joints(record, side),
                same_patron="patron equal" in judgement.found,
            )
            left += map(str, sorted(asked.ours.numbers - side.numbers))
            lacking = unsaid(asked.spoken, side, context=asked.context)
            if left:
                judgement.find("words unexplained", words=" ".join(left))
            if lacking:
                judgement.find("words unsaid")
            judgement.excused = self._excuses.of(judgement, asked, record, side, left, lacking)
        return judgement

    def _around(self, asked: Asked, record: RegisterRecord) -> frozenset[str]:
        """The words of the region of an entry that is of a smaller place, if the mention names the region."""
        words = self._place_words(record.region)
        smaller = record.territory is not None and record.territory != record.region
        return words if smaller and words <= asked.known else frozenset()

    def _centre(self, record: RegisterRecord) -> frozenset[str]:
        """Words of where the offices of its municipality are."""
        return self._centres.get(record.territory, frozenset())

    def _village(self, record: RegisterRecord) -> set[str]:
        """Words of where it is in its municipality; of this itself those by which it is called."""
        if record.kind == "territory":
            return set(self._place_words(record.territory) - PLACE_KINDS)
        return self._entry_words.own(record) - self._centre(record) - self._place_words(record.territory)

    def _knows(self, word: str) -> bool:
        return word in self._weights or self._gazetteer.knows(word)
