"""Over a real connection: what a client sees of an answer that breaks off, and what the service sees of the client."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.operation.query_log import QueryRecord
from api.operation.running import RunningQueries
from api.protocols.streaming import HELD_BYTES
from api.settings import read_settings
from graph.workers import WorkerPool
from tests.api.conftest import listening
from tests.patience import PATIENCE, wait_until

ROWS = 40_000
LONG = "SELECT * { ?s ?p ?o . ?a ?b ?c }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    content: bytes
    whole: bool


@dataclass(frozen=True)
class Service:
    port: int
    app: FastAPI

    @property
    def running(self) -> RunningQueries:
        found = self.app.state.running
        assert isinstance(found, RunningQueries)
        return found

    @property
    def workers(self) -> WorkerPool:
        found = self.app.state.workers
        assert isinstance(found, WorkerPool)
        return found

    def ask(self, query: str, method: str = "GET") -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, f"/sparql?query={quote(query)}", headers={"Accept": "text/csv"})
            found = connection.getresponse()
            try:
                return Answer(found.status, found.headers, found.read(), whole=True)
            except http.client.IncompleteRead as error:
                return Answer(found.status, found.headers, error.partial, whole=False)

    def send(self, query: str) -> socket.socket:
        """A connection over which the query was sent and nothing read."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
        return connection


@pytest.fixture(scope="module")
def service(examples_folder: Path) -> Iterator[Service]:
    settings = read_settings(
        data=examples_folder,
        workers=1,
        query_rows=ROWS,
        query_bytes=1024**3,
        query_seconds=3600.0,
        budget_seconds=0,
        budget_errors=0,
    )
    app = create_app(settings)
    with listening(app) as port:
        yield Service(port, app)


@pytest.fixture
def ended(service: Service) -> Callable[[], str]:
    """How the query ended that is the first to end in this test, once it has."""
    wait_until(lambda: not service.running.listed())
    known = {record.id for record in service.running.recent()}

    def new() -> list[QueryRecord]:
        return [record for record in service.running.recent() if record.id not in known]

    return lambda: wait_until(new)[-1].status


def test_a_large_answer_comes_whole(service: Service, ended: Callable[[], str]) -> None:
    answer = service.ask(f"{LONG} LIMIT {ROWS}")
    assert answer.status == 200
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.whole
    assert len(answer.content) > HELD_BYTES
    assert answer.content.count(b"\r\n") == ROWS + 1
    assert ended() == "done"


def test_an_answer_that_turns_out_too_large_breaks_the_connection_off(
    service: Service, ended: Callable[[], str]
) -> None:
    answer = service.ask(LONG)
    assert answer.status == 200
    assert not answer.whole
    assert ended() in {"cut", "too-large"}


def test_what_is_found_in_time_has_a_status_and_names_the_limit(service: Service) -> None:
    answer = service.ask(f"SELECT ?s {{ ?s ?p ?o . ?a ?b ?c }} LIMIT {ROWS + 1}")
    assert answer.status == 422
    assert answer.headers["vekha-limit-exceeded"] == str(ROWS)
    assert str(ROWS) in json.loads(answer.content)["detail"].replace("\N{NO-BREAK SPACE}", "")


def test_a_client_that_leaves_ends_its_query(service: Service, ended: Callable[[], str]) -> None:
    connection = service.send(RUNAWAY)
    # It is evaluated: somebody works for it.
    wait_until(lambda: any(getattr(entry._work, "_worker", None) for entry in service.running.listed()))
    connection.close()
    assert ended() == "cancelled"
    assert service.running.listed() == []
    assert service.ask("ASK {}").status == 200


def test_a_client_that_leaves_in_the_middle_ends_its_query(service: Service, ended: Callable[[], str]) -> None:
    connection = service.send(f"{LONG} LIMIT {ROWS} # in the middle, so not from the cache")
    assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    connection.close()
    assert ended() == "cancelled"
    assert service.running.listed() == []
    assert service.ask("ASK {}").status == 200


def test_who_reads_nothing_is_left(service: Service, ended: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.protocols.streaming.STALL_SECONDS", 0.5)
    with service.send(f"{LONG} LIMIT {ROWS} # not from the cache"):
        assert ended() != "done"
    assert service.ask("ASK {}").status == 200


def test_head_says_what_get_would(service: Service) -> None:
    for query, status in ((f"{LONG} LIMIT {ROWS}", 200), ("ASK {}", 200), ("nonsense", 400)):
        answer = service.ask(query, "HEAD")
        assert (answer.status, answer.content) == (status, b"")
    wait_until(lambda: not service.running.listed())
