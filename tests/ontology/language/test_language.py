from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.language import collapse, initials, lemma_key, lemmas, normalise, readings, slug, spelling_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Учёный совет", "учёный\u00a0совет"),
        ("Учёный совет", "Ученый  совет"),
        ("Центр «Точка роста»", 'центр "Точка роста"'),
        ("2021 – 2024", "2021 - 2024"),
        ("2021—2024", "2021-2024"),
        ("муни\u00adципальный", "муниципальный"),
        ("й", "и\u0306"),
    ],
)
def test_normal_spelling_hides_what_readers_do_not_see(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_normal_spelling_keeps_different_words_apart() -> None:
    assert normalise("ДОО ТО") != normalise("ДО ТОО")


@given(st.text())
def test_normal_spelling_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert "\n" not in collapse(text)


def test_spelling_key_ignores_blanks_round_signs() -> None:
    assert spelling_key("МКОУ СОШ с.Благодатное") == spelling_key("МКОУ СОШ с. Благодатное")
    assert spelling_key("учителя- наставники") == spelling_key("учителя-наставники")
    assert spelling_key("школа №1") == spelling_key("Школа № 1")


def test_initials_of_a_territory() -> None:
    assert initials("Хорольский муниципальный округ") == "ХМО"
    assert initials("Ямало-Ненецкий автономный округ") == "ЯНАО"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Щёлковский район", "shchelkovskii-raion"),
        ("МКОУ СОШ с.Благодатное", "mkou-sosh-s-blagodatnoe"),
        ("Школа № 5", "shkola-n-5"),
        ("«Точка роста»", "tochka-rosta"),
        ("ФИО: É, 100%", "fio-e-100"),
        ("—", ""),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text())
def test_slug_is_always_safe_in_an_address(text: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug(text))


def test_lemmas_of_our_field() -> None:
    assert lemmas("педагогов-наставников, тьютеров и Зав. кафедрами") == (
        "педагог",
        "наставник",
        "тьютор",
        "и",
        "заведующий",
        "кафедра",
    )


def test_lemma_key_joins_cases_and_keeps_numbers() -> None:
    assert lemma_key("Департамента образования № 2") == lemma_key("департамент образования №2")
    assert lemma_key("школа № 1") != lemma_key("школа № 2")


def test_readings_tell_case_and_number() -> None:
    first = readings("руководители")[0]
    assert (first.lemma, first.part, first.case, first.number) == ("руководитель", "NOUN", "nomn", "plur")


def test_the_dictionary_is_not_loaded_at_start() -> None:
    code = "import sys, ontology.reference as r; r.load_reference(); sys.exit('pymorphy3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.text(max_size=20))
def test_any_word_has_a_reading(word: str) -> None:
    assert len(readings(word)) >= 1


def test_letters_without_a_name_are_words_nobody_knows() -> None:
    assert [(found.part, found.lemma) for found in readings("\U00017000")] == [(None, "\U00017000")]
