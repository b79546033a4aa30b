"""SERVICE as answered here, and as the engine itself answers it where nothing stands in its way."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import BlankNode, Literal, RdfFormat, Store

from graph.errors import (
    QueryRefusedError,
    QuerySyntaxError,
    ServiceError,
    ServiceTooLargeError,
    UnknownFunctionError,
)
from graph.federation.gateway import Asking, Gateway
from graph.federation.messages import FederatedQuery, answer_frame
from graph.federation.services import Service, ServiceLimits
from graph.guard import check_query
from graph.results import Answer, Table
from graph.snapshots import Snapshot
from tests.graph.federation.played import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = "https://w3id.org/vekha/endpoint/"
PREFIXES = {
    "e": "http://e.example/",
    "endpoint": NAMES,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
DECLARED = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
HERE = """
    e:школа1 e:in e:томск ; e:link e:q1 ; e:pupils 300 . e:школа2 e:in e:томск ; e:link e:q2 ; e:pupils 20 .
    e:школа3 e:in e:тамбов ; e:link e:q9 . e:школа4 e:in e:тамбов . e:школа5 e:link _:nobody .
    GRAPH e:g { e:школа1 e:note e:q3 } GRAPH e:h { e:школа2 e:note e:q1 }
"""
THERE = """
    e:q1 rdfs:label "Школа № 1"@ru , "School 1"@en ; e:code "01" ; e:near e:q2 .
    e:q2 e:near e:q3 . e:q9 e:code 9 .
    e:q2 rdfs:label "Школа \\"Два\\"\\n"@ru ; e:code 2 ; e:head [ e:name "Иванова" ] .
    e:q3 rdfs:label "Школа № 3"@ru ; e:near e:q1 , e:q2 . e:q4 e:code 2.50 .
"""
HUNDREDS = 500


def store(text: str) -> Store:
    found = Store()
    found.load((DECLARED.replace("PREFIX", "@prefix").replace("> ", "> . ") + text).encode(), RdfFormat.TRIG)
    return found


@pytest.fixture(scope="module")
def here() -> Store:
    return store(HERE + "".join(f"e:n{number} e:of e:many . " for number in range(HUNDREDS)))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with Endpoint(store(THERE + "".join(f"e:n{n} e:double {n * 2} . " for n in range(HUNDREDS)))) as played:
        yield played


class _Lease:
    def release(self) -> None: ...


def federated(
    here: Store, gateway: Gateway, query: str, *, asking: Asking | None = None
) -> tuple[Table, list[dict[str, Any]]]:
    """The answer, read at once: the engine's rows may not be forgotten in another thread."""
    checked = check_query(query, prefixes=PREFIXES, services=gateway.addresses)
    request = {
        "text": query,
        "prefixes": PREFIXES,
        "edits": [],
        "spans": [],
        "services": {iri: (gateway.service(iri).name, gateway.service(iri).address) for iri in checked.services},
        "bounds": gateway.bounds,
    }
    asking = asking or gateway.asking(time.monotonic() + 60)
    answers: list[bytes] = []

    def send(kind: bytes, payload: bytes) -> None:
        # Another thread stands for the server, so that its errors hold on to nothing of the query here.
        with ThreadPoolExecutor(1) as server:
            answer = server.submit(answer_frame, asking, kind, json.loads(payload)).result()
        if answer is not None:
            answers.append(answer)

    answer, failures = FederatedQuery(request, send, answers.pop).answer(Snapshot(1, here, _Lease()), checked.dataset)
    found = answer.read()
    assert isinstance(found, Table)
    return found, failures


def gateway_to(*addresses: str, **limits: int) -> Gateway:
    services = [Service(f"s{number}", address, local=True) for number, address in enumerate(addresses)]
    return Gateway(services, names=NAMES, limits=replace(ServiceLimits(), **limits))


