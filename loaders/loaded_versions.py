"""What the catalogue of a store knows: the versions of documents, and what our own graphs hold."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graph.errors import NothingLoadedError
from graph.results import Table
from loaders.quads.catalogue import LoadedVersion

if TYPE_CHECKING:
    from graph.snapshots import Snapshot
    from graph.store import Store


def newest(store: Store) -> Snapshot | None:
    """The newest data version; None if nothing was ever committed."""
    try:
        return store.snapshot()
    except NothingLoadedError:
        return None


def loaded_versions(snapshot: Snapshot | None) -> list[LoadedVersion]:
    """Every version of every document, earlier ones included; none if there is no data."""
    return [
        LoadedVersion(
            roadmap=_node(record["roadmap"]),
            version=_node(record["version"]),
            sha256=_text(record["sha256"]),
            file=_text(record["file"]),
            load=_node(record["load"]),
            recipe=_text(record["recipe"]),
            loaded=datetime.fromisoformat(_text(record["loaded"])),
            previous=_node(record["previous"]) if record["previous"] else None,
            current=_text(record["current"]) == "true",
        )
        for record in _ask(snapshot, "loaded-versions.rq").records()
    ]


def graph_fingerprints(snapshot: Snapshot | None) -> dict[NamedNode, str]:
    """Of the graphs of ontology and reference data: which content of ours they hold."""
    records = _ask(snapshot, "graph-versions.rq").records()
    return {_node(record["graph"]): _text(record["fingerprint"]) for record in records}


def _ask(snapshot: Snapshot | None, name: str) -> Table:
    if snapshot is None:
        return Table((), ())
    answer = snapshot.query(files("loaders").joinpath(name).read_text("utf-8"))
    assert isinstance(answer, Table)
    return answer


def _node(term: object) -> NamedNode:
    assert isinstance(term, NamedNode)
    return term


def _text(term: object) -> str:
    assert isinstance(term, Literal)
    return term.value
