"""What a person with a sheet in OpenRefine gets: answers at once, suggestions as one types, codes, typed values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Never
from urllib.parse import quote, urlsplit

import pytest

from api.commands.cli import run
from api.reconciliation.entities import Entities, ReconciledVersions, number_of
from api.settings import read_settings
from graph.errors import PoolBusyError
from tests.api.conftest import load_into, serving
from tests.api.test_reconciliation import NEW, OLD, schema
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

BASE = "https://w3id.org/vekha/"
KHOROL, KRAI = f"{BASE}id/territory/khorol-mo", f"{BASE}id/territory/primorsky-krai"
BEFORE, NOW = (f"{BASE}registry/municipalities/{version}" for version in ("05650000_2018", "05550000_2021"))
SCHOOL = f"{BASE}registry/schools/1027000861568"
MUNICIPALITIES = """\
territory_id,oktmo8,check_digit,municipal_district_name,municipal_district_name_short,municipal_district_type,\
municipal_district_center,region_code,valid_from,valid_to
804,05650000,4,Хорольский муниципальный район,Хорольский,муниципальный район,с Хороль,25,2018,2021
804,05550000,1,Хорольский муниципальный округ,Хорольский,муниципальный округ,с Хороль,25,2021,
"""
MAPPING = """\
title: Перечень школ округа
key: [ОГРН]
delimiter: ";"
columns: {name: Школа, ogrn: ОГРН, region: Субъект}
"""
SCHOOLS = """\
Школа;ОГРН;Субъект
МКОУ «Средняя школа № 2» <b>;1027000861568;Приморский край
"""
NEEDS_NO_NAMES = [
    OLD,
    f"{OLD}/suggest/type?prefix=т",
    f"{OLD}/suggest/property?prefix=о",
    f"{OLD}/properties?type=body",
    f"{OLD}/flyout/type?id=body",
    f"{OLD}/flyout/property?id=region",
    NEW,
    f"{NEW}/suggest/type?prefix=т",
    f"{NEW}/suggest/property?prefix=о",
    f"{NEW}/extend/propose?type=body",
]
NEEDS_NAMES = [f"{OLD}/suggest/entity?prefix=т", f"{OLD}?queries=%7B%22q%22:%7B%22query%22:%22x%22%7D%7D"]


@pytest.fixture(scope="module")
def registered(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with one roadmap, two versions of its territory, and a register of one school."""
    folder = tmp_path_factory.mktemp("sheets")
    data = load_into(folder / "data", [next(examples.glob("004_*.txt"))])
    for name, text in (("towns.csv", MUNICIPALITIES), ("schools.csv", SCHOOLS), ("schools.yaml", MAPPING)):
        (folder / name).write_text(text, encoding="utf-8")
    loading = ["--data", str(data), "registry", "load", "--edition", "2024-10"]
    assert run([*loading, str(folder / "towns.csv"), "--register", "municipalities"]) == 0
    mapping = ["--register", "schools", "--mapping", str(folder / "schools.yaml")]
    assert run([*loading, str(folder / "schools.csv"), *mapping]) == 0
    with serving(read_settings(data=data, workers=1, budget_seconds=0, budget_errors=0)) as client:
        yield client


