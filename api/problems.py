"""Errors as problem details (RFC 9457): one form for every error of the service."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import JSONResponse

from graph import errors
from graph.errors import GraphError

if TYPE_CHECKING:
    from api.language import Language
    from graph.query_traps import Message

MEDIA_TYPE = "application/problem+json"

# Of these classes the first that fits counts, so the special ones stand before the general ones.
_STATUS: Final[dict[type[GraphError], int]] = {
    errors.QuerySyntaxError: 400,
    errors.UnknownFunctionError: 501,
    errors.QueryEvaluationError: 400,
    errors.SearchClauseError: 400,
    errors.QueryRefusedError: 403,
    errors.ResultTooLargeError: 422,
    errors.QueryMemoryError: 422,
    errors.QueryTimeoutError: 504,
    errors.QueryCancelledError: 503,
    errors.PoolBusyError: 503,
    errors.ServiceTimeoutError: 504,
    errors.ServiceTooLargeError: 422,
    errors.ServiceError: 502,
    errors.VersionGoneError: 410,
    errors.NoSuchGraphError: 404,
    errors.RdfSyntaxError: 400,
    errors.DataTooLargeError: 413,
    errors.UpdateRefusedError: 400,
    errors.UpdateEvaluationError: 400,
    errors.UpdateTimeoutError: 504,
    errors.UpdateMemoryError: 422,
    errors.DiskFullError: 507,
    errors.CommitError: 400,
    errors.StoreBusyError: 503,
    errors.RemoteEngineError: 503,
}
TOLD: Final = tuple(_STATUS)
_AGAIN: Final = frozenset((errors.PoolBusyError, errors.StoreBusyError, errors.RemoteEngineError))


class ProblemError(Exception):
    """
    An error to be told to the client in words.

    `place` may hold `line` and `column` (from 1) of a query, or the limit that was met; `headers` go to the answer.
    """

    def __init__(self, status: int, detail: str, *, headers: dict[str, str] | None = None, **place: int | str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.place = place

    def members(self) -> dict[str, Any]:
        """The members of the problem object; the type is `about:blank`, so the title is the status phrase."""
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        } | self.place


def graph_problem(error: GraphError, language: Language, *, added_lines: int = 0) -> ProblemError:
    """
    What a client is told of an error of `TOLD`, with the place in its text and when to try again.

    `added_lines` stood before the text that the client sent.
    """
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    place: dict[str, int] = {}
    if isinstance(error, errors.QuerySyntaxError | errors.QueryRefusedError | errors.RdfSyntaxError):
        place = {"line": max(error.line - added_lines, 1), "column": error.column}
    headers = {"Retry-After": "5"} if type(error) in _AGAIN else {}
    if isinstance(error, errors.ServiceError) and "wait" in error.values:
        headers["Retry-After"] = str(error.values["wait"])
    if isinstance(error, errors.ResultTooLargeError):
        headers["Vekha-Limit-Exceeded"] = str(error.values["limit"])
    return ProblemError(status, language.text(error.template, **(error.values | place)), headers=headers, **place)


def warning_words(message: Message, language: Language, *, added_lines: int = 0) -> str:
    """What a client is told of a place in its text; `added_lines` as in `graph_problem`."""
    line = max(message.line - added_lines, 1)
    return language.text(message.template, **{**message.values, "line": line})


def problem_response(problem: ProblemError) -> JSONResponse:
    return JSONResponse(problem.members(), status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)
