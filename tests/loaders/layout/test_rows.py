from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.cells import Cell, Origin, Table
from loaders.layout.anomalies import row_anomalies
from loaders.layout.numbering import restored, row_number
from loaders.layout.rows import logical_rows
from tests.loaders.layout.grids import HEAD, entries, only_table, paragraph, read, table


def row(
    number: str, text: str, deadline: str = "май 2021", actor: str = "МАУ ИМЦ", result: str = "Приказ"
) -> list[str]:
    return [number, text, deadline, actor, result]


def test_a_row_cut_by_a_page_is_one_row_with_all_its_places() -> None:
    rows = entries(
        table([HEAD, row("1.", "Организация и", "май 2021", "ДОО", "распоряжение")]),
        table(
            [["", "проведение мониторинга", "", "ТОИПКРО", "ДОО ТО"], row("2.", "Издать приказ")],
            number=2,
            first_line=8,
        ),
    )

    assert [one.title for one in rows] == ["Организация и проведение мониторинга", "Издать приказ"]
    assert rows[0].text("responsible") == "ДОО ТОИПКРО"
    assert rows[0].text("result") == "распоряжение ДОО ТО"
    assert rows[0].lines == [2, 8]
    assert [part.first_line for part in rows[0].cells[1].fragments] == [2, 8]
    assert rows[0].joins == 1


def test_an_unnumbered_row_with_values_of_its_own_is_not_joined() -> None:
    rows = entries(
        table([HEAD, row("1.", "Провести семинар"), row("", "Издать приказ", "июнь 2021"), row("2.", "Подвести итоги")])
    )

    assert [one.title for one in rows] == ["Провести семинар", "Издать приказ", "Подвести итоги"]


def test_parts_that_lost_their_leading_cells_are_placed_by_the_sentence_that_goes_on() -> None:
    head = table([HEAD, row("1.", "Провести семинар", result="План научно-")])
    part = Table(
        2,
        (Cell(1, 4, "методического сопровождения", Origin("строка 9", first_line=9, last_line=9)),),
        Origin("строка 9"),
    )

    (only,) = entries(head, part)

    assert only.text("result") == "План научно-методического сопровождения"
    assert only.text("responsible") == "МАУ ИМЦ"


def test_a_spanning_row_is_a_section() -> None:
    rows = entries(
        table(
            [
                HEAD,
                ["Нормативное обеспечение", "", "", "", ""],
                row("1.", "Издать приказ"),
                ["Кадры", "", "", "", ""],
                row("1.", "Провести курсы"),
            ]
        )
    )

    assert [[step.title for step in one.section_path] for one in rows] == [["Нормативное обеспечение"], ["Кадры"]]


def test_a_numbered_task_is_a_section_and_keeps_its_number() -> None:
    rows = entries(
        table([HEAD, ["1", "Задача: обновить методическую службу", "", "", ""], row("1.1.", "Издать приказ")])
    )

    assert [(step.number, step.title) for step in rows[0].section_path] == [
        ("1", "Задача: обновить методическую службу")
    ]


def test_a_section_inside_a_section_nests() -> None:
    rows = entries(
        table(
            [
                HEAD,
                ["Раздел I. Кадры", "", "", "", ""],
                ["Задача 1. Обучить наставников", "", "", "", ""],
                row("1.", "Провести курсы"),
                ["Задача 2. Провести конкурс", "", "", "", ""],
                row("2.", "Издать положение"),
                ["Раздел II. Ресурсы", "", "", "", ""],
                row("3.", "Закупить пособия"),
            ]
        )
    )

    assert [len(one.section_path) for one in rows] == [2, 2, 1]
    assert [one.section_path[0].title for one in rows] == ["Раздел I. Кадры", "Раздел I. Кадры", "Раздел II. Ресурсы"]


def test_a_bare_line_between_parts_is_a_section_when_the_numbers_start_anew() -> None:
    rows = entries(
        table([HEAD, ["Первый раздел", "", "", "", ""], row("1.", "Издать приказ")]),
        paragraph("Второй раздел", line=8),
        table([row("1.", "Провести курсы")], number=2, first_line=10),
    )

    assert [one.section_path[-1].title for one in rows] == ["Первый раздел", "Второй раздел"]


def test_a_stray_line_between_parts_is_reported() -> None:
    found = read(
        table([HEAD, row("1.", "Издать приказ")]),
        paragraph("Колонтитул документа", line=8),
        table([row("2.", "Провести курсы")], number=2, first_line=10),
    )

    assert [(one.reason, one.text) for one in found.skipped] == [("stray-text", "Колонтитул документа")]
    assert len(found.rows) == 2


