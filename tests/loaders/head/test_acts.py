from __future__ import annotations

import pytest

from loaders.head import Statement, find_acts, find_provisions


def statements(*texts: str) -> list[Statement]:
    return [Statement(text, line) for line, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(
    ("text", "kind", "number", "date", "issuer"),
    [
        (
            "распоряжением Департамента общего образования Томской области от 23.03.2020 г. №236-р «О службах»",
            "распоряжение", "236-р", "2020-03-23", "Департамент общего образования Томской области",
        ),
        ("приказом комитета № 181/1 от 13.09.2021г.", "приказ", "181/1", "2021-09-13", "комитет"),
        ("решение совета района от «14» апреля 2022 г. №78", "решение", "78", "2022-04-14", "совет района"),
        ("распоряжение от 17.09.2020г. № 662 р, а также", "распоряжение", "662р", "2020-09-17", None),
        ("приказа министерства от 01.02.24 № Ш4-13-508/0", "приказ", "Ш4-13-508/0", "2024-02-01", "министерство"),
        ("приказом лицея № 24 от 31.08.2023 № 112-ОД", "приказ", "112-ОД", "2023-08-31", "лицей № 24"),
        ("приказом МДОУ «Сад № 5» № 12 от 01.09.2023", "приказ", "12", "2023-09-01", "МДОУ «Сад № 5»"),
        ("приказом отдела района 23.08.2024 № 318", "приказ", "318", "2024-08-23", "отдел района"),
    ],
)  # fmt: skip
def test_an_act_is_cited_with_number_and_date(text: str, kind: str, number: str, date: str, issuer: str | None) -> None:
    (act,) = find_acts(statements(text))

    assert (act.kind, act.number, act.date, act.issuer, act.role) == (kind, number, date, issuer, "cites")


def test_two_acts_of_one_sentence_are_two_and_an_act_cited_twice_is_one() -> None:
    text = "распоряжением департамента от 23.03.2020 № 236-р «О службах», приказом отдела от 17.09.2020 № 662 р"

    acts = find_acts(statements(text, "в соответствии с распоряжением от 23.03.2020 №236-р"))

    assert [act.number for act in acts] == ["236-р", "662р"]


def test_a_letterhead_names_the_act_that_approves() -> None:
    lines = [
        "АДМИНИСТРАЦИЯ ГОРОДА ТОМСКА\nДЕПАРТАМЕНТ ОБРАЗОВАНИЯ\nРАСПОРЯЖЕНИЕ",
        "14.05.2021",
        "№ 420р",
        "1. Утвердить",
    ]

    act = find_acts(statements(*lines))[0]

    assert (act.role, act.kind, act.number, act.date) == ("approves", "распоряжение", "420р", "2021-05-14")
    assert act.issuer == "Департамент образования администрации города Томска"


def test_an_approval_stamp_names_the_act_that_approves() -> None:
    acts = find_acts(
        statements("УТВЕРЖДЕНА приказом управления образования от 01.09.2022 № 15-од", "Дорожная карта"), until=2
    )

    assert [(act.number, act.role) for act in acts] == [("15-од", "approves")]


def test_points_of_an_order_hold_their_sub_points() -> None:
    lines = [
        "ПРИКАЗ",
        "1. Утвердить:",
        "1) модель;",
        "2) показатели.",
        "2. Контроль возложить на заместителя.",
        "Начальник",
        "Дорожная карта",
    ]

    provisions = find_provisions(statements(*lines), after=1, until=7)

    assert [(point.number, point.lines) for point in provisions] == [("1.", [2, 3, 4]), ("2.", [5])]
    assert provisions[0].text == "Утвердить:\n1) модель;\n2) показатели."


def test_a_numbered_list_that_orders_nothing_is_no_order() -> None:
    assert find_provisions(statements("Справка", "1. Преобладание знаниевого подхода.", "План"), after=1, until=3) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["УТВЕРЖДЕНО", "приказом управления образования", "от 13.09.2021 № 181/1", "План мероприятий"],
        ["Приложение 1", "к приказу № 181/1", "от 13.09.2021г.", "План мероприятий"],
    ],
)
def test_a_stamp_may_run_over_several_lines(lines: list[str]) -> None:
    (act,) = find_acts(statements(*lines), until=4)

    assert (act.number, act.date, act.role, act.line) == ("181/1", "2021-09-13", "approves", 1)


def test_acts_come_in_the_order_of_the_text() -> None:
    text = "приказ № 7 от 05.05.2021, постановление от 06.06.2021 № 8, приказ № 9 от 07.07.2021"

    assert [act.number for act in find_acts(statements(text))] == ["7", "8", "9"]


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["УТВЕРЖДЁН", "протоколом заседания методического совета", "от 01.09.2022 г. протокол № 1"], "1"),
        (["Утверждено решением коллегии от 22.12.2022, протокол № 7"], "7"),
        (
            ["УТВЕРЖДЕНО", "приказом министерства", "образования Республики", "Карелия", "от 11.10.2021", "№ 1234"],
            "1234",
        ),
        (["Утв. приказом от 11.10.2021 № 123"], "123"),
        (["Принято советом\nпротокол № 1 от 30.08.2022\nУтверждено приказом № 120-ОД от 31.08.2022 г."], "120-ОД"),
        (["Приказ по школе от 01.09.2022 г. № 200 «Об утверждении дорожной карты»"], "200"),
        (["Приложение к приказу управления от 20.01.2021 г. № 12 / ОД"], "12/ОД"),
    ],
)
def test_what_approves_a_document_is_found_in_any_form(lines: list[str], number: str) -> None:
    statements = [Statement(line, at) for at, line in enumerate(lines, start=1)]

    acts = find_acts([*statements, Statement("Дорожная карта", 30)], until=30)

    assert next((act.number, act.role) for act in acts) == (number, "approves")