def solutions(found: Table) -> Counter[frozenset[tuple[str, str]]]:
    """Solutions as a multiset; blank nodes are alike, so tests with them ask for what stands at them."""
    return Counter(
        frozenset(
            (name, "_" if isinstance(term, BlankNode) else str(term))
            for name, term in record.items()
            if term is not None
        )
        for record in found.records()
    )


SHAPES = {
    "alone": "{ SERVICE endpoint:s0 { ?q rdfs:label ?l } }",
    "joined": "{ ?s e:link ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } }",
    "joined behind": "{ SERVICE endpoint:s0 { ?q rdfs:label ?l } ?s e:link ?q . }",
    "between": "{ ?s e:in ?place . SERVICE endpoint:s0 { ?q rdfs:label ?l } ?s e:link ?q ; e:pupils ?n }",
    "with a filter": "{ ?s e:link ?q ; e:pupils ?n FILTER(?n > 100) SERVICE endpoint:s0 { ?q rdfs:label ?l } }",
    "filter on its answer": "{ ?s e:link ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } FILTER(LANG(?l) = 'ru') }",
    "filter on what may be bound": """{ ?s e:in ?place OPTIONAL { ?s e:pupils ?n } FILTER(!BOUND(?n))
        SERVICE endpoint:s0 { ?q e:code ?n } }""",
    "OPTIONAL": "{ ?s e:in ?place OPTIONAL { ?s e:link ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } } }",
    "OPTIONAL alone": "{ ?s e:link ?q OPTIONAL { SERVICE endpoint:s0 { ?q rdfs:label ?l } } }",
    "OPTIONAL before what narrows": """{ ?s e:in ?place OPTIONAL { SERVICE endpoint:s0 { ?q rdfs:label ?l } }
        ?s e:link ?q }""",
    "OPTIONAL in a joined group": """{ ?s e:link ?q { ?x e:in ?place OPTIONAL
        { SERVICE endpoint:s0 { ?q rdfs:label ?l } } } }""",
    "OPTIONAL twice": "{ ?s e:link ?q OPTIONAL { OPTIONAL { SERVICE endpoint:s0 { ?q rdfs:label ?l } } } }",
    "OPTIONAL there": "{ ?s e:link ?q SERVICE endpoint:s0 { ?q rdfs:label ?l OPTIONAL { ?q e:near ?n } } }",
    "OPTIONAL first there": "{ ?s e:link ?q SERVICE endpoint:s0 { OPTIONAL { ?q e:near ?n } ?q rdfs:label ?l } }",
    "unbound here": """{ ?s e:in ?place OPTIONAL { ?s e:link ?q FILTER(?q != e:q9) }
        SERVICE endpoint:s0 { ?q rdfs:label ?l } }""",
    "unbound there": """{ ?s e:link ?q SERVICE endpoint:s0 { { ?q e:near ?n } UNION { ?z e:code ?c } } }""",
    "UNION there": "{ ?s e:link ?q SERVICE endpoint:s0 { { ?q e:near ?n } UNION { ?q e:code ?c } } }",
    "UNION": """{ ?s e:link ?q { SERVICE endpoint:s0 { ?q rdfs:label ?l } } UNION
        { ?s e:pupils ?n . SERVICE endpoint:s0 { ?q e:code ?c } } UNION { ?s e:in ?place } }""",
    "MINUS": "{ ?s e:link ?q MINUS { SERVICE endpoint:s0 { ?q rdfs:label ?l } } }",
    "MINUS before": "{ ?s e:link ?q MINUS { ?s e:in e:томск } SERVICE endpoint:s0 { ?q e:code ?c } }",
    "MINUS there": "{ ?s e:link ?q SERVICE endpoint:s0 { ?q rdfs:label ?l MINUS { ?q e:head ?n } } }",
    "EXISTS": "{ ?s e:link ?q FILTER EXISTS { SERVICE endpoint:s0 { ?q rdfs:label ?l } } }",
    "NOT EXISTS": "{ ?s e:link ?q FILTER(NOT EXISTS { SERVICE endpoint:s0 { ?q rdfs:label ?l } } || ?q = e:q1) }",
    "NOT EXISTS in a joined group": """{ ?s e:link ?q { ?x e:link ?y FILTER NOT EXISTS
        { SERVICE endpoint:s0 { ?y rdfs:label ?l } } } }""",
    "BIND of EXISTS": "{ ?s e:link ?q BIND(EXISTS { SERVICE endpoint:s0 { ?q e:code ?c } } AS ?known) }",
    "BIND": "{ ?s e:link ?x BIND(?x AS ?q) SERVICE endpoint:s0 { ?q rdfs:label ?l BIND(STRLEN(?l) AS ?n) } }",
    "subquery": "{ ?s e:in ?place { SELECT ?s ?l { ?s e:link ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } } } }",
    "subquery with a limit": """{ ?s e:link ?q { SELECT ?q (COUNT(?l) AS ?n)
        { SERVICE endpoint:s0 { ?q rdfs:label ?l } } GROUP BY ?q } }""",
    "subquery there": "{ ?s e:link ?q SERVICE endpoint:s0 { SELECT ?q (COUNT(*) AS ?n) { ?q ?p ?o } GROUP BY ?q } }",
    "limit there": """{ ?s e:link ?q SERVICE endpoint:s0
        { { SELECT ?q ?l { ?q rdfs:label ?l } ORDER BY ?l LIMIT 1 } } }""",
    "GRAPH": "{ GRAPH ?g { ?s e:note ?q } SERVICE endpoint:s0 { ?q rdfs:label ?l } }",
    "VALUES": "{ VALUES (?q ?x) { (e:q1 1) (e:q1 2) (UNDEF 3) } SERVICE endpoint:s0 { ?q rdfs:label ?l } }",
    "VALUES there": "{ ?s e:link ?q SERVICE endpoint:s0 { VALUES ?q { e:q1 e:q3 } ?q rdfs:label ?l } }",
    "one after another": """{ ?s e:link ?q SERVICE endpoint:s0 { ?q e:near ?n }
        SERVICE endpoint:s0 { ?n rdfs:label ?l } }""",
    "the other order": """{ SERVICE endpoint:s0 { ?n rdfs:label ?l } ?s e:link ?q
        SERVICE endpoint:s0 { ?q e:near ?n } }""",
    "cycle": "{ SERVICE endpoint:s0 { ?a e:near ?b } SERVICE endpoint:s0 { ?b e:near ?c } ?s e:link ?a }",
    "literals": "{ ?s e:pupils ?n SERVICE endpoint:s0 { ?q e:code ?c ; rdfs:label ?l } }",
    "blank nodes there": "{ ?s e:link ?q SERVICE endpoint:s0 { ?q e:head ?h . ?h e:name ?name } FILTER(ISBLANK(?h)) }",
    "no variables": "{ ?s e:in ?place SERVICE endpoint:s0 { e:q1 rdfs:label ?l . e:q2 e:code 2 } }",
    "nothing asked": "{ ?s e:in ?place SERVICE endpoint:s0 { } }",
    "nothing found": "{ ?s e:in ?place SERVICE endpoint:s0 { e:q1 rdfs:label 'none' } }",
    "nothing to ask for": "{ ?s e:nothing ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } }",
    "nobody to ask for": "{ e:школа5 e:link ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } }",
    "paths": "{ ?s e:in/^e:in ?t . ?t e:link ?q SERVICE endpoint:s0 { ?q e:near* ?n } }",
    "lists and anonymous nodes": "{ [ e:link ?q ; e:in ?p ] SERVICE endpoint:s0 { ?q e:head [ e:name ?n ] } }",
    "in many parts": "{ ?n e:of e:many SERVICE endpoint:s0 { ?n e:double ?d } }",
    "comments": "{ ?s e:link ?q # one }\n SERVICE # two {\n endpoint:s0 # three\n { ?q e:code ?c # four }\n } }",
    "FILTER of what is outside": "{ ?s e:link ?q SERVICE endpoint:s0 { ?x rdfs:label ?l FILTER(?x = ?q) } }",
    "SILENT": "{ ?s e:link ?q SERVICE SILENT endpoint:s0 { ?q rdfs:label ?l } }",
}


