"""
Places of a query where the engine's answer is not SPARQL's, or where it takes very long, to be told beside the answer.

Seen with pyoxigraph 0.5.13, each with a test against it:

- A path alternative `a|b` loses duplicates: a pair of nodes that both sides connect comes once (SPARQL 1.1, 18.4 says
  that alternatives are a union, which keeps both).  It matters where rows are shown or counted; not under DISTINCT, in
  ASK, CONSTRUCT, EXISTS and MINUS, nor inside `(...)*`.
- `{..} UNION {..}` with an arm of several patterns, joined to further patterns, is computed in full and compared with
  each row of the rest: 93 s instead of 0.2 s on 50,000 quads.  Not rewritten: the repetition of the other patterns in
  each arm is right, but may be the slower of two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graph.tokens import Token, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_UNION: Final = re.compile("union", re.IGNORECASE)
_COUNTING: Final = ("COUNT", "SUM", "AVG", "GROUP_CONCAT")
_OTHER_AGGREGATES: Final = ("MIN", "MAX", "SAMPLE")


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell a person about a place in a text; `template` holds `values`, and so line and column."""

    template: str
    values: Mapping[str, object]
    line: int
    column: int

    def __str__(self) -> str:
        return self.template.format(**self.values)


def find_traps(text: str, tokens: list[Token]) -> Iterator[Message]:
    """What to tell about `text`, in the order of the text; of texts that are no queries it says anything or nothing."""
    if "|" not in text and not _UNION.search(text):
        return
    found = [(token, True) for token in _alternatives(tokens)] + [(token, False) for token in _unions(tokens)]
    for token, is_alternative in sorted(found, key=lambda pair: pair[0].start):
        line, column = place(text, token.start)
        values = {"line": line, "column": column}
        if is_alternative:
            yield Message(
                "Line {line}, column {column}: a row that both sides of «|» give is counted once here, SPARQL counts "
                "it twice; write «{{ … }} UNION {{ … }}», or DISTINCT if it is meant once",
                values,
                line,
                column,
            )
        else:
            yield Message(
                "Line {line}, column {column}: this UNION is computed in full before it is joined to the patterns "
                "beside it, which can take very long; repeat those patterns in each of its arms",
                values,
                line,
                column,
            )


@dataclass(slots=True)
class _Frame:
    """One bracket with what stands directly in it."""

    bracket: str
    keyword: str = ""
    is_select: bool = False
    is_set: bool = False
    counts: bool = False
    alternatives: list[tuple[Token, list[_Frame]]] = field(default_factory=list)


def _alternatives(tokens: list[Token]) -> list[Token]:
    """The `|` of paths where a lost duplicate can be seen."""
    top = _Frame("")
    stack = [top]
    waiting: list[tuple[Token, list[_Frame]]] = []
    for index, token in enumerate(tokens):
        frame = stack[-1]
        previous = tokens[index - 1] if index else Token("sign", "", 0)
        following = tokens[index + 1] if index + 1 < len(tokens) else Token("sign", "", 0)
        if token.text in {"{", "(", "["}:
            is_negated = token.text == "(" and previous.text == "!"
            keyword = previous.text.upper() if previous.kind in {"word", "sign"} else ""
            stack.append(_Frame(token.text, "NOT" if is_negated else keyword))
        elif token.text in {"}", ")", "]"} and len(stack) > 1:
            stack.pop()
            if token.text == ")" and frame.alternatives and following.text not in {"*", "+", "?"}:
                stack[-1].alternatives += frame.alternatives
            elif token.text != ")":
                waiting += frame.alternatives
        elif token.is_word("SELECT"):
            _select_scope(stack).is_select = True
            _select_scope(stack).is_set |= following.is_word("DISTINCT", "REDUCED")
        elif token.is_word("GROUP", *_OTHER_AGGREGATES):
            _select_scope(stack).is_set = True
        elif token.is_word(*_COUNTING) and following.text == "(":
            after = tokens[index + 2] if index + 2 < len(tokens) else following
            _select_scope(stack).counts |= not after.is_word("DISTINCT")
            _select_scope(stack).is_set = True
        elif token.is_word("ASK", "CONSTRUCT", "DESCRIBE") and len(stack) == 1:
            top.is_select = top.is_set = True
        elif token.text == "|" and frame.keyword != "NOT" and not _is_doubled(tokens, index):
            frame.alternatives.append((token, list(stack)))
    for frame in stack:
        waiting += frame.alternatives
    return [token for token, around in waiting if _is_seen(around)]


