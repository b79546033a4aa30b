"""
Parameters that a page does not take: told on the page, refused where its data are asked for.

Who reads the page sees the note; who reads a file takes it for the selection that was meant.  What other sites add to
links (`utm_source`, `yclid`) selects nowhere and is passed by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from api.links import same_page
from api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from starlette.requests import Request

    from api.language import Language

_TRACKING: Final = re.compile(r"utm_[a-z_]+|_openstat|[a-z]{0,2}clid|_ga|_gl|mc_[ce]id", re.ASCII)
_KEPT: Final = "vekha.parameters"
_MOST: Final = 5
_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class UnknownParameters:
    """Names of an address that select nothing, names that the page takes, and the address without the former."""

    names: tuple[str, ...]
    taken: tuple[str, ...]
    address: str

    @property
    def shown(self) -> list[str]:
        """The names in quotes, each cut to a readable length, with the one that may be meant."""
        found = []
        for name in self.names[:_MOST]:
            near = get_close_matches(name[:_LENGTH], self.taken, 1)
            found.append(f"«{name[:_LENGTH]}»" + (f" (→ {near[0]})" if near else ""))
        return [*found, "…"] if len(self.names) > _MOST else found


def note_unknown(request: Request, taken: Iterable[str]) -> UnknownParameters | None:
    """What the address has that the page does not take, kept for the page; None if nothing."""
    known = dict.fromkeys(taken)
    names = _unknown(request, known)
    if not names:
        return None
    shown = tuple(name for name in known if name != "lang" and not name.startswith("find."))
    found = UnknownParameters(names, shown, same_page(request, **dict.fromkeys(names)))
    request.scope[_KEPT] = found
    return found


def unknown_of(request: Request) -> UnknownParameters | None:
    """What `note_unknown` found for this request."""
    found = request.scope.get(_KEPT)
    return found if isinstance(found, UnknownParameters) else None


def refuse_unknown(request: Request, taken: Iterable[str], language: Language) -> None:
    """
    Nothing, if the page takes all that the address has.

    Raises:
        ProblemError: 400 with the first name that it does not take, and those that it does.
    """
    found = note_unknown(request, taken)
    if found is not None:
        detail = language.text(
            "Nothing is narrowed by {names}: this page takes {taken}.",
            names=found.shown[0],
            taken=", ".join(found.taken),
        )
        raise ProblemError(400, detail, parameter=found.names[0])


def idle_parameters(request: Request) -> dict[str, None]:
    """The names of the address that belong to no selection, as `same_page` takes them to leave them out."""
    found = unknown_of(request)
    names = (*(found.names if found else ()), *(name for name in request.query_params if is_added(name)))
    return dict.fromkeys(names)


def is_added(name: str) -> bool:
    """Whether other sites add the parameter to links, so that it selects nothing here."""
    return bool(_TRACKING.fullmatch(name))


def _unknown(request: Request, known: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in request.query_params if name not in known and not is_added(name))
