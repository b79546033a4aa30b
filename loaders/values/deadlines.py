"""
What a deadline cell says: `parse_deadline` for the deadline column, `find_times` for times inside other texts.

The classes, dates and rules are those of the extraction format; the kinds are the ids of the deadline-kind scheme.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein

from loaders.extraction import Deadline, DeadlinePart, Period
from loaders.values import calendar_words as words
from loaders.values.calendar_spans import Moment, Span, bounded
from loaders.values.deadline_grammar import YEARLY, Grammar, Phrase, Rate
from loaders.values.occurrences import expand_occurrences, merged_months
from loaders.values.tokens import Token, tokenise
from ontology.language import collapse

__all__ = ["DeadlineReading", "FoundTime", "expand_occurrences", "find_times", "parse_deadline"]


@dataclass(frozen=True, slots=True)
class DeadlineReading:
    """
    A deadline with how it was read.

    `rule` names the rule («month-range», «recurrence», …), `unused` is the text that no rule took.
    `confidence` is 0–1. `warning` is None or a code: misprint, impossible-date, year-missing, approximate, unread.
    """

    deadline: Deadline
    rule: str
    unused: str
    confidence: float
    warning: str | None


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A time inside another text, with its offsets there."""

    deadline: Deadline
    start: int
    end: int


_CONFIDENCE: Final = {
    None: 1.0,
    "misprint": 0.9,
    "approximate": 0.8,
    "year-missing": 0.6,
    "impossible-date": 0.3,
    "unread": 0.2,
}
_NOTHING: Final = frozenset(("", "нет", "х", "без срока", "не установлен", "не определен"))
_EMPTY_WORDS: Final = frozenset(
    ["в", "во", "с", "со", "до", "по", "на", "и", "к", "за", "г", "год", "года", "при", "или", "а", "но", "же", "срок"]
)
_SERIAL: Final = re.compile(r"\s*(\d{5})(?:\.0+)?\s*")
_SERIAL_RANGE: Final = (36526, 55153)
_SERIAL_ZERO: Final = date(1899, 12, 30)
_WINDOW_CLASS: Final = {
    ("day", False): "date",
    ("day", True): "interval",
    ("month", False): "month",
    ("month", True): "month_range",
    ("quarter", False): "quarter",
    ("quarter", True): "quarter_range",
    ("half_year", False): "half_year",
    ("half_year", True): "half_year",
    ("year", False): "year",
    ("year", True): "year_range",
    ("school_year", False): "school_year",
    ("school_year", True): "school_year",
}
_PRECISION: Final = {"half_year": "half-year", "school_year": "year"}
_KEYWORDS: Final = tuple(
    sorted(
        {form for form in words.MONTHS | dict.fromkeys(words.QUARTER | words.HALF) if len(form) >= 6}
        | set(
            [
                "ежегодно",
                "ежеквартально",
                "ежемесячно",
                "еженедельно",
                "ежедневно",
                "постоянно",
                "систематически",
                "течение",
                "периода",
            ]
        )
        | set(["учебного", "учебный", "необходимости", "отдельному", "согласно", "позднее", "включительно", "графику"]),
    ),
)
_KNOWN: Final = frozenset(_KEYWORDS) | {"течении", "кварталь", "постоянное", "периоде", "учебное", "учебном", "учебные"}


def parse_deadline(raw: str, *, period: Period | None) -> DeadlineReading:
    """
    The times of a deadline cell, for any text and without exception; dates are ISO and inclusive.

    `period` is the plan's own: it gives «в течение всего периода» its dates, and months and quarters without a year
    theirs if it is one calendar or school year.
    A recurrence has no start and end unless the text prints one; `expand_occurrences` bounds it.
    A date that does not exist leaves the deadline without dates, with a warning.
    """
    if collapse(raw).strip("-–— .").lower() in _NOTHING:
        return DeadlineReading(Deadline(raw, "none"), "none", "", 1.0, None)
    serial = _serial_date(raw)
    if serial is not None:
        moment = Moment(serial.year, serial.month, serial.day)
        part = _window(Span(moment, moment, "day"), raw)
        return DeadlineReading(_whole(raw, [part]), "serial-date", "", 0.9, "misprint")
    tokens, mended = _mended(tokenise(raw))
    grammar = Grammar(tokens)
    phrases, unused = grammar.phrases()
    text = _unused_text(raw, grammar.tokens, unused)
    return _Cell(raw, period, grammar.tokens, phrases).reading(text, misprint=mended)


