r"""
What is looked at before a query is evaluated: its size, its nesting, its dataset, and that it stays in this house.

The engine offers no switch against SERVICE, so a query with SERVICE is refused here.  The check works on the tokens
of the SPARQL grammar (SPARQL 1.1 Query, 19.8) and errs on the strict side where the engine's parser, which has no
separate token step, can read the same characters in another way.  Seen with pyoxigraph 0.5.13, each with a test:

- Keywords need no space after them: `trueSERVICE<a>{}`, `SERVICEex:a{}`, also where `SERVICEex:` is declared.
- A prefixed name whose IRI turns out invalid is taken as its prefix alone: with `PREFIX ex: <http://host:>` the text
  `ex:SERVICE<a>{}` is `ex:` and a SERVICE.
- After an operand `<` is «less than», so `?a<'>'` holds a string and `?a<#>` a comment, not an IRI.

The words are therefore looked for in all that is not certainly a string, a comment or an IRI, in the text as it is
and with `\u` escapes resolved.  rdflib's parser was tried as a guard and serves as a referee in the tests instead: it
is hundreds of times slower, does not know SPARQL 1.2, and does not read the cases above as the engine does.

A second fence stands behind this one: query workers have no network where the system allows that (`graph.workers`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

from pyoxigraph import Store

from graph.errors import QueryRefusedError, QuerySyntaxError, TermError
from graph.terms import iri

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import NamedNode

# The engine's parser ends the process by a stack overflow at about 1,000 nested EXISTS; people nest ten.
MAX_LENGTH: Final = 100_000
MAX_DEPTH: Final = 100

_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"),
)
_PROLOGUE: Final = frozenset(("BASE", "PREFIX", "VERSION"))

# A string without an end takes the rest of the text, so that the scan stays linear; the engine refuses it anyway.
# Unicode classes are wider than the grammar's; what is too wide is no SPARQL and never reaches evaluation.
_TOKEN: Final = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<comment>\#[^\r\n]*)
  | (?P<string>
        \"\"\"(?:"{0,2}+(?:[^"\\]|\\.))*+\"\"\" | '''(?:'{0,2}+(?:[^'\\]|\\.))*+'''
      | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' )
  | (?P<unclosed>["'].*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
  | (?P<name>(?:\w[\w.\-\u00B7\u203F\u2040]*+)?:(?:[\w.\-:%\u00B7\u203F\u2040]|\\.)*)
  | (?P<word>\w[\w.\-\u00B7\u203F\u2040]*+)
  | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_SERVICE: Final = re.compile("service", re.IGNORECASE)
_FROM: Final = re.compile("from", re.IGNORECASE)
_FROM_WORD: Final = re.compile("from(?P<named>named)?$", re.IGNORECASE)
_VALUE_THEN_SERVICE: Final = re.compile(r"[?$](?:true|false|[\d.eE+-]+)service", re.IGNORECASE)
# Longer than the longest keyword, ENCODE_FOR_URI.
_GAP: Final = " " * 20
_POSITION: Final = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs after FROM and FROM NAMED (SPARQL 1.1, 13.2), as often as they are written."""

    default: tuple[NamedNode, ...]
    named: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A text that may be evaluated; `dataset` is None where the query has no dataset clause."""

    text: str
    dataset: Dataset | None


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


def check_query(text: str, *, prefixes: Mapping[str, str] | None = None) -> CheckedQuery:
    """
    `text`, if it may be evaluated here; its syntax is the engine's business.  `prefixes` are the given ones.

    Raises:
        QueryRefusedError: SERVICE, an update, a too long or too deeply nested text, or a text in which SERVICE or
            FROM cannot be told for certain; with line and column.
    """
    if len(text) > MAX_LENGTH:
        raise _refused(
            text,
            MAX_LENGTH,
            "The query has {length} characters, at most {limit} are read; shorten it, or ask in several steps",
            length=len(text),
            limit=MAX_LENGTH,
        )
    tokens = [token for token in _tokens(text) if token.kind not in {"space", "comment"}]
    _check_form(text, tokens)
    _check_depth(text, tokens)
    plain, offsets = _without_escapes(text)
    if _SERVICE.search(text) or _SERVICE.search(plain):
        _check_service(text, tokens, None)
        if plain != text:
            readable = [token for token in _tokens(plain) if token.kind not in {"space", "comment"}]
            _check_service(text, readable, offsets)
    if not _FROM.search(text):
        return CheckedQuery(text, None)
    return CheckedQuery(text, _read_dataset(text, tokens, dict(prefixes or {})))


def syntax_error(text: str, error: SyntaxError, *, prefixes: Mapping[str, str] | None = None) -> QuerySyntaxError:
    """The engine's complaint about `text` with its place, in words for people."""
    tokens = list(_tokens(text))
    offset, reason = _locate(tokens, error, dict(prefixes or {}))
    if "Prefix not found" in reason:
        meaningful = [token for token in tokens if token.kind not in {"space", "comment"}]
        known = _declared(meaningful)[0] | dict(prefixes or {})
        for token in meaningful:
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in known and prefix != "_":
                line, column = place(text, token.start)
                return QuerySyntaxError(
                    "Line {line}, column {column}: the prefix «{prefix}:» is not declared; add a PREFIX line for it",
                    line=line,
                    column=column,
                    prefix=prefix,
                )
    open_string = next((token.start for token in tokens if token.kind == "unclosed"), None)
    if open_string is not None and open_string < offset:
        line, column = place(text, open_string)
        return QuerySyntaxError(
            "Line {line}, column {column}: the text that begins here has no closing quotation mark",
            line=line,
            column=column,
        )
    line, column = place(text, offset)
    found = next((token.text for token in tokens if token.start == offset), "")
    if not found:
        return QuerySyntaxError(
            "Line {line}, column {column}: the query ends here, but something is missing", line=line, column=column
        )
    return QuerySyntaxError(
        "Line {line}, column {column}: «{found}» cannot stand here", line=line, column=column, found=found[:40]
    )


