"""
The answer to a question, and its representations: JSON, CSV, XLSX.

Labels stand beside identifiers; no cell of a spreadsheet can turn into a formula.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import Literal

from graph.spreadsheets import inert
from graph.terms import Term, to_python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.results import Table
    from queries.catalogue import Question

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """The rows that a question got, from which data version, and for which values of its parameters."""

    question: Question
    parameters: dict[str, str]
    table: Table
    version: int

    def titles(self, language: str) -> list[str]:
        """What the columns of the table are called; their names where the question does not describe them."""
        known = {column.name: column.title.in_language(language) for column in self.question.columns}
        return [known.get(name, name) for name in self.table.columns]


def plain_value(term: Term | None) -> Value:
    """A term as a JSON value: numbers and truth values as such, dates and all else as text, unbound as None."""
    value = None if term is None else to_python(term)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def as_json(answer: QuestionAnswer, language: str) -> dict[str, Any]:
    """The answer as one object: `rows` are objects by column name."""
    columns = answer.table.columns
    return {
        "question": answer.question.id,
        "title": answer.question.title.in_language(language),
        "version": answer.version,
        "parameters": answer.parameters,
        "columns": [
            {"name": name, "title": title} for name, title in zip(columns, answer.titles(language), strict=True)
        ],
        "rows": [dict(zip(columns, map(plain_value, row), strict=True)) for row in answer.table.rows],
    }


def table_csv(table: Table) -> str:
    """CSV of RFC 4180 with column names in the first line; a text that looks like a formula gets an apostrophe."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([csv_cell(term) for term in row])
    return sheet.getvalue()


def as_xlsx(answer: QuestionAnswer, language: str) -> bytes:
    """A workbook with the answer in its first sheet and where it comes from in its second."""
    facts = [answer.question.title.in_language(language), answer.question.id, str(answer.version)]
    return write_workbook(
        answer.titles(language),
        [[plain_value(term) for term in row] for row in answer.table.rows],
        names=("Ответ", "Источник") if language == "ru" else ("Answer", "Source"),
        origin=[*facts, *(f"{name} = {value}" for name, value in answer.parameters.items())],
    )


def write_workbook(
    heads: Sequence[str], rows: Sequence[Sequence[Value]], *, names: tuple[str, str], origin: Sequence[str]
) -> bytes:
    """A workbook whose first sheet is the table under `heads` and whose second holds the lines of `origin`."""
    import xlsxwriter  # noqa: PLC0415  (a tenth of a second, for the few who ask for a workbook)

    file = io.BytesIO()
    # Texts are texts: neither formulas nor links are made of what a document says.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(names[0])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, heads, bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row, wrapped)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)
        for index, width in enumerate(_widths(heads, rows)):
            sheet.set_column(index, index, width)
        source = book.add_worksheet(names[1])
        for number, text in enumerate(origin):
            source.write_string(number, 0, text)
    return file.getvalue()


def csv_cell(term: Term | str | None) -> str:
    """A term, or a label, as a cell of CSV; see `inert`."""
    value = term if isinstance(term, str) else plain_value(term)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return term.value if isinstance(term, Literal) else str(value)
    return inert(value)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[int]:
    longest = [
        max([len(head), *(len(str(row[index])) for row in rows if row[index] is not None)])
        for index, head in enumerate(heads)
    ]
    return [min(max(width + 2, 8), 60) for width in longest]
