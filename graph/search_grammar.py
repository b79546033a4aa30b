"""
Where the search clauses of a SPARQL text stand, `?activity vekha:search "наставничество"`.

They are found by the grammar of group graph patterns (SPARQL 1.1, 19.8, rules 53–99), as far as it can hold triples;
what cannot be read for certain beside such a pattern is refused, with its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from pyoxigraph import Literal, QuerySolutions, Store

from graph.errors import SearchClauseError
from graph.tokens import Names, PatternReader, Token, meaningful, place
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from collections.abc import Mapping

PREDICATE: Final = VEKHA.search
_GROUPS: Final = ("OPTIONAL", "MINUS", "UNION", "LATERAL")
_LITERALS: Final = ("TRUE", "FALSE")
_ENDS: Final = frozenset((".", ";", "}", "]", ",", ")", "{"))


@dataclass(frozen=True, slots=True)
class SearchClause:
    """
    `variable` is bound to what `words` finds.

    `start` and `end` are what is taken out, `before` is where the hits are put in, `offset` where the text of the
    clause stands.
    """

    variable: str
    words: str
    start: int
    end: int
    before: int
    offset: int


def find_clauses(text: str, prefixes: Mapping[str, str] | None = None) -> list[SearchClause]:
    """
    The search clauses of a query in their order.

    Raises:
        SearchClauseError: The predicate stands where it cannot be answered; with line and column.
    """
    if "search" not in text.lower() and "\\u" not in text:
        return []
    tokens = meaningful(text)
    names = Names(prefixes or {})
    start = names.read_prologue(tokens, 0)
    places = [
        index
        for index, token in enumerate(tokens)
        if index >= start and token.kind in {"iri", "name"} and names.resolve(token) == PREDICATE
    ]
    return _Reader(text, tokens, frozenset(places)).read(start) if places else []


class _Reader(PatternReader[None]):
    """Reads the patterns of a query, token by token; `places` are the tokens that name the predicate."""

    def __init__(self, text: str, tokens: list[Token], places: frozenset[int]) -> None:
        super().__init__(text, tokens)
        self._places = places
        self._clauses: list[SearchClause] = []
        self._service = False
        self._block = 0

    def read(self, start: int) -> list[SearchClause]:
        self._index = start
        is_short = self._token.is_word("CONSTRUCT") and self._at(start + 1).text != "{"
        if self._token.is_word("CONSTRUCT") and not is_short:
            # The template makes triples and asks nothing.
            self._index = self._behind(start + 1)
        self._outside(len(self._tokens))
        found = sorted(self._clauses, key=lambda clause: clause.offset)
        if found and is_short:
            offset = found[0].offset
            raise _refused(self._text, offset, "a search cannot stand in CONSTRUCT WHERE; write the template out")
        return found

    def _group(self) -> None:
        """`{ … }`: a group graph pattern or a subquery."""
        self._index += 1
        if self._token.is_word("SELECT"):
            self._outside(self._end_of_group())
            self._index += 1
            return
        while self._index < len(self._tokens) and self._token.text != "}":
            token = self._token
            if token.text == "{":
                self._group()
            elif token.text == "." or token.is_word(*_GROUPS):
                self._index += 1
            elif token.is_word("GRAPH", "SERVICE"):
                self._named_group()
            elif token.is_word("FILTER", "BIND"):
                self._expression()
            elif token.is_word("VALUES"):
                self._pass_block()
            else:
                self._triples()
        self._index += 1

    def _end_of_group(self) -> int:
        """The index of the brace that closes the group around the present token."""
        depth = 0
        for index in range(self._index, len(self._tokens)):
            written = self._tokens[index].text
            depth += (written == "{") - (written == "}")
            if depth < 0:
                return index
        return len(self._tokens)

    def _named_group(self) -> None:
        service = self._token.is_word("SERVICE")
        self._index += 1
        if self._token.is_word("SILENT"):
            self._index += 1
        self._index += 1
        if self._token.text != "{":
            return
        outer, self._service = self._service, self._service or service
        self._group()
        self._service = outer

    def _expression(self) -> None:
        """FILTER and BIND with all that belongs to them; groups of EXISTS are read as groups."""
        self._index += 1
        while self._token.is_word("NOT", "EXISTS") or self._token.kind in {"iri", "name"}:
            self._index += 1
        if self._token.kind == "word":
            self._index += 1
        if self._token.text == "{":
            self._group()
        elif self._token.text == "(":
            self._bracket()

    def _bracket(self) -> None:
        self._index += 1
        while self._index < len(self._tokens) and self._token.text != ")":
            if self._token.text == "(":
                self._bracket()
            elif self._token.text == "{":
                self._group()
            else:
                self._index += 1
        self._index += 1

    def _triples(self) -> None:
        """A block of triples: one basic graph pattern, before which its hits are put."""
        self._block = self._token.start
        while True:
            first = self._index
            self._node()
            subject = (first, self._index)
            if self._is_verb():
                self._properties(subject)
            elif self._index == first:
                # Nothing that could begin a triple: the engine says what is wrong.
                self._index += 1
                return
            if self._token.text == ".":
                self._index += 1
            elif not self._ends_with_dot(self._index - 1):
                return
            if not self._begins_triple():
                return

    def _ends_with_dot(self, index: int) -> bool:
        """Whether the dot behind a triple was taken for the last letter of its object, as in `?a a ex:Thing.`."""
        token = self._at(index)
        return token.kind in {"name", "word"} and token.text.endswith(".")

    def _begins_triple(self) -> bool:
        token = self._token
        return (
            token.kind in {"variable", "iri", "name", "string"}
            or token.text in {"[", "("}
            or (token.kind == "word" and (token.text.upper() in _LITERALS or token.text[0].isdigit()))
        )

    def _is_verb(self) -> bool:
        token = self._token
        return token.kind in {"variable", "iri", "name"} or token.text in {"a", "^", "!", "("}

    def _node(self) -> None:
        """A subject or an object."""
        token = self._token
        if token.text == "<":
            raise _refused(
                self._text, self._at(self._index).start, "triples in angle brackets cannot stand beside a search"
            )
        if token.text == "[":
            first = self._index
            self._index += 1
            if self._is_verb():
                self._properties((first, first + 1))
            self._index += self._token.text == "]"
        elif token.text == "(":
            self._index += 1
            while self._index < len(self._tokens) and self._token.text not in {")", "}"}:
                before = self._index
                self._node()
                self._index += self._index == before
            self._index += 1
        elif token.text in {"+", "-"}:
            self._index += 2
        elif token.kind == "string":
            self._index += 1
            if self._token.kind == "language":
                self._index += 1
            elif self._token.text == "^" and self._at(self._index + 1).text == "^":
                self._index += 3
        elif token.text not in _ENDS:
            self._index += 1

    def _properties(self, subject: tuple[int, int]) -> None:
        """Verbs with their objects, semicolons between."""
        pairs: list[tuple[int, int, bool]] = []
        clauses: list[tuple[int, str]] = []
        goes_on = True
        while goes_on and self._is_verb():
            first = self._index
            if first in self._places and self._at(first + 1).text not in {"/", "|", "*", "+", "?"}:
                clauses.append((first, self._words(first, subject)))
                pairs.append((first, self._index, True))
            else:
                self._path()
                self._objects()
                pairs.append((first, self._index, False))
            goes_on = self._token.text == ";"
            while self._token.text == ";":
                self._index += 1
        if clauses:
            self._cut(subject, pairs, dict(clauses))

    def _words(self, verb: int, subject: tuple[int, int]) -> str:
        """The text of the clause whose verb stands at `verb`; the reader is behind it then."""
        if self._service:
            raise _refused(
                self._text, self._at(verb).start, "another server has no search; put the search outside of SERVICE"
            )
        if subject[1] - subject[0] != 1 or self._tokens[subject[0]].kind != "variable":
            raise _refused(
                self._text, self._at(verb).start, "before vekha:search stands a variable, which takes what is found"
            )
        found = self._at(verb + 1)
        if found.kind != "string":
            raise _refused(
                self._text,
                (found if found.kind != "end" else self._at(verb)).start,
                "after vekha:search stands a text in quotation marks, not a variable or anything else: the search is "
                "answered before the query",
            )
        self._index = verb + 2
        if self._token.kind == "language" or self._token.text == "^":
            raise _refused(
                self._text, self._at(self._index).start, "the text after vekha:search has neither language nor type"
            )
        if self._token.text == ",":
            raise _refused(
                self._text, self._at(self._index).start, "vekha:search takes one text; write it once for each"
            )
        return _value(self._text, found)

    def _path(self) -> None:
        """A verb: a variable, or a path."""
        if self._token.kind == "variable":
            self._index += 1
            return
        expects = True
        while self._index < len(self._tokens):
            token = self._token
            behind = self._behind(self._index) if token.text == "(" else self._index + 1
            inside = [index for index in self._places if self._index <= index < behind]
            if inside and expects:
                raise _refused(self._text, self._at(min(inside)).start, "vekha:search stands alone, not in a path")
            if expects and token.text in {"^", "!"}:
                self._index += 1
            elif expects and token.text == "(":
                self._index, expects = behind, False
            elif expects and (token.kind in {"iri", "name"} or token.text == "a"):
                self._index, expects = self._index + 1, False
            elif not expects and token.text in {"/", "|"}:
                self._index, expects = self._index + 1, True
            elif not expects and token.text in {"*", "+", "?"}:
                self._index += 1
            else:
                return

    def _objects(self) -> None:
        while True:
            self._node()
            if self._token.text in {"~", "{"} and self._at(self._index + 1).text in {"|", "~"}:
                raise _refused(
                    self._text, self._at(self._index).start, "annotations of triples cannot stand beside a search"
                )
            if self._token.text != ",":
                return
            self._index += 1

    def _cut(self, subject: tuple[int, int], pairs: list[tuple[int, int, bool]], texts: Mapping[int, str]) -> None:
        """Take the clauses out of the triples of one subject, in such a way that what is left is a pattern."""
        variable = self._tokens[subject[0]].text
        kept = [pair for pair in pairs if not pair[2]]
        for number, (first, behind, is_clause) in enumerate(pairs):
            if not is_clause:
                continue
            if kept and kept[0][0] < first:
                # `?s :p :o ; ; :q :r` is SPARQL, so what is left may keep its semicolons.
                start, end = self._tokens[first].start, self._end(behind - 1)
            elif kept:
                # The first verb must follow the subject, so the semicolons go too.
                following = pairs[number + 1][0]
                start, end = self._tokens[first].start, self._tokens[following].start
            else:
                start = self._tokens[subject[0]].start if number == 0 else self._tokens[first].start
                end = self._end(behind - 1) if number + 1 < len(pairs) else self._end(self._index - 1)
                if number + 1 < len(pairs):
                    end = self._tokens[pairs[number + 1][0]].start
                elif self._token.text == ".":
                    end = self._end(self._index)
            self._clauses.append(
                SearchClause(variable, texts[first], start, end, self._block, self._tokens[first].start)
            )

    def _end(self, index: int) -> int:
        token = self._tokens[index]
        return token.start + len(token.text)


def _value(text: str, token: Token) -> str:
    """What a string of the query says, its escapes resolved by the engine."""
    try:
        [[found]] = cast(
            "Any", cast("QuerySolutions", Store().query(f"SELECT ?text {{ VALUES ?text {{ {token.text} }} }}"))
        )
    except (SyntaxError, ValueError):
        raise _refused(
            text, token.start, "this text cannot be read; check its quotation marks and backslashes"
        ) from None
    return found.value if isinstance(found, Literal) else ""


def _refused(text: str, offset: int, template: str) -> SearchClauseError:
    line, column = place(text, offset)
    return SearchClauseError("Line {line}, column {column}: " + template, line=line, column=column)
