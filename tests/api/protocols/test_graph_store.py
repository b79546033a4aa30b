from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import RdfFormat, parse

from api.protocols import graph_store, received_graphs
from graph.store import Store
from graph.updates import UpdateLimits
from graph.worker_limits import Limits

TURTLE = {"Content-Type": "text/turtle"}
GRAPH = "http://пример.рф/граф №1"
BASE = "https://w3id.org/vekha/graph/"


@pytest.fixture
def store(plain: TestClient) -> Iterator[TestClient]:
    yield plain
    assert plain.post("/update", data={"update": "DROP ALL"}).status_code == 204


def triples(client: TestClient, address: str) -> set[str]:
    answer = client.get(address, headers={"Accept": "application/n-triples"})
    assert answer.status_code == 200, answer.text
    return {str(quad.triple) for quad in parse(answer.content, RdfFormat.N_TRIPLES)}


def test_a_graph_is_made_read_changed_and_deleted(store: TestClient) -> None:
    address = "/graphs?graph=urn:x:g"
    assert store.get(address).status_code == store.head(address).status_code == 404
    made = store.put(address, content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE)
    assert made.status_code == 201
    assert made.headers["location"] == "urn:x:g"
    assert store.put(address, content=b"<urn:x:a> <urn:x:b> 2 .", headers=TURTLE).status_code == 204
    assert store.post(address, content=b"<urn:x:a> <urn:x:b> 3 .", headers=TURTLE).status_code == 204
    assert len(triples(store, address)) == 2
    assert triples(store, f"{address}&version={made.headers['vekha-version']}") == {
        '<urn:x:a> <urn:x:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    }
    head = store.head(address).headers
    assert head["content-type"] == "text/turtle; charset=utf-8"
    assert "content-length" not in head
    assert store.delete(address).status_code == 204
    assert store.delete(address).status_code == 404


def test_the_address_of_a_graph_stands_for_its_iri(store: TestClient) -> None:
    assert store.put("/graphs/школа/1.ttl", content="<#я> <p> 'да' .".encode(), headers=TURTLE).status_code == 201
    expected = {f'<{BASE}школа/1.ttl#я> <{BASE}школа/p> "да"'}
    assert triples(store, "/graphs/школа/1.ttl") == expected
    assert triples(store, f"/graphs?graph={BASE}школа/1.ttl") == expected
    assert triples(store, "/graph/школа/1.ttl") == expected
    saved = store.get("/graphs/школа/1.ttl?format=turtle").headers["content-disposition"]
    assert "filename*=UTF-8''1.ttl.ttl" in saved or 'filename="1.ttl.ttl"' in saved


def test_a_new_graph_gets_an_address(store: TestClient) -> None:
    made = store.post("/graphs", content=b"<urn:x:a> <urn:x:b> [] .", headers=TURTLE)
    assert made.status_code == 201
    assert len(triples(store, f"/graphs?graph={made.headers['location']}")) == 1


def test_a_graph_without_a_name_does_not_take_the_place_of_the_dataset(store: TestClient) -> None:
    assert store.put("/graphs/kept", content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE).status_code == 201
    for media_type in ("text/turtle", "application/n-triples", "application/rdf+xml"):
        refused = store.put("/graphs", content=b"", headers={"Content-Type": media_type})
        assert refused.status_code == 400
        assert "default" in refused.json()["detail"]
    assert len(triples(store, "/graphs/kept")) == 1
    whole = store.get("/graphs", headers={"Accept": "application/ld+json"})
    sent = store.put("/graphs", content=whole.content, headers={"Content-Type": "application/ld+json"})
    assert sent.status_code == 204
    assert len(triples(store, "/graphs/kept")) == 1


def test_files_of_a_form_come_together_or_not_at_all(store: TestClient) -> None:
    good = [
        ("file", ("имя.ttl", b"_:x <urn:x:b> 1 .", "application/octet-stream")),
        ("file", ("second", b"_:x <urn:x:b> 2 .", "application/n-triples")),
    ]
    wrong = ("file", ("broken.ttl", b"<urn:x:a> <urn:x:b> .", "text/turtle"))
    address = "/graphs?graph=urn:x:form"
    refused = store.post(address, files=[*good, wrong])
    assert refused.status_code == 400
    assert refused.json()["line"] == 1
    good[1] = ("file", ("second", b'_:x <urn:x:b> "2" .', "application/n-triples"))
    assert store.get(address).status_code == 404
    assert store.post(address, files=good).status_code == 201
    found = triples(store, address)
    assert len({triple.split()[0] for triple in found}) == 2
    assert store.post(address, files=[("file", ("x.bin", b"", "image/png"))]).status_code == 415
    assert store.post(address, data={"a": "b"}, files=[]).status_code == 415


def test_a_form_that_is_broken_off_leaves_nothing_out(store: TestClient) -> None:
    address = "/graphs?graph=urn:x:form"
    kind = {"Content-Type": 'multipart/form-data; charset=utf-8; boundary="the end"'}

    def part(number: int) -> bytes:
        head = f'--the end\r\nContent-Disposition: form-data; name="f"; filename="{number}.ttl"\r\n\r\n'
        return f"{head}<urn:x:a> <urn:x:b> {number} .\r\n".encode()

    for content in (part(1) + part(2), part(1), b"--the end", b"nothing", b""):
        refused = store.post(address, content=content, headers=kind)
        assert refused.status_code == 400
        assert refused.json()["detail"].startswith("Форма повреждена: ")
    assert store.post(address, content=part(1), headers={"Content-Type": "multipart/form-data"}).status_code == 400
    assert store.get(address).status_code == 404
    whole = part(1) + part(2) + b"--the end--\r\nan epilogue"
    assert store.post(address, content=whole, headers=kind).status_code == 201
    assert len(triples(store, address)) == 2


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/turtle", "<urn:x:a> <urn:x:b> 'ё' ."),
        ("application/n-triples", '<urn:x:a> <urn:x:b> "ё" .'),
        ("application/n-quads", '<urn:x:a> <urn:x:b> "ё" .'),
        ("application/trig", "<urn:x:a> <urn:x:b> 'ё' ."),
        ("application/ld+json", '{"@id": "urn:x:a", "urn:x:b": "ё"}'),
        (
            "application/rdf+xml",
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:x:">'
                '<rdf:Description rdf:about="urn:x:a"><e:b>ё</e:b></rdf:Description></rdf:RDF>'
            ),
        ),
    ],
)
def test_files_of_editors_that_mark_utf_8_are_read(store: TestClient, media_type: str, text: str) -> None:
    address, content = "/graphs?graph=urn:x:mark", text.encode("utf-8-sig")
    expected = {'<urn:x:a> <urn:x:b> "ё"'}
    assert store.put(address, content=content, headers={"Content-Type": media_type}).status_code == 201
    assert triples(store, address) == expected
    for count in (1, 2):
        assert store.delete(address).status_code == 204
        files = [("file", ("имя", content, media_type))] * count
        assert store.post(address, files=files).status_code == 201
        assert triples(store, address) == expected


