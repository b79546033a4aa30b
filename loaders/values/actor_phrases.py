"""
Tokens of a cell and the phrases that begin at each: head nouns, abbreviations, known names.

Positions are indexes of tokens; a token knows its offsets in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from ontology.language import normalise, spelling_key
from ontology.language.abbreviations import AbbreviationKind, countrywide
from ontology.language.actor_nouns import ActorNoun, actor_noun, attribute_cases, is_attribute
from ontology.language.leaning_words import leaning_words

if TYPE_CHECKING:
    from collections.abc import Collection

_TOKEN: Final = re.compile(
    r"(?P<word>[^\W\d_]+(?:[-‑]\s?[^\W\d_]+)*)|(?P<number>\d+)|(?P<line>[\n\r\v\f]+)|(?P<sign>\S)"
)
_OPENING: Final = {"(": ")", "[": "]", "«": "»", "„": "“", "“": "”"}
_CLOSING: Final = frozenset(_OPENING.values())


@dataclass(frozen=True, slots=True)
class Names:
    """
    Names that are known where the text stands, as spelling keys.

    `territories` are the initials of the territory and of those it lies in («ТО», «ХМО», «АХМО»): they lean on the
    abbreviation before them.
    """

    known: Collection[str] = ()
    groups: Collection[str] = ()
    territories: Collection[str] = ()
    longest: int = 1


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str
    kind: Literal["word", "number", "line", "sign"]

    @property
    def lower(self) -> str:
        return normalise(self.text)


class Phrases:
    """The tokens of `text`, and which of them stand in brackets or quotes."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.tokens = [
            Token(match.start(), match.end(), match.group(), match.lastgroup)  # type: ignore[arg-type]  # four groups
            for match in _TOKEN.finditer(text)
        ]
        self.inner = self._find_inner()

    def head(self, index: int) -> tuple[ActorNoun, int] | None:
        """
        The head noun of the phrase that begins at `index`, past adjectives, and its place.

        Adjectives tell the case of a form that has several: «районного управления» is no nominative, «районные
        управления» nothing else.
        """
        cases = {"nomn", "accs", "other"}
        for position in range(index, min(index + 6, len(self.tokens))):
            token = self.tokens[position]
            if token.kind == "line" or (token.kind == "sign" and token.text in ".," and position > index):
                continue
            if token.kind != "word":
                return None
            noun = actor_noun(token.text)
            if noun is not None and not self._qualifies(position, noun):
                if "nomn" not in cases:
                    return replace(noun, nominative=False, certain=False), position
                return replace(noun, certain=noun.certain or (noun.nominative and cases <= {"nomn", "accs"})), position
            found = attribute_cases(token.text)
            if found:
                cases &= found | ({"other"} if found - {"nomn", "accs"} else set())
            elif token.lower not in leaning_words("dotted"):
                return None
        return None

    def _qualifies(self, position: int, noun: ActorNoun) -> bool:
        """Whether a participle that can stand as a noun («наставляемые») belongs to the noun after it."""
        following = position + 1
        if following >= len(self.tokens) or self.tokens[following].kind != "word":
            return False
        later = actor_noun(self.tokens[following].text)
        return (
            is_attribute(self.tokens[position].text)
            and later is not None
            and later.nominative
            and later.plural == noun.plural
        )

    def abbreviation(self, index: int) -> AbbreviationKind | None:
        token = self.tokens[index]
        if token.kind != "word":
            return None
        if token.text in self.names.territories:
            return "territory"
        found = countrywide().get(token.text)
        return found.kind if found else None

    def known_end(self, index: int) -> int | None:
        """The index after the longest known name that begins at `index`; a name never crosses a comma or colon."""
        end, best = index, None
        words: list[str] = []
        while end < len(self.tokens) and len(words) <= self.names.longest:
            token = self.tokens[end]
            if self.tokens[end].kind == "sign" and token.text in ",;:":
                break
            if token.kind in {"word", "number"}:
                words.extend(spelling_key(token.text).split())
                if " ".join(words) in self.names.known:
                    best = end + 1
            end += 1
        return best

    def _find_inner(self) -> list[bool]:
        """
        For each token whether it stands in brackets or quotes, the signs included; unclosed ones do not count.

        One closing mark of quotation may close two («Центр «Надежда»): the outer quotation ends with the inner one.
        """
        inner = [False] * len(self.tokens)
        stack: list[tuple[str, int]] = []
        ends: dict[int, int] = {}
        quote: int | None = None
        for index, token in enumerate(self.tokens):
            if token.text in _OPENING and not (token.text == "“" and stack and stack[-1][0] == "“"):
                stack.append((_OPENING[token.text], index))
            elif token.text in _CLOSING and any(token.text == closing for closing, _ in stack):
                while stack:
                    closing, start = stack.pop()
                    if closing == token.text:
                        inner[start : index + 1] = [True] * (index + 1 - start)
                        if stack and stack[-1][0] == closing == "»":
                            ends[stack[-1][1]] = index
                        break
            elif token.text == '"':
                if quote is None:
                    quote = index
                else:
                    inner[quote : index + 1] = [True] * (index + 1 - quote)
                    quote = None
        for closing, start in stack:
            if closing == "»" and start in ends:
                inner[start : ends[start] + 1] = [True] * (ends[start] + 1 - start)
        return inner

    def begins_line(self, index: int) -> bool:
        return index > 0 and self.tokens[index - 1].kind == "line"

    def skip_lines(self, index: int) -> int | None:
        while index < len(self.tokens) and self.tokens[index].kind == "line":
            index += 1
        return index if index < len(self.tokens) else None

    def index_at(self, position: int, index: int) -> int:
        while index < len(self.tokens) and self.tokens[index].start < position:
            index += 1
        return index

    def lower_at(self, index: int) -> str:
        return self.tokens[index].lower if index < len(self.tokens) else ""

    def text_at(self, index: int) -> str:
        return self.tokens[index].text if index < len(self.tokens) else ""

    def is_bare(self, tokens: list[int]) -> bool:
        """Whether `tokens` are a noun of posts or persons with adjectives at most: «классные руководители»."""
        found = self.head(tokens[0])
        return found is not None and found[0].kind in {"post", "person"} and found[1] == tokens[-1]


def head_noun(text: str) -> ActorNoun | None:
    """The noun that heads `text`, past adjectives («муниципальные органы управления»: «органы»); None if unknown."""
    phrases = Phrases(text, Names())
    words = [index for index, token in enumerate(phrases.tokens) if token.kind == "word"]
    found = phrases.head(words[0]) if words else None
    return found[0] if found else None
