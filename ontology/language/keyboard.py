"""Russian words typed with the other keyboard, or spelt in Latin letters by whatever habit."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from ontology.language.spelling import normalise
from ontology.language.transliteration import slug

_LATIN_KEYS: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN_KEYS: Final = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_OTHER_KEYS: Final = str.maketrans(
    _LATIN_KEYS + _LATIN_KEYS.upper() + '~{}:"<>', _RUSSIAN_KEYS + _RUSSIAN_KEYS.upper() + "ЁХЪЖЭБЮ"
)
# Spellings that habits differ in, longest first; what is left is how a word sounds.
_SOUNDS: Final = (
    ("shch", "s"), ("sch", "s"), ("sh", "s"), ("zh", "z"), ("kh", "h"), ("ch", "c"), ("ts", "c"), ("tz", "c"),
    ("yu", "u"), ("iu", "u"), ("ju", "u"), ("ya", "a"), ("ia", "a"), ("ja", "a"), ("yo", "o"), ("jo", "o"),
    ("ye", "e"), ("je", "e"), ("ie", "e"), ("ck", "k"), ("x", "h"), ("w", "v"), ("y", "i"), ("j", "i"), ("q", "k"),
    ("ii", "i"), ("ee", "e"),
)  # fmt: skip


def from_latin_keys(text: str) -> str:
    """`text` as it would read if the Russian layout had been on: «yfcnfdybr» gives «наставник»."""
    return text.translate(_OTHER_KEYS)


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """One word in rough Latin letters, equal for «Хороль», «Khorol», «Horol» and «Xorol'»; "" without letters."""
    latin = slug(normalise(word)) or unicodedata.normalize("NFKD", word).lower()
    latin = re.sub("[^a-z0-9]", "", latin)
    for written, heard in _SOUNDS:
        latin = latin.replace(written, heard)
    return re.sub(r"([a-z])\1", r"\1", latin)
