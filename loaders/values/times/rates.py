"""How often: «ежегодно», «не реже 1 раза в квартал», «каждый второй четверг», «до 5 числа каждого месяца»."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from loaders.values.times import words
from loaders.values.times.dates import Calendar
from loaders.values.times.spans import Span
from loaders.values.tokens import Token

Kind = Literal["dates", "rate", "month-day", "whole", "constant", "onward", "plan", "condition", "relative"]
Scope = Literal["period", "year", "school_year"]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often: an RRULE without start and what one occurrence is; `worded` rates keep their words as a condition."""

    rule: str
    per_year: float
    precision: str
    worded: bool = False
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the tokens `begin` to `stop` (exclusive); the fields that its kind does not use are empty."""

    kind: Kind
    begin: int
    stop: int
    spans: tuple[Span, ...] = ()
    rate: Rate | None = None
    days: tuple[int, ...] = ()
    scope: Scope | None = None
    worded: bool = False
    misprint: bool = False


YEARLY: Final = Rate("FREQ=YEARLY", 1, "year")
QUARTERLY: Final = Rate("FREQ=MONTHLY;INTERVAL=3", 4, "quarter")
MONTHLY: Final = Rate("FREQ=MONTHLY", 12, "month")
WEEKLY: Final = Rate("FREQ=WEEKLY", 52, "period")
DAILY: Final = Rate("FREQ=DAILY", 365, "period")
QUARTER_ENDS: Final = Rate("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", 4, "day")
HALF_ENDS: Final = Rate("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1", 2, "day")
MONTH_ENDS: Final = Rate("FREQ=MONTHLY;BYMONTHDAY=-1", 12, "day")
_ADVERBS: Final = {
    "ежегодн": YEARLY,
    "ежеквартальн": QUARTERLY,
    "поквартальн": QUARTERLY,
    "ежемесячн": MONTHLY,
    "помесячн": MONTHLY,
    "еженедельн": WEEKLY,
    "понедельно": WEEKLY,
    "ежедневн": DAILY,
    "каждодневн": DAILY,
}
_LAST: Final = words.adjective("последн")
_NEXT: Final = words.adjective("следующ")
REPORTED: Final = words.adjective("отчетн", "текущ", "календарн", "финансов")
_TO_THE_END: Final = words.forms("конце конца концу конец окончании окончания завершении завершения")
_SHIFT_WORDS: Final = (
    words.MONTH
    | words.QUARTER
    | words.EACH
    | _LAST
    | REPORTED
    | words.adjective("следующ", "перв")
    | words.forms(", за после окончания окончанием периодом периода истекшим прошедшим завершения по")
)


def every_months(months: int, *, worded: bool = False) -> Rate:
    """Once in so many months."""
    if months % 12 == 0:
        years = months // 12
        return YEARLY if years == 1 else Rate(f"FREQ=YEARLY;INTERVAL={years}", 1 / years, "year")
    precision = {1: "month", 3: "quarter", 6: "half-year"}.get(months, "period")
    rule = "FREQ=MONTHLY" if months == 1 else f"FREQ=MONTHLY;INTERVAL={months}"
    return Rate(rule, 12 / months, precision, worded=worded)


class RateRules(Calendar):
    """Rules for recurrence."""

    def rate(self, i: int) -> Phrase | None:
        """A rate without the months and days that may stand beside it."""
        found = self._adverb(i) or self._times(i) or self._each(i) or self._unit_ends(i) or self._weekday(i)
        return found and self._without_months(found)

    def _without_months(self, phrase: Phrase) -> Phrase:
        """«ежемесячно, кроме июля и августа»: the rate in the other months."""
        k = phrase.stop
        while self.at(k).text in (",", "("):
            k += 1
        if phrase.rate is None or not (self.at(k).text in ("кроме", "исключая") or self.says(k, ("за", "исключением"))):
            return phrase
        k += 2 if self.at(k).text == "за" else 1
        left_out: set[int] = set()
        while self.at(k).text in words.MONTHS or (left_out and self.at(k).text in (",", "и")):
            left_out |= {words.MONTHS[self.at(k).text]} if self.at(k).text in words.MONTHS else set()
            k += 1
        if not left_out or phrase.rate.rule not in {MONTHLY.rule, WEEKLY.rule}:
            return phrase
        months = ",".join(str(month) for month in range(1, 13) if month not in left_out)
        monthly = phrase.rate.rule == MONTHLY.rule
        rule = f"FREQ=YEARLY;BYMONTH={months}" if monthly else f"{WEEKLY.rule};BYMONTH={months}"
        per_year = 12.0 - len(left_out) if monthly else phrase.rate.per_year
        return replace(phrase, stop=k, rate=Rate(rule, per_year, phrase.rate.precision))

    def _adverb(self, i: int) -> Phrase | None:
        token = self.at(i)
        if token.kind != "word":
            return None
        for stem, rate in _ADVERBS.items():
            if token.text.startswith(stem):
                return Phrase("rate", i, i + 1, rate=rate)
        if token.text in words.YEAR and self.at(i + 1).text == ",":
            i += 1
        return self._following_year(i)

    def _following_year(self, i: int) -> Phrase | None:
        """«(до 15 января) года, следующего за отчетным»: every year."""
        k = i + 1 if self.at(i).text == "," else i
        if self.at(k).text not in _NEXT or self.at(k + 1).text != "за":
            return None
        if self.at(k + 2).text not in REPORTED:
            return None
        following = self.at(k + 3).text
        if following in words.QUARTER or following in words.MONTH:
            return None
        return Phrase("rate", i, k + 4 if following in words.YEAR else k + 3, rate=YEARLY)

    def _times(self, i: int) -> Phrase | None:
        """«не реже 1 раза в квартал», «раз в два года», «дважды в год», «в год – 2 раза», «не менее трех в год»."""
        k, limited = self._limit(i)
        unit_first = self._unit_first(k)
        if unit_first is not None:
            return unit_first if unit_first.rate is not None else None
        count, k = self.count_at(k)
        counted = k > i
        if self.at(k).text in words.TIMES:
            k += 1
        elif not (limited and count) and self.at(k - 1).text not in (
            "дважды",
            "трижды",
            "однажды",
            "единожды",
            "четырежды",
        ):
            return None
        if not counted and self.at(i).text not in words.TIMES:
            return None
        if self.at(k).text == ",":
            k += 1
        span = self._per_unit(k)
        if span is None:
            return None
        rate, stop = span
        return Phrase("rate", i, stop, rate=self._often(rate, count or 1))

    def _limit(self, i: int) -> tuple[int, bool]:
        if self.at(i).text == "не" and self.at(i + 1).text in ("реже", "менее", "чаще", "более", "меньше"):
            return (i + 3 if self.at(i + 2).text == "чем" else i + 2), True
        if self.at(i).text in ("минимум", "хотя", "ориентировочно"):
            return (i + 2 if self.at(i + 1).text == "бы" else i + 1), True
        return i, False

    def count_at(self, i: int) -> tuple[int, int]:
        """A count, of «2-3» the lesser, and the index after it; 0 if there is none."""
        token = self.at(i)
        value = token.value if token.kind == "number" and len(token.text) <= 3 else words.CARDINALS.get(token.text, 0)
        if value <= 0:
            return 0, i
        k = i + 1
        if (self.at(k).text == "-" and (self.at(k + 1).kind == "number" or self.at(k + 1).text in words.CARDINALS)) or (
            self.at(k).text == "-" and self.at(k + 1).text in ("х", "го", "ти")
        ):
            k += 2
        if self.at(k).text == "(" and self.at(k + 2).text == ")" and self.at(k + 1).text in words.CARDINALS:
            k += 3
        return value, k

    def _unit_first(self, i: int) -> Phrase | None:
        if self.at(i).text not in ("в", "за"):
            return None
        span = self._per_unit(i)
        if span is None:
            return None
        rate, k = span
        if self.at(k).text in ("-", ":"):
            k += 1
        k, _ = self._limit(k)
        count, k = self.count_at(k)
        if not count or self.at(k).text not in words.TIMES:
            return None
        return Phrase("rate", i, k + 1, rate=self._often(rate, count))

    def _per_unit(self, i: int) -> tuple[Rate, int] | None:
        """«в год», «за учебный год», «в 3 года», «в две недели»: the rate of once in that unit, the index after it."""
        k = i
        if self.at(k).text not in ("в", "за", "на"):
            return None
        k += 1
        if self.at(k).text in ("течение", "течении"):
            k += 1
        while self.at(k).text in words.EACH or self.at(k).text in words.SCHOOL or self.at(k).text in REPORTED:
            k = self.after_stop(k + 1)
        count, k = self.count_at(k)
        while self.at(k).text in words.SCHOOL:
            k = self.after_stop(k + 1)
        rate = self._unit_rate(self.at(k), count or 1)
        return None if rate is None else (rate, self.after_stop(k + 1))

    def _unit_rate(self, token: Token, count: int) -> Rate | None:
        months = words.UNIT_MONTHS.get(token.text)
        if months is not None:
            return every_months(months * count, worded=token.text in words.TERM)
        if token.text in words.WEEK:
            return WEEKLY if count == 1 else Rate(f"FREQ=WEEKLY;INTERVAL={count}", 52 / count, "period")
        if token.text in words.DAY:
            return DAILY if count == 1 else Rate(f"FREQ=DAILY;INTERVAL={count}", 365 / count, "period")
        return None

    def _often(self, once: Rate, count: int) -> Rate:
        """`count` times where `once` is once."""
        if count == 1:
            return once
        months = round(12 / once.per_year) if once.per_year <= 12 else 0
        if months and months % count == 0:
            return every_months(months // count)
        if once.rule == "FREQ=MONTHLY" and count == 2:
            return Rate("FREQ=WEEKLY;INTERVAL=2", 26, "period", worded=True, rough=True)
        return Rate(once.rule, once.per_year * count, once.precision, worded=True, rough=True)

    def _each(self, i: int) -> Phrase | None:
        """«каждый год», «каждые 2 недели», «каждого учебного года», «каждый сентябрь»; «по кварталам»."""
        k = i
        if self.at(k).text == "по" and self.at(k + 1).text.endswith(("ям", "ам")):
            rate = None if self.at(k + 1).text in words.YEAR else self._unit_rate(self.at(k + 1), 1)
            return None if rate is None else Phrase("rate", i, k + 2, rate=rate)
        if self.at(k).text in ("в", "во", "на", "с") and self.at(k + 1).text in words.EACH:
            k += 1
        rough = False
        if self.at(k).text in ("начале", "середине", "конце") and self.at(k + 1).text in words.EACH:
            rough = True
            k += 1
        if self.at(k).text not in words.EACH:
            return None
        k += 1
        if self.at(k).text in words.MONTHS or self.at(k).text in words.SEASONS:
            return Phrase("rate", i, k, rate=YEARLY)
        count, k = self.count_at(k)
        count = count or words.ORDINALS.get(self.at(k).text, 0)
        if self.at(k).text in words.ORDINALS:
            k += 1
        while self.at(k).text in words.SCHOOL or self.at(k).text in REPORTED:
            k = self.after_stop(k + 1)
        rate = self._unit_rate(self.at(k), count or 1)
        if rate is None:
            return None
        if rough:
            rate = Rate(rate.rule, rate.per_year, rate.precision, worded=True)
        return Phrase("rate", i, self.after_stop(k + 1), rate=rate)

    def _unit_ends(self, i: int) -> Phrase | None:
        """«по итогам каждого квартала», «по окончании учебного года», «до конца каждого месяца»."""
        first, second = self.at(i).text, self.at(i + 1).text
        summing = first == "по" and (
            second in ("итогам", "результатам") or second.startswith(("окончани", "завершени"))
        )
        after = first == "после" and second in ("окончания", "завершения")
        ending = first in ("в", "до", "к", "на") and second in _TO_THE_END
        if not (summing or after or ending):
            return None
        k = i + 2
        each = False
        school = False
        while self.at(k).text in words.EACH or self.at(k).text in words.SCHOOL or self.at(k).text in REPORTED:
            each = each or self.at(k).text in words.EACH
            school = school or self.at(k).text in words.SCHOOL
            k = self.after_stop(k + 1)
        unit = self.at(k).text
        if unit in words.YEAR:
            rate = Rate("FREQ=YEARLY", 1, "year", worded=True) if each or not ending else None
        elif unit in words.QUARTER:
            rate = QUARTER_ENDS
        elif unit in words.HALF:
            rate = HALF_ENDS
        elif unit in words.MONTH:
            rate = MONTH_ENDS
        elif unit in words.WEEK and not ending:
            rate = WEEKLY
        elif unit in words.UNIT_MONTHS:
            rate = every_months(words.UNIT_MONTHS[unit], worded=True)
        else:
            return None
        if rate is None or self.year_after(self.after_stop(k + 1)) is not None:
            return None
        return Phrase("rate", i, self.after_stop(k + 1), rate=rate)

    def _weekday(self, i: int) -> Phrase | None:
        """«по вторникам и четвергам», «каждую среду», «вторая пятница месяца», «последний четверг каждого месяца»."""
        k = i
        marked = False
        while self.at(k).text in words.EACH or self.at(k).text in ("по", "в", "во"):
            marked = marked or self.at(k).text != "в"
            k += 1
        nth = self.numeral(k)
        number = 0
        if nth is not None:
            number, k = nth
        elif self.at(k).text in _LAST:
            number, k = -1, k + 1
        if number and not -1 <= number <= 5:
            return None
        while self.at(k).text in words.WORKING:
            k += 1
        if number and k > i and self.at(k).text in words.DAY and self.at(k - 1).text in words.WORKING:
            days = "MO,TU,WE,TH,FR"
            stop = self._of_month(k + 1)
            rate = Rate(f"FREQ=MONTHLY;BYDAY={days};BYSETPOS={number}", 12, "day")
            return None if stop is None else Phrase("rate", i, stop, rate=rate)
        named: list[str] = []
        while len(named) < 7 and self.at(k).text in words.WEEKDAYS:
            named.append(words.WEEKDAYS[self.at(k).text])
            k += 1
            if self.at(k).text in (",", "и") and self.at(k + 1).text in words.WEEKDAYS:
                k += 1
        # «среда» is also the environment: without a sign of time it is no day of the week.
        if not named or (named == ["WE"] and not marked and not number):
            return None
        if not number:
            return Phrase("rate", i, k, rate=Rate(f"FREQ=WEEKLY;BYDAY={','.join(named)}", 52 * len(named), "day"))
        if self.at(k).text in ("в", "на") and self.at(k + 1).text in words.MONTH:
            k += 1
        return Phrase("rate", i, self._of_month(k) or k, rate=Rate(f"FREQ=MONTHLY;BYDAY={number}{named[0]}", 12, "day"))

    def _of_month(self, i: int) -> int | None:
        k = i
        while self.at(k).text in words.EACH or self.at(k).text in REPORTED:
            k += 1
        return k + 1 if self.at(k).text in words.MONTH else None

    def month_day(self, i: int) -> Phrase | None:
        """«до 5 числа каждого месяца», «не позднее 10 числа месяца, следующего за отчетным кварталом»."""
        k = self.mode(i)[1]
        if self.at(k).text in words.EACH:
            k += 1
        days: list[int] = []
        while len(days) < 5:
            numeral = self.numeral(k)
            if numeral is None:
                if self.at(k).text in _LAST and self.at(k + 1).text.startswith("числ"):
                    days.append(-1)
                    k += 1
                break
            days.append(numeral[0])
            k = numeral[1]
            if self.at(k).text not in (",", "и"):
                break
            k += 1
        if not days or not self.at(k).text.startswith("числ") or not all(-1 <= day <= 31 and day for day in days):
            return None
        k += 1
        if self.at(k).text in words.MONTHS:
            return None
        tail = k
        while tail < k + 12 and self.at(tail).text in _SHIFT_WORDS:
            tail += 1
        said = {self.at(index).text for index in range(k, tail)}
        if not said & (words.MONTH | words.QUARTER | _NEXT):
            tail, said = k, set()
        listed = ",".join(map(str, sorted(days)))
        if said & words.QUARTER:
            months = "3,6,9,12" if said & _LAST else "1,4,7,10"
            rate = Rate(f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={listed}", 4.0 * len(days), "day")
        else:
            rate = Rate(f"FREQ=MONTHLY;BYMONTHDAY={listed}", 12.0 * len(days), "day")
        return Phrase("month-day", i, tail, rate=rate, days=tuple(sorted(days)))
