from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graph.changes import Commit, DocumentCommit
from graph.errors import CommitError, DataFolderError, StoreBusyError, StoreClosedError
from graph.folder import DataFolder
from graph.store import Store
from tests.graph.quads import (
    CATALOG,
    INFERRED,
    INVOLVES,
    LABEL,
    RESPONSIBLE,
    assert_default_graph_is_the_merge,
    document,
    graph,
    graphs_of,
    involves,
    label,
    node,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.rules import Workspace


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", rules=[involves]) as opened:
        yield opened


def test_a_new_folder_holds_version_0_which_is_empty(store: Store) -> None:
    snapshot = store.snapshot()
    assert (snapshot.version, list(snapshot.triples()), snapshot.graphs()) == (0, [], [])


def test_a_document_is_in_its_graph_and_in_the_default_graph(store: Store) -> None:
    new = document("tomsk", "v1")
    assert store.commit_document(new) == 1
    graphs = graphs_of(store.snapshot())
    assert graphs["tomsk_v1"] == set(new.document)
    assert graphs[""] >= set(new.document)
    assert store.document_graph(new.roadmap) == new.graph


def test_the_version_before_leaves_the_default_graph_and_stays_under_its_name(store: Store) -> None:
    old, new = document("tomsk", "v1"), document("tomsk", "v2", activities=3)
    store.commit_document(old)
    store.commit_document(new)
    snapshot = store.snapshot()
    graphs = graphs_of(snapshot)
    assert graphs["tomsk_v1"] == set(old.document)
    assert graphs["tomsk_v2"] == set(new.document)
    assert not graphs[""] & (set(old.document) - set(new.document))
    assert store.document_graph(new.roadmap) == new.graph
    assert_default_graph_is_the_merge(snapshot)


def test_going_back_to_an_older_version_makes_it_current_again(store: Store) -> None:
    for version in ("v1", "v2", "v1"):
        store.commit_document(document("tomsk", version))
    assert store.document_graph(node("id/roadmap/tomsk")) == graph("tomsk_v1")
    assert_default_graph_is_the_merge(store.snapshot())


def test_a_triple_that_two_current_graphs_state_stays_until_the_last_of_them_leaves(store: Store) -> None:
    shared = label("id/body/shared", "ТОИПКРО")
    first, second = graph("first"), graph("second")
    store.commit(Commit(replace={first: [shared], second: [shared]}, current=frozenset({first, second})))
    assert graphs_of(store.snapshot())[""] == {shared}
    store.commit(Commit(drop=frozenset({first})))
    assert graphs_of(store.snapshot())[""] == {shared}
    store.commit(Commit(past=frozenset({second})))
    graphs = graphs_of(store.snapshot())
    assert (graphs[""], graphs["second"]) == (set(), {shared})
    assert "first" not in graphs


def test_names_of_persons_leave_the_default_graph_with_their_version(store: Store) -> None:
    name = label("id/person/tomsk_12345678", "И. И. Иванов")
    old = document("tomsk", "v1")
    store.commit_document(DocumentCommit(old.roadmap, old.graph, old.document, [name]))
    assert name in graphs_of(store.snapshot())[""]
    store.commit_document(document("tomsk", "v2"))
    graphs = graphs_of(store.snapshot())
    assert name not in graphs[""]
    assert graphs["persons/tomsk_v1"] == {name}
    assert store.document_graph(old.roadmap) == graph("tomsk_v2")


def test_the_catalogue_replaces_what_it_said_of_the_same_subjects_and_stays_outside_the_default_graph(
    store: Store,
) -> None:
    store.commit_documents([document("tomsk", "v1"), document("tambov", "v1")])
    store.commit_document(document("tomsk", "v2"))
    snapshot = store.snapshot()
    versions = {
        triple.object for triple in snapshot.triples(CATALOG) if triple.predicate.value.endswith("hasCurrentVersion")
    }
    assert versions == {node("id/version/tomsk_v2"), node("id/version/tambov_v1")}
    assert not set(snapshot.triples(CATALOG)) & set(snapshot.triples())


def test_what_follows_is_in_the_inferred_graph_and_in_the_default_graph(store: Store) -> None:
    store.commit_document(document("tomsk", "v1", activities=2))
    follows = {Triple(node(f"id/activity/tomsk_{n}"), INVOLVES, node("id/body/tomsk-obl_toipkro")) for n in (1, 2)}
    graphs = graphs_of(store.snapshot())
    assert graphs["inferred"] == follows
    assert graphs[""] >= follows


def test_what_no_longer_follows_is_gone(store: Store) -> None:
    store.commit_document(document("tomsk", "v1", activities=2))
    store.commit_document(document("tomsk", "v2", activities=1))
    assert len(set(store.snapshot().triples(INFERRED))) == 1
    assert_default_graph_is_the_merge(store.snapshot())


def test_what_is_stated_is_not_kept_as_inferred(store: Store) -> None:
    store.commit_document(document("tomsk", "v1", activities=1))
    stated = Triple(node("id/activity/tomsk_1"), INVOLVES, node("id/body/tomsk-obl_toipkro"))
    extra = graph("mappings")
    store.commit(Commit(replace={extra: [stated]}, current=frozenset({extra})))
    graphs = graphs_of(store.snapshot())
    assert stated in graphs[""]
    assert stated not in graphs.get("inferred", set())
    store.commit(Commit(replace={extra: []}))
    graphs = graphs_of(store.snapshot())
    assert stated in graphs[""] & graphs["inferred"]


def test_a_rule_may_return_its_triples_and_sees_what_earlier_rules_added(tmp_path: Path) -> None:
    def reverse(workspace: Workspace) -> Iterable[Triple]:
        for triple in list(workspace.triples()):
            if triple.predicate == INVOLVES and isinstance(triple.object, NamedNode):
                yield Triple(triple.object, node("ns#takesPartIn"), triple.subject)

    with Store.open(tmp_path, rules=[involves, reverse]) as store:
        store.commit_document(document("tomsk", "v1", activities=3))
        predicates = [triple.predicate.value.rpartition("#")[2] for triple in store.snapshot().triples(INFERRED)]
    assert sorted(predicates) == ["involves"] * 3 + ["takesPartIn"] * 3


def test_the_same_content_again_makes_no_version(store: Store) -> None:
    assert store.commit_document(document("tomsk", "v1")) == 1
    assert store.commit_document(document("tomsk", "v1")) == 1
    assert store.versions.existing() == [0, 1]


def test_numbers_that_the_engine_writes_in_another_form_are_the_same_content(store: Store) -> None:
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    numbers = graph("numbers")
    triples = [Triple(node("id/target/a"), node("ns#value"), Literal(text, datatype=decimal)) for text in ("1.50", "2")]
    assert store.commit(Commit(replace={numbers: triples}, current=frozenset({numbers}))) == 1
    assert store.commit(Commit(replace={numbers: triples})) == 1
    assert len(graphs_of(store.snapshot())[""]) == 2


def test_blank_nodes_become_the_same_iris_at_each_load(store: Store) -> None:
    def restriction() -> list[Triple]:
        outer, inner = BlankNode(), BlankNode()
        return [
            Triple(node("ns#A"), node("ns#subClassOf"), outer),
            Triple(outer, node("ns#on"), inner),
            Triple(inner, LABEL, Literal("x")),
        ]

    ontology = graph("ontology")
    assert store.commit(Commit(replace={ontology: restriction()}, current=frozenset({ontology}))) == 1
    assert store.commit(Commit(replace={ontology: restriction()})) == 1
    triples = graphs_of(store.snapshot())[""]
    assert all(isinstance(term, NamedNode | Literal) for triple in triples for term in triple)
    assert all(
        triple.subject.value.startswith("https://w3id.org/.well-known/genid/")
        for triple in triples
        if isinstance(triple.subject, NamedNode) and triple.subject != node("ns#A")
    )


@pytest.mark.parametrize(
    "text",
    [
        "\\u0041",
        '"\\',
        "a\nb\r\t",
        "\x00\x07\x7f",
        "\u2028\ufffe",
        "\\\\u0022 } ; DROP ALL #",
        "😀 «ёлочки»\u00a0",
        "'''",
    ],
)
def test_every_text_comes_back_as_it_was(store: Store, text: str) -> None:
    name = graph("texts")
    triple = Triple(node("a"), LABEL, Literal(text))
    store.commit(Commit(replace={name: [triple]}, current=frozenset({name})))
    store.commit(Commit(replace={name: [triple, label("b", "другое")]}))
    assert triple in graphs_of(store.snapshot())[""]
    store.commit(Commit(replace={name: []}))
    assert graphs_of(store.snapshot())[""] == set()


@pytest.mark.parametrize(
    ("commit", "message"),
    [
        (Commit(replace={INFERRED: []}), "kept by the store itself"),
        (Commit(current=frozenset({graph("current")})), "kept by the store itself"),
        (Commit(replace={graph("a"): []}, drop=frozenset({graph("a")})), "both changed and dropped"),
        (Commit(replace={graph("a"): []}, describe={graph("a"): []}), "both replaced and described"),
        (Commit(current=frozenset({graph("a")}), past=frozenset({graph("a")})), "both joins and leaves"),
        (Commit(replace={graph("a"): [Quad(node("x"), LABEL, node("y"), graph("b"))]}), "names the graph"),
    ],
)
def test_a_contradictory_commit_writes_nothing(store: Store, commit: Commit, message: str) -> None:
    with pytest.raises(CommitError, match=message):
        store.commit(commit)
    assert store.version == 0


def test_one_roadmap_twice_in_one_commit_writes_nothing(store: Store) -> None:
    with pytest.raises(CommitError, match="comes twice"):
        store.commit_documents([document("tomsk", "v1"), document("tomsk", "v2")])
    assert store.version == 0


def test_an_error_in_a_rule_writes_nothing_and_the_next_commit_is_whole(tmp_path: Path) -> None:
    failing = True

    def rule(workspace: Workspace) -> Iterable[Triple]:
        if failing:
            raise RuntimeError("rule")
        return involves(workspace)

    with Store.open(tmp_path, rules=[rule]) as store:
        with pytest.raises(RuntimeError, match="rule"):
            store.commit_document(document("tomsk", "v1"))
        assert store.version == 0
        assert list(store.snapshot().triples()) == []
        failing = False
        store.commit_document(document("tambov", "v1"))
        assert_default_graph_is_the_merge(store.snapshot())
        assert graph("tomsk_v1") not in store.snapshot().graphs()


def test_a_reopened_store_continues_where_it_was(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[involves]) as store:
        store.commit_documents([document("tomsk", "v1"), document("tambov", "v1")])
    with Store.open(tmp_path, rules=[involves]) as store:
        assert store.version == 1
        store.commit_document(document("tomsk", "v2"))
        assert store.current_graphs() == {
            graph(name) for name in ("tomsk_v2", "tambov_v1", "persons/tomsk_v2", "persons/tambov_v1")
        }
        assert_default_graph_is_the_merge(store.snapshot())


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(store: Store) -> None:
    with pytest.raises(StoreBusyError, match=r"Another process is writing to .*data \(waited 0.2 s\)"):
        Store.open(store.folder.path, lock_timeout=0.2, rules=[])


def test_a_second_writer_gets_its_turn(store: Store) -> None:
    threading.Timer(0.3, store.close).start()
    with Store.open(store.folder.path, lock_timeout=PATIENCE, rules=[]) as second:
        assert second.version == 0


def test_commits_of_several_threads_are_all_there(store: Store) -> None:
    def load(slug: str) -> None:
        for version in range(3):
            store.commit_document(document(slug, f"v{version}"))

    threads = [threading.Thread(target=load, args=(slug,)) for slug in ("tomsk", "tambov", "khorol")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.version == 9
    assert_default_graph_is_the_merge(store.snapshot())


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path, rules=[])
    store.close()
    with pytest.raises(StoreClosedError):
        store.commit_document(document("tomsk", "v1"))


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not ours")
    with pytest.raises(DataFolderError, match=r"is not empty \(it holds letter.txt\)"):
        Store.open(tmp_path, rules=[])


def test_a_folder_of_another_format_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, rules=[]).close()
    (tmp_path / "format").write_text('{"format": 99, "base": "https://w3id.org/vekha/"}')
    with pytest.raises(DataFolderError, match="has format 99, this program reads format 1"):
        Store.open(tmp_path, rules=[])


