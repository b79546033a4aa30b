"""Organisations of registers get their municipality: from codes and addresses, whichever register comes first."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from graph.register_records import read_records
from loaders.registries.addressed import Municipalities
from loaders.registries.editions import loaded_editions
from loaders.registries.loading import RegisterOptions, load_register, remove_register
from loaders.registries.places import Places
from loaders.registries.reading import Reading
from loaders.registries.registers import REGISTERS, register_of
from loaders.registries.source import open_source
from ontology.iris import Iris
from ontology.reference import load_reference

if TYPE_CHECKING:
    from pathlib import Path

    from graph.store import Store
    from loaders.registries.loading import RegisterReport
    from ontology.registers import RegisterRecord

IRIS = Iris()
# Of the 34 real certificates and their 27 branches, read by hand from their addresses.  The other five: three branches
# without an address, one of Донецк, of which the dictionary knows nothing, one of Москва, of which no part is named.
EXPECTED = {
    "Панкрушихинский": 1, "Курьинский": 5, "Романовский": 2, "Саратов": 1, "Аркадакский": 1, "Юрьев-Польский": 2,
    "Приуральский": 1, "Владимир": 5, "Судогодский": 1, "Немецкий": 1, "Барнаул": 2, "Бурлинский": 8,
    "Завитинский": 2, "Рязань": 1, "Тула": 1, "Конаковский": 1, "Чарышский": 1, "Красногорск": 1, "Облученский": 1,
    "Смоленский": 5, "Хабарский": 2, "Целинный": 1, "Одинцовский": 1, "Избербаш": 1, "Краснодар": 1,
    "Кугарчинский": 4, "Шаранский": 1, "Пригородный": 1, "Архангельск": 1,
}  # fmt: skip
MAPPING = """
title: Перечень школ
key: [ОГРН]
delimiter: ";"
columns: {name: Школа, ogrn: ОГРН, oktmo: ОКТМО, region: Субъект, address: Адрес}
"""


@pytest.fixture(scope="module")
def versions(shared: Path) -> list[RegisterRecord]:
    places = Places(load_reference(), IRIS)
    with open_source(shared / "registries" / "municipalities.csv", lambda _done, _total: None) as source:
        reading = Reading("municipalities", source, places, date(2024, 10, 1))
        return list(REGISTERS["municipalities"].read(reading))


@pytest.mark.parametrize(
    ("address", "day", "names"),
    [
        ("634050, Томская обл, г Томск, ул Герцена, д 68", "2024-10-01", {"Томск"}),
        ("Томская обл., Томск г, Ленина пр-кт, д. 1", "2024-10-01", {"Томск"}),
        ("Томская область, м.р-н Томский, с. Моряковский Затон", "2024-10-01", {"Томский"}),
        ("Томская область, Томский р-н, п. Мирный", "2024-10-01", {"Томский"}),
        ("ТОМСКАЯ ОБЛАСТЬ, Г.О. ЗАТО СЕВЕРСК, Г. СЕВЕРСК", "2024-10-01", {"Северск"}),
        ("Московская область, г.о. Одинцовский, п. Часцы", "2024-10-01", {"Одинцовский"}),
        ("г. Москва, муниципальный округ Северное Измайлово, ул. Щёлковская", "2024-10-01", {"Северное Измайлово"}),
        # The district sits in the town, whose own district is named here: two places, so none is told.
        ("Томская область, г. Томск, Кожевниковский район", "2024-10-01", set()),
        # A part of the town of that name, no municipality.
        ("Республика Башкортостан, г. Уфа, Октябрьский район, д. 5", "2024-10-01", {"Уфа"}),
        ("Томская область, ул. Кирова, 1", "2024-10-01", set()),
        ("г. Москва, ул. Широкая, 1", "2024-10-01", set()),
        ("", "2024-10-01", set()),
        # Not in force on the day, and in force again.
        ("Тамбовская область, Знаменский район", "2019-05-01", {"Знаменский"}),
        ("Тамбовская область, Знаменский район", "1999-05-01", set()),
        # The region of the address is meant, not that of who gave the certificate.
        ("Алтайский край, Томский район", "2024-10-01", set()),
    ],
)
def test_an_address_tells_the_one_municipality_that_fits(
    versions: list[RegisterRecord], address: str, day: str, names: set[str]
) -> None:
    municipalities = Municipalities(versions, Places(load_reference(), IRIS), date.fromisoformat(day))
    found = municipalities.of((), address, IRIS.thing("territory", "tomsk-obl"))
    shorts = {short for one in versions if one.territory == found for short in one.short_names}
    assert (shorts & names if names else shorts) == names


def test_a_code_comes_first_also_that_of_a_settlement(versions: list[RegisterRecord]) -> None:
    municipalities = Municipalities(versions, Places(load_reference(), IRIS), date(2024, 10, 1))
    elsewhere = "Томская область, Томский район"
    khorol = IRIS.thing("territory", "khorol-mo")
    for code in ("05550000", "05650000", "05650404", "05650404101"):
        assert municipalities.of([code], elsewhere, None) == khorol
    # A subject is no municipality: then the address tells.
    assert municipalities.of(["69000000"], elsewhere, None) != IRIS.thing("territory", "tomsk-obl")
    assert municipalities.of(["69000000"], "", None) == IRIS.thing("territory", "tomsk-obl")


def load(store: Store, path: Path, register: str, edition: str) -> RegisterReport:
    return load_register(path, REGISTERS[register], store=store, iris=IRIS, options=RegisterOptions(edition=edition))


def territories(store: Store, register: str) -> dict[str, str]:
    """By the key of an entry, the key of its territory."""
    snapshot = store.snapshot()
    (edition,) = (one.graph for one in loaded_editions(snapshot) if one.current and one.register == register)
    return {
        one.key: one.territory.value.rpartition("/")[2]
        for one in read_records(snapshot, IRIS, edition)
        if one.territory is not None
    }


def test_the_real_certificates_have_the_same_municipalities_whichever_register_comes_first(
    store: Store, shared: Path, versions: list[RegisterRecord]
) -> None:
    dictionary = shared / "registries" / "municipalities.csv"
    sample = shared / "registries" / "accreditation" / "sample.jsonl"
    before = load(store, sample, "accreditation", "2026-04-03")
    assert (before.placed, before.unplaced, before.municipalities) == (0, 61, False)
    assert territories(store, "accreditation") == {}
    later = load(store, dictionary, "municipalities", "2024-10")
    assert (later.placed, later.unplaced, later.municipalities) == (56, 5, True)
    found = territories(store, "accreditation")
    assert len(found) == 56
    names = {
        one.territory.value.rpartition("/")[2]: one.short_names[0]
        for one in versions
        if one.territory is not None and one.valid_to is None
    }
    assert Counter(names[territory] for territory in found.values()) == EXPECTED
    remove_register(store, IRIS, "municipalities")
    assert territories(store, "accreditation") == {}
    remove_register(store, IRIS, "accreditation")
    load(store, dictionary, "municipalities", "2024-10")
    after = load(store, sample, "accreditation", "2026-04-03")
    assert (after.placed, after.unplaced) == (56, 5)
    assert territories(store, "accreditation") == found
    # Nothing of it changes when the dictionary comes again under another name.
    again = load(store, dictionary, "municipalities", "2024-11")
    assert (again.placed, again.unplaced) == (56, 5)
    assert territories(store, "accreditation") == found


def test_a_list_read_by_a_mapping_is_placed_by_code_else_by_address(store: Store, shared: Path, tmp_path: Path) -> None:
    (tmp_path / "schools.yaml").write_text(MAPPING, encoding="utf-8")
    rows = [
        "Школа;ОГРН;ОКТМО;Субъект;Адрес",
        "По коду поселения;1;05650404101;Приморский край;Томская область, Томский район",
        "По адресу;2;;Томская область;с. Рыбалово, Томский район",
        "Неверный код;3;05650405;Томская область;г. Томск",
        "Нигде;4;;Томская область;ул. Мира, 1",
    ]
    (tmp_path / "schools.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    register = register_of("schools", tmp_path / "schools.yaml")
    options = RegisterOptions(edition="2024-10")
    path = tmp_path / "schools.csv"
    load_register(path, register, store=store, iris=IRIS, options=options)
    load(store, shared / "registries" / "municipalities.csv", "municipalities", "2024-10")
    found = territories(store, "schools")
    assert found["1"] == "khorol-mo"
    assert found["2"] == "tomsky-raion"
    assert "4" not in found
    remove_register(store, IRIS, "schools")
    report = load_register(path, register, store=store, iris=IRIS, options=options)
    assert (report.placed, report.unplaced) == (3, 1)
    assert territories(store, "schools") == found


def test_a_load_tells_which_organisations_are_older_than_the_municipalities(store: Store, shared: Path) -> None:
    dictionary = shared / "registries" / "municipalities.csv"
    sample = shared / "registries" / "accreditation" / "sample.jsonl"
    early = load(store, sample, "accreditation", "2016-07-13")
    # As long as no municipality is known, that is the reason.
    assert (early.unplaced, early.early, early.known_from, early.early_editions) == (61, 0, None, [])
    told = load(store, dictionary, "municipalities", "2024-10")
    # The other five have no address that tells a municipality of any time.
    assert (told.placed, told.unplaced, told.early) == (0, 61, 56)
    assert told.known_from == date(2018, 1, 1)
    assert told.early_editions == ["accreditation 2016-07-13"]
    remove_register(store, IRIS, "accreditation")
    again = load(store, sample, "accreditation", "2016-07-13")
    assert (again.placed, again.unplaced, again.early, again.known_from) == (0, 61, 56, date(2018, 1, 1))
    assert again.early_editions == ["accreditation 2016-07-13"]
    later = load(store, sample, "accreditation", "2026-04-03")
    assert (later.placed, later.unplaced, later.early, later.known_from) == (56, 5, 0, None)


def test_a_municipality_that_begins_after_the_edition_is_told_with_its_day(versions: list[RegisterRecord]) -> None:
    region = IRIS.thing("territory", "tambov-obl")
    municipalities = Municipalities(versions, Places(load_reference(), IRIS), date(2017, 6, 1))
    assert municipalities.of((), "Тамбовская область, Знаменский район", region) is None
    assert municipalities.begin_of("Тамбовская область, Знаменский район", region) == date(2018, 1, 1)
    assert municipalities.begin_of("Тамбовская область, ул. Мира, 1", region) is None
    now = Municipalities(versions, Places(load_reference(), IRIS), date(2024, 10, 1))
    assert now.begin_of("Тамбовская область, Знаменский район", region) is None
