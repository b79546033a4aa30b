r"""
What is looked at before a query or an update is evaluated: its size, its dataset, and whom it asks.

The engine offers no switch against SERVICE and LOAD, so texts with them are refused here unless their endpoint is one
of a given list.  The check works on the tokens of the SPARQL grammar (`graph.tokens`) and errs on the strict side where
the engine's parser, which has no separate token step, can read the same characters in another way.  Seen with
pyoxigraph 0.5.13, each with a test:

- Keywords need no space after them: `trueSERVICE<a>{}`, `SERVICEex:a{}`, also where `SERVICEex:` is declared.
- A prefixed name whose IRI turns out invalid is taken as its prefix alone: with `PREFIX ex: <http://host:>` the text
  `ex:SERVICE<a>{}` is `ex:` and a SERVICE.
- After an operand `<` is «less than», so `?a<'>'` holds a string and `?a<#>` a comment, not an IRI.

In queries the word is therefore looked for in all that is not certainly a string, a comment or an IRI, in the text as
it is and with `\u` escapes resolved; where SERVICE is allowed, each place that can be read as it must be the keyword,
standing apart, with a listed endpoint written in full behind it.  The operations of updates are read by their grammar
(`graph.update_operations`).  rdflib's parser was tried as a guard and serves as a referee in the tests instead: it is
hundreds of times slower, does not know SPARQL 1.2, and does not read the cases above as the engine does.

A second fence stands behind this one: query workers have no network where the system allows that (`graph.workers`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graph.bounds import MAX_LENGTH, MAX_TOKENS, MAX_UPDATE_LENGTH, bounded_tokens, check_length
from graph.errors import QueryRefusedError
from graph.long_queries import shape
from graph.query_traps import Message, find_traps
from graph.tokens import Names, Token, meaningful, place, without_escapes
from graph.update_operations import Target, read_operations

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from pyoxigraph import NamedNode

_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"),
)
_PROLOGUE: Final = frozenset(("BASE", "PREFIX", "VERSION"))
_SERVICE: Final = re.compile("service", re.IGNORECASE)
_FROM: Final = re.compile("from", re.IGNORECASE)
_GRAPH: Final = re.compile("graph", re.IGNORECASE)
_FROM_WORD: Final = re.compile("from(?P<named>named)?$", re.IGNORECASE)
_VALUE_THEN_SERVICE: Final = re.compile(r"[?$](?:true|false|[\d.eE+-]+)service", re.IGNORECASE)
# So many services are named in a message.
_TOLD: Final = 20
_DOT_SEGMENT: Final = re.compile(r"/\.{1,2}(?:[/?#]|$)")


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs after FROM and FROM NAMED (SPARQL 1.1, 13.2), as often as they are written."""

    default: tuple[NamedNode, ...]
    named: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """
    A text that may be evaluated.

    `dataset` is None where the query has no dataset clause; `services` are the endpoints that it asks; `warnings` say
    where the engine's answer differs from SPARQL's, or takes long.  Where `names_graphs` is False it certainly reads
    the default graph of the data alone.  Queries of one `shape` differ in strings alone.  `tokens` are those of the
    text but white space and comments.
    """

    text: str
    dataset: Dataset | None
    services: frozenset[str] = frozenset()
    warnings: tuple[Message, ...] = ()
    names_graphs: bool = True
    shape: Hashable = None
    tokens: Sequence[Token] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class CheckedUpdate:
    """
    A text that may be evaluated as an update: take `text` from here, not what was given.

    `targets` are all graphs that it can write to, or None where the text does not name them all (`GRAPH ?g`, CLEAR
    ALL).  `has_dataset`: an operation has WITH or USING, so `using-graph-uri` beside it is an error (SPARQL 1.1
    Protocol, 2.2.3).  `sources` are the addresses after LOAD.
    """

    text: str
    targets: frozenset[Target] | None
    has_dataset: bool
    sources: frozenset[str]
    patterns: tuple[tuple[int, int | None, int], ...]

    def using(self, dataset: Dataset) -> str:
        """
        The text in which every WHERE reads `dataset`, as `using-graph-uri` and `using-named-graph-uri` ask for.

        DELETE WHERE, which has no USING, becomes the DELETE of the same pattern (SPARQL 1.1 Update, 3.1.3.3).
        """
        clauses = [f"USING {graph}" for graph in dataset.default]
        clauses += [f"USING NAMED {graph}" for graph in dataset.named]
        pieces: list[str] = []
        read = 0
        for where, start, end in self.patterns:
            if start is None:
                pieces += [self.text[read:where], *clauses]
                read = where
            else:
                pieces += [self.text[read:where], self.text[start:end], *clauses, "WHERE " + self.text[start:end]]
                read = end
        return "\n".join([*pieces, self.text[read:]])


