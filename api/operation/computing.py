"""
What pages compute themselves, as costly as queries and bounded like them: networks, their pictures, timelines.

This runs in the threads that answer pages, so few computations run at once, few requests wait for one, and none for
long: other pages always find a thread.  Who asks is charged as for a query.

    shared(request, "network", networks.pages, key, make)  # once for all who ask; what is kept costs nothing
    counted(request, "calendar", make)  # each time

Never one within the other: who holds a place must not wait for another.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from cachetools import Cache, LRUCache

from api.access.rights import identity_of
from api.problems import graph_problem
from api.site import budgets_of, held, running_of, site_of
from graph.errors import PoolBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from starlette.requests import Request

    from api.operation.running import RunningQuery

Key = TypeVar("Key")
Value = TypeVar("Value")

# Computations at once, and requests that wait for them: well below the 40 threads that answer pages.
PLACES: Final = 4
WAITING: Final = 16
PATIENCE: Final = 15.0


class Results(Generic[Key, Value]):
    """
    Results of one kind, by all that they depend on.  Safe in threads; nobody waits for another.

    `kept` is how many of the last ones are kept, or the cache that says which are.
    """

    def __init__(self, kept: int | Cache[Key, Value]) -> None:
        self._lock = threading.Lock()
        self._kept: Cache[Key, Value] = LRUCache(kept) if isinstance(kept, int) else kept

    def kept(self, key: Key) -> Value | None:
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> Value:
        """The value; where one is kept already, that one."""
        with self._lock:
            return self._kept.setdefault(key, value)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """What is kept, else what `make` makes; two that ask at once may both make it."""
        found = self.kept(key)
        return self.keep(key, make()) if found is None else found


class Computations:
    """
    The computations of one application: at most `places` at once, those of one result one after the other.

    At most `waiting` requests wait for one, and at most `patience` seconds.  Safe in threads.
    """

    def __init__(self, *, places: int = PLACES, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._places, self._most_waiting, self._patience = places, waiting, patience
        self._changed = threading.Condition()
        self._under_way: set[Hashable] = set()
        self._waiting = 0

    @property
    def busy(self) -> tuple[int, int]:
        """How many computations run, and how many requests wait for one."""
        with self._changed:
            return len(self._under_way), self._waiting

    def get(
        self, results: Results[Key, Value], key: Key, make: Callable[[], Value], *, is_patient: bool = False
    ) -> Value:
        """
        What is kept, else what `make` makes: once, while others who ask for it wait.

        Raises:
            PoolBusyError: Too many wait, or it took too long; never where `is_patient`.
        """
        work = results, key
        with self._changed:
            self._wait(lambda: results.kept(key) is not None or self._is_free(work), is_patient=is_patient)
            found = results.kept(key)
            if found is not None:
                return found
            self._under_way.add(work)
        try:
            return results.keep(key, make())
        finally:
            self._end(work)

    def run(self, make: Callable[[], Value]) -> Value:
        """
        What `make` makes, which is kept nowhere.

        Raises:
            PoolBusyError: Too many wait, or it took too long.
        """
        work = object()
        with self._changed:
            self._wait(lambda: self._is_free(work))
            self._under_way.add(work)
        try:
            return make()
        finally:
            self._end(work)

    def _is_free(self, work: Hashable) -> bool:
        return work not in self._under_way and len(self._under_way) < self._places

    def _wait(self, is_ready: Callable[[], bool], *, is_patient: bool = False) -> None:
        if is_patient:
            self._changed.wait_for(is_ready)
        elif not is_ready():
            if self._waiting >= self._most_waiting:
                raise _busy()
            self._waiting += 1
            try:
                if not self._changed.wait_for(is_ready, self._patience):
                    raise _busy()
            finally:
                self._waiting -= 1

    def _end(self, work: Hashable) -> None:
        with self._changed:
            self._under_way.discard(work)
            self._changed.notify_all()


def shared(request: Request, kind: str, results: Results[Key, Value], key: Key, make: Callable[[], Value]) -> Value:
    """
    What is kept under the key, at no cost; else what `make` makes, charged to who asks first.

    Raises:
        BudgetError: The client used up its budget.
        ProblemError: 503 where too many wait, or it took too long.
    """
    found = results.kept(key)
    if found is not None:
        return found
    identity, running = identity_of(request), running_of(request)

    def charged() -> Value:
        with running.track(str(request.url.query), identity, kind=kind):
            return make()

    return _told(request, lambda: computations_of(request).get(results, key, charged))


def counted(request: Request, kind: str, make: Callable[[RunningQuery], Value]) -> Value:
    """
    What `make` makes, charged to who asks; it may say how its entry among the running queries ended.

    Raises:
        BudgetError, ProblemError: As `shared`.
    """
    identity, running = identity_of(request), running_of(request)

    def charged() -> Value:
        with running.track(str(request.url.query), identity, kind=kind) as query:
            return make(query)

    return _told(request, lambda: computations_of(request).run(charged))


def computations_of(request: Request) -> Computations:
    """The computations of the application that serves this request."""
    return held(request, "computations", Computations)


def _told(request: Request, compute: Callable[[], Value]) -> Value:
    # Who has nothing left takes no place among those who wait.
    budgets_of(request).check(identity_of(request))
    try:
        return compute()
    except PoolBusyError as error:
        raise graph_problem(error, site_of(request).pages.language(request)) from None


def _busy() -> PoolBusyError:
    return PoolBusyError("Too many networks and timelines are being drawn; try again in a few seconds")
