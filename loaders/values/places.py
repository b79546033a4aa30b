"""
Level and territory of a document, from its title, its head, its glossary and its file name.

The most specific clue wins: school, municipality, hub, region (design of the extraction, 4.1, step 2).  A clue in
running text must name its territory as one («Бакчарского района», «администрации города Бердска»); a bare «г. Томск»
there is the place of signing and counts only in the title.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from loaders.extraction import Territory
from loaders.values.place_clues import HUB, NAME, Municipality, PlaceFinder
from loaders.values.place_names import nominative_adjective, nominative_kind
from ontology.language import collapse, normalise, readings, slug
from ontology.language.abbreviations import countrywide
from ontology.reference import COUNTRY, Hub, Reference, TerritoryRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The head of a document: title page, approval, order; prose further down speaks of other places too.
_HEAD_LINES: Final = 30
_FORMS: Final = frozenset(("ЗАТО",))
_HUB_TITLE: Final = rf"{HUB}|межмуниципальн|межрайонн|образовательн\w+ округ|территориальн\w+ округ"
_SUBJECTS: Final = re.compile(r"федеральн\w+ округ|\b(?:областей|краев|республик)\b|\b(?:областях|краях|республиках)\b")
_SEVERAL: Final = re.compile(
    rf"(?P<names>{NAME}(?:\s*,\s*{NAME})*\s+и\s+{NAME})\s+(?P<adjective>(?:муниципальн|городск)(?:ые|ых|ым|ыми|ие|их)\s+)?"
    r"(?P<noun>район(?:ы|ов|ам|ами|ах)|округ(?:а|ов|ам|ами|ах))(?![а-яё])"
)
_FEDERAL: Final = re.compile(
    r"федеральн\w+|российск\w+ федераци\w+|минпросвещени\w+|\bРФ\b|всероссийск\w+", re.IGNORECASE
)


class Place(NamedTuple):
    """
    `level` is an id of the level scheme, None if nothing tells it; `territory` has nominative names.

    `key` is that of the reference data or, for a municipality it does not know, «subject-slug»; `within` is the key of
    the territory that `key` lies in.
    """

    level: str | None
    territory: Territory
    key: str
    within: str | None


def read_place(
    *,
    title: str | None,
    head_lines: Iterable[str] = (),
    file_name: str = "",
    glossary: Mapping[str, str] | None = None,
    reference: Reference,
) -> Place:
    """
    The level of the body whose plan this is, and its territory.

    Names come in the nominative whatever their case in the text («Хорольского муниципального округа» gives
    «Хорольский муниципальный округ»).  The federal subject is sought in the title first, then in the head, the
    glossary and the file name; a municipality that the reference data knows brings its subject.
    Without any clue the level is None and the territory is empty, with the key of the country.
    """
    finder = PlaceFinder(reference)
    first = _without_shouting(collapse(title or ""))
    lines = [_without_shouting(collapse(line)) for line in head_lines if line.strip()]
    name = re.sub(r"[_\W]+", " ", file_name.rpartition(".")[0] or file_name)
    head = [line for line in lines[:_HEAD_LINES] if _is_of_the_issuer(line)]
    expansions = list((glossary or {}).values())

    municipality = finder.municipality(first, anywhere=True) or next(
        (found for line in [*head, *expansions, name] if (found := finder.municipality(line, anywhere=False))),
        None,
    )
    subject = finder.subject([first, *lines, *expansions, *(glossary or {}), name]) or finder.subject_of_body(first)
    if municipality is not None and municipality.record is not None:
        own = reference.territories.get(municipality.record.territory)
        subject = own or subject
    school = finder.school([first, *head, name])
    hub = finder.hub(first)
    if hub is not None and school is None:
        return _hub_place(hub, reference)
    members = _municipalities(first)
    if school is None and (
        re.search(HUB, first, re.IGNORECASE) or (members and re.search(_HUB_TITLE, first, re.IGNORECASE))
    ):
        place = _place("hub", subject, None)
        return place._replace(territory=Territory(place.territory.federal_subject, None, members or None))
    joint = [row.label_ru for row in finder.subjects_in(first)]
    if school is None and municipality is None and len(joint) > 1 and re.search(r"межрегиональн", first, re.IGNORECASE):
        place = _place("interregional", None, None)
        return place._replace(territory=Territory(None, None, joint))
    if school is not None:
        level: str | None = "school"
        # A school prints the town it lies in on a line of its own.
        municipality = municipality or next(
            (found for line in head if (found := finder.municipality(line, anywhere=True))), None
        )
        if municipality is not None and municipality.record is not None:
            subject = reference.territories.get(municipality.record.territory) or subject
        if school.record is not None and municipality is None:
            municipality = Municipality(school.record.label_ru, school.record)
            subject = reference.territories.get(school.record.territory) or subject
    elif municipality is not None:
        level = "municipality"
    elif re.search(_HUB_TITLE, first, re.IGNORECASE):
        level = "hub"
    elif _SUBJECTS.search(normalise(first)):
        level, subject = "interregional", None
    elif subject is not None:
        level = "region"
    elif re.search(r"межрегиональн", first, re.IGNORECASE):
        level = "interregional"
    elif any(_FEDERAL.search(text) for text in [first, *head]):
        level = "federal"
    else:
        level = None
    return _place(level, subject, municipality)


def _municipalities(text: str) -> list[str]:
    """Municipalities that share one noun, in the nominative: «Ординский и Берёзовский муниципальные округа»."""
    found = _SEVERAL.search(text)
    if found is None:
        return []
    kind = "район" if found["noun"].startswith("район") else "округ"
    adjective = (found["adjective"] or "").strip()
    words = [*([nominative_kind(adjective)] if adjective else []), kind]
    names = [nominative_adjective(name) for name in re.findall(NAME, found["names"])]
    return [" ".join([name, *words]) for name in names if name]


def key_of(territory: Territory | None, reference: Reference) -> str:
    """The `Place.key` of a territory by its nominative names."""
    rows = reference.territories.values()
    region = territory.federal_subject if territory else None
    name = territory.municipality if territory else None
    subject = next((row for row in rows if row.kind == "federal-subject" and row.label_ru == region), None)
    above = subject.key if subject else COUNTRY
    known = next((row for row in rows if row.territory == above and row.label_ru == name), None)
    return _place(None, subject, Municipality(name, known) if name else None).key


def _hub_place(hub: Hub, reference: Reference) -> Place:
    members = [reference.territories[key].label_ru for key in hub.members]
    subject = reference.territories[hub.territory]
    return Place("hub", Territory(subject.label_ru, None, members), subject.key, subject.territory or None)


def _place(
    level: str | None,
    subject: TerritoryRecord | None,
    municipality: Municipality | None,
) -> Place:
    region = subject.label_ru if subject else None
    above = subject.key if subject else COUNTRY
    if municipality is None:
        return Place(level, Territory(region), above, (subject.territory or None) if subject else None)
    if municipality.record is not None:
        record = municipality.record
        return Place(level, Territory(region, record.label_ru), record.key, record.territory)
    key = slug(municipality.name)
    return Place(level, Territory(region, municipality.name), f"{above}-{key}" if key else above, above)


def _is_of_the_issuer(line: str) -> bool:
    """Whether a line of the head speaks of who approves or issues, and does not cite an act of somebody else."""
    return not re.search(r"в соответствии с|во исполнение|на основании|руководствуясь", normalise(line))


def _without_shouting(text: str) -> str:
    """Words all in capitals in small letters, names of places with one capital; abbreviations are kept."""
    return re.sub(r"[А-ЯЁ]{4,}(?:-[А-ЯЁ]+)*", lambda match: _small(match.group()), text)


def _small(word: str) -> str:
    known = readings(word)[0]
    if word in countrywide() or word in _FORMS or known.part is None or "Abbr" in known.grammemes:
        return word
    if "Geox" in known.grammemes or re.search(r"[сц]к(?:ого|ому|ий|им|ом|ая|ой|ую|ое)$", word.lower()):
        return "-".join(part.capitalize() for part in word.split("-"))
    return word.lower()
