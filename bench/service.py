"""
Vekha as a SPARQL service over HTTP, beside Oxigraph's server, rdflib-endpoint, Fuseki and Virtuoso on the same triples.

    python -m bench.service [QUADS] [--engines vekha,oxigraph,…] [--data FOLDER] [--runs N] [--seconds S]

The data are made up (`bench.generator`); every engine holds the triples of Vekha's default graph.  Of each question:
the median of runs whose text was never asked before (so no cache answers), the same from Vekha's cache, and the engine
that Vekha is built on, in this process and in memory.  Short questions are asked again and again for a second.  Then
answers of 5 MB and of a million rows, with the memory of the whole process tree, and questions a second with eight
clients.  Wall milliseconds, in brackets those of the processor; where others use the machine only the latter mean
anything.  Counts of rows must agree.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import pyoxigraph
from pyoxigraph import DefaultGraph, QueryResultsFormat, RdfFormat
from rich.console import Console
from rich.table import Table

from bench.demo import announced_by
from bench.engines import ENGINES, Engine, NotInstalledError
from bench.generator import write_folder
from graph.folder import DataFolder
from graph.snapshots import Versions

FOLDER: Final = Path(__file__).parent / "service"
QUESTIONS: Final = sorted(FOLDER.glob("q*.rq"))
JSON: Final = "application/sparql-results+json"
# Forms of answers that Vekha keeps: what is accepted, and fields of the request.
FORMS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "JSON": (JSON, {}),
    "XML": ("application/sparql-results+xml", {}),
    "CSV": ("text/csv", {}),
    "TSV": ("text/tab-separated-values", {}),
    "CSV with labels": ("text/csv", {"labels": "ru"}),
    "XLSX": (JSON, {"format": "xlsx"}),
}
CLIENTS: Final = 8
_REST: Final = 5.0
# So long a question is asked again, and so often at most.
_AGAIN_SECONDS: Final = 1.0
_MOST_RUNS: Final = 100
_TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer: its size, and the milliseconds it took by the clock and, if told, by the server's processors."""

    bytes: int
    rows: int
    wall: float
    processor: float = 0.0


