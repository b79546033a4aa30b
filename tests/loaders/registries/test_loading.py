"""Editions in the store: whole, one graph each, the newest in the default graph, read back as they were."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from graph.errors import UpdateRefusedError
from graph.inference import infer
from graph.register_records import read_record, read_records
from graph.results import Table
from graph.store import Store
from loaders.registries.editions import loaded_editions
from loaders.registries.loading import RegisterOptions, load_register, remove_register
from loaders.registries.registers import REGISTERS, register_of
from loaders.registries.source import RegisterError
from ontology.iris import Iris

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.registries.conftest import Read

IRIS = Iris()


def ids(store: Store, query: str) -> list[str]:
    prefixes = {"vekha": "https://w3id.org/vekha/ns#", "territory": IRIS.namespace("territory")}
    answer = store.snapshot().query(query, prefixes=prefixes)
    assert isinstance(answer, Table)
    return sorted(str(row[0]).strip('<>"').rpartition("/")[2] for row in answer.rows)


def test_each_question_of_places_is_one_triple_pattern(store: Store, shared: Path) -> None:
    report = load_register(
        shared / "registries" / "municipalities.csv", REGISTERS["municipalities"], store=store, iris=IRIS
    )
    assert (report.records, report.status, report.warned) == (3101, "loaded", 0)
    assert len(ids(store, "SELECT ?m { ?m vekha:municipalityOf territory:tomsk-obl }")) == 20
    assert len(ids(store, "SELECT ?m { ?m vekha:municipalityOf territory:tambov-obl }")) == 30
    assert ids(store, "SELECT ?v { territory:khorol-mo vekha:presentVersion ?v }") == ["05550000_2021"]
    former = IRIS.register_record("municipalities", "68640000_2018").value
    assert ids(store, f"SELECT ?v {{ <{former}> vekha:presentVersion ?v }}") == ["68540000_2024"]
    assert ids(store, f"SELECT ?v {{ <{former}> vekha:replacedBy ?v }}") == ["68540000_2024", "68640000_2023"]


def test_records_are_read_back_as_they_were_read(store: Store, shared: Path, read: Read) -> None:
    path = shared / "registries" / "regions.csv"
    records, _ = read("regions", path)
    load_register(path, REGISTERS["regions"], store=store, iris=IRIS)
    snapshot = store.snapshot()
    (edition,) = (one.graph for one in loaded_editions(snapshot) if one.current)
    found = {one.iri: one for one in read_records(snapshot, IRIS, edition)}
    assert len(found) == 86
    for record in records:
        back = found[record.iri]
        assert set(back.identifiers) == set(record.identifiers)
        assert (back.name, back.short_names, back.territory, back.present) == (
            record.name,
            record.short_names,
            record.territory,
            record.present,
        )
    assert read_record(snapshot, IRIS, records[0].iri) == found[records[0].iri]
    assert read_record(snapshot, IRIS, IRIS.register_record("regions", "0")) is None


def test_the_newest_edition_is_current_and_older_ones_stay_by_name(store: Store, tmp_path: Path) -> None:
    def load(edition: str, name: str) -> None:
        path = tmp_path / f"{edition}.csv"
        path.write_text(f"code,name\n75403,{name}\n", encoding="utf-8")
        load_register(path, REGISTERS["okopf"], store=store, iris=IRIS, options=RegisterOptions(edition=edition))

    name = "SELECT ?name { ?form vekha:okopf '75403' ; <http://www.w3.org/2000/01/rdf-schema#label> ?name }"
    load("2024-01-01", "Муниципальные бюджетные учреждения")
    load("2023-01-01", "Прежнее имя")
    assert ids(store, name) == ['Муниципальные бюджетные учреждения"@ru']
    load("2025-01-01", "Новое имя")
    assert ids(store, name) == ['Новое имя"@ru']
    assert [(one.edition, one.current) for one in loaded_editions(store.snapshot())] == [
        ("2023-01-01", False),
        ("2024-01-01", False),
        ("2025-01-01", True),
    ]
    remove_register(store, IRIS, "okopf", "2025-01-01")
    assert ids(store, name) == ['Муниципальные бюджетные учреждения"@ru']
    remove_register(store, IRIS, "okopf")
    assert loaded_editions(store.snapshot()) == []
    assert not [graph for graph in store.snapshot().graphs() if graph.value.startswith(IRIS.register_graphs)]
    with pytest.raises(RegisterError, match="no edition"):
        remove_register(store, IRIS, "okopf")


def test_the_same_file_changes_nothing_the_second_time(store: Store, shared: Path) -> None:
    path = shared / "registries" / "okopf.csv"
    options = RegisterOptions(day=date(2022, 3, 1))
    first = load_register(path, REGISTERS["okopf"], store=store, iris=IRIS, options=options)
    again = load_register(path, REGISTERS["okopf"], store=store, iris=IRIS, options=options)
    assert (first.status, again.status, again.version) == ("loaded", "unchanged", first.version)
    assert first.graph == f"{IRIS.base}graph/registry/okopf/2022-03-01"


def test_a_file_is_loaded_again_if_something_else_is_wanted_of_it(store: Store, tmp_path: Path) -> None:
    rows = oktmo_row("05550000", "Хорольский муниципальный округ", "с Хороль")
    path = tmp_path / "data-20240101.csv"
    path.write_bytes((rows + "05;550;000;101;;2;с Хороль;;;;;;\n").encode("cp1251"))

    def load(*, everything: bool = False, source: str = "") -> tuple[str, int]:
        options = RegisterOptions(everything=everything, source=source)
        report = load_register(path, REGISTERS["oktmo"], store=store, iris=IRIS, options=options)
        return report.status, report.records

    assert load() == ("loaded", 1)
    assert load() == ("unchanged", 1)
    assert load(everything=True) == ("loaded", 2)
    assert load(everything=True) == ("unchanged", 2)
    assert load(source="Росстат, по запросу") == ("loaded", 1)


def test_a_mapping_that_was_mended_counts(store: Store, tmp_path: Path) -> None:
    path, mapping = tmp_path / "list.csv", tmp_path / "list.yaml"
    path.write_text("Номер;Имя;Статус\n1;ЦНППМ;закрыт\n", encoding="utf-8")
    text = "title: ЦНППМ\nkey: [Номер]\ncolumns:\n  name: Имя\n"
    states = []
    for written in (text, text + "  status: Статус\nceased: [закрыт]\n"):
        mapping.write_text(written, encoding="utf-8")
        options = RegisterOptions(edition="2024")
        load_register(path, register_of("cnppm", mapping), store=store, iris=IRIS, options=options)
        record = read_record(store.snapshot(), IRIS, IRIS.register_record("cnppm", "1"))
        states.append(record.status if record is not None else "")
    assert states == ["in-force", "ceased"]


def test_names_of_persons_go_when_the_file_is_loaded_without_them(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "data-20240101.xml"
    path.write_text(
        "<R><СвЮЛ ОГРН='1027000861568'><СвНаимЮЛ НаимЮЛПолн='Центр'/>"
        "<СведДолжнФЛ><СвФЛ Фамилия='Иванов'/></СведДолжнФЛ></СвЮЛ></R>",
        encoding="utf-8",
    )
    named = []
    for personal in (True, False):
        options = RegisterOptions(personal=personal)
        load_register(path, REGISTERS["egrul"], store=store, iris=IRIS, options=options)
        named.append(ids(store, "SELECT ?name { ?entry vekha:personNamed ?name }"))
    assert named == [["Иванов"], []]


def test_nothing_of_a_broken_file_is_stored(store: Store, shared: Path, tmp_path: Path) -> None:
    text = (shared / "registries" / "municipalities.csv").read_text(encoding="utf-8")
    path = tmp_path / "cut.csv"
    path.write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(RegisterError, match="cut off or damaged"):
        load_register(path, REGISTERS["municipalities"], store=store, iris=IRIS)
    assert store.version == 0


def oktmo_row(code: str, name: str, centre: str, day: str = "") -> str:
    cells = [code[:2], code[2:5], code[5:8], "000", "", "1", name, centre, "", "", "", "", day]
    return ";".join(cells) + "\n"


def test_codes_that_are_no_longer_listed_stay_with_their_period_and_successor(store: Store, tmp_path: Path) -> None:
    tomsk = oktmo_row("69701000", "городской округ город Томск", "г Томск")
    lists = {
        "data-20200101.csv": tomsk
        + oktmo_row("05650000", "Хорольский муниципальный район", "с Хороль")
        + oktmo_row("01635000", "Павловский муниципальный район", "с Павловск"),
        "data-20210601.csv": tomsk
        + oktmo_row("05550000", "Хорольский муниципальный округ", "с Хороль")
        + oktmo_row("01635000", "Павловский муниципальный район", "с Павловск"),
        "data-20240101.csv": tomsk
        + oktmo_row("05550000", "Хорольский муниципальный округ", "с Хороль")
        + oktmo_row("01535000", "Павловский муниципальный округ", "с Павловск"),
    }
    for name, text in lists.items():
        (tmp_path / name).write_bytes(text.encode("cp1251"))
        load_register(tmp_path / name, REGISTERS["oktmo"], store=store, iris=IRIS)
    snapshot = store.snapshot()
    (edition,) = (one.graph for one in loaded_editions(snapshot) if one.current)
    found = {one.key: one for one in read_records(snapshot, IRIS, edition)}
    assert sorted(found) == ["01535000", "01635000", "05550000", "05650000", "69701000"]
    former, now = found["05650000"], found["05550000"]
    assert (former.status, former.valid_to, former.replaced_by) == ("ceased", date(2021, 5, 31), (now.iri,))
    assert former.present == now.present == now.iri
    # The one that the reference data know, and one that came with the register and goes on as the same.
    assert former.territory == now.territory == IRIS.thing("territory", "khorol-mo")
    assert found["01635000"].territory == found["01535000"].territory == IRIS.thing("territory", "oktmo-01635000")
    assert ids(store, "SELECT ?v { territory:oktmo-01635000 vekha:presentVersion ?v }") == ["01535000"]


def test_the_order_in_which_editions_come_changes_nothing(shared: Path, tmp_path: Path) -> None:
    tomsk = oktmo_row("69701000", "городской округ город Томск", "г Томск")
    lists = {
        "data-20200101.csv": oktmo_row("05650000", "Хорольский муниципальный район", "с Хороль")
        + oktmo_row("01635000", "Павловский муниципальный район", "с Павловск"),
        "data-20210601.csv": oktmo_row("05550000", "Хорольский муниципальный округ", "с Хороль")
        + oktmo_row("01635000", "Павловский муниципальный район", "с Павловск"),
        "data-20240101.csv": oktmo_row("05550000", "Хорольский муниципальный округ", "с Хороль", "20.07.2020")
        + oktmo_row("01535000", "Павловский муниципальный округ", "с Павловск"),
    }
    for name, text in lists.items():
        (tmp_path / name).write_bytes((tomsk + text).encode("cp1251"))
    found = []
    for order in permutations(lists):
        with Store.open(tmp_path / "-".join(order), rules=[infer]) as store:
            for name in order:
                load_register(tmp_path / name, REGISTERS["oktmo"], store=store, iris=IRIS)
            load_register(
                shared / "registries" / "accreditation" / "sample.jsonl",
                REGISTERS["accreditation"],
                store=store,
                iris=IRIS,
            )
            snapshot = store.snapshot()
            editions = loaded_editions(snapshot)
            assert [one.records for one in editions if one.register == "oktmo"] == [3, 4, 5]
            found.append([set(snapshot.triples(one.graph)) for one in editions])
    assert found == [found[0]] * 6


def test_a_code_ends_when_its_successor_comes_into_force(store: Store, tmp_path: Path) -> None:
    """A roadmap of 2021 meets one version of its district, although the next edition is of 2024."""
    district = "Хорольский муниципальный район"
    for day, code, name, began in (
        ("20200101", "05650000", district, "01.01.2014"),
        ("20240101", "05550000", "Хорольский муниципальный округ", "20.07.2020"),
    ):
        path = tmp_path / f"data-{day}.csv"
        path.write_bytes(oktmo_row(code, name, "с Хороль", began).encode("cp1251"))
        load_register(path, REGISTERS["oktmo"], store=store, iris=IRIS)
    snapshot = store.snapshot()
    (edition,) = (one.graph for one in loaded_editions(snapshot) if one.current)
    records = list(read_records(snapshot, IRIS, edition))
    assert {one.key: (one.valid_from, one.valid_to) for one in records} == {
        "05650000": (date(2014, 1, 1), date(2020, 7, 19)),
        "05550000": (date(2020, 7, 20), None),
    }
    for asked in (date(2019, 6, 1), date(2020, 7, 19), date(2020, 7, 20), date(2021, 6, 1)):
        assert sum(one.holds_on(asked) for one in records) == 1


def test_nobody_updates_a_register_from_outside(store: Store, shared: Path) -> None:
    options = RegisterOptions(edition="2022-03")
    report = load_register(
        shared / "registries" / "okopf.csv", REGISTERS["okopf"], store=store, iris=IRIS, options=options
    )
    with pytest.raises(UpdateRefusedError):
        store.drop_graph(NamedNode(report.graph))
    with pytest.raises(UpdateRefusedError):
        store.update(f"CLEAR GRAPH <{report.graph}>")
    assert loaded_editions(store.snapshot())[0].day == date(2022, 3, 1)
