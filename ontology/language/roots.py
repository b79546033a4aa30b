"""What words of one family share: «наставник», «наставничество», «наставнический» have the root «настав»."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

_CYRILLIC: Final = re.compile("[а-я]+")
# A shorter rest belongs to too many families.
_SHORTEST: Final = 4
_WITH_ION: Final = 8
# «организовать» goes with «организация», but «образование» not with «образ».
_KEPT: Final = re.compile("(?:ова|ева)(?:ние|нный|ть|тельный|тельность|тель)$")
_DROPPED: Final = re.compile("из(?:ова)(?:ние|нный|ть)$")


@cache
def suffixes() -> tuple[str, ...]:
    """Suffixes of word formation with their endings, each before those that it ends in."""
    text = (files("ontology") / "lexicon" / "suffixes.tsv").read_text(encoding="utf-8")
    return tuple(sorted(text.split()[1:], key=lambda suffix: (-len(suffix), suffix)))


@lru_cache(maxsize=32_768)
def root(lemma: str) -> str:
    """
    The beginning that `lemma` (a dictionary form in normal spelling) shares with the words made from the same root.

    Words without Cyrillic letters, short words and words without a known suffix come back as they are.  The root is
    for comparing, not for reading: sounds that alternate («учить», «ученик») keep words of one family apart.
    """
    word = lemma.removesuffix("ся") if lemma.endswith(("ться", "тся")) else lemma
    if not _CYRILLIC.fullmatch(word):
        return lemma
    if _DROPPED.search(word):
        return _DROPPED.sub("из", word)
    if _KEPT.search(word):
        cut = _KEPT.sub("ов", word)
        return cut if len(cut) > _SHORTEST else word
    for suffix in suffixes():
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= _SHORTEST:
            # «профессиональный» goes with «профессия».
            rest = rest.removesuffix("ион") if len(rest) > _WITH_ION else rest
            return rest.rstrip("ь") if len(rest) > _SHORTEST else rest
    return word
