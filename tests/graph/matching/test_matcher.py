from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from pyoxigraph import NamedNode

from graph.matching.asked import Mention
from graph.matching.matcher import Matcher
from ontology.identifiers import Identifier
from ontology.registers import RegisterRecord

TOMSK, TAMBOV, PRIMORYE = (NamedNode(f"http://x/{name}") for name in ("tomsk", "tambov", "primorye"))
ASINO, KHOROL = NamedNode("http://x/asino"), NamedNode("http://x/khorol")
PLACES = {
    TOMSK: "Томская область",
    TAMBOV: "Тамбовская область",
    PRIMORYE: "Приморский край",
    ASINO: "Асиновский муниципальный район",
    KHOROL: "Хорольский муниципальный округ",
}


def body(key: str, name: str, *short: str, region: NamedNode, territory: NamedNode | None = None) -> RegisterRecord:
    return RegisterRecord(
        iri=NamedNode(f"http://x/{key}"),
        register="test",
        key=key,
        kind="organisation",
        name=name,
        short_names=short,
        region=region,
        territory=territory or region,
        identifiers=(Identifier("ogrn", f"10270000000{key}"),),
    )


def district(key: str, name: str, place: NamedNode, start: int, end: int | None) -> RegisterRecord:
    return RegisterRecord(
        iri=NamedNode(f"http://x/{key}"),
        register="oktmo",
        key=key,
        kind="territory",
        name=name,
        territory=place,
        region=PRIMORYE,
        valid_from=date(start, 1, 1),
        valid_to=date(end, 12, 31) if end else None,
    )


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    institute = "институт повышения квалификации и переподготовки работников образования"
    return Matcher(
        [
            body("10", f"Томский областной {institute}", "ОГБУ ДПО «ТОИПКРО»", region=TOMSK),
            body(
                "11",
                "Тамбовский областной институт повышения квалификации работников образования",
                "ТОГОАУ ДПО «ИПКРО»",
                region=TAMBOV,
            ),
            *(
                body(
                    f"2{number}",
                    f"муниципальное бюджетное общеобразовательное учреждение школа № {number} с. Хороль",
                    f"МБОУ школа № {number} с. Хороль",
                    region=PRIMORYE,
                    territory=KHOROL,
                )
                for number in (1, 2, 3)
            ),
            body("31", "МБОУ СОШ № 1 г. Асино", region=TOMSK, territory=ASINO),
            body("32", "МБОУ «Первомайская СОШ»", region=TOMSK, territory=ASINO),
            body("33", "МБОУ «Первомайская СОШ»", region=PRIMORYE, territory=KHOROL),
            district("05650000", "Хорольский муниципальный район", KHOROL, 2018, 2020),
            district("05550000", "Хорольский муниципальный округ", KHOROL, 2021, None),
        ],
        PLACES,
    )


def keys(matcher: Matcher, mention: Mention) -> list[str]:
    return [one.record.key for one in matcher.match(mention)]


@pytest.mark.parametrize(("region", "key"), [(TOMSK, "10"), (TAMBOV, "11")])
def test_one_abbreviation_means_the_institute_of_its_region(matcher: Matcher, region: NamedNode, key: str) -> None:
    assert keys(matcher, Mention(text="ТОИПКРО", region=region))[:1] == [key]
    assert {one.record.region for one in matcher.match(Mention(text="ТОИПКРО", region=region))} == {region}


def test_without_a_region_an_abbreviation_of_two_is_not_accepted(matcher: Matcher) -> None:
    assert not any(one.accepted for one in matcher.match(Mention(text="ТОИПКРО")))


@pytest.mark.parametrize(
    "text", ["МБОУ школа №2 с.Хороль", "школы № 2 с. Хороль", "МБОУ СОШ N 2 с. Хороль", "школа № 2 с. Хароль"]
)
def test_a_number_tells_schools_apart(matcher: Matcher, text: str) -> None:
    found = matcher.match(Mention(text=text, region=PRIMORYE, kinds=frozenset({"school"})))
    assert found[0].record.key == "22"
    assert "the number {number} is the same" in {one.template for one in found[0].evidence}


