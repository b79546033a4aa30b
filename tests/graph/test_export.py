from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Dataset, Quad, RdfFormat, parse
from rdflib import Dataset as RdflibDataset
from rdflib import Graph

from graph.export import DATASET_FORMATS, GRAPH_FORMATS, write_dataset, write_graph
from graph.store import Store
from tests.graph.quads import BASE, document, graph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.snapshots import Snapshot

PREFIXES = {"vekha": f"{BASE}ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_documents([document("tomsk", "v1"), document("tambov", "v1", activities=3)])
        yield store.snapshot()


def quads(snapshot: Snapshot) -> set[Quad]:
    return {Quad(t.subject, t.predicate, t.object, name) for name in snapshot.graphs() for t in snapshot.triples(name)}


@pytest.mark.parametrize("rdf_format", GRAPH_FORMATS, ids=lambda f: f.file_extension)
def test_a_graph_comes_back_as_it_was(snapshot: Snapshot, rdf_format: RdfFormat) -> None:
    output = io.BytesIO()
    write_graph(snapshot, output, rdf_format, graph=graph("tambov_v1"), prefixes=PREFIXES)
    assert {quad.triple for quad in parse(output.getvalue(), rdf_format)} == set(snapshot.triples(graph("tambov_v1")))


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("rdf_format", GRAPH_FORMATS, ids=lambda f: f.file_extension)
def test_rdflib_reads_the_same_graph(snapshot: Snapshot, rdf_format: RdfFormat) -> None:
    output = io.BytesIO()
    write_graph(snapshot, output, rdf_format, prefixes=PREFIXES)
    assert len(Graph().parse(output.getvalue(), format=rdf_format.media_type)) == len(list(snapshot.triples()))


@pytest.mark.parametrize("rdf_format", DATASET_FORMATS, ids=lambda f: f.file_extension)
def test_a_dataset_comes_back_as_it_was(snapshot: Snapshot, rdf_format: RdfFormat) -> None:
    output = io.BytesIO()
    write_dataset(snapshot, output, rdf_format, prefixes=PREFIXES)
    assert set(Dataset(parse(output.getvalue(), rdf_format))) == quads(snapshot)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("rdf_format", DATASET_FORMATS, ids=lambda f: f.file_extension)
def test_rdflib_reads_the_same_dataset(snapshot: Snapshot, rdf_format: RdfFormat) -> None:
    output = io.BytesIO()
    write_dataset(snapshot, output, rdf_format, prefixes=PREFIXES)
    found = RdflibDataset()
    found.parse(data=output.getvalue(), format=rdf_format.media_type)
    assert len(list(found.quads())) == len(quads(snapshot))


def test_prefixes_shorten_the_names(snapshot: Snapshot) -> None:
    output = io.BytesIO()
    write_graph(snapshot, output, RdfFormat.TURTLE, prefixes=PREFIXES)
    text = output.getvalue().decode()
    assert "vekha:responsible" in text
    assert "Создать реестр наставников" in text


def test_equal_data_are_written_equally_whatever_the_order_of_loading(tmp_path: Path) -> None:
    written = []
    for order in ((0, 1), (1, 0)):
        documents = [document("tomsk", "v1"), document("tambov", "v1")]
        with Store.open(tmp_path / str(order), rules=[]) as store:
            for index in order:
                store.commit_document(documents[index])
            output = io.BytesIO()
            write_dataset(store.snapshot(), output, RdfFormat.N_QUADS)
            written.append(output.getvalue())
    assert written[0] == written[1]


@pytest.mark.parametrize(("write", "rdf_format"), [(write_graph, RdfFormat.TRIG), (write_dataset, RdfFormat.TURTLE)])
def test_a_format_that_cannot_hold_it_is_refused(snapshot: Snapshot, write: object, rdf_format: RdfFormat) -> None:
    assert callable(write)
    with pytest.raises(ValueError, match="is not written as"):
        write(snapshot, io.BytesIO(), rdf_format)
