"""
The W3C suites through HTTP, this service beside other engines: `make conformance`, or `python -m bench.conformance`.

Runs `../shared/w3c/run_suite.py` against each server, started here on an empty store, and prints one table.  The two
configurations of this service are those of `docs/conformance.md`.  Ends with 1 if one of its goals is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, parse

from api.access.users import Role, Users
from bench.demo import serving
from bench.engines import NotInstalledError, fuseki, oxigraph, rdflib
from bench.papers import SHARED, are_missing
from graph.folder import DataFolder

ROOT: Final = Path(__file__).resolve().parent.parent
W3C: Final = SHARED / "w3c"
ALL_SUITES: Final = ("protocol", "gsp", "sd", "results", "update", "query11", "federated", "rdf", "extras")
# Quick, and all that this service itself decides.
SHORT_SUITES: Final = ("protocol", "gsp", "sd", "extras")
_ENDPOINT: Final = NamedNode("http://www.w3.org/2001/sw/DataAccess/tests/test-query#endpoint")
# The suite asks it to see that SERVICE SILENT goes on without an answer.
_NOBODY: Final = "http://invalid.endpoint.org/sparql"
# The runner plays remote servers on a port of its choice, but an allow-list needs it before: it is given a socket that
# listens already.
_WITH_LISTENER: Final = (
    "import http.server, runpy, socket, sys\n"
    "listener, server = socket.socket(fileno=int(sys.argv[1])), http.server.ThreadingHTTPServer\n"
    "def listening(address, handler):\n"
    "    made = server(address, handler, bind_and_activate=False)\n"
    "    made.socket.close()\n"
    "    made.socket, made.server_address = listener, listener.getsockname()\n"
    "    return made\n"
    "http.server.ThreadingHTTPServer = listening\n"
    "sys.argv = sys.argv[2:]\n"
    "runpy.run_path(sys.argv[0], run_name='__main__')\n"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of the table: manifests whose names fit; `goal` is the least share, `missed` the most failed, of ours."""

    title: str
    manifests: str
    approved_only: bool = False
    share: float | None = None
    most_failed: int | None = None


