from __future__ import annotations

import pytest

from ontology.language import lemma
from ontology.language.keyboard import from_latin_keys, sound
from ontology.language.roots import root


@pytest.mark.parametrize(
    "family",
    [
        "наставник наставничество наставнических наставляемых",
        "организация организационный организовать организатор",
        "методический методист методика метод",
        "профессиональный профессия",
        "школа школьный школьник",
        "поддержка поддерживать",
        "педагог педагогический",
        "руководитель руководство руководить",
        "регион региональный",
        "область областной",
        "тамбов тамбовский",
        "аттестация аттестационный",
        "обучение обучающихся",
        "управление управленческий",
    ],
)
def test_words_of_one_family_have_one_root(family: str) -> None:
    assert len({root(lemma(word)) for word in family.split()}) == 1


@pytest.mark.parametrize("pair", ["образование образ", "организация орган", "регион рейтинг", "школа шкала"])
def test_other_families_keep_apart(pair: str) -> None:
    first, second = pair.split()
    assert root(lemma(first)) != root(lemma(second))


def test_what_is_no_russian_word_stays() -> None:
    assert [root(word) for word in ("moodle", "№", "2021", "", "икт")] == ["moodle", "№", "2021", "", "икт"]


def test_the_other_keyboard() -> None:
    assert from_latin_keys("yfcnfdybr") == "наставник"
    assert from_latin_keys("Njvcr") == "Томск"


def test_habits_of_latin_spelling_sound_alike() -> None:
    assert sound("Хороль") == sound("Khorol") == sound("Horol'") == sound("Xorol")
    assert sound("Тюмень") == sound("Tyumen") == sound("Tiumen")
    assert sound("Щукина") == sound("Shchukina")
    assert sound("…") == ""
