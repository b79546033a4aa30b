from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from graph.matching.gazetteer import Gazetteer
from ontology.language import lemmas

TOMSK, OMSK = NamedNode("http://x/70"), NamedNode("http://x/55")
CITY, DISTRICT, ASINO, NORTH = (NamedNode(f"http://x/{name}") for name in ("city", "district", "asino", "north"))
MOSCOW, HILLS, PERM, PERM_TOWN = (NamedNode(f"http://x/{name}") for name in ("77", "hills", "59", "perm"))
NAMES = {
    TOMSK: "Томская область",
    OMSK: "Омская область",
    CITY: "городской округ город Томск",
    DISTRICT: "Томский муниципальный район",
    ASINO: "Асиновский муниципальный район",
    NORTH: "Называевский муниципальный район",
    MOSCOW: "Москва",
    HILLS: "внутригородская территория города федерального значения муниципальный округ Нагорный",
    PERM: "Пермский край",
    PERM_TOWN: "городской округ Пермский",
}
PLACES = Gazetteer(NAMES, {CITY: TOMSK, DISTRICT: TOMSK, ASINO: TOMSK, NORTH: OMSK, HILLS: MOSCOW, PERM_TOWN: PERM})


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        ("школа Асиновского района", TOMSK, {ASINO}),
        ("школа Асинувского района", TOMSK, {ASINO}),
        ("управление образования Томского района", TOMSK, {DISTRICT}),
        ("Асиновская школа", TOMSK, set()),
        ("школа Называевского района", TOMSK, set()),
        ("школа Называевского района", None, {NORTH}),
        ("Называевка, район", OMSK, {NORTH}),
        ("школа Назывоевского района", None, {NORTH}),
        ("Омский автономный округ", OMSK, set()),
        # No town, and called by any kind.
        ("школа района Нагорный", MOSCOW, {HILLS}),
        ("школа округа Нагорный", MOSCOW, {HILLS}),
    ],
)
def test_a_municipality_is_named_beside_the_word_for_it(
    text: str, region: NamedNode | None, found: set[NamedNode]
) -> None:
    assert PLACES.municipalities(lemmas(text), region) == found


def test_the_office_of_a_town_is_that_of_its_urban_district() -> None:
    assert PLACES.town("томск", TOMSK) == {CITY}
    assert PLACES.town("пермь", PERM) == {PERM_TOWN}
    assert not PLACES.town("асино", TOMSK)


def test_a_region_is_told_as_such() -> None:
    assert PLACES.told_regions(lemmas("колледж Омской области")) == {OMSK}
    assert not PLACES.told_regions(lemmas("Омская школа"))
    assert PLACES.told_regions(lemmas("школа, Москва")) == {MOSCOW}


def test_a_region_is_told_by_a_noun_of_its_own() -> None:
    udmurtia, perm = NamedNode("http://x/18"), NamedNode("http://x/59")
    names = {udmurtia: "Удмуртская Республика", perm: "Пермский край"}
    places = Gazetteer(names, {NamedNode("http://x/uva"): udmurtia, NamedNode("http://x/okhansk"): perm})
    assert places.told_regions(lemmas("школы Удмуртии")) == {udmurtia}
    assert places.called("удмуртия") == {udmurtia}
    assert not places.told_regions(lemmas("школы Перми, академия, условие"))


def test_a_compound_is_parted_unless_it_is_another_place() -> None:
    north = [NamedNode(f"http://x/{at}") for at in range(3)]
    names = {north[0]: "Сут-Хольский район", north[1]: "Усть-Янский район", north[2]: "Устьянский округ"}
    places = Gazetteer(names | NAMES, dict.fromkeys(north, TOMSK))
    assert places.parted("школы Сутхольского района") == "школы сут-хольский района"
    assert places.parted("школы Устьянского района") == "школы Устьянского района"


def test_an_adjective_tells_a_region() -> None:
    assert PLACES.of_adjective(["омский", "институт"]) == {OMSK}
    assert not PLACES.of_adjective(["минский", "институт"])
