"""
How much memory a process holds, in bytes, as Linux tells it in `/proc`; None on systems that do not tell.

Resident memory counts pages that are shared with other processes in each of them; private memory is what only this
process has; proportional memory divides shared pages among their holders, so that it may be added up.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# Of mallopt(3).
_ARENA_MAX: Final = -8


def address_space() -> int | None:
    """Addresses that this process has taken, which RLIMIT_AS limits."""
    try:
        return int(_read("statm", "self").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def resident_memory(pid: int | str = "self") -> int | None:
    try:
        return int(_read("statm", pid).split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def resident_peak(pid: int | str = "self") -> int | None:
    """The most that was ever resident, or since `forget_peak` was called in that process."""
    return _line("status", b"\nVmHWM:", pid)


def available_memory() -> int | None:
    """What all processes of this machine together may still take without anything being moved away."""
    try:
        lines = (_PROC / "meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def forget_peak() -> None:
    """`resident_peak` of this process begins anew, where the system allows it."""
    with contextlib.suppress(OSError):
        descriptor = os.open("/proc/self/clear_refs", os.O_WRONLY)
        try:
            os.write(descriptor, b"5")
        finally:
            os.close(descriptor)


def private_memory(pid: int | str = "self") -> int | None:
    """What was written by this process or only it has; a look at it takes some milliseconds for a gigabyte."""
    return _line("smaps_rollup", b"\nPrivate_Dirty:", pid)


def proportional_memory(pid: int | str = "self") -> int | None:
    return _line("smaps_rollup", b"\nPss:", pid)


def keep_together() -> None:
    """
    Two arenas of memory serve all threads from now on (glibc); to be called before threads are started.

    The allocator gives each thread one of its own otherwise, and little back: a server under mixed load held twice what
    it used.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def give_back() -> None:
    """Memory that is free within this process goes back to the system, where the allocator knows how (glibc)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _read(file: str, pid: int | str) -> bytes:
    # Several times for each query, so by the shortest way.
    descriptor = os.open(f"/proc/{pid}/{file}", os.O_RDONLY)
    try:
        return os.read(descriptor, 1 << 16)
    finally:
        os.close(descriptor)


def _line(file: str, name: bytes, pid: int | str) -> int | None:
    try:
        text = _read(file, pid)
    except OSError:  # The process is gone, or there is no such file system.
        return None
    _before, found, rest = text.partition(name)
    return int(rest.split(maxsplit=1)[0]) * 1024 if found else None
