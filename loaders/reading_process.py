"""
Documents read in processes that can be killed: this process never parses a foreign file.

Each worker (`loaders.reading_worker`) reads one document at a time and is killed at the limit of time or memory, and
replaced.  One that read many documents, or a big one, is replaced too, so that memory does not grow.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from pydantic import TypeAdapter, ValidationError

from graph.worker_process import WorkerProcess, end_process
from loaders.extraction import Extraction
from loaders.messages import Message, fault_message
from loaders.reading.opening import shown_name

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from graph.worker_limits import Network
    from loaders.corrections import Correction
    from loaders.profile import Profile
    from ontology.reference import Reference

EXTRACTIONS: Final = TypeAdapter(Extraction)
_OUT_OF_PROCESSOR_TIME: Final = -signal.SIGXCPU if sys.platform != "win32" else None
# So many documents for each process are read ahead of the one that is waited for.
_AHEAD: Final = 16


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """
    What one document may use: seconds of wall clock and of processor time, bytes of address space.

    `processes` read at once; each is replaced after `documents` documents.
    """

    seconds: float = 120.0
    memory: int = 1536 * 1024**2
    processes: int = field(default_factory=processors)
    documents: int = 200


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """A file to read, its profile (None: the one beside it, if there is one) and what people corrected in it."""

    path: Path
    profile: Profile | None = None
    corrections: Sequence[Correction] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What came of one file: its extraction, or one message why there is none.

    `code` is «unreadable» (the file's fault), «limit» (it needs too much) or «fault» (ours); `seconds` is wall time.
    """

    path: Path
    extraction: Extraction | None
    message: Message | None = None
    code: Literal["unreadable", "limit", "fault"] | None = None
    seconds: float = 0.0


