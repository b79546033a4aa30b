"""
Choice of tables: physical tables and the paragraphs between them become logical tables.

A page break cuts a table into several physical ones, often with the head repeated; footnotes, page numbers and titles
of sections may stand between the parts.  A part without a head of its own goes on the table before it when it has
the same columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from loaders.cells import Paragraph, Table
from loaders.head.glossary import is_definition_line
from loaders.layout.grid import GridRow, grid_rows
from loaders.layout.heads import Head, counted_head, find_head, repeats
from loaders.layout.joining import starts_small
from loaders.layout.notes import is_footnote, is_page_number
from loaders.layout.numbering import follows, row_number
from loaders.layout.roles import ColumnContent, ColumnRole, label_scores
from loaders.layout.sections import section_number
from ontology.language.actor_nouns import actor_noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TableKind = Literal["activities", "results", "indicators", "form", "other"]
# Where titles of sections stand: in rows and paragraphs of their own, in a column, or nowhere.
SectionRule = Literal["rows", "column", "none"]
_ACTORS = ("responsible", "participant-or-organizer", "co-executor")
_RESULTS = ("result", "indicator", "result-or-indicator", "result-form", "assessment", "target")
_HEAD_DEPTH = 25
_FEWEST_ROWS = 3
_FEWEST_COLUMNS = 3
_SHORTEST_TEXT = 10
_NAMES = re.compile(r"\s*(?:наименовани|названи|перечень)", re.IGNORECASE)
# Roles of columns that may tell what is done where no label says so.
_UNCLEAR = {"section", "result", "result-or-indicator", "indicator", "result-form", "other"}
# Least share of times or actors, or least mean length, and greatest mean length.
_PLAN_CONTENT = {"deadline": (0.7, 60.0), "responsible": (0.7, 120.0), "activity": (20.0, 2000.0)}


@dataclass(frozen=True, slots=True)
class TableRow:
    """
    A physical row of a logical table: `ordinal` counts from 1 over all parts, head rows included.

    `after_break` tells that a page may end before the row: another physical table, a blank line or a repeated head.
    """

    ordinal: int
    row: GridRow
    after_break: bool = False


@dataclass(slots=True)
class LogicalTable:
    """`stream` holds body rows and the paragraphs between them in reading order; the head's rows are not in it."""

    id: str
    kind: TableKind
    head: Head
    stream: list[TableRow | Paragraph] = field(default_factory=list)
    heading: str | None = None
    reason: str | None = None
    place: str = ""
    line: int | None = None
    rows_seen: int = 0
    sections: SectionRule = "rows"

    @property
    def width(self) -> int:
        return len(self.head.labels)

    def column_of(self, *roles: str) -> int | None:
        return self.head.column_of(*roles)


def logical_tables(
    blocks: Iterable[Paragraph | Table], *, heads: Mapping[str, int] | None = None
) -> tuple[list[LogicalTable], list[Paragraph]]:
    """
    The tables of a document in order, and the paragraphs that stand in none of them.

    `heads` gives the number of head rows, column numbers included, of tables whose head a person has counted.
    """
    builder = _Builder(heads or {})
    for block in blocks:
        if isinstance(block, Table):
            builder.add_table(block)
        else:
            builder.waiting.append(block)
    builder.finish()
    for table in builder.tables:
        _decide_kind(table)
        table.sections = "column" if table.column_of("section") else "rows"
    sections = _sections_above(builder)
    return builder.tables, [block for block in builder.prose if block not in sections]


def _sections_above(builder: _Builder) -> list[Paragraph]:
    """
    Titles above tables that are the first of a series of sections, moved into their tables.

    «Блок 1. …» above a table is one when «Блок 2. …» stands between its parts or above the next table.
    """
    plans = [table for table in builder.tables if table.kind != "other"]
    between = [block.text for table in plans for block in table.stream if isinstance(block, Paragraph)]
    above = {id(table): block for table in plans if (block := builder.above.get(table.id)) is not None}
    numbers = {section_number(text) for text in [*between, *(block.text for block in above.values())]} - {None}
    moved = []
    for table in plans:
        block = above.get(id(table))
        number = section_number(block.text) if block is not None else None
        if block is not None and number is not None and {number - 1, number + 1} & numbers:
            table.stream.insert(0, block)
            moved.append(block)
    return moved


