from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.networks import measures
from graph.networks.measures import Measures
from graph.networks.projections import Selection, bodies_by_activity
from tests.graph.networks.example import FACTS, FIRST, GROUP, INSTITUTE, SCHOOL, SECOND


def _graph(edges: list[tuple[str, str, int]]) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from(edges)
    return graph


def test_figures_counted_by_hand() -> None:
    found = Measures(bodies_by_activity(FACTS, Selection()))
    institute = found.nodes[INSTITUTE]
    assert (institute.degree, institute.weighted_degree, institute.single_point) == (2, 2, True)
    # One of the six pairs of others, the group and the first authority, meets only through the institute.
    assert institute.betweenness == pytest.approx(1 / 6)
    assert found.nodes[FIRST].betweenness == 0
    assert found.parts == 2
    assert found.communities == ((FIRST, GROUP, INSTITUTE), (SCHOOL, SECOND))
    assert found.nodes[SECOND].community == 1
    assert sum(one.pagerank for one in found.nodes.values()) == pytest.approx(1)
    assert found.betweenness_sources is None


def test_a_path_of_five() -> None:
    found = Measures(_graph([(a, b, 1) for a, b in pairwise("abcde")]))
    assert [found.nodes[node].betweenness for node in "abcde"] == pytest.approx([0, 3 / 6, 4 / 6, 3 / 6, 0])
    assert [found.nodes[node].single_point for node in "abcde"] == [False, True, True, True, False]


def test_weights_count_in_rank_and_degree_not_in_betweenness() -> None:
    found = Measures(_graph([("a", "b", 9), ("a", "c", 1)])).nodes
    assert found["a"].weighted_degree == 10
    assert found["b"].pagerank > found["c"].pagerank
    assert found["a"].betweenness == 1


def test_nothing_has_no_measures() -> None:
    assert Measures(_graph([])).nodes == {}


_edge = st.tuples(st.integers(0, 14), st.integers(0, 14), st.integers(1, 9)).filter(lambda edge: edge[0] != edge[1])


@given(st.lists(_edge, min_size=1, max_size=40))
def test_betweenness_is_that_of_networkx(edges: list[tuple[int, int, int]]) -> None:
    graph = _graph([(f"n{first}", f"n{second}", weight) for first, second, weight in edges])
    found = Measures(graph)
    assert {node: one.betweenness for node, one in found.nodes.items()} == pytest.approx(
        nx.betweenness_centrality(graph)
    )
    assert sum(one.pagerank for one in found.nodes.values()) == pytest.approx(1)
    assert sorted(node for members in found.communities for node in members) == sorted(graph)


def test_estimates_are_marked_and_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "EXACT_NODES", 50)
    monkeypatch.setattr(measures, "SOURCES", 20)
    graph = _graph([(f"n{first}", f"n{second}", 1) for first, second in nx.barabasi_albert_graph(80, 2, seed=3).edges])
    found = Measures(graph)
    assert found.betweenness_sources == 20
    assert found.nodes == Measures(graph).nodes
