"""Regions as people call them, «Кузбасс», «Смоленщина», «СПб», «ХМАО», by the names that registers have."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ontology.language import initials, lemma, normalise
from ontology.language.abbreviations import countrywide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

# By a word that the name of the region has, or begins with.
_CALLED: Final[Mapping[str, str]] = {
    "кузбасс": "кемеровская",
    "чечня": "чеченская",
    "подмосковье": "московская",
    "петербург": "санкт-петербург",
    "питер": "санкт-петербург",
    "спб": "санкт-петербург",
    "с-пб": "санкт-петербург",
    "башкирия": "башкортостан",
    "татария": "татарстан",
    "тува": "тыва",
    "кубань": "краснодарский",
    "ямал": "ямало-ненецкий",
    "югра": "ханты-мансийский",
    "прикамье": "пермский",
    "поморье": "архангельская",
    "камчатка": "камчатский",
    "чукотка": "чукотский",
    "сахалин": "сахалинская",
    "ленобласть": "ленинградская",
    "мособласть": "московская",
}
_LANDS: Final = ("щина", "чина")
_ENDS: Final = frozenset({"ская", "ский", "цкая", "цкий", "кая", "кий", "ая", "ий"})
_WORD: Final = re.compile(r"(?<![\w-])(?P<word>[А-ЯЁа-яё][А-ЯЁа-яё-]+[а-яё])(?![\w-])")
# «РД», «РС(Я)», «ХМАО-Югра», «РСО – Алания».
_CAPITALS: Final = re.compile(r"(?<=[\s(])(?P<short>[А-ЯЁ]{2,5}(?:\([А-ЯЁ]\))?(?:\s?[-–—]\s?[А-ЯЁ][а-яё]*)?)(?![\w-])")
_WITH_FORM: Final = re.compile(r"[А-ЯЁ]+У\s$")


class RegionNames:
    """The regions of the names given."""

    def __init__(self, names: Mapping[NamedNode, str]) -> None:
        self._names = names
        self._short: dict[str, set[NamedNode]] = {}
        self._first: dict[str, NamedNode] = {}
        for region, name in names.items():
            for short in _shortened(name):
                self._short.setdefault(short, set()).add(region)
            for word in normalise(name).replace("(", " ").replace(")", " ").split():
                self._first.setdefault(word, region)
        self._land = lru_cache(maxsize=4096)(self._of_land)

    def written_out(self, text: str, region: NamedNode | None) -> str:
        """
        The text with the regions that it calls by other names or by letters under their own.

        Letters are those of `region`; if it is not known, those of the only region that is shortened so.
        """
        text = _WORD.sub(lambda found: self._called(found["word"]) or found[0], text)
        return _CAPITALS.sub(lambda found: self._of_letters(found, region) or found[0], text)

    def _called(self, word: str) -> str | None:
        plain = normalise(word)
        said = _CALLED.get(plain) or _CALLED.get(lemma(plain))
        region = self._first.get(said) if said else self._land(lemma(plain))
        return self._names[region] if region is not None else None

    def _of_land(self, noun: str) -> NamedNode | None:
        """«Смоленщина» is Смоленская область."""
        if not noun.endswith(_LANDS):
            return None
        stem = noun[:-4]
        fitting = [word for word in self._first if word.startswith(stem) and word.removeprefix(stem) in _ENDS]
        return self._first[fitting[0]] if len(fitting) == 1 else None

    def _of_letters(self, found: re.Match[str], region: NamedNode | None) -> str | None:
        letters = "".join(letter for letter in found["short"] if letter.isupper())
        known = countrywide().get(found["short"])
        if known is not None and (
            known.kind != "modifier" or region is None or _WITH_FORM.search(found.string[: found.start()])
        ):
            return None
        fitting = self._short.get(letters, set())
        if region is None:
            return self._names[next(iter(fitting))] if len(fitting) == 1 else None
        return self._names[region] if region in fitting else None


def _shortened(name: str) -> set[str]:
    """The letters of a region, also without its second name: «ХМАО» of Ханты-Мансийский автономный округ — Югра."""
    whole = initials(name)
    parts = re.split(r"\s[-–—]\s|\s\(", name)
    return {one for one in (whole, initials(parts[0])) if len(one) > 1}
