"""
One question to a service by HTTP: every hop checked, every byte counted, ended at its deadline.

Proxies of the environment are not asked, since what they connect to cannot be looked at.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urljoin, urlsplit

from graph.errors import ServiceAddressError, ServiceError, ServiceTimeoutError, ServiceTooLargeError
from graph.federation.addresses import AddressError, addresses
from graph.federation.services import RESULTS, Answer

if TYPE_CHECKING:
    from collections.abc import Collection
    from urllib.parse import SplitResult

    from graph.federation.services import Service

_ACCEPT: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.9"
_FORM: Final = "application/x-www-form-urlencoded"
_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = 3
_SAID: Final = 300
_CHUNK: Final = 64 * 1024
# Other threads end a call by closing its socket.
_FAILURES: Final = (OSError, http.client.HTTPException, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Message:
    """
    What is sent to a service: a POST of `body`, or a GET if there is none.

    `accepted` are the media types of answers that are read.
    """

    accept: str
    accepted: Collection[str]
    body: bytes | None = None
    media_type: str = f"{_FORM}; charset=utf-8"
    language: str = ""


class Call:
    """One question; `ask` or `send` once, `abort` from any thread."""

    def __init__(self, service: Service, *, seconds: float, size: int, agent: str) -> None:
        self._service = service
        self._seconds = seconds
        self._size = size
        self._agent = agent
        self._deadline = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_over = False
        self._is_answering = False

    def ask(self, query: str) -> Answer:
        """
        The answer to a SELECT query.

        Raises:
            ServiceError: As `send`.
        """
        return self.send(Message(_ACCEPT, RESULTS, urlencode({"query": query}).encode("ascii")))

    def send(self, message: Message) -> Answer:
        """
        The answer to a message.

        Raises:
            ServiceError: There is none; its words name the service and what is wrong with it.  With a value `wait` the
                service wants to be left alone for so many seconds.
        """
        timer = threading.Timer(self._seconds, self.abort)
        timer.daemon = True
        timer.start()
        try:
            return self._send(message)
        except TimeoutError:
            raise self._late() from None
        except _FAILURES as error:
            if self._is_over or time.monotonic() >= self._deadline:
                raise self._late() from None
            reason = str(getattr(error, "strerror", None) or error)[:_SAID] or type(error).__name__
            if self._is_answering:
                raise ServiceError(
                    "The service «{service}» broke off in the middle of its answer ({reason}); try again later",
                    service=self._service.name,
                    reason=reason,
                ) from None
            raise ServiceError(
                "The service «{service}» cannot be reached ({reason}); try again later",
                service=self._service.name,
                reason=reason,
            ) from None
        finally:
            timer.cancel()
            self._close()

    def abort(self) -> None:
        """End the call; who waits in `ask` gets an error."""
        with self._lock:
            self._is_over = True
            if self._socket is not None:
                # Only this wakes a thread that waits in `recv`.
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _send(self, message: Message) -> Answer:
        target = urlsplit(self._service.address)
        for _ in range(_REDIRECTS + 1):
            connection = self._connected(target)
            method = "GET" if message.body is None else "POST"
            connection.putrequest(method, _path(target), skip_accept_encoding=True)
            if message.body is not None:
                connection.putheader("Content-Type", message.media_type)
                connection.putheader("Content-Length", str(len(message.body)))
            connection.putheader("Accept", message.accept)
            if message.language:
                connection.putheader("Accept-Language", message.language)
            connection.putheader("Accept-Encoding", "gzip")
            connection.putheader("User-Agent", self._agent)
            connection.putheader("Connection", "close")
            connection.endheaders(message.body)
            with contextlib.closing(connection.getresponse()) as response:
                # A head that was ended at the deadline looks like a whole one.
                self._left()
                if response.status not in {301, 302, 303, 307, 308}:
                    return self._read(response, message)
                target = self._redirected(target, response.getheader("Location") or "")
            self._close()
        raise ServiceError(
            "The service «{service}» sends from one address to another without an end; is its address right?",
            service=self._service.name,
        )

    def _connected(self, target: SplitResult) -> http.client.HTTPConnection:
        host, port = target.hostname or "", target.port or _PORTS[target.scheme]
        try:
            found = addresses(host, port, local=self._service.local, seconds=self._left())
        except AddressError as error:
            raise ServiceAddressError(
                "The service «{service}» has the address {address}, which is not in the public network; whoever runs "
                "this server can allow it",
                service=self._service.name,
                address=error.found or host,
            ) from None
        plain = self._connect(found, port)
        secure = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            if (target.scheme == "https")
            else None
        )
        if secure is not None:
            self._hold(secure)
        kind = http.client.HTTPConnection if secure is None else http.client.HTTPSConnection
        connection = kind(host, port, timeout=self._left())
        connection.sock = secure or plain
        return connection

    def _connect(self, found: list[str], port: int) -> socket.socket:
        for number, address in enumerate(found, 1):
            try:
                plain = socket.create_connection((address, port), timeout=self._left())
            except OSError:
                if number == len(found):
                    raise
            else:
                self._hold(plain)
                return plain
        raise socket.gaierror("no address")

    def _hold(self, held: socket.socket) -> None:
        with self._lock:
            self._socket = held
            if self._is_over:
                held.close()
                raise TimeoutError

    def _redirected(self, here: SplitResult, location: str) -> SplitResult:
        """Where a redirect leads, if that is the same service: its host and port, and not from HTTPS to HTTP."""
        there = urlsplit(urljoin(here.geturl(), location))
        is_same = (
            there.scheme == here.scheme
            and there.hostname == here.hostname
            and (there.port or _PORTS[here.scheme]) == (here.port or _PORTS[here.scheme])
        )
        is_secured = (
            (here.scheme, there.scheme) == ("http", "https")
            and there.hostname == here.hostname
            and (here.port, there.port) in {(None, None), (80, 443), (None, 443), (80, None)}
        )
        if not (is_same or is_secured) or there.username or there.password:
            raise ServiceError(
                "The service «{service}» sends to another address ({address}), where queries do not follow",
                service=self._service.name,
                address=f"{there.scheme}://{there.netloc.rpartition('@')[2]}"[:_SAID],
            )
        return there

    def _read(self, response: http.client.HTTPResponse, message: Message) -> Answer:
        # A head that was ended from outside looks whole.
        self._left()
        if response.status != 200:
            self._refuse(response)
        self._is_answering = True
        media_type = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        told = {"service": self._service.name, "type": media_type[:100] or "?"}
        if media_type not in message.accepted:
            if message.accepted is RESULTS:
                raise ServiceError(
                    "The service «{service}» answered with «{type}», not with results of SPARQL; is its address right?",
                    **told,
                )
            raise ServiceError(
                "The service «{service}» answered with «{type}», not with JSON; is its address right?", **told
            )
        return Answer(media_type, self._body(response))

    def _refuse(self, response: http.client.HTTPResponse) -> None:
        said = response.read(_SAID).decode("utf-8", "replace").strip() if response.status < 600 else ""
        if response.status in {429, 503}:
            wait = response.getheader("Retry-After") or ""
            raise ServiceError(
                "The service «{service}» takes no queries now (HTTP status {status}); try again in {wait} s",
                service=self._service.name,
                status=response.status,
                wait=int(wait) if wait.isascii() and wait.isdecimal() and len(wait) < 6 else 60,
            )
        raise ServiceError(
            "The service «{service}» refused the query (HTTP status {status}): {reason}",
            service=self._service.name,
            status=response.status,
            reason=" ".join(said.split()) or response.reason[:_SAID],
        )

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        coding = (response.getheader("Content-Encoding") or "identity").strip().lower()
        if coding not in {"identity", "gzip", "x-gzip"}:
            raise ServiceError(
                "The service «{service}» packed its answer as «{coding}», which was not asked for",
                service=self._service.name,
                coding=coding[:100],
            )
        if response.length is not None and response.length > self._size:
            raise self._too_large()
        unpack = None if coding == "identity" else zlib.decompressobj(16 + zlib.MAX_WBITS)
        body = bytearray()
        while True:
            data = response.read1(_CHUNK)
            if self._is_over:
                raise TimeoutError
            if not data:
                break
            while data:
                try:
                    body += data if unpack is None else unpack.decompress(data, self._size + 1 - len(body))
                except zlib.error:
                    raise ServiceError(
                        "The service «{service}» sent an answer that cannot be unpacked", service=self._service.name
                    ) from None
                if len(body) > self._size:
                    raise self._too_large()
                data = b"" if unpack is None else unpack.unconsumed_tail
        if response.length or (unpack is not None and not unpack.eof):
            raise http.client.IncompleteRead(b"")
        return bytes(body)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0 or self._is_over:
            raise TimeoutError
        return left

    def _close(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _late(self) -> ServiceTimeoutError:
        return ServiceTimeoutError(
            "The service «{service}» gave no whole answer within {seconds:g} s; ask it for less, or try again later",
            service=self._service.name,
            seconds=round(self._seconds, 1),
        )

    def _too_large(self) -> ServiceTooLargeError:
        return ServiceTooLargeError(
            "The service «{service}» sent more than {limit} bytes; ask it for less",
            service=self._service.name,
            limit=self._size,
        )


def _path(target: SplitResult) -> str:
    return (target.path or "/") + (f"?{target.query}" if target.query else "")
