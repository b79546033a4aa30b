"""
Programmes, information systems and acts that a cell names, in any grammatical case.

Only what the reference data of the document's territory, or of one it lies in, knows is found; an act is known by its
number and date (inventory of the five documents: design of the ontology, 2.10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from loaders.extraction import CrossReference
from ontology.iris import Iris
from ontology.language import lemma, normalise, readings
from ontology.reference import Act, CitedEntity, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORD: Final = re.compile(r"[^\W_]+")
_ACT: Final = re.compile(
    r"от\s+(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})\s*(?:г\.?|года)?\s*№\s*(?P<number>[\d/-]+\s?(?:-\s?)?[А-Яа-яЁё]{0,3})(?![а-яё])",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A cited entity named at `start`…`end` of a text."""

    start: int
    end: int
    entity: CitedEntity


def find_references(
    columns: Mapping[str, str],
    *,
    reference: Reference,
    territory: str,
    iris: Iris | None = None,
) -> list[CrossReference]:
    """
    What the cells of one entry name, column by column (`columns`: column role → text), each entity once a column.

    `raw` is the text as printed.
    """
    minted = iris or Iris()
    found: list[CrossReference] = []
    for column, text in columns.items():
        seen: set[str] = set()
        for named in named_in(text, reference=reference, territory=territory):
            entity = named.entity
            if entity.key not in seen:
                seen.add(entity.key)
                iri = minted.thing(entity.iri_kind, entity.key).value
                found.append(CrossReference(text[named.start : named.end], iri, column))
    return found


def named_in(text: str, *, reference: Reference, territory: str) -> list[Named]:
    """
    The cited entities that `text` names, in order, not overlapping.

    The longer of two names at one place wins, then the one of the nearer territory.
    """
    found = sorted(
        [*_acts(text, reference, territory), *_by_name(text, reference, territory)],
        key=lambda item: (item[0].start, -item[0].end, item[1]),
    )
    result: list[Named] = []
    for named, _distance in found:
        if not result or named.start >= result[-1].end:
            result.append(named)
    return result


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[frozenset[str], ...]
    capital: bool
    entity: CitedEntity


@lru_cache(maxsize=16)
def _names(reference: Reference, territory: str) -> dict[str, list[tuple[_Name, int]]]:
    """Names by each dictionary form of their first word, with the distance of their territory."""
    index: dict[str, list[tuple[_Name, int]]] = {}
    chain = reference.chain(territory)
    for entity in reference.cited():
        if isinstance(entity, Act) or entity.territory not in chain:
            continue
        for spelling, _how in entity.names():
            words = [_forms(word) for word in _WORD.findall(spelling)]
            # A common noun alone is a name only with its capital: «Концепция».
            name = _Name(tuple(words), len(words) == 1 and spelling[:1].isupper(), entity)
            for form in words[0]:
                index.setdefault(form, []).append((name, chain.index(entity.territory)))
    return index


def _by_name(text: str, reference: Reference, territory: str) -> Iterator[tuple[Named, int]]:
    words = list(_WORD.finditer(text))
    forms = [_forms(word.group()) for word in words]
    index = _names(reference, territory)
    for start in range(len(words)):
        tried: set[int] = set()
        for form in forms[start]:
            for name, distance in index.get(form, ()):
                if id(name) in tried:
                    continue
                tried.add(id(name))
                length = len(name.words)
                window = forms[start : start + length]
                fits = len(window) == length and all(one & other for one, other in zip(window, name.words, strict=True))
                if fits and not (name.capital and not words[start].group()[0].isupper()):
                    end = words[start + length - 1].end()
                    yield Named(words[start].start(), _closed(text, words[start].start(), end), name.entity), distance


def _closed(text: str, start: int, end: int) -> int:
    """`end`, after the quote or bracket that the name opened and that follows at once."""
    for opening, closing in ("«»", "()", "“”"):
        if text.count(opening, start, end) > text.count(closing, start, end) and text[end : end + 1] == closing:
            return end + 1
    return end


@lru_cache(maxsize=8_192)
def _forms(word: str) -> frozenset[str]:
    """All dictionary forms that `word` may be of: «практик» is of «практик» and of «практика»."""
    key = normalise(word)
    return frozenset({key, lemma(key), *(item.lemma for item in readings(key))})


def _acts(text: str, reference: Reference, territory: str) -> Iterator[tuple[Named, int]]:
    chain = reference.chain(territory)
    for match in _ACT.finditer(text):
        try:
            day = date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
        except ValueError:
            continue
        number = _number(match["number"])
        for act in reference.acts.values():
            if act.territory in chain and act.date == day and _number(act.number) == number:
                yield Named(match.start(), match.start() + len(match.group().rstrip()), act), chain.index(act.territory)


def _number(text: str) -> str:
    return re.sub(r"[\s-]", "", normalise(text))
