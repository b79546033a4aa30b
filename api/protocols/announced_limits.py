"""
The limits in force, in the head of every answer and error of an address where data are asked, read or changed.

`Vekha-Limit-Seconds` is the time of a request.  `Vekha-Limit-Bytes` and `Vekha-Limit-Rows` are the size of what is
answered, or of what is sent to be written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from api.access.identity import Identity
from api.access.rights import limits_of
from api.site import workers_of
from graph.updates import UpdateLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from graph.worker_limits import Limits

Announced: TypeAlias = "Callable[[Request], dict[str, str]]"


class AnnouncedLimits:
    """`app`, with what `announced` says of a request in the head of its answer, whichever that is."""

    def __init__(self, app: ASGIApp, announced: Announced) -> None:
        self._app, self._announced = app, announced

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def announcing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._announced(Request(scope)))
            await send(message)

        await self._app(scope, receive, announcing)


def of_queries(request: Request) -> dict[str, str]:
    """The limits of a query of who sends the request; those of nobody known where that was not found out."""
    limits = _limits(request)
    return _headers(limits.seconds, limits.bytes) | {"Vekha-Limit-Rows": str(limits.rows)}


def of_graphs(request: Request) -> dict[str, str]:
    """Those of a query for a graph that is read; for one that is written, those of a change."""
    if request.method in {"PUT", "POST", "DELETE"}:
        return of_changes(UpdateLimits().bytes)(request)
    limits = _limits(request)
    return _headers(limits.seconds, limits.bytes)


def of_changes(size: int) -> Announced:
    """Those of a change of which at most `size` bytes are sent."""
    return lambda _request: _headers(UpdateLimits().seconds, size)


def _limits(request: Request) -> Limits:
    identity = getattr(request.state, "identity", None)
    return limits_of(request, identity) if isinstance(identity, Identity) else workers_of(request).limits


def _headers(seconds: float, size: int) -> dict[str, str]:
    return {"Vekha-Limit-Seconds": f"{seconds:g}", "Vekha-Limit-Bytes": str(size)}
