"""A logical row with its values: deadlines, actors, targets, themes and named systems, each from its column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from loaders.doubts import warning_about
from loaders.extraction import Deadline, OtherTime, Period, Place, Row, RowCell, SectionStep, Warning_
from loaders.layout.notes import without_marks
from loaders.values.actor_context import ActorContext, ColumnRole
from loaders.values.actors import split_actors
from loaders.values.crossreferences import find_references
from loaders.values.deadlines import find_times, parse_deadline
from loaders.values.targets import parse_targets
from loaders.values.themes import find_themes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loaders.extraction import CrossReference, Target, Theme
    from loaders.layout.logical_row import LogicalRow
    from loaders.layout.tables import LogicalTable

_KINDS = {
    "activities": "activity",
    "results": "result",
    "indicators": "indicator",
    "form": "form-item",
    "other": "activity",
}
ACTOR_ROLES: tuple[ColumnRole, ...] = (
    "responsible",
    "participant-or-organizer",
    "co-executor",
)
# Where numbers are promises.
_TARGET_ROLES = ("indicator", "result-or-indicator", "result", "target", "form-item", "question", "result-form")
_TIME_ROLES = (
    "activity",
    "result",
    "result-or-indicator",
    "result-form",
    "indicator",
    "assessment",
    "form-item",
    "question",
)
_NOT_REFERRING = {"number", "deadline"}
_ROLE_CODES = {"misprint": "misprint", "impossible-date": "unreadable-deadline", "unread": "unreadable-deadline"}
# What reading the values of a row may find; other warnings come from the layout of its table.
VALUE_WARNINGS = frozenset({"misprint", "unreadable-deadline", "year-missing", "approximate", "misplaced-content"})
# A deadline cell that is mostly about something else is in the wrong column.
_MISPLACED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class RowContext:
    """What is known of the document when a row is read; `actors` has a context for each role in `ACTOR_ROLES`."""

    period: Period | None
    actors: Mapping[ColumnRole, ActorContext]
    title: str | None = None
    confidence: float = 1.0


@dataclass(slots=True)
class RowReading:
    row: Row
    warnings: list[Warning_] = field(default_factory=list)


def read_row(logical: LogicalRow, table: LogicalTable, anomalies: list[str], *, context: RowContext) -> RowReading:
    """
    The printed row of the extraction, and what a person should look at.

    Its confidence is that of its least certain part: columns, joins, deadline, actors.
    """
    reading = RowReading(
        Row(
            kind=_KINDS[table.kind],
            section_path=[SectionStep(step.number, step.title, step.place) for step in logical.section_path],
            number=logical.number.printed if logical.number else None,
            activity=logical.title or None,
            indicator=None,
            result=None,
            assessment=None,
            deadline=None,
            responsible=[],
            targets=[],
            themes=[],
            place=_place(logical),
            confidence=min(context.confidence, logical.certainty),
            warnings=list(anomalies),
            certainty=logical.certainty,
            level=logical.level,
            parent=logical.parent,
            cells=[RowCell(cell.column, cell.role, cell.text, list(cell.fragments)) for cell in logical.cells],
            main=logical.main,
        )
    )
    read_values(reading, labels=table.head.labels, context=context)
    return reading


def read_values(reading: RowReading, *, labels: Sequence[str], context: RowContext) -> None:
    """
    Every value of the row, read anew from its cells; number, activity and section stay.

    `labels` are those of the table's columns.
    """
    row = reading.row
    row.warnings = [code for code in row.warnings if code not in VALUE_WARNINGS]
    row.indicator = _one_line(row, "indicator")
    row.result = _result(row)
    row.assessment = _assessment(row)
    unused = _read_deadline(reading, context)
    read_actors(row, context)
    row.targets = _targets(row, labels, unused)
    row.other_times = _other_times(row)
    row.themes = _themes(row, context)
    row.references = _references(row, context)
    row.confidence = confidence_of(row, columns=context.confidence)


def confidence_of(row: Row, *, columns: float) -> float:
    """That of the least certain part; `columns` is that of the table's."""
    deadline = row.deadline.confidence if row.deadline else 1.0
    return min([columns, row.certainty, deadline, *(actor.confidence for actor in row.responsible)])


def _one_line(row: Row, *roles: str) -> str | None:
    for cell in row.cells:
        if cell.role in roles and cell.column != row.main and cell.text:
            return " ".join(without_marks(cell.text).split())
    return None


def _result(row: Row) -> str | None:
    return _one_line(row, "result") or _one_line(row, "result-or-indicator") or _one_line(row, "result-form")


def _assessment(row: Row) -> str | None:
    """The way of assessment; the form of the result stands here when the result itself has a column."""
    found = _one_line(row, "assessment")
    if found is None and row.cell("result", "result-or-indicator"):
        found = _one_line(row, "result-form")
    return found