class ReadingPool:
    """
    Processes that read documents, started when they are needed; use it in `with`.

    `network` says what keeps readers from the network: «isolated» (they have none) or «guarded» (no reader of ours asks
    for anything), None before the first one runs.
    """

    def __init__(self, limits: ReadingLimits | None = None, *, reference: Reference | None = None) -> None:
        self.limits = limits or ReadingLimits()
        self.network: Network | None = None
        self._scratch = tempfile.TemporaryDirectory(prefix="vekha-", ignore_cleanup_errors=True)
        self._settings = {
            "memory": self.limits.memory,
            "seconds": self.limits.seconds,
            "scratch": self._scratch.name,
            "reference": _packed(reference),
        }
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._closed = False
        self._first: Future[_Worker] | None = None
        # On Linux a worker dies with the thread that started it, so each thread has its own.
        self._threads = ThreadPoolExecutor(self.limits.processes, thread_name_prefix="reading")
        self._of_thread = threading.local()

    def start(self) -> None:
        """Start one process now, so that the first document does not wait for it."""
        self._first = self._threads.submit(self._worker)

    def read(self, requests: Iterable[ReadingRequest], *, in_order: bool = False) -> Iterator[Reading]:
        """
        What came of each file, as they come or in the order of `requests`, which is run through as it is needed.

        Raises:
            WorkerError: No process can be started.
        """
        waiting: deque[Future[Reading]] = deque()
        ahead = self.limits.processes * (_AHEAD if in_order else 2)
        try:
            for request in self._alone_or_not(requests):
                waiting.append(self._threads.submit(self._read, request))
                while len(waiting) >= ahead or (waiting and waiting[0].done()):
                    yield self._next(waiting, in_order=in_order)
            while waiting:
                yield self._next(waiting, in_order=in_order)
        finally:
            for future in waiting:
                future.cancel()

    def _alone_or_not(self, requests: Iterable[ReadingRequest]) -> Iterator[ReadingRequest]:
        """The requests; a single one waits for the process that starts already, instead of one of its own."""
        following = iter(requests)
        held = list(itertools.islice(following, 2))
        if len(held) == 1 and self._first is not None:
            self._first.result()
        yield from itertools.chain(held, following)

    def close(self) -> None:
        """End all processes and what they started; what they were reading comes to nothing."""
        self._closed = True
        for process in list(self._processes):
            _kill(process)
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in list(self._processes):
            # One may have been started in between.
            _kill(process)
            end_process(process)
        self._scratch.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _next(waiting: deque[Future[Reading]], *, in_order: bool) -> Reading:
        if in_order:
            return waiting.popleft().result()
        done = next(iter(wait(waiting, return_when=FIRST_COMPLETED).done))
        waiting.remove(done)
        return done.result()

    def _worker(self) -> _Worker:
        """The process of this thread, a new one if it has none that may go on."""
        worker: _Worker | None = getattr(self._of_thread, "worker", None)
        if worker is None or worker.documents >= self.limits.documents or not worker.process.is_alive():
            if worker is not None:
                self._end(worker)
            worker = _Worker(WorkerProcess("loaders.reading_worker", self._settings, self._processes))
            self._of_thread.worker = worker
            self.network = worker.process.network
        return worker

    def _end(self, worker: _Worker) -> None:
        _kill(worker.process.process)
        worker.process.end()
        self._processes.discard(worker.process.process)
        self._of_thread.worker = None

    def _read(self, request: ReadingRequest) -> Reading:
        started = time.perf_counter()
        worker = self._worker()
        worker.documents += 1
        worker.timer(self.limits.seconds)
        file = shown_name(request.path)
        try:
            options = _packed((request.profile, list(request.corrections)))
            worker.process.send({"path": os.fspath(request.path), "options": options})
            kind, payload = worker.process.receive()
            extraction = EXTRACTIONS.validate_json(payload) if kind == b"e" else None
            told = None if kind == b"e" else json.loads(payload)
        except (EOFError, OSError, ValidationError):
            extraction, told = None, None
        timed_out = worker.settle()
        seconds = round(time.perf_counter() - started, 3)
        if extraction is not None:
            if worker.memory() > self.limits.memory // 2:
                self._end(worker)
            return Reading(request.path, extraction, seconds=seconds)
        if told is not None and told["code"] != "memory":
            return Reading(request.path, None, *_refusal(file, told), seconds)
        self._end(worker)
        if told is None:
            message = self._why_died(file, worker.process.process.returncode, timed_out=timed_out)
        else:
            message = self._too_big(file)
        return Reading(request.path, None, message, "limit", seconds)

    def _why_died(self, file: str, code: int, *, timed_out: bool) -> Message:
        if timed_out or code == _OUT_OF_PROCESSOR_TIME:
            return Message(
                "{file}: reading took longer than {seconds:g} s and was stopped; split the document, or allow more "
                "(VEKHA_READING_SECONDS).",
                {"file": file, "seconds": self.limits.seconds},
            )
        if code == -signal.SIGABRT:
            return self._too_big(file)
        return Message(
            "{file}: the reading process was ended by this file (code {code}): it is damaged, too big, or made to do "
            "harm; open it in an office program, save it again and load that.",
            {"file": file, "code": code},
        )

    def _too_big(self, file: str) -> Message:
        return Message(
            "{file}: reading needed more than {megabytes} MB of memory and was stopped; split the document, or allow "
            "more (VEKHA_READING_MEMORY).",
            {"file": file, "megabytes": self.limits.memory // 1024**2},
        )


def extract_in_process(
    paths: Iterable[Path], *, limits: ReadingLimits | None = None, reference: Reference | None = None
) -> Iterator[Reading]:
    """
    What came of each file, as they come, read on all processors; one bad file never stops the others.

    Without `reference` the reference data of this program is used.
    """
    with ReadingPool(limits, reference=reference) as pool:
        yield from pool.read(ReadingRequest(path) for path in paths)


@dataclass(slots=True)
class _Worker:
    """A process with what is known of its present document."""

    process: WorkerProcess
    documents: int = 0
    _timer: threading.Timer | None = None
    _timed_out: bool = False

    def timer(self, seconds: float) -> None:
        """The process is killed after so many seconds, unless `settle` comes first."""
        self._timed_out = False
        self._timer = threading.Timer(seconds, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def settle(self) -> bool:
        """Whether the time had run out."""
        assert self._timer is not None
        self._timer.cancel()
        self._timer.join()
        return self._timed_out

    def memory(self) -> int:
        """Bytes of memory that the process holds now; 0 where the system does not tell."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages = Path(f"/proc/{self.process.process.pid}/statm").read_text("ascii").split()[0]
            return int(pages) * os.sysconf("SC_PAGE_SIZE")
        return 0

    def _kill(self) -> None:
        self._timed_out = True
        _kill(self.process.process)


def _packed(value: object) -> str:
    """For our own child; what comes back from one that read foreign files is never unpacked so."""
    return base64.b64encode(pickle.dumps(value)).decode()


def _refusal(file: str, told: dict[str, Any]) -> tuple[Message, Literal["unreadable", "fault"]]:
    if told["code"] == "unreadable":
        return Message(told["template"], told["values"]), "unreadable"
    return fault_message(file, told["what"]), "fault"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and, where the system tells them, all that it started."""
    descendants = _descendants(process.pid)
    process.kill()
    for pid in descendants:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found += [int(child), *_descendants(int(child))]
    return found
