"""
Words that names of bodies and territories share, in all their forms: misspelt, contracted or cut short they stay known.

«Минестерство», «кач-ва», «образовате-льное», «общеобразоват. школа», «управлениеобразования» are brought to such a word
where the dictionary has no word spelt so; what names one body only is never changed.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

from ontology.language import is_word, normalise
from ontology.language.lemmas import inflect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# In order of what a stump means the likeliest: «обр.» is «образование».
_NOUNS: Final = (
    *("образование", "управление", "администрация", "район", "область", "министерство", "департамент", "комитет"),
    *("отдел", "школа", "гимназия", "лицей", "интернат", "учреждение", "организация", "институт", "колледж"),
    *("техникум", "училище", "университет", "академия", "округ", "город", "поселок", "станица", "деревня", "село"),
    *("поселение", "республика", "территория", "центр", "развитие", "повышение", "квалификация", "переподготовка"),
    *("качество", "оценка", "выявление", "поддержка", "творчество", "культура", "искусство", "просвещение"),
    *("политика", "молодежь", "ребенок", "наука", "кабинет", "филиал", "предприятие", "хозяйство"),
    *("казачество", "ясли", "дворец", "воспитание", "мастерство", "край"),
)
_ADJECTIVES: Final = (
    *("муниципальный", "городской", "районный", "средний", "основной", "общеобразовательный", "образовательный"),
    *("дошкольный", "детский", "бюджетный", "казенный", "автономный", "государственный", "профессиональный"),
    *("дополнительный", "информационный", "методический", "педагогический", "медицинский", "аграрный"),
    *("индустриальный", "политехнический", "технологический", "технический", "региональный", "областной"),
    *("краевой", "одаренный", "сельский", "внутригородской", "федеральный", "национальный", "начальный"),
    *("вечерний", "коррекционный", "специальный", "молодежный", "социальный", "спортивный", "художественный"),
    *("музыкальный", "экономический", "гуманитарный", "советский", "российский", "повышенный", "комбинированный"),
)
_PEOPLE: Final = (
    "работник",
    "директор",
    "руководитель",
    "начальник",
    "заведующий",
    "учитель",
    "педагог",
    "герой",
    "союз",
)
_ALL: Final = (*_NOUNS, *_ADJECTIVES, *_PEOPLE)
_CASES: Final = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_GENDERS: Final = ("masc", "femn", "neut")
_TOKEN: Final = re.compile(r"(?<![\w.-])[^\W\d_]+(?:-[^\W\d_]+)?(?![\w-])")
_SHORTEST: Final = 5
_LONG: Final = 8
# A stump of a capital letter is part of a name: «Нов. Оскол».
_STUMP: Final = re.compile(r"(?<![\w.])(?P<stump>(?!нач\.)[а-яё]{3,17}|^[А-ЯЁ][а-яё]{2,16})\.(?P<on>\w?)")
_LONGEST_STUMP: Final = 4
_SPLIT: Final = re.compile(r"(?<![\w-])(?P<first>[А-ЯЁа-яё][а-яё]+) (?P<rest>[а-яё]+)(?![\w-])")


@cache
def _forms() -> Mapping[str, str]:
    """All forms with the word that they are of, in its order."""
    found: dict[str, str] = {}
    for word in _ALL:
        found.setdefault(word, word)
        for case in _CASES:
            wanted = [{case, "sing", gender} for gender in _GENDERS] if word in _ADJECTIVES else [{case, "sing"}]
            for grammemes in (*wanted, {case, "plur"}):
                form = inflect(word, grammemes)
                if form is not None:
                    found.setdefault(normalise(form), word)
    return found


@cache
def _by_size() -> Mapping[int, tuple[str, ...]]:
    sizes: dict[int, list[str]] = {}
    for form in _forms():
        sizes.setdefault(len(form), []).append(form)
    return {size: tuple(forms) for size, forms in sizes.items()}


def respelt(text: str) -> str:
    """The text with its misspelt, contracted, cut, broken and glued common words spelt as the dictionary does."""
    if "." in text:
        text = _STUMP.sub(_whole, text)
    # Of most texts nothing is misspelt, which the words tell, and texts share their words.
    words = _TOKEN.findall(text)
    if any(map(_respelt, words)) or (words and _respelt(words[0].lower())):
        text = _TOKEN.sub(lambda found: _respelt(found[0] if found.start() else found[0].lower()) or found[0], text)
    if any(_joined(*pair) for pair in _SPLIT.findall(text)):
        text = _SPLIT.sub(lambda found: _joined(*found.groups()) or found[0], text)
    return text


@lru_cache(maxsize=65_536)
def _respelt(word: str) -> str | None:
    plain = normalise(word)
    if len(plain) < _SHORTEST or is_word(plain) or plain in _forms():
        return None
    first, hyphen, rest = plain.partition("-")
    if hyphen:
        return _contracted(first, rest)
    # What begins with a capital is a name as a rule.
    of_name = word[0].isupper() and not word.isupper()
    most = int(not of_name or len(plain) > _SHORTEST + 2) + int(not of_name and len(plain) >= _LONG)
    return _nearest(plain, most) or _parted(plain)


def _contracted(first: str, rest: str) -> str | None:
    """«кач-ва», «обр-ния»; also a word that a line broke: «образова-ния»."""
    if first + rest in _forms():
        return first + rest
    if len(first) == 1 or (is_word(rest) and len(rest) > 3):
        return None
    fitting = (form for form in _forms() if form.startswith(first) and form.endswith(rest))
    return next((form for form in fitting if len(form) > len(first) + len(rest)), None)


def _nearest(plain: str, most: int) -> str | None:
    """The form that is the nearest of those that differ in at most so many letters."""
    best: tuple[int, str] | None = None
    for form in _alike_long(plain, most):
        if form[0] != plain[0] and (len(plain) < 7 or form[1] != plain[1]):
            continue
        distance = OSA.distance(plain, form, score_cutoff=most)
        if distance <= most and (best is None or distance < best[0]):
            best = (distance, form)
    return best[1] if best else None


def _alike_long(plain: str, most: int) -> Iterator[str]:
    for size in range(len(plain) - most, len(plain) + most + 1):
        yield from _by_size().get(size, ())


def _parted(plain: str) -> str | None:
    """Two words that are run together, both of them whole."""
    for at in range(_SHORTEST, len(plain) - _SHORTEST + 1):
        if plain[:at] in _forms() and (plain[at:] in _forms() or is_word(plain[at:])):
            return f"{plain[:at]} {plain[at:]}"
    return None


def _whole(found: re.Match[str]) -> str:
    stump = normalise(found["stump"])
    if stump in _forms() or (len(stump) > _LONGEST_STUMP and is_word(stump)):
        return found[0]
    word = next((word for word in _ALL if word.startswith(stump)), None)
    return found[0] if word is None else f"{word} {found['on']}".rstrip()


@lru_cache(maxsize=65_536)
def _joined(first: str, rest: str) -> str | None:
    """«обра зования», of which neither half is a word."""
    first, rest = normalise(first), normalise(rest)
    return first + rest if first + rest in _forms() and not (is_word(first) and is_word(rest)) else None
