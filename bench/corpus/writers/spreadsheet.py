"""A described roadmap as a spreadsheet: .xlsx through xlsxwriter, .xls through xlwt."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import xlsxwriter
import xlwt

from bench.corpus.model import Document, plain
from bench.corpus.physical import PhysicalCell
from bench.corpus.writers.blocks import Sheet, TablePart, Text, set_blocks

Value = str | float | dt.datetime


def write_xlsx(document: Document) -> bytes:
    """The bytes of an .xlsx file; typed cells hold numbers, shares and dates as Excel stores them."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2023, 1, 1)})  # noqa: DTZ001  (a fixed date for the same bytes)
    day, share, usual = (
        book.add_format({"num_format": "dd.mm.yyyy"}),
        book.add_format({"num_format": "0%"}),
        book.add_format({"text_wrap": True}),
    )
    for sheet, cells in _sheets(document):
        page = book.add_worksheet(sheet.name)
        if sheet.hidden:
            page.hide()
        for row, cell in cells:
            shape = {"date": day, "share": share}.get(_kind(cell), usual)
            value = _value(cell)
            if cell.rows > 1 or cell.cols > 1:
                page.merge_range(row, cell.column, row + cell.rows - 1, cell.column + cell.cols - 1, value, shape)
            elif isinstance(value, dt.datetime):
                page.write_datetime(row, cell.column, value, shape)
            elif isinstance(value, str):
                page.write_string(row, cell.column, value, shape)
            else:
                page.write_number(row, cell.column, value, shape)
    book.close()
    return buffer.getvalue()


def write_xls(document: Document) -> bytes:
    """The bytes of an .xls file of Excel 97."""
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    usual = xlwt.easyxf("alignment: wrap true")
    for sheet, cells in _sheets(document):
        page: Any = book.add_sheet(sheet.name)
        page.visibility = int(sheet.hidden)
        for row, cell in cells:
            value = _value(cell)
            shape = day if isinstance(value, dt.datetime) else usual
            if cell.rows > 1 or cell.cols > 1:
                page.write_merge(row, row + cell.rows - 1, cell.column, cell.column + cell.cols - 1, value, shape)
            else:
                page.write(row, cell.column, value, shape)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheets(document: Document) -> list[tuple[Sheet, list[tuple[int, PhysicalCell]]]]:
    """Sheets and the rows, from 0, of their cells; prose stands in the first column."""
    sheets: list[tuple[Sheet, list[tuple[int, PhysicalCell]]]] = []
    row = 0
    for block in set_blocks(document, keep_pages=False):
        if isinstance(block, Sheet):
            sheets.append((block, []))
            row = 0
            continue
        if not sheets:
            sheets.append((Sheet("Лист1"), []))
        cells = sheets[-1][1]
        if isinstance(block, Text):
            if block.text:
                cells.append((row, PhysicalCell(0, block.text)))
            row += 1
        elif isinstance(block, TablePart):
            for line in block.part.rows:
                cells.extend((row, cell) for cell in line.cells if cell.text or cell.rows > 1)
                row += 1
    return sheets


def _kind(cell: PhysicalCell) -> str:
    text = plain(cell.text)
    if not cell.typed:
        return "text"
    if re.fullmatch(r"\d\d\.\d\d\.\d{4}", text):
        return "date"
    if re.fullmatch(r"\d+(?:[.,]\d+)?%", text):
        return "share"
    return "number" if re.fullmatch(r"\d+(?:[.,]\d+)?", text) else "text"


def _value(cell: PhysicalCell) -> Value:
    text = plain(cell.text)
    match _kind(cell):
        case "date":
            day, month, year = (int(part) for part in text.split("."))
            return dt.datetime(year, month, day)  # noqa: DTZ001  (a date of a cell has no zone)
        case "share":
            return float(text.rstrip("%").replace(",", ".")) / 100
        case "number":
            return float(text.replace(",", "."))
        case _:
            return text
