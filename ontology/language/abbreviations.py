"""Abbreviations that mean the same in the whole country; those of one territory stand in the reference data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

AbbreviationKind = Literal["group", "body", "post", "modifier", "territory", "school-type", "legal-form"]

# Letters only, two capitals at least, small letters only among them: ОО, СибГМУ, ППк, ГорОО, ВУЗы.
_SHAPE: Final = re.compile(r"(?=(?:.*[А-ЯЁA-Z]){2})[А-ЯЁA-Z][А-Яа-яЁёA-Za-z]*(?:-[А-ЯЁA-Z]{2,})?")
_CAPITALS: Final = re.compile(r"[А-ЯЁA-Z]")


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """`meaning` is the full name in the nominative; empty for legal forms, which stand before a name."""

    short: str
    kind: AbbreviationKind
    meaning: str


@cache
def countrywide() -> Mapping[str, Abbreviation]:
    """All countrywide abbreviations by their spelling."""
    text = (files("ontology") / "lexicon" / "abbreviations.tsv").read_text(encoding="utf-8")
    found: dict[str, Abbreviation] = {}
    for line in text.splitlines()[1:]:
        short, kind, meaning = line.split("\t")
        if kind not in get_args(AbbreviationKind):
            raise ValueError(f"abbreviations.tsv: {short} has the kind {kind!r}")
        found[short] = Abbreviation(short, kind, meaning)  # type: ignore[arg-type]  # checked above
    return found


def is_abbreviation(word: str) -> bool:
    """Whether `word` has the shape of an abbreviation: two capitals or more and no longer run of small letters."""
    if not _SHAPE.fullmatch(word):
        return False
    capitals = len(_CAPITALS.findall(word))
    return capitals * 2 >= sum(letter.isalpha() for letter in word)
