from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

OLD, NEW = "/reconcile/0.2", "/reconcile/1.0-draft"
VERSIONS = ("0.2", "1.0-draft")
TOIPKRO = "https://w3id.org/vekha/id/body/tomsk-obl_toipkro"
# The schema of Swagger, to which the schemas refer, is not among them; this example is about nothing else.
OF_SWAGGER = {"1.0-draft/manifest/invalid/authentication-missing-type.json"}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "registries" / "reconciliation-api"


def schema(folder: Path, version: str, name: str) -> jsonschema_rs.Validator:
    """The official schema; its `$schema` is an address that no validator knows."""
    texts = {path.name: path.read_text("utf-8") for path in (folder / version / "schemas").glob("*.json")}
    loaded = {name: json.loads(text) for name, text in texts.items()}
    for found in loaded.values():
        found.pop("$schema", None)
    swagger: dict[str, Any] = {"definitions": {"securityDefinitions": {"additionalProperties": {}}}}

    def retrieve(address: str) -> dict[str, Any]:
        return swagger if "swagger.io" in address else loaded[address.rpartition("/")[2]]

    return jsonschema_rs.validator_for(
        loaded[f"{name}.json"], retriever=retrieve, validate_formats=False, base_uri=f"https://local/{version}/schemas/"
    )


def official_examples(folder: Path) -> Iterator[tuple[str, str, Path]]:
    for version in VERSIONS:
        for path in sorted((folder / version / "examples").glob("*/*/*.json")):
            if (folder / version / "schemas" / f"{path.parent.parent.name}.json").exists():
                yield version, path.parent.parent.name, path


def test_the_official_examples_behave_as_labelled(folder: Path) -> None:
    wrong, count = [], 0
    for version, kind, path in official_examples(folder):
        count += 1
        valid = schema(folder, version, kind).is_valid(json.loads(path.read_text("utf-8")))
        if valid != (path.parent.name == "valid"):
            wrong.append(str(path.relative_to(folder)))
    assert count == 95
    assert len(wrong) <= 1, wrong


def test_our_service_reads_the_official_queries_as_labelled(client: TestClient, folder: Path) -> None:
    statuses = {}
    for version, kind, path in official_examples(folder):
        if kind != "reconciliation-query-batch":
            continue
        text = path.read_text("utf-8")
        if version == "0.2":
            answer = client.post(OLD, data={"queries": text})
        else:
            answer = client.post(f"{NEW}/match", content=text, headers={"Content-Type": "application/json"})
        statuses[str(path.relative_to(folder))] = (answer.status_code, path.parent.name)
    assert statuses
    assert {place: found for place, found in statuses.items() if found not in {(200, "valid"), (400, "invalid")}} == {}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_each_answer_fits_the_official_schema(client: TestClient, folder: Path, language: str) -> None:
    heads = {"Accept-Language": language}
    names = {"q0": {"query": "ТОИПКРО"}, "q1": {"query": "Департамент образования", "limit": 3, "type": "body"}}
    match = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "ТОИПКРО"}], "type": "body"}]}
    extend = {"ids": [TOIPKRO], "properties": [{"id": "territory"}, {"id": "level"}]}
    said = {
        ("0.2", "manifest"): client.get(OLD, headers=heads),
        ("0.2", "reconciliation-result-batch"): client.post(OLD, data={"queries": json.dumps(names)}, headers=heads),
        ("0.2", "data-extension-response"): client.post(OLD, data={"extend": json.dumps(extend)}, headers=heads),
        ("0.2", "suggest-entities-response"): client.get(f"{OLD}/suggest/entity?prefix=томск", headers=heads),
        ("0.2", "suggest-types-response"): client.get(f"{OLD}/suggest/type?prefix=t", headers=heads),
        ("0.2", "suggest-properties-response"): client.get(f"{OLD}/suggest/property?prefix=t", headers=heads),
        ("0.2", "data-extension-property-proposal"): client.get(f"{OLD}/properties?type=body", headers=heads),
        ("1.0-draft", "manifest"): client.get(NEW, headers=heads),
        ("1.0-draft", "reconciliation-result-batch"): client.post(f"{NEW}/match", json=match, headers=heads),
        ("1.0-draft", "data-extension-response"): client.post(f"{NEW}/extend", json=extend, headers=heads),
        ("1.0-draft", "suggest-entities-response"): client.get(f"{NEW}/suggest/entity?prefix=томск", headers=heads),
        ("1.0-draft", "suggest-types-response"): client.get(f"{NEW}/suggest/type?prefix=t", headers=heads),
        ("1.0-draft", "suggest-properties-response"): client.get(f"{NEW}/suggest/property?prefix=t", headers=heads),
        ("1.0-draft", "data-extension-property-proposal"): client.get(f"{NEW}/extend/propose", headers=heads),
    }
    for (version, name), answer in said.items():
        assert answer.status_code == 200, (version, name, answer.text)
        problems = [error.message for error in schema(folder, version, name).iter_errors(answer.json())]
        assert problems == [], (version, name)


