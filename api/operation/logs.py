"""
The log of the service on stderr, and a line in it for each request.

The standard library's logging, because the server, the libraries and we write to one log then; what is added is one
formatter of forty lines, for which structlog would be a second system beside it.  Neither queries of addresses nor
headers are logged: they hold tokens and texts of people.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from starlette.routing import Route

from api.access.identity import Identity

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.operation.metrics import Metrics
    from api.operation.running import RunningQueries

_log = logging.getLogger("vekha.requests")
# Figures are few whatever is asked for.
_NOWHERE, _FILES = "none", "files"
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))


def configure(form: Literal["text", "json"]) -> None:
    """Send all logs of this process to stderr: problems in words, or everything as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter() if form == "json" else logging.Formatter("%(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("vekha").setLevel(logging.INFO if form == "json" else logging.WARNING)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, `extra["fields"]`, an error with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            told |= fields
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class RequestLog:
    """ASGI middleware: each request is counted, timed until its last byte, and logged, with the queries it asked."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, running: RunningQueries) -> None:
        self._app, self._metrics, self._running = app, metrics, running
        self._paths: dict[object, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        sent = {"status": 0, "bytes": 0, "whole": False}

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
            elif message["type"] == "http.response.body":
                sent["bytes"] += len(message.get("body", b""))
                sent["whole"] = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, counting)
        finally:
            seconds = time.monotonic() - began
            self._running.write_ended()
            route = self._route(scope)
            # An error that reaches us is answered further out, by 500.
            status = sent["status"] or 500
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.request_seconds.labels(route).observe(seconds)
            if _log.isEnabledFor(logging.INFO):
                _log.info(
                    "%s %s %s",
                    scope["method"],
                    scope["path"],
                    status,
                    extra={
                        "fields": _fields(
                            scope, status=status, size=sent["bytes"], whole=sent["whole"], seconds=seconds
                        )
                    },
                )

    def _route(self, scope: Scope) -> str:
        """The pattern of the address; the framework tells only the function behind it."""
        if not self._paths and "app" in scope:
            self._paths = {route.endpoint: route.path for route in scope["app"].routes if isinstance(route, Route)}
        endpoint = scope.get("endpoint")
        return self._paths.get(endpoint, _NOWHERE if endpoint is None else _FILES)


def _fields(scope: Scope, *, status: int, size: int, whole: int, seconds: float) -> dict[str, object]:
    identity = scope.get("state", {}).get("identity")
    return {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "seconds": round(seconds, 4),
        "bytes": size,
        "whole": bool(whole),
        "user": identity.name if isinstance(identity, Identity) else None,
        "address": scope["client"][0] if scope.get("client") else None,
    }
