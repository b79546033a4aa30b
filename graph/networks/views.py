"""
Parts of a network that a person looks at: the most connected, what is around a node, communities as one node each.

Each gives a new network, with the attributes of `projections`; measures are always those of the whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import networkx as nx

from graph.networks.projections import weighted_degrees

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from graph.networks.facts import Iri
    from graph.networks.measures import Measures
    from graph.networks.projections import Network

COMMUNITY = "community"


def most_connected(network: Network, count: int) -> Network:
    """The `count` nodes with the heaviest edges, and the edges between them; all of a smaller network."""
    if len(network) <= count:
        return network
    weights = weighted_degrees(network)
    heavy = sorted(network, key=lambda node: (-weights[node], node))[:count]
    return part_of(network, heavy)


def around(network: Network, focus: Iterable[Iri], steps: int) -> Network:
    """The nodes of `focus` and those that are at most `steps` ties away from one of them, with all ties between."""
    found = {node for node in focus if node in network}
    border = set(found)
    for _ in range(steps):
        border = {neighbour for node in border for neighbour in network[node]} - found
        found |= border
    return part_of(network, found)


def part_of(network: Network, nodes: Collection[Iri]) -> Network:
    """These nodes and the edges between them, in the order of the network."""
    kept = set(nodes)
    part: Network = nx.Graph(**network.graph)
    part.add_nodes_from((node, data) for node, data in network.nodes(data=True) if node in kept)
    done: set[Iri] = set()
    for node, neighbours in network.adjacency():
        if node in kept:
            done.add(node)
            part.add_edges_from(
                (node, one, data) for one, data in neighbours.items() if one in kept and one not in done
            )
    return part


def left_out(whole: Network, shown: Network) -> dict[Iri, dict[str, int]]:
    """For each node of `shown` how many neighbours it has in `whole` that are not shown, by class, else kind."""
    counts: dict[Iri, dict[str, int]] = {}
    for node in shown:
        missing = Counter(
            str(whole.nodes[other].get("class") or whole.nodes[other]["kind"])
            for other in (whole.neighbors(node) if node in whole else ())
            if other not in shown
        )
        if missing:
            counts[node] = dict(sorted(missing.items()))
    return counts


def close_communities(network: Network, measures: Measures, opened: Collection[int] = ()) -> Network:
    """
    The network with one node of kind `community` for each community but those `opened`, and for no single nodes.

    Such a node has the id `community/<number>`, the label of its most connected member, `members` and `activities`:
    how many different ones all its members have together.  Edges count different activities (or themes) too, so that
    what two members share with a third is not counted twice.
    """
    number = measures.community
    present: defaultdict[int, list[Iri]] = defaultdict(list)
    for node in network:
        present[number[node]].append(node)
    stands_for: dict[Iri, Iri] = {
        node: node if one in opened or len(members) == 1 else bubble(one)
        for one, members in present.items()
        for node in members
    }
    closed: Network = nx.Graph(**network.graph)
    for one, members in present.items():
        if stands_for[members[0]] == members[0]:
            closed.add_nodes_from((node, network.nodes[node]) for node in members)
            continue
        chief = min(members, key=lambda node: (-measures.weighted_degree[node], node))
        together = frozenset().union(*(network.nodes[node]["of"] for node in members))
        closed.add_node(
            bubble(one),
            label=network.nodes[chief]["label"],
            kind=COMMUNITY,
            community=one,
            members=len(members),
            activities=len(together),
            of=together,
        )
    shared: defaultdict[tuple[Iri, Iri], set[Iri]] = defaultdict(set)
    for first, second, data in network.edges(data=True):
        ends = stands_for[first], stands_for[second]
        if ends[0] != ends[1]:
            shared[min(ends), max(ends)] |= {*_behind(data)}
    for (first, second), things in sorted(shared.items()):
        closed.add_edge(first, second, weight=len(things), **{_kind_of_ties(network): tuple(sorted(things))})
    return closed


def bubble(community: int) -> Iri:
    """The id of the node that stands for a community."""
    return f"{COMMUNITY}/{community}"


def _behind(data: dict[str, Any]) -> tuple[Iri, ...]:
    found: tuple[Iri, ...] = data.get("activities") or data["themes"]
    return found


def _kind_of_ties(network: Network) -> str:
    return "themes" if network.graph["projection"] == "territories-by-theme" else "activities"
