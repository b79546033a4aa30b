from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from loaders.layout.assignment import best_assignment

weights = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.floats(-1, 2, allow_nan=False), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


def test_the_sum_decides_and_not_the_first_choice() -> None:
    assert best_assignment([[1.0, 0.9], [0.9, 0.1]]) == [1, 0]


def test_what_does_not_fit_goes_without() -> None:
    assert best_assignment([[0.0, -1.0], [0.5, 0.0]]) == [None, 0]
    assert best_assignment([[1.0], [2.0]]) == [None, 0]
    assert best_assignment([]) == []
    assert best_assignment([[], []]) == [None, None]


@given(weights)
def test_the_sum_is_that_of_a_general_matching(matrix: list[list[float]]) -> None:
    found = best_assignment(matrix)
    given_columns = [column for column in found if column is not None]
    assert len(given_columns) == len(set(given_columns))
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    for row, line in enumerate(matrix):
        for column, weight in enumerate(line):
            if weight > 0:
                graph.add_edge(("row", row), ("column", column), weight=weight)
    best = sum(graph.edges[edge]["weight"] for edge in nx.max_weight_matching(graph))
    assert abs(sum(matrix[row][column] for row, column in enumerate(found) if column is not None) - best) < 1e-6
