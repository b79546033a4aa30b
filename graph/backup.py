"""
Backups: one data version as one file, and data folders made of such files.

A backup is a ZIP archive of `manifest.json`, the statements as N-Quads and the loaded documents, so it does not depend
on the engine, its version or the machine.  It is taken from a published version, also while a server runs.  Tokens and
logs are not in it.

Archives come from outside: nothing but these names is read from one, no more bytes than its manifest states and the
disk can hold, and every file must have the stated SHA-256.  A folder is made beside the wanted place and takes it only
when it is whole and says what the manifest says.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
import shutil
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, cast

from pyoxigraph import NamedNode, RdfFormat
from pyoxigraph import Store as Engine

from graph.errors import ArchiveError, DataFolderError, GraphError
from graph.feed import LONGEST_LINE
from graph.folder import FORMAT, DataFolder, replace_file, sync_folder
from graph.snapshots import Versions
from graph.store import Store
from graph.validation import Finding, Severity, Validator
from graph.void import statistics
from ontology.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.folder import DatasetKind

MANIFEST: Final = "manifest.json"
DATA: Final = "data.nq"
# Statements and documents may take this part of the free disk; the store built from them takes as much again.
PART_OF_DISK: Final = 3
MOST_FILES: Final = 100_000
_DOCUMENT: Final = re.compile(r"documents/([0-9a-f]{64})")
_OTHER_COUNT: Final = "it holds more or fewer statements than its manifest says"
_CHUNK: Final = 1 << 20
_MANIFEST_BYTES: Final = 1 << 26


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; `files` are size and SHA-256 of each file, `empty` the named graphs without statements."""

    backup: Literal[1]
    format: int
    base: str
    dataset: DatasetKind
    version: int
    quads: int
    triples: int
    graphs: int
    empty: list[str]
    files: dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Restored:
    """What became of a backup; `findings` are violations of the shapes by its documents."""

    manifest: Manifest
    findings: tuple[Finding, ...]


def back_up(folder: DataFolder, target: Path, *, tell: Callable[[int], None] = lambda _: None) -> Manifest:
    """
    The newest version of `folder` in the new file `target`, which is there whole or not at all.

    `tell` hears now and then how many bytes were taken in.

    Raises:
        ArchiveError: If `target` exists or cannot be written, or a statement is too long to be read again.
        DataFolderError, NothingLoadedError: If there is no data.
    """
    base, dataset = folder.check(), folder.dataset()
    if target.exists():
        raise ArchiveError("{file} exists already; name a new file", file=target)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    with Versions(folder).open() as snapshot:
        try:
            with zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                files: dict[str, tuple[int, str]] = {}
                with _writing(archive, DATA, files, tell) as data:
                    snapshot.dump(cast("IO[bytes]", data))
                data.check_lines()
                for path in sorted(folder.documents.glob("[0-9a-f]*")) if folder.documents.is_dir() else ():
                    if _DOCUMENT.fullmatch(f"documents/{path.name}"):
                        with _writing(archive, f"documents/{path.name}", files, tell) as copy, path.open("rb") as file:
                            shutil.copyfileobj(file, cast("IO[bytes]", copy), _CHUNK)
                graphs = snapshot.graphs()
                triples = statistics(folder, snapshot).triples
                empty = [name.value for name in graphs if next(snapshot.triples(name), None) is None]
                manifest = Manifest(
                    1, FORMAT, base, dataset, snapshot.version, data.lines, triples, len(graphs), empty, files
                )
                archive.writestr(MANIFEST, json.dumps(asdict(manifest)))
            sync_folder(temporary)
            temporary.rename(target)
            sync_folder(target.parent)
        except OSError as error:
            raise ArchiveError("{file} cannot be written: {reason}", file=target, reason=error.strerror) from None
        finally:
            temporary.unlink(missing_ok=True)
    return manifest


