"""
Target values and trends inside indicator and result texts (`ontology` 2.7).

A number counts as a target only where the text makes it one: in a series of years, with a per cent sign, after or
before words of comparison, or before a counted noun.  Dates, numbers of acts and sections, ages, classes, telephone
numbers and durations are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from loaders.extraction import Target
from loaders.values.times import words
from loaders.values.times.grammar import Grammar
from loaders.values.times.years import is_year
from loaders.values.tokens import Token, tokenise
from ontology.language import collapse, lemma, readings

__all__ = ["Trend", "find_frequencies", "find_trends", "parse_targets"]


@dataclass(frozen=True, slots=True)
class Trend:
    """A direction without a number; `direction` is increase, decrease or positive, offsets are those of the text."""

    direction: str
    raw: str
    start: int
    end: int


_BEFORE: Final = (
    (("не", "менее"), ">="), (("не", "меньше"), ">="), (("не", "ниже"), ">="), (("как", "минимум"), ">="),
    (("минимум",), ">="), (("≥",), ">="), ((">", "="), ">="), (("не", "более"), "<="), (("не", "больше"), "<="),
    (("не", "выше"), "<="), (("не", "свыше"), "<="), (("не", "превышает"), "<="), (("максимум",), "<="), (("≤",), "<="),
    (("<", "="), "<="), (("свыше",), ">"), (("более",), ">"), (("больше",), ">"), (("выше",), ">"), ((">",), ">"),
    (("менее",), "<"), (("меньше",), "<"), (("ниже",), "<"), (("<",), "<"), (("до",), "<="), (("от",), ">="),
)  # fmt: skip
_AFTER: Final = {
    "более": ">=", "больше": ">=", "выше": ">=", "свыше": ">=", "менее": "<=", "меньше": "<=", "ниже": "<=",
}  # fmt: skip
# «до», «более» and their like also stand before ages, durations and plain nouns: they need a unit.
_WEAK: Final = frozenset(("до", "от", "более", "больше", "менее", "меньше", "выше", "ниже", "свыше"))
_CHANGES: Final = (
    ("увелич", "+"), ("рост", "+"), ("роста", "+"), ("прирост", "+"), ("повыш", "+"), ("снижен", "-"), ("снизи", "-"),
    ("сокращ", "-"), ("сократ", "-"), ("уменьш", "-"),
)  # fmt: skip
_DIRECTIONS: Final = dict.fromkeys(("рост", "прирост", "увеличение", "повышение"), "increase") | dict.fromkeys(
    ("снижение", "сокращение", "уменьшение"), "decrease",
)  # fmt: skip
_SCALES: Final = {"тыс": 1e3, "млн": 1e6, "млрд": 1e9}
_SCALE_STEMS: Final = (("тысяч", 1e3), ("миллион", 1e6), ("миллиард", 1e9))
_NUMBERED: Final = re.compile(
    r"(?:№|n|п|пп|пункт\w*|ст|стать\w+|приложени\w+|таблиц\w+|раздел\w*|глав\w+|част\w+|модул\w+|задач\w+|этап\w*|"
    r"форм\w|тел|телефон\w*|каб|кабинет\w*|дом|д|фз|санпин|гост|класс\w*)",
)
_NO_UNITS: Final = frozenset(
    [
        "год",
        "лет",
        "месяц",
        "неделя",
        "день",
        "сутки",
        "час",
        "минута",
        "секунда",
        "раз",
        "класс",
        "квартал",
        "полугодие",
        "возраст",
        "число",
        "век",
        "этап",
        "пункт",
        "статья",
        "приложение",
        "раздел",
        "глава",
        "часть",
        "номер",
        "курс",
        "смена",
        "четверть",
        "семестр",
        "триместр",
        "период",
        "степень",
        "место",
        "вид",
    ],
)
_ADJECTIVES: Final = frozenset(("ADJF", "ADJS", "PRTF"))
_PERIODS: Final = {12: "P1Y", 6: "P6M", 3: "P3M", 4: "P4M", 1: "P1M"}
_ADVERB_PERIODS: Final = {
    "ежегодно": "P1Y", "ежеквартально": "P3M", "ежемесячно": "P1M", "еженедельно": "P1W",
}  # fmt: skip
_SLASH_SERIES: Final = re.compile(r"\s*\d+(?:[.,]\d+)?\s*%?(?:\s*/\s*\d+(?:[.,]\d+)?\s*%?)+\s*")
_BARE: Final = re.compile(r"\s*(?:\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?:[.,]\d+)?\s*%?\s*\.?\s*")
_LONGEST_COUNT: Final = 6


def parse_targets(text: str, *, column: str) -> list[Target]:
    """
    Targets of a cell text in order, for any text and without exception.

    The comparator is «=» unless the text states one; the year is that of the series or clause («в 2022 году – 25 %»),
    None if the value holds for several years or for none.  `unit` is «%» or the word printed after the number.
    In the column «activity» plain counts are context, in «deadline» everything but counted nouns is a time.
    Minimum frequencies («не реже одного раза в полугодие») come from `find_frequencies`.
    """
    if column not in ("activity", "deadline") and (_SLASH_SERIES.fullmatch(text) or _BARE.fullmatch(text)):
        return _bare(text, column)
    return _Scanner(text, column).targets()


def find_frequencies(text: str, *, column: str) -> list[Target]:
    """
    Least frequencies as at-least targets: «не реже одного раза в полугодие» is 1 for each P6M.

    Empty where the text has a numeric target of its own: there the frequency belongs to the indicator's wording
    («прошедших переподготовку не менее 1 раза в 5 лет …, 75 и более %»).
    """
    if parse_targets(text, column=column):
        return []
    return _Scanner(text, column).frequencies()


def find_trends(text: str) -> list[Trend]:
    """
    Directions without a number: «Рост …», «Повышение …», «положительная динамика».

    Only nominatives count («точка роста» is none), and «повышение квалификации» is training.
    """
    grammar = Grammar(tokenise(text))
    found = []
    for index, token in enumerate(grammar.tokens):
        before = grammar.at(index - 1)
        start = token.start
        if token.text == "динамика":
            signed = before.text.startswith(("положит", "позитив", "отриц", "негатив"))
            direction = "decrease" if before.text.startswith(("отриц", "негатив")) else "positive"
            start = before.start if signed else start
        elif token.text in _DIRECTIONS and not grammar.at(index + 1).text.startswith("квалификац"):
            if _sized(grammar, index, text):
                continue
            direction = _DIRECTIONS[token.text]
        else:
            continue
        found.append(Trend(direction, text[start : token.end], start, token.end))
    return found


def _sized(grammar: Grammar, index: int, text: str) -> bool:
    """Whether the clause that begins at token `index` states a number: then it is a target."""
    end = next(
        (token.start for place, token in enumerate(grammar.tokens[index:], index)
         if token.text == ";" or (token.text == "." and not grammar.at(place + 1).glued)),
        len(text),
    )  # fmt: skip
    return bool(parse_targets(text[grammar.at(index).start : end], column="result"))


def _change(word: str) -> str | None:
    for stem, sign in _CHANGES:
        if word == stem if stem.startswith("рост") else word.startswith(stem):
            return sign
    return "+" if word in ("росту", "ростом") else None


def _bare(text: str, column: str) -> list[Target]:
    """A cell of figures only: «20», «1 000», «8 / 10 / 12 / 15»."""
    if is_year_text(text) and column != "target":
        return []
    found = []
    for piece in text.split("/"):
        figures = re.sub(r"[\s%\u00a0]", "", piece).rstrip(".").replace(",", ".")
        unit = "%" if "%" in piece else None
        if figures.count(".") <= 1 and len(figures) <= 18:
            found.append(Target(None, float(figures), unit, "=", None, collapse(piece), column))
    return found


def is_year_text(text: str) -> bool:
    return re.fullmatch(r"\s*(?:19|20)\d\d\s*", text) is not None


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    stop: int
    word: bool = False


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is counted: `percent`, a printed noun, a time or class (`none`), or nothing recognised."""

    text: str | None
    stop: int
    percent: bool = False
    refused: bool = False


