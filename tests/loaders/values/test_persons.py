from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.values.persons import find_persons


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Иванова И.И.", ["Иванова И.И."]),
        ("Иванова И. И.", ["Иванова И.И."]),
        ("И.И. Иванова", ["Иванова И.И."]),
        ("И.И.Иванова", ["Иванова И.И."]),
        ("Иванова И,И,", ["Иванова И.И."]),
        ("Иванова И.И", ["Иванова И.И."]),
        ("Петрова А.А. Сидоров Б.Б. Иванова В.В.", ["Петрова А.А.", "Сидоров Б.Б.", "Иванова В.В."]),
        ("А.А. Петрова Б.Б. Сидоров", ["Петрова А.А.", "Сидоров Б.Б."]),
        ("Петрова А.А.,Сидоров Б.Б.;Иванова В.В.", ["Петрова А.А.", "Сидоров Б.Б.", "Иванова В.В."]),
        ("Салтыков-Щедрин М.Е.", ["Салтыков-Щедрин М.Е."]),
        ("Иванова Ирина Ивановна", ["Иванова И.И."]),
        ("Ирина Ивановна Петрова", ["Петрова И.И."]),
        ("ОРЛОВА Анна Сергеевна", ["Орлова А.С."]),
        ("ИВАНОВ И.И.", ["Иванов И.И."]),
        ("директор Ким А.А.", ["Ким А.А."]),
        ("Руководитель Центра И.И. Петров", ["Петров И.И."]),
        ("Директор И.И. Петров", ["Петров И.И."]),
        ("Петров И.И. Директор школы", ["Петров И.И."]),
        ("Петрова Ё.Ё.", ["Петрова Ё.Ё."]),
        ("МБОУ СОШ имени А.С. Пушкина", []),
        ("МБОУ «СОШ № 5 им. А.С. Пушкина»", []),
        ("с. Благодатное, г. Томск", []),
        ("С. Хороль", []),
        ("Руководитель Центра", []),
        ("Зав. кафедрами", []),
        ("", []),
    ],
)
def test_names_of_persons(text: str, labels: list[str]) -> None:
    assert [name.label for name in find_persons(text)] == labels


def test_broken_initials_are_marked() -> None:
    assert [name.whole for name in find_persons("Иванова И,И, Петров П.П. Сидоров С.")] == [False, True, False]


@given(st.text(alphabet=st.sampled_from("ИвановаПетр .,-\n«»А.С."), max_size=60))
def test_spans_never_overlap(text: str) -> None:
    position = 0
    for name in find_persons(text):
        assert position <= name.start < name.end <= len(text)
        position = name.end
