"""Lists of spans: the years that their members share, and neighbours that make one range."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from loaders.values.times.spans import Span


def with_years(spans: Sequence[Span]) -> list[Span]:
    """
    Years given to the spans of a list that print none.

    «май, октябрь 2021» takes the year to the right, «2021 год: сентябрь, октябрь» the one to the left;
    «Ноябрь 2021, 2022, 2023» repeats the month.
    """
    out: list[Span] = []
    heading: Span | None = None
    for index, span in enumerate(spans):
        following = spans[index + 1] if index + 1 < len(spans) else None
        if not _is_years(span):
            out += _in_years(heading, span) if heading is not None and not span.dated else [span]
            continue
        if following is not None and not following.dated and not _is_years(following):
            heading = span
            continue
        school = following is not None and following.unit == "school_year"
        year = span.as_school_year() if school else span
        if out and not any(map(_is_years, out)):
            out = _filled(out)
            if not all(previous.dated for previous in out):
                out = [each for month in out for each in ([month] if month.dated else _in_years(year, month))]
                continue
            if not year.ranged and year.unit == "year" and year.closing.year is not None:
                last = out[-1].closing.year
                out += [previous.in_year(year.closing.year) for previous in out if previous.closing.year == last]
                continue
        out.append(year)
    return _filled(out)


def _is_years(span: Span) -> bool:
    return span.unit in ("year", "school_year") and span.mode == "in"


def _in_years(years: Span, span: Span) -> list[Span]:
    if years.opening.year is None or years.closing.year is None:
        return [span]
    if years.unit == "school_year":
        return [span.in_school_year(years.opening.year)]
    return [span.in_year(year) for year in range(years.opening.year, years.closing.year + 1)]


def _filled(spans: Sequence[Span]) -> list[Span]:
    """Years from the right neighbour, else from the left; «октябрь 2022, март» goes on into the next year."""
    out = list(spans)
    for index in range(len(out) - 2, -1, -1):
        span, right = out[index], out[index + 1]
        if not span.dated and right.opening.year is not None:
            dated = span.in_year(right.opening.year)
            late = dated.valid() and right.valid() and right.dated and dated.start() > right.end()
            out[index] = span.in_year(right.opening.year - 1) if late else dated
    for index in range(1, len(out)):
        left, span = out[index - 1], out[index]
        if not span.dated and left.closing.year is not None:
            dated = span.in_year(left.closing.year)
            early = dated.valid() and left.valid() and left.dated and dated.end() < left.start()
            out[index] = span.in_year(left.closing.year + 1) if early else dated
    return out


def merged(spans: Sequence[Span]) -> list[Span]:
    """Neighbouring years, quarters or halves as one range: «2021, 2022, 2023 гг.», «I и II кварталы 2022 г.»."""
    out: list[Span] = []
    for span in spans:
        if out and _joins(out[-1], span):
            rough = span.rough or out[-1].rough
            out[-1] = Span(out[-1].opening, span.closing, span.unit, ranged=True, rough=rough)
        else:
            out.append(span)
    return out


def _joins(left: Span, right: Span) -> bool:
    alike = left.unit == right.unit and left.mode == right.mode == "in" and right.unit not in ("day", "month")
    return alike and left.end() + timedelta(days=1) == right.start()