def first(client: TestClient, name: str, **more: object) -> dict[str, Any]:
    answer = client.post(OLD, data={"queries": json.dumps({"q": {"query": name, **more}})})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["q"]["result"]
    return found[0] if found else {}


@pytest.mark.parametrize(
    ("name", "region", "found"),
    [
        ("ТОИПКРО", "Томская область", "tomsk-obl_toipkro"),
        ("ТОИПКРО", "Тамбовская область", "tambov-obl_toipkro"),
        ("Томский областной институт повышения квалификации", "", "tomsk-obl_toipkro"),
        ("институтом повышения квалификации работников образования", "Томская область", "tomsk-obl_toipkro"),
    ],
)  # fmt: skip
def test_the_region_tells_namesakes_apart(client: TestClient, name: str, region: str, found: str) -> None:
    more = {"properties": [{"pid": "region", "v": region}]} if region else {}
    assert first(client, name, **more)["id"].endswith(found)


def test_an_identifier_returns_its_entity(client: TestClient) -> None:
    assert (first(client, TOIPKRO)["id"], first(client, TOIPKRO)["match"]) == (TOIPKRO, True)
    condition = {"matchType": "id", "propertyValue": TOIPKRO}
    answer = client.post(f"{NEW}/match", json={"queries": [{"conditions": [condition]}]})
    assert answer.json()["results"][0]["candidates"][0]["id"] == TOIPKRO


def test_an_exact_name_returns_its_entity_and_a_strange_one_no_match(client: TestClient) -> None:
    assert first(client, "Наставничество", type="theme")["name"] == "наставничество"
    assert not first(client, "Ассоциация любителей астрономии Сатурна").get("match", False)


def test_queries_of_a_batch_are_independent(client: TestClient) -> None:
    batch = {f"q{number}": {"query": "ТОИПКРО" if number % 2 else "zzz"} for number in range(200)}
    answer = client.post(OLD, data={"queries": json.dumps(batch)}).json()
    assert list(answer) == list(batch)
    assert answer["q1"] == answer["q199"]
    assert answer["q0"] == {"result": []}


def test_values_of_entities_come_with_labels(client: TestClient) -> None:
    extend = {"ids": [TOIPKRO, "https://example.org/nobody"], "properties": [{"id": "level"}, {"id": "territory"}]}
    answer = client.post(OLD, data={"extend": json.dumps(extend)}).json()
    assert [one["name"] for one in answer["rows"][TOIPKRO]["territory"]] == ["Томская область"]
    assert answer["rows"]["https://example.org/nobody"] == {"level": [], "territory": []}


@pytest.mark.parametrize(
    "queries",
    ["", "[]", "{", '{"q0": {}}', '{"q0": {"query": 1}}', "[" * 100_000, '{"q0": {"query": "x", "limit": "3"}}'],
)
def test_what_is_no_batch_is_told_so(client: TestClient, queries: str) -> None:
    answer = client.post(OLD, data={"queries": queries})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "Traceback" not in answer.text


def test_a_batch_has_its_bounds(client: TestClient) -> None:
    many = json.dumps({f"q{number}": {"query": "x"} for number in range(1001)})
    assert client.post(OLD, data={"queries": many}).status_code == 400
    assert client.post(OLD, content=b"queries=" + b"x" * 5_000_000).status_code == 413


def test_other_sites_may_ask_and_frame_the_preview_only(client: TestClient) -> None:
    answer = client.get(OLD, headers={"Origin": "http://127.0.0.1:3333"})
    assert answer.headers["access-control-allow-origin"] == "*"
    preview = client.get(f"{OLD}/preview", params={"id": TOIPKRO})
    assert "Томский областной институт" in preview.text
    assert "frame-ancestors *" in preview.headers["content-security-policy"]
    assert client.get(f"{OLD}/preview", params={"id": "https://example.org/x"}).status_code == 404


def test_an_id_leads_to_the_page_of_its_entity_and_nowhere_else(client: TestClient) -> None:
    answer = client.get(f"{OLD}/view", params={"id": TOIPKRO})
    assert (answer.status_code, answer.headers["location"]) == (303, "/bodies/tomsk-obl_toipkro")
    assert client.get(f"{OLD}/view", params={"id": "https://example.org/x"}).status_code == 404
