"""
The data folder: where everything lies, and how a file in it is replaced.

| name | what |
|---|---|
| `format` | number of the folder's format, the base of the data's IRIs, the kind of dataset (`DatasetKind`) |
| `store/` | the live Oxigraph store; only the process that holds `writer.lock` opens it |
| `store/version` | in a plain dataset: the number of the state that `store/` holds |
| `store.next/`, `store.before/` | there only while a next state is built, and while it takes the place of `store/` |
| `versions/<n>/` | immutable snapshots, hard-linked; readers open these |
| `versions/.deltas/<n>.gz` | what led from version n - 1 to n (see `graph.feed`) |
| `versions/.figures/<n>.json` | statistics of version n (see `graph.void`) |
| `versions/.leases/` | one locked file per open snapshot (see `graph.snapshots`) |
| `current` | the number of the newest version |
| `documents/<sha256>` | the loaded files as they came, and their profiles; readable by the owner only |
| `imports/<id>/` | files to be confirmed, and reports; readable by the owner only (see `api.importing.imports`) |
| `queries/<id>` | queries that short links stand for (see `api.editor.stored_queries`) |
| `proposals/<id>.json` | what reconciliation services proposed (see `loaders.linking.proposals`) |
| `server.json` | where the running server answers (see `graph.serving`) |
| `access/` | tokens, audit and query logs, readable by the owner only (see `api.access.users`, `api.access.audit`) |
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from graph.errors import DataFolderError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1

# `roadmaps`: documents and what follows from them; the default graph is derived.
# `plain`: an RDF dataset as SPARQL 1.1 defines it, of which nothing is derived.
DatasetKind: TypeAlias = Literal["roadmaps", "plain"]

_TEMPORARY: Final = re.compile(r"\..+\.[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Paths inside one data folder; nothing is touched before a method is called."""

    path: Path

    @property
    def format(self) -> Path:
        return self.path / "format"

    @property
    def store(self) -> Path:
        return self.path / "store"

    @property
    def next_store(self) -> Path:
        return self.path / "store.next"

    @property
    def previous_store(self) -> Path:
        return self.path / "store.before"

    @property
    def versions(self) -> Path:
        return self.path / "versions"

    @property
    def current(self) -> Path:
        return self.path / "current"

    @property
    def writer_lock(self) -> Path:
        return self.path / "writer.lock"

    @property
    def documents(self) -> Path:
        return self.path / "documents"

    @property
    def queries(self) -> Path:
        return self.path / "queries"

    @property
    def proposals(self) -> Path:
        return self.path / "proposals"

    @property
    def imports(self) -> Path:
        return self.path / "imports"

    @property
    def server(self) -> Path:
        return self.path / "server.json"

    @property
    def access(self) -> Path:
        return self.path / "access"

    def delta(self, version: int) -> Path:
        """Where the changes that led to `version` stand, if they are told (see `graph.feed`)."""
        return self.versions / ".deltas" / f"{version}.gz"

    def statistics(self, version: int) -> Path:
        """Where the figures of `version` stand, if they were kept (see `graph.void`)."""
        return self.versions / ".figures" / f"{version}.json"

    def prepare(self, base: str, dataset: DatasetKind = "roadmaps") -> None:
        """
        Make an empty folder ours, or check that it is ours already.

        Raises:
            DataFolderError: If the folder holds other files, another format, data of another base IRI or another kind
                of dataset.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        if not self.format.exists():
            foreign = sorted(
                entry.name for entry in self.path.iterdir() if entry not in {self.writer_lock, self.access}
            )
            # A start that was killed before it wrote `format` leaves only its temporary file.
            foreign = [name for name in foreign if not _TEMPORARY.fullmatch(name)]
            if foreign:
                raise DataFolderError(
                    "{folder} is not a Vekha data folder and is not empty (it holds {name}); "
                    "name an empty or a new folder",
                    folder=self.path,
                    name=foreign[0],
                )
            replace_file(self.format, json.dumps({"format": FORMAT, "base": base, "dataset": dataset}).encode())
        found = self.check()
        if found != base:
            raise DataFolderError(
                "The data in {folder} was made with the base IRI {found}, the setting says {base}; "
                "set the base IRI to {found} or load into a new folder",
                folder=self.path,
                found=found,
                base=base,
            )
        kind = self.dataset()
        if kind != dataset:
            raise DataFolderError(
                "{folder} holds a dataset of the kind «{found}», the setting says «{wanted}»; "
                "set VEKHA_DATASET to {found} or name another folder",
                folder=self.path,
                found=kind,
                wanted=dataset,
            )

    def dataset(self) -> DatasetKind:
        """
        The kind of dataset in the folder.

        Raises:
            DataFolderError: As in `check`.
        """
        self.check()
        # Folders made before there were kinds name none.
        found = json.loads(self.format.read_bytes()).get("dataset", "roadmaps")
        for kind in get_args(DatasetKind):
            if found == kind:
                return kind  # type: ignore[no-any-return]
        raise DataFolderError(
            "{folder}/format cannot be read; the folder was changed from outside, restore it from a copy",
            folder=self.path,
        )

    def check(self) -> str:
        """
        The base IRI of a folder that this program can read.

        Raises:
            DataFolderError: If there is no folder of ours, or its format is another.
        """
        try:
            written = json.loads(self.format.read_bytes())
            number, base = int(written["format"]), str(written["base"])
        except FileNotFoundError:
            raise DataFolderError(
                "{folder} is not a Vekha data folder: it has no file «format»; load documents first",
                folder=self.path,
            ) from None
        except (ValueError, KeyError, TypeError):
            raise DataFolderError(
                "{folder}/format cannot be read; the folder was changed from outside, restore it from a copy",
                folder=self.path,
            ) from None
        if number != FORMAT:
            raise DataFolderError(
                "{folder} has format {found}, this program reads format {wanted}; "
                "use the program that made the folder, or load the documents again into a new one",
                folder=self.path,
                found=number,
                wanted=FORMAT,
            )
        return base

    def keep_original(self, content: bytes) -> str:
        """The SHA-256 of `content`, which is then kept in `documents/` whole, whatever happens to this process."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.documents / digest
        # A copy that was damaged is replaced.
        if not path.exists() or path.read_bytes() != content:
            self.documents.mkdir(mode=0o700, exist_ok=True)
            replace_file(path, content, mode=0o600)
        return digest

    def original(self, sha256: str) -> Path | None:
        """The kept file with this SHA-256 (64 lower-case hexadecimal digits), if there is one."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            return None
        path = self.documents / sha256
        return path if path.is_file() else None

    def swap_store(self) -> None:
        """
        The store built in `store.next/` takes the place of `store/`; nobody may have either open.

        A process killed between the two renames leaves `store.before/` only, which `settle_store` puts back.
        """
        self.store.rename(self.previous_store)
        sync_folder(self.path)
        self.next_store.rename(self.store)
        sync_folder(self.path)
        shutil.rmtree(self.previous_store)

    def drop_next_store(self) -> None:
        """Remove what was built in `store.next/`, if anything."""
        shutil.rmtree(self.next_store, ignore_errors=True)

    def settle_store(self) -> None:
        """Undo or finish what a process killed in a swap left.  Only for the holder of the writer lock."""
        if self.previous_store.exists() and not self.store.exists():
            self.previous_store.rename(self.store)
        for left in (self.previous_store, self.next_store):
            shutil.rmtree(left, ignore_errors=True)

    def tidy(self) -> None:
        """Remove the temporary files of killed processes.  Only for the holder of the writer lock."""
        for parent in (self.path, self.documents):
            for entry in parent.glob(".*"):
                if _TEMPORARY.fullmatch(entry.name):
                    entry.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """After return `path` holds exactly `content`, also after a power failure; before, what it held."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _rename_over(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_tree(path: Path) -> None:
    """The files in the folder and their names survive a power failure; tables that another store shares did before."""
    if os.name != "nt":
        for entry in path.iterdir():
            if entry.stat().st_nlink == 1:
                sync_folder(entry)
    sync_folder(path)


def sync_folder(path: Path) -> None:
    """Names in the folder (or a file) survive a power failure; Windows keeps no such promise and has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename_over(source: Path, target: Path) -> None:
    # Windows refuses to replace a file that somebody is just reading; our readers close it at once.
    for _ in range(50 if os.name == "nt" else 0):
        with contextlib.suppress(PermissionError):
            source.replace(target)
            return
        time.sleep(0.02)
    source.replace(target)
