from __future__ import annotations

from loaders.cells import Cell, Origin, Paragraph, Table
from loaders.layout.tables import LogicalTable, logical_tables
from tests.loaders.layout.grids import HEAD, entries, only_table, paragraph, table

ROW_1 = ["1.", "Провести семинар", "май 2021", "МАУ ИМЦ", "Программа"]
ROW_2 = ["2.", "Издать приказ", "июнь 2021", "Департамент", "Приказ"]
ROW_3 = ["3.", "Подвести итоги", "июль 2021", "МАУ ИМЦ", "Справка"]


def roles(*blocks: Table) -> list[str]:
    return [column.role for column in only_table(*blocks).head.roles]


def test_a_head_over_two_rows_gives_every_column_its_label() -> None:
    found = only_table(
        table(
            [
                ["№", "Мероприятие", "Срок", "", "Ответственный", "Значение показателя", "", ""],
                ["", "", "начало", "окончание", "", "2021", "2022", "2023"],
                ["1", "Провести семинар", "май 2021", "июнь 2021", "МАУ ИМЦ", "10", "20", "30"],
                ["2", "Издать приказ", "июнь 2021", "июль 2021", "МАУ ИМЦ", "1", "1", "1"],
            ]
        )
    )

    assert found.head.labels[2:4] == ("Срок начало", "Срок окончание")
    assert [role.role for role in found.head.roles] == [
        "number", "activity", "deadline", "deadline", "responsible", "target", "target", "target",
    ]  # fmt: skip
    assert len(found.stream) == 2


def test_a_year_with_one_sub_label_follows_those_with_two() -> None:
    found = only_table(
        table(
            [
                ["№", "Показатель", "Единица измерения", "2023 год", "", "2024 год"],
                ["", "", "", "план", "факт", "план"],
                ["1", "Число кружков", "ед.", "3", "2", "4"],
            ]
        )
    )

    assert found.head.labels[3:] == ("2023 год план", "2023 год факт", "2024 год план")
    assert len(found.stream) == 1


def test_merged_cells_of_a_head_are_read() -> None:
    texts = [
        (1, 1, "№ п/п", 2, 1), (1, 2, "Наименование мероприятия", 2, 1), (1, 3, "Целевое значение", 1, 2),
        (1, 5, "Исполнитель", 2, 1), (2, 3, "2024", 1, 1), (2, 4, "2025", 1, 1),
        (3, 1, "1", 1, 1), (3, 2, "Провести семинар", 1, 1), (3, 3, "1", 1, 1), (3, 4, "2", 1, 1),
        (3, 5, "МАУ ИМЦ", 1, 1),
    ]  # fmt: skip
    cells = tuple(
        Cell(row, column, text, Origin(f"{row}:{column}"), row_span=down, column_span=across)
        for row, column, text, down, across in texts
    )

    found = only_table(Table(1, cells, Origin("т")))

    assert found.head.labels == (
        "№ п/п",
        "Наименование мероприятия",
        "Целевое значение 2024",
        "Целевое значение 2025",
        "Исполнитель",
    )
    assert len(found.stream) == 1


def test_the_row_of_column_numbers_is_no_row() -> None:
    assert len(entries(table([HEAD, ["1", "2", "3", "4", "5"], ROW_1, ROW_2]))) == 2


def test_a_head_repeated_on_a_new_page_is_no_row_and_ends_no_table() -> None:
    rows = entries(table([HEAD, ROW_1]), table([HEAD, ["1", "2", "3", "4", "5"], ROW_2, ROW_3], number=2, first_line=9))

    assert [row.number.printed for row in rows if row.number] == ["1.", "2.", "3."]
    assert [row.lines for row in rows] == [[2], [11], [12]]


def test_a_part_without_a_head_goes_on_the_table_before_it() -> None:
    found, prose = logical_tables([table([HEAD, ROW_1]), paragraph("17"), table([ROW_2, ROW_3], number=2)])

    assert len(found) == 1
    assert prose == []


def test_a_title_block_above_the_head_of_a_grid_is_prose() -> None:
    found, prose = logical_tables([table([["Дорожная карта на 2021 год", "", "", "", ""], HEAD, ROW_1])])

    assert [block.text for block in prose] == ["Дорожная карта на 2021 год"]
    assert found[0].kind == "activities"


def test_prose_and_another_head_begin_another_table() -> None:
    found, _ = logical_tables(
        [
            table([HEAD, ROW_1, ROW_2]),
            paragraph("Показатели"),
            table([["Наименование показателя", "Ед. изм.", "2021", "2022"], ["Доля школ", "%", "10", "20"]], number=2),
        ]
    )

    assert [one.kind for one in found] == ["activities", "indicators"]
    assert found[1].heading == "Показатели"


def test_a_table_without_plan_columns_is_left_out_with_its_reason() -> None:
    found, _ = logical_tables([table([["СОГЛАСОВАНО", "УТВЕРЖДАЮ"], ["Иванов И.И.", "Петров П.П."]])])

    assert found[0].kind == "other"
    assert found[0].reason


