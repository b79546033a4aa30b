"""
What one client may use in a minute: query seconds and errors, counted for every query; and queries at a time.

A client is a user or an address.  The window is a minute from the first thing that counts: a client that used up its
budget waits for the window to end.  Queries that still run count with the time they have run.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cachetools import TTLCache

from api.access.users import Role
from graph.errors import GraphError

if TYPE_CHECKING:
    from api.access.identity import Identity

_WINDOW: Final = 60.0
# Clients that are remembered; of more the longest unheard of is forgotten.
_CLIENTS: Final = 100_000

_Kind = Literal["seconds", "errors"]


@dataclass(slots=True)
class _Window:
    """When it ends, by `time.monotonic`, and what was used of it."""

    ends: float
    used: float = 0.0


class BudgetError(GraphError):
    """The client used up its budget; `wait` is in how many whole seconds it may ask again."""

    def __init__(self, template: str, /, *, wait: int, **values: object) -> None:
        super().__init__(template, wait=wait, **values)
        self.wait = wait


class Budgets:
    """
    The budgets of all clients of one service: `seconds` for an address, `user_seconds` for a user, `errors` for both.

    Zero means no limit.  Of the `waiting` queries for which the service has room a client has at most half, with those
    that run, whatever its budgets are, so that it never fills the queue of all.  Admins have no limit: who looks for a
    runaway query must not be locked out by it.
    """

    def __init__(self, *, seconds: float, user_seconds: float, errors: int, waiting: int) -> None:
        self._seconds, self._user_seconds, self._errors = seconds, user_seconds, errors
        self._at_once = max(waiting // 2, 1)
        self._lock = threading.Lock()
        self._used: TTLCache[tuple[_Kind, str], _Window] = TTLCache(_CLIENTS, _WINDOW, timer=time.monotonic)

    def check(self, identity: Identity, *, running: float = 0.0, at_once: int = 0) -> None:
        """
        Nothing, if the client may ask; `running` is how many seconds its `at_once` unfinished queries have run.

        Raises:
            BudgetError: The budget of seconds or of errors is used up, or too many of its queries run or wait.
        """
        budget = self._of(identity)
        if identity.role < Role.ADMIN and at_once >= self._at_once:
            raise BudgetError(
                "{most} of your queries run or wait already; ask again when one of them has ended",
                wait=1,
                most=self._at_once,
            )
        if budget and self._used_by(identity, "seconds") + running >= budget:
            raise BudgetError(
                "Your queries took more than the {limit:g} s that a client has in a minute; ask again in {wait} s",
                wait=self._wait(identity, "seconds"),
                limit=budget,
            )
        if self._errors and identity.role < Role.ADMIN and self._used_by(identity, "errors") >= self._errors:
            raise BudgetError(
                "More than {limit} of your requests in a minute went wrong; ask again in {wait} s",
                wait=self._wait(identity, "errors"),
                limit=self._errors,
            )

    def spend(self, identity: Identity, seconds: float) -> None:
        """The client's query took so long."""
        if self._of(identity):
            self._count(identity, "seconds", seconds)

    def err(self, identity: Identity) -> None:
        """The client's request went wrong by its own fault."""
        if self._errors:
            self._count(identity, "errors", 1)

    def _of(self, identity: Identity) -> float:
        if identity.role is Role.ADMIN:
            return 0
        return self._seconds if identity.role is Role.ANONYMOUS else self._user_seconds

    def _used_by(self, identity: Identity, kind: _Kind) -> float:
        with self._lock:
            window = self._used.get((kind, identity.client))
            return window.used if window else 0

    def _count(self, identity: Identity, kind: _Kind, amount: float) -> None:
        with self._lock:
            window = self._used.get((kind, identity.client))
            if window is None:
                # What is changed in place keeps the time at which it is forgotten.
                window = self._used[kind, identity.client] = _Window(time.monotonic() + _WINDOW)
            window.used += amount

    def _wait(self, identity: Identity, kind: _Kind) -> int:
        with self._lock:
            window = self._used.get((kind, identity.client))
            return max(1, math.ceil(window.ends - time.monotonic())) if window else 1