# The engine hands the name of the graph on to the service (pyoxigraph 0.5.13), so it is asked for the same outside.
IN_GRAPHS = {
    "{ GRAPH e:g { ?s e:note ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } } }": (
        "{ GRAPH e:g { ?s e:note ?q } SERVICE endpoint:s0 { ?q rdfs:label ?l } }"
    ),
    "{ GRAPH ?g { ?s e:note ?q OPTIONAL { SERVICE endpoint:s0 { ?q e:code ?l } } } }": (
        "{ GRAPH ?g { ?s e:note ?q } OPTIONAL { SERVICE endpoint:s0 { ?q e:code ?l } } }"
    ),
    "{ ?s e:in ?p GRAPH ?g { { ?s e:note ?q } { SERVICE endpoint:s0 { ?q rdfs:label ?l } } } }": (
        "{ ?s e:in ?p GRAPH ?g { ?s e:note ?q } SERVICE endpoint:s0 { ?q rdfs:label ?l } }"
    ),
}


@pytest.mark.parametrize(
    ("pattern", "referee"), [*((shape, shape) for shape in SHAPES.values()), *IN_GRAPHS.items()], ids=[*SHAPES, *"ghi"]
)
def test_an_answer_is_the_one_that_the_engine_gives(
    here: Store, endpoint: Endpoint, pattern: str, referee: str
) -> None:
    gateway = gateway_to(endpoint.address)
    address = f"<{endpoint.address}>"
    native = here.query(f"SELECT * WHERE {referee.replace('endpoint:s0', address)}", prefixes=PREFIXES)
    table = Answer(native, here).read()
    assert isinstance(table, Table)
    expected = solutions(table)
    assert expected or pattern in EMPTY
    for written in (pattern, pattern.replace("endpoint:s0", address)):
        answer, failures = federated(here, gateway, f"SELECT * WHERE {written}")
        assert solutions(answer) == expected
        assert not failures


