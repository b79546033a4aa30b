"""
Questions for a span of dates, so written that the engine looks the days up instead of reading all dates.

`?activity vekha:dueDate ?due FILTER (?due >= "2026-05-01"^^xsd:date && ?due < "2026-06-01"^^xsd:date)` makes the engine
read every due date there is.  With `VALUES ?due { … }` of the 31 days before it, it goes by its index of objects.  The
filter stays, so the answer is the same as long as a date in the span is one of these terms: that holds where no date in
the data has a time zone (`graph.replica` knows), since values of other types are not comparable with xsd:date.

Only what is certain is taken (SPARQL 1.1, 19.8, rules 53–68): a filter that stands directly in the group whose triples,
from its first on, hold the variable, and both ends of the span as constants, joined by «&&» alone.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.search_edits import Edit
from graph.tokens import Names, PatternReader, Token
from ontology.vocabulary import XSD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.guard import CheckedQuery, Dataset

# Days of a span; for more it is as quick to read all dates.
MOST_DAYS: Final = 400

_TURNED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_DAY: Final = re.compile(r"""(["'])([0-9]{4}-[0-9]{2}-[0-9]{2})\1""")
_ENDS_TRIPLES: Final = frozenset(
    ("OPTIONAL", "MINUS", "UNION", "LATERAL", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES")
)
_IN_PATHS: Final = frozenset(("*", "?", "<"))


class _Bound(NamedTuple):
    """One comparison: the first day (or the last) that the filter lets pass."""

    variable: str
    is_first: bool
    day: date


def day_values(text: str, tokens: Sequence[Token], prefixes: Mapping[str, str] | None = None) -> list[Edit]:
    """
    The edits that put the days of spans into a query; none where nothing is certain.

    `tokens` are those of the text but white space and comments.
    """
    if "filter" not in text.lower() or "^^" not in text:
        return []
    names = Names(prefixes or {})
    start = names.read_prologue(tokens, 0)
    return _Reader(text, tokens, names).read(start)


def spans_of(
    checked: CheckedQuery, prefixes: Mapping[str, str] | None = None, dataset: Dataset | None = None
) -> list[Edit]:
    """`day_values` of a query, asked on `dataset` where one is given; none where it may read other data than ours."""
    if dataset is not None or checked.dataset is not None or checked.services:
        return []
    return day_values(checked.text, checked.tokens, prefixes)


class _Reader(PatternReader[None]):
    """Reads the groups of a query and collects the edits."""

    def __init__(self, text: str, tokens: Sequence[Token], names: Names) -> None:
        super().__init__(text, tokens)
        self._names = names
        self._edits: list[Edit] = []

    def read(self, start: int) -> list[Edit]:
        self._index = start
        if self._token.is_word("CONSTRUCT"):
            # CONSTRUCT WHERE takes neither filters nor values; a template asks nothing.
            self._index = self._behind(start + 1) if self._at(start + 1).text == "{" else len(self._tokens)
        self._outside(len(self._tokens))
        return self._edits

    def _group(self) -> None:
        end = self._behind(self._index) - 1
        self._index += 1
        if self._token.is_word("SELECT"):
            self._outside(end)
        else:
            self._pattern(end)
        self._index = end + 1

    def _pattern(self, end: int) -> None:
        """What stands in a group up to the brace at token `end`."""
        first = self._triples(end)
        bounds: list[_Bound] = []
        while self._index < end:
            token = self._tokens[self._index]
            keyword = token.text.upper() if token.kind == "word" else ""
            # Data of a service are not ours, and may hold any dates.
            if keyword in {"EXISTS", "SERVICE", "VALUES"}:
                self._pass_block()
            elif keyword == "BIND":
                self._index = self._behind(self._index + 1)
            elif keyword == "FILTER" and self._at(self._index + 1).text == "(":
                behind = self._behind(self._index + 1)
                bounds += self._bounds(self._tokens[self._index + 2 : behind - 1])
                self._index = behind
            elif token.text == "{":
                self._group()
            else:
                self._index += 1
        if first is not None:
            self._put(first, bounds)

    def _triples(self, end: int) -> tuple[int, frozenset[str]] | None:
        """Where the triples begin with which the group begins, behind any VALUES, and their variables."""
        while self._token.is_word("VALUES"):
            self._pass_block()
            self._index += self._token.text == "."
        start = self._index
        is_path = False
        variables: set[str] = set()
        for index in range(start, end):
            kind, text, _ = self._tokens[index]
            if text == "{" or (kind == "word" and text.upper() in _ENDS_TRIPLES):
                break
            self._index = index + 1
            if kind == "variable":
                variables.add(text[1:])
            elif kind == "sign" and text in _IN_PATHS:
                is_path = True
        # Paths of length zero hold for every term, also for those that no data hold.
        return None if is_path or self._index == start else (self._tokens[start].start, frozenset(variables))

    def _put(self, first: tuple[int, frozenset[str]], bounds: Sequence[_Bound]) -> None:
        start, variables = first
        for variable in sorted({bound.variable for bound in bounds} & variables):
            firsts = [bound.day for bound in bounds if bound.variable == variable and bound.is_first]
            lasts = [bound.day for bound in bounds if bound.variable == variable and not bound.is_first]
            if firsts and lasts and (min(lasts) - max(firsts)).days < MOST_DAYS:
                written = _days(max(firsts), min(lasts))
                self._edits.append(Edit(start, start, f" VALUES ?{variable} {{ {written} }} "))

    def _bounds(self, tokens: Sequence[Token]) -> list[_Bound]:
        """The comparisons of a filter that all must hold; none where that is not certain."""
        parts: list[list[Token]] = [[]]
        depth = 0
        for index, token in enumerate(tokens):
            # After an operand the engine reads «<» as «less than», whatever follows.
            if token.kind == "iri" and [before.text for before in tokens[max(index - 2, 0) : index]] != ["^", "^"]:
                return []
            depth += (token.text in {"(", "{", "["}) - (token.text in {")", "}", "]"})
            if depth == 0 and token.text == "|":
                return []
            if depth == 0 and token.text == "&":
                parts.append([])
            else:
                parts[-1].append(token)
        # «&&» is two signs, so every second part is empty.
        return [bound for part in parts for bound in self._bound(part)]

    def _bound(self, tokens: Sequence[Token]) -> Iterator[_Bound]:
        """`?variable < "…"^^xsd:date`, or the other way round."""
        if len(tokens) < len(("?due", "<", '"2026-05-01"', "^", "^", "xsd:date")):
            return
        if tokens[0].kind == "variable":
            variable, signs, constant = tokens[0], tokens[1:-4], tokens[-4:]
        else:
            constant, signs, variable = tokens[:4], tokens[4:-1], tokens[-1]
        sign = "".join(token.text for token in signs)
        day = self._day(constant)
        if variable.kind != "variable" or sign not in _TURNED or day is None:
            return
        if tokens[0].kind != "variable":
            sign = _TURNED[sign]
        step = timedelta(days=len(sign) == 1)
        try:
            if sign[0] == ">":
                yield _Bound(variable.text[1:], is_first=True, day=day + step)
            else:
                yield _Bound(variable.text[1:], is_first=False, day=day - step)
        except OverflowError:
            return

    def _day(self, tokens: Sequence[Token]) -> date | None:
        """The day of `"2026-05-01"^^xsd:date`, None for anything else."""
        value, *carets, datatype = tokens
        written = _DAY.fullmatch(value.text)
        if written is None or [caret.text for caret in carets] != ["^", "^"]:
            return None
        if datatype.kind not in {"iri", "name"} or self._names.resolve(datatype) != XSD.date:
            return None
        try:
            return date.fromisoformat(written[2])
        except ValueError:
            return None


@lru_cache(64)
def _days(first: date, last: date) -> str:
    """Literals of all days of a span; many ask for the same months."""
    days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    return " ".join([f'"{day.isoformat()}"^^<{XSD.date.value}>' for day in days])
