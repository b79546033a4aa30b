"""What is odd about rows, as codes of the anomaly scheme: said of the row, never mended in silence."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.layout.logical_row import LogicalRow
    from loaders.layout.tables import LogicalTable

_ACTORS = ("responsible", "participant-or-organizer", "co-executor")
_RESULTS = ("result", "result-or-indicator", "result-form", "indicator")
_BREAKS_OFF = re.compile(r"(?:[,(–—]|(?<=\w)-|\b(?:и|или|в|на|по|с|для|при|от|до))$")


def row_anomalies(table: LogicalTable, rows: Sequence[LogicalRow]) -> list[list[str]]:
    """Codes of the anomaly scheme for each row of a table; only tables of activities complain of empty cells."""
    counts = Counter((_section(row), row.number.path) for row in rows if row.number)
    codes: list[list[str]] = []
    last: dict[tuple[int, tuple[int, ...]], int] = {}
    numbered = table.column_of("number") is not None
    for row in rows:
        found: list[str] = []
        if row.number is None:
            if numbered:
                found.append("no-number")
        else:
            series = (_section(row), row.number.parent)
            before = last.get(series)
            if before is not None and row.number.path[-1] > before + 1:
                found.append("number-gap")
            if counts[_section(row), row.number.path] > 1:
                found.append("duplicate-number")
            last[series] = max(before or 0, row.number.path[-1])
            if row.number_length or row.number_inside:
                found.append("number-in-text")
        if row.joins:
            found.append("split-by-page")
        if _BREAKS_OFF.search(row.title):
            found.append("truncated")
        if table.kind == "activities":
            found.extend(_empty_cells(row))
        codes.append(found)
    return codes


def _empty_cells(row: LogicalRow) -> list[str]:
    """A kind of column that the table has and this row leaves empty; of several such columns one filled is enough."""
    found: list[str] = []
    for code, roles in (("empty-responsible", _ACTORS), ("empty-deadline", ("deadline",)), ("empty-result", _RESULTS)):
        cells = [cell for cell in row.cells if cell.role in roles]
        if cells and not any(cell.text for cell in cells):
            found.append(code)
    return found


def _section(row: LogicalRow) -> int:
    return id(row.section_path[-1]) if row.section_path else 0
