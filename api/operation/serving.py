"""Starting the server: its socket, the writer of the data folder, its announcement in `server.json`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import math
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.access.sign_in_links import demo_link
from api.app import create_app
from api.importing.loading import open_loader
from api.operation.logs import configure
from graph.process_memory import keep_together
from graph.serving import announced

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.settings import Settings


# The longest address with a query in it, and headers.
HEAD_BYTES: Final = 256 * 1024
# So long a connection may take to send a head.
HEAD_SECONDS: Final = 30.0
# New objects that the collector of garbage waits for.
_YOUNG: Final = 10_000


class PortTakenError(Exception):
    """The port cannot be listened on; `reason` is the system's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"{host}:{port}: {reason}")
        self.host, self.port, self.reason = host, port, reason


def serve(settings: Settings, announce: Callable[[str, str | None], None], *, with_link: bool = False) -> None:
    """
    Serve until the process is asked to stop; `announce` hears the address once requests are taken.

    `with_link` makes a link by which the person at this machine signs in, which `announce` hears too; none where other
    machines reach the server, or nothing may be written.

    Raises:
        PortTakenError: Another program listens there, or the address is not this machine's.
        GraphError: Another process writes to the data folder for too long, or the folder is not ours.
    """
    keep_together()
    # A request makes less than this, so that few wait for the collector.
    gc.set_threshold(_YOUNG)
    # The server stops in good order at either signal and then raises it again: nothing is left behind on the way out.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    with (
        _listen(settings.host, settings.port, settings.query_reading_seconds) as listener,
        open_loader(settings) as loader,
    ):
        port = listener.getsockname()[1]
        with announced(loader.store.folder, _url(_reachable(settings.host), port)) as server:
            link = demo_link(loader.store.folder) if with_link and _is_private(settings) else None
            app = create_app(settings, loader=loader, token=server.token, sign_in_link=link)
            address = f"{server.url}/sign-in?once={link.secret}" if link else None
            configure(settings.log)
            config = uvicorn.Config(
                app,
                http=BoundedHttp,
                log_config=None,
                log_level="warning",
                server_header=False,
                lifespan="on",
                proxy_headers=False,
            )
            with contextlib.suppress(KeyboardInterrupt):
                _Server(config, lambda: announce(server.url, address)).run(sockets=[listener])


class BoundedHttp(HttpToolsProtocol):
    """
    HTTP/1.1 whose requests have a head of bounded size that comes in bounded time.

    The parser alone would collect one without end.  Bounded is also what may stand behind a body in chunks (RFC 9112,
    7.1.2); it is left out: no header comes from there.
    """

    _head = 0
    _is_reading_head = True
    _is_head_complete = False
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the class above
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if self._is_reading_head and self._head > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        self._head, self._is_reading_head, self._is_head_complete = 0, True, False
        self._wait_for_head()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_head_complete:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_reading_head, self._is_head_complete = False, True
        self._stop_waiting()
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Behind the last chunk, which is empty, no body follows."""
        self._head, self._is_reading_head = 0, True

    def on_body(self, body: bytes) -> None:
        self._is_reading_head = False
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_reading_head = False
        super().on_message_complete()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def _listen(host: str, port: int, patience: float) -> socket.socket:
    """A listening socket; a client that takes nothing for `patience` seconds loses its connection, where Linux is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
        # Connections inherit it.  The event loop sets it only where the socket names its protocol, which this one does
        # not; then the body of a small answer waits for the client to acknowledge the head: 40 ms on Linux.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Without it what a broken-off answer left in the buffers would hold the connection for ever.
        if sys.platform == "linux":
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, math.ceil(patience * 1000))
        return listener  # noqa: TRY300  (all calls fail alike)
    except OSError as error:
        raise PortTakenError(host, port, os.strerror(error.errno) if error.errno else str(error)) from error


def _is_private(settings: Settings) -> bool:
    """Whether only this machine reaches the server, and it takes changes."""
    try:
        here = ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        here = settings.host == "localhost"
    return here and not settings.trusted_proxies and not settings.read_only and settings.dataset == "roadmaps"


def _reachable(host: str) -> str:
    """Who listens on all addresses is reached from this machine by its own."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not listened on)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
