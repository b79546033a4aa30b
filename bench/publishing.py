"""
Publishing roadmaps into a large store: when readers see each, and whether any query fails meanwhile.

    python -m bench.publishing [QUADS] [--data FOLDER] [--times N]

The store is made up (`bench.generator`) or a copy of FOLDER; the server runs as people run it, and documents of the
made-up corpus are handed to it one by one, as `vekha load` does.  Four clients ask questions all the time, one more
watches the version of the answers.  «commit» is the server's own figure, from the beginning of the commit until it is
acknowledged; «seen» is the time from the moment at which the data folder names the new version until the first answer
of it (a millisecond later or earlier: the folder is looked at so often), «asked» until that answer was asked for, the
rest of which is its waiting and working; «told» until the loader hears of it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from api.importing.loading import load
from api.settings import read_settings
from bench.engines import Engine
from bench.folder import write_folder as write_documents
from bench.generator import write_folder
from bench.processes import resident_of
from bench.service import QUESTIONS, vekha
from graph.folder import DataFolder
from graph.snapshots import Versions

CLIENTS = 4


@dataclass(slots=True)
class Readers:
    """What clients saw: statuses of answers, slowest first, and when each version was first answered from."""

    engine: Engine
    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    seen: dict[int, float] = field(default_factory=dict)
    asked: dict[int, float] = field(default_factory=dict)
    committed: dict[int, float] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask_questions(self, number: int) -> None:
        # All but the one that takes longest, which says nothing of publishing.
        texts = [path.read_text("utf-8") for path in QUESTIONS if path.stem in {"q3", "q5", "q6", "q8"}]
        count = number
        while not self.over.is_set():
            count += 1
            self._ask(f"{texts[count % len(texts)]}# {number} {count}")

    def watch(self) -> None:
        count = 0
        while not self.over.is_set():
            count += 1
            asked = time.perf_counter()
            version = self._ask(f"ASK {{}} # {count}")
            if version is not None:
                self.asked.setdefault(version, asked)
                self.seen.setdefault(version, time.perf_counter())

    def watch_folder(self, data: Path) -> None:
        versions = Versions(DataFolder(data))
        while not self.over.wait(0.001):
            self.committed.setdefault(versions.current(), time.perf_counter())

    def _ask(self, text: str) -> int | None:
        parts, started = urlsplit(self.engine.query), time.perf_counter()
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            connection.request("GET", f"{parts.path}?{urlencode({'query': text})}", headers={"Accept": "*/*"})
            answer = connection.getresponse()
            answer.read()
            status, version = str(answer.status), answer.getheader("Vekha-Version")
        except OSError as error:
            status, version = type(error).__name__, None
        finally:
            connection.close()
        with self._lock:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, time.perf_counter() - started)
        return int(version) if version else None


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="vekha-bench-") as temporary:
        data, documents = Path(temporary, "data"), Path(temporary, "documents")
        if options.data is None:
            write_folder(data, options.quads)
        else:
            shutil.copytree(options.data, data)
        documents.mkdir()
        write_documents(documents, options.times)
        return publish(data, sorted(documents.iterdir()))


def publish(data: Path, documents: list[Path]) -> int:
    settings = read_settings(data=data)
    commits, seen, failed = [], [], False
    with vekha(data) as engine:
        readers = Readers(engine)
        threads = [threading.Thread(target=readers.ask_questions, args=(number,)) for number in range(CLIENTS)]
        threads.append(threading.Thread(target=readers.watch))
        threads.append(threading.Thread(target=readers.watch_folder, args=(data,)))
        for thread in threads:
            thread.start()
        try:
            for path in documents:
                report = load(settings, [path], lambda _: None)
                acknowledged = time.perf_counter()
                (document,) = report["documents"]
                if document["status"] != "loaded":
                    failed = True
                    print(f"{path.name}: {document['status']} {document['errors']}", file=sys.stderr)
                    continue
                commits.append(document["seconds"]["commit"] * 1e3)
                while report["version"] not in readers.seen and time.perf_counter() - acknowledged < 30:
                    time.sleep(0.001)
                committed = readers.committed[report["version"]]
                seen.append((readers.seen.get(report["version"], float("inf")) - committed) * 1e3)
                asked = (readers.asked.get(report["version"], float("inf")) - committed) * 1e3
                heard = (acknowledged - committed) * 1e3
                told = f"seen {seen[-1]:+.0f} ms, asked {asked:+.0f} ms, told {heard:+.0f} ms"
                print(f"{path.name}: commit {commits[-1]:.0f} ms, {told}, {document['triples']} triples", flush=True)
        finally:
            readers.over.set()
            for thread in threads:
                thread.join()
        memory = resident_of(engine.pid)
    print(f"commit: first {commits[0]:.0f} ms, then median {statistics.median(commits[1:] or commits):.0f} ms")
    print(f"seen after the commit: median {statistics.median(seen):+.0f} ms, latest {max(seen):+.0f} ms")
    print(
        f"queries meanwhile: {dict(readers.statuses)}, slowest {readers.slowest * 1e3:.0f} ms; memory {memory:.0f} MB"
    )
    return failed or set(readers.statuses) != {"200"}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.publishing")
    parser.add_argument("quads", type=int, nargs="?", default=100_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--times", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("VEKHA_")]:
        del os.environ[name]
    sys.exit(main())
