"""Data folders that older versions left are opened as they are; `kept/0.0` comes from before there were kinds."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from graph.snapshots import Versions
from graph.store import Store
from tests.graph.keep_folders import KEPT
from tests.graph.quads import assert_default_graph_is_the_merge, document, graph, graphs_of, involves

if TYPE_CHECKING:
    from pathlib import Path


def unpacked(name: str, target: Path) -> Path:
    with zipfile.ZipFile(KEPT / f"{name}.zip") as archive:
        archive.extractall(target)
    return target


@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*-roadmaps.zip")))
def test_a_kept_folder_of_roadmaps_opens_and_goes_on(name: str, tmp_path: Path) -> None:
    folder = unpacked(name, tmp_path)
    with Store.open(folder, rules=[involves]) as store:
        assert store.version == 2
        snapshot = store.snapshot()
        graphs = graphs_of(snapshot)
        assert graphs["tomsk_v1"] == set(document("tomsk", "v1").document)
        assert graphs["tomsk_v2"] == set(document("tomsk", "v2", activities=4).document)
        assert len(graphs["inferred"]) == 7
        assert_default_graph_is_the_merge(snapshot)
        assert [path.read_text() for path in store.folder.documents.iterdir()] == ["Дорожная карта"]
        assert store.commit_document(document("tomsk", "v3")) == 3
        assert store.document_graph(document("tomsk", "v3").roadmap) == graph("tomsk_v3")
        assert_default_graph_is_the_merge(store.snapshot())
        assert Versions(store.folder).open(2).version == 2


@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*-plain.zip")))
def test_a_kept_plain_folder_opens_and_goes_on(name: str, tmp_path: Path) -> None:
    with Store.open(unpacked(name, tmp_path), rules=[], dataset="plain") as store:
        snapshot = store.snapshot()
        assert (store.version, snapshot.graphs()) == (1, [NamedNode("urn:empty"), NamedNode("urn:g")])
        [triple] = snapshot.triples()
        assert isinstance(triple.object, BlankNode)
        [number] = snapshot.triples(NamedNode("urn:g"))
        assert isinstance(number.object, Literal)
        assert store.update("DROP ALL") == 2
        assert store.snapshot().graphs() == []
