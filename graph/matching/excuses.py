"""
What forbids a link unseen only where some entry fits without it.

Districts become urban districts and keep their name, offices are given further fields, a municipal school is taken for
one of the state.  If no entry of the region fits as it is called, the only one left is meant, as far as the registers
know all that could be.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from graph.matching.gazetteer import PLACE_KINDS
from graph.matching.likeness import AUTHORITIES, misspelt
from ontology.language import lemma, lemmas, normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graph.matching.asked import Asked
    from graph.matching.judging import Judgement, Sides
    from graph.matching.names import Name
    from ontology.registers import RegisterRecord

_SUBJECT: Final = "образование"
_SUBJECTS: Final = frozenset({_SUBJECT, "просвещение"})
# Fields that offices of education are given besides and lose again; «общее» and «профессиональное» tell offices apart.
_FIELDS: Final = frozenset(
    {
        "наука",
        "молодежный",
        "молодежь",
        "политика",
        "культура",
        "спорт",
        "физический",
        "туризм",
        "просвещение",
        "воспитание",
    }
    | {"социальный", "опека", "попечительство", "семья", "детство"}
)
# Of a region also the word for the office changes.
_FIELDS_AND_HEADS: Final = _FIELDS | AUTHORITIES | {"министерство", _SUBJECT}
# A municipality has one of each, called by more or fewer words: «дом творчества», «методический центр».
_ONE_OF_A_KIND: Final = frozenset({"training", "extra"})
_OWNERS: Final = frozenset({"municipal", "regional"})
_TOWN: Final = re.compile(r"\b(?:город|г)\b")
_JOINED: Final = re.compile(r"([^\W\d_]+)\s+и\s+([^\W\d_]+)")


class Excuses:
    """What the registers know as a whole: which offices are the only ones, of which regions they have all places."""

    def __init__(
        self, records: Sequence[RegisterRecord], sides: Sequence[Sides], places: Mapping[NamedNode, str]
    ) -> None:
        self._places = places
        self._complete = {record.region for record in records if record.kind == "territory"}
        self._bodies = Counter(
            (record.territory, side.kind)
            for record, side in zip(records, sides, strict=True)
            if record.status == "in-force" and (side.kind != "authority" or _SUBJECT in side.words)
        )

    def of(  # noqa: PLR0917  (what was found, both sides, and the words without answer on each)
        self,
        judgement: Judgement,
        asked: Asked,
        record: RegisterRecord,
        side: Sides,
        left: Collection[str],
        lacking: Collection[frozenset[str]],
    ) -> set[str]:
        """
        The findings against the entry that are excused.

        `left` are words of the mention that nothing of the entry answers to, `lacking` those of each name of the entry
        that the mention does not say.
        """
        excused = set()
        ours = asked.ours
        if "division differs" in judgement.against and self._same_name(asked, record, side):
            excused.add("division differs")
        if "place of another kind" in judgement.against and self._was_district(record):
            excused.add("place of another kind")
        here = {"settlement equal", "municipality equal"} & judgement.found
        if here and "number equal" in judgement.found and {ours.owner, *side.owners} <= _OWNERS:
            excused.add("owner differs")
        if self._only_office(asked, record, side):
            changing = _FIELDS_AND_HEADS if self._of_region(asked, record) else _FIELDS
            if changing.issuperset(left):
                excused.add("words unexplained")
            if any(changing.issuperset(words) for words in lacking):
                excused.add("words unsaid")
        elif (left and here and set(left) <= set(ours.honoured) and not any(name.honoured for name in side.names)) and (
            "number equal" in judgement.found or self._bodies[record.territory, asked.kind] == 1
        ):
            # Registers leave out after whom a body is called.
            excused.add("words unexplained")
        elif side.kind != "authority":
            only = asked.kind in _ONE_OF_A_KIND and self._bodies[record.territory, asked.kind] == 1
            if (here and only) or any(_stand_for(words, ours, side) for words in lacking):
                excused.add("words unsaid")
        return excused

    def _same_name(self, asked: Asked, record: RegisterRecord, side: Sides) -> bool:
        """Whether a municipality is called by the same words but for its kind; a town is no district of its name."""
        said = [word for word in asked.ours.words if word not in PLACE_KINDS]
        same = all(word in side.words or any(misspelt(word, other) for other in side.words) for word in said)
        return bool(said) and same and not self._is_town(record.territory)

    def _was_district(self, record: RegisterRecord) -> bool:
        """Whether the municipality may have been a district, and the registers know that there is none now."""
        return record.region in self._complete and not self._is_town(record.territory)

    def _is_town(self, place: NamedNode | None) -> bool:
        return place is not None and bool(_TOWN.search(normalise(self._places.get(place, ""))))

    def _only_office(self, asked: Asked, record: RegisterRecord, side: Sides) -> bool:
        """Whether the mention is of the office of education of a place that has one only."""
        return (
            asked.kind == side.kind == "authority"
            and any(
                word in _SUBJECTS and asked.ours.words[max(0, at - 1)] != "муниципальный"
                for at, word in enumerate(asked.ours.words)
            )
            and _SUBJECT in side.words
            and self._bodies[record.territory, "authority"] == 1
            and (record.territory in asked.named or self._of_region(asked, record))
        )

    def _of_region(self, asked: Asked, record: RegisterRecord) -> bool:
        """Whether the body is of the whole region, and the mention names this."""
        named = asked.whole or any(word in asked.known and word not in PLACE_KINDS for word in asked.ours.words)
        return named and record.region is not None and record.territory == record.region


def _stand_for(lacking: frozenset[str], ours: Name, side: Sides) -> bool:
    """
    Whether another word stands for each that is lacking: «поддержки» for «выявления и поддержки».

    For both it is what they are done to: «центр одаренных детей» for «центр выявления и поддержки одаренных детей».
    """
    said: dict[str, str] = {}
    for name in side.names:
        for found in _JOINED.finditer(name.text) if " и " in name.text else ():
            first, second = lemma(found[1]), lemma(found[2])
            said[first], said[second] = second, first
            if lacking <= {first, second} and set(lemmas(name.text[found.end() :])[:1]).intersection(ours.words):
                return True
    return all(said.get(word, word) not in lacking for word in lacking)
