from __future__ import annotations

import pytest

from graph.matching.names import read_name


@pytest.mark.parametrize(
    "text",
    [
        "МБОУ СОШ № 5",
        "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа №5»",
        "МУНИЦИПАЛЬНОЕ БЮДЖЕТНОЕ ОБЩЕОБРАЗОВАТЕЛЬНОЕ УЧРЕЖДЕНИЕ СРЕДНЯЯ ОБЩЕОБРАЗОВАТЕЛЬНАЯ ШКОЛА N 5",
        "муниципального бюджетного общеобразовательного учреждения «Средней общеобразовательной школы № 5»",
        "муниципальное бюджетное общеобразоватеьное учрежденине средняя общеобразовательная школа №\u00a05",
    ],
)
def test_one_school_in_many_spellings(text: str) -> None:
    name = read_name(text)
    assert name.known == "средний общеобразовательный школа 5"
    assert (name.kind, set(name.numbers), name.owner, name.financing) == ("school", {5}, "municipal", "budget")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("МБДОУ № 3 «Солнышко»", "kindergarten"),
        ("Томский областной институт повышения квалификации работников образования", "training"),
        ("МАУ ИМЦ", "training"),
        ("Дом детского творчества", "extra"),
        ("ОГБПОУ «Томский колледж»", "vocational"),
        ("Департамент образования администрации Города Томска", "authority"),
        ("Асиновский р-н", "territory"),
        ("МО Заречное", "territory"),
        ("г. Асино", "territory"),
        ("школа МО Заречное", "school"),
        ("Учитель будущего", None),
        ("", None),
    ],
)
def test_what_kind_of_entity_a_name_is(text: str, kind: str | None) -> None:
    assert read_name(text).kind == kind


@pytest.mark.parametrize(
    ("text", "settlement", "patron"),
    [
        ("МБОУ СОШ № 1 с.Хороль", "хороль", None),
        ("СОШ пгт Ярославский", "ярославский", None),
        ("школа № 2 им. А.С. Пушкина г. Томска", "томск", "пушкин"),
        ("школа имени Героя Советского Союза Ивана Ивановича Сидоренко", None, "сидоренко"),
        ("СОШ им. С. Есенина", None, "есенин"),
        ("им. М. В. Ломоносова Ольховская СОШ", None, "ломоносов"),
        ("СОШ им. Героя Сов. Союза И. С. Черных", None, "черный"),
        ("СОШ им. Пушкина с. Хороль", "хороль", "пушкин"),
    ],
)
def test_settlement_and_patron(text: str, settlement: str | None, patron: str | None) -> None:
    name = read_name(text)
    assert name.settlement == settlement
    assert name.patron == patron


@pytest.mark.parametrize("form", ["КОГПОБУ", "СОГБОУ", "МАУО", "МБОУ"])
def test_a_form_that_no_list_has_is_none_of_the_words(form: str) -> None:
    assert read_name(f"{form} «Аграрный колледж»").words == ("аграрный", "колледж")


@pytest.mark.parametrize("short", ["ТОИПКРО", "БИРО"])
def test_a_name_in_capitals_is_no_form(short: str) -> None:
    assert read_name(f"{short} города").words[0] == short.lower()


@pytest.mark.parametrize("text", ["Рылскому району", "Рылского района", "Рылском районе"])
def test_cases_of_a_misspelt_adjective_are_one_word(text: str) -> None:
    assert read_name(text).words == ("рылский", "район")


def test_words_in_capitals_are_no_abbreviations() -> None:
    assert read_name("СРЕДНЯЯ ШКОЛА № 3, ТЕРСКИЙ РАЙОН").acronyms == frozenset()
    assert read_name("ТОИПКРО").acronyms == read_name("Институт ТОИПКРО").acronyms == {"тоипкро"}


def test_a_district_of_a_federal_city_is_no_federal_body() -> None:
    name = read_name("Сад № 1, внутригородская территория города федерального значения муниципальный округ Нагорный")
    assert (name.owner, name.settlement, name.division) == ("municipal", None, None)
