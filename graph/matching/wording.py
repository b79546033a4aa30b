"""
A name as it stands in running text, brought to the wording of a register.

Each step undoes what people and word processors do to any name.  Latin letters that look like Cyrillic ones come from
the keyboard; numbers are written as words or Roman; dates and school years belong to the sentence; blanks are lost
between words; «обр-я», «д/с», «г.о.» are short for words that the register writes out.  A post before a body («директор
школы № 2») is of people, a noun in the plural («школы района») is a group: neither is the body, so nobody may link them
unseen.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ontology.language import collapse, initials, lemma, normalise, readings
from ontology.language.abbreviations import countrywide
from ontology.language.actor_nouns import actor_noun

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOKALIKES: Final = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
_LATIN: Final = re.compile(r"[A-Za-z]")
_MIXED: Final = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[А-Яа-яЁё])[^\W\d_]+")
_CAPITALS: Final = re.compile(r"\b[ABCEHKMOPTXY]{3,}\b")
_DATES: Final = re.compile(
    r"\(?\b(?:(?:до|с|от|на|по)\s+)?(?:\d{1,2}\.\d{1,2}\.\d{4}|(?:19|20)\d\d\s*[-–—/]\s*(?:20)?\d\d|(?:19|20)\d\d(?=\s*(?:г\.|год|уч)))"
    r"\s*(?:г\.|годы?|года)?\s*(?:уч\w*\.?\s*год\w*)?\)?"
)
_ASIDES: Final = re.compile(
    r"\((?:по согласованию|при наличии)\)|^\s*(?:ответственн\w+|исполнител\w+)\s*:", re.IGNORECASE
)
_BEFORE: Final = re.compile(
    r"^\s*(?:(?:совместно|во взаимодействии) со?|при (?:участии|поддержке)|на (?:базе|площадке|территории)|по линии"
    r"|в лице|со стороны|силами|через|во?|для|от|из|у|со?|к)\s+",
    re.IGNORECASE,
)
_ROMAN: Final = re.compile(r"(?<=[№N])\s*(?P<number>[IVXХ]{1,5})\b")
_ROMAN_VALUES: Final[Mapping[str, int]] = {"I": 1, "V": 5, "X": 10, "Х": 10}
_CARDINALS: Final = (
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
)
_ORDINALS: Final = (
    "первый",
    "второй",
    "третий",
    "четвертый",
    "пятый",
    "шестой",
    "седьмой",
    "восьмой",
    "девятый",
    "десятый",
    "одиннадцатый",
    "двенадцатый",
)
_VALUES: Final = {word: at for words in (_CARDINALS, _ORDINALS) for at, word in enumerate(words, 1)}
_NUMERAL: Final = r"(?:один|одинн|две|дву|два|дв[ае]н|втор|тр[ие]|четв|четы|пят|шест|сем|седьм|вос|дев|дес|перв)[а-яё]*"
_NUMBERED: Final = r"(?:школ[а-яё]+|гимнази[а-яё]+|лице[а-яё]+|сад[а-яё]*|СОШ|ООШ|СШ|ОШ|НОШ|ДС|ДОУ)"
_WORDED: Final = re.compile(
    rf"(?:№|номер)\s*(?P<sign>{_NUMERAL})\b|\b(?P<before>{_NUMERAL})(?=\s+{_NUMBERED}\b)"
    rf"|(?<=\w\s)(?P<after>(?<=ола\s|цей\s|зия\s|сад\s|СОШ\s|ООШ\s|\sСШ\s){_NUMERAL})\b",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(r"(?<=[а-яё]{4})(?=[А-ЯЁ][а-яё]{2})")
_RUN_TOGETHER: Final = re.compile(r"\b[А-ЯЁ]{5,}\b")
_TYPES_OF_SCHOOL: Final = ("СОШ", "ООШ", "НОШ", "СШ", "ОШ", "ДС")
_WRITTEN_OUT: Final = (
    (re.compile(r"\bобр-[а-яё]{1,2}\b", re.IGNORECASE), "образования"),
    (re.compile(r"\bр-о?н[а-яё]?\b", re.IGNORECASE), "район"),
    (re.compile(r"\bупр-[а-яё]{1,3}\b", re.IGNORECASE), "управление"),
    (re.compile(r"\bадм-[а-яё]{1,4}\b", re.IGNORECASE), "администрация"),
    (re.compile(r"\bком-т[а-яё]{0,2}\b", re.IGNORECASE), "комитет"),
    (re.compile(r"\bдеп-т[а-яё]{0,2}\b", re.IGNORECASE), "департамент"),
    (re.compile(r"\bгимн-[а-яё]{1,2}\b", re.IGNORECASE), "гимназия"),
    (re.compile(r"\b(?:м|мин)-в[оаеу]м?\b", re.IGNORECASE), "министерство"),
    (re.compile(r"\bуч-щ[еау]м?\b", re.IGNORECASE), "училище"),
    (re.compile(r"\bин-т[а-яё]{0,2}\b", re.IGNORECASE), "институт"),
    (
        re.compile(
            r"\b(?:д/с(?:ад[а-яё]{0,2})?|детсад[а-яё]{0,2}|(?:детск[а-яё]+\s)?садик[а-яё]{0,2})\b", re.IGNORECASE
        ),
        "детский сад",
    ),
    (re.compile(r"\b(?:ДОУ|ДОО)\s+(?=ДС\b|[Дд]етск|[Дд]ет\.)"), ""),
    (re.compile(r"\bс/ш\b", re.IGNORECASE), "средняя школа"),
    # «2-я школа», not «9-х классов».
    (re.compile(r"(?<=\d)-(?:я|й|ая|ой|ый|го|му|ую|ю)\b", re.IGNORECASE), ""),
    # In Ossetia and in Kalmykia: the administration of a town, a municipal district.
    (re.compile(r"\bАМСУ?\b"), "администрация"),
    (re.compile(r"(?<=[сц]кого\s)РМО\b"), "района"),
    (re.compile(r"\bг\.\s?о\."), "городской округ"),
    (re.compile(r"\bм\.\s?о\."), "муниципальный округ"),
    (re.compile(r"\bм\.\s?р\."), "муниципальный район"),
    (re.compile(r"\bмед(?:\.\s*|(?=колледж|училищ))", re.IGNORECASE), "медицинский "),
    (re.compile(r"\bпед(?:\.\s*|(?=колледж|училищ|институт|университет))", re.IGNORECASE), "педагогический "),
    (re.compile(r"\bагро(?=колледж|техникум)", re.IGNORECASE), "аграрный "),
    (re.compile(r"\b(?:ДОУ|ДОО)(?=\s*(?:№|«|\"|\d))"), "детский сад"),
)
_OF_CHILDREN: Final = re.compile(r"\b(?:ДОУ|ДОО)(?=\s(?P<title>[А-ЯЁ][а-яё]+)\b)")
_WORDS: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TELLING: Final = frozenset({"legal-form", "school-type", "body"})
_ALL: Final = frozenset({"весь", "все", "каждый", "остальной", "другой"})
_CREWS: Final = frozenset({"команда", "коллектив", "группа", "общественность"})
_NUMBER: Final = re.compile(r"№|\b\d{1,3}\b(?![-+])")
_QUOTE: Final = re.compile('[«"“„]')
# «РД», «РС(Я)», «ХМАО-Югры» behind a name.
_LAST_CAPITALS: Final = re.compile(r"[\s,(]+(?P<short>[А-ЯЁ]{2,5}(?:\([А-ЯЁ]\))?(?:\s?[-–—]\s?[А-ЯЁ][а-яё]+)?)\)?$")
_PERSON: Final = re.compile(r"\s+[А-ЯЁ][а-яё]+\s[А-ЯЁ]\.\s?[А-ЯЁ]\.\s*$")


@lru_cache(maxsize=8192)
def worded(text: str) -> str:
    """The text in the wording of registers; one that is so already comes back with its white space put in order."""
    text = collapse(text)
    if _LATIN.search(text):
        text = _MIXED.sub(lambda found: found[0].translate(_LOOKALIKES), text)
        text = _CAPITALS.sub(_known_in_cyrillic, text)
        text = _ROMAN.sub(lambda found: f" {_of_roman(found['number'])}", text)
    text = _WORDED.sub(_in_digits, text)
    text = _JOINED.sub(" ", text)
    text = _RUN_TOGETHER.sub(_parted, text)
    for short, full in _WRITTEN_OUT:
        text = short.sub(full, text)
    return _OF_CHILDREN.sub(_kindergarten, text)


@lru_cache(maxsize=8192)
def mentioned(text: str) -> tuple[str, bool]:
    """The body of which a sentence speaks, in the wording of registers, and whether it speaks of people of it."""
    text = _BEFORE.sub("", _ASIDES.sub(" ", _DATES.sub(" ", worded(text)))).strip(" ,;")
    words = list(_WORDS.finditer(text))
    if not words or not _is_of_people(words[0][0]):
        return text, False
    for word in words[1:]:
        if _names_body(word[0]):
            return _PERSON.sub("", text[word.start() :]), True
    return text, True


def without_region(text: str, region: str) -> str:
    """The name without the initials of its region at the end: «Индустриальный техникум РД» in Dagestan."""
    found = _LAST_CAPITALS.search(text)
    if found is None:
        return text
    known = countrywide().get(found["short"])
    letters = "".join(letter for letter in found["short"] if letter.isupper())
    if letters != initials(region) or (known is not None and known.kind != "modifier"):
        return text
    return text[: found.start()]


@lru_cache(maxsize=8192)
def is_group(text: str) -> bool:
    """
    Whether the text names no single body but several, or people.

    «Школы района», «все ДОУ», «ОО города», «классные руководители»; not «школы № 2», which one may write of one school.
    """
    said, people = mentioned(text)
    words = _WORDS.findall(said)
    if people and not any(map(_names_body, words)):
        return True
    if _NUMBER.search(said):
        return False
    plural = False
    for word in words:
        known = countrywide().get(word)
        if known is not None and known.kind == "group":
            return not _QUOTE.search(said)
        if known is not None and known.kind in _TELLING:
            return plural
        if lemma(word) in _ALL:
            return True
        noun = actor_noun(word)
        if noun is not None:
            return plural or noun.kind in {"post", "person"} or lemma(word) in _CREWS or _only_plural(word)
        if not _is_attribute(word):
            return lemma(word) in _CREWS
        plural = plural or _only_plural(word)
    return False


def _known_in_cyrillic(found: re.Match[str]) -> str:
    changed = found[0].translate(_LOOKALIKES)
    return changed if changed in countrywide() else found[0]


def _of_roman(letters: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in letters]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _in_digits(found: re.Match[str]) -> str:
    word = next(filter(None, found.groups()))
    value = _VALUES.get(lemma(word))
    return found[0] if value is None else f"№ {value}"


def _kindergarten(found: re.Match[str]) -> str:
    """«ДОУ Солнышко» is one of them, «ДОУ Томска» are all of the town."""
    return "детский сад" if lemma(found["title"]) == normalise(found["title"]) else found[0]


def _parted(found: re.Match[str]) -> str:
    """«МКОУСОШ» in its two parts, if both are known and the whole is not."""
    word, known = found[0], countrywide()
    if word not in known:
        for end in _TYPES_OF_SCHOOL:
            form = known.get(word.removesuffix(end))
            if word.endswith(end) and form is not None and form.kind == "legal-form":
                return f"{word.removesuffix(end)} {end}"
    return word


def _is_of_people(word: str) -> bool:
    noun = actor_noun(word)
    return (noun is not None and noun.kind in {"post", "person"}) or lemma(word) in _CREWS


def _names_body(word: str) -> bool:
    known = countrywide().get(word)
    if known is not None:
        return known.kind in _TELLING
    noun = actor_noun(word)
    return (noun is not None and noun.kind == "organisation") or lemma(word) in {"муниципальный", "государственный"}


def _only_plural(word: str) -> bool:
    numbers = {reading.number for reading in readings(word) if reading.part is not None}
    return numbers == {"plur"}


def _is_attribute(word: str) -> bool:
    return any(reading.part in {"ADJF", "PRTF"} for reading in readings(word))
