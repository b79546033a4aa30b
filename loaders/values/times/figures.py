"""Dates in figures: «01.09.2021», «31. 03. 22 г.», spreadsheet dates, and their misprints."""

from __future__ import annotations

from typing import Final

from loaders.values.times.spans import Moment, Span, months_span
from loaders.values.times.years import Reading, YearRules, is_year
from loaders.values.tokens import Token

_NO_DATE: Final = Moment(0, 1, 1)


class FigureDates(YearRules):
    """Rules for dates in figures."""

    def figures(self, i: int) -> Reading | None:
        """«01.09.2021», «31. 03. 22 г.», «01 06.2021», «2021-09-01 00:00:00», «15.03», «09.2021», «01062021»."""
        token = self.at(i)
        if token.kind != "number":
            return None
        if len(token.text) == 4:
            return self._year_first(i)
        if len(token.text) == 8:
            return self._date(int(token.text[:2]), int(token.text[2:4]), int(token.text[4:]), i + 1, misprint=True)
        if len(token.text) > 2:
            return None
        first, k = self._separator(i + 1)
        second = self.at(k)
        if first == "-":
            days = self._days_before(token, k)
            if days is not None:
                return days
        if first is None or second.kind != "number":
            return None
        if len(second.text) == 6 and first == ".":
            return self._date(token.value, int(second.text[:2]), int(second.text[2:]), k + 1, misprint=True)
        if len(second.text) == 4 and first in (".", "/") and 1 <= token.value <= 12 and is_year(second):
            span = months_span(token.value, token.value, "month").in_year(second.value)
            return Reading((span,), self.year_word(k + 1))
        if len(second.text) > 2:
            return None
        last, n = self._separator(k + 1)
        third = self.at(n)
        if last is not None and third.kind == "number" and self._date_marks(first, last, token, second, third):
            odd = first != last or first in (" ", ",")
            year = third.value + 2000 if len(third.text) == 2 else third.value
            return self._date(token.value, second.value, year, n + 1, misprint=odd)
        two_figures = len(token.text) == len(second.text) == 2
        if first == "." and two_figures and 1 <= second.value <= 12 and 1 <= token.value <= 31:
            moment = Moment(None, second.value, token.value)
            if self.at(k + 1).text.startswith("ч"):
                return None
            # «01.03.–15.03.2024»: the full stop belongs to the date.
            stop = self.after_stop(k + 1)
            return self.with_year(Span(moment, moment, "day"), stop if self.at(stop).text == "-" else k + 1)
        return None

    def _days_before(self, first: Token, i: int) -> Reading | None:
        """«15–20.03.2022»: the rest of a range of days that share their month; `i` is the index of the second day."""
        mark, month = self.at(i + 1), self.at(i + 2)
        if mark.text != "." or not mark.glued or month.kind != "number" or len(month.text) != 2 or not first.value:
            return None
        last = self.figures(i)
        if last is None or len(last.spans) != 1 or last.spans[0].unit != "day" or last.spans[0].ranged:
            return None
        moment = last.spans[0].closing
        span = Span(Moment(moment.year, moment.month, first.value), moment, "day", ranged=True)
        return Reading((span,), last.stop, last.misprint, last.school)

    def with_year(self, span: Span, i: int) -> Reading:
        """`span` in the year that is printed at `i`, or without year."""
        years = self.year_after(self.after_stop(i))
        if years is None:
            return Reading((span,), i)
        return Reading(years.of(span), years.stop, school=years.year if years.school else None)

    @staticmethod
    def _date_marks(first: str, last: str, day: Token, month: Token, year: Token) -> bool:
        if "-" in (first, last) and first != last:
            return False
        if first == last == " ":
            return len(day.text) == len(month.text) == 2 and len(year.text) == 4
        if "," in (first, last) and " " in (first, last):
            return False
        return len(year.text) >= 3 or (len(year.text) == 2 and first == last and first in "./-")

    def _separator(self, i: int) -> tuple[str | None, int]:
        """The mark between two numbers of a date (a blank if they only stand apart) and where the next number is."""
        token = self.at(i)
        if token.kind == "number":
            return (None if token.glued else " "), i
        if token.text in (".", "/", "-", ","):
            following = i + 1
            if token.text == "." and self.at(following).text in (".", ","):
                return ",", following + 1
            return token.text, following
        return None, i

    def _date(self, day: int, month: int, year: int, stop: int, *, misprint: bool) -> Reading:
        moment = Moment(year, month, day) if 1900 <= year <= 2099 and month and day else _NO_DATE
        return Reading((Span(moment, moment, "day"),), self.year_word(stop), misprint)

    def _year_first(self, i: int) -> Reading | None:
        mark, month = self.at(i + 1), self.at(i + 2)
        if mark.text not in ("-", ".", "/") or month.kind != "number" or len(month.text) > 2 or not month.glued:
            return None
        day = self.at(i + 4)
        if self.at(i + 3).text == mark.text and day.kind == "number" and len(day.text) <= 2 and day.glued:
            stop = i + 5
            if self.at(stop).text in ("т", "t") and self.at(stop).glued:
                stop += 1
            if self.at(stop).kind == "number" and self.at(stop + 1).text == ":":
                stop += 3
                while self.at(stop).text in (":", ".") and self.at(stop + 1).kind == "number":
                    stop += 2
            return self._date(day.value, month.value, self.at(i).value, stop, misprint=False)
        if mark.text != "-" or len(month.text) != 2 or not 1 <= month.value <= 12 or not is_year(self.at(i)):
            return None
        if month.value == (self.at(i).value + 1) % 100:
            return None
        span = months_span(month.value, month.value, "month").in_year(self.at(i).value)
        return Reading((span,), i + 3)
