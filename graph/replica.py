"""
A data version in memory, from which queries are answered 1.5 to 10 times faster than from disk.

Where the default graph is derived it holds every statement of the dataset once more, and plain queries read it alone;
so it alone is held in memory, in two thirds of the space, and its scans do not pass the statements of other graphs
(the engine chains all statements of a node, whatever their graph).  Queries that name graphs go to disk then.

The engine chains the statements of a node and of a predicate as they come and takes memory for them in that order, so
the order of filling (`reading_order`) decides how far apart the next one lies: for all eight questions of
`bench.service` it saves 5 to 40 % beside the order on disk, which is that of hashes.

It is filled from the newest version by another process, because the engine's threads of an opened disk store would make
forks of this one unsafe, and follows the writer by the changes of each version (`graph.feed`).  Where those are not
told, or memory has grown by them, it is out of date for good and the process that holds it is replaced.
"""

from __future__ import annotations

import io
import json
import os
import select
from itertools import islice
from typing import IO, TYPE_CHECKING, Final, cast

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from graph.feed import read_changes
from graph.frames import read_frame, write_frame
from graph.process_memory import resident_memory
from graph.snapshots import Snapshot, Versions
from ontology.vocabulary import XSD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.folder import DataFolder

# Some ten milliseconds of work, after which the holder looks whether somebody wants something.
_STEP: Final = 5_000
_STEP_BYTES: Final = 512 * 1024
# So many seconds the reader is waited for before the holder looks elsewhere.
_GLANCE: Final = 0.005
# So much is put in order at once, by the process that reads: more than a million statements.
_SORTED_BYTES: Final = 192 * 1024**2
_GROWTH: Final = 1.5
_ALWAYS_ALLOWED: Final = 128 * 1024**2
# Memory by bytes on disk of the whole dataset, seen with roadmaps and with made-up data of a million quads: up to 2
# for the whole dataset, 1.3 for the default graph.
_MEMORY_OF_DISK: Final = 2.0
_MEMORY_OF_DISK_DEFAULT: Final = 1.3
_DEFAULT: Final = DefaultGraph()
_DATE: Final = b"#date> .\n"
_END_OF_DATE: Final = f'"^^<{XSD.date.value}>'.encode()


class ReplicaError(Exception):
    """The version cannot be held in memory; `str` says why."""


