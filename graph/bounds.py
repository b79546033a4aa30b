"""How large a SPARQL text may be: characters, nesting, data in VALUES, patterns of regular expressions."""

from __future__ import annotations

from typing import Final

from graph.errors import QueryRefusedError
from graph.tokens import Token, place

# The engine's parser ends the process by a stack overflow at about 1,000 nested EXISTS; people nest ten.
MAX_LENGTH: Final = 256 * 1024
MAX_DEPTH: Final = 100
# Data that is longer goes through the Graph Store protocol or a load; this much is looked at in half a second.
MAX_UPDATE_LENGTH: Final = 1_000_000
# Terms in all VALUES together; full-text hits of 10M quads are 12,000 rows.
MAX_VALUES: Final = 20_000
# Characters of a pattern of REGEX or REPLACE that is written in the query.
MAX_REGEX: Final = 1_000


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


def check_bounds(text: str, tokens: list[Token]) -> None:
    """
    Nothing.

    Raises:
        QueryRefusedError: Brackets or signs are nested too deeply, VALUES hold too many terms, or a pattern written in
            REGEX or REPLACE is too long.
    """
    depth = run = values = 0
    data = False
    pattern_at: int | None = None
    for index, token in enumerate(tokens):
        if token.text in {"{", "(", "["}:
            depth += 1
        elif token.text in {"}", ")", "]"}:
            depth -= 1
        run = run + 1 if token.text in {"!", "-", "+", "^"} else 0
        if depth > MAX_DEPTH or run > MAX_DEPTH:
            raise _refused(
                text, token.start, "the query is nested more than {limit} levels deep; make it flatter", limit=MAX_DEPTH
            )
        if token.kind == "word" and token.text.upper().endswith("VALUES"):
            data = True
        elif token.text == "}":
            data = False
        elif data and token.kind in {"iri", "name", "string", "word"}:
            values += 1
            if values > MAX_VALUES:
                raise _refused(
                    text, token.start, "VALUES hold more than {limit} terms; ask in several steps", limit=MAX_VALUES
                )
        if token.kind == "word" and token.text.upper().endswith(("REGEX", "REPLACE")):
            pattern_at = depth + 1
        elif pattern_at is not None and depth < pattern_at and token.text != "(":
            pattern_at = None
        elif (
            pattern_at == depth
            and token.kind == "string"
            and len(token.text) > MAX_REGEX
            and tokens[index - 1].text == ","
        ):
            raise _refused(
                text,
                token.start,
                "the pattern has {length} characters, at most {limit} are read; shorten it",
                length=len(token.text),
                limit=MAX_REGEX,
            )


def _refused(text: str, offset: int, template: str, **values: object) -> QueryRefusedError:
    line, column = place(text, offset)
    return QueryRefusedError("Line {line}, column {column}: " + template, line=line, column=column, **values)
