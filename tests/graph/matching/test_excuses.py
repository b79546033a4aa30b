"""What is accepted where nothing fits as it is called: each rule with a mention that it must not help."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyoxigraph import NamedNode

from graph.matching.asked import Mention
from graph.matching.matcher import Matcher
from ontology.registers import RegisterRecord

REGION, OTHER = NamedNode("http://x/69"), NamedNode("http://x/68")
KUVSHINOVO, TOWN, KIMRY, BOGORODSK = (NamedNode(f"http://x/{name}") for name in ("kuvshinovo", "town", "kimry", "bog"))
PLACES = {
    REGION: "Тверская область",
    OTHER: "Тамбовская область",
    KUVSHINOVO: "Кувшиновский муниципальный округ",
    TOWN: "городской округ город Октябрьский",
    KIMRY: "Кимрский муниципальный район",
    BOGORODSK: "Богородский городской округ",
}


def territory(place: NamedNode) -> RegisterRecord:
    return RegisterRecord(
        iri=place,
        register="oktmo",
        key=place.value[9:],
        kind="territory",
        name=PLACES[place],
        territory=place,
        region=REGION,
    )


def body(
    key: str, *names: str, place: NamedNode = REGION, region: NamedNode = REGION, address: str = ""
) -> RegisterRecord:
    return RegisterRecord(
        iri=NamedNode(f"http://x/{key}"),
        register="test",
        key=key,
        kind="organisation",
        name=names[0],
        short_names=names[1:],
        region=region,
        territory=place,
        address=address,
    )


DISTRICTS = [territory(place) for place in (KUVSHINOVO, TOWN, KIMRY, BOGORODSK)]


def accepted(records: list[RegisterRecord], text: str, *, region: NamedNode | None = REGION) -> str | None:
    found = Matcher([*DISTRICTS, *records], PLACES).match(Mention(text=text, region=region))
    return next((one.record.key for one in found if one.accepted), None)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Кувшиновский район", "kuvshinovo"),
        ("Кувшинвский район", "kuvshinovo"),
        ("Богородский район", "bog"),
        ("Кимрский муниципальный округ", "kimry"),
        # A town is no district of its name; a settlement is another territory.
        ("Октябрьский район", None),
        ("Кимрское сельское поселение", None),
        ("Осташковский район", None),
    ],
)
def test_a_district_keeps_its_name_when_its_kind_changes(text: str, key: str | None) -> None:
    assert accepted([], text) == key


def test_of_two_districts_of_a_name_that_of_the_kind_is_meant() -> None:
    place = NamedNode("http://x/kimry-town")
    records = [replace(territory(KIMRY), iri=place, key="town", territory=place, name="городской округ Кимрский")]
    assert accepted(records, "Кимрский район") == "kimry"
    assert accepted(records, "Кимрский муниципальный округ") is None


def test_a_district_of_another_region_is_never_accepted() -> None:
    assert accepted([], "Кувшиновский район", region=OTHER) is None
    assert accepted([], "Кувшиновский район", region=None) is None


def test_the_body_of_a_former_district_is_that_of_the_urban_district() -> None:
    office = body("1", "Управление образования администрации города Ногинск", place=BOGORODSK, address="г. Ногинск")
    assert accepted([office], "Управление образования Ногинского района") == "1"
    of_town = body("2", "Управление образования администрации города Октябрьский", place=TOWN)
    assert accepted([of_town], "Управление образования Октябрьского района") is None
    both = [office, body("3", "Управление образования Кимрского района", place=KIMRY, address="г. Ногинск")]
    assert accepted(both, "Управление образования Кимрского района") == "3"


MINISTRY = body("10", "Министерство образования и науки Тверской области", "Минобрнауки Тверской области")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Министерство образования Тверской области", "10"),
        ("Министерство образования и молодежной политики Тверской области", "10"),
        ("Департамент образования Тверской области", "10"),
        ("Министерство культуры Тверской области", None),
        ("Департамент профессионального образования Тверской области", None),
        ("Департамент образования", None),
    ],
)
def test_the_only_office_of_education_may_have_had_other_fields(text: str, key: str | None) -> None:
    assert accepted([MINISTRY], text) == key


def test_of_two_offices_of_education_neither_is_taken_for_a_third() -> None:
    second = body("11", "Департамент профессионального образования Тверской области")
    assert accepted([MINISTRY, second], "Министерство образования Тверской области") is None
    assert accepted([MINISTRY, replace(second, status="ceased")], "Министерство образования Тверской области") == "10"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Отдел образования Кувшиновского района", "20"),
        ("Комитет по образованию и делам молодежи администрации Кувшиновского муниципального округа", "20"),
        ("Отдел культуры и спорта Кувшиновского района", None),
        ("Управление образования и культуры Кимрского района", None),
        ("Управление культуры", None),
        ("Управление культуры муниципального образования Кувшиновский округ", None),
    ],
)
def test_the_office_of_a_municipality_has_many_names(text: str, key: str | None) -> None:
    office = body(
        "20", "Управление образования, культуры и спорта Кувшиновского муниципального округа", place=KUVSHINOVO
    )
    assert accepted([office], text) == key


def test_one_of_two_joined_words_stands_for_both() -> None:
    centre = body("30", "ГБУ ДО «Региональный центр выявления и поддержки одаренных детей Тверской области»")
    assert accepted([centre], "Региональный центр поддержки одаренных детей") == "30"
    assert accepted([centre], "Региональный центр одаренных детей") == "30"
    assert accepted([centre], "Региональный центр") is None
    assert accepted([centre], "Центр детей") is None
    other = body("31", "ГБУ ДО «Региональный центр поддержки и развития одаренных детей»")
    assert accepted([centre, other], "Региональный центр поддержки одаренных детей") is None
    assert accepted([centre, other], "Региональный центр одаренных детей") is None
    college = body("32", "ГБПОУ «Тверской колледж культуры и искусств»")
    assert accepted([college], "Тверской колледж") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("дом творчества Кувшиновского района", "50"),
        ("методический центр Кувшиновского муниципального округа", "51"),
        ("дом творчества Кимрского района", None),
        ("методический кабинет Кувшиновского района", None),
        ("дом творчества", None),
    ],
)
def test_the_only_body_of_its_kind_may_be_called_by_fewer_words(text: str, key: str | None) -> None:
    bodies = [
        body("50", "МБУ ДО «Дом детского творчества» Кувшиновского муниципального округа", place=KUVSHINOVO),
        body("51", "МКУ «Информационно-методический центр» Кувшиновского муниципального округа", place=KUVSHINOVO),
        body("52", "МБУ ДО «Дом детского технического творчества» Кимрского района", place=KIMRY),
        body("53", "МБУ ДО «Дом детского творчества и туризма» Кимрского района", place=KIMRY),
    ]
    assert accepted(bodies, text) == key


def test_the_centre_of_a_town_is_that_of_the_town_not_of_the_district_around() -> None:
    town = NamedNode("http://x/kimry-town")
    places = PLACES | {town: "городской округ город Кимры"}
    records = [
        *DISTRICTS,
        replace(territory(KIMRY), iri=town, key="town", territory=town, name=places[town]),
        body("60", "МБУ «Информационно-методический центр» города Кимры", place=town, address="Кимры"),
        body("61", "МБУ «Информационно-методический центр» Кимрского района", place=KIMRY, address="Кимры"),
    ]
    matcher = Matcher(records, places)
    for text, key in (("ИМЦ г. Кимры", "60"), ("ИМЦ Кимрского района", "61")):
        found = matcher.match(Mention(text=text, region=REGION))
        assert [one.record.key for one in found if one.accepted] == [key]


def test_a_town_with_a_municipality_of_its_own_is_not_the_district_around() -> None:
    town = NamedNode("http://x/kimry-town")
    places = PLACES | {town: "городской округ город Кимры"}
    there = replace(territory(KIMRY), iri=town, key="town", territory=town, name=places[town])
    village = body("70", "МБОУ «Рыбновская СОШ»", place=KIMRY, address="с. Рыбное")
    centre = body("71", "МБОУ «Озерская СОШ»", place=KIMRY, address="г. Кимры")
    for records, text, key in (
        ([there, village], "Рыбновская СОШ г. Кимры", None),
        ([there, village], "Рыбновская СОШ Кимрского района", "70"),
        ([there, centre], "Озерская СОШ г. Кимры", "71"),
        ([village], "Рыбновская СОШ г. Кимры", "70"),
    ):
        found = Matcher([*DISTRICTS, *records], places).match(Mention(text=text, region=REGION))
        assert next((one.record.key for one in found if one.accepted), None) == key


def test_what_only_looks_alike_is_left_to_people() -> None:
    hero = body("80", "МБОУ «Успенская СОШ имени Героя Советского Союза И.С. Черных»", address="с. Успенское")
    assert accepted([hero], "СОШ с. Советское") is None
    assert accepted([hero], "Успенская СОШ им. Героя Советского Союза Черных") == "80"
    soviet = body("81", "МБОУ «Советская СОШ имени Героя Советского Союза И.С. Черных»", address="с. Советское")
    assert accepted([hero, soviet], "Советская СОШ") == "81"
    great = body("82", "МБОУ «Большеключинская СОШ»", address="с. Большие Ключи")
    assert accepted([great], "СОШ с. Ключи") is None
    assert accepted([great], "СОШ с.Б.Ключи") == "82"
    assert accepted([great], "СОШ с. Болшие Ключи") == "82"
    other = body("83", "МБОУ ООШ с. Ленинское Кимрского района", place=KIMRY, address="с. Ленинское")
    assert accepted([other], "ООШ с. Н.Село Кимрского района") is None


@pytest.mark.parametrize("of_entry", [REGION, None])
def test_the_office_of_a_town_is_not_that_of_the_region_of_its_name(of_entry: NamedNode | None) -> None:
    town = NamedNode("http://x/tver")
    places = PLACES | {town: "городской округ город Тверь"}
    there = replace(territory(KIMRY), iri=town, key="town", territory=town, name=places[town])
    office = replace(body("90", "Департамент образования Тверской области"), territory=of_entry)
    matcher = Matcher([*DISTRICTS, there, office], places)
    for text, place, key in (
        ("Департамент образования администрации города Твери", None, None),
        ("Департамент образования", town, None),
        ("Департамент образования Тверской области", None, "90"),
        ("Департамент образования Тверской области", REGION, "90"),
    ):
        found = matcher.match(Mention(text=text, region=REGION, territory=place))
        assert next((one.record.key for one in found if one.accepted), None) == key


def test_a_school_of_the_state_is_that_of_the_town_where_number_and_place_are_the_same() -> None:
    school = body("40", "МБОУ СОШ № 5 г. Кимры", place=KIMRY)
    assert accepted([school], "ГБОУ СОШ № 5 г. Кимры") == "40"
    assert accepted([school], "ГБОУ СОШ № 6 г. Кимры") is None
    assert accepted([school], "ЧОУ СОШ № 5 г. Кимры") is None
    assert accepted([school, body("41", "ГБОУ СОШ № 5 г. Кимры", place=KIMRY)], "ГБОУ СОШ № 5 г. Кимры") == "41"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Министерство образования Тверской области", "90"),
        ("Министерство просвещения и воспитания Тверской области", "90"),
        ("Департамент образования Тверской обл", "90"),
        ("Минобр Тверской области", "90"),
        ("Департамент здравоохранения Тверской области", None),
        ("Департамент образования Кувшиновского округа Тверской области", "91"),
    ],
)
def test_the_only_office_of_the_whole_region_is_no_office_of_a_part_of_it(text: str, key: str | None) -> None:
    region = body("90", "Министерство образования и науки Тверской области")
    district = body("91", "Управление образования администрации Кувшиновского муниципального округа", place=KUVSHINOVO)
    assert accepted([region, district], text) == key


def test_of_whom_a_school_is_called_after_the_entry_need_not_tell() -> None:
    school = body("42", "МБОУ СОШ № 5 г. Кимры", place=KIMRY)
    assert accepted([school], "СОШ № 5 имени Ломоносова г. Кимры") == "42"
    assert accepted([school], "СОШ № 6 имени Ломоносова г. Кимры") is None
    called = body("43", "МБОУ СОШ № 5 имени А.С. Пушкина г. Кимры", place=KIMRY)
    assert accepted([called], "СОШ № 5 имени Ломоносова г. Кимры") is None


def test_without_a_number_the_school_without_one_is_meant() -> None:
    village = body("44", "МБОУ «Ключевская СОШ имени А.П. Чехова»", place=KIMRY, address="с. Ключи")
    numbered = body("45", "МБОУ СОШ № 1 Ключи", place=KIMRY, address="Ключи")
    assert accepted([village, numbered], "Ключевская СОШ") == "44"
    assert accepted([village, numbered, replace(village, iri=KIMRY, key="46")], "Ключевская СОШ") is None


def test_a_place_without_its_kind_is_looked_for_elsewhere_if_nothing_here_is_called_so() -> None:
    here = body("47", "МБДОУ ДС № 2 «Ручеёк» г. Кимры", place=KIMRY, address="Тверская область, Кимры")
    there = body("48", "МБДОУ ДС № 2 «Ручеёк»", place=OTHER, region=OTHER, address="Тамбовская область, Рассказово")
    found = Matcher([*DISTRICTS, here, there], PLACES).match(Mention(text="ДС № 2 «Ручеёк» Рассказово", region=REGION))
    assert [one.record.key for one in found][:2] == ["48", "47"]
    assert not any(one.accepted for one in found)


def test_what_is_cut_short_may_be_the_region() -> None:
    school = body("49", "МБОУ СОШ № 5 г. Кимры", place=KIMRY)
    assert accepted([school], "СОШ № 5 г. Кимры (Тверск. обл.)") == "49"
    assert accepted([school], "СОШ № 5 г. Кимры (Тамбов. обл.)") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ООШ с. Ключи, Заречное", "50"),
        ("СОШ № 2, Заречное", "51"),
        # Which school of the district, nothing says; another village; another centre.
        ("ООШ, Заречное", None),
        ("ООШ с. Родники, Заречное", None),
        ("ООШ с. Ключи, Дальнее", None),
        ("Заречное, Кимрский район", "kimry"),
        ("Заречное, район", None),
    ],
)
def test_the_centre_of_a_district_tells_where_a_village_is(text: str, key: str | None) -> None:
    office = body("52", "Управление образования Кимрского района", place=KIMRY, address="Тверская область, Заречное")
    village = body("50", "МБОУ ООШ с. Ключи", place=KIMRY, address="Тверская область, с. Ключи")
    second = body("51", "МБОУ СОШ № 2", place=KIMRY, address="Тверская область, Заречное")
    assert accepted([office, village, second], text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Тверской областной педагогический колледж", "53"),
        ("Тверской городской педагогический техникум", None),
        ("Дом творчества детей Кимрского района", "54"),
    ],
)
def test_words_of_owners_and_of_children(text: str, key: str | None) -> None:
    college = body("53", "ГБПОУ Тверской области «Педагогический колледж»")
    house = body("54", "МБУ ДО «Дом детского творчества» Кимрского района", place=KIMRY)
    assert accepted([college, house], text) == key
