"""
The log of queries: `access/queries.jsonl` in the data folder, one JSON object a line, turned over at 8 MB, four kept.

The text of a query stands there only if the query was slow or failed; its hash always, so that equal ones are found.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from typing import IO, TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_BYTES: Final = 8 * 1024**2
_KEPT: Final = 4
_TEXT: Final = 10_000
_log = logging.getLogger("vekha.queries")


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """
    What became of one query.

    `status` is `done`, `cached`, or what went wrong (`api.operation.running.STATUS`); `cut` the limit that ended it;
    `peak_memory` and `bytes` are bytes, `seconds` wall-clock seconds from the request on.  `services` are the figures
    of each service that was asked.
    """

    id: str
    time: str
    client: str
    role: str
    kind: str
    hash: str
    status: str
    seconds: float
    version: int | None = None
    rows: int | None = None
    bytes: int | None = None
    cut: str | None = None
    peak_memory: int | None = None
    services: Mapping[str, Mapping[str, float]] | None = None
    text: str | None = None

    def members(self) -> dict[str, object]:
        """What is known of it."""
        values = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in values if value is not None}


def query_hash(text: str) -> str:
    """What a query is called in the log: the first 16 hexadecimal digits of the SHA-256 of its text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shortened(text: str) -> str:
    """The beginning of a long query; the log is no archive."""
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}…"


class QueryLog:
    """Writes records, from any thread; where the folder cannot be written, one warning in the log says so."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = _PrivateFile(
            folder / "queries.jsonl", maxBytes=_BYTES, backupCount=_KEPT - 1, encoding="utf-8", delay=True
        )
        self._told = False

    def write(self, record: QueryRecord) -> None:
        """Append the record, unless the data folder was never made."""
        try:
            if self._file.stream is None:
                if not self._folder.parent.is_dir():
                    return
                self._folder.mkdir(mode=0o700, exist_ok=True)
            self._file.handle(logging.makeLogRecord({"msg": json.dumps(record.members(), ensure_ascii=False)}))
        except OSError as error:
            if not self._told:
                _log.warning("The log of queries cannot be written: %s", error.strerror)
            self._told = True

    def close(self) -> None:
        self._file.close()


class _PrivateFile(RotatingFileHandler):
    """A log that only its owner reads; a failure is raised, not printed."""

    def _open(self) -> IO[str]:  # type: ignore[override]  # the library's type is narrower than what it uses
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return cast("IO[str]", open(self.baseFilename, self.mode, encoding=self.encoding, opener=opener))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  (the name is the library's)
        raise  # noqa: PLE0704  (called in the handling of the error)
