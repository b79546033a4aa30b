"""
What reconciliation services of others proposed: one file a service in the data folder, replaced as a whole.

It is also the cache of their answers: each has its day, and is asked for again when it is too old.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, ValidationError

from graph.folder import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.folder import DataFolder


class Proposal(BaseModel):
    """
    An entry that a service holds for the likeliest; `record` is its IRI, `page` where people read of it.

    `score` is the service's own, by whatever scale; `sure` that the service sees no doubt.
    """

    record: str
    name: str
    description: str = ""
    types: list[str] = Field(default_factory=list)
    score: float | None = None
    sure: bool = False
    page: str | None = None


class Answered(BaseModel):
    """What was asked of a service for one thing, when, and what it proposed."""

    name: str
    kind: str = ""
    limit: int
    at: datetime
    found: list[Proposal] = Field(default_factory=list)


class ServiceProposals(BaseModel):
    """The answers of one service by the IRI of the thing that was asked for."""

    address: str
    name: str
    answers: dict[str, Answered] = Field(default_factory=dict)

    def fresh(self, thing: str, *, name: str, kind: str, limit: int, oldest: datetime) -> Answered | None:
        """The answer to just this question, if it is younger than `oldest`."""
        found = self.answers.get(thing)
        asked = (name, kind, limit)
        if found is None or (found.name, found.kind, found.limit) != asked or found.at <= oldest:
            return None
        return found


class Proposals:
    """The files of a data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder.proposals

    def all(self) -> list[ServiceProposals]:
        """By name of the service; a file that cannot be read is none."""
        return sorted(self._read(), key=lambda one: (one.name, one.address))

    def of(self, address: str) -> ServiceProposals | None:
        return next((one for one in self._read() if one.address == address), None)

    def write(self, one: ServiceProposals) -> None:
        """
        Replace the file of this service.

        Raises:
            OSError: It cannot be written; the one before stays.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        replace_file(self._path(one.address), one.model_dump_json().encode())

    def _path(self, address: str) -> Path:
        return self._folder / f"{sha256(address.encode()).hexdigest()[:16]}.json"

    def _read(self) -> Iterator[ServiceProposals]:
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            try:
                yield ServiceProposals.model_validate_json(path.read_bytes())
            except (OSError, ValidationError) as error:
                logging.getLogger(__name__).warning("Proposals cannot be read: %s: %s", path.name, error)


def oldest_allowed(now: datetime, days: float) -> datetime:
    return now - timedelta(days=days)
