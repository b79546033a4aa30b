from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from graph import datasets
from graph.datasets import select
from graph.errors import QueryEvaluationError
from graph.guard import Dataset

GRAPHS = [NamedNode(f"urn:g{n}") for n in range(4)]
NAMES = st.lists(st.sampled_from([*GRAPHS, NamedNode("urn:missing")]), max_size=4).map(tuple)
QUADS = st.lists(
    st.builds(
        Quad,
        st.integers(0, 3).map(lambda n: NamedNode(f"urn:s{n}")),
        st.integers(0, 1).map(lambda n: NamedNode(f"urn:p{n}")),
        st.one_of(st.integers(0, 3).map(lambda n: NamedNode(f"urn:s{n}")), st.just(Literal("о"))),
        st.sampled_from([*GRAPHS, DefaultGraph()]),
    ),
    max_size=25,
)
QUERIES = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT * { ?s <urn:p0> ?o . ?o <urn:p1> ?x }",
    "SELECT * { ?s <urn:p0>/<urn:p0> ?o }",
    "SELECT * { ?s <urn:p0>+ ?o }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o GRAPH ?g { ?o ?q ?x } }",
    "SELECT * { GRAPH <urn:g1> { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }",
]


def rows(engine: Store, query: str, **arguments: object) -> list[str]:
    found = engine.query(query, **arguments)  # type: ignore[arg-type]
    assert isinstance(found, QuerySolutions)
    return sorted(str(row) for row in found)


def materialised(quads: list[Quad], dataset: Dataset) -> Store:
    """The dataset of SPARQL 1.1, 13.2, made triple by triple."""
    made = Store()
    for quad in quads:
        if quad.graph_name in dataset.default:
            made.add(Quad(quad.subject, quad.predicate, quad.object))
        if quad.graph_name in dataset.named:
            made.add(quad)
    return made


@settings(max_examples=150)
@given(QUADS, NAMES, NAMES, st.sampled_from(QUERIES))
def test_a_dataset_is_read_as_if_it_were_all_there_is(
    quads: list[Quad], default: tuple[NamedNode, ...], named: tuple[NamedNode, ...], query: str
) -> None:
    store = Store()
    store.extend(quads)
    dataset = Dataset(default, named)
    engine, merged, names = select(store, dataset)
    assert rows(engine, query, default_graph=merged, named_graphs=names) == rows(materialised(quads, dataset), query)


def test_the_engine_alone_repeats_what_two_graphs_state() -> None:
    # When this fails, the engine was mended and graphs need not be copied.
    store = Store()
    store.extend([Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("о"), graph) for graph in GRAPHS[:2]])
    clauses = "SELECT * FROM <urn:g0> FROM <urn:g1> { ?s ?p ?o }"
    assert len(rows(store, clauses)) == 2
    engine, default, named = select(store, Dataset((GRAPHS[0], GRAPHS[1]), ()))
    assert len(rows(engine, clauses, default_graph=default, named_graphs=named)) == 1


def test_a_merge_over_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "MERGED_TRIPLES", 3)
    store = Store()
    store.extend(
        [
            Quad(NamedNode(f"urn:s{n}"), NamedNode("urn:p"), Literal("о"), graph)
            for graph in GRAPHS[:2]
            for n in range(2)
        ]
    )
    assert select(store, Dataset((GRAPHS[0], GRAPHS[2]), (GRAPHS[1],))).engine is store
    with pytest.raises(QueryEvaluationError, match="hold more than 3 triples"):
        select(store, Dataset((GRAPHS[0], GRAPHS[1]), ()))
