"""
Hostile queries against the real server over HTTP.

Each must end within its limit plus one second with a well-formed answer, while `ASK {}` is answered fast, memory stays
under its bound, and no process is left behind.

    python -m bench.hostile [QUADS]

`QUERIES` are ours, by name; `tests/graph/test_hostile_queries.py` asks them of the workers without the server.  What
counts as well-formed: an answer of the asked format, or problem details (RFC 9457) with a status that is stated.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlencode

from bench.demo import announced_by
from bench.generator import write_folder
from graph.process_memory import proportional_memory

LIMIT: Final = 3.0
READING: Final = 3.0
MEMORY: Final = 512 * 1024**2
WORKERS: Final = 2
CLIENTS: Final = 3
STATED: Final = {200, 400, 403, 413, 422, 501, 503, 504}
BROKEN_OFF: Final = 0

_PRODUCT: Final = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
_ANY: Final = "(!<urn:none>)"
_DOUBLED: Final = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
_REPLACED: Final = " ".join(f'BIND(REPLACE(?x{n}, ".", "$0$0$0$0") AS ?x{n + 1})' for n in range(30))
_ENCODED: Final = " ".join(f"BIND(ENCODE_FOR_URI(CONCAT(?x{n}, '%ё')) AS ?x{n + 1})" for n in range(60))


def _nested(opening: str, inner: str, closing: str, times: int) -> str:
    return opening * times + inner + closing * times


QUERIES: Final[dict[str, str]] = {
    # Products
    "count of a product": f"SELECT (COUNT(*) AS ?n) {{ {_PRODUCT} }}",
    "distinct rows of a product": f"SELECT DISTINCT * {{ {_PRODUCT} }}",
    "groups of a product": f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {_PRODUCT} }} GROUP BY ?a ?d ?g ?j",
    "groups of a product under HAVING": f"SELECT ?a {{ {_PRODUCT} }} GROUP BY ?a HAVING(SUM(STRLEN(STR(?l))) < 0)",
    "far into a product": f"SELECT * {{ {_PRODUCT} }} OFFSET 1000000000000 LIMIT 1",
    "a row that no product has": f"SELECT * {{ {_PRODUCT} FILTER(?a = 'nothing' || ?l = <urn:nothing>) }}",
    "comparison of all with all": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(STR(?c) > STR(?f)) } ORDER BY ?c LIMIT 1",
    "equality of all with all": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f && ?f = ?i) }",
    "triples made of a product": f"CONSTRUCT {{ ?a ?e ?l . ?d ?h ?c }} WHERE {{ {_PRODUCT} }}",
    "new nodes of a product": f"CONSTRUCT {{ [] ?b [ ?e ?i ] }} WHERE {{ {_PRODUCT} }}",
    "description of a product": f"DESCRIBE * {{ {_PRODUCT} }}",
    "everything optional": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"OPTIONAL {{ ?a{n} ?b{n} ?c{n} }}" for n in range(8))
    + " }",
    "difference from a product": f"SELECT * {{ {_PRODUCT} MINUS {{ ?a ?b ?x . ?d ?e ?y }} }}",
    "VALUES times VALUES": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(2000)))} }}" for n in range(5))
    + " }",
    # Sorts and memory
    "sorted product": f"SELECT * {{ {_PRODUCT} }} ORDER BY ?c ?f ?i ?l",
    "product in random order": f"SELECT * {{ {_PRODUCT} }} ORDER BY RAND() LIMIT 1",
    "sorted by a long text": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY CONCAT(STR(?a), STR(?d), STR(?g))",
    "doubled text": f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('0123456789' AS ?x0) {_DOUBLED} }}",
    "text replaced by more text": f"SELECT (STRLEN(?x30) AS ?n) {{ BIND('0123456789' AS ?x0) {_REPLACED} }}",
    "text encoded again and again": f"SELECT (STRLEN(?x60) AS ?n) {{ ?a ?b ?c BIND(STR(?c) AS ?x0) {_ENCODED} }}",
    "GROUP_CONCAT of a product": f"SELECT (GROUP_CONCAT(STR(?l); separator=', ') AS ?n) {{ {_PRODUCT} }}",
    "GROUP_CONCAT of GROUP_CONCAT": "SELECT (GROUP_CONCAT(?x) AS ?y) { ?g ?h ?i "
    "{ SELECT ?d (GROUP_CONCAT(STR(?a)) AS ?x) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?d } }",
    "distinct long texts": "SELECT DISTINCT (CONCAT(STR(?a), STR(?d), STR(?g)) AS ?x) "
    "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "hashes of a product": f"SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?l)))) AS ?x) {{ {_PRODUCT} }}",
    "names without end": f"SELECT (STRUUID() AS ?x) (UUID() AS ?y) {{ {_PRODUCT} }}",
    # Paths
    "path with free ends": f"SELECT (COUNT(*) AS ?n) {{ ?a {_ANY}* ?b . ?c {_ANY}* ?d }}",
    "path in both directions": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:none>|!^<urn:none>)* ?b . ?b ?p ?c }",
    "path of paths": f"SELECT (COUNT(*) AS ?n) {{ ?a ((({_ANY}*)/({_ANY}*))+)* ?b }}",
    "long sequence of paths": f"SELECT (COUNT(*) AS ?n) {{ ?a {'/'.join([_ANY + '*'] * 12)} ?b }}",
    "path through everything that is shared": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:n>/^(!<urn:n>))+ ?b . ?b ?x ?c }",
    "alternatives of alternatives": "SELECT (COUNT(*) AS ?n) { ?a "
    + _nested("(", "!<urn:a>", "|!<urn:b>/!<urn:c>)", 30)
    + " ?b . ?b (!<urn:a>)* ?c }",
    # Traps of the planner
    "UNION joined": "SELECT (COUNT(*) AS ?n) "
    "{ { ?a ?p ?b . ?b ?q ?x } UNION { ?a ?r ?g . ?g ?s ?b } ?b ?t ?c . ?d ?u ?c }",
    "two to the thirtieth": "SELECT (COUNT(*) AS ?n) { " + "{} UNION {} . " * 30 + "}",
    "join after OPTIONAL": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?a <urn:none> ?x } ?x ?y ?z . ?z ?v ?w }",
    "EXISTS in EXISTS": "SELECT * { "
    + "".join(f"?a{n} ?b{n} ?c{n} FILTER NOT EXISTS {{ " for n in range(25))
    + "?x ?y ?a0 FILTER(?y = ?c24)"
    + " }" * 25
    + " }",
    "sub-selects in sub-selects": "SELECT (COUNT(*) AS ?n) { "
    + _nested("{ SELECT * { ?a ?b ?c . ?d ?e ?f . ", "?x ?y ?z", " } }", 20)
    + " }",
    "a thousand patterns": "SELECT (COUNT(*) AS ?n) { "
    + " . ".join(f"?a{n} ?b{n} ?a{n + 1}" for n in range(1000))
    + " }",
    "a star of patterns": "SELECT (COUNT(*) AS ?n) { " + " . ".join(f"?a ?b{n} ?c{n}" for n in range(400)) + " }",
    "five thousand unions": "SELECT (COUNT(*) AS ?n) { " + " UNION ".join(["{ ?a ?b ?c . ?d ?e ?f }"] * 5000) + " }",
    "a chain of differences": "SELECT * { " + "MINUS { ?s ?p ?o } " * 5500 + "}",
    "a list of ten thousand numbers": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c NOT IN ("
    + ", ".join(map(str, range(10_000)))
    + ")) }",
    "all graphs joined": "SELECT (COUNT(*) AS ?n) "
    "{ GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }",
    "a dataset of a thousand graphs": "SELECT (COUNT(*) AS ?n) "
    + " ".join(f"FROM <urn:g{n}>" for n in range(1000))
    + f" {{ {_PRODUCT} }}",
    # Regular expressions
    "backtracking pattern": "SELECT * { ?a ?b ?c BIND(CONCAT('"
    + "a" * 500
    + "', STR(?c)) AS ?x) ?d ?e ?f FILTER(REGEX(?x, '^(a+)+$')) }",
    "counted pattern": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), '((a{0,100}){0,100}){0,100}')) }",
    "pattern from the data": "SELECT (COUNT(*) AS ?n) "
    "{ ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), CONCAT('(', STR(?f), ')+x{0,50}'))) }",
    "classes of all letters": "SELECT (COUNT(*) AS ?n) "
    "{ ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), '(\\\\w{1,50}\\\\W{1,50}){1,20}$', 'i')) }",
    "too long a pattern": f"SELECT * {{ ?a ?b ?c FILTER(REGEX(STR(?c), '{'a?' * 900}')) }}",
    # Texts
    "deep groups": f"SELECT * {_nested('{', '?a ?b ?c', '}', 90)}",
    "too deep groups": f"SELECT * {_nested('{', '?a ?b ?c', '}', 50_000)}",
    "deep brackets": f"SELECT * {{ ?a ?b ?c FILTER{_nested('(', '?c', ')', 90)} }}",
    "deep blank nodes": f"SELECT * {{ ?a ?b {_nested('[ ?x ', '[]', ' ]', 90)} }}",
    "many denials": f"SELECT * {{ ?a ?b ?c FILTER({'!' * 20_000} ?c) }}",
    "too many VALUES": f"SELECT * {{ VALUES ?v {{ {'1 ' * 25_000} }} }}",
    "too long a text": "SELECT * {} #" + "x" * 300_000,
    "quotation marks": '"' * 99_999,
    "angle brackets": "SELECT * { ?a ?b ?c FILTER(?c " + "<" * 90_000,
    "prefixes": " ".join(f"PREFIX p{n}: <urn:{n}>" for n in range(4000))
    + " SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    # Ways out
    "SERVICE": "SELECT * { SERVICE SILENT <http://127.0.0.1:22/> { ?a ?b ?c } }",
    "SERVICE in EXISTS": "ASK { ?a ?b ?c FILTER EXISTS { SERVICE <http://localhost/> { ?a ?b ?c } } }",
    "an update": "INSERT { ?a ?b ?d } WHERE { ?a ?b ?c . ?d ?e ?f }",
}
# Asked of a server whose client then reads nothing.
STREAMS: Final[dict[str, str]] = {
    "endless rows to a client that stops": f"SELECT * {{ {_PRODUCT} }}",
    "endless triples to a client that stops": f"CONSTRUCT {{ [] ?b [ ?e ?l ] }} WHERE {{ {_PRODUCT} }}",
}


def main() -> int:
    quads = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        write_folder(folder, quads)
        with _Server(folder) as server:
            return _attack(server)


class _Server:
    """`vekha serve` on the folder, in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        settings = {
            "DATA": folder,
            "PORT": 0,
            "QUERY_SECONDS": LIMIT,
            "QUERY_READING_SECONDS": READING,
            "QUERY_MEMORY": MEMORY,
            "WORKERS": WORKERS,
            # So that only time and readers end a stream.
            "QUERY_ROWS": 10**9,
            "QUERY_BYTES": 10**12,
            # One address asks everything here, which budgets are there to stop.
            "BUDGET_SECONDS": 0,
            "BUDGET_ERRORS": 0,
        }
        environment = dict(os.environ) | {f"VEKHA_{name}": str(value) for name, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from api.commands.cli import main; main()", "serve"],
            env=environment,
            start_new_session=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        address = announced_by(self.process)
        if address is None:
            raise RuntimeError("the server did not start")
        self.port = int(address.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def ask(self, query: str) -> tuple[int, str, bytes]:
        """Status, media type and body; a connection that breaks off gives status 0."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                "POST",
                "/sparql",
                urlencode({"query": query}),
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Accept": "application/sparql-results+json, text/turtle;q=0.5, application/n-triples;q=0.5",
                },
            )
            response = connection.getresponse()
            return response.status, response.headers.get_content_type(), response.read()
        except http.client.HTTPException:
            return BROKEN_OFF, "", b""
        finally:
            connection.close()

    def tree(self) -> list[int]:
        """Ids of the server's process and all below it."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += [int(child) for child in task.read_text("ascii").split()]
                except OSError:
                    continue
        return found

    def memory(self) -> int:
        return sum(proportional_memory(pid) or 0 for pid in self.tree())


def _attack(server: _Server) -> int:
    start_memory, peak = server.memory(), [0]
    pings: list[float] = []
    stop = threading.Event()

    def ping() -> None:
        while not stop.wait(0.05):
            start = time.monotonic()
            status, _, _ = server.ask("ASK {}")
            pings.append(time.monotonic() - start if status == 200 else 60.0)

    def measure() -> None:
        while not stop.wait(0.2):
            peak[0] = max(peak[0], server.memory())

    watchers = [threading.Thread(target=ping), threading.Thread(target=measure)]
    for watcher in watchers:
        watcher.start()
    waiting = list(QUERIES.items())
    failures: list[str] = []
    lock = threading.Lock()

    def attack() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                name, query = waiting.pop()
            start = time.monotonic()
            status, media_type, body = server.ask(query)
            seconds = time.monotonic() - start
            fault = _fault(status, media_type, body, seconds)
            with lock:
                print(f"{name:45} {status:4} {seconds:6.2f} s {_words(media_type, body)} {fault}", flush=True)
                if fault:
                    failures.append(name)

    attackers = [threading.Thread(target=attack) for _ in range(CLIENTS)]
    for attacker in attackers:
        attacker.start()
    for attacker in attackers:
        attacker.join()
    for name, query in STREAMS.items():
        seconds = _stop_reading(server, query)
        fault = "" if seconds < LIMIT + READING + 1 else "TOO LATE"
        print(f"{name:45}      {seconds:6.2f} s connection ended by the server {fault}", flush=True)
        if fault:
            failures.append(name)
    stop.set()
    for watcher in watchers:
        watcher.join()
    time.sleep(1)
    pids = server.tree()
    rest = server.memory()
    bound = 2 * 1024**3 + 4 * (MEMORY + 192 * 1024**2) + start_memory
    p95 = statistics.quantiles(pings, n=20)[-1]
    server.__exit__()
    left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    print(f"\n{len(QUERIES) + len(STREAMS)} queries, limit {LIMIT:g} s, {CLIENTS} clients, {WORKERS} workers")
    print(
        f"ASK {{}} meanwhile: {len(pings)} times, "
        f"median {statistics.median(pings) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )
    print(
        f"memory of the tree: {start_memory >> 20} MB at first, {peak[0] >> 20} MB at most, "
        f"{rest >> 20} MB at the end; ",
        end="",
    )
    print(f"bound {bound >> 20} MB; processes left behind: {len(left)}")
    problems = [*failures, *(["p95"] if p95 > 0.1 else []), *(["memory"] if peak[0] > bound else []), *map(str, left)]
    print("failed: " + ", ".join(problems) if problems else "all held")
    return bool(problems)


def _fault(status: int, media_type: str, body: bytes, seconds: float) -> str:
    if seconds > LIMIT + 1:
        return "TOO LATE"
    if status == BROKEN_OFF:  # How an error after the first megabytes of an answer is told.
        return ""
    if status not in STATED:
        return "NOT STATED"
    if status == 200:
        return "" if media_type.startswith(("application/sparql-results", "text/turtle", "application/n-")) else "TYPE"
    try:
        problem = json.loads(body)
    except ValueError:
        return "NOT WELL-FORMED"
    whole = media_type == "application/problem+json" and problem.get("status") == status and problem.get("detail")
    return "" if whole else "NOT WELL-FORMED"


def _words(media_type: str, body: bytes) -> str:
    if media_type == "application/problem+json":
        return str(json.loads(body).get("detail"))[:70]
    return f"{len(body)} bytes"


def _stop_reading(server: _Server, query: str) -> float:
    """Seconds until the server ended a connection whose client takes nothing after the first bytes."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: h\r\n\r\n"
        connection.sendall(head.encode())
        connection.recv(10)
        ours, theirs = connection.getsockname()[1], server.port
        while _is_open(theirs, ours) and time.monotonic() < start + 60:
            time.sleep(0.05)
    return time.monotonic() - start


def _is_open(port: int, peer: int) -> bool:
    """Whether the server's end of a connection is still established (state 01 in Linux's table)."""
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        _, local, remote, state = line.split()[:4]
        if int(local[-4:], 16) == port and int(remote[-4:], 16) == peer:
            return state == "01"
    return False


if __name__ == "__main__":
    sys.exit(main())
