"""The period that a document plans for, as its title states it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from loaders.extraction import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

_MONTHS = ("январ", "феврал", "март", "апрел", "ма[йя]", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
_MONTH = "|".join(_MONTHS)
_DASH = r"\s*(?:[-–—]|по|до)\s*"
_YEAR_MARK = r"(?:\s*(?:г\.?\s*г?\.?|год\w*)(?![а-яё]))?"
_SCHOOL = re.compile(r"(20\d\d)\s*[/–—-]\s*(?:20)?(\d\d)\s*-?\s*уч\w*\.?\s*г(?:од\w*|\.)?", re.IGNORECASE)
_MONTHS_RANGE = re.compile(
    rf"({_MONTH})\w*\s+(20\d\d){_YEAR_MARK}{_DASH}({_MONTH})\w*\s+(20\d\d){_YEAR_MARK}", re.IGNORECASE
)
_YEARS = re.compile(rf"(20\d\d){_YEAR_MARK}{_DASH}(20\d\d){_YEAR_MARK}", re.IGNORECASE)
_YEAR = re.compile(r"(?:на|в|за)\s+(20\d\d)\s*(?:г\.|год\w*)", re.IGNORECASE)


def find_period(texts: Iterable[str]) -> Period | None:
    """
    The period that the first of the texts with one states, both ends inclusive, or None.

    A school year runs from 1 September to 31 August; a year from 1 January to 31 December.
    """
    for text in texts:
        found = _period(text)
        if found is not None:
            return found
    return None


def _period(text: str) -> Period | None:
    if found := _SCHOOL.search(text):
        return Period(found[0], f"{found[1]}-09-01", f"20{found[2]}-08-31")
    if found := _MONTHS_RANGE.search(text):
        first = date(int(found[2]), _month(found[1]), 1)
        last = (date(int(found[4]), _month(found[3]), 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return Period(found[0], first.isoformat(), last.isoformat()) if first <= last else None
    if (found := _YEARS.search(text)) and int(found[1]) <= int(found[2]):
        return Period(found[0].strip(), f"{found[1]}-01-01", f"{found[2]}-12-31")
    if found := _YEAR.search(text):
        return Period(found[0], f"{found[1]}-01-01", f"{found[1]}-12-31")
    return None


def _month(word: str) -> int:
    return next(number for number, stem in enumerate(_MONTHS, start=1) if re.match(stem, word.lower()))
