"""
What led from one data version to the next: the file that the writer leaves beside a version for in-memory replicas.

Gzip of N-Quads, one statement a line: `- ` before what left, then `+ ` before what came, each statement once.  Blank
nodes have the names that they have in the store (`pyoxigraph.parse` keeps them, `Store.load` does not).
There is no file where too much changed, and where graphs without statements came or went.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, parse, serialize

from graph.errors import UpdateRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad, Triple

MOST_STATEMENTS: Final = 200_000
# The engine writes longer lines, but reads none of more than 16 MB: what holds one is read by no replica and restored
# from no backup.
LONGEST_LINE: Final = 15 * 1024**2

_GONE: Final = b"- "
_NEW: Final = b"+ "


def write_changes(path: Path, gone: Iterable[Quad], new: Iterable[Quad]) -> None:
    """
    The file holds the changes afterwards; nothing is synced.

    Raises:
        UpdateRefusedError: A statement is longer than the engine reads.
    """
    with gzip.open(path, "wb", compresslevel=1) as file:
        for sign, quads in ((_GONE, gone), (_NEW, new)):
            lines = serialize(quads, format=RdfFormat.N_QUADS)
            if lines:
                check_lines(lines)
                file.write(sign + lines[:-1].replace(b"\n", b"\n" + sign) + b"\n")


def check_lines(lines: bytes) -> None:
    """
    Nothing, if the engine reads each of these lines of N-Quads.

    Raises:
        UpdateRefusedError: One is too long.
    """
    if len(lines) > LONGEST_LINE and max(map(len, lines.splitlines())) > LONGEST_LINE:
        raise _too_long()


def read_triples(path: Path) -> set[Triple]:
    """
    The triples of a file of N-Triples that the engine wrote.

    Raises:
        UpdateRefusedError: One is longer than the engine reads.
    """
    try:
        return {quad.triple for quad in parse(path=path, format=RdfFormat.N_TRIPLES)}
    except MemoryError:  # The engine's word for a line that is too long.
        raise _too_long() from None


def _too_long() -> UpdateRefusedError:
    return UpdateRefusedError(
        "A statement has more than {megabytes} MB; no single value may be so long",
        megabytes=LONGEST_LINE // 1024**2,
    )


def read_changes(path: Path) -> tuple[list[Quad], list[Quad]]:
    """What left and what came."""
    with gzip.open(path) as file:
        lines = file.read().splitlines(keepends=True)
    sides = (b"".join(line[2:] for line in lines if line.startswith(sign)) for sign in (_GONE, _NEW))
    gone, new = (list(parse(side, RdfFormat.N_QUADS)) for side in sides)
    return gone, new
