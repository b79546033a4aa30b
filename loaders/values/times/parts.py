"""What the phrases of one deadline cell mean together: its parts, each one time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from loaders.extraction import DeadlinePart, Period
from loaders.values.occurrences import yearly_windows
from loaders.values.times import words
from loaders.values.times.lists import merged, with_years
from loaders.values.times.rates import YEARLY, Kind, Phrase, Rate
from loaders.values.times.rules import Rule, rules
from loaders.values.times.spans import Moment, Span, bounded
from loaders.values.tokens import Token
from ontology.language import collapse

_LONGEST_YEAR: Final = 366
_DUE: Final = words.forms("до позднее позже к")
_WINDOW_CLASSES: Final = {
    ("day", False): "date",
    ("day", True): "interval",
    ("month", False): "month",
    ("month", True): "month_range",
    ("quarter", False): "quarter",
    ("quarter", True): "quarter_range",
    ("year", False): "year",
    ("year", True): "year_range",
}


class Cell:
    """
    The phrases of one cell, put together; `parts` may be read once.

    `warning` is then None or the code of what a person should look at.
    """

    def __init__(self, raw: str, tokens: Sequence[Token], phrases: Sequence[Phrase], period: Period | None) -> None:
        self.raw = raw
        self.tokens = tokens
        self.phrases = phrases
        self.period = period
        self.warning: str | None = None

    def parts(self) -> list[DeadlinePart]:
        """The times of the cell in order; empty if no phrase was read."""
        first = next((index for index, phrase in enumerate(self.phrases) if phrase.kind == "onward"), 0)
        rest = [phrase for phrase in self.phrases[first:] if phrase.kind != "onward"]
        before = self._together(self.phrases[:first])
        if not before:
            return self._together(rest)
        return [*before, *self._onward(before[-1], self.phrases[first], rest)]

    def _onward(self, first: DeadlinePart, onward: Phrase, rest: list[Phrase]) -> list[DeadlinePart]:
        """What follows «далее»: it begins on the day after the first part ends, a yearly rate in the year after."""
        if first.start and not first.end:
            return []
        raw = self._text([onward, *rest])
        start = date.fromisoformat(first.end) + timedelta(days=1) if first.end else None
        kinds = {phrase.kind for phrase in rest}
        if kinds & {"rate", "month-day"}:
            parts = self._together(rest)
            if first.class_ == "month" and first.start and [part.rrule for part in parts] == [YEARLY.rule]:
                # «май 2025, далее ежегодно»: in May
                month = date.fromisoformat(first.start)
                start = date(month.year + 1, month.month, 1)
                parts = [replace(parts[0], rrule=f"{YEARLY.rule};BYMONTH={month.month}", precision="month")]
            elif start is not None and parts[0].rrule == YEARLY.rule and start.month > 1:
                start = date(start.year + 1, 1, 1)
            # What bounds the first part («до 15 сентября 2022») may stand behind «далее».
            ends = [
                part.end if part.end and (start is None or part.end >= start.isoformat()) else None for part in parts
            ]
            return [
                replace(part, raw=raw, start=_iso(start), end=end, edtf=self._edtf(start, None))
                for part, end in zip(parts, ends, strict=True)
            ]
        if kinds and "constant" not in kinds:
            return self._together(rest)
        edtf = bounded(start, None) if start else self._edtf(None, None, open_end=True)
        return [DeadlinePart(raw, "constant", "continuous", first.precision or "period", _iso(start), edtf=edtf)]

    def _together(self, phrases: Sequence[Phrase]) -> list[DeadlinePart]:
        if not phrases:
            return []
        by_kind: dict[Kind, list[Phrase]] = {}
        for phrase in phrases:
            by_kind.setdefault(phrase.kind, []).append(phrase)
        raw = self._text(phrases)
        dates = by_kind.get("dates", [])
        said = [*by_kind.get("plan", []), *by_kind.get("condition", []), *by_kind.get("relative", [])]
        said += [phrase for phrase in dates if phrase.worded]
        condition = "; ".join(self._text([phrase]) for phrase in said) or None
        if (
            "month-day" in by_kind
            and "rate" not in by_kind
            and (days := self._days_of_months(by_kind["month-day"], dates))
        ):
            return self._windows(days, raw, condition)
        if "rate" in by_kind or "month-day" in by_kind:
            return self._recurrences(by_kind, raw, condition)
        if "constant" in by_kind:
            return [self._constant(self._spans(dates), raw, condition)]
        if dates:
            return self._windows(self._spans(dates), raw, condition)
        planned = [DeadlinePart(raw, "by_plan", "by-external-schedule", condition=condition)]
        if "whole" in by_kind and not ("plan" in by_kind and self._is_open(by_kind["whole"][0])):
            return [self._scope(by_kind["whole"][0], raw, condition)]
        if "plan" in by_kind:
            return planned
        return [
            DeadlinePart(raw, "conditional" if "condition" in by_kind else "relative", "triggered", condition=condition)
        ]

    def _text(self, phrases: Sequence[Phrase]) -> str:
        begin = min(phrase.begin for phrase in phrases)
        stop = max(phrase.stop for phrase in phrases)
        return collapse(self.raw[self.tokens[begin].start : self.tokens[stop - 1].end])

    def _spans(self, phrases: Sequence[Phrase]) -> list[Span]:
        """Spans of the date phrases; in «до 15 марта, 15 мая» the later ones share the «до»."""
        spans: list[Span] = []
        stop = 0
        for phrase in phrases:
            between = {token.text for token in self.tokens[stop : phrase.begin]}
            shared = bool(spans) and bool(between) and between <= {",", "и"} and spans[-1].mode == "before"
            if shared and phrase.spans[0].unit == spans[-1].unit == "day":
                spans += [replace(span, mode="before") if span.mode == "in" else span for span in phrase.spans]
            else:
                spans += phrase.spans
            stop = phrase.stop
        return spans

    def _days_of_months(self, days: Sequence[Phrase], dates: Sequence[Phrase]) -> list[Span]:
        """«апрель 2022 г. (до 20 числа)»: days of the months beside them; empty if they are of each month."""
        months = [span for phrase in dates for span in phrase.spans]
        said = {token.text for phrase in days for token in self.tokens[phrase.begin : phrase.stop]}
        single = all(span.unit == "month" and not span.ranged and span.mode == "in" for span in months)
        if not months or not single or said & (words.EACH | words.MONTH | words.QUARTER):
            return []
        due = bool(said & _DUE)
        return [
            Span(
                replace(span.opening, day=1 if due else day),
                replace(span.closing, day=day),
                "day",
                ranged=due and day > 1,
            )
            for span in with_years(months)
            for day in days[0].days
            if day > 0
        ]

    # Single times

    def _windows(self, spans: list[Span], raw: str, condition: str | None) -> list[DeadlinePart]:
        spans = list(dict.fromkeys(with_years(spans)))
        resolved = [span if span.dated else span.in_period(self.period) or span for span in spans]
        if any(not span.valid() for span in resolved):
            self.warning = "impossible-date"
            return [DeadlinePart(raw, "incomplete", "underspecified", condition=condition)]
        if any(not span.dated for span in resolved):
            self.warning = "year-missing"
            return [_incomplete(spans, raw)]
        if any(span.rough for span in resolved):
            self.warning = "approximate"
        resolved = _between(resolved) or merged(resolved)
        if len(resolved) > 1 and all(
            span.unit == "month" and not span.ranged and span.mode == "in" for span in resolved
        ):
            return [_month_list(resolved, raw, condition)]
        return [_window(span, raw, condition) for span in resolved]

    def _scope(self, phrase: Phrase, raw: str, condition: str | None) -> DeadlinePart:
        """«в течение всего периода»; a year without a number is the plan's if the plan is one year long."""
        whole = DeadlinePart(raw, "period", "window", "period", condition=condition)
        if phrase.scope == "period" and self.period is None:
            return whole
        start, end = self._plan()
        if start is None or end is None or self._is_open(phrase):
            self.warning = "year-missing"
            return DeadlinePart(raw, "incomplete", "underspecified", "year", condition=condition, edtf="XXXX")
        class_ = "school_year" if phrase.scope == "school_year" and start.year != end.year else "period"
        return replace(whole, class_=class_, start=_iso(start), end=_iso(end), edtf=bounded(start, end))

    def _is_open(self, phrase: Phrase) -> bool:
        """Whether «в течение года» may be any year of the plan."""
        start, end = self._plan()
        return phrase.scope != "period" and (start is None or end is None or (end - start).days > _LONGEST_YEAR)

    def _constant(self, spans: list[Span], raw: str, condition: str | None) -> DeadlinePart:
        start, end = self._bounds(spans)
        part = DeadlinePart(raw, "constant", "continuous", "period", _iso(start), _iso(end), condition=condition)
        return replace(part, edtf=self._edtf(start, end, open_end=end is None))

    # Recurrences

    def _recurrences(
        self, by_kind: dict[Kind, list[Phrase]], raw: str, condition: str | None,
    ) -> list[DeadlinePart]:  # fmt: skip
        said = by_kind.get("rate") or by_kind["month-day"]
        rated = [(phrase.rate, phrase) for phrase in said if phrase.rate is not None]
        # The finest rate tells most: «ежегодно (2 раза в год)», «еженедельно по пятницам».
        rate, phrase = max(rated, key=lambda each: (each[0].per_year, len(each[0].rule), each[0].worded))
        if rate.worded:
            condition = "; ".join([self._text([phrase]), *([condition] if condition else [])])
        if rate.rough:
            self.warning = "approximate"
        dates = by_kind.get("dates", [])
        spans = self._spans(dates)
        if any(not span.valid() for span in spans):
            self.warning = "impossible-date"
            spans = [span for span in spans if span.valid()]
        if rate.per_year > 4:
            # «1 раз в месяц, начиная с января» begins in January of the plan.
            spans = [(span.in_period(self.period) or span) if span.mode == "after" else span for span in spans]
            spans = [span for span in spans if span.dated or span.mode != "after"]
        leading = {span for date_phrase in dates if date_phrase.begin < phrase.begin for span in date_phrase.spans}
        listed, bounding = _listed_and_bounding(rate, spans, leading)
        start, end = self._bounds(bounding)
        month_day = next(iter(by_kind.get("month-day", [])), None)
        return [self._recurrence(rule, raw, condition, (start, end)) for rule in rules(rate, listed, month_day)]

    def _recurrence(
        self, rule: Rule, raw: str, condition: str | None, printed: tuple[date | None, date | None],
    ) -> DeadlinePart:  # fmt: skip
        start, end = printed
        if start is not None and rule.months and "BYMONTHDAY" not in rule.text:
            # «Май, ежегодно с 2023 года» begins in May.
            later = [month for month in rule.months if month >= start.month]
            first = date(start.year, min(later), 1) if later else date(start.year + 1, min(rule.months), 1)
            start = max(first, start) if end is None or first <= end else start
        part = DeadlinePart(
            raw, "recurrent", "recurrence", rule.precision, _iso(start), _iso(end), rule.text, condition
        )
        part.edtf = self._edtf(start, end)
        part.occurrences = yearly_windows(part, self.period, rule.windows) if rule.windows else []
        return part

    # Bounds

    def _plan(self) -> tuple[date | None, date | None]:
        if self.period is None:
            return None, None
        return date.fromisoformat(self.period.start), date.fromisoformat(self.period.end)

    def _bounds(self, spans: list[Span]) -> tuple[date | None, date | None]:
        """First start and last end that dated spans print; «с …» has no end, «до …» no start."""
        dated = [span for span in with_years(spans) if span.dated]
        valid = all(span.valid() for span in dated)
        starts = [span.start() for span in dated if span.mode != "before"] if valid else []
        ends = [span.end() for span in dated if span.mode != "after"] if valid else []
        start, end = (min(starts) if starts else None), (max(ends) if ends else None)
        if not valid or (start is not None and end is not None and start > end):
            self.warning = "impossible-date"
            return None, None
        return start, end

    def _edtf(self, start: date | None, end: date | None, *, open_end: bool = False) -> str:
        """The printed bounds, where none are printed those of the plan period."""
        plan_start, plan_end = self._plan()
        start = start or plan_start
        end = end if open_end else end or plan_end
        if start is not None and end is not None and start > end:
            end = None
        return "../.." if open_end and start is None else bounded(start, end)


