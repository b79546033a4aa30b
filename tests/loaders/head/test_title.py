from __future__ import annotations

import pytest

from loaders.head import Statement, find_period, find_title


def statements(*texts: str) -> list[Statement]:
    return [Statement(text, line) for line, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            ["ДОРОЖНАЯ КАРТА", "по развитию методической работы области", "Пояснительная записка"],
            "Дорожная карта по развитию методической работы области",
        ),
        (
            [
                "Дорожная карта",
                "по сопровождению педагогов",
                "Хорольского муниципального округа на 2021-2024 гг",
                "ОМР – отдел по методической работе",
            ],
            "Дорожная карта по сопровождению педагогов Хорольского муниципального округа на 2021-2024 гг",
        ),
        (
            [
                "ПРИКАЗ",
                "01.02.2024 № 5",
                "1. Утвердить дорожную карту.",
                "План мероприятий («дорожная карта»)\nна 2024 год",
            ],
            "План мероприятий («дорожная карта») на 2024 год",
        ),
        (
            ["Настоящая Модель принята.", "Модель методической службы на 2021-2024 гг.", "План работы"],
            "Модель методической службы на 2021-2024 гг.",
        ),
    ],
)
def test_the_title_is_one_line(lines: list[str], title: str) -> None:
    found = find_title(statements(*lines))

    assert found is not None
    assert found.text == title


def test_prose_alone_has_no_title() -> None:
    assert find_title(statements("В соответствии с приказом проведён мониторинг.")) is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Дорожная карта (2020-2024 г.г.)", "2020-01-01", "2024-12-31"),
        ("План на период 2020 – 2024 годы", "2020-01-01", "2024-12-31"),
        ("План с 2017 года по 2025 год", "2017-01-01", "2025-12-31"),
        ("План на 2023/2024 учебный год", "2023-09-01", "2024-08-31"),
        ("План на 2023-2024 уч. год", "2023-09-01", "2024-08-31"),
        ("План работы на 2022 год", "2022-01-01", "2022-12-31"),
        ("План (сентябрь 2022 г. - май 2024 г.)", "2022-09-01", "2024-05-31"),
    ],
)
def test_the_period_of_a_title(text: str, start: str, end: str) -> None:
    period = find_period([text])

    assert period is not None
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    "text", ["Дорожная карта по развитию методической работы", "План до 2020 года", "План 2024-2020"]
)
def test_a_title_without_both_ends_states_no_period(text: str) -> None:
    assert find_period([text]) is None
