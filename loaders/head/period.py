"""The period that a document plans for, as its title, the headings of its tables or a line of its own state it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from loaders.extraction import Period
from loaders.values.times.grammar import Grammar
from loaders.values.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable

_MONTHS = ("январ", "феврал", "март", "апрел", "ма[йя]", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
_MONTH = "|".join(_MONTHS)
_DASH = r"\s*(?:[-–—]|по|до)\s*"
_YEAR_MARK = r"(?:\s*(?:г\.?\s*г?\.?|год\w*)(?![а-яё]))?"
_SCHOOL_YEAR = r"(20\d\d)\s*[/–—-]\s*(?:20)?(\d\d)"
_SCHOOL_WORD = r"\s*-?\s*уч\w*\.?\s*г(?:од\w*|\.)?"
_SCHOOL_YEARS = re.compile(rf"{_SCHOOL_YEAR}\s*(?:[,–—-]|и|по)\s*{_SCHOOL_YEAR}{_SCHOOL_WORD}", re.IGNORECASE)
_SCHOOL = re.compile(_SCHOOL_YEAR + _SCHOOL_WORD, re.IGNORECASE)
_MONTHS_RANGE = re.compile(
    rf"({_MONTH})\w*\s+(20\d\d){_YEAR_MARK}{_DASH}({_MONTH})\w*\s+(20\d\d){_YEAR_MARK}", re.IGNORECASE
)
_YEARS = re.compile(rf"(20\d\d){_YEAR_MARK}{_DASH}(20\d\d|(?<=[-–—])\d\d(?=\s*г)){_YEAR_MARK}", re.IGNORECASE)
# «на 2023 год и плановый период 2024 и 2025 годов», «2021, 2022 и 2023 годы»
_YEAR_LIST = re.compile(
    rf"(20\d\d){_YEAR_MARK}(?:\s*(?:,|и)\s*(?:на\s+)?(?:плановый\s+период\s+)?(?:20\d\d){_YEAR_MARK})+", re.IGNORECASE
)
_YEAR = re.compile(r"(?:на|в|за)\s+(20\d\d)(?:\s*-?й)?\s*(?:г\.|год\w*)|\((20\d\d)(?:\s*(?:г\.|год))?\)", re.IGNORECASE)
_LAST_YEAR = re.compile(rf"(?<!\bдо)(?<!\bк)(?<!\bот)\s+(20\d\d){_YEAR_MARK}\s*$", re.IGNORECASE)
_UNTIL = re.compile(r"\bдо\s+(20\d\d)\s*(?:г\.|год\w*)", re.IGNORECASE)
_STATED = re.compile(
    r"\s*(?:сроки?|период|этапы и сроки|сроки и этапы)\s+(?:реализации|действия|выполнения|исполнения)"
    r"[^:–—\d]{0,80}(?:[:–—]\s*|(?=20))(?P<time>\S.{0,120})",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«[^«»]*(?:«[^«»]*»[^«»]*)*»")


def find_period(
    title: str, headings: Iterable[str] = (), lines: Iterable[str] = (), *, approved: str | None = None
) -> Period | None:
    """
    The period that the title states, or else all headings of tables together, or else a line «Срок реализации: …».

    Both ends are inclusive.  A school year runs from 1 September to 31 August; a year from 1 January to 31 December.
    «до 2025 года» begins on the day on which the document was `approved`, an ISO date.  None if nothing states one.
    """
    if found := _period(title):
        return found
    if until := _UNTIL.search(_outside(title)):
        return Period(until[0], approved, f"{until[1]}-12-31") if approved and approved[:4] <= until[1] else None
    headed = [found for heading in headings if (found := _period(heading))]
    if headed:
        first = min(headed, key=lambda period: period.start)
        return Period(first.raw, first.start, max(period.end for period in headed))
    stated = (_STATED.match(line) for line in lines)
    return next((found for line in stated if line and (found := _period(f"на {line['time']}"))), None)


def _period(text: str) -> Period | None:
    """Of what is in quotation marks («Развитие образования на 2019–2025 годы») another plan's period is told."""
    return _period_in(_outside(text)) or _period_in(text)


def _outside(text: str) -> str:
    return _QUOTED.sub("«»", text)


def _period_in(text: str) -> Period | None:
    if found := _SCHOOL_YEARS.search(text):
        return Period(found[0], f"{found[1]}-09-01", f"20{found[4]}-08-31")
    if part := _part_of_year(text):
        return part
    if found := _SCHOOL.search(text):
        return Period(found[0], f"{found[1]}-09-01", f"20{found[2]}-08-31")
    if found := _MONTHS_RANGE.search(text):
        first = date(int(found[2]), _month(found[1]), 1)
        last = (date(int(found[4]), _month(found[3]), 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return Period(found[0], first.isoformat(), last.isoformat()) if first <= last else None
    if (found := _YEARS.search(text)) and int(found[1]) <= 2000 + int(found[2]) % 100:
        return Period(found[0].strip(), f"{found[1]}-01-01", f"20{found[2][-2:]}-12-31")
    if found := _YEAR_LIST.search(text):
        years = sorted(re.findall(r"20\d\d", found[0]))
        return Period(found[0].strip(), f"{years[0]}-01-01", f"{years[-1]}-12-31")
    if found := _YEAR.search(text) or _LAST_YEAR.search(text):
        year = next(filter(None, found.groups()))
        return Period(found[0].strip(" ()"), f"{year}-01-01", f"{year}-12-31")
    return None


def _part_of_year(text: str) -> Period | None:
    """A quarter, a half-year, a season or dates from one to another: «на I полугодие 2023 года»."""
    grammar = Grammar(tokenise(text))
    at = 0
    while at < len(grammar.tokens):
        reading = grammar.calendar(at)
        if reading is None:
            at += 1
            continue
        span = reading.spans[0] if len(reading.spans) == 1 else None
        fine = span is not None and (span.ranged or span.unit in {"quarter", "half_year"})
        if span is not None and fine and span.unit not in {"year", "school_year"} and span.dated and span.valid():
            raw = text[grammar.tokens[at].start : grammar.tokens[reading.stop - 1].end]
            return Period(raw, span.start().isoformat(), span.end().isoformat())
        at = max(reading.stop, at + 1)
    return None


def _month(word: str) -> int:
    return next(number for number, stem in enumerate(_MONTHS, start=1) if re.match(stem, word.lower()))