def find_times(text: str) -> list[FoundTime]:
    """
    Times that a text of another column states beside its subject: rates, «по мере …», «по плану …», «до 01.09.2022».

    Years alone are left to the targets, adjectives («ежегодный») to their nouns.
    """
    grammar = Grammar(tokenise(text))
    found = []
    index = 0
    while index < len(grammar.tokens):
        stop = _stated(grammar, index, text)
        if stop is None:
            index += 1
            continue
        start, end = grammar.tokens[index].start, grammar.tokens[stop - 1].end
        found.append(FoundTime(parse_deadline(text[start:end], period=None).deadline, start, end))
        index = stop
    return found


_ADVERBIAL: Final = frozenset(["ежегодно", "ежеквартально", "ежемесячно", "еженедельно", "ежедневно"])
_CURRICULUM: Final = words.adjective(
    "учебн", "штатн", "индивидуальн", "персональн", "образовательн", "авторск", "типов"
)
_PLAN_FORMS: Final = frozenset(
    ["плану", "графику", "планам", "графикам", "планом", "графиком", "расписанию", "циклограмме", "плану-графику"]
)
_NEEDS: Final = ("мере", "запрос", "требовани", "необходимости")


def _stated(grammar: Grammar, i: int, text: str) -> int | None:
    """Where a time that starts at token `i` of a free text ends; None if none starts there."""
    first = grammar.at(i).text
    if first in _ADVERBIAL:
        return _with_months(grammar, i + 1)
    if first in ("по", "при", "в", "согласно"):
        stop = _stated_plan(grammar, i, text) or _stated_condition(grammar, i)
        if stop is not None:
            return stop
    rate = grammar.rate(i)
    if rate is not None and rate.kind == "rate":
        said = {grammar.at(index).text for index in range(i, rate.stop)}
        if said & words.TIMES or first in ("дважды", "трижды"):
            return _with_months(grammar, rate.stop)
    if first in ("до", "не", "к", "в"):
        reading = grammar.calendar(i)
        if reading is not None and len(reading.spans) == 1:
            span = reading.spans[0]
            if span.mode == "before" and span.unit == "day" and span.dated and span.valid():
                return reading.stop
    return None


def _with_months(grammar: Grammar, i: int) -> int:
    """A rate takes months along: «Ежегодно, июнь», «ежегодно (до 1 декабря)»."""
    k = i + 1 if grammar.at(i).text in (",", "(", "-", ":") else i
    reading = grammar.calendar(k)
    if reading is None or not all(span.unit in ("month", "day", "quarter") for span in reading.spans):
        return i
    bracketed = grammar.at(i).text == "(" and grammar.at(reading.stop).text == ")"
    return reading.stop + 1 if bracketed else reading.stop


def _stated_plan(grammar: Grammar, i: int, text: str) -> int | None:
    k = i + 1
    if grammar.at(i).text == "в":
        if grammar.at(k).text != "соответствии":
            return None
        k += 2
    for step in range(k, k + 4):
        token = grammar.at(step)
        if token.kind != "word" or token.text in _CURRICULUM:
            return None
        if token.text in _PLAN_FORMS:
            return _named_after(grammar, step + 1, text)
    return None


def _named_after(grammar: Grammar, i: int, text: str) -> int:
    """After the plan's own name: «работы», «мероприятий» and the abbreviations of the bodies whose plan it is."""
    k = i
    if grammar.at(k).text == "-" and grammar.at(k + 1).text in _PLAN_FORMS:
        k += 2
    if grammar.at(k).text.startswith(("работ", "мероприяти", "отчетност")):
        k += 1
    stop = k
    while k < len(grammar.tokens):
        token = grammar.tokens[k]
        raw = text[token.start : token.end]
        if token.kind == "word" and len(raw) > 1 and raw.isupper():
            stop = k + 1
        elif token.text != "," or k == i:
            break
        k += 1
    return stop


def _stated_condition(grammar: Grammar, i: int) -> int | None:
    """«по мере необходимости», «по запросу регионального оператора», «при необходимости»."""
    first, second = grammar.at(i).text, grammar.at(i + 1).text
    if first == "при":
        return i + 2 if second == "необходимости" else None
    if first != "по" or not second.startswith(_NEEDS):
        return None
    k = i + 2
    while k < i + 8 and grammar.at(k).kind == "word":
        k += 1
    return k


