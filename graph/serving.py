"""
How a command finds the running server: `server.json` in the data folder.

The server holds the writer lock for as long as it runs, so a command that wants to load posts to the server instead.
The file holds a secret and is readable by its owner only.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from graph.folder import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.folder import DataFolder


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Process id, address and the secret that a request for loading must show."""

    pid: int
    url: str
    token: str


@contextlib.contextmanager
def announced(folder: DataFolder, url: str) -> Iterator[RunningServer]:
    """
    The announcement of this process as the server of `folder`, for as long as the block lasts.

    Only for the holder of the writer lock (an open `graph.store.Store`).
    """
    server = RunningServer(os.getpid(), url, secrets.token_urlsafe(32))
    replace_file(folder.server, json.dumps(asdict(server)).encode(), mode=0o600)
    try:
        yield server
    finally:
        if _read(folder) == server:
            folder.server.unlink(missing_ok=True)


def running_server(folder: DataFolder) -> RunningServer | None:
    """
    The server that serves `folder` now; None if there is none, also where one was killed and left its file behind.

    A live server holds the writer lock, so a free lock or a process that is gone means a stale file.
    """
    server = _read(folder)
    if server is None or not _is_alive(server.pid) or not _is_held(folder):
        return None
    return server


def _read(folder: DataFolder) -> RunningServer | None:
    try:
        written = json.loads(folder.server.read_bytes())
        return RunningServer(int(written["pid"]), str(written["url"]), str(written["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_alive(pid: int) -> bool:
    if os.name == "nt":  # There signal 0 is Ctrl-C; the lock alone decides.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_held(folder: DataFolder) -> bool:
    lock = FileLock(folder.writer_lock, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    lock.release()
    return False
