"""
Themes of an entry: lemma patterns of `ontology/lexicon/themes.tsv` over its texts.

A pattern is a row of words in dictionary form, `/` between alternatives, `*` for any ending, `~N` for up to N words
between, `^` for the beginning.  `also` must and `not` may not be found in the same text.
The column says where a pattern counts: `any`; `entry` for the entry's own text and its describing columns; `text` for
its own text only.  A narrower theme counts only if the entry bears the broader one.

Narrower themes of mentoring never come from a section or a title: a section on the training of mentors holds contests
too (roadmap of the mentoring programme of Tomsk Oblast, section 3).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from loaders.extraction import Theme
from ontology.language import lemmas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Basis = Literal["text", "section", "document", "column"]

# The broader theme of each narrower one.
BROADER: Final = {
    "mentor-training": "mentoring",
    "mentor-contests": "mentoring",
    "mentor-registers": "mentoring",
    "mentoring-web-page": "mentoring",
    "mentoring-monitoring": "mentoring",
}
# Columns whose text describes the entry; numbers, deadlines and actors do not.
DESCRIBING_COLUMNS: Final = frozenset(
    {"result", "indicator", "result-or-indicator", "result-form", "assessment", "target", "question", "hint", "other"},
)


def find_themes(
    *,
    activity: str | None,
    section: Sequence[str] = (),
    title: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> list[Theme]:
    """
    The themes of one entry in the order of the lexicon, each once with its strongest basis.

    The bases from strong to weak: `text` (the entry's own text), `section` (a title of its section path), `document`
    (the title), `column` (a describing column other than the entry's text, by column role).
    `mentoring-web-page` needs a row that bears mentoring and a site in its text (basis text) or another column (basis
    column); the other narrower themes come from the text, `mentor-contests` from a column too.
    """
    described = [text for role, text in (columns or {}).items() if role in DESCRIBING_COLUMNS and text]
    texts: dict[Basis, list[str]] = {
        "text": [activity] if activity else [],
        "section": [*section],
        "document": [title] if title else [],
        "column": described,
    }
    matching = {basis: frozenset[int]().union(*map(_matching, of_basis)) for basis, of_basis in texts.items()}
    found: dict[str, Basis] = {}
    rules = _rules()
    for at in sorted(frozenset[int]().union(*matching.values())):
        rule = rules[at]
        for basis, matched in matching.items():
            if at in matched and rule.counts(basis, found):
                _keep(found, rule.theme, basis)
                break
    return [Theme(theme, found[theme]) for theme in _order() if theme in found]


def themes_of_text(text: str) -> list[str]:
    """The themes that one text bears by itself, in the order of the lexicon: for paragraphs of prose and indicators."""
    return [theme.theme for theme in find_themes(activity=text)]


def theme_ids() -> tuple[str, ...]:
    """All themes that can be found, in the order of the lexicon."""
    return _order()


_COUNTING: Final[dict[str, frozenset[Basis]]] = {
    "any": frozenset({"text", "section", "document", "column"}),
    "entry": frozenset({"text", "column"}),
    "text": frozenset({"text"}),
}
_STRENGTH: Final[dict[Basis, int]] = {"text": 0, "section": 1, "document": 2, "column": 3}


def _keep(found: dict[str, Basis], theme: str, basis: Basis) -> None:
    before = found.get(theme)
    if before is None or _STRENGTH[basis] < _STRENGTH[before]:
        found[theme] = basis


@dataclass(frozen=True, slots=True)
class _Word:
    """One place of a pattern: its alternatives, prefixes apart, and how many words may stand before it."""

    lemmas: frozenset[str]
    prefixes: tuple[str, ...]
    gap: int

    def fits(self, word: str) -> bool:
        return word in self.lemmas or word.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class _Pattern:
    words: tuple[_Word, ...]
    at_start: bool

    def found_in(self, text: Sequence[str]) -> bool:
        first = self.words[0]
        # Nearly every pattern fails here; trying it at each word first cost half of the time of reading a document.
        if not first.prefixes and first.lemmas.isdisjoint(text):
            return False
        starts: Iterable[int] = range(len(text))
        if self.at_start:
            starts = range(min(self.words[0].gap + 1, len(text)))
        return any(self.words[0].fits(text[start]) and self._continues(text, start + 1, 1) for start in starts)

    def _continues(self, text: Sequence[str], position: int, index: int) -> bool:
        if index == len(self.words):
            return True
        word = self.words[index]
        return any(
            word.fits(text[step]) and self._continues(text, step + 1, index + 1)
            for step in range(position, min(position + word.gap + 1, len(text)))
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    theme: str
    column: str
    pattern: _Pattern
    also: _Pattern | None
    without: _Pattern | None

    def counts(self, basis: Basis, found: Mapping[str, Basis]) -> bool:
        broader = BROADER.get(self.theme)
        if broader is not None and broader not in found:
            return False
        return basis in _COUNTING[self.column]

    def matches(self, text: Sequence[str]) -> bool:
        return (
            self.pattern.found_in(text)
            and (self.also is None or self.also.found_in(text))
            and not (self.without is not None and self.without.found_in(text))
        )


@cache
def _rules() -> tuple[_Rule, ...]:
    path = files("ontology") / "lexicon" / "themes.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    rules = []
    for line in lines:
        theme, column, pattern, also, without = line.split("\t")
        compiled = _compile(pattern)
        if compiled is None or column not in _COUNTING:
            raise ValueError(f"themes.tsv: not a rule: {line!r}")
        rules.append(_Rule(theme, column, compiled, _compile(also), _compile(without)))
    return tuple(rules)


@cache
def _beginnings() -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    """The places of rules by the words that their patterns can begin with, and those that begin with a prefix."""
    by_word: dict[str, list[int]] = defaultdict(list)
    by_prefix: list[int] = []
    for at, rule in enumerate(_rules()):
        first = rule.pattern.words[0]
        if first.prefixes:
            by_prefix.append(at)
        else:
            for word in first.lemmas:
                by_word[word].append(at)
    return {word: tuple(places) for word, places in by_word.items()}, tuple(by_prefix)


# Titles of sections and documents come again with every row.
@lru_cache(maxsize=4096)
def _matching(text: str) -> frozenset[int]:
    """The places of the rules whose pattern a text has."""
    words = lemmas(text)
    by_word, by_prefix = _beginnings()
    rules = _rules()
    possible = {at for word in set(words) for at in by_word.get(word, ())}
    return frozenset(at for at in (*possible, *by_prefix) if rules[at].matches(words))


@cache
def _order() -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.theme for rule in _rules()))


def _compile(pattern: str) -> _Pattern | None:
    words: list[_Word] = []
    gap = 0
    at_start = False
    for term in pattern.split():
        sign = re.fullmatch(r"(\^?)(?:~(\d+))?", term)
        if sign is not None:
            at_start = at_start or bool(sign[1])
            gap = int(sign[2] or 0)
            continue
        parts = term.split("/")
        words.append(
            _Word(
                frozenset(part for part in parts if not part.endswith("*")),
                tuple(part.removesuffix("*") for part in parts if part.endswith("*")),
                gap,
            ),
        )
        gap = 0
    return _Pattern(tuple(words), at_start) if words else None