class _Cell:
    """The phrases of one cell, put together."""

    def __init__(self, raw: str, period: Period | None, tokens: list[Token], phrases: list[Phrase]) -> None:
        self.raw = raw
        self.period = period
        self.tokens = tokens
        self.phrases = phrases
        self.warning: str | None = None

    def reading(self, unused: str, *, misprint: bool) -> DeadlineReading:
        parts = self._parts()
        if self.warning is None and (misprint or any(phrase.misprint for phrase in self.phrases)):
            self.warning = "misprint"
        if not parts:
            self.warning = "unread"
            return DeadlineReading(Deadline(self.raw, "none"), "unread", unused, _CONFIDENCE["unread"], self.warning)
        deadline = _whole(self.raw, parts)
        confidence = _CONFIDENCE[self.warning]
        if unused:
            share = len(unused) / max(1, len(collapse(self.raw)))
            confidence *= 1 - 0.6 * share
        rule = deadline.class_.replace("_", "-")
        return DeadlineReading(deadline, rule, unused, round(confidence, 2), self.warning)

    def _parts(self) -> list[DeadlinePart]:
        onward = next((index for index, phrase in enumerate(self.phrases) if phrase.kind == "onward"), None)
        if onward is None or onward == 0:
            return self._together([phrase for phrase in self.phrases if phrase.kind != "onward"])
        before = self._together(self.phrases[:onward])
        rest = [phrase for phrase in self.phrases[onward + 1 :] if phrase.kind != "onward"]
        if not before:
            return self._together(rest)
        return [*before, *self._after(before[-1], self.phrases[onward], rest)]

    def _after(self, first: DeadlinePart, onward: Phrase, rest: list[Phrase]) -> list[DeadlinePart]:
        """What follows «далее»: it begins the day after the first part ends, a yearly rate in the year after."""
        raw = self._raw([onward, *rest])
        end = date.fromisoformat(first.end) if first.end else None
        start = end + timedelta(days=1) if end else None
        if first.start and not end:
            return []
        rates = [phrase for phrase in rest if phrase.kind in ("rate", "month-day")]
        if rates:
            parts = self._together(rest)
            if start and parts and parts[0].rrule and parts[0].rrule.startswith("FREQ=YEARLY") and start.month > 1:
                start = date(start.year + 1, 1, 1)
            return [replace(part, raw=raw, start=_iso(start), edtf=self._bounds_edtf(start, None)) for part in parts]
        if rest and not any(phrase.kind == "constant" for phrase in rest):
            return self._together(rest)
        edtf = bounded(start, None) if start else self._bounds_edtf(None, None, open_end=True)
        part = DeadlinePart(raw, "constant", "continuous", first.precision or "period", start=_iso(start), edtf=edtf)
        return [part]

    def _together(self, phrases: list[Phrase]) -> list[DeadlinePart]:
        if not phrases:
            return []
        by_kind: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            by_kind.setdefault(phrase.kind, []).append(phrase)
        raw = self._raw(phrases)
        said = by_kind.get("plan", []) + by_kind.get("condition", []) + by_kind.get("relative", [])
        said += [phrase for phrase in by_kind.get("dates", []) if phrase.worded]
        condition = "; ".join(self._raw([phrase]) for phrase in said) or None
        dates = by_kind.get("dates", [])
        if "rate" in by_kind or "month-day" in by_kind:
            return self._recurrence(by_kind, raw, condition)
        if "constant" in by_kind:
            return [self._constant(self._spans(dates), raw, condition)]
        if dates:
            return self._windows(self._spans(dates), raw, condition)
        if "whole" in by_kind:
            return [self._scope(by_kind["whole"][0], raw, condition)]
        if "plan" in by_kind:
            return [DeadlinePart(raw, "by_plan", "by-external-schedule", condition=condition)]
        if "condition" in by_kind:
            return [DeadlinePart(raw, "conditional", "triggered", condition=condition)]
        return [DeadlinePart(raw, "relative", "triggered", condition=condition)]

    def _raw(self, phrases: list[Phrase]) -> str:
        begin = min(phrase.begin for phrase in phrases)
        stop = max(phrase.stop for phrase in phrases)
        return collapse(self.raw[self.tokens[begin].start : self.tokens[stop - 1].end])

    def _spans(self, phrases: list[Phrase]) -> list[Span]:
        """Spans of the date phrases; «до 15 марта, 15 мая»: the later ones share the «до»."""
        spans: list[Span] = []
        previous: Phrase | None = None
        for phrase in phrases:
            mode = phrase.spans[0].mode
            between = [] if previous is None else [token.text for token in self.tokens[previous.stop : phrase.begin]]
            listed = previous is not None and between and set(between) <= {",", "и"}
            if (
                listed
                and mode == "in"
                and spans[-1].mode == "before"
                and phrase.spans[0].unit == spans[-1].unit == "day"
            ):
                spans += [replace(span, mode="before") for span in phrase.spans]
            else:
                spans += phrase.spans
            previous = phrase
        return spans

    # Windows

    def _windows(self, spans: list[Span], raw: str, condition: str | None) -> list[DeadlinePart]:
        spans = _with_years(spans)
        resolved = [span if span.dated else span.in_period(self._period_of(span)) or span for span in spans]
        resolved = _in_order(spans, resolved)
        if any(not span.valid() for span in resolved):
            self.warning = "impossible-date"
            return [DeadlinePart(raw, "incomplete", "underspecified", condition=condition)]
        if any(span.rough for span in resolved):
            self.warning = "approximate"
        if any(not span.dated for span in resolved):
            self.warning = "year-missing"
            return [self._incomplete(resolved, raw)]
        if len(resolved) == 2 and {span.mode for span in resolved} == {"before", "after"}:
            start = next(span for span in resolved if span.mode == "after")
            end = next(span for span in resolved if span.mode == "before")
            both = Span(start.opening, end.closing, "day", ranged=True)
            if both.valid():
                return [_window(both, raw, condition)]
        merged = _merged(resolved)
        if len(merged) > 1 and all(span.unit == "month" and not span.ranged and span.mode == "in" for span in merged):
            return [_month_list(merged, raw, condition)]
        if len(merged) == 1:
            return [_window(merged[0], raw, condition)]
        return [_window(span, span.edtf(), condition) for span in merged]

    def _period_of(self, span: Span) -> Period | None:
        del span
        return self.period

    def _incomplete(self, spans: list[Span], raw: str) -> DeadlinePart:
        edtf = spans[0].edtf() if len(spans) == 1 else "{" + ",".join(span.edtf() for span in spans) + "}"
        precision = _PRECISION.get(spans[0].unit, spans[0].unit)
        return DeadlinePart(raw, "incomplete", "underspecified", precision, edtf=edtf)

    def _scope(self, phrase: Phrase, raw: str, condition: str | None) -> DeadlinePart:
        """«в течение всего периода»; a year without a number is the plan's if the plan is one year long."""
        period = self.period
        part = DeadlinePart(raw, "period", "window", "period", condition=condition)
        if period is None:
            return (
                part
                if phrase.scope == "period"
                else replace(part, class_="incomplete", kind="underspecified", edtf="XXXX")
            )
        start, end = date.fromisoformat(period.start), date.fromisoformat(period.end)
        if phrase.scope != "period" and (end - start).days > 366:
            self.warning = "year-missing"
            return replace(part, class_="incomplete", kind="underspecified", precision="year", edtf="XXXX")
        class_ = "school_year" if phrase.scope == "school_year" and start.year != end.year else "period"
        return replace(part, class_=class_, start=period.start, end=period.end, edtf=bounded(start, end))

    def _constant(self, spans: list[Span], raw: str, condition: str | None) -> DeadlinePart:
        start, end = self._bounds(spans)
        edtf = self._bounds_edtf(start, end, open_end=end is None)
        return DeadlinePart(
            raw, "constant", "continuous", "period", _iso(start), _iso(end), condition=condition, edtf=edtf
        )

    def _bounds(self, spans: list[Span]) -> tuple[date | None, date | None]:
        """First start and last end that dated spans print; «с …» has no end, «до …» no start."""
        dated = [span for span in _with_years(spans) if span.dated]
        if any(not span.valid() for span in dated):
            self.warning = "impossible-date"
            return None, None
        starts = [span.start() for span in dated if span.mode != "before"]
        ends = [span.end() for span in dated if span.mode != "after"]
        return (min(starts) if starts else None), (max(ends) if ends else None)

    def _bounds_edtf(self, start: date | None, end: date | None, *, open_end: bool = False) -> str:
        """Printed bounds, else those of the plan period."""
        if self.period is not None:
            start = start or date.fromisoformat(self.period.start)
            if not open_end:
                end = end or date.fromisoformat(self.period.end)
        if start is not None and end is not None and start > end:
            end = None
        return bounded(start, end) if start or end or not open_end else "../.."

    # Recurrence

    def _recurrence(self, by_kind: dict[str, list[Phrase]], raw: str, condition: str | None) -> list[DeadlinePart]:
        rates = [phrase for phrase in by_kind.get("rate", []) if phrase.rate is not None]
        finest = max((phrase.rate for phrase in rates if phrase.rate), key=lambda rate: rate.per_year, default=YEARLY)
        if not rates:
            finest = next(phrase.rate for phrase in by_kind["month-day"] if phrase.rate)
        worded = [self._raw([phrase]) for phrase in rates if phrase.rate is finest and finest.worded]
        condition = "; ".join([*worded, *([condition] if condition else [])]) or None
        if finest.rough:
            self.warning = "approximate"
        spans = self._spans(by_kind.get("dates", []))
        if any(not span.valid() for span in spans):
            self.warning = "impossible-date"
            spans = [span for span in spans if span.valid()]
        yearly = finest.per_year <= 1
        months, bounds = [], []
        for span in spans:
            single = span.dated and yearly and not span.ranged and span.unit in ("month", "quarter", "half_year")
            if not span.dated and (span.months or span.unit == "day"):
                months.append(span)
            elif single and span.mode == "in":
                months.append(span)
                bounds.append(replace(span, mode="after"))
            else:
                bounds.append(span)
        start, end = self._bounds(bounds)
        month_day = next((phrase for phrase in by_kind.get("month-day", []) if phrase.rate), None)
        return [
            self._rule(raw, condition, rule, precision, start, end, windows)
            for rule, precision, windows in self._rules(finest, months, month_day, counted=len(months))
        ]

    def _rules(
        self,
        finest: Rate,
        months: list[Span],
        month_day: Phrase | None,
        *,
        counted: int,
    ) -> list[tuple[str, str, list[Span]]]:
        del counted
        if month_day is not None and month_day.rate is not None:
            return [(_with_days(finest, month_day), "day", [])]
        if not months:
            return [(finest.rule, finest.precision, [])]
        interval = re.search(r"INTERVAL=\d+", finest.rule) if finest.per_year < 1 else None
        head = "FREQ=YEARLY" + (f";{interval.group()}" if interval else "")
        days = [span for span in months if span.unit == "day"]
        if len(days) == len(months) and finest.per_year <= 12:
            return _day_rules(head, days)
        listed = ",".join(map(str, sorted({month for span in months for month in span.months})))
        windows = [span for span in months if span.opening.month != span.closing.month]
        if finest.per_year <= 4 or finest.precision == "half-year":
            unit = months[0].unit
            return [(f"{head};BYMONTH={listed}", _PRECISION.get(unit, unit), windows)]
        joined = f"{finest.rule};BYMONTH={listed}" if "BYMONTH=" not in finest.rule else finest.rule
        return [(joined, finest.precision, [])]

    def _rule(
        self,
        raw: str,
        condition: str | None,
        rule: str,
        precision: str,
        start: date | None,
        end: date | None,
        windows: list[Span],
    ) -> DeadlinePart:
        if start is not None and "BYMONTH=" in rule and "FREQ=YEARLY" in rule and "BYMONTHDAY" not in rule:
            named = [int(month) for month in _by_month(rule)]
            later = [month for month in named if month >= start.month]
            start = date(start.year, min(later), 1) if later else date(start.year + 1, min(named), 1)
        part = DeadlinePart(
            raw, "recurrent", "recurrence", precision, _iso(start), _iso(end), rule, condition,
            edtf=self._bounds_edtf(start, end),
        )  # fmt: skip
        if windows:
            part.occurrences = merged_months(part, self.period, windows)
        return [part][0]


