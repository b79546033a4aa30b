from __future__ import annotations

import asyncio
import contextlib
import json
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF, VOID

from api.protocols import sparql
from api.protocols.messages import Based, based

SELECT = "SELECT ?s WHERE { ?s a vekha:Roadmap } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT { ?s a vekha:Roadmap } WHERE { ?s a vekha:Roadmap }"
ASK = "ASK { ?s a vekha:Roadmap }"
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
QUERY = {"Content-Type": "application/sparql-query"}


def ask(client: TestClient, query: str, accept: str = "*/*") -> Response:
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept})


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/json", "application/json"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (SELECT, "text/turtle", None),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (ASK, "*/*", "application/sparql-results+json"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "text/csv", None),
        (SELECT, "image/png", None),
    ],
)
def test_accept_chooses_the_format(client: TestClient, query: str, accept: str, expected: str | None) -> None:
    response = ask(client, query, accept)
    if expected is None:
        assert response.status_code == 406
        assert response.headers["content-type"] == "application/problem+json"
    else:
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == expected
    assert "Accept" in response.headers["vary"].split(", ")


def test_get_and_both_posts_answer_alike(client: TestClient) -> None:
    answers = [
        client.get("/sparql", params={"query": SELECT}).json(),
        client.post("/sparql", data={"query": SELECT}).json(),
        client.post("/sparql", content=SELECT, headers=QUERY).json(),
    ]
    assert len(answers[0]["results"]["bindings"]) == 5
    assert answers[0] == answers[1] == answers[2]


def test_cyrillic_survives_every_way(client: TestClient) -> None:
    query = 'SELECT ("наставничество" AS ?x) {}'
    for response in (
        client.get("/sparql", params={"query": query}),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", content=query.encode(), headers=QUERY),
    ):
        assert response.json()["results"]["bindings"][0]["x"]["value"] == "наставничество"


def test_an_error_in_the_query_has_line_and_column(client: TestClient) -> None:
    response = client.post("/sparql", content="SELECT ?x\nWHERE { ?x ?y }\n", headers=QUERY)
    problem = response.json()
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["line"] == 2
    assert problem["column"] >= 9
    assert "Строка 2" in problem["detail"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403),
        ("LOAD <http://127.0.0.1:1/>", 403),
        ("INSERT DATA { <urn:x:a> <urn:x:b> <urn:x:c> }", 403),
        ("DROP ALL", 403),
        ("nonsense", 400),
        ("SELECT (<urn:x:функция>(1) AS ?x) {}", 501),
        ("SELECT * { ?s ?p ?o . ?a ?b ?c }", 422),
    ],
)
def test_what_is_not_answered_says_why(client: TestClient, query: str, status: int) -> None:
    response = ask(client, query)
    assert response.status_code == status, response.text
    assert response.json()["status"] == status
    assert response.json()["detail"]


def test_a_runaway_query_is_stopped_and_the_next_one_answered(client: TestClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    assert ask(client, query).status_code == 504
    assert ask(client, ASK).json()["boolean"] is True


def test_limits_and_version_stand_in_the_head(client: TestClient) -> None:
    headers = ask(client, ASK).headers
    assert headers["vekha-limit-seconds"] == "30"
    assert headers["vekha-limit-rows"] == "5000"
    assert int(headers["vekha-limit-bytes"]) > 0
    assert int(headers["vekha-version"]) > 0


def test_requests_that_break_the_protocol_are_refused(client: TestClient) -> None:
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 400
    assert client.get("/sparql", params=[("query", ASK), ("query", ASK)]).status_code == 400
    assert client.get("/sparql", params={"query": ASK, "default-graph-uri": "no iri"}).status_code == 400
    assert client.get("/sparql", params={"query": ASK, "version": "-1"}).status_code == 400
    assert client.get("/sparql", params={"query": ASK, "format": "pdf"}).status_code == 400
    assert client.get(f"/sparql?query={ASK}%FF").status_code == 400
    assert client.post("/sparql", content=ASK, headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/sparql", data={"update": "DROP ALL"}).status_code == 400
    assert client.post("/sparql", data={"other": "x"}).status_code == 400
    assert client.post("/sparql", content=b"ASK {} # \xff", headers=QUERY).status_code == 400
    assert client.post("/sparql", content=b"#" * 300_000, headers=QUERY).status_code == 413
    refused = client.put("/sparql")
    assert refused.status_code == 405
    assert "GET" in refused.headers["allow"]


def test_the_default_graph_is_a_real_merge(client: TestClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT *) AS ?d) { ?s a vekha:Activity }"
    row = ask(client, query).json()["results"]["bindings"][0]
    assert row["n"]["value"] == row["d"]["value"] == "149"


def test_the_page_shows_the_query_its_rows_and_its_error(client: TestClient) -> None:
    html = {"Accept": "text/html"}
    page = client.get("/sparql", headers=html)
    assert page.headers["content-type"].startswith("text/html")
    assert "theme:mentoring" in page.text
    page = client.get("/sparql", params={"query": SELECT}, headers=html)
    assert 'href="/roadmaps/tomsk-obl-mr"' in page.text
    page = client.get("/sparql", params={"query": "SELECT ?x\nWHERE { </textarea><script> }"}, headers=html)
    assert page.status_code == 400
    assert "<script>" not in page.text.replace('<script src="', "")
    assert 'data-line="2"' in page.text


def test_a_question_opens_in_the_editor_with_its_values(client: TestClient) -> None:
    page = client.get("/sparql?question=who-is-responsible&theme=monitoring", headers={"Accept": "text/html"})
    assert "VALUES ?theme { &lt;https://w3id.org/vekha/scheme/theme/monitoring&gt; }" in page.text
    assert client.get("/sparql?question=no-such", headers={"Accept": "text/html"}).status_code == 404


def test_a_file_of_the_whole_answer_is_offered(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": SELECT, "format": "csv"}, headers={"Accept": "text/html"})
    assert response.headers["content-disposition"] == 'attachment; filename="answer.csv"'
    assert len(response.text.splitlines()) == 6
    assert json.loads(client.get("/sparql", params={"query": SELECT, "format": "json"}).text)["results"]


def test_a_known_answer_is_not_sent_again(client: TestClient) -> None:
    params = {"query": SELECT}
    first = client.get("/sparql", params=params)
    tag = first.headers["etag"]
    for known in (tag, f'"x", {tag}', "*"):
        again = client.get("/sparql", params=params, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other_form = client.get("/sparql", params=params, headers={"If-None-Match": tag, "Accept": "text/csv"})
    assert other_form.status_code == 200
    assert other_form.headers["etag"] != tag
    assert "etag" not in client.get("/sparql", params={"query": "SELECT (NOW() AS ?x) {}"}).headers


def test_the_same_question_is_answered_from_the_cache(client: TestClient) -> None:
    query = f"{SELECT} # from the cache"
    answers = [ask(client, query) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["etag"] == answers[1].headers["etag"]


def test_parameters_name_the_dataset_and_win_over_from(client: TestClient) -> None:
    found = client.get("/sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s a vekha:Roadmap } }"}).json()
    first, second = sorted(row["g"]["value"] for row in found["results"]["bindings"])[:2]
    count = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a vekha:Roadmap }"

    def roadmaps(query: str, **params: str | list[str]) -> str:
        answer = client.get("/sparql", params={"query": query, **params})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["results"]["bindings"][0]["n"]["value"])

    assert roadmaps(count, **{"default-graph-uri": first}) == "1"
    assert roadmaps(count, **{"default-graph-uri": [first, second]}) == "2"
    with_from = count.replace("{ ?s", f"FROM <{first}> FROM <{second}> {{ ?s")
    assert roadmaps(with_from) == "2"
    assert roadmaps(with_from, **{"default-graph-uri": first}) == "1"
    assert roadmaps(count, **{"named-graph-uri": first}) == "0"


def test_old_versions_are_asked_by_number_as_long_as_they_are_kept(client: TestClient) -> None:
    version = ask(client, ASK).headers["vekha-version"]
    assert client.get("/sparql", params={"query": ASK, "version": version}).json()["boolean"] is True
    gone = client.get("/sparql", params={"query": ASK, "version": "987654321"})
    assert gone.status_code == 410
    assert "987654321" in gone.json()["detail"]


def test_answers_are_compressed_on_request(client: TestClient) -> None:
    packed = client.get("/sparql", params={"query": SELECT}, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    plain = client.get("/sparql", params={"query": SELECT}, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == packed.json()


def test_any_site_may_ask(client: TestClient) -> None:
    origin = {"Origin": "http://app.example"}
    assert ask(client, ASK).headers.get("access-control-allow-origin") is None
    answer = client.get("/sparql", params={"query": ASK}, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert client.options("/sparql", headers=origin | preflight).status_code == 200
    plain = client.options("/sparql")
    assert (plain.status_code, plain.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_the_service_describes_itself(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    graph = Graph().parse(data=answer.text)
    services = set(graph.subjects(RDF.type, SD.Service))
    assert services == {URIRef("http://testserver/sparql"), URIRef("http://testserver/update")}
    figures = Graph().parse(data=client.get("/.well-known/void").text)
    (data, triples), *_ = figures.subject_objects(VOID.triples)
    total = ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()["results"]["bindings"][0]["n"]["value"]
    assert str(triples) == total
    assert (data, VOID.triples, triples) in graph
    again = client.get("/.well-known/void", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 200


def test_where_the_engine_errs_is_told(client: TestClient) -> None:
    query = "SELECT ?x { ?x (rdfs:label|skos:prefLabel) ?label }"
    warning = ask(client, query + " LIMIT 1").headers["vekha-warning"]
    assert warning.startswith("line=1; column=")
    assert "UNION" in unquote(warning)
    english = {"Accept": "application/json", "Accept-Language": "en"}
    told = client.get("/sparql", params={"query": query + " LIMIT 1"}, headers=english).headers["vekha-warning"]
    assert "Line 1" in unquote(told)
    assert "vekha-warning" not in ask(client, SELECT).headers
    page = client.get("/sparql", params={"query": query}, headers={"Accept": "text/html"})
    assert "Строка 1" in page.text


def test_limits_stand_in_the_head_of_errors_too(client: TestClient) -> None:
    for query in ("nonsense", "SELECT * { ?s ?p ?o . ?a ?b ?c }"):
        assert ask(client, query).headers["vekha-limit-rows"] == "5000"
    assert ask(client, "SELECT * { ?s ?p ?o . ?a ?b ?c }").headers["vekha-limit-exceeded"] == "5000"


def test_a_long_text_is_read_beside_the_other_requests(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of one of 256 KB take a fifth of a second, in which nobody else would be answered."""
    within_loop: list[bool] = []

    def reading(text: str, base: str) -> Based:
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop()
            within_loop.append(True)
        return based(text, base)

    monkeypatch.setattr(sparql, "based", reading)
    query = "ASK { VALUES ?x { " + "<a> " * 9000 + "} }"
    assert client.post("/sparql", data={"query": query}).status_code == 200
    assert not within_loop


@pytest.mark.parametrize(
    ("accept", "params"),
    [("text/tab-separated-values", {}), ("text/csv", {}), ("*/*", {"format": "csv", "labels": "ru"})],
)
def test_ask_is_answered_in_formats_of_tables_too(client: TestClient, accept: str, params: dict[str, str]) -> None:
    for query, expected in (("ASK { ?s a vekha:Roadmap }", "true"), ("ASK { <urn:x:none> ?p ?o }", "false")):
        answer = client.get("/sparql", params={"query": query, **params}, headers={"Accept": accept})
        assert (answer.status_code, answer.text) == (200, expected)


def test_what_xml_cannot_hold_is_told_in_the_place_of_broken_xml(client: TestClient) -> None:
    query = 'SELECT ("a\\u000Bb" AS ?x) {}'
    refused = ask(client, query, "application/sparql-results+xml")
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    assert "U+000B" in refused.json()["detail"]
    assert ask(client, query).json()["results"]["bindings"][0]["x"]["value"] == "a\x0bb"
