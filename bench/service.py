"""
Vekha as a SPARQL service over HTTP, beside Oxigraph's server, rdflib-endpoint, Fuseki and Virtuoso on the same triples.

    python -m bench.service [QUADS] [--data FOLDER] [--engines vekha,oxigraph,…] [--turns S] [--runs N] [--seconds S]

The data are made up (`bench.generator`); every engine holds the triples of Vekha's default graph.

Each of the eight questions is asked in turns (`bench.turns`): of all servers and of the engine that Vekha is built on,
in this process and in memory, for `--turns` seconds and at least `--runs` times, after two seconds that do not count
and a wait until no server uses the processor any more.  Every server is asked by the same client, over a new connection
each time, for JSON, which is read to the end.  rdflib-endpoint goes on with what nobody waits for any more, so it comes
after the others, in turns with Vekha alone, `--runs` times; what follows a question over time it answers beside that.

Then of each engine alone, while the others wait: answers from Vekha's cache, answers of 5 MB and of a million rows with
the memory of the whole process tree, and questions a second with eight clients.

Wall milliseconds, in brackets those of the processor; where others use the machine only the latter mean anything.
Exit status 1 if counts of rows differ, or if from a million triples on a promise does not hold: at most 1.2 times what
the engine in this process takes plus 10 ms; quicker than Oxigraph's server, rdflib-endpoint and Fuseki, both by the
median of the differences in each turn; from the cache within 5 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import pyoxigraph
from pyoxigraph import DefaultGraph, QueryResultsFormat, RdfFormat

from bench.demo import announced_by
from bench.engines import ENGINES, Engine, NotInstalledError
from bench.generator import write_folder
from bench.processes import processor_of, watching
from bench.service_tables import IN_PROCESS, Measured, broken_promises, differing_rows, print_tables
from bench.turns import Asked, anew, in_turns
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
# Beside what it leaves running nobody else is measured.
APART: Final = ("rdflib",)
# With so many triples what is promised must hold.
PROMISED_FROM: Final = 1_000_000
CLIENTS: Final = 8
_REST: Final = 5.0
WARM_SECONDS: Final = 2.0
# Seconds of the processor in a second with which an engine counts as idle.
_IDLE: Final = 0.03
# So long a question is asked again of the cache, and so often at most.
_AGAIN_SECONDS: Final = 1.0
_MOST_RUNS: Final = 100


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


def compare(
    engines: Sequence[Engine],
    found: Mapping[str, Measured],
    *,
    store: pyoxigraph.Store | None = None,
    turns: float,
    runs: int,
    seconds: float,
) -> None:
    """All questions, asked of the engines and of a store in this process in turns; what was found before is kept."""
    ways: dict[str, Callable[[str], Asked]] = {e.name: partial(ask, e, seconds=seconds) for e in engines}
    if store is not None:
        ways[IN_PROCESS] = partial(ask_store, store)
    fewest = min(2, len(ways))
    rest(engines, seconds=60.0)
    for path in QUESTIONS:
        text = path.read_text("utf-8")
        rest(engines)
        warm = in_turns(ways, text, seconds=WARM_SECONDS, at_least=1, fewest=fewest)
        before = {engine.name: processor_of(engine.pid) for engine in engines}
        left = {name: ways[name] for name in warm.answers}
        taken = in_turns(left, text, seconds=turns, at_least=runs, fewest=fewest)
        for engine in engines:
            if answers := taken.answers.get(engine.name):
                processor = (processor_of(engine.pid) - before[engine.name]) / len(answers) * 1e3
                taken.answers[engine.name] = [replace(asked, processor=processor) for asked in answers]
        for name, answers in taken.answers.items():
            if answers:
                found[name].questions.setdefault(path.stem, answers)
                if own := taken.answers.get("vekha"):
                    found[name].vekha.setdefault(path.stem, own)
        for name, error in (warm.problems | taken.problems).items():
            found[name].problems[path.stem] = _problem(error)


def _problem(error: Exception) -> str:
    return "time" if isinstance(error, TimeoutError) else str(error)[:200]


def rest(engines: Sequence[Engine], *, seconds: float = 5.0) -> None:
    """Wait until no engine does anything, so long at most; told of one that does."""
    end = time.monotonic() + seconds
    while True:
        before = [processor_of(engine.pid) for engine in engines]
        time.sleep(1)
        busy = [e.name for e, used in zip(engines, before, strict=True) if processor_of(e.pid) - used > _IDLE]
        if not busy:
            return
        if time.monotonic() > end:
            print(f"{', '.join(busy)}: still at work while nobody asks", file=sys.stderr)
            return


def measure(engine: Engine, found: Measured, *, runs: int, seconds: float) -> None:
    """What one engine does while nobody else is asked."""
    rest([engine])
    if engine.name == "vekha":
        for question, (name, (accept, beside)) in product(found.questions, FORMS.items()):
            text = (FOLDER / f"{question}.rq").read_text("utf-8")
            again = partial(ask, engine, text, accept=accept, beside=beside, seconds=seconds, keep=False)
            try:
                again()
                found.cached.setdefault(question, {})[name] = repeated(engine, runs, again)
            except (OSError, RuntimeError) as error:
                found.problems[question] = _problem(error)
    statements = (FOLDER / "statements.rq").read_text("utf-8")
    for name, accept, limit in (("5 MB", JSON, 12_000), ("a million rows", "text/csv", 1_000_000)):
        try:
            with watching(engine.pid) as peak:
                asked = ask(engine, f"{statements}LIMIT {limit}", accept=accept, seconds=seconds * 4, keep=False)
            found.large[name] = asked, peak[0]
        except (OSError, RuntimeError) as error:
            found.problems[name] = _problem(error)
    with contextlib.suppress(OSError, RuntimeError):
        found.per_second = throughput(engine, seconds=min(seconds, 10.0))


def throughput(engine: Engine, *, seconds: float) -> float:
    """Answers a second to question 6 for eight clients, no text asked twice."""
    text = (FOLDER / "q6.rq").read_text("utf-8")
    end = time.perf_counter() + seconds

    def client(number: int) -> int:
        count = 0
        while time.perf_counter() < end:
            ask(engine, anew(text, number, count), keep=False)
            count += 1
        return count

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        total = sum(clients.map(client, range(CLIENTS)))
    return total / (time.perf_counter() - started)


def ask_store(store: pyoxigraph.Store, text: str) -> Asked:
    """The same question to the engine in memory, as JSON."""
    wall, processor = time.perf_counter(), time.process_time()
    solutions = store.query(text)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    answer = solutions.serialize(format=QueryResultsFormat.JSON)
    assert answer is not None
    spent = (time.perf_counter() - wall) * 1e3, (time.process_time() - processor) * 1e3
    return Asked(len(answer), _rows(answer), *spent)


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
    names = options.engines.split(",")
    found = {name: Measured(name) for name in (IN_PROCESS, *names)}
    with tempfile.TemporaryDirectory(prefix="vekha-bench-") as temporary, contextlib.ExitStack() as running:
        data = options.data or Path(temporary, "data")
        if options.data is None:
            write_folder(data, options.quads)
        triples = Path(temporary, "triples.nt")
        count = write_triples(data, triples)
        store = pyoxigraph.Store()
        store.bulk_load(path=str(triples), format=RdfFormat.N_TRIPLES)

        def started(name: str, until: contextlib.ExitStack) -> list[Engine]:
            folder = Path(temporary, name)
            folder.mkdir()
            try:
                engine = vekha(data) if name == "vekha" else ENGINES[name](folder, triples)
                return [until.enter_context(engine)]
            except (NotInstalledError, RuntimeError, subprocess.CalledProcessError) as error:
                print(f"{name}: {error}", file=sys.stderr)
                return []

        asked = partial(compare, found=found, runs=options.runs, seconds=options.seconds)
        alone = partial(measure, runs=options.runs, seconds=options.seconds)
        own = started("vekha", running) if "vekha" in names else []
        with contextlib.ExitStack() as peers:
            engines = [engine for name in names if name not in {"vekha", *APART} for engine in started(name, peers)]
            asked(own + engines, store=store, turns=options.turns)
            for engine in own + engines:
                alone(engine, found[engine.name])
        for name in filter(APART.__contains__, names):
            with contextlib.ExitStack() as peer:
                for engine in started(name, peer):
                    asked([*own, engine], turns=0.0)
                    alone(engine, found[name])
    print_tables(count, found)
    differing, broken = differing_rows(found), broken_promises(found)
    for line in differing + broken:
        print(line, file=sys.stderr)
    return bool(differing or (broken and count >= PROMISED_FROM))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.service")
    parser.add_argument("quads", type=int, nargs="?", default=100_000)
    parser.add_argument("--data", type=Path, help="a data folder instead of made-up quads")
    parser.add_argument("--engines", default="vekha,oxigraph,fuseki,virtuoso,rdflib")
    parser.add_argument("--turns", type=float, default=8.0, help="seconds for which each question is asked in turns")
    parser.add_argument("--runs", type=int, default=3, help="how often each question is asked at least")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long is waited for one answer")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