def _by_month(rule: str) -> list[str]:
    match = re.search(r"BYMONTH=([\d,]+)", rule)
    return match.group(1).split(",") if match else []


def _with_days(finest: Rate, month_day: Phrase) -> str:
    """«ежемесячно до 5 числа»; with a quarterly rate the days are those of the month after the quarter."""
    rate = month_day.rate
    listed = ",".join(map(str, month_day.days))
    if rate is not None and "BYMONTH=" in rate.rule:
        return rate.rule
    if finest.per_year in (2, 4) and finest.rule.startswith("FREQ=MONTHLY"):
        months = "1,4,7,10" if finest.per_year == 4 else "1,7"
        return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={listed}"
    return f"FREQ=MONTHLY;BYMONTHDAY={listed}"


def _day_rules(head: str, days: list[Span]) -> list[tuple[str, str, list[Span]]]:
    """One rule for days that fall on the same day of their months, else one for each."""
    singles = [span for span in days if not span.ranged]
    numbers = {span.closing.day for span in singles}
    if len(singles) == len(days) and len(numbers) == 1:
        listed = ",".join(map(str, sorted({span.closing.month or 1 for span in days})))
        return [(f"{head};BYMONTH={listed};BYMONTHDAY={numbers.pop()}", "day", [])]
    return [
        (
            f"{head};BYMONTH={','.join(map(str, span.months))}" if span.ranged else
            f"{head};BYMONTH={span.closing.month};BYMONTHDAY={span.closing.day}",
            "day",
            [span] if span.ranged else [],
        )
        for span in days
    ]  # fmt: skip