def test_a_folder_of_another_base_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, rules=[]).close()
    with pytest.raises(DataFolderError, match=r"was made with the base IRI https://w3id\.org/vekha/"):
        Store.open(tmp_path, base="https://example.org/", rules=[])


def test_a_damaged_format_file_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, rules=[]).close()
    (tmp_path / "format").write_text("?")
    with pytest.raises(DataFolderError, match="cannot be read"):
        Store.open(tmp_path, rules=[])


def test_a_live_store_older_than_its_versions_is_refused(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1"))
    (tmp_path / "current").write_text("7")
    with pytest.raises(DataFolderError, match="older than the published version 7"):
        Store.open(tmp_path, rules=[])


def test_originals_are_kept_under_their_hash(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    digest = folder.keep_original("Дорожная карта".encode())
    assert folder.keep_original("Дорожная карта".encode()) == digest
    kept = folder.original(digest)
    assert kept is not None
    assert kept.read_bytes().decode() == "Дорожная карта"
    assert [path.name for path in folder.documents.iterdir()] == [digest]
    kept.write_bytes(b"damaged")
    assert folder.keep_original("Дорожная карта".encode()) == digest
    assert kept.read_bytes().decode() == "Дорожная карта"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_originals_are_their_owners_alone(tmp_path: Path) -> None:
    kept = (folder := DataFolder(tmp_path)).original(folder.keep_original("Иванов И.И.".encode()))
    assert kept is not None
    assert [path.stat().st_mode & 0o077 for path in (kept, folder.documents)] == [0, 0]


def test_temporary_files_of_a_killed_process_are_removed_at_the_next_start(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        kept = store.folder.keep_original(b"x")
    for left in (tmp_path / ".current.0123456789abcdef", store.folder.documents / f".{kept}.0123456789abcdef"):
        left.write_bytes(b"half")
    with Store.open(tmp_path, rules=[]):
        assert not list(tmp_path.rglob(".*.0123456789abcdef"))
        assert store.folder.original(kept)


@pytest.mark.parametrize("digest", ["../format", "0" * 63, "A" * 64, "0" * 64])
def test_what_is_no_kept_hash_has_no_original(tmp_path: Path, digest: str) -> None:
    assert DataFolder(tmp_path).original(digest) is None


triples = st.sets(
    st.tuples(st.sampled_from("abc"), st.sampled_from([str(RESPONSIBLE), str(LABEL)]), st.sampled_from("xyz")),
    max_size=6,
)
steps = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["g1", "g2", "g3"]), triples, max_size=2),
        st.sets(st.sampled_from(["g1", "g2", "g3"])),
        st.sets(st.sampled_from(["g1", "g2", "g3"])),
    ),
    max_size=6,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=steps)
def test_after_any_commits_the_default_graph_is_the_merge_of_the_current_graphs(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[dict[str, set[tuple[str, str, str]]], set[str], set[str]]],
) -> None:
    model: dict[str, set[Triple]] = {}
    current: set[str] = set()
    with Store.open(tmp_path_factory.mktemp("data"), rules=[involves]) as store:
        for contents, joins, leaves in steps:
            fresh = {
                name: {Triple(node(s), NamedNode(p[1:-1]), node(o)) for s, p, o in values}
                for name, values in contents.items()
            }
            leaving = leaves - joins
            store.commit(
                Commit(
                    replace={graph(name): values for name, values in fresh.items()},
                    current=frozenset(graph(name) for name in joins),
                    past=frozenset(graph(name) for name in leaving),
                )
            )
            model |= fresh
            current = (current | joins) - leaving
            graphs = graphs_of(store.snapshot())
            stated = set().union(*(model.get(name, set()) for name in current))
            follows = {Triple(t.subject, INVOLVES, t.object) for t in stated if t.predicate == RESPONSIBLE}
            assert graphs[""] == stated | follows
            assert graphs.get("inferred", set()) == follows - stated
            assert {name: graphs.get(name, set()) for name in model} == model
