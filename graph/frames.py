"""Frames between a process and its workers: one letter, the length as four bytes, the payload."""

from __future__ import annotations

import struct
from typing import IO, Final

_FRAME: Final = struct.Struct("!cI")


def write_frame(output: IO[bytes], kind: bytes, payload: bytes, *, at_once: bool = True) -> None:
    """Write one frame; with `at_once` False it may wait for the next one."""
    output.write(_FRAME.pack(kind, len(payload)) + payload)
    if at_once:
        output.flush()


def read_frame(source: IO[bytes]) -> tuple[bytes, bytes]:
    """
    Kind and payload of the next frame.

    Raises:
        EOFError: If the other side is gone.
    """
    head = source.read(_FRAME.size)
    if len(head) < _FRAME.size:
        raise EOFError
    kind, length = _FRAME.unpack(head)
    payload = source.read(length)
    if len(payload) < length:
        raise EOFError
    return kind, payload
