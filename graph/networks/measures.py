"""
Who matters in a network.

networkx holds the graphs; what is slow in it is counted by rustworkx (Apache-2.0): PageRank and parts; by
graspologic-native (MIT): communities after Leiden (Traag, Waltman and van Eck, 2019); and by `betweenness` and `cuts`.
Every value is exact up to `EXACT_NODES` nodes; beyond, betweenness is estimated from `SOURCES` nodes and marked so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import graspologic_native
import rustworkx

from graph.networks.betweenness import betweenness
from graph.networks.cuts import cut_off
from graph.networks.projections import edges, weighted_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.networks.facts import Iri
    from graph.networks.projections import Network

EXACT_NODES: Final = 1000
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


class Measures:
    """
    The measures of a network made by `projections`; equal networks have equal measures.

    Each is worked out when it is first asked for, so that a picture does not wait for what it does not show.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._order = list(network)

    @cached_property
    def _ties(self) -> list[tuple[int, int, int]]:
        return _numbered(self._network, self._order)

    @cached_property
    def communities(self) -> tuple[tuple[Iri, ...], ...]:
        """Who is tied more to each other than to others, the largest community first, members sorted."""
        return _communities(self._ties, self._order)

    @cached_property
    def community(self) -> Mapping[Iri, int]:
        """The number of the community of each node."""
        return {node: number for number, members in enumerate(self.communities) for node in members}

    @cached_property
    def degree(self) -> Mapping[Iri, int]:
        return dict(self._network.degree())

    @cached_property
    def weighted_degree(self) -> Mapping[Iri, int]:
        return weighted_degrees(self._network)

    @cached_property
    def betweenness(self) -> Mapping[Iri, float]:
        ties = [(first, second) for first, second, _ in self._ties]
        sources = self.betweenness_sources or len(self._order)
        return dict(zip(self._order, betweenness(len(self._order), ties, sources=sources, seed=SEED), strict=True))

    @property
    def betweenness_sources(self) -> int | None:
        """None where betweenness is exact, else the number of nodes that it is counted from."""
        return None if len(self._order) <= EXACT_NODES else SOURCES

    @cached_property
    def pagerank(self) -> Mapping[Iri, float]:
        return _pagerank(self._ties, self._order)

    @cached_property
    def cut_off(self) -> Mapping[Iri, int]:
        """How many nodes lose their ties to the largest rest of their part without each single point."""
        neighbours: list[list[int]] = [[] for _ in self._order]
        for first, second, _ in self._ties:
            neighbours[first].append(second)
            neighbours[second].append(first)
        return {self._order[number]: count for number, count in cut_off(neighbours).items()}

    @cached_property
    def single_points(self) -> frozenset[Iri]:
        return frozenset(self.cut_off)

    @cached_property
    def parts(self) -> int:
        return rustworkx.number_connected_components(_with_ties(self._ties, len(self._order)))

    @cached_property
    def nodes(self) -> Mapping[Iri, NodeMeasures]:
        """All measures of each node."""
        return {
            node: NodeMeasures(
                degree=self.degree[node],
                weighted_degree=self.weighted_degree[node],
                betweenness=self.betweenness[node],
                pagerank=self.pagerank[node],
                community=self.community[node],
                single_point=node in self.single_points,
            )
            for node in self._order
        }


def _communities(ties: Sequence[tuple[int, int, int]], order: list[Iri]) -> tuple[tuple[Iri, ...], ...]:
    numbers = list(map(str, range(len(order))))
    numbered = ((numbers[first], numbers[second], float(weight)) for first, second, weight in ties)
    ends = sorted((min(a, b), max(a, b), weight) for a, b, weight in numbered)
    found = _leiden(ends) if ends else {}
    members: defaultdict[int | str, list[Iri]] = defaultdict(list)
    for number, node in zip(numbers, order, strict=True):
        # Who has no ties is a community of its own.
        members[found.get(number, node)].append(node)
    return tuple(sorted((tuple(sorted(one)) for one in members.values()), key=lambda one: (-len(one), one)))


def _leiden(ends: list[tuple[str, str, float]]) -> dict[str, int]:
    return graspologic_native.leiden(
        ends,
        starting_communities=None,
        resolution=1.0,
        randomness=0.001,
        iterations=1,
        use_modularity=True,
        seed=SEED,
        trials=1,
    )[1]


def _pagerank(ties: Sequence[tuple[int, int, int]], order: list[Iri]) -> dict[Iri, float]:
    if not order:
        return {}
    directed = _with_ties(ties, len(order)).to_directed()
    found = rustworkx.pagerank(directed, weight_fn=float, tol=1e-9, max_iter=1000)
    return {node: found[number] for number, node in enumerate(order)}


def compact(network: Network, order: list[Iri]) -> rustworkx.PyGraph[None, Any]:
    """The same network with numbers for nodes, in `order`, and weights for edges."""
    return _with_ties(_numbered(network, order), len(order))


def _numbered(network: Network, order: list[Iri]) -> list[tuple[int, int, int]]:
    """Every edge with the places of its ends in `order`, the lower one first, and its weight; sorted."""
    number = {node: index for index, node in enumerate(order)}
    numbered = ((number[first], number[second], weight) for first, second, weight in edges(network))
    # A view of a part gives its edges in the order of a set, which differs from run to run.
    return sorted((a, b, weight) if a < b else (b, a, weight) for a, b, weight in numbered)


def _with_ties(ties: Sequence[tuple[int, int, int]], nodes: int) -> rustworkx.PyGraph[None, Any]:
    graph: rustworkx.PyGraph[None, Any] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * nodes)
    graph.add_edges_from(ties)
    return graph