def test_another_number_is_never_accepted(matcher: Matcher) -> None:
    found = matcher.match(Mention(text="МБОУ школа № 7 с. Хороль", region=PRIMORYE))
    assert not found[0].accepted
    assert any(not one.for_it for one in found[0].evidence)


def test_namesakes_are_told_by_region_or_left_to_a_person(matcher: Matcher) -> None:
    here = matcher.match(Mention(text="Первомайская СОШ", region=TOMSK))
    assert (here[0].record.key, here[0].accepted) == ("32", True)
    nowhere = matcher.match(Mention(text="Первомайская СОШ"))
    assert {one.record.key for one in nowhere[:2]} == {"32", "33"}
    assert nowhere[0].score == nowhere[1].score
    assert not nowhere[0].accepted


@pytest.mark.parametrize(
    ("text", "day", "key"),
    [
        ("Хорольский муниципальный район", date(2019, 5, 1), "05650000"),
        ("Хорольского муниципального округа", date(2021, 5, 1), "05550000"),
    ],
)
def test_the_version_of_a_territory_is_that_of_the_day(matcher: Matcher, text: str, day: date, key: str) -> None:
    mention = Mention(text=text, region=PRIMORYE, kinds=frozenset({"territory"}), day=day)
    assert keys(matcher, mention)[0] == key


def test_a_number_of_a_register_decides_alone(matcher: Matcher) -> None:
    found = matcher.match(Mention(text="совсем другое", numbers=("1027000000031",)))
    assert [(one.record.key, one.score, one.accepted) for one in found] == [("31", 1.0, True)]


@pytest.mark.parametrize("text", ["", "!!!", "руководители образовательных организаций", "хаб «Томск – Томский район»"])
def test_what_is_in_no_register_is_not_accepted(matcher: Matcher, text: str) -> None:
    assert not any(one.accepted for one in matcher.match(Mention(text=text, region=TOMSK)))


def accepts(matcher: Matcher, text: str, region: NamedNode = TOMSK) -> list[str]:
    return [one.record.key for one in matcher.match(Mention(text=text, region=region)) if one.accepted]


def test_a_word_that_the_entry_does_not_answer_to_leaves_it_to_people(matcher: Matcher) -> None:
    assert accepts(matcher, "Первомайская СОШ") == ["32"]
    assert accepts(matcher, "Первомайская вечерняя СОШ") == []
    assert accepts(matcher, "Заречная СОШ") == []


def test_one_wrong_letter_is_forgiven_unless_the_word_is_one_of_its_own() -> None:
    schools = [body("41", "МБОУ «Ореховская СОШ»", region=PRIMORYE), body("42", "МБОУ «Ольховская СОШ»", region=TOMSK)]
    assert accepts(Matcher(schools, PLACES), "Олховская СОШ") == ["42"]
    assert accepts(Matcher(schools, PLACES), "Ореховская СОШ") == []


def test_several_that_answer_to_every_word_are_left_to_people() -> None:
    schools = [
        body("51", "МБОУ гимназия № 1 г. Асино", region=TOMSK),
        body("52", "МБОУ лицей № 1 г. Асино", region=TOMSK),
    ]
    one = Matcher(schools, PLACES)
    assert accepts(one, "гимназия г. Асино") == ["51"]
    two = Matcher([*schools, body("53", "МБОУ гимназия № 2 имени Пушкина г. Асино", region=TOMSK)], PLACES)
    assert accepts(two, "гимназия г. Асино") == []


def test_the_people_of_a_body_are_not_linked_unseen(matcher: Matcher) -> None:
    found = matcher.match(Mention(text="директор Первомайской СОШ", region=TOMSK))
    assert found[0].record.key == "32"
    assert not found[0].accepted


def test_a_group_meets_no_legal_person(matcher: Matcher) -> None:
    assert matcher.match(Mention(text="все школы с. Хороль", region=PRIMORYE)) == []


