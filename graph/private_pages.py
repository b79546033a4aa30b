"""
Pages of memory that a forked process will need as its own, made before it needs them.

A page that two processes share is copied at the first write, and a large page is broken into small ones; the engine
counts references in its data, so reading is writing.  The first query of a fresh worker took up to five times as long
for that (a million quads), and later ones a third longer for the small pages.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of madvise(2), Linux 5.14 and 6.1.
_POPULATE_WRITE: Final = 23
_COLLAPSE: Final = 25
_LARGE_PAGE: Final = 2 * 1024**2
# About ten milliseconds of copying.
_STEP: Final = 8 * _LARGE_PAGE


def shared_ranges() -> list[tuple[int, int]]:
    """Addresses of the writable memory without a file that this process has now; call it before threads are started."""
    try:
        lines = Path("/proc/self/maps").read_text("ascii", "replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        fields = line.split(maxsplit=5)
        if fields[1] == "rw-p" and (len(fields) == 5 or fields[5] == "[heap]"):
            start, end = (int(bound, 16) for bound in fields[0].split("-"))
            found.append((start, end))
    return found


def make_private(ranges: list[tuple[int, int]]) -> Iterator[None]:
    """Copy what is still shared in the ranges, a step of some milliseconds at a time, into large pages where it can."""
    if sys.platform != "linux":
        return
    advise = ctypes.CDLL(None, use_errno=True).madvise
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for start, end in ranges:
        if end - start < _LARGE_PAGE:
            continue
        # What is refused (an older system, a range that is gone) is left to the page faults.
        position = start
        while position < end:
            following = min((position // _LARGE_PAGE) * _LARGE_PAGE + _STEP, end)
            advise(position, following - position, _POPULATE_WRITE)
            first, last = -(-position // _LARGE_PAGE) * _LARGE_PAGE, following // _LARGE_PAGE * _LARGE_PAGE
            if last > first:
                advise(first, last - first, _COLLAPSE)
            position = following
            yield
