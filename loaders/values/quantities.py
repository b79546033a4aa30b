"""Quantities in Russian texts: numbers with their units, comparisons and periods."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from loaders.values.times import words
from loaders.values.times.grammar import Grammar
from loaders.values.times.years import is_year
from loaders.values.tokens import tokenise
from ontology.language import collapse, lemma, readings

_WEAK: Final = words.forms("до от более больше менее меньше выше ниже свыше")
_COMPARISONS: Final = (
    (("не", "менее"), ">="), (("не", "меньше"), ">="), (("не", "ниже"), ">="), (("как", "минимум"), ">="),
    (("минимум",), ">="), (("≥",), ">="), ((">", "="), ">="), (("не", "более"), "<="), (("не", "больше"), "<="),
    (("не", "выше"), "<="), (("не", "свыше"), "<="), (("не", "превышает"), "<="), (("максимум",), "<="), (("≤",), "<="),
    (("<", "="), "<="), (("свыше",), ">"), (("более",), ">"), (("больше",), ">"), (("выше",), ">"), ((">",), ">"),
    (("менее",), "<"), (("меньше",), "<"), (("ниже",), "<"), (("<",), "<"), (("до",), "<="), (("от",), ">="),
)  # fmt: skip
# By their first word: looked for at every word of a text.
_COMPARISONS_BY_WORD: Final = {
    word: tuple(each for each in _COMPARISONS if each[0][0] == word) for (word, *_), _sign in _COMPARISONS
}
_COMPARISONS_BEHIND: Final = {
    "более": ">=", "больше": ">=", "выше": ">=", "свыше": ">=", "менее": "<=", "меньше": "<=", "ниже": "<=",
}  # fmt: skip
_SCALES: Final = (("тыс", 1e3), ("млн", 1e6), ("миллион", 1e6), ("млрд", 1e9), ("миллиард", 1e9))
# Numbers after these words name an act, a section, a room, a class.
_NUMBERED: Final = re.compile(
    r"(?:№|n|п|пп|пункт\w*|ст|стать\w+|приложени\w+|таблиц\w+|раздел\w*|глав\w+|част\w+|модул\w+|задач\w+|этап\w*|"
    r"форм\w|тел|телефон\w*|каб|кабинет\w*|дом|д|фз|санпин|гост|класс\w*)",
)
_NO_UNITS: Final = words.forms(
    "год лет месяц неделя день сутки час минута секунда раз класс квартал полугодие возраст число век этап пункт "
    "статья приложение раздел глава часть номер курс смена четверть семестр триместр период степень вид",
)
# Refused alone («в 1 смену», «36 часов»), these are counted in a series of years: «2022 г. – 3 смены».
_UNITS_OF_SERIES: Final = words.forms("смена час курс модуль")
_SHORT_UNITS: Final = words.forms(
    "чел шт ед экз руб тонн км кв га мб мбит гб кбит балл балла баллов оо доу сош мо школ человек",
)
# «5–9 классы» are years of school, «в 27 классах» are counted.
_LAST_CLASS: Final = 11
_PLAIN_CASES: Final = frozenset(("gent", "loct", "datv", "ablt"))
_PERIODS: Final = {12: "P1Y", 6: "P6M", 4: "P4M", 3: "P3M", 1: "P1M"}
_PERIOD_UNITS: Final = words.forms("год квартал месяц полугодие полгода")
_ADVERB_PERIODS: Final = {
    "ежегодно": "P1Y", "ежеквартально": "P3M", "ежемесячно": "P1M", "еженедельно": "P1W",
}  # fmt: skip
LONGEST_COUNT: Final = 6
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    stop: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted: `text` is «%» or the printed noun; `refused` units (years, hours, classes) make no target."""

    text: str | None
    stop: int
    refused: bool = False

    @property
    def percent(self) -> bool:
        return self.text == "%"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`sign` is one of the extraction format; weak words («до», «более») also stand before ages and durations."""

    sign: str
    word: str
    stop: int

    @property
    def weak(self) -> bool:
        return self.word in _WEAK


class QuantityRules(Grammar):
    """Rules for quantities of `text`; each takes the index of the token where it starts."""

    def __init__(self, text: str) -> None:
        super().__init__(tokenise(text))
        self.text = text

    def comparison(self, i: int) -> Comparison | None:
        """«не менее», «свыше», «≥», with a following «чем»."""
        for opening, sign in _COMPARISONS_BY_WORD.get(self.at(i).text, ()):
            if self.says(i, opening):
                stop = i + len(opening)
                if self.says(stop, (",", "чем")):
                    stop += 1
                if self.at(stop).text == "чем":
                    stop += 1
                return Comparison(sign, opening[0] if opening[0] == "не" else opening[-1], stop)
        return None

    def comparison_behind(self, i: int) -> tuple[str | None, int]:
        """«(75) и более», «(67 %) и выше»: the sign and the index after it."""
        if self.at(i).text in ("и", "или") and self.at(i + 1).text in _COMPARISONS_BEHIND:
            return _COMPARISONS_BEHIND[self.at(i + 1).text], i + 2
        if self.at(i).text == "+" and self.at(i).glued and not self.at(i + 1).glued:
            return ">=", i + 1
        return None, i

    def counts(self, i: int) -> bool:
        """Whether the number at `i` is a quantity, not that of an act, section, class, room, telephone or scale."""
        token, before, after = self.at(i), self.at(i - 1), self.at(i + 1)
        if any(self.at(k).text.startswith("шкал") for k in range(i - 5, i)):
            return False
        named = self.at(i - 2) if before.text == "." else before
        if _NUMBERED.fullmatch(named.text):
            return False
        if token.glued and before.glued and before.text in (".", "-", "/") and self.at(i - 2).kind == "number":
            return False
        if i == 0 and after.glued and after.text in (")", ".") and self.at(i + 2).kind == "word":
            return False
        if token.glued and before.kind == "word" and len(before.text) == 1:
            return False
        compound = after.glued and after.text == "-" and self.at(i + 2).glued and self.at(i + 2).kind == "word"
        if compound and not self.at(i + 2).text.startswith("процентн"):
            return False
        return token.kind != "number" or len(token.text) <= _LONGEST_NUMBER

    def upper_end(self, first: Number, comparison: Comparison | None) -> Number | None:
        """The upper end of «от 30 до 50», «30–50 человек»."""
        k = first.stop
        if self.at(k).text == "%" and self.at(k + 1).text in ("-", "до"):
            k += 1
        from_to = comparison is not None and comparison.sign == ">=" and self.at(k).text in ("-", "до")
        if not from_to and (comparison is not None or self.at(k).text != "-"):
            return None
        second = self.number(k + 1)
        return second if second is not None and second.value > first.value and not is_year(self.at(k + 1)) else None

    def number(self, i: int, *, in_words: bool = False) -> Number | None:
        """«15», «1 000», «28,818», «1,8 млн», with `in_words` also «трех»."""
        token = self.at(i)
        if token.kind != "number":
            named = words.CARDINALS.get(token.text) if in_words else None
            return None if named is None else Number(float(named), i + 1)
        if token.value < 0:
            return None
        value, k = float(token.value), i + 1
        while len(token.text) <= 3 and value < 1e9 and self._thousands(k):
            value, k = value * 1000 + self.at(k).value, k + 1
        mark, fraction = self.at(k), self.at(k + 1)
        if mark.text in (",", ".") and mark.glued and fraction.glued and fraction.kind == "number":
            # «13,20,26» is a list, «1.2.3» a section.
            if self.at(k + 2).text == mark.text and self.at(k + 3).glued and self.at(k + 3).kind == "number":
                return Number(value, k) if mark.text == "," else None
            value, k = float(f"{value:.0f}.{fraction.text}"), k + 2
        scale = next((by for stem, by in _SCALES if self.at(k).text.startswith(stem)), None)
        return Number(value, k) if scale is None else Number(round(value * scale, 6), self.after_stop(k + 1))

    def _thousands(self, i: int) -> bool:
        token = self.at(i)
        return token.kind == "number" and len(token.text) == 3 and token.start - self.at(i - 1).end == 1

    def unit(self, i: int, value: float) -> Unit:
        """The unit of the number `value`, which ends at `i`."""
        token = self.at(i)
        if token.text.startswith("процентн") and self.at(i + 1).text.startswith("пункт"):
            return Unit("п.п.", i + 2)
        if token.text == "%" or token.text.startswith("процент"):
            return Unit("%", i + 1)
        if token.text == "-" and token.glued and self.at(i + 1).text.startswith(("процентн", "%")):
            return Unit("%", i + 2)
        if token.text == "пп":
            return Unit("п.п.", self.after_stop(i + 1))
        if token.text == "п" and self.at(i + 1).text in (".", "/") and self.at(i + 2).text == "п":
            return Unit("п.п.", self.after_stop(i + 3))
        return self.counted(i, value) or Unit(None, i, refused=self._refused(i))

    def counted(self, i: int, value: float) -> Unit | None:
        """The noun that the number counts, past two adjectives: «12 утвержденных конкурсов»."""
        for k in range(i, i + 3):
            token = self.at(k)
            if token.kind != "word":
                return None
            if token.text in _SHORT_UNITS:
                return self._short_unit(k)
            last = self._last_part(k)
            if last > k:
                # «4 мастер-класса» agree with the last part.
                compound = readings(self.at(last).text)
                if any(form.part == "NOUN" and _agrees(value, form.number, form.case) for form in compound):
                    return Unit(self.text[token.start : self.at(last).end], last + 1)
            forms = readings(token.text)
            noun = lemma(token.text)
            # «1 место» is a rank, «400 мест» are counted.
            many_classes = noun == "класс" and value > _LAST_CLASS
            refused = noun in _NO_UNITS and not many_classes
            if token.text in words.MONTHS or refused or (noun == "место" and value <= 3):
                return None
            if any(form.part in ("PREP", "CONJ", "PRCL") for form in forms):
                return None
            if any(form.part == "NOUN" and _agrees(value, form.number, form.case) for form in forms):
                return Unit(self.text[token.start : token.end], k + 1)
            if not any(form.part in ("ADJF", "ADJS", "PRTF") for form in forms):
                return None
        return None

    def _last_part(self, i: int) -> int:
        """The index of the last part of the hyphenated word that begins at `i`."""
        k = i
        while (
            self.at(k + 1).text == "-"
            and self.at(k + 1).glued
            and self.at(k + 2).glued
            and self.at(k + 2).kind == "word"
        ):
            k += 2
        return k

    def unit_of_series(self, unit: Unit) -> Unit:
        """A refused unit that is counted when years stand before its numbers; any other as it is."""
        token = self.at(unit.stop)
        if unit.refused and token.kind == "word" and lemma(token.text) in _UNITS_OF_SERIES:
            return Unit(self.text[token.start : token.end], unit.stop + 1)
        return unit

    def _short_unit(self, i: int) -> Unit:
        """«чел.», «шт.», «Мб/сек»."""
        stop = self.after_stop(i + 1)
        if self.at(stop).text == "/" and self.at(stop + 1).kind == "word":
            stop += 2
        return Unit(collapse(self.text[self.at(i).start : self.at(stop - 1).end]).rstrip("."), stop)

    def _refused(self, i: int) -> bool:
        k = i
        while k < i + 3 and self.at(k).text in words.WORKING:
            k += 1
        text = self.at(k).text
        return text in words.YEAR or text in words.MONTHS or (self.at(k).kind == "word" and lemma(text) in _NO_UNITS)

    def period(self, i: int) -> tuple[str | None, int]:
        """«(не менее 185) в квартал», «(30 % команд) в год», «ежегодно»: ISO 8601 duration, and the index after it."""
        for k in range(i, i + LONGEST_COUNT):
            token = self.at(k)
            if token.text in _ADVERB_PERIODS:
                return _ADVERB_PERIODS[token.text], k + 1
            if token.text in ("в", "за"):
                school = self.at(k + 1).text in words.SCHOOL
                unit = self.at(k + 2 if school else k + 1).text
                if unit in _PERIOD_UNITS:
                    return _PERIODS[words.UNIT_MONTHS[unit]], k + (3 if school else 2)
                if unit == "неделю":
                    return "P1W", k + 2
            if token.kind != "word":
                break
        return None, i


def _agrees(value: float, number: str | None, case: str | None) -> bool:
    """Whether a noun can follow this number: «1 школа», «2 школы», «5 школ», «в 5 школах»."""
    if number is None:
        return True
    whole = int(value)
    if whole != value:
        return case == "gent"
    if whole % 10 == 1 and whole % 100 != 11:
        return number == "sing" or case == "gent"
    few = whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14)
    return (few and number == "sing" and case == "gent") or (number == "plur" and case in _PLAIN_CASES)
