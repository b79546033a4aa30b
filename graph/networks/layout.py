"""
Where the nodes of a network stand, worked out on the server: the same for pages, files and drawings without a browser.

The same network gets the same picture: force-directed (Fruchterman and Reingold, 1991) from a fixed seed, each part
of the network by itself, the parts packed in rows, the largest first.  A large part is placed in two steps, so that it
takes a second and not a minute, and shows its communities: first a disc for each community, then its members in it.
A community therefore stands where its members do, whether it is drawn as one node or as many.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import networkx as nx
import rustworkx

from graph.networks.measures import SEED, compact
from graph.networks.projections import edges
from graph.networks.views import bubble, part_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.networks.facts import Iri
    from graph.networks.projections import Network

Positions: TypeAlias = "dict[Iri, tuple[float, float]]"

_ITERATIONS: Final = 200
# Pairs of nodes that a layout looks at in all; a large community gets fewer iterations.
_WORK: Final = 20_000_000
# Space of one node; a part of n nodes gets a square with room for n.
_NODE_SPACE: Final = 90.0
# Larger parts are placed community by community.
ONE_STEP_NODES: Final = 250
_PUSHES: Final = 120


@dataclass(frozen=True, slots=True)
class Disc:
    """Where a community stands, in the units of positions."""

    x: float
    y: float
    radius: float


def place(network: Network, community: Mapping[Iri, int], drawn: Network | None = None) -> Positions:
    """
    Positions of all nodes in a plane, in units of a pixel at normal size, the middle of the picture at 0, 0.

    With `drawn`, a view of `network` with closed communities, those of its nodes: a closed community is in the middle
    of where its members would be.
    """
    by_discs = drawn is not None or len(network) > ONE_STEP_NODES
    positions: Positions = {}
    x = y = height = width = 0.0
    parts = sorted((sorted(part) for part in nx.connected_components(network)), key=lambda part: (-len(part), part))
    # A picture a quarter wider than high fits the place of a drawing beside its table.
    row = 1.25 * sum((_side(len(part)) + _gap(len(part))) ** 2 for part in parts) ** 0.5
    for part in parts:
        side = _side(len(part))
        if x > 0 and x + side > row:
            x, y, height = 0.0, y + height, 0.0
        within = part_of(network, part)
        placed = _place_discs(within, community, drawn) if by_discs else _fill(_spring(within, part), side / 2)
        for node, (across, down) in placed.items():
            positions[node] = (x + side / 2 + across, y + side / 2 + down)
        x, height = x + side + _gap(len(part)), max(height, side + _gap(len(part)))
        width = max(width, x)
    return {
        node: (round(one - width / 2, 1), round(two - (y + height) / 2, 1)) for node, (one, two) in positions.items()
    }


def _side(nodes: int) -> float:
    return _NODE_SPACE * math.sqrt(nodes)


def _gap(nodes: int) -> float:
    return _NODE_SPACE if nodes > 1 else _NODE_SPACE / 4


def _place_discs(part: Network, community: Mapping[Iri, int], drawn: Network | None) -> Positions:
    members: defaultdict[int, list[Iri]] = defaultdict(list)
    for node in part:
        members[community[node]].append(node)
    discs = _discs(part, community, {number: len(nodes) for number, nodes in members.items()})
    positions: Positions = {}
    for number, nodes in members.items():
        disc = discs[number]
        if drawn is not None and bubble(number) in drawn:
            positions[bubble(number)] = (disc.x, disc.y)
            continue
        for node, (across, down) in _round(_spring(part_of(part, nodes), nodes), disc.radius).items():
            positions[node] = (disc.x + across, disc.y + down)
    return positions


def _discs(part: Network, community: Mapping[Iri, int], sizes: Mapping[int, int]) -> dict[int, Disc]:
    """A disc with room for its members for each community of a connected part, none over another."""
    order = sorted(sizes)
    radii = [_NODE_SPACE * 0.5 * math.sqrt(sizes[number]) for number in order]
    together: nx.Graph[str] = nx.Graph()
    together.add_nodes_from(map(str, order))
    for first, second, weight in edges(part):
        a, b = str(community[first]), str(community[second])
        if a != b:
            known = together.get_edge_data(a, b, {"weight": 0})
            together.add_edge(a, b, weight=known["weight"] + weight)
    points = _spring(together, list(map(str, order)))
    room = math.sqrt(sum(radius**2 for radius in radii)) * 1.25
    middle = [[points[str(number)][0] * room, points[str(number)][1] * room] for number in order]
    _push_apart(middle, radii)
    return {number: Disc(x, y, radius * 0.92) for number, (x, y), radius in zip(order, middle, radii, strict=True)}


def _push_apart(middle: list[list[float]], radii: Sequence[float]) -> None:
    """Moves discs that overlap, each by half; what is left after so many rounds is small."""
    for _ in range(_PUSHES):
        moved = False
        for a in range(len(middle)):
            for b in range(a):
                across, down = middle[a][0] - middle[b][0], middle[a][1] - middle[b][1]
                distance = math.hypot(across, down)
                missing = radii[a] + radii[b] - distance
                if missing > 1:
                    moved = True
                    # Two in one place part sidewards.
                    toward = (across / distance, down / distance) if distance > 1e-6 else (1.0, 0.0)
                    for axis in (0, 1):
                        middle[a][axis] += toward[axis] * missing / 2
                        middle[b][axis] -= toward[axis] * missing / 2
        # A pull to the middle closes the holes that pushing leaves.
        for one in middle:
            one[0] *= 0.995
            one[1] *= 0.995
        if not moved:
            return


def _spring(part: Network, order: list[Iri]) -> Positions:
    """Positions from -1 to 1 on both axes."""
    if len(order) == 1:
        return {order[0]: (0.0, 0.0)}
    iterations = max(20, min(_ITERATIONS, _WORK // len(order) ** 2))
    placed = rustworkx.spring_layout(compact(part, order), num_iter=iterations, weight_fn=math.sqrt, seed=SEED)
    points = [placed[index] for index in range(len(order))]
    low = [min(point[axis] for point in points) for axis in (0, 1)]
    span = [max(point[axis] for point in points) - low[axis] or 1.0 for axis in (0, 1)]
    return {
        node: ((point[0] - low[0]) / span[0] * 2 - 1, (point[1] - low[1]) / span[1] * 2 - 1)
        for node, point in zip(order, points, strict=True)
    }


def _fill(points: Positions, half: float) -> Positions:
    return {node: (x * half, y * half) for node, (x, y) in points.items()}


def _round(points: Positions, radius: float) -> Positions:
    """The same points spread over a disc: each keeps its direction, and comes as far out as there are nearer ones."""
    x = sum(point[0] for point in points.values()) / len(points)
    y = sum(point[1] for point in points.values()) / len(points)
    order = sorted(points, key=lambda node: (math.hypot(points[node][0] - x, points[node][1] - y), node))
    spread: Positions = {}
    for rank, node in enumerate(order):
        direction = math.atan2(points[node][1] - y, points[node][0] - x)
        distance = radius * math.sqrt((rank + 0.5) / len(order)) if len(order) > 1 else 0.0
        spread[node] = (math.cos(direction) * distance, math.sin(direction) * distance)
    return spread
