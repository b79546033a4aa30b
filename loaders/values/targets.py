"""
Target values and trends inside indicator and result texts (`ontology` 2.7).

A number counts as a target only where the text makes it one: in a series of years, with a per cent sign, after or
before words of comparison, or before a counted noun.  Dates, numbers of acts and sections, ages, classes, telephone
numbers and durations are none.
One module of more than 400 lines, because every rule reads the state of one walk over the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from loaders.extraction import Target
from loaders.values.quantities import LONGEST_COUNT, QuantityRules, Unit
from loaders.values.times import words
from loaders.values.times.years import is_year
from loaders.values.tokens import Token
from ontology.language import collapse

__all__ = ["Trend", "find_frequencies", "find_trends", "parse_targets"]


@dataclass(frozen=True, slots=True)
class Trend:
    """A direction without a number; `direction` is increase, decrease or positive, offsets are those of the text."""

    direction: str
    raw: str
    start: int
    end: int


_DIRECTIONS: Final = dict.fromkeys(("рост", "прирост", "увеличение", "повышение"), "increase") | dict.fromkeys(
    ("снижение", "сокращение", "уменьшение"), "decrease",
)  # fmt: skip
_GROWTH: Final = ("увелич", "прирост", "повыш")
_DECLINE: Final = ("снижен", "снизи", "сокращ", "сократ", "уменьш")
_GROWTH_FORMS: Final = words.forms("рост роста росту ростом")
_MEASURES: Final = ("количеств", "числ", "охват", "дол", "процент", "показател")
_CLAUSE: Final = 60
_TWICE: Final = words.forms("дважды трижды")
_PREPOSITIONS: Final = words.forms("у в на для с по до")
_SERIES: Final = re.compile(r"\s*\d+(?:[.,]\d+)?\s*%?(?:\s*/\s*\d+(?:[.,]\d+)?\s*%?)+\s*", re.ASCII)
_BARE: Final = re.compile(r"\s*(?:\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?:[.,]\d+)?\s*%?\s*\.?\s*", re.ASCII)
_YEAR: Final = re.compile(r"\s*(?:19|20)\d\d\s*\.?\s*", re.ASCII)
_VALUE: Final = r"[0-9]{1,6}(?:[.,][0-9]{1,3})?\s*%?"
_PARALLEL: Final = re.compile(
    rf"(?<![0-9/.,])(?P<values>{_VALUE}(?:\s*/\s*{_VALUE}){{1,9}})(?P<noun>[^0-9()/;]{{0,40}}?)\s*"
    r"\(\s*(?P<years>20[0-9]{2}(?:\s*/\s*20[0-9]{2}){1,9})\s*(?:г{1,2}\.?|год\w*)?\s*\)"
)
_LONGEST_FIGURES: Final = 18


def parse_targets(text: str, *, column: str) -> list[Target]:
    """
    Targets of a cell text in order, for any text and without exception.

    The comparator is «=» unless the text states one; the year is that of the series or clause («в 2022 году – 25 %»),
    None if the value holds for several years or for none.  `unit` is «%» or the word printed after the number.
    In the column «activity» plain counts are context, in «deadline» everything but counted nouns is a time.
    Least frequencies («не реже одного раза в полугодие») come from `find_frequencies`.
    """
    if column not in ("activity", "deadline") and (_SERIES.fullmatch(text) or _BARE.fullmatch(text)):
        return _figures(text, column)
    if column != "deadline" and (series := _year_by_year(text, column)):
        return series
    return _Scanner(text, column).targets()


def find_frequencies(text: str, *, column: str) -> list[Target]:
    """
    Least frequencies as at-least targets: «не реже одного раза в полугодие» is 1 for each P6M (`ontology` 2.7, Q30).

    Empty where the text has a numeric target of its own: there the frequency belongs to the indicator's wording
    («прошедших переподготовку не менее 1 раза в 5 лет …, 75 и более %»).
    """
    return [] if parse_targets(text, column=column) else _Scanner(text, column).frequencies()


def find_trends(text: str) -> list[Trend]:
    """
    Directions without a number: «Рост …», «Повышение …», «положительная динамика».

    Only nominatives count («точка роста» is none), and «повышение квалификации» is training.
    """
    scanner = _Scanner(text, "result")
    found = []
    for index, token in enumerate(scanner.tokens):
        before = scanner.at(index - 1)
        direction = _DIRECTIONS.get(token.text)
        start = token.start
        if token.text == "динамика":
            direction = "decrease" if before.text.startswith(("отриц", "негатив")) else "positive"
            start = before.start if before.text.startswith(("полож", "позитив", "отриц", "негатив")) else start
        elif direction is None or scanner.at(index + 1).text.startswith("квалификац") or scanner.sized(index):
            continue
        found.append(Trend(direction, text[start : token.end], start, token.end))
    return found


def _year_by_year(text: str, column: str) -> list[Target]:
    """«75 % / 85 % / 95 % (2025 / 2026 / 2027 годы)»: as many values as years; empty if the text has no such series."""
    found = _PARALLEL.search(text)
    if found is None:
        return []
    values, years = (re.split(r"\s*/\s*", found[name]) for name in ("values", "years"))
    if len(values) != len(years):
        return []
    noun = found["noun"].split()
    targets = [replace(_figures(value, column)[0], year=int(year)) for value, year in zip(values, years, strict=True)]
    return [replace(target, unit=target.unit or (noun[0] if noun else None)) for target in targets]


def _figures(text: str, column: str) -> list[Target]:
    """A cell of figures only: «20», «1 000», «8 / 10 / 12 / 15»."""
    if _YEAR.fullmatch(text) and column != "target":
        return []
    found = []
    for piece in text.split("/"):
        figures = re.sub(r"[\s%]", "", piece).rstrip(".").replace(",", ".")
        if figures.count(".") <= 1 and len(figures) <= _LONGEST_FIGURES:
            unit = "%" if "%" in piece else None
            found.append(Target(None, float(figures), unit, "=", None, collapse(piece), column))
    return found


def _restated_once(targets: list[Target]) -> list[Target]:
    """A dated value that the text says twice («К концу 2024 года 100% …, в 2024 году – 100%») is one target."""
    out: list[Target] = []
    seen = set()
    for target in targets:
        key = (target.year, target.value, target.unit, target.comparator)
        if target.year is None or key not in seen:
            out.append(target)
        seen.add(key)
    return out


@dataclass(frozen=True, slots=True)
class _Year:
    """A year in a text; None for a range of years.  `opens` says that a value follows at once."""

    year: int | None
    stop: int
    opens: bool


class _Scanner(QuantityRules):
    def __init__(self, text: str, column: str) -> None:
        super().__init__(text)
        self.column = column

    def targets(self) -> list[Target]:
        found: list[Target] = []
        dated: _Year | None = None
        opening = 0
        sign: str | None = None
        measured = False
        i = 0
        while i < len(self.tokens):
            if self._ends_clause(i):
                dated, sign, measured = None, None, False
                i += 1
                continue
            sign = _sign(self.at(i)) or sign
            measured = measured or self.at(i).text.startswith(_MEASURES)
            skipped = self._time(i)
            year = self._year(i) if skipped is None else None
            if skipped is not None:
                i = skipped
            elif year is not None:
                dated, opening, i = year, i, year.stop
            else:
                series = dated is not None and dated.opens and i == dated.stop
                series = series or (measured and self._alone(i)) or self._dated_in_brackets(i)
                started = self._from(i)
                if started is not None:
                    i = started
                    continue
                values, i = self._values(i, series=series, sign=sign)
                if values and (dated is None or dated.year is None):
                    values, i = self._dated_behind(values, i)
                elif values and dated is not None:
                    raw = collapse(self.text[self.at(opening).start : self.at(i - 1).end])
                    values = [replace(each, year=dated.year, raw=raw if dated.opens else each.raw) for each in values]
                    dated = replace(dated, opens=False)
                found += values
        return _restated_once(found)

    def frequencies(self) -> list[Target]:
        """«не реже N раз в …» as targets."""
        found = []
        for i in range(len(self.tokens)):
            if self.at(i).text != "не" or self.at(i + 1).text not in ("реже", "менее"):
                continue
            begin = i + 3 if self.at(i + 2).text == "чем" else i + 2
            count, k = self.count_at(begin)
            if self.at(k).text not in words.TIMES or self.at(k + 1).text not in ("в", "за"):
                continue
            k += 3 if self.at(k + 2).text in words.SCHOOL else 2
            units, k = self.count_at(k)
            months = words.UNIT_MONTHS.get(self.at(k).text, 0) * (units or 1)
            if not months:
                continue
            period = f"P{months // 12}Y" if months % 12 == 0 else f"P{months}M"
            raw = collapse(self.text[self.at(i).start : self.at(k).end])
            found.append(Target(None, float(count or 1), "раз", ">=", period, raw, self.column))
        return found

    def sized(self, i: int) -> bool:
        """Whether the clause that begins at token `i` states a number."""
        stop = i
        while stop < min(i + _CLAUSE, len(self.tokens)) and not self._ends_clause(stop):
            stop += 1
        if not any(token.kind == "number" or token.text.startswith("стопроц") for token in self.tokens[i:stop]):
            return False
        return bool(_Scanner(self.text[self.at(i).start : self.at(stop - 1).end], self.column).targets())

    def _ends_clause(self, i: int) -> bool:
        return self.at(i).text == ";" or (self.at(i).text == "." and not self.at(i + 1).glued)

    def _alone(self, i: int) -> bool:
        """«(количество участников) – 150»: a number between a dash or colon and the end of the clause."""
        number = self.number(i)
        if number is None or self.at(i - 1).text not in ("-", ":"):
            return False
        return (
            self.at(number.stop).kind == "end"
            or self.at(number.stop).text in (",", ")")
            or self._ends_clause(number.stop)
        )

    def _dated_in_brackets(self, i: int) -> bool:
        """«20 (2022 г.), 25 (2023 г.)»: a bare number with its year."""
        number = self.number(i) if not is_year(self.at(i)) else None
        if number is None or self.at(number.stop).text != "(":
            return False
        year = self._year(number.stop + 1)
        return year is not None and self.at(year.stop).text == ")"

    def _from(self, i: int) -> int | None:
        """After the first end of «с 20 % до 50 %»: what is left behind is no target."""
        if self.at(i).text != "с":
            return None
        first = self.number(i + 1)
        if first is None or is_year(self.at(i + 1)):
            return None
        k = self.unit(first.stop, first.value).stop
        second = self.number(k + 1) if self.at(k).text == "до" else None
        return None if second is None or self.unit(second.stop, second.value).text is None else k + 1

    # What is no value

    def _time(self, i: int) -> int | None:
        """Where a date, a rate, a number of an act or a telephone that starts here ends."""
        token = self.at(i)
        if token.text in ("№", "n") and self.at(i + 1).kind == "number":
            return self._after_numbers(i)
        if self.column == "deadline":
            phrase = self.phrase(i)
            return None if phrase is None else phrase.stop
        rate = self.rate(i) if token.kind == "number" or token.text in ("не", "раз", "дважды", "трижды") else None
        if rate is not None and any(each.text in words.TIMES | _TWICE for each in self.tokens[i : rate.stop]):
            return rate.stop
        if token.text == "+" and self.at(i + 1).kind == "number":
            return i + 2
        if token.kind != "number":
            return None
        if (
            self.at(i + 1).text == self.at(i + 3).text == "-"
            and self.at(i + 2).glued
            and self.at(i + 2).kind == "number"
        ):
            return self._after_glued(i + 3)
        reading = self.calendar(i)
        if reading is None or all(span.unit in ("year", "school_year") for span in reading.spans):
            return None
        return reading.stop

    def _after_numbers(self, i: int) -> int:
        """After «№ 236-р», «№1, №2, №3»."""
        k = self._after_glued(i + 2)
        while self.at(k).text in (",", "и", "-") and self.at(k + 1).text == "№" and self.at(k + 2).kind == "number":
            k += 3
        return k

    def _after_glued(self, i: int) -> int:
        k = i
        while self.at(k).glued and (self.at(k).kind in ("number", "word") or self.at(k).text in ("-", "/")):
            k += 1
        return k

    # Years

    def _year(self, i: int) -> _Year | None:
        token = self.at(i)
        if not is_year(token):
            return None
        year: int | None = token.value
        last: int | None = None
        k = i + 1
        if self.at(k).text in ("-", "/") and is_year(self.at(k + 1)):
            last = self.at(k + 1).value
            year = last if self.at(k).text == "/" else None
            k += 2
        worded = k
        while self.at(k).text in words.SCHOOL | words.YEAR:
            if self.at(k).text in words.SCHOOL and last is not None:
                # The value of a school year is reached when it ends.
                year = last
            k = self.after_stop(k + 1)
        if k == worded and self.counted(k, float(token.value)) is not None:
            return None
        joined = self.at(k).text in ("-", ":", "=")
        k += joined
        opens = joined or self.number(k) is not None or self.comparison(k) is not None
        return _Year(year, k, opens)

    def _dated_behind(self, values: list[Target], i: int) -> tuple[list[Target], int]:
        """«15 школ в 2021 году», «на 15 % к 2025 году», «50 (2023 г.)»: a year that follows its value."""
        for k in range(i, i + LONGEST_COUNT):
            token = self.at(k)
            if token.text in ("в", "к", "на", "("):
                inner = k + 2 if self.at(k + 1).text in ("конец", "концу", "конце") else k + 1
                year = self._year(inner)
                worded = token.text == "(" or self.at(inner + 1).text in words.YEAR
                if year is not None and year.year is not None and worded and not year.opens:
                    return [replace(value, year=year.year) for value in values], year.stop
            if token.text == "-" and k == i and (year := self._year(k + 1)) is not None and self._ends_value(year):
                # «80 % – 2023 г., 90 % – 2024 г.»
                return [replace(value, year=year.year) for value in values], year.stop
            if token.kind != "word":
                break
        return values, i

    def _ends_value(self, year: _Year) -> bool:
        """Whether a year behind a dash belongs to the value before it: nothing but another value follows."""
        after = self.at(year.stop).text
        return (
            year.year is not None
            and not year.opens
            and (after in {"", ",", ";", ")", "."} or self._ends_clause(year.stop))
        )

    # Values

    def _values(self, i: int, *, series: bool, sign: str | None) -> tuple[list[Target], int]:
        """The targets that start at `i`, two for a range, and the index after them."""
        if self.at(i).text.startswith("стопроцентн"):
            return [self._target((i, i + 1), 100.0, "%", "=", None)], i + 1
        compared = self.comparison(i)
        k = i if compared is None else compared.stop
        percent_first = self.at(k).text == "%" and self.at(k - 1).kind != "number" and self.number(k + 1) is not None
        k += percent_first
        by = self.at(k).text == "на" or self.at(k - 1).text == "на"
        if (compared is not None and compared.word.isalpha() and self.at(k).text in _PREPOSITIONS) or (
            compared is None and sign is not None and self.at(k).text == "на"
        ):
            k += 1
        number = self.number(k, in_words=compared is not None)
        if number is None or not self.counts(k):
            return [], i + 1
        upper = self.upper_end(number, compared)
        unit = self.unit((upper or number).stop, (upper or number).value)
        if series:
            unit = self.unit_of_series(unit)
        behind, stop = self.comparison_behind(unit.stop)
        if behind is not None and self.at(stop).text == "." and self.at(stop + 1).text == "%":
            stop += 1
        if percent_first:
            unit = Unit("%", stop)
        elif behind is not None and self.at(stop).text == "%":
            unit, stop = Unit("%", stop + 1), stop + 1
        stated = behind is not None or (compared is not None and not compared.weak)
        named = unit.text is not None and (self.column != "activity" or unit.percent)
        changed = sign is not None and (by or (compared is not None and compared.word == "до"))
        if self.column == "deadline":
            accepted = unit.text is not None and not unit.percent
        elif compared is not None and compared.weak:
            accepted = unit.text is not None or changed
        else:
            accepted = stated or series or named
        if unit.refused or not accepted:
            return [], i + 1
        comparator = behind or "=" if compared is None else compared.sign
        if sign is not None and by:
            comparator = sign
        elif changed:
            comparator = "="
        period, stop = self.period(stop)
        if upper is None:
            return [self._target((i, stop), number.value, unit.text, comparator, period)], stop
        low = self._target((i, stop), number.value, unit.text, ">=", period)
        return [low, replace(low, value=upper.value, comparator="<=")], stop

    def _target(
        self, place: tuple[int, int], value: float, unit: str | None, comparator: str, period: str | None,
    ) -> Target:  # fmt: skip
        begin, stop = place
        raw = collapse(self.text[self.at(begin).start : self.at(stop - 1).end])
        before = [self.at(k).text for k in range(begin - 4, begin)]
        status = "target"
        if any(word.startswith(("базов", "исходн")) for word in before):
            status = "baseline"
        elif any(word.startswith("факт") for word in before):
            status = "actual"
        return Target(None, value, unit, comparator, period, raw, self.column, status)


def _sign(token: Token) -> str | None:
    """«+» or «-» for a word of growth or decline."""
    if token.text.startswith(_GROWTH) or token.text in _GROWTH_FORMS:
        return "+"
    return "-" if token.text.startswith(_DECLINE) else None
