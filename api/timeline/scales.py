"""Scales of a time axis: how many months a column has, which scale fits a span of days, and where columns begin."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, TypeAlias

Scale: TypeAlias = Literal["month", "quarter", "year"]
SCALES: Final[tuple[Scale, ...]] = ("month", "quarter", "year")
# Months of a column.
MONTHS: Final[dict[Scale, int]] = {"month": 1, "quarter": 3, "year": 12}
# So many columns can be told apart and still have a word.
_MOST_MONTHS: Final = 26
_MOST_QUARTERS: Final = 44
# No drawing goes beyond, whatever a document says.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)


def fitting_scale(start: date, end: date, asked: Scale | None = None) -> Scale:
    """The asked scale, or the finest one, whose columns are not too narrow to be read."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    fitting: list[Scale] = ["year"]
    if months <= _MOST_QUARTERS * 3:
        fitting.insert(0, "quarter")
    if months <= _MOST_MONTHS:
        fitting.insert(0, "month")
    return asked if asked in fitting else fitting[0]


def whole_columns(start: date, end: date, scale: Scale) -> tuple[date, date]:
    """From the first day of the first column to the day after the last one."""
    step = MONTHS[scale]
    first = date(start.year, (start.month - 1) // step * step + 1, 1)
    after = (end.month - 1) // step * step + 1 + step
    return first, date(end.year + (after > 12), after - 12 if after > 12 else after, 1)
