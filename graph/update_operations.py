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
    from collections.abc import Mapping, Sequence

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
class Modification:
    """
    The parts of a DELETE or INSERT as texts (SPARQL 1.1 Update, 3.1.1 to 3.1.3).

    `delete` and `insert` are templates in their braces, empty where there is none; `where` is the pattern, empty after
    DATA.  `target` takes what the templates write outside GRAPH.  `used` and `named` are the graphs after USING and
    USING NAMED; where there are none, patterns outside GRAPH read `target`.
    """

    delete: str
    insert: str
    where: str
    target: Target
    used: tuple[NamedNode, ...] = ()
    named: tuple[NamedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """
    One operation, which begins at the character `start` of the text.

    `declarations` are all of the text with their places, of which the first `declared` count for it.  `targets` are the
    graphs whose statements it can change, None where the text does not name them.
    """

    operation: str
    start: int
    declarations: Sequence[tuple[int, str]]
    declared: int
    targets: frozenset[Target] | None
    modification: Modification | None

    @property
    def prologue(self) -> str:
        """The declarations that count for it."""
        return "".join(f"{declaration}\n" for _, declaration in self.declarations[: self.declared])

    @property
    def is_load(self) -> bool:
        """Whether it is a LOAD."""
        return self.operation[:4].upper() == "LOAD"

    @property
    def text(self) -> str:
        """The operation as a text of its own."""
        return self.prologue + self.operation

    def in_place(self, text: str) -> str:
        """`text` with spaces for all that does not count for this operation, so that lines and columns stay."""
        pieces, read = list[str](), 0
        for start, kept in (*self.declarations[: self.declared], (self.start, self.operation)):
            pieces += [_blank(text[read:start]), kept]
            read = start + len(kept)
        return "".join(pieces)


@dataclass(slots=True)
class Operations:
    """
    What the operations of one text touch, by characters of the text from 0.

    `targets`: the graphs written to, None where the text does not name them (`GRAPH ?g`, ALL, NAMED).  `has_dataset`:
    there is WITH or USING.  `patterns`: for each operation with a WHERE clause where that keyword stands and, for
    DELETE WHERE, where the pattern begins and ends.
    """

    targets: set[Target] | None = field(default_factory=set)
    loads: list[Load] = field(default_factory=list)
    has_dataset: bool = False
    patterns: list[tuple[int, int | None, int]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def add(self, step: Step, written: set[Target] | None) -> None:
        """Take in one more operation, which writes to these graphs."""
        self.steps.append(step)
        if written is None:
            self.targets = None
        elif self.targets is not None:
            self.targets |= written


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
        self._targets: set[Target] | None = set()
        for token in self._tokens:
            if token.kind == "unclosed":
                raise unclosed_string(text, token.start)

    def read(self) -> Operations:
        declarations: list[tuple[int, str]] = []
        while True:
            first = self._next
            self._next = self._names.read_prologue(self._tokens, self._next)
            # Programs repeat the same ones before each operation.
            if self._next > first and [self._written(first)] != [text for _, text in declarations[-1:]]:
                declarations.append((self._tokens[first].start, self._written(first)))
            if self._next == len(self._tokens):
                return self._found
            first, self._targets = self._next, set()
            start = self._tokens[first].start
            is_creation = self._tokens[first].is_word("CREATE")
            modification = self._operation()
            changed = set() if is_creation else self._targets
            targets = None if changed is None else frozenset(changed)
            step = Step(self._written(first), start, declarations, len(declarations), targets, modification)
            self._found.add(step, self._targets)
            if self._next == len(self._tokens):
                return self._found
            self._sign(";")

    def _written(self, first: int) -> str:
        """The text from a token to the last one that was read."""
        last = self._tokens[self._next - 1]
        return self._text[self._tokens[first].start : last.start + len(last.text)]

    def _write_to(self, target: Target | None) -> None:
        if target is None:
            self._targets = None
        elif self._targets is not None:
            self._targets.add(target)

    def _operation(self) -> Modification | None:
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
            self._write_to(self._iri())
        elif keyword in {"ADD", "MOVE", "COPY"}:
            self._optional("SILENT")
            source = self._graph_or_default()
            self._keyword("TO")
            target = self._graph_or_default()
            self._write_to(target)
            if keyword == "MOVE":
                self._write_to(source)
            if keyword == "ADD":
                # What it stands for (SPARQL 1.1 Update, 3.2.5).
                return Modification("", _everything(target), _everything(source), DefaultGraph())
        elif keyword != "WITH" and self._optional("DATA"):
            template = self._template(DefaultGraph(), variables=False)
            delete, insert = (template, "") if keyword == "DELETE" else ("", template)
            return Modification(delete, insert, "", DefaultGraph())
        elif keyword == "DELETE" and self._optional("WHERE"):
            where, first = self._tokens[self._next - 1].start, self._next
            template = self._template(DefaultGraph())
            start = self._tokens[first].start
            self._found.patterns.append((where, start, start + len(template)))
            return Modification(template, "", template, DefaultGraph())
        else:
            return self._modify(keyword)
        return None

    def _load(self) -> None:
        start = self._tokens[self._next - 1].start
        silent = self._optional("SILENT")
        source = self._iri()
        if self._optional("INTO"):
            self._keyword("GRAPH")
            self._write_to(self._iri())
        else:
            self._write_to(DefaultGraph())
        last = self._tokens[self._next - 1]
        self._found.loads.append(Load(source.value, silent, start, last.start + len(last.text)))

    def _emptied(self) -> None:
        if self._optional("GRAPH"):
            self._write_to(self._iri())
        elif self._optional("DEFAULT"):
            self._write_to(DefaultGraph())
        else:
            self._keyword("NAMED", "ALL")
            self._write_to(None)

    def _modify(self, keyword: str) -> Modification:
        target: Target = DefaultGraph()
        if keyword == "WITH":
            self._found.has_dataset = True
            target = self._iri()
            keyword = self._keyword("INSERT", "DELETE").text.upper()
        delete = self._template(target) if keyword == "DELETE" else ""
        insert = self._template(target) if keyword == "INSERT" or self._optional("INSERT") else ""
        used: list[NamedNode] = []
        named: list[NamedNode] = []
        while self._optional("USING"):
            self._found.has_dataset = True
            (named if self._optional("NAMED") else used).append(self._iri())
        where = self._keyword("WHERE")
        self._found.patterns.append((where.start, None, where.start))
        first = self._next
        if self._peek().text != "{":
            raise unexpected(self._text, self._peek().start)
        self._group()
        return Modification(delete, insert, self._written(first), target, tuple(used), tuple(named))

    def _template(self, default: Target, *, variables: bool = True) -> str:
        """`{ triples GRAPH name { triples } }` as it is written; `default` takes the triples outside GRAPH."""
        first = self._next
        self._sign("{")
        while self._peek().text != "}":
            if not self._optional("GRAPH"):
                self._write_to(default)
                self._triples()
                continue
            target: Target | None = None
            if variables and self._peek().kind == "variable":
                self._take()
            else:
                target = self._iri()
            self._sign("{")
            if self._peek().text != "}":
                self._write_to(target)
            while self._peek().text != "}":
                if self._peek().is_word("GRAPH"):
                    raise unexpected(self._text, self._peek().start)
                self._triples()
            self._sign("}")
        self._sign("}")
        return self._written(first)

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


def _everything(graph: Target) -> str:
    return "{ ?s ?p ?o }" if isinstance(graph, DefaultGraph) else f"{{ GRAPH {graph} {{ ?s ?p ?o }} }}"


def _blank(text: str) -> str:
    return "".join(character if character in "\r\n" else " " for character in text)


def _refused(text: str, offset: int, template: str, **values: object) -> QueryRefusedError:
    line, column = place(text, offset)
    return QueryRefusedError("Line {line}, column {column}: " + template, line=line, column=column, **values)
