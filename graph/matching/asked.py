"""What is known of a mention before an entry is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from graph.matching.likeness import AlikeWords
    from graph.matching.matcher import Mention
    from graph.matching.names import Name


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A mention with its name taken apart and its kind, and what it says of places.

    `known` are words of the places known of it, which an entry need not have, `context` all of these and those of the
    places that it names, which it need not say itself.  `named` are municipalities of its region that it names,
    `elsewhere` those of other regions if of its own it names none, `told` other regions that it names.
    """

    mention: Mention
    ours: Name
    kind: str | None
    known: frozenset[str]
    context: frozenset[str]
    named: frozenset[NamedNode]
    told: frozenset[NamedNode]
    elsewhere: frozenset[NamedNode]
    of_people: bool
    words_alike: AlikeWords
