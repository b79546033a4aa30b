"""
Loading by the running server.

`vekha load` on the same machine names files of it: that request must come from this machine and show the secret of
`server.json`, which only its owner can read.  An editor whose token is for all graphs sends the files themselves, as
`multipart/form-data`; their graphs are known only when they are read.
"""

from __future__ import annotations

import json
import queue
import shutil
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from api.access.audit import Author
from api.access.rights import allow, identity_of, is_owner
from api.importing.loading import LOADS_PATH, Loader
from api.problems import ProblemError
from api.site import site_of
from api.writing import asked_in, writer_of
from graph.errors import GraphError
from loaders.messages import DocumentError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import Message

    from api.importing.loading import Event, Report
    from api.language import Language

_MAX_BODY = 1024 * 1024
MAX_FILES = 200
# What file systems take.
_MAX_NAME = 200


class LoadRequest(BaseModel):
    """
    Files and folders of this machine, or instead `loaded`: documents to be loaded again from their kept files.

    An empty `loaded` means all of them.
    """

    model_config = ConfigDict(extra="forbid")

    paths: list[Path] = Field(default_factory=list, max_length=10_000)
    loaded: list[str] | None = Field(None, max_length=10_000)

    @model_validator(mode="after")
    def _names_what_to_load(self) -> LoadRequest:
        if bool(self.paths) == (self.loaded is not None):
            raise ValueError("name files or folders, or loaded documents")
        return self


async def load_documents(request: Request) -> StreamingResponse:
    """One JSON object on a line for each step; the last one holds `report` or `problem`."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _uploaded(request)
    loader, body = await body_of_owner(request)
    asked = asked_in(body, LoadRequest)
    relative = next((path for path in asked.paths if not path.is_absolute()), None)
    if relative is not None:
        raise ProblemError(400, f"Paths must be absolute: {relative}")

    def load(tell: Callable[[Event], None]) -> Report:
        author = Author.of(identity_of(request))
        if asked.loaded is None:
            return loader.load(asked.paths, tell, author=author)
        return loader.reload(asked.loaded, tell, author=author)

    return told(request, load)


async def _uploaded(request: Request) -> StreamingResponse:
    author = Author.of(allow(request, "load", graphs=None))
    loader, language = writer_of(request), site_of(request).pages.language(request)
    limit = loader.settings.upload_bytes
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(TemporaryDirectory(prefix="vekha-")))
        async with bounded(request, limit).form(max_files=MAX_FILES, max_fields=MAX_FILES) as form:
            files = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
            for file in files:
                target = folder / file_name(file.filename or "", language)
                if target.exists():
                    raise ProblemError(400, language.text("The file «{name}» comes twice.", name=target.name))
                await run_in_threadpool(save, file.file, target)
        if not files:
            raise ProblemError(400, language.text("Send the documents as parts «file» of the form."))
        close = open_things.pop_all().close

    def load(tell: Callable[[Event], None]) -> Report:
        try:
            return loader.load([folder], tell, author=author)
        finally:
            close()

    return told(request, load)


def bounded(request: Request, limit: int) -> Request:
    """The request, whose body raises a problem when it is longer than `limit` bytes."""
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > limit:
            words = (
                site_of(request).pages.language(request).text("At most {limit} bytes are taken at once.", limit=limit)
            )
            raise ProblemError(413, words, limit=limit)
        return message

    return Request(request.scope, receive)


def file_name(name: str, language: Language) -> str:
    """The name without any folder; it decides how the file is read and what its document is called."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    if not bare.isprintable() or bare.startswith(".") or not 0 < len(bare.encode()) <= _MAX_NAME:
        raise ProblemError(400, language.text("«{name}» is no name of a file.", name=bare[:100]))
    return bare


def save(source: IO[bytes], target: Path) -> None:
    with target.open("xb") as file:
        shutil.copyfileobj(source, file)


def told(request: Request, load: Callable[[Callable[[Event], None]], Report]) -> StreamingResponse:
    """What a load tells while it goes on, also when the client leaves: one JSON object a line."""
    language = site_of(request).pages.language(request)
    messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def work() -> None:
        try:
            messages.put({"report": load(messages.put)})
        except GraphError as error:
            messages.put({"problem": language.text(error.template, **error.values)})
        except DocumentError as error:
            messages.put({"problem": language.text(error.message.template, **error.message.values)})
        except BaseException:
            messages.put({"problem": language.text("The error is ours and was written to the server's log.")})
            raise

    Thread(target=work, name="load", daemon=True).start()
    return StreamingResponse(_lines(messages), media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})


async def body_of_owner(request: Request) -> tuple[Loader, bytes]:
    """
    The writer of the data folder, and what its owner sent.

    Raises:
        ProblemError: Somebody else asks, or the service only reads, or the body is too large.
    """
    loader: Loader | None = request.app.state.loader
    if loader is None or not is_owner(request):
        # Who may not write is not told that others may.
        raise ProblemError(404, "There is no such address")
    allow(request, "load")
    return loader, await _body(request)


async def body_of_editor(request: Request) -> tuple[Loader, bytes]:
    """
    The writer of the data folder, and what its owner or an editor of all graphs sent.

    Raises:
        ProblemError: Somebody else asks, or the service only reads, or the body is too large.
    """
    allow(request, "load", graphs=None)
    return writer_of(request), await _body(request)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise ProblemError(413, f"A request has at most {_MAX_BODY} bytes", limit=_MAX_BODY)
    return body


async def _lines(messages: queue.SimpleQueue[dict[str, Any]]) -> AsyncIterator[str]:
    while True:
        message = await run_in_threadpool(messages.get)
        yield json.dumps(message, ensure_ascii=False) + "\n"
        if "report" in message or "problem" in message:
            return


ROUTES = [Route(LOADS_PATH, load_documents, methods=["POST"])]
