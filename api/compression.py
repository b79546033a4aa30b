"""Compressed answers for who takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware

from api.negotiation import preferences

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class Compression(GZipMiddleware):
    """gzip unless it is refused: the library finds the word also in `gzip;q=0` (RFC 9110, 12.5.3)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = MutableHeaders(scope=scope)
            taken = {coding for coding, _quality in preferences(headers.get("accept-encoding", ""))}
            if not taken & {"gzip", "x-gzip"}:
                del headers["accept-encoding"]
        await super().__call__(scope, receive, send)
