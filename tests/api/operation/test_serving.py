from __future__ import annotations

import asyncio
import socket
import sys
from typing import TYPE_CHECKING

import pytest
import uvicorn
from uvicorn.server import ServerState

from api.operation import serving
from api.operation.serving import HEAD_BYTES, BoundedHttp, PortTakenError, _listen
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

ANSWERED = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems inherit other options")
def test_small_answers_do_not_wait_for_acknowledgements() -> None:
    with _listen("127.0.0.1", 0, 30.0) as listener, socket.create_connection(listener.getsockname()):
        connection, _address = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_a_taken_port_is_told() -> None:
    with _listen("127.0.0.1", 0, 30.0) as listener, pytest.raises(PortTakenError):
        _listen("127.0.0.1", listener.getsockname()[1], 30.0)


def exchanged(
    app: ASGIApp, sent: bytes, read: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]
) -> bytes:
    """What `read` takes of a connection over which the bytes were sent."""

    async def exchange() -> bytes:
        config = uvicorn.Config(app, http=BoundedHttp, log_config=None, log_level="critical")
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: BoundedHttp(config, ServerState(), {}), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(sent)
            answered = await read(reader, writer)
            writer.transport.abort()
            return answered

    return asyncio.run(exchange())


async def _bytes_read(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    body = str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 4 * HEAD_BYTES, b"HTTP/1.1 400"),
        (b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: x\r\n" * HEAD_BYTES, b"HTTP/1.1 400"),
        (b"GET /" + b"x" * 4 * HEAD_BYTES, b"HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (4 * HEAD_BYTES), b"HTTP/1.1 200"),
        (CHUNKED + b"1\r\nb\r\n0\r\n" + b"X: x\r\n" * HEAD_BYTES, b"HTTP/1.1 400"),
        (CHUNKED + b"1\r\nb\r\n0\r\nX: " + b"x" * 4 * HEAD_BYTES, b"HTTP/1.1 400"),
        (CHUNKED + b"1\r\nb\r\n" * HEAD_BYTES + b"0\r\n\r\n", b"HTTP/1.1 200"),
    ],
    ids=["one header", "many headers", "address", "long body", "many trailers", "one trailer", "many chunks"],
)
def test_the_head_of_a_request_is_bounded_and_its_body_is_not(request_: bytes, answer: bytes) -> None:
    body = b"b" * 4 * HEAD_BYTES if b"Content-Length" in request_ else b""
    assert exchanged(_bytes_read, request_ + body, lambda reader, _: reader.read(12)) == answer


async def _headers_told(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    while (await receive())["more_body"]:
        pass
    body = b" ".join(name for name, _value in scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def test_what_stands_behind_the_body_is_no_header() -> None:
    """A proxy looks at the headers only: who asks, and from which address."""

    async def read(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        return await reader.readexactly(int(head.rpartition(b"content-length: ")[2]))

    trailers = b"Authorization: Bearer x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    assert exchanged(_headers_told, CHUNKED + b"1\r\nb\r\n0\r\n" + trailers, read) == b"host transfer-encoding"


async def _rest(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> bytes:
    return await asyncio.wait_for(reader.read(), PATIENCE)


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost: h\r\nX:"], ids=len)
def test_who_sends_no_whole_head_loses_the_connection(monkeypatch: pytest.MonkeyPatch, beginning: bytes) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.2)
    assert exchanged(_headers_told, beginning, _rest) == b""


def test_who_sends_half_a_head_after_a_whole_one_loses_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        # The first head had the usual time.
        answered = await reader.readuntil(b"\r\n\r\nhost")
        monkeypatch.setattr(serving, "HEAD_SECONDS", 0.2)
        writer.write(b"GET /")
        return answered[-4:] + await _rest(reader, writer)

    assert exchanged(_headers_told, ANSWERED, read) == b"host"