def test_a_list_of_questions_with_room_for_answers_is_a_form() -> None:
    questions = [[str(number), f"Сколько педагогов прошло курс {number}", ""] for number in range(1, 9)]

    found, _ = logical_tables([table(questions)])

    assert found[0].kind == "form"
    assert [role.role for role in found[0].head.roles] == ["number", "question", "answer"]


def test_a_narrower_table_under_a_wider_one_on_a_sheet_has_its_own_head() -> None:
    found, _ = logical_tables(
        [
            table(
                [
                    ["№", "Показатель", "Ед. изм.", "2021", "2022", "2023", "2024"],
                    ["1", "Доля школ", "%", "10", "20", "30", "40"],
                    ["", "", "", "", "", "", ""],
                    ["№", "Мероприятие", "Исполнители", "Срок", "", "", ""],
                    ["1", "Провести семинар", "ИМЦ", "май 2021", "", "", ""],
                ]
            )
        ]
    )

    assert [one.kind for one in found] == ["indicators", "activities"]


def test_a_head_with_a_label_more_begins_another_table() -> None:
    found, _ = logical_tables(
        [
            table(
                [
                    ["№", "Мероприятие", "Срок", "Ответственный", ""],
                    ["1", "Провести семинар", "май 2021", "ИМЦ", ""],
                    ["№", "Мероприятие", "Срок", "Ответственный", "Результат"],
                    ["2", "Издать приказ", "июнь 2021", "Департамент", "Приказ"],
                ]
            )
        ]
    )

    assert [one.head.labels[-1] for one in found] == ["", "Результат"]


def test_the_title_above_a_table_is_a_section_when_others_of_its_series_follow() -> None:
    rows = entries(
        paragraph("Блок 1. Кадры", line=1),
        table([HEAD, ROW_1], first_line=2),
        paragraph("Блок 2. Условия", line=4),
        table([HEAD, ["1.", "Купить парты", "май 2021", "МАУ ИМЦ", "Акт"]], number=2, first_line=5),
    )

    assert [[step.title for step in row.section_path] for row in rows] == [["Блок 1. Кадры"], ["Блок 2. Условия"]]


def test_a_title_above_a_table_without_others_is_its_heading() -> None:
    found, prose = logical_tables([paragraph("1. Цель плана"), table([HEAD, ROW_1, ROW_2])])

    assert [block.text for block in prose] == ["1. Цель плана"]
    assert len(found[0].stream) == 2


def test_columns_of_any_order_are_found() -> None:
    assert roles(
        table(
            [["Ответственные", "Сроки", "№", "Мероприятия"], ["ОО", "май 2021", "1", "Провести семинар для педагогов"]]
        )
    ) == ["responsible", "deadline", "number", "activity"]


def test_a_line_of_a_glossary_is_no_heading_of_a_table() -> None:
    found = only_tables([paragraph("Показатели"), paragraph("ДК – дорожная карта"), table([HEAD, ROW_1])])

    assert [one.heading for one in found] == ["Показатели"]


def test_a_plan_without_labels_is_read_by_what_stands_in_its_columns() -> None:
    found = only_table(
        table(
            [
                ["1", "Провести семинар для методистов", "май 2021", "МАУ ИМЦ", "Программа"],
                ["2", "Издать приказ о рабочей группе", "до 01.06.2021", "Департамент образования", "Приказ"],
                ["3", "Подвести итоги работы за год", "ежегодно", "Петрова А.Б.", "Справка"],
            ]
        )
    )

    assert found.kind == "activities"
    assert [column.role for column in found.head.roles] == ["number", "activity", "deadline", "responsible", "result"]
    assert len(found.stream) == 3


def test_a_sheet_of_approvals_is_no_plan_without_labels() -> None:
    found = only_table(
        table(
            [
                ["1", "Начальник отдела общего образования", "12.05.2021", "Иванов И.И."],
                ["2", "Директор методического центра города", "13.05.2021", "Петров П.П."],
                ["3", "Заместитель начальника управления", "13.05.2021", "Орлова А.А."],
            ]
        )
    )

    assert found.kind == "other"


def test_a_plan_whose_activities_have_an_unknown_label_is_read() -> None:
    found = only_table(
        table(
            [
                ["№", "Чем займёмся", "Срок", "Ответственный", "Примечание"],
                ["1", "Семинар для методистов", "май 2021", "МАУ ИМЦ", "очно"],
                ["2", "Приказ о рабочей группе", "июнь 2021", "Департамент", ""],
            ]
        )
    )

    assert found.kind == "activities"
    assert [column.role for column in found.head.roles] == ["number", "activity", "deadline", "responsible", "other"]


def test_a_column_that_names_is_what_a_plan_is_about() -> None:
    head = ["Итоговый документ", "Наименование документа", "Срок", "Ответственный"]
    rows = [["Приказ отдела", "Положение о конкурсе", "май 2021", "ИМЦ"]] * 3

    assert roles(table([head, *rows])) == ["result", "activity", "deadline", "responsible"]


def only_tables(blocks: list[Table | Paragraph]) -> list[LogicalTable]:
    return logical_tables(blocks)[0]
