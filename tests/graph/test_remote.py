"""A remote engine in place of the data folder: Oxigraph's server, Fuseki and Virtuoso, each started on this machine."""

from __future__ import annotations

import contextlib
import gc
import http.server
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, Triple

from bench.engines import ENGINES, Engine, NotInstalledError, fuseki_jar
from bench.generator import Generator
from graph.changes import Commit
from graph.errors import (
    QueryCancelledError,
    QueryEvaluationError,
    QuerySyntaxError,
    QueryTimeoutError,
    RemoteEngineError,
    ResultTooLargeError,
    StoreBusyError,
    UnknownFunctionError,
    VersionGoneError,
)
from graph.evaluation import read_answer
from graph.folder import DataFolder
from graph.guard import Dataset
from graph.inference import infer
from graph.remote import replica as replication
from graph.remote.engine import Address, RemoteEngine
from graph.remote.pool import RemoteEvaluation, RemotePool
from graph.remote.replica import RemoteReplica, ReplicaFollower
from graph.results import Table
from graph.snapshots import Snapshot, Versions
from graph.store import Store
from graph.workers import Limits
from ontology.iris import HOME
from tests.graph.quads import document, involves
from tests.patience import PATIENCE, wait_until

EVERYTHING = "SELECT * { ?s ?p ?o }"
NAMED = "SELECT * { GRAPH ?g { ?s ?p ?o } }"


@dataclass(frozen=True)
class Remote:
    """A running engine and a store whose versions it is given."""

    engine: Engine
    replica: RemoteReplica
    store: Store

    def follow(self) -> int:
        return self.replica.follow(self.store.versions, self.store.folder)

    def pool(self, **limits: float) -> RemotePool:
        patient = {"seconds": PATIENCE, **limits}
        return RemotePool(self.replica, limits=Limits(**patient))  # type: ignore[arg-type]  # numbers of either kind

    def triples(self) -> set[Triple]:
        """The default graph as the engine has it."""
        with self.pool(rows=1_000_000) as pool:
            return as_triples(pool.query(EVERYTHING))

    def graph(self, name: NamedNode) -> set[Triple]:
        with self.pool(rows=1_000_000) as pool:
            return as_triples(pool.query(f"SELECT * {{ GRAPH {name} {{ ?s ?p ?o }} }}"))


def as_triples(found: object) -> set[Triple]:
    assert isinstance(found, Table)
    assert found.complete
    # Engines spell numbers differently («43.0»); our store has one spelling.
    store = pyoxigraph.Store()
    store.extend(Quad(row["s"], row["p"], row["o"]) for row in found.records())  # type: ignore[arg-type]  # terms that fit
    return {quad.triple for quad in store}


@contextlib.contextmanager
def started(name: str, folder: Path) -> Iterator[Remote]:
    with contextlib.ExitStack() as opened:
        try:
            engine = opened.enter_context(ENGINES[name](folder))
        except NotInstalledError as error:
            pytest.skip(str(error))
        address = Address(engine.query, engine.update)
        store = opened.enter_context(Store.open(folder / "data", rules=[infer]))
        yield Remote(engine, RemoteReplica(RemoteEngine(address), HOME, store.versions), store)


def engines_here() -> list[str]:
    """The engines to test: Fuseki's package may be out of reach, then its tests are left out, which the run says."""
    try:
        fuseki_jar()
    except NotInstalledError as error:
        print(f"tests of Fuseki are left out: {error}", file=sys.stderr)  # noqa: T201
        return ["oxigraph", "virtuoso"]
    return ["oxigraph", "fuseki", "virtuoso"]


