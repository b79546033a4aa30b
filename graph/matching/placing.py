"""
How well the place of an entry fits what a mention says of places.

«Н. Оскол» is no Старый Оскол: some word of the place has to begin as the word that is cut short does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from graph.matching.gazetteer import PLACE_KINDS
from graph.matching.likeness import alike, made_of, misspelt, of_one_stem
from ontology.language import lemma, normalise

if TYPE_CHECKING:
    from graph.matching.asked import Asked
    from graph.matching.gazetteer import Gazetteer
    from graph.matching.judging import Judgement, Sides
    from ontology.registers import RegisterRecord

# Places of one name are told apart by these.
_QUALIFIED: Final = re.compile(r"\b(?P<which>(?:больш|мал|верхн|нижн|нов|стар)[а-я]{2})\s(?P<place>[а-я]+)$")


def judge_places(
    judgement: Judgement, asked: Asked, record: RegisterRecord, side: Sides, *, gazetteer: Gazetteer
) -> None:
    """Add what region, municipality and settlement of the entry say for and against it, and whether it is in force."""
    mention = asked.mention
    if mention.region is not None and record.region is not None:
        if mention.region == record.region:
            judgement.find("region equal")
        else:
            of_told = record.region in asked.told
            of_place = record.territory in asked.elsewhere or (asked.strange and asked.strange <= side.own)
            judgement.find("region told" if of_told else "region of the place" if of_place else "region differs")
        if asked.of_another_region and record.region not in asked.told:
            theirs = side.words | side.places
            others = [word for word in set(asked.ours.words) - theirs if not made_of(word, theirs)]
            if gazetteer.other_region(others, mention.region):
                judgement.find("region named")
    if side.kind != "territory":
        _judge_municipality(judgement, asked, record, side, gazetteer)
        settlement = asked.ours.settlement
        if settlement:
            settlements = {name.settlement for name in side.names if name.settlement}
            if settlement in side.places or any(alike(settlement, one) > 0.8 for one in settlements):
                judgement.find("settlement equal", place=settlement)
            elif settlements and not any(
                misspelt(settlement, one) or of_one_stem(settlement, one) for one in (*settlements, *side.own)
            ):
                judgement.find("settlement differs", ours=settlement, theirs=", ".join(sorted(settlements)))
            elif _outside_town(settlement, asked, record, gazetteer):
                judgement.find("settlement differs", ours=settlement, theirs=record.address or record.name)
    for short, word in asked.ours.shortened:
        around = side.own | side.words
        same = {other for other in around if word == other or of_one_stem(word, other)}
        begins = any(other.startswith(short) and other != word for other in around)
        if (same and not begins) or (word in PLACE_KINDS and not same):
            judgement.find("settlement differs", ours=f"{short}. {word}", theirs=record.address or record.name)
    qualified = _qualified(record.address) if side.kind != "territory" else None
    if qualified is not None and _without_its_word(asked, qualified[1], qualified[2]):
        judgement.find("settlement differs", ours=qualified[2], theirs=qualified[0])
    if mention.day is not None and not record.holds_on(mention.day):
        judgement.find("not in force")


@lru_cache(maxsize=16_384)
def _qualified(address: str) -> tuple[str, str, str] | None:
    """The place at the end of an address that has a namesake, «большие ключи», its adjective, and its noun."""
    found = _QUALIFIED.search(normalise(address))
    return None if found is None else (found[0], found["which"], lemma(found["place"]))


def _without_its_word(asked: Asked, which: str, place: str) -> bool:
    """Whether the mention is of «Ключи», not of «Большие Ключи»."""
    ours, words = asked.ours, asked.ours.words
    said = any(form.startswith(which[:3]) or misspelt(form, which) for form in ours.printed)
    said = said or any(short[0] == which[0] for short, _ in ours.shortened)
    return not said and place not in PLACE_KINDS and any(word == place or of_one_stem(word, place) for word in words)


def _of_region(record: RegisterRecord, side: Sides, gazetteer: Gazetteer) -> bool:
    """Whether an entry without a municipality is of the region: «Департамент образования Томской области»."""
    words = side.names[0].words
    return record.region in gazetteer.told_regions(words) and not gazetteer.municipalities(words, record.region)


def _outside_town(settlement: str, asked: Asked, record: RegisterRecord, gazetteer: Gazetteer) -> bool:
    """Whether the settlement is a town with a municipality of its own, and the entry is of another."""
    towns = gazetteer.town(settlement, asked.mention.region) if asked.mention.region is not None else frozenset()
    return bool(towns) and record.territory is not None and record.territory not in towns | {record.region}


def _judge_municipality(
    judgement: Judgement, asked: Asked, record: RegisterRecord, side: Sides, gazetteer: Gazetteer
) -> None:
    territory, mention = record.territory, asked.mention
    if asked.whole and territory not in {None, record.region}:
        judgement.find("municipality differs")
        return
    if territory is None or territory == record.region:
        of_municipality = asked.named or (mention.territory is not None and mention.territory != mention.region)
        if side.kind == "authority" and of_municipality and _of_region(record, side, gazetteer):
            judgement.find("municipality differs")
        return
    if mention.territory is not None and mention.territory != mention.region:
        judgement.find("municipality equal" if mention.territory == territory else "municipality differs")
    elif asked.named or asked.elsewhere:
        same = territory in asked.named or territory in asked.elsewhere
        judgement.find("municipality equal" if same else "municipality differs")
    else:
        # «г. Асино» may be in a district.
        said = {"район", "округ"}.intersection(asked.ours.words)
        ours, theirs = asked.ours.division, gazetteer.division_of(territory)
        if said and {ours, theirs} == {"район", "городской округ"}:
            judgement.find("place of another kind")
