"""
Where the SERVICE clauses of a SPARQL text stand, and which patterns beside each give values to ask for.

A service is asked only for what can be joined to its answer: the patterns that stand beside the clause are evaluated
first, and their values go along (`graph.federation.joining`).  Which patterns may take part follows from the algebra
(SPARQL 1.1, 18.2 and 18.5); leaving one out asks for more and changes no answer, so only those are taken that are
certain:

- In the group of the clause: all before it but FILTER and MINUS, and behind it what is joined (triples, groups, GRAPH,
  VALUES); a FILTER whose variables all have values by these.
- The same of the groups around it, as long as they are joined.  A group of OPTIONAL takes from the group around it
  what stands before, one of FILTER EXISTS what it tests, and both nothing from farther outside: there the absence of a
  row would count.  Groups of MINUS and subqueries take nothing from outside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from graph.errors import QueryRefusedError
from graph.tokens import Names, PatternReader, Token, meaningful, place, read_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_Kind: TypeAlias = Literal[
    "triples", "filter", "bind", "optional", "minus", "lateral", "groups", "graph", "service", "values", "select"
]
_WORDS: Final = ("FILTER", "BIND", "OPTIONAL", "MINUS", "LATERAL", "GRAPH", "SERVICE", "VALUES", "UNION", "SELECT")
_LED: Final[dict[str, _Kind]] = {"OPTIONAL": "optional", "MINUS": "minus", "LATERAL": "lateral"}
_JOINED: Final = frozenset(("triples", "groups", "graph", "values"))
_BEFORE: Final = _JOINED | {"optional", "bind", "service"}
_KEYWORD: Final = re.compile("|".join((*_WORDS, "EXISTS", "LIMIT", "OFFSET")), re.IGNORECASE)
_GLUED: Final = re.compile(f"(?:{'|'.join((*_WORDS, 'EXISTS'))})\\w", re.IGNORECASE)
# The answer to such a pattern is another one each time, or depends on the order of rows that nobody sees.
_CHANGING: Final = ("LIMIT", "OFFSET", "RAND", "UUID", "STRUUID", "BNODE", "SAMPLE", "GROUP_CONCAT", "NOW")


@dataclass(frozen=True, slots=True)
class Level:
    """Patterns of one group, each from character to character; `opening` leads into it from the level before."""

    opening: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """A SERVICE within the pattern of another, which that service asks; its keywords and its endpoint."""

    address: str
    start: int
    name: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """
    One SERVICE clause.

    `start` and `end` are its own place, `endpoint` where its keywords and its endpoint end, `pattern` that of what it
    asks, `nested` other clauses in that.  `bound` are variables that every solution of the pattern binds; empty where
    values must not be sent along.  `levels` are the patterns that give them values, the outermost first.
    """

    address: str
    silent: bool
    start: int
    endpoint: int
    end: int
    pattern: tuple[int, int]
    nested: tuple[Nested, ...]
    bound: frozenset[str]
    levels: tuple[Level, ...]


@dataclass(slots=True)
class _Group:
    """`{ … }`, from character to character, the braces too."""

    start: int
    end: int = 0
    elements: list[_Element] = field(default_factory=list)


@dataclass(slots=True)
class _Element:
    """A part of a group.  `head` is the name after GRAPH or SERVICE, `variables` are those outside of its groups."""

    kind: _Kind
    start: int
    end: int = 0
    head: Token | None = None
    silent: bool = False
    groups: list[_Group] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)


def find_services(text: str, prefixes: Mapping[str, str] | None = None) -> list[Clause]:
    """
    The SERVICE clauses of a query that `graph.guard` let through, in their order.

    Raises:
        QueryRefusedError: The surroundings of a clause cannot be read for certain; with line and column.
    """
    if "service" not in text.lower() and "\\" not in text:
        return []
    tokens = meaningful(text)
    if not any(token.is_word("SERVICE") for token in tokens):
        return []
    names = Names(prefixes or {})
    start = names.read_prologue(tokens, 0)
    _refuse_glued(text, tokens[start:], names.prefixes)
    groups = _Reader(text, tokens).read(start)
    clauses = [clause for group in groups for clause in _Finder(text, tokens, names).walk(group, (), "", "{")]
    return sorted(clauses, key=lambda clause: clause.start)


def prologue(text: str) -> str:
    """The declarations before the query, without comments."""
    tokens = meaningful(text)
    index = Names({}).read_prologue(tokens, 0)
    return without_comments(text[: tokens[index].start if index < len(tokens) else len(text)])


def without_comments(text: str) -> str:
    """The text with a line break for each comment."""
    return "".join("\n" if token.kind == "comment" else token.text for token in read_tokens(text))


def _refuse_glued(text: str, tokens: Sequence[Token], known: set[str]) -> None:
    """Refuse keywords that the engine knows without a space around them, and the grammar of tokens does not."""
    for token in tokens:
        if token.kind == "word":
            found = _KEYWORD.search(token.text)
            is_glued = found is not None and found[0] != token.text
        else:
            prefix = token.text.partition(":")[0]
            is_glued = token.kind == "name" and prefix not in known and _GLUED.match(prefix) is not None
        if is_glued:
            raise _refused(
                text,
                token.start,
                "«{word}» beside SERVICE can be read as a keyword; put spaces around keywords",
                word=token.text,
            )


class _Reader(PatternReader[_Group]):
    """Reads groups and their parts, token by token (SPARQL 1.1, 19.8, rules 53–99)."""

    def read(self, start: int) -> list[_Group]:
        self._index = start
        if self._token.is_word("CONSTRUCT") and self._at(start + 1).text == "{":
            self._index = self._behind(start + 1)
        return self._outside(len(self._tokens))

    def _ended(self) -> int:
        """Where the token before this one ends."""
        token = self._at(self._index - 1)
        return token.start + len(token.text)

    def _group(self) -> _Group:
        group = _Group(self._token.start)
        behind = self._behind(self._index)
        self._index += 1
        if self._token.is_word("SELECT"):
            element = _Element("select", self._token.start)
            element.groups = self._outside(behind - 1)
            element.end = self._ended()
            group.elements.append(element)
        while self._index < behind - 1:
            if self._token.text == ".":
                self._index += 1
                continue
            element = self._element(behind - 1)
            element.end = self._ended()
            group.elements.append(element)
        self._index = behind
        group.end = self._ended()
        return group

    def _element(self, end: int) -> _Element:
        token = self._token
        if token.text == "{":
            element = _Element("groups", token.start, groups=[self._group()])
            while self._token.is_word("UNION"):
                self._index += 1
                element.groups += self._inner()
            return element
        self._index += 1
        if token.is_word(*_LED):
            return _Element(_LED[token.text.upper()], token.start, groups=self._inner())
        if token.is_word("GRAPH", "SERVICE"):
            element = _Element("graph" if token.is_word("GRAPH") else "service", token.start)
            element.silent = self._token.is_word("SILENT")
            self._index += element.silent
            element.head = self._token
            self._index += 1
            element.groups = self._inner()
            return element
        if token.is_word("VALUES"):
            self._index -= 1
            self._pass_block()
            return _Element("values", token.start)
        if token.is_word("FILTER", "BIND"):
            return self._expression(_Element("filter" if token.is_word("FILTER") else "bind", token.start))
        self._index -= 1
        return self._triples(end)

    def _inner(self) -> list[_Group]:
        return [self._group()] if self._token.text == "{" else []

    def _expression(self, element: _Element) -> _Element:
        """What follows FILTER or BIND."""
        while self._token.is_word("NOT", "EXISTS") or self._token.kind in {"word", "iri", "name"}:
            self._index += 1
        if self._token.text == "{":
            element.groups.append(self._group())
        elif self._token.text == "(":
            behind = self._behind(self._index)
            while self._index < behind:
                if self._token.text == "{":
                    element.groups.append(self._group())
                    continue
                if self._token.kind == "variable":
                    element.variables.add(self._token.text[1:])
                self._index += 1
        return element

    def _triples(self, end: int) -> _Element:
        element = _Element("triples", self._token.start)
        depth = 0
        while self._index < end:
            token = self._token
            if not depth and (token.text in {"{", "}"} or token.is_word(*_WORDS)):
                if token.text == "{" and self._at(self._index + 1).text == "|":
                    raise _refused(self._text, token.start, "annotations of triples cannot stand beside SERVICE")
                break
            depth += (token.text in {"[", "("}) - (token.text in {"]", ")"})
            if token.kind == "variable":
                element.variables.add(token.text[1:])
            self._index += 1
        # Where nothing stands that could, the engine says so.
        self._index += self._token.start == element.start
        return element


class _Finder:
    """Finds the clauses in groups, with the patterns that narrow each down."""

    def __init__(self, text: str, tokens: Sequence[Token], names: Names) -> None:
        self._text = text
        self._tokens = tokens
        self._names = names

    def walk(self, group: _Group, outer: tuple[Level, ...], graph: str, opening: str) -> Iterator[Clause]:
        """
        The clauses within `group`.

        `outer` are the levels around it, into the last of which `opening` leads from it; `graph` is the GRAPH around
        it, empty for none.
        """
        for index, element in enumerate(group.elements):
            if not _has_service(element):
                continue
            before = [part for part in group.elements[:index] if part.kind in _BEFORE]
            behind = [part for part in group.elements[index + 1 :] if part.kind in _JOINED and not _has_service(part)]
            # A chain that begins here is not within that of the GRAPH around it.
            alone = f"{graph} {{"
            first = opening if outer else alone
            joined = (*outer, self._level(group, before + behind, first))
            if element.kind == "service":
                yield self._clause(element, joined)
            elif element.kind == "groups":
                for arm in element.groups:
                    yield from self.walk(arm, joined, graph, "{")
            elif element.kind == "graph" and element.head is not None:
                for inner in element.groups:
                    named = f"GRAPH {element.head.text}"
                    yield from self.walk(inner, joined, named, f"{named} {{")
            elif element.kind == "filter":
                tested = (self._level(group, before + behind, alone),)
                for inner in element.groups:
                    yield from self.walk(inner, tested, graph, "{")
            elif element.kind in {"optional", "bind", "lateral"}:
                extended = (self._level(group, before, alone),)
                for inner in element.groups:
                    yield from self.walk(inner, extended, graph, "{")
            else:
                for inner in element.groups:
                    yield from self.walk(inner, (), graph, "{")

    def _level(self, group: _Group, elements: list[_Element], opening: str) -> Level:
        known = set[str]().union(*(_bound(element) for element in elements if element.kind in _JOINED))
        filters = [
            element
            for element in group.elements
            if element.kind == "filter" and not element.groups and element.variables <= known
        ]
        return Level(opening, tuple((element.start, element.end) for element in elements + filters))

    def _clause(self, element: _Element, levels: tuple[Level, ...]) -> Clause:
        [inner] = element.groups
        head, address = self._endpoint(element)
        changes = any(token.is_word(*_CHANGING) for token in self._tokens if inner.start < token.start < inner.end)
        return Clause(
            address=address,
            silent=element.silent,
            start=element.start,
            endpoint=head.start + len(head.text),
            end=inner.end,
            pattern=(inner.start + 1, inner.end - 1),
            nested=tuple(self._nested(inner)),
            bound=frozenset() if changes else frozenset(_bound_by(inner)),
            levels=levels,
        )

    def _nested(self, group: _Group) -> Iterator[Nested]:
        for element in group.elements:
            if element.kind == "service":
                head, address = self._endpoint(element)
                yield Nested(address, element.start, head.start, head.start + len(head.text))
            for inner in element.groups:
                yield from self._nested(inner)

    def _endpoint(self, element: _Element) -> tuple[Token, str]:
        head = element.head
        assert head is not None
        address = self._names.resolve(head)
        assert address is not None, "the guard resolved it"
        return head, address.value


def _has_service(element: _Element) -> bool:
    return element.kind == "service" or any(_has_service(inner) for group in element.groups for inner in group.elements)


def _bound(element: _Element) -> set[str]:
    """Variables that every solution of the element binds; not all of them."""
    if element.kind == "triples":
        return element.variables
    if element.kind == "graph":
        head = element.head
        named = {head.text[1:]} if head is not None and head.kind == "variable" else set[str]()
        return named.union(*map(_bound_by, element.groups))
    if element.kind == "groups":
        return set.intersection(*map(_bound_by, element.groups))
    return set()


def _bound_by(group: _Group) -> set[str]:
    return set[str]().union(*map(_bound, group.elements))


def _refused(text: str, offset: int, template: str, **values: object) -> QueryRefusedError:
    line, column = place(text, offset)
    return QueryRefusedError("Line {line}, column {column}: " + template, line=line, column=column, **values)
