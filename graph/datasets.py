"""
The graphs that a query reads, so that dataset clauses and protocol parameters mean what SPARQL 1.1, 13.2 says.

The engine merges several graphs without taking repeated triples as one (pyoxigraph 0.5.13), so a merge is made here,
in memory and within a bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import DefaultGraph, Quad, Store

from graph.errors import QueryEvaluationError

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, NamedNode

    from graph.guard import Dataset

MERGED_TRIPLES: Final = 1_000_000


class Selection(NamedTuple):
    """A store and the arguments of its `query` under which it reads the dataset; they override clauses in the text."""

    engine: Store
    default: list[NamedNode | BlankNode | DefaultGraph]
    named: list[NamedNode | BlankNode]


def select(engine: Store, dataset: Dataset) -> Selection:
    """
    What to ask, and with which arguments, so that `dataset` is read.

    A graph named twice counts once; one that is not there is empty.  One default graph is read where it lies; of
    several a copy is made together with the named graphs.

    Raises:
        QueryEvaluationError: The copy would hold more than `MERGED_TRIPLES` triples.
    """
    default, named = sorted(set(dataset.default), key=str), sorted(set(dataset.named), key=str)
    # An empty graph adds nothing, and one left alone needs no copy.
    default = [name for name in default if next(engine.quads_for_pattern(None, None, None, name), None)]
    if len(default) < 2:
        return Selection(engine, list(default), list(named))
    merged = Store()
    size = 0
    for target, names in ((None, default), ("own", named)):
        for name in names:
            for quad in engine.quads_for_pattern(None, None, None, name):
                size += 1
                if size > MERGED_TRIPLES:
                    raise QueryEvaluationError(
                        "The graphs after FROM hold more than {limit} triples together; "
                        "name one graph after FROM, or use GRAPH",
                        limit=MERGED_TRIPLES,
                    )
                merged.add(quad if target else Quad(quad.subject, quad.predicate, quad.object))
    return Selection(merged, [DefaultGraph()], list(named))
