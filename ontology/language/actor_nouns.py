"""Nouns that head the name of an actor: posts, persons, organisations and collectives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, get_args

from ontology.language.lemmas import OWN_FORMS, Reading, lemma, readings
from ontology.language.spelling import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

NounKind = Literal["post", "person", "organisation", "collective"]

# Participles that stand as nouns; the dictionary gives them the verb as lemma.
_PARTICIPLES: Final = {
    "заведовать": "заведующий",
    "управлять": "управляющий",
    "обучаться": "обучающийся",
    "учиться": "учащийся",
    "наставлять": "наставляемый",
}
_PARTS: Final = re.compile(r"\s*-\s*")
_ATTRIBUTES: Final = frozenset({"ADJF", "PRTF", "NUMR"})


@dataclass(frozen=True, slots=True)
class ActorNoun:
    """
    One word as the head of an actor's name.

    `nominative` tells whether the form can be nominative; `certain` that it can be nothing else but accusative;
    `plural` is None if the form does not tell.
    """

    lemma: str
    kind: NounKind
    nominative: bool
    certain: bool
    plural: bool | None


@cache
def actor_nouns() -> Mapping[str, NounKind]:
    """Dictionary form → kind."""
    text = (files("ontology") / "lexicon" / "actor-nouns.tsv").read_text(encoding="utf-8")
    found: dict[str, NounKind] = {}
    for line in text.splitlines()[1:]:
        noun, kind = line.split("\t")
        if kind not in get_args(NounKind):
            raise ValueError(f"actor-nouns.tsv: {noun} has the kind {kind!r}")
        found[noun] = kind  # type: ignore[assignment]  # checked above
    return found


@lru_cache(maxsize=8_192)
def actor_noun(word: str) -> ActorNoun | None:
    """`word` as a head noun, or None; of a compound («педагог-психолог») the first part decides."""
    first = _PARTS.split(normalise(word))[0]
    own = lemma(first)
    known = actor_nouns()
    if not first.isascii():
        found = [item for item in readings(first) if _lemma(item) in known]
        if own in known and (not found or first in OWN_FORMS):
            return _from_own(own, first)
        if found:
            return _from_readings(_lemma(found[0]), found, readings(first))
        return None
    singular = first.removesuffix("s")
    if singular in known:
        return ActorNoun(singular, known[singular], True, certain=True, plural=first != singular)
    return None


@lru_cache(maxsize=8_192)
def attribute_cases(word: str) -> frozenset[str]:
    """Cases that `word` can have as an adjective, participle or numeral («муниципальные»: nomn, accs); else empty."""
    found = readings(_PARTS.split(word)[-1])
    return frozenset(item.case or "nomn" for item in found if item.part in _ATTRIBUTES)


def is_attribute(word: str) -> bool:
    """Whether `word` can be an adjective, participle or numeral in the nominative case."""
    return "nomn" in attribute_cases(word)


@lru_cache(maxsize=8_192)
def is_participle(word: str) -> bool:
    """Whether `word` is most likely a participle («реализующие»), which opens a clause after a comma."""
    return actor_noun(word) is None and readings(word)[0].part == "PRTF"


@lru_cache(maxsize=8_192)
def names_people(word: str) -> bool:
    """Whether `word` is most likely a noun of living beings in the nominative («волонтеры»)."""
    first = readings(_PARTS.split(word)[0])[0]
    return first.part == "NOUN" and first.animate and first.case == "nomn"


@lru_cache(maxsize=8_192)
def is_plain_nominative(word: str) -> bool:
    """Whether `word` is a noun whose form can be nominative and not genitive («бухгалтерия», but not «науки»)."""
    found = readings(word)
    cases = {item.case for item in found if item.part == "NOUN"}
    return found[0].part == "NOUN" and "nomn" in cases and "gent" not in cases


def _lemma(reading: Reading) -> str:
    if reading.part == "PRTF":
        return _PARTICIPLES.get(reading.lemma, reading.lemma)
    return reading.lemma


def _from_own(own: str, form: str) -> ActorNoun:
    """A word whose forms the dictionary does not know as ours: abbreviated («зам») or borrowed («тьютор»)."""
    kind = actor_nouns()[own]
    if len(form) <= 4:
        # Cut short («зам.», «рук.», «восп.»): the form tells no number.
        return ActorNoun(own, kind, nominative=True, certain=True, plural=None)
    if form == own:
        return ActorNoun(own, kind, nominative=True, certain=True, plural=False)
    plural = form.endswith(("ы", "и", "ие", "ые"))
    singular = form.endswith(("ор", "ер", "ий", "ая"))
    return ActorNoun(own, kind, nominative=plural or singular, certain=plural or singular, plural=plural)


def _from_readings(own: str, found: list[Reading], others: tuple[Reading, ...]) -> ActorNoun:
    nominative = [item for item in found if item.case == "nomn"]
    numbers = {item.number for item in (nominative or found)}
    return ActorNoun(
        own,
        actor_nouns()[own],
        nominative=bool(nominative),
        certain=bool(nominative) and all(item.case in {"nomn", "accs", None} for item in others),
        plural=(numbers == {"plur"}) if len(numbers) == 1 else None,
    )