def _place(logical: LogicalRow) -> Place:
    cells = {cell.role: cell.fragments[0].address for cell in reversed(logical.cells) if cell.fragments and cell.text}
    return Place(logical.table, list(logical.rows), logical.page, list(logical.lines), dict(reversed(cells.items())))


def _read_deadline(reading: RowReading, context: RowContext) -> str:
    """Sets the deadline; returns the text of its cell that no rule took."""
    row = reading.row
    row.deadline = None
    cells = [cell for cell in row.cells if cell.role == "deadline"]
    if not cells:
        return ""
    texts = [cell.text for cell in cells if cell.text]
    # Two columns, «начало» and «окончание», are the two ends of one interval.
    raw = f"{texts[0]} – {texts[1]}" if len(texts) == 2 else " ".join(texts[:1])
    if not raw:
        row.deadline = Deadline("", "none")
        return ""
    found = parse_deadline(raw, period=context.period)
    row.deadline = replace(found.deadline, confidence=found.confidence, unused=found.unused)
    code = _ROLE_CODES.get(found.warning or "", found.warning)
    if code is not None:
        address = cells[0].fragments[0].address if cells[0].fragments else ""
        row.warnings.append(code)
        reading.warnings.append(warning_about(code, raw, address))
    if found.deadline.class_ != "none" and len(found.unused) > _MISPLACED_SHARE * len(raw):
        row.warnings.append("misplaced-content")
        return found.unused
    return ""


def read_actors(row: Row, context: RowContext) -> None:
    """The actors of the row, read anew from its cells."""
    row.responsible = [
        actor
        for cell in row.cells
        for role in ACTOR_ROLES
        if cell.role == role and cell.text
        for actor in split_actors(cell.text, context=context.actors[role])
    ]


def _targets(row: Row, labels: Sequence[str], unused_deadline: str) -> list[Target]:
    """Targets of all columns, one stated in two columns once; an activity's text counts only if there are no others."""
    found: list[Target] = []
    for cell in row.cells:
        if cell.role in _TARGET_ROLES and cell.text:
            stated = {_measure(target) for target in found}
            read = parse_targets(cell.text, column=cell.role)
            if cell.role == "target":
                read = _labelled(read, labels[cell.column - 1])
            if cell.role in {"target", "indicator"}:
                read = _in_unit(read, row.text("unit"))
            found.extend(target for target in read if _measure(target) not in stated)
    if not found:
        found = parse_targets(row.text("activity"), column="activity")
    if unused_deadline:
        found.extend(parse_targets(unused_deadline, column="deadline"))
    return found


def _labelled(targets: list[Target], label: str) -> list[Target]:
    """Targets of a column of one year, with the year of its label; «факт» and «базовое значение» say what they are."""
    year = re.search(r"\b20\d\d\b", label)
    stated = "actual" if re.search(r"\bфакт", label, re.IGNORECASE) else None
    stated = "baseline" if re.search(r"\bбазов|\bисходн", label, re.IGNORECASE) else stated
    return [
        replace(
            target,
            year=target.year or (int(year[0]) if year else None),
            status=stated or target.status,
        )
        for target in targets
    ]


def _in_unit(targets: list[Target], unit: str) -> list[Target]:
    """Targets that print no unit themselves, in that of the row's own column."""
    printed = " ".join(unit.split()) or None
    return [replace(target, unit=target.unit or printed) for target in targets]


def _measure(target: Target) -> tuple[object, ...]:
    return target.year, target.value, target.unit, target.comparator, target.period, target.status


def _other_times(row: Row) -> list[OtherTime]:
    """Times outside the deadline column; a result that is nothing but a time stands in the wrong column."""
    times: list[OtherTime] = []
    for cell in row.cells:
        if cell.role not in _TIME_ROLES or not cell.text:
            continue
        for found in find_times(cell.text):
            times.append(OtherTime(cell.role, found.deadline))
            line = cell.text.split("\n", 1)[0].rstrip()
            if cell.column != row.main and found.start == 0 and found.end >= 0.6 * len(line):
                row.warnings.append("misplaced-content")
    row.warnings = list(dict.fromkeys(row.warnings))
    return times


def _themes(row: Row, context: RowContext) -> list[Theme]:
    """A planned result is named in one column and told in another: both are its own text."""
    own = "\n".join(filter(None, (row.activity, row.result if row.kind == "result" else None)))
    return find_themes(
        activity=own or None,
        section=[step.title for step in row.section_path],
        title=context.title,
        columns={cell.role: cell.text for cell in row.cells if cell.text and cell.column != row.main},
    )


def _references(row: Row, context: RowContext) -> list[CrossReference]:
    columns: dict[str, str] = {}
    for cell in row.cells:
        if cell.role not in _NOT_REFERRING and cell.text:
            columns[cell.role] = f"{columns[cell.role]}\n{cell.text}" if cell.role in columns else cell.text
    actors = context.actors[ACTOR_ROLES[0]]
    return find_references(columns, reference=actors.reference, territory=actors.territory, iris=actors.iris)