@pytest.mark.parametrize(
    ("headers", "status"), [({"Content-Encoding": "gzip"}, 415), ({"Content-Range": "bytes 0-3/10"}, 400)]
)
def test_a_body_that_is_not_the_graph_itself_is_refused(
    store: TestClient, headers: dict[str, str], status: int
) -> None:
    address = "/graphs?graph=urn:x:g"
    refused = store.put(address, content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE | headers)
    assert refused.status_code == status
    assert refused.headers.get("accept-encoding") == ("identity" if status == 415 else None)
    assert store.get(address).status_code == 404
    plain = TURTLE | {"Content-Encoding": "identity"}
    assert store.put(address, content=b"<urn:x:a> <urn:x:b> 1 .", headers=plain).status_code == 201


ENTITIES = b"""<?xml version="1.0"?><!doctype r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:x:">
<rdf:Description rdf:about="urn:x:a"><e:b>&b;</e:b></rdf:Description></rdf:RDF>"""


def test_entities_of_a_form_are_read_by_the_limited_process_only(store: TestClient) -> None:
    address = "/graphs?graph=urn:x:form"
    bomb = ("file", ("bomb.rdf", ENTITIES, "application/rdf+xml"))
    other = ("file", ("other.ttl", b"<urn:x:a> <urn:x:b> 1 .", "text/turtle"))
    refused = store.post(address, files=[other, bomb])
    assert refused.status_code == 400
    assert "сущности" in refused.json()["detail"]
    assert store.post(address, files=[bomb]).status_code == 201
    assert triples(store, address) == {f'<urn:x:a> <urn:x:b> "{"a" * 20}"'}


