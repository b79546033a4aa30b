"""
What one client may use in a minute: query seconds and errors, counted for every query.

A client is a user or an address.  Counting is that of the library `limits`, with a fixed window of a minute: a client
that used up its budget waits for the window to end.  Queries that still run count with the time they have run.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api.access.users import Role
from graph.errors import GraphError

if TYPE_CHECKING:
    from api.access.identity import Identity

_MILLISECONDS: Final = 1000


class BudgetError(GraphError):
    """The client used up its budget; `wait` is in how many whole seconds it may ask again."""

    def __init__(self, template: str, /, *, wait: int, **values: object) -> None:
        super().__init__(template, wait=wait, **values)
        self.wait = wait


class Budgets:
    """
    The budgets of all clients of one service: `seconds` for an address, `user_seconds` for a user, `errors` for both.

    Zero means no limit.  Admins have none: who looks for a runaway query must not be locked out by it.
    """

    def __init__(self, *, seconds: float, user_seconds: float, errors: int) -> None:
        self._seconds, self._user_seconds = (
            _per_minute(seconds * _MILLISECONDS),
            _per_minute(user_seconds * _MILLISECONDS),
        )
        self._errors = _per_minute(errors)
        self._used = FixedWindowRateLimiter(MemoryStorage())

    def check(self, identity: Identity, *, running: float = 0.0) -> None:
        """
        Nothing, if the client may ask; `running` is how many seconds its unfinished queries have run.

        Raises:
            BudgetError: The budget of seconds or of errors is used up.
        """
        budget = self._of(identity)
        if budget and not self._used.test(budget, "seconds", identity.client, cost=_cost(running)):
            raise BudgetError(
                "Your queries took more than the {limit:g} s that a client has in a minute; ask again in {wait} s",
                wait=self._wait(budget, "seconds", identity),
                limit=budget.amount / _MILLISECONDS,
            )
        if self._errors and identity.role < Role.ADMIN and not self._used.test(self._errors, "errors", identity.client):
            raise BudgetError(
                "More than {limit} of your requests in a minute went wrong; ask again in {wait} s",
                wait=self._wait(self._errors, "errors", identity),
                limit=self._errors.amount,
            )

    def spend(self, identity: Identity, seconds: float) -> None:
        """The client's query took so long."""
        budget = self._of(identity)
        if budget:
            self._used.hit(budget, "seconds", identity.client, cost=_cost(seconds))

    def err(self, identity: Identity) -> None:
        """The client's request went wrong by its own fault."""
        if self._errors:
            self._used.hit(self._errors, "errors", identity.client)

    def _of(self, identity: Identity) -> RateLimitItemPerMinute | None:
        if identity.role is Role.ADMIN:
            return None
        return self._seconds if identity.role is Role.ANONYMOUS else self._user_seconds

    def _wait(self, budget: RateLimitItemPerMinute, kind: str, identity: Identity) -> int:
        ends = self._used.get_window_stats(budget, kind, identity.client).reset_time
        return max(1, math.ceil(ends - time.time()))


def _per_minute(amount: float) -> RateLimitItemPerMinute | None:
    return RateLimitItemPerMinute(math.ceil(amount)) if amount else None


def _cost(seconds: float) -> int:
    return max(1, round(seconds * _MILLISECONDS))
