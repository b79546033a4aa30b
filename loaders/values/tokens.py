"""Words, numbers and marks of a Russian text with their places: what the grammars of deadlines and targets read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from ontology.language import normalise

# A word may hold combining marks, soft hyphens and zero-width characters, as word processors leave them.
_TOKEN = re.compile(
    r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff](?=[^\W\d_]|[\u0300-\u036f]))*[\u0300-\u036f]?"
    r"|[0-9]+|_+|[^\w\s]|\w",
)
_LATIN: Final = str.maketrans("aceopxykmthbiu", "асеорхукмтнвіи")
_CYRILLIC = re.compile(r"[а-яі]")
_ROMAN_LETTERS: Final = str.maketrans({"і": "i", "l": "i", "х": "x", "у": "v", "y": "v"})
_ROMAN_MARK = re.compile(r"[ivxіl]")
_ROMAN: Final = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
}  # fmt: skip
_LONGEST_NUMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Token:
    """
    One word, number or mark: `text` is in normal spelling, `start` and `end` are offsets in the raw text.

    `value` is that of a number, or of a Roman numeral I…XII; -1 if there is none.
    `glued` says that no blank stands before it.
    """

    kind: Literal["word", "number", "mark", "end"]
    text: str
    start: int
    end: int
    value: int
    glued: bool


END: Final = Token("end", "", 0, 0, -1, False)


def tokenise(text: str) -> list[Token]:
    """
    Tokens of `text` in order; blanks and line breaks are dropped.

    Latin letters that look Russian are read as Russian in words that hold a Russian letter.
    """
    tokens: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        raw = match.group()
        glued = bool(tokens) and start == last
        last = end
        if raw[0].isascii() and raw[0].isdigit():
            tokens.append(Token("number", raw, start, end, int(raw) if len(raw) <= _LONGEST_NUMBER else -1, glued))
            continue
        word = normalise(raw)
        if not word:
            continue
        if not word[0].isalpha():
            tokens.append(Token("mark", word[0], start, end, -1, glued))
            continue
        roman = _ROMAN.get(word.translate(_ROMAN_LETTERS), -1) if _ROMAN_MARK.search(word) else -1
        if _CYRILLIC.search(word) or len(word) == 1:
            word = word.translate(_LATIN)
        tokens.append(Token("word", word, start, end, roman, glued))
    return tokens


class TokenReader:
    """A list of tokens that grammars look into by index; quotation marks are left out."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [token for token in tokens if token.text not in ('"', "'")]

    def at(self, i: int) -> Token:
        """The token at `i`; the end token outside the list."""
        return self.tokens[i] if 0 <= i < len(self.tokens) else END

    def after_stop(self, i: int) -> int:
        """The index after a full stop that ends an abbreviation, if one stands there."""
        return i + 1 if self.at(i).text == "." and self.at(i).glued else i

    def says(self, i: int, words: tuple[str, ...]) -> bool:
        """Whether these words stand at `i`, one after another."""
        return all(self.at(i + step).text == word for step, word in enumerate(words))
