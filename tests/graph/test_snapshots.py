from __future__ import annotations

import gc
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode

from graph.changes import Commit
from graph.errors import (
    DataFolderError,
    NothingLoadedError,
    QueryEvaluationError,
    QueryRefusedError,
    QuerySyntaxError,
    StoreClosedError,
    VersionGoneError,
)
from graph.folder import DataFolder
from graph.results import Boolean, Table, Triples
from graph.snapshots import Snapshot, Versions
from graph.store import Store
from tests.graph.quads import BASE, assert_default_graph_is_the_merge, document, graph, label
from tests.patience import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", keep=2, rules=[]) as opened:
        yield opened


def count(snapshot: Snapshot, pattern: str, *, dataset: str = "") -> int:
    found = snapshot.query(f"SELECT (COUNT(*) AS ?n) {dataset} {{ {pattern} }}")
    assert isinstance(found, Table)
    [(number,)] = found.rows
    assert isinstance(number, Literal)
    return int(number.value)


def commit_many(store: Store, versions: range) -> None:
    for version in versions:
        store.commit_document(document("tomsk", f"v{version}", activities=version))


def test_a_snapshot_stays_as_it_is_while_the_writer_goes_on(store: Store) -> None:
    store.commit_document(document("tomsk", "v1", activities=1))
    snapshot = store.snapshot()
    before = set(snapshot.triples())
    commit_many(store, range(2, 8))
    assert set(snapshot.triples()) == before
    assert (snapshot.version, store.snapshot().version) == (1, 7)


def test_old_versions_are_deleted_unless_somebody_reads_them(store: Store) -> None:
    commit_many(store, range(1, 4))
    held = store.versions.open(2)
    commit_many(store, range(4, 8))
    assert store.versions.existing() == [2, 6, 7]
    assert count(held, "?s ?p ?o") == 7
    held.close()
    commit_many(store, range(8, 9))
    assert store.versions.existing() == [7, 8]


def test_a_forgotten_snapshot_keeps_nothing(store: Store) -> None:
    commit_many(store, range(1, 2))
    forgotten = store.versions.open(1)
    del forgotten
    gc.collect()
    commit_many(store, range(2, 5))
    assert store.versions.existing() == [3, 4]


READER = """
import sys
from pathlib import Path
from graph.folder import DataFolder
from graph.snapshots import Versions
snapshot = Versions(DataFolder(Path(sys.argv[1]))).open()
print(snapshot.version, flush=True)
for line in sys.stdin:
    print(len(list(snapshot.triples())), flush=True)
"""


