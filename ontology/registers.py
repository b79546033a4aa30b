"""
What a register says of one entry, whatever the register: the type that readers yield and matching reads back.

The entry of a register is a thing of its own, not the body, school or territory that a roadmap names: those are linked
to it by people's decisions, never equated with it (design of the links, section 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from collections.abc import Collection

    from pyoxigraph import NamedNode

    from ontology.identifiers import Identifier, Scheme

RecordKind = Literal["territory", "organisation", "branch", "address", "concept"]
Status = Literal["in-force", "suspended", "ceased"]

Joined = TypeVar("Joined")

# How records of each kind, and their numbers, are called in the graph; numbers of other schemes are `otherIdentifier`.
CLASSES: Final[dict[RecordKind, NamedNode]] = {
    "territory": VEKHA.TerritoryVersion,
    "organisation": VEKHA.OrganisationRecord,
    "branch": VEKHA.BranchRecord,
    "address": VEKHA.AddressRecord,
    "concept": VEKHA.RegisterRecord,
}
NUMBERS: Final[dict[Scheme, NamedNode]] = {
    "oktmo": VEKHA.oktmo,
    "ogrn": VEKHA.ogrn,
    "inn": VEKHA.inn,
    "kpp": VEKHA.kpp,
    "okato": VEKHA.okato,
    "okopf": VEKHA.okopf,
    "fias": VEKHA.fias,
    "kladr": VEKHA.kladr,
    "region-code": VEKHA.regionCode,
    "register-number": VEKHA.registerNumber,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRecord:
    """
    One entry of one register.

    `name` is the official name, `short_names` and `former_names` further ones, all as printed.  `kind_text` is what
    the register calls its kind («муниципальный округ», «Школа»), `status_text` what it calls its state.
    `territory` is a thing of ours: that which the entry describes (kind «territory»), else that in which it is,
    `region` the federal subject of it where the register tells; `parent` the entry of the head or of the surrounding
    territory; `replaced_by` the entries of direct successors, of this register, and `present` the entry in force today
    instead of this one, itself if it is.
    `persons` are heads and founders who are natural persons, empty unless they were asked for.
    `address` is the postal address, of a territory the settlement from which it is governed.
    The entry is valid from `valid_from` to `valid_to`, both included, None where the register does not tell.
    `mentioned` says that only another entry of the file names this one, as its predecessor or successor.
    """

    iri: NamedNode
    register: str
    key: str
    kind: RecordKind
    name: str
    short_names: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    kind_text: str = ""
    territory: NamedNode | None = None
    region: NamedNode | None = None
    parent: NamedNode | None = None
    replaced_by: tuple[NamedNode, ...] = ()
    present: NamedNode | None = None
    founders: tuple[str, ...] = ()
    address: str = ""
    status: Status = "in-force"
    status_text: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    persons: tuple[str, ...] = ()
    mentioned: bool = False

    def names(self) -> tuple[str, ...]:
        """The official name, the short names, the former names; each once."""
        return tuple(dict.fromkeys((self.name, *self.short_names, *self.former_names)))

    def identifier(self, scheme: Scheme) -> str | None:
        """The first number of this scheme, also one that has a problem."""
        return next((one.value for one in self.identifiers if one.scheme == scheme), None)

    def holds_on(self, day: date) -> bool:
        """Whether the entry was valid on `day`, as far as the register tells."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def joined(self, other: RegisterRecord) -> RegisterRecord:
        """
        This entry with what another place of the register adds: names, numbers, founders, successors.

        What an entry tells of itself goes before what others tell of it, whichever comes first.  State and period are
        those of one place: of two certificates the one in force, else the later one.
        """
        if self.mentioned and not other.mentioned:
            return other.joined(self)
        state = self if self._state_goes_before(other) else other
        return replace(
            self,
            short_names=_joined(self.short_names, (other.name, *other.short_names), without={self.name}),
            former_names=_joined(self.former_names, other.former_names),
            identifiers=_joined(self.identifiers, other.identifiers),
            founders=_joined(self.founders, other.founders),
            replaced_by=_joined(self.replaced_by, other.replaced_by),
            territory=self.territory or other.territory,
            region=self.region or other.region,
            parent=self.parent or other.parent,
            address=self.address or other.address,
            status=state.status,
            status_text=state.status_text,
            valid_from=state.valid_from,
            valid_to=state.valid_to,
            persons=_joined(self.persons, other.persons),
        )

    def _state_goes_before(self, other: RegisterRecord) -> bool:
        if other.mentioned:
            # Nobody says of a successor how it fared; of a predecessor it is known.
            return not self.mentioned or self.status == "ceased"
        order = ("ceased", "suspended", "in-force")
        mine, theirs = ((order.index(one.status), one.valid_from or date.min) for one in (self, other))
        return mine >= theirs


def _joined(
    first: tuple[Joined, ...], second: tuple[Joined, ...], *, without: Collection[object] = ()
) -> tuple[Joined, ...]:
    return tuple(each for each in dict.fromkeys((*first, *second)) if each not in without)
