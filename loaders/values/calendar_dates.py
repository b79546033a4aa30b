"""Calendar dates and ranges as Russian officials print them, read from tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from loaders.values import calendar_words as words
from loaders.values.calendar_spans import Mode, Moment, Span, Unit, months_span, school_year_span, year_span
from loaders.values.tokens import END, Token

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2059
_SUFFIXES: Final = frozenset(
    ["й", "я", "е", "го", "му", "м", "ой", "ая", "ое", "ого", "ом", "ых", "ый", "ым", "ти", "х", "и", "ю", "ей", "ому"]
)
_BETWEEN: Final = frozenset(("-", ",", "и", "по", "до", "/", "или"))
_THROUGH: Final = frozenset(("-", "по", "до"))
_NO_DATE: Final = Moment(0, 1, 1)

_BEFORE: Final = (
    ("не", "позднее", "чем", "до"), ("не", "позднее", "чем"), ("не", "позднее"), ("не", "позже"), ("не", "поздней"),
    ("до",), ("к",), ("ко",), ("по",),
)  # fmt: skip
_AFTER: Final = (
    ("начиная", "с"),
    ("начиная", "со"),
    ("не", "ранее"),
    ("не", "раньше"),
    ("с",),
    ("со",),
    ("от",),
    ("после",),
    ("между",),
)
_IN: Final = (
    ("в", "течение"), ("в", "течении"), ("на", "протяжении"), ("в", "период"), ("на", "период"), ("за", "период"),
    ("в", "срок"), ("в", "сроки"), ("срок", "исполнения"), ("сроки", "проведения"), ("срок", "до"), ("крайний", "срок"),
    ("период",), ("срок",), ("сроки",), ("дата",), ("в",), ("во",), ("на",), ("за",), ("весь",), ("всего",), (":",),
    ("ориентировочно",), ("примерно",),
)  # fmt: skip
_ENDING: Final = frozenset(
    [
        "конец",
        "конца",
        "концу",
        "конце",
        "концом",
        "окончание",
        "окончания",
        "окончании",
        "окончанию",
        "завершение",
        "завершения",
        "завершении",
    ],
)
_BEGINNING: Final = frozenset(["начало", "начала", "началу", "начале", "началом"])
_MIDDLE: Final = frozenset(["середина", "середины", "середине", "середину"])
_NEW: Final = words.adjective("нов", "текущ", "очередн", "календарн", "отчетн")
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
    """A year after a month or quarter: `last` if a range is printed, `school` for a school year; `year` may be unsaid."""

    year: int | None
    stop: int
    school: bool = False
    last: int | None = None

    def of(self, span: Span) -> tuple[Span, ...]:
        """`span` in this year, or once in each year of the range."""
        if self.year is None:
            return (span,)
        if self.school:
            return (_school_half(span, self.year) if span.unit == "half_year" else span.in_school_year(self.year),)
        return tuple(span.in_year(year) for year in range(self.year, (self.last or self.year) + 1))


class Calendar:
    """Rules for dates over a list of tokens; quotation marks are passed over."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [token for token in tokens if token.text not in ('"', "'")]

    def at(self, i: int) -> Token:
        return self.tokens[i] if 0 <= i < len(self.tokens) else END

    def after_stop(self, i: int) -> int:
        """The index after a full stop that ends an abbreviation, if one stands there."""
        return i + 1 if self.at(i).text == "." and self.at(i).glued else i

    def mode(self, i: int) -> tuple[Mode, int]:
        """What «до», «с», «в течение» before a date make of it, and where the date begins."""
        mode: Mode = "in"
        k = i
        while k < i + 8:
            opening, meaning = self._opening(k)
            if not opening:
                break
            if meaning != "in":
                mode = meaning
            k += len(opening)
        return mode, k

    def _opening(self, i: int) -> tuple[tuple[str, ...], Mode]:
        table: tuple[tuple[tuple[tuple[str, ...], ...], Mode], ...] = (
            (_BEFORE, "before"),
            (_AFTER, "after"),
            (_IN, "in"),
        )
        for openings, mode in table:
            for opening in openings:
                if all(self.at(i + step).text == word for step, word in enumerate(opening)):
                    return opening, mode
        return (), "in"

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
        if len(first.spans) != 1 or first.spans[0].ranged or self.at(k).text not in joins:
            return first
        if self.at(k).text == "и" and self.at(k + 1).text in ("далее", "не"):
            return first
        last = self._element(k + 1, "in")
        if last is None or not last.spans or (len(last.spans) != 1 and not first.spans[0].dated):
            return first
        opening, closing = first.spans[0], last.spans[-1]
        if last.spans[0].ranged or opening.mode != "in":
            return first
        if closing.dated and opening.opening.year is None:
            opening = self._opening_before(opening, closing, last)
        elif opening.dated and closing.closing.year is None and opening.closing.year is not None:
            closing = closing.in_year(opening.closing.year)
            if closing.valid() and opening.valid() and closing.end() < opening.start():
                closing = closing.in_year(opening.closing.year + 1)
        unit: Unit = (
            opening.unit
            if opening.unit == closing.unit
            else "day"
            if "day" in (opening.unit, closing.unit)
            else "month"
        )
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
            self._numeric(i) or self._numbered(i) or self._edge(i, mode) or self._named_month(i) or self._years(i, mode)
        )

    # Dates in figures

    def _numeric(self, i: int) -> Reading | None:
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
        if first is None or second.kind != "number":
            return None
        if len(second.text) == 6 and first == ".":
            return self._date(token.value, int(second.text[:2]), int(second.text[2:]), k + 1, misprint=True)
        if len(second.text) == 4 and first in (".", "/") and 1 <= token.value <= 12 and is_year(second):
            span = months_span(token.value, token.value, "month").in_year(second.value)
            return Reading((span,), self._year_word(k + 1))
        if len(second.text) > 2:
            return None
        last, n = self._separator(k + 1)
        third = self.at(n)
        if last is not None and third.kind == "number" and self._date_marks(first, last, token, second, third):
            odd = first != last or first in (" ", ",")
            year = third.value + 2000 if len(third.text) == 2 else third.value
            return self._date(token.value, second.value, year, n + 1, misprint=odd)
        if (
            first == "."
            and len(token.text) == len(second.text) == 2
            and 1 <= second.value <= 12
            and 1 <= token.value <= 31
        ):
            moment = Moment(None, second.value, token.value)
            return None if self.at(k + 1).text.startswith("ч") else self._with_year(Span(moment, moment, "day"), k + 1)
        return None

    def _with_year(self, span: Span, i: int) -> Reading:
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
        return Reading((Span(moment, moment, "day"),), self._year_word(stop), misprint)

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

    # Dates in words

    def _numeral(self, i: int) -> tuple[int, int] | None:
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
        elif (
            token.kind == "number" and self.at(k).glued and self.at(k).text in ("го", "й", "е", "му", "ого", "ое", "ый")
        ):
            k += 1
        return value, k

    def _numbered(self, i: int) -> Reading | None:
        """Days of a month, quarters, halves: «10–20 октября», «I и II кварталы 2022 г.», «второе полугодие»."""
        numbers: list[int] = []
        joins: list[str] = []
        k = i
        while len(numbers) < 12:
            numeral = self._numeral(k)
            if numeral is None:
                break
            numbers.append(numeral[0])
            k = numeral[1]
            if self.at(k).text in _BETWEEN and self._numeral(k + 1) is not None:
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
        return (
            self.after_stop(i + 1)
            if len(form) <= 5 and form not in ("май", "мая", "мае", "марта", "марте", "марту")
            else i + 1
        )

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
        """«первая половина мая», «третья декада октября 2023», «2-я неделя сентября», «I четверть 2021/2022 уч. года»."""
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
        last = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
        if token in words.HALF_OF:
            days = {1: (1, 15), 2: (16, last)}.get(number)
        elif token in words.DECADE:
            days = {1: (1, 10), 2: (11, 20), 3: (21, last)}.get(number)
        elif token in words.WEEK:
            days = (7 * number - 6, min(7 * number, last)) if 1 <= number <= 4 else None
        else:
            return None
        if days is None:
            return None
        span = Span(
            Moment(None, month, days[0]), Moment(None, month, days[1]), "day", ranged=True, rough=token in words.WEEK
        )
        return self._with_year(span, i + 2)

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
            return self._with_year(months_span(month, month, "month"), self._after_word(i, token))
        season = words.SEASONS.get(token)
        if season is None:
            return None
        stop = i + 2 if self.at(i + 1).text in ("период", "периода", "период", "периоде", "время") else i + 1
        return self._with_year(months_span(*season, "month", ranged=True, rough=True), stop)

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
                stop = self._year_word(after)
                years = self.year_after(stop)
                span = self._year_edge(mode, ending=ending, school=True)
                return Reading((span,), stop) if years is None else Reading(years.of(span), years.stop)
        if not edged:
            return None
        if self.at(k).text in words.YEAR:
            return Reading((self._year_edge(mode, ending=ending, school=False),), self._year_word(k))
        inner = self._numbered(k) or self._named_month(k) or self._years(k, "in")
        if inner is None or len(inner.spans) != 1:
            return None
        span = inner.spans[0]
        if beginning and mode == "before":
            opening = Moment(span.opening.year, span.opening.month or 1, span.opening.day or 1)
            span = Span(opening, opening, "day")
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

    # Years

    def _years(self, i: int, mode: Mode) -> Reading | None:
        """«2021», «2021-2024 гг.», «2021/2022 учебный год», «учебный год 2021/22»."""
        if self.at(i).text in words.SCHOOL and self.at(self.after_stop(i + 1)).text in words.YEAR:
            years = self._printed_years(self._year_word(self.after_stop(i + 1)))
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
            return Years(None, self._year_word(i + 1))
        if self.at(i).text in ("т", "с") and self.at(i + 1).text == "." and self.at(i + 2).text == "г":
            return Years(None, self.after_stop(i + 3))
        token = self.at(i)
        if (
            token.kind == "number"
            and len(token.text) == 2
            and self.at(i + 1).text in words.YEAR
            and 10 <= token.value < 60
        ):
            return Years(2000 + token.value, self._year_word(i + 1))
        return self._printed_years(i)

    def _printed_years(self, i: int) -> Years | None:
        token = self.at(i)
        if not is_year(token):
            return None
        k = self._year_word(i + 1)
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
                    return Years(token.value, self._year_word(after), last=last)
        stop = self._school_word(i + 1)
        if stop > i + 1:
            return Years(token.value, stop, school=True)
        return Years(token.value, k)

    def _school_word(self, i: int) -> int:
        """After «учебного года», «уч. г.»; `i` if it does not stand there."""
        k = i
        while self.at(k).text in words.SCHOOL:
            k = self.after_stop(k + 1)
        return i if k == i else self._year_word(k)

    def _year_word(self, i: int) -> int:
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


def is_year(token: Token) -> bool:
    return token.kind == "number" and len(token.text) == 4 and _FIRST_YEAR <= token.value <= _LAST_YEAR


def _school_half(span: Span, year: int) -> Span:
    """Halves of a school year: September to December, January to August."""
    if span.opening.month == 1 and span.closing.month == 6:
        return Span(Moment(year, 9), Moment(year, 12), "half_year")
    if span.opening.month == 7:
        return Span(Moment(year + 1, 1), Moment(year + 1, 8), "half_year")
    return replace(school_year_span(year), unit="half_year")
