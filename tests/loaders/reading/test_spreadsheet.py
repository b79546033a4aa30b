from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from loaders.cells import Paragraph, Remark, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.spreadsheet import read_spreadsheet


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(book: openpyxl.Workbook) -> SourceDocument:
    return read_spreadsheet(saved(book), file="план.xlsx", sha256="0" * 64, extension="xlsx")


@pytest.fixture
def book() -> openpyxl.Workbook:
    return openpyxl.Workbook()


def fill(book: openpyxl.Workbook, *rows: tuple[str | float | dt.date | None, ...]) -> None:
    for row in rows:
        book.worksheets[0].append(row)


def tables(document: SourceDocument) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def test_the_title_above_and_the_signature_below_are_paragraphs(book: openpyxl.Workbook) -> None:
    fill(
        book,
        ("Дорожная карта",),
        ("№", "Мероприятие", "Срок"),
        ("1", "Провести", "май 2024"),
        (),
        ("Директор", None, "И.И. Петрова"),
    )
    document = read(book)
    assert [block.text if isinstance(block, Paragraph) else block.rows for block in document.blocks] == [
        "Дорожная карта",
        2,
        "Директор И.И. Петрова",
    ]


def test_dates_numbers_and_percent_are_printed_as_the_reader_sees_them(book: openpyxl.Workbook) -> None:
    fill(book, ("№", "Срок", "Доля", "Число"), (1, dt.date(2024, 9, 1), 0.155, 2.5))
    book.worksheets[0]["C2"].number_format = "0.0%"
    (table,) = tables(read(book))
    assert [cell.text for cell in table.cells if cell.row == 2] == ["1", "01.09.2024", "15.5%", "2.5"]


def test_addresses_name_sheet_and_cell(book: openpyxl.Workbook) -> None:
    book.worksheets[0].title = "План 2024"
    fill(book, (), (None, "№", "Мероприятие", "Срок"))
    (table,) = tables(read(book))
    assert [cell.origin.address for cell in table.cells] == ["План 2024!B2", "План 2024!C2", "План 2024!D2"]


def test_merged_cells_keep_their_spans(book: openpyxl.Workbook) -> None:
    fill(book, ("Этап", "Мероприятие", "Срок"), ("I", "а", "май"), (None, "б", "июнь"))
    book.worksheets[0].merge_cells("A2:A3")
    (table,) = tables(read(book))
    assert [(c.row, c.column, c.text, c.row_span) for c in table.cells if c.column == 1] == [
        (1, 1, "Этап", 1),
        (2, 1, "I", 2),
    ]


def test_a_blank_row_parts_two_tables_and_sheets_follow_in_order(book: openpyxl.Workbook) -> None:
    fill(book, ("№", "а", "б"), ("1", "в", "г"), (), ("№", "д", "е"), ("1", "ж", "з"))
    book.create_sheet("Второй").append(("№", "и", "к"))
    assert [(table.number, table.rows) for table in tables(read(book))] == [(1, 2), (2, 2), (3, 1)]


def test_a_hidden_sheet_is_left_out_and_said_so(book: openpyxl.Workbook) -> None:
    fill(book, ("№", "а", "б"))
    hidden = book.create_sheet("Черновик")
    hidden.append(("№", "в", "г"))
    hidden.sheet_state = "hidden"
    document = read(book)
    assert len(tables(document)) == 1
    assert document.notes == (Remark("hidden-sheet", "Черновик"),)


def test_a_sheet_of_a_million_rows_is_refused_with_its_name(book: openpyxl.Workbook) -> None:
    fill(book, ("№", "а", "б"))
    book.worksheets[0]["A1000000"] = "x"
    with pytest.raises(UnreadableDocumentError, match="«Sheet» reaches row 1000000"):
        read(book)


def test_a_cut_file_gives_one_clear_message(book: openpyxl.Workbook) -> None:
    content = saved(book)
    with pytest.raises(UnreadableDocumentError, match=r"план\.xlsx: the file is damaged or cut off"):
        read_spreadsheet(content[: len(content) // 2], file="план.xlsx", sha256="0" * 64, extension="xlsx")
