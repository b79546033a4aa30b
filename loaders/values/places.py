"""
Level and territory of a document, from its title, its head, its glossary and its file name.

The most specific clue wins: school, municipality, hub, region (design of the extraction, 4.1, step 2).  A clue in
running text must name its territory as one («Бакчарского района», «администрации города Бердска»); a bare «г. Томск»
there is the place of signing and counts only in the title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from loaders.extraction import Territory
from loaders.values.place_names import kind_of_area, nominative_adjective, nominative_city, nominative_kind
from ontology.language import collapse, lemma_key, normalise, readings, slug
from ontology.language.abbreviations import countrywide
from ontology.reference import COUNTRY, Body, Hub, Reference, TerritoryRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# The head of a document: title page, approval, order; prose further down speaks of other places too.
_HEAD_LINES: Final = 30
_HUB: Final = r"\bхаб(?:а|у|е|ом|ы|ов|ам|ами|ах)?\b"
_NAME: Final = r"[А-ЯЁ][а-яё]+(?:-[А-Яа-яЁё][а-яё]*)*"
# Cities of two words begin with an adjective: «Нижний Тагил», «Набережные Челны», «Минеральные Воды».
_TWO_WORDS: Final = (
    r"(?:Нижн|Верхн|Велик|Стар|Нов|Набережн|Минеральн|Вышн|Мал|Больш|Горяч|Красн|Западн|Восточн|Северн|Южн|Полярн"
    rf"|Лодейн|Бел|Черн|Дальн|Сладк)(?:ий|ый|ая|ое|ие|ые|ого|его|ой|ей|их|ых|ому|ему|ом|ем)\s+{_NAME}"
)
_AREA: Final = re.compile(
    r"(?P<name>(?!(?:Муниципальн|Городск|Сельск|Районн|Национальн|Образовательн|Внутригородск)[а-яё])"
    rf"{_NAME})(?P<kind>\s+(?:муниципальн\w+\s+|городск\w+\s+|национальн\w+\s+|административн\w+\s+)?"
    r"(?:район|округ|улус|кожуун)(?:а|у|е|ом)?)(?![а-яё])",
)
_NAMED_AREA: Final = re.compile(
    r"(?P<kind>[Мм]униципальн\w+\s+(?:район|округ|образовани)\w*|[Гг]ородск\w+\s+округ\w*"
    r"|[Сс]ельск\w+\s+поселени\w*|ЗАТО|МО|МР|ГО)\s+"
    rf"(?:г\.\s?|город\w*(?:-\w+)?\s+)?[«\"]?"
    rf"(?P<name>(?:имени\s+)?(?:[Гг]ород\s+)?{_NAME}(?:\s+{_NAME})?(?:\s+(?:район|округ))?)",
)
_FORMATION: Final = re.compile(
    rf"(?P<name>{_NAME})(?P<kind>\s+(?:районн|городск)\w+\s+муниципальн\w+\s+образовани\w+)",
)
_CITY: Final = re.compile(
    r"(?P<prefix>\b[Гг]ород(?:а|у|е|ом)?(?:-(?:курорт|геро|спутник)\w*)?\s+|\bг\.\s?|\bг\s"
    r"|\b(?:рабоч\w+\s+)?пос[её]лк\w+(?:\s+городского\s+типа)?\s+|\bнаукоград\w*\s+|\bстаниц\w+\s+|\bпгт\.?\s*)"
    rf"(?P<name>{_TWO_WORDS}|{_NAME}(?:\s+(?:Новгород|Луки|Ола|Чел[ны]+)\w*)?)"
)
# «… Ангарска Иркутской области»: what stands before the name of a subject is a place in it.
_BEFORE_SUBJECT: Final = re.compile(
    rf"(?P<name>(?:{_NAME}\s+)?{_NAME})\s+(?:{_NAME}\s+(?:области|края)|{_NAME}\s+Республики|Республики\s+{_NAME})"
)
_REVERSED: Final = re.compile(rf"\bрайон(?:а|у|е|ом)?\s+[«\"]?(?P<name>{_NAME}(?:-{_NAME})?)")
_FORMS: Final = frozenset(("ЗАТО",))
_HUB_TITLE: Final = rf"{_HUB}|межмуниципальн|межрайонн|образовательн\w+ округ|территориальн\w+ округ"
_SUBJECTS: Final = re.compile(r"федеральн\w+ округ|\b(?:областей|краев|республик)\b|\b(?:областях|краях|республиках)\b")
_OF_SUBJECT: Final = r"\s+(?:\w+\s+){0,3}?(?:институт|академи|университет|центр|министерств|департамент)"
_SEVERAL: Final = re.compile(
    rf"(?P<names>{_NAME}(?:\s*,\s*{_NAME})*\s+и\s+{_NAME})\s+(?P<adjective>(?:муниципальн|городск)(?:ые|ых|ым|ыми|ие|их)\s+)?"
    r"(?P<noun>район(?:ы|ов|ам|ами|ах)|округ(?:а|ов|ам|ами|ах))(?![а-яё])"
)
_ADMINISTRATION: Final = re.compile(r"администраци\w+\s*$|департамент\w*\s*$|методическ\w+ служб\w+\s*$", re.IGNORECASE)
_SCHOOL: Final = re.compile(
    r"(?:детск\w+\s+сад|школ|гимнази|лице[йяюе]|прогимнази|техникум|колледж|школа-интернат)\w*\s*[«\"]?\s*(?:[№N]\s*\d|«|\"|с\.|пгт|г\.|п\.|д\.|имени|им\.)",
    re.IGNORECASE,
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


@dataclass(frozen=True, slots=True)
class _Municipality:
    name: str
    record: TerritoryRecord | None


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
    finder = _Finder(reference)
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
        re.search(_HUB, first, re.IGNORECASE) or (members and re.search(_HUB_TITLE, first, re.IGNORECASE))
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
            municipality = _Municipality(school.record.label_ru, school.record)
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
    names = [nominative_adjective(name) for name in re.findall(_NAME, found["names"])]
    return [" ".join([name, *words]) for name in names if name]


def key_of(territory: Territory | None, reference: Reference) -> str:
    """The `Place.key` of a territory by its nominative names."""
    rows = reference.territories.values()
    region = territory.federal_subject if territory else None
    name = territory.municipality if territory else None
    subject = next((row for row in rows if row.kind == "federal-subject" and row.label_ru == region), None)
    above = subject.key if subject else COUNTRY
    known = next((row for row in rows if row.territory == above and row.label_ru == name), None)
    return _place(None, subject, _Municipality(name, known) if name else None).key


def _hub_place(hub: Hub, reference: Reference) -> Place:
    members = [reference.territories[key].label_ru for key in hub.members]
    subject = reference.territories[hub.territory]
    return Place("hub", Territory(subject.label_ru, None, members), subject.key, subject.territory or None)


def _place(
    level: str | None,
    subject: TerritoryRecord | None,
    municipality: _Municipality | None,
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


class _Finder:
    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.subjects = [row for row in reference.territories.values() if row.kind == "federal-subject"]
        self.municipalities = [row for row in reference.territories.values() if row.kind == "municipality"]
        self.by_lemmas: dict[str, TerritoryRecord] = {}
        for row in self.municipalities:
            for name, _how in row.names():
                self.by_lemmas.setdefault(_name_key(name), row)

    def subject(self, texts: Iterable[str]) -> TerritoryRecord | None:
        """The first federal subject named in the first text that names one; the longest name at one place wins."""
        for text in texts:
            found = next(iter(self.subjects_in(text)), None)
            if found is not None:
                return found
        return None

    def subject_of_body(self, text: str) -> TerritoryRecord | None:
        """The subject of which a body is one by its adjective: «Белгородский институт развития образования»."""
        for row in self.subjects:
            word, _, kind = row.label_ru.partition(" ")
            if kind not in {"область", "край"}:
                continue
            if re.search(rf"(?<!\w){re.escape(word[:-2])}(?:ий|ый|ого|ому|им|ом){_OF_SUBJECT}", text):
                return row
        return None

    def subjects_in(self, text: str) -> Iterator[TerritoryRecord]:
        words = lemma_key(text).split()
        hits: list[tuple[int, int, TerritoryRecord]] = []
        for row in self.subjects:
            for name, _how in row.names():
                if re.fullmatch(r"[А-ЯЁ]{2,}(?:[-(][А-Яа-яё)]+)?", name):
                    # Two letters are too few to tell a subject: «ПК», «РТ».
                    if len(name) > 2 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                        hits.append((len(words), -1, row))
                    continue
                key = lemma_key(name).split()
                hits += [
                    (start, -len(key), row)
                    for start in range(len(words) - len(key) + 1)
                    if words[start : start + len(key)] == key and words[start + len(key) :][:1] != ["район"]
                ]
        seen = set()
        for _start, _length, row in sorted(hits, key=lambda hit: hit[:2]):
            if row.key not in seen:
                seen.add(row.key)
                yield row

    def municipality(self, text: str, *, anywhere: bool) -> _Municipality | None:
        """
        The municipality that `text` names, in the nominative.

        With `anywhere` a city counts wherever it stands; else only after «администрация» and the like.
        """
        masked = self._without_subjects(text)
        for pattern in (_AREA, _FORMATION, _NAMED_AREA, _CITY):
            for match in pattern.finditer(masked):
                if pattern is _CITY and not anywhere and not _ADMINISTRATION.search(masked[: match.start()]):
                    continue
                found = self._named(match, pattern)
                if found is not None:
                    return found
        if anywhere:
            return self._reversed(masked) or self._before_subject(text) or self._known_city(masked)
        return None

    def _reversed(self, text: str) -> _Municipality | None:
        """«района Хамовники»: a name that stays in the nominative after its kind."""
        match = _REVERSED.search(text)
        if match is None or not any(
            item.case == "nomn" and item.part == "NOUN" for item in readings(match["name"])[:2]
        ):
            return None
        return _Municipality(f"район {match['name']}", None)

    def _before_subject(self, text: str) -> _Municipality | None:
        for match in _BEFORE_SUBJECT.finditer(text):
            first, _, last = match["name"].rpartition(" ")
            if not any("Geox" in item.grammemes and item.part == "NOUN" for item in readings(last)[:2]):
                continue
            adjective = bool(first) and readings(first)[0].part == "ADJF" and match.start() > 0
            return self._city(f"{first} {last}" if adjective else last)
        return None

    def _named(self, match: re.Match[str], pattern: re.Pattern[str]) -> _Municipality | None:
        printed = match.group()
        known = self.by_lemmas.get(_name_key(printed)) or self.by_lemmas.get(_name_key(match["name"]))
        if known is not None and (pattern is not _AREA or "район" in printed or "округ" in printed):
            return _Municipality(known.label_ru, known)
        if pattern is _AREA:
            adjective = nominative_adjective(match["name"])
            if adjective is None:
                return None
            words = [nominative_kind(word) for word in match["kind"].split()]
            return _Municipality(" ".join([adjective, *words]), None)
        name = match["name"]
        if pattern is _FORMATION:
            adjective = nominative_adjective(name)
            kind = "районное" if "районн" in match["kind"] else "городское"
            return _Municipality(f"{adjective[:-2]}ое {kind} муниципальное образование", None) if adjective else None
        if pattern is _CITY:
            return self._city(name)
        kind = kind_of_area(match["kind"])
        inner = re.fullmatch(rf"(?P<adjective>{_NAME})\s+(?P<noun>район|округ)", name)
        if inner is not None:
            return _Municipality(f"{kind} «{name}»", None)
        named = name if name.startswith("имени ") else nominative_city(name)
        return _Municipality(f"{kind} {named}".strip(), None)

    def _city(self, name: str) -> _Municipality | None:
        nominative = nominative_city(name)
        known = self.by_lemmas.get(_name_key(nominative))
        if known is not None:
            return _Municipality(known.label_ru, known)
        if self._is_subject(nominative):
            return None
        return _Municipality(f"город {nominative}", None)

    def _known_city(self, text: str) -> _Municipality | None:
        """A city of the reference data without «г.»: «методической службы Томска»."""
        words = lemma_key(text).split()
        places = {
            item.lemma for word in re.findall(_NAME, text) for item in readings(word)[:2] if "Geox" in item.grammemes
        }
        for key, row in self.by_lemmas.items():
            length = len(key.split())
            city = row.label_ru.startswith("Город ") and key == lemma_key(row.label_ru.removeprefix("Город "))
            stands = any(words[start : start + length] == key.split() for start in range(len(words)))
            if city and stands and (length > 1 or key in places):
                return _Municipality(row.label_ru, row)
        return None

    def _is_subject(self, name: str) -> bool:
        return any(lemma_key(name) == lemma_key(other) for row in self.subjects for other, _how in row.names())

    def _without_subjects(self, text: str) -> str:
        """`text` with federal subjects and federal districts struck out, so that none is taken for a municipality."""
        text = re.sub(rf"{_NAME}(?:\s+{_NAME})?\s+(?:автономн|федеральн)\w+\s+(?:округ|област)\w*", " ", text)
        text = re.sub(rf"{_NAME}\s+(?:кра[йяюе]м?|област\w+)(?![а-яё])", " ", text)
        # «Удмуртской Республики», but not the name of a city before «Республики Коми».
        text = re.sub(rf"{_NAME}(?<=[аоу][йяю])\s+[Рр]еспублик\w+(?![а-яё])", " ", text)
        text = re.sub(rf"\b[Рр]еспублик\w+\s+{_NAME}(?:\s+Осети\w+)?", " ", text)
        return re.sub(
            r"(?:\bг\.\s?|\bгород\w*\s+)?(?:Москв(?:а|ы|е|у|ой)|Санкт-Петербург\w*|Севастопол\w+)\b", " ", text
        )

    def school(self, texts: Iterable[str]) -> _Municipality | None:
        """The school whose plan it is, as the municipality it lies in if the reference data knows the school."""
        forms = {
            item.short for item in countrywide().values() if item.kind == "legal-form" and _is_of_schools(item.short)
        }
        for text in texts:
            for row in self.reference.bodies.values():
                if isinstance(row, Body) and row.kind == "school" and lemma_key(row.label_ru) in lemma_key(text):
                    return _Municipality(row.label_ru, self.reference.territories[row.territory])
            words = set(re.findall(r"[А-ЯЁ]{2,}", text))
            if words & forms or (_SCHOOL.search(text) and not re.search(r"школ\w*\s+с\s", text)):
                return _Municipality("", None)
        return None

    def hub(self, text: str) -> Hub | None:
        if not re.search(_HUB, text, re.IGNORECASE):
            return None
        words = set(lemma_key(text).split())
        for hub in self.reference.hubs.values():
            if {word for word in lemma_key(hub.label_ru).split() if not word.startswith("хаб")} <= words:
                return hub
        return None


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


def _is_of_schools(form: str) -> bool:
    """МБОУ, МАДОУ, ГБПОУ: forms of schools, kindergartens, colleges; МБУ and МАУ are of anything."""
    return form.endswith(("ОУ", "ОО")) and form not in {"ФГБОУ", "ФГАОУ", "ФГКОУ"} and len(form) > 3


def _name_key(name: str) -> str:
    return lemma_key(re.sub(r"\bг\.", "город", name))