def restore(source: Path, folder: DataFolder) -> Restored:
    """
    What the backup `source` holds, now in `folder`, which is new or empty; on any error it stays so.

    Raises:
        ArchiveError: If `source` is no backup, was damaged, or is not what its manifest says.
        DataFolderError: If `folder` is in use or holds anything.
    """
    path = folder.path
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataFolderError("{folder} is not empty; restore into a new or an empty folder", folder=path)
    for left in path.parent.glob(f".{path.name}.*.restoring"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = DataFolder(path.with_name(f".{path.name}.{secrets.token_hex(8)}.restoring"))
    try:
        fresh.path.mkdir(parents=True)
    except OSError as error:
        raise DataFolderError("{folder} cannot be made: {reason}", folder=path, reason=error.strerror) from None
    try:
        with _reading(source), zipfile.ZipFile(source) as archive:
            manifest = _manifest(source, archive, shutil.disk_usage(path.parent).free)
            _fill(source, archive, manifest, fresh)
        findings = _checked(source, manifest, fresh)
        if path.exists():
            path.rmdir()
        fresh.path.rename(path)
        sync_folder(path.parent)
    finally:
        shutil.rmtree(fresh.path, ignore_errors=True)
    return Restored(manifest, findings)


class _Sink:
    """Writes on, and counts bytes, lines, the longest line and the hash of what passes."""

    def __init__(self, output: IO[bytes], tell: Callable[[int], None] = lambda _: None) -> None:
        self._output = output
        self._tell = tell
        self._unfinished = 0
        self.longest = 0
        self.hash = hashlib.sha256()
        self.bytes = 0
        self.lines = 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.bytes += len(data)
        first, *others = data.split(b"\n")
        self.lines += len(others)
        self._unfinished += len(first)
        self.longest = max(self.longest, self._unfinished, *map(len, others))
        if others:
            self._unfinished = len(others[-1])
        self._output.write(data)
        self._tell(self.bytes)
        return len(data)

    def flush(self) -> None:
        pass

    def check_lines(self) -> None:
        """
        Nothing, if the engine reads each line that passed.

        Raises:
            ArchiveError: One is too long.
        """
        if self.longest > LONGEST_LINE:
            raise ArchiveError(
                "A statement has more than {megabytes} MB; such a backup could not be restored. Delete it first",
                megabytes=LONGEST_LINE // 1024**2,
            )


@contextlib.contextmanager
def _writing(
    archive: zipfile.ZipFile, name: str, files: dict[str, tuple[int, str]], tell: Callable[[int], None]
) -> Iterator[_Sink]:
    before = sum(size for size, _ in files.values())
    with archive.open(name, "w", force_zip64=True) as output:
        sink = _Sink(output, lambda size: tell(before + size))
        yield sink
    files[name] = sink.bytes, sink.hash.hexdigest()


@contextlib.contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Whatever a strange archive does to the libraries is one error."""
    try:
        yield
    except GraphError:
        raise
    except OSError as error:
        raise ArchiveError("{file} cannot be read: {reason}", file=source, reason=error.strerror or error) from None
    except Exception as error:  # noqa: BLE001  (archives come from outside)
        raise _damaged(source, str(error) or type(error).__name__) from None


def _damaged(source: Path, reason: str) -> ArchiveError:
    return ArchiveError(
        "{file} is no backup of Vekha, or it was damaged ({reason}); nothing was restored", file=source, reason=reason
    )


def _manifest(source: Path, archive: zipfile.ZipFile, free: int) -> Manifest:
    """What the archive says of itself, if its list of files agrees."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    if MANIFEST not in entries or entries[MANIFEST].file_size > _MANIFEST_BYTES:
        raise _damaged(source, "it has no manifest")
    written: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if set(written) != {field.name for field in fields(Manifest)} or written["backup"] != 1:
        raise _damaged(source, "its manifest is of another kind")
    files = {name: (size, digest) for name, (size, digest) in written["files"].items()}
    manifest = Manifest(**written | {"files": files})
    numbers = (manifest.format, manifest.version, manifest.quads, manifest.triples, manifest.graphs)
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise _damaged(source, "its manifest is of another kind")
    if manifest.format != FORMAT or manifest.dataset not in {"roadmaps", "plain"}:
        raise ArchiveError(
            "{file} has format {found}, this program reads format {wanted}; use the program that made it",
            file=source,
            found=manifest.format,
            wanted=FORMAT,
        )
    Iris(manifest.base)
    strange = [name for name in manifest.files if name != DATA and not _DOCUMENT.fullmatch(name)]
    if strange or len(entries) > MOST_FILES or set(entries) != {MANIFEST, *manifest.files} or DATA not in entries:
        raise _damaged(source, "it holds other files than its manifest names")
    if len(entries) != len(archive.infolist()):
        raise _damaged(source, "a file is there twice")
    if any(entries[name].file_size != size for name, (size, _) in manifest.files.items()):
        raise _damaged(source, "a file has not the size that its manifest names")
    size = sum(size for size, _ in manifest.files.values())
    if size * PART_OF_DISK > free:
        raise ArchiveError(
            "{file} would need {megabytes} MB, more than the disk has free; nothing was restored",
            file=source,
            megabytes=size * PART_OF_DISK // 1024**2,
        )
    return manifest


def _fill(source: Path, archive: zipfile.ZipFile, manifest: Manifest, fresh: DataFolder) -> None:
    """The folder holds the statements as its live store, and the documents."""
    data = fresh.path / DATA
    fresh.documents.mkdir()
    for name, (size, digest) in manifest.files.items():
        document = _DOCUMENT.fullmatch(name)
        target = data if document is None else fresh.documents / document[1]
        with archive.open(name) as packed, target.open("xb") as file:
            sink = _Sink(file)
            while chunk := packed.read(_CHUNK):
                sink.write(chunk)
                if sink.bytes > size:
                    break
        found = sink.hash.hexdigest()
        if (sink.bytes, found) != (size, digest) or (document is not None and found != document[1]):
            raise _damaged(source, f"{name} is not what its manifest says")
    engine = Engine(fresh.store)
    engine.bulk_load(path=str(data), format=RdfFormat.N_QUADS)
    for name in manifest.empty:
        engine.add_graph(NamedNode(name))
    engine.optimize()
    engine.flush()
    data.unlink()
    if (len(engine), sum(1 for _ in engine.named_graphs())) != (manifest.quads, manifest.graphs):
        raise _damaged(source, _OTHER_COUNT)
    del engine
    if manifest.dataset == "plain":
        (fresh.store / "version").write_text(str(manifest.version), "ascii")
    written = {"format": FORMAT, "base": manifest.base, "dataset": manifest.dataset}
    replace_file(fresh.format, json.dumps(written).encode())


def _checked(source: Path, manifest: Manifest, fresh: DataFolder) -> tuple[Finding, ...]:
    """Publish the version; what the shapes say of each document in it."""
    with _reading(source), Store.open(fresh.path, rules=[], base=manifest.base, dataset=manifest.dataset) as store:
        if store.version != manifest.version:
            raise _damaged(source, "its state is of another version than its manifest says")
        documents = sorted(store.current_graphs(), key=str)
        with store.versions.open() as snapshot:
            if statistics(fresh, snapshot).triples != manifest.triples:
                raise _damaged(source, _OTHER_COUNT)
            reference = list(snapshot.triples(Iris(manifest.base).graph("reference")))
            validator = Validator()
            persons = f"{Iris(manifest.base).graph('persons').value}/"
            found: list[Finding] = []
            for name in documents:
                if store.roadmap_of(name) is not None:
                    own = NamedNode(persons + name.value.rpartition("/")[2])
                    triples = [*snapshot.triples(name), *snapshot.triples(own)]
                    found += validator.check(triples, context=reference).of(Severity.VIOLATION)
    return tuple(found)
