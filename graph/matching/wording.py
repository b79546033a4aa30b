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

from graph.matching.shorts import WRITTEN_OUT
from graph.matching.vocabulary import respelt
from ontology.language import collapse, initials, is_word, lemma, normalise, readings
from ontology.language.abbreviations import countrywide
from ontology.language.actor_nouns import actor_noun

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOKALIKES: Final = str.maketrans("ABCEHKMOPTXYaceopxykmtuhb", "АВСЕНКМОРТХУасеорхукмтинь")
_LATIN: Final = re.compile(r"[A-Za-z]")
_MIXED: Final = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[А-Яа-яЁё])[^\W\d_]+")
# «c. Ключи» and «г.o.», of a Russian keyboard one letter of which was Latin.
_ALONE: Final = re.compile(r"(?<![A-Za-z])[acopxyCOP](?=[.\s]\s?[А-ЯЁа-яё])")
_DIGITS_FOR_LETTERS: Final = re.compile(r"(?<=[А-ЯЁ])0(?=[А-ЯЁ])|(?<=\b[А-ЯЁ]{2})0\b|(?<![\w№])3(?=[а-яё]{3})")
_CAPITALS: Final = re.compile(r"\b[ABCEHKMOPTXY]{3,}\b")
_DATES: Final = re.compile(
    r"\(?\b(?:(?:до|с|от|на|по)\s+)?(?:\d{1,2}\.\d{1,2}\.\d{4}|(?:19|20)\d\d\s*[-–—/]\s*(?:20)?\d\d|(?:19|20)\d\d(?=\s*(?:г\.|год|уч)))"
    r"\s*(?:г\.|годы?|года)?\s*(?:уч\w*\.?\s*год\w*)?\)?"
)
_ASIDES: Final = re.compile(
    r"\((?:по согласованию|при наличии)\)|^\s*(?:ответственн\w+|исполнител\w+)\s*:", re.IGNORECASE
)
# What a body is for others: «(базовая школа)», «опорная площадка:», «региональный координатор —».
_PART: Final = (
    r"(?:базов|опорн|пилотн|стажировочн|ресурсн|инновационн|координатор|оператор|куратор|организатор|площадк|участник|партн[её]р"
    r"|ответственн|отв\b|исполнител|соисполнител|исп\b|наставник|наставляем)[а-яё]*\.?"
)
_WITH_PART: Final = r"(?:(?:школ|организац|учрежден|центр|региональн|муниципальн|федеральн|главн|основн)[а-яё]*\s)*"
_PARTS: Final = rf"{_WITH_PART}{_PART}(?:\s(?:{_PART}|(?:школ|организац|учрежден|центр|проект|сад|сет|хаб)[а-яё]*))*"
_BESIDE: Final = re.compile(
    rf"\(\s*{_PARTS}\s*\)|^\s*{_PARTS}\s*[:–—-]\s|\s[–—-]\s{_PARTS}\s*$|,\s{_PARTS}\s*$"
    rf"|^\s*{_PARTS}\s(?=[А-ЯЁ]{{2,6}}У\b)",
    re.IGNORECASE,
)
# Of a list: «1)», «•», «[2]».
_OF_LISTS: Final = re.compile(r"^\s*(?:[-–—•*·]+|\d{1,2}[.)])\s+(?=\D)|\s*(?:\[\d+\]|[*¹²³]+)[\s;.]*$")
_BEFORE: Final = re.compile(
    r"^\s*(?:(?:совместно|во взаимодействии) со?|при (?:участии|поддержке)|на (?:базе|площадке|территории)|по линии"
    r"|в лице|со стороны|силами|через|во?|для|от|из|у|со?|к)\s+",
    re.IGNORECASE,
)
# «Ns 5» of a scan, «N° 5», «#5».
_NUMBER_SIGN: Final = re.compile(r"(?:(?<![A-Za-z])N(?:[º°se]|o\.?)|#)\s?(?=\d)")
# «Заречная средняя» is a school.
_SCHOOLS: Final = re.compile(r"школ|шк\b|[СОН]ОШ|СШ|ОШ|гимнази|лице[йяюе]|учили|колледж|интернат", re.IGNORECASE)
_SCHOOL_LEFT_OUT: Final = re.compile(r"\b(?:средняя|основная|начальная)\b(?:\sобщеобразовательная)?")
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
# Of which each numeral has one.
_OF_NUMERALS: Final = (
    *("один", "две", "дву", "два", "втор", "три", "тре", "четв", "четы", "пят", "шест", "сем", "седьм", "вос", "дев"),
    *("дес", "перв"),
)
_NUMERAL: Final = r"(?:один|одинн|две|дву|два|дв[ае]н|втор|тр[ие]|четв|четы|пят|шест|сем|седьм|вос|дев|дес|перв)[а-яё]*"
_NUMBERED: Final = r"(?:детск[а-яё]+|школ[а-яё]+|гимнази[а-яё]+|лице[а-яё]+|сад[а-яё]*|СОШ|ООШ|СШ|ОШ|НОШ|ДС|ДОУ)"
_WORDED: Final = re.compile(
    rf"(?:№|номер)\s*(?P<sign>{_NUMERAL})\b|\b(?P<before>{_NUMERAL})(?=\s+{_NUMBERED}\b)"
    rf"|(?<=\w\s)(?P<after>(?<=ола\s|цей\s|зия\s|сад\s|СОШ\s|ООШ\s|\sСШ\s){_NUMERAL})\b",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(r"(?<=[а-яё]{4})(?=[А-ЯЁ][а-яё]{2})")
_RUN_TOGETHER: Final = re.compile(r"\b[А-ЯЁ]{5,}\b")
_BEHIND_FORM: Final = ("СОШ", "ООШ", "НОШ", "СШ", "ОШ", "ДС", "ДОД", "ДПО", "СПО", "ДО", "ВО")
# A line that ended within a word.
_BROKEN: Final = re.compile(r"\b(?P<first>[А-ЯЁа-яё]*[а-яё])[-‐]\s(?P<rest>[а-яё]+)\b")
_OF_CHILDREN: Final = re.compile(r"\b(?:ДОУ|ДОО)(?=\s(?P<title>[А-ЯЁ][а-яё]+)\b)")
_WORDS: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TELLING: Final = frozenset({"legal-form", "school-type", "body"})
_ALL: Final = frozenset({"весь", "все", "каждый", "остальной", "другой"})
_CREWS: Final = frozenset({"команда", "коллектив", "группа", "общественность"})
_NUMBER: Final = re.compile(r"№|\b\d{1,3}\b(?![-+])")
_QUOTE: Final = re.compile('[«"“„]')
# «РД», «РС(Я)», «ХМАО-Югры» behind a name.
_LAST_CAPITALS: Final = re.compile(r"[\s,(]+(?P<short>[А-ЯЁ]{2,5}(?:\([А-ЯЁ]\))?(?:\s?[-–—]\s?[А-ЯЁ][а-яё]+)?)\)?$")
# «(директор Антипов В. Н.)», «, нач. Шутова О.Г.» behind a body.
_HEAD: Final = re.compile(
    r"\s*(?:\((?:[а-яё.]+\s?){0,3}(?P<inside>[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s[А-ЯЁ]\.\s?[А-ЯЁ]\.?|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]+)\)"
    r"|[,;–—-]\s*(?P<post>[а-яё]{3,}\.?)\s(?:[а-яё.]+\s?){0,2}"
    r"(?:[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s[А-ЯЁ]\.\s?[А-ЯЁ]\.?|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]+)\s*$)"
)
_POSTS_SHORT: Final = frozenset({"дир", "рук", "нач", "зав", "зам", "пред"})
_INSTITUTE: Final = re.compile(r"\b(?P<region>[А-ЯЁ]{1,3})(?P<institute>ИРО)\b")
_PERSON: Final = re.compile(r"\s+[А-ЯЁ][а-яё]+\s[А-ЯЁ]\.\s?[А-ЯЁ]\.\s*$")


@lru_cache(maxsize=8192)
def worded(text: str) -> str:
    """The text in the wording of registers; one that is so already comes back with its white space put in order."""
    text = collapse(text)
    if "- " in text or "‐ " in text:
        text = _BROKEN.sub(_whole, text)
    if _LATIN.search(text):
        text = _MIXED.sub(lambda found: found[0].translate(_LOOKALIKES), text)
        text = _CAPITALS.sub(_known_in_cyrillic, text)
        text = _ROMAN.sub(lambda found: f" {_of_roman(found['number'])}", text)
        text = _ALONE.sub(lambda found: found[0].translate(_LOOKALIKES), text)
    if "0" in text or "3" in text:
        text = _DIGITS_FOR_LETTERS.sub(lambda found: "З" if found[0] == "3" else "О", text)
    text = respelt(text)
    if "N" in text or "#" in text:
        text = _NUMBER_SIGN.sub("№ ", text)
    text = _JOINED.sub(" ", text)
    text = _RUN_TOGETHER.sub(_parted, text)
    text = _written_out(text)
    if any(map(text.lower().__contains__, _OF_NUMERALS)):
        text = _WORDED.sub(_in_digits, text)
    if _SCHOOL_LEFT_OUT.search(text) and not _SCHOOLS.search(text):
        text = _SCHOOL_LEFT_OUT.sub(r"\g<0> школа", text)
    return _OF_CHILDREN.sub(_kindergarten, text) if "ДО" in text else text


def _written_out(text: str) -> str:
    plain = text.lower()
    for parts, short, full in WRITTEN_OUT:
        for part in parts:
            if part in plain:
                text = short.sub(full, text)
                plain = text.lower()
                break
    return text


@lru_cache(maxsize=8192)
def mentioned(text: str) -> tuple[str, bool]:
    """The body of which a sentence speaks, in the wording of registers, and whether it speaks of people of it."""
    text = _BESIDE.sub(" ", _ASIDES.sub(" ", _DATES.sub(" ", worded(_OF_LISTS.sub("", text)))))
    text = _BEFORE.sub("", text).strip(" ,;")
    text = _HEAD.sub(_without_head, text)
    words = list(_WORDS.finditer(text))
    if not words or not _is_of_people(words[0][0]):
        return text, False
    for word in words[1:]:
        if _names_body(word[0]):
            return _PERSON.sub("", text[word.start() :]), True
    return text, True


def _of_this_region(found: re.Match[str], region: str) -> str:
    own = initials(region)
    said = normalise(found["region"]).upper()
    ours = all(said.count(letter) <= own.upper().count(letter) for letter in said)
    return found["institute"] if ours and found[0] not in countrywide() else found[0]


def _without_head(found: re.Match[str]) -> str:
    """Nothing, if it says who is at the head of the body; «(им. Гагарина Ю. А.)» says what it is called."""
    said = _WORDS.findall(found[0])
    if found["post"] is not None:
        return "" if said[0] in _POSTS_SHORT or _is_of_people(said[0]) else found[0]
    return found[0] if any(word in {"им", "имени", "имя"} for word in said) else ""


def without_region(text: str, region: str) -> str:
    """The name without the initials of its region: «Индустриальный техникум РД» in Dagestan, «АИРО» in Altai."""
    text = _INSTITUTE.sub(lambda found: _of_this_region(found, region), text)
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


def _whole(found: re.Match[str]) -> str:
    """«обра- зования» as one word; «научно- методический» and «мало- и среднего» are none."""
    word = found["first"] + found["rest"]
    return word if is_word(word) else found[0]


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
    """«МКОУСОШ», «МБУДО» in their two parts, if both are known and the whole is not."""
    word, known = found[0], countrywide()
    if word not in known:
        for end in _BEHIND_FORM:
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
