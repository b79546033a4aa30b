"""Abbreviations that a document defines itself, in its own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.extraction import GlossaryEntry
from loaders.head.naming import nominative
from ontology.language import lemma

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loaders.head.statement import Statement

_DEFINITION = re.compile(r"\s*(?P<short>[^–—\n]{2,60}?)\s+[-–—]\s+(?P<long>\S[^\n]{3,400}?)[;.]?\s*")
_SHORT_WORD = re.compile(r"[А-ЯЁA-Z][А-ЯЁA-Zа-яё]{0,3}[А-ЯЁA-Z0-9]*|и")
_HEREAFTER = re.compile(
    r"\(\s*далее\s*[-–—:]?\s*(?:по тексту\s*[-–—:]?\s*)?"
    r"[«\"]?(?P<short>[^()«»\"]{2,60}?(?:\([^()«»\"]{1,20}\))?)[»\"]?\s*\)",
    re.IGNORECASE,
)
# «Используемые сокращения:», «Список сокращений:» before the first of them on the same line.
_ANNOUNCED = re.compile(r"\b(?:сокращени|обозначени|аббревиатур)\w*[^:;–—\n]{0,30}:\s*", re.IGNORECASE)
_ANNOUNCING = re.compile(r"[^:;–—\n]{0,60}$")
_BRACKETED = re.compile(r"\(\s*(?:далее\s*[-–—]\s*)?[«\"]?(?P<short>[А-ЯЁ]{2,8}(?:\s[А-ЯЁ]{2,8})?)[»\"]?\s*\)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SMALL_WORDS = {"и", "в", "во", "на", "по", "с", "со", "о", "об", "к", "для", "из", "за", "от", "при", "или"}
_QUOTED = re.compile(r"[«\"](?P<name>[^«»\"]{4,}(?:«[^«»]*»[^«»]*)?)[»\"]\s*$")
# The full stop of an initial («имени С.Н. …») ends no sentence.
_BOUNDARY = re.compile(r"(?:(?<!\b[А-ЯЁ])\.|[;:()])\s|\n")
_CLAUSE_END = re.compile(r"(?:(?<!\b[А-ЯЁ])\.|[;:(),])\s|\n")
# Definitions follow each other after «;», on lines, or where a paragraph has run its lines together.
_BETWEEN = re.compile(r";\s*(?=[А-ЯЁ]{2})|\n|(?<=[а-яё».)])\s(?=[А-ЯЁ]{2,8}[а-яё]{0,3}(?:\s[А-ЯЁ]{2,8})?\s[–—]\s)")
# How far before a bracket the name that it shortens may begin: a text of many brackets is read once.
_REACH = 600
# What a name has behind the words that its letters stand for: a namesake, a territory, a second field of work.
_LONGEST_TAIL = 9


def is_definition_line(text: str) -> bool:
    """Whether a line defines an abbreviation: «УО АХМО – управление образованием …»."""
    found = _DEFINITION.fullmatch(text.strip())
    return found is not None and _is_abbreviation(found["short"])


def find_glossary(statements: Iterable[Statement]) -> list[GlossaryEntry]:
    """
    Definitions in document order: lines «АББР – расшифровка», «(далее – X)», and «полное имя (АББР)».

    A bracket counts as a definition only if the words before it have its letters as initials.  The first definition
    of an abbreviation wins; long names begin in the nominative.
    """
    entries: dict[str, GlossaryEntry] = {}
    for statement in statements:
        for short, long in _definitions(statement.text, prose=statement.prose):
            entries.setdefault(short, GlossaryEntry(short, long))
    return list(entries.values())


def _definitions(text: str, *, prose: bool) -> Iterator[tuple[str, str]]:
    text = re.sub(r"[^\S\n]+", " ", text)
    if prose and not re.match(r"\s*[-–—•*]", text):
        for part in _BETWEEN.split(_without_announcement(text)):
            if is_definition_line(part):
                found = _DEFINITION.fullmatch(part.strip())
                assert found is not None
                yield " ".join(found["short"].split()), _first_sentence(" ".join(found["long"].split()))
    found_here: list[tuple[int, str, str]] = []
    for found in _HEREAFTER.finditer(text):
        long = _name_before(text[max(0, found.start() - _REACH) : found.start()], found["short"])
        if long:
            found_here.append((found.start(), found["short"].strip(), long))
    for found in _BRACKETED.finditer(text):
        before = text[max(0, found.start() - _REACH) : found.start()]
        long = _by_initials(before, found["short"], tail=2 if len(found["short"]) > 2 else 0)
        if long:
            found_here.append((found.start(), found["short"], long))
    yield from ((short, long) for _, short, long in sorted(found_here))


def _first_sentence(text: str) -> str:
    """What stands before a full stop that is no abbreviation's: prose may follow a definition on its line."""
    return re.split(r"(?<=[а-яё»]{3})\.\s+(?=[А-ЯЁ][а-яё])", text, maxsplit=1)[0]


