from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from graph.changes import Commit
from graph.errors import DataFolderError, QueryError
from graph.folder import DataFolder
from graph.replica import reading_order
from graph.results import Boolean, Table
from graph.store import Store
from graph.workers import Limits, WorkerPool
from tests.graph.quads import document, graph, label

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")

PLAIN = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
EVERYTHING = "SELECT * { { ?s ?p ?o BIND('' AS ?g) } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?g ?s ?p ?o"
GRAPHS = "SELECT ?g { GRAPH ?g {} } ORDER BY ?g"


def wait_for_version(pool: WorkerPool, version: int) -> None:
    end = time.monotonic() + 120
    while pool.replica.version != version:
        assert time.monotonic() < end, pool.replica
        time.sleep(0.01)


def wait_for_workers_in_memory(pool: WorkerPool, count: int) -> set[int]:
    """The processes of the pool, once workers that were forked before the version was in memory have given way."""
    end = time.monotonic() + 120
    while True:
        workers = list(pool._forked)
        versions = [worker.origin and worker.origin[1] for worker in workers]
        if len(workers) == count and None not in versions:
            return set(pool.processes())
        assert time.monotonic() < end, versions
        time.sleep(0.01)


def ask(pool: WorkerPool, query: str, *, in_memory: bool, version: int | None = None) -> bytes:
    """The answer, which came from where it should; workers are renewed shortly after the version is told."""
    end = time.monotonic() + 60
    while True:
        with pool.evaluate(query, version=version, limits=Limits(seconds=30)) as evaluation:
            data = b"".join(evaluation.chunks())
        if evaluation.in_memory is in_memory:
            return data
        assert time.monotonic() < end
        time.sleep(0.02)


def test_memory_and_disk_give_the_same_answers_after_every_commit(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path, rules=[]) as store,
        WorkerPool(tmp_path, size=1, replica="memory") as memory,
        WorkerPool(tmp_path, size=1, replica="disk") as disk,
    ):
        changes: list[Callable[[], object]] = [
            lambda: store.commit_document(document("tomsk", "v1", activities=20)),
            lambda: store.commit_document(document("tambov", "v1", activities=7)),
            lambda: store.commit_document(document("tomsk", "v2", activities=3)),
            lambda: store.commit(
                Commit(replace={graph("extra"): [label("id/x", 'ёж "\n')]}, current=frozenset({graph("extra")}))
            ),
            lambda: store.commit(Commit(drop=frozenset({graph("extra")}))),
            lambda: store.commit_document(document("tomsk", "v3", activities=30)),
        ]
        for change in changes:
            change()
            version = store.snapshot().version
            wait_for_version(memory, version)
            assert ask(memory, PLAIN, in_memory=True) == ask(disk, PLAIN, in_memory=False)
            for query in (EVERYTHING, GRAPHS, PLAIN.replace("{", f"FROM {graph('extra')} {{"), "# graph\n" + PLAIN):
                assert ask(memory, query, in_memory=False) == ask(disk, query, in_memory=False)
            described = "DESCRIBE <https://w3id.org/vekha/id/activity/tomsk_1>"
            told = [ask(pool, described, in_memory=pool is memory).splitlines() for pool in (memory, disk)]
            assert sorted(told[0]) == sorted(told[1])


def test_queries_of_named_graphs_do_not_hide(tmp_path: Path) -> None:
    """The copy in memory holds the default graph alone: what names graphs must never be answered from it."""
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=2))
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            wait_for_version(pool, 1)
            for text in (
                "ASK { GRAPH ?g { ?s ?p ?o } }",
                "ASK { graph ?g { ?s ?p ?o } }",
                "PREFIX g: <urn:g> ASK { FILTER(true) GRAPH?g{ ?s ?p ?o } }",
            ):
                with pool.evaluate(text, limits=Limits(seconds=30)) as evaluation:
                    assert b"true" in b"".join(evaluation.chunks()), text
                assert not evaluation.in_memory


def test_a_text_longer_than_a_step_is_held_whole(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        name = graph("extra")
        text = "ёж " * 400_000
        triples = [label("id/x", text), *(label(f"id/{number}", str(number)) for number in range(30_000))]
        store.commit(Commit(replace={name: triples}, current=frozenset({name})))
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            wait_for_version(pool, 1)
            count = ask(pool, "SELECT (COUNT(*) AS ?n) (MAX(STRLEN(?o)) AS ?long) { ?s ?p ?o }", in_memory=True)
            assert count.splitlines()[1] == f"30001\t{len(text)}".encode()


def test_workers_follow_versions_without_being_replaced(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=5))
        with WorkerPool(tmp_path, size=2, replica="memory") as pool:
            wait_for_version(pool, 1)
            before = wait_for_workers_in_memory(pool, 3)
            for number in range(2, 8):
                store.commit_document(document("tomsk", f"v{number}", activities=number))
                wait_for_version(pool, number)
                rows = ask(pool, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }", in_memory=True)
                assert f"{number + 1}".encode() in rows
            assert set(pool.processes()) == before


def test_updates_from_outside_reach_the_memory(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path, rules=[], dataset="plain") as store,
        WorkerPool(tmp_path, size=1, replica="memory") as memory,
        WorkerPool(tmp_path, size=1, replica="disk") as disk,
    ):
        for text in (
            "INSERT DATA { <urn:a> <urn:p> 1, _:b . GRAPH <urn:g> { <urn:a> <urn:p> [ <urn:q> 'ё'@ru ] } }",
            "DELETE { ?s ?p ?o } INSERT { GRAPH <urn:h> { ?s ?p ?o } } WHERE { ?s ?p ?o FILTER(ISBLANK(?o)) }",
            "CREATE GRAPH <urn:empty>",
            "CLEAR GRAPH <urn:g>",
            "DROP GRAPH <urn:g>",
        ):
            version = store.update(text)
            wait_for_version(memory, version)
            for query in (EVERYTHING, GRAPHS):
                assert ask(memory, query, in_memory=True) == ask(disk, query, in_memory=False), text


