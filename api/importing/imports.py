"""
Imports through pages: files that wait to be looked at, what loading them would do, and reports of those loaded.

Each lies in `imports/<id>/` of the data folder, its files under their SHA-256, whatever they were called.  Nothing is
in the store before somebody has confirmed the very files and settings that were shown, for the data version that they
were shown for.  Cancelled and forgotten imports leave nothing; of loaded ones the report stays.

A killed server leaves a document wholly loaded or not at all; at the next start an import that was being read is read
again, and of one that was being loaded the store says what came of it.

One module of more than 400 lines, because every change of an import's state shares one lock and one order of steps.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any, Final, Literal, TypeAlias

from api.access.audit import Author
from api.importing.examination import written_preview
from api.importing.loading import Loader, StaleDataError, reading_limits
from graph.errors import GraphError
from graph.folder import replace_file
from loaders.loaded_versions import loaded_versions, newest
from loaders.profile import profile_path
from loaders.reading_process import ReadingPool

if TYPE_CHECKING:
    from collections.abc import Sequence

State: TypeAlias = Literal["reading", "ready", "loading", "done", "failed"]

# An import that nobody touched for so long is forgotten.
HOURS: Final = 24
MOST_OPEN: Final = 20
# Open imports together may have so many times the bytes of one upload.
UPLOADS_KEPT: Final = 4
MOST_REPORTS: Final = 1000

_ID: Final = re.compile(r"[0-9a-f]{16}")
_OPEN: Final = frozenset({"reading", "ready", "loading"})


class ImportRefusedError(Exception):
    """What was asked of an import cannot be done; `template` with `values` are words for the person."""

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.template, self.values = template, values


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """`name` is what the file was called; `profile` is the text of the YAML that corrects its reading, if any."""

    name: str
    sha256: str
    bytes: int
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """
    One import; `version` is the data version that its preview was made for, `done` counts the files read or loaded.

    `stale` is the version that the preview before was made for, if it is being made anew because the data changed.
    `report` is that of the load (`loaders.report.LoadReport.to_json`); `before` the data version it began with.
    """

    id: str
    author: str
    client: str
    created: str
    touched: str
    state: State
    files: tuple[ImportedFile, ...]
    version: int = 0
    done: int = 0
    stale: int | None = None
    before: int | None = None
    report: dict[str, Any] | None = None
    problem: str | None = None

    @property
    def digest(self) -> str:
        """What a confirmation must show: it changes with the files, how they are read, and the data version."""
        said = json.dumps([self.version, *([file.name, file.sha256, file.profile] for file in self.files)])
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


@dataclass(slots=True)
class Imports:
    """The imports of one data folder; for the process that writes there.  Safe to use from several threads."""

    loader: Loader
    hours: float = HOURS
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _work: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="import"))
    _readers: ReadingPool | None = None
    _closed: bool = False

    @property
    def folder(self) -> Path:
        return self.loader.store.folder.imports

    def resume(self) -> None:
        """Finish what an earlier process left: to be called once, before anything else."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if not _ID.fullmatch(path.name) or self._read(path.name) is None:
                _remove(path)
        for known in self.all():
            if known.state == "reading":
                self._start(known)
            elif known.state == "loading":
                self._settle(known)

    def close(self) -> None:
        """Stop reading; what was being read is read again when the next process starts."""
        with self._lock:
            self._closed = True
            readers = self._readers
        if readers is not None:
            readers.close()
        self._work.shutdown(wait=True, cancel_futures=True)

    def all(self) -> list[Import]:
        """The newest first."""
        if not self.folder.is_dir():
            return []
        found = (self._read(path.name) for path in self.folder.iterdir() if _ID.fullmatch(path.name))
        return sorted((one for one in found if one is not None), key=lambda one: (one.created, one.id), reverse=True)

    def find(self, name: str) -> Import | None:
        found = self._read(name) if _ID.fullmatch(name) else None
        return None if found is None or self._is_forgotten(found) else found

    def preview(self, one: Import, number: int) -> dict[str, Any] | None:
        """What `written_preview` wrote of the file, counted from 0; None if it is not read yet."""
        try:
            written: dict[str, Any] = json.loads((self.folder / one.id / f"preview-{number}.json").read_bytes())
        except (OSError, ValueError):
            return None
        return written

    def begin(self, author: Author, uploads: Sequence[tuple[str, IO[bytes]]], profiles: dict[str, str]) -> Import:
        """
        A new import, whose files are being read; `profiles` by the stem of the file that they belong to.

        Raises:
            ImportRefusedError: Too much waits already.
        """
        name, now = secrets.token_hex(8), _now()
        made = self.folder / f".{name}"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        made.mkdir(mode=0o700)
        try:
            files = tuple(_kept(made, file, source, profiles) for file, source in uploads)
            new = Import(name, author.name, author.client, now, now, "reading", files)
            with self._lock:
                self._make_room(new)
                replace_file(made / "import.json", _written(new), mode=0o600)
                made.rename(self.folder / name)
                self._start(new)
        except BaseException:
            _remove(made)
            raise
        return new

    def revise(self, one: Import, number: int, profile: str | None) -> None:
        """
        Read the files again, one of them with another profile.

        Raises:
            ImportRefusedError: It is being read or loaded, or was loaded already.
        """
        with self._lock:
            known = self._ready(one.id)
            files = list(known.files)
            files[number] = replace(files[number], profile=profile)
            self._start(
                self._save(replace(known, files=tuple(files), state="reading", done=0, stale=None, touched=_now()))
            )

    def confirm(self, one: Import, digest: str, author: Author) -> None:
        """
        Load what was shown; if the data are no longer of the version that it was shown for, make the preview anew.

        Raises:
            ImportRefusedError: Something else was shown, or nothing can be loaded; nothing was.
        """
        with self._lock:
            known = self._ready(one.id)
            if not secrets.compare_digest(known.digest, digest):
                raise ImportRefusedError("The settings were changed elsewhere; look at the preview again.")
            if known.version != self.loader.store.version:
                self._read_anew(known)
                return
            if all(self._hinders(known, number) for number in range(len(known.files))):
                raise ImportRefusedError("There is nothing in it that could be loaded.")
            self._save(replace(known, state="loading", done=0, touched=_now(), before=known.version))
            self._work.submit(self._load, known.id, author)

    def cancel(self, one: Import) -> None:
        """
        Forget the import; nothing of it stays.

        Raises:
            ImportRefusedError: It is being loaded, or was loaded already.
        """
        with self._lock:
            known = self._read(one.id)
            if known is None:
                return
            if known.state not in {"reading", "ready"}:
                raise ImportRefusedError("It is being loaded already and cannot be cancelled.")
            _remove(self.folder / known.id)

    def _hinders(self, one: Import, number: int) -> bool:
        preview = self.preview(one, number)
        return preview is None or bool(preview["report"]["errors"])

    def _ready(self, name: str) -> Import:
        known = self._read(name)
        if known is None:
            raise ImportRefusedError("This import was cancelled or has expired; send the files again.")
        match known.state:
            case "ready":
                return known
            case "reading":
                raise ImportRefusedError("The files are still being read; wait for the preview.")
            case "loading":
                raise ImportRefusedError("It is being loaded already.")
            case _:
                raise ImportRefusedError("It was loaded already; to load it again, send the files again.")

    def _read_anew(self, known: Import) -> None:
        self._start(self._save(replace(known, state="reading", done=0, stale=known.version, touched=_now())))

    def _make_room(self, new: Import) -> None:
        known = self.all()
        for one in known:
            if self._is_forgotten(one):
                _remove(self.folder / one.id)
        opened = [one for one in known if one.is_open and not self._is_forgotten(one)]
        most = UPLOADS_KEPT * self.loader.settings.upload_bytes
        if len(opened) >= MOST_OPEN or sum(one.bytes for one in opened) + new.bytes > most:
            raise ImportRefusedError(
                "Too many imports wait to be confirmed ({count}); confirm or cancel some of them first.",
                count=len(opened),
            )
        for one in [one for one in known if not one.is_open][MOST_REPORTS - 1 :]:
            _remove(self.folder / one.id)

    def _is_forgotten(self, one: Import) -> bool:
        age = datetime.now(UTC) - datetime.fromisoformat(one.touched)
        return one.state in {"reading", "ready"} and age > timedelta(hours=self.hours)

    def _start(self, one: Import) -> None:
        for path in (self.folder / one.id).glob("preview-*.json"):
            path.unlink()
        self._work.submit(self._examine, one.id)

    def _examine(self, name: str) -> None:
        """Read the files of an import and write what loading them would do."""
        one = self._read(name)
        if one is None or one.state != "reading" or self._closed:
            return
        version = self.loader.store.version
        limits = reading_limits(self.loader.settings)
        try:
            with (
                TemporaryDirectory(prefix="vekha-") as laid_out,
                ReadingPool(replace(limits, processes=min(limits.processes, 1))) as readers,
            ):
                self._readers = readers
                paths = self._lay_out(one, Path(laid_out))
                for number, examined in enumerate(self.loader.examine(paths, readers)):
                    if self._closed:
                        return
                    content = written_preview(examined, self.loader.settings)
                    with self._lock:
                        known = self._read(name)
                        if known is None:
                            return
                        replace_file(self.folder / name / f"preview-{number}.json", content, mode=0o600)
                        self._save(replace(known, done=number + 1))
            problem = None
        except Exception as error:  # a fault of ours must not leave the import waiting for ever
            if self._closed:
                return
            logging.getLogger(__name__).exception("An import could not be read")
            problem = str(error) if isinstance(error, GraphError) else type(error).__name__
        finally:
            self._readers = None
        with self._lock:
            known = self._read(name)
            if known is not None:
                state: State = "ready" if problem is None else "failed"
                self._save(replace(known, state=state, version=version, problem=problem))

    def _load(self, name: str, author: Author) -> None:
        one = self._read(name)
        if one is None or one.state != "loading":
            return

        def tell(event: dict[str, Any]) -> None:
            known = self._read(name)
            if known is not None and known.done != event["done"]:
                self._save(replace(known, done=event["done"]))

        problem, report = None, None
        with TemporaryDirectory(prefix="vekha-") as laid_out:
            try:
                numbers = [number for number in range(len(one.files)) if not self._hinders(one, number)]
                paths = self._lay_out(one, Path(laid_out))
                chosen = [paths[number] for number in numbers]
                report = self.loader.load(chosen, tell, author=author, expected=one.version)
            except StaleDataError:
                with self._lock:
                    self._read_anew(one)
                return
            except Exception as error:  # told on the page of the import
                logging.getLogger(__name__).exception("An import could not be loaded")
                problem = str(error) if isinstance(error, GraphError) else type(error).__name__
        self._finish(replace(one, state="done" if report else "failed", report=report, problem=problem))

    def _finish(self, one: Import) -> None:
        """The report stays, the files and previews go: what was loaded is kept where loads keep it."""
        with self._lock:
            # Whoever sees the end of an import finds nothing of it but the report.
            for path in (self.folder / one.id).iterdir():
                if path.name != "import.json":
                    path.unlink()
            self._save(replace(one, done=len(one.files), touched=_now()))

    def _settle(self, one: Import) -> None:
        """An import whose load a stopped server broke off: each of its files is in the store, or is not."""
        snapshot = newest(self.loader.store)
        present = {known.sha256 for known in loaded_versions(snapshot) if known.current}
        documents = [
            {"file": file.name, "status": "loaded" if file.sha256 in present else "failed", "sha256": file.sha256}
            for file in one.files
        ]
        report = {"documents": documents, "version": self.loader.store.version, "broken": True}
        self._finish(replace(one, state="done", report=report))

    def _lay_out(self, one: Import, folder: Path) -> list[Path]:
        """The files under their names, each in a folder of its own, their profiles beside them."""
        paths = []
        for number, file in enumerate(one.files):
            path = folder / str(number) / file.name
            path.parent.mkdir()
            shutil.copyfile(self.folder / one.id / file.sha256, path)
            if file.profile is not None:
                profile_path(path).write_text(file.profile, encoding="utf-8")
            paths.append(path)
        return paths

    def _read(self, name: str) -> Import | None:
        try:
            written = json.loads((self.folder / name / "import.json").read_bytes())
            files = tuple(ImportedFile(**file) for file in written.pop("files"))
            return Import(**written, files=files)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _save(self, one: Import) -> Import:
        with self._lock:
            if (self.folder / one.id).is_dir():
                replace_file(self.folder / one.id / "import.json", _written(one), mode=0o600)
        return one


def _kept(folder: Path, name: str, source: IO[bytes], profiles: dict[str, str]) -> ImportedFile:
    digest = hashlib.sha256()
    partial, size = folder / "part", 0
    with partial.open("wb") as target:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            target.write(chunk)
            size += len(chunk)
    partial.chmod(0o600)
    partial.replace(folder / digest.hexdigest())
    return ImportedFile(name, digest.hexdigest(), size, profiles.get(Path(name).stem))


def _written(one: Import) -> bytes:
    return json.dumps(asdict(one), ensure_ascii=False).encode()


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
