"""A remote engine in place of the data folder: Oxigraph's server, Fuseki and Virtuoso, each started on this machine."""

from __future__ import annotations

import contextlib
import http.server
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, Triple

from bench.engines import ENGINES, Engine, NotInstalledError, fuseki_jar
from bench.generator import Generator
from graph.changes import Commit
from graph.errors import (
    QueryCancelledError,
    QueryEvaluationError,
    QueryTimeoutError,
    RemoteEngineError,
    ResultTooLargeError,
    StoreBusyError,
    VersionGoneError,
)
from graph.inference import infer
from graph.remote import replica as replication
from graph.remote.engine import Address, RemoteEngine
from graph.remote.pool import RemotePool
from graph.remote.replica import RemoteReplica, ReplicaFollower
from graph.results import Table
from graph.snapshots import Snapshot
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
        yield Remote(engine, RemoteReplica(RemoteEngine(address), HOME), store)


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
    with oxigraph.pool() as pool, pytest.raises(QueryEvaluationError):
        pool.query("SELECT (<urn:no-such-function>(1) AS ?x) {}")


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
    with oxigraph.pool(seconds=1.0) as pool, pytest.raises(QueryTimeoutError):
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
        with pytest.raises(VersionGoneError):
            pool.query("ASK {}", version=1)


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


class _Odd(http.server.BaseHTTPRequestHandler):
    """An engine that is none: the path says what it does."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/redirect":
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


@pytest.mark.parametrize(
    ("path", "said"), [("/redirect", "HTTP status 307"), ("/html", "text/html"), ("/broken", "SPARQL answer|evaluated")]
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
