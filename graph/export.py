"""A snapshot as RDF files, written by the library's serialisers, in an order that depends on the data only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from pyoxigraph import Quad, RdfFormat, serialize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import NamedNode

    from graph.results import ByteSink
    from graph.snapshots import Snapshot

# For one graph; JSON-LD takes both.
GRAPH_FORMATS: Final = (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.JSON_LD)
# For the whole dataset.
DATASET_FORMATS: Final = (RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD)


def write_graph(
    snapshot: Snapshot,
    output: ByteSink,
    rdf_format: RdfFormat,
    *,
    graph: NamedNode | None = None,
    prefixes: Mapping[str, str] | None = None,
) -> None:
    """
    Write one named graph, or the default graph: everything current, each triple once.

    Raises:
        ValueError: If the format is none of GRAPH_FORMATS.
    """
    if rdf_format not in GRAPH_FORMATS:
        raise ValueError(f"One graph is not written as {rdf_format.name}")
    _write(snapshot.triples(graph), output, rdf_format, prefixes)


def write_dataset(
    snapshot: Snapshot, output: ByteSink, rdf_format: RdfFormat, *, prefixes: Mapping[str, str] | None = None
) -> None:
    """
    Write every named graph, so that each statement stands where it was made.

    The default graph is left out: it is the merge of the graphs that `graph/current` lists, and of `graph/inferred`.

    Raises:
        ValueError: If the format is none of DATASET_FORMATS.
    """
    if rdf_format not in DATASET_FORMATS:
        raise ValueError(f"A dataset is not written as {rdf_format.name}")
    _write(_quads(snapshot), output, rdf_format, prefixes)


def _quads(snapshot: Snapshot) -> Iterator[Quad]:
    for name in snapshot.graphs():
        for triple in snapshot.triples(name):
            yield Quad(triple.subject, triple.predicate, triple.object, name)


def _write(
    statements: Iterator[Any], output: ByteSink, rdf_format: RdfFormat, prefixes: Mapping[str, str] | None
) -> None:
    serialize(statements, cast("Any", output), rdf_format, prefixes=dict(prefixes) if prefixes else None)
