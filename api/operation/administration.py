"""
What admins do to a running server: the switch that stops all writing, backups and their trial restoring, as tasks.

A backup is made from a published version beside the service and then fetched (`graph.backup`).  A restore never
touches the data that are served: it makes a data folder of its own from a backup, checked by counts and shapes, which
the operator then serves (docs/operations.md).
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from api.access.audit import AuditLog, Author
from api.access.rights import allow, read_only_file
from api.problems import ProblemError
from api.site import held, site_of
from api.writing import writer_of
from graph.backup import PART_OF_DISK, back_up, restore
from graph.errors import GraphError
from graph.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

    from api.access.identity import Identity

Kind: TypeAlias = Literal["backup", "restore"]

_LISTED: Final = 50
_ZIP: Final = "application/zip"
_NO_STORE: Final = {"Cache-Control": "no-store"}


@dataclass(slots=True)
class Task:
    """One backup or restore; `done` are bytes of statements and documents so far, `file` names a backup."""

    kind: Kind
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: Literal["waiting", "running", "done", "failed"] = "waiting"
    done: int = 0
    detail: dict[str, Any] = field(default_factory=dict)
    problem: GraphError | None = None


class Tasks:
    """The backups and restores of one data folder, one after another; the last few are remembered."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self._one = ThreadPoolExecutor(1, thread_name_prefix="administration")
        self._tasks: dict[str, Task] = {}

    def start(self, task: Task, work: Callable[[Task], dict[str, Any]]) -> None:
        """Do `work` when its turn comes; what it returns is the task's `detail`."""

        def run() -> None:
            task.status = "running"
            try:
                task.detail |= work(task)
            except GraphError as error:
                task.status, task.problem = "failed", error
            except BaseException as error:
                task.problem = GraphError("The task failed: {reason}", reason=type(error).__name__)
                task.status = "failed"
                raise
            else:
                task.status = "done"

        if not self._tasks:
            self._drop_unfinished(task.id)
        self._tasks[task.id] = task
        for name in [name for name, old in self._tasks.items() if old.status in {"done", "failed"}][:-_LISTED]:
            del self._tasks[name]
        self._one.submit(run)

    def listed(self) -> list[Task]:
        return sorted(self._tasks.values(), key=lambda task: task.since, reverse=True)

    def find(self, name: str) -> Task | None:
        return self._tasks.get(name)

    def _drop_unfinished(self, mine: str) -> None:
        """Remove what tasks left whose server was killed; nobody else works here, and this task has just begun."""
        for pattern in (".*.zip.*", "*.received"):
            for left in self.backup_file(mine).parent.glob(pattern):
                if left != self.received_file(mine):
                    left.unlink(missing_ok=True)

    def backup_file(self, name: str) -> Path:
        """Where the backup of this task lies."""
        return self.folder.path / "backups" / f"{name}.zip"

    def received_file(self, name: str) -> Path:
        """Where an archive that was sent in lies until it is restored."""
        return self.folder.path / "backups" / f"{name}.received"

    def restored_folder(self, name: str) -> Path:
        return self.folder.path / "restored" / name

    def close(self) -> None:
        """What waits is left; what runs comes to its end."""
        self._one.shutdown(wait=False, cancel_futures=True)


