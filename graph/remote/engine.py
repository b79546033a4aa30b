"""
One SPARQL 1.1 engine over HTTP: the two configured addresses and nothing else.

Redirects are refused, proxies are not asked, every answer has a time and a size limit, and an engine that does not
answer is one sentence.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Final, Self, TypeAlias
from urllib.parse import urlencode, urlsplit

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from graph.errors import QueryTimeoutError, RemoteEngineError, ResultTooLargeError
from graph.results import evaluation_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from graph.guard import Dataset

Found: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples

# Virtuoso takes the first it knows, whatever the kind of query, and its Turtle respells numbers.
_ROWS: Final = "application/sparql-results+xml"
_TRIPLES: Final = "application/n-triples, text/turtle;q=0.9"
# RDF/XML is not taken: its entities would grow without bounds.
_TAKEN: Final = frozenset((RdfFormat.N_TRIPLES, RdfFormat.TURTLE))
_FORM: Final = "application/x-www-form-urlencoded"
_MESSAGE: Final = 500
_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Address:
    """Where an engine answers queries and takes updates; `authorization` is the header's value."""

    query: str
    update: str
    authorization: str | None = None


class RemoteEngine:
    """Safe to use from several threads: each call has a connection of its own."""

    def __init__(self, address: Address, *, seconds: float = 60.0, size: int = 64 * 1024**2) -> None:
        self._address = address
        self._seconds = seconds
        self._size = size

    @property
    def place(self) -> str:
        """The engine's address for messages: without user, password and query string."""
        parts = urlsplit(self._address.query)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"

    def query(
        self, text: str, *, dataset: Dataset | None = None, seconds: float | None = None
    ) -> list[Sequence[object]] | bool:
        """The rows of a SELECT, or the truth value of an ASK, read whole."""
        with self.open(text, dataset=dataset, seconds=seconds) as answer, self.telling():
            found = answer.found
            return bool(found) if isinstance(found, QueryBoolean) else [tuple(row) for row in found]

    def open(
        self,
        text: str,
        *,
        dataset: Dataset | None = None,
        seconds: float | None = None,
        size: int | None = None,
        rows: int | None = None,
        triples: bool = False,
        begun: Callable[[Callable[[], None]], None] = lambda _: None,
    ) -> RemoteAnswer:
        """
        An answer whose head is known; use it in `with`.

        `triples` says that it is one of CONSTRUCT or DESCRIBE; of them not many more than `rows` are read.  `begun` is
        given what breaks the call off, from any thread, before the engine is asked.

        Raises:
            RemoteEngineError: The engine cannot be reached, or sent what is no SPARQL answer.
            QueryEvaluationError: It refused the query.
            QueryTimeoutError: It did not begin to answer in time.
        """
        fields = [("query", text)]
        if dataset is not None:
            fields += [("default-graph-uri", name.value) for name in dataset.default]
            fields += [("named-graph-uri", name.value) for name in dataset.named]
        accept = _TRIPLES if triples else _ROWS
        call = self._post(self._address.query, fields, accept, seconds or self._seconds, begun)
        return RemoteAnswer(self, call, size or self._size, rows)

    def update(self, text: str) -> None:
        """
        Carry out a SPARQL update.

        Raises:
            RemoteEngineError: The engine cannot be reached, or refused it.
        """
        call = self._post(self._address.update, [("update", text)], "*/*", self._seconds)
        with call, self.telling():
            call.response.read(self._size)

    def _post(
        self,
        address: str,
        fields: list[tuple[str, str]],
        accept: str,
        seconds: float,
        begun: Callable[[Callable[[], None]], None] = lambda _: None,
    ) -> _Call:
        headers = {"Content-Type": f"{_FORM}; charset=utf-8", "Accept": accept, "User-Agent": "Vekha"}
        if self._address.authorization:
            headers["Authorization"] = self._address.authorization
        call = _Call(address, seconds)
        begun(call.abort)
        try:
            with self.telling():
                call.send(urlencode(fields).encode("ascii"), headers)
            self._check(call)
        except BaseException:
            call.close()
            raise
        return call

    def _check(self, call: _Call) -> None:
        status = call.response.status
        if status < 300:
            return
        with self.telling():
            said = call.response.read(_MESSAGE).decode("utf-8", "replace").strip()
        if status in {400, 422, 500}:
            # Virtuoso repeats the query behind its complaint.
            raise evaluation_error(ValueError(said.partition("\n\n")[0]))
        raise RemoteEngineError(
            "The SPARQL engine at {address} answered with HTTP status {status}: {reason}",
            address=self.place,
            status=status,
            reason=said or call.response.reason,
        )

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """What goes wrong in the block, in speaking to the engine, becomes one of our errors."""
        try:
            yield
        except TimeoutError:
            raise QueryTimeoutError(
                "The query ran longer than {seconds:g} s and was stopped; narrow it down", seconds=self._seconds
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise RemoteEngineError(
                "The SPARQL engine at {address} does not answer ({reason}); is it running?",
                address=self.place,
                reason=error or type(error).__name__,
            ) from None
        except (SyntaxError, ValueError) as error:
            raise self.no_answer(error) from None

    def no_answer(self, reason: object) -> RemoteEngineError:
        return RemoteEngineError(
            "The SPARQL engine at {address} sent no SPARQL answer ({reason})", address=self.place, reason=reason
        )


class RemoteAnswer:
    """An answer on its way: `found` is read once; leaving `with` closes the connection."""

    def __init__(self, engine: RemoteEngine, call: _Call, size: int, rows: int | None) -> None:
        self._engine = engine
        self._call = call
        # Virtuoso cuts answers at a number of its own, which it tells where it counts.
        most = call.response.getheader("X-SPARQL-MaxRows") or ""
        self.most_rows = int(most) if most.isdecimal() else None
        try:
            self.found = self._parse(size, rows)
        except BaseException:
            call.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call.close()

    def _parse(self, size: int, rows: int | None) -> Found:
        media_type = (self._call.response.getheader("Content-Type") or "").partition(";")[0].strip()
        source = _Source(self._call, size)
        with self._engine.telling():
            if (results := QueryResultsFormat.from_media_type(media_type)) is not None:
                return parse_query_results(source, results)  # type: ignore[arg-type]  # a file to be read is enough
            if (rdf := RdfFormat.from_media_type(media_type)) in _TAKEN:
                return _as_triples(source, rdf, rows)
        raise self._engine.no_answer(media_type)


def _as_triples(source: _Source, rdf: RdfFormat, rows: int | None) -> QueryTriples:
    """What a CONSTRUCT gives, without duplicates; it is kept in memory, so no more of it than is wanted."""
    store = Store()
    statements = parse(source, rdf)  # type: ignore[arg-type]  # a file to be read is enough
    while (rows is None or len(store) <= rows) and (some := list(islice(statements, _AT_ONCE))):
        store.extend(some)
    found = store.query(files("graph").joinpath("remote", "all.rq").read_text("utf-8"))
    assert isinstance(found, QueryTriples)
    return found


class _Call:
    """One request; a timer ends it at its deadline, also where the engine sends a byte now and then."""

    response: http.client.HTTPResponse

    def __init__(self, address: str, seconds: float) -> None:
        parts = urlsplit(address)
        self._path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._deadline = time.monotonic() + seconds
        self._connection = (
            http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=seconds, context=ssl.create_default_context()
            )
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        )
        # The connection forgets its socket when the head of an answer has come.
        self._socket: socket.socket | None = None
        self._is_over = False
        self._timer = threading.Timer(seconds, self.abort)
        self._timer.daemon = True

    def send(self, body: bytes, headers: dict[str, str]) -> None:
        self._timer.start()
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            if self._is_over:
                raise ConnectionAbortedError
            self._connection.request("POST", self._path, body, headers)
            self.response = self._connection.getresponse()
        except (OSError, http.client.HTTPException):
            self.raise_if_late()
            raise

    def raise_if_late(self) -> None:
        if time.monotonic() >= self._deadline:
            raise TimeoutError

    def close(self) -> None:
        self._timer.cancel()
        self._connection.close()
        if hasattr(self, "response"):
            self.response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def abort(self) -> None:
        """End it, from any thread: who reads gets an error."""
        self._is_over = True
        # Only this wakes a thread that waits in `recv`.
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class _Source(io.RawIOBase):
    """The bytes of an answer, as many as are allowed; an answer that breaks off is an error and no end."""

    def __init__(self, call: _Call, size: int) -> None:
        self._call = call
        self._left = size
        self._size = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._call.response.read1(size if size >= 0 else 65536)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            self._call.raise_if_late()
            raise
        self._left -= len(data)
        if self._left < 0:
            raise ResultTooLargeError("The answer has more than {limit} bytes; add a LIMIT", limit=self._size)
        if not data:
            self._call.raise_if_late()
        return data
