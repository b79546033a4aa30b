"""Services played on loopback: one that answers from a store, and ones that send whatever a test wants."""

from __future__ import annotations

import contextlib
import http.server
import socket
import socketserver
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, Store

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = "application/sparql-results+json"


class Endpoint:
    """A SPARQL endpoint on the data of `store`, or with one `answer` to all; `asked` are the queries that came."""

    def __init__(self, store: Store, *, media_type: str = JSON, answer: bytes | None = None) -> None:
        self.asked: list[str] = []
        self.agents: list[str] = []
        asked, agents = self.asked, self.agents
        form = QueryResultsFormat.from_media_type(media_type)
        assert form is not None

        def answered(query: str) -> tuple[int, bytes]:
            if answer is not None:
                return 200, answer
            try:
                found = store.query(query)
                assert isinstance(found, QuerySolutions | QueryBoolean)
                return 200, found.serialize(None, form) or b""
            except (RuntimeError, SyntaxError) as error:
                return 400, str(error).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                is_form = self.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
                query = parse_qs(sent)["query"][0] if is_form else sent
                asked.append(query)
                agents.append(self.headers["User-Agent"])
                status, body = answered(query)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/sparql"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Raw:
    """A server that hands each connection, its request read, to `play`; `connections` counts them."""

    def __init__(self, play: Callable[[socket.socket, threading.Event], None]) -> None:
        self.connections = 0
        self.over = threading.Event()
        raw = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                raw.connections += 1
                # Who breaks off is the other side, as it should be.
                with contextlib.suppress(OSError):
                    read_request(self.request)
                    play(self.request, raw.over)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: object, client_address: object) -> None: ...

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}/sparql"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


def read_request(connection: socket.socket) -> None:
    """Take a request with its body from the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    told = (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    length = next(told, 0)
    while len(body) < length:
        body += connection.recv(65536)


def head(*, status: str = "200 OK", media_type: str = JSON, more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nConnection: close\r\n{more}\r\n".encode()
