"""Starting the server: its socket, its log, its address."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from api.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.settings import Settings


class PortTakenError(Exception):
    """The port cannot be listened on; `reason` is the system's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"{host}:{port}: {reason}")
        self.host, self.port, self.reason = host, port, reason


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """
    Serve until the process is asked to stop; `announce` hears the address once requests are taken.

    Raises:
        PortTakenError: Another program listens there, or the address is not this machine's.
    """
    listener = _listen(settings.host, settings.port)
    with listener:
        host, port = listener.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        server = _Server(
            uvicorn.Config(create_app(settings), log_level="warning", server_header=False, lifespan="on"),
            lambda: announce(address),
        )
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise PortTakenError(host, port, error.strerror or str(error)) from error
