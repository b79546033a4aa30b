"""
What a query worker does: one query at a time, evaluated in a process that others may kill.

On Linux workers are forked from `graph.zygote`; elsewhere the process is `python -m graph.evaluator`.  It ends when its
parent does: the pipe of requests closes, and on Linux the kernel sends SIGKILL.  It opens snapshots read-only, has
limits on memory and processor time, and no network where the system allows that.

Frames (`graph.frames`): a request (JSON) is answered by `h` (head, JSON), any number of `d` (bytes of the result), and
`e` (end, JSON), or by `x` (error, JSON).  Before the head, `s` and `r` speak of other services, and `a` is what they
answered (`graph.federation.messages`); a `c` comes before and one after a newer version is taken in.  `e` and `x` tell
the peak of memory, the version in memory, and whether the worker is `worn`: it holds on to more memory of earlier
queries than it should, and gives it back only by ending.  The request `follow` is answered by `f` (JSON): the version
that stands in memory now.

While nobody asks, a forked worker makes the memory that it shares with others its own (`graph.private_pages`).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat

from graph.errors import GraphError
from graph.federation.messages import FederatedQuery, plain
from graph.folder import DataFolder
from graph.frames import read_frame, write_frame
from graph.guard import Dataset
from graph.private_pages import make_private, shared_ranges
from graph.process_memory import address_space, available_memory, forget_peak, resident_memory, resident_peak
from graph.replica import ReplicaError
from graph.snapshots import Versions
from graph.worker_limits import (
    IDLE_MEMORY,
    UNLIMITED,
    die_with,
    leave_network,
    limit_memory,
    limit_processor_time,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.replica import Replica
    from graph.results import ResultFormat
    from graph.snapshots import Snapshot

# The engine recurses on long chains of operators; the default of 8 MB ends at some thousand links.
_STACK: Final = 64 * 1024 * 1024
_CHUNK: Final = 64 * 1024
# Address space beside the query's own: the stack and arenas of the threads.
_SLACK: Final = 256 * 1024**2
# So long nobody has asked for anything before a worker does something for itself, and so long that may take.
_REST: Final = 0.2
_OWN_SECONDS: Final = 600.0
# Bytes of told changes, compressed: those of some roadmaps, which take some ten milliseconds.
_AT_ONCE: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class Work:
    """
    What a worker works on.

    `memory`: bytes for a query.  `keep`: bytes of earlier queries that it may hold on to.  `replica`: a version as it
    stands in memory.
    """

    folder: Path
    memory: int
    keep: int
    replica: Replica | None = None


def main() -> None:
    """Serve requests until standard input closes."""
    source, output = sys.stdin.buffer, sys.stdout.buffer
    settings = json.loads(read_frame(source)[1])
    die_with(settings["parent"])
    write_frame(output, b"h", json.dumps({"network": leave_network()}).encode())
    serve(source, output, Work(Path(settings["folder"]), settings["memory"], settings["keep"]))


def serve(source: IO[bytes], output: IO[bytes], work: Work) -> None:
    """Answer the requests of `source` until it closes, then end the process."""
    threading.stack_size(_STACK)
    serving = threading.Thread(target=_Evaluator(work, source, output).serve, daemon=True)
    serving.start()
    if hasattr(select, "poll"):
        # This thread waits for the other end to close, so that it is noticed in the middle of an evaluation too.  What
        # comes is read by the other thread alone: to be woken by this one takes a short query longer than its reading.
        closing = select.poll()
        closing.register(source, 0)
        closing.poll()
    else:
        serving.join()
    os._exit(0)


class _Evaluator:
    def __init__(self, work: Work, source: IO[bytes], output: IO[bytes]) -> None:
        self._work = work
        self._versions = Versions(DataFolder(work.folder))
        self._source, self._output = source, output
        self._opened: Snapshot | None = None
        self._idle: int | None = None
        self._before: int | None = None
        self._seconds: float | None = None
        self._is_old = False
        self._warming: Iterator[None] | None = None
        if work.replica is not None and (available_memory() or 0) > 4 * work.replica.size:
            self._warming = make_private(shared_ranges())

    def serve(self) -> None:
        self._set_limit(_SLACK if self._work.replica else IDLE_MEMORY)
        with contextlib.suppress(BrokenPipeError, EOFError):
            while True:
                request = self._next()
                if "follow" in request:
                    self._follow()
                else:
                    self._answer(request)
        os._exit(0)

    def _next(self) -> dict[str, Any]:
        patience = _REST
        while self._warming is not None and not self._is_asked(patience):
            limit_processor_time(_OWN_SECONDS)
            patience = 0.0
            for _ in self._warming:
                break
            else:
                self._warming = None
        # Here nobody waits for it; most queries have the same limit.
        if self._seconds is not None:
            limit_processor_time(self._seconds)
        self._begin_counting()
        request: dict[str, Any] = json.loads(self._received())
        return request

    def _is_asked(self, patience: float) -> bool:
        asking = select.poll()
        asking.register(self._source, select.POLLIN)
        return bool(asking.poll(patience * 1000))

    def _received(self) -> bytes:
        """The next request, or what a service answered to the one under way: the other end sends one at a time."""
        return read_frame(self._source)[1]

    def _follow(self) -> None:
        """Take newer versions into memory, where it is told how they came about and little has changed."""
        replica = self._work.replica
        assert replica is not None
        limit_processor_time(_OWN_SECONDS)
        # What was opened on disk meanwhile is not needed any more.
        self._opened = None
        self._versions.close()
        version = None
        with contextlib.suppress(ReplicaError, GraphError, OSError):
            replica.follow(most=_AT_ONCE)
            version = self._held_version()
        self._set_limit(_SLACK)
        self._send(b"f", {"version": version})

    def _held_version(self) -> int | None:
        replica = self._work.replica
        return None if replica is None else replica.version

    def _catch_up(self, version: int | None) -> int:
        """
        The newest version, taken into memory for a query that wants it, if little has changed.

        Nobody may have told this worker of it yet, and to answer from disk takes seconds where little of a large
        version was read before.
        """
        replica, current = self._work.replica, self._versions.current()
        if replica is None or replica.version in {None, current} or version not in {None, current}:
            return current
        self._send(b"c", {})
        with contextlib.suppress(ReplicaError, GraphError, OSError):
            if replica.follow(most=_AT_ONCE):
                self._set_limit(_SLACK)
                self._begin_counting()
        self._send(b"c", {})
        return self._versions.current()

    def _answer(self, request: dict[str, Any]) -> None:
        if request["seconds"] != self._seconds:
            self._seconds = float(request["seconds"])
            limit_processor_time(self._seconds)
        try:
            current = self._catch_up(request["version"])
            kind, message = b"e", self._evaluate(request, current)
        except GraphError as error:
            kind = b"x"
            message = {"error": type(error).__name__, "template": error.template, "values": plain(error.values)}
        except MemoryError:
            kind, message = b"x", {"error": "MemoryError"}
        self._send(kind, message | self._used() | {"in_memory": self._held_version()})

    def _set_limit(self, beside: int) -> None:
        """A query may take its memory above what the worker holds now and `beside`."""
        self._idle = address_space()
        limit_memory((self._idle or 0) + beside + self._work.memory, most=UNLIMITED)

    def _begin_counting(self) -> None:
        """What is taken from now on is the next query's."""
        forget_peak()
        self._before = resident_memory()

    def _used(self) -> dict[str, Any]:
        peak, taken = resident_peak(), address_space()
        grown = None if peak is None or self._before is None else max(peak - self._before, 0)
        kept = (taken or 0) - (self._idle or 0)
        return {"memory": grown, "worn": self._is_old or kept > self._work.keep}

    def _evaluate(self, request: dict[str, Any], current: int) -> dict[str, Any]:
        snapshot = self._snapshot(request["version"], current, names_graphs=request["names_graphs"])
        dataset = None
        if request["dataset"] is not None:
            dataset = Dataset(*(tuple(map(NamedNode, names)) for names in request["dataset"]))
        federated = FederatedQuery(request, partial(write_frame, self._output), self._received)
        answer, failures = federated.answer(snapshot, dataset)
        head = {"kind": answer.kind, "columns": answer.columns, "version": snapshot.version, "failures": failures}
        result_format = _format(request["formats"], answer.kind)
        in_memory = self._work.replica is not None and snapshot is self._work.replica.snapshot
        # Nobody can do anything with the head alone: a small answer is one message.
        self._send(b"h", head | {"format": result_format.media_type, "in_memory": in_memory}, at_once=False)
        sink = _Chunks(self._output)
        written = answer.write(sink, result_format, max_rows=request["rows"], max_bytes=request["bytes"])
        sink.flush(at_once=False)
        return {"rows": written.rows, "bytes": written.bytes, "cut": written.cut}

    def _snapshot(self, version: int | None, current: int, *, names_graphs: bool) -> Snapshot:
        """The wanted version, from memory where it stands there; `current` is looked up for each query."""
        replica = self._work.replica
        if replica is not None and (replica.has_named_graphs or not names_graphs):
            held = replica.snapshot
            if held is not None and held.version in {version, current} and version in {None, held.version}:
                return held
        # The engine maps the tables of a version that it opens; a query's memory counts from there.
        if self._opened is None or self._opened.version != current or version is not None:
            self._set_limit(IDLE_MEMORY)
        newest = self._versions.newest()
        found = newest if version in {None, newest.version} else self._versions.open(version)
        if found is not self._opened:
            self._opened, self._is_old = found, found is not newest
            self._set_limit(_SLACK)
        return found

    def _send(self, kind: bytes, message: dict[str, Any], *, at_once: bool = True) -> None:
        write_frame(self._output, kind, json.dumps(message).encode(), at_once=at_once)


class _Chunks:
    """Joins the serialiser's small writes to frames."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= _CHUNK:
            self.flush()

    def flush(self, *, at_once: bool = True) -> None:
        if self._waiting:
            write_frame(self._output, b"d", bytes(self._waiting), at_once=at_once)
            self._waiting.clear()


def _format(wanted: dict[str, str], kind: str) -> ResultFormat:
    name = wanted[kind]
    found = (RdfFormat if kind == "triples" else QueryResultsFormat).from_media_type(name)
    assert found is not None
    return found


if __name__ == "__main__":
    main()
