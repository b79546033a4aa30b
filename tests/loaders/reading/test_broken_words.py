from __future__ import annotations

import pytest

from loaders.reading.broken_words import join_broken


@pytest.mark.parametrize(
    ("head", "tail", "joined"),
    [
        ("муници", "пальный центр", "муниципальный центр"),
        ("муници-", "пальный центр", "муниципальный центр"),
        ("учителя-", "наставники", "учителя-наставники"),
        ("план", "работы", "план работы"),
        ("научно-", "методического", "научно-методического"),
        ("образования", ", отвечающей", "образования, отвечающей"),
        ("Томск-", "Томский район", "Томск-Томский район"),
        ("2021-", "2024", "2021-2024"),
        ("dppo.", "edu.ru", "dppo. edu.ru"),
    ],
)
def test_a_broken_line_is_joined_as_it_would_be_printed(head: str, tail: str, joined: str) -> None:
    assert join_broken(head, tail) + tail == joined
