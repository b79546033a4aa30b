"""The single times of a deadline inside the plan period, so that month questions are two comparisons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from loaders.extraction import DeadlinePart, Period
from loaders.values.times.spans import Span

_COUNT = re.compile(r";COUNT=\d+")


def bounds(part: DeadlinePart, period: Period | None) -> tuple[date | None, date | None]:
    """
    The dates between which a part can fall: those printed, else those of the plan period; None where open.

    Listed months run from the first to the last; only recurrences and continuous times take the period's dates
    (`ontology` 2.6, «Recurrences are bounded by the plan period»).
    """
    start = date.fromisoformat(part.start) if part.start else None
    end = date.fromisoformat(part.end) if part.end else None
    if part.class_ == "month_list" and part.occurrences:
        return date.fromisoformat(part.occurrences[0][0]), date.fromisoformat(part.occurrences[-1][1])
    if period is not None and part.kind in ("recurrence", "continuous"):
        start = start or date.fromisoformat(period.start)
        if part.kind == "recurrence":
            end = end or date.fromisoformat(period.end)
    return start, end


def expand_occurrences(part: DeadlinePart, period: Period | None) -> list[tuple[date, date]]:
    """
    Occurrences as (first day, last day), both inclusive, in order.

    A window, due date or point date gives one. A recurrence gives those of the plan period, each as long as its
    precision says (a year, a quarter, a month, a day), or none if neither text nor period bounds it.
    Continuous times, conditions and foreign schedules give none.
    """
    start, end = bounds(part, period)
    if part.kind in ("window", "due-by", "point-date"):
        if part.kind == "window" and end is None and period is not None:
            end = date.fromisoformat(period.end)
        if end is None:
            return []
        return [(start or end, end)] if (start or end) <= end else []
    if part.kind != "recurrence" or start is None or end is None or start > end:
        return []
    if part.occurrences:
        return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in part.occurrences]
    return [] if part.rrule is None else _expanded(part.rrule, part.precision, start, end)


def _expanded(rule: str, precision: str | None, start: date, end: date) -> list[tuple[date, date]]:
    rule = _COUNT.sub("", rule)
    interval = _interval(rule)
    if "FREQ=DAILY" in rule:
        return [(start, end)]
    if precision == "day":
        return [(day, day) for day in _days(rule, start, end)]
    if "FREQ=WEEKLY" in rule:
        monday = start - timedelta(days=start.weekday())
        return _windows(_days(rule, monday, end), relativedelta(weeks=interval), start, end)
    if "BYMONTH=" in rule:
        months = _days(f"{rule};BYMONTHDAY=1", start.replace(day=1), end)
        return _windows(months, relativedelta(months=1), start, end)
    if "FREQ=MONTHLY" in rule:
        first = start.replace(
            month=start.month - (start.month - 1) % interval if 12 % interval == 0 else start.month, day=1
        )
        return _windows(_days(rule, first, end), relativedelta(months=interval), start, end)
    # A year of a plan that begins in September is a school year.
    school = start.month == 9 and start.day == 1 and end.month in range(5, 9)
    first = start.replace(month=9 if school else 1, day=1)
    return _windows(_days(rule, first, end), relativedelta(years=interval), start, end)


def _days(rule: str, start: date, end: date) -> list[date]:
    begin = datetime(start.year, start.month, start.day)  # noqa: DTZ001  (calendar days of a plan have no time zone)
    return [moment.date() for moment in rrulestr(f"{rule};UNTIL={end:%Y%m%d}", dtstart=begin)]


def _windows(days: list[date], length: relativedelta, start: date, end: date) -> list[tuple[date, date]]:
    """Windows that begin on `days`, cut to the bounds."""
    windows = []
    for day in days:
        last = day + length - timedelta(days=1)
        if last >= start:
            windows.append((max(day, start), min(last, end)))
    return windows


def yearly_windows(part: DeadlinePart, period: Period | None, spans: Sequence[Span]) -> list[tuple[str, str]]:
    """Yearly occurrences of windows longer than a month («ежегодно, апрель – май»), for a bounded recurrence."""
    start, end = bounds(part, period)
    if start is None or end is None:
        return []
    found = []
    for year in range(start.year, end.year + 2, _interval(part.rrule or "")):
        for span in spans:
            dated = span.in_year(year)
            if dated.valid() and start <= dated.end() and dated.start() <= end:
                found.append((max(dated.start(), start), min(dated.end(), end)))
    return [(first.isoformat(), last.isoformat()) for first, last in sorted(found)]


def _interval(rule: str) -> int:
    match = re.search(r"INTERVAL=(\d+)", rule)
    return int(match.group(1)) if match else 1
