"""Printed row numbers: what they are, how they follow each other, and where they hide in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"\(?\s*((?:[IVXLC]{1,5}|\d{1,3})(?:\s*\.\s*\d{1,3}){0,3})\s*[.)]?\s*[.)]?")
_LEADING = re.compile(
    r"\(?((?:\d{1,3})(?:\.\d{1,3}){0,3})[.)]+\s*(?=[^\W\d_«\"(]|[«\"(])|((?:\d{1,3})(?:\.\d{1,3}){1,3})\s+(?=[^\W\d_«\"(])"
)
_INSIDE = re.compile(r"(?:^|\s)(\d{1,3})[.)]\s+(?=[^\W\d_])")
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@dataclass(frozen=True, slots=True)
class RowNumber:
    """`printed` is as a reader sees it; `path` its parts as integers («14.1» is 14, 1)."""

    printed: str
    path: tuple[int, ...]

    @property
    def parent(self) -> tuple[int, ...]:
        return self.path[:-1]


def row_number(text: str) -> RowNumber | None:
    """The number that a cell holds, or None if it holds anything else."""
    found = _NUMBER.fullmatch(text.strip())
    return None if found is None else RowNumber(text.strip(), _path(found[1]))


def leading_number(text: str) -> tuple[RowNumber, str] | None:
    """A number at the start of a text («2. Система работы …») and the text after it."""
    found = _LEADING.match(text)
    if found is None:
        return None
    return RowNumber(found[0].strip(), _path(found[1] or found[2])), text[found.end() :]


def inner_numbers(text: str) -> list[int]:
    """Item numbers that stand inside a text, as where a heading and its first item share a cell."""
    return [int(found[1]) for found in _INSIDE.finditer(text)]


def follows(number: RowNumber, before: RowNumber | None) -> bool:
    """Whether a number is the next one: 3 after 2, 2.1 after 2 or 1.9, 3 after 2.7."""
    if before is None:
        return number.path[-1] == 1
    here, last = number.path, before.path
    if len(here) == len(last):
        return (here[:-1] == last[:-1] and here[-1] == last[-1] + 1) or (here[-1] == 1 and here[:-1] > last[:-1])
    if len(here) > len(last):
        return here[-1] == 1 and here[: len(last)] >= last
    return here[-1] == last[len(here) - 1] + 1


def restored(number: RowNumber, before: RowNumber | None) -> RowNumber:
    """
    The number that a spreadsheet cut: «1.10» typed as a number is 1.1, which after 1.9 can be nothing else.

    Any other number comes back as it is.
    """
    if before is None or len(number.path) != 2 or number.parent != before.parent:
        return number
    expected = before.path[-1] + 1
    if expected % 10 or number.path[-1] * 10 != expected:
        return number
    whole = f"{number.path[0]}.{number.path[-1]}"
    return RowNumber(number.printed.replace(whole, f"{whole}0", 1), (*number.parent, expected))


def _path(text: str) -> tuple[int, ...]:
    parts = re.split(r"\s*\.\s*", text)
    return tuple(int(part) if part.isdigit() else _roman(part) for part in parts)


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    return sum(-value if value < max(values[at:], default=0) else value for at, value in enumerate(values))
