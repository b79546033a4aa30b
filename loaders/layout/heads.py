"""Finding the head of a table: which rows are labels, how many, and what each column is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.layout.joining import mend, starts_small
from loaders.layout.roles import ColumnContent, ColumnRole, assign_roles, label_scores, same_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.layout.grid import GridRow

_LONGEST_LABEL = 220
_MOST_HEAD_ROWS = 3
_FEWEST_LABELS = 3
_DEFINING = {
    "activity",
    "section",
    "deadline",
    "responsible",
    "participant-or-organizer",
    "co-executor",
    "result",
    "indicator",
    "result-or-indicator",
    "result-form",
    "assessment",
    "answer",
    "target",
}
_NAMING = ("activity", "indicator", "result")
_INTEGER = re.compile(r"\(?(\d{1,2})[.)]?")
_ROW_NUMBER = re.compile(r"\(?\d{1,3}(?:\.\d{1,3})*[.)]?")
# What a label promises beyond doubt; the rest may also be the first words of a row.
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Head:
    """
    Labels and roles by column, the first column at index 0.

    `first` and `last` are positions in the list of rows that was searched, both inclusive, the row of column numbers
    counted in; a table without a head has `last` before `first`.
    """

    first: int
    last: int
    labels: tuple[str, ...]
    roles: tuple[ColumnRole, ...]

    @property
    def height(self) -> int:
        """How many rows it has."""
        return max(self.last - self.first + 1, 0)

    def column_of(self, *roles: str) -> int | None:
        """The number, from 1, of the first column with one of the roles, looked for in the order given."""
        for role in roles:
            for column, found in enumerate(self.roles, start=1):
                if found.role == role:
                    return column
        return None


def find_head(rows: Sequence[GridRow], at: int, *, width: int, inside: bool = False) -> Head | None:
    """
    The head that begins at position `at`, or None.

    A head names at least two different things that a plan has (activity, deadline, responsible, result, …), most of
    its cells are known labels, and none is as long as a text.  `inside` a table, where a row may begin with such words
    too, it must label three columns or more and name what the rows are.
    """
    row = rows[at]
    filled = row.filled
    if len(filled) < 2 or any(len(row.own_text(column)) > _LONGEST_LABEL for column in filled):
        return None
    if _ROW_NUMBER.fullmatch(row.own_text(filled[0])):
        return None
    height = _height(rows, at, width)
    labels = _labels(rows[at : at + height], width)
    if not _is_head(labels) or (inside and not _is_sure_head(labels)):
        return None
    last = at + height - 1
    if last + 1 < len(rows) and is_column_numbers(rows[last + 1]):
        last += 1
    return _head(rows, at, last, labels)


def counted_head(rows: Sequence[GridRow], at: int, count: int, *, width: int) -> Head:
    """The head of `count` rows that a person sees at position `at`; as many as there are if there are fewer."""
    last = min(at + count, len(rows)) - 1
    labelled = [row for row in rows[at : last + 1] if not is_column_numbers(row)]
    return _head(rows, at, last, _labels(labelled, width))


def _head(rows: Sequence[GridRow], at: int, last: int, labels: tuple[str, ...]) -> Head:
    width = len(labels)
    body = [row for row in rows[last + 1 : last + 61] if len(row.filled) >= 2]
    contents = [ColumnContent.of([row.own_text(column) for row in body]) for column in range(1, width + 1)]
    return Head(at, last, labels, tuple(assign_roles(labels, contents if body else None)))


def is_column_numbers(row: GridRow) -> bool:
    """Whether a row only counts the columns: 1, 2, 3 and so on."""
    texts = [row.own_text(column) for column in row.filled]
    numbers = [int(found[1]) for text in texts if (found := _INTEGER.fullmatch(text))]
    return (
        len(texts) >= 3 and len(numbers) == len(texts) and numbers == list(range(numbers[0], numbers[0] + len(texts)))
    )


def repeats(head: Head, rows: Sequence[GridRow], at: int, *, width: int) -> int:
    """How many rows from `at` repeat the head's labels or count its columns; 0 if none."""
    count = 0
    height = max(1, head.height)
    for tried in range(height, 0, -1):
        if at + tried > len(rows):
            continue
        labels = _labels(rows[at : at + tried], width)
        if same_labels(labels, head.labels) and not _has_more(labels, head.labels):
            count = tried
            break
    if at + count < len(rows) and is_column_numbers(rows[at + count]) and width >= 3:
        count += 1
    return count


