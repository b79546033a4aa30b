from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.layout.joining import ends_open, flow, mend, starts_small

LETTERS = st.text(alphabet="абвгдежзиклмнопрстуАБВ ,.;:()«»-–\n12", max_size=40)


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("реализа-", "ции программы", "реализации программы"),
        ("учителя-", "наставники ОО", "учителя-наставники ОО"),
        ("дорожной карты научно-", "методического сопровождения", "дорожной карты научно-методического сопровождения"),
        ("психолого-", "педагогический", "психолого-педагогический"),
        ("проведе\u00ad", "ние", "проведение"),
        ("Организация и", "проведение мониторинга", "Организация и проведение мониторинга"),
        ("2021 –", "2024", "2021 – 2024"),
        (
            "- формирование базы наставляемых;",
            "- формирование базы",
            "- формирование базы наставляемых;\n- формирование базы",
        ),
        ("", "начало", "начало"),
        ("конец", "", "конец"),
    ],
)
def test_cut_texts_are_mended(before: str, after: str, whole: str) -> None:
    assert mend(before, after) == whole


@given(LETTERS, LETTERS)
def test_joining_loses_no_character(before: str, after: str) -> None:
    joined = re.sub(r"\s", "", mend(before, after))
    whole = re.sub(r"\s", "", before) + re.sub(r"\s", "", after)

    # A hyphen at the cut is the one character that may go.
    seam = len(re.sub(r"\s", "", before.rstrip()))
    assert joined == whole or (whole[seam - 1] == "-" and joined == whole[: seam - 1] + whole[seam:])


@given(LETTERS)
def test_flowing_a_cell_keeps_its_characters(text: str) -> None:
    kept = re.sub(r"[\s-]", "", flow(text))

    assert kept == re.sub(r"[\s-]", "", text)


@given(LETTERS)
def test_flowing_twice_changes_nothing(text: str) -> None:
    assert flow(flow(text)) == flow(text)


def test_wrapped_lines_join_and_items_stay_apart() -> None:
    cell = "развитие личного,\nтворческого потенциалов:\n\n- заседания МГУО;\n \n- фестиваль  идей"

    assert flow(cell) == "развитие личного, творческого потенциалов:\n- заседания МГУО;\n- фестиваль идей"


def test_names_on_lines_of_their_own_stay_apart() -> None:
    assert flow("Шешерина Г.А.\nПолунина Н.Л.") == "Шешерина Г.А.\nПолунина Н.Л."


@pytest.mark.parametrize("text", ["на сайтах,", "форумов (слетов", "руководителей и", "научно-", "в рамках «"])
def test_a_text_that_breaks_off_is_open(text: str) -> None:
    assert ends_open(text)


@pytest.mark.parametrize("text", ["Приказ.", "План работы", "100%", "(2021 – 13%)"])
def test_a_whole_text_is_not_open(text: str) -> None:
    assert not ends_open(text)


@pytest.mark.parametrize(
    ("text", "small"), [("практик", True), (") и др.", True), ("Приказ", False), ("а) план", False)]
)
def test_a_text_that_starts_inside_a_sentence(text: str, small: bool) -> None:  # noqa: FBT001
    assert starts_small(text) is small
