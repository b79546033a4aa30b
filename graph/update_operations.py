r"""
What the operations of a SPARQL Update touch (SPARQL 1.1 Update, 3.1 and 3.2; grammar rules 29 to 51).

The text is read by the grammar of operations, strictly: keywords stand apart, and what fits nowhere is a syntax error
here, although the engine takes `CLEARALL` or `1GRAPH<g>{`.  So an operation, and a graph that is written to, is never
overlooked.  Inside WHERE only the brackets are followed.  Escapes mean something in strings and IRIs only, as with the
engine (pyoxigraph 0.5.13; there is a test).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import DefaultGraph, NamedNode

from graph.errors import QueryRefusedError
from graph.syntax_errors import unclosed_string, undeclared_prefix, unexpected
from graph.tokens import Names, Token, meaningful, place

if TYPE_CHECKING:
    from collections.abc import Mapping

Target: TypeAlias = NamedNode | DefaultGraph

_OPENING: Final = {"{": "}", "(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Load:
    """One LOAD from `start` to `end` of the text: which address, read by the engine's own rules, and whether SILENT."""

    source: str
    silent: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """One operation; `merged` are the graphs after USING, if there are several: they are read as their RDF merge."""

    text: str
    merged: tuple[NamedNode, ...]


@dataclass(slots=True)
class Operations:
    """
    What the operations of one text touch, by characters of the text from 0.

    `targets`: the graphs written to, None where the text does not name them (`GRAPH ?g`, ALL, NAMED).  `has_dataset`:
    there is WITH or USING.  `patterns`: for each operation with a WHERE clause where that keyword stands and, for
    DELETE WHERE, where the pattern begins and ends.  `steps`: each operation as a text of its own, with the
    declarations before it, and the names of graphs after USING where there are several.
    """

    targets: set[Target] | None = field(default_factory=set)
    loads: list[Load] = field(default_factory=list)
    has_dataset: bool = False
    patterns: list[tuple[int, int | None, int]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def write_to(self, target: Target | None) -> None:
        if target is None:
            self.targets = None
        elif self.targets is not None:
            self.targets.add(target)


def read_operations(text: str, prefixes: Mapping[str, str]) -> Operations:
    """
    All operations of `text`.

    Raises:
        QuerySyntaxError: The text is no update.
        QueryRefusedError: A graph name that is no absolute IRI.
    """
    return _Reader(text, prefixes).read()


class _Reader:
    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        self._text = text
        self._tokens = meaningful(text)
        self._next = 0
        self._names = Names(prefixes)
        self._found = Operations()
        self._merged: tuple[NamedNode, ...] = ()
        for token in self._tokens:
            if token.kind == "unclosed":
                raise unclosed_string(text, token.start)

    def read(self) -> Operations:
        declared: list[str] = []
        while True:
            first = self._next
            self._next = self._names.read_prologue(self._tokens, self._next)
            declared.append(self._written(first))
            if self._next == len(self._tokens):
                return self._found
            first, self._merged = self._next, ()
            self._operation()
            self._found.steps.append(Step("\n".join([*declared, self._written(first)]), self._merged))
            if self._next == len(self._tokens):
                return self._found
            self._sign(";")

    def _written(self, first: int) -> str:
        """The text from a token to the last one that was read."""
        if first == self._next:
            return ""
        last = self._tokens[self._next - 1]
        return self._text[self._tokens[first].start : last.start + len(last.text)]

    def _operation(self) -> None:
        keyword = self._keyword(
            "INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"
        ).text.upper()
        if keyword == "LOAD":
            self._load()
        elif keyword in {"CLEAR", "DROP"}:
            self._optional("SILENT")
            self._emptied()
        elif keyword == "CREATE":
            self._optional("SILENT")
            self._keyword("GRAPH")
            self._found.write_to(self._iri())
        elif keyword in {"ADD", "MOVE", "COPY"}:
            self._optional("SILENT")
            source = self._graph_or_default()
            self._keyword("TO")
            self._found.write_to(self._graph_or_default())
            if keyword == "MOVE":
                self._found.write_to(source)
        elif keyword != "WITH" and self._optional("DATA"):
            self._template(DefaultGraph(), variables=False)
        elif keyword == "DELETE" and self._optional("WHERE"):
            start = self._peek().start if self._next < len(self._tokens) else len(self._text)
            where = self._tokens[self._next - 1].start
            self._template(DefaultGraph())
            end = self._tokens[self._next - 1].start + 1
            self._found.patterns.append((where, start, end))
        else:
            self._modify(keyword)

    def _load(self) -> None:
        start = self._tokens[self._next - 1].start
        silent = self._optional("SILENT")
        source = self._iri()
        if self._optional("INTO"):
            self._keyword("GRAPH")
            self._found.write_to(self._iri())
        else:
            self._found.write_to(DefaultGraph())
        last = self._tokens[self._next - 1]
        self._found.loads.append(Load(source.value, silent, start, last.start + len(last.text)))

    def _emptied(self) -> None:
        if self._optional("GRAPH"):
            self._found.write_to(self._iri())
        elif self._optional("DEFAULT"):
            self._found.write_to(DefaultGraph())
        else:
            self._keyword("NAMED", "ALL")
            self._found.write_to(None)

    def _modify(self, keyword: str) -> None:
        default: Target = DefaultGraph()
        if keyword == "WITH":
            self._found.has_dataset = True
            default = self._iri()
            keyword = self._keyword("INSERT", "DELETE").text.upper()
        self._template(default)
        if keyword == "DELETE" and self._optional("INSERT"):
            self._template(default)
        used: list[NamedNode] = []
        while self._optional("USING"):
            self._found.has_dataset = True
            is_named = self._optional("NAMED")
            name = self._iri()
            if not is_named:
                used.append(name)
        if len(used) > 1:
            self._merged = tuple(used)
        where = self._keyword("WHERE")
        self._found.patterns.append((where.start, None, where.start))
        if self._peek().text != "{":
            raise unexpected(self._text, self._peek().start)
        self._group()

    def _template(self, default: Target, *, variables: bool = True) -> None:
        """`{ triples GRAPH name { triples } }`; `default` takes the triples outside GRAPH."""
        self._sign("{")
        while self._peek().text != "}":
            if not self._optional("GRAPH"):
                self._found.write_to(default)
                self._triples()
                continue
            target: Target | None = None
            if variables and self._peek().kind == "variable":
                self._take()
            else:
                target = self._iri()
            self._sign("{")
            if self._peek().text != "}":
                self._found.write_to(target)
            while self._peek().text != "}":
                if self._peek().is_word("GRAPH"):
                    raise unexpected(self._text, self._peek().start)
                self._triples()
            self._sign("}")
        self._sign("}")

    def _triples(self) -> None:
        """One token of triples, or one bracket with all that is in it; a brace opens annotations only."""
        if self._peek().text == "{":
            following = self._tokens[self._next + 1 : self._next + 2]
            if not (following and following[0].text == "|" and following[0].start == self._peek().start + 1):
                raise unexpected(self._text, self._peek().start)
        if self._peek().text in _OPENING:
            self._group()
        elif self._peek().text in {")", "]"}:
            raise unexpected(self._text, self._peek().start)
        else:
            self._take()

    def _group(self) -> None:
        """From an opening bracket to its partner."""
        open_brackets: list[str] = []
        while True:
            token = self._take()
            if token.text in _OPENING:
                open_brackets.append(_OPENING[token.text])
            elif token.text in {"}", ")", "]"} and token.text != open_brackets.pop():
                raise unexpected(self._text, token.start)
            if not open_brackets:
                return

    def _graph_or_default(self) -> Target:
        if self._optional("DEFAULT"):
            return DefaultGraph()
        self._optional("GRAPH")
        return self._iri()

    def _iri(self) -> NamedNode:
        token = self._take()
        if token.kind not in {"iri", "name"}:
            raise unexpected(self._text, token.start)
        found = self._names.resolve(token)
        if found is None:
            if token.kind == "name" and token.text.partition(":")[0] not in self._names.prefixes:
                raise undeclared_prefix(self._text, token)
            raise _refused(self._text, token.start, "«{name}» makes no absolute IRI; write it in full", name=token.text)
        return found

    def _optional(self, keyword: str) -> bool:
        if self._next < len(self._tokens) and self._tokens[self._next].is_word(keyword):
            self._next += 1
            return True
        return False

    def _keyword(self, *keywords: str) -> Token:
        token = self._take()
        if not token.is_word(*keywords):
            raise unexpected(self._text, token.start)
        return token

    def _sign(self, sign: str) -> None:
        token = self._take()
        if token.text != sign:
            raise unexpected(self._text, token.start)

    def _peek(self) -> Token:
        if self._next == len(self._tokens):
            raise unexpected(self._text, len(self._text))
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token


def _refused(text: str, offset: int, template: str, **values: object) -> QueryRefusedError:
    line, column = place(text, offset)
    return QueryRefusedError("Line {line}, column {column}: " + template, line=line, column=column, **values)