def test_files_of_a_form_do_not_grow_without_bounds(store: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_graphs, "_MOST_JOINED", 1024**2)
    long = f"@prefix p: <urn:x:{'x' * 10_000}> .\n{'p:a p:b p:c .' * 100}"
    files = [("file", (f"{number}.ttl", long.encode(), "text/turtle")) for number in range(2)]
    assert store.post("/graphs?graph=urn:x:form", files=files).status_code == 413
    assert store.get("/graphs?graph=urn:x:form").status_code == 404


def test_a_dataset_is_sent_and_fetched_whole(store: TestClient) -> None:
    quads = b"<urn:x:a> <urn:x:b> <urn:x:c> .\n<urn:x:a> <urn:x:b> <urn:x:c> <urn:x:g> .\n"
    content = {"Content-Type": "application/n-quads"}
    assert store.put("/graphs", content=quads, headers=content).status_code == 204
    assert store.get("/graphs", headers={"Accept": "application/n-quads"}).content == quads
    assert store.post("/graphs", content=quads.replace(b"urn:x:a", b"urn:x:d"), headers=content).status_code == 204
    assert len(store.get("/graphs", headers={"Accept": "application/n-quads"}).content.splitlines()) == 4
    blank = b"<urn:x:a> <urn:x:b> <urn:x:c> _:g .\n"
    assert store.post("/graphs", content=blank, headers=content).status_code == 204
    assert b" _:" in store.get("/graphs", headers={"Accept": "application/n-quads"}).content
    assert store.put("/graphs?graph=urn:x:g", content=quads, headers=content).status_code == 400
    assert store.get("/graphs", headers={"Accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize(
    ("request_line", "content", "media_type", "status"),
    [
        ("GET /graphs?default&graph=urn:x:g", b"", "", 400),
        ("GET /graphs/x?graph=urn:x:g", b"", "", 400),
        ("GET /graphs?graph=no+iri", b"", "", 400),
        ("GET /graphs?graph=urn:x:1&graph=urn:x:2", b"", "", 400),
        ("GET /graphs?default&version=999", b"", "", 410),
        ("DELETE /graphs", b"", "", 400),
        ("PATCH /graphs?default", b"", "text/turtle", 405),
        ("PUT /graphs?graph=urn:x:g", b"<urn:x:a> <urn:x:b> .", "text/turtle", 400),
        ("PUT /graphs?graph=urn:x:g", b"x", "image/png", 415),
        ("PUT /graphs?graph=urn:x:g", b"<urn:x:a> <urn:x:b> 1 .", "", 415),
        ("PUT /graphs?graph=urn:x:g", b"\xff", "text/turtle", 400),
    ],
)
def test_a_wrong_request_says_why(
    store: TestClient, request_line: str, content: bytes, media_type: str, status: int
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    method, address = request_line.split(" ", 1)
    answer = store.request(method, address, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] != answer.json()["title"]
    assert store.get("/graphs?graph=urn:x:g").status_code == 404


def test_a_bad_graph_leaves_the_old_one(store: TestClient) -> None:
    address = "/graphs?default"
    assert store.put(address, content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE).status_code in {201, 204}
    broken = store.put(address, content=b"<urn:x:a> <urn:x:b> 2 .\n<urn:x:c> <urn:x:d", headers=TURTLE)
    assert (broken.status_code, broken.json()["line"]) == (400, 2)
    assert len(triples(store, address)) == 1
    assert store.delete(address).status_code == 204
    assert triples(store, address) == set()


def test_a_known_graph_is_not_sent_again(store: TestClient) -> None:
    first = store.get("/graphs?default")
    again = store.get("/graphs?default", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    store.put("/graphs?default", content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE)
    changed = store.get("/graphs?default", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def test_graphs_of_documents_are_read_by_their_own_address(client: TestClient, examples_folder: Path) -> None:
    assert examples_folder.is_dir()
    names = client.get("/sparql", params={"query": "SELECT ?g { GRAPH ?g { ?s a vekha:Roadmap } }"}).json()
    name = next(row["g"]["value"] for row in names["results"]["bindings"] if "khorol" in row["g"]["value"])
    assert name.startswith(BASE)
    assert len(triples(client, "/graphs/" + name.removeprefix(BASE))) > 1000


def test_a_graph_that_is_not_what_the_client_took_it_for_is_left_alone(store: TestClient) -> None:
    address = "/graphs?graph=urn:x:g"

    def put(number: int, **conditions: str) -> int:
        headers = TURTLE | {name.replace("_", "-"): value for name, value in conditions.items()}
        return store.put(address, content=f"<urn:x:a> <urn:x:b> {number} .".encode(), headers=headers).status_code

    assert put(1, if_match="*") == 412
    assert put(1, if_none_match="*") == 201
    assert put(2, if_none_match="*") == 412
    read = store.get(address).headers["etag"]
    assert put(2, if_match=f'"other", {read}') == 204
    refused = store.delete(address, headers={"If-Match": read})
    assert (refused.status_code, refused.headers["content-type"]) == (412, "application/problem+json")
    assert put(3, if_match=read) == 412
    assert triples(store, address) == {'<urn:x:a> <urn:x:b> "2"^^<http://www.w3.org/2001/XMLSchema#integer>'}
    assert store.get(address, headers={"If-Match": read}).status_code == 412
    assert store.get(address, headers={"If-Match": store.get(address).headers["etag"]}).status_code == 200
    assert put(3, if_match="*") == 204
    assert store.delete(address, headers={"If-Match": store.head(address).headers["etag"]}).status_code == 204


@pytest.mark.parametrize(
    ("request_line", "condition", "status"),
    [
        ("PUT /graphs?graph=urn:x:g", "If-Match", 412),
        ("POST /graphs?graph=urn:x:g", "If-Match", 412),
        ("DELETE /graphs?graph=urn:x:g", "If-Match", 412),
        (f"PUT /graphs?graph={BASE}g", "If-Match", 412),
        ("PUT /graphs/g", "If-Match", 412),
        ("DELETE /graph/g", "If-Match", 412),
        ("PUT /graphs?default", "If-Match", 412),
        ("DELETE /graphs?default", "If-Match", 412),
        ("PUT /graphs", "If-Match", 412),
        ("POST /graphs", "If-Match", 412),
        ("PUT /graphs?graph=urn:x:new", "If-None-Match", 412),
        ("POST /graphs/new", "If-None-Match", 412),
        ("PUT /graphs?graph=urn:x:g", None, 204),
        ("DELETE /graphs?graph=urn:x:g", None, 204),
    ],
)
def test_a_condition_is_compared_when_no_other_change_can_come_between(
    store: TestClient, monkeypatch: pytest.MonkeyPatch, request_line: str, condition: str | None, status: int
) -> None:
    method, address = request_line.split(" ")
    for graph in ("urn:x:g", f"{BASE}g"):
        made = store.put(f"/graphs?graph={graph}", content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE)
        assert made.status_code == 201
    conditions = {
        "If-Match": {"If-Match": store.get(address).headers.get("etag", "")},
        "If-None-Match": {"If-None-Match": "*"},
    }
    quads = b"<urn:x:a> <urn:x:b> <urn:x:mine> ."
    given = {"Content-Type": "application/n-quads"} if address == "/graphs" else TURTLE
    others = [f"<urn:x:a> <urn:x:b> <urn:x:theirs> <{graph}> ." for graph in ("urn:x:g", "urn:x:new", f"{BASE}new")]
    turn = Store._turn

    def after_another(self: Store, limits: UpdateLimits) -> AbstractContextManager[None]:
        """What another editor writes once this request was read, and before its own turn to write."""
        monkeypatch.setattr(Store, "_turn", turn)
        self.put_dataset("\n".join(others).encode(), RdfFormat.N_QUADS, merge=True)
        return turn(self, limits)

    monkeypatch.setattr(Store, "_turn", after_another)
    answer = store.request(
        method,
        address,
        content=None if method == "DELETE" else quads,
        headers=(given if method != "DELETE" else {}) | conditions.get(condition or "", {}),
    )
    assert answer.status_code == status, answer.text
    left = store.get("/graphs", headers={"Accept": "application/n-quads"}).text
    assert ("urn:x:mine" in left) is (status != 412 and method != "DELETE")
    assert ("<urn:x:theirs> <urn:x:g>" in left) is (status == 412)
    assert f"<urn:x:theirs> <{BASE}new>" in left


def test_of_many_editors_of_one_state_one_writes(store: TestClient) -> None:
    address, editors = "/graphs?graph=urn:x:g", 6
    assert store.put(address, content=b"<urn:x:a> <urn:x:b> 0 .", headers=TURTLE).status_code == 201
    headers = TURTLE | {"If-Match": store.get(address).headers["etag"]}

    def write(number: int) -> int:
        return store.put(address, content=f"<urn:x:a> <urn:x:b> {number} .".encode(), headers=headers).status_code

    with ThreadPoolExecutor(editors) as threads:
        statuses = list(threads.map(write, range(1, editors + 1)))
    assert sorted(statuses) == [204, *[412] * (editors - 1)]
    (left,) = triples(store, address)
    assert f'"{statuses.index(204) + 1}"' in left


def test_a_condition_of_what_is_not_there_does_not_hide_that(store: TestClient) -> None:
    made = store.put("/graphs?graph=urn:x:g", content=b"<urn:x:a> <urn:x:b> 0 .", headers=TURTLE)
    assert made.status_code == 201
    tag = store.get("/graphs?graph=urn:x:g").headers["etag"]
    # RFC 9110, 13.2.1: what would be no success without a condition is told as without it.
    assert store.delete("/graphs?graph=urn:x:none", headers={"If-Match": "*"}).status_code == 404
    refused = store.put("/graphs?graph=urn:x:g", content=b"1", headers={"Content-Type": "image/png", "If-Match": '"x"'})
    assert refused.status_code == 415
    several = [("If-Match", '"a, b"'), ("If-Match", tag)]
    assert store.delete("/graphs?graph=urn:x:g", headers=several).status_code == 204


def test_what_xml_cannot_hold_is_told_in_the_place_of_broken_xml(store: TestClient) -> None:
    address = "/graphs?graph=urn:x:g"
    assert store.put(address, content=b'<urn:x:a> <urn:x:b> "\\u000B" .', headers=TURTLE).status_code == 201
    refused = store.get(address, headers={"Accept": "application/rdf+xml"})
    assert refused.status_code == 400
    assert "U+000B" in refused.json()["detail"]
    assert len(triples(store, address)) == 1


def test_a_graph_is_read_within_the_limits_of_queries(store: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/graphs?graph=urn:x:g"
    assert store.put(address, content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE).status_code == 201
    whole = store.get(address)
    assert whole.headers["vekha-limit-bytes"] == store.get("/sparql?query=ASK{}").headers["vekha-limit-bytes"]
    for name, status in (("bytes", 422), ("seconds", 504)):
        with monkeypatch.context() as patch:
            patch.setattr(store.app.state.workers, "limits", replace(Limits(), **{name: -1}))  # type: ignore[attr-defined]
            refused = store.get(address)
            assert refused.status_code == status
            assert refused.headers[f"vekha-limit-{name}"] == "-1"
            assert refused.headers["content-type"] == "application/problem+json"
    assert store.get(address).content == whole.content


def test_a_graph_that_is_read_is_listed_charged_and_cancelled(
    store: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/graphs?graph=urn:x:g"
    assert store.put(address, content=b"<urn:x:a> <urn:x:b> 1 .", headers=TURTLE).status_code == 201
    running = store.app.state.running  # type: ignore[attr-defined]
    listed: list[str] = []

    def write(_statements: object, output: IO[bytes], *_: object, **__: object) -> None:
        for entry in running.listed():
            assert entry.charged
            listed.append(entry.text)
            entry.cancel()
        output.write(b"")

    with monkeypatch.context() as patch:
        patch.setattr(graph_store, "serialize", write)
        assert store.get(address).status_code == 503
    assert listed == ["GET urn:x:g"]
    assert store.get(address).status_code == 200
