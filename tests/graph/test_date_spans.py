from __future__ import annotations

from collections import Counter
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, Store

from graph.date_spans import MOST_DAYS, day_values
from graph.search_edits import edited
from graph.tokens import meaningful
from ontology.vocabulary import XSD

PROLOGUE = "PREFIX : <urn:> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
MAY = '?due >= "2026-05-01"^^xsd:date && ?due < "2026-06-01"^^xsd:date'
TAKEN = [
    f"SELECT * {{ ?a :due ?due FILTER ({MAY}) }}",
    f"SELECT * {{ ?a :due ?due ; :of ?plan . FILTER({MAY}) ?plan :name ?name }}",
    "SELECT * { ?a :due $due FILTER($due > \"2026-04-30\"^^xsd:date) FILTER($due <= '2026-05-31'^^xsd:date) }",
    'SELECT * { ?a :due ?due FILTER("2026-05-01"^^xsd:date <= ?due && "2026-06-01"^^xsd:date > ?due && BOUND(?a)) }',
    f"SELECT * {{ VALUES ?plan {{ :p0 :p1 }} ?a :of ?plan ; :due ?due FILTER ({MAY}) OPTIONAL {{ ?a :start ?s }} }}",
    f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT ?a ?due {{ ?a :due ?due FILTER ({MAY}) }} }} ?a :of ?plan }}",
    f"SELECT * {{ ?a :of ?plan OPTIONAL {{ ?a :due ?due FILTER ({MAY}) }} }}",
    f"SELECT * {{ ?a :of ?plan MINUS {{ ?a :due ?due FILTER ({MAY}) }} }}",
    f"SELECT * {{ {{ ?a :due ?due FILTER ({MAY}) }} UNION {{ ?a :start ?due FILTER ({MAY}) }} ?a :of ?plan }}",
    f"CONSTRUCT {{ ?a :of ?due }} WHERE {{ ?a :due ?due FILTER ({MAY}) }}",
    f"ASK {{ ?a :due|:start ?due FILTER ({MAY}) }}",
    (
        'SELECT * { ?a :due ?due ; :start ?s FILTER (?s > "2026-01-01"^^<http://www.w3.org/2001/XMLSchema#date> '
        f'&& {MAY} && ?s < "2026-05-09"^^xsd:date) }}'
    ),
    'SELECT * { ?a :due ?due FILTER (?due > "2026-05-09"^^xsd:date && ?due < "2026-05-02"^^xsd:date) }',
]
LEFT = [
    'SELECT * { ?a :due ?due FILTER (?due >= "2026-05-01"^^xsd:date || ?due < "2026-06-01"^^xsd:date) }',
    'SELECT * { ?a :due ?due FILTER (?due >= "2026-05-01"^^xsd:date) }',
    f"SELECT * {{ ?a :due ?due FILTER ({MAY} || ?a = :a1) }}",
    f"SELECT * {{ ?a :due ?due FILTER ({MAY} && ?a<?b||?a>?due) }}",
    f"SELECT * {{ ?a :due ?due FILTER (!({MAY})) }}",
    f"SELECT * {{ ?a :of ?plan OPTIONAL {{ ?a :due ?due }} FILTER ({MAY}) }}",
    f"SELECT * {{ OPTIONAL {{ ?a :start ?due }} ?b :due ?due FILTER ({MAY}) }}",
    f"SELECT * {{ ?a :of ?plan {{ ?a :due ?due }} FILTER ({MAY}) }}",
    f"SELECT * {{ ?a :due? ?due FILTER ({MAY}) }}",
    f"SELECT * {{ ?a :of ?plan FILTER EXISTS {{ ?a :due ?due FILTER ({MAY}) }} }}",
    f"SELECT * {{ ?a :of ?plan BIND(EXISTS {{ ?a :due ?due FILTER ({MAY}) }} AS ?due) }}",
    'SELECT * { ?a :due ?due FILTER (?due >= "2026-05-01" && ?due < "2026-06-01") }',
    'SELECT * { ?a :due ?due FILTER (?due >= "2026-05-01Z"^^xsd:date && ?due < "2026-06-01"^^xsd:date) }',
    'SELECT * { ?a :due ?due FILTER (?due >= "2026-W18-5"^^xsd:date && ?due < "2026-06-01"^^xsd:date) }',
    'SELECT * { ?a :due ?due FILTER (?due >= "2026-02-30"^^xsd:date && ?due < "2026-06-01"^^xsd:date) }',
    'SELECT * { ?a :due ?due FILTER (?due >= "2016-05-01"^^xsd:date && ?due < "2026-06-01"^^xsd:date) }',
    'SELECT * { ?a :due ?due FILTER (?due > "9999-12-31"^^xsd:date && ?due < "9999-12-31"^^xsd:date) }',
    'SELECT * { ?a :due ?due FILTER (?due >= "2026-05-01"^^xsd:gYear && ?due < "2026-06-01"^^xsd:gYear) }',
    f"SELECT * {{ SERVICE <http://127.0.0.1/> {{ ?a :due ?due FILTER ({MAY}) }} }}",
]

