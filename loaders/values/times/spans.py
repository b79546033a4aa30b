"""Stretches of the calendar as they are printed: perhaps without a year, from one moment to another."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from loaders.extraction import Period

Unit = Literal["day", "month", "quarter", "half_year", "year", "school_year"]
Mode = Literal["in", "before", "after"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a month or a year, as fine as it is printed; `year` is None where none is printed."""

    year: int | None
    month: int | None = None
    day: int | None = None

    def first(self) -> date:
        """The first day; ValueError without a year or for a day that does not exist."""
        if self.year is None:
            raise ValueError("a moment without a year has no date")
        return date(self.year, self.month or 1, self.day or 1)

    def last(self) -> date:
        """The last day; ValueError as for `first`."""
        begin = self.first()
        month = self.month or 12
        return begin if self.day else date(begin.year, month, calendar.monthrange(begin.year, month)[1])

    def edtf(self) -> str:
        """Extended Date/Time Format (ISO 8601-2): «2021-09», «XXXX-12» without a year."""
        parts = ["XXXX" if self.year is None else f"{self.year:04d}"]
        if self.month:
            parts.append(f"{self.month:02d}")
        if self.month and self.day:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Span:
    """
    From `opening` to `closing`, both inclusive.

    `ranged` spans have two printed ends («май – июнь»). `mode` before keeps only the end, after only the start.
    `rough` spans are read with some freedom («конец мая»).
    """

    opening: Moment
    closing: Moment
    unit: Unit
    ranged: bool = False
    mode: Mode = "in"
    rough: bool = False

    @property
    def dated(self) -> bool:
        return self.opening.year is not None and self.closing.year is not None

    @property
    def months(self) -> tuple[int, ...]:
        """Months of the year that the span touches; empty for a span of years."""
        begin, end = self.opening.month, self.closing.month
        if begin is None or end is None or self.unit == "school_year":
            return ()
        if begin <= end:
            return tuple(range(begin, end + 1))
        return (*range(1, end + 1), *range(begin, 13))

    @property
    def precision(self) -> str:
        """The precision as the extraction format names it."""
        return {"half_year": "half-year", "school_year": "year"}.get(self.unit, self.unit)

    def start(self) -> date:
        return self.opening.first()

    def end(self) -> date:
        return self.closing.last()

    def valid(self) -> bool:
        """Whether both dates exist and come in order; a span without a year must fit some leap year."""
        span = self if self.dated else self.in_year(2024)
        try:
            return span.start() <= span.end()
        except ValueError:
            return False

    def in_year(self, year: int) -> Span:
        """The span closing in `year`: «декабрь – июнь» opens in the year before."""
        crosses = (self.opening.month or 1, self.opening.day or 1) > (self.closing.month or 12, self.closing.day or 31)
        return replace(
            self,
            opening=replace(self.opening, year=year - crosses),
            closing=replace(self.closing, year=year),
        )

    def in_school_year(self, year: int) -> Span:
        """
        The span in the school year that begins on 1 September of `year`.

        Its halves are September to December and January to August.
        """
        if self.unit == "half_year" and self.opening.month in (1, 7) and self.closing.month in (6, 12):
            opening = Moment(year, 9) if self.opening.month == 1 else Moment(year + 1, 1)
            closing_half = Moment(year, 12) if self.closing.month == 6 else Moment(year + 1, 8)
            return replace(self, opening=opening, closing=closing_half)
        closing = year if (self.closing.month or 9) >= 9 else year + 1
        return self.in_year(closing)

    def as_school_year(self) -> Span:
        """«2022-2023» as the school year that it is beside «2023-2024 учебный год»; other spans unchanged."""
        year = self.opening.year
        if self.unit == "year" and self.mode == "in" and year is not None and self.closing.year == year + 1:
            return school_year_span(year)
        return self

    def in_period(self, period: Period | None) -> Span | None:
        """
        The span with the year that the plan period gives it.

        None if the period is longer than a year, no date of the span lies in it, or the span crosses the new year of
        a plan for one calendar year.
        """
        if period is None:
            return None
        begin, end = date.fromisoformat(period.start), date.fromisoformat(period.end)
        if (end - begin).days > 366:
            return None
        if begin.year == end.year:
            span = self.in_year(begin.year)
            return span if span.opening.year == begin.year and span.valid() else None
        if self.unit == "half_year" and begin.month in (8, 9):
            return self.in_school_year(begin.year)
        for year in range(begin.year, end.year + 1):
            span = self.in_year(year)
            if span.valid() and begin <= span.end() and span.start() <= end:
                return span
        return None

    def edtf(self) -> str:
        opening, closing = self.opening.edtf(), self.closing.edtf()
        if self.unit == "day" and self.ranged and self.valid() and self.dated:
            opening, closing = self.start().isoformat(), self.end().isoformat()
        if self.mode == "before":
            return f"../{closing}"
        if self.mode == "after":
            return f"{opening}/.."
        return opening if opening == closing else f"{opening}/{closing}"


def year_span(year: int, last: int | None = None) -> Span:
    return Span(Moment(year), Moment(last or year), "year", ranged=last is not None and last != year)


def school_year_span(year: int) -> Span:
    """1 September to 31 August (`extraction-json`: a school year is that)."""
    return Span(Moment(year, 9), Moment(year + 1, 8), "school_year")


def months_span(first: int, last: int, unit: Unit, *, ranged: bool = False, rough: bool = False) -> Span:
    return Span(Moment(None, first), Moment(None, last), unit, ranged=ranged, rough=rough)


def bounded(start: date | None, end: date | None) -> str:
    """EDTF of an interval by its dates, each as coarse as it can be: whole years, whole months, days; «..» is open."""
    if start is None and end is None:
        return ".."
    opening = ".." if start is None else _opening(start)
    closing = ".." if end is None else _closing(end)
    return opening if opening == closing else f"{opening}/{closing}"


def _opening(day: date) -> str:
    if day.month == day.day == 1:
        return f"{day.year:04d}"
    return f"{day.year:04d}-{day.month:02d}" if day.day == 1 else day.isoformat()


def _closing(day: date) -> str:
    if (day.month, day.day) == (12, 31):
        return f"{day.year:04d}"
    return f"{day.year:04d}-{day.month:02d}" if (day + timedelta(days=1)).day == 1 else day.isoformat()
