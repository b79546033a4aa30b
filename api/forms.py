"""Forms of people who may load: who sends them is known before a byte of the body is read, and what sent them after."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse

from api.access.identity import Identity
from api.access.rights import allow, unauthorized
from api.access.sessions import CSRF_FIELD, is_ours, session_user
from api.access.signing_in import refused
from api.importing.loads import bounded
from api.links import with_query
from api.problems import ProblemError
from api.site import site_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

_FIELDS = 4000


@asynccontextmanager
async def form_of_editor(request: Request, *, limit: int, files: int = 0) -> AsyncIterator[tuple[Identity, FormData]]:
    """
    Who sends the form, and its fields, urlencoded or in parts; files that came with it are closed afterwards.

    Raises:
        ProblemError: 401 or 403 who may not load everything, 403 no page of ours sent it, 413 it has more than `limit`
            bytes, 400 more than `files` files.
    """
    language = site_of(request).pages.language(request)
    by_session = "authorization" not in request.headers
    if by_session and session_user(request) is None:
        raise unauthorized(language.text("Sign in first; the form was not taken."))
    if not by_session:
        allow(request, "load", graphs=None)
    reader = bounded(request, limit)
    try:
        async with reader.form(max_files=files, max_fields=_FIELDS, max_part_size=limit) as form:
            if by_session:
                if not is_ours(request, str(form.get(CSRF_FIELD, ""))):
                    raise refused(request)
                request.state.form_is_ours = True
            yield allow(request, "load", graphs=None), form
    except HTTPException as error:
        words = language.text("The form cannot be read; at most {count} files are taken at once.", count=files)
        raise ProblemError(error.status_code, words) from None
    except ClientDisconnect:
        raise ProblemError(400, language.text("The form came incomplete.")) from None


def led_to_sign_in(request: Request) -> Response | None:
    """The way to the page for signing in, and back here, for who is not known; None for who is."""
    if "authorization" in request.headers or session_user(request) is not None:
        return None
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(with_query("/sign-in", next=here), status_code=303)
