from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.changes import Commit
from graph.errors import DataFolderError, QueryError
from graph.folder import DataFolder
from graph.replica import Replica, ReplicaError, has_zones, reading_order
from graph.results import Boolean, Table
from graph.store import Store
from graph.workers import Limits, WorkerPool
from ontology.vocabulary import XSD
from tests.graph.pools import ENDLESSLY, ready_workers
from tests.graph.quads import document, graph, label
from tests.patience import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.results import Result

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")

PLAIN = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
EVERYTHING = "SELECT * { { ?s ?p ?o BIND('' AS ?g) } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?g ?s ?p ?o"
GRAPHS = "SELECT ?g { GRAPH ?g {} } ORDER BY ?g"


PATIENT = Limits(seconds=PATIENCE)


def wait_for_version(pool: WorkerPool, version: int) -> None:
    wait_until(lambda: pool.replica.version == version)


def wait_for_workers_in_memory(pool: WorkerPool, count: int) -> set[int]:
    """The processes of the pool, once workers that were forked before the version was in memory have given way."""

    def are_in_memory() -> bool:
        workers = list(pool._forked)
        return len(workers) == count and all(worker.origin and worker.origin[1] for worker in workers)

    wait_until(are_in_memory)
    return set(pool.processes())


def ask(pool: WorkerPool, query: str, *, in_memory: bool, version: int | None = None) -> bytes:
    """The answer, which came from where it should; workers are renewed shortly after the version is told."""

    def answer() -> list[bytes]:
        with pool.evaluate(query, version=version, limits=PATIENT) as evaluation:
            data = b"".join(evaluation.chunks())
        return [data] if evaluation.in_memory is in_memory else []

    [found] = wait_until(answer)
    return found


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
                with pool.evaluate(text, limits=PATIENT) as evaluation:
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


def test_a_worker_that_is_slow_to_follow_keeps_no_other_from_being_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.workers.START_SECONDS", ENDLESSLY)
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=5))
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            wait_for_version(pool, 1)
            wait_for_workers_in_memory(pool, 2)
            [slow] = ready_workers(pool, 1)
            os.kill(slow, signal.SIGSTOP)
            store.commit_document(document("tomsk", "v2", activities=6))
            wait_until(lambda: not pool._lanes["queries"].free)
            [tried] = [pid for pid, lane in pool._of.items() if lane.name == "tries"]
            os.kill(tried, signal.SIGKILL)
            wait_until(lambda: tried not in pool.processes())
            assert pool.query("ASK { ?s ?p ?o }", limits=PATIENT) == Boolean(value=True)
            assert slow in pool.processes()


def test_workers_give_way_where_much_has_changed(tmp_path: Path) -> None:
    """To take it in takes longer than to fork others, which are there before the old ones end."""
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=5))
        with WorkerPool(tmp_path, size=2, replica="memory") as pool:
            wait_for_version(pool, 1)
            before = wait_for_workers_in_memory(pool, 3)
            zygote = pool._zygote
            assert zygote is not None
            # What is told of the changes is compressed.
            texts = [label(f"id/x/{number}", os.urandom(500).hex()) for number in range(2000)]
            store.commit(Commit(replace={graph("extra"): texts}, current=frozenset({graph("extra")})))
            wait_until(lambda: before & set(pool.processes()) == {zygote.process.pid})
            wait_for_version(pool, 2)
            counted = ask(pool, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }", in_memory=True)
            assert b"2006" in counted


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


def test_the_first_query_after_a_commit_is_of_it_and_from_memory(tmp_path: Path) -> None:
    """Disk would answer too, but takes seconds where little of a large version was read before."""
    with Store.open(tmp_path, rules=[], keep=3) as store:
        store.commit_document(document("tomsk", "v1", activities=1))
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            wait_for_version(pool, 1)
            wait_for_workers_in_memory(pool, 2)
            for number in range(2, 12):
                store.commit_document(document("tomsk", f"v{number}", activities=number))
                with pool.evaluate("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }", limits=PATIENT) as evaluation:
                    rows = b"".join(evaluation.chunks())
                assert (evaluation.version, evaluation.in_memory) == (number, True)
                assert rows.splitlines()[1] == f"{number + 1}".encode()
            wait_for_version(pool, 11)
            assert ask(pool, "ASK {}", in_memory=False, version=10)


def test_more_changes_than_wanted_are_not_taken_in(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=1))
        replica = Replica(DataFolder(tmp_path), most=None)
        for _ in replica.fill():
            pass
        assert not replica.follow()
        store.commit_document(document("tomsk", "v2", activities=2))
        told = DataFolder(tmp_path).delta(2).stat().st_size
        assert not replica.follow(most=told - 1)
        assert replica.version == 1
        assert replica.follow(most=told)
        assert replica.version == 2


def test_changes_that_break_off_leave_nothing_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=1))
        replica = Replica(DataFolder(tmp_path), most=None)
        for _ in replica.fill():
            pass
        store.commit_document(document("tomsk", "v2", activities=2))
        with monkeypatch.context() as patch:
            patch.setattr(Replica, "_held", lambda _self, _quads: [None])
            with pytest.raises(TypeError):
                replica.follow()
        assert replica.snapshot is None
        with pytest.raises(ReplicaError):
            replica.follow()


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
            wait_until(lambda: not set(before) & set(pool.processes()))