def test_a_place_of_another_region_is_looked_for_there_and_never_accepted(matcher: Matcher) -> None:
    found = matcher.match(Mention(text="Хорольский муниципальный округ", region=TOMSK))
    assert found[0].record.key == "05550000"
    assert not any(one.accepted for one in found)


@pytest.mark.parametrize("text", ["Хорольский муниципальный район", "СОШ Хорольского района"])
def test_many_here_do_not_hide_the_one_of_a_place_elsewhere(text: str) -> None:
    here = [body(str(at), f"МБОУ СОШ с. Село{'аеиоу'[at % 5]}{'вклмн'[at // 5]}", region=TOMSK) for at in range(25)]
    districts = [
        replace(district(f"69{at:06}", f"{name} муниципальный район", ASINO, 2018, None), region=TOMSK)
        for at, name in enumerate(("Холмский", "Харский", "Холский", "Хорский", "Ольский", "Орский", "Польский"))
    ]
    school = body("97", "МБОУ СОШ с. Хороль", region=PRIMORYE, territory=KHOROL)
    okrug = district("05550000", "Хорольский муниципальный округ", KHOROL, 2021, None)
    found = Matcher([*here, *districts, school, okrug], PLACES).match(Mention(text=text, region=TOMSK))
    assert KHOROL in {one.record.territory for one in found}
    assert not any(one.accepted for one in found if one.record.territory == KHOROL)
    assert len(found) <= 10


def test_the_school_of_a_number_in_a_place_is_found_among_many() -> None:
    near = [body(f"1{at:02}", "МБОУ «Хорольская СОШ»", region=PRIMORYE, territory=ASINO) for at in range(60)]
    far = body(
        "200", "МБОУ «Средняя школа № 2 имени Виссариона Григорьевича Белинского»", region=PRIMORYE, territory=KHOROL
    )
    found = Matcher([*near, far], PLACES).match(Mention(text="СОШ № 2 МО Хорольское", region=PRIMORYE))
    assert "200" in {one.record.key for one in found}


def test_a_union_of_a_town_and_its_district_is_neither() -> None:
    hub = Matcher([body("98", "Хаб «Томск–Томский район»", "Томск–Томский район", region=TOMSK)], PLACES)
    assert accepts(hub, "г. Томск") == []
    assert accepts(hub, "Томский район") == []
    assert accepts(hub, "Томск – Томский район") == ["98"]


@pytest.mark.parametrize("region", [TOMSK, TAMBOV])
def test_the_first_letters_of_a_region_are_those_of_its_institute(region: NamedNode) -> None:
    institutes = [
        body(str(at), f"ГАУ ДПО {PLACES[one]} «Институт развития образования»", region=one)
        for at, one in enumerate((TOMSK, TAMBOV, PRIMORYE))
    ]
    matcher = Matcher(institutes, PLACES)
    (key,) = accepts(matcher, "ТОИРО", region)
    assert key == str((TOMSK, TAMBOV).index(region))
    assert accepts(matcher, "ТОИРО", PRIMORYE) == []


def test_the_kind_of_a_kindergarten_tells_nothing() -> None:
    gardens = Matcher([body("99", "МБДОУ детский сад № 1 «Ручеёк» г. Асино", region=TOMSK, territory=ASINO)], PLACES)
    assert accepts(gardens, "Детский сад комбинированного вида № 1 «Ручеек» г. Асино") == ["99"]
    assert accepts(gardens, "Детский сад комбинированного вида № 2 «Ручеек» г. Асино") == []


@pytest.mark.parametrize("word", ["Комитет", "Отдел", "Департамент"])
def test_an_office_has_many_names(word: str) -> None:
    offices = [body("61", "Управление образования администрации Асиновского района", region=TOMSK, territory=ASINO)]
    assert accepts(Matcher(offices, PLACES), f"{word} образования Асиновского района") == ["61"]
    assert accepts(Matcher(offices, PLACES), f"{word} культуры Асиновского района") == []


