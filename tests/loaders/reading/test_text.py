from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.cells import Paragraph, Table
from loaders.reading.text import read_text

WORD = st.text(alphabet="абвгдежзик0123456789.,–«»", min_size=1, max_size=12)
GRID = st.integers(3, 6).flatmap(
    lambda width: st.lists(st.lists(WORD, min_size=width, max_size=width), min_size=1, max_size=6)
)


def tables(text: str, *, delimited: bool = False) -> list[Table]:
    return [block for block in read_text(text, delimited=delimited) if isinstance(block, Table)]


def grid(table: Table) -> list[list[str]]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row - 1][cell.column - 1] = cell.text
    return rows


def paragraphs(text: str) -> list[str]:
    return [block.text for block in read_text(text) if isinstance(block, Paragraph)]


@given(GRID)
def test_cells_parted_by_tabs_come_back_with_their_offsets(rows: list[list[str]]) -> None:
    text = "\n".join("\t".join(row) for row in rows)

    (found,) = tables(text)

    assert grid(found) == rows
    assert all(text[cell.origin.start : cell.origin.end] == cell.text for cell in found.cells)
    assert all(cell.origin.first_line == cell.row for cell in found.cells)


@given(GRID)
def test_one_cell_a_line_is_the_same_table(rows: list[list[str]]) -> None:
    head = [f"Столбец {number}" for number in range(len(rows[0]))]
    text = "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in [head, *rows])

    (found,) = tables(text)

    assert grid(found) == [head, *rows]
    assert all(text[cell.origin.start : cell.origin.end] == cell.text for cell in found.cells)


def test_cells_of_several_lines_and_rows_that_lost_their_first_cells() -> None:
    text = (
        "\t№\n\tНаправление\n\tМероприятие\n\tСрок\n\n"
        "\t1\n\tКадры\n\tКоординация работы:\n\n- семинары;\n- консультации\n\t2021\n\n"
        "\t\n\t\n\tПлан работы\n\t2022\n"
        " \tпрограмм наставничества\n\t\n"
    )

    (found,) = tables(text)

    assert grid(found)[1:] == [
        ["1", "Кадры", "Координация работы:\n- семинары;\n- консультации", "2021"],
        ["", "", "План работы", "2022"],
        ["", "", "программ наставничества", ""],
    ]
    assert [(cell.origin.first_line, cell.origin.last_line) for cell in found.cells if cell.row == 2][2] == (8, 11)


def test_both_layouts_may_stand_in_one_file() -> None:
    text = "№\tМероприятие\tСрок\n1\tСеминар\tмай\n\nВторая таблица\n\n\t№\n\tШаг\n\tКто\n\n\t1\n\tПриказ\n\tОО\n"

    first, second = tables(text)

    assert grid(first)[1] == ["1", "Семинар", "май"]
    assert grid(second)[1] == ["1", "Приказ", "ОО"]
    assert paragraphs(text) == ["Вторая таблица"]


def test_a_blank_line_or_a_paragraph_ends_a_physical_table() -> None:
    text = "a\tb\tc\nd\te\tf\n\n¹ сноска\n\ng\th\ti\n----\t---\t--\n"

    assert [grid(found) for found in tables(text)] == [[["a", "b", "c"], ["d", "e", "f"]], [["g", "h", "i"]]]
    assert paragraphs(text) == ["¹ сноска"]


def test_a_cell_that_runs_over_a_line_stays_one_cell() -> None:
    text = "№\tМероприятие\tСрок\n1\tПровести\nсеминар\tмай 2021\n2\tПриказ\tиюнь"

    (found,) = tables(text)

    assert grid(found)[1] == ["1", "Провести\nсеминар", "май 2021"]
    assert grid(found)[2] == ["2", "Приказ", "июнь"]


def test_indented_prose_is_no_table() -> None:
    text = "\tВ соответствии с распоряжением утвердить дорожную карту.\n\tКонтроль оставляю за собой.\n"

    assert tables(text) == []
    assert len(paragraphs(text)) == 2


def test_marks_of_web_pages_and_markdown_go_but_their_text_stays() -> None:
    text = (
        "**Дорожная карта\nна 2021 год**\n\n"
        '1\t<p>Цель &amp; план</p> <ul style="list-style-type: none"> - курсы\t<u>Задача:</u> <sup>1</sup>\n'
    )

    (found,) = tables(text)

    assert grid(found) == [["1", "Цель & план\n \n - курсы", "Задача: ¹"]]
    assert paragraphs(text) == ["Дорожная карта\nна 2021 год"]


def test_an_address_in_angle_brackets_and_a_lone_star_are_text() -> None:
    assert paragraphs("сайт <http://imc.tomsk.ru/> *по запросу") == ["сайт http://imc.tomsk.ru/ *по запросу"]


def test_a_form_feed_begins_a_page() -> None:
    found = tables("a\tb\tc\n\n\fd\te\tf\n")

    assert [table.cells[0].origin.page for table in found] == [1, 2]


def test_a_markdown_table_is_read_without_its_rule() -> None:
    text = "| № | Мероприятие | Срок |\n|---|:---|---|\n| 1 | Семинар | май |\n| 2 |  | июнь |\n"

    (found,) = tables(text)

    assert grid(found) == [["№", "Мероприятие", "Срок"], ["1", "Семинар", "май"], ["2", "", "июнь"]]
    assert all(text[cell.origin.start : cell.origin.end].strip() == cell.text for cell in found.cells)


def test_a_ruled_table_joins_the_lines_of_a_row() -> None:
    text = "+---+--------+\n| № | Шаг    |\n+---+--------+\n| 1 | Про-   |\n|   | вести  |\n+---+--------+\n"

    (found,) = tables(text)

    assert grid(found) == [["№", "Шаг"], ["1", "Про-   \n вести"]]


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_quoted_cells_keep_their_delimiters_and_line_breaks(mark: str) -> None:
    text = (
        f'№{mark}Мероприятие{mark}Срок\r\n1{mark}"Провести ""круглый стол""{mark}\nсеминар"{mark}май 2021\r\n'
        f"2{mark}Приказ{mark}июнь\r\n"
    )

    (found,) = tables(text, delimited=True)

    assert grid(found)[1] == ["1", f'Провести "круглый стол"{mark}\nсеминар', "май 2021"]
    assert [cell.origin.first_line for cell in found.cells if cell.column == 1] == [1, 2, 4]


@given(st.text(alphabet='аб\t\n |-;"<p>*\f\r', max_size=120))
def test_any_text_is_read_and_every_cell_has_its_place(text: str) -> None:
    for delimited in (False, True):
        for block in read_text(text, delimited=delimited):
            cells = block.cells if isinstance(block, Table) else ()
            places = [(cell.row, cell.column) for cell in cells]
            assert len(places) == len(set(places))
            assert all(0 <= (cell.origin.start or 0) <= (cell.origin.end or 0) <= len(text) for cell in cells)
