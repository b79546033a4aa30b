"""Years as they follow a date or stand alone: calendar years, ranges, school years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from loaders.values.times import words
from loaders.values.times.spans import Span, school_year_span, year_span
from loaders.values.tokens import Token, TokenReader

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2059
_CURRENT: Final = words.adjective("текущ", "отчетн", "настоящ", "нынешн") | {"этого"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar rule read: `school` is the first year of a school year that stands after the spans."""

    spans: tuple[Span, ...]
    stop: int
    misprint: bool = False
    school: int | None = None
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Years:
    """A year after a month or quarter: with `last` a range, with `school` a school year; None is «текущего года»."""

    year: int | None
    stop: int
    school: bool = False
    last: int | None = None

    def of(self, span: Span) -> tuple[Span, ...]:
        """`span` in this year, or once in each year of the range."""
        if self.year is None:
            return (span,)
        if self.school:
            return (span.in_school_year(self.year),)
        return tuple(span.in_year(year) for year in range(self.year, (self.last or self.year) + 1))


def is_year(token: Token) -> bool:
    """Whether the number can be the year of a plan: four digits, 1990 to 2059."""
    return token.kind == "number" and len(token.text) == 4 and _FIRST_YEAR <= token.value <= _LAST_YEAR


class YearRules(TokenReader):
    """Rules for years; each takes the index where it starts."""

    def years(self, i: int) -> Reading | None:
        """«2021», «2021-2024 гг.», «2021/2022 учебный год», «учебный год 2021/22»."""
        if self.at(i).text in words.SCHOOL and self.at(self.after_stop(i + 1)).text in words.YEAR:
            years = self._printed_years(self.year_word(self.after_stop(i + 1)))
            if years is not None and years.year is not None and (years.school or years.last is None):
                return Reading((school_year_span(years.year),), years.stop, school=years.year)
            return None
        years = self._printed_years(i)
        if years is None or years.year is None:
            return None
        if years.school:
            return Reading((school_year_span(years.year),), years.stop, school=years.year)
        return Reading((year_span(years.year, years.last),), years.stop)

    def year_after(self, i: int) -> Years | None:
        """The year that follows a month or quarter, perhaps unsaid («текущего года»)."""
        if self.at(i).text in _CURRENT and self.at(i + 1).text in words.YEAR:
            return Years(None, self.year_word(i + 1))
        if self.at(i).text in ("т", "с") and self.at(i + 1).text == "." and self.at(i + 2).text == "г":
            return Years(None, self.after_stop(i + 3))
        token = self.at(i)
        short = token.kind == "number" and len(token.text) == 2 and 10 <= token.value < 60
        if short and self.at(i + 1).text in words.YEAR:
            return Years(2000 + token.value, self.year_word(i + 1))
        return self._printed_years(i)

    def _printed_years(self, i: int) -> Years | None:
        token = self.at(i)
        if not is_year(token):
            return None
        k = self.year_word(i + 1)
        mark, other = self.at(k), self.at(k + 1)
        if mark.text in ("-", "/") and other.kind == "number":
            last = other.value if is_year(other) else None
            if last is None and len(other.text) == 2 and other.value == (token.value + 1) % 100:
                last = token.value + 1
            # «2020 – 15.03.2021», «2021 - 13%»: the second number is no year.
            if last is not None and not (self.at(k + 2).text in (".", "%") and self.at(k + 3).kind == "number"):
                after = k + 2
                stop = self._school_word(after)
                next_year = last == token.value + 1
                slash_only = mark.text == "/" and self.at(after).text not in words.YEAR
                if next_year and (stop > after or slash_only):
                    return Years(token.value, stop, school=True)
                if len(other.text) == 4 or next_year:
                    return Years(token.value, self.year_word(after), last=last)
        stop = self._school_word(i + 1)
        if stop > i + 1:
            return Years(token.value, stop, school=True)
        return Years(token.value, k)

    def _school_word(self, i: int) -> int:
        """After «учебного года», «уч. г.»; `i` if it does not stand there."""
        k = i
        while self.at(k).text in words.SCHOOL:
            k = self.after_stop(k + 1)
        return i if k == i else self.year_word(k)

    def year_word(self, i: int) -> int:
        """After «года», «г.», «гг.», «г.г.»; `i` if none stands there."""
        k = i
        if self.at(k).text == "-" and self.at(k).glued and self.at(k + 1).text in ("го", "й", "м", "ом"):
            k += 2
        if self.at(k).text not in words.YEAR or self.at(k).text == "лет":
            return i
        k += 1
        if self.at(k).text == "." and self.at(k - 1).text in ("г", "гг"):
            k += 1
            if self.at(k).text == "г" and self.at(k).glued:
                k = self.after_stop(k + 1)
        return k
