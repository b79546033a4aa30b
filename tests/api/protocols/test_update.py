from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access.users import Role, Users
from api.app import create_app
from api.importing.loading import open_loader
from api.settings import read_settings
from graph.folder import DataFolder

UPDATE = {"Content-Type": "application/sparql-update"}
INSERT = "INSERT DATA { GRAPH <urn:x:g> { <urn:x:a> <urn:x:p> 'один' } }"


@pytest.fixture
def store(plain: TestClient) -> Iterator[TestClient]:
    plain.headers.pop("Authorization", None)
    yield plain
    assert update(plain, "DROP ALL") == 204


def update(client: TestClient, text: str, **params: str | list[str]) -> int:
    return client.post("/update", content=text.encode(), headers=UPDATE, params=params).status_code


def holds(client: TestClient, pattern: str, **params: str) -> bool:
    answer = client.get("/sparql", params={"query": f"ASK {{ {pattern} }}", **params})
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["boolean"])


def test_an_update_is_true_in_the_version_that_its_answer_names(store: TestClient) -> None:
    answer = store.post("/update", content=INSERT.encode(), headers=UPDATE)
    assert answer.status_code == 204
    version = answer.headers["vekha-version"]
    assert holds(store, "GRAPH <urn:x:g> { ?s ?p 'один' }", version=version)
    assert store.post("/update", data={"update": "DROP ALL"}).status_code == 204
    assert not holds(store, "GRAPH ?g { ?s ?p ?o }")
    assert holds(store, "GRAPH <urn:x:g> { ?s ?p 'один' }", version=version)


def test_the_protocol_names_the_dataset_of_patterns(store: TestClient) -> None:
    assert (
        update(
            store, "INSERT DATA { GRAPH <urn:x:1> { <urn:x:a> a <urn:x:T> } GRAPH <urn:x:2> { <urn:x:b> a <urn:x:T> } }"
        )
        == 204
    )
    copy = "INSERT { GRAPH <urn:x:copy> { ?s a <urn:x:U> } } WHERE { ?s a <urn:x:T> }"
    assert update(store, copy, **{"using-graph-uri": "urn:x:1"}) == 204
    assert holds(store, "GRAPH <urn:x:copy> { <urn:x:a> a <urn:x:U> }")
    assert not holds(store, "GRAPH <urn:x:copy> { <urn:x:b> a <urn:x:U> }")
    named = "INSERT { GRAPH <urn:x:copy> { ?s a <urn:x:V> } } WHERE { GRAPH ?g { ?s a <urn:x:T> } }"
    assert update(store, named, **{"using-named-graph-uri": ["urn:x:2"]}) == 204
    assert holds(store, "GRAPH <urn:x:copy> { <urn:x:b> a <urn:x:V> }")
    assert not holds(store, "GRAPH <urn:x:copy> { <urn:x:a> a <urn:x:V> }")
    clash = "WITH <urn:x:1> INSERT { ?s a <urn:x:W> } WHERE { ?s a <urn:x:T> }"
    assert update(store, clash, **{"using-graph-uri": "urn:x:2"}) == 400


def test_relative_iris_are_resolved_against_the_base_of_the_data(store: TestClient) -> None:
    assert update(store, "INSERT DATA { <урок> <p> <o> }") == 204
    assert holds(store, "<https://w3id.org/vekha/урок> <p> ?o")
    wrong = store.post("/update", content=b"INSERT DATA { <a> <b> }", headers=UPDATE).json()
    assert wrong["line"] == 1


