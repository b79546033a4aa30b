"""
How long a process has computed, as Linux tells it in `/proc`, and how long it may.

Where processors are busy, the clock says little of what a process was given to do: it waits for its turn.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

# A process that is given less than a tenth of a processor gets no more patience: it may be waiting for the disk.
_PATIENCE: Final = 10


def processor_seconds(pid: int) -> float | None:
    """What all threads of the process took so far, in steps of a hundredth; None where the system does not tell."""
    try:
        # After the name, which may hold anything: the fields 14 and 15 of proc(5).
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


class Allowance:
    """
    The `seconds` of the processor that the process `pid` may take from `now` on, and ten times as many of the clock.

    Where the system does not tell what a process took it is the clock's seconds that count.
    """

    def __init__(self, pid: int, seconds: float, now: float) -> None:
        self._pid, self._seconds = pid, seconds
        self._begun, self._used = now, processor_seconds(pid)

    def left(self, now: float) -> float:
        """Seconds that it may go on at least; none are left at 0 and below."""
        rest, waited = self._rest(), now - self._begun
        if rest is None:
            return self._seconds - waited
        return min(rest, _PATIENCE * self._seconds - waited)

    def has_rest(self) -> bool:
        """Whether it was given less of the processor than it might take, as far as the system tells."""
        rest = self._rest()
        return rest is not None and rest > 0

    def _rest(self) -> float | None:
        used = processor_seconds(self._pid)
        return None if used is None or self._used is None else self._seconds - (used - self._used)
