"""Waiting for what will come, on a machine that may be busy with anything else."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

# Far more seconds than any machine needs, so that a test ends.
PATIENCE: Final = 120.0

_T = TypeVar("_T")


def wait_until(condition: Callable[[], _T]) -> _T:
    """What the condition gives as soon as that counts as true; an error if it never does."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process that still does anything: one that nobody took note of yet does not."""
    try:
        return Path("/proc", str(pid), "stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pids: list[int]) -> None:
    wait_until(lambda: not any(map(is_running, pids)))
