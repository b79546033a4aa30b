"""What every reader of a register is given, and what it notes beside the records."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from loaders.registries.source import RegisterError
from ontology.identifiers import WRONG_PERSONAL, is_personal, read_identifier
from ontology.language import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import NamedNode

    from loaders.registries.places import Places
    from loaders.registries.source import Source
    from ontology.identifiers import Identifier, Scheme
    from ontology.registers import RegisterRecord

    Reader = Callable[["Reading"], Iterator[RegisterRecord]]

# So many warnings are told one by one; the rest are counted.
MOST_TOLD: Final = 1000
# What a key of an IRI may hold; anything else in a key of a register becomes a hyphen.
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")
_DATE: Final = (
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?"), (1, 2, 3)),
    (re.compile(r"(\d\d)\.(\d\d)\.(\d{4})"), (3, 2, 1)),
)


@dataclass(frozen=True, slots=True)
class Warned:
    """
    A number that breaks the rule of its scheme, kept as printed; `problem` is one of `ontology.identifiers`.

    The `value` of one of a natural person, which is not kept, is «…».
    """

    place: str
    scheme: str
    value: str
    problem: str


@dataclass
class Reading:
    """
    One file of a register while it is read.

    `personal` says that names of heads and founders who are natural persons are wanted; their numbers never are.
    `left_out` counts what was passed by, by a word for the reason.
    """

    register: str
    source: Source
    places: Places
    day: date
    personal: bool = False
    everything: bool = False
    warnings: list[Warned] = field(default_factory=list)
    warned: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def file(self) -> str:
        return self.source.file

    def iri(self, key: str) -> NamedNode:
        return self.places.iris.register_record(self.register, key)

    def identifiers(self, place: str, *pairs: tuple[Scheme, str]) -> tuple[Identifier, ...]:
        """
        The numbers that are printed; a wrong one is kept and warned of, one of a natural person is left out.

        One of a natural person that is wrong is warned of without its digits.
        """
        found: list[Identifier] = []
        for scheme, printed in pairs:
            if not printed.strip():
                continue
            identifier = read_identifier(scheme, printed)
            if identifier.problem == WRONG_PERSONAL:
                self.warn(place, scheme, "…", identifier.problem)
            if identifier.problem == WRONG_PERSONAL or is_personal(printed):
                self.left_out["personal-number"] += 1
                continue
            if identifier.problem is not None:
                self.warn(place, scheme, identifier.value, identifier.problem)
            found.append(identifier)
        return tuple(dict.fromkeys(found))

    def warn(self, place: str, scheme: str, value: str, problem: str) -> None:
        self.warned += 1
        if len(self.warnings) < MOST_TOLD:
            self.warnings.append(Warned(place, scheme, value, problem))

    def day_of(self, text: str, place: str, column: str) -> date | None:
        """
        The date as registers write it; None if there is none.

        Raises:
            RegisterError: It is no date.
        """
        if not text.strip():
            return None
        for form, order in _DATE:
            found = form.fullmatch(text.strip())
            if found:
                try:
                    return date(*(int(found[group]) for group in order))
                except ValueError:
                    break
        raise RegisterError(
            "{file}, {place}: «{text}» in {column} is no date as 2021-05-14 or 14.05.2021.",
            file=self.file,
            place=place,
            text=text[:40],
            column=column,
        )


def key_of(text: str) -> str:
    """A safe key for an IRI from a key of the register; «А007-01260-22/01142162» has its own, «Л035…» another."""
    return _UNSAFE.sub("-", (text if text.isascii() else slug(text)).lower()).strip("-") or "without-key"