def _between(spans: list[Span]) -> list[Span]:
    """
    «не ранее … и не позднее …» is one window, as is «июнь 2024 г. (не позднее 10 июня)».

    Empty if the spans are no such pair.
    """
    if len(spans) != 2:
        return []
    before = next((span for span in spans if span.mode == "before" and span.unit == "day"), None)
    first = next((span for span in spans if span.mode != "before"), None)
    if before is None or first is None or (first.mode == "in" and first.unit == "day"):
        return []
    both = Span(first.opening, before.closing, "day", ranged=True)
    inside = first.mode == "after" or (first.valid() and before.end() <= first.end())
    return [both] if inside and both.valid() else []


def _listed_and_bounding(rate: Rate, spans: list[Span], leading: set[Span]) -> tuple[list[Span], list[Span]]:
    """
    Spans that name the months of a recurrence, and spans that bound it.

    «Сентябрь 2021, ежегодно» does both: every September, from 2021; so does «до 01.09.2022 (ежегодно)», but
    «ежегодно до 01.09.2022» is a bound.
    """
    listed, bounding = [], []
    for span in spans:
        year_end = (span.closing.month, span.closing.day) == (12, 31)
        first_due = span.mode == "before" and span.unit == "day" and span in leading and not year_end
        single = not span.ranged and span.unit in ("day", "month", "quarter", "half_year")
        if not span.dated and (span.months or span.unit == "day"):
            listed.append(span)
        elif rate.per_year <= 1 and single and (span.mode == "in" or first_due):
            listed.append(span)
            bounding.append(replace(span, mode="after"))
        else:
            bounding.append(span)
    return listed, bounding