EMPTY = {
    SHAPES[name]
    for name in (
        "filter on what may be bound",
        "nothing found",
        "nothing to ask for",
        "nobody to ask for",
        "FILTER of what is outside",
    )
}


def asked_for(here: Store, endpoint: Endpoint, pattern: str) -> list[str]:
    """The queries that reach the service, in one line each."""
    endpoint.asked.clear()
    federated(here, gateway_to(endpoint.address), f"SELECT * WHERE {pattern}")
    return [" ".join(query.split()) for query in endpoint.asked]


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("{ ?s e:link ?q SERVICE endpoint:s0 { ?q e:code ?c } }", {"e:q1", "e:q2", "e:q9"}),
        ("{ SERVICE endpoint:s0 { ?q e:code ?c } ?s e:link ?q ; e:pupils 20 }", {"e:q2"}),
        ("{ ?s e:link ?q ; e:pupils ?n FILTER(?n > 100) SERVICE endpoint:s0 { ?q e:code ?c } }", {"e:q1"}),
        ("{ ?s e:link ?q ; e:pupils ?n OPTIONAL { SERVICE endpoint:s0 { ?q e:code ?c } } }", {"e:q1", "e:q2"}),
        ("{ ?s e:link ?q ; e:pupils ?n { SERVICE endpoint:s0 { ?q e:code ?c } } UNION {} }", {"e:q1", "e:q2"}),
        ("{ ?s e:link ?q ; e:pupils 20 FILTER EXISTS { SERVICE endpoint:s0 { ?q e:code ?c } } }", {"e:q2"}),
        ("{ GRAPH e:g { ?s e:note ?q OPTIONAL { SERVICE endpoint:s0 { ?q e:code ?c } } } }", {"e:q3"}),
    ],
)
def test_values_go_along(here: Store, endpoint: Endpoint, pattern: str, values: set[str]) -> None:
    [query] = asked_for(here, endpoint, pattern)
    assert query.startswith("PREFIX e: <http://e.example/> SELECT ?c ?q WHERE { ?q e:code ?c VALUES (?q) { (<")
    sent = query.partition("VALUES (?q) {")[2]
    assert {f"e:{word.partition('>')[0]}" for word in sent.split("http://e.example/")[1:]} == values


