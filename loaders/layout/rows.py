"""
Physical rows to logical rows: what is a row of the plan, what continues one, what is a title or a note.

No physical row is dropped silently: each becomes an entry, part of one, a section, a footnote, or stands in `skipped`
with the reason.
One module of more than 400 lines, because every rule reads the state of one walk over the rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.cells import Paragraph
from loaders.extraction import RowCell
from loaders.layout.continuation import PlanColumns, best_shift, continues, mend_cells
from loaders.layout.heads import is_column_numbers
from loaders.layout.joining import ends_open, starts_small
from loaders.layout.logical_row import FoundFootnote, LogicalRow, Skipped, TableRows, fragment_of
from loaders.layout.notes import footnote, is_amendment, is_page_number, is_stamp, is_total, marks_in, without_marks
from loaders.layout.numbering import RowNumber, follows, inner_numbers, leading_number, restored, row_number
from loaders.layout.sections import OpenSection, SectionStack, is_section_title, level_of_title
from loaders.layout.tables import TableRow

if TYPE_CHECKING:
    from loaders.cells import Origin
    from loaders.layout.grid import GridCell, GridRow
    from loaders.layout.tables import LogicalTable

_MAIN = {
    "activities": ("activity",),
    "results": ("result",),
    "indicators": ("indicator",),
    "form": ("form-item", "question", "activity"),
    "other": ("activity",),
}
_LONGEST_TITLE = 500
_RUNNING_HEAD = re.compile(r"\W*(?:продолжение|окончание|приложение|таблица)\b", re.IGNORECASE)


def logical_rows(table: LogicalTable) -> TableRows:
    """The rows of one logical table in document order."""
    return _RowReader(table).read()


class _RowReader:
    def __init__(self, table: LogicalTable) -> None:
        self._table = table
        self._stream = table.stream
        self._number = table.column_of("number")
        self._section = table.column_of("section") if table.sections == "column" else None
        self._main = table.column_of(*_MAIN[table.kind]) or table.column_of("activity", "indicator", "result") or 1
        self._stack = SectionStack()
        self._begun: list[tuple[OpenSection, Origin]] = []
        self._found = TableRows()
        self._hints: dict[int, GridCell] = {}
        self._fresh_section = True
        self._titled_between = False
        self._pending_break = False
        body = [item.row for item in self._stream if isinstance(item, TableRow)]
        numbers = [bool(self._number and row_number(row.own_text(self._number))) for row in body]
        of_sections = [
            bool(self._section and row.own_text(self._section))
            for row, numbered in zip(body, numbers, strict=True)
            if numbered
        ]
        self._numbers_sections = bool(of_sections) and all(of_sections)
        self._numbered = not self._numbers_sections and sum(numbers) > 0.5 * len(body)
        self._columns = PlanColumns(
            main=self._main,
            number=self._number,
            section=self._section,
            deadline=table.column_of("deadline"),
            actor=table.column_of("responsible", "participant-or-organizer", "co-executor"),
            width=table.width,
            numbered=self._numbered,
            numbers_in_text=table.kind == "form",
        )

    def read(self) -> TableRows:
        for at, item in enumerate(self._stream):
            if isinstance(item, Paragraph):
                self._read_paragraph(item, at)
            else:
                self._read_row(item, at)
        self._set_parents()
        for opened, origin in self._begun:
            if not opened.entries:
                self._skip("empty-section", opened.step.title, origin)
        return self._found

    # Paragraphs between the parts of a table

    def _read_paragraph(self, paragraph: Paragraph, at: int) -> None:
        self._pending_break = True
        text = paragraph.text
        note = footnote(text)
        if note is not None:
            self._found.footnotes.append(FoundFootnote(note[0], note[1], paragraph.origin))
        elif is_page_number(text):
            self._skip("page-number", text, paragraph.origin)
        elif is_amendment(text):
            self._skip("amendment-note", text, paragraph.origin)
        elif is_stamp(text):
            self._skip("stamp", text, paragraph.origin)
        elif self._is_title(paragraph, at):
            self._titled_between = True
            self._begin_section(text, paragraph.origin)
        else:
            self._skip("stray-text", text, paragraph.origin)

    def _is_title(self, paragraph: Paragraph, at: int) -> bool:
        text = paragraph.text
        if self._table.sections == "none" or len(text) > _LONGEST_TITLE or starts_small(text):
            return False
        if is_section_title(text) or level_of_title(text) or paragraph.style == "heading":
            return True
        following = self._next_row(at)
        if following is None or text.endswith((".", ";")):
            return False
        if not self._numbered:
            return True
        number = self._number_in(following)
        return number is not None and (number.path[-1] == 1 or self._parts_rows(text, number))

    def _parts_rows(self, text: str, number: RowNumber) -> bool:
        """
        Whether a text between a whole row and the next number is a title, as one before it was, and no running head.

        A running head comes again on the next page, or names the table that goes on.
        """
        last = self._found.rows[-1] if self._found.rows else None
        if not self._titled_between or last is None or last.number is None or not follows(number, last.number):
            return False
        if any(cell.text and ends_open(cell.text) for cell in last.cells):
            return False
        shown = _key(text)
        alike = [item for item in self._stream if isinstance(item, Paragraph) and _key(item.text) == shown]
        return len(alike) == 1 and not _RUNNING_HEAD.match(text) and shown != _key(self._table.heading or "")

    # Physical rows

    def _read_row(self, item: TableRow, at: int) -> None:
        row = item.row
        after_break = item.after_break or self._pending_break
        self._pending_break = False
        filled = row.filled
        if not filled:
            return
        if is_column_numbers(row):
            self._pending_break = True
            return
        first = row.own_text(filled[0])
        origin = row.cells[filled[0]].cell.origin
        if len(filled) == 1 and (note := footnote(first)) is not None:
            self._found.footnotes.append(FoundFootnote(note[0], note[1], origin))
            return
        text = row.own_text(self._main) or first
        for reason, test in (("amendment-note", is_amendment), ("total-row", is_total), ("stamp", is_stamp)):
            if test(text) and len(filled) <= (self._table.width if reason == "total-row" else 2):
                self._skip(reason, _whole(row), origin)
                return
        if self._section is not None:
            after_break = self._read_section_cell(row) or after_break
            if filled == [self._section] or set(filled) <= {self._section, self._number}:
                return
        elif (title := self._spanning_title(row, filled, at, after_break=after_break)) is not None:
            number = self._number_in(item)
            if number is None and self._is_fill_in(title):
                self._skip("fill-in", title, origin)
            else:
                self._begin_section(title, origin, number=number.printed if number else None)
                self._hints = {
                    column: row.cells[column]
                    for column in filled
                    if column not in {self._number, self._main} and row.own_text(column) != title
                }
            return
        self._read_entry(item, at, after_break=after_break)

    def _read_section_cell(self, row: GridRow) -> bool:
        """Follows the merged column of sections; True if the row reprints the open section, as after a page break."""
        assert self._section is not None
        text = row.own_text(self._section)
        if not text:
            return False
        number = row_number(row.own_text(self._number)) if self._number and self._numbers_sections else None
        if self._stack.open:
            step = self._stack.open[-1].step
            same_number = number is None or step.number is None or number.printed == step.number
            title, printed = _key(step.title), _key(text)
            if same_number and (title.startswith(printed) or printed.startswith(title)):
                if len(printed) > len(title):
                    step.title = " ".join(text.split())
                return True
            if number is None and starts_small(text):
                self._stack.extend(text)
                return True
        origin = row.cells[self._section].cell.origin
        self._begin_section(text, origin, number=number.printed if number else None, kind="column")
        return False

    def _spanning_title(self, row: GridRow, filled: list[int], at: int, *, after_break: bool) -> str | None:
        """The title if the row is one of a section, else None."""
        if self._table.sections == "none":
            return None
        texts = [column for column in filled if column != self._number or row_number(row.own_text(column)) is None]
        if len(texts) != 1:
            return self._group_title(row, texts, at)
        column = texts[0]
        text = row.own_text(column)
        number = row_number(row.own_text(self._number)) if self._number and self._number in filled else None
        if len(text) > _LONGEST_TITLE or self._table.width < 2:
            return None
        if number is not None:
            if is_section_title(text) or level_of_title(text) or self._has_children(number, at):
                return text
            return None
        if is_section_title(text) or level_of_title(text):
            return text
        spans = row.spans(column) >= max(2, self._table.width - 1)
        if spans or (column == 1 and column != self._main):
            return text if spans or not starts_small(text) else None
        if column == self._main and self._table.kind == "activities":
            following = self._next_row(at)
            if self._number is None and self._stands_over(text, following, after_break=after_break):
                return text
            if starts_small(text) or leading_number(text) is not None or not self._numbered:
                return None
            next_number = self._number_in(following) if following else None
            restarts = next_number is not None and next_number.path[-1] == 1
            last = self._found.rows[-1].at(column) if self._found.rows else None
            cut = after_break and last is not None and (ends_open(last.text) or not restarts)
            return text if restarts and not cut else None
        return None

    def _stands_over(self, text: str, following: TableRow | None, *, after_break: bool) -> bool:
        """Whether a lone text in a table without numbers is a title: the next row has cells beside its text."""
        if following is None or starts_small(text) or text.endswith((".", ";", ",")) or leading_number(text):
            return False
        last = self._found.rows[-1].at(self._main) if self._found.rows else None
        if after_break and last is not None and ends_open(last.text):
            return False
        beside = [column for column in following.row.filled if column != self._main]
        return bool(following.row.own_text(self._main)) and len(beside) >= min(2, self._table.width - 1)

    def _is_fill_in(self, title: str) -> bool:
        """The line of a form for the name of who fills it in: it stands above all numbers and is no level."""
        form = (
            self._table.kind == "form" and self._number is not None and self._table.head.last < self._table.head.first
        )
        return form and not self._stack.open and not self._found.rows and level_of_title(title) is None

    def _group_title(self, row: GridRow, texts: list[int], at: int) -> str | None:
        """
        The title if a numbered row of a form or of results has numbered children.

        What else such a row holds (a hint how to answer) goes to the children that have none of their own.
        """
        if self._table.kind not in {"form", "results"} or self._number is None or self._main not in texts:
            return None
        number = row_number(row.own_text(self._number))
        return row.own_text(self._main) if number is not None and self._has_children(number, at) else None

    def _has_children(self, number: RowNumber, at: int) -> bool:
        following = self._next_row(at)
        after = self._number_in(following) if following else None
        return after is not None and after.parent == number.path

    # Entries

    def _read_entry(self, item: TableRow, at: int, *, after_break: bool) -> None:
        row = item.row
        number = self._number_in(item)
        if number is not None and self._found.rows and row.cells[row.filled[0]].cell.origin.sheet is not None:
            number = restored(number, self._found.rows[-1].number)
        main = row.own_text(self._main)
        found = row.cells.get(self._main)
        merged = found is not None and found.covered and not found.spread and bool(found.text)
        if self._found.rows and not (self._fresh_section and main):
            if merged:
                self._join(item, certainty=1.0, cut=False)
                return
            certainty = continues(self._found.rows[-1], row, self._columns, number=number, after_break=after_break)
            if certainty:
                self._join(item, certainty=certainty, cut=True)
                return
        if not main and not merged:
            self._skip("unclassified-row", _whole(row), row.cells[row.filled[0]].cell.origin)
            return
        self._found.rows.append(self._new_row(item, at, number))
        self._stack.count_entry()
        self._fresh_section = False

    def _join(self, item: TableRow, *, certainty: float, cut: bool) -> None:
        last = self._found.rows[-1]
        row = item.row
        shift = best_shift(last, row, self._columns)
        for column in row.filled:
            target = column + shift
            if column == self._number and not shift:
                if row_number(row.own_text(column)) is not None:
                    continue
                target = self._main
            cell = last.at(target)
            if cell is None:
                continue
            text = self._noted(row.own_text(column), last)
            cell.text = mend_cells(cell.text, text)
            fragment = fragment_of(row.cells[column].cell.origin)
            cell.fragments = [*cell.fragments, fragment] if cell.fragments and cell.text != text else [fragment]
            if fragment.first_line is not None:
                last.lines = sorted({*last.lines, fragment.first_line})
        last.rows.append(item.ordinal)
        last.joins += cut
        last.certainty = min(last.certainty, certainty if not shift else 0.6)

    def _new_row(self, item: TableRow, at: int, number: RowNumber | None) -> LogicalRow:
        row = item.row
        logical = LogicalRow(
            table=self._table.id,
            rows=[item.ordinal],
            section_path=self._stack.path,
            level=self._stack.level,
            number=number,
            cells=[],
            lines=[],
            page=next((found.cell.origin.page for found in row.cells.values()), None),
            main=self._main,
        )
        lines: set[int] = set()
        for column, role in enumerate(self._table.head.roles, start=1):
            if column == self._section or (column == self._number and self._numbers_sections):
                continue
            found = row.cells.get(column)
            inherited = self._hints.get(column) if found is None or not found.text else None
            if inherited is not None:
                fragment = fragment_of(inherited.cell.origin)
                logical.cells.append(RowCell(column, role.role, inherited.text, [fragment]))
                continue
            if found is None or found.spread:
                logical.cells.append(RowCell(column, role.role, "", []))
                continue
            fragment = fragment_of(found.cell.origin)
            if fragment.first_line is not None:
                lines.add(fragment.first_line)
            logical.cells.append(RowCell(column, role.role, self._noted(found.text, logical), [fragment]))
        logical.lines = sorted(lines)
        main = logical.at(self._main)
        if number is None and main is not None:
            self._number_inside(logical, main, at)
        return logical

    def _number_inside(self, logical: LogicalRow, main: RowCell, at: int) -> None:
        """Takes a number that is printed at the start of the text, or that the next item's number implies."""
        if self._number is not None and self._table.kind != "form":
            return
        leading = leading_number(main.text)
        if leading is not None:
            logical.number, rest = leading
            logical.number_length = len(main.text) - len(rest)
            return
        following = self._next_row(at)
        if self._table.kind != "form" or following is None:
            return
        after = leading_number(following.row.own_text(self._main))
        if after is not None and after[0].path == (2,) and 1 in inner_numbers(main.text):
            logical.number = RowNumber("1.", (1,))
            logical.number_inside = True
            logical.certainty = min(logical.certainty, 0.7)

    # Common

    def _begin_section(self, title: str, origin: Origin, *, number: str | None = None, kind: str | None = None) -> None:
        self._hints = {}
        opened = self._stack.begin(without_marks(title), number=number, kind=kind)
        opened.step.place = origin.address
        self._begun.append((opened, origin))
        self._fresh_section = True

    @staticmethod
    def _noted(text: str, row: LogicalRow) -> str:
        row.marks.extend(marks_in(text))
        return text

    def _next_row(self, at: int) -> TableRow | None:
        return next((item for item in self._stream[at + 1 :] if isinstance(item, TableRow)), None)

    def _number_in(self, item: TableRow) -> RowNumber | None:
        if self._number is None or self._numbers_sections:
            return None
        return row_number(item.row.own_text(self._number))

    def _skip(self, reason: str, text: str, origin: Origin) -> None:
        self._found.skipped.append(Skipped(reason, " ".join(text.split()), origin))

    def _set_parents(self) -> None:
        """A row numbered 14.1 belongs under the row numbered 14 of its section, if there is one."""
        seen: dict[tuple[int, tuple[int, ...]], str] = {}
        for row in self._found.rows:
            if row.number is None:
                continue
            section = id(row.section_path[-1]) if row.section_path else 0
            if len(row.number.path) > 1:
                row.parent = seen.get((section, row.number.parent))
            seen.setdefault((section, row.number.path), row.number.printed)


def _whole(row: GridRow) -> str:
    return " | ".join(row.own_text(column) for column in row.filled)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower().replace("ё", "е"))
