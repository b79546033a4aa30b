"""
Where the nodes of a network stand, worked out on the server: for drawings without a browser, and as first positions.

The same network gets the same picture: force-directed (Fruchterman and Reingold, 1991) from a fixed seed, each part
of the network by itself, the parts packed in rows, the largest first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

import networkx as nx
import rustworkx

from graph.networks.measures import SEED, compact

if TYPE_CHECKING:
    from graph.networks.facts import Iri
    from graph.networks.projections import Network

Positions: TypeAlias = "dict[Iri, tuple[float, float]]"

_ITERATIONS: Final = 200
# Space of one node; a part of n nodes gets a square with room for n.
_NODE_SPACE: Final = 90.0


def place(network: Network) -> Positions:
    """Positions of all nodes in a plane, in units of a pixel at normal size, the middle of the picture at 0, 0."""
    positions: Positions = {}
    x = y = height = width = 0.0
    parts = sorted((sorted(part) for part in nx.connected_components(network)), key=lambda part: (-len(part), part))
    # A picture half as wide again as it is high fits a screen.
    row = 1.5 * sum(_side(len(part)) ** 2 for part in parts) ** 0.5
    for part in parts:
        side = _side(len(part))
        if x > 0 and x + side > row:
            x, y, height = 0.0, y + height, 0.0
        for node, (across, down) in _place_part(network, part).items():
            positions[node] = (x + (across + 1) / 2 * side, y + (down + 1) / 2 * side)
        x, height = x + side + _NODE_SPACE, max(height, side + _NODE_SPACE)
        width = max(width, x)
    return {
        node: (round(one - width / 2, 2), round(two - (y + height) / 2, 2)) for node, (one, two) in positions.items()
    }


def _side(nodes: int) -> float:
    return _NODE_SPACE * math.sqrt(nodes)


def _place_part(network: Network, part: list[Iri]) -> Positions:
    if len(part) == 1:
        return {part[0]: (0.0, 0.0)}
    placed = rustworkx.spring_layout(
        compact(network.subgraph(part), part), num_iter=_ITERATIONS, weight_fn=math.sqrt, seed=SEED
    )
    points = [placed[index] for index in range(len(part))]
    low = [min(point[axis] for point in points) for axis in (0, 1)]
    span = [max(point[axis] for point in points) - low[axis] or 1.0 for axis in (0, 1)]
    return {
        node: ((point[0] - low[0]) / span[0] * 2 - 1, (point[1] - low[1]) / span[1] * 2 - 1)
        for node, point in zip(part, points, strict=True)
    }
