"""
The process in which one query at a time is evaluated: `python -m graph.evaluator`, started by `graph.workers` only.

It ends when its parent does: standard input closes, and on Linux the kernel sends SIGKILL.  It opens snapshots
read-only, has limits on memory and processor time, and no network where the system allows that.

Frames (`graph.frames`) on standard input and output: a request (JSON) is answered by `h` (head, JSON), any number of
`d` (bytes of the result), and `e` (end, JSON), or by `x` (error, JSON).
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from graph.errors import GraphError
from graph.folder import DataFolder
from graph.frames import read_frame, write_frame
from graph.snapshots import Versions
from graph.worker_limits import die_with, leave_network, limit_memory, limit_processor_time

if TYPE_CHECKING:
    from graph.results import ResultFormat
    from graph.snapshots import Snapshot

# The engine recurses on long chains of operators; the default of 8 MB ends at some thousand links.
_STACK: Final = 64 * 1024 * 1024
_CHUNK: Final = 64 * 1024


def main() -> None:
    """Serve requests until standard input closes."""
    source, output = sys.stdin.buffer, sys.stdout.buffer
    settings = json.loads(read_frame(source)[1])
    die_with(settings["parent"])
    network = leave_network()
    limit_memory(settings["memory"])
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.stack_size(_STACK)
    evaluator = _Evaluator(Path(settings["folder"]), output)
    threading.Thread(target=evaluator.serve, args=(requests,), daemon=True).start()
    write_frame(output, b"h", json.dumps({"network": network}).encode())
    # This thread only listens, so the end of the parent is noticed in the middle of an evaluation too.
    with contextlib.suppress(EOFError):
        while True:
            requests.put(json.loads(read_frame(source)[1]))
    os._exit(0)


class _Evaluator:
    def __init__(self, folder: Path, output: IO[bytes]) -> None:
        self._versions = Versions(DataFolder(folder))
        self._output = output

    def serve(self, requests: queue.SimpleQueue[dict[str, Any]]) -> None:
        while True:
            request = requests.get()
            limit_processor_time(request["seconds"])
            try:
                self._evaluate(request)
            except GraphError as error:
                self._send(b"x", {"error": type(error).__name__, "template": error.template, "values": _plain(error)})
            except MemoryError:
                self._send(b"x", {"error": "MemoryError"})
            except BrokenPipeError:
                os._exit(0)

    def _evaluate(self, request: dict[str, Any]) -> None:
        snapshot = self._snapshot(request["version"])
        answer = snapshot.answer(request["text"], prefixes=request["prefixes"])
        head = {"kind": answer.kind, "columns": answer.columns, "version": snapshot.version}
        result_format = _format(request["formats"], answer.kind)
        self._send(b"h", head | {"format": result_format.media_type})
        sink = _Chunks(self._output)
        written = answer.write(sink, result_format, max_rows=request["rows"], max_bytes=request["bytes"])
        sink.flush()
        self._send(b"e", {"rows": written.rows, "bytes": written.bytes, "cut": written.cut})

    def _snapshot(self, version: int | None) -> Snapshot:
        newest = self._versions.newest()
        return newest if version in {None, newest.version} else self._versions.open(version)

    def _send(self, kind: bytes, message: dict[str, Any]) -> None:
        write_frame(self._output, kind, json.dumps(message).encode())


class _Chunks:
    """Joins the serialiser's small writes to frames."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            write_frame(self._output, b"d", bytes(self._waiting))
            self._waiting.clear()


def _format(wanted: dict[str, str], kind: str) -> ResultFormat:
    name = wanted[kind]
    found = (RdfFormat if kind == "triples" else QueryResultsFormat).from_media_type(name)
    assert found is not None
    return found


def _plain(error: GraphError) -> dict[str, object]:
    return {name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()}


if __name__ == "__main__":
    main()
