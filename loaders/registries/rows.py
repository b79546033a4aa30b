"""Rows of delimited text as a stream, with limits and the place of each."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loaders.registries.source import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loaders.registries.source import Source

# The longest description in a classification has some 3,000 characters.
MOST_LINE: Final = 256 * 1024
# An organisation with hundreds of supplements and programmes has some 3 MB.
MOST_OBJECT: Final = 16 * 2**20
MOST_COLUMNS: Final = 256
MOST_ROWS: Final = 2_000_000
_SNIFFED: Final = 64 * 1024
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` is that of the file in which it starts, counted from 1."""

    line: int
    cells: Sequence[str]


def read_rows(source: Source, *, delimiter: str | None = None) -> Iterator[Row]:
    """
    All rows that are not blank; the text is UTF-8 or else windows-1251, as registers are published.

    Without a `delimiter` it is the semicolon, comma or tab of which the first line has the most.

    Raises:
        RegisterError: No text, an endless line, too many rows or columns; the message says in which line.
    """
    lines = _Lines(source)
    yield from _split(lines, source.file, delimiter or lines.delimiter)


def read_lines(source: Source, *, start: bytes) -> Iterator[tuple[int, str]] | None:
    """
    Number and text of every line that is not blank, if the file begins with `start`; None else, nothing being read.

    Raises:
        RegisterError: No text, or an endless line.
    """
    if not source.begins_with(start):
        return None
    return _numbered(_Lines(source, most=MOST_OBJECT))


def _numbered(lines: _Lines) -> Iterator[tuple[int, str]]:
    for line in lines:
        if line.strip():
            yield lines.number, line


class _Lines:
    """Decoded lines, each with a limited length; `number` is that of the last one given."""

    def __init__(self, source: Source, *, most: int = MOST_LINE) -> None:
        self.number = 0
        self._source = source
        self._most = most
        self._head = self._sniff()
        self._encoding = self._guess()
        self.delimiter = max(";,\t|", key=self._head.partition(b"\n")[0].decode("latin-1").count)

    def _sniff(self) -> bytes:
        head = b""
        while len(head) < _SNIFFED and (line := self._source.readline(self._most + 1)):
            head += line
            self._check_length(line, head.count(b"\n", 0, len(head) - len(line)) + 1)
        if head.startswith(_WIDE) or b"\0" in head:
            raise RegisterError(
                "{file}: no text in UTF-8 or windows-1251; save it as such, or name the right file.",
                file=self._source.file,
            )
        return head

    def _guess(self) -> str:
        if self._head.startswith(codecs.BOM_UTF8):
            self._head = self._head.removeprefix(codecs.BOM_UTF8)
            return "utf-8"
        try:
            codecs.getincrementaldecoder("utf-8")().decode(self._head)
        except UnicodeDecodeError:
            return "cp1251"
        return "utf-8"

    def __iter__(self) -> Iterator[str]:
        for line in self._head.splitlines(keepends=True):
            yield self._decoded(line)
        self._head = b""
        while line := self._source.readline(self._most + 1):
            yield self._decoded(line)

    def _decoded(self, line: bytes) -> str:
        self.number += 1
        self._check_length(line, self.number)
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise RegisterError(
                "{file}, line {line}: byte {byte} is no {encoding}; save the whole file as UTF-8.",
                file=self._source.file,
                line=self.number,
                byte=error.start + 1,
                encoding=self._encoding,
            ) from error

    def _check_length(self, line: bytes, number: int) -> None:
        if len(line) > self._most:
            raise RegisterError(
                "{file}, line {line}: longer than {limit} bytes; this is no table of a register.",
                file=self._source.file,
                line=number,
                limit=self._most,
            )


def _split(lines: _Lines, file: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter)
    start, count = 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise RegisterError(
                "{file}, line {line}: no row of a table ({reason}); fetch the file again.",
                file=file,
                line=start,
                reason=str(error),
            ) from error
        if len(cells) > MOST_COLUMNS:
            raise RegisterError(
                "{file}, line {line}: {count} columns, at most {limit} are read.",
                file=file,
                line=start,
                count=len(cells),
                limit=MOST_COLUMNS,
            )
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise RegisterError("{file}: more than {limit} rows; load a part of it.", file=file, limit=MOST_ROWS)
            yield Row(start, [cell.strip() for cell in cells])
        start = lines.number + 1


def records_by_header(rows: Iterator[Row], file: str, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """
    The line and the cells by column name of every row after the header.

    Raises:
        RegisterError: A needed column is missing, or a row has another number of cells than the header.
    """
    header = next(rows, None)
    names = [cell.lstrip("\ufeff") for cell in header.cells] if header else []
    missing = [name for name in needed if name not in names]
    if missing:
        raise RegisterError(
            "{file}, line 1: the columns {columns} are missing; this is another file, or its form has changed.",
            file=file,
            columns=", ".join(missing),
        )
    for row in rows:
        if len(row.cells) != len(names):
            raise RegisterError(
                "{file}, line {line}: {count} cells for {columns} columns; the file is cut off or damaged.",
                file=file,
                line=row.line,
                count=len(row.cells),
                columns=len(names),
            )
        yield row.line, dict(zip(names, row.cells, strict=True))
