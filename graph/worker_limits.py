"""What a worker process does to itself before it touches anything foreign: it ends with its parent, and has limits."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import sys
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Network: TypeAlias = Literal["isolated", "guarded", "open"]

# Address space of an idle worker: the engine maps its tables (0.5-0.96 GB measured for a store of a million triples).
IDLE_MEMORY: Final = 1024**3
UNLIMITED: Final = -1

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one query may use.

    `seconds` of wall clock from the request on, without the time in which the answer waits to be read, which has the
    limit `reading`; bytes of `memory` above an idle worker's; `rows` and `bytes` of the answer.  `waiting` is how many
    further queries may wait for a worker.  Memory is limited when a worker starts, so for that the limits of the pool
    count, not those of one query.
    """

    seconds: float = 10.0
    memory: int = 1024**3
    rows: int = 100_000
    bytes: int = 64 * 1024**2
    waiting: int = 32
    reading: float = 30.0


def die_with(parent: int) -> None:
    """On Linux the kernel ends this process when its parent ends; elsewhere a closed standard input tells."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have ended before the call; then nothing would be sent any more.
    if os.getppid() != parent:
        os._exit(0)


def leave_network() -> Network:
    """
    «isolated» if this process has now a network of its own, without interfaces; else «guarded».

    The mechanism is a network namespace (unshare of CLONE_NEWNET), within a user namespace where the process may not
    make one alone.  Only for processes with one thread.
    """
    if sys.platform != "linux":
        return "guarded"
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET):
        if libc.unshare(flags) == 0:
            return "isolated"
    return "guarded"


def limit_memory(allowance: int, *, most: int | None = None) -> None:
    """Address space of this process in bytes; its own children may be given up to `most`."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (not on Windows)

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (allowance, most or allowance))


def limit_processor_time(seconds: float) -> None:
    """From now on this process may compute for `seconds`; a second fence, should the parent be stopped."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (not on Windows)

    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