def _locate(tokens: list[_Token], error: SyntaxError, prefixes: dict[str, str]) -> tuple[int, str]:
    """
    Where in the text the engine stopped, and what it expected there.

    A keyword that does not match is reported at the place where it would have ended, which may lie behind the real
    fault and hides it.  With wide gaps between tokens that place cannot reach the next token, so the engine is asked
    again about such a text.  It is as wrong as the first and is not evaluated.
    """
    wide = "".join(token.text + _gap(token) for token in tokens)
    reason = str(error.msg)
    try:
        Store().query(wide, prefixes=prefixes)
    except SyntaxError as second:
        reason = str(second.msg)
    except (RuntimeError, ValueError, OSError):
        return 0, reason
    else:
        return 0, reason
    found = _POSITION.search(reason)
    if found is None:
        return 0, reason
    lines = re.split(r"(?<=\n)", wide)
    reported = sum(map(len, lines[: int(found[1]) - 1])) + int(found[2]) - 1
    end = 0
    for token in tokens:
        start, end = end, end + len(token.text) + len(_gap(token))
        if start <= reported < end and token.kind not in {"space", "comment"}:
            return token.start, found[3]
        if start <= reported < end:
            before = [earlier for earlier in tokens if earlier.start < token.start]
            significant = [earlier for earlier in before if earlier.kind not in {"space", "comment"}]
            return (significant[-1].start if significant else token.start), found[3]
    return sum(len(token.text) for token in tokens), found[3]


