"""The benches of the service measure what they say: on small data, with engines that are there."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyoxigraph
import pytest

from bench.engines import ENGINES, Engine, NotInstalledError
from bench.generator import write_folder
from bench.mixed_load import Load, _judge, read
from bench.processes import processor_of, resident_of, tree_of, watching
from bench.service import ask, compare, measure, rest, write_triples
from bench.service_tables import IN_PROCESS, Measured, differing_rows
from tests.patience import PATIENCE, wait_until


@pytest.fixture(scope="module")
def triples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    write_folder(folder / "data", 12_000)
    count = write_triples(folder / "data", folder / "triples.nt")
    assert count > 12_000
    return folder / "triples.nt"


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_every_engine_gives_the_rows_that_the_engine_in_memory_gives(
    name: str, triples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.service.throughput", lambda *_, **__: 1.0)
    monkeypatch.setattr("bench.service.rest", lambda *_, **__: None)
    monkeypatch.setattr("bench.service.WARM_SECONDS", 0.0)
    store = pyoxigraph.Store()
    store.bulk_load(path=str(triples), format=pyoxigraph.RdfFormat.N_TRIPLES)
    found = {known: Measured(known) for known in (IN_PROCESS, name)}
    try:
        with ENGINES[name](tmp_path, triples) as engine:
            compare([engine], found, store=store, turns=0.0, runs=2, seconds=PATIENCE)
            measure(engine, found[name], runs=1, seconds=PATIENCE)
    except NotInstalledError as error:
        pytest.skip(str(error))
    assert not found[name].problems
    assert not differing_rows(found)
    assert [len(asked) for asked in found[name].questions.values()] == [2] * 8
    assert sum(asked[0].rows > 0 for asked in found[IN_PROCESS].questions.values()) >= 7
    assert found[name].large["5 MB"][0].bytes > 100_000


def test_an_engine_rests_when_it_uses_no_processor_any_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = Engine("vekha", "", "", 1)
    monkeypatch.setattr("bench.service.time.sleep", lambda _: None)
    used = iter([1.0, 2.0, 2.0, 2.5, 2.5, 2.5])
    monkeypatch.setattr("bench.service.processor_of", lambda _: next(used))
    rest([engine])
    assert next(used, None) is None
    assert not capsys.readouterr().err
    growing = iter(range(1_000_000))
    monkeypatch.setattr("bench.service.processor_of", lambda _: next(growing))
    rest([engine], seconds=0.0)
    assert capsys.readouterr().err.startswith("vekha: still at work")


def test_memory_and_processor_are_those_of_the_whole_tree() -> None:
    child = """
import time
data = bytearray(b"x" * 80_000_000)
while time.process_time() < 0.5:
    pass
time.sleep(3600)
"""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", parent])
    try:
        with watching(process.pid) as peak:
            wait_until(lambda: processor_of(process.pid) > 0.2 and peak[0] > 80)
        assert len(tree_of(process.pid)) == 2
        assert peak[0] > 80
        assert processor_of(process.pid) > 0.2
    finally:
        for pid in reversed(tree_of(process.pid)):
            os.kill(pid, 9)
        process.wait()
    assert resident_of(process.pid) == 0


class _Answers(http.server.BaseHTTPRequestHandler):
    """Answers each request with the status that the server has next, and says when to come again if it is told to."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, retry = self.server.next_answer  # type: ignore[attr-defined]  # set by the test
        self.send_response(status)
        if retry:
            self.send_header("Retry-After", "5")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815  (the name is the library's)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def run_of(server: http.server.HTTPServer) -> Load:
    engine = Engine("vekha", f"http://127.0.0.1:{server.server_port}/sparql", "", os.getpid())
    return Load(engine, "token", time.monotonic(), pings=[1.0], loaded=1)


@pytest.mark.parametrize(
    ("status", "retry", "is_wrong"),
    [(200, False, False), (504, False, False), (503, True, False), (503, False, True), (500, False, True)],
)
def test_only_the_stated_errors_pass_the_mixed_load(
    server: http.server.HTTPServer, status: int, *, retry: bool, is_wrong: bool
) -> None:
    server.next_answer = status, retry  # type: ignore[attr-defined]  # read by the handler
    run = run_of(server)
    run.query("read", "ASK {}")
    assert bool(run.wrong) is is_wrong
    assert run.answers == {f"read {status}": 1}


def test_growing_memory_a_missing_load_and_processes_left_behind_fail_the_mixed_load(
    server: http.server.HTTPServer,
) -> None:
    run = run_of(server)
    flat = [500.0] * 50
    assert _judge(run, flat, []) == 0
    assert _judge(run, [500.0 + 10 * second for second in range(50)], []) == 1
    assert _judge(run, flat, [123]) == 1
    run.loaded = 0
    assert _judge(run, flat, []) == 1


def test_a_connection_that_breaks_is_wrong(server: http.server.HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(server)
    server.shutdown()
    server.server_close()
    monkeypatch.setattr(Load, "turns", lambda _: iter(range(3)))
    read(run, Random(1))
    assert len(run.wrong) == 3


def test_an_error_is_no_measurement(server: http.server.HTTPServer) -> None:
    server.next_answer = 500, False  # type: ignore[attr-defined]  # read by the handler
    with pytest.raises(RuntimeError, match="status 500"):
        ask(run_of(server).engine, "ASK {}")