def _restated_once(targets: list[Target]) -> list[Target]:
    """A dated value that the text says twice («К концу 2024 года 100% …, в 2024 году – 100%») is one target."""
    seen = set()
    out = []
    for target in targets:
        key = (target.year, target.value, target.unit, target.comparator)
        if target.year is None or key not in seen:
            out.append(target)
        seen.add(key)
    return out


class _Scanner:
    def __init__(self, text: str, column: str) -> None:
        self.text = text
        self.column = column
        self.grammar = Grammar(tokenise(text))
        self.tokens = self.grammar.tokens

    def at(self, i: int) -> Token:
        return self.grammar.at(i)

    def targets(self) -> list[Target]:
        found: list[Target] = []
        year: int | None = None
        series = False
        opening: int | None = None
        sign: str | None = None
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.text == ";" or (token.text == "." and not self.at(i + 1).glued):
                year, series, opening, sign = None, False, None, None
                i += 1
                continue
            sign = _change(token.text) or sign
            skipped = self._time(i)
            if skipped is not None:
                i, series = skipped, False
                continue
            dated = self._year(i)
            if dated is not None:
                year, stop, series = dated
                opening = i
                i = stop
                continue
            read = self._value(i, series=series, sign=sign)
            if read is None:
                series = series and token.text in ("-", ":", "=", "(")
                i += 1
                continue
            values, stop = read
            if year is None:
                year_after = self._year_behind(stop)
                if year_after is not None:
                    values = [replace(value, year=year_after[0]) for value in values]
                    stop = year_after[1]
                found += values
            else:
                begin = self.tokens[opening if series and opening is not None else i].start
                raw = collapse(self.text[begin : self.tokens[stop - 1].end])
                found += [replace(value, year=year, raw=raw if series else value.raw) for value in values]
            series = False
            i = stop
        return _restated_once(found)

    def frequencies(self) -> list[Target]:
        found = []
        i = 0
        while i < len(self.tokens):
            least = self.at(i).text == "не" and self.at(i + 1).text in ("реже", "менее")
            rate = self.grammar.rate(i) if least else None
            if rate is None or rate.rate is None:
                i += 1
                continue
            count, period = self._frequency(i, rate.stop)
            if period is not None:
                raw = collapse(self.text[self.tokens[i].start : self.tokens[rate.stop - 1].end])
                found.append(Target(None, count, "раз", ">=", period, raw, self.column))
            i = rate.stop
        return found

    def _frequency(self, i: int, stop: int) -> tuple[float, str | None]:
        count = 1.0
        for k in range(i, stop):
            if self.at(k).text in words.TIMES:
                break
            number = self._number(k, words_too=True)
            if number is not None:
                count = number.value
        for k in range(stop - 1, i, -1):
            months = words.UNIT_MONTHS.get(self.at(k).text)
            if months is None and self.at(k).text not in words.WEEK:
                continue
            units = next(
                (number.value for back in (1, 2) if (number := self._number(k - back, words_too=True)) is not None
                 and self.at(k - back - 1).text in ("в", "за")), 1.0,
            )  # fmt: skip
            if months is None:
                return count, f"P{units:g}W"
            whole = months * units
            return count, f"P{whole / 12:g}Y" if whole % 12 == 0 else f"P{whole:g}M"
        return count, None

    def _time(self, i: int) -> int | None:
        """Where a date, an act number or a telephone number that starts here ends."""
        token = self.at(i)
        if token.text in ("№", "n") and self.at(i + 1).kind == "number":
            k = i + 2
            while self.at(k).glued and self.at(k).kind != "end" and self.at(k).text not in (",", ")", ";", "."):
                k += 1
            while self.at(k).text in (",", "и", "-") and self.at(k + 1).text == "№" and self.at(k + 2).kind == "number":
                k += 3
            return k
        if token.text == "+" and self.at(i + 1).kind == "number":
            return i + 2
        if self.column == "deadline":
            phrase = self.grammar.phrase(i)
            if phrase is not None:
                return phrase.stop
        if token.kind != "number":
            rate = self.grammar.rate(i) if token.text in ("не", "раз", "дважды", "трижды") else None
            return None if rate is None or not self._has_times(i, rate.stop) else rate.stop
        rate = self.grammar.rate(i)
        if rate is not None:
            return rate.stop
        if (
            self.at(i + 1).text == "-"
            and self.at(i + 2).kind == "number"
            and self.at(i + 2).glued
            and self.at(i + 3).text == "-"
        ):
            k = i + 3
            while self.at(k).glued and (self.at(k).text == "-" or self.at(k).kind == "number"):
                k += 1
            return k
        reading = self.grammar.calendar(i)
        if reading is not None and any(span.unit in ("day", "month", "quarter", "half_year") for span in reading.spans):
            return reading.stop
        return None

    def _has_times(self, i: int, stop: int) -> bool:
        return any(self.at(k).text in words.TIMES or self.at(k).text in ("дважды", "трижды") for k in range(i, stop))

    def _year(self, i: int) -> tuple[int | None, int, bool] | None:
        """A year, the index after it, and whether a value follows at once; the year is None for a range of years."""
        token = self.at(i)
        if not is_year(token):
            return None
        k = i + 1
        last: int | None = None
        if self.at(k).text in ("-", "/") and is_year(self.at(k + 1)):
            last = self.at(k + 1).value
            slash = self.at(k).text == "/"
            k += 2
            year = last if slash else None
        else:
            year = token.value
        worded = False
        while self.at(k).text in words.SCHOOL or self.at(k).text in words.YEAR:
            worded = True
            if self.at(k).text in words.SCHOOL and last is not None:
                year = last
            k = self.grammar.after_stop(k + 1)
        if not worded and self._counted(k, float(token.value)) is not None:
            return None
        joined = self.at(k).text in ("-", ":", "=")
        if joined:
            k += 1
        return year, k, joined or self._number(k) is not None or self._comparator(k)[0] is not None

    def _year_behind(self, i: int) -> tuple[int, int] | None:
        """«15 школ в 2021 году», «на 15 % к 2025 году», «50 (2023 г.)»: a year that follows its value in the clause."""
        for k in range(i, i + _LONGEST_COUNT):
            token = self.at(k)
            if token.text in ("в", "к", "на", "("):
                inner = k + 1
                if self.at(inner).text in ("конец", "концу", "конце"):
                    inner += 1
                year = self._year(inner)
                if (
                    year is not None
                    and year[0] is not None
                    and not year[2]
                    and (self.at(inner + 1).text in words.YEAR or token.text == "(")
                ):
                    return year[0], year[1]
            if token.kind != "word":
                return None
        return None

    # Values

    def _value(self, i: int, *, series: bool, sign: str | None) -> tuple[list[Target], int] | None:
        if self.at(i).text.startswith("стопроцентн"):
            return [self._target(i, i + 1, 100.0, "%", "=", None)], i + 1
        comparator, opening, k = self._comparator(i)
        percent_first = False
        if self.at(k).text == "%" and self._number(k + 1) is not None and self.at(k - 1).kind != "number":
            percent_first, k = True, k + 1
        by = self.at(k).text == "на" or (self.at(k - 1).text == "на" and k > 0)
        if comparator is not None and opening.isalpha():
            if self.at(k).text in ("у", "в", "на", "для", "с", "по", "до"):
                k += 1
        elif self.at(k).text == "на" and sign is not None:
            k += 1
        number = self._number(k, words_too=comparator is not None)
        if number is None or not self._free(k):
            return None
        ranged = self._range(number, comparator)
        last = ranged or number
        unit = self._unit(last.stop, last.value)
        stop, behind = self._behind(unit.stop)
        if behind is not None and not unit.percent and self.at(stop).text == "." and self.at(stop + 1).text == "%":
            unit, stop = _Unit("%", stop + 2, percent=True), stop + 2
        elif behind is not None and not unit.percent and self.at(stop).text == "%":
            unit, stop = _Unit("%", stop + 1, percent=True), stop + 1
        if percent_first:
            unit = replace(unit, text="%", percent=True, refused=False)
        if unit.refused:
            return None
        if comparator == "<=" and opening == "до" and sign is not None:
            comparator = "="
        if by and sign is not None and self.column != "deadline":
            comparator = sign
        stated = comparator is not None and opening not in _WEAK
        counted = unit.text is not None and not (self.column == "activity" and not unit.percent)
        if not (stated or behind or series or unit.percent or counted):
            return None
        if self.column == "deadline" and (unit.text is None or unit.percent):
            return None
        if comparator is not None and opening in _WEAK and unit.text is None and comparator not in ("+", "-", "="):
            return None
        period, stop = self._period(stop)
        begin = i
        if ranged is not None:
            low = self._target(begin, stop, number.value, unit.text, ">=", period)
            return [low, replace(low, value=ranged.value, comparator="<=")], stop
        return [self._target(begin, stop, number.value, unit.text, comparator or behind or "=", period)], stop

    def _target(
        self, begin: int, stop: int, value: float, unit: str | None, comparator: str, period: str | None
    ) -> Target:
        raw = collapse(self.text[self.tokens[begin].start : self.tokens[min(stop, len(self.tokens)) - 1].end])
        before = [self.at(k).text for k in range(max(0, begin - 4), begin)]
        status = "target"
        if any(word.startswith(("базов", "исходн")) for word in before):
            status = "baseline"
        elif any(word.startswith("факт") for word in before):
            status = "actual"
        return Target(None, value, unit, comparator, period, raw, self.column, status)

    def _comparator(self, i: int) -> tuple[str | None, str, int]:
        """The comparator that opens here, its last word, and the index after it with «чем»."""
        for opening, comparator in _BEFORE:
            if all(self.at(i + step).text == word for step, word in enumerate(opening)):
                k = i + len(opening)
                if self.at(k).text == "," and self.at(k + 1).text == "чем":
                    k += 1
                if self.at(k).text == "чем":
                    k += 1
                return comparator, opening[-1] if opening[0] != "не" else "не", k
        return None, "", i

    def _free(self, i: int) -> bool:
        """Whether the number at `i` is not that of an act, section, class, room or telephone."""
        before, after = self.at(i - 1), self.at(i + 1)
        if i and (
            _NUMBERED.fullmatch(before.text) or (before.text == "." and _NUMBERED.fullmatch(self.at(i - 2).text))
        ):
            return False
        if self.at(i).glued and before.text in (".", "-", "/") and self.at(i - 2).kind == "number" and before.glued:
            return False
        if after.glued and after.text in (")", ".") and i == 0 and self.at(i + 2).kind == "word":
            return False
        if self.at(i).glued and before.kind == "word" and len(before.text) == 1:
            return False
        if after.glued and after.text == "-" and self.at(i + 2).glued and self.at(i + 2).kind == "word":
            return False
        return not (self.at(i).kind == "number" and len(self.at(i).text) > 9)

    def _range(self, first: _Number, comparator: str | None) -> _Number | None:
        """The upper end of «от 30 до 50», «30–50 человек»."""
        k = first.stop
        if self.at(k).text == "%" and self.at(k + 1).text in ("-", "до"):
            k += 1
        joined = self.at(k).text == "-" if comparator is None else comparator == ">=" and self.at(k).text in ("до", "-")
        if not joined:
            return None
        second = self._number(k + 1)
        if second is None or second.value <= first.value or is_year(self.at(k + 1)):
            return None
        return second

    def _number(self, i: int, *, words_too: bool = False) -> _Number | None:
        """«15», «1 000», «28,818», «1,8 млн», with `words_too` also «трех»."""
        token = self.at(i)
        if token.kind != "number":
            named = words.CARDINALS.get(token.text) if words_too and token.kind == "word" else None
            return None if named is None else _Number(float(named), i + 1, word=True)
        if token.value < 0:
            return None
        value = float(token.value)
        k = i + 1
        while (
            len(token.text) <= 3 and value < 1e9 and self.at(k).kind == "number" and not self.at(k).glued
            and len(self.at(k).text) == 3 and self.at(k).start - self.at(k - 1).end == 1
        ):  # fmt: skip
            value, k = value * 1000 + self.at(k).value, k + 1
        fraction = self.at(k + 1)
        if (
            self.at(k).text in (",", ".")
            and self.at(k).glued
            and fraction.kind == "number"
            and fraction.glued
            and len(fraction.text) <= 6
        ):
            more = self.at(k + 2).text == self.at(k).text and self.at(k + 3).kind == "number" and self.at(k + 3).glued
            if more:
                return None if self.at(k).text == "." else _Number(value, k)
            value, k = float(f"{value:.0f}.{fraction.text}"), k + 2
        scale = _SCALES.get(self.at(k).text) or next(
            (by for stem, by in _SCALE_STEMS if self.at(k).text.startswith(stem)), None
        )
        if scale is not None:
            value, k = round(value * scale, 6), self.grammar.after_stop(k + 1)
        return _Number(value, k)

    def _unit(self, i: int, value: float) -> _Unit:
        token = self.at(i)
        if token.text == "%" or token.text.startswith("процент"):
            if token.text.startswith("процентн") and self.at(i + 1).text.startswith("пункт"):
                return _Unit("п.п.", i + 2)
            return _Unit("%", i + 1, percent=True)
        if token.text == "п" and self.at(i + 1).text == "." and self.at(i + 2).text == "п":
            return _Unit("п.п.", self.grammar.after_stop(i + 3))
        if token.text == "пп" or (token.text == "п" and self.at(i + 1).text == "/" and self.at(i + 2).text == "п"):
            return _Unit("п.п.", self.grammar.after_stop(i + (1 if token.text == "пп" else 3)))
        if token.kind != "word":
            return _Unit(None, i)
        return self._counted(i, value) or _Unit(None, i, refused=self._refused(i))

    def _refused(self, i: int) -> bool:
        k = i
        while k < i + 3 and self.at(k).text in words.WORKING:
            k += 1
        text = self.at(k).text
        return text in words.YEAR or text in words.MONTHS or (self.at(k).kind == "word" and lemma(text) in _NO_UNITS)

    def _counted(self, i: int, value: float) -> _Unit | None:
        """The noun that the number counts, past two adjectives: «12 утвержденных конкурсов»."""
        k = i
        while k < i + 3:
            token = self.at(k)
            if token.kind != "word":
                return None
            word = self._abbreviation(k)
            if word is not None:
                return word
            forms = readings(token.text)
            if lemma(token.text) in _NO_UNITS or token.text in words.MONTHS:
                return None
            if any(form.part in ("PREP", "CONJ", "PRCL") for form in forms):
                return None
            if any(form.part == "NOUN" and _agrees(value, form.number, form.case) for form in forms):
                return _Unit(self.text[token.start : token.end], k + 1)
            if not any(form.part in _ADJECTIVES for form in forms):
                return None
            k += 1
        return None

    def _abbreviation(self, i: int) -> _Unit | None:
        """Units in short: «чел.», «шт.», «Мб/сек», «руб.», «ед.»."""
        token = self.at(i)
        if token.text not in _SHORT_UNITS:
            return None
        k = self.grammar.after_stop(i + 1)
        if self.at(k).text == "/" and self.at(k + 1).kind == "word":
            k += 2
        return _Unit(collapse(self.text[token.start : self.at(k - 1).end]).rstrip("."), k)

    def _behind(self, i: int) -> tuple[int, str | None]:
        """A comparator after the value: «75 и более», «67 % и выше»."""
        if self.at(i).text in ("и", "или") and self.at(i + 1).text in _AFTER:
            return i + 2, _AFTER[self.at(i + 1).text]
        return i, None

    def _period(self, i: int) -> tuple[str | None, int]:
        """«(не менее 185) в квартал», «(30 % команд) в год», «ежегодно»."""
        for k in range(i, i + _LONGEST_COUNT):
            token = self.at(k)
            if token.text in _ADVERB_PERIODS:
                return _ADVERB_PERIODS[token.text], k + 1
            if token.text in ("в", "за") and not (is_year(self.at(k + 1))):
                unit = self.at(k + 2).text if self.at(k + 1).text in words.SCHOOL else self.at(k + 1).text
                months = words.UNIT_MONTHS.get(unit)
                if months is not None and unit in ("год", "квартал", "месяц", "полугодие", "полгода"):
                    return _PERIODS[months], k + (3 if self.at(k + 1).text in words.SCHOOL else 2)
                if unit == "неделю":
                    return "P1W", k + 2
            if token.kind != "word":
                break
        return None, i


_SHORT_UNITS: Final = frozenset(
    [
        "чел",
        "шт",
        "ед",
        "экз",
        "руб",
        "тонн",
        "км",
        "кв",
        "га",
        "мб",
        "мбит",
        "гб",
        "кбит",
        "балл",
        "балла",
        "баллов",
        "кол",
        "оо",
        "доу",
        "сош",
        "мо",
        "школ",
        "человек",
    ],
)


def _agrees(value: float, number: str | None, case: str | None) -> bool:
    """Whether a noun can follow this number: «1 школа», «2 школы», «5 школ», «в 5 школах»."""
    if number is None:
        return True
    whole = int(value)
    if whole != value:
        return case == "gent"
    if whole % 10 == 1 and whole % 100 != 11:
        return number == "sing" or case == "gent"
    if whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14):
        return (case == "gent" and number == "sing") or (number == "plur" and case in ("gent", "loct", "datv", "ablt"))
    return number == "plur" and case in ("gent", "loct", "datv", "ablt")