def _with_years(spans: list[Span]) -> list[Span]:
    """
    Years given to the spans of a list that print none.

    «май, октябрь 2021» takes the year to the right, «2021 год: сентябрь, октябрь» the one to the left;
    «Ноябрь 2021, 2022, 2023» repeats the month.
    """
    out: list[Span] = []
    context: Span | None = None
    for index, span in enumerate(spans):
        following = spans[index + 1] if index + 1 < len(spans) else None
        if span.unit in ("year", "school_year") and span.mode == "in":
            if following is not None and not following.dated and following.unit not in ("year", "school_year"):
                context = span
                continue
            finer = [previous for previous in out if previous.unit not in ("year", "school_year")]
            pending = [previous for previous in finer if not previous.dated]
            if pending and len(finer) == len(out):
                out = [
                    each for previous in out for each in ([previous] if previous.dated else _years_of(span, previous))
                ]
                continue
            if finer and len(finer) == len(out) and not span.ranged and span.unit == "year":
                run = [
                    previous
                    for previous in out
                    if previous.closing.year == finer[-1].closing.year and not previous.ranged
                ]
                if run and span.closing.year is not None:
                    out += [previous.in_year(span.closing.year) for previous in run]
                    continue
        out += _years_of(context, span) if context is not None and not span.dated else [span]
    return _filled(out)


