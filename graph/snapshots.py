"""
Immutable data versions: published by the writer, opened by readers, deleted when nobody reads them.

How versions are kept from deletion while somebody reads them:

- A reader, in whichever process, holds an exclusive lock on a file of its own, `versions/.leases/<n>.<pid>.<random>`.
  The operating system drops the lock when the process ends, however it ends, so a lease without a lock is stale.
- A reader takes its lease, and the writer judges leases and moves a version away, under the short lock
  `versions/.lock`.  So no version disappears between «it is the newest» and «I hold it».
- A version is moved to `versions/.old.<n>` before it is deleted, and made as `versions/.new.<n>` before it gets its
  name.  What a killed process leaves under these names is removed at the next start.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import threading
import weakref
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, Self

from filelock import FileLock, Timeout
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from graph.datasets import select
from graph.date_spans import spans_of
from graph.errors import (
    DataFolderError,
    NothingLoadedError,
    StoreBusyError,
    StoreClosedError,
    VersionGoneError,
)
from graph.folder import DataFolder, replace_file, sync_folder, sync_tree
from graph.guard import Dataset, check_query
from graph.results import Answer, Result, evaluation_error
from graph.search_edits import edited
from graph.syntax_errors import syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from pyoxigraph import Quad, Triple

    from graph.terms import Term

LOCK_SECONDS: Final = 30.0


class Lease(Protocol):
    """What keeps a version from being deleted, until it is released."""

    def release(self) -> None: ...


class Snapshot:
    """
    One data version, read-only.  Every query sees the same data, whatever is committed meanwhile.

    Safe to use from several threads.  Closed by `close`, by leaving a `with` block, or when it is forgotten.
    `has_plain_dates`: no date in it has a time zone, so that spans of dates may be looked up (`graph.date_spans`).
    """

    def __init__(self, version: int, engine: Store, lease: Lease, *, has_plain_dates: bool = False) -> None:
        self.version = version
        self._has_plain_dates = has_plain_dates
        self._engine: Store | None = engine
        self._finalizer = weakref.finalize(self, lease.release)

    def answer(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        dataset: Dataset | None = None,
        services: frozenset[str] = frozenset(),
        edits: Sequence[Sequence[int | str]] = (),
        functions: Mapping[NamedNode, Callable[..., Term | None]] | None = None,
    ) -> Answer:
        """
        The answer to a SPARQL query, to be written or read once.

        Plain patterns read the default graph, the de-duplicated merge of everything current (SPARQL 1.1, 13.1).
        `dataset` stands in the place of `FROM` and `FROM NAMED` (SPARQL 1.1 Protocol, 2.1.4); either means what it
        says (`graph.datasets`).  `services` are the endpoints that may be asked.
        `edits` put in what search clauses found (`graph.search_clauses`) and services gave (`graph.federation`), which
        may need `functions`.
        There is no time limit: texts written by people go to `graph.workers`.

        Raises:
            QueryRefusedError: SERVICE, updates, too long or too deeply nested text.
            QuerySyntaxError: Not SPARQL.
            QueryEvaluationError: The engine cannot evaluate it.
        """
        checked = check_query(text, prefixes=prefixes, services=services)
        return self.answer_checked(
            text,
            prefixes=prefixes,
            dataset=checked.dataset if dataset is None else dataset,
            edits=edits,
            spans=spans_of(checked, prefixes, dataset),
            functions=functions,
        )

    def answer_checked(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None,
        dataset: Dataset | None,
        edits: Sequence[Sequence[int | str]],
        spans: Sequence[Sequence[int | str]],
        functions: Mapping[NamedNode, Callable[..., Term | None]] | None = None,
    ) -> Answer:
        """
        The answer to a text that `check_query` let pass, with the dataset that was found there.

        `spans` are edits that are right only where no date has a time zone (`spans_of`).

        Raises:
            QuerySyntaxError, QueryEvaluationError: As in `answer`.
        """
        if self._has_plain_dates:
            edits = [*edits, *spans]
        try:
            return self.evaluated(edited(text, edits), prefixes=prefixes, dataset=dataset, functions=functions)
        except SyntaxError as error:
            raise syntax_error(text, error, prefixes=prefixes) from None

    def evaluated(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None,
        dataset: Dataset | None,
        functions: Mapping[NamedNode, Callable[..., Term | None]] | None = None,
    ) -> Answer:
        """
        The answer to a query that was looked at already.

        Raises:
            SyntaxError: The engine's own, with a place in this text.
            QueryEvaluationError: As in `answer`.
        """
        engine = self._open_engine()
        given: dict[str, Any] = {"prefixes": dict(prefixes or {}), "custom_functions": dict(functions or {})}
        try:
            if dataset is not None:
                engine, given["default_graph"], given["named_graphs"] = select(engine, dataset)
            return Answer(engine.query(text, **given), self)
        except SyntaxError:
            raise
        except (RuntimeError, ValueError, OSError) as error:
            raise evaluation_error(error) from None

    def query(self, text: str, *, prefixes: Mapping[str, str] | None = None, max_rows: int | None = None) -> Result:
        """The answer as a value; see `answer` and `graph.results`."""
        return self.answer(text, prefixes=prefixes).read(max_rows=max_rows)

    def graphs(self) -> list[NamedNode]:
        """Names of the named graphs, sorted."""
        return sorted(
            (name for name in self._open_engine().named_graphs() if isinstance(name, NamedNode)),
            key=lambda name: name.value,
        )

    def has_graph(self, graph: NamedNode) -> bool:
        """Whether there is such a named graph, empty or not."""
        return self._open_engine().contains_named_graph(graph)

    def triples(self, graph: NamedNode | None = None) -> Iterator[Triple]:
        """Triples of a named graph, or of the default graph; equal data come in equal order."""
        for quad in self._open_engine().quads_for_pattern(None, None, None, graph or DefaultGraph()):
            yield quad.triple

    def quads(self) -> Iterator[Quad]:
        """All statements of the default graph and of every other one, also of those that blank nodes name."""
        return iter(self._open_engine().quads_for_pattern(None, None, None, None))

    def objects(self, subject: NamedNode, predicate: NamedNode, graph: NamedNode | None = None) -> list[Term]:
        """What a named graph, or the default graph, says of `subject` by `predicate`."""
        found = self._open_engine().quads_for_pattern(subject, predicate, None, graph or DefaultGraph())
        return [quad.object for quad in found]

    def properties(self, subject: NamedNode) -> list[tuple[NamedNode, Term]]:
        """All that the default graph says of `subject`."""
        found = self._open_engine().quads_for_pattern(subject, None, None, DefaultGraph())
        return [(quad.predicate, quad.object) for quad in found]

    def dump(self, output: IO[bytes], *, whole: bool = True) -> None:
        """All statements, or those of the default graph, as N-Quads; blank nodes by their names in the store."""
        if whole:
            self._open_engine().dump(output, RdfFormat.N_QUADS)
        else:
            self._open_engine().dump(output, RdfFormat.N_TRIPLES, from_graph=DefaultGraph())

    def close(self) -> None:
        """The version may now be deleted.  Answers not yet read become invalid."""
        self._engine = None
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_engine(self) -> Store:
        engine = self._engine
        if engine is None:
            raise StoreClosedError("This snapshot of version {version} was closed", version=self.version)
        return engine


class Versions:
    """The versions of one data folder, for readers and for the writer.  Safe to use from several threads."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._current = str(folder.current)
        self._leases = folder.versions / ".leases"
        self._newest: Snapshot | None = None
        self._newest_lock = threading.Lock()

    def current(self) -> int:
        """
        The number of the newest version.

        Raises:
            NothingLoadedError: If nothing was ever published.
            DataFolderError: If the folder is not ours or `current` is damaged.
        """
        try:
            # For each query, so by the shortest way.
            descriptor = os.open(self._current, os.O_RDONLY)
            try:
                return int(os.read(descriptor, 64))
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            self._folder.check()
            raise NothingLoadedError(
                "{folder} holds no data yet; load documents first", folder=self._folder.path
            ) from None
        except ValueError:
            raise DataFolderError(
                "{folder}/current cannot be read; the folder was changed from outside, restore it from a copy",
                folder=self._folder.path,
            ) from None

    def size(self) -> int:
        """
        Bytes on disk of the newest version.

        Raises:
            NothingLoadedError, DataFolderError: As in `current`.
        """
        try:
            return sum(entry.stat().st_size for entry in os.scandir(self._folder.versions / str(self.current())))
        except OSError:  # A newer version took its place.
            return 0

    def existing(self) -> list[int]:
        """Numbers of the versions that can be opened, ascending."""
        if not self._folder.versions.is_dir():
            return []
        return sorted(int(entry.name) for entry in self._folder.versions.iterdir() if entry.name.isdecimal())

    def open(self, number: int | None = None) -> Snapshot:
        """
        A snapshot of version `number`, or of the newest one.

        Raises:
            VersionGoneError: If that version was deleted or never existed.
            NothingLoadedError, DataFolderError: As in `current`.
        """
        self.current()
        with self._lock():
            version = self.current() if number is None else number
            path = self._folder.versions / str(version)
            if not path.is_dir():
                if version > (newest := self.current()):
                    raise VersionGoneError(
                        "There is no version {version} of the data; the newest is {newest}",
                        version=version,
                        newest=newest,
                    )
                raise VersionGoneError(
                    "Version {version} of the data is not kept any more; ask the newest version", version=version
                )
            lease = _Lease(self._leases, version)
        try:
            engine = Store.read_only(str(path))
        except BaseException:
            lease.release()
            raise
        return Snapshot(version, engine, lease)

    def newest(self) -> Snapshot:
        """
        The newest version, opened once and shared by all callers until a newer one is published.

        Callers do not close it: it closes when the last of them forgets it.
        """
        with self._newest_lock:
            version = self.current()
            if self._newest is None or self._newest.version != version:
                self._newest = self.open()
            return self._newest

    def close(self) -> None:
        """Forget the shared snapshot, so that its version can be deleted."""
        with self._newest_lock:
            self._newest = None

    def publish(self, live: Store, number: int) -> None:
        """
        `current` names version `number`, which holds what `live` holds now, also after a power failure.

        Only for the holder of the writer lock, after `live.flush()`.
        """
        self._folder.versions.mkdir(exist_ok=True)
        path = self._folder.versions / str(number)
        if not path.is_dir():
            fresh = self._folder.versions / f".new.{number}"
            _remove_tree(fresh)
            live.backup(fresh)
            # Hard-linked tables were synced when the engine wrote them; the copied files are ours to sync.
            sync_tree(fresh)
            fresh.rename(path)
            sync_folder(self._folder.versions)
        replace_file(self._folder.current, str(number).encode("ascii"))

    def prune(self, keep: int) -> list[int]:
        """
        Numbers of the versions just deleted: all but the newest `keep` and those that somebody reads.

        Only for the holder of the writer lock.
        """
        current = self.current()
        candidates = [number for number in self.existing() if number <= current][:-keep]
        deleted: list[int] = []
        if candidates:
            with self._lock():
                held = self._held()
                for number in candidates:
                    if number not in held:
                        (self._folder.versions / str(number)).rename(self._folder.versions / f".old.{number}")
                        deleted.append(number)
            self.tidy()
        existing = self.existing()
        for beside in (self._folder.delta, self._folder.statistics):
            kept = {beside(number).name for number in existing}
            parent = beside(current).parent
            for path in parent.iterdir() if parent.is_dir() else ():
                if path.name not in kept:
                    path.unlink()
        return deleted

    def tidy(self) -> None:
        """Remove what a killed writer left behind.  Only for the holder of the writer lock."""
        if self._folder.versions.is_dir():
            for entry in self._folder.versions.iterdir():
                if entry.name.startswith((".new.", ".old.")):
                    _remove_tree(entry)

    def _held(self) -> set[int]:
        held: set[int] = set()
        if not self._leases.is_dir():
            return held
        for path in self._leases.iterdir():
            number = path.name.partition(".")[0]
            if not number.isdecimal() or int(number) in held:
                continue
            lock = FileLock(path, thread_local=False)
            try:
                lock.acquire(blocking=False)
            except (Timeout, OSError):
                held.add(int(number))
            else:
                lock.release()
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
        return held

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        try:
            with FileLock(self._folder.versions / ".lock", timeout=LOCK_SECONDS, thread_local=False):
                yield
        except Timeout:
            raise StoreBusyError(
                "The list of versions in {folder} stayed locked for {seconds} s; is a process there stopped or hung?",
                folder=self._folder.path,
                seconds=int(LOCK_SECONDS),
            ) from None


class _Lease:
    """A locked file that says «this version is being read»."""

    def __init__(self, folder: Path, version: int) -> None:
        folder.mkdir(exist_ok=True)
        self._path = folder / f"{version}.{os.getpid()}.{secrets.token_hex(8)}"
        self._lock = FileLock(self._path, thread_local=False)
        self._lock.acquire(blocking=False)

    def release(self) -> None:
        self._lock.release()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _remove_tree(path: Path) -> None:
    if path.exists():
        shutil.rmtree(path, ignore_errors=os.name == "nt")