@pytest.mark.parametrize(
    "pattern",
    [
        "{ SERVICE endpoint:s0 { ?q e:code ?c } }",
        "{ ?s e:link ?x SERVICE endpoint:s0 { ?q e:code ?c } }",
        "{ ?s e:link ?q MINUS { SERVICE endpoint:s0 { ?q e:code ?c } } }",
        "{ ?s e:link ?q { SELECT ?q { SERVICE endpoint:s0 { ?q e:code ?c } } LIMIT 1 } }",
        "{ ?s e:link ?q SERVICE endpoint:s0 { SELECT ?q { ?q e:code ?c } } }",
        "{ ?s e:link ?q SERVICE endpoint:s0 { ?z e:code ?c OPTIONAL { ?z e:near ?q } } }",
        "{ ?s e:in ?p OPTIONAL { SERVICE endpoint:s0 { ?q e:code ?c } } ?s e:link ?q }",
    ],
)
def test_values_that_could_change_the_answer_stay_here(here: Store, endpoint: Endpoint, pattern: str) -> None:
    [query] = asked_for(here, endpoint, pattern)
    assert "VALUES" not in query


def test_many_values_go_in_parts_and_too_many_not_at_all(here: Store, endpoint: Endpoint) -> None:
    query = "SELECT (COUNT(*) AS ?rows) { ?n e:of e:many SERVICE endpoint:s0 { ?n e:double ?d } }"
    for limits, calls in (({}, 3), ({"values": 100}, 5), ({"values": 100, "calls": 4}, 1)):
        endpoint.asked.clear()
        answer, _ = federated(here, gateway_to(endpoint.address, **limits), query)
        [[rows]] = answer.rows
        assert rows == Literal(HUNDREDS)
        assert len(endpoint.asked) == calls


def test_one_service_after_another_is_asked_for_what_the_first_gave(here: Store, endpoint: Endpoint) -> None:
    first, second = asked_for(here, endpoint, SHAPES["one after another"])
    assert "(<http://e.example/q1>)" in first
    assert "(<http://e.example/q2>)" in second
    assert "(<http://e.example/q1>)" not in second


def test_an_answer_is_kept_and_tells_its_age(here: Store, endpoint: Endpoint) -> None:
    gateway = gateway_to(endpoint.address)
    endpoint.asked.clear()
    for number in range(2):
        asking = gateway.asking(time.monotonic() + 60)
        federated(here, gateway, f"SELECT * WHERE {SHAPES['joined']}", asking=asking)
        [use] = asking.uses
        assert (use.calls, use.cached, use.rows, use.failed) == (1, number, 3, 0)
        assert use.bytes > 100
    assert len(endpoint.asked) == 1
    for off in (gateway_to(endpoint.address, cache_seconds=0), gateway_to(endpoint.address, cache_bytes=0)):
        for _ in range(2):
            federated(here, off, f"SELECT * WHERE {SHAPES['joined']}")
    assert len(endpoint.asked) == 5


def test_the_cache_is_bounded(here: Store, endpoint: Endpoint) -> None:
    gateway = gateway_to(endpoint.address, cache_bytes=4000)
    for number in range(40):
        federated(here, gateway, f"SELECT * {{ SERVICE endpoint:s0 {{ ?q rdfs:label ?l FILTER(?l != '{number}') }} }}")
    assert 0 < gateway.cached_bytes <= 4000


