from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from api.access.users import Role, Users
from api.importing.loading import load, open_loader
from api.registers.registries import RegistryRequest, change_here
from api.settings import read_settings
from tests.api.conftest import HOSTILE_TEXT
from tests.api.importing.test_pages import Bench, service
from tests.loaders.test_version_changes import FIRST, OTHER, SECOND, TITLE, plan


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Three loads of a folder: a plan; its next edition and another plan; a hostile document."""
    folder = tmp_path_factory.mktemp("what-changed")
    settings = read_settings(data=folder / "data", workers=1, budget_errors=0, budget_seconds=0)
    with open_loader(settings) as loader:
        for files in (
            {"plan.txt": plan(FIRST)},
            {"plan.txt": plan(SECOND), "sport.txt": plan(OTHER, TITLE.replace("наставничества", "спорта"))},
            {"hostile.txt": HOSTILE_TEXT},
        ):
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
            assert loader.load([folder / name for name in files], lambda _: None)["complete"]
        token = Users(folder / "data" / "access").add("anna", Role.EDITOR)[1]
        with service(settings, loader) as client:
            yield Bench(client, loader, {"anna": token})


def numbers(bench: Bench) -> list[int]:
    """The data versions after each of the three loads; the first load also brought our own graphs."""
    newest = bench.loader.store.version
    return [newest - 2, newest - 1, newest]


def page(bench: Bench, **query: object) -> str:
    names = {"before": "from", "after": "to"}
    answer = bench.client.get("/changes", params={names.get(name, name): str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text[:500]
    return unescape(answer.text)


def test_counts_come_first_and_details_behind(bench: Bench) -> None:
    first, second, _third = numbers(bench)
    text = page(bench, before=first, after=second)
    assert "новые редакции" in text
    assert "<del>Декабрь 2023</del>" in text
    assert "<ins>Ноябрь 2023</ins>" in text
    assert "срок перенесён (1)" in text
    assert "значение повышено (1)" in text
    assert "/roadmaps/sport" in text
    one = page(bench, before=first, after=second, document="plan")
    assert "/roadmaps/sport" not in one
    assert "<ins>Ноябрь 2023</ins>" in one


def test_the_newest_version_is_compared_with_the_one_before_by_itself(bench: Bench) -> None:
    bench.client.cookies.clear()
    text = page(bench)
    assert "/roadmaps/hostile" in text
    assert "<script>alert" not in bench.client.get("/changes").text
    assert "загружены документы" in text
    account = os.environ.get("USER") or os.environ.get("LOGNAME") or "root"
    assert f"{account}: загружены" not in text
    bench.sign_in("anna")
    assert "загружены документы: hostile.txt" in page(bench)


def test_all_is_new_against_no_data_and_nothing_differs_from_itself(bench: Bench) -> None:
    newest = bench.loader.store.version
    text = page(bench, before=0, after=newest)
    assert all(f"/roadmaps/{slug}" in text for slug in ("plan", "sport", "hostile"))
    assert "различий нет" in page(bench, before=newest, after=newest)


def test_documents_that_are_gone_are_called_as_they_were_called(bench: Bench) -> None:
    first, second, _third = numbers(bench)
    there, gone = page(bench, before=first, after=second), page(bench, before=second, after=first)
    sport = re.search(r'<a href="/roadmaps/sport" lang="ru">([^<]+)</a> <span class="quiet">(\d+ [^<]+)</span>', there)
    assert sport is not None
    assert "спорта" in sport[1]
    assert f'<span lang="ru">{sport[1]}</span> <span class="quiet">{sport[2]}</span>' in gone


def test_the_same_comes_as_csv_and_json(bench: Bench) -> None:
    first, second, _third = numbers(bench)
    query = {"from": first, "to": second}
    rows = list(csv.DictReader(io.StringIO(bench.client.get("/changes.csv", params=query).text)))
    assert [(row["document"], row["kind"]) for row in rows if row["change"] == "document-added"] == [("sport", "")]
    (moved,) = (row for row in rows if row["change"] == "deadline-moved")
    assert (moved["before"], moved["after"], moved["number"]) == ("Декабрь 2023", "Ноябрь 2023", "2.")
    told = bench.client.get("/changes.json", params={**query, "document": "plan"}).json()
    assert {row["document"] for row in told["rows"]} == {"plan"}
    assert len(told["rows"]) == len(rows) - 1


@pytest.mark.parametrize("query", [{"from": "x"}, {"to": "-1"}, {"document": "nothing"}, {"from": "9" * 20}])
def test_an_address_that_means_nothing_is_not_found(bench: Bench, query: dict[str, str]) -> None:
    assert bench.client.get("/changes", params=query).status_code == 404


def test_a_version_that_is_not_kept_is_told_with_those_that_are(bench: Bench) -> None:
    answer = bench.client.get("/changes", params={"from": 1, "to": 999})
    assert answer.status_code == 410
    assert f'value="{bench.loader.store.version}"' in answer.text
    assert bench.client.get("/changes.csv", params={"from": 1, "to": 999}).status_code == 410


def test_without_any_data_the_page_says_so(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1)
    load(settings, [], lambda _: None)
    with open_loader(settings) as loader, service(settings, loader) as client:
        assert client.get("/changes").status_code in {200, 503}


def test_each_version_of_a_fresh_start_says_what_it_brought(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(plan(FIRST), encoding="utf-8")
    forms = tmp_path / "data-20240101-structure.csv"
    forms.write_text("code,name\n75403,Муниципальные бюджетные учреждения\n", encoding="utf-8")
    settings = read_settings(data=tmp_path / "data", workers=1, budget_errors=0, budget_seconds=0)
    with open_loader(settings) as loader:
        assert loader.load([tmp_path / "plan.txt"], lambda _: None)["complete"]
        asked = RegistryRequest(action="load", register_name="okopf", path=forms, edition="")
        change_here(loader, asked, lambda _: None)
        (tmp_path / "plan.txt").write_text(plan(SECOND), encoding="utf-8")
        assert loader.load([tmp_path / "plan.txt"], lambda _: None)["complete"]
        change_here(loader, RegistryRequest(action="remove", register_name="okopf", edition=""), lambda _: None)
        with service(settings, loader) as client:
            text = unescape(client.get("/changes?lang=ru").text)
            numbers = [int(found) for found in re.findall(r'<td class="number"[^>]*>(\d+)', text)]
            loaded = unescape(client.get("/changes", params={"from": numbers[3], "to": numbers[2], "lang": "ru"}).text)
            english = unescape(client.get("/changes?lang=en").text)
    lines = [re.sub(r"<[^>]+>", " ", row) for row in text[text.index("Хранимые версии") :].split("<tr>")[2:]]
    told = [" ".join(line.split()) for line in lines]
    removed, edition, register, *first = told
    assert "реестр убран" in removed
    assert re.search("реестры убраны: .+, 2024-01-01", removed)
    assert "новые редакции: «" in edition
    assert "реестр загружен" in register
    assert re.search("реестры: .+, 2024-01-01", register)
    assert any("документы: «" in line for line in first)
    assert "онтология; справочные данные" in first[-1]
    # Also where one chooses, and in the other language.
    options = re.findall(r"<option[^>]*>([^<]+)</option>", text)
    assert any("онтология; справочные данные" in option for option in options)
    assert "ontology; reference data" in english
    # Where two are compared, a register has its title too, not the name of a graph.
    other = loaded[loaded.index("Другие данные") : loaded.index("Хранимые версии")]
    assert re.search("<li>реестры: .+, 2024-01-01</li>", other)
    assert "graph/registry" not in other
