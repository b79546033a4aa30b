from __future__ import annotations

from typing import TYPE_CHECKING

from api.importing.loading import open_loader
from api.settings import read_settings
from graph.similarity import relate_activities
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_load_settles_what_lags_behind_in_a_big_store(
    tmp_path: Path, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relate_activities, "most", 0)
    documents = sorted(examples.glob("00[13]*.txt"))
    with open_loader(read_settings(data=tmp_path / "data")) as loader:
        assert loader.load(documents, lambda _: None)["complete"]
        loader.settle()
        assert loader.store.late() == {}
        similar = [each for each in loader.store.snapshot().triples() if each.predicate == VEKHA.similarTo]
        version = loader.store.version
        loader.settle()
        assert loader.store.version == version
    assert similar