def check_query(
    text: str, *, prefixes: Mapping[str, str] | None = None, services: frozenset[str] = frozenset()
) -> CheckedQuery:
    """
    `text`, if it may be evaluated here; its syntax is the engine's business.

    `prefixes` are the given ones, `services` the endpoints that SERVICE may ask.

    Raises:
        QueryRefusedError: SERVICE to another endpoint, an update, a text that is too long or too deeply nested or holds
            too much data, or one in which SERVICE or FROM cannot be told for certain; with line and column.
    """
    check_length(text, MAX_LENGTH)
    tokens = bounded_tokens(text, most=MAX_TOKENS)
    _check_form(text, tokens)
    asked = _check_services(text, tokens, services, prefixes or {})
    dataset = _read_dataset(text, tokens, prefixes or {}) if _FROM.search(text) else None
    # Wherever the letters stand, also in a string: it costs such a query speed, not its answer.
    names_graphs = dataset is not None or bool(_GRAPH.search(without_escapes(text)[0]))
    return CheckedQuery(text, dataset, asked, tuple(find_traps(text, tokens)), names_graphs, shape(tokens), tokens)


def check_update(
    text: str,
    *,
    prefixes: Mapping[str, str] | None = None,
    sources: frozenset[str] = frozenset(),
) -> CheckedUpdate:
    """
    `text`, if it may be evaluated as an update; what stands inside its patterns is the engine's business.

    `sources` are the addresses that LOAD may read; each is an exact address, or an origin that ends in a slash
    (`http://127.0.0.1:9999/`), under which all are meant.

    Raises:
        QuerySyntaxError: Not a sequence of operations.
        QueryRefusedError: As in `check_query`; any SERVICE; LOAD of another source; a name of a graph that is no IRI.
    """
    check_length(text, MAX_UPDATE_LENGTH)
    tokens = bounded_tokens(text)
    _check_comparisons(text, tokens)
    operations = read_operations(text, prefixes or {})
    _check_services(text, tokens, frozenset(), prefixes or {})
    pieces: list[str] = []
    read = 0
    for load in operations.loads:
        if _is_allowed(load.source, sources):
            continue
        if not load.silent or re.match("(?:https?|file):", load.source, re.IGNORECASE):
            raise _refused(
                text,
                load.start,
                "LOAD may read only the sources this server was set up with; <{source}> is not among them",
                source=load.source,
            )
        # Nothing can be loaded from there, and SILENT makes that a success (SPARQL 1.1 Update, 3.1.4).
        operation = text[load.start : load.end]
        pieces += [text[read : load.start], "INSERT DATA {}".ljust(len(operation))]
        read = load.end
    return CheckedUpdate(
        "".join([*pieces, text[read:]]),
        None if operations.targets is None else frozenset(operations.targets),
        operations.has_dataset,
        frozenset(load.source for load in operations.loads if _is_allowed(load.source, sources)),
        tuple(operations.patterns),
    )


def _refused(text: str, offset: int, template: str, **values: object) -> QueryRefusedError:
    line, column = place(text, offset)
    return QueryRefusedError("Line {line}, column {column}: " + template, line=line, column=column, **values)


def _check_form(text: str, tokens: list[Token]) -> None:
    form = next((token for token in tokens if token.kind == "word" and token.text.upper() not in _PROLOGUE), None)
    if form is not None and form.text.upper() in _UPDATES:
        raise _refused(
            text, form.start, "{keyword} changes data; only queries are answered here", keyword=form.text.upper()
        )


def _check_comparisons(text: str, tokens: list[Token]) -> None:
    """
    Refuse an IRI that could be a comparison and hide a string or a comment.

    Comparisons stand in round brackets.  At the first such place everything before was read as the engine reads it, so
    the brackets are its brackets too.
    """
    opened: list[str] = []
    for index, token in enumerate(tokens):
        if token.text in {"{", "(", "["}:
            opened.append(token.text)
        elif token.text in {"}", ")", "]"} and opened:
            opened.pop()
        elif token.kind == "iri" and opened[-1:] == ["("] and _may_be_less_than(tokens, index):
            raise _refused(
                text,
                token.start,
                "after «<» this can be read as a comparison or as an IRI; "
                "put a space after «<», or write the IRI in full",
            )


def may_ask_services(text: str) -> bool:
    """Whether the letters of SERVICE stand anywhere in the text; without them the engine asks nobody."""
    return bool(_SERVICE.search(text) or _SERVICE.search(without_escapes(text)[0]))