def suggested(client: TestClient, base: str, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"{base}/suggest/entity", params=asked, headers={"Accept-Language": "ru"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["result"]
    return found


def reconciled(client: TestClient, name: str, **more: object) -> list[dict[str, Any]]:
    answer = client.post(OLD, data={"queries": json.dumps({"q": {"query": name, **more}})})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["q"]["result"]
    return found


def extended(client: TestClient, identifier: str, *names: str) -> dict[str, dict[str, Any]]:
    """What each version says: the properties of `meta` and the values, both by id of the property."""
    asked = {"ids": [identifier], "properties": [{"id": name} for name in names]}
    heads = {"Accept-Language": "ru"}
    old = client.post(OLD, data={"extend": json.dumps(asked)}, headers=heads).json()
    new = client.post(f"{NEW}/extend", json=asked, headers=heads).json()
    rows = {one["id"]: one["values"] for one in new["rows"][0]["properties"]}
    return {
        version: {"meta": {one["id"]: one for one in answer["meta"]}, "values": values}
        for version, answer, values in (("0.2", old, old["rows"][identifier]), ("1.0-draft", new, rows))
    }


@pytest.fixture
def _unread_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def ready(*_: object, **__: object) -> Never:
        raise PoolBusyError("The names of the registers are being read; try again in a moment")

    monkeypatch.setattr(ReconciledVersions, "ready", ready)


@pytest.mark.usefixtures("_unread_names")
@pytest.mark.parametrize("address", NEEDS_NO_NAMES)
def test_what_needs_no_names_does_not_wait_for_them(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.json()


@pytest.mark.usefixtures("_unread_names")
@pytest.mark.parametrize("address", NEEDS_NAMES)
def test_what_needs_names_says_to_come_again(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 503


def test_until_names_are_read_one_waits_at_nobodys_cost(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    state = client.app.state  # type: ignore[attr-defined]  # an application, not any ASGI callable
    charged: list[list[bool]] = []
    ready = ReconciledVersions.ready

    def noted(self: ReconciledVersions, *given: Any, **more: Any) -> Entities:  # noqa: ANN401  (handed on as they came)
        charged.append([one.charged for one in state.running.listed() if one.kind == "reconciliation"])
        return ready(self, *given, **more)

    monkeypatch.setattr(ReconciledVersions, "ready", noted)
    # Else they are read ahead just now.
    assert state.warming.wait(state.site.installation.newest().version, PATIENCE)
    monkeypatch.setattr(state.reconciled, "_newest", None)
    for _ in range(2):
        assert client.get(NEEDS_NAMES[0]).status_code == 200
    assert charged == [[False], [True]]


@pytest.mark.parametrize("base", [OLD, NEW])
@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("Хорольский муниципальный округ", "territory", KHOROL),
        ("Томский областной институт повышения", "body", f"{BASE}id/body/tomsk-obl_toipkro"),
        ("тоипкро", "body", f"{BASE}id/body/tomsk-obl_toipkro"),
        ("наставничество", "theme", f"{BASE}scheme/theme/mentoring"),
    ],
)
def test_an_entity_is_suggested_from_the_third_letter_on(
    client: TestClient, base: str, name: str, kind: str, found: str
) -> None:
    for length in range(3, len(name) + 1):
        ids = [one["id"] for one in suggested(client, base, prefix=name[:length], type=kind)]
        assert found in ids, name[:length]
        assert len(ids) == len(set(ids)) <= 20


def test_what_is_called_just_so_is_suggested_first_and_only_of_the_type(client: TestClient) -> None:
    found = suggested(client, OLD, prefix="Томская область")
    assert (found[0]["id"], found[0]["name"]) == (f"{BASE}id/territory/tomsk-obl", "Томская область")
    of_type = suggested(client, OLD, prefix="Том", type="body")
    assert of_type
    assert {one["notable"][0]["id"] for one in of_type} == {"body"}


def test_records_are_suggested_after_what_the_roadmaps_name(registered: TestClient) -> None:
    ids = [one["id"] for one in suggested(registered, OLD, prefix="хорольский муниципальный ок")]
    assert ids.index(KHOROL) < ids.index(NOW)


@pytest.mark.parametrize("prefix", [KHOROL, "05550000", "ОКТМО 05550000"])
def test_an_id_or_a_code_is_suggested_its_entity(registered: TestClient, prefix: str) -> None:
    assert KHOROL in [one["id"] for one in suggested(registered, OLD, prefix=prefix)]


def test_nothing_typed_suggests_nothing(client: TestClient) -> None:
    assert suggested(client, OLD, prefix=" ") == []


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("1027000861568", "organisation-record", SCHOOL),
        ("ОГРН: 1027000861568", "organisation-record", SCHOOL),
        ("102 7000 861 568", "organisation-record", SCHOOL),
        ("05650000", "territory-version", BEFORE),
        ("05550000", "territory-version", NOW),
        ("октмо 05550000", "territory", KHOROL),
    ],
)
def test_a_code_in_the_place_of_a_name_finds_its_entity(
    registered: TestClient, text: str, kind: str, found: str
) -> None:
    candidates = reconciled(registered, text, type=kind)
    assert [(one["id"], one["match"]) for one in candidates] == [(found, True)]
    conditions = [{"matchType": "name", "propertyValue": text}]
    answer = registered.post(f"{NEW}/match", json={"queries": [{"type": kind, "conditions": conditions}]})
    assert [one["id"] for one in answer.json()["results"][0]["candidates"]] == [found]


def test_a_code_that_two_entities_have_matches_none_by_itself(registered: TestClient) -> None:
    candidates = reconciled(registered, "05550000")
    assert {one["id"] for one in candidates} == {KHOROL, NOW}
    assert not any(one["match"] for one in candidates)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1027000861568", "1027000861568"),
        (" 1 027 000 861 568 ", "1027000861568"),
        ("ИНН 7017003556", "7017003556"),
        ("ОКТМО № 69 701 000", "69701000"),
        ("69701000001", "69701000001"),
        # As printed in a register, with a wrong check digit.
        ("1027000861560", "1027000861560"),
        # The number of an entry of ЕГРЮЛ, that of a person, a part of a name, a year, words.
        ("2027000861568", None),
        ("500100732259", None),
        ("школа № 69701000", None),
        ("2021", None),
        ("иннополис", None),
        ("", None),
    ],
)
def test_codes_are_known_by_their_form(text: str, number: str | None) -> None:
    assert number_of(text) == number