def test_a_dead_service_is_one_message_and_silent_one_solution(here: Store) -> None:
    gateway = gateway_to("http://127.0.0.1:1/sparql")
    pattern = "{{ ?s e:pupils ?n {} {{ ?s rdfs:label ?l }} }}"
    with pytest.raises(ServiceError, match="service «s0» cannot be reached"):
        federated(here, gateway, "SELECT * " + pattern.format("SERVICE endpoint:s0"))
    answer, failures = federated(here, gateway, "SELECT * " + pattern.format("SERVICE SILENT endpoint:s0"))
    assert sum(solutions(answer).values()) == 2
    assert [(failure["line"], failure["column"]) for failure in failures] == [(1, 27)]


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        ("{ SERVICE SILENT endpoint:s0 { ?a ?b ?c } }", [{}]),
        ("{ VALUES ?a { 1 2 } OPTIONAL { SERVICE SILENT endpoint:s0 { ?a ?b ?c } } }", [{"a": "1"}, {"a": "2"}]),
        ("{ VALUES ?a { 1 } FILTER EXISTS { SERVICE SILENT endpoint:s0 { ?a ?b ?c } } }", [{"a": "1"}]),
        ("{ VALUES ?a { 1 } FILTER NOT EXISTS { SERVICE SILENT endpoint:s0 { ?a ?b ?c } } }", []),
        ("{ { VALUES ?a { 1 } } UNION { SERVICE SILENT endpoint:s0 { ?a ?b ?c } } }", [{"a": "1"}, {}]),
        ("{ VALUES ?a { 1 } MINUS { SERVICE SILENT endpoint:s0 { ?a ?b ?c } } }", [{"a": "1"}]),
        ("{ { SELECT (COUNT(*) AS ?a) { SERVICE SILENT endpoint:s0 { ?x ?b ?c } } } }", [{"a": "1"}]),
        ("{ GRAPH e:g { SERVICE SILENT endpoint:s0 { ?a ?b ?c } } }", [{}]),
    ],
)
def test_silent_is_one_empty_solution_wherever_it_stands(here: Store, pattern: str, rows: list[dict[str, str]]) -> None:
    answer, _ = federated(here, gateway_to("http://127.0.0.1:1/"), f"SELECT * {pattern}")
    found = [{name: str(term)[1] for name, term in record.items() if term is not None} for record in answer.records()]
    assert found == rows


def test_blank_nodes_of_two_clauses_are_never_the_same(here: Store, endpoint: Endpoint) -> None:
    query = "SELECT * { SERVICE endpoint:s0 { ?q e:head ?h } SERVICE endpoint:s0 { ?x e:head ?h } }"
    answer, _ = federated(here, gateway_to(endpoint.address), query)
    assert not answer.rows


