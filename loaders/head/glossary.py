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
    r"\(\s*далее\s*[-–—:]?\s*(?:по тексту\s*[-–—:]?\s*)?[«\"]?(?P<short>[^()«»\"]{2,60}?)[»\"]?\s*\)", re.IGNORECASE
)
_BRACKETED = re.compile(r"\(\s*(?:далее\s*[-–—]\s*)?[«\"]?(?P<short>[А-ЯЁ]{2,8}(?:\s[А-ЯЁ]{2,8})?)[»\"]?\s*\)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SMALL_WORDS = {"и", "в", "во", "на", "по", "с", "со", "о", "об", "к", "для", "из", "за", "от", "при", "или"}
_BOUNDARY = re.compile(r"[.;:()]\s|\n")


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
    if prose and not re.match(r"\s*[-–—•*]", text):
        for part in re.split(r";\s*(?=[А-ЯЁ]{2})|\n", text):
            if is_definition_line(part):
                found = _DEFINITION.fullmatch(part.strip())
                assert found is not None
                yield " ".join(found["short"].split()), " ".join(found["long"].split())
    found_here: list[tuple[int, str, str]] = []
    for found in _HEREAFTER.finditer(text):
        long = _name_before(text[: found.start()], found["short"])
        if long:
            found_here.append((found.start(), found["short"].strip(), long))
    for found in _BRACKETED.finditer(text):
        long = _by_initials(text[: found.start()], found["short"])
        if long:
            found_here.append((found.start(), found["short"], long))
    yield from ((short, long) for _, short, long in sorted(found_here))


def _is_abbreviation(short: str) -> bool:
    words = short.split()
    return (
        bool(words)
        and all(_SHORT_WORD.fullmatch(word) for word in words)
        and any(sum(letter.isupper() for letter in word) >= 2 for word in words)
    )


def _by_initials(before: str, short: str) -> str | None:
    """The words just before a bracket whose initials are its letters; up to two words may be passed over."""
    letters = [letter.lower() for letter in short if letter.isalpha()]
    words = list(_WORD.finditer(before))
    boundary = max((found.end() for found in _BOUNDARY.finditer(before)), default=0)
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
    if letters or start is None:
        return None
    return nominative(" ".join(before[start:].split()).rstrip(" ,"))


def _name_before(before: str, short: str) -> str | None:
    """The name that «(далее – …)» shortens: from the last use of its first word, or by its initials, or the clause."""
    short = short.strip()
    if re.fullmatch(r"[А-ЯЁA-Z]{2,}(?:\s[А-ЯЁA-Z]{2,})*", short):
        return _by_initials(before, short) or _clause_before(before)
    wanted = lemma(_first_word(short))
    named = [word for word in _WORD.finditer(before) if lemma(word[0]) == wanted]
    if named:
        nearest = next((word for word in reversed(named) if len(before) - word.end() > 3), named[-1])
        earlier = [
            word for word in named if word.start() >= max((b.end() for b in _BOUNDARY.finditer(before)), default=0)
        ]
        start = (earlier[0] if earlier else nearest).start()
        return nominative(" ".join(before[start:].split()).rstrip(" ,"))
    return _clause_before(before)


def _clause_before(before: str) -> str | None:
    boundary = max((found.end() for found in re.finditer(r"[.;:(),]\s|\n", before)), default=0)
    clause = " ".join(before[boundary:].split())
    return nominative(clause) if 3 < len(clause) < 300 else None


def _first_word(text: str) -> str:
    found = _WORD.search(text)
    return found[0] if found else text
