"""What requests that change data share: the reading of what they ask, the writer of the data folder, its threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel, ValidationError

from api.importing.loading import Loader
from api.problems import ProblemError, graph_problem
from api.site import held, site_of
from graph.update_evaluation import no_room

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

Asked = TypeVar("Asked", bound=BaseModel)


def asked_in(body: bytes, kind: type[Asked]) -> Asked:
    """
    What the body of a request asks for, as JSON of this model.

    Raises:
        ProblemError: 400 with the first thing that does not fit.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise ProblemError(400, error.errors()[0]["msg"]) from None


def writer_of(request: Request) -> Loader:
    """
    The writer of the data folder that this application serves.

    Raises:
        ProblemError: 403 if it serves without one.
    """
    loader = request.app.state.loader
    if not isinstance(loader, Loader):
        _ = site_of(request).pages.language(request).text
        raise ProblemError(403, _("Data are only read here"))
    return loader


async def written(request: Request, work: Callable[[], Response]) -> Response:
    """
    What `work`, which changes data, answers; it is done in a thread, also when the client leaves.

    Raises:
        ProblemError: 503 if too many changes wait already, 507 if the disk is full.
    """
    threads = held(request, "write_threads", CapacityLimiter)
    if threads.available_tokens < 1:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(503, _("Too many changes are waiting; try again later"), headers={"Retry-After": "5"})
    try:
        return await to_thread.run_sync(work, limiter=threads)
    except OSError as error:
        full = no_room(error)
        if full is None:
            raise
        raise graph_problem(full, site_of(request).pages.language(request)) from None
