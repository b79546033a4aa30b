"""Updates that name their statements: the short way must do what the process of updates does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat

from graph import store as store_module
from graph.data_updates import named_data, triples_of
from graph.errors import QuerySyntaxError, UpdateRefusedError
from graph.feed import read_changes
from graph.store import Store
from graph.updates import UpdateProcesses
from tests.graph.quads import document

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    "INSERT DATA { <urn:a> <urn:p> 1, 1.50, 'ё' . GRAPH <urn:g> { <urn:a> <urn:p> [ <urn:q> _:x ] . _:x <urn:r> 2 }}",
    "INSERT DATA { <urn:a> <urn:p> 1 }",
    "PREFIX e: <urn:> INSERT DATA { GRAPH e:g { e:b e:p 2 } } ; INSERT DATA { e:x e:y e:z }",
    "DELETE DATA { <urn:a> <urn:p> 1.5, 7 }",
    "DELETE DATA { GRAPH <urn:g> { <urn:b> <urn:p> 2 } } ; DELETE DATA { <urn:absent> <urn:p> 1 }",
    "INSERT DATA {}",
    "INSERT DATA { GRAPH <urn:nothing> {} }",
    "INSERT DATA { <urn:l> <urn:p> ( 1 2 ( 3 ) ), <<( <urn:a> <urn:b> _:q )>> }",
    "DELETE DATA { <urn:a> <urn:p> 'ё' } ; DELETE DATA { <urn:a> <urn:p> 1 }",
)


def content(store: Store) -> tuple[str, set[str]]:
    """All statements with blank nodes named by their place, and the names of graphs."""
    snapshot = store.snapshot()
    dataset = Dataset(snapshot.quads())
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(map(str, dataset))), {name.value for name in snapshot.graphs()}


@pytest.mark.parametrize("kind", ["plain", "roadmaps"])
def test_both_ways_lead_to_the_same_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    texts = list(TEXTS)
    if kind == "roadmaps":  # Only named graphs are written there.
        texts = [
            "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1, 1.50, 'ё'@ru } GRAPH <urn:h> { <urn:a> <urn:p> 1 } }",
            "DELETE DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } }",
            "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } }",
            "DELETE DATA { GRAPH <urn:h> { <urn:a> <urn:p> 1 } } ; DELETE DATA { GRAPH <urn:g> { <urn:x> <urn:p> 1 } }",
        ]
    with (
        Store.open(tmp_path / "short", rules=[], dataset=kind) as short,  # type: ignore[arg-type]
        Store.open(tmp_path / "long", rules=[], dataset=kind) as long,  # type: ignore[arg-type]
    ):
        for text in texts:
            before = short.version
            short.update(text)
            with monkeypatch.context() as patched:
                patched.setattr(store_module, "named_data", lambda *_: None)
                long.update(text)
            assert short.version == long.version, text
            if short.version:
                assert content(short) == content(long), text
            if short.version > before:
                changes = read_changes(short.folder.delta(short.version))
                assert list(map(len, changes)) == list(map(len, read_changes(long.folder.delta(long.version)))), text


def test_the_short_way_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> object:
        raise AssertionError("a process was asked")

    with Store.open(tmp_path, rules=[], dataset="plain") as store:
        monkeypatch.setattr(UpdateProcesses, "run", refuse)
        store.update("INSERT DATA { <urn:a> <urn:p> _:b, 1 }")
        assert store.update("DELETE DATA { <urn:a> <urn:p> 1 }") == 2
        assert store.put_graph(NamedNode("urn:g"), b"<urn:a> <urn:p> 1, 2 .", RdfFormat.TURTLE) == (3, True)
        assert store.put_graph(NamedNode("urn:g"), b"<urn:a> <urn:p> 2, 3 .", RdfFormat.TURTLE) == (4, False)
        assert store.put_graph(NamedNode("urn:g"), b"<urn:a> <urn:p> [] .", RdfFormat.TURTLE, merge=True) == (5, False)
        assert store.put_graph(None, b"<urn:a> <urn:p> 1 .", RdfFormat.TURTLE, merge=True) == (6, False)
        with store.versions.open(5) as snapshot:
            values = [triple.object for triple in snapshot.triples(NamedNode("urn:g"))]
        assert sorted(str(value) for value in values if not isinstance(value, BlankNode)) == [
            '"2"^^<http://www.w3.org/2001/XMLSchema#integer>',
            '"3"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { <urn:a> <urn:b> 1 } WHERE {}",
        "DELETE DATA { <urn:a> <urn:b> 1 } ; INSERT DATA { <urn:a> <urn:b> 2 }",
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT DATA { ?s <urn:b> 1 }",
        "DELETE DATA { <urn:a> <urn:b> _:x }",
        "INSERT DATA { <urn:a> <urn:b> 1 } ; DROP ALL",
        "INSERT DATA { <urn:a> <urn:b> 1",
        "LOAD <http://127.0.0.1/>",
        "INSERT DATA",
        "",
        f"PREFIX p: <urn:{'x' * 20_000}> INSERT DATA {{ p:a p:b p:c }}",
    ],
)
def test_other_texts_go_the_long_way(text: str) -> None:
    assert named_data(text, {}) is None


def test_other_files_go_the_long_way() -> None:
    assert triples_of(b"<urn:a> <urn:b> 1 .", RdfFormat.JSON_LD, None) is None
    assert triples_of(b"<urn:a> <urn:b>", RdfFormat.TURTLE, None) is None
    assert triples_of(b"<urn:a> <urn:b> 1 . " * 2000, RdfFormat.TURTLE, None) is None
    assert triples_of(b"<a> <b> 1 .", RdfFormat.TURTLE, "urn:x:")


def test_refusals_stay(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=2))
        with pytest.raises(UpdateRefusedError):
            store.update("INSERT DATA { <urn:a> <urn:b> 1 }")
        with pytest.raises(QuerySyntaxError):
            store.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> ?c } }")


def test_a_number_without_its_change_is_a_version_in_which_nothing_changed(tmp_path: Path) -> None:
    """The order of `LiveStore.change`: killed after the number was written."""
    with Store.open(tmp_path, rules=[], dataset="plain") as store:
        store.update("INSERT DATA { <urn:a> <urn:b> 1 }")
    (tmp_path / "store" / "version").write_text("2", "ascii")
    with Store.open(tmp_path, rules=[], dataset="plain") as store:
        assert store.version == store.snapshot().version == 2
        assert len(list(store.snapshot().quads())) == 1
        assert store.update("INSERT DATA { <urn:a> <urn:b> 2 }") == 3
