from __future__ import annotations

import pytest

from graph.matching.likeness import is_of_place, made_of, misspelt, of_one_stem


@pytest.mark.parametrize(
    ("adjective", "place"),
    [
        ("рыбновский", "рыбное"),
        ("прудковский", "прудки"),
        ("озерский", "озерки"),
        ("ключевский", "ключ"),
        ("кутский", "кут"),
        ("чувашский", "чувашия"),
        ("тульский", "тула"),
    ],
)
def test_the_adjective_of_a_place_is_known(adjective: str, place: str) -> None:
    assert is_of_place(adjective, place)
    assert of_one_stem(adjective, place)
    assert of_one_stem(place, adjective)


@pytest.mark.parametrize(
    ("adjective", "place"),
    [
        ("рыбинский", "рыбное"),
        ("озерский", "озерное"),
        ("кутский", "кутузово"),
        ("ольховский", "ореховка"),
        ("тульский", "тулун"),
    ],
)
def test_another_place_has_another_adjective(adjective: str, place: str) -> None:
    assert not is_of_place(adjective, place)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("красноярский", {"красный", "яр", "школа"}),
        ("новооскольский", {"новый", "оскол"}),
        ("большеключинский", {"большой", "ключ"}),
        ("нижнетуринский", {"нижний", "тура"}),
        ("новосельский", {"новый", "село"}),
    ],
)
def test_a_word_is_made_of_two(word: str, parts: set[str]) -> None:
    made = made_of(word, parts)
    assert made
    assert parts.issuperset(made)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("красноярский", {"красный", "школа"}),
        ("красногорский", {"красный", "яр"}),
        ("старооскольский", {"новый", "оскол"}),
        ("новоселовский", {"новый", "оскол"}),
    ],
)
def test_a_word_is_made_of_these_two_only(word: str, parts: set[str]) -> None:
    assert made_of(word, parts) is None


def test_of_a_short_word_the_last_letter_may_be_another() -> None:
    assert misspelt("качи", "кача")
    assert not misspelt("куча", "кача")
    assert not misspelt("том", "тим")
