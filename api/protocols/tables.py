"""
Answers to any query as tables for people: CSV and XLSX in which labels stand beside identifiers.

Both are written from SPARQL TSV that waits in a temporary file, so memory stays bounded whatever the answer's size,
and an answer that turns out too large is an error before anything of it was sent.
"""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias, cast

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from api.questions.answers import csv_cell
from graph.errors import ResultTooLargeError
from graph.terms import Term, to_python

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    Labels: TypeAlias = Callable[[Collection[NamedNode]], Mapping[NamedNode, str]]
    Row: TypeAlias = tuple[Term | None, ...]

LABEL: Final = "Label"
_IN_MEMORY: Final = 2 * 1024**2
_BATCH: Final = 1000
_KNOWN_LABELS: Final = 50_000
# Limits of the format (ECMA-376): rows with the head, characters in a cell.
_SHEET_ROWS: Final = 1_048_576
_SHEET_CELL: Final = 32_767
_WIDTHS: Final = (8, 60)


class SpooledTable:
    """The rows of a SPARQL TSV, kept in memory while they are few, else in a file that goes with the table."""

    def __init__(self, tsv: Iterator[bytes]) -> None:
        self._file = _temporary_file()
        head = _Head()
        try:
            for chunk in tsv:
                self._file.write(chunk)
                head.feed(chunk)
        except BaseException:
            self._file.close()
            raise
        self.columns: tuple[str, ...] = tuple(head.columns)
        # A column that the query names so already stands for the labels.
        self.labelled: tuple[bool, ...] = tuple(
            found and f"{name}{LABEL}" not in head.columns
            for name, found in zip(head.columns, head.with_iris, strict=True)
        )

    def rows(self) -> Iterator[Row]:
        """All rows, from the first one."""
        self._file.seek(0)
        solutions = parse_query_results(self._file, QueryResultsFormat.TSV)
        assert isinstance(solutions, QuerySolutions)
        return (tuple(row) for row in solutions)

    def labelled_rows(self, labels: Labels) -> Iterator[list[Term | str | None]]:
        """All rows, in the labelled columns each term followed by its label."""
        known: dict[NamedNode, str] = {}
        rows = self.rows()
        while batch := list(islice(rows, _BATCH)):
            if len(known) > _KNOWN_LABELS:
                known.clear()
            wanted = {
                term
                for row in batch
                for term, labelled in zip(row, self.labelled, strict=True)
                if labelled and isinstance(term, NamedNode)
            }
            known.update(labels(wanted - known.keys()))
            for row in batch:
                cells: list[Term | str | None] = []
                for term, labelled in zip(row, self.labelled, strict=True):
                    cells.append(term)
                    if labelled:
                        cells.append(known.get(term) if isinstance(term, NamedNode) else None)
                yield cells

    @property
    def heads(self) -> list[str]:
        """The names of the columns of `labelled_rows`."""
        found: list[str] = []
        for name, labelled in zip(self.columns, self.labelled, strict=True):
            found += [name, f"{name}{LABEL}"] if labelled else [name]
        return found

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def csv_chunks(table: SpooledTable, labels: Labels) -> Iterator[bytes]:
    """The table as CSV (RFC 4180) with labels; a text that looks like a formula gets an apostrophe."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(table.heads)
    for number, row in enumerate(table.labelled_rows(labels), 1):
        writer.writerow([csv_cell(term) for term in row])
        if number % _BATCH == 0:
            yield sheet.getvalue().encode()
            sheet.seek(0)
            sheet.truncate()
    yield sheet.getvalue().encode()


def workbook(table: SpooledTable, labels: Labels, *, titles: tuple[str, str], facts: Sequence[str]) -> IO[bytes]:
    """
    The table as a workbook with labels: `titles` name its two sheets, the second says by `facts` where it comes from.

    Texts are texts, whatever they look like; numbers and dates are such.

    Raises:
        ResultTooLargeError: More rows, or a longer text, than a sheet can hold.
    """
    import xlsxwriter  # noqa: PLC0415  (a tenth of a second, for the few who ask for a workbook)

    file = _temporary_file()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    try:
        with xlsxwriter.Workbook(file, options) as book:
            _fill(book, table, labels, titles[0])
            origin = book.add_worksheet(titles[1])
            for line, fact in enumerate(facts):
                origin.write_string(line, 0, fact[:_SHEET_CELL])
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(book: Any, table: SpooledTable, labels: Labels, title: str) -> None:  # noqa: ANN401  (of a library without types)
    heads = table.heads
    bold = book.add_format({"bold": True, "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for index, width in enumerate(_widths(heads, table, labels)):
        sheet.set_column(index, index, width)
    for index, head in enumerate(heads):
        sheet.write_string(0, index, head, bold)
    number = 0
    for number, row in enumerate(table.labelled_rows(labels), 1):
        if number >= _SHEET_ROWS:
            raise ResultTooLargeError(
                "A sheet has at most {limit} rows; add a LIMIT, or ask for CSV", limit=_SHEET_ROWS - 1
            )
        for index, term in enumerate(row):
            _write(sheet, number, index, term, moment=moment, day=day)
    if number:
        sheet.autofilter(0, 0, number, len(heads) - 1)


def _write(sheet: Any, row: int, column: int, term: Term | str | None, *, moment: object, day: object) -> None:  # noqa: ANN401  (as above)
    value = term if term is None or isinstance(term, str) else to_python(term)
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal) and _fits(value):
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, moment if isinstance(value, datetime) else day)
    else:
        # A number that a spreadsheet would round keeps the digits that it was written with.
        text = term.value if isinstance(term, Literal) else str(value)
        if len(text) > _SHEET_CELL:
            raise ResultTooLargeError(
                "A cell has at most {limit} characters, a text in row {row} has {length}; ask for CSV",
                limit=_SHEET_CELL,
                row=row,
                length=len(text),
            )
        sheet.write_string(row, column, text)


def _temporary_file() -> IO[bytes]:
    return cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY))


def _fits(value: float | Decimal) -> bool:
    """Whether a spreadsheet shows the number as it is: they keep fifteen digits, and no NaN."""
    return abs(float(value)) < 10**15


def _widths(heads: Sequence[str], table: SpooledTable, labels: Labels) -> list[int]:
    """Widths by the first rows: rows cannot be looked at twice while they are written."""
    widths = [len(head) + 2 for head in heads]
    for row in islice(table.labelled_rows(labels), 100):
        for index, term in enumerate(row):
            widths[index] = max(widths[index], len(csv_cell(term)) + 2)
    least, most = _WIDTHS
    return [min(max(width, least), most) for width in widths]


class _Head:
    """Reads the names of the columns, and in which of them IRIs stand, off the bytes of a SPARQL TSV."""

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.with_iris: list[bool] = []
        self._started = False
        self._unfinished = b""

    def feed(self, chunk: bytes) -> None:
        *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
        if lines and not self._started:
            self._started = True
            head = lines.pop(0).decode()
            self.columns = [name.removeprefix("?") for name in head.split("\t")] if head else []
            self.with_iris = [False] * len(self.columns)
        if all(self.with_iris):
            return
        for line in lines:
            for index, cell in enumerate(line.split(b"\t")):
                if cell.startswith(b"<") and not cell.startswith(b"<<"):
                    self.with_iris[index] = True
