"""The server's end of `graph.zygote`: how the process is started, and the workers that it forks."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final

from graph.errors import WorkerError
from graph.frames import read_frame, write_frame
from graph.worker_process import START_SECONDS, end_process, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.worker_limits import Network

# Forking needs descriptors of processes (Linux 5.3) and one parent for all.
CAN_FORK: Final = sys.platform == "linux" and hasattr(os, "pidfd_open")
_MESSAGE: Final = 64 * 1024
_END_SECONDS: Final = 5.0
_BUFFER: Final = 64 * 1024
# Pages of 2 MB make the fork of a process with a version of a million quads ten times faster (30 to 3 ms).
_ALLOCATOR: Final = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


class ForkedWorker:
    """
    One worker, asked by a pipe, heard by a socket; the zygote is its parent and tells how it ended.

    Who reads from a worker that is killed stops at once: the process itself closes its end only after it has given all
    its memory back, which takes seconds where the processors are busy.
    """

    def __init__(self, pid: int, process: int, requests: int, results: socket.socket, ended: Future[int]) -> None:
        self.pid = pid
        self.origin: tuple[object, int | None] | None = None
        self._process = process
        self._requests = os.fdopen(requests, "wb")
        self._socket = results
        # Of the same socket, read without Python's own layers.
        self._results = os.fdopen(os.dup(results.fileno()), "rb", _BUFFER)
        self._ended = ended
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def returncode(self) -> int | None:
        """As of `subprocess`, once `end` was called; None where the zygote ended too."""
        try:
            return self._ended.result(0)
        except (TimeoutError, WorkerError):
            return None

    def send(self, message: dict[str, Any]) -> None:
        write_frame(self._requests, b"q", json.dumps(message).encode())

    def answer(self, payload: bytes) -> None:
        """What a service sent, to the worker that asked."""
        write_frame(self._requests, b"a", payload)

    def receive(self) -> tuple[bytes, bytes]:
        return read_frame(self._results)

    def is_alive(self) -> bool:
        with self._lock:
            if self._is_closed:
                return False
            polled = select.poll()
            polled.register(self._process, select.POLLIN)
            return not polled.poll(0)

    def kill(self) -> None:
        with self._lock, contextlib.suppress(ProcessLookupError):
            if not self._is_closed:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RD)
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def end(self) -> None:
        """Kill it and wait for its end."""
        self.kill()
        with contextlib.suppress(TimeoutError, WorkerError):
            self._ended.result(_END_SECONDS)
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            os.close(self._process)
            for pipe in (self._requests, self._results, self._socket):
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()


class Zygote:
    """
    The running process; `fork` may be called from any thread, the constructor decides the thread it dies with.

    `changed` is called from a thread of this object whenever `version` (in memory, for workers forked from now on),
    `reason` (why nothing is in memory) or `is_retired` (it forks no more) changed.

    Raises:
        WorkerError: It ended before it was ready, or was not ready in time.
    """

    def __init__(
        self, settings: dict[str, Any], processes: set[subprocess.Popen[bytes]], changed: Callable[[Zygote], None]
    ) -> None:
        self.version: int | None = None
        self.size: int | None = None
        self.reason: str | None = None
        self.is_retired = False
        self._changed = changed
        self._processes = processes
        self._numbers = itertools.count()
        self._forks: dict[int, Future[tuple[int, int, int | None, Future[int]]]] = {}
        self._ended: dict[int, Future[int]] = {}
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, "-P", "-m", "graph.zygote", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment() | _ALLOCATOR,
                pass_fds=[theirs.fileno()],
            )
        processes.add(self.process)
        self._control.settimeout(START_SECONDS)
        try:
            self._control.send(json.dumps(settings | {"parent": os.getpid()}).encode())
            self.network: Network = json.loads(self._control.recv(_MESSAGE))["network"]
        except (OSError, ValueError):
            self._control.close()
            end_process(self.process)
            processes.discard(self.process)
            raise WorkerError(
                "A worker process ended before it was ready (code {code})", code=self.process.returncode
            ) from None
        self._control.settimeout(None)
        threading.Thread(target=self._listen, daemon=True, name="query-zygote").start()

    def fork(self, settings: dict[str, Any]) -> ForkedWorker:
        """
        A new worker.

        Raises:
            WorkerError: The process is retired or gone.
        """
        requests = os.pipe()
        results, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        found: Future[tuple[int, int, int | None, Future[int]]] = Future()
        with self._lock:
            number = next(self._numbers)
            self._forks[number] = found
        try:
            try:
                message = json.dumps(settings | {"fork": number}).encode()
                socket.send_fds(self._control, [message], [requests[0], theirs.fileno()])
            finally:
                os.close(requests[0])
                theirs.close()
            pid, process, version, ended = found.result(START_SECONDS)
        except (OSError, TimeoutError, WorkerError) as error:
            os.close(requests[1])
            results.close()
            raise WorkerError("A query worker could not be started: {reason}", reason=error) from None
        worker = ForkedWorker(pid, process, requests[1], results, ended)
        worker.origin = (self, version)
        return worker

    def close(self) -> None:
        """End the process, and all its children with it."""
        end_process(self.process)
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 1)
                if not message:
                    break
                self._take(json.loads(message), descriptors)
        gone = WorkerError("The process that forks query workers has ended")
        with self._lock:
            self.is_retired = True
            futures: list[Future[Any]] = [*self._forks.values(), *self._ended.values()]
        for future in futures:
            if not future.done():
                future.set_exception(gone)
        self._control.close()
        self.process.wait()
        self._processes.discard(self.process)
        self._changed(self)

    def _take(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if "forked" in message:
            ended: Future[int] = Future()
            with self._lock:
                self._ended[message["pid"]] = ended
                future = self._forks.pop(message["forked"])
            future.set_result((message["pid"], descriptors[0], message["version"], ended))
        elif "refused" in message:
            with self._lock:
                future = self._forks.pop(message["refused"])
            future.set_exception(WorkerError("The process that forks query workers has ended"))
        elif "ended" in message:
            with self._lock:
                over = self._ended.pop(message["ended"])
            over.set_result(message["status"])
        else:
            self.version, self.size = message.get("version"), message.get("size")
            self.reason = message.get("replica")
            self.is_retired = "retired" in message
            self._changed(self)