def _has_more(labels: Sequence[str], known: Sequence[str]) -> bool:
    """Whether a row labels a column that the head leaves without a label: it is the head of another table."""
    return any(
        label and not before and max(label_scores(label).values(), default=0.0) >= _SURE
        for label, before in zip(labels, known, strict=False)
    )


def _is_head(labels: Sequence[str]) -> bool:
    filled = [label for label in labels if label]
    known = [scores for label in filled if (scores := label_scores(label)) and max(scores.values()) >= _SURE]
    kinds = {max(scores, key=lambda role: scores[role]) for scores in known}
    if len(known) < 2 or len(known) / len(filled) < 0.5:
        return False
    defining = kinds & _DEFINING
    return len(defining) >= 2 or (len(defining) == 1 and "number" in kinds and len(known) >= 2 and _all_short(filled))


def _is_sure_head(labels: Sequence[str]) -> bool:
    filled = [scores for label in labels if label and (scores := label_scores(label))]
    names_rows = any(max(scores.get(role, 0.0) for role in _NAMING) >= _SURE for scores in filled)
    if not names_rows or len(filled) < _FEWEST_LABELS:
        return False
    # On a sheet a narrower table may stand under a wider one: then nothing but labels of different kinds is there.
    kinds = {max(scores, key=lambda role: scores[role]) for scores in filled if max(scores.values()) >= _SURE}
    alone = len(kinds) == len(filled) == sum(map(bool, labels))
    return alone or len(filled) >= 0.6 * len(labels)


def _all_short(labels: Sequence[str]) -> bool:
    return sum(map(len, labels)) / len(labels) < 60


def _height(rows: Sequence[GridRow], at: int, width: int) -> int:
    """One to three: rows under the first that only split, continue or span its labels belong to the head."""
    height = 1
    while height < _MOST_HEAD_ROWS and at + height < len(rows):
        below = rows[at + height]
        filled = below.filled
        if not filled or is_column_numbers(below) or not _belongs(rows[at : at + height], below, filled, width):
            break
        height += 1
    return height


def _belongs(head_rows: Sequence[GridRow], below: GridRow, filled: Sequence[int], width: int) -> bool:
    if any(len(below.own_text(column)) > 80 for column in filled):
        return False
    labels = _labels(head_rows, width)
    top = head_rows[0]
    reach = max((found.cell.row_span for found in top.cells.values() if not found.covered), default=1)
    if reach > len(head_rows):
        return True
    columns = [scores for label in labels if (scores := label_scores(label))]
    activity = next((at for at, label in enumerate(labels, 1) if label_scores(label).get("activity", 0) >= _SURE), None)
    if activity is not None and activity in filled and not starts_small(below.own_text(activity)):
        return False
    if filled == [1] or not columns:
        return False
    if all(starts_small(below.own_text(column)) and labels[column - 1] for column in filled):
        # «Срок реализа-» over «ции»: a label cut by a line
        return any(labels[column - 1].rstrip().endswith(("-", "\u00ad")) for column in filled)
    under_span = [column for column in filled if not top.own_text(column) or top.spans(column) > 1]
    split = [
        column
        for column in filled
        if column + 1 <= width and column + 1 in filled and column in top.filled and not top.own_text(column + 1)
    ]
    parted = {*under_span, *split}
    # «план», «факт» under 2023 and «план» alone under 2024: a label that another year has too
    known = {below.own_text(column) for column in parted}
    return bool(under_span) and all(column in parted or below.own_text(column) in known for column in filled)


def _labels(rows: Sequence[GridRow], width: int) -> tuple[str, ...]:
    """Labels of all columns: a label over several columns stands over each of them."""
    labels: list[str] = []
    for column in range(1, width + 1):
        label = ""
        for depth, row in enumerate(rows):
            text = _label_at(rows, depth, column)
            found = row.cells.get(column)
            if text and not (found is not None and found.covered):
                label = mend(label, text.replace("\n", " "))
        labels.append(label)
    return tuple(labels)


def _label_at(rows: Sequence[GridRow], depth: int, column: int) -> str:
    row = rows[depth]
    found = row.cells.get(column)
    if found is not None and found.text:
        return found.text
    # Without spans a label over several columns is followed by empty cells, which the next head row fills.
    if depth + 1 < len(rows) and rows[depth + 1].own_text(column):
        for left in range(column - 1, 0, -1):
            if row.text(left):
                return row.text(left) if rows[depth + 1].own_text(left) else ""
    return ""
