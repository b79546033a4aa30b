"""Latin spelling of Russian names for addresses: stable, because addresses must not change."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ontology.language.spelling import normalise

# The table of foreign passports (ICAO 9303, part 3), with ё as e, ъ and ь dropped.
_LATIN: Final = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
        "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
        "ю": "iu", "я": "ia", "№": "n",
    },
)  # fmt: skip
_OTHER = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """
    Lower-case Latin letters and digits with single hyphens between words; "" if `text` has neither.

    Other alphabets lose their accents or, if they have no Latin base letter, the letter.
    """
    latin = normalise(text).translate(_LATIN)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(letter))
    return _OTHER.sub("-", plain).strip("-")
