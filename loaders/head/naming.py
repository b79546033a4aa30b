"""Names out of running text put into the nominative, so that «Департамента …» and «Департаментом …» are one name."""

from __future__ import annotations

import re

from ontology.language import readings
from ontology.language.lemmas import inflect

_WORD = re.compile(r"[^\W\d_]+")
_ADJECTIVES = {"ADJF", "PRTF"}


def nominative(name: str) -> str:
    """
    The name with its leading adjectives and first noun in the nominative, number and capitals kept.

    Names that begin with anything else (an abbreviation, a quoted word) come back unchanged.
    """
    leading: list[re.Match[str]] = []
    noun: re.Match[str] | None = None
    for word in _WORD.finditer(name):
        part = readings(word[0])[0].part
        if word[0].isupper() and len(word[0]) > 1:
            return name
        if part in _ADJECTIVES:
            leading.append(word)
        elif part == "NOUN":
            noun = word
            break
        else:
            return name
    if noun is None:
        return name
    nouns = [reading for reading in readings(noun[0]) if reading.part == "NOUN"]
    if leading:
        cases = [{r.case for r in readings(word[0]) if r.part in _ADJECTIVES} for word in leading]
        agreed = [reading for reading in nouns if all(reading.case in found for found in cases)]
        chosen = agreed[0] if agreed else nouns[0]
    else:
        chosen = nouns[0]
    if chosen.case == "nomn":
        return name
    number = chosen.number or "sing"
    changed = name
    for word in reversed([*leading, noun]):
        wanted = {"nomn", number}
        if word is not noun and number == "sing" and chosen.gender:
            wanted.add(chosen.gender)
        form = inflect(word[0], wanted, part="NOUN" if word is noun else None)
        if form is None:
            return name
        changed = changed[: word.start()] + _like(word[0], form) + changed[word.end() :]
    return changed


def _like(pattern: str, word: str) -> str:
    return word.capitalize() if pattern[0].isupper() else word