def day_part(day: date, raw: str) -> DeadlinePart:
    """The part of a single day."""
    moment = Moment(day.year, day.month, day.day)
    return _window(Span(moment, moment, "day"), raw, None)


def _window(span: Span, raw: str, condition: str | None) -> DeadlinePart:
    class_ = _WINDOW_CLASSES.get((span.unit, span.ranged), span.unit)
    kind = "point-date" if class_ == "date" else "window"
    start, end = _iso(span.start()), _iso(span.end())
    if span.mode == "before":
        class_, kind, start = "before_date", "due-by", None
    elif span.mode == "after":
        class_, kind, end = "after_date", "window", None
    return DeadlinePart(raw, class_, kind, span.precision, start, end, condition=condition, edtf=span.edtf())


def _incomplete(spans: list[Span], raw: str) -> DeadlinePart:
    said = [span.edtf() for span in spans]
    edtf = said[0] if len(said) == 1 else "{" + ",".join(said) + "}"
    return DeadlinePart(raw, "incomplete", "underspecified", spans[0].precision, edtf=edtf)


def _month_list(spans: list[Span], raw: str, condition: str | None) -> DeadlinePart:
    """Listed months; the rule is given if it says exactly these."""
    spans = sorted(spans, key=Span.start)
    said = [(span.start().year, span.start().month) for span in spans]
    months = sorted({month for _, month in said})
    every = [(year, month) for year in range(said[0][0], said[-1][0] + 1) for month in months]
    exact = said == [each for each in every if said[0] <= each <= said[-1]]
    return DeadlinePart(
        raw,
        "month_list",
        "recurrence",
        "month",
        rrule=f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))};COUNT={len(spans)}" if exact else None,
        condition=condition,
        edtf="{" + ",".join(span.edtf() for span in spans) + "}",
        occurrences=[(span.start().isoformat(), span.end().isoformat()) for span in spans],
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
