"""Who asks: nobody known, a user whose token or session was checked, or the owner of the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

if TYPE_CHECKING:
    from pyoxigraph import DefaultGraph

    from api.access.users import Role, User


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Who asks: `name` is None for nobody known; `client` is whom budgets count, a user or an address.

    `graphs` are those that an editor may write, as in `api.access.users.User`; empty means all.
    """

    name: str | None
    role: Role
    graphs: tuple[str, ...] = ()
    client: str = ""

    @property
    def rights(self) -> tuple[str, ...]:
        """What distinguishes answers: two identities with equal rights may see the same one."""
        return (self.role.word, *sorted(self.graphs))

    def may_write(self, graph: NamedNode | DefaultGraph) -> bool:
        """Whether the token covers the graph; the role is not asked here."""
        if not self.graphs:
            return True
        name = graph.value if isinstance(graph, NamedNode) else "default"
        return any(name == own or (own.endswith("*") and name.startswith(own[:-1])) for own in self.graphs)


def known_user(user: User) -> Identity:
    """The identity of a user whose token or session was checked."""
    return Identity(user.name, user.role, user.graphs, f"user:{user.name}")