class _Builder:
    def __init__(self, heads: Mapping[str, int]) -> None:
        self._heads = heads
        self.tables: list[LogicalTable] = []
        self.prose: list[Paragraph] = []
        self.waiting: list[Paragraph] = []
        # The paragraph right above each table, by its id.
        self.above: dict[str, Paragraph] = {}

    def add_table(self, table: Table) -> None:
        rows = grid_rows(table)
        width = table.columns
        at = 0
        first_part = True
        while at < len(rows):
            current = self.tables[-1] if self.tables else None
            repeated = repeats(current.head, rows, at, width=width) if current and current.width == width else 0
            if current is not None and repeated:
                self._take_waiting(current)
                current.rows_seen += repeated
                at += repeated
                first_part = True
                continue
            alike = current is not None and current.width == width and not self.waiting
            head = find_head(rows, at, width=width, inside=alike or not first_part)
            counted = self._heads.get(f"t{len(self.tables) + 1}")
            if counted is not None and head is not None:
                head = counted_head(rows, at, counted, width=width)
            if head is not None:
                self._open(table, head, rows, at)
                at = head.last + 1
            elif current is not None and (not first_part or self._goes_on(current, rows[at:], width)):
                if first_part:
                    self._take_waiting(current)
                current.rows_seen += 1
                if rows[at].filled:
                    current.stream.append(TableRow(current.rows_seen, rows[at], after_break=first_part))
                at += 1
            elif self._rows_before_head(rows, at, width):
                preface = rows[at]
                self.waiting.extend(_as_paragraphs(preface))
                at += 1
                continue
            elif counted:
                head = counted_head(rows, at, counted, width=width)
                self._open(table, head, rows, at)
                at = head.last + 1
            else:
                self._open(table, _headless(rows[at:], width), rows, at)
                first_part = True
                continue
            first_part = False

    def finish(self) -> None:
        self.prose.extend(self.waiting)
        self.waiting = []

    def _open(self, table: Table, head: Head, rows: Sequence[GridRow], at: int) -> None:
        above = next((block for block in reversed(self.waiting) if _may_be_heading(block.text)), None)
        heading = above.text if above is not None else None
        if above is not None:
            self.above[f"t{len(self.tables) + 1}"] = above
        self.finish()
        origin = next((cell.cell.origin for cell in rows[at].cells.values()), table.origin)
        self.tables.append(
            LogicalTable(
                id=f"t{len(self.tables) + 1}",
                kind="other",
                head=head,
                heading=" ".join(heading.split()) if heading else None,
                place=origin.address,
                line=origin.first_line,
                rows_seen=head.height,
            )
        )

    def _take_waiting(self, table: LogicalTable) -> None:
        table.stream.extend(self.waiting)
        self.waiting = []

    def _goes_on(self, table: LogicalTable, rows: Sequence[GridRow], width: int) -> bool:
        """Whether rows without a head belong to the table before: same columns, and no long prose between."""
        between = [block for block in self.waiting if not is_footnote(block.text) and not is_page_number(block.text)]
        if table.width != width:
            return not between and len(rows) <= 3 and width < table.width
        length = sum(len(block.text) for block in between)
        return (len(between) <= 2 and length <= 600) or (length <= 2000 and self._reads_on(table, rows[0]))

    @staticmethod
    def _reads_on(table: LogicalTable, row: GridRow) -> bool:
        """Whether a row takes up the numbers or the sentence of a table's last row."""
        last = next((item.row for item in reversed(table.stream) if isinstance(item, TableRow)), None)
        column = table.column_of("number")
        if last is None or not row.filled:
            return False
        number = row_number(row.own_text(column)) if column else None
        if number is None:
            return starts_small(row.own_text(row.filled[0]))
        before = row_number(last.own_text(column)) if column else None
        return before is not None and follows(number, before)

    @staticmethod
    def _rows_before_head(rows: Sequence[GridRow], at: int, width: int) -> bool:
        """A title block above the head in one grid, as spreadsheets have it."""
        for later in range(at + 1, min(at + _HEAD_DEPTH, len(rows))):
            if find_head(rows, later, width=width) is not None:
                return True
        return False


def _may_be_heading(text: str) -> bool:
    """Whether a text above a table can name it: no footnote, page number or line of a glossary."""
    return not (is_footnote(text) or is_page_number(text) or any(map(is_definition_line, text.split("\n"))))


def _as_paragraphs(row: GridRow) -> list[Paragraph]:
    return [Paragraph(row.own_text(column), row.cells[column].cell.origin) for column in row.filled]


def _headless(rows: Sequence[GridRow], width: int) -> Head:
    """Roles of a table without a head, by content: those of a plan, or numbers, questions and room for answers."""
    contents = [ColumnContent.of([row.own_text(column) for row in rows]) for column in range(1, width + 1)]
    roles: list[ColumnRole] = _plan_roles(rows, contents)
    if roles:
        return Head(0, -1, tuple("" for _ in range(width)), tuple(roles))
    longest = max(range(width), key=lambda at: contents[at].length * contents[at].filled, default=0)
    for at, content in enumerate(contents):
        if at == 0 and content.number >= 0.6:
            roles.append(ColumnRole("number", content.number))
        elif at == longest:
            roles.append(ColumnRole("question", content.filled))
        elif content.filled <= 0.35:
            roles.append(ColumnRole("hint" if content.filled else "answer", 1 - content.filled))
        else:
            roles.append(ColumnRole("other", 0.0))
    return Head(0, -1, tuple("" for _ in range(width)), tuple(roles))


