"""Recurrence rules (RFC 5545) from a rate, the months and days that are listed with it, and days of the month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.values.times.rates import Phrase, Rate
from loaders.values.times.spans import Span


@dataclass(frozen=True, slots=True)
class Rule:
    """
    An RRULE without start, and what one occurrence of it is.

    `windows` are the yearly spans that the rule's months make up where one occurrence is longer than a month.
    """

    text: str
    precision: str
    windows: tuple[Span, ...] = ()

    @property
    def months(self) -> list[int]:
        match = re.search(r"BYMONTH=([\d,]+)", self.text)
        return [int(month) for month in match.group(1).split(",")] if match else []


def rules(rate: Rate, spans: Sequence[Span], month_day: Phrase | None) -> list[Rule]:
    """
    The rules that a rate makes with the spans without year (or with the years left out) that stand beside it.

    Several only where days of different months have different numbers («до 10 марта и до 20 сентября»).
    """
    if month_day is not None and month_day.rate is not None:
        return [Rule(_with_days(rate, month_day, month_day.rate), "day")]
    if not spans:
        return [Rule(rate.rule, rate.precision)]
    interval = re.search(r";INTERVAL=\d+", rate.rule) if rate.per_year < 1 else None
    head = "FREQ=YEARLY" + (interval.group() if interval else "")
    if all(span.unit == "day" for span in spans) and rate.per_year <= 12:
        return _day_rules(head, spans)
    listed = _listed({month for span in spans for month in span.months})
    if rate.per_year <= 4:
        windows = tuple(span for span in spans if span.opening.month != span.closing.month)
        return [Rule(f"{head};BYMONTH={listed}", spans[0].precision, windows)]
    if "BYMONTH=" in rate.rule:
        return [Rule(rate.rule, rate.precision)]
    by_day = rate.rule.startswith("FREQ=MONTHLY;BYDAY=") and "BYSETPOS" not in rate.rule
    # «первая среда декабря» is once a year, and says so.
    text = rate.rule.replace("FREQ=MONTHLY", "FREQ=YEARLY") if by_day else rate.rule
    return [Rule(f"{text};BYMONTH={listed}", rate.precision)]


def _listed(numbers: set[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def _with_days(rate: Rate, month_day: Phrase, days: Rate) -> str:
    """«ежемесячно до 5 числа»; with a quarterly rate the days are those of the month after the quarter."""
    if "BYMONTH=" not in days.rule and rate.per_year in (2, 4) and rate.rule.startswith("FREQ=MONTHLY"):
        months = "1,4,7,10" if rate.per_year == 4 else "1,7"
        return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={_listed(set(month_day.days))}"
    return days.rule


def _day_rules(head: str, spans: Sequence[Span]) -> list[Rule]:
    days = {span.closing.day for span in spans}
    if len(days) == 1 and not any(span.ranged for span in spans):
        listed = _listed({span.closing.month or 1 for span in spans})
        return [Rule(f"{head};BYMONTH={listed};BYMONTHDAY={days.pop()}", "day")]
    found = []
    for span in spans:
        if span.ranged:
            found.append(Rule(f"{head};BYMONTH={_listed(set(span.months))}", "day", (span,)))
        else:
            found.append(Rule(f"{head};BYMONTH={span.closing.month};BYMONTHDAY={span.closing.day}", "day"))
    return found
