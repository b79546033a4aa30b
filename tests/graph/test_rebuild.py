"""Big commits build a new live store beside the old one, which then takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.changes import Commit
from graph.folder import DataFolder
from graph.store import Store
from tests.graph.quads import assert_default_graph_is_the_merge, document, graph, graphs_of, involves

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import Triple


def opened(path: Path) -> Store:
    return Store.open(path, rules=[involves])


@pytest.fixture
def always_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.live.BULK_FROM", 0)


def load_and_change(path: Path) -> dict[str, set[Triple]]:
    with opened(path) as store:
        reader = store.snapshot()
        store.commit_documents([document("tomsk", "v1"), document("tambov", "v1", activities=4)])
        store.commit_document(document("tomsk", "v2", activities=3))
        store.commit(Commit(drop=frozenset({graph("tambov_v1")})))
        assert list(reader.triples()) == []
        assert_default_graph_is_the_merge(store.snapshot())
        return graphs_of(store.snapshot())


def test_a_rebuilt_store_holds_what_updates_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    updated = load_and_change(tmp_path / "updated")
    monkeypatch.setattr("graph.live.BULK_FROM", 0)
    assert load_and_change(tmp_path / "rebuilt") == updated


@pytest.mark.usefixtures("always_rebuilt")
def test_an_update_that_names_its_statements_goes_into_the_copy(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as store:
        store.commit_document(document("tomsk", "v1"))
        store.update(f'INSERT DATA {{ GRAPH {graph("hand")} {{ <urn:a> <urn:b> "c" }} }}')
        assert len(graphs_of(store.snapshot())["hand"]) == 1
        store.update(f'DELETE DATA {{ GRAPH {graph("hand")} {{ <urn:a> <urn:b> "c" }} }}')
        assert graphs_of(store.snapshot())["hand"] == set()
        assert_default_graph_is_the_merge(store.snapshot())


@pytest.mark.usefixtures("always_rebuilt")
def test_nothing_of_the_swap_is_left(tmp_path: Path) -> None:
    load_and_change(tmp_path / "data")
    folder = DataFolder(tmp_path / "data")
    assert folder.store.is_dir()
    assert not folder.next_store.exists()
    assert not folder.previous_store.exists()


@pytest.mark.parametrize("renamed", [0, 1, 2])
def test_a_kill_in_the_swap_leaves_the_old_store_or_the_new_one(tmp_path: Path, renamed: int) -> None:
    with opened(tmp_path / "data") as store:
        store.commit_document(document("tomsk", "v1"))
    folder = DataFolder(tmp_path / "data")
    with opened(tmp_path / "other") as other:
        other.commit_document(document("tomsk", "v1"))
        other.commit_document(document("tambov", "v1"))
    DataFolder(tmp_path / "other").store.rename(folder.next_store)
    if renamed >= 1:
        folder.store.rename(folder.previous_store)
    if renamed == 2:
        folder.next_store.rename(folder.store)
    with opened(tmp_path / "data") as store:
        assert store.version == (2 if renamed == 2 else 1)
        assert store.snapshot().version == store.version
        assert_default_graph_is_the_merge(store.snapshot())
        assert "tomsk_v1" in graphs_of(store.snapshot())
    assert not folder.previous_store.exists()
    assert not folder.next_store.exists()