GROUPS: Final = (
    Group("SPARQL 1.1 Protocol", r"sparql11/protocol", most_failed=0),
    Group("Graph Store Protocol", r"sparql11/graph-store-protocol", most_failed=0),
    Group("Service Description", r"sparql11/service-description", most_failed=0),
    Group(
        "SPARQL 1.1 Update",
        r"sparql11/(add|basic-update|clear|copy|delete|drop|move|syntax-update|update-silent)"
        r"|sparql11/delete-",
        most_failed=0,
    ),
    Group("SPARQL 1.1 results", r"sparql11/(csv-tsv-res|json-res)", most_failed=1),
    Group("SPARQL 1.1 language, approved", r"sparql11/(?!protocol|graph-store|service-description)", True, share=0.993),
    Group("SPARQL 1.1 language, all", r"sparql11/(?!protocol|graph-store|service-description)"),
    Group("RDF 1.1 syntaxes", r"rdf/rdf11|rdf11", most_failed=2),
    Group("extras", r"extras"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one test: `status` is PASS, FAIL or SKIP (not judged)."""

    manifest: str
    name: str
    status: str
    why: str
    approved: bool


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and how the runner reaches it."""

    address: str
    arguments: Sequence[str] = ()
    # Where the runner plays remote servers; None leaves it the choice.
    listener: socket.socket | None = None


@dataclass(slots=True)
class Score:
    passed: int = 0
    failed: int = 0
    missed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        judged = self.passed + self.failed
        return f"{self.passed}/{judged} {100 * self.passed / judged:.1f} %" if judged else "–"


def run_suites(server: Server, suites: Sequence[str], *, tests: Path = W3C, seconds: float = 3600) -> list[Verdict]:
    """What the runner says of the server; its store is emptied."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "tests.json"
        held = [] if server.listener is None else [server.listener.fileno()]
        command = [sys.executable, *(part for number in held for part in ("-c", _WITH_LISTENER, str(number)))]
        command += [str(tests / "run_suite.py"), "--tests", str(tests / "rdf-tests"), "--base-url", server.address]
        command += ["--suites", ",".join(suites)]
        done = subprocess.run(
            [*command, *server.arguments, "--json", str(found), "--quiet"],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            pass_fds=held,
        )
        if done.returncode or not found.is_file():
            raise RuntimeError(f"the runner ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-2000:]}")
        manifests: dict[str, list[dict[str, str]]] = json.loads(found.read_text("utf-8"))
    return [
        Verdict(manifest, test["test"], test["status"], test["why"], bool(test["approved"]))
        for manifest, listed in manifests.items()
        for test in listed
    ]


@contextlib.contextmanager
def opened(folder: Path, tests: Path = W3C) -> Iterator[Server]:
    """Open to the suite's own host: anybody on this machine may write; SERVICE and LOAD reach the runner only."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
        endpoints = [f"{host}/ep/{re.sub(r'[^A-Za-z0-9_]', '_', name)}/sparql" for name in _endpoints(tests)]
        settings = {
            "VEKHA_ANONYMOUS_UPDATE": "true",
            "VEKHA_SERVICES": json.dumps(
                {
                    f"s{number}": {"address": endpoint, "local": True}
                    for number, endpoint in enumerate([*endpoints, f"{host}/ep/any/sparql", _NOBODY])
                }
            ),
            "VEKHA_SOURCES": json.dumps([f"{host}/"]),
            "VEKHA_BUDGET_SECONDS": "0",
            "VEKHA_BUDGET_ERRORS": "0",
        }
        with serving(folder, "serve", settings=_PLAIN | settings) as service:
            yield Server(service.address, _PATHS, listener)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Server]:
    """As it comes: nothing is written without a token, nothing is fetched from anywhere."""
    _user, token = Users(DataFolder(folder / "data").access).add("conformance", Role.ADMIN)
    # The runner shows its token with queries too, and waits for a runaway one.
    settings = {"VEKHA_USER_QUERY_SECONDS": "10"}
    with serving(folder, "serve", settings=_PLAIN | settings) as service:
        yield Server(service.address, [*_PATHS, "--token", token, "--update-open-check"])


@contextlib.contextmanager
def _oxigraph(folder: Path) -> Iterator[Server]:
    with oxigraph(folder) as engine:
        yield Server(engine.query.removesuffix("/query"), ["--preset", "oxigraph"])


@contextlib.contextmanager
def _rdflib(folder: Path) -> Iterator[Server]:
    with rdflib(folder) as engine:
        yield Server(engine.query.rstrip("/"), ["--preset", "rdflib-endpoint", "--load", "insert-where"])


@contextlib.contextmanager
def _fuseki(folder: Path) -> Iterator[Server]:
    with fuseki(folder) as engine:
        paths = ["--query-path", "/query", "--update-path", "/update", "--gsp-path", "/data"]
        yield Server(engine.query.removesuffix("/query"), paths)


_PLAIN: Final = {"VEKHA_DATASET": "plain"}
_PATHS: Final = ("--query-path", "/sparql", "--update-path", "/update", "--gsp-path", "/graphs")
SERVERS: Final[Mapping[str, Callable[[Path], AbstractContextManager[Server]]]] = {
    "vekha open": opened,
    "vekha locked": locked,
    "Oxigraph": _oxigraph,
    "rdflib-endpoint": _rdflib,
    "Fuseki": _fuseki,
}
# Of a server that refuses what the suites of the language need, only these are asked.
_ONLY: Final = {"vekha locked": ("extras",)}


def score(tests: Sequence[Verdict], group: Group) -> Score:
    found = Score()
    for test in tests:
        if not re.search(group.manifests, test.manifest) or (group.approved_only and not test.approved):
            continue
        found.passed += test.status == "PASS"
        found.failed += test.status == "FAIL"
        if test.status == "FAIL":
            found.missed.append(f"{test.manifest.rpartition('/')[2]} {test.name}: {test.why[:160]}")
    return found


def is_met(group: Group, found: Score, name: str) -> bool:
    """Whether one of our configurations reaches its goal; without a judged test there is none."""
    judged = found.passed + found.failed
    if not judged or not name.startswith("vekha"):
        return True
    if group.title == "extras":
        return name != "vekha locked" or found.failed == 0
    if group.most_failed is not None:
        return found.failed <= group.most_failed
    return group.share is None or found.passed / judged >= group.share


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suites", default=",".join(ALL_SUITES))
    parser.add_argument("--servers", default=",".join(SERVERS))
    parser.add_argument("--failed", action="store_true", help="list the failed tests of this service")
    asked = parser.parse_args()
    if are_missing(W3C / "run_suite.py"):
        return 0
    suites = asked.suites.split(",")
    results: dict[str, list[Verdict]] = {}
    for name in asked.servers.split(","):
        with tempfile.TemporaryDirectory(prefix="vekha-conformance-") as folder:
            began = time.monotonic()
            try:
                with SERVERS[name](Path(folder)) as server:
                    results[name] = run_suites(server, [each for each in suites if each in _ONLY.get(name, suites)])
            except NotInstalledError as error:
                print(f"{name}: {error}")
                continue
            print(f"{name}: {len(results[name])} tests in {time.monotonic() - began:.0f} s", flush=True)
    return _print(results, list_failed=asked.failed)


def _print(results: Mapping[str, Sequence[Verdict]], *, list_failed: bool) -> int:
    width = max(len(group.title) for group in GROUPS) + 2
    print("\n" + " " * width + "".join(f"{name:>20}" for name in results))
    missed: list[str] = []
    for group in GROUPS:
        scores = {name: score(tests, group) for name, tests in results.items()}
        print(f"{group.title:<{width}}" + "".join(f"{found!s:>20}" for found in scores.values()))
        missed += [f"{name}: {group.title}" for name, found in scores.items() if not is_met(group, found, name)]
        if list_failed and group.title != "SPARQL 1.1 language, approved":
            for name in (name for name in scores if name.startswith("vekha")):
                for line in scores[name].missed:
                    print(f"    {name}: {line}")
    print("\nNot judged by the runner: tests that a server answers by «not implemented».")
    for goal in missed:
        print(f"below its goal: {goal}")
    return bool(missed)


def _endpoints(tests: Path) -> list[str]:
    """The remote endpoints that the tests of SERVICE name."""
    manifest = tests / "rdf-tests" / "sparql" / "sparql11" / "service" / "manifest.ttl"
    quads = parse(path=str(manifest), format=RdfFormat.TURTLE, base_iri="http://example.org/")
    return sorted({quad.object.value for quad in quads if quad.predicate == _ENDPOINT})


if __name__ == "__main__":
    sys.exit(main())