VALUES = [
    *(Literal(f"2026-{month:02}-{day:02}", datatype=XSD.date) for month in (4, 5, 6) for day in (1, 9, 30)),
    Literal("2026-05-31", datatype=XSD.date),
    Literal("2026-05-32", datatype=XSD.date),
    Literal("2026-05-09T00:00:00", datatype=XSD.dateTime),
    Literal("2026-05-09T00:00:00Z", datatype=XSD.dateTime),
    Literal("2026-05", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#gYearMonth")),
    Literal("2026-05-09"),
    Literal("2026-05-09", language="ru"),
    NamedNode("urn:2026-05-09"),
]


def answers(store: Store, text: str) -> Counter[str]:
    found = store.query(text)
    if isinstance(found, QuerySolutions):
        names = found.variables
        return Counter(str([row[name] for name in names]) for row in found)
    return Counter([str(bool(found))] if isinstance(found, QueryBoolean) else map(str, cast("Any", found)))


def written(text: str) -> str:
    return edited(text, day_values(text, meaningful(text)))


@pytest.mark.parametrize("text", TAKEN)
def test_days_of_a_span_are_looked_up(text: str) -> None:
    assert "VALUES" in written(PROLOGUE + text).replace("VALUES ?plan", "")


@pytest.mark.parametrize("text", LEFT)
def test_what_is_not_certain_stays_as_it_is(text: str) -> None:
    assert written(PROLOGUE + text) == PROLOGUE + text


@given(
    triples=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(["due", "start"]), st.sampled_from(VALUES)), max_size=14
    ),
    plans=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=6),
    text=st.sampled_from(TAKEN + [text for text in LEFT if "SERVICE" not in text]),
)
def test_the_answer_is_the_same(
    triples: list[tuple[int, str, Literal | NamedNode]], plans: list[tuple[int, int]], text: str
) -> None:
    store = Store()
    for number, name, value in triples:
        store.add(Quad(NamedNode(f"urn:a{number}"), NamedNode(f"urn:{name}"), value))
    for number, plan in plans:
        store.add(Quad(NamedNode(f"urn:a{number}"), NamedNode("urn:of"), NamedNode(f"urn:p{plan}")))
        store.add(Quad(NamedNode(f"urn:p{plan}"), NamedNode("urn:name"), Literal(f"план {plan}", language="ru")))
    assert answers(store, written(PROLOGUE + text)) == answers(store, PROLOGUE + text)


def test_the_longest_span() -> None:
    def asked(last: str) -> str:
        filters = f'FILTER (?due >= "2025-01-01"^^xsd:date && ?due <= "{last}"^^xsd:date)'
        return written(f"{PROLOGUE} SELECT * {{ ?a :due ?due {filters} }}")

    assert asked("2026-02-04").count("^^") == MOST_DAYS + 2
    assert "VALUES" not in asked("2026-02-05")


def test_names_of_the_server_are_known() -> None:
    text = 'SELECT * { ?a ?p ?due FILTER (?due >= "2026-05-01"^^x:date && ?due < "2026-05-03"^^x:date) }'
    [edit] = day_values(text, meaningful(text), {"x": "http://www.w3.org/2001/XMLSchema#"})
    assert '"2026-05-01"' in edit.text
    assert '"2026-05-02"' in edit.text
    assert '"2026-05-03"' not in edit.text
