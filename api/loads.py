"""
Loading by the running server, asked for by `vekha load` on the same machine.

The request must come from this machine and show the secret of `server.json`, which only its owner can read.
"""

from __future__ import annotations

import json
import queue
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.routing import Route

from api.audit import Author
from api.identity import identity_of, is_owner
from api.loading import LOADS_PATH, Loader
from api.problems import ProblemError
from api.site import site_of
from graph.errors import GraphError
from loaders.corrected_values import CorrectionError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

_MAX_BODY = 1024 * 1024


class LoadRequest(BaseModel):
    """
    Files and folders of this machine, or instead `loaded`: documents to be loaded again from their kept files.

    An empty `loaded` means all of them.
    """

    model_config = ConfigDict(extra="forbid")

    paths: list[Path] = Field(default_factory=list, max_length=10_000)
    loaded: list[str] | None = Field(None, max_length=10_000)

    @model_validator(mode="after")
    def _says_what(self) -> LoadRequest:
        if bool(self.paths) == (self.loaded is not None):
            raise ValueError("name files or folders, or loaded documents")
        return self


async def load_documents(request: Request) -> StreamingResponse:
    """One JSON object on a line for each step; the last one holds `report` or `problem`."""
    loader, body = await body_of_owner(request)
    try:
        asked = LoadRequest.model_validate_json(body)
    except ValidationError as error:
        raise ProblemError(400, f"{error.errors()[0]['msg']}") from None
    relative = next((path for path in asked.paths if not path.is_absolute()), None)
    if relative is not None:
        raise ProblemError(400, f"Paths must be absolute: {relative}")
    language, author = site_of(request).pages.language(request), Author.of(identity_of(request))
    messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def work() -> None:
        try:
            if asked.loaded is None:
                report = loader.load(asked.paths, messages.put, author=author)
            else:
                report = loader.reload(asked.loaded, messages.put, author=author)
            messages.put({"report": report})
        except GraphError as error:
            messages.put({"problem": language.text(error.template, **error.values)})
        except CorrectionError as error:
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
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise ProblemError(413, f"A request has at most {_MAX_BODY} bytes", limit=_MAX_BODY)
    return loader, body


async def _lines(messages: queue.SimpleQueue[dict[str, Any]]) -> AsyncIterator[str]:
    while True:
        message = await run_in_threadpool(messages.get)
        yield json.dumps(message, ensure_ascii=False) + "\n"
        if "report" in message or "problem" in message:
            return


ROUTES = [Route(LOADS_PATH, load_documents, methods=["POST"])]
