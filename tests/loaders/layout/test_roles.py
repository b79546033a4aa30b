from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.layout.roles import ColumnContent, assign_roles, label_scores, same_labels

# Labels in our own words of the kinds that public roadmaps print.
LABELS = [
    ("№ п/п", "number"),
    ("N", "number"),
    ("Номер строки", "number"),
    ("Мероприятие", "activity"),
    ("Наименование мероприятий", "activity"),
    ("Номер и наименование основного мероприятия", "activity"),
    ("Содержание деятельности и примерный план мероприятий", "activity"),
    ("Что сделать", "activity"),
    ("Наименование этапа", "section"),
    ("Направление методического сопровождения", "section"),
    ("СРОКИ", "deadline"),
    ("Срок реализа-", "deadline"),
    ("Период реализации мероприятия", "deadline"),
    ("Дата проведения", "deadline"),
    ("Ответственные", "responsible"),
    ("Отвественные исполнители", "responsible"),
    ("Ответственные за реализацию мероприятия", "responsible"),
    ("Орган (подразделение), ответственный за исполнение", "responsible"),
    ("Соисполнители", "co-executor"),
    ("Участники, организаторы", "participant-or-organizer"),
    ("Ожидаемый результат (краткое описание)", "result"),
    ("Итоговый документ", "result"),
    ("Целевые индикаторы", "indicator"),
    ("Показатель реализации ¹", "indicator"),
    ("Результат, показатель", "result-or-indicator"),
    ("Форма представления результата", "result-form"),
    ("Форма подтверждения", "result-form"),
    ("Способ оценки", "assessment"),
    ("Формы контроля", "assessment"),
    ("Единица измерения", "unit"),
    ("Показатель реализации ед. изм.", "unit"),
    ("Показатель, единица измерения", "indicator"),
    ("2021 год", "target"),
    ("Да/Нет (указать ссылку)", "answer"),
    ("Источники финансирования", "other"),
    ("Примечание", "other"),
    ("N и мероприятие", "activity"),
    ("Что делаем", "activity"),
    ("Меры", "activity"),
    ("Рассматриваемые вопросы", "activity"),
    ("Контрольная точка", "activity"),
    ("Название", "activity"),
    ("Модуль", "section"),
    ("Когда", "deadline"),
    ("Год реализации", "deadline"),
    ("Кто отвечает за исполнение", "responsible"),
    ("Ф.И.О. ответственного", "responsible"),
    ("Отв.", "responsible"),
    ("Что получим", "result"),
    ("Где слушается", "result"),
    ("Форма завершения", "result-form"),
    ("Подтверждение", "result-form"),
    ("Как проверим", "assessment"),
    ("В том числе по годам 2012", "target"),
    ("Форма проведения", "other"),
    ("Целевая аудитория", "other"),
    ("Количество участников", "other"),
    ("Отметка об исполнении", "other"),
    ("Статус", "other"),
    ("Комментарий", "other"),
    ("Пункт", "number"),
    ("Порядковый номер", "number"),
]


@pytest.mark.parametrize(("label", "role"), LABELS)
def test_a_label_speaks_for_its_role(label: str, role: str) -> None:
    scores = label_scores(label)

    assert max(scores, key=lambda name: scores[name]) == role


@given(st.permutations(["№", "Наименование мероприятия", "Сроки исполнения", "Ответственный", "Ожидаемый результат"]))
def test_the_order_of_columns_is_free(labels: list[str]) -> None:
    expected = {
        "№": "number",
        "Наименование мероприятия": "activity",
        "Сроки исполнения": "deadline",
        "Ответственный": "responsible",
        "Ожидаемый результат": "result",
    }

    assert [column.role for column in assign_roles(labels)] == [expected[label] for label in labels]


def test_two_columns_never_share_a_role() -> None:
    roles = [column.role for column in assign_roles(["Содержание деятельности", "Мероприятия", "Срок", "Исполнитель"])]

    assert roles.count("activity") == 1
    assert roles[1:] == ["activity", "deadline", "responsible"]


def test_content_names_a_column_without_a_label() -> None:
    contents = [
        ColumnContent.of(["1.", "2.", "3."]),
        ColumnContent.of(["Провести семинар для методистов района"] * 3),
        ColumnContent.of(["май 2021", "до 01.06.2021", "ежегодно"]),
        ColumnContent.of(["МАУ ИМЦ", "Иванов И.И.", "ОО"]),
    ]

    roles = assign_roles(["", "Мероприятие", "", "Ответственный"], contents)

    assert [column.role for column in roles] == ["number", "activity", "deadline", "responsible"]


def test_content_gives_an_unknown_label_no_role_that_a_label_has() -> None:
    contents = [
        ColumnContent.of(["Провести семинар для методистов района"] * 3),
        ColumnContent.of(["МАУ ИМЦ", "Иванов И.И.", "ОО"]),
        ColumnContent.of(["РМО", "кабинет 5 школы", "ИМЦ"]),
    ]

    roles = assign_roles(["Мероприятие", "Ответственный", "Площадка"], contents)

    assert [column.role for column in roles] == ["activity", "responsible", "other"]


def test_words_in_small_letters_name_no_actor() -> None:
    assert ColumnContent.of(["онлайн-опрос", "вебинар", "консультация"]).actor == 0.0
    assert ColumnContent.of(["ИМЦ", "школы", "Петрова А.Б."]).actor == 1.0


def test_a_repeated_head_is_known_with_a_typing_error() -> None:
    assert same_labels(["№", "Мероприятие", "Срок"], ["№", "Мероприяте", "СРОК"])
    assert not same_labels(["№", "Мероприятие", "Срок"], ["1.", "Провести семинар", "май 2021"])
