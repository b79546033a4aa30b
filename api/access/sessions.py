"""
Sessions of browsers: who signed in with a token, and forms that only our own pages can send.

The session is a signed cookie (`starlette.middleware.sessions`, itsdangerous) that scripts cannot read and other sites
cannot send.  It names the token by its public part, so a revoked token or a sign-out ends the session everywhere at
once.  What changes something is taken only with the session's own secret, in the form or in `X-CSRF-Token`.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.access.users import User, Users
    from api.settings import Settings

HOURS: Final = 12
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
_USER, _BEGAN, _SECRET = "user", "began", "csrf"
_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_LONGEST_FORM: Final = 16 * 1024


class FormRefusedError(Exception):
    """The form was not sent by a page of ours, or is too old or too long."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What every page shows of who looks at it: `name` if signed in, whether there is anybody who could sign in."""

    name: str | None
    can_sign_in: bool


def session_cookie(settings: Settings, users: Users) -> dict[str, Any]:
    """What `SessionMiddleware` is told of the cookie."""
    return {
        "secret_key": users.session_key(),
        # A browser takes a cookie with this prefix only by HTTPS, for this host and for all its paths.
        "session_cookie": "__Host-vekha" if settings.https else "vekha",
        "max_age": HOURS * 3600,
        "same_site": "strict",
        "https_only": settings.https,
    }


def visitor_of(request: Request) -> Visitor:
    users: Users = request.app.state.users
    user = session_user(request)
    return Visitor(user.name if user else None, users.has_any())


def session_user(request: Request) -> User | None:
    """Who signed in with this browser, if the token still counts."""
    session = _session(request)
    if _USER not in session:
        return None
    users: Users = request.app.state.users
    user = users.with_key(str(session[_USER]))
    return user if user and float(session[_BEGAN]) > user.signed_out else None


def begin(request: Request, user: User) -> None:
    """From now on this browser is the user's; nothing of the session before goes on."""
    session = request.session
    session.clear()
    session.update({_USER: user.key, _BEGAN: time.time(), _SECRET: secrets.token_urlsafe(24)})


def end(request: Request) -> None:
    """Forget the user, in all browsers that are signed in with the token."""
    user = session_user(request)
    request.session.clear()
    if user is not None:
        users: Users = request.app.state.users
        users.sign_out(user.name, time.time())


def csrf_secret(request: Request) -> str:
    """What a form of ours carries in the field `csrf`; made with the first form."""
    session = _session(request)
    if _SECRET not in session:
        session[_SECRET] = secrets.token_urlsafe(24)
    return str(session[_SECRET])


def is_ours(request: Request, shown: str | None = None) -> bool:
    """
    Whether the request was sent by a page of ours: it changes nothing, or shows the session's secret.

    The browser's own word on where it comes from (`Origin`, `Sec-Fetch-Site`) must not say otherwise.
    """
    if request.method in _SAFE:
        return True
    expected = str(_session(request).get(_SECRET, ""))
    shown = shown if shown is not None else request.headers.get(CSRF_HEADER, "")
    return bool(expected) and secrets.compare_digest(shown.encode(), expected.encode()) and _is_same_site(request)


async def posted_form(request: Request) -> dict[str, str]:
    """
    The fields of a form of ours.

    Raises:
        FormRefusedError: It is not ours; nothing is to be done.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            raise FormRefusedError
    fields = dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True))
    if not is_ours(request, fields.get(CSRF_FIELD, "")):
        raise FormRefusedError
    request.state.form_is_ours = True
    return fields


def _is_same_site(request: Request) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _session(request: Request) -> dict[str, Any]:
    """The session; empty where an error comes before it is read."""
    session: dict[str, Any] = request.scope.get("session", {})
    return session
