"""
Which nodes hold a network together, after Tarjan (1972).

Own code, because what libraries offer names these nodes but does not say how much falls off without each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def cut_off(neighbours: Sequence[Sequence[int]]) -> dict[int, int]:
    """
    For each node without which its part of the network falls apart: how many lose their ties to the largest rest.

    `neighbours` are those of each node, by its number.
    """
    order, parent = _visited(neighbours)
    place = {node: number for number, node in enumerate(order)}
    # The earliest node that a node or one behind it is tied to.
    reach = {node: min((place[other] for other in neighbours[node]), default=place[node]) for node in order}
    behind = dict.fromkeys(order, 1)
    rests: dict[int, list[int]] = {}
    for node in reversed(order):
        before = parent[node]
        if before is None:
            continue
        behind[before] += behind[node]
        reach[before] = min(reach[before], reach[node])
        if reach[node] >= place[before]:
            rests.setdefault(before, []).append(behind[node])
    size = _sizes(order, parent, behind)
    for node, found in rests.items():
        found.append(size[node] - 1 - sum(found))
    return {node: sum(found) - max(found) for node, found in rests.items() if sum(map(bool, found)) > 1}


def _visited(neighbours: Sequence[Sequence[int]]) -> tuple[list[int], dict[int, int | None]]:
    """All nodes in the order of a search in depth, and the node from which each was reached."""
    order: list[int] = []
    parent: dict[int, int | None] = {}
    for start in range(len(neighbours)):
        if start in parent:
            continue
        parent[start] = None
        order.append(start)
        path = [(start, iter(neighbours[start]))]
        while path:
            node, others = path[-1]
            other = next((one for one in others if one not in parent), None)
            if other is None:
                path.pop()
            else:
                parent[other] = node
                order.append(other)
                path.append((other, iter(neighbours[other])))
    return order, parent


def _sizes(order: Sequence[int], parent: dict[int, int | None], behind: dict[int, int]) -> dict[int, int]:
    """How many nodes the part of each node has."""
    size: dict[int, int] = {}
    for node in order:
        before = parent[node]
        size[node] = behind[node] if before is None else size[before]
    return size