def test_titles_between_parts_may_let_the_numbers_run_on() -> None:
    rows = entries(
        table([HEAD]),
        paragraph("Кадры", line=3),
        table([row("1.", "Издать приказ")], number=2, first_line=5),
        paragraph("Ресурсы", line=7),
        table([row("2.", "Провести курсы")], number=3, first_line=9),
    )

    assert [one.section_path[-1].title for one in rows] == ["Кадры", "Ресурсы"]


def test_a_running_head_after_a_title_is_no_title() -> None:
    found = read(
        table([HEAD]),
        paragraph("Кадры", line=3),
        table([row("1.", "Издать приказ")], number=2, first_line=5),
        paragraph("План работы школы", line=7),
        table([row("2.", "Провести курсы")], number=3, first_line=9),
        paragraph("План работы школы", line=11),
        table([row("3.", "Закупить пособия")], number=4, first_line=13),
    )

    assert [one.section_path[-1].title for one in found.rows] == ["Кадры"] * 3
    assert [one.reason for one in found.skipped] == ["stray-text", "stray-text"]


def test_a_direction_reprinted_after_a_page_break_is_no_new_section() -> None:
    head = ["№", "Направление", "Наименование мероприятия", "Участники, организаторы", "срок"]
    rows = entries(
        table(
            [
                head,
                ["1", "Сопровождение центров", "Провести семинар для", "ОМР", "2021"],
                ["1", "Сопровождение центров", "педагогов округа", "", ""],
                ["", "", "Создать творческие группы", "ОМР", "2022"],
                ["2", "Сопровождение конкурсов, развитие", "Собрать базу", "ОМР", "2021"],
                ["", "лучших практик", "успешных педагогов", "", ""],
            ]
        )
    )

    assert [one.title for one in rows] == [
        "Провести семинар для педагогов округа",
        "Создать творческие группы",
        "Собрать базу успешных педагогов",
    ]
    assert [(one.section_path[0].number, one.section_path[0].title) for one in rows] == [
        ("1", "Сопровождение центров"),
        ("1", "Сопровождение центров"),
        ("2", "Сопровождение конкурсов, развитие лучших практик"),
    ]


def test_a_cell_merged_down_counts_for_every_row_that_it_covers() -> None:
    texts = [(1, at, label, 1) for at, label in enumerate(HEAD, start=1)]
    texts += [
        (2, 1, "1", 1),
        (2, 2, "Провести семинар", 1),
        (2, 3, "май 2021", 2),
        (2, 4, "МАУ ИМЦ", 2),
        (2, 5, "План", 1),
    ]
    texts += [(3, 1, "2", 1), (3, 2, "Издать приказ", 1), (3, 5, "Приказ", 1)]
    cells = tuple(Cell(r, c, text, Origin(f"{r}:{c}"), row_span=span) for r, c, text, span in texts)

    rows = entries(Table(1, cells, Origin("т")))

    assert [(one.text("deadline"), one.text("responsible")) for one in rows] == [("май 2021", "МАУ ИМЦ")] * 2


def test_a_parent_row_with_values_stays_a_row_and_has_children() -> None:
    rows = entries(
        table(
            [HEAD, row("14.", "Ввести систему роста"), row("14.1", "Провести курсы"), row("14.2", "Провести конкурс")]
        )
    )

    assert [one.parent for one in rows] == [None, "14.", "14."]


def test_notes_totals_and_stamps_are_no_rows() -> None:
    found = read(
        table(
            [
                HEAD,
                row("1.", "Издать приказ"),
                ["(Позиция в редакции постановления от 01.02.2021 № 5)", "", "", "", ""],
                ["¹ По согласованию", "", "", "", ""],
                ["Итого", "", "", "", "2"],
                ["Документ подписан электронной подписью", "", "", "", ""],
            ]
        )
    )

    assert len(found.rows) == 1
    assert [one.reason for one in found.skipped] == ["amendment-note", "total-row", "stamp"]
    assert [(note.mark, note.text) for note in found.footnotes] == [("¹", "По согласованию")]


def test_no_filled_row_is_lost() -> None:
    found = read(table([HEAD, ["", "", "", "МАУ ИМЦ", ""], row("1.", "Издать приказ")]))

    assert [one.reason for one in found.skipped] == ["unclassified-row"]