def _plan_roles(rows: Sequence[GridRow], contents: Sequence[ColumnContent]) -> list[ColumnRole]:
    """
    Roles of a plan that prints no labels: a column of times, one of actors, and texts; empty if it is none.

    A sheet of approvals has times and persons too, but posts where a plan has activities.
    """
    body = [row for row in rows if len(row.filled) >= _FEWEST_COLUMNS]
    free = list(range(len(contents)))
    if len(body) < _FEWEST_ROWS:
        return []
    roles = dict.fromkeys(free, "other")
    if contents[0].number >= 0.6:
        roles[free.pop(0)] = "number"
    for role, share in (("deadline", "time"), ("responsible", "actor"), ("activity", "length")):
        best = max(free, key=lambda at: float(getattr(contents[at], share)), default=None)
        least, longest = _PLAN_CONTENT[role]
        if best is None or not (getattr(contents[best], share) >= least and contents[best].length <= longest):
            return []
        roles[best] = role
        free.remove(best)
    named = next(at for at, role in roles.items() if role == "activity")
    posts = sum(_names_post(row.own_text(named + 1)) for row in body)
    if posts > 0.5 * len(body):
        return []
    if len(free) == 1 and free[0] > named and contents[free[0]].filled >= 0.5:
        roles[free[0]] = "result"
    return [ColumnRole(role, 0.0) for role in roles.values()]


def _names_post(text: str) -> bool:
    first = re.match(r"[^\W\d_]+", text)
    noun = actor_noun(first[0]) if first else None
    return noun is not None and noun.kind == "post"


def _decide_kind(table: LogicalTable) -> None:
    """Sets `kind`, `reason` and, where the kind tells more than the label, the roles of the columns."""
    roles = [role.role for role in table.head.roles]
    body = [item.row for item in table.stream if isinstance(item, TableRow)]
    headless = table.head.last < table.head.first
    if headless:
        if "activity" in roles:
            table.kind = "activities"
        elif "number" in roles and "question" in roles and ({"hint", "answer"} & set(roles)) and len(body) >= 3:
            table.kind = "form"
        else:
            table.reason = "no row of column labels was found"
        return
    acting = any(role in roles for role in ("deadline", *_ACTORS))
    empty = [
        at
        for at in range(table.width)
        if roles[at] not in {"number", "activity", "deadline", *_ACTORS}
        and not any(row.own_text(at + 1) for row in body)
    ]
    if roles.count("answer") >= 1 and (not acting or roles.count("answer") >= 2) and len(empty) >= 1:
        _become(
            table,
            {"indicator": "form-item", "activity": "form-item", "result": "form-item", "section": "form-item"},
            only_first=True,
        )
        table.kind = "form"
    elif "activity" in roles and (acting or any(role in roles for role in _RESULTS)):
        table.kind = "activities"
    elif "section" in roles and "deadline" in roles and any(role in roles for role in _ACTORS):
        _become(table, {"section": "activity"})
        table.kind = "activities"
    elif "indicator" in roles and ("target" in roles or "unit" in roles):
        table.kind = "indicators"
    elif "deadline" in roles and any(role in roles for role in _ACTORS) and (at := _told(table, body)) is not None:
        _become_activity(table, at)
        table.kind = "activities"
    elif "result" in roles and not any(role in roles for role in _ACTORS):
        _become_results(table)
        table.kind = "results"
    else:
        wanted = "activities beside deadlines or responsible, results, or indicators beside targets"
        table.reason = f"no columns of {wanted} among «{'», «'.join(filter(None, table.head.labels))}»"


def _told(table: LogicalTable, body: Sequence[GridRow]) -> int | None:
    """
    The column, from 0, that tells what is done where no label says so; None if there is none.

    Of columns of texts that are neither numbers, times nor actors it is the one that names («Наименование документа»),
    else the leftmost.
    """
    contents = [ColumnContent.of([row.own_text(column) for row in body]) for column in range(1, table.width + 1)]
    texts = [
        at
        for at, (role, content) in enumerate(zip(table.head.roles, contents, strict=True))
        if role.role in _UNCLEAR and content.filled >= 0.5 and content.length >= _SHORTEST_TEXT and content.number < 0.5
    ]
    named = (at for at in texts if _NAMES.match(table.head.labels[at]) and table.head.roles[at].role != "indicator")
    return next(named, texts[0] if texts else None)


def _become_activity(table: LogicalTable, at: int) -> None:
    roles = list(table.head.roles)
    roles[at] = ColumnRole("activity", 0.0)
    table.head = Head(table.head.first, table.head.last, table.head.labels, tuple(roles))


def _become(table: LogicalTable, new: dict[str, str], *, only_first: bool = False) -> None:
    roles = list(table.head.roles)
    for at, role in enumerate(roles):
        if role.role in new:
            roles[at] = ColumnRole(new[role.role], role.margin)
            if only_first:
                break
    table.head = Head(table.head.first, table.head.last, table.head.labels, tuple(roles))


def _become_results(table: LogicalTable) -> None:
    """The first column of results names them; a second one describes them, often with times and targets."""
    roles = list(table.head.roles)
    named = False
    for at, role in enumerate(roles):
        if label_scores(table.head.labels[at]).get("result", 0.0) < 0.4:
            continue
        roles[at] = ColumnRole("result-or-indicator" if named else "result", role.margin)
        named = True
    table.head = Head(table.head.first, table.head.last, table.head.labels, tuple(roles))
