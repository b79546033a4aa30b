"""Spreadsheets (.xlsx, .xlsm, .xls, .ods) to the cell model, through calamine."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from loaders.cells import Cell, Origin, Paragraph, Remark, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.archive import Archive, parse_xml
from loaders.reading.bounds import MOST_COLUMNS, MOST_ROWS, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineSheet

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_PERCENT_FORMATS = {9, 10}
# A row of a table has at least so many filled cells; lone cells before and after it are titles and signatures.
_TABLE_WIDTH = 3

# Height and width of merged cells by their first row and column, all from 1.
_Spans: TypeAlias = dict[tuple[int, int], tuple[int, int]]
Value = float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read_spreadsheet(content: bytes, *, file: str, sha256: str, extension: str) -> SourceDocument:
    """
    Each visible sheet in order: lone cells above and below a table as paragraphs, blank rows part tables.

    Addresses are «Лист1!B7».  Dates are printed as «01.09.2021», whole numbers without a fraction, percent cells as
    «15%».  A number typed as 1.10 reads as 1.1 in every program (the file holds no more); the layout restores it.

    Raises:
        UnreadableDocumentError: damaged or protected files, or a table larger than any roadmap.
    """
    percent: dict[str, frozenset[str]] = {}
    merged: dict[str, _Spans] = {}
    notes: list[Remark] = []
    if extension != "xls":
        archive = Archive(content, file=file)
        archive.refuse_document_types()
        notes += archive.macros()
        if extension == "ods":
            merged, percent = _sheets_of(archive, file)
        elif extension == "xlsx":
            percent = _percent_cells(archive, file)
    blocks: list[Paragraph | Table] = []
    with _told(file):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for meta in book.sheets_metadata:
            if meta.visible is not SheetVisibleEnum.Visible:
                notes.append(Remark("hidden-sheet", meta.name))
                continue
            sheet = book.get_sheet_by_name(meta.name)
            bottom, right = (edge + 1 for edge in sheet.end or (0, 0))
            if bottom > MOST_ROWS or right > MOST_COLUMNS:
                raise too_large(file, meta.name, bottom, right)
            first_table = sum(isinstance(block, Table) for block in blocks) + 1
            spans = merged.get(meta.name) or _spans(sheet)
            blocks.extend(_sheet_blocks(sheet, first_table, percent.get(meta.name, frozenset()), spans))
    return SourceDocument(file=file, sha256=sha256, format=extension, blocks=tuple(blocks), notes=tuple(notes))


@contextmanager
def _told(file: str) -> Iterator[None]:
    """Errors of calamine as a sentence."""
    try:
        yield
    except (CalamineError, OSError, ValueError) as error:
        if "assword" in str(error):
            raise UnreadableDocumentError(
                "{file}: protected by a password; save it without one and load that.", file=file
            ) from error
        raise UnreadableDocumentError(
            "{file}: the file is damaged or cut off; open it in an office program, save it again and load that.",
            file=file,
        ) from error


def _spans(sheet: CalamineSheet) -> _Spans:
    return {
        (top + 1, left + 1): (bottom - top + 1, right - left + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    }


def _sheet_blocks(
    sheet: CalamineSheet, first_table: int, percent: frozenset[str], spans: _Spans
) -> Iterator[Paragraph | Table]:
    rows = sheet.to_python(skip_empty_area=False)
    grid = [
        [
            value.strip()
            if isinstance(value, str)
            else _shown(value, percent=bool(percent) and _reference(row, column) in percent)
            for column, value in enumerate(values, start=1)
        ]
        for row, values in enumerate(rows, start=1)
    ]
    counts = [len(texts) - texts.count("") for texts in grid]
    number = first_table
    for part in _parts(grid, spans):
        filled = [row for row in part if counts[row - 1] >= _TABLE_WIDTH]
        if not filled:
            yield from _lone_cells(sheet.name, grid, part)
            continue
        inside = [row for row in part if row >= filled[0]]
        last = max(row for row in inside if counts[row - 1] > 1)
        yield from _lone_cells(sheet.name, grid, [row for row in part if row < filled[0]])
        body = [row for row in inside if row <= last]
        yield _table(sheet.name, grid, body, spans, number)
        number += 1
        yield from _lone_cells(sheet.name, grid, [row for row in inside if row > last])


def _parts(grid: list[list[str]], spans: _Spans) -> Iterator[list[int]]:
    """Runs of row numbers between blank rows; a row that a vertical merge covers is not blank."""
    covered = {row for (top, _), (height, _) in spans.items() for row in range(top, min(top + height, len(grid) + 1))}
    numbered = ((row, any(cells) or row in covered) for row, cells in enumerate(grid, start=1))
    for filled, run in itertools.groupby(numbered, key=lambda entry: entry[1]):
        if filled:
            yield [row for row, _ in run]


def _lone_cells(sheet: str, grid: list[list[str]], rows: list[int]) -> Iterator[Paragraph]:
    for row in rows:
        texts = [(column, text) for column, text in enumerate(grid[row - 1], start=1) if text]
        if texts:
            address = f"{sheet}!{_reference(row, texts[0][0])}"
            yield Paragraph(" ".join(text for _, text in texts), Origin(address, sheet=sheet))


def _table(sheet: str, grid: list[list[str]], rows: list[int], spans: _Spans, number: int) -> Table:
    left = min(next((at for at, text in enumerate(grid[row - 1], 1) if text), MOST_COLUMNS) for row in rows)
    letters = [f"{sheet}!{_letters(column)}" for column in range(1, max(len(grid[row - 1]) for row in rows) + 1)]
    covered: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for row in rows:
        for column, text in enumerate(grid[row - 1][left - 1 :], start=left):
            if covered and (row, column) in covered:
                continue
            height = width = 1
            if spans and (row, column) in spans:
                height, width = spans[row, column]
                height, width = min(height, rows[-1] - row + 1), min(width, MOST_COLUMNS)
                covered.update((row + down, column + right) for down in range(height) for right in range(width))
            origin = Origin(f"{letters[column - 1]}{row}", None, sheet)
            cells.append(Cell(row - rows[0] + 1, column - left + 1, text, origin, height, width))
    return Table(number, tuple(cells), Origin(f"{sheet}!{_reference(rows[0], left)}", sheet=sheet))


def _reference(row: int, column: int) -> str:
    return f"{_letters(column)}{row}"


@cache
def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _shown(value: Value, *, percent: bool) -> str:
    """A value as the reader of the sheet sees it."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, dt.datetime):
        return f"{value:%d.%m.%Y}" if value.time() == dt.time() else f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    if isinstance(value, str):
        return value.strip()
    if percent:
        return f"{_number(round(value * 100, 6))}%"
    return _number(value)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _percent_cells(archive: Archive, file: str) -> dict[str, frozenset[str]]:
    """For each sheet the references of cells with a percent format, which calamine does not tell."""
    styles = archive.xml("xl/styles.xml")
    book = archive.xml("xl/workbook.xml")
    relations = archive.xml("xl/_rels/workbook.xml.rels")
    if styles is None or book is None or relations is None:
        return {}
    custom = {
        int(entry.get("numFmtId", "0"))
        for entry in styles.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
        if "%" in re.sub(r'"[^"]*"', "", entry.get("formatCode", ""))
    }
    wanted = {
        str(index)
        for index, entry in enumerate(styles.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf"))
        if int(entry.get("numFmtId", "0")) in _PERCENT_FORMATS | custom
    }
    if not wanted:
        return {}
    targets = {entry.get("Id"): entry.get("Target", "") for entry in relations}
    found: dict[str, frozenset[str]] = {}
    for sheet in book.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        content = archive.read(part)
        if content is not None:
            root: etree._Element = parse_xml(content, file=file, part=part)
            found[sheet.get("name", "")] = frozenset(
                cell.get("r", "") for cell in root.iter(f"{_MAIN}c") if cell.get("s") in wanted
            )
    return found


def _sheets_of(archive: Archive, file: str) -> tuple[dict[str, _Spans], dict[str, frozenset[str]]]:
    """
    The merged cells and the percent cells of each sheet of an OpenDocument file, which calamine does not tell.

    Raises:
        UnreadableDocumentError: broken XML, or texts beyond the last row or column that is read.
    """
    root = archive.xml("content.xml")
    merged: dict[str, _Spans] = {}
    percent: dict[str, frozenset[str]] = {}
    for sheet in () if root is None else root.iter(f"{_TABLE}table"):
        name = sheet.get(f"{_TABLE}name", "")
        spans = merged.setdefault(name, {})
        shares: set[str] = set()
        row = 1
        for line in sheet.iter(f"{_TABLE}table-row"):
            column = 1
            for cell in line:
                shape = (_count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned"))
                if shape != (1, 1):
                    spans[row, column] = shape
                if cell.get(f"{_OFFICE}value-type") == "percentage":
                    shares.add(_reference(row, column))
                column += _count(cell, "number-columns-repeated")
                bottom = row + _count(line, "number-rows-repeated") - 1
                if (bottom > MOST_ROWS or column > MOST_COLUMNS + 1) and cell.find(f".//{_TEXT}p") is not None:
                    raise too_large(file, name, bottom, column - 1)
            row += _count(line, "number-rows-repeated")
        percent[name] = frozenset(shares)
    return merged, percent


def _count(element: etree._Element, name: str) -> int:
    value = element.get(f"{_TABLE}{name}", "1")
    return max(1, min(int(value), 2 * MOST_ROWS)) if value.isdecimal() else 1
