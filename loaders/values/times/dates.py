"""Dates and ranges in words: «с 1 по 15 ноября», «I и II кварталы», «к концу 2024 года»."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from loaders.values.times import words
from loaders.values.times.figures import FigureDates
from loaders.values.times.spans import Mode, Moment, Span, Unit, months_span
from loaders.values.times.years import Reading

_SUFFIXES: Final = words.forms("й я е го му м ой ая ое ого ом ых ый ым ти х и ю ей ому")
_GLUED_SUFFIXES: Final = words.forms("го й е му ого ое ый")
_BETWEEN: Final = frozenset(("-", ",", "и", "по", "до", "/", "или"))
_SHORT_MONTHS: Final = words.forms("май мая маю мае март марта марту марте июнь июня июню июне июль июля июлю июле")
_THROUGH: Final = frozenset(("-", "по", "до"))
_BEFORE: Final = (
    ("не", "позднее", "чем", "до"), ("не", "позднее", "чем"), ("не", "позднее"), ("не", "позже"), ("не", "поздней"),
    ("до",), ("к",), ("ко",), ("по",),
)  # fmt: skip
_AFTER: Final = (
    ("начиная", "с"), ("начиная", "со"), ("не", "ранее"), ("не", "раньше"), ("с",), ("со",), ("от",), ("после",),
    ("между",),
)  # fmt: skip
_IN: Final = (
    ("в", "течение"), ("в", "течении"), ("на", "протяжении"), ("в", "период"), ("на", "период"), ("за", "период"),
    ("в", "срок"), ("в", "сроки"), ("срок", "исполнения"), ("сроки", "проведения"), ("срок", "до"), ("крайний", "срок"),
    ("период",), ("срок",), ("сроки",), ("дата",), ("в",), ("во",), ("на",), ("за",), ("весь",), ("всего",), (":",),
    ("ориентировочно",), ("примерно",),
)  # fmt: skip
_Openings = tuple[tuple[str, ...], ...]
_MODES: Final[tuple[tuple[_Openings, Mode], ...]] = ((_BEFORE, "before"), (_AFTER, "after"), (_IN, "in"))
_OPENINGS: Final = {
    first: [(opening, mode) for openings, mode in _MODES for opening in openings if opening[0] == first]
    for first in {opening[0] for openings, _ in _MODES for opening in openings}
}
_ENDING: Final = words.forms(
    "конец конца концу конце концом окончание окончания окончании окончанию завершение завершения завершении",
)
_BEGINNING: Final = words.forms("начало начала началу начале началом")
_LAST: Final = words.adjective("последн")
_MIDDLE: Final = words.forms("середина середины середине середину")
_NEW: Final = words.adjective("нов", "текущ", "очередн", "календарн", "отчетн")


class Calendar(FigureDates):
    """Rules for calendar dates with the words before them."""

    def mode(self, i: int) -> tuple[Mode, int]:
        """What «до», «с», «в течение» before a date make of it, and where the date begins."""
        mode: Mode = "in"
        k = i
        while k < i + 8:
            found = next((each for each in _OPENINGS.get(self.at(k).text, ()) if self.says(k, each[0])), None)
            if found is None:
                break
            mode = mode if found[1] == "in" else found[1]
            k += len(found[0])
        return mode, k

    def calendar(self, i: int) -> Reading | None:
        """A date or range with the words before it: «в срок до 31 марта 2022 года», «с 1 сентября по 31 мая»."""
        mode, k = self.mode(i)
        worded = False
        if self.at(k - 1).text == "по" and self.at(k).text in ("итогам", "результатам") and k > i:
            mode, worded, k = "in", True, k + 1
        reading = self._element(k, mode)
        if reading is None:
            return None
        reading = self._ranged(reading, mode)
        if self.at(k - 1).text == "между" and [span.unit for span in reading.spans] == ["day", "day"]:
            first, last = reading.spans
            reading = replace(reading, spans=(Span(first.opening, last.closing, "day", ranged=True),))
        ranged = len(reading.spans) > 1 or any(span.ranged for span in reading.spans)
        opening_words = {self.at(index).text for index in range(i, k)}
        if mode == "after" and (ranged or opening_words & {"от", "между"}):
            # «от 15.03.2021» names an act, not a time.
            if not ranged:
                return None
            mode = "in"
        if mode == "before" and ranged and "по" in opening_words and len(opening_words) == 1:
            mode = "in"
        spans = reading.spans
        if mode != "in":
            spans = tuple(replace(span, mode=mode) if span.mode == "in" else span for span in spans)
        stop = reading.stop
        if self.at(stop).text == "включительно":
            stop += 1
        elif self.at(stop).text == "(" and self.at(stop + 1).text == "включительно" and self.at(stop + 2).text == ")":
            stop += 3
        return replace(reading, spans=spans, stop=stop, worded=worded)

    def _ranged(self, first: Reading, mode: Mode) -> Reading:
        """`first` with the other end, if one follows: «… – июнь 2022», «… по 31.05.2023»."""
        k = first.stop
        joins = {"-"} | ({"по", "до", "и", "к"} if mode == "after" else {"по"})
        if len(first.spans) != 1 or self.at(k).text not in joins:
            return first
        if self.at(k).text == "и" and self.at(k + 1).text in ("далее", "не"):
            return first
        last = self._element(k + 1, "in")
        if last is None or not last.spans or (len(last.spans) != 1 and not first.spans[0].dated):
            return first
        opening, closing = first.spans[0], last.spans[-1]
        if closing.unit == "school_year":
            opening = opening.as_school_year()
        seasons = opening.rough and last.spans[0].rough and opening.unit == last.spans[0].unit == "month"
        if (not seasons and (opening.ranged or last.spans[0].ranged)) or opening.mode != "in":
            return first
        if closing.dated and opening.opening.year is None:
            opening = self._opening_before(opening, closing, last)
        elif opening.dated and closing.closing.year is None and opening.closing.year is not None:
            closing = closing.in_year(opening.closing.year)
            if closing.valid() and opening.valid() and closing.end() < opening.start():
                closing = closing.in_year(opening.closing.year + 1)
        unit: Unit = "day" if "day" in (opening.unit, closing.unit) else "month"
        unit = opening.unit if opening.unit == closing.unit else unit
        span = Span(opening.opening, closing.closing, unit, ranged=True, rough=opening.rough or closing.rough)
        return Reading((span,), last.stop, first.misprint or last.misprint, last.school)

    @staticmethod
    def _opening_before(opening: Span, closing: Span, last: Reading) -> Span:
        if last.school is not None:
            return opening.in_school_year(last.school)
        year = closing.closing.year or 0
        dated = opening.in_year(year)
        if dated.valid() and closing.valid() and dated.start() > closing.end():
            return opening.in_year(year - 1)
        return dated

    def _element(self, i: int, mode: Mode) -> Reading | None:
        return (
            self.figures(i)
            or self._numbered(i)
            or self._edge(i, mode)
            or self._last_week(i)
            or self._named_month(i)
            or self.years(i)
        )

    def numeral(self, i: int) -> tuple[int, int] | None:
        """A small number – «1», «1-й», «II», «первый» – and the index after it."""
        token = self.at(i)
        if token.kind == "number" and (len(token.text) <= 2 or token.text == "111"):
            if self.at(i + 1).text in ("v", "у", "в") and self.at(i + 1).glued and token.value == 1:
                return 4, i + 2
            value = token.value
        elif token.kind == "word" and token.value > 0:
            value = token.value
        else:
            named = words.ORDINALS.get(token.text)
            return None if named is None else (named, i + 1)
        k = i + 1
        if self.at(k).text == "-" and self.at(k).glued and self.at(k + 1).glued and self.at(k + 1).text in _SUFFIXES:
            k += 2
        elif token.kind == "number" and self.at(k).glued and self.at(k).text in _GLUED_SUFFIXES:
            k += 1
        return value, k

    def _numbered(self, i: int) -> Reading | None:
        """Days of a month, quarters, halves: «10–20 октября», «I и II кварталы 2022 г.», «второе полугодие»."""
        numbers: list[int] = []
        joins: list[str] = []
        k = i
        while len(numbers) < 12:
            numeral = self.numeral(k)
            if numeral is None:
                break
            numbers.append(numeral[0])
            k = numeral[1]
            if self.at(k).text in _BETWEEN and self.numeral(k + 1) is not None:
                joins.append(self.at(k).text)
                k += 1
            else:
                break
        if not numbers:
            if self.at(i).text in ("ш", "п") and self.at(i + 1).text in words.QUARTER | words.HALF:
                numbers, k = [3 if self.at(i).text == "ш" else 2], i + 1
            else:
                return None
        if self.at(k).text in ("числа", "число") and self.at(k + 1).text in words.MONTHS:
            k += 1
        unit = self.at(k).text
        if unit in words.MONTHS:
            month = words.MONTHS[unit]
            days = [Span(Moment(None, month, number), Moment(None, month, number), "day") for number in numbers]
            return self._joined(days, joins, self._after_word(k, unit))
        if unit in words.QUARTER:
            numbers = [{11: 2, 111: 3}.get(number, number) for number in numbers]
            if not all(1 <= number <= 4 for number in numbers):
                return None
            quarters = [months_span(3 * number - 2, 3 * number, "quarter") for number in numbers]
            return self._joined(quarters, joins, self.after_stop(k + 1))
        if unit in words.HALF:
            numbers = [2 if number == 11 else number for number in numbers]
            if not all(number in (1, 2) for number in numbers):
                return None
            halves = [months_span(6 * number - 5, 6 * number, "half_year") for number in numbers]
            return self._joined(halves, joins, self.after_stop(k + 1))
        if len(numbers) == 1:
            return self._part_of(numbers[0], k)
        return None

    def _after_word(self, i: int, form: str) -> int:
        """After a month: abbreviations («янв.») take their full stop along."""
        return self.after_stop(i + 1) if len(form) <= 5 and form not in _SHORT_MONTHS else i + 1

    def _joined(self, parts: list[Span], joins: list[str], stop: int) -> Reading:
        spans: list[Span] = []
        for index, part in enumerate(parts):
            if index and joins[index - 1] in _THROUGH and not spans[-1].ranged:
                first = spans.pop()
                spans.append(Span(first.opening, part.closing, part.unit, ranged=True))
            else:
                spans.append(part)
        years = self.year_after(stop)
        if years is None:
            return Reading(tuple(spans), stop)
        dated = tuple(each for span in spans for each in years.of(span))
        return Reading(dated, years.stop, school=years.year if years.school else None)

    def _part_of(self, number: int, i: int) -> Reading | None:
        """«первая половина мая», «третья декада октября 2023», «2-я неделя сентября», «I четверть 2021/22 уч. г.»."""
        token = self.at(i).text
        if token in words.TERM:
            months = {1: (9, 10), 2: (11, 12), 3: (1, 3), 4: (4, 5)}.get(number)
            return None if months is None else self._school_part(months, i + 1)
        if token in words.SEMESTER or token in words.TRIMESTER:
            table = {1: (9, 12), 2: (1, 6)} if token in words.SEMESTER else {1: (9, 11), 2: (12, 2), 3: (3, 5)}
            months = table.get(number)
            return None if months is None else self._school_part(months, i + 1)
        month = words.MONTHS.get(self.at(i + 1).text)
        if token in words.HALF_OF and month is None:
            years = self.year_after(i + 1)
            if years is None or number not in (1, 2):
                return None
            return Reading(years.of(months_span(6 * number - 5, 6 * number, "half_year")), years.stop)
        if month is None:
            return None
        opening, closing = Moment(None, month, 1), Moment(None, month)
        if token in words.HALF_OF and number in (1, 2):
            opening, closing = (
                (replace(opening, day=16), closing) if number == 2 else (opening, replace(closing, day=15))
            )
        elif token in words.DECADE and number in (1, 2, 3):
            opening = replace(opening, day=10 * number - 9)
            closing = closing if number == 3 else replace(closing, day=10 * number)
        elif token in words.WEEK and 1 <= number <= 4:
            opening, closing = replace(opening, day=7 * number - 6), replace(closing, day=7 * number)
        else:
            return None
        span = Span(opening, closing, "day", ranged=True, rough=token in words.WEEK)
        return self.with_year(span, i + 2)

    def _last_week(self, i: int) -> Reading | None:
        """«последняя неделя августа», «последняя декада мая»."""
        month = words.MONTHS.get(self.at(i + 2).text)
        part = self.at(i + 1).text
        if month is None or self.at(i).text not in _LAST or part not in words.WEEK | words.DECADE:
            return None
        first = Moment(None, month, 25 if part in words.WEEK else 21)
        return self.with_year(Span(first, Moment(None, month), "day", ranged=True, rough=part in words.WEEK), i + 3)

    def _school_part(self, months: tuple[int, int], i: int) -> Reading:
        span = months_span(*months, "month", ranged=True, rough=True)
        years = self.year_after(i)
        if years is None:
            return Reading((span,), i)
        return Reading(years.of(span), years.stop, school=years.year if years.school else None)

    def _named_month(self, i: int) -> Reading | None:
        """«май 2020», «Ноябрь 2021-2024», «летний период», «осень 2022»."""
        token = self.at(i).text
        month = words.MONTHS.get(token)
        if month is not None:
            return self.with_year(months_span(month, month, "month"), self._after_word(i, token))
        season = words.SEASONS.get(token)
        if season is None or self.at(i + 1).text in words.HOLIDAYS:
            return None
        stop = i + 2 if self.at(i + 1).text in ("период", "периода", "периоде", "время") else i + 1
        span = months_span(*season, "month", ranged=True, rough=True)
        years = self.year_after(stop)
        if season[0] > season[1] and years is not None and years.year is not None and years.last == years.year + 1:
            # «зима 2023–2024» is one winter.
            return Reading((span.in_year(years.last),), years.stop)
        return self.with_year(span, stop)

    def _edge(self, i: int, mode: Mode) -> Reading | None:
        """«(к) концу 2024 года», «(до) начала учебного года», «конец мая», «(к) новому учебному году»."""
        token = self.at(i).text
        ending, beginning = token in _ENDING, token in _BEGINNING
        edged = ending or beginning or token in _MIDDLE
        k = i + 1 if edged else i
        while self.at(k).text in _NEW:
            k += 1
        if self.at(k).text in words.SCHOOL and (edged or mode == "before"):
            after = k
            while self.at(after).text in words.SCHOOL:
                after = self.after_stop(after + 1)
            if self.at(after).text in words.YEAR:
                stop = self.year_word(after)
                years = self.year_after(stop)
                span = self._year_edge(mode, ending=ending, school=True)
                return Reading((span,), stop) if years is None else Reading(years.of(span), years.stop)
        if not edged:
            return None
        if self.at(k).text in words.YEAR:
            return Reading((self._year_edge(mode, ending=ending, school=False),), self.year_word(k))
        inner = self._numbered(k) or self._named_month(k) or self.years(k)
        if inner is None or len(inner.spans) != 1:
            return None
        span = inner.spans[0]
        if beginning and mode == "before":
            opening = Moment(span.opening.year, span.opening.month or 1, span.opening.day or 1)
            span = Span(opening, opening, "day")
        elif mode == "in" and span.unit == "school_year" and span.opening.year is not None:
            span = self._year_edge("in", ending=ending, school=True).in_school_year(span.opening.year)
        elif mode == "in":
            span = replace(span, rough=True)
        return replace(inner, spans=(span,))

    @staticmethod
    def _year_edge(mode: Mode, *, ending: bool, school: bool) -> Span:
        if mode == "before":
            last = 8 if school else 12
            first = Moment(None, 9 if school else 1, 1)
            return months_span(last, last, "month") if ending else Span(first, first, "day")
        month = (5 if school else 12) if ending else (9 if school else 1)
        return months_span(month, month, "month", rough=True)