def test_a_version_read_in_another_process_is_kept_until_that_process_is_gone(store: Store) -> None:
    commit_many(store, range(1, 2))
    with subprocess.Popen(
        [sys.executable, "-c", READER, store.folder.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "1\n"
        commit_many(store, range(2, 6))
        assert store.versions.existing() == [1, 4, 5]
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "4\n"
        reader.kill()
        reader.wait()
        commit_many(store, range(6, 7))
        assert store.versions.existing() == [5, 6]
    assert list((store.folder.versions / ".leases").iterdir()) == []


def test_readers_of_many_threads_see_whole_versions_while_the_writer_commits(store: Store) -> None:
    store.commit_document(document("tomsk", "v1", activities=1))
    stop = threading.Event()
    seen: list[tuple[int, int]] = []

    def read() -> None:
        versions = Versions(store.folder)
        while not stop.is_set():
            snapshot = versions.newest()
            seen.append((snapshot.version, count(snapshot, f"?a <{BASE}ns#roadmap> ?r")))

    readers = [threading.Thread(target=read, daemon=True) for _ in range(4)]
    for reader in readers:
        reader.start()
    wait_until(lambda: seen)
    commit_many(store, range(2, 15))
    wait_until(lambda: seen[-1][0] > seen[0][0])
    stop.set()
    for reader in readers:
        reader.join()
    assert all(version == activities for version, activities in seen)


CHECKING_READER = """
import sys
from pathlib import Path
from graph.folder import DataFolder
from graph.snapshots import Versions
from tests.graph.quads import assert_default_graph_is_the_merge
versions = Versions(DataFolder(Path(sys.argv[1])))
seen = set()
while max(seen, default=0) < int(sys.argv[2]):
    snapshot = versions.newest()
    if snapshot.version not in seen:
        assert_default_graph_is_the_merge(snapshot)
        seen.add(snapshot.version)
print(len(seen))
"""


def test_readers_of_other_processes_see_whole_versions_while_the_writer_commits(store: Store, repository: Path) -> None:
    store.commit_document(document("tomsk", "v1", activities=1))
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", CHECKING_READER, store.folder.path, "20"],
            cwd=repository,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    commit_many(store, range(2, 21))
    for reader in readers:
        output, errors = reader.communicate(timeout=3 * PATIENCE)
        assert (reader.returncode, errors) == (0, "")
        assert int(output) >= 1


def test_the_newest_version_is_opened_once(store: Store) -> None:
    commit_many(store, range(1, 2))
    assert store.snapshot() is store.snapshot()
    first = store.snapshot()
    commit_many(store, range(2, 3))
    assert store.snapshot() is not first


def test_plain_patterns_read_the_default_graph_and_count_each_triple_once(store: Store) -> None:
    shared = label("id/body/x", "ТОИПКРО")
    names = [graph("a"), graph("b"), graph("c")]
    store.commit(Commit(replace={name: [shared] for name in names}, current=frozenset(names[:2])))
    snapshot = store.snapshot()
    assert count(snapshot, "?s ?p ?o") == 1
    assert count(snapshot, f"GRAPH ?g {{ ?s ?p ?o FILTER(?o = {shared.object}) }}") == 3


@pytest.mark.parametrize(
    ("dataset", "default", "named"),
    [
        ("FROM {a}", 2, 0),
        ("FROM {a} FROM {a}", 2, 0),
        ("FROM {a} FROM {b}", 3, 0),
        ("FROM {a} FROM {b} FROM NAMED {a} FROM NAMED {b}", 3, 4),
        ("FROM NAMED {b}", 0, 2),
        ("FROM <urn:nothing>", 0, 0),
        ("FROM{a}FROM\n{b}FROMNAMED{a}", 3, 2),
    ],
)
def test_from_makes_a_real_merge(store: Store, dataset: str, default: int, named: int) -> None:
    one, two, three = label("x", "1"), label("x", "2"), label("x", "3")
    a, b = graph("a"), graph("b")
    store.commit(Commit(replace={a: [one, two], b: [two, three]}, current=frozenset({a})))
    clauses = dataset.format(a=a, b=b)
    assert count(store.snapshot(), "?s ?p ?o", dataset=clauses) == default
    assert count(store.snapshot(), "GRAPH ?g { ?s ?p ?o }", dataset=clauses) == named


def test_answers_have_the_type_of_their_query_form(store: Store) -> None:
    store.commit_document(document("tomsk", "v1", activities=1))
    snapshot = store.snapshot()
    assert snapshot.query("ASK { ?s ?p ?o }") == Boolean(value=True)
    assert not snapshot.query("ASK { ?s ?p 0 }")
    assert isinstance(snapshot.query("DESCRIBE ?s WHERE { ?s ?p ?o }"), Triples)
    found = snapshot.query("SELECT ?b ?none ?a { BIND(1 AS ?a) BIND(<urn:x> AS ?b) }")
    assert found == Table(("b", "none", "a"), ((NamedNode("urn:x"), None, Literal(1)),))
    assert list(found.records()) == [{"b": NamedNode("urn:x"), "none": None, "a": Literal(1)}]


def test_a_cut_answer_says_so(store: Store) -> None:
    commit_many(store, range(3, 4))
    found = store.snapshot().query("SELECT * { ?s ?p ?o }", max_rows=4)
    assert isinstance(found, Table)
    assert (len(found.rows), found.complete) == (4, False)


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ("SELECT ?x WHERE {\n  ?x ?y }}", QuerySyntaxError, "Line 2, column 9: «}» cannot stand here"),
        ("SELECT ?x WHERE { ?x vekha:label ?y }", QuerySyntaxError, "column 22: the prefix «vekha:» is not declared"),
        ("", QuerySyntaxError, "Line 1, column 1"),
        ("SELECT * {}\nINSERT DATA {}", QuerySyntaxError, "Line 2"),
        ("SELECT * { SERVICE <http://127.0.0.1/> {} }", QueryRefusedError, "SERVICE"),
        ("LOAD <http://127.0.0.1/>", QueryRefusedError, "LOAD changes data"),
        ("SELECT (<urn:f>(1) AS ?x) {}", QueryEvaluationError, "urn:f"),
        ("SELECT * {} ORDER ?x", QuerySyntaxError, "something is missing"),
    ],
)
def test_a_faulty_query_says_what_and_where(store: Store, query: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        store.snapshot().query(query)


def test_a_closed_snapshot_says_so(store: Store) -> None:
    with store.versions.open() as snapshot:
        assert snapshot.graphs() == []
    with pytest.raises(StoreClosedError, match="version 0 was closed"):
        snapshot.query("ASK {}")


def test_a_version_that_is_gone_says_so(store: Store) -> None:
    commit_many(store, range(1, 5))
    with pytest.raises(VersionGoneError, match="Version 1 "):
        store.versions.open(1)
    with pytest.raises(VersionGoneError, match="the newest is 4"):
        store.versions.open(99)


def test_a_folder_that_is_not_ours_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="not a Vekha data folder"):
        Versions(DataFolder(tmp_path)).open()


def test_a_folder_without_versions_says_so(tmp_path: Path) -> None:
    DataFolder(tmp_path).prepare(BASE)
    with pytest.raises(NothingLoadedError, match="load documents first"):
        Versions(DataFolder(tmp_path)).newest()


def test_leftovers_of_a_killed_writer_are_removed_at_the_next_start(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        commit_many(store, range(1, 3))
        for name in (".new.3", ".old.0"):
            (store.folder.versions / name).mkdir()
            (store.folder.versions / name / "000001.sst").write_bytes(b"half")
    with Store.open(tmp_path, rules=[]) as store:
        assert not [entry.name for entry in store.folder.versions.iterdir() if entry.name.startswith((".new", ".old"))]
        commit_many(store, range(3, 4))
        assert_default_graph_is_the_merge(store.snapshot())
