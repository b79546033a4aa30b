"""Spelling made comparable: the same words in other quotes, dashes, blanks or letters ё are the same text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Soft hyphen, zero-width blanks and joiners, byte order mark: word processors leave them inside words.
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff\u0301]")
_FOLDED = {
    **dict.fromkeys("«»„“”‟‹›\u2033\u02ba", '"'),
    **dict.fromkeys("‘’‚‛`´\u2032", "'"),
    **dict.fromkeys("‐‑‒–—―−\u2043", "-"),
    "ё": "е",
    "…": "...",
}
# To look for the few is much faster than to translate every letter.
_TO_FOLD = re.compile(f"[{''.join(_FOLDED)}]")
_WORDS = re.compile(r"[^\W_]+")


def collapse(text: str) -> str:
    """`text` for display: composed, invisible characters dropped, every run of white space one blank, ends stripped."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


@lru_cache(maxsize=16_384)
def normalise(text: str) -> str:
    """`collapse(text)` in lower case with ё as е, one kind of quote (") and one kind of dash (-)."""
    return _TO_FOLD.sub(_folded, collapse(text).lower())


def _folded(found: re.Match[str]) -> str:
    return _FOLDED[found[0]]


@lru_cache(maxsize=16_384)
def spelling_key(text: str) -> str:
    """
    The words and numbers of `text` in normal spelling, a blank between them; everything else is left out.

    Equal for «СОШ с.Благодатное» and «СОШ с. Благодатное», for «учителя- наставники» and «учителя-наставники».
    """
    return " ".join(_WORDS.findall(normalise(text)))


def initials(name: str) -> str:
    """First letters of the words of `name`, upper case, as territories are shortened: «Томская область» gives «ТО»."""
    return "".join(word[0] for word in _WORDS.findall(collapse(name)) if word[0].isalpha()).upper()
