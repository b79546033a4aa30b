"""
Parameters that a page does not take: told on the page, refused where its data are asked for.

Who reads the page sees the note; who reads a file takes it for the selection that was meant.  What other sites add to
links (`utm_source`, `yclid`) selects nowhere and is passed by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeAlias

from api.links import same_page
from api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from starlette.requests import Request

    from api.language import Language

    # Which parameters an address may have beside `lang`; None: what answers knows them itself and refuses others.
    Takes: TypeAlias = Callable[[Request], Iterable[str] | None]

_TRACKING: Final = re.compile(r"utm_[a-z_]+|_openstat|[a-z]{0,2}clid|_ga|_gl|mc_[ce]id", re.ASCII)
_KEPT: Final = "vekha.parameters"
_MOST: Final = 5
_LENGTH: Final = 40
# Which no reader writes: the language, searches within a facet, what our own redirections tell.
_UNTOLD: Final = re.compile(r"lang|find\..+|done|accepted|taken|known|made")


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

    def told(self, language: Language, most: int | None = None) -> str:
        """The sentence for the reader about the first so many."""
        names = ", ".join(self.shown[:most])
        if not self.taken:
            return language.text("Nothing is narrowed by {names}: this page takes no parameters.", names=names)
        return language.text(
            "Nothing is narrowed by {names}: this page takes {taken}.", names=names, taken=", ".join(self.taken)
        )


def takes(*names: str) -> Takes:
    """These parameters, whatever else stands in the address."""
    return lambda _request: names


NOTHING: Final = takes()


def note_unknown(request: Request, taken: Takes) -> UnknownParameters | None:
    """What the address has that the page does not take, kept for the page; None if nothing."""
    own = taken(request)
    if own is None:
        return None
    known = dict.fromkeys(("lang", *own))
    names = _unknown(request, known)
    if not names:
        return None
    shown = tuple(name for name in known if not _UNTOLD.fullmatch(name))
    found = UnknownParameters(names, shown, same_page(request, **dict.fromkeys(names)))
    request.scope[_KEPT] = found
    return found


def unknown_of(request: Request) -> UnknownParameters | None:
    """What `note_unknown` found for this request."""
    found = request.scope.get(_KEPT)
    return found if isinstance(found, UnknownParameters) else None


def refuse_unknown(request: Request, taken: Takes, language: Language) -> None:
    """
    Nothing, if the page takes all that the address has.

    Raises:
        ProblemError: 400 with the first name that it does not take, and those that it does.
    """
    found = note_unknown(request, taken)
    if found is not None:
        raise ProblemError(400, found.told(language, 1), parameter=found.names[0])


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
