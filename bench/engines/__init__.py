"""
Other SPARQL engines, each started on a free port of the loopback address in a folder of its own, ended by its id.

| engine | where it comes from |
|---|---|
| `oxigraph` | Oxigraph's own server, a development dependency |
| `rdflib` | rdflib-endpoint, a development dependency |
| `fuseki` | Apache Jena Fuseki: a jar named by FUSEKI_JAR, else in Maven's local repository |
| `virtuoso` | Virtuoso: `virtuoso-t` and `isql-vt` of Debian's virtuoso-opensource-7-bin |
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

START_SECONDS: Final = 180.0
_PORTS: Final = range(20_000, 32_768)
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotInstalledError(Exception):
    """The engine is not on this machine; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine; `default_graph` names the graph that stands for the default one, if it has none of its own."""

    name: str
    query: str
    update: str
    pid: int
    default_graph: str | None = None


Start = Callable[..., AbstractContextManager[Engine]]


@contextlib.contextmanager
def oxigraph(folder: Path, triples: Path | None = None, *, seconds: float = START_SECONDS) -> Iterator[Engine]:
    """Oxigraph's server, on disk; with `triples` (N-Triples) bulk-loaded and optimised before."""
    program = _beside_python("oxigraph")
    location = folder / "oxigraph"
    if triples is not None:
        subprocess.run([program, "load", "--location", location, "--file", triples], check=True, capture_output=True)
        subprocess.run([program, "optimize", "--location", location], check=True, capture_output=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with _running([program, "serve", "--location", str(location), "--bind", f"127.0.0.1:{port}"], folder) as process:
        _wait(f"{address}/query?query=ASK%7B%7D", process, seconds)
        yield Engine("oxigraph", f"{address}/query", f"{address}/update", process.pid)


@contextlib.contextmanager
def rdflib(folder: Path, triples: Path | None = None, *, seconds: float = 600.0) -> Iterator[Engine]:
    """rdflib-endpoint, in memory."""
    program = _beside_python("rdflib-endpoint")
    port = free_port()
    arguments = [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--enable-update"]
    with _running([*arguments, *([str(triples)] if triples else [])], folder) as process:
        _wait(f"http://127.0.0.1:{port}/?query=ASK%7B%7D", process, seconds)
        yield Engine("rdflib", f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/", process.pid)


@contextlib.contextmanager
def fuseki(folder: Path, triples: Path | None = None, *, seconds: float = START_SECONDS) -> Iterator[Engine]:
    """Fuseki over TDB2 on disk; with `triples` loaded by its bulk loader before."""
    java, jar = shutil.which("java"), fuseki_jar()
    if java is None:
        raise NotInstalledError("Fuseki needs Java: apt-get install default-jre-headless")
    location = folder / "fuseki"
    location.mkdir()
    if triples is not None:
        loader = [java, "-cp", str(jar), "tdb2.tdbloader", "--loc", str(location), str(triples)]
        subprocess.run(loader, check=True, capture_output=True, cwd=folder)
    port = free_port()
    address = f"http://127.0.0.1:{port}/data"
    arguments = [
        java,
        "-jar",
        str(jar),
        "--localhost",
        "--port",
        str(port),
        "--update",
        "--tdb2",
        "--loc",
        str(location),
    ]
    with _running([*arguments, "/data"], folder) as process:
        _wait(f"{address}/query?query=ASK%7B%7D", process, seconds)
        yield Engine("fuseki", f"{address}/query", f"{address}/update", process.pid)


@contextlib.contextmanager
def virtuoso(folder: Path, triples: Path | None = None, *, seconds: float = START_SECONDS) -> Iterator[Engine]:
    """Virtuoso with updates allowed to everybody; `triples` go to a graph that stands for the default one it lacks."""
    program, shell = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if program is None or shell is None:
        raise NotInstalledError("Virtuoso is missing: apt-get install virtuoso-opensource-7-bin")
    port, sql = free_ports(2)
    (folder / "virtuoso").mkdir()
    settings = files("bench.engines").joinpath("virtuoso.ini").read_text("utf-8")
    (folder / "virtuoso.ini").write_text(settings.format(folder=folder / "virtuoso", port=port, sql=sql, load=folder))
    address = f"http://127.0.0.1:{port}/sparql"
    with _running([program, "+foreground", "+configfile", str(folder / "virtuoso.ini")], folder) as process:
        _wait(f"{address}?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D", process, seconds)
        commands = 'GRANT SPARQL_UPDATE TO "SPARQL";'
        graph = "urn:x-bench:default"
        if triples is not None:
            linked = folder / "load.nt"
            linked.symlink_to(triples)
            commands += f"ld_dir('{folder}', 'load.nt', '{graph}'); rdf_loader_run(); checkpoint;"
        _sql([shell, f"127.0.0.1:{sql}", "dba", "dba"], commands, folder)
        yield Engine("virtuoso", address, address, process.pid, graph if triples is not None else None)


ENGINES: Final[Mapping[str, Start]] = {
    "oxigraph": oxigraph,
    "rdflib": rdflib,
    "fuseki": fuseki,
    "virtuoso": virtuoso,
}


def fuseki_jar() -> Path:
    """
    Fuseki's server with everything in one jar.

    Raises:
        NotInstalledError: If there is none.
    """
    named = os.environ.get("FUSEKI_JAR")
    found = sorted((Path.home() / ".m2/repository/org/apache/jena/jena-fuseki-server").glob("*/*[0-9].jar"))
    if named:
        found = [Path(named)]
    if not found or not found[-1].is_file():
        raise NotInstalledError(
            "Fuseki is missing: mvn dependency:get -Dtransitive=false "
            "-Dartifact=org.apache.jena:jena-fuseki-server:5.5.0, or name its jar by FUSEKI_JAR"
        )
    return found[-1]


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """
    Ports of the loopback address on which nobody listens, all different.

    They are none of those that systems give to connections, so that nobody gets one by chance before it is used.
    """
    found: list[int] = []
    with contextlib.ExitStack() as held:
        while len(found) < count:
            port = _PORTS.start + secrets.randbelow(len(_PORTS))
            with contextlib.suppress(OSError):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
                found.append(port)
    return found


def _beside_python(name: str) -> str:
    path = Path(sys.executable).parent / name
    found = str(path) if path.exists() else shutil.which(name)
    if found is None:
        raise NotInstalledError(f"{name} is missing: it is a development dependency (make test installs it)")
    return found


@contextlib.contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "engine.log"
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the engine ended with {process.returncode}; see engine.log")
        with contextlib.suppress(OSError):
            with _DIRECT.open(address, timeout=5) as answer:
                answer.read()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the engine did not answer within {seconds:g} s")


def _sql(command: list[str], commands: str, folder: Path) -> None:
    lines = commands.replace(";", ";\n")
    done = subprocess.run(
        [*command, "VERBOSE=OFF"], input=lines, capture_output=True, text=True, cwd=folder, check=False
    )
    if done.returncode or "*** Error" in done.stdout + done.stderr:
        raise RuntimeError(f"isql-vt: {done.stdout}{done.stderr}")
