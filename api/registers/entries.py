"""What registers say of a thing, for its page: entries with their numbers, state and period, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from api.language import alphabetical
from graph.register_records import read_record
from loaders.registries.editions import loaded_editions
from loaders.registries.registers import REGISTERS
from ontology.vocabulary import SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.knowledge import Knowledge
    from loaders.registries.editions import Edition
    from ontology.identifiers import Identifier
    from ontology.registers import RegisterRecord

# How numbers are called where their scheme is known under a name of its own.
SCHEMES: Final = {
    "ogrn": "ОГРН",
    "former-ogrn": "former ОГРН",
    "inn": "ИНН",
    "kpp": "КПП",
    "oktmo": "ОКТМО",
    "okato": "ОКАТО",
    "okpo": "ОКПО",
    "okopf": "ОКОПФ",
    "fias": "ФИАС",
    "kladr": "КЛАДР",
    "region-code": "region code",
    "iso-3166-2": "ISO 3166-2",
    "geonames": "GeoNames",
    "register-number": "register number",
}
LINKS: Final = {
    VEKHA.versionOf.value: "describes this territory",
    SKOS.exactMatch.value: "the same",
    SKOS.closeMatch.value: "close to it",
    SKOS.broadMatch.value: "of the body around it",
}


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """
    One entry and how it is linked; `link`, and `scheme_of` a number, are messages to be translated.

    `is_present` says that the entry is in force; `present` is the entry in force instead of it.
    """

    record: RegisterRecord
    link: str

    @property
    def register(self) -> str:
        """What the register is called."""
        known = REGISTERS.get(self.record.register)
        return known.title if known else self.record.register

    @property
    def is_present(self) -> bool:
        return self.record.status == "in-force" and (self.record.present in {None, self.record.iri})

    @staticmethod
    def scheme_of(number: Identifier) -> str:
        return SCHEMES.get(number.scheme, number.scheme)


def editions_of(knowledge: Knowledge, entries: Sequence[RegistryEntry]) -> list[Edition]:
    """The editions in which the entries stand, with the source and licence that must be named beside them."""
    registers = {one.record.register for one in entries}
    return [one for one in loaded_editions(knowledge.snapshot) if one.current and one.register in registers]


def entries_of(knowledge: Knowledge, iri: NamedNode) -> list[RegistryEntry]:
    """The entries of the newest editions that describe the thing or are linked to it, by register, the newest first."""
    found = []
    for row in knowledge.records("registry-entries", "ru", thing=iri):
        record = read_record(knowledge.snapshot, knowledge.iris, NamedNode(str(row["entry"])))
        if record is not None:
            found.append(RegistryEntry(record, LINKS[str(row["link"])]))
    found.sort(key=lambda one: (-(one.record.valid_from or date.min).toordinal(), one.record.key))
    return sorted(found, key=lambda one: alphabetical(one.register))
