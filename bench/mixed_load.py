"""
All at once for ten minutes: readers, loads, updates, hostile queries, cancels, disconnects, clients that read slowly.

    python -m bench.mixed_load [--minutes M] [--quads N]

It fails if a server error comes that is not one of those the service states (501 an unknown function, 503 busy with
Retry-After, 504 the time limit), if an answer breaks that nobody broke, if memory grows from the second fifth of the
run to the last, if no load came through, or if a process is left behind.  Short runs tell little of memory.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode, urlsplit

from api.access.users import Role, Users
from api.importing.loading import HandOverError, load
from api.settings import Settings, read_settings
from bench.engines import Engine
from bench.folder import write_folder as write_documents
from bench.generator import write_folder
from bench.processes import resident_of, tree_of
from bench.service import FOLDER, QUESTIONS, vekha
from graph.folder import DataFolder

STATED: Final = frozenset((501, 503, 504))
SECONDS: Final = 2.0
GROWTH: Final = 1.15
ALLOWANCE: Final = 64.0
HOSTILE: Final = sorted(FOLDER.glob("hostile-*.rq"))


@dataclass(slots=True)
class Load:
    """One run: who asks, what came, and until when."""

    engine: Engine
    token: str
    end: float
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    pings: list[float] = field(default_factory=list)
    loaded: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def turns(self) -> Iterator[int]:
        return itertools.takewhile(lambda _: time.monotonic() < self.end, itertools.count())

    def count(self, who: str, what: object, *, wrong: str = "") -> None:
        with self._lock:
            self.answers[f"{who} {what}"] += 1
            if wrong and len(self.wrong) < 20:
                self.wrong.append(f"{who}: {wrong}")

    def request(
        self,
        who: str,
        method: str,
        path: str,
        *,
        fields: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """The body of the answer, whose status is counted and judged."""
        parts = urlsplit(self.engine.query)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        body = urlencode(fields) if fields else None
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "en"} | (headers or {})
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            # How a limit that is met after the first megabytes of an answer is told.
            is_told = who == "hostile" and isinstance(error, http.client.IncompleteRead)
            self.count(who, type(error).__name__, wrong="" if is_told else repr(error))
            return b""
        finally:
            connection.close()
        unstated = answer.status >= 500 and answer.status not in STATED
        impatient = answer.status == 503 and not answer.getheader("Retry-After") and b"stopped" not in content
        wrong = f"{answer.status} {content[:300].decode(errors='replace')}" if unstated or impatient else ""
        self.count(who, answer.status, wrong=wrong)
        return content

    @property
    def authorized(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def query(self, who: str, text: str, accept: str = "application/sparql-results+json") -> bytes:
        return self.request(who, "POST", "/sparql", fields={"query": text}, headers={"Accept": accept})


def read(load_: Load, random: Random) -> None:
    texts = [path.read_text("utf-8") for path in QUESTIONS if path.stem not in {"q4", "q7"}]
    pages = ("/", "/help", "/questions/activities-without-responsible", "/api/questions/due-in-month?year=2026&month=5")
    for turn in load_.turns():
        if turn % 4 == 3:
            load_.request("page", "GET", random.choice(pages), headers={"Accept": "text/html, application/json;q=0.9"})
        else:
            accept = random.choice(("text/csv", "application/sparql-results+json", "application/sparql-results+xml"))
            load_.query("read", f"{random.choice(texts)}# {random.randrange(40)}", accept)


def ping(load_: Load, _random: Random) -> None:
    for turn in load_.turns():
        started = time.perf_counter()
        load_.query("ping", f"ASK {{}} # {turn}")
        load_.pings.append((time.perf_counter() - started) * 1e3)
        time.sleep(0.1)


def attack(load_: Load, random: Random) -> None:
    for turn in load_.turns():
        load_.query("hostile", f"{random.choice(HOSTILE).read_text('utf-8')}# {turn}")


def update(load_: Load, random: Random) -> None:
    text = (FOLDER / "update.ru").read_text("utf-8")
    for turn in load_.turns():
        # One of ten graphs holds one statement of now.
        said = text.replace("urn:x-bench:graph", f"urn:x-bench:graph-{random.randrange(10)}").replace("now", str(turn))
        load_.request("update", "POST", "/update", fields={"update": said}, headers=load_.authorized)
        time.sleep(1)


def cancel(load_: Load, _random: Random) -> None:
    for _ in load_.turns():
        listed = load_.request("list", "GET", "/queries", headers=load_.authorized | {"Accept": "application/json"})
        for entry in json.loads(listed or b"{}").get("running", [])[:1]:
            load_.request("cancel", "DELETE", f"/queries/{entry['id']}", headers=load_.authorized)
        time.sleep(0.5)


def disconnect(load_: Load, random: Random) -> None:
    """Clients that go away in the middle, and such that read a little now and then."""
    parts = urlsplit(load_.engine.query)
    all_ = (FOLDER / "statements.rq").read_text("utf-8")
    for turn in load_.turns():
        text = random.choice(HOSTILE).read_text("utf-8") if turn % 2 else all_
        path = f"/sparql?{urlencode({'query': f'{text}# {turn}'})}"
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: */*\r\n\r\n".encode())
            for _ in range(random.randrange(4)):
                connection.settimeout(0.3)
                try:
                    connection.recv(2000)
                except OSError:
                    break
                time.sleep(0.2)
        load_.count("gone", "")


def feed(load_: Load, settings: Settings, documents: list[Path]) -> None:
    """Documents one after another, then again with the figure of the round in their names: new and unchanged ones."""
    for turn in load_.turns():
        path = documents[turn % len(documents)]
        try:
            report = load(settings, [path], lambda _: None)
        except HandOverError as error:
            load_.count("load", "failed", wrong=str(error))
            continue
        status = report["documents"][0]["status"]
        load_.loaded += status == "loaded"
        load_.count("load", status, wrong="" if status != "failed" else str(report["documents"][0]["errors"]))


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="vekha-bench-") as temporary:
        data, documents = Path(temporary, "data"), Path(temporary, "documents")
        write_folder(data, options.quads)
        documents.mkdir()
        write_documents(documents, 20)
        settings = read_settings(data=data)
        _user, token = Users(DataFolder(data).access).add("bench", Role.ADMIN)
        limits = {"QUERY_SECONDS": SECONDS, "QUERY_MEMORY": 1 << 29, "QUERY_ROWS": 200_000, "QUERY_BYTES": 1 << 26}
        with vekha(data, **{f"VEKHA_{name}": str(value) for name, value in limits.items()}) as engine:
            run = Load(engine, token, time.monotonic() + options.minutes * 60)
            memory = _run(run, settings, sorted(documents.iterdir()))
            left = tree_of(engine.pid)
        time.sleep(1)
        behind = [pid for pid in left if Path(f"/proc/{pid}").exists()]
    return _judge(run, memory, behind)


def _run(run: Load, settings: Settings, documents: list[Path]) -> list[float]:
    """Megabytes of the process tree, each second."""
    kinds: list[Callable[[Load, Random], None]] = [read, read, read, ping, attack, attack, update, cancel, disconnect]
    threads = [
        threading.Thread(target=kind, args=(run, Random(number)), daemon=True) for number, kind in enumerate(kinds)
    ]
    threads.append(threading.Thread(target=feed, args=(run, settings, documents), daemon=True))
    for thread in threads:
        thread.start()
    memory = []
    for _ in run.turns():
        time.sleep(1)
        memory.append(resident_of(run.engine.pid))
    for thread in threads:
        thread.join(150)
    return memory


def _judge(run: Load, memory: list[float], behind: list[int]) -> int:
    fifth = max(len(memory) // 5, 1)
    early, late = statistics.median(memory[fifth : 2 * fifth] or memory), statistics.median(memory[-fifth:])
    for what, count in sorted(run.answers.items()):
        print(f"{count:8} {what}")
    pings = sorted(run.pings)
    print(f"ASK {{}}: median {statistics.median(pings):.0f} ms, p95 {pings[int(len(pings) * 0.95)]:.0f} ms")
    told = f"{early:.0f} MB in the second fifth, {late:.0f} MB in the last, {max(memory):.0f} at most"
    print(f"memory of all processes: {told}")
    problems = list(run.wrong)
    if late > early * GROWTH + ALLOWANCE:
        problems.append("memory grew")
    if not run.loaded:
        problems.append("no document was loaded")
    if behind:
        problems.append(f"processes left behind: {behind}")
    for problem in problems:
        print(f"wrong: {problem}", file=sys.stderr)
    return bool(problems)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mixed_load")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--quads", type=int, default=100_000)
    return parser.parse_args()


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("VEKHA_")]:
        del os.environ[name]
    sys.exit(main())
