"""A mention, and what is known of it before an entry is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from pyoxigraph import NamedNode

    from graph.matching.answering import Spoken
    from graph.matching.names import Name
    from graph.matching.shared_words import SharedWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """
    A name as a document has it, and what is known of it.

    `kinds` are those of `graph.matching.names.KINDS` that it can be, `registers` those to look in, empty if any;
    `region` and `territory` are things of ours; `day` is that on which the document speaks; `numbers` are identifiers
    that stand beside it.
    """

    text: str
    kinds: frozenset[str] = frozenset()
    registers: frozenset[str] = frozenset()
    region: NamedNode | None = None
    territory: NamedNode | None = None
    day: date | None = None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A mention with its name taken apart and its kind, and what it says of places.

    `known` are words of the places known of it, which an entry need not have, `context` all of these and those of the
    places that it names, which it need not say itself.  `named` are municipalities of its region that it names,
    `elsewhere` those of other regions if of its own it names none, `told` other regions that it names, `strange` words
    of places of other regions by which nothing in its own is called.  `whole` says that it is of an office of the whole
    region, `of_another_region` that a word of it is one of another region's name.
    """

    mention: Mention
    ours: Name
    kind: str | None
    known: frozenset[str]
    context: frozenset[str]
    named: frozenset[NamedNode]
    told: frozenset[NamedNode]
    elsewhere: frozenset[NamedNode]
    strange: frozenset[str]
    whole: bool
    of_another_region: bool
    of_people: bool
    shared: SharedWords
    spoken: Spoken
    written_together: str
