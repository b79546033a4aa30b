"""Words of names, texts and questions as the full-text index compares them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from ontology.language import initials, lemma, lemmas, normalise
from ontology.language.abbreviations import countrywide
from ontology.language.roots import root

_WORDS: Final = re.compile(r"[^\W_]+")
_PERSON: Final = re.compile(r"\b[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?")
# Cut short in documents and by who types; others are found as beginnings («мун.», «образ.»).
_CUT_SHORT: Final = {
    "обл": "область",
    "г": "город",
    "гор": "город",
    "р": "район",
    "пгт": "поселок",
    "пос": "поселок",
    "п": "поселок",
    "с": "село",
    "шк": "школа",
    "окр": "округ",
    "респ": "республика",
    "деп": "департамент",
    "мин": "министерство",
    "упр": "управление",
    "ком": "комитет",
}
# They stand in every text and tell nothing.
_EMPTY: Final = frozenset(
    "а без в во для до же за и из или к ко на не о об от по под при с со у через что как".split(),  # noqa: SIM905
)


class Word(NamedTuple):
    """A word in four spellings, and where it stands: `start` and `end` count characters; `cut`: a full stop follows."""

    form: str
    lemma: str
    root: str
    start: int
    end: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Analysed:
    """The terms of texts, a blank between: as they are written, in dictionary form, by their roots."""

    forms: str
    lemmas: str
    roots: str


@lru_cache(maxsize=65_536)
def _word(written: str) -> tuple[str, str, str]:
    form = normalise(written)
    found = lemma(form) if form.isalpha() else form
    return form, found, root(found)


def words(text: str) -> list[Word]:
    """The words and numbers of `text` in order, short empty ones too."""
    return [
        Word(*_word(match[0]), match.start(), match.end(), text[match.end() : match.end() + 1] == ".")
        for match in _WORDS.finditer(text)
    ]


def telling(found: list[Word]) -> list[Word]:
    """The words without prepositions and conjunctions, unless there are no others."""
    return [word for word in found if word.form not in _EMPTY or word.cut] or found


def analyse(texts: list[str]) -> Analysed:
    """All terms of `texts` for the index; what a countrywide abbreviation stands for counts as said too."""
    found = [word for text in texts for word in words(text)]
    spoken = [meaning for word in found for meaning in meaning_of(word.form)]
    return Analysed(
        " ".join(word.form for word in found),
        " ".join([*(word.lemma for word in found), *spoken]),
        " ".join([*(word.root for word in found), *map(root, spoken)]),
    )


def initials_of(names: list[str]) -> str:
    """The first letters that stand for first names in `names` («Иванова И.П.» gives «и п»), a blank between."""
    written = [match[0] for name in names for match in _PERSON.finditer(name)]
    return " ".join(letter.lower() for text in written for letter in text if letter.isalpha())


def keys_of(name: str) -> list[str]:
    """Under what a name is found as a whole: all its words, and their first letters if there are three or more."""
    found = words(name)
    short = initials(" ".join(name[word.start : word.end] for word in found if word.form not in _EMPTY)).lower()
    return [*whole_keys(found), short] if len(short) > 2 else whole_keys(found)


def whole_keys(found: list[Word]) -> list[str]:
    """All words as they are written, and in dictionary form with what is cut short in full («Томской обл.»)."""
    full = (_CUT_SHORT.get(word.form, word.lemma) if word.cut else word.lemma for word in found)
    return [" ".join(word.form for word in found), " ".join(full)]


@lru_cache(maxsize=4_096)
def meaning_of(form: str) -> tuple[str, ...]:
    """Dictionary forms of what an abbreviation stands for in the whole country, none for other words."""
    full = _CUT_SHORT.get(form) or _abbreviations().get(form, "")
    return lemmas(full) if full else ()


@lru_cache(maxsize=1)
def _abbreviations() -> dict[str, str]:
    return {normalise(short): found.meaning for short, found in countrywide().items() if found.meaning}
