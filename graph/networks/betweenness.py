"""
How many shortest paths go through each node, after Brandes (2001), from all nodes or from a sample of them.

With numpy, because what libraries offer is either plain Python, and takes a minute for 5,000 nodes, or stops all other
threads of the service while it counts.  Several sources go side by side, each in a copy of the network of its own: the
steps from one alone are so small that calling numpy takes longer than what it does.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.int64]

# Nodes and ends of ties in all copies of the network together; more does not fit the caches of a processor.
_ROOM: Final = 2**18


def betweenness(
    nodes: int, ties: Sequence[tuple[int, int]], *, sources: int, seed: int, room: int = _ROOM
) -> list[float]:
    """
    For each node the share of shortest paths (by steps) between two others that go through it, from 0 to 1.

    Paths are counted from `sources` nodes, drawn by `seed` where these are not all; then the values are estimates.
    `room` bounds the memory, not the result.
    """
    total = np.zeros(nodes)
    if nodes < 3:
        return list(total)
    first, incident = _neighbours(nodes, ties)
    chosen = np.arange(nodes)
    if sources < nodes:
        chosen = np.array(sorted(Random(seed).sample(range(nodes), sources)))  # noqa: S311
    together = max(1, room // (nodes + len(incident)))
    for place in range(0, len(chosen), together):
        total += _dependencies(chosen[place : place + together], nodes, first, incident)
    found: list[float] = (total * (nodes / len(chosen)) / ((nodes - 1) * (nodes - 2))).tolist()
    return found


def _neighbours(nodes: int, ties: Sequence[tuple[int, int]]) -> tuple[Numbers, Numbers]:
    """Where the neighbours of each node begin in one list of all, and that list."""
    one_way = np.array(ties, dtype=np.int64).reshape(-1, 2)
    ends = np.concatenate((one_way, one_way[:, ::-1]))
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    first = np.searchsorted(ends[:, 0], np.arange(nodes + 1))
    return first, ends[:, 1].copy()


def _dependencies(sources: Numbers, nodes: int, first: Numbers, incident: Numbers) -> NDArray[np.float64]:
    """What the paths of all sources to all others owe to each node in between."""
    # Node 3 of the second copy has the number nodes + 3.
    begun = np.arange(len(sources)) * nodes + sources
    seen = np.zeros(len(sources) * nodes, dtype=np.bool_)
    seen[begun] = True
    paths = seen.astype(np.float64)
    border = begun
    steps: list[tuple[Numbers, Numbers]] = []
    while border.size:
        own = border % nodes
        counts = first[own + 1] - first[own]
        tails = np.repeat(border, counts)
        before = np.cumsum(counts) - counts
        heads = incident[np.arange(len(tails)) + np.repeat(first[own] - before, counts)]
        heads += np.repeat(border - own, counts)
        further = ~seen[heads]
        tails, heads = tails[further], heads[further]
        np.add.at(paths, heads, paths[tails])
        steps.append((tails, heads))
        seen[heads] = True
        reached = np.zeros_like(seen)
        reached[heads] = True
        border = np.flatnonzero(reached)
    owed = np.zeros(len(paths))
    for tails, heads in reversed(steps):
        np.add.at(owed, tails, paths[tails] / paths[heads] * (1 + owed[heads]))
    owed[begun] = 0
    together: NDArray[np.float64] = owed.reshape(len(sources), nodes).sum(axis=0)
    return together
