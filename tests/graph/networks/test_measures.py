from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.networks import measures
from graph.networks.betweenness import betweenness
from graph.networks.layout import place
from graph.networks.measures import Measures
from graph.networks.projections import Selection, bodies_by_activity
from graph.networks.views import close_communities
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


def test_who_is_cut_off_without_a_node() -> None:
    path = _graph([(a, b, 1) for a, b in pairwise("abcde")])
    assert Measures(path).cut_off == {"b": 1, "c": 2, "d": 1}
    star = _graph([("hub", leaf, 1) for leaf in "abc"])
    # One of the three leaves counts as the rest that stays.
    assert Measures(star).cut_off == {"hub": 2}
    # A ring of four with a tail of two at b; without a nothing falls off.
    ring = _graph([(a, b, 1) for a, b in pairwise("abcdaxy") if (a, b) != ("a", "x")] + [("b", "x", 1)])
    assert Measures(ring).cut_off == {"b": 2, "x": 1}


def test_a_community_counts_each_activity_once() -> None:
    network = bodies_by_activity(FACTS, Selection())
    found = Measures(network)
    closed = close_communities(network, found)
    assert {node: data["members"] for node, data in closed.nodes(data=True)} == {"community/0": 3, "community/1": 2}
    # a1, a2 and a3 name three of the first community six times.
    assert [data["activities"] for _, data in closed.nodes(data=True)] == [3, 2]
    assert closed.number_of_edges() == 0
    opened = close_communities(network, found, {1})
    assert set(opened) == {"community/0", SCHOOL, SECOND}
    assert opened.edges[SCHOOL, SECOND]["weight"] == 1
    placed = place(network, found.community, opened)
    assert placed.keys() == set(opened)
    assert placed["community/0"] == place(network, found.community, closed)["community/0"]


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


@given(st.lists(_edge, max_size=25))
def test_single_points_and_parts_are_those_of_networkx(edges: list[tuple[int, int, int]]) -> None:
    graph = _graph([(f"n{first}", f"n{second}", weight) for first, second, weight in edges])
    graph.add_node("alone")
    found = Measures(graph)
    assert found.single_points == set(nx.articulation_points(graph))
    assert found.parts == nx.number_connected_components(graph)
    for node, count in found.cut_off.items():
        rest = graph.subgraph(nx.node_connected_component(graph, node) - {node})
        assert count == len(rest) - max(map(len, nx.connected_components(rest)))


@given(st.lists(_edge, max_size=40), st.integers(1, 15), st.integers(1, 200))
def test_how_many_sources_are_counted_together_changes_no_figure(
    edges: list[tuple[int, int, int]], sources: int, room: int
) -> None:
    ties = sorted({(min(first, second), max(first, second)) for first, second, _ in edges})
    together = betweenness(15, ties, sources=sources, seed=1)
    assert betweenness(15, ties, sources=sources, seed=1, room=room) == pytest.approx(together)


def test_estimates_are_marked_and_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "EXACT_NODES", 50)
    monkeypatch.setattr(measures, "SOURCES", 20)
    graph = _graph([(f"n{first}", f"n{second}", 1) for first, second in nx.barabasi_albert_graph(80, 2, seed=3).edges])
    found = Measures(graph)
    assert found.betweenness_sources == 20
    assert found.nodes == Measures(graph).nodes
