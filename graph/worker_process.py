"""The parent's end of one worker process: how it is started, spoken to and ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Any, Final

from graph.errors import WorkerError
from graph.frames import read_frame, write_frame

if TYPE_CHECKING:
    from graph.worker_limits import Network

START_SECONDS: Final = 30.0


class WorkerProcess:
    """
    One process that runs `module` of ours, ready for its first request.

    It is told `settings` and the id of this process, and answers with `network`: how it is kept from the network.  It
    dies with the thread that started it, and stands in `processes` as long as somebody must end it.

    Raises:
        WorkerError: It ended before it was ready, or was not ready in time.
    """

    def __init__(self, module: str, settings: dict[str, Any], processes: set[subprocess.Popen[bytes]]) -> None:
        # -P: the current folder may hold packages of the same names.
        self.process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        processes.add(self.process)
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            self.send({**settings, "parent": os.getpid()})
            self.network: Network = json.loads(self.receive()[1])["network"]
        except (EOFError, OSError):
            self.end()
            processes.discard(self.process)
            raise WorkerError(
                "A worker process ended before it was ready (code {code})", code=self.process.returncode
            ) from None
        finally:
            timer.cancel()

    def send(self, message: dict[str, Any]) -> None:
        write_frame(self._pipe(self.process.stdin), b"q", json.dumps(message).encode())

    def answer(self, payload: bytes) -> None:
        """What a service sent, to the worker that asked."""
        write_frame(self._pipe(self.process.stdin), b"a", payload)

    def receive(self) -> tuple[bytes, bytes]:
        return read_frame(self._pipe(self.process.stdout))

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        """As of `subprocess`, once `end` was called."""
        return self.process.returncode

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.process.kill()

    def end(self) -> None:
        end_process(self.process)

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


def environment() -> dict[str, str]:
    """The variables that our processes need; secrets of the parent stay with the parent."""
    kept = {"PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP"}
    return {name: value for name, value in os.environ.items() if name.upper() in kept}


def end_process(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
