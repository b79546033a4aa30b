"""The questions on registers, with answers checked by hand: on the five roadmaps, alone and with registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from graph.changes import Commit
from graph.inference import infer
from graph.results import Table
from graph.store import Store
from loaders.pipeline import load_paths
from loaders.registries.loading import load_register
from loaders.registries.registers import REGISTERS, register_of
from ontology.iris import Iris
from ontology.vocabulary import ORG, RDF, RDFS, SKOS, VEKHA
from queries.binding import bind
from tests.queries.seeds import rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.snapshots import Snapshot
    from queries.binding import Value
    from queries.catalogue import Catalogue

IRIS = Iris()
# ТОИПКРО as an extract would tell that it was reorganised: names of this test, numbers with right check digits.
EXTRACT = """<Файл><Документ><СвЮЛ ОГРН="1027000861568" ИНН="6907006968"><СвНаимЮЛ НаимЮЛПолн="ОГБУ ДПО «ТОИПКРО»"/>
<СвПрекрЮЛ ДатаПрекрЮЛ="2022-09-01"><СпПрекрЮЛ НаимСпПрекрЮЛ="Слияние"/></СвПрекрЮЛ>
<СвПреем ОГРН="1037000087706" НаимЮЛПолн="ИРО Томской области"/></СвЮЛ></Документ>
<Документ><СвЮЛ ОГРН="1037000087706"><СвНаимЮЛ НаимЮЛПолн="ИРО Томской области"/>
<СвПреем ОГРН="1022202217070" НаимЮЛПолн="Академия Томской области"/></СвЮЛ></Документ></Файл>"""

SCHOOLS = """
title: Перечень школ
key: [ОГРН]
delimiter: ";"
columns: {name: Школа, ogrn: ОГРН, region: Субъект, address: Адрес}
"""


@pytest.fixture(scope="module")
def with_registers(examples: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The five roadmaps, the municipal dictionary, an extract of ЕГРЮЛ, and two links as people would confirm them."""
    folder = tmp_path_factory.mktemp("registers")
    (folder / "egrul.xml").write_text(EXTRACT, encoding="utf-8")
    with Store.open(folder / "data", rules=[infer]) as store:
        assert load_paths([examples], store=store, iris=IRIS).complete
        path = shared / "registries" / "municipalities.csv"
        load_register(path, REGISTERS["municipalities"], store=store, iris=IRIS)
        load_register(folder / "egrul.xml", REGISTERS["egrul"], store=store, iris=IRIS)
        mappings = IRIS.graph("mappings")
        entry = IRIS.register_record("egrul", "1027000861568")
        link = Triple(IRIS.thing("body", "tomsk-obl_toipkro"), SKOS.exactMatch, entry)
        store.commit(Commit(edit={mappings: ((), [link])}, current=frozenset({mappings})))
        yield store.snapshot()


def answer(snapshot: Snapshot, catalogue: Catalogue, question: str, **values: Value) -> list[dict[str, str]]:
    table = snapshot.query(bind(catalogue[question], values))
    assert isinstance(table, Table)
    return [
        {name: "" if term is None else str(getattr(term, "value", term)) for name, term in record.items()}
        for record in table.records()
    ]


def keys(found: list[dict[str, str]], column: str) -> list[str]:
    return sorted({record[column].rpartition("/")[2] for record in found})


BODIES = [
    "khorol-mo_blagodatnoe",
    "khorol-mo_omr",
    "khorol-mo_school-1",
    "khorol-mo_school-2",
    "khorol-mo_school-3",
    "khorol-mo_uo",
    "khorol-mo_yaroslavsky",
    "tambov-obl_cnppm",
    "tambov-obl_toipkro",
    "tomsk-city_do",
    "tomsk-city_imc",
    "tomsk-obl_doo",
    "tomsk-obl_toipkro",
]


def test_no_body_of_the_five_roadmaps_has_an_entry_before_anybody_links_it(
    five_roadmaps: Snapshot, catalogue: Catalogue
) -> None:
    assert keys(answer(five_roadmaps, catalogue, "bodies-without-entry"), "actor") == BODIES
    assert answer(five_roadmaps, catalogue, "reorganised-bodies") == []


def test_a_linked_body_leaves_the_list_and_its_namesake_stays(with_registers: Snapshot, catalogue: Catalogue) -> None:
    left = keys(answer(with_registers, catalogue, "bodies-without-entry"), "actor")
    assert left == [body for body in BODIES if body != "tomsk-obl_toipkro"]


def test_a_reorganised_body_is_told_with_what_it_is_today(with_registers: Snapshot, catalogue: Catalogue) -> None:
    (found,) = answer(with_registers, catalogue, "reorganised-bodies")
    assert found["actor"].endswith("/tomsk-obl_toipkro")
    assert (found["registryName"], found["until"], found["statusText"], found["activities"]) == (
        "ОГБУ ДПО «ТОИПКРО»",
        "2022-09-01",
        "Слияние",
        "27",
    )
    # The end of the chain, not the next step.
    assert found["successorName"] == "Академия Томской области"


