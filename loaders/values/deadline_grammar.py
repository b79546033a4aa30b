"""
The phrases of which Russian deadlines are made: from tokens to dates, rates, plans and conditions.

Each rule looks at a bounded number of tokens, so a text is read in linear time.
What the phrases of one cell mean together is said in `loaders.values.deadlines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from loaders.values import calendar_words as words
from loaders.values.calendar_dates import Calendar
from loaders.values.calendar_spans import Span
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
_REPORTED: Final = words.adjective("отчетн", "текущ", "календарн", "финансов")
_PLAN_STEMS: Final = (
    "план", "график", "расписани", "циклограмм", "приказ", "распоряжени", "регламент", "календар", "порядк", "положени",
    "дорожн", "срокам", "сроками", "программ", "медиаплан", "постановлени", "договор", "соглашени", "техзадани", "тз",
)  # fmt: skip
_CONDITION_AFTER_BY: Final = (
    "мере", "меру", "запрос", "требовани", "заявк", "заявлени", "необходимости", "обращени", "поступлени", "факту",
    "согласовани", "договоренности", "приглашени", "завершени", "окончани", "итогам", "результатам", "готовности",
    "истечени", "достижени", "возможности", "ситуации", "решению", "инициативе", "вызову", "потребност", "выполнени",
    "утверждени", "получени",
)  # fmt: skip
_CONDITION_WORDS: Final = (
    ("при",), ("после",), ("в", "случае"), ("в", "случаях"), ("с", "момента"), ("со", "дня"), ("с", "даты"),
    ("одновременно",), ("до", "завершения"), ("до", "полного"), ("до", "момента"), ("до", "проведения"),
    ("до", "принятия"), ("до", "утверждения"), ("до", "достижения"), ("до", "окончания"), ("до", "начала"),
    ("во", "время"), ("в", "ходе"), ("перед",), ("в", "период"), ("на", "момент"), ("накануне",), ("в", "день"),
    ("в", "дни"), ("каникул",), ("каникулы",), ("в", "каникулярное"), ("в", "каникулы"), ("не", "позднее", "чем"),
)  # fmt: skip
_AT_ONCE: Final = frozenset(["незамедлительно", "немедленно", "безотлагательно", "срочно", "сразу", "оперативно"])
_CONSTANT_STEMS: Final = ("постоянн", "систематическ", "системно", "регулярн", "непрерывн", "бессрочн", "периодическ")
_TO_THE_END: Final = frozenset(
    ("конце", "конца", "концу", "конец", "окончании", "окончания", "завершении", "завершения")
)
_SHIFT_WORDS: Final = (
    words.MONTH
    | words.QUARTER
    | words.EACH
    | _LAST
    | _REPORTED
    | words.adjective("следующ", "перв")
    | {
        ",",
        "за",
        "после",
        "окончания",
        "окончанием",
        "периодом",
        "периода",
        "истекшим",
        "прошедшим",
        "завершения",
        "по",
    }
)


class Grammar(Calendar):
    """Reads phrases from tokens; every rule takes the index where it starts and answers None if it does not apply."""

    def phrases(self) -> tuple[list[Phrase], list[int]]:
        """The phrases in order, and the indices of the tokens that belong to none."""
        found, unused = [], []
        index = 0
        while index < len(self.tokens):
            phrase = self.phrase(index)
            if phrase is None:
                unused.append(index)
                index += 1
            else:
                found.append(phrase)
                index = phrase.stop
        return found, unused

    def phrase(self, i: int) -> Phrase | None:
        return (
            self.rate(i)
            or self.relative(i)
            or self.month_day(i)
            or self.whole(i)
            or self.dates(i)
            or self.constant(i)
            or self.plan(i)
            or self.condition(i)
        )

    def dates(self, i: int) -> Phrase | None:
        reading = self.calendar(i)
        if reading is None:
            return None
        return Phrase("dates", i, reading.stop, spans=reading.spans, worded=reading.worded, misprint=reading.misprint)

    # Recurrence

    def rate(self, i: int) -> Phrase | None:
        return self._adverb(i) or self._times(i) or self._each(i) or self._unit_ends(i) or self._weekday(i)

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
        if self.at(k).text not in words.adjective("следующ") or self.at(k + 1).text != "за":
            return None
        if self.at(k + 2).text not in _REPORTED:
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
        count, k = self._count(k)
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

    def _count(self, i: int) -> tuple[int, int]:
        """The count and the index after it; of «2-3» the lesser."""
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
        count, k = self._count(k)
        if not count or self.at(k).text not in words.TIMES:
            return None
        return Phrase("rate", i, k + 1, rate=self._often(rate, count))

    def _per_unit(self, i: int) -> tuple[Rate, int] | None:
        """«в год», «за учебный год», «в 3 года», «в две недели», «в течение полугодия»: the rate of once in that unit."""
        k = i
        if self.at(k).text not in ("в", "за", "на"):
            return None
        k += 1
        if self.at(k).text in ("течение", "течении"):
            k += 1
        while self.at(k).text in words.EACH or self.at(k).text in words.SCHOOL or self.at(k).text in _REPORTED:
            k = self.after_stop(k + 1)
        count, k = self._count(k)
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
        plural = self.at(k).text == "по" and self.at(k + 1).text.endswith(
            "ям" if self.at(k + 1).text[-2:] == "ям" else "ам"
        )
        if plural:
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
        count, k = self._count(k)
        count = count or words.ORDINALS.get(self.at(k).text, 0)
        if self.at(k).text in words.ORDINALS:
            k += 1
        while self.at(k).text in words.SCHOOL or self.at(k).text in _REPORTED:
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
        while self.at(k).text in words.EACH or self.at(k).text in words.SCHOOL or self.at(k).text in _REPORTED:
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
        nth = self._numeral(k)
        number = 0
        if nth is not None:
            number, k = nth
        elif self.at(k).text in _LAST:
            number, k = -1, k + 1
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
        while self.at(k).text in words.EACH or self.at(k).text in _REPORTED:
            k += 1
        return k + 1 if self.at(k).text in words.MONTH else None

    def month_day(self, i: int) -> Phrase | None:
        """«до 5 числа каждого месяца», «не позднее 10 числа месяца, следующего за отчетным кварталом»."""
        k = self.mode(i)[1]
        if self.at(k).text in words.EACH:
            k += 1
        days: list[int] = []
        while len(days) < 5:
            numeral = self._numeral(k)
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
        if not said & (words.MONTH | words.QUARTER | words.adjective("следующ")):
            tail, said = k, set()
        listed = ",".join(map(str, sorted(days)))
        if said & words.QUARTER:
            months = "3,6,9,12" if said & _LAST else "1,4,7,10"
            rate = Rate(f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={listed}", 4.0 * len(days), "day")
        else:
            rate = Rate(f"FREQ=MONTHLY;BYMONTHDAY={listed}", 12.0 * len(days), "day")
        return Phrase("month-day", i, tail, rate=rate, days=tuple(sorted(days)))

    # The plan's own time, endless time

    def whole(self, i: int) -> Phrase | None:
        """«в течение всего периода», «на протяжении реализации проекта», «в течение года», «весь учебный год»."""
        k = i
        within = False
        if self.at(k).text in ("в", "на") and self.at(k + 1).text in ("течение", "течении", "протяжении", "протяжение"):
            within, k = True, k + 2
        elif self.at(k).text in ("за", "на", "в"):
            k += 1
        all_of = False
        while self.at(k).text in ("всего", "весь", "все", "всей", "всю", "круглый") or self.at(k).text in _REPORTED:
            all_of, k = True, k + 1
        if self.at(k).text.startswith("круглогодичн"):
            return Phrase("whole", i, k + 1, scope="year")
        school = False
        while self.at(k).text in words.SCHOOL:
            school, k = True, self.after_stop(k + 1)
        token = self.at(k).text
        if (within or all_of) and token in words.YEAR:
            stop = self.after_stop(k + 1)
            if self.at(stop).text in ("после", "со", "с"):
                return None
            return Phrase("whole", i, stop, scope="school_year" if school else "year")
        carried = self.at(k + 1).text.startswith(("реализаци", "действи", "выполнени", "исполнени"))
        if token in ("период", "периода", "срок", "срока", "времени", "периоде") and (all_of or within or carried):
            if self.at(k + 1).kind == "number" or self.at(k + 1).text in ("с", "со"):
                return None
            return Phrase("whole", i, self.clause_end(k + 1) if carried else k + 1, scope="period")
        if (within or all_of) and token.startswith(("реализаци", "действи", "выполнени", "исполнени")):
            return Phrase("whole", i, self.clause_end(k + 1), scope="period")
        return None

    def constant(self, i: int) -> Phrase | None:
        """«постоянно», «на постоянной основе», «регулярно»; «далее»."""
        token = self.at(i)
        if token.text == "и" and self.at(i + 1).text in ("далее", "последующие"):
            return self.constant(i + 1)
        if token.text == "далее" or (token.text == "в" and self.at(i + 1).text.startswith("последующ")):
            stop = i + 1 if token.text == "далее" else i + 2
            return Phrase("onward", i, stop + 1 if self.at(stop).text in words.YEAR else stop)
        if token.text == "последующие" and self.at(i + 1).text in words.YEAR:
            return Phrase("onward", i, i + 2)
        k = i + 1 if token.text in ("на", "в") else i
        if not self.at(k).text.startswith(_CONSTANT_STEMS):
            return None
        stop = k + 1
        if self.at(stop).text in ("основе", "режиме", "порядке"):
            stop += 1
        return Phrase("constant", i, stop)

    # Other people's calendars, conditions

    def plan(self, i: int) -> Phrase | None:
        """«по отдельному плану», «согласно графику», «в соответствии с планом работы», «в установленные сроки»."""
        k = i
        first = self.at(k).text
        if first == "согласно" or (first == "в" and self.at(k + 1).text == "соответствии"):
            k += 1 if first == "согласно" else 2
            return Phrase("plan", i, self.clause_end(k)) if self.at(k).kind != "end" else None
        if first in ("в", "по") and self._terms_set(k + 1):
            return Phrase("plan", i, self.clause_end(k + 1))
        if first == "сроки" and self.at(k + 1).text.startswith(("определ", "устан", "согласно", "проведен", "утвержд")):
            return Phrase("plan", i, self.clause_end(k + 1))
        if first == "по":
            k += 1
        elif not self.at(k).text.startswith(("план", "график", "циклограмм", "расписани")):
            return None
        for step in range(k, k + 6):
            token = self.at(step)
            if token.kind == "number" or token.text in (",", ";", "(", "по"):
                return None
            if token.text.startswith(_PLAN_STEMS):
                return Phrase("plan", i, self.clause_end(step + 1))
        return None

    def _terms_set(self, i: int) -> bool:
        near = [self.at(i).text, self.at(i + 1).text, self.at(i + 2).text, self.at(i + 3).text]
        terms = any(text in ("сроки", "срок", "срокам", "плановом", "дни", "время") for text in near[:2])
        return terms and any(
            text.startswith(("установл", "определен", "утвержд", "указанн", "планов")) for text in near
        )

    def relative(self, i: int) -> Phrase | None:
        """«в течение 10 рабочих дней после …», «за 5 дней до …», «в месячный срок», «незамедлительно»."""
        first = self.at(i).text
        if first in _AT_ONCE:
            return Phrase("relative", i, self.clause_end(i + 1))
        if first == "в" and self.at(i + 1).text.startswith("кратчайш"):
            return Phrase("relative", i, self.clause_end(i + 1))
        k = i
        while k < i + 5 and self.at(k).text in (
            "в",
            "не",
            "позднее",
            "позже",
            "чем",
            "более",
            "срок",
            "до",
            "течение",
            "течении",
            "за",
            "через",
            "спустя",
            "по",
            "истечении",
            "на",
        ):
            k += 1
        if k == i:
            return None
        said = [self.at(index).text for index in range(i, k)]
        measure = any(
            text in ("течение", "течении", "за", "через", "спустя", "истечении", "позднее", "позже", "более", "до")
            for text in said
        )
        count, k = self._count(k)
        if self.at(k).text == "-":
            k += 1
        if any(stem in self.at(k).text for stem in ("дневн", "недельн", "месячн")) and self.at(k + 1).text == "срок":
            return Phrase("relative", i, self.clause_end(k + 2))
        while self.at(k).text in words.WORKING and self.at(k).text not in words.SCHOOL:
            k += 1
        unit = self.at(k).text
        long = (
            unit in words.YEAR
            or unit in words.MONTH
            or unit in words.HALF
            or unit in words.QUARTER
            or unit == "полугода"
        )
        short = unit in words.DAY or unit in words.WEEK or unit in ("час", "часа", "часов")
        following = self.at(self.after_stop(k + 1)).text
        anchored = following in ("после", "со", "с", "до", "от", "по")
        if not measure or not (short or long):
            return None
        if unit in words.YEAR and not count and not anchored:
            return None
        if (unit in words.QUARTER or unit in words.HALF) and not anchored:
            return None
        if "по" in said and "истечении" not in said:
            return None
        return Phrase("relative", i, self.clause_end(k + 1))

    def condition(self, i: int) -> Phrase | None:
        """«по мере необходимости», «по запросу», «при наличии …», «после проведения …», «до начала …»."""
        if self.at(i).text == "по" and self.at(i + 1).text.startswith(_CONDITION_AFTER_BY):
            return Phrase("condition", i, self.clause_end(i + 2))
        if self.at(i).text == "на" and self.at(i + 1).text == "этапе":
            return Phrase("condition", i, self.clause_end(i + 2))
        for opening in _CONDITION_WORDS:
            if all(self.at(i + step).text == word for step, word in enumerate(opening)):
                return Phrase("condition", i, self.clause_end(i + len(opening)))
        return None

    def clause_end(self, i: int) -> int:
        """Where a clause of free words ends: before «;», or before another time set off by a comma, bracket or «до»."""
        k = i
        while k < len(self.tokens):
            text = self.at(k).text
            if text == ";":
                return k
            if text in (",", "(", "но", ".", "-", ")"):
                after = k + 1
                while self.at(after).text in ("но", "и", "а"):
                    after += 1
                if self.rate(after) or self.month_day(after) or self._fixed(after) or self.constant(after):
                    return k
            elif (text in ("до", "не") and self._fixed(k)) or text in (
                "ежегодно",
                "ежеквартально",
                "ежемесячно",
                "постоянно",
            ):
                return k
            k += 1
        return k

    def _fixed(self, i: int) -> bool:
        reading = self.calendar(i)
        return reading is not None and reading.stop > i


def every_months(months: int, *, worded: bool = False) -> Rate:
    """Once in so many months."""
    if months % 12 == 0:
        years = months // 12
        return YEARLY if years == 1 else Rate(f"FREQ=YEARLY;INTERVAL={years}", 1 / years, "year")
    precision = {1: "month", 3: "quarter", 6: "half-year"}.get(months, "period")
    rule = "FREQ=MONTHLY" if months == 1 else f"FREQ=MONTHLY;INTERVAL={months}"
    return Rate(rule, 12 / months, precision, worded=worded)