def _years_of(years: Span, span: Span) -> list[Span]:
    if years.opening.year is None or years.closing.year is None:
        return [span]
    if years.unit == "school_year":
        return [span.in_school_year(years.opening.year)]
    return [span.in_year(year) for year in range(years.opening.year, years.closing.year + 1)]


def _filled(spans: list[Span]) -> list[Span]:
    """Years from the right neighbour, else from the left; «октябрь 2022, март» goes on into the next year."""
    out = list(spans)
    for index in range(len(out) - 2, -1, -1):
        year = out[index + 1].opening.year
        if not out[index].dated and year is not None and out[index].unit != "year":
            span = out[index].in_year(year)
            if span.valid() and out[index + 1].valid() and span.start() > out[index + 1].end():
                span = out[index].in_year(year - 1)
            out[index] = span
    for index in range(1, len(out)):
        year = out[index - 1].closing.year
        if not out[index].dated and year is not None:
            span = out[index].in_year(year)
            if span.valid() and out[index - 1].valid() and span.end() < out[index - 1].start():
                span = out[index].in_year(year + 1)
            out[index] = span
    return out


def _in_order(spans: list[Span], resolved: list[Span]) -> list[Span]:
    """All or none: a list is incomplete if the period dates only some of its members."""
    return resolved if all(span.dated for span in resolved) else [
        new if old.dated else old for old, new in zip(spans, resolved, strict=True)
    ]  # fmt: skip


def _merged(spans: list[Span]) -> list[Span]:
    """Neighbouring years, quarters or halves as one range: «2021, 2022, 2023 гг.», «I и II кварталы 2022 г.»."""
    out: list[Span] = []
    for span in spans:
        previous = out[-1] if out else None
        joins = previous is not None and span.unit == previous.unit and span.unit not in ("day", "month")
        if joins and previous is not None and span.mode == previous.mode == "in" and span.valid() and previous.valid():
            if previous.end() + timedelta(days=1) == span.start():
                out[-1] = Span(
                    previous.opening, span.closing, span.unit, ranged=True, rough=span.rough or previous.rough
                )
                continue
        out.append(span)
    return out


