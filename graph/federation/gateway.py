"""
The gateway to other services: the only place of the program from which a query's SERVICE reaches the network.

It runs in the server, outside of the processes of queries, which have no network.  It passes on bytes and never reads
them: what a service sent is parsed in the process of the query, which has limits and may be killed.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import ServiceError, ServiceTimeoutError, ServiceTooLargeError
from graph.federation.services import NO_LIMITS_CHANGED, Answer, Service, ServiceLimits, ServiceUse
from graph.federation.transport import Call

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_PAUSE: Final = 600.0
# A little of a query's own time is left, to tell which service was slow.
_TELLING: Final = 0.25


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    since: float


class Gateway:
    """
    The services of one installation, by the IRIs that stand for them in queries.  Safe to use from several threads.

    A service is named by its address, or, where `names` is given, by its name behind that.
    """

    def __init__(
        self,
        services: Iterable[Service] = (),
        *,
        names: str | None = None,
        limits: ServiceLimits = NO_LIMITS_CHANGED,
        agent: str = "Vekha",
    ) -> None:
        self.services = tuple(services)
        self.limits = limits
        self.agent = agent
        self._by_iri = {service.address: service for service in self.services}
        if names is not None:
            self._by_iri |= {names + service.name: service for service in self.services}
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._size = 0
        self._pauses: dict[str, float] = {}

    @property
    def addresses(self) -> frozenset[str]:
        """All IRIs that stand for services."""
        return frozenset(self._by_iri)

    @property
    def bounds(self) -> dict[str, int]:
        """What the process of a query keeps to (`graph.federation.joining.Bounds`)."""
        limits = self.limits
        return {
            "rows": limits.rows,
            "query_rows": limits.query_rows,
            "values": limits.values,
            "calls": limits.calls,
        }

    def service(self, iri: str) -> Service:
        return self._by_iri[iri]

    def asking(self, deadline: float) -> Asking:
        """What one query asks, until `deadline` of `time.monotonic`."""
        return Asking(self, deadline)

    def find(self, service: Service, query: str) -> tuple[Answer, int] | None:
        """An answer that is kept, and its age in seconds."""
        with self._lock:
            kept = self._kept.get(_key(service, query))
            if kept is None:
                return None
            age = time.monotonic() - kept.since
            if age >= self.limits.cache_seconds:
                self._drop(_key(service, query))
                return None
            self._kept.move_to_end(_key(service, query))
            return kept.answer, int(age)

    def keep(self, service: Service, query: str, answer: Answer) -> None:
        """Keep an answer that proved to be one, as long as there is room."""
        key, size = _key(service, query), len(answer.body)
        if size > self.limits.cache_bytes // 4 or not self.limits.cache_seconds:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = _Kept(answer, time.monotonic())
            self._size += size
            while self._size > self.limits.cache_bytes:
                self._drop(next(iter(self._kept)))

    @property
    def cached_bytes(self) -> int:
        return self._size

    def pause(self, service: Service) -> float:
        """How many seconds the service still wants to be left alone."""
        return max(self._pauses.get(service.name, 0.0) - time.monotonic(), 0.0)

    def set_pause(self, service: Service, seconds: float) -> None:
        """Leave the service alone so long, but not longer than `LONGEST_PAUSE`: who made it refuse is one of many."""
        self._pauses[service.name] = time.monotonic() + min(seconds, LONGEST_PAUSE)

    def _drop(self, key: bytes) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= len(kept.answer.body)


class Asking:
    """The calls of one query, one after the other, and what they cost; `abort` from any thread."""

    def __init__(self, gateway: Gateway, deadline: float) -> None:
        self._gateway = gateway
        self._deadline = deadline
        self._uses: dict[str, ServiceUse] = {}
        self._lock = threading.Lock()
        self._call: Call | None = None
        self._is_over = False
        self._last: tuple[Service, str, Answer] | None = None

    @property
    def uses(self) -> tuple[ServiceUse, ...]:
        """What each service did so far."""
        return tuple(self._uses.values())

    def ask(self, iri: str, query: str) -> Answer:
        """
        The answer of a service, kept or new.

        Raises:
            ServiceError: There is none, or the query asked for more than it may.
        """
        gateway, service = self._gateway, self._gateway.service(iri)
        use = self._uses.setdefault(service.name, ServiceUse(service.name))
        use.calls += 1
        found = gateway.find(service, query)
        if found is not None:
            answer, age = found
            use.cached, use.age = use.cached + 1, max(use.age, age)
            self._last = None
        else:
            start = time.monotonic()
            try:
                answer = self._call_out(service, query)
            except BaseException:
                use.failed += 1
                raise
            finally:
                use.seconds += time.monotonic() - start
            self._last = (service, query, answer)
        use.bytes += len(answer.body)
        return answer

    def read(self, iri: str, rows: int | None) -> None:
        """The last answer proved to hold so many rows, None: to be none."""
        use = self._uses[self._gateway.service(iri).name]
        if rows is None:
            use.failed += 1
        else:
            use.rows += rows
            if self._last is not None:
                self._gateway.keep(*self._last)
        self._last = None

    def abort(self) -> None:
        with self._lock:
            self._is_over = True
            if self._call is not None:
                self._call.abort()

    def _call_out(self, service: Service, query: str) -> Answer:
        limits = self._gateway.limits
        calls = sum(use.calls - use.cached for use in self._uses.values())
        if calls > limits.calls:
            raise ServiceTooLargeError(
                "The service «{service}» was left out: a query may ask services {limit} times; narrow it down",
                service=service.name,
                limit=limits.calls,
            )
        size = min(limits.bytes, limits.query_bytes - sum(use.bytes for use in self._uses.values()))
        spent = sum(use.seconds for use in self._uses.values())
        seconds = min(limits.seconds, limits.query_seconds - spent, self._deadline - time.monotonic() - _TELLING)
        if size <= 0:
            raise ServiceTooLargeError(
                "The service «{service}» was left out: services sent more than {limit} bytes for this query; "
                "ask them for less",
                service=service.name,
                limit=limits.query_bytes,
            )
        if seconds <= 0:
            raise ServiceTimeoutError(
                "The service «{service}» was left out: other parts of the query took all of its time; narrow it down",
                service=service.name,
            )
        wait = self._gateway.pause(service)
        if wait:
            raise ServiceError(
                "The service «{service}» takes no queries now; try again in {wait} s",
                service=service.name,
                wait=int(wait) + 1,
            )
        call = Call(service, seconds=seconds, size=size, agent=self._gateway.agent)
        with self._lock:
            if self._is_over:
                call.abort()
            self._call = call
        try:
            return call.ask(query)
        except ServiceError as error:
            if "wait" in error.values:
                self._gateway.set_pause(service, float(str(error.values["wait"])))
            raise
        finally:
            with self._lock:
                self._call = None


def _key(service: Service, query: str) -> bytes:
    return hashlib.sha256(f"{service.address}\n{query}".encode("utf-8", "surrogatepass")).digest()
