"""Over a real connection: what a client sees of an answer that breaks off, and what the service sees of the client."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.operation.running import RunningQueries
from api.protocols.streaming import HELD_BYTES
from api.settings import read_settings
from graph.workers import WorkerPool
from tests.api.conftest import listening

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
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
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
        query_seconds=20.0,
        budget_seconds=0,
        budget_errors=0,
    )
    app = create_app(settings)
    with listening(app) as port:
        yield Service(port, app)


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def statuses(service: Service) -> list[str]:
    return [record.status for record in service.running.recent()]


def test_a_large_answer_comes_whole(service: Service) -> None:
    answer = service.ask(f"{LONG} LIMIT {ROWS}")
    assert answer.status == 200
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.whole
    assert len(answer.content) > HELD_BYTES
    assert answer.content.count(b"\r\n") == ROWS + 1
    until(lambda: not service.running.listed())
    assert statuses(service)[0] == "done"


def test_an_answer_that_turns_out_too_large_breaks_the_connection_off(service: Service) -> None:
    answer = service.ask(LONG)
    assert answer.status == 200
    assert not answer.whole
    until(lambda: not service.running.listed())
    assert statuses(service)[0] in {"cut", "too-large"}


def test_what_is_found_in_time_has_a_status_and_names_the_limit(service: Service) -> None:
    answer = service.ask(f"SELECT ?s {{ ?s ?p ?o . ?a ?b ?c }} LIMIT {ROWS + 1}")
    assert answer.status == 422
    assert answer.headers["vekha-limit-exceeded"] == str(ROWS)
    assert str(ROWS) in json.loads(answer.content)["detail"].replace("\N{NO-BREAK SPACE}", "")


def test_a_client_that_leaves_ends_its_query(service: Service) -> None:
    until(service.workers.processes)
    connection = service.send(RUNAWAY)
    until(service.running.listed)
    time.sleep(0.3)
    connection.close()
    until(lambda: not service.running.listed(), 20)
    assert statuses(service)[0] == "cancelled"
    assert service.ask("ASK {}").status == 200


def test_a_client_that_leaves_in_the_middle_ends_its_query(service: Service) -> None:
    connection = service.send(f"{LONG} LIMIT {ROWS} # in the middle, so not from the cache")
    assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    connection.close()
    until(lambda: not service.running.listed(), 5)
    assert statuses(service)[0] == "cancelled"
    assert service.ask("ASK {}").status == 200


def test_who_reads_nothing_is_left(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.protocols.streaming.STALL_SECONDS", 0.5)
    with service.send(f"{LONG} LIMIT {ROWS} # not from the cache"):
        until(service.running.listed)
        until(lambda: not service.running.listed(), 10)
        assert statuses(service)[0] != "done"
    assert service.ask("ASK {}").status == 200


def test_head_says_what_get_would(service: Service) -> None:
    for query, status in ((f"{LONG} LIMIT {ROWS}", 200), ("ASK {}", 200), ("nonsense", 400)):
        answer = service.ask(query, "HEAD")
        assert (answer.status, answer.content) == (status, b"")
    until(lambda: not service.running.listed())
