"""How large a SPARQL text may be: characters, nesting, data in VALUES, patterns of regular expressions."""

from __future__ import annotations

from typing import Final

from graph.errors import QueryRefusedError
from graph.tokens import Token, place, read_meaningful

# The engine's parser ends the process by a stack overflow at about 1,000 nested EXISTS; people nest ten.
MAX_LENGTH: Final = 256 * 1024
MAX_DEPTH: Final = 100
# Data that is longer goes through the Graph Store protocol or a load; this much is looked at in half a second.
MAX_UPDATE_LENGTH: Final = 1_000_000
# Terms in all VALUES together; full-text hits of 10M quads are 12,000 rows.
MAX_VALUES: Final = 20_000
# Characters of a pattern of REGEX or REPLACE that is written in the query.
MAX_REGEX: Final = 1_000
# Of a query; to look at so many takes a fifth of a second.
MAX_TOKENS: Final = 75_000

_OPENING: Final = frozenset("{([")
_CLOSING: Final = frozenset("})]")
_PREFIXED: Final = frozenset("!-+^")
_TERMS: Final = frozenset(("iri", "name", "string", "word"))


def check_length(text: str, limit: int) -> None:
    """
    Nothing.

    Raises:
        QueryRefusedError: The text has more than `limit` characters.
    """
    if len(text) > limit:
        raise _refused(
            text,
            limit,
            "The query has {length} characters, at most {limit} are read; shorten it, or ask in several steps",
            length=len(text),
            limit=limit,
        )


def bounded_tokens(text: str, *, most: int | None = None) -> list[Token]:
    """
    The tokens of `text` without white space and comments, read no further than its first fault.

    Raises:
        QueryRefusedError: There are more than `most`, brackets or signs are nested too deeply, VALUES hold too many
            terms, or a pattern written in REGEX or REPLACE is too long.
    """
    tokens: list[Token] = []
    depth = run = values = 0
    data = False
    pattern_at: int | None = None
    for token in read_meaningful(text):
        kind, written, start = token
        if len(tokens) == most:
            raise _refused(
                text, start, "the query has more than {limit} words and signs; ask in several steps", limit=most
            )
        run = run + 1 if written in _PREFIXED else 0
        if written in _OPENING:
            depth += 1
        elif written in _CLOSING:
            depth -= 1
            data = data and written != "}"
            if pattern_at is not None and depth < pattern_at:
                pattern_at = None
        elif kind == "word":
            keyword = written.upper()
            data = data or keyword.endswith("VALUES")
            if keyword.endswith(("REGEX", "REPLACE")):
                pattern_at = depth + 1
        elif (
            pattern_at == depth and kind == "string" and len(written) > MAX_REGEX and tokens and tokens[-1].text == ","
        ):
            raise _refused(
                text,
                start,
                "the pattern has {length} characters, at most {limit} are read; shorten it",
                length=len(written),
                limit=MAX_REGEX,
            )
        if depth > MAX_DEPTH or run > MAX_DEPTH:
            raise _refused(
                text, start, "the query is nested more than {limit} levels deep; make it flatter", limit=MAX_DEPTH
            )
        if data and kind in _TERMS:
            values += 1
            if values > MAX_VALUES:
                raise _refused(
                    text, start, "VALUES hold more than {limit} terms; ask in several steps", limit=MAX_VALUES
                )
        tokens.append(token)
    return tokens


def _refused(text: str, offset: int, template: str, **values: object) -> QueryRefusedError:
    line, column = place(text, offset)
    return QueryRefusedError("Line {line}, column {column}: " + template, line=line, column=column, **values)
