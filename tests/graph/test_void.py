from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from graph.changes import Commit
from graph.folder import DataFolder
from graph.store import Store
from graph.void import describe, statistics
from ontology.vocabulary import RDF, VEKHA
from tests.graph.quads import BASE, ROADMAP, document, graph, involves, node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.snapshots import Snapshot

VOID = "http://rdfs.org/ns/void#"


def test_figures_are_carried_from_version_to_version_as_if_counted(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[involves], keep=2) as store:
        typed = {Triple(node(f"id/activity/x{n}"), RDF.type, VEKHA.Activity) for n in range(3)}
        steps: list[Callable[[], int]] = [
            lambda: store.commit_document(document("tomsk", "v1", activities=9)),
            lambda: store.commit(Commit(replace={graph("hand"): typed}, current=frozenset({graph("hand")}))),
            lambda: store.commit_documents([document("tomsk", "v2"), document("tambov", "v1")]),
            lambda: store.commit(Commit(edit={graph("hand"): (list(typed)[:1], ())})),
        ]
        for step in steps:
            step()
            snapshot = store.snapshot()
            kept = store.folder.statistics(snapshot.version)
            carried = statistics(store.folder, snapshot)
            content = kept.read_bytes()
            kept.unlink()
            assert statistics(store.folder, snapshot) == carried
            kept.write_bytes(content)
        assert carried.triples == len(list(store.snapshot().triples()))
        assert carried.properties[ROADMAP.value] == 10
        assert carried.classes == {VEKHA.Activity.value: 2}
        assert sorted(path.name for path in kept.parent.iterdir()) == ["3.json", "4.json"]
    with Store.open(tmp_path, rules=[involves], keep=2) as store:
        store.commit_document(document("tomsk", "v3"))
        assert statistics(store.folder, store.snapshot()).triples == len(list(store.snapshot().triples()))


def test_the_figures_of_the_five_roadmaps_are_described(five_roadmaps: Snapshot, tmp_path: Path) -> None:
    figures = statistics(DataFolder(tmp_path), five_roadmaps)
    said = list(describe(figures, NamedNode(f"{BASE}dataset")))
    by_class = {
        part.object: next(
            t.object for t in said if t.subject == part.subject and t.predicate.value == f"{VOID}entities"
        )
        for part in said
        if part.predicate.value == f"{VOID}class"
    }
    activities = {t.subject for t in five_roadmaps.triples() if (t.predicate, t.object) == (RDF.type, VEKHA.Activity)}
    assert by_class[VEKHA.Activity] == Literal(len(activities))
    assert figures.triples == len(list(five_roadmaps.triples())) == sum(figures.properties.values())


def test_a_plain_dataset_is_counted_when_asked(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[], dataset="plain") as store:
        store.put_graph(None, b"<urn:a> a <urn:C> ; <urn:p> 1 .", RdfFormat.TURTLE)
        figures = statistics(store.folder, store.snapshot())
    assert (figures.triples, figures.classes) == (2, {"urn:C": 1})
