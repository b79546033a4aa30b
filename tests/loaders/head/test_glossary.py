from __future__ import annotations

import time

import pytest

from loaders.head import Statement, find_glossary, find_level_descriptions, is_definition_line


def glossary(*texts: str, prose: bool = True) -> list[tuple[str, str]]:
    found = find_glossary(Statement(text, line, prose=prose) for line, text in enumerate(texts, start=1))
    return [(entry.short, entry.long) for entry in found]


def test_lines_of_a_glossary() -> None:
    assert glossary(
        "ГАУ ДПО ПК ИРО - Государственное учреждение «Институт»", "ОО ХМО – образовательные организации округа;"
    ) == [
        ("ГАУ ДПО ПК ИРО", "Государственное учреждение «Институт»"),
        ("ОО ХМО", "образовательные организации округа"),
    ]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("об утверждении Концепции развития системы (далее – Концепция)", "Концепция", "Концепция развития системы"),
        ("Обеспечить открытие Центра повышения мастерства (далее – Центр)", "Центр", "Центр повышения мастерства"),
        ("Модель сетевой службы г.Томска (далее-Модель) на 2021 год", "Модель", "Модель сетевой службы г.Томска"),
        (
            "муниципальными органами управления образованием (МОУО)",
            "МОУО",
            "муниципальные органы управления образованием",
        ),
        (
            "в школах с низкими образовательными результатами (ШНОР)",
            "ШНОР",
            "школы с низкими образовательными результатами",
        ),
    ],
)
def test_a_bracket_defines_what_stands_before_it(text: str, short: str, long: str) -> None:
    assert glossary(text, prose=False) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "данные регионального оператора (ТОИКПРО)",
        "мероприятия для руководителей (РМО, семинары)",
        "- ОО - разные модели методической службы",
        "Цель – обеспечение работы службы",
    ],
)
def test_what_defines_nothing(text: str) -> None:
    assert glossary(text) == []


def test_definitions_that_a_paragraph_runs_together_are_parted() -> None:
    assert glossary("Список сокращений: УО – Управление образования города ОО – образовательные организации") == [
        ("УО", "Управление образования города"),
        ("ОО", "образовательные организации"),
    ]


def test_prose_after_a_definition_is_not_of_it() -> None:
    assert glossary("ЗДУВР – заместитель директора по учебной работе. Школа стоит на горе") == [
        ("ЗДУВР", "заместитель директора по учебной работе")
    ]


def test_the_first_definition_wins() -> None:
    assert glossary("ОО – образовательные организации", "ОО – общественное объединение") == [
        ("ОО", "образовательные организации")
    ]


def test_a_definition_line_is_told_from_a_sentence() -> None:
    assert is_definition_line("ДК – дорожная карта")
    assert not is_definition_line("Пространство методической службы – это система мер")


def test_a_list_of_levels_is_described_level_by_level() -> None:
    lines = [
        "Модель включает уровни сопровождения:",
        "- региональный - мероприятия области,",
        "- межмуниципальный - хаб «Север», сетевое взаимодействие;",
        "- муниципальный – МАУ ИМЦ,",
        "- ОО - методические советы.",
        "Содержание деятельности:",
        "- выявление лучшего опыта;",
    ]

    found = find_level_descriptions([Statement(text, line) for line, text in enumerate(lines, start=1)])

    assert [(one.level, one.lines) for one in found] == [
        ("region", [2]),
        ("hub", [3]),
        ("municipality", [4]),
        ("school", [5]),
    ]
    assert found[2].text == "МАУ ИМЦ"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Сокращения: УО – Управление образования района; ММЦ – Методический центр.",
            [("УО", "Управление образования района"), ("ММЦ", "Методический центр")],
        ),
        (
            "ОГБУ ДПО «Северный институт развития образования» (далее – СИРО)",
            [("СИРО", "Северный институт развития образования")],
        ),
        ("МКУ «Центр развития» (далее – Центр)", [("Центр", "Центр развития")]),
        (
            "Институт развития образования имени С.Н. Горского (далее – ИРО)",
            [("ИРО", "Институт развития образования имени С.Н. Горского")],
        ),
        (
            "«Горный институт развития образования, повышения квалификации и переподготовки» (далее – ГИРО)",
            [("ГИРО", "Горный институт развития образования, повышения квалификации и переподготовки")],
        ),
        (
            "Горный институт развития образования, повышения квалификации и подготовки кадров (далее – ГИРО ПК и ПК)",
            [
                (
                    "ГИРО ПК и ПК",
                    "Горный институт развития образования, повышения квалификации и подготовки кадров",
                )
            ],
        ),
        (
            "В плане используются следующие сокращения и обозначения: ММЦ – Методический центр",
            [("ММЦ", "Методический центр")],
        ),
        (
            "Министерство образования Республики Саха (Якутия) (далее – Минобр РС(Я)), улусы",
            [("Минобр РС(Я)", "Министерство образования Республики Саха (Якутия)")],
        ),
    ],
)
def test_a_definition_takes_the_whole_name(text: str, found: list[tuple[str, str]]) -> None:
    assert [entry for entry in glossary(text) if entry in found] == found


@pytest.mark.parametrize(
    "part",
    ["институт развития (ИР) ", "институт развития (далее – ИР) ", "сокращения и слова ", "(далее        ", "АБ – "],
)
def test_long_texts_are_read_in_linear_time(part: str) -> None:
    def once(count: int) -> float:
        began = time.thread_time()
        glossary(part * count)
        return time.thread_time() - began

    def seconds(count: int) -> float:
        # The garbage of other tests may be collected in one run, hardly in each.
        return min(once(count) for _ in range(3))

    seconds(10)

    assert seconds(4000) < 12 * max(seconds(1000), 0.02)
