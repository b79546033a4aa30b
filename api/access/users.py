"""
The people and programs that may do more than read: `access/users.json` in the data folder, readable by its owner only.

A token is 32 random bytes, so its SHA-256 is kept: a slow hash protects guessable passwords, and nobody can guess
these.  A file is replaced whole under a lock, so `vekha user` works while a server runs, which sees the change at the
next request.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

from graph.errors import GraphError
from graph.folder import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NAME: Final = re.compile(r"[^\W_][\w.@-]{0,63}")
_TOKEN: Final = re.compile(r"vekha_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class Role(IntEnum):
    """What somebody may do; each role may do what those below it may."""

    ANONYMOUS = 0
    ANALYST = 1
    EDITOR = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class UserError(GraphError):
    """A user who cannot be added or found."""


@dataclass(frozen=True, slots=True)
class User:
    """
    One token: whose, what it allows, since when and until when (ISO 8601, UTC).

    `graphs` limits an editor: IRIs, beginnings of IRIs with `*` behind, or `default`; empty means all.  `key` is the
    public part of the token, `digest` the SHA-256 of its secret part.  Sessions begun before `signed_out` are over.
    """

    name: str
    role: Role
    key: str
    digest: str
    created: str
    graphs: tuple[str, ...] = ()
    expires: str | None = None
    revoked: str | None = None
    signed_out: float = 0.0

    def is_valid(self, now: datetime) -> bool:
        return self.revoked is None and (self.expires is None or now < datetime.fromisoformat(self.expires))


@dataclass(slots=True)
class Users:
    """The users of one data folder; `folder` is its `access/`, which is made when the first one is added."""

    folder: Path
    _seen: tuple[object, _Content] | None = field(default=None, init=False)

    def add(
        self, name: str, role: Role, *, graphs: tuple[str, ...] = (), expires: datetime | None = None
    ) -> tuple[User, str]:
        """
        The new user and the token, which is kept nowhere.

        Raises:
            UserError: The name is taken or unusable, or graphs are named for who is no editor.
        """
        if not _NAME.fullmatch(name):
            raise UserError("«{name}» is no name; use up to 64 letters, digits and . @ - _", name=name)
        if graphs and role is not Role.EDITOR:
            raise UserError("Only an editor can be limited to graphs")
        key, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        user = User(
            name,
            role,
            key,
            _digest(secret),
            now.isoformat(timespec="seconds"),
            graphs,
            expires.astimezone(UTC).isoformat(timespec="seconds") if expires else None,
        )

        def with_user(users: list[User]) -> list[User]:
            if any(other.name == name and other.is_valid(now) for other in users):
                raise UserError("There is a user «{name}» already; revoke the token first", name=name)
            return [*(other for other in users if other.name != name), user]

        self._change(with_user)
        return user, f"vekha_{key}_{secret}"

    def listed(self) -> list[User]:
        """All users by name, also those whose token is revoked or expired."""
        return sorted(self._content().users.values(), key=lambda user: user.name)

    def revoke(self, name: str) -> User:
        """
        The user whose token no longer counts.

        Raises:
            UserError: Nobody is called so, or the token is revoked already.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return self._update(name, lambda user: replace(user, revoked=now))

    def sign_out(self, name: str, at: float) -> None:
        """End all browser sessions of the user that began before `at` (seconds since the epoch)."""
        self._update(name, lambda user: replace(user, signed_out=at))

    def with_token(self, token: str) -> User | None:
        """Whose valid token this is; how long the answer takes tells nothing about the secret."""
        shown = _TOKEN.fullmatch(token)
        key, secret = (shown[1], shown[2]) if shown else ("", "")
        user = self._content().users.get(key)
        same = hmac.compare_digest(_digest(secret), user.digest if user else _digest(""))
        return user if user and same and user.is_valid(datetime.now(UTC)) else None

    def with_key(self, key: str) -> User | None:
        """The valid user with this public part of a token."""
        user = self._content().users.get(key)
        return user if user and user.is_valid(datetime.now(UTC)) else None

    def has_any(self) -> bool:
        """Whether anybody has a token in force."""
        now = datetime.now(UTC)
        return any(user.is_valid(now) for user in self._content().users.values())

    def session_key(self) -> str:
        """What browser sessions are signed with: kept with the first user; before there is one, a new one each time."""
        return self._content().session_key or secrets.token_urlsafe(32)

    def _update(self, name: str, change: Callable[[User], User]) -> User:
        changed: list[User] = []

        def with_change(users: list[User]) -> list[User]:
            found = next((user for user in users if user.name == name and user.revoked is None), None)
            if found is None:
                raise UserError("There is no user «{name}» with a token in force", name=name)
            changed.append(change(found))
            return [changed[0] if user is found else user for user in users]

        self._change(with_change)
        return changed[0]

    def _change(self, change: Callable[[list[User]], list[User]]) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(self.folder / "users.lock", mode=0o600, thread_local=False):
            content = self._content()
            users = change(list(content.users.values()))
            content = _Content(content.session_key or secrets.token_urlsafe(32), {user.key: user for user in users})
            replace_file(self.folder / "users.json", content.written(), mode=0o600)

    def _content(self) -> _Content:
        path = self.folder / "users.json"
        try:
            state = path.stat()
        except FileNotFoundError:
            return _Content("", {})
        signature = (state.st_mtime_ns, state.st_ino, state.st_size)
        if self._seen is None or self._seen[0] != signature:
            try:
                self._seen = (signature, _Content.read(path.read_bytes()))
            except (ValueError, KeyError, TypeError):
                raise UserError(
                    "{file} cannot be read; it was changed from outside, restore it from a copy", file=path
                ) from None
        return self._seen[1]


@dataclass(frozen=True, slots=True)
class _Content:
    """What `users.json` holds; users by the public part of their token."""

    session_key: str
    users: dict[str, User]

    @classmethod
    def read(cls, content: bytes) -> _Content:
        written: dict[str, Any] = json.loads(content)
        users = [
            User(**{**user, "role": Role[user["role"].upper()], "graphs": tuple(user["graphs"])})
            for user in written["users"]
        ]
        return cls(str(written["session_key"]), {user.key: user for user in users})

    def written(self) -> bytes:
        users = [asdict(user) | {"role": user.role.word} for user in self.users.values()]
        return json.dumps({"session_key": self.session_key, "users": users}, ensure_ascii=False, indent=1).encode()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