@dataclass(slots=True)
class Measured:
    """What one engine did; `problems` says of a question why there is no number."""

    name: str
    questions: dict[str, list[Asked]] = field(default_factory=dict)
    cached: dict[str, dict[str, list[Asked]]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    large: dict[str, tuple[Asked, float]] = field(default_factory=dict)
    per_second: float = 0.0


@contextlib.contextmanager
def vekha(data: Path, **settings: str) -> Iterator[Engine]:
    """`vekha serve` on a data folder, with limits that no question of the bench reaches."""
    wide = {
        "VEKHA_DATA": str(data),
        "VEKHA_QUERY_SECONDS": "600",
        "VEKHA_QUERY_ROWS": "20000000",
        "VEKHA_QUERY_BYTES": str(4 * 1024**3),
        "VEKHA_QUERY_MEMORY": str(4 * 1024**3),
        "VEKHA_BUDGET_SECONDS": "0",
        "VEKHA_REPLICA": "memory",
        "VEKHA_BUDGET_ERRORS": "0",
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.commands.cli import main; main()", "serve", "--port", "0"],
        cwd=FOLDER.parent.parent,
        env={name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")} | wide,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = announced_by(process)
        if address is None:
            raise RuntimeError("vekha serve ended without a server")
        threading.Thread(target=process.stdout.read, daemon=True).start()
        engine = Engine("vekha", f"{address}/sparql", "", process.pid)
        _settle(engine)
        yield engine
    finally:
        process.terminate()
        process.wait(30)


def _settle(engine: Engine, *, seconds: float = 1200.0) -> None:
    """Wait until the newest version is in memory, and workers have had time to make that memory their own."""
    parts, end = urlsplit(engine.query), time.monotonic() + seconds
    while time.monotonic() < end:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", "/health")
            health = json.loads(connection.getresponse().read())
        if health["version"] is None or health["version_in_memory"] == health["version"]:
            time.sleep(_REST)
            return
        time.sleep(0.2)
    raise RuntimeError(f"the copy in memory was not filled within {seconds:g} s")


def ask(
    engine: Engine,
    text: str,
    *,
    accept: str = JSON,
    seconds: float = 60.0,
    keep: bool = True,
    beside: Mapping[str, str] | None = None,
) -> Asked:
    """
    One question over a connection of its own, read to the end; `beside` are further fields of the request.

    Raises:
        OSError: No answer in time.
        RuntimeError: Another status than 200.
    """
    parts = urlsplit(engine.query)
    fields = {"query": text} | ({"default-graph-uri": engine.default_graph} if engine.default_graph else {})
    fields |= beside or {}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
    started = time.perf_counter()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    with contextlib.closing(connection):
        connection.request("POST", parts.path, urlencode(fields), headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"status {answer.status}: {answer.read(300)!r}")
        size, ends, kept = 0, 0, []
        while chunk := answer.read(65536):
            size += len(chunk)
            ends += chunk.count(b"\n")
            if keep:
                kept.append(chunk)
            if time.perf_counter() - started > seconds:
                raise TimeoutError
    wall = (time.perf_counter() - started) * 1e3
    return Asked(size, _rows(b"".join(kept)) if keep else ends - 1, wall)


def _rows(answer: bytes) -> int:
    solutions = pyoxigraph.parse_query_results(answer, QueryResultsFormat.JSON)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    return sum(1 for _ in solutions)


def repeated(engine: Engine, runs: int, ask_once: Callable[[], Asked]) -> list[Asked]:
    """
    What `ask_once` found in at least `runs` runs, and in more where it is short; the processor's time is their mean.

    Between runs nothing else is done: to look into the processes of a server makes its next answer slower.
    """
    found: list[Asked] = []
    before, started = processor_of(engine.pid), time.perf_counter()
    while len(found) < runs or (len(found) < _MOST_RUNS and time.perf_counter() - started < _AGAIN_SECONDS):
        found.append(ask_once())
    processor = (processor_of(engine.pid) - before) / len(found) * 1e3
    return [replace(asked, processor=processor) for asked in found]


def measure(engine: Engine, *, runs: int, seconds: float) -> Measured:
    found = Measured(engine.name)
    for path in QUESTIONS:
        text = path.read_text("utf-8")
        try:
            first = ask(engine, text, seconds=seconds)
            found.questions[path.stem] = [
                replace(asked, rows=first.rows if asked.bytes == first.bytes else -1)
                for asked in repeated(engine, runs, partial(_ask_anew, engine, text, seconds))
            ]
            if engine.name == "vekha":
                for name, (accept, beside) in FORMS.items():
                    again = partial(ask, engine, text, accept=accept, beside=beside, seconds=seconds, keep=False)
                    again()
                    found.cached.setdefault(path.stem, {})[name] = repeated(engine, runs, again)
        except (OSError, RuntimeError) as error:
            found.problems[path.stem] = "time" if isinstance(error, TimeoutError) else str(error)[:200]
            if isinstance(error, TimeoutError):
                time.sleep(1)
    statements = (FOLDER / "statements.rq").read_text("utf-8")
    for name, accept, limit in (("5 MB", JSON, 12_000), ("a million rows", "text/csv", 1_000_000)):
        try:
            with watching(engine.pid) as peak:
                asked = ask(engine, f"{statements}LIMIT {limit}", accept=accept, seconds=seconds * 4, keep=False)
            found.large[name] = asked, peak[0]
        except (OSError, RuntimeError) as error:
            found.problems[name] = str(error)[:200]
    with contextlib.suppress(OSError, RuntimeError):
        found.per_second = throughput(engine, seconds=min(seconds, 10.0))
    return found


def _ask_anew(engine: Engine, text: str, seconds: float) -> Asked:
    # A comment of its own makes each text a new one for caches.
    return ask(engine, f"{text}# {time.time_ns()}", seconds=seconds, keep=False)


def throughput(engine: Engine, *, seconds: float) -> float:
    """Answers a second to question 6 for eight clients, no text asked twice."""
    text = (FOLDER / "q6.rq").read_text("utf-8")
    end = time.perf_counter() + seconds

    def client(number: int) -> int:
        count = 0
        while time.perf_counter() < end:
            ask(engine, f"{text}# {number} {count} {time.time_ns()}", keep=False)
            count += 1
        return count

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        total = sum(clients.map(client, range(CLIENTS)))
    return total / (time.perf_counter() - started)


@contextlib.contextmanager
def watching(pid: int) -> Iterator[list[float]]:
    """The most megabytes that a process and its children had resident together, looked at every 50 ms."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while True:
            peak[0] = max(peak[0], resident_of(pid))
            if over.wait(0.05):
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def tree_of(pid: int) -> list[int]:
    """A process and all below it (Linux)."""
    found, waiting = [], [pid]
    while waiting:
        number = waiting.pop()
        found.append(number)
        for children in Path(f"/proc/{number}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, children.read_text("ascii").split())
    return found


def processor_of(pid: int) -> float:
    """Seconds of the processor that a process tree has used; those of ended children count too."""
    ticks = 0
    for number in tree_of(pid):
        with contextlib.suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()[11:15]))
    return ticks / _TICK


def resident_of(pid: int) -> float:
    """Megabytes of a process tree, shared pages counted by share (Linux)."""
    total = 0
    for number in tree_of(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{number}/smaps_rollup").read_text("ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1e3


def in_process(triples: Path, runs: int) -> dict[str, list[Asked]]:
    """The same questions to the engine in memory, as JSON."""
    store = pyoxigraph.Store()
    store.bulk_load(path=str(triples), format=RdfFormat.N_TRIPLES)
    found = {}
    for path in QUESTIONS:
        asked: list[Asked] = []
        started = time.perf_counter()
        while len(asked) <= runs or (len(asked) < _MOST_RUNS and time.perf_counter() - started < _AGAIN_SECONDS):
            wall, processor = time.perf_counter(), time.process_time()
            solutions = store.query(path.read_text("utf-8"))
            assert isinstance(solutions, pyoxigraph.QuerySolutions)
            answer = solutions.serialize(format=QueryResultsFormat.JSON)
            assert answer is not None
            spent = (time.perf_counter() - wall) * 1e3, (time.process_time() - processor) * 1e3
            asked.append(Asked(len(answer), _rows(answer), *spent))
        found[path.stem] = asked[1:]
    return found


def write_triples(data: Path, target: Path) -> int:
    """The default graph of the newest version as N-Triples, counted."""
    folder = DataFolder(data)
    version = Versions(folder).current()
    store = pyoxigraph.Store.read_only(str(folder.versions / str(version)))
    store.dump(str(target), RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    with target.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="vekha-bench-") as temporary:
        data = options.data or Path(temporary, "data")
        if options.data is None:
            write_folder(data, options.quads)
        triples = Path(temporary, "triples.nt")
        count = write_triples(data, triples)
        base = in_process(triples, options.runs)
        measured = []
        for name in options.engines.split(","):
            folder = Path(temporary, name)
            folder.mkdir()
            try:
                with vekha(data) if name == "vekha" else ENGINES[name](folder, triples) as engine:
                    measured.append(measure(engine, runs=options.runs, seconds=options.seconds))
            except (NotInstalledError, RuntimeError, subprocess.CalledProcessError) as error:
                print(f"{name}: {error}")
    return _print(count, base, measured)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.service")
    parser.add_argument("quads", type=int, nargs="?", default=100_000)
    parser.add_argument("--engines", default="vekha,oxigraph,fuseki,rdflib,virtuoso")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0)
    return parser.parse_args()


def _print(count: int, base: Mapping[str, list[Asked]], measured: list[Measured]) -> int:
    names = [engine.name for engine in measured]
    table = Table("question", "rows", "in process", *names, title=f"{count:,} triples; ms (processor)")
    differing = []
    for question, asked in base.items():
        rows = asked[0].rows
        cells = []
        for engine in measured:
            own = engine.questions.get(question)
            cells.append(_cell(own) if own else engine.problems.get(question, "–"))
            if own and own[0].rows != rows:
                differing.append(f"{engine.name} {question}: {own[0].rows} rows, {rows} in process")
        table.add_row(question, str(rows), _cell(asked), *cells)
    console = Console(width=160)
    console.print(table)
    kept = Table("from the cache of vekha", *FORMS)
    for engine in measured:
        for question, forms in engine.cached.items():
            kept.add_row(question, *(_cell(forms[name]) for name in FORMS))
    if kept.row_count:
        console.print(kept)
    table = Table("", *names)
    for name in ("5 MB", "a million rows"):
        cells = []
        for engine in measured:
            large = engine.large.get(name)
            told = f"{large[0].wall:.0f} ms, {large[0].bytes / 1e6:.1f} MB, peak {large[1]:.0f} MB" if large else "–"
            cells.append(told if large else engine.problems.get(name, "–"))
        table.add_row(name, *cells)
    table.add_row("q6 a second, 8 clients", *(f"{engine.per_second:.0f}" for engine in measured))
    console.print(table)
    for line in differing:
        print(f"other rows: {line}", file=sys.stderr)
    return bool(differing)


def _cell(asked: list[Asked]) -> str:
    wall, processor = (statistics.median(getattr(one, name) for one in asked) for name in ("wall", "processor"))
    return f"{wall:.1f} ({processor:.0f})"


if __name__ == "__main__":
    sys.exit(main())
