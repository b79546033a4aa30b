"""What a process and all below it use: memory and the time of processors (Linux)."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def watching(pid: int) -> Iterator[list[float]]:
    """The most megabytes that a process and its children had resident together, looked at every 50 ms."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while True:
            peak[0] = max(peak[0], resident_of(pid))
            if over.wait(0.05):
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def tree_of(pid: int) -> list[int]:
    """A process and all below it (Linux)."""
    found, waiting = [], [pid]
    while waiting:
        number = waiting.pop()
        found.append(number)
        for children in Path(f"/proc/{number}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, children.read_text("ascii").split())
    return found


def processor_of(pid: int) -> float:
    """Seconds of the processor that a process tree has used; those of ended children count too."""
    ticks = 0
    for number in tree_of(pid):
        with contextlib.suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()[11:15]))
    return ticks / _TICK


def resident_of(pid: int) -> float:
    """Megabytes of a process tree, shared pages counted by share (Linux)."""
    total = 0
    for number in tree_of(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{number}/smaps_rollup").read_text("ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1e3