def _window(span: Span, raw: str, condition: str | None = None) -> DeadlinePart:
    """One dated span as a part."""
    precision = _PRECISION.get(span.unit, span.unit)
    start, end = _iso(span.start()), _iso(span.end())
    edtf = span.edtf()
    if span.mode == "before":
        return DeadlinePart(raw, "before_date", "due-by", precision, None, end, condition=condition, edtf=edtf)
    if span.mode == "after":
        return DeadlinePart(raw, "after_date", "window", precision, start, None, condition=condition, edtf=edtf)
    class_ = _WINDOW_CLASS[span.unit, span.ranged]
    if span.ranged and span.unit == "month" and len({span.opening.day, span.closing.day, None}) > 1:
        class_ = "interval"
    kind = "point-date" if class_ == "date" else "window"
    return DeadlinePart(raw, class_, kind, precision, start, end, condition=condition, edtf=edtf)


def _month_list(spans: list[Span], raw: str, condition: str | None) -> DeadlinePart:
    """Listed months; the rule is given if it says exactly these."""
    spans = sorted(set(spans), key=lambda span: span.start())
    listed = [(span.start().isoformat(), span.end().isoformat()) for span in spans]
    months = sorted({span.start().month for span in spans})
    first, last = spans[0].start(), spans[-1].start()
    every = [
        (year, month)
        for year in range(first.year, last.year + 1)
        for month in months
        if (first.year, first.month) <= (year, month) <= (last.year, last.month)
    ]
    exact = every == [(span.start().year, span.start().month) for span in spans]
    rule = f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))};COUNT={len(spans)}" if exact else None
    edtf = "{" + ",".join(span.edtf() for span in spans) + "}"
    return DeadlinePart(
        raw, "month_list", "recurrence", "month", rrule=rule, condition=condition, edtf=edtf, occurrences=listed,
    )  # fmt: skip


def _whole(raw: str, parts: list[DeadlinePart]) -> Deadline:
    """The deadline of a cell from its parts."""
    first = parts[0]
    kinds = {part.kind for part in parts}
    open_end = any(part.end is None for part in parts)
    starts = [part.start for part in parts if part.start]
    ends = [part.end for part in parts if part.end]
    conditions = list(dict.fromkeys(part.condition for part in parts if part.condition))
    return Deadline(
        raw=raw,
        class_=first.class_ if len(parts) == 1 or kinds == {"recurrence"} else "compound",
        start=min(starts) if starts else None,
        end=None if open_end else max(ends),
        rrule=next((part.rrule for part in parts if part.rrule), None),
        condition="; ".join(conditions) or None,
        ongoing="continuous" in kinds,
        occurrences=[each for part in parts if part.class_ == "month_list" for each in part.occurrences],
        parts=parts,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _serial_date(raw: str) -> date | None:
    """A spreadsheet's day number that lost its format: 44440 is 2021-09-01."""
    match = _SERIAL.fullmatch(raw)
    if match is None or not _SERIAL_RANGE[0] <= int(match.group(1)) <= _SERIAL_RANGE[1]:
        return None
    return _SERIAL_ZERO + timedelta(days=int(match.group(1)))


def _mended(tokens: list[Token]) -> tuple[list[Token], bool]:
    """Words that are one slip away from a word of the calendar («сентбрь»), put right; whether there was one."""
    out = []
    mended = False
    for token in tokens:
        if token.kind == "word" and 6 <= len(token.text) <= 16 and token.text not in _KNOWN:
            near = [
                word for word in _KEYWORDS
                if word[0] == token.text[0] and abs(len(word) - len(token.text)) <= 1
                and DamerauLevenshtein.distance(word, token.text, score_cutoff=1) <= 1
            ]  # fmt: skip
            if near:
                out.append(replace(token, text=near[0]))
                mended = True
                continue
        out.append(token)
    return out, mended


def _unused_text(raw: str, tokens: list[Token], unused: list[int]) -> str:
    """Runs of unused tokens that hold more than marks and small words, joined by «…»."""
    runs: list[list[int]] = []
    for index in unused:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    told = [
        collapse(raw[tokens[run[0]].start : tokens[run[-1]].end])
        for run in runs
        if any(
            tokens[index].kind == "number" or (tokens[index].kind == "word" and tokens[index].text not in _EMPTY_WORDS)
            for index in run
        )
    ]
    return " … ".join(told)