class ReadOnlySwitch:
    """Whether writing is stopped here: a file in the folder, which a restart keeps."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    @property
    def is_on(self) -> bool:
        return self._path.exists()

    def turn(self, *, on: bool) -> None:
        if on:
            self._folder.access.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        else:
            self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return read_only_file(self._folder)


def shown_switch(request: Request) -> Response:
    """Whether writing is stopped, and by what."""
    allow(request, "admin")
    return _switch_as_json(request)


async def turned_switch(request: Request) -> Response:
    """Stops writing, or lets it go on; what is being written comes to its end."""
    identity = await run_in_threadpool(allow, request, "admin")
    _ = site_of(request).pages.language(request).text
    with contextlib.suppress(ValueError, AttributeError):
        wanted = (await request.json()).get("read_only")
        if isinstance(wanted, bool):
            return await run_in_threadpool(_turned, request, identity, wanted)
    raise ProblemError(400, _("Send {example}", example='{"read_only": true}'))


def _turned(request: Request, identity: Identity, wanted: bool) -> Response:  # noqa: FBT001  (called by a thread)
    switch_of(request).turn(on=wanted)
    _audit_log(request).write(Author.of(identity), "read-only", detail={"on": wanted})
    return _switch_as_json(request)


def tasks(request: Request) -> Response:
    """The backups and restores since the server started, the newest first."""
    allow(request, "admin")
    return JSONResponse([_as_json(request, task) for task in tasks_of(request).listed()], headers=_NO_STORE)


def task(request: Request) -> Response:
    allow(request, "admin")
    return JSONResponse(_as_json(request, _found(request)), headers=_NO_STORE)


def backup(request: Request) -> Response:
    """Begins a backup of the newest version: 202 and where to look."""
    identity, known = allow(request, "admin"), tasks_of(request)
    begun = Task("backup")
    file = known.backup_file(begun.id)

    def work(task: Task) -> dict[str, Any]:
        file.parent.mkdir(mode=0o700, exist_ok=True)

        def tell(size: int) -> None:
            task.done = size

        with _logged(request, identity, "backup", task) as detail:
            made = back_up(known.folder, file, tell=tell)
            detail["statements"] = made.quads
        return {
            "version": made.version,
            "statements": made.quads,
            "documents": len(made.files) - 1,
            "bytes": file.stat().st_size,
        }

    known.start(begun, work)
    return _accepted(request, begun)


def backup_file(request: Request) -> Response:
    """The archive of a backup that is done."""
    allow(request, "admin")
    found = _found(request, "backup")
    file = tasks_of(request).backup_file(found.id)
    if found.status != "done" or not file.exists():
        _ = site_of(request).pages.language(request).text
        raise ProblemError(409, _("This backup is not there yet, or failed, or was deleted"))
    return FileResponse(file, media_type=_ZIP, filename=f"vekha-{found.detail['version']}.zip", headers=_NO_STORE)


def deleted_backup(request: Request) -> Response:
    identity, found = allow(request, "admin"), _found(request, "backup")
    with _logged(request, identity, "backup-delete", found):
        tasks_of(request).backup_file(found.id).unlink(missing_ok=True)
    return Response(status_code=204)


async def restored(request: Request) -> Response:
    """Begins to restore the archive in the body, or the backup that `backup` names, into a folder of its own."""
    identity, known = await run_in_threadpool(allow, request, "admin"), tasks_of(request)
    begun = Task("restore")
    _ = site_of(request).pages.language(request).text
    named = request.query_params.get("backup")
    if named is None:
        source = known.received_file(begun.id)
        await _received(request, source)
    else:
        made = known.find(named)
        if made is None or made.kind != "backup" or made.status != "done":
            raise ProblemError(404, _("There is no such backup"))
        source = known.backup_file(made.id)
    folder = DataFolder(known.restored_folder(begun.id))

    def work(task: Task) -> dict[str, Any]:
        with _logged(request, identity, "restore", task) as detail:
            try:
                folder.path.parent.mkdir(mode=0o700, exist_ok=True)
                found = restore(source, folder)
            finally:
                known.received_file(task.id).unlink(missing_ok=True)
            detail["statements"] = found.manifest.quads
        return {
            "version": found.manifest.version,
            "statements": found.manifest.quads,
            "documents": len(found.manifest.files) - 1,
            "findings": len(found.findings),
            "folder": str(folder.path.relative_to(known.folder.path)),
        }

    known.start(begun, work)
    return _accepted(request, begun)


async def _received(request: Request, target: Path) -> None:
    """The body as a file, of which the disk can hold what it is restored to."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    left = shutil.disk_usage(target.parent).free // PART_OF_DISK
    try:
        with target.open("xb") as file:
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    _ = site_of(request).pages.language(request).text
                    raise ProblemError(413, _("The archive is larger than the disk can hold"))  # noqa: TRY301
                await run_in_threadpool(file.write, chunk)
    except BaseException:
        await run_in_threadpool(target.unlink, missing_ok=True)
        raise


def tasks_of(request: Request) -> Tasks:
    """
    The backups and restores of the application that serves this request.

    Raises:
        ProblemError: 403 if it serves without a writer.
    """
    writer_of(request)
    return held(request, "administration", Tasks)


def switch_of(request: Request) -> ReadOnlySwitch:
    return ReadOnlySwitch(DataFolder(site_of(request).installation.settings.data))


def _switch_as_json(request: Request) -> Response:
    by_setting, by_admin = site_of(request).installation.settings.read_only, switch_of(request).is_on
    told = {"read_only": by_setting or by_admin, "by_setting": by_setting, "by_admin": by_admin}
    return JSONResponse(told, headers=_NO_STORE)


def _found(request: Request, kind: Kind | None = None) -> Task:
    found = tasks_of(request).find(request.path_params["task"])
    if found is None or kind not in {None, found.kind}:
        raise ProblemError(404, site_of(request).pages.language(request).text("There is no such task"))
    return found


def _accepted(request: Request, task: Task) -> Response:
    address = f"/admin/tasks/{task.id}"
    return JSONResponse(_as_json(request, task), status_code=202, headers=_NO_STORE | {"Location": address})


def _as_json(request: Request, task: Task) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": task.id,
        "kind": task.kind,
        "since": task.since.isoformat(timespec="milliseconds"),
        "status": task.status,
        "done_bytes": task.done,
        **task.detail,
    }
    if task.problem is not None:
        language = site_of(request).pages.language(request)
        # Where a file lies is the business of who has the machine.
        values = {name: value.name if isinstance(value, Path) else value for name, value in task.problem.values.items()}
        told["problem"] = language.text(task.problem.template, **values)
    if task.kind == "backup" and task.status == "done":
        told["file"] = f"/admin/backups/{task.id}"
    return told


@contextlib.contextmanager
def _logged(request: Request, identity: Identity, action: str, task: Task) -> Iterator[dict[str, Any]]:
    """The block of a task stands in the audit log afterwards (`AuditLog.audited`)."""
    with _audit_log(request).audited(Author.of(identity), action) as detail:
        detail["task"] = task.id
        yield detail


def _audit_log(request: Request) -> AuditLog:
    return AuditLog(DataFolder(site_of(request).installation.settings.data))


ROUTES = [
    Route("/admin/read-only", shown_switch, methods=["GET"]),
    Route("/admin/read-only", turned_switch, methods=["PUT"]),
    Route("/admin/tasks", tasks, methods=["GET"]),
    Route("/admin/tasks/{task}", task, methods=["GET"]),
    Route("/admin/backups", backup, methods=["POST"]),
    Route("/admin/backups/{task}", backup_file, methods=["GET"]),
    Route("/admin/backups/{task}", deleted_backup, methods=["DELETE"]),
    Route("/admin/restores", restored, methods=["POST"]),
]