def _gap(token: _Token) -> str:
    """White space that changes nothing after this token; after a string or a sign such as ^ it might."""
    return _GAP if token.kind in {"space", "comment", "word"} or token.text in set("{}()[];,") else ""


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character, both from 1; a line ends at LF, CR or CR LF."""
    before = re.split(r"\r\n|\r|\n", text[:offset])
    return len(before), len(before[-1]) + 1


def _refused(text: str, offset: int, template: str, **values: object) -> QueryRefusedError:
    line, column = place(text, offset)
    return QueryRefusedError("Line {line}, column {column}: " + template, line=line, column=column, **values)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(match.lastgroup or "sign", match[0], match.start())


def _check_form(text: str, tokens: list[_Token]) -> None:
    form = next((token for token in tokens if token.kind == "word" and token.text.upper() not in _PROLOGUE), None)
    if form is not None and form.text.upper() in _UPDATES:
        raise _refused(
            text, form.start, "{keyword} changes data; only queries are answered here", keyword=form.text.upper()
        )


def _check_depth(text: str, tokens: list[_Token]) -> None:
    depth = run = 0
    for token in tokens:
        if token.text in {"{", "(", "["}:
            depth += 1
        elif token.text in {"}", ")", "]"}:
            depth -= 1
        run = run + 1 if token.text in {"!", "-", "+", "^"} else 0
        if depth > MAX_DEPTH or run > MAX_DEPTH:
            raise _refused(
                text, token.start, "the query is nested more than {limit} levels deep; make it flatter", limit=MAX_DEPTH
            )


def _check_service(text: str, tokens: list[_Token], offsets: list[int] | None) -> None:
    """Refuse SERVICE and what the engine could read as SERVICE; `offsets` lead back to the text as written."""
    for index, token in enumerate(tokens):
        offset = token.start if offsets is None else offsets[token.start]
        if token.kind == "iri" and offsets is None and _may_be_less_than(tokens, index):
            raise _refused(
                text,
                offset,
                "after «<» this can be read as a comparison or as an IRI; "
                "put a space after «<», or write the IRI in full",
            )
        if not _SERVICE.search(token.text):
            continue
        if token.kind in {"word", "language", "unclosed"} or (
            token.kind == "variable" and _VALUE_THEN_SERVICE.match(token.text)
        ):
            raise _refused(text, offset, "SERVICE asks another server; queries are answered from the data here only")
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if _SERVICE.search(prefix):
                raise _refused(
                    text,
                    offset,
                    "the prefix «{prefix}:» holds the keyword SERVICE and can be read as it; rename the prefix",
                    prefix=prefix,
                )
            if _opens_group(tokens, index, local):
                raise _refused(
                    text,
                    offset,
                    "«{name}» before a group can be read as SERVICE; put a dot before «{{»",
                    name=token.text,
                )


def _may_be_less_than(tokens: list[_Token], index: int) -> bool:
    """Whether a quotation mark or `#` inside the IRI could begin a string or a comment of a comparison."""
    found = re.search("['#]", tokens[index].text)
    if found is None or "//" in tokens[index].text[: found.start()]:
        return False
    before = [token.text.upper() for token in tokens[max(index - 2, 0) : index]]
    return not (before[-1:] == ["BASE"] or before[:1] == ["PREFIX"])


def _opens_group(tokens: list[_Token], index: int, local: str) -> bool:
    """Whether an IRI or variable and `{` follow the word in `local`, as they follow SERVICE."""
    rest = _SERVICE.split(local)[-1]
    following = [token.text for token in tokens[index + 1 : index + 4]]
    if ":" in rest:
        return following[:1] == ["{"]
    if following and following[0].upper() == "SILENT":
        following = following[1:]
    return following[1:2] == ["{"]


def _without_escapes(text: str) -> tuple[str, list[int]]:
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


def _declared(tokens: list[_Token]) -> tuple[dict[str, str], str | None]:
    prefixes: dict[str, str] = {}
    base: str | None = None
    for first, second, third in zip(tokens, tokens[1:], tokens[2:] + tokens[:1], strict=False):
        if first.text.upper() == "BASE" and second.kind == "iri":
            base = _iri_text(second, base)
        if first.text.upper() == "PREFIX" and second.kind == "name" and third.kind == "iri":
            prefixes[second.text.partition(":")[0]] = _iri_text(third, base)
    return prefixes, base


def _iri_text(token: _Token, base: str | None) -> str:
    written = _without_escapes(token.text[1:-1])[0]
    return urljoin(base, written) if base else written


def _read_dataset(text: str, tokens: list[_Token], given: dict[str, str]) -> Dataset | None:
    """FROM stands nowhere else in the query grammar, so each is a dataset clause."""
    declared, base = _declared(tokens)
    prefixes = given | declared
    default: list[NamedNode] = []
    named: list[NamedNode] = []
    for index, token in enumerate(tokens):
        if token.kind == "name" and _FROM.search(token.text.partition(":")[0]):
            raise _refused(
                text,
                token.start,
                "«{name}» holds the keyword FROM and can be read as it; put a space after FROM, or rename the prefix",
                name=token.text,
            )
        found = _FROM_WORD.search(token.text) if token.kind == "word" else None
        if found is None:
            continue
        follow = index + 1
        is_named = found["named"] is not None
        if not is_named and follow < len(tokens) and tokens[follow].text.upper() == "NAMED":
            is_named, follow = True, follow + 1
        graph = _graph_name(tokens[follow], prefixes, base) if follow < len(tokens) else None
        if graph is None:
            raise _refused(
                text, token.start, "FROM is followed by no graph name that can be read; write its IRI in full"
            )
        (named if is_named else default).append(graph)
    return Dataset(tuple(default), tuple(named)) if default or named else None


def _graph_name(token: _Token, prefixes: dict[str, str], base: str | None) -> NamedNode | None:
    try:
        if token.kind == "iri":
            return iri(_iri_text(token, base))
        prefix, _, local = token.text.partition(":")
        if token.kind == "name" and prefix in prefixes:
            return iri(prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))
    except TermError:
        return None
    return None