def test_values_come_as_days_entities_and_words(registered: TestClient) -> None:
    names = ("valid-from", "valid-to", "replaced-by", "region", "oktmo", "status")
    for said in extended(registered, BEFORE, *names).values():
        assert said["values"] == {
            "valid-from": [{"date": "2018-01-01T00:00:00Z"}],
            "valid-to": [{"date": "2020-12-31T00:00:00Z"}],
            "replaced-by": [{"id": NOW, "name": "Хорольский муниципальный округ"}],
            "region": [{"id": KRAI, "name": "Приморский край"}],
            "oktmo": [{"str": "05650000"}],
            "status": [{"str": "ceased"}],
        }
        assert {name: one.get("type", {}).get("id") for name, one in said["meta"].items()} == {
            "valid-from": None,
            "valid-to": None,
            "replaced-by": "territory-version",
            "region": "territory",
            "oktmo": None,
            "status": None,
        }
        assert said["meta"]["region"]["type"]["name"] == "Территория"


def test_numbers_and_period_of_a_territory_and_a_body_come_from_the_entries_linked_to_them(
    examples: Path, tmp_path: Path
) -> None:
    data = load_into(tmp_path / "data", [next(examples.glob("004_*.txt"))])
    (tmp_path / "towns.csv").write_text(MUNICIPALITIES, encoding="utf-8")
    (tmp_path / "schools.yaml").write_text(MAPPING, encoding="utf-8")
    school = "МБОУ школа № 1 с. Хороль"
    (tmp_path / "schools.csv").write_text(f"Школа;ОГРН;Субъект\n{school};1027000861568;Приморский край\n", "utf-8")
    loading = ["--data", str(data), "registry", "load", "--edition", "2024-10"]
    assert run([*loading, str(tmp_path / "towns.csv"), "--register", "municipalities"]) == 0
    mapping = ["--register", "schools", "--mapping", str(tmp_path / "schools.yaml")]
    assert run([*loading, str(tmp_path / "schools.csv"), *mapping, "--link"]) == 0
    krai = [{"id": KRAI, "name": "Приморский край"}]
    with serving(read_settings(data=data, workers=1, budget_seconds=0, budget_errors=0)) as client:
        for said in extended(client, KHOROL, "region", "oktmo", "valid-from", "replaced-by").values():
            assert said["values"] == {
                "region": krai,
                "oktmo": [{"str": "05550000"}],
                "valid-from": [{"date": "2021-01-01T00:00:00Z"}],
                "replaced-by": [],
            }
        body = f"{BASE}id/body/khorol-mo_school-1"
        for said in extended(client, body, "region", "ogrn", "inn", "status").values():
            assert said["values"] == {
                "region": krai,
                "ogrn": [{"str": "1027000861568"}],
                "inn": [],
                "status": [{"str": "in-force"}],
            }


def test_an_earlier_edition_says_nothing_of_an_entry(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "list.yaml").write_text(MAPPING[:-2] + ", status: Статус}\nceased: [закрыта]\n", encoding="utf-8")
    for edition, state in (("2023", "работает"), ("2024", "закрыта")):
        text = f"Школа;ОГРН;Субъект;Статус\nШкола № 2;1027000861568;Приморский край;{state}\n"
        (tmp_path / "list.csv").write_text(text, encoding="utf-8")
        loading = ["--data", str(data), "registry", "load", str(tmp_path / "list.csv"), "--edition", edition]
        assert run([*loading, "--register", "schools", "--mapping", str(tmp_path / "list.yaml")]) == 0
    with serving(read_settings(data=data, workers=1, budget_seconds=0, budget_errors=0)) as client:
        for said in extended(client, SCHOOL, "status", "ogrn").values():
            assert said["values"] == {"status": [{"str": "ceased"}], "ogrn": [{"str": "1027000861568"}]}
        page = client.get("/registry/schools/1027000861568").text
        assert "закрыта" in page
        assert "работает" not in page


