"""
What a deadline cell says: `parse_deadline` for the deadline column, `find_times` for times inside other texts.

Classes, dates and rules are those of the extraction format; kinds are ids of the deadline-kind scheme.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein

from loaders.extraction import Deadline, DeadlinePart, Period
from loaders.values.occurrences import expand_occurrences
from loaders.values.times import words
from loaders.values.times.found import stated_times
from loaders.values.times.grammar import Grammar
from loaders.values.times.parts import Cell, day_part
from loaders.values.tokens import Token, tokenise
from ontology.language import collapse, normalise

__all__ = ["DeadlineReading", "FoundTime", "expand_occurrences", "find_times", "parse_deadline"]


@dataclass(frozen=True, slots=True)
class DeadlineReading:
    """
    A deadline with how it was read.

    `rule` names the rule («month-range», «recurrent», …), `unused` is the text that no rule took.
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
_UNUSED_WEIGHT: Final = 0.6
_NOTHING: Final = frozenset(("", "нет", "х", "без срока", "не установлен", "не определен"))
_SMALL_WORDS: Final = words.forms("в во с со до по на и к за г год года при или а но же срок")
_SERIAL: Final = re.compile(r"\s*(\d{5})(?:\.0+)?\s*")
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SERIAL_YEARS: Final = (2000, 2050)
# Words whose misprints are put right, and their neighbours that are words of their own.
_KEYWORDS: Final = tuple(
    sorted(
        {form for form in words.MONTHS | dict.fromkeys(words.QUARTER | words.HALF) if len(form) >= 6}
        | words.forms("ежегодно ежеквартально ежемесячно еженедельно ежедневно постоянно течение учебного учебный"),
    ),
)
_KNOWN: Final = (
    frozenset(_KEYWORDS)
    | words.SCHOOL
    | words.adjective("ежегодн", "ежеквартальн", "ежемесячн", "еженедельн", "ежедневн", "постоянн")
    | words.forms("течении течения постоянна постоянны квартально")
)
_LONGEST_KEYWORD: Final = 16


def parse_deadline(raw: str, *, period: Period | None) -> DeadlineReading:
    """
    The times of a deadline cell, for any text and without exception; dates are ISO and inclusive.

    `period` is the plan's own: it gives «в течение всего периода» its dates, and months and quarters without a year
    theirs if it is one calendar or school year.
    A recurrence has no start and end unless the text prints one; `expand_occurrences` bounds it.
    A date that does not exist leaves the deadline without dates, with a warning.
    """
    if normalise(raw).strip("- .") in _NOTHING:
        return DeadlineReading(Deadline(raw, "none"), "none", "", 1.0, None)
    serial = _serial_date(raw)
    if serial is not None:
        deadline = _deadline(raw, [day_part(serial, collapse(raw))])
        return DeadlineReading(deadline, "serial-date", "", _CONFIDENCE["misprint"], "misprint")
    tokens, mended = _mended(tokenise(raw))
    grammar = Grammar(tokens)
    phrases, left = grammar.phrases()
    unused = _unused(raw, grammar.tokens, left)
    cell = Cell(raw, grammar.tokens, phrases, period)
    parts = cell.parts()
    if not parts:
        return DeadlineReading(Deadline(raw, "none"), "unread", unused, _CONFIDENCE["unread"], "unread")
    misprint = mended or any(phrase.misprint for phrase in phrases)
    warning = cell.warning or ("misprint" if misprint else None)
    confidence = _CONFIDENCE[warning] * (1 - _UNUSED_WEIGHT * min(1.0, len(unused) / len(collapse(raw))))
    deadline = _deadline(raw, parts)
    return DeadlineReading(deadline, deadline.class_.replace("_", "-"), unused, round(confidence, 2), warning)


def find_times(text: str) -> list[FoundTime]:
    """
    Times that a text of another column states beside its subject, for any text and without exception.

    Found are rates («Ежегодно, июнь», «не реже одного раза в полугодие»), conditions and plans («по мере
    необходимости», «по плану работы РМО») and due days («до 01.09.2022»).  Years of targets and «план на год» are none.
    """
    return [
        FoundTime(parse_deadline(text[start:end], period=None).deadline, start, end)
        for start, end in stated_times(text)
    ]


def _deadline(raw: str, parts: list[DeadlinePart]) -> Deadline:
    kinds = {part.kind for part in parts}
    endless = any(part.end is None and (part.start or part.kind in ("continuous", "recurrence")) for part in parts)
    starts = [part.start for part in parts if part.start]
    ends = [part.end for part in parts if part.end]
    return Deadline(
        raw=raw,
        class_=parts[0].class_ if len(parts) == 1 or kinds == {"recurrence"} else "compound",
        start=min(starts) if starts else None,
        end=None if endless or not ends else max(ends),
        rrule=next((part.rrule for part in parts if part.rrule), None),
        condition="; ".join(dict.fromkeys(part.condition for part in parts if part.condition)) or None,
        ongoing="continuous" in kinds,
        occurrences=[each for part in parts if part.class_ == "month_list" for each in part.occurrences],
        parts=parts,
    )


def _serial_date(raw: str) -> date | None:
    """A spreadsheet's day number that lost its format: 44440 is 2021-09-01."""
    match = _SERIAL.fullmatch(raw)
    if match is None:
        return None
    day = _SERIAL_ZERO + timedelta(days=int(match.group(1)))
    return day if _SERIAL_YEARS[0] <= day.year <= _SERIAL_YEARS[1] else None


def _mended(tokens: Sequence[Token]) -> tuple[list[Token], bool]:
    """Words that are one slip away from a word of the calendar («сентбрь») put right; whether there was one."""
    out: list[Token] = []
    mended = False
    for token in tokens:
        if _letter_for_zero(token, out):
            # «2O22», «01.О9.2022»: the letter for the figure.
            token = replace(token, kind="number", text="0", value=0)  # noqa: PLW2901
        if token.kind == "number" and token.glued and out and out[-1].kind == "number":
            text = out[-1].text + token.text
            out[-1] = replace(out[-1], text=text, end=token.end, value=int(text) if len(text) <= 8 else -1)
            mended = True
            continue
        near = _near(token.text) if token.kind == "word" else None
        mended = mended or near is not None
        out.append(token if near is None else replace(token, text=near))
    return out, mended


def _letter_for_zero(token: Token, before: Sequence[Token]) -> bool:
    if token.text != "о" or not token.glued or not before:
        return False
    return before[-1].kind == "number" or before[-1].text == "."


def _near(word: str) -> str | None:
    if not 6 <= len(word) <= _LONGEST_KEYWORD or word in _KNOWN:
        return None
    return next(
        (
            keyword
            for keyword in _KEYWORDS
            if keyword[0] == word[0] and DamerauLevenshtein.distance(keyword, word, score_cutoff=1) <= 1
        ),
        None,
    )


def _unused(raw: str, tokens: Sequence[Token], left: Sequence[int]) -> str:
    """Runs of unused tokens that hold more than marks and small words, joined by «…»."""
    runs: list[list[int]] = []
    for index in left:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return " … ".join(
        collapse(raw[tokens[run[0]].start : tokens[run[-1]].end])
        for run in runs
        if any(tokens[index].kind != "mark" and tokens[index].text not in _SMALL_WORDS for index in run)
    )
