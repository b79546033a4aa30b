"""
The log of writes: `access/audit.jsonl` in the data folder, one JSON object for each, only ever added to.

A write is logged before it is acknowledged.  `vekha audit` prints the log.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from graph.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from api.access.identity import Identity

# Of a load of many files so many names are kept, and their number.
NAMES_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Write:
    """
    Who did what, and the data version before and after (equal where nothing changed, None where data are not touched).

    `client` is where it came from: `user:…` or `address:…` of a request, `here` of a command on this machine.
    `problem` names the error of a write that failed.
    """

    time: str
    who: str
    client: str
    action: str
    before: int | None = None
    after: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None

    def line(self) -> str:
        return json.dumps(
            {name: value for name, value in asdict(self).items() if value not in (None, {})}, ensure_ascii=False
        )


@dataclass(frozen=True, slots=True)
class Author:
    """Who asks for a write, and where they are: see `Write`."""

    name: str
    client: str = "here"

    @classmethod
    def of(cls, identity: Identity) -> Author:
        return cls(identity.name or identity.role.word, identity.client)

    @classmethod
    def of_account(cls) -> Author:
        """Who runs this command: the name of the account."""
        with contextlib.suppress(OSError, KeyError, ImportError):
            return cls(getpass.getuser())
        return cls("?")


class AuditLog:
    """The log of one data folder; safe to use from several threads and processes."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    @property
    def path(self) -> Path:
        return self._folder.access / "audit.jsonl"

    def write(
        self,
        author: Author,
        action: str,
        *,
        before: int | None = None,
        after: int | None = None,
        detail: dict[str, Any] | None = None,
        problem: str | None = None,
    ) -> None:
        """
        Add one line, which is on the disk afterwards.

        Raises:
            OSError: It cannot be written; who asked for the write must not be told that all went well.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = Write(now, author.name, author.client, action, before, after, detail or {}, problem).line()
        self._folder.access.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{line}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def audited(
        self, author: Author, action: str, *, version: Callable[[], int] | None = None
    ) -> Iterator[dict[str, Any]]:
        """
        The block, which writes, has a line afterwards with the details that it leaves in the value, also if it fails.

        `version` tells the data version, which is asked before and after.
        """
        detail: dict[str, Any] = {}
        problem: str | None = None
        before = version() if version else None
        try:
            yield detail
        except BaseException as error:
            problem = type(error).__name__
            raise
        finally:
            after = version() if version else None
            self.write(author, action, before=before, after=after, detail=detail, problem=problem)

    def read(self) -> Iterator[dict[str, Any]]:
        """All lines, the oldest first; one that a power failure broke off is told as such."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:
                    yield {
                        "time": "",
                        "who": "",
                        "client": "",
                        "action": "unreadable",
                        "detail": {"line": line.strip()},
                    }
