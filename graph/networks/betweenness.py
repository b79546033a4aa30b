"""
How many shortest paths go through each node, after Brandes (2001), from all nodes or from a sample of them.

With numpy, because what libraries offer is either plain Python, and takes a minute for 5,000 nodes, or stops all other
threads of the service while it counts.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def betweenness(nodes: int, ties: Sequence[tuple[int, int]], *, sources: int, seed: int) -> list[float]:
    """
    For each node the share of shortest paths (by steps) between two others that go through it, from 0 to 1.

    Paths are counted from `sources` nodes, drawn by `seed` where these are not all; then the values are estimates.
    """
    total = np.zeros(nodes)
    if nodes < 3:
        return list(total)
    first, incident = _neighbours(nodes, ties)
    chosen = range(nodes) if sources >= nodes else sorted(Random(seed).sample(range(nodes), sources))  # noqa: S311
    for source in chosen:
        total += _dependencies(source, nodes, first, incident)
    found: list[float] = (total * (nodes / len(chosen)) / ((nodes - 1) * (nodes - 2))).tolist()
    return found


def _neighbours(nodes: int, ties: Sequence[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the neighbours of each node begin in one list of all, and that list."""
    ends = np.array([*ties, *((b, a) for a, b in ties)], dtype=np.int64).reshape(-1, 2)
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    first = np.searchsorted(ends[:, 0], np.arange(nodes + 1))
    return first, ends[:, 1]


def _dependencies(
    source: int, nodes: int, first: NDArray[np.int64], incident: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What the source's paths to all others owe to each node in between."""
    distance = np.full(nodes, -1)
    distance[source] = 0
    paths = np.zeros(nodes)
    paths[source] = 1
    border = np.array([source])
    steps: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    while border.size:
        starts = first[border]
        counts = first[border + 1] - starts
        tails = np.repeat(border, counts)
        heads = incident[np.arange(counts.sum()) + np.repeat(starts - np.cumsum(counts) + counts, counts)]
        distance[heads[distance[heads] < 0]] = len(steps) + 1
        further = distance[heads] == len(steps) + 1
        tails, heads = tails[further], heads[further]
        np.add.at(paths, heads, paths[tails])
        steps.append((tails, heads))
        border = np.unique(heads)
    owed = np.zeros(nodes)
    for tails, heads in reversed(steps):
        np.add.at(owed, tails, paths[tails] / paths[heads] * (1 + owed[heads]))
    owed[source] = 0
    return owed
