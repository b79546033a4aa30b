"""The engine's complaints about a text's syntax, in words for people and with the place of the fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import Store

from graph.errors import QuerySyntaxError
from graph.tokens import Names, Token, meaningful, place, read_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

# Longer than the longest keyword, ENCODE_FOR_URI.
_GAP: Final = " " * 20
_POSITION: Final = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)


def syntax_error(
    text: str, error: SyntaxError, *, prefixes: Mapping[str, str] | None = None, update: bool = False
) -> QuerySyntaxError:
    """The engine's complaint about `text` (a query, or an update) with its place, in words for people."""
    tokens = list(read_tokens(text))
    offset, reason = _locate(tokens, error, dict(prefixes or {}), update=update)
    if "Prefix not found" in reason:
        names = Names(prefixes or {})
        used = meaningful(text)
        index = 0
        while index < len(used):
            index = max(names.read_prologue(used, index), index + 1)
        for token in used:
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in names.prefixes and prefix != "_":
                return undeclared_prefix(text, token)
    open_string = next((token.start for token in tokens if token.kind == "unclosed"), None)
    if open_string is not None and open_string < offset:
        return unclosed_string(text, open_string)
    return unexpected(text, offset)


def undeclared_prefix(text: str, name: Token) -> QuerySyntaxError:
    """Said of a prefixed name."""
    line, column = place(text, name.start)
    return QuerySyntaxError(
        "Line {line}, column {column}: the prefix «{prefix}:» is not declared; add a PREFIX line for it",
        line=line,
        column=column,
        prefix=name.text.partition(":")[0],
    )


def unclosed_string(text: str, offset: int) -> QuerySyntaxError:
    """Said of a quotation mark at `offset` without a partner."""
    line, column = place(text, offset)
    return QuerySyntaxError(
        "Line {line}, column {column}: the text that begins here has no closing quotation mark",
        line=line,
        column=column,
    )


def unexpected(text: str, offset: int) -> QuerySyntaxError:
    """Said of the token at `offset`, or of the end of the text, which fits nowhere in the grammar."""
    line, column = place(text, offset)
    found = next((token.text for token in read_tokens(text) if token.start == offset), "")
    if not found:
        return QuerySyntaxError(
            "Line {line}, column {column}: the query ends here, but something is missing", line=line, column=column
        )
    return QuerySyntaxError(
        "Line {line}, column {column}: «{found}» cannot stand here", line=line, column=column, found=found[:40]
    )


def _locate(tokens: list[Token], error: SyntaxError, prefixes: dict[str, str], *, update: bool) -> tuple[int, str]:
    """
    Where in the text the engine stopped, and what it expected there.

    A keyword that does not match is reported at the place where it would have ended, which may lie behind the real
    fault and hides it.  With wide gaps between tokens that place cannot reach the next token, so the engine is asked
    again about such a text.  It is as wrong as the first and is not evaluated.
    """
    wide = "".join(token.text + _gap(token) for token in tokens)
    reason = str(error.msg)
    try:
        if update:
            Store().update(wide, prefixes=prefixes)
        else:
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


def _gap(token: Token) -> str:
    """White space that changes nothing after this token; after a string or a sign such as ^ it might."""
    return _GAP if token.kind in {"space", "comment", "word"} or token.text in set("{}()[];,") else ""