class Replica:
    """
    One version in memory, once `fill` has come to its end; then `follow` takes newer versions in.

    `most` is how many bytes it may take, None for any number.  `has_named_graphs` is known with the first version: a
    copy without them answers queries of the default graph only.  `has_plain_dates`: no date in it has a time zone, as
    far as was looked.
    """

    def __init__(self, folder: DataFolder, *, most: int | None) -> None:
        self._folder = folder
        self._versions = Versions(folder)
        self._most = most
        self._store = Store()
        self._snapshot: Snapshot | None = None
        self._empty_size = self._filled_size = 0
        self.has_named_graphs = True
        self.has_plain_dates = True

    @property
    def snapshot(self) -> Snapshot | None:
        """The version in memory; None while it is being filled."""
        return self._snapshot

    @property
    def version(self) -> int | None:
        """Its number; None where nothing is in memory."""
        return None if self._snapshot is None else self._snapshot.version

    @property
    def size(self) -> int:
        """Bytes of memory of this process."""
        return resident_memory() or 0

    def fill(self) -> Iterator[bool]:
        """
        Take in the newest version; has none in memory before the last step.

        Each step is small and tells whether anything was done: before the first commit there is nothing to read.

        Raises:
            ReplicaError: It is too large, or its reader failed.
            DataFolderError: The folder is not ours or damaged.
        """
        while not self._folder.current.exists():
            yield False
        version = self._versions.current()
        self.has_named_graphs = self._folder.dataset() == "plain"
        self.has_plain_dates = not self.has_named_graphs
        share = _MEMORY_OF_DISK if self.has_named_graphs else _MEMORY_OF_DISK_DEFAULT
        estimate = self._versions.size() * share
        if self._most is not None and estimate > self._most:
            raise ReplicaError(f"version {version} needs about {estimate / 1024**2:.0f} MB")
        self._empty_size = self.size
        reader, source = self._start_reader(version)
        with io.BufferedReader(io.FileIO(source), _STEP_BYTES) as stream:
            try:
                head = json.loads(read_frame(stream)[1])
                for name in head["graphs"]:
                    self._store.add_graph(NamedNode(name))
                for _ in self._take_in(stream):
                    self._check_size(version)
                    yield True
            # The engine's word for a line that is longer than it reads is MemoryError.
            except (EOFError, SyntaxError, MemoryError) as error:
                raise ReplicaError(f"version {version} could not be read: {error}") from None
            finally:
                stream.close()
                _, status = os.waitpid(reader, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            raise ReplicaError(f"version {version} could not be read to its end")
        self._snapshot = self._held_version(version)
        self._filled_size = self.size

    def _take_in(self, stream: io.BufferedReader[io.FileIO]) -> Iterator[None]:
        if self.has_named_graphs:
            # Only this parser keeps the names of blank nodes, which changes refer to.
            quads = parse(stream, RdfFormat.N_QUADS)
            while step := list(islice(quads, _STEP)):
                self._store.extend(step)
                yield
            return
        unfinished = b""
        while True:
            # While the reader puts things in order, others are not to wait for this process.
            while not select.select([stream], [], [], _GLANCE)[0]:
                yield
            chunk = stream.read1(_STEP_BYTES)
            if not chunk:
                break
            lines = unfinished + chunk
            end = lines.rfind(b"\n") + 1
            self._load(lines[:end])
            unfinished = lines[end:]
            yield
        self._load(unfinished)

    def _load(self, lines: bytes) -> None:
        self.has_plain_dates = self.has_plain_dates and not has_zones(lines)
        self._store.load(lines, RdfFormat.N_TRIPLES)

    def follow(self, *, most: int | None = None) -> bool:
        """
        Whether a newer version was taken in; not if what is told of the changes has more bytes than `most`.

        Where that breaks off in the middle, nothing is in memory afterwards.

        Raises:
            ReplicaError: There is a newer one, but not how it came about; or memory has grown too much.
            GraphError: The folder was damaged.
        """
        if self._snapshot is None:
            raise ReplicaError("no version is in memory")
        current = self._versions.current()
        have = self._snapshot.version
        if current == have:
            return False
        told = [self._folder.delta(version) for version in range(have + 1, current + 1)]
        try:
            if most is not None and sum(path.stat().st_size for path in told) > most:
                return False
            changes = [read_changes(path) for path in told]
        except (OSError, EOFError, SyntaxError, MemoryError):
            raise ReplicaError(f"what led from version {have} to {current} is not told") from None
        self._snapshot = None
        for gone, new in changes:
            for quad in self._held(gone):
                self._store.remove(quad)
            self._store.extend(self._held(new))
            self.has_plain_dates = self.has_plain_dates and not any(_has_zone(quad.object) for quad in new)
        self._snapshot = self._held_version(current)
        self._check_size(current)
        if self.size > self._filled_size * _GROWTH + _ALWAYS_ALLOWED:
            raise ReplicaError(f"version {current} takes {self.size} bytes of memory, because of many changes")
        return True

    def _held_version(self, version: int) -> Snapshot:
        return Snapshot(version, self._store, _NoLease(), has_plain_dates=self.has_plain_dates)

    def _held(self, quads: list[Quad]) -> list[Quad]:
        return quads if self.has_named_graphs else [quad for quad in quads if quad.graph_name == _DEFAULT]

    def _check_size(self, version: int) -> None:
        if self._most is not None and self.size - self._empty_size > self._most:
            raise ReplicaError(f"version {version} needs more than {self._most / 1024**2:.0f} MB")

    def _start_reader(self, version: int) -> tuple[int, int]:
        """A process that reads the version from disk, and what it writes."""
        source, target = os.pipe()
        reader = os.fork()
        if reader:
            os.close(target)
            return reader, source
        status = 1
        try:
            os.close(source)
            os.nice(5)
            with os.fdopen(target, "wb") as stream, self._versions.open(version) as snapshot:
                names = [name.value for name in snapshot.graphs()] if self.has_named_graphs else []
                write_frame(stream, b"h", json.dumps({"graphs": names}).encode())
                if self.has_named_graphs:
                    snapshot.dump(stream)
                else:
                    ordered = _Ordered(stream)
                    snapshot.dump(cast("IO[bytes]", ordered), whole=False)
                    ordered.flush()
            status = 0
        finally:
            os._exit(status)


def reading_order(lines: list[bytes]) -> Iterator[bytes]:
    """
    Lines of N-Triples so that what is read together lies together: dates by their predicate, all else by its subject.

    Questions take spans out of all dates of a predicate; subjects of one document begin alike.
    """
    lines.sort()
    dated = [line for line in lines if line.endswith(_DATE)]
    # Stable, so the subjects stay in order.
    dated.sort(key=lambda line: line.split(b" ", 2)[1])
    yield from dated
    yield from (line for line in lines if not line.endswith(_DATE))


def has_zones(lines: bytes) -> bool:
    """Whether lines of N-Triples may hold an xsd:date with a time zone; certainly not if False."""
    at = lines.find(_END_OF_DATE)
    while at >= 0:
        # «2026-05-01» has a hyphen there, «2026-05-01Z» a digit, «2026-05-01+03:00» a colon.
        if lines[max(at - 3, 0) : at - 2] != b"-":
            return True
        at = lines.find(_END_OF_DATE, at + 1)
    return False


def _has_zone(term: object) -> bool:
    return isinstance(term, Literal) and term.datatype == XSD.date and term.value[-3:-2] != "-"


class _Ordered:
    """What is written to it goes on to `output` in reading order, some hundred megabytes at a time."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._lines: list[bytes] = []
        self._unfinished = b""
        self._size = 0

    def write(self, data: bytes) -> int:
        lines = (self._unfinished + data).splitlines(keepends=True)
        self._unfinished = b"" if data.endswith(b"\n") else lines.pop()
        self._lines += lines
        self._size += len(data)
        if self._size >= _SORTED_BYTES:
            self.flush()
        return len(data)

    def flush(self) -> None:
        self._output.writelines(reading_order(self._lines))
        self._lines, self._size = [], 0


class _NoLease:
    """What is in memory needs no version to be kept on disk."""

    def release(self) -> None:
        pass
