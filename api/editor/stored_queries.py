"""
Short links to queries: `/sparql?q=<id>` stands for a text in the data folder.

The id is made of the text, so the same query has one link, and a link never changes what it asks.  What is kept is
bounded in number; the queries that were opened longest ago give way.  A link only ever fills the editor.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.access.rights import allow
from api.access.sessions import CSRF_FIELD, is_ours
from api.negotiation import HTML, JSON, choose
from api.problems import ProblemError
from api.protocols.messages import FORM, Parameters, attachment, body_of, check_length, media_type_of
from api.site import budgets_of, site_of
from graph.folder import DataFolder, replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

MOST: Final = 10_000
# What keeping one counts in the client's budget of query seconds.
_SECONDS: Final = 0.5
_ID: Final = re.compile(r"[a-z2-7]{12}")
_VARIABLE: Final = re.compile(r"\w{1,60}")


class StoredQueries:
    """The queries in `folder`, at most `most` of them.  Safe to use from several threads and processes."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        self._folder = folder
        self._most = most

    def put(self, text: str) -> str:
        """The id of `text`, which is kept from now on."""
        content = text.encode("utf-8")
        name = base64.b32encode(hashlib.sha256(content).digest()).decode("ascii").lower()[:12]
        path = self._folder / name
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, content, mode=0o600)
            self._prune()
        return name

    def get(self, name: str) -> str | None:
        """The text with this id; None if there is none, or none any more."""
        if not _ID.fullmatch(name):
            return None
        path = self._folder / name
        try:
            text = path.read_bytes().decode("utf-8")
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return text

    def _prune(self) -> None:
        names = [entry for entry in self._folder.iterdir() if _ID.fullmatch(entry.name)]
        if len(names) <= self._most:
            return
        ages: list[tuple[float, Path]] = []
        for path in names:
            with contextlib.suppress(OSError):
                ages.append((path.stat().st_mtime, path))
        for _age, path in sorted(ages)[: len(names) - self._most]:
            path.unlink(missing_ok=True)


def stored_queries(request: Request) -> StoredQueries:
    """The queries that the application of this request keeps."""
    return StoredQueries(DataFolder(site_of(request).installation.settings.data).queries)


def query_of(request: Request, name: str) -> str:
    """
    The text behind a short link.

    Raises:
        HTTPException: 404 if it is not kept.
    """
    found = stored_queries(request).get(name)
    if found is None:
        raise HTTPException(404)
    return found


async def keep_query(request: Request) -> Response:
    """`POST query=…`: the short link of a query, as JSON or by redirection to the editor."""
    if media_type_of(request) != FORM:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(415, _("A query is posted as {types}", types=FORM), headers={"Accept-Post": FORM})
    limit = site_of(request).installation.settings.query_length
    parameters = Parameters.of(request, await body_of(request, limit * 3 + 4096))
    request.state.form_is_ours = is_ours(request, parameters.one(CSRF_FIELD))
    identity = allow(request, "read")
    budgets_of(request).check(identity)
    text = parameters.required("query")
    check_length(request, text)
    name = await to_thread.run_sync(stored_queries(request).put, text)
    budgets_of(request).spend(identity, _SECONDS)
    address = f"/sparql?q={name}"
    if choose(request.headers.get("accept"), (JSON, HTML)) is HTML:
        return RedirectResponse(address, status_code=303)
    return JSONResponse({"id": name, "address": address}, status_code=201, headers={"Location": address})


def question_file(request: Request) -> Response:
    """The query of `?q=` or `?query=` as a question file, whose header is to be filled in; to be saved."""
    allow(request, "read")
    parameters = Parameters.of(request)
    name = parameters.one("q")
    text = query_of(request, name) if name else parameters.required("query")
    check_length(request, text)
    columns = [column for column in (parameters.one("columns") or "").split(",") if _VARIABLE.fullmatch(column)]
    head = [
        "#+ id: my-question",
        '#+ title: {ru: "Мой вопрос?", en: "My question?"}',
        '#+ description: {ru: "Что показывает ответ.", en: "What the answer shows."}',
    ]
    if columns:
        head.append("#+ columns:")
        head += [f'#+   - {column}: {{ru: "{column}", en: "{column}"}}' for column in columns]
    content = "\n".join([*head, text.strip("\r\n"), ""])
    return Response(
        content,
        headers={
            "Content-Type": "application/sparql-query; charset=utf-8",
            "Content-Disposition": attachment("my-question.rq"),
        },
    )


ROUTES = [
    Route("/sparql/queries", keep_query, methods=["POST"]),
    Route("/sparql.rq", question_file),
]
