"""
Files of registers, opened with limits: plain or zipped, read as a stream, never unpacked to the disk.

A register may be large, so nothing here holds a whole file; what no register is stops the load with one sentence.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from loaders.messages import DocumentError
from loaders.reading.opening import shown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# The licence register is one XML of some gigabytes; the state address register is read region by region.
MOST_BYTES: Final = 8 * 2**30
MOST_RATIO: Final = 200
MOST_MEMBERS: Final = 200_000
# The largest register of the country has some 200,000 entries of the kinds that are kept.
MOST_RECORDS: Final = 400_000
_RATIO_FROM: Final = 8 * 2**20
_CHUNK: Final = 1 << 20
_LOOKED_AT: Final = 64
_READABLE: Final = (".xml", ".csv", ".jsonl", ".json", ".txt", ".tsv")


class RegisterError(DocumentError):
    """A register file that cannot be loaded; nothing of it was."""


@dataclass
class Source:
    """
    One file inside or outside an archive, read from start to end.

    `read` counts the bytes given so far; `tell` hears of them, and of how many there are.
    """

    file: str
    size: int
    stream: IO[bytes]
    tell: Callable[[int, int], None]
    read_bytes: int = 0
    _told: int = field(default=0, repr=False)
    _ahead: bytes = field(default=b"", repr=False)

    def read(self, count: int = -1) -> bytes:
        """The next bytes, at most a megabyte at once."""
        if self._ahead:
            ahead, self._ahead = self._ahead, b""
            return ahead
        return self._counted(lambda: self.stream.read(_CHUNK if count < 0 else min(count, _CHUNK)))

    def begins_with(self, start: bytes) -> bool:
        """Whether the file does, a byte order mark left out; asked before anything is read."""
        self._ahead = self._counted(lambda: self.stream.read(_LOOKED_AT))
        return self._ahead.removeprefix(codecs.BOM_UTF8).lstrip().startswith(start)

    def readline(self, most: int) -> bytes:
        """The next line with its end, or its first `most` bytes."""
        if not self._ahead:
            return self._counted(lambda: self.stream.readline(most))
        line, end, self._ahead = self._ahead.partition(b"\n")
        if end:
            return line + end
        return line + self._counted(lambda: self.stream.readline(max(most - len(line), 1)))

    def _counted(self, get: Callable[[], bytes]) -> bytes:
        try:
            chunk = get()
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise RegisterError(
                "{file}: the archive is damaged or cut off; fetch the file again.", file=self.file
            ) from error
        self.read_bytes += len(chunk)
        if self.read_bytes > MOST_BYTES:
            raise RegisterError(
                "{file}: more than {limit} GB; load a part of it.", file=self.file, limit=MOST_BYTES // 2**30
            )
        if self.read_bytes - self._told >= _CHUNK or not chunk:
            self._told = self.read_bytes
            self.tell(self.read_bytes, self.size)
        return chunk


@contextmanager
def open_source(path: Path, tell: Callable[[int, int], None]) -> Iterator[Source]:
    """
    The file, or the one file of data inside a zip archive.

    Raises:
        RegisterError: It is missing, empty, too large, packed like a bomb, encrypted, or an archive of several files.
    """
    file = shown_name(path)
    with _opened(path, file) as stream:
        size = os.fstat(stream.fileno()).st_size
        if stream.read(4) == b"PK\x03\x04":
            stream.seek(0)
            with _unpacked(stream, file, tell) as source:
                yield source
        else:
            stream.seek(0)
            yield Source(file, size, stream, tell)


def sha256_of(path: Path) -> str:
    """The SHA-256 of the file as it lies there."""
    digest = hashlib.sha256()
    with _opened(path, shown_name(path)) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _opened(path: Path, file: str) -> Iterator[IO[bytes]]:
    try:
        # A pipe would be waited for, were it not opened so.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise RegisterError(
            "{file}: cannot be opened ({reason}); check the path.", file=file, reason=error.strerror or str(error)
        ) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise RegisterError("{file}: is no regular file; name a file of a register.", file=file)
    with os.fdopen(descriptor, "rb") as stream:
        if not status.st_size:
            raise RegisterError("{file}: the file is empty; fetch it again.", file=file)
        if status.st_size > MOST_BYTES:
            raise RegisterError(
                "{file}: more than {limit} GB; load a part of it.", file=file, limit=MOST_BYTES // 2**30
            )
        yield stream


@contextmanager
def _unpacked(stream: IO[bytes], file: str, tell: Callable[[int, int], None]) -> Iterator[Source]:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise RegisterError("{file}: the archive is damaged or cut off; fetch the file again.", file=file) from error
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise RegisterError(
            "{file}: {count} files inside, at most {limit} are looked at; unpack what is needed.",
            file=file,
            count=len(members),
            limit=MOST_MEMBERS,
        )
    found = [one for one in members if one.filename.lower().endswith(_READABLE) and not one.is_dir()]
    if len(found) != 1:
        raise RegisterError(
            "{file}: {count} files of data inside, one is read at a time; unpack the one to load.",
            file=file,
            count=len(found),
        )
    (member,) = found
    name = f"{file} ({member.filename[:80]})"
    if member.flag_bits & 1:
        raise RegisterError("{file}: protected by a password; save it without one.", file=name)
    if member.file_size > MOST_BYTES:
        raise RegisterError("{file}: more than {limit} GB; load a part of it.", file=name, limit=MOST_BYTES // 2**30)
    if member.file_size > _RATIO_FROM and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        raise RegisterError(
            "{file}: packed {limit} times or more, as no register is; unpack it first if it is one.",
            file=name,
            limit=MOST_RATIO,
        )
    try:
        part = archive.open(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise RegisterError("{file}: the archive is damaged or cut off; fetch the file again.", file=name) from error
    with archive, part:
        yield Source(name, member.file_size, part, tell)
