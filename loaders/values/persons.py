"""
Names of persons in a cell, found by pattern: surname and initials in both orders, full names, broken initials.

Patterns find what a recogniser of names does not: lists without any separator («Фамилия И.О. Фамилия И.О.»,
design of the extraction, section 3.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ontology.language import collapse, readings
from ontology.language.actor_nouns import actor_noun

# Bounded and never begun inside a word: a cell of one endless word must not cost the square of its length.
_BEGIN: Final = r"(?<![А-Яа-яЁё])"
_WORD: Final = r"[А-ЯЁ][а-яё]{1,40}"
_SURNAME: Final = rf"(?:{_WORD}(?:\s?-\s?{_WORD})?|[А-ЯЁ]{{4,40}}(?:-[А-ЯЁ]{{3,40}})?)"
# «И.О.», «И. О.», «И.О», «И,О,» and «И.» alone; a letter of a following word is no initial.
_TWO: Final = r"[А-ЯЁ]\s?[.,]\s?[А-ЯЁ](?![А-Яа-яЁё])(?:\s?[.,](?=\W|$|[А-ЯЁ]))?"
_ONE: Final = r"[А-ЯЁ]\."
_PATRONYMIC: Final = r"[А-ЯЁ][а-яё]{1,40}(?:вич|вна|ична|инична|ьич)(?![а-яё])"

_BEFORE: Final = re.compile(rf"{_BEGIN}(?P<surname>{_SURNAME})\s{{1,3}}(?P<initials>{_TWO}|{_ONE}(?!\s?[А-Яа-яЁё]))")
_AFTER: Final = re.compile(
    rf"{_BEGIN}(?P<initials>[А-ЯЁ]\s?[.,]\s?[А-ЯЁ]\s?[.,])\s*(?P<surname>{_SURNAME})(?![А-Яа-яЁё])"
)
_FULL: Final = re.compile(
    rf"{_BEGIN}(?P<surname>{_SURNAME})\s{{1,5}}(?P<name>{_WORD})\s{{1,5}}(?P<patronymic>{_PATRONYMIC})"
)
_FULL_AFTER: Final = re.compile(
    rf"{_BEGIN}(?P<name>{_WORD})\s{{1,5}}(?P<patronymic>{_PATRONYMIC})\s{{1,5}}(?P<surname>{_SURNAME})"
)
_NAMESAKE: Final = re.compile(r"(?:\bим\.?|\bимени|\bпамяти)\s*$", re.IGNORECASE)
_ENDINGS: Final = re.compile(
    r"(?:[оеё]в|[оеё]ва|[иы]н|[иы]на|ский|ская|цкий|цкая|ой|ый|ая|ко|[уюя]к|чук|ян|[дз]зе|швили|ич|их|ых|ец|ль|ук)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name at `start`…`end` of the text; `label` is «Фамилия И.О.», `whole` tells that the initials are unbroken."""

    start: int
    end: int
    label: str
    whole: bool


def find_persons(text: str) -> list[PersonName]:
    """
    The persons named in `text` in order, never overlapping.

    Namesakes of institutions («имени А.С. Пушкина») are left out.
    """
    found: list[PersonName] = []
    position = 0
    following = {pattern: _search(pattern, text, 0) for pattern in (_FULL, _FULL_AFTER, _BEFORE, _AFTER)}
    while True:
        for pattern, match in following.items():
            # A pattern searches on only from its own last match, so that a long list is read once.
            if match is not None and match.start() < position:
                following[pattern] = _search(pattern, text, position)
        candidates = [match for match in following.values() if match is not None]
        if not candidates:
            return found
        # The first to begin wins; of two at one place the longer, so that a full name is not cut to its initials.
        match = min(candidates, key=lambda item: (item.start(), -item.end()))
        if not _is_namesake(text, match.start()):
            found.append(_name(match))
        position = match.end()


def _search(pattern: re.Pattern[str], text: str, position: int) -> re.Match[str] | None:
    while (match := pattern.search(text, position)) is not None:
        if _is_surname(match, text, pattern):
            return match
        position = match.start() + 1
    return None


def _is_namesake(text: str, start: int) -> bool:
    """Whether the name at `start` is part of an institution's: after «имени», or in its quotes."""
    before = text[max(0, start - 12) : start]
    return _NAMESAKE.search(before) is not None or text.count("«", 0, start) > text.count("»", 0, start)


def _is_surname(match: re.Match[str], text: str, pattern: re.Pattern[str]) -> bool:
    surname = match["surname"]
    if pattern is _FULL and actor_noun(surname) is not None:
        return False
    if pattern is _FULL_AFTER:
        # «Иван Иванович Петров» and not «Петров Иван Иванович Сидоров».
        return actor_noun(surname) is None and not _looks_like_surname(match["name"])
    if pattern is _AFTER:
        return actor_noun(surname) is None
    if pattern is _BEFORE:
        if actor_noun(surname) is not None and not _looks_like_surname(surname):
            return False
        # In «Руководитель Центра И.И. Петров» the initials belong to the next word.
        following = _AFTER.match(text, match.start("initials"))
        if following is not None and not _initials_follow(text, following.end()):
            return _looks_like_surname(surname) or not _looks_like_surname(following["surname"])
    return True


def _initials_follow(text: str, position: int) -> bool:
    return re.match(rf"\s*{_TWO}", text[position : position + 20]) is not None


def _looks_like_surname(word: str) -> bool:
    """A surname of the dictionary, or a word it lacks that ends like one."""
    own = readings(re.split(r"\s?-\s?", word)[0])
    return any("Surn" in item.grammemes and item.case == "nomn" for item in own) or (
        _ENDINGS.search(word) is not None and not any(item.part == "NOUN" and item.score > 0.5 for item in own)
    )


def _name(match: re.Match[str]) -> PersonName:
    parts = match.groupdict()
    surname = re.sub(r"\s?-\s?", "-", collapse(parts["surname"]))
    if surname.isupper():
        surname = "-".join(part.capitalize() for part in surname.split("-"))
    whole = True
    if "patronymic" in parts:
        initials = f"{parts['name'][0]}.{parts['patronymic'][0]}."
    else:
        letters = re.findall(r"[А-ЯЁ]", parts["initials"])
        initials = "".join(f"{letter}." for letter in letters)
        whole = re.sub(r"\s", "", parts["initials"]) == initials and len(letters) == 2
    return PersonName(match.start(), match.end(), f"{surname} {initials}", whole)
