"""Two services asked from the roadmaps, both played on loopback: one as Wikidata answers, and another Vekha."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pyoxigraph import RdfFormat, Store
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF

from api.access.users import Role, Users
from api.app import create_app
from api.settings import Settings, read_settings
from graph.folder import DataFolder
from tests.api.conftest import listening, serving
from tests.graph.federation.played import Endpoint, Raw, head
from tests.patience import PATIENCE

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
WIKIDATA = """
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT DISTINCT ?territory ?item ?name WHERE {
  ?roadmap a vekha:Roadmap ; vekha:territory ?territory .
  ?territory vekha:oktmo ?code .
  SERVICE %s { ?item wdt:P764 ?code ; rdfs:label ?name FILTER(LANG(?name) = "ru") }
} ORDER BY ?territory
"""
NEIGHBOUR = """
SELECT ?theme (COUNT(DISTINCT ?mine) AS ?here) (COUNT(DISTINCT ?theirs) AS ?there) WHERE {
  ?mine a vekha:Activity ; vekha:theme ?theme .
  ?theme skos:inScheme scheme:theme .
  SERVICE endpoint:neighbour { ?theirs a vekha:Activity ; vekha:theme ?theme }
} GROUP BY ?theme ORDER BY ?theme
"""
# Items and codes as there, but with numbers of items that nobody has.
ITEMS = """
@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
wd:Q99000001 wdt:P764 "69000000" ; rdfs:label "Томская область"@ru , "Tomsk Oblast"@en .
wd:Q99000002 wdt:P764 "68000000" ; rdfs:label "Тамбовская область"@ru , "Tambov Oblast"@en .
wd:Q99000003 wdt:P764 "69701000" ; rdfs:label "Томск"@ru , "Tomsk"@en .
wd:Q99000004 wdt:P764 "45000000" ; rdfs:label "Москва"@ru , "Moscow"@en .
"""


@pytest.fixture(scope="module")
def wikidata() -> Iterator[Endpoint]:
    items = Store()
    items.load(ITEMS.encode(), RdfFormat.TURTLE)
    with Endpoint(items) as played:
        yield played


def settings_of(folder: Path, **more: object) -> Settings:
    given: dict[str, object] = {
        "data": folder,
        "workers": 1,
        "budget_seconds": 0,
        "budget_errors": 0,
        "query_seconds": PATIENCE,
        "service_seconds": PATIENCE,
        "services_seconds": PATIENCE,
    }
    return read_settings(**(given | more))


@contextmanager
def asking(folder: Path, services: dict[str, object], **more: object) -> Iterator[TestClient]:
    with serving(settings_of(folder, services=services, **more)) as client:
        yield client


@pytest.fixture(scope="module")
def client(examples_folder: Path, wikidata: Endpoint) -> Iterator[TestClient]:
    services: dict[str, object] = {
        "wikidata": {"address": wikidata.address, "local": True},
        "dead": {"address": "http://127.0.0.1:1/sparql", "local": True},
    }
    with asking(examples_folder, services) as client:
        yield client


def figures(header: str) -> dict[str, dict[str, float]]:
    """`Vekha-Service`, read as programs read it."""
    found = {}
    for service in header.split(", "):
        name, *parts = service.split("; ")
        found[name] = {key: float(value) for key, _, value in (part.partition("=") for part in parts)}
    return found


def test_territories_find_their_items_by_code(client: TestClient, wikidata: Endpoint) -> None:
    wikidata.asked.clear()
    for number, written in enumerate(("endpoint:wikidata", f"<{wikidata.address}>", "endpoint:wikidata")):
        response = client.get("/sparql", params={"query": WIKIDATA % written})
        assert response.status_code == 200, response.text
        rows = [
            (row["territory"]["value"].rpartition("/")[2], row["item"]["value"][-1], row["name"]["value"])
            for row in response.json()["results"]["bindings"]
        ]
        assert rows == [
            ("tambov-obl", "2", "Тамбовская область"),
            ("tomsk-city", "3", "Томск"),
            ("tomsk-obl", "1", "Томская область"),
        ]
        told = figures(response.headers["Vekha-Service"])["wikidata"]
        assert (told["calls"], told["cached"], told["rows"]) == (1, min(number, 1), 3)
        assert "ETag" not in response.headers
    # One call for the four places of the five roadmaps; what nobody asked about did not come.
    [query] = wikidata.asked
    assert query.count('("') == 4
    assert '("69000000")' in query
    assert wikidata.agents[-1].startswith("Vekha/")


def test_another_vekha_is_asked(examples_folder: Path, hostile_folder: Path) -> None:
    with (
        listening(create_app(settings_of(examples_folder))) as port,
        asking(hostile_folder, {"neighbour": {"address": f"http://127.0.0.1:{port}/sparql", "local": True}}) as client,
    ):
        rows = client.get("/sparql", params={"query": NEIGHBOUR}).json()["results"]["bindings"]
        assert rows
        own = {row["theme"]["value"]: int(row["here"]["value"]) for row in rows}
        assert own["https://w3id.org/vekha/scheme/theme/mentoring"] >= 2
        with serving(settings_of(examples_folder)) as neighbour:
            for row in rows:
                theme = row["theme"]["value"]
                count = f"SELECT (COUNT(*) AS ?n) {{ ?a a vekha:Activity ; vekha:theme <{theme}> }}"
                [there] = neighbour.get("/sparql", params={"query": count}).json()["results"]["bindings"]
                assert int(row["there"]["value"]) == int(there["n"]["value"]) > 0


def test_a_dead_service_is_told_in_the_reader_s_language(client: TestClient) -> None:
    query = "SELECT * { SERVICE endpoint:dead { ?a ?b ?c } }"
    for language, words in (("ru", "Служба «dead» недоступна"), ("en", "The service «dead» cannot be reached")):
        response = client.get("/sparql", params={"query": query}, headers={"Accept-Language": language})
        assert response.status_code == 502
        assert words in response.json()["detail"]
    response = client.get("/sparql", params={"query": query.replace("SERVICE", "SERVICE SILENT")})
    assert response.json()["results"]["bindings"] == [{}]
    assert figures(response.headers["Vekha-Service"])["dead"]["failed"] == 1
    assert "SERVICE SILENT" in unquote(response.headers["Vekha-Warning"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:8000/> { ?a ?b ?c } }", "services this server was set up with"),
        ("SELECT * { ?s ?p ?e SERVICE ?e { ?a ?b ?c } }", "known before the query runs"),
        ("SELECT * { SERVICE endpoint:wikidata { SERVICE <http://h/> { ?a ?b ?c } } }", "services this server"),
    ],
)
def test_what_may_not_be_asked_is_refused(client: TestClient, wikidata: Endpoint, query: str, words: str) -> None:
    wikidata.asked.clear()
    response = client.get("/sparql", params={"query": query}, headers={"Accept-Language": "en"})
    assert response.status_code == 403
    assert words in response.json()["detail"]
    assert not wikidata.asked


def test_a_service_inside_the_network_needs_leave(examples_folder: Path, wikidata: Endpoint) -> None:
    wikidata.asked.clear()
    with asking(examples_folder, {"wikidata": wikidata.address}) as client:
        response = client.get(
            "/sparql", params={"query": WIKIDATA % "endpoint:wikidata"}, headers={"Accept-Language": "en"}
        )
    assert response.status_code == 502
    assert "has the address 127.0.0.1, which is not in the public network" in response.json()["detail"]
    assert not wikidata.asked


def test_a_slow_and_a_large_service_have_their_statuses(examples_folder: Path) -> None:
    def slow(_connection: object, over: object) -> None:
        over.wait()  # type: ignore[attr-defined]

    def large(connection: object, _over: object) -> None:
        connection.sendall(head() + b" " * 5000)  # type: ignore[attr-defined]

    with Raw(slow) as drip, Raw(large) as flood:
        services: dict[str, object] = {
            "slow": {"address": drip.address, "local": True},
            "large": {"address": flood.address, "local": True},
        }
        for name, status, limit in (
            ("slow", 504, {"service_seconds": 0.5}),
            ("large", 422, {"service_bytes": 4096}),
        ):
            with asking(examples_folder, services, **limit) as client:
                response = client.get("/sparql", params={"query": f"ASK {{ SERVICE endpoint:{name} {{ ?a ?b ?c }} }}"})
                assert response.status_code == status
                assert f"«{name}»" in response.json()["detail"]


def test_the_description_names_the_services(client: TestClient, wikidata: Endpoint) -> None:
    described = Graph().parse(data=client.get("/sparql", headers={"Accept": "text/turtle"}).text, format="turtle")
    query = URIRef("http://testserver/sparql")
    assert (query, SD.feature, SD.BasicFederatedQuery) in described
    assert (query, DCTERMS.requires, URIRef(wikidata.address)) in described
    assert (URIRef(wikidata.address), RDF.type, SD.Service) in described


def test_the_page_lists_the_services_and_tells_what_they_did(client: TestClient, wikidata: Endpoint) -> None:
    page = client.get("/sparql", headers={"Accept": "text/html", "Accept-Language": "ru"}).text
    assert "Другие службы" in page
    assert "endpoint:wikidata" in page
    assert wikidata.address in page
    for _ in range(2):
        page = client.get(
            "/sparql",
            params={"query": WIKIDATA % "endpoint:wikidata"},
            headers={"Accept": "text/html", "Accept-Language": "ru"},
        ).text
    assert "Служба wikidata: 3 строки, 1 обращение, 1 из кэша, не старше" in page


def test_a_server_without_services_speaks_of_none(examples_client: TestClient) -> None:
    examples_client.cookies.clear()
    page = examples_client.get("/sparql", headers={"Accept": "text/html", "Accept-Language": "ru"}).text
    assert "Другие службы" not in page
    response = examples_client.get("/sparql", params={"query": "ASK { SERVICE <http://h/> { } }"})
    assert response.status_code == 403


def test_the_log_and_the_metrics_count_what_services_did(
    examples_folder: Path, wikidata: Endpoint, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.symlink_to(examples_folder)
    _, token = Users(DataFolder(folder).access).add("watcher", Role.ADMIN)
    services: dict[str, object] = {"wikidata": {"address": wikidata.address, "local": True}}
    with asking(examples_folder, services) as client:
        for _ in range(2):
            assert client.get("/sparql", params={"query": WIKIDATA % "endpoint:wikidata"}).status_code == 200
        metrics = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    Users(DataFolder(folder).access).revoke("watcher")
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.labels.get("service") == "wikidata"
    }
    assert found["vekha_service_calls_total"] == 2
    assert found["vekha_service_cache_hits_total"] == 1
    assert found["vekha_service_rows_total"] == 6
    assert found["vekha_service_bytes_total"] > 400
    assert found["vekha_service_seconds_total"] > 0
    lines = (DataFolder(examples_folder).access / "queries.jsonl").read_text("utf-8").splitlines()
    logged = [json.loads(line).get("services") for line in lines[-2:]]
    assert [entry["wikidata"]["cached"] for entry in logged] == [0, 1]
