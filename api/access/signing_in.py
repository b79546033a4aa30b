"""The page where a browser signs in with a token, and signing out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.routing import Route

from api.access import sessions
from api.access.rights import address_of, is_from_here
from api.problems import ProblemError
from api.site import budgets_of, site_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from api.access.sign_in_links import SignInLink
    from api.access.users import User
    from api.language import Language

# An address of ours: nothing that a browser takes for another host.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")


async def sign_in(request: Request) -> Response:
    language = site_of(request).pages.language(request)
    if request.method == "GET":
        return await run_in_threadpool(_form, request, _local(request.query_params.get("next", "/")))
    try:
        fields = await sessions.posted_form(request)
    except sessions.FormRefusedError:
        return await run_in_threadpool(
            _form, request, "/", language.text("The form was open for too long. Please send it again."), 403
        )
    client = address_of(request)
    budgets_of(request).check(client)
    once = fields.get("once", "")
    user = _of_link(request, once) if once else request.app.state.users.with_token(fields.get("token", "").strip())
    target = _local(fields.get("next", "/"))
    if user is None:
        budgets_of(request).err(client)
        problem = (
            _used(language)
            if once
            else language.text("The token is unknown, revoked or expired.")
            if fields.get("token", "").strip()
            else language.text("Put your token into the field.")
        )
        return await run_in_threadpool(_form, request, target, problem, 401)
    sessions.begin(request, user)
    return RedirectResponse(target, status_code=303)


async def sign_out(request: Request) -> Response:
    try:
        await sessions.posted_form(request)
    except sessions.FormRefusedError:
        raise refused(request) from None
    await run_in_threadpool(sessions.end, request)
    return RedirectResponse("/", status_code=303)


def refused(request: Request) -> ProblemError:
    """The problem of a form that no page of ours sent."""
    words = site_of(request).pages.language(request).text("The form was open for too long. Please send it again.")
    return ProblemError(403, words)


def _of_link(request: Request, secret: str) -> User | None:
    """Whom the link of `vekha demo` signs in, from this machine."""
    link: SignInLink | None = request.app.state.sign_in_link
    return link.user if link is not None and is_from_here(request) and link.redeem(secret) else None


def _form(request: Request, target: str, problem: str | None = None, status: int = 200) -> Response:
    link: SignInLink | None = request.app.state.sign_in_link
    once = request.query_params.get("once", "")
    fits = link is not None and link.fits(once)
    if once and not fits and problem is None:
        problem = _used(site_of(request).pages.language(request))
    page = site_of(request).pages.render(
        request,
        "sign_in.html",
        status=status,
        target=target,
        problem=problem,
        hours=sessions.HOURS,
        once=once if fits else None,
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _used(language: Language) -> str:
    return language.text("This link was used already, or is not of this server; start the demo again for a new one.")


def _local(target: str) -> str:
    return target if _LOCAL.fullmatch(target) else "/"


ROUTES = [
    Route("/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]
