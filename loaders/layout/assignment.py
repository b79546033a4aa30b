"""Who gets what, all weighed together: the assignment of the greatest sum (Kuhn 1955, in the form of Jonker 1987)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAR = float("inf")


def best_assignment(weights: Sequence[Sequence[float]]) -> list[int | None]:
    """
    For each row the column that it gets, so that no column is given twice and the sum of weights is the greatest.

    Weights of 0 and below mean that the two do not fit: such a row gets None.  Takes cubic time in the rows.
    """
    rows, columns = len(weights), len(weights[0]) if weights else 0
    width = columns + rows
    # A column of its own for each row, of no worth, lets it go without.
    costs = [[-max(weight, 0.0) for weight in row] + [0.0] * rows for row in weights]
    of_row, of_column = [0.0] * (rows + 1), [0.0] * (width + 1)
    # Rows and columns count from 1 here; `given` is the row that has a column, 0 for none.
    given = [0] * (width + 1)
    for row in range(1, rows + 1):
        given[0] = row
        at = 0
        least = [_FAR] * (width + 1)
        before = [0] * (width + 1)
        done = [False] * (width + 1)
        while given[at]:
            done[at] = True
            here, delta, following = given[at], _FAR, 0
            for column in range(1, width + 1):
                if done[column]:
                    continue
                reduced = costs[here - 1][column - 1] - of_row[here] - of_column[column]
                if reduced < least[column]:
                    least[column], before[column] = reduced, at
                if least[column] < delta:
                    delta, following = least[column], column
            for column in range(width + 1):
                if done[column]:
                    of_row[given[column]] += delta
                    of_column[column] -= delta
                else:
                    least[column] -= delta
            at = following
        while at:
            given[at] = given[before[at]]
            at = before[at]
    found: list[int | None] = [None] * rows
    for column in range(1, columns + 1):
        if given[column] and weights[given[column] - 1][column - 1] > 0:
            found[given[column] - 1] = column - 1
    return found