def _without_announcement(text: str) -> str:
    """The text without the words that announce its first list of abbreviations."""
    found = _ANNOUNCED.search(text)
    if found is None:
        return text
    before = _ANNOUNCING.search(text, max(0, found.start() - 61), found.start())
    return text[: before.start() if before else found.start()] + text[found.end() :]


def _is_abbreviation(short: str) -> bool:
    words = short.split()
    return (
        bool(words)
        and all(_SHORT_WORD.fullmatch(word) for word in words)
        and any(sum(letter.isupper() for letter in word) >= 2 for word in words)
    )


def _by_initials(before: str, short: str, *, tail: int = _LONGEST_TAIL) -> str | None:
    """
    The words just before a bracket whose initials are its letters; up to two words may be passed over.

    A name in quotation marks is taken without them if its own words have the initials («ГАУ ДПО «Институт …» (ИРО)»).
    """
    if (quoted := _QUOTED.search(before)) is not None:
        return _with_initials(quoted["name"], short, tail) or _with_initials(before, short, tail)
    return _with_initials(before, short, tail)


def _with_initials(before: str, short: str, longest: int) -> str | None:
    """The shortest tail of words that the letters pass over wins; the tail belongs to the name."""
    letters = [letter.lower() for letter in short if letter.isalpha()]
    words = list(_WORD.finditer(before))
    boundary = max((found.end() for found in _BOUNDARY.finditer(_without_brackets(before))), default=0)
    for tail in range(min(longest, len(words)) + 1):
        start = _start_of_initials(words[: len(words) - tail], letters, boundary)
        if start is not None:
            return nominative(_whole_name(before[start:]))
    return None


def _start_of_initials(words: list[re.Match[str]], initials: list[str], boundary: int) -> int | None:
    """Where the words begin whose initials these are, the last word the last of them; None if they are not."""
    letters = list(initials)
    at, missed = len(words), 0
    start: int | None = None
    while letters and at > 0:
        at -= 1
        word = words[at]
        if word.start() < boundary:
            return None
        parts = [part for part in word[0].lower().split("-") if part]
        take = [part[0] for part in parts]
        if letters[-len(take) :] == take:
            del letters[-len(take) :]
            start = word.start()
        elif letters[-1] == take[0]:
            letters.pop()
            start = word.start()
        elif word[0].lower() in _SMALL_WORDS:
            continue
        else:
            missed += 1
            if missed > 2 or start is None:
                return None
    return None if letters else start


def _name_before(before: str, short: str) -> str | None:
    """The name that «(далее – …)» shortens: from the last use of its first word, or by its initials, or the clause."""
    short = short.strip()
    if re.fullmatch(r"[А-ЯЁA-Z]{2,}и?[А-ЯЁA-Z]*(?:\s(?:и|[А-ЯЁA-Z]{2,}и?[А-ЯЁA-Z]*))*", short):
        return _by_initials(before, short) or _clause_before(before)
    wanted = lemma(_first_word(short))
    named = [word for word in _WORD.finditer(before) if lemma(word[0]) == wanted]
    if named:
        nearest = next((word for word in reversed(named) if len(before) - word.end() > 3), named[-1])
        earlier = [
            word for word in named if word.start() >= max((b.end() for b in _BOUNDARY.finditer(before)), default=0)
        ]
        start = (earlier[0] if earlier else nearest).start()
        return nominative(_whole_name(before[start:]))
    return _clause_before(before)


def _clause_before(before: str) -> str | None:
    boundary = max((found.end() for found in _CLAUSE_END.finditer(_without_brackets(before))), default=0)
    clause = _whole_name(before[boundary:])
    return nominative(clause) if 3 < len(clause) < 300 else None


def _without_brackets(text: str) -> str:
    """The text, as long as it was, with a name's own brackets («Республика Саха (Якутия)») blotted out."""
    return re.sub(r"\((?!\s*далее)[^()]*\)", lambda found: "_" * len(found[0]), text)


def _whole_name(text: str) -> str:
    """A name on one line, without the closing mark of a quotation that began before it."""
    name = re.sub(r"^(?:и|или|а также)\s+", "", " ".join(text.split()).rstrip(" ,"))
    return name.removesuffix("»") if name.count("»") > name.count("«") else name


def _first_word(text: str) -> str:
    found = _WORD.search(text)
    return found[0] if found else text
