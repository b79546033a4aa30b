"""What registers say of a territory stands on its page, each entry has an address, and so do its data."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Triple

from api.commands.cli import run
from graph.changes import Commit
from graph.inference import infer
from graph.store import Store
from ontology.iris import Iris
from ontology.vocabulary import SKOS
from tests.api.conftest import load_into, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

ROWS = """\
territory_id,oktmo8,check_digit,municipal_district_name,municipal_district_name_short,municipal_district_type,\
municipal_district_center,region_code,valid_from,valid_to
804,05650000,4,Хорольский муниципальный район <b>,Хорольский,муниципальный район,с Хороль,25,2018,2021
804,05550000,2,Хорольский муниципальный округ,Хорольский,муниципальный округ,с Хороль,25,2021,
"""
SCHOOLS = """\
title: Перечень школ округа
key: [ОГРН]
delimiter: ";"
columns: {name: Школа, ogrn: ОГРН, region: Субъект, address: Адрес, status: Состояние, valid_from: С}
"""
SCHOOL = "МКОУ «Средняя школа № 2»;1027000861568;Приморский край;Приморский край, Хорольский р-н;действует;2002-10-25"


@pytest.fixture(scope="module")
def registered(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """
    A service with one roadmap and two versions of its territory; the second has a wrong check digit.

    Two schools are linked to entries of lists that came before the territories, one list of a date before theirs.
    """
    from api.settings import read_settings  # noqa: PLC0415  (after the fixture that clears the environment)

    folder = tmp_path_factory.mktemp("registered")
    data = load_into(folder / "data", [next(examples.glob("004_*.txt"))])
    (folder / "schools.yaml").write_text(SCHOOLS, encoding="utf-8")
    (folder / "schools.csv").write_text(f"Школа;ОГРН;Субъект;Адрес;Состояние;С\n{SCHOOL}\n", encoding="utf-8")
    for register, edition in (("schools", "2024-10"), ("old-schools", "2016-09-01")):
        schools = ["registry", "load", str(folder / "schools.csv"), "--register", register, "--edition", edition]
        assert run(["--data", str(data), *schools, "--mapping", str(folder / "schools.yaml")]) == 0
    iris = Iris()
    mappings = iris.graph("mappings")
    links = [
        Triple(
            iris.thing("body", f"khorol-mo_{school}"), SKOS.exactMatch, iris.register_record(register, "1027000861568")
        )
        for school, register in (("school-2", "schools"), ("school-3", "old-schools"))
    ]
    with Store.open(data, rules=[infer]) as store:
        store.commit(Commit(edit={mappings: ((), links)}, current=frozenset({mappings})))
    (folder / "dictionary.csv").write_text(ROWS, encoding="utf-8")
    loaded = [
        "registry",
        "load",
        str(folder / "dictionary.csv"),
        "--register",
        "municipalities",
        "--edition",
        "2024-10",
    ]
    assert run(["--data", str(data), *loaded]) == 0
    with serving(read_settings(data=data, budget_seconds=0, budget_errors=0)) as client:
        yield client


def test_the_page_of_a_territory_shows_its_entries_with_numbers_state_period_and_source(registered: TestClient) -> None:
    page = registered.get("/territories/khorol-mo?lang=ru").text
    assert "В реестрах" in page
    for text in ("05650000", "05550000", "31.12.2020", "больше не действует", "контрольная цифра не сходится"):
        assert text in page
    assert "муниципальный район &lt;b&gt;" in page
    assert "Справочник муниципальных образований, 2024-10 (СберИндекс" in page
    assert 'href="https://creativecommons.org/licenses/by-sa/4.0/"' in page
    assert page.index("05550000</code>") < page.index("05650000</code>")


def test_a_page_without_entries_has_no_such_section(registered: TestClient) -> None:
    assert "В реестрах" not in registered.get("/bodies/khorol-mo_school-1?lang=ru").text


def test_the_page_of_a_linked_school_shows_its_entry_with_municipality_and_number_to_copy(
    registered: TestClient,
) -> None:
    page = registered.get("/bodies/khorol-mo_school-2?lang=ru").text
    told = page[page.index('id="registry-entries"') :]
    for text in (
        "МКОУ «Средняя школа № 2»",
        "Перечень школ округа · то же",
        'Муниципальное образование: <a href="/territories/khorol-mo">',
        "Приморский край, Хорольский р-н",
        '<copy-text for="number-1-1"',
        "25.10.2002",
    ):
        assert text in told
    # The word of the register for what the page says already is not repeated.
    assert told.count("действует") == 1


def test_wrong_numbers_of_registers_stand_among_the_data_quality(registered: TestClient) -> None:
    page = registered.get("/quality?lang=ru").text
    told = page[page.index('id="registers"') :]
    assert "Справочник муниципальных образований" in told
    assert 'href="/registry/municipalities/05550000_2021"' in told
    assert "<code>05550000</code>" in told
    # The other version has a right one.
    assert "05650000" not in told
    assert 'id="registers"' not in registered.get("/quality?lang=ru&roadmap=khorol-mo-nms").text


def test_an_entry_has_a_page_and_data_of_its_own(registered: TestClient) -> None:
    page = registered.get("/registry/municipalities/05650000_2018?lang=ru")
    assert page.status_code == 200
    assert "что это сегодня" in page.text
    assert 'href="/registry/municipalities/05550000_2021"' in page.text
    data = registered.get("/registry/municipalities/05650000_2018", headers={"Accept": "text/turtle"})
    assert data.status_code == 200
    assert 'vekha:oktmo "05650000"' in data.text
    assert registered.get("/registry/municipalities/none").status_code == 404


def test_registers_are_written_only_by_who_holds_the_folder(registered: TestClient) -> None:
    asked = {"action": "remove", "register_name": "municipalities"}
    assert registered.post("/api/registries", json=asked).status_code in {401, 403, 404}
    graph = "https://w3id.org/vekha/graph/registry/municipalities/2024-10"
    refused = registered.put(f"/graphs?graph={graph}", content=b"", headers={"Content-Type": "text/turtle"})
    assert refused.status_code in {401, 403, 404}


def test_an_entry_of_an_edition_older_than_all_municipalities_says_why_it_has_none(registered: TestClient) -> None:
    page = registered.get("/bodies/khorol-mo_school-3?lang=ru").text
    told = page[page.index('id="registry-entries"') :]
    assert "не указано: издание от 01.09.2016, муниципальные образования известны с 01.01.2018" in told
    # An entry that has one says which, and nothing of days.
    assert "известны с" not in registered.get("/bodies/khorol-mo_school-2?lang=ru").text


def statements(page: str) -> dict[str, str]:
    """What the page of a thing says, by property, without markup."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return {unescape(name).strip(): " ".join(unescape(re.sub(r"<[^>]+>", " ", said)).split()) for name, said in found}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "ru",
            {
                "действует ли запись": "больше не действует",
                "реестр": "Справочник муниципальных образований",
                "действует с": "01.01.2018",
            },
        ),
        (
            "en",
            {
                "record status": "no longer in force",
                "register": "Справочник муниципальных образований",
                "valid from": "Jan 1, 2018",
            },
        ),
    ],
)
def test_the_page_of_an_entry_speaks_words(registered: TestClient, language: str, expected: dict[str, str]) -> None:
    page = registered.get(f"/registry/municipalities/05650000_2018?lang={language}").text
    assert {name: statements(page)[name] for name in expected} == expected
    for code in ("in-force", "ceased", ">municipalities<"):
        assert code not in page
    head = page[: page.index('class="properties"')]
    period = {"ru": "01.01.2018 – 31.12.2020", "en": "Jan 1, 2018 – Dec 31, 2020"}[language]
    state = {"ru": "больше не действует", "en": "no longer in force"}[language]
    assert f"Справочник муниципальных образований · {state} · {period}" in head
    assert "Справочник муниципальных образований, 2024-10 (СберИндекс" in head


def test_wrong_and_other_numbers_of_an_entry_are_called_as_people_call_them(registered: TestClient) -> None:
    page = registered.get("/registry/municipalities/05550000_2021?lang=ru").text
    assert statements(page)["ошибочный номер"] == "ОКТМО: 05550000"


def test_the_page_of_an_entry_older_than_the_municipalities_says_so(registered: TestClient) -> None:
    said = "не указано: издание от 01.09.2016, муниципальные образования известны с 01.01.2018"
    assert said in registered.get("/bodies/khorol-mo_school-3?lang=ru").text
    page = registered.get("/registry/old-schools/1027000861568?lang=ru").text
    assert f"Муниципальное образование: {said}" in page
    assert "Каждая строка ведёт к ячейке" not in page
    other = registered.get("/registry/schools/1027000861568?lang=ru").text
    assert said not in other
    assert 'Муниципальное образование: <a href="/territories/khorol-mo">' in other