@pytest.mark.parametrize(
    ("text", "headers", "status"),
    [
        ("INSERT DATA { <urn:x:a> <urn:x:b> }", UPDATE, 400),
        ("SELECT * { ?s ?p ?o }", UPDATE, 400),
        ("LOAD <http://127.0.0.1:1/x.ttl>", UPDATE, 403),
        ("LOAD <file:///etc/hostname>", UPDATE, 403),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", UPDATE, 403),
        ("CREATE GRAPH <urn:x:1> ; CREATE GRAPH <urn:x:1>", UPDATE, 400),
        (INSERT, {"Content-Type": "text/plain"}, 415),
        (INSERT, {}, 415),
        ("query=ASK{}", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ("update=DROP+ALL&update=DROP+ALL", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
    ],
)
def test_a_wrong_update_changes_nothing_and_says_why(
    store: TestClient, text: str, headers: dict[str, str], status: int
) -> None:
    answer = store.post("/update", content=text.encode(), headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not holds(store, "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }")


def test_updates_are_posted(store: TestClient) -> None:
    answer = store.get("/update", params={"update": "DROP ALL"})
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
    preflight = {"Origin": "http://app.example", "Access-Control-Request-Method": "POST"}
    assert store.options("/update", headers=preflight).headers["access-control-allow-origin"] == "*"


def test_who_may_write_what_is_asked_before_anything_is_read(examples_folder: Path, client: TestClient) -> None:
    assert examples_folder.is_dir()
    answer = client.post("/update", content=INSERT.encode(), headers=UPDATE)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.put("/graphs?default", content=b"", headers={"Content-Type": "text/turtle"}).status_code == 401
    assert client.delete("/graphs?graph=urn:x:g").status_code == 401


def test_an_editor_writes_the_graphs_of_the_token(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", dataset="plain", workers=1)
    _user, token = Users(DataFolder(settings.data).access).add("editor", Role.EDITOR, graphs=("urn:x:own*",))
    with (
        open_loader(settings) as loader,
        TestClient(create_app(settings, loader=loader), headers={"Authorization": f"Bearer {token}"}) as client,
    ):
        assert update(client, "INSERT DATA { GRAPH <urn:x:own1> { <urn:x:a> <urn:x:p> 1 } }") == 204
        assert update(client, INSERT) == 403
        assert update(client, "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }") == 403
        turtle = {"Content-Type": "text/turtle"}
        assert client.put("/graphs?graph=urn:x:own2", content=b"<a> <b> <c> .", headers=turtle).status_code == 201
        assert client.put("/graphs?graph=urn:x:other", content=b"<a> <b> <c> .", headers=turtle).status_code == 403
        assert client.delete("/graphs?default").status_code == 403


def test_a_condition_that_cannot_be_kept_is_not_passed_over(store: TestClient) -> None:
    assert update(store, INSERT) == 204
    refused = store.post("/update", content=b"DROP ALL", headers=UPDATE | {"If-Match": '"x"'})
    assert (refused.status_code, refused.headers["content-type"]) == (412, "application/problem+json")
    assert "/graphs" in refused.json()["detail"]
    assert holds(store, "GRAPH <urn:x:g> { ?s ?p ?o }")


def test_one_text_is_sent_at_a_time(store: TestClient) -> None:
    for name in ("update", "query"):
        assert update(store, INSERT, **{name: "DROP ALL"}) == 400
        answer = store.post(
            "/sparql", params={name: "ASK {}"}, content=b"ASK {}", headers={"Content-Type": "application/sparql-query"}
        )
        assert answer.status_code == 400
        assert name in answer.json()["detail"]
    assert not holds(store, "GRAPH ?g { ?s ?p ?o }")


def test_texts_of_editors_that_mark_utf_8_are_read(store: TestClient) -> None:
    assert store.post("/update", content=INSERT.encode("utf-8-sig"), headers=UPDATE).status_code == 204
    query = "ASK { GRAPH <urn:x:g> { ?s ?p 'один' } }".encode("utf-8-sig")
    answer = store.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    assert answer.json()["boolean"] is True


def test_a_text_that_is_compressed_is_refused(store: TestClient) -> None:
    refused = store.post(
        "/update", content=gzip.compress(INSERT.encode()), headers=UPDATE | {"Content-Encoding": "gzip"}
    )
    assert (refused.status_code, refused.headers["accept-encoding"]) == (415, "identity")
