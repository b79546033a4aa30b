"""What graphs are written to in this process, where nothing is evaluated: a file that stays within bounds."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING, Final, cast

from graph.results import check_xml

if TYPE_CHECKING:
    from collections.abc import Callable

_IN_MEMORY: Final = 4 * 1024**2


class BoundedOutput:
    """
    What is written to it goes on to `file`, unless `check`, told how many bytes that makes in all, raises.

    Where it `is_xml`, what XML cannot hold is an error too (`graph.results.check_xml`).
    """

    def __init__(self, file: IO[bytes], check: Callable[[int], None], *, is_xml: bool = False) -> None:
        self._file, self._check, self._is_xml = file, check, is_xml
        self._size = 0

    def write(self, data: bytes) -> int:
        self._size += len(data)
        self._check(self._size)
        if self._is_xml:
            check_xml(bytes(data))
        return self._file.write(data)

    def flush(self) -> None:
        """Nothing waits here."""


def temporary_file() -> IO[bytes]:
    """An empty file without a name, in memory while it is small."""
    return cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY))