def test_the_first_commit_reaches_a_pool_that_began_without_data(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with WorkerPool(folder, size=1, replica="auto") as pool:
        with pytest.raises(DataFolderError):
            pool.query("ASK {}", limits=PATIENT)
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
            assert "needs" in wait_until(lambda: pool.replica.reason or "")
            assert b"9007" in ask(pool, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }", in_memory=False)


def test_what_is_too_large_stays_on_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=100))
        with WorkerPool(tmp_path, size=1, replica="auto", replica_memory=3 * 1024) as pool:
            ask(pool, "ASK {}", in_memory=False)
            assert "needs about" in wait_until(lambda: pool.replica.reason or "")
            assert pool.replica.version is None
            ask(pool, "ASK {}", in_memory=False)


def test_what_the_engine_cannot_read_again_stays_on_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[], dataset="plain") as store:
        # Past what refuses such statements.
        long = Literal("x" * 17 * 1024**2)
        store._live.engine.add(Quad(NamedNode("urn:x:a"), NamedNode("urn:x:b"), long))
        store.update("INSERT DATA { <urn:x:a> <urn:x:b> 1 }")
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            assert "could not be read" in wait_until(lambda: pool.replica.reason or "")
            ask(pool, "ASK { ?s ?p 1 }", in_memory=False)


def test_queries_run_while_versions_come(tmp_path: Path) -> None:
    """Readers of many threads get whole versions: the count of activities is that of the version told."""
    query = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"
    failures: list[object] = []
    newest = [0]
    stop = threading.Event()
    with Store.open(tmp_path, rules=[], keep=2) as store:
        store.commit_document(document("tomsk", "v1", activities=1))
        with WorkerPool(tmp_path, size=2, replica="memory", limits=PATIENT) as pool:

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
                    newest[0] = evaluation.version

            readers = [threading.Thread(target=read, daemon=True) for _ in range(4)]
            for reader in readers:
                reader.start()
            for number in range(2, 20):
                store.commit_document(document("tomsk", f"v{number}", activities=number))
                # The next ones come while this one is read.
                wait_until(lambda: failures or newest[0] >= store.version - 1)
            stop.set()
            for reader in readers:
                reader.join()
    assert failures == []


def test_a_killed_zygote_is_replaced(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=5))
        with WorkerPool(tmp_path, size=1, replica="memory") as pool:
            wait_for_version(pool, 1)
            before = set(pool.processes())
            killed = pool._zygote
            assert killed is not None
            killed.process.kill()
            # Its workers end with it, a moment later.
            wait_until(lambda: not before & set(pool.processes()))

            def answer() -> Result | None:
                try:
                    return pool.query("ASK { ?s ?p ?o }", limits=PATIENT)
                except QueryError:
                    return None

            assert wait_until(answer) == Boolean(value=True)
            assert pool._zygote is not killed
            wait_for_version(pool, 1)
            assert isinstance(pool.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", limits=PATIENT), Table)


def test_what_is_read_together_is_filled_together() -> None:
    day = '"2026-01-0{}"^^<http://www.w3.org/2001/XMLSchema#date>'
    dates = [
        f"<urn:{thing}> <urn:{predicate}> {day.format(number)} .\n".encode()
        for number, (predicate, thing) in enumerate([("due", "a"), ("due", "b"), ("end", "a"), ("end", "b")], 1)
    ]
    others = [f"<urn:{thing}> <urn:p> <urn:{end}> .\n".encode() for thing in "ab" for end in "cd"]
    mixed = [*others[::-1], *dates[::2], *dates[1::2]]
    assert list(reading_order(mixed)) == dates + others


def test_spans_of_dates_in_memory_are_those_on_disk(tmp_path: Path) -> None:
    """Days are looked up in memory only while no date has a time zone, with which more terms lie in a span."""
    due, span = NamedNode("urn:due"), XSD.date
    asked = (
        'SELECT ?a ?d { ?a <urn:due> ?d FILTER(?d >= "2026-05-01"^^<http://www.w3.org/2001/XMLSchema#date> '
        '&& ?d <= "2026-05-31"^^<http://www.w3.org/2001/XMLSchema#date>) } ORDER BY ?a ?d'
    )
    days = ["2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01"]
    zoned = ["2026-05-09Z", "2026-05-09+03:00"]
    name = graph("extra")

    def commit(store: Store, values: list[str]) -> int:
        triples = [Triple(NamedNode(f"urn:{value}"), due, Literal(value, datatype=span)) for value in values]
        return store.commit(Commit(replace={name: triples}, current=frozenset({name})))

    with (
        Store.open(tmp_path, rules=[]) as store,
        WorkerPool(tmp_path, size=1, replica="memory") as memory,
        WorkerPool(tmp_path, size=1, replica="disk") as disk,
    ):
        for values, count in ((days, 2), (days + zoned, 4), (days, 2)):
            wait_for_version(memory, commit(store, values))
            found = ask(memory, asked, in_memory=True)
            assert found == ask(disk, asked, in_memory=False)
            assert found.count(b"\n") == count + 1
    with WorkerPool(tmp_path, size=1, replica="memory") as memory:
        wait_for_version(memory, 3)
        assert ask(memory, asked, in_memory=True) == found


def test_zones_of_dates_are_seen_in_lines() -> None:
    plain = b'<urn:a> <urn:p> "2026-05-01"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
    assert not has_zones(b"")
    assert not has_zones(plain * 3)
    assert not has_zones(plain.replace(b"#date>", b"#dateTime>").replace(b"01", b"01T00:00:00Z"))
    for zone in (b"Z", b"+03:00", b"-03:00"):
        assert has_zones(plain + plain.replace(b"-01", b"-01" + zone) + plain)
