"""
A link by which the person at this machine signs in once: `vekha demo` prints one, so that imports can be tried.

The server that made it keeps its hash in memory; it counts once, from this machine only, and while the server runs.
Opening it changes nothing: the page asks for a click, so that no program that looks at links uses it up.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from api.access.audit import AuditLog, Author
from api.access.users import Role, UserError, Users

if TYPE_CHECKING:
    from api.access.users import User
    from graph.folder import DataFolder

_NAME: Final = "demo"
_HOURS: Final = 12


@dataclass(slots=True)
class SignInLink:
    """`secret` stands in the printed address; `user` is whom it signs in."""

    user: User
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _used: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fits(self, secret: str) -> bool:
        """Whether this is the secret, and it was not used."""
        same = secrets.compare_digest(_digest(secret), _digest(self.secret))
        return same and not self._used

    def redeem(self, secret: str) -> bool:
        """Whether the secret counts; it does not any more afterwards."""
        with self._lock:
            counts = self.fits(secret)
            self._used = self._used or counts
            return counts


def demo_link(folder: DataFolder) -> SignInLink:
    """A link for the editor «demo», made anew for twelve hours; its token is thrown away, so nobody else has it."""
    users = Users(folder.access)
    with contextlib.suppress(UserError):
        users.revoke(_NAME)
    until = datetime.now(UTC) + timedelta(hours=_HOURS)
    user, _token = users.add(_NAME, Role.EDITOR, expires=until)
    AuditLog(folder).write(Author.of_account(), "user-add", detail={"name": _NAME, "role": user.role.word})
    return SignInLink(user)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
