"""
The process that reads foreign files: `python -m loaders.reading_worker`, started by `loaders.reading_process` only.

It ends when its parent does, has limits on memory and processor time, and no network where the system allows that.
The dictionaries are read once, before the first document.

Frames (`graph.frames`) on standard input and output: a request (JSON) is answered by `e` (the extraction, JSON) or `x`
(why there is none, JSON).
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import queue
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from graph.frames import read_frame, write_frame
from graph.worker_limits import die_with, leave_network, limit_memory, limit_processor_time
from loaders.cells import UnreadableDocumentError
from loaders.extract import extract
from loaders.messages import DocumentError, place_of
from loaders.reading.archive import too_deep
from loaders.reading_process import EXTRACTIONS
from ontology.language import is_word
from ontology.reference import Reference, load_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.corrections import Correction
    from loaders.profile import Profile

# LibreOffice, which reads old Word documents, maps more than any reader of ours.
CONVERTER_MEMORY: Final = 4 * 1024**3
# Two thousand rows of a usual plan, some three hundred pages; the parent has to hold and check all that follows.
MOST_BYTES: Final = 8 * 1024**2
# The parsers recurse on nested elements; the default of a thread is small on some systems.
_STACK: Final = 16 * 1024**2


def main() -> None:
    """Serve requests until standard input closes."""
    source = sys.stdin.buffer
    # What a library prints must not stand between the frames.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    settings = json.loads(read_frame(source)[1])
    die_with(settings["parent"])
    network = leave_network()
    limit_memory(settings["memory"], most=max(CONVERTER_MEMORY, settings["memory"]))
    # The parent empties this folder, also of what a killed process left.
    tempfile.tempdir = settings["scratch"]
    reader = _Reader(_unpacked(settings["reference"]) or load_reference(), settings["seconds"], output)
    is_word("план")
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.stack_size(_STACK)
    threading.Thread(target=reader.serve, args=(requests,), daemon=True).start()
    write_frame(output, b"h", json.dumps({"network": network}).encode())
    # This thread only listens, so the end of the parent is noticed in the middle of a document too.
    with contextlib.suppress(EOFError):
        while True:
            requests.put(json.loads(read_frame(source)[1]))
    os._exit(0)


def _unpacked(pickled: str) -> Any:  # noqa: ANN401  (whatever the parent packed)
    return pickle.loads(base64.b64decode(pickled))  # noqa: S301  (it comes from our own parent)


class _Reader:
    def __init__(self, reference: Reference, seconds: float, output: IO[bytes]) -> None:
        self._reference = reference
        self._seconds = seconds
        self._output = output

    def serve(self, requests: queue.SimpleQueue[dict[str, Any]]) -> None:
        while True:
            request = requests.get()
            limit_processor_time(self._seconds)
            try:
                kind, payload = self._read(request)
                write_frame(self._output, kind, payload)
            except BrokenPipeError:
                os._exit(0)

    def _read(self, request: dict[str, Any]) -> tuple[bytes, bytes]:
        path = Path(request["path"])
        try:
            return b"e", self._extraction(path, *_unpacked(request["options"]))
        except RecursionError:
            error: DocumentError = too_deep(path.name)
        except MemoryError:
            return b"x", json.dumps({"code": "memory"}).encode()
        except DocumentError as refused:
            error = refused
        except BaseException as fault:  # noqa: BLE001  (a panic of a library in Rust, which is no `Exception`, needs an answer too)
            return b"x", json.dumps({"code": "fault", "what": place_of(fault)}).encode()
        message = error.message
        return b"x", json.dumps({"code": "unreadable", "template": message.template, "values": message.values}).encode()

    def _extraction(self, path: Path, profile: Profile | None, corrections: Sequence[Correction]) -> bytes:
        extraction = extract(path, reference=self._reference, profile=profile, corrections=corrections)
        payload = EXTRACTIONS.dump_json(extraction)
        if len(payload) > MOST_BYTES:
            raise UnreadableDocumentError(
                "{file}: {rows} rows of plans were found, more than a roadmap holds; split the document.",
                file=path.name,
                rows=len(extraction.rows),
            )
        return payload


if __name__ == "__main__":
    main()
