from __future__ import annotations

import pytest

from loaders.cells import Paragraph, Table, UnreadableDocumentError
from loaders.reading.rich_text import read_rtf

ROW = r"\trowd\cellx1000\cellx4000\cellx6000 "


def read(body: str) -> list[Paragraph | Table]:
    escaped = "".join(letter if ord(letter) < 128 else rf"\u{ord(letter)}?" for letter in body)
    content = rf"{{\rtf1\ansi\ansicpg1251\deff0 {escaped}}}".encode("ascii")
    return list(read_rtf(content, file="план.rtf", sha256="0" * 64).blocks)


def row(*texts: str, shape: str = ROW) -> str:
    return shape + "".join(rf"\pard\intbl {text}\cell " for text in texts) + r"\row "


def placed(table: Paragraph | Table) -> list[tuple[int, int, str, int, int]]:
    assert isinstance(table, Table)
    return [(cell.row, cell.column, cell.text, cell.row_span, cell.column_span) for cell in table.cells]


def test_paragraphs_stand_before_between_and_after_tables() -> None:
    blocks = read(
        r"\pard План\par " + row("1", "Провести курсы", "май") + r"\pard Раздел\par "
        + row("2", "Издать сборник", "июнь") + r"\pard Подпись\par "
    )  # fmt: skip

    texts = [block.text if isinstance(block, Paragraph) else block.cells[1].text for block in blocks]

    assert texts == ["План", "Провести курсы", "Раздел", "Издать сборник", "Подпись"]


def test_a_cell_over_several_columns_is_known_by_its_edges() -> None:
    (table,) = read(row("Кадры", shape=r"\trowd\cellx6000 ") + row("1", "Провести курсы", "май"))

    assert placed(table) == [
        (1, 1, "Кадры", 1, 3),
        (2, 1, "1", 1, 1),
        (2, 2, "Провести курсы", 1, 1),
        (2, 3, "май", 1, 1),
    ]


def test_cells_merged_down_and_to_the_right_are_one() -> None:
    first = r"\trowd\clvmgf\cellx1000\clmgf\cellx4000\clmrg\cellx6000 "
    following = r"\trowd\clvmrg\cellx1000\cellx4000\cellx6000 "
    (table,) = read(row("Кадры", "Провести курсы", "", shape=first) + row("", "Издать сборник", "май", shape=following))

    assert placed(table) == [
        (1, 1, "Кадры", 2, 1),
        (1, 2, "Провести курсы", 1, 2),
        (2, 2, "Издать сборник", 1, 1),
        (2, 3, "май", 1, 1),
    ]


def test_edges_that_a_program_rounded_are_one() -> None:
    (table,) = read(
        row("1", "Провести", "май") + row("2", "Издать", "июнь", shape=r"\trowd\cellx1010\cellx3990\cellx6005 ")
    )

    assert {column for _, column, *_ in placed(table)} == {1, 2, 3}


def test_paragraphs_inside_a_cell_and_an_inner_table_are_its_text() -> None:
    (table,) = read(
        row(r"1", r"Провести\par курсы", r"\pard\intbl\itap2 май\nestcell июнь\nestcell\nestrow\pard\intbl ")
    )

    assert [text.split() for _, _, text, *_ in placed(table)] == [["1"], ["Провести", "курсы"], ["май", "июнь"]]


def test_rows_with_other_cells_than_they_define_are_read_without_spans() -> None:
    (table,) = read(row("1", "Провести курсы", shape=r"\trowd\cellx1000 "))

    assert placed(table) == [(1, 1, "1", 1, 1), (1, 2, "Провести курсы", 1, 1)]


def test_any_bytes_after_the_mark_give_a_document_or_one_sentence() -> None:
    for content in (b"{\\rtf1", b"{\\rtf1 \\cell\\row\\cellx", b"{\\rtf1 \\u99999999?\\trowd\\cellx-5\\cell\\row}"):
        try:
            read_rtf(content, file="план.rtf", sha256="0" * 64)
        except UnreadableDocumentError as refused:
            assert "\n" not in str(refused)  # noqa: PT017  (both ends are right)


@pytest.mark.parametrize("letter", ["—", "№", "ё", "\u00a0"])
def test_letters_outside_the_code_page_are_kept(letter: str) -> None:
    (paragraph,) = read(rf"\pard а{letter}б\par ")

    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == f"а{letter}б"


def test_hidden_and_deleted_text_is_left_out_to_the_end_of_its_group() -> None:
    (paragraph,) = read(r"\pard до {\deleted\revauthdel1 1 марта}{\revised 1 апреля}{\v  служебное} 2022 года\par ")

    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "до 1 апреля 2022 года"
