"""
Who matters in a network.

networkx holds the graphs; what is slow in it is counted by rustworkx (Apache-2.0): betweenness, PageRank.  Every
value is exact up to `EXACT_NODES` nodes; beyond, betweenness is estimated from `SOURCES` nodes and marked so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import rustworkx

from graph.networks.projections import edges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.networks.facts import Iri
    from graph.networks.projections import Network

EXACT_NODES: Final = 3000
SOURCES: Final = 200
# Communities and samples depend on chance; the same network gets the same answer.
SEED: Final = 1


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """
    What is known of one node.

    `degree` neighbours, `weighted_degree` the sum of their edges' weights; `betweenness` between 0 and 1, the share
    of shortest paths (by steps) between two others that go through it; `pagerank` sums to 1 and follows weights;
    `community` is a number from 0, the largest community first; `single_point` is True where the network falls into
    more parts without this node (an articulation point).
    """

    degree: int
    weighted_degree: int
    betweenness: float
    pagerank: float
    community: int
    single_point: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of all nodes; `betweenness_sources` is None where betweenness is exact, else the nodes counted from."""

    nodes: Mapping[Iri, NodeMeasures]
    communities: tuple[tuple[Iri, ...], ...]
    parts: int
    betweenness_sources: int | None


def measure(network: Network) -> Measures:
    """The measures of a network made by `projections`; equal networks have equal measures."""
    order = list(network)
    exact = len(order) <= EXACT_NODES
    communities = _communities(network)
    community = {node: number for number, members in enumerate(communities) for node in members}
    betweenness = _betweenness(network, order) if exact else _estimated_betweenness(network)
    pagerank = _pagerank(network, order)
    weighted = dict(network.degree(weight="weight"))
    single_points = set(nx.articulation_points(network))
    return Measures(
        nodes={
            node: NodeMeasures(
                degree=network.degree(node),
                weighted_degree=weighted[node],
                betweenness=betweenness[node],
                pagerank=pagerank[node],
                community=community[node],
                single_point=node in single_points,
            )
            for node in order
        },
        communities=communities,
        parts=nx.number_connected_components(network),
        betweenness_sources=None if exact else SOURCES,
    )


def _communities(network: Network) -> tuple[tuple[Iri, ...], ...]:
    if not network:
        return ()
    found = nx.community.louvain_communities(network, weight="weight", seed=SEED)
    return tuple(sorted((tuple(sorted(members)) for members in found), key=lambda members: (-len(members), members)))


def _betweenness(network: Network, order: list[Iri]) -> dict[Iri, float]:
    found = rustworkx.graph_betweenness_centrality(compact(network, order), normalized=True)
    return {node: found[number] for number, node in enumerate(order)}


def _estimated_betweenness(network: Network) -> dict[Iri, float]:
    return nx.betweenness_centrality(network, k=SOURCES, normalized=True, seed=SEED)


def _pagerank(network: Network, order: list[Iri]) -> dict[Iri, float]:
    if not order:
        return {}
    found = rustworkx.pagerank(compact(network, order).to_directed(), weight_fn=float, tol=1e-9, max_iter=1000)
    return {node: found[number] for number, node in enumerate(order)}


def compact(network: Network, order: list[Iri]) -> rustworkx.PyGraph[None, Any]:
    """The same network with numbers for nodes, in `order`, and weights for edges."""
    number = {node: index for index, node in enumerate(order)}
    graph: rustworkx.PyGraph[None, Any] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * len(order))
    numbered = [(number[first], number[second], weight) for first, second, weight in edges(network)]
    # A view of a part gives its edges in the order of a set, which differs from run to run.
    graph.add_edges_from(sorted((min(a, b), max(a, b), weight) for a, b, weight in numbered))
    return graph
