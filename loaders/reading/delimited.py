"""Comma- and semicolon-separated text with quoted cells (RFC 4180), each cell with its place in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.cells import Cell, Origin
from loaders.reading.markup import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIMITERS = ";,\t|"
_LINE_END = re.compile(r"\r\n|\r|\n")
_MOST_BLANK_ROWS = 1000


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
    """
    Cells in reading order; a quoted cell may span lines, and a doubled quote inside it is one quote.

    Blank rows at the end, and more than a thousand together, have no cells.
    """
    mark = re.escape(delimiter)
    end_of_cell = rf"({mark}|\r\n|\r|\n|\Z)"
    usual = re.compile(rf'(?:"((?:[^"]|"")*+)"|([^{mark}\r\n]*+)){end_of_cell}')
    # A quote inside an unquoted cell, or text after a quoted one: taken as it stands.
    odd = re.compile(rf"(\A\Z)?([^{mark}\r\n]*+){end_of_cell}")
    blank_row = re.compile(rf"[{mark} \u00a0]*+(?:\r\n|\r|\n|\Z)")
    at, row, column, line = 0, 1, 1, 1
    blank: list[tuple[int, int, int]] = []
    while at < len(text):
        if column == 1 and (found := blank_row.match(text, at)):
            if not blank or row - blank[0][0] < _MOST_BLANK_ROWS:
                blank.append((row, line, at))
            at, row, line = found.end(), row + 1, line + 1
            continue
        for skipped in blank:
            yield from _blank_cells(text, delimiter, *skipped)
        blank = []
        found = usual.match(text, at) or odd.match(text, at)
        assert found is not None
        quoted = found[1] is not None
        content = found[1].replace('""', '"') if quoted else found[2] or ""
        last = line + len(_LINE_END.findall(found[1])) if quoted else line
        start, end = found.span(1) if quoted else found.span(2)
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


def _blank_cells(text: str, delimiter: str, row: int, line: int, start: int) -> Iterator[Cell]:
    end_of_row = _LINE_END.search(text, start)
    content = text[start : end_of_row.start() if end_of_row else len(text)]
    for column, blank in enumerate(content.split(delimiter), start=1):
        end = start + len(blank)
        origin = Origin(f"строка {line}, столбец {column}", first_line=line, last_line=line, start=start, end=end)
        yield Cell(row, column, "", origin)
        start = end + 1