def test_the_schools_of_a_municipality_with_their_duties(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = answer(five_roadmaps, catalogue, "schools-of-municipality")
    duties = {
        key: sorted(record["activity"].rpartition("/id/")[2] for record in found if record["actor"].endswith(key))
        for key in keys(found, "actor")
    }
    of_every_school = "D4/1.1–1.5, 1.9, 1.11, 1.15–1.19, 2.1–2.11, 3.2, 3.4, 4.1–4.7, 5.6, 5.8, 5.9"
    assert duties["khorol-mo_school-1"] == sorted(rows(of_every_school))
    # Three rows name its teachers alone.
    assert duties["khorol-mo_blagodatnoe"] == sorted(rows(f"{of_every_school}, 1.8, 1.10, 1.12"))
    assert sorted(duties) == [
        "khorol-mo_blagodatnoe",
        "khorol-mo_school-1",
        "khorol-mo_school-2",
        "khorol-mo_school-3",
        "khorol-mo_yaroslavsky",
    ]
    region = {"territory": NamedNode(f"{IRIS.base}id/territory/primorsky-krai")}
    assert len(answer(five_roadmaps, catalogue, "schools-of-municipality", **region)) == len(found)


def test_a_school_linked_to_an_entry_has_the_duties_of_the_schools_of_its_municipality(
    examples: Path, shared: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    """A school of which the documents know the oblast only; its entry has an address in the city."""
    (tmp_path / "schools.yaml").write_text(SCHOOLS, encoding="utf-8")
    (tmp_path / "schools.csv").write_text(
        "Школа;ОГРН;Субъект;Адрес\nМАОУ «Школа № 1»;1027000861568;Томская область;634050, г. Томск, ул. Герцена, 1\n",
        encoding="utf-8",
    )
    school, mappings = IRIS.thing("body", "tomsk-obl_school"), IRIS.graph("mappings")
    said = [
        Triple(school, RDF.type, VEKHA.Body),
        Triple(school, RDFS.label, Literal("Школа № 1", language="ru")),
        Triple(school, ORG.classification, NamedNode(f"{IRIS.base}scheme/body-kind/school")),
        Triple(school, VEKHA.level, NamedNode(f"{IRIS.base}scheme/level/school")),
        Triple(school, VEKHA.territory, IRIS.thing("territory", "tomsk-obl")),
    ]
    link = Triple(school, SKOS.exactMatch, IRIS.register_record("schools", "1027000861568"))
    city = {"territory": IRIS.thing("territory", "tomsk-city")}
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        assert load_paths([examples], store=store, iris=IRIS).complete
        register = register_of("schools", tmp_path / "schools.yaml")
        load_register(tmp_path / "schools.csv", register, store=store, iris=IRIS)
        path = shared / "registries" / "municipalities.csv"
        load_register(path, REGISTERS["municipalities"], store=store, iris=IRIS)
        store.commit(Commit(edit={mappings: ((), said)}, current=frozenset({mappings})))
        assert answer(store.snapshot(), catalogue, "schools-of-municipality", **city) == []
        store.commit(Commit(edit={mappings: ((), [link])}, current=frozenset({mappings})))
        found = answer(store.snapshot(), catalogue, "schools-of-municipality", **city)
        # «ОО» of the oblast and of the city, in the documents of both.
        duties = sorted(record["activity"].rpartition("/id/")[2] for record in found)
        assert duties == sorted(rows("D1/1.2, 1.3, 1.5; D3/5–12, 15, 19"))
        assert {(record["name"], record["ogrn"], record["how"]) for record in found} == {
            ("Школа № 1", "1027000861568", "через других")
        }
        choices = store.snapshot().query(bind(catalogue["territories"], {}))
        assert isinstance(choices, Table)
        assert "Город Томск" in {getattr(record["label"], "value", "") for record in choices.records()}


@pytest.mark.parametrize(
    ("day", "code"),
    [("2019-06-01", None), ("2021-06-01", "05550000"), ("2024-12-31", "05550000"), ("2025-01-01", None)],
)
def test_roadmaps_of_a_day_with_the_code_of_then(
    with_registers: Snapshot, catalogue: Catalogue, day: str, code: str | None
) -> None:
    found = answer(with_registers, catalogue, "roadmaps-by-territory", day=day)
    codes = {record["roadmap"].rpartition("/")[2]: record["codeThen"] for record in found}
    assert codes.get("khorol-mo-nms") == code
    # A document that names no period is of every day.
    assert "tomsk-obl-mr" in codes
    assert ("tomsk-city-model" in codes) == (code is not None)


def test_nineteen_of_twenty_municipalities_of_tomsk_oblast_have_no_roadmap(
    five_roadmaps: Snapshot, with_registers: Snapshot, catalogue: Catalogue
) -> None:
    alone = answer(five_roadmaps, catalogue, "municipalities-without-roadmap")
    beside = answer(with_registers, catalogue, "municipalities-without-roadmap")
    assert keys(alone, "where") == keys(beside, "where")
    assert len(alone) == len(beside) == 19
    assert "tomsk-city" not in keys(alone, "where")
    kinds = [record["kindOfMunicipality"] for record in beside]
    assert (kinds.count("муниципальный район"), kinds.count("городской округ"), len(kinds)) == (16, 2, 19)
    region = {"region": NamedNode(f"{IRIS.base}id/territory/tambov-obl")}
    assert len(answer(with_registers, catalogue, "municipalities-without-roadmap", **region)) == 30


def test_a_group_by_criterion_reaches_bodies_of_territories_that_a_register_brought_in(
    with_registers: Snapshot,
) -> None:
    """«Муниципальные органы управления образованием» of the oblast: those of the city, which lies within it."""
    group = IRIS.thing("group", "tomsk-obl_mouo")
    members = with_registers.objects(group, NamedNode("https://w3id.org/vekha/ns#member"))
    assert IRIS.thing("body", "tomsk-city_do") in members