def test_a_region_is_none_of_its_districts() -> None:
    districts = [
        replace(district("69654000", "Томский муниципальный район", ASINO, 2018, None), region=TOMSK),
    ]
    alone = Matcher(districts, PLACES)
    assert accepts(alone, "Томская область") == []
    assert accepts(alone, "Томский район") == ["69654000"]


def test_several_schools_and_branches_are_left_to_people() -> None:
    one = Matcher([body("71", "МБОУ школа № 1 с. Хороль", region=PRIMORYE)], PLACES)
    assert accepts(one, "МБОУ школа № 1 с. Хороль", PRIMORYE) == ["71"]
    assert accepts(one, "МБОУ школы № 1, № 2 с. Хороль", PRIMORYE) == []
    branch = Matcher([body("72", "МБОУ школа № 1 с. Хороль, филиал", region=PRIMORYE)], PLACES)
    assert accepts(branch, "МБОУ школа № 1 с. Хороль", PRIMORYE) == []


VILLAGES = [
    replace(body("91", "МБОУ СОШ с. Красный Яр", region=TOMSK, territory=ASINO), address="с. Красный Яр"),
    body("92", "МБОУ «Большеключинская СОШ»", region=TOMSK, territory=ASINO),
    body("93", "МБОУ СОШ № 2 г. Новый Оскол", region=TOMSK, territory=ASINO),
    body("94", "МБОУ СОШ № 2 г. Старый Оскол", region=TOMSK, territory=KHOROL),
    body("95", "МБОУ СОШ с. Рыбное", region=TOMSK, territory=ASINO),
    body("96", "МБОУ лицей г. Улан-Удэ", region=TOMSK, territory=KHOROL),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Красноярская СОШ", ["91"]),
        ("Красногорская СОШ", []),
        ("СОШ с. Большие Ключи", ["92"]),
        ("СОШ с. Малые Ключи", []),
        ("Рыбновская СОШ", ["95"]),
        ("Рыбинская СОШ", []),
        ("школа № 2 г. Новый Оскол", ["93"]),
        ("школа № 2 г. Н. Оскол", ["93"]),
        ("школа № 2 г. Ст. Оскол", ["94"]),
        ("школа № 2 г. Нов.Оскол", ["93"]),
        ("школа № 2 г. Оскол", []),
        ("школа № 2 г. В. Оскол", []),
        ("лицей г. Улан-Уде", ["96"]),
        ("лицей г. Уланудэ", ["96"]),
        ("лицей г. Улан-Батор", []),
        ("СОШ с. К. Яр", ["91"]),
        ("школа с. Рыбное", ["95"]),
        ("ООШ с. Рыбное", []),
        ("начальная школа с. Рыбное", []),
    ],
)
def test_a_place_is_known_as_an_adjective_cut_short_or_run_together(text: str, found: list[str]) -> None:
    assert accepts(Matcher(VILLAGES, PLACES), text) == found


def test_of_one_kind_of_office_another_field_is_another_office() -> None:
    offices = [body("81", "Управление культуры Асиновского района", region=TOMSK, territory=ASINO)]
    assert accepts(Matcher(offices, PLACES), "Управление образования Асиновского района") == []
    assert accepts(Matcher(offices, PLACES), "Управление Асиновского района") == []


@pytest.mark.parametrize("region", [TOMSK, None])
def test_equal_entries_come_by_their_addresses_in_whatever_order_they_were_read(region: NamedNode | None) -> None:
    records = [
        body(f"{key:03}", f"Средняя школа № {1 + key % 3}", region=TOMSK if key % 2 else TAMBOV) for key in range(300)
    ]
    mention = Mention(text="средняя школа № 2", region=region)
    expected = [(one.record.key, one.score) for one in Matcher(records, PLACES).match(mention)]
    assert [key for key, _ in expected] == sorted(key for key, _ in expected)
    for seed in (1, 2):
        Random(seed).shuffle(records)
        assert [(one.record.key, one.score) for one in Matcher(records, PLACES).match(mention)] == expected