def _select_scope(stack: list[_Frame]) -> _Frame:
    """Where the SELECT of this place stands: the next brace outside, behind any round brackets."""
    return next((frame for frame in reversed(stack) if frame.bracket in {"{", ""}), stack[0])


def _is_doubled(tokens: list[Token], index: int) -> bool:
    """Whether this `|` is half of `||`, `{|` or `|}`."""
    token = tokens[index]
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    return (before is not None and before.text in {"|", "{"} and before.start == token.start - 1) or (
        after is not None and after.text in {"|", "}"} and after.start == token.start + 1
    )


def _is_seen(around: list[_Frame]) -> bool:
    for frame in reversed(around):
        if frame.keyword in {"EXISTS", "MINUS"}:
            return False
        if frame.is_select and (frame.counts or frame.is_set):
            return frame.counts
    return True


def _unions(tokens: list[Token]) -> list[Token]:
    """The first UNION of each chain that is joined to other patterns and has an arm of more than one pattern."""
    found: list[Token] = []
    _read_group(tokens, 0, found, depth=0)
    return found


def _read_group(tokens: list[Token], start: int, found: list[Token], *, depth: int) -> tuple[int, int]:
    """The index behind the group (or text) that begins at `start`, and how many patterns are joined in it."""
    patterns = 0
    unions: list[tuple[Token, bool]] = []
    in_triple = False
    index = start
    while index < len(tokens):
        token = tokens[index]
        if token.text == "}" and depth:
            break
        if token.text == "{":
            keyword = next((word for word in _before(tokens, index) if word.kind == "word"), None)
            index, size = _read_group(tokens, index + 1, found, depth=depth + 1)
            index += 1
            name = keyword.text.upper() if keyword else ""
            if name in {"OPTIONAL", "MINUS", "EXISTS"}:
                patterns += name == "OPTIONAL"
            elif name == "VALUES":
                pass
            elif index < len(tokens) and tokens[index].is_word("UNION"):
                first, large = tokens[index], size > 1
                while index + 1 < len(tokens) and tokens[index].is_word("UNION") and tokens[index + 1].text == "{":
                    index, size = _read_group(tokens, index + 2, found, depth=depth + 1)
                    index += 1
                    large |= size > 1
                unions.append((first, large))
                patterns += 1
            else:
                patterns += max(size, 1)
            in_triple = False
            continue
        if token.is_word("FILTER", "BIND", "VALUES", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "SELECT", "EXISTS"):
            in_triple = False
            if token.is_word("FILTER", "BIND"):
                index = _behind_expression(tokens, index + 1, found, depth)
                continue
            if token.is_word("VALUES"):
                while index < len(tokens) and tokens[index].text != "{":
                    index += 1
                continue
            if token.is_word("SELECT"):
                while index < len(tokens) and tokens[index].text != "{":
                    index += 1
                continue
            index += 2 if token.is_word("GRAPH", "SERVICE") else 1
            continue
        if token.text == "." or token.text in {";", ",", "/"}:
            patterns += token.text == "/"
            in_triple = False
        elif not in_triple and depth:
            patterns += 1
            in_triple = True
        if token.kind in {"name", "word"} and token.text.endswith("."):
            in_triple = False
        index += 1
    found += [union for union, large in unions if large and patterns > 1]
    return index, patterns


def _before(tokens: list[Token], index: int) -> list[Token]:
    """The tokens that can hold the keyword of the brace at `index`, nearest first."""
    nearest = tokens[max(index - 1, 0) : index][::-1]
    if nearest and (nearest[0].kind in {"variable", "iri", "name"} or nearest[0].text == ")"):
        back = index - 1
        while back > 0 and tokens[back].kind != "word" and tokens[back].text not in {"{", "}", "."}:
            back -= 1
        word = tokens[back]
        return [word] if word.is_word("VALUES", "GRAPH", "SERVICE", "SILENT") else []
    return nearest


def _behind_expression(tokens: list[Token], index: int, found: list[Token], depth: int) -> int:
    """The index behind the expression of FILTER or BIND at `index`; groups of EXISTS in it are read."""
    opened = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "{":
            index = _read_group(tokens, index + 1, found, depth=depth + 1)[0] + 1
            if not opened:
                return index
            continue
        if token.text == "}":
            return index
        opened += (token.text == "(") - (token.text == ")")
        index += 1
        if token.text == ")" and opened <= 0:
            return index
    return index
