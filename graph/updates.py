"""
Changes from outside, handed to a process that can be killed (`graph.update_process`).

The process works on a copy of the live store; what becomes of the copy is decided by `graph.store`.
"""

from __future__ import annotations

import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph import errors
from graph.errors import GraphError, UpdateEvaluationError, UpdateMemoryError, UpdateRefusedError, UpdateTimeoutError
from graph.worker_process import WorkerProcess, end_process

if TYPE_CHECKING:
    import subprocess

# Address space of an idle process: the engine maps its tables.
IDLE_MEMORY: Final = 1024**3


@dataclass(frozen=True, slots=True)
class UpdateLimits:
    """
    What one change from outside may use.

    `seconds` of wall clock and of processor time, `memory` in bytes above an idle process, `bytes` of a file sent in,
    and `statements` that may change at once where something is derived from them.
    """

    seconds: float = 60.0
    memory: int = 2 * 1024**3
    bytes: int = 256 * 1024**2
    statements: int = 500_000


class UpdateProcesses:
    """
    The process that carries out changes, kept warm between them; one at a time.  Not safe for several threads.

    `close` ends it.  A change that may reach the network gets a process of its own.
    """

    def __init__(self) -> None:
        self._processes: set[subprocess.Popen[bytes]] = set()
        # On Linux a process dies with the thread that started it, so one thread starts all.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="updates")
        self._warm: WorkerProcess | None = None
        self._memory = 0

    def run(self, job: dict[str, Any], limits: UpdateLimits, *, network: bool = False) -> dict[str, Any]:
        """
        The outcome of `job`.

        Raises:
            GraphError: What the process says of the job.
            UpdateTimeoutError, UpdateMemoryError: It used more than `limits`.
        """
        worker = self._process(limits, network=network)
        overtime = threading.Event()

        def stop() -> None:
            overtime.set()
            worker.process.kill()

        timer = threading.Timer(limits.seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            worker.send(job | {"seconds": limits.seconds})
            kind, payload = worker.receive()
        except (EOFError, OSError):
            worker.end()
            raise _ended(worker.process.returncode, limits, overtime=overtime.is_set()) from None
        finally:
            timer.cancel()
            if network or not worker.is_alive():
                self._end(worker)
        message = json.loads(payload)
        if kind == b"x":
            raise _error(message, limits)
        assert isinstance(message, dict)
        return message

    def close(self) -> None:
        """End the processes; changes under way fail."""
        for process in list(self._processes):
            end_process(process)
        self._processes.clear()
        self._warm = None
        self._starter.shutdown(wait=False, cancel_futures=True)

    def _process(self, limits: UpdateLimits, *, network: bool) -> WorkerProcess:
        if network:
            return self._start(limits, network=True)
        if self._warm is not None and not (self._warm.is_alive() and self._memory == limits.memory):
            self._end(self._warm)
        if self._warm is None:
            self._warm, self._memory = self._start(limits, network=False), limits.memory
        return self._warm

    def _start(self, limits: UpdateLimits, *, network: bool) -> WorkerProcess:
        settings = {"memory": limits.memory + IDLE_MEMORY, "network": network}
        return self._starter.submit(WorkerProcess, "graph.update_process", settings, self._processes).result()

    def _end(self, worker: WorkerProcess) -> None:
        worker.end()
        self._processes.discard(worker.process)
        if worker is self._warm:
            self._warm = None


def kept_graph_error(graph: str) -> UpdateRefusedError:
    """Why this graph (its IRI; empty: the default graph) is not written from outside."""
    if not graph:
        return UpdateRefusedError(
            "The default graph is made of the current graphs and of what follows from them; write into a named graph"
        )
    return UpdateRefusedError("The graph {graph} is written by the program itself; write into another", graph=graph)


def _ended(code: int | None, limits: UpdateLimits, *, overtime: bool) -> GraphError:
    if overtime or (hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU):
        return UpdateTimeoutError(
            "The update ran longer than {seconds:g} s and was stopped; change less at once", seconds=limits.seconds
        )
    if code == -signal.SIGABRT:
        return _out_of_memory(limits)
    return UpdateEvaluationError("The process of this update ended by itself (code {code})", code=code)


def _out_of_memory(limits: UpdateLimits) -> UpdateMemoryError:
    return UpdateMemoryError(
        "The update needed more than {megabytes} MB of memory and was stopped; change less at once",
        megabytes=limits.memory // 1024**2,
    )


def _error(message: dict[str, Any], limits: UpdateLimits) -> GraphError:
    if message["error"] == "MemoryError":
        return _out_of_memory(limits)
    kind = getattr(errors, message["error"])
    error: GraphError = kind(message["template"], **message["values"])
    return error