@pytest.fixture(scope="module", params=engines_here())
def shared_remote(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    with started(request.param, tmp_path_factory.mktemp(request.param)) as remote:
        yield remote


@pytest.fixture
def oxigraph(tmp_path: Path) -> Iterator[Remote]:
    with started("oxigraph", tmp_path) as remote:
        yield remote


def assert_same(remote: Remote, snapshot: Snapshot) -> None:
    assert remote.replica.version() == snapshot.version
    assert remote.triples() == set(snapshot.triples())
    for name in snapshot.graphs():
        assert remote.graph(name) == set(snapshot.triples(name)), name


def test_publishing_roadmaps_gives_the_engine_what_the_data_folder_holds(shared_remote: Remote) -> None:
    """The whole life of a dataset: filled, a roadmap more, a new edition, one gone; realistic data, real ontology."""
    store, generator = shared_remote.store, Generator()
    shared = generator.shared_graphs()
    store.commit(Commit(replace=shared, current=frozenset(shared)))
    first, second, *_ = list(generator.commits(12_000))
    store.commit_document(first)
    assert shared_remote.follow() == store.version
    assert_same(shared_remote, store.snapshot())

    store.commit_document(second)
    copied = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(RemoteReplica, "_copy", lambda *_, **__: copied.append(True))
        shared_remote.follow()
    assert not copied, "a publication is a change, not a new copy"
    assert_same(shared_remote, store.snapshot())

    store.commit(Commit(drop=frozenset({second.graph})))
    store.commit_document(document("khorol", "aaaa", text="Создать «реестр»\n\tнаставников \\ ёж’ 🐿"))
    shared_remote.follow()
    assert_same(shared_remote, store.snapshot())


def test_questions_get_the_same_rows_as_from_the_data_folder(shared_remote: Remote) -> None:
    shared_remote.follow()
    query = """
      PREFIX vekha: <https://w3id.org/vekha/ns#>
      PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
      SELECT ?body (COUNT(DISTINCT ?activity) AS ?n) { ?activity a vekha:Activity ; vekha:actor ?body . }
      GROUP BY ?body ORDER BY DESC(?n) ?body"""
    local = shared_remote.store.snapshot().query(query)
    with shared_remote.pool() as pool:
        remote = pool.query(query)
        assert isinstance(local, Table)
        assert isinstance(remote, Table)
        assert remote.columns == local.columns
        assert remote.rows == local.rows
        assert pool.query("ASK { ?s a <https://w3id.org/vekha/ns#Activity> }")
        assert not pool.query("ASK { ?s a <urn:nothing> }")
        constructed = pool.query("CONSTRUCT { ?s <urn:is> <urn:here> } { ?s a <https://w3id.org/vekha/ns#Roadmap> }")
        graphs = pool.query(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{HOME}')) }}")
    assert len(constructed.triples) >= 1  # type: ignore[union-attr]  # a CONSTRUCT
    known = set(shared_remote.store.snapshot().graphs())
    assert {row[0] for row in graphs.rows} - known <= {NamedNode(f"{HOME}graph/default")}  # type: ignore[union-attr]


def test_a_query_that_is_no_sparql_is_refused_before_it_leaves(shared_remote: Remote) -> None:
    with shared_remote.pool() as pool, pytest.raises(Exception, match="SERVICE"):
        pool.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_a_function_that_the_engine_lacks_is_the_querys_fault(oxigraph: Remote) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    oxigraph.follow()
    with oxigraph.pool() as pool, pytest.raises(UnknownFunctionError, match="<urn:no-such-function>"):
        pool.query("SELECT (<urn:no-such-function>(1) AS ?x) {}")


def test_the_place_of_a_fault_is_that_in_the_text_that_was_sent(shared_remote: Remote) -> None:
    shared_remote.store.commit_document(document("tomsk", "aaaa"))
    shared_remote.follow()
    with shared_remote.pool() as pool, pytest.raises(QuerySyntaxError) as caught:
        pool.query("SELECT *\n{ ?s ?p }", prefixes={"ex": "urn:ex:"})
    assert (caught.value.line, caught.value.column) == (2, 9)


def test_graphs_with_names_of_others_are_seen_and_go(shared_remote: Remote) -> None:
    store, theirs = shared_remote.store, NamedNode("https://example.org/g/их")
    store.commit(
        Commit(replace={theirs: [Triple(theirs, NamedNode("urn:p"), Literal(1))]}, current=frozenset({theirs}))
    )
    shared_remote.follow()
    assert_same(shared_remote, store.snapshot())
    store.commit(Commit(drop=frozenset({theirs})))
    store.folder.delta(store.version).unlink(missing_ok=True)
    shared_remote.follow()
    assert_same(shared_remote, store.snapshot())


def test_dataset_clauses_mean_what_they_say(shared_remote: Remote) -> None:
    store, one, two = shared_remote.store, NamedNode(f"{HOME}graph/one"), NamedNode(f"{HOME}graph/two")
    stated = {name: [Triple(name, NamedNode("urn:p"), Literal(1))] for name in (one, two)}
    store.commit(Commit(replace=stated, current=frozenset(stated)))
    shared_remote.follow()
    count = "SELECT (COUNT(*) AS ?n) {clauses} {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
    with shared_remote.pool() as pool:
        for clauses, dataset, expected in (
            (f"FROM {one}", None, 1),
            (f"FROM NAMED {one}", None, 1),
            (f"FROM {one} FROM NAMED {two}", None, 2),
            ("", Dataset(default=(one,), named=()), 1),
            ("", Dataset(default=(), named=(one, two)), 2),
        ):
            with pool.evaluate(count.format(clauses=clauses), dataset=dataset) as evaluation:
                found = read_answer(evaluation)
            assert isinstance(found, Table)
            assert found.rows == ((Literal(expected),),), (clauses, dataset)


def test_rows_and_bytes_are_limited_and_the_cut_is_told(oxigraph: Remote) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa", activities=500))
    oxigraph.follow()
    with oxigraph.pool(rows=100) as pool:
        cut = pool.query(EVERYTHING)
        assert isinstance(cut, Table)
        assert (len(cut.rows), cut.complete) == (100, False)
        with (
            pool.evaluate(EVERYTHING, table_format=QueryResultsFormat.JSON) as evaluation,
            pytest.raises(ResultTooLargeError),
        ):
            list(evaluation.chunks())
    with oxigraph.pool(bytes=2_000) as pool, pool.evaluate(EVERYTHING) as evaluation:
        assert sum(map(len, evaluation.chunks(cut_is_error=False))) <= 2_000
        assert evaluation.cut == "bytes"


def test_a_slow_query_ends_at_its_limit(oxigraph: Remote) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa", activities=800))
    oxigraph.follow()
    product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"
    # It would go on for hours.
    with oxigraph.pool(seconds=1.0) as pool, pytest.raises(QueryTimeoutError, match="longer than 1 s"):
        pool.query(product)


def test_a_cancelled_answer_says_so_and_gives_its_place_back(oxigraph: Remote) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa", activities=3000))
    oxigraph.follow()
    pool = RemotePool(oxigraph.replica, size=1, limits=Limits(rows=10**7, seconds=PATIENCE))
    product = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    with pool.evaluate(product, table_format=QueryResultsFormat.CSV) as evaluation:
        chunks = evaluation.chunks()
        next(chunks)
        evaluation.cancel()
        with pytest.raises(QueryCancelledError):
            list(chunks)
    with pool.evaluate(product) as abandoned:
        next(abandoned.chunks())
    assert pool.query("ASK {}")


def test_older_versions_are_not_to_be_had(oxigraph: Remote) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    oxigraph.store.commit_document(document("tomsk", "bbbb"))
    oxigraph.follow()
    with oxigraph.pool() as pool:
        assert pool.query("ASK {}", version=2)
        with pytest.raises(VersionGoneError, match="not kept"):
            pool.query("ASK {}", version=1)
        with pytest.raises(VersionGoneError, match="There is no version 3"):
            pool.query("ASK {}", version=3)


def test_the_version_is_that_of_the_data_not_of_late_conclusions(oxigraph: Remote) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    oxigraph.follow()
    late = "<urn:late> <http://www.w3.org/2002/07/owl#versionInfo> {}"
    for number in range(5, 25):
        oxigraph.replica.engine.update(f"INSERT DATA {{ GRAPH <{HOME}graph/current> {{ {late.format(number)} }} }}")
    assert oxigraph.replica.version() == 1


def test_what_another_data_folder_left_there_is_replaced(oxigraph: Remote, tmp_path: Path) -> None:
    """As after a restore: the same numbers, but other versions."""
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    oxigraph.store.commit_document(document("tomsk", "bbbb"))
    oxigraph.follow()
    engine = oxigraph.replica.engine
    with Store.open(tmp_path / "other", rules=[infer]) as store:
        store.commit_document(document("tambov", "cccc"))
        store.commit_document(document("tambov", "dddd"))
        other = Remote(oxigraph.engine, RemoteReplica(engine, HOME, store.versions), store)
        other.follow()
        assert_same(other, store.snapshot())
    # Here there is a third version; what led to it must not be put on top of the other folder's second.
    oxigraph.store.commit_document(document("tomsk", "eeee"))
    again = Remote(oxigraph.engine, RemoteReplica(engine, HOME, oxigraph.store.versions), oxigraph.store)
    again.follow()
    assert_same(again, oxigraph.store.snapshot())


def test_a_restart_goes_on_from_what_the_engine_holds(shared_remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    shared_remote.store.commit_document(document("tomsk", "aaaa"))
    shared_remote.follow()
    shared_remote.store.commit_document(document("tomsk", "bbbb"))
    monkeypatch.setattr(RemoteReplica, "_copy", lambda *_: pytest.fail("the engine held the version before"))
    again = RemoteReplica(shared_remote.replica.engine, HOME, shared_remote.store.versions)
    assert again.follow(shared_remote.store.versions, shared_remote.store.folder) == shared_remote.store.version


def test_an_engine_that_lost_its_data_is_filled_again(oxigraph: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication, "LOOK_SECONDS", 0.0)
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    with ReplicaFollower(oxigraph.replica, oxigraph.store.versions, oxigraph.store.folder):
        wait_until(lambda: held(oxigraph.replica) == 1)
        oxigraph.replica.engine.update("DROP ALL")
        wait_until(lambda: held(oxigraph.replica) == 1)
    assert_same(oxigraph, oxigraph.store.snapshot())


def test_an_engine_without_data_asks_for_patience(oxigraph: Remote) -> None:
    with oxigraph.pool() as pool, pytest.raises(StoreBusyError):
        pool.query("ASK {}")


def test_an_engine_with_data_of_others_is_left_alone(oxigraph: Remote) -> None:
    engine = oxigraph.replica.engine
    engine.update("INSERT DATA { <urn:theirs> <urn:p> <urn:o> }")
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    with pytest.raises(RemoteEngineError, match="not Vekha's"):
        oxigraph.follow()
    assert engine.query("ASK { <urn:theirs> <urn:p> <urn:o> }")


def test_changes_that_were_not_kept_are_copied_whole(oxigraph: Remote) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    oxigraph.follow()
    oxigraph.store.commit_document(document("tomsk", "bbbb", activities=7))
    oxigraph.store.commit_document(document("tambov", "cccc"))
    oxigraph.store.folder.delta(2).unlink()
    oxigraph.follow()
    assert_same(oxigraph, oxigraph.store.snapshot())


def test_a_change_too_large_for_one_request_hides_the_version_until_it_is_whole(
    oxigraph: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    oxigraph.store.commit_document(document("tomsk", "aaaa"))
    oxigraph.follow()
    oxigraph.store.commit_document(document("tambov", "bbbb", activities=300))
    monkeypatch.setattr(replication, "PART", 100)
    told: list[int | None] = []
    update = oxigraph.replica.engine.update

    def refuse_large(text: str) -> None:
        if text.count("\n") > 300:
            raise QueryEvaluationError("too large")
        update(text)
        told.append(held(oxigraph.replica))

    monkeypatch.setattr(oxigraph.replica.engine, "update", refuse_large)
    oxigraph.follow()
    # The two updates of the probe, then the parts, then the note that makes the version whole.
    assert told[:2] + told[-1:] == [1, 1, 2]
    assert set(told[2:-1]) == {None}
    assert len(told) > 10
    assert_same(oxigraph, oxigraph.store.snapshot())


def test_the_follower_publishes_by_itself_and_survives_an_engine_that_is_down(tmp_path: Path) -> None:
    with Store.open(tmp_path / "data", rules=[involves]) as store:
        (tmp_path / "one").mkdir()
        with started("oxigraph", tmp_path / "one") as remote:
            replica = remote.replica
            with ReplicaFollower(replica, store.versions, store.folder) as follower:
                store.commit_document(document("tomsk", "aaaa"))
                wait_until(lambda: held(replica) == 1 and follower.problem is None)
        with ReplicaFollower(replica, store.versions, store.folder) as follower:
            wait_until(lambda: isinstance(follower.problem, RemoteEngineError))
            assert "does not answer" in str(follower.problem)


def held(replica: RemoteReplica) -> int | None:
    with contextlib.suppress(StoreBusyError):
        return replica.version()
    return None


_RESULTS = "application/sparql-results+xml"
_HEAD = '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head><results>'
_ROW = '<result><binding name="s"><uri>urn:a</uri></binding></result>'
_BOMB = """<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rdf:RDF
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:p="urn:p"><rdf:Description rdf:about="urn:a">
  <p:b>&b;</p:b></rdf:Description></rdf:RDF>"""


class _Odd(http.server.BaseHTTPRequestHandler):
    """An engine that is none: the path says what it does."""

    asked: ClassVar[list[str]] = []
    left: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        if self.path in {"/silent", "/stalled"}:
            if self.path == "/stalled":
                self.send_response(200)
                self.send_header("Content-Type", _RESULTS)
                self.end_headers()
                self.wfile.write(f"{_HEAD}{_ROW * 5000}".encode())
            # Nothing more is sent, so this ends when the client closes the connection.
            with contextlib.suppress(OSError):
                self.rfile.read(1)
            self.left.append(self.path)
        elif self.path == "/cutting":
            self.send_response(200)
            self.send_header("Content-Type", _RESULTS)
            self.send_header("X-SPARQL-MaxRows", "3")
            self.end_headers()
            self.wfile.write(f"{_HEAD}{_ROW * 3}</results></sparql>".encode())
        elif self.path == "/bomb":
            self.answer(_BOMB.encode(), "application/rdf+xml")
        elif self.path == "/triples":
            lines = "".join(f"<urn:a> <urn:p> {number} .\n" for number in range(50_000))
            self.answer(lines.encode(), "text/turtle")
        elif self.path == "/redirect":
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:9/sparql")
            self.end_headers()
        elif self.path == "/html":
            self.answer(b"<html>Login</html>", "text/html")
        elif self.path == "/broken":
            self.answer(b'{"head": {"vars": ["s"]}, "results": {"bindings": [', "application/sparql-results+json")
        elif self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.end_headers()
            # Until the client, whose time is limited, breaks off.
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)
        else:
            self.answer(self.headers.get("Authorization", "").encode(), "text/plain", 401)

    def answer(self, body: bytes, media_type: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Whole(RemoteReplica):
    """One that always holds version 1."""

    def version(self, **_: object) -> int:
        return 1

    def dataset(self, asked: Dataset | None, *_: object, **__: object) -> Dataset | None:
        return asked


def odd_pool(address: str, tmp_path: Path, *, seconds: float = PATIENCE) -> RemotePool:
    replica = _Whole(RemoteEngine(Address(address, address)), HOME, Versions(DataFolder(tmp_path)))
    return RemotePool(replica, size=1, limits=Limits(seconds=seconds))


def test_a_query_that_is_cancelled_before_its_answer_begins_leaves_the_engine(odd: str, tmp_path: Path) -> None:
    pool, begun = odd_pool(f"{odd}/silent", tmp_path), list[RemoteEvaluation]()

    def ask() -> None:
        with pytest.raises(QueryCancelledError):
            pool.evaluate("ASK {}", begun=begun.append)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: begun and "/silent" in _Odd.asked)
    begun[0].cancel()
    wait_until(lambda: "/silent" in _Odd.left)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_an_answer_that_stalls_ends_at_the_limit(odd: str, tmp_path: Path) -> None:
    """The library's half-read answer is dropped in the thread that made it, or the interpreter complains."""
    pool = odd_pool(f"{odd}/stalled", tmp_path, seconds=1.0)
    with pytest.raises(QueryTimeoutError, match="longer than 1 s"):
        pool.query("SELECT ?s { ?s ?p ?o }")
    wait_until(lambda: "/stalled" in _Odd.left)
    gc.collect()


def test_where_an_engine_cuts_by_itself_the_cut_is_told(odd: str, tmp_path: Path) -> None:
    found = odd_pool(f"{odd}/cutting", tmp_path).query("SELECT ?s { ?s ?p ?o }")
    assert isinstance(found, Table)
    assert (len(found.rows), found.complete) == (2, False)


def test_an_engine_that_hangs_hangs_nobody_longer_than_the_limit(odd: str, tmp_path: Path) -> None:
    replica = RemoteReplica(RemoteEngine(Address(f"{odd}/silent", "")), HOME, Versions(DataFolder(tmp_path)))
    with pytest.raises(QueryTimeoutError, match="longer than 1 s"):
        RemotePool(replica, limits=Limits(seconds=1.0)).query("ASK {}")


def test_of_triples_no_more_are_kept_than_are_wanted(odd: str) -> None:
    engine = RemoteEngine(Address(f"{odd}/triples", ""))
    with engine.open("CONSTRUCT WHERE { ?s ?p ?o }", rows=10) as answer:
        assert 10 < len(list(answer.found)) < 50_000  # type: ignore[arg-type]  # of a CONSTRUCT


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/redirect", "HTTP status 307"),
        ("/html", "text/html"),
        ("/broken", "SPARQL answer|evaluated"),
        ("/bomb", "application/rdf"),
    ],
)
def test_what_is_no_engine_is_one_sentence(odd: str, path: str, said: str) -> None:
    engine = RemoteEngine(Address(odd + path, odd + path))
    with pytest.raises((RemoteEngineError, QueryEvaluationError), match=said):
        engine.query("ASK {}")


def test_a_byte_now_and_then_does_not_stretch_the_time_limit(odd: str) -> None:
    with pytest.raises((QueryTimeoutError, RemoteEngineError)):
        RemoteEngine(Address(f"{odd}/slow", ""), seconds=1.0).query("ASK {}")


def test_credentials_are_shown_to_the_engine_and_never_told(odd: str) -> None:
    address = odd.replace("//", "//user:secret@") + "/who"
    engine = RemoteEngine(Address(address, address, authorization="Bearer abc"))
    with pytest.raises(RemoteEngineError, match="Bearer abc") as caught:
        engine.query("ASK {}")
    assert "secret" not in str(caught.value)


def test_an_engine_that_is_not_there_is_one_sentence() -> None:
    # Nobody listens there, and nobody else can begin to.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        engine = RemoteEngine(Address(f"http://127.0.0.1:{held.getsockname()[1]}/sparql", ""))
        with pytest.raises(RemoteEngineError, match="is it running"):
            engine.query("ASK {}")


def test_literals_keep_their_type_and_language(shared_remote: Remote) -> None:
    store = shared_remote.store
    subject, graph = NamedNode(f"{HOME}id/roadmap/x"), NamedNode(f"{HOME}graph/x")
    xsd = "http://www.w3.org/2001/XMLSchema#"
    values = [
        Literal("ё"),
        Literal("ё", language="ru"),
        Literal("2024-05-01", datatype=NamedNode(f"{xsd}date")),
        Literal("12.5", datatype=NamedNode(f"{xsd}decimal")),
        Literal("true", datatype=NamedNode(f"{xsd}boolean")),
        Literal("а" * 20_000),
    ]
    stated = [Triple(subject, NamedNode("urn:p"), value) for value in values]
    store.commit(Commit(replace={graph: stated}, current=frozenset({graph})))
    shared_remote.follow()
    assert {triple.object for triple in shared_remote.graph(graph)} == set(values)
