r"""
Tokens of SPARQL texts (SPARQL 1.1 Query, 19.8), their places, and the IRIs that names in a text stand for.

The engine's parser has no separate token step, so a token here is what the grammar says, not always what the engine
reads; `graph.guard` refuses the texts in which the two differ.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar, cast

from pyoxigraph import NamedNode, QuerySolutions, Store

from graph.errors import TermError
from graph.terms import iri

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# A string without an end takes the rest of the text, so that the scan stays linear; the engine refuses it anyway.
# Unicode classes are wider than the grammar's; what is too wide is no SPARQL and never reaches evaluation.
_SPACE: Final = r"[ \t\r\n]+"
_COMMENT: Final = r"\#[^\r\n]*"
_MEANINGFUL: Final = r"""
    (?P<string>
        \"\"\"(?:"{0,2}+(?:[^"\\]|\\.))*+\"\"\" | '''(?:'{0,2}+(?:[^'\\]|\\.))*+'''
      | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' )
  | (?P<unclosed>["'].*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
  | (?P<name>(?:\w[\w.\-\u00B7\u203F\u2040]*+)?:(?:[\w.\-:%\u00B7\u203F\u2040]|\\.)*)
  | (?P<word>\w[\w.\-\u00B7\u203F\u2040]*+)
  | (?P<sign>.)
"""
_TOKEN: Final = re.compile(rf"(?P<space>{_SPACE}) | (?P<comment>{_COMMENT}) | {_MEANINGFUL}", re.VERBOSE | re.DOTALL)
# Behind the last one an empty match takes what is empty, so that it is not looked at again from each of its places.
_NEXT: Final = re.compile(rf"(?:{_SPACE}|{_COMMENT})*+ (?:{_MEANINGFUL} | \Z)", re.VERBOSE | re.DOTALL)
# Characters of declarations that are remembered.
_SHORT: Final = 4096
_OPENING: Final = frozenset(("{", "(", "["))
_CLOSING: Final = frozenset(("}", ")", "]"))
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

Group = TypeVar("Group")


class Token(NamedTuple):
    """`kind` is the name of its group in the grammar above; `start` counts characters of the text from 0."""

    kind: str
    text: str
    start: int

    def is_word(self, *keywords: str) -> bool:
        """Whether this is one of the keywords, given in capitals."""
        return self.kind == "word" and self.text.upper() in keywords


def read_tokens(text: str) -> Iterator[Token]:
    """All of `text`, white space and comments too."""
    for match in _TOKEN.finditer(text):
        yield Token(match.lastgroup or "sign", match[0], match.start())


def read_meaningful(text: str) -> Iterator[Token]:
    """The tokens of `text` without white space and comments."""
    for match in _NEXT.finditer(text):
        kind = match.lastgroup
        if kind is not None:
            yield Token(kind, match[kind], match.start(kind))


def meaningful(text: str) -> list[Token]:
    """What `read_meaningful` reads, as a list."""
    return list(read_meaningful(text))


class PatternReader(ABC, Generic[Group]):
    """
    Goes through the meaningful tokens of a query; what a group gives is up to `_group`.

    Behind the last token stand others of kind `end`, so that a text that breaks off needs no care.
    """

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._index = 0

    @abstractmethod
    def _group(self) -> Group:
        """What the group that opens at the present token gives; the reader is behind it then."""

    def _at(self, index: int) -> Token:
        return self._tokens[index] if index < len(self._tokens) else Token("end", "", len(self._text))

    @property
    def _token(self) -> Token:
        return self._at(self._index)

    def _behind(self, index: int) -> int:
        """The index behind the bracket that opens at `index`."""
        depth = 0
        while index < len(self._tokens):
            written = self._tokens[index].text
            depth += (written in _OPENING) - (written in _CLOSING)
            index += 1
            if depth <= 0:
                break
        return index

    def _outside(self, end: int) -> list[Group]:
        """What the groups give that stand among clauses of SELECT, datasets, modifiers and data, up to token `end`."""
        found: list[Group] = []
        while self._index < end:
            token = self._tokens[self._index]
            if token.text == "{":
                found.append(self._group())
            elif token.is_word("VALUES"):
                self._pass_block()
            else:
                self._index += 1
        return found

    def _pass_block(self) -> None:
        """Go behind the next block in braces unread: that of VALUES holds data, in which no IRI asks for anything."""
        while self._index < len(self._tokens) and self._token.text != "{":
            self._index += 1
        self._index = self._behind(self._index)


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character, both from 1; a line ends at LF, CR or CR LF."""
    before = re.split(r"\r\n|\r|\n", text[:offset])
    return len(before), len(before[-1]) + 1


def without_escapes(text: str) -> tuple[str, list[int]]:
    """The text with code point escapes resolved (SPARQL 1.1, 19.2), and for each character where it was written."""
    pieces: list[str] = []
    offsets: list[int] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        code = int(match[1] or match[2], 16)
        if code > 0x10FFFF:
            continue
        pieces += [text[end : match.start()], chr(code)]
        offsets += [*range(end, match.start()), match.start()]
        end = match.end()
    if not pieces:
        return text, []
    offsets += range(end, len(text))
    return "".join([*pieces, text[end:]]), offsets


class Names:
    """
    What IRIs and prefixed names mean under the BASE and PREFIX lines read so far.

    Relative IRIs and escapes are resolved by the engine itself, so that a name never means one graph to the guard and
    another to the engine (`urllib` drops an empty fragment, and reads `http:a` as relative).
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)
        self._declarations: list[str] = []
        self._declared: set[str] = set()
        self._has_base = False
        self._known: dict[str, NamedNode | None] = {}

    @property
    def prefixes(self) -> set[str]:
        """All prefixes that may be used here."""
        return self._declared | set(self._given)

    def read_prologue(self, tokens: Sequence[Token], start: int) -> int:
        """Take in the declarations from token `start` on; the index of the first token behind them."""
        index = start
        while index < len(tokens):
            kinds = [token.kind for token in tokens[index + 1 : index + 3]]
            if tokens[index].is_word("BASE") and kinds[:1] == ["iri"]:
                self._has_base = True
                length = 2
            elif tokens[index].is_word("PREFIX") and kinds == ["name", "iri"] and tokens[index + 1].text.endswith(":"):
                self._declared.add(tokens[index + 1].text.partition(":")[0])
                length = 3
            elif tokens[index].is_word("VERSION") and kinds[:1] == ["string"]:
                index += 2
                continue
            else:
                break
            self._declarations.append(" ".join(token.text for token in tokens[index : index + length]))
            self._known.clear()
            index += length
        return index

    def resolve(self, token: Token) -> NamedNode | None:
        """The IRI of an `iri` or `name` token, None where it has none."""
        if token.text not in self._known:
            self._known[token.text] = self._resolve(token)
        return self._known[token.text]

    def _resolve(self, token: Token) -> NamedNode | None:
        if token.kind == "iri" and not self._has_base and "\\" not in token.text:
            try:
                return iri(token.text[1:-1])
            except TermError:
                return None
        if token.kind not in {"iri", "name"} or token.text.startswith("_:"):
            return None
        declarations = " ".join(self._declarations)
        if token.text.partition(":")[0] in self._declared and len(declarations) + len(token.text) < _SHORT:
            return _resolved_in(declarations, token.text)
        return _resolved(declarations, token.text, self._given)


def _resolved(declarations: str, written: str, given: Mapping[str, str]) -> NamedNode | None:
    query = f"{declarations} SELECT ?name {{}} VALUES ?name {{ {written} }}"
    try:
        [[found]] = cast("Any", cast("QuerySolutions", Store().query(query, prefixes=dict(given))))
    except (SyntaxError, ValueError, RuntimeError, OSError):
        return None
    return found if isinstance(found, NamedNode) else None


@lru_cache(256)
def _resolved_in(declarations: str, written: str) -> NamedNode | None:
    """The same for what the declarations alone say; queries declare the same again and again."""
    return _resolved(declarations, written, {})
