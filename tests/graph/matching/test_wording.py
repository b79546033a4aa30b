from __future__ import annotations

import pytest

from graph.matching.wording import is_group, mentioned, without_region, worded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MБОУ CОШ № 3", "МБОУ СОШ № 3"),
        ("школа №III", "школа № 3"),
        ("МКОУ СОШ № пять", "МКОУ СОШ № 5"),
        ("вторая школа п. Плюсса", "№ 2 школа п. Плюсса"),
        ("Семеновская школа", "Семеновская школа"),
        ("МКОУСОШ с. Успенское", "МКОУ СОШ с. Успенское"),
        ("СОШ с.НовоеСело", "СОШ с.Новое Село"),
        ("отдел обр-я Чернского р-на", "отдел образования Чернского район"),
        ("МБОУ «Iron School»", "МБОУ «Iron School»"),
        ("", ""),
    ],
)
def test_a_text_comes_into_the_wording_of_registers(text: str, expected: str) -> None:
    assert worded(text) == expected


@pytest.mark.parametrize(
    ("text", "body", "of_people"),
    [
        ("зам. директора по УВР МКОУ Гимназия № 6", "МКОУ Гимназия № 6", True),
        ("директор МБОУ СОШ № 2 г. Свирск Иванова А.А.", "МБОУ СОШ № 2 г. Свирск", True),
        ("совместно с ИМЦ (по согласованию)", "ИМЦ", False),
        ("МБОУ СОШ № 1, 2024–2025 уч. год", "МБОУ СОШ № 1", False),
        ("УО района (до 01.09.2025)", "УО района", False),
    ],
)
def test_the_body_is_taken_out_of_its_sentence(text: str, body: str, of_people: bool) -> None:  # noqa: FBT001
    assert mentioned(text) == (body, of_people)


@pytest.mark.parametrize(
    "text",
    [
        "руководители образовательных организаций",
        "все школы района",
        "ОО города",
        "МОУО",
        "муниципальные методические службы",
        "рабочая группа по введению ФГОС",
        "классные руководители 9-х классов",
        "педагоги-наставники школ",
        "образовательные организации – участники проекта «500+»",
    ],
)
def test_groups_and_roles_are_known(text: str) -> None:
    assert is_group(text)


@pytest.mark.parametrize(
    "text",
    [
        "школы № 2 с. Хороль",
        "Департамент общего образования Томской области",
        "директор школы № 2",
        "детский сад № 3",
        "ТОИПКРО",
        "ассоциация учителей русского языка",
        "Региональный центр поддержки одаренных детей",
        "Асиновский район",
    ],
)
def test_one_body_is_no_group(text: str) -> None:
    assert not is_group(text)


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("Индустриальный техникум РД", "Республика Дагестан", "Индустриальный техникум"),
        ("Минобрнауки РС(Я)", "Республика Саха (Якутия)", "Минобрнауки"),
        ("Индустриальный техникум РД", "Томская область", "Индустриальный техникум РД"),
        # The office, not the region of Ульяновск.
        ("Сенгилеевское УО", "Ульяновская область", "Сенгилеевское УО"),
    ],
)
def test_initials_of_the_region_say_no_more(text: str, region: str, expected: str) -> None:
    assert without_region(text, region) == expected
