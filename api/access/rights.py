"""
Who asks, and whether they may: the only place where rights are decided.

| right | who |
|---|---|
| `read` | everybody; who shows a token has larger limits |
| `load`, `update` | editors, in the graphs that their token names, and admins; nobody while the service only reads |
| `admin` | admins |

A request names its user by `Authorization: Bearer <token>`, else by the session of a signed-in browser.  A token that
does not count is an error, never silently nobody's; so is what a session would change without the secret of its forms.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from pyoxigraph import NamedNode

from api.access.identity import Identity, known_user
from api.access.sessions import is_ours, session_user
from api.access.users import Role, Users
from api.problems import ProblemError
from api.site import budgets_of, held, site_of, workers_of
from graph.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from pyoxigraph import DefaultGraph
    from starlette.requests import Request

    from graph.workers import Limits

Right: TypeAlias = Literal["read", "update", "load", "admin"]

_NEEDED: dict[Right, Role] = {
    "read": Role.ANONYMOUS,
    "update": Role.EDITOR,
    "load": Role.EDITOR,
    "admin": Role.ADMIN,
}
# No user can be called so.
_OWNER = "(owner)"


def users_of(request: Request) -> Users:
    """The users of the application that serves this request."""
    return held(request, "users", Users)


def identity_of(request: Request) -> Identity:
    """
    Who sends the request.

    Raises:
        ProblemError: 401 for a token that does not count, 403 for a session's change that no page of ours asked for.
    """
    known = getattr(request.state, "identity", None)
    if isinstance(known, Identity):
        return known
    found = _identity(request)
    request.state.identity = found
    return found


def allow(
    request: Request, right: Right, *, graphs: Collection[NamedNode | DefaultGraph] | None = frozenset()
) -> Identity:
    """
    Who sends the request, if they may do so.

    `graphs` are those that would be written; None where that cannot be told, which only a token for all graphs allows.

    Raises:
        ProblemError: 401 who nobody knows, 403 who may not, 503 while nothing is written here.
    """
    identity = identity_of(request)
    settings = site_of(request).installation.settings
    _ = site_of(request).pages.language(request).text
    if identity.role < _NEEDED[right] and not (right == "update" and settings.anonymous_update):
        if identity.name is None:
            raise unauthorized(_("This needs a token; «vekha user add» makes one."))
        raise ProblemError(403, _("The token of «{name}» does not allow this.", name=identity.name))
    if right in {"update", "load"}:
        if settings.read_only or read_only_file(DataFolder(settings.data)).exists():
            raise ProblemError(
                503, _("Data are only read at present; nothing is written."), headers={"Retry-After": "60"}
            )
        if identity.graphs and graphs is None:
            raise ProblemError(
                403, _("This may write to any graph, but the token of «{name}» is for some only.", name=identity.name)
            )
        refused = next((graph for graph in graphs or () if not identity.may_write(graph)), None)
        if refused is not None:
            raise ProblemError(
                403,
                _("The token of «{name}» does not cover the graph {graph}.", name=identity.name, graph=str(refused)),
            )
    return identity


def read_only_file(folder: DataFolder) -> Path:
    """While it is there nothing is written (`api.operation.administration`)."""
    return folder.access / "read-only"


def limits_of(request: Request, identity: Identity) -> Limits:
    """What one query of this identity may use."""
    settings, limits = site_of(request).installation.settings, workers_of(request).limits
    if identity.role is Role.ANONYMOUS:
        return limits
    return replace(
        limits,
        seconds=max(limits.seconds, settings.user_query_seconds),
        rows=max(limits.rows, settings.user_query_rows),
        bytes=max(limits.bytes, settings.user_query_bytes),
    )


def unauthorized(words: str) -> ProblemError:
    return ProblemError(401, words, headers={"WWW-Authenticate": 'Bearer realm="Vekha"', "Cache-Control": "no-store"})


def is_from_here(request: Request) -> bool:
    """Whether the request was sent on this machine."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def is_owner(request: Request) -> bool:
    """Whether who sends it runs this server: from this machine, and with the secret of `server.json`."""
    token: str = request.app.state.token
    shown = request.headers.get("authorization", "")
    same = secrets.compare_digest(shown.encode(), f"Bearer {token}".encode())
    return same and bool(token) and is_from_here(request)


def address_of(request: Request) -> Identity:
    """Nobody known, counted by the address; of IPv6 by the network of 64 bits, which one client has to itself."""
    return _at(request.client.host if request.client else "")


@lru_cache(1024)
def _at(host: str) -> Identity:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return Identity(None, Role.ANONYMOUS, client=f"address:{host}")
    if isinstance(address, ipaddress.IPv6Address):
        network = ipaddress.ip_network((address, 64), strict=False)
        return Identity(None, Role.ANONYMOUS, client=f"address:{address.ipv4_mapped or network}")
    return Identity(None, Role.ANONYMOUS, client=f"address:{address}")


def _identity(request: Request) -> Identity:
    header = request.headers.get("authorization")
    if header is None:
        return _of_session(request)
    if is_owner(request):
        return Identity(_OWNER, Role.ADMIN, client=f"user:{_OWNER}")
    scheme, _space, token = header.partition(" ")
    user = users_of(request).with_token(token.strip()) if scheme.lower() == "bearer" else None
    if user is None:
        budgets_of(request).err(address_of(request))
        _ = site_of(request).pages.language(request).text
        raise unauthorized(_("The token is unknown, revoked or expired."))
    return known_user(user)


def _of_session(request: Request) -> Identity:
    user = session_user(request)
    if user is None:
        return address_of(request)
    if not (is_ours(request) or getattr(request.state, "form_is_ours", False)):
        _ = site_of(request).pages.language(request).text
        raise ProblemError(403, _("A signed-in browser changes something only from a page of this service."))
    return known_user(user)