def test_a_level_is_a_word_and_a_territory_an_entity_with_a_page(client: TestClient) -> None:
    body = f"{BASE}id/body/tomsk-obl_toipkro"
    for said in extended(client, body, "level", "territory").values():
        assert said["values"]["level"] == [{"str": "региональный"}]
        assert said["values"]["territory"] == [{"id": f"{BASE}id/territory/tomsk-obl", "name": "Томская область"}]
        assert said["meta"]["territory"]["type"] == {"id": "territory", "name": "Территория"}
        assert "type" not in said["meta"]["level"]


def test_values_of_all_kinds_fit_the_official_schemas(registered: TestClient, shared: Path) -> None:
    folder = shared / "registries" / "reconciliation-api"
    asked = {"ids": [BEFORE, SCHOOL, KHOROL], "properties": registered.get(f"{OLD}/properties").json()["properties"]}
    answers = {
        "0.2": registered.post(OLD, data={"extend": json.dumps(asked)}),
        "1.0-draft": registered.post(f"{NEW}/extend", json=asked),
    }
    for version, answer in answers.items():
        problems = schema(folder, version, "data-extension-response").iter_errors(answer.json())
        assert [error.message for error in problems] == [], version


def test_every_id_that_is_given_has_a_page_a_preview_and_a_flyout(registered: TestClient) -> None:
    body = reconciled(registered, "управление образования", type="body")[0]["id"]
    theme = reconciled(registered, "наставничество", type="theme")[0]["id"]
    flyouts = {
        kind: one["flyout_service_url"] + one["flyout_service_path"] for kind, one in suggest(registered).items()
    }
    for identifier in (body, theme, KHOROL, NOW, BEFORE, SCHOOL):
        view = registered.get(f"{OLD}/view", params={"id": identifier})
        assert view.status_code == 303, identifier
        assert registered.get(view.headers["location"]).status_code == 200, view.headers["location"]
        assert registered.get(f"{OLD}/preview", params={"id": identifier}).status_code == 200, identifier
        shown = registered.get(address(flyouts["entity"], identifier)).json()
        assert shown["id"] == identifier
        assert re.fullmatch(r"<h1>[^<]+</h1>(<p>[^<]+</p>)+", shown["html"])


def suggest(client: TestClient) -> dict[str, dict[str, str]]:
    """The services for suggestions that the manifest names."""
    found: dict[str, dict[str, str]] = client.get(OLD).json()["suggest"]
    return found


def address(template: str, identifier: str) -> str:
    """The address of a flyout as OpenRefine makes it, within this service."""
    parts = urlsplit(template.replace("${id}", quote(identifier, safe="")))
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(("kind", "identifier"), [("type", "body"), ("property", "region")])
def test_types_and_properties_have_flyouts(client: TestClient, kind: str, identifier: str) -> None:
    one = suggest(client)[kind]
    template = one["flyout_service_url"] + one["flyout_service_path"]
    answer = client.get(address(template, identifier), headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert answer.json()["html"].startswith({"type": "<h1>Body</h1>", "property": "<h1>Federal subject</h1>"}[kind])
    assert client.get(address(template, "nobody")).status_code == 404


def test_a_flyout_of_something_else_is_not_there(client: TestClient) -> None:
    assert client.get(f"{OLD}/flyout/house?id=body").status_code == 404


@pytest.mark.parametrize(
    ("territory", "place"), [("khorol-mo", "Приморский край"), ("primorsky-krai", "Российская Федерация"), ("ru", "")]
)
def test_a_territory_is_told_apart_by_the_subject_around_it(client: TestClient, territory: str, place: str) -> None:
    asked = {"id": f"{BASE}id/territory/{territory}"}
    html = client.get(f"{OLD}/flyout/entity", params=asked, headers={"Accept-Language": "ru"}).json()["html"]
    assert re.findall("<p>(.*?)</p>", html) == ["Территория", *([place] if place else [])]


def test_markup_in_a_name_stays_text_in_a_flyout(registered: TestClient) -> None:
    html = registered.get(f"{OLD}/flyout/entity", params={"id": SCHOOL}).json()["html"]
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_without_a_region_no_name_is_matched_by_itself(client: TestClient) -> None:
    name = "Томский областной институт повышения квалификации и переподготовки работников образования"
    alone = reconciled(client, name, type="body")
    assert alone[0]["id"].endswith("tomsk-obl_toipkro")
    assert not any(one["match"] for one in alone)
    placed = reconciled(client, name, type="body", properties=[{"pid": "region", "v": "Томская область"}])
    assert [one["match"] for one in placed][:1] == [True]
