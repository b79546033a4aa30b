"""Errors as problem details (RFC 9457): one form for every error of the service."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


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


def problem_response(problem: ProblemError) -> JSONResponse:
    return JSONResponse(problem.members(), status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)