def test_while_memory_is_behind_the_newest_version_comes_from_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[], keep=3) as store:
        store.commit_document(document("tomsk", "v1", activities=1))
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            wait_for_version(pool, 1)
            ask(pool, "ASK {}", in_memory=True)
            for number in range(2, 12):
                store.commit_document(document("tomsk", f"v{number}", activities=number))
                with pool.evaluate("ASK { ?s ?p ?o }") as evaluation:
                    list(evaluation.chunks())
                assert evaluation.version == number
            wait_for_version(pool, 11)
            ask(pool, "ASK {}", in_memory=True)
            assert ask(pool, "ASK {}", in_memory=False, version=10)


def test_a_version_whose_changes_are_not_told_is_loaded_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=5))
        with WorkerPool(tmp_path, size=2, replica="memory") as pool:
            wait_for_version(pool, 1)
            before = pool.processes()
            monkeypatch.setattr("graph.live.MOST_STATEMENTS", 0)
            store.commit_document(document("tomsk", "v2", activities=6))
            assert not DataFolder(tmp_path).delta(2).exists()
            wait_for_version(pool, 2)
            assert b"7" in ask(pool, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }", in_memory=True)
            end = time.monotonic() + 60
            while set(before) & set(pool.processes()) and time.monotonic() < end:
                time.sleep(0.02)
            assert not set(before) & set(pool.processes())


def test_the_first_commit_reaches_a_pool_that_began_without_data(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with WorkerPool(folder, size=1, replica="auto") as pool:
        with pytest.raises(DataFolderError):
            pool.query("ASK {}", limits=Limits(seconds=30))
        with Store.open(folder, rules=[]) as store:
            store.commit_document(document("tomsk", "v1", activities=5))
            wait_for_version(pool, 1)
            ask(pool, "ASK {}", in_memory=True)


def test_what_grows_too_large_goes_back_to_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=5))
        with WorkerPool(tmp_path, size=1, replica="auto", replica_memory=3 * 8 * 1024**2) as pool:
            wait_for_version(pool, 1)
            store.commit_document(document("tambov", "v1", activities=9000))
            end = time.monotonic() + 120
            while pool.replica.reason is None and time.monotonic() < end:
                time.sleep(0.05)
            assert "needs" in str(pool.replica.reason)
            assert b"9007" in ask(pool, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }", in_memory=False)


def test_what_is_too_large_stays_on_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=100))
        with WorkerPool(tmp_path, size=1, replica="auto", replica_memory=3 * 1024) as pool:
            ask(pool, "ASK {}", in_memory=False)
            end = time.monotonic() + 60
            while pool.replica.reason is None and time.monotonic() < end:
                time.sleep(0.01)
            assert pool.replica.version is None
            assert "needs about" in str(pool.replica.reason)
            ask(pool, "ASK {}", in_memory=False)


def test_queries_run_while_versions_come(tmp_path: Path) -> None:
    """Readers of many threads get whole versions: the count of activities is that of the version told."""
    query = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"
    failures: list[object] = []
    stop = threading.Event()
    with Store.open(tmp_path, rules=[], keep=2) as store:
        store.commit_document(document("tomsk", "v1", activities=1))
        with WorkerPool(tmp_path, size=2, replica="memory", limits=Limits(seconds=30)) as pool:

            def read() -> None:
                while not stop.is_set():
                    try:
                        with pool.evaluate(query) as evaluation:
                            data = b"".join(evaluation.chunks())
                    except QueryError as error:
                        failures.append(error)
                        return
                    # One subject is the document itself.
                    if f"{evaluation.version + 1}\n".encode() not in data:
                        failures.append((evaluation.version, data))

            readers = [threading.Thread(target=read) for _ in range(4)]
            for reader in readers:
                reader.start()
            for number in range(2, 20):
                store.commit_document(document("tomsk", f"v{number}", activities=number))
                time.sleep(0.05)
            stop.set()
            for reader in readers:
                reader.join()
    assert failures == []


def test_a_killed_zygote_is_replaced(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=5))
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            wait_for_version(pool, 1)
            assert pool._zygote is not None
            pool._zygote.process.kill()
            end = time.monotonic() + 60
            while time.monotonic() < end:
                try:
                    found = pool.query("ASK { ?s ?p ?o }")
                    break
                except QueryError:
                    time.sleep(0.02)
            assert found == Boolean(value=True)
            wait_for_version(pool, 1)
            found = pool.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
            assert isinstance(found, Table)


def test_what_is_read_together_is_filled_together() -> None:
    day = '"2026-01-0{}"^^<http://www.w3.org/2001/XMLSchema#date>'
    dates = [
        f"<urn:{thing}> <urn:{predicate}> {day.format(number)} .\n".encode()
        for number, (predicate, thing) in enumerate([("due", "a"), ("due", "b"), ("end", "a"), ("end", "b")], 1)
    ]
    others = [f"<urn:{thing}> <urn:p> <urn:{end}> .\n".encode() for thing in "ab" for end in "cd"]
    mixed = [*others[::-1], *dates[::2], *dates[1::2]]
    assert list(reading_order(mixed)) == dates + others