def test_a_query_has_bounds_of_rows_and_calls(here: Store, endpoint: Endpoint) -> None:
    query = "SELECT * { ?n e:of e:many SERVICE endpoint:s0 { ?n e:double ?d } }"
    for limits, words in (
        ({"rows": 100}, "gave more than 100 rows"),
        ({"query_rows": 300}, "gave more than 300 rows"),
        ({"bytes": 1000}, "sent more than 1000 bytes"),
        ({"query_bytes": 40_000, "values": 100}, "bytes"),
    ):
        with pytest.raises(ServiceTooLargeError, match=words):
            federated(here, gateway_to(endpoint.address, **limits), query)
    twice = "SELECT * { SERVICE endpoint:s0 { ?a e:near ?b } SERVICE endpoint:s0 { ?b e:code ?c } }"
    with pytest.raises(ServiceTooLargeError, match="may ask services 1 times"):
        federated(here, gateway_to(endpoint.address, calls=1), twice)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{ ?a ?b trueOPTIONAL { SERVICE endpoint:s0 { ?a ?b ?c } } }", "«trueOPTIONAL» beside SERVICE"),
        ("{ ?a ?b ?c FILTERregex(?c, 'x') SERVICE endpoint:s0 { ?a ?b ?c } }", "«FILTERregex» beside SERVICE"),
        ("{ ?a ?b ?c {| ?d ?e |} SERVICE endpoint:s0 { ?a ?b ?c } }", "annotations"),
        ("{ \\u0053ERVICE endpoint:s0 { ?a ?b ?c } SERVICE endpoint:s0 { ?a ?b ?c } }", "SERVICE"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(here: Store, endpoint: Endpoint, pattern: str, words: str) -> None:
    endpoint.asked.clear()
    with pytest.raises(QueryRefusedError, match=words):
        federated(here, gateway_to(endpoint.address), f"SELECT * WHERE {pattern}")
    assert not endpoint.asked


def test_a_service_within_a_service_is_asked_by_that_service(here: Store) -> None:
    label = "http://wikiba.se/ontology#label"
    answer = b'{"head":{"vars":["y"]},"results":{"bindings":[]}}'
    with Endpoint(Store(), answer=answer) as outer:
        gateway = Gateway([Service("outer", outer.address, local=True), Service("label", label)], names=NAMES)
        for written in ("endpoint:label", f"SILENT <{label}>"):
            inner = f"SERVICE {written} {{ ?c e:x ?y }}"
            federated(here, gateway, f"SELECT * {{ ?s e:link ?q SERVICE endpoint:outer {{ ?q e:code ?c {inner} }} }}")
            assert "endpoint:" not in outer.asked[-1]
            assert f"<{label}> {{ ?c e:x ?y }}" in outer.asked[-1]
            assert "SELECT ?c ?q ?y WHERE" in outer.asked[-1]
        with pytest.raises(QueryRefusedError, match="services this server was set up with"):
            federated(here, gateway, "SELECT * { SERVICE endpoint:outer { SERVICE <http://127.0.0.1/> { } } }")
    assert len(outer.asked) == 2


def test_a_wrong_query_asks_nobody(here: Store, endpoint: Endpoint) -> None:
    endpoint.asked.clear()
    with pytest.raises(QuerySyntaxError) as error:
        federated(here, gateway_to(endpoint.address), "SELECT *\n{ SERVICE endpoint:s0 { ?a ?b } ?c }")
    assert error.value.line == 2
    with pytest.raises(UnknownFunctionError):
        federated(here, gateway_to(endpoint.address), "SELECT * { SERVICE endpoint:s0 { } FILTER(e:f(1)) }")
    assert not endpoint.asked


def test_functions_of_a_service_are_its_own_business(here: Store) -> None:
    served = Store()
    query = "SELECT * { SERVICE SILENT endpoint:s0 { BIND(e:upper('a') AS ?x) } }"
    with Endpoint(served) as endpoint:
        federated(here, gateway_to(endpoint.address), query)
        assert "e:upper('a')" in endpoint.asked[0]


def test_results_as_xml_are_read_too(here: Store) -> None:
    with Endpoint(store(THERE), media_type="application/sparql-results+xml") as endpoint:
        answer, _ = federated(here, gateway_to(endpoint.address), f"SELECT * {SHAPES['joined']}")
        assert sum(solutions(answer).values()) == 3


def test_the_dataset_of_the_query_gives_the_values(here: Store, endpoint: Endpoint) -> None:
    endpoint.asked.clear()
    query = "SELECT * FROM e:g { ?s e:note ?q SERVICE endpoint:s0 { ?q rdfs:label ?l } }"
    answer, _ = federated(here, gateway_to(endpoint.address), query)
    assert sum(solutions(answer).values()) == 1
    assert "q3>" in endpoint.asked[0]
    assert "q1>" not in endpoint.asked[0]
