"""Comma- and semicolon-separated text with quoted cells (RFC 4180), each cell with its place in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.cells import Cell, Origin
from loaders.reading.markup import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIMITERS = ";,\t|"


def find_delimiter(text: str) -> str:
    """The delimiter that parts the most lines alike outside quotes; the semicolon is Excel's in Russian."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", text)
    counts = {mark: [line.count(mark) for line in bare.splitlines() if line.strip()] for mark in _DELIMITERS}

    def alike(mark: str) -> tuple[float, int]:
        filled = [count for count in counts[mark] if count]
        if not filled:
            return (0.0, 0)
        usual = max(set(filled), key=filled.count)
        return (filled.count(usual) / len(counts[mark]), usual)

    return max(_DELIMITERS, key=alike)


def delimited_cells(text: str, delimiter: str) -> Iterator[Cell]:
    """Cells in reading order; a quoted cell may span lines, and a doubled quote inside it is one quote."""
    pattern = re.compile(
        rf'(?:"((?:[^"]|"")*)"|([^{re.escape(delimiter)}\r\n]*))({re.escape(delimiter)}|\r\n|\r|\n|\Z)'
    )
    at, row, column, line = 0, 1, 1, 1
    while at < len(text):
        found = pattern.match(text, at)
        if found is None:  # a quote inside an unquoted cell or after a quoted one: taken as it stands
            found = re.compile(rf"(\A\Z)?([^{re.escape(delimiter)}\r\n]*)({re.escape(delimiter)}|\r\n|\r|\n|\Z)").match(
                text, at
            )
            assert found is not None
        quoted = found[1] is not None
        content = found[1].replace('""', '"') if quoted else found[2] or ""
        last = line + len(re.findall(r"\r\n|\r|\n", found[1])) if quoted else line
        start = found.start(1) if quoted else found.start(2)
        end = found.end(1) if quoted else found.end(2)
        yield Cell(
            row,
            column,
            plain(content),
            Origin(f"строка {line}, столбец {column}", first_line=line, last_line=last, start=start, end=end),
        )
        line = last
        at = found.end()
        if found[3] == delimiter:
            column += 1
        else:
            row, column, line = row + 1, 1, line + 1
        if found.end() == found.start():
            break
