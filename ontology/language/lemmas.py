"""
Dictionary forms of Russian words: the one adapter of pymorphy3.

The analyser takes half a second to load and is loaded at the first word that needs it, so that start-up stays fast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from ontology.language.spelling import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = re.compile(r"[^\W\d_]+")
# Latin, Greek, Cyrillic and general punctuation; the analyser fails on letters that Unicode gives no name.
# It takes minutes for a word of thousands of letters; the longest Russian words have fewer than 64.
_ALPHABETS: Final = re.compile(r"[\u0000-\u052f\u2000-\u206f№]{0,64}")
_CACHED: Final = 32_768

# Words of our field that the dictionary lacks or takes for another word; the misspellings were met in documents.
OWN_FORMS: Final = {
    "тьютор": "тьютор",
    "тьютора": "тьютор",
    "тьютору": "тьютор",
    "тьютором": "тьютор",
    "тьюторе": "тьютор",
    "тьюторы": "тьютор",
    "тьюторов": "тьютор",
    "тьюторам": "тьютор",
    "тьюторами": "тьютор",
    "тьюторах": "тьютор",
    "тьютер": "тьютор",
    "тьютеры": "тьютор",
    "тьютеров": "тьютор",
    "тьютерство": "тьюторство",
    "завуч": "завуч",
    "завучи": "завуч",
    "рук": "руководитель",
    "восп": "воспитатель",
    "преп": "преподаватель",
    "спец": "специалист",
    "нач": "начальник",
    "пом": "помощник",
    "зам": "заместитель",
    "зав": "заведующий",
    "заведующая": "заведующий",
    "заведующей": "заведующий",
    "заведующего": "заведующий",
    "заведующему": "заведующий",
    "заведующим": "заведующий",
    "заведующие": "заведующий",
    "заведующих": "заведующий",
    "заведующими": "заведующий",
    # The dictionary takes these for the street.
    "тверская": "тверской",
    "тверской": "тверской",
    "тверскую": "тверской",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """
    One grammatical reading of a word form, named as in OpenCorpora (NOUN, ADJF, PRTF; nomn, gent; sing, plur).

    `score` is the share of this reading among all readings of the form.
    """

    lemma: str
    part: str | None
    case: str | None
    number: str | None
    gender: str | None
    animate: bool
    grammemes: frozenset[str]
    score: float


@cache
def _analyser() -> Any:  # noqa: ANN401  (the library has no types)
    import pymorphy3  # noqa: PLC0415  (loaded at first use: see the module's docstring)

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=_CACHED)
def readings(word: str) -> tuple[Reading, ...]:
    """Readings of one word form, the likeliest first; at least one for any text, with part None if it is no word."""
    key = normalise(word)
    if not _ALPHABETS.fullmatch(key):
        return (Reading(key, None, None, None, None, animate=False, grammemes=frozenset(), score=1.0),)
    found = []
    for parse in _analyser().parse(key):
        tag = parse.tag
        found.append(
            Reading(
                lemma=normalise(parse.normal_form),
                part=None if tag.POS is None else str(tag.POS),
                case=None if tag.case is None else str(tag.case),
                number=None if tag.number is None else str(tag.number),
                gender=None if tag.gender is None else str(tag.gender),
                animate="anim" in tag,
                grammemes=frozenset(map(str, tag.grammemes)),
                score=float(parse.score),
            ),
        )
    return tuple(found)


@lru_cache(maxsize=_CACHED)
def is_word(word: str) -> bool:
    """Whether the dictionary has this word form; guessed forms of unknown words do not count."""
    return bool(_analyser().word_is_known(normalise(word)))


@lru_cache(maxsize=_CACHED)
def lemma(word: str) -> str:
    """The likeliest dictionary form of one word, in normal spelling: «наставников» gives «наставник»."""
    key = normalise(word)
    own = OWN_FORMS.get(key)
    if own is not None:
        return own
    first = readings(key)
    return first[0].lemma if first else key


def lemmas(text: str) -> tuple[str, ...]:
    """
    Dictionary forms of the words of `text` in order; numbers and signs are left out.

    A hyphenated word gives its parts: «учителя-наставники» gives «учитель», «наставник».
    """
    return tuple(map(lemma, _WORDS.findall(normalise(text))))


@lru_cache(maxsize=16_384)
def lemma_key(text: str) -> str:
    """Words in dictionary form and numbers, a blank between: equal for a name in all its grammatical cases."""
    return " ".join(lemma(word) if word.isalpha() else word for word in re.findall(r"[^\W\d_]+|\d+", normalise(text)))


def inflect(word: str, required: Iterable[str], *, part: str | None = None) -> str | None:
    """
    `word` in the form of the `required` grammemes ({"nomn", "sing"}), lower case; None if the dictionary has none.

    `part` takes the likeliest reading of that part of speech.
    """
    key = normalise(word)
    for parse in _analyser().parse(key) if _ALPHABETS.fullmatch(key) else ():
        if part is not None and str(parse.tag.POS) != part:
            continue
        changed = parse.inflect(frozenset(required))
        if changed is not None:
            return str(changed.word)
    return None