def test_numbers_inside_the_text_are_taken_when_there_is_no_column_for_them() -> None:
    rows = entries(
        table(
            [
                ["Мероприятие", "Срок", "Ответственный"],
                ["1. Издать приказ", "май 2021", "ОО"],
                ["2. Провести курсы", "июнь 2021", "ОО"],
            ]
        )
    )

    assert [(one.number.printed if one.number else None, one.title) for one in rows] == [
        ("1.", "Издать приказ"),
        ("2.", "Провести курсы"),
    ]


def test_odd_numbers_and_empty_cells_are_said() -> None:
    found = only_table(
        table(
            [
                HEAD,
                row("1.", "Издать приказ"),
                row("3.", "Провести курсы", result=""),
                row("3.", "Провести курсы в школах,"),
                row("4.", "Подвести итоги", actor="", deadline=""),
            ]
        )
    )

    rows = logical_rows(found).rows

    assert row_anomalies(found, rows) == [
        [],
        ["number-gap", "duplicate-number", "empty-result"],
        ["duplicate-number", "truncated"],
        ["empty-responsible", "empty-deadline"],
    ]


def test_cells_merged_down_do_not_join_rows_of_a_table_without_numbers() -> None:
    texts = [(1, 1, "Мероприятие", 1), (1, 2, "Срок", 1), (1, 3, "Ответственный", 1)]
    texts += [(2, 1, "Провести семинар", 1), (2, 2, "май 2021", 3), (2, 3, "МАУ ИМЦ", 3)]
    texts += [(3, 1, "Издать приказ", 1), (4, 1, "Подвести итоги", 1)]
    cells = tuple(Cell(r, c, text, Origin(f"{r}:{c}"), row_span=span) for r, c, text, span in texts)

    rows = entries(Table(1, cells, Origin("т")))

    assert [one.title for one in rows] == ["Провести семинар", "Издать приказ", "Подвести итоги"]
    assert {one.text("deadline") for one in rows} == {"май 2021"}


def test_the_rest_of_a_text_that_slipped_into_the_number_column_is_kept() -> None:
    (only,) = entries(
        table([HEAD, row("1.", "Организация и")]), table([["проведение конкурса", "", "", "", ""]], number=2)
    )

    assert only.title == "Организация и проведение конкурса"


PIECES = st.sampled_from(
    (
        *("", "", "1.", "2.", "3.1", "май 2021", "ежегодно,", "июнь", "МАУ ИМЦ", "Провести семинар", "и конкурс для"),
        *("Задача 1. Кадры", "- развитие;", "Итого", "¹ сноска", "На муниципальном уровне", "(в ред. приказа)"),
        *("научно-", "методический", "100%"),
    )
)


@given(st.lists(st.lists(PIECES, min_size=5, max_size=5), max_size=8), st.booleans())
def test_every_filled_cell_ends_in_a_row_a_title_a_note_or_a_report(rows: list[list[str]], parted: bool) -> None:  # noqa: FBT001
    first, second = (rows[:4], rows[4:]) if parted else (rows, [])
    parts = [table([HEAD, row("1.", "Издать приказ"), *first])]
    if second:
        parts.append(table(second, number=2, first_line=20))

    found = read(*parts)

    kept = [cell.text for one in found.rows for cell in one.cells]
    kept += [step.title for one in found.rows for step in one.section_path]
    kept += [note.text for note in found.footnotes] + [left.text for left in found.skipped]
    together = re.sub(r"[\s-]", "", " ".join(kept))
    for text in {text for texts in rows for text in texts}:
        if not re.fullmatch(r"[\d.]*", text):
            assert re.sub(r"[\s¹-]", "", text) in together


@pytest.mark.parametrize(
    ("typed", "before", "read_as"),
    [
        ("1.1", "1.9", "1.10"),
        ("1.2", "1.19", "1.20"),
        ("1.1", "1.8", "1.1"),
        ("2.1", "1.9", "2.1"),
        ("1.1", "1.1", "1.1"),
    ],
)
def test_a_number_that_a_spreadsheet_cut_is_restored_from_its_neighbour(typed: str, before: str, read_as: str) -> None:
    number, last = row_number(typed), row_number(before)
    assert number is not None

    assert restored(number, last).printed == read_as


@pytest.mark.parametrize("title", ["I этап (2021 год)", "Подготовительный этап", "Работа с кадрами"])
def test_a_lone_text_in_a_table_without_numbers_is_a_title(title: str) -> None:
    rows = entries(
        table(
            [
                ["Мероприятие", "Срок", "Ответственный"],
                [title, "", ""],
                ["Провести семинар", "май 2021", "ИМЦ"],
                ["Издать приказ", "июнь 2021", "Департамент"],
            ]
        )
    )

    assert [[step.title for step in row.section_path] for row in rows] == [[title], [title]]