def _check_services(
    text: str, tokens: list[Token], allowed: frozenset[str], prefixes: Mapping[str, str]
) -> frozenset[str]:
    """The endpoints after SERVICE, all of them allowed."""
    if not may_ask_services(text):
        return frozenset()
    plain, offsets = without_escapes(text)
    _check_comparisons(text, tokens)
    names = Names(prefixes)
    names.read_prologue(tokens, 0)
    asked = _check_service(text, tokens, list(range(len(text))), allowed, names)
    if plain != text:
        asked |= _check_service(text, meaningful(plain), offsets, allowed, names)
    return asked


def _check_service(
    text: str, tokens: list[Token], offsets: list[int], allowed: frozenset[str], names: Names
) -> frozenset[str]:
    """Refuse what the engine could read as SERVICE to a foreign endpoint; `offsets` lead to the text as written."""
    asked: set[str] = set()
    for index, token in enumerate(tokens):
        offset = offsets[token.start]
        if not _SERVICE.search(token.text):
            continue
        if token.is_word("SERVICE") and allowed:
            asked.add(_endpoint(text, offset, tokens[index + 1 : index + 4], allowed, names))
        elif token.kind in {"word", "language", "unclosed"} or (
            token.kind == "variable" and _VALUE_THEN_SERVICE.match(token.text)
        ):
            raise _refused(text, offset, "SERVICE asks another server; queries are answered from the data here only")
        elif token.kind == "name":
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
    return frozenset(asked)


def _endpoint(text: str, offset: int, following: list[Token], allowed: frozenset[str], names: Names) -> str:
    """The endpoint after the keyword SERVICE at `offset`: an allowed IRI, written in full or as a name."""
    if following and following[0].is_word("SILENT"):
        following = following[1:]
    first = following[0] if following else None
    if first is not None and first.kind == "variable":
        raise _refused(
            text,
            offset,
            "{variable} after SERVICE could be any address; which service is asked must be known before the query "
            "runs, so write its name or its address",
            variable=first.text,
        )
    address = first.text[1:-1] if first is not None and first.kind == "iri" else None
    if first is not None and first.kind == "name":
        named = names.resolve(first)
        address = None if named is None else named.value
    if (
        address is None
        or address not in allowed
        or _DOT_SEGMENT.search(address)
        or [token.text for token in following[1:2]] != ["{"]
    ):
        raise _refused(
            text,
            offset,
            "SERVICE may ask only the services this server was set up with, by their names or their whole addresses: "
            "{services}",
            services=", ".join(f"<{known}>" for known in sorted(allowed)[:_TOLD]),
        )
    return address


def _is_allowed(address: str, allowed: frozenset[str]) -> bool:
    """Whether `address` is one of the allowed ones, or lies under an allowed origin that ends in a slash."""
    origin = re.match(r"https?://[^/?#@]+/", address)
    return address in allowed or (origin is not None and origin[0] in allowed)


def _may_be_less_than(tokens: list[Token], index: int) -> bool:
    """Whether a quotation mark or `#` inside the IRI could begin a string or a comment of a comparison."""
    found = re.search("['#]", tokens[index].text)
    if found is None or "//" in tokens[index].text[: found.start()]:
        return False
    before = [token.text.upper() for token in tokens[max(index - 2, 0) : index]]
    return not (before[-1:] == ["BASE"] or before[:1] == ["PREFIX"])


def _opens_group(tokens: list[Token], index: int, local: str) -> bool:
    """Whether an IRI or variable and `{` follow the word in `local`, as they follow SERVICE."""
    rest = _SERVICE.split(local)[-1]
    following = [token.text for token in tokens[index + 1 : index + 4]]
    if ":" in rest:
        return following[:1] == ["{"]
    if following and following[0].upper() == "SILENT":
        following = following[1:]
    return following[1:2] == ["{"]


def _read_dataset(text: str, tokens: list[Token], prefixes: Mapping[str, str]) -> Dataset | None:
    """FROM stands nowhere else in the query grammar, so each is a dataset clause."""
    names = Names(prefixes)
    form = names.read_prologue(tokens, 0)
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
        if not is_named and follow < len(tokens) and tokens[follow].is_word("NAMED"):
            is_named, follow = True, follow + 1
        # What is no word here is a declaration glued to its prefix, which the engine knows and we do not.
        graph = names.resolve(tokens[follow]) if follow < len(tokens) and tokens[form].kind == "word" else None
        if graph is None:
            raise _refused(
                text, token.start, "FROM is followed by no graph name that can be read; write its IRI in full"
            )
        (named if is_named else default).append(graph)
    return Dataset(tuple(default), tuple(named)) if default or named else None
