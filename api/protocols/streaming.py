"""
Answers that are sent while they are still being worked out.

The first megabytes are held back, so that an error found by then has a real status.  An error after that breaks the
connection off: HTTP/1.1 ends a whole answer with an empty chunk, and a client that misses it knows of the error.
What a client does not fetch is not read from the worker either; a client that fetches nothing for long is left.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from concurrent.futures import Executor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread
from starlette.responses import Response

from api.protocols.messages import threads_of
from api.site import held
from graph.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

HELD_BYTES: Final = 4 * 1024**2
STALL_SECONDS: Final = 30.0

_T = TypeVar("_T")


class Stoppable(Protocol):
    """What can be ended from another thread."""

    def cancel(self) -> None: ...


class Stopper:
    """Ends what works for a request, whether it began before or after the client left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work: Stoppable | None = None
        self._stopped = False

    def holds(self, work: Stoppable) -> None:
        """From now on `work` is what `stop` ends."""
        with self._lock:
            self._work = work
            stopped = self._stopped
        if stopped:
            work.cancel()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            work = self._work
        if work is not None:
            work.cancel()


async def while_connected(request: Request, work: Callable[[], _T], stopper: Stopper) -> _T:
    """
    What `work` returns, done in a thread; `stopper` is told if the client leaves meanwhile.

    Not by `anyio.to_thread`, which lets the event loop turn twice before it begins: a tenth of a millisecond.

    Raises:
        ProblemError: 503 if all threads of what asks data are taken.
    """
    threads = threads_of(request)
    threads.acquire_on_behalf_of_nowait(stopper)
    try:
        done = asyncio.get_running_loop().run_in_executor(held(request, "query_executor", Executor), work)
        watcher = asyncio.create_task(_watch(request.receive, stopper))
        try:
            return await done
        finally:
            watcher.cancel()
    finally:
        threads.release_on_behalf_of(stopper)


def held_back(chunks: Iterator[bytes], limit: int = HELD_BYTES) -> tuple[list[bytes], bool]:
    """The first chunks, at least `limit` bytes of them, and whether that is all."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= limit:
            return held, False
    return held, True


def closing(things: ExitStack) -> Callable[[BaseException | None], None]:
    """What closes them later, in place of the `with` block that they stand in."""
    taken = things.pop_all()

    def close(error: BaseException | None) -> None:
        taken.__exit__(None if error is None else type(error), error, None)

    return close


def kept(chunks: Iterator[bytes], most: int, keep: Callable[[bytes], None]) -> Iterator[bytes]:
    """The chunks; once the last one is through, `keep` gets them all, if they are at most `most` bytes."""
    collected: list[bytes] | None = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if collected is not None:
            collected.append(chunk)
            if size > most:
                collected = None
        yield chunk
    if collected is not None:
        keep(b"".join(collected))


class StreamedAnswer(Response):
    """
    An answer in chunks: `held` first, then what `rest` brings, read in a thread when the client took the one before.

    `close` is called once at the end, with the error that broke the answer off, if one did.
    """

    def __init__(
        self,
        held: list[bytes],
        rest: Iterator[bytes],
        *,
        headers: Mapping[str, str],
        stopper: Stopper,
        close: Callable[[BaseException | None], None],
        threads: CapacityLimiter | None = None,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers({**headers})
        # A length is not known; the framework would give that of the empty body.
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
        self._chunks = itertools.chain(held, rest)
        self._stopper = stopper
        self._close = close
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watcher = asyncio.create_task(_watch(receive, self._stopper))
        failure: BaseException | None = None
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] != "HEAD":
                await self._send_chunks(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (GraphError, TimeoutError, OSError) as error:
            # Returning without the last message makes the server break the connection off.
            failure = error
            self._stopper.stop()
        finally:
            watcher.cancel()
            with CancelScope(shield=True):
                await to_thread.run_sync(self._close, failure, limiter=self._threads)

    async def _send_chunks(self, send: Send) -> None:
        while True:
            chunk = await to_thread.run_sync(next, self._chunks, None, limiter=self._threads)
            if chunk is None:
                return
            async with asyncio.timeout(STALL_SECONDS):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _watch(receive: Receive, stopper: Stopper) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stopper.stop()
