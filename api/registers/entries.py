"""What registers say of a thing, for its page: entries with their numbers, state and period, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from api.language import alphabetical
from graph.register_records import read_record
from loaders.registries.editions import loaded_editions
from ontology.vocabulary import SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
# What the words for the state of an entry are called, as messages to be translated.
STATUSES: Final = {"in-force": "in force", "suspended": "suspended", "ceased": "no longer in force"}
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

    `register` is what the register is called, `place` the municipality in which an organisation is, empty if not known.
    `known_from` tells why it is empty: since when municipalities of the subject are known, where that is after `day`,
    the date of the edition.  `is_present` says that the entry is in force.
    """

    record: RegisterRecord
    link: str
    register: str
    place: str = ""
    known_from: date | None = None
    day: date | None = None

    @property
    def state(self) -> str:
        return state_of(self.record)

    @property
    def is_present(self) -> bool:
        return self.state == STATUSES["in-force"]

    @staticmethod
    def scheme_of(number: Identifier) -> str:
        return SCHEMES.get(number.scheme, number.scheme)


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A number that breaks the rule of its scheme, in an entry of a current edition; `scheme` is to be translated."""

    entry: str
    name: str
    register: str
    scheme: str
    number: str


def state_of(record: RegisterRecord) -> str:
    """What a page says of the state of an entry, as a msgid; one with a later version is no longer in force."""
    is_present = record.status == "suspended" or record.present in {None, record.iri}
    return STATUSES[record.status if is_present else "ceased"]


def wrong_numbers(knowledge: Knowledge) -> list[WrongNumber]:
    """Wrong numbers of the registers loaded, by register and entry, as many as `invalid-numbers` gives."""
    titles = _titles(loaded_editions(knowledge.snapshot))
    found = []
    for row in knowledge.records("invalid-numbers", "ru"):
        scheme, _, number = str(row["told"]).partition(": ")
        register = str(row["register"])
        title = titles.get(register, register)
        found.append(WrongNumber(str(row["entry"]), str(row["name"]), title, SCHEMES.get(scheme, scheme), number))
    return found


def editions_of(knowledge: Knowledge, entries: Sequence[RegistryEntry]) -> list[Edition]:
    """The editions in which the entries stand, with the source and licence that must be named beside them."""
    registers = {one.record.register for one in entries}
    return [one for one in loaded_editions(knowledge.snapshot) if one.current and one.register in registers]


def entries_of(knowledge: Knowledge, iri: NamedNode) -> list[RegistryEntry]:
    """The entries of the newest editions that describe the thing or are linked to it, by register, the newest first."""
    found = []
    rows = knowledge.records("registry-entries", "ru", thing=iri)
    editions = _current(knowledge) if rows else {}
    for row in rows:
        entry = _entry(knowledge, editions, NamedNode(str(row["entry"])), LINKS[str(row["link"])])
        if entry is not None:
            found.append(entry)
    found.sort(key=lambda one: (-(one.record.valid_from or date.min).toordinal(), one.record.key))
    return sorted(found, key=lambda one: alphabetical(one.register))


def entry_of(knowledge: Knowledge, iri: NamedNode) -> RegistryEntry | None:
    """The entry of this IRI in the newest edition of its register, linked to nothing; None if there is none."""
    return _entry(knowledge, _current(knowledge), iri, "")


def _current(knowledge: Knowledge) -> dict[str, Edition]:
    return {one.register: one for one in loaded_editions(knowledge.snapshot) if one.current}


def _entry(knowledge: Knowledge, editions: Mapping[str, Edition], iri: NamedNode, link: str) -> RegistryEntry | None:
    record = read_record(knowledge.snapshot, knowledge.iris, iri)
    if record is None:
        return None
    edition = editions.get(record.register)
    day = edition.day if edition else None
    return RegistryEntry(
        record,
        link,
        edition.title if edition else record.register,
        _place(knowledge, record),
        _known_from(knowledge, record, day) if day else None,
        day,
    )


def _titles(editions: Sequence[Edition]) -> dict[str, str]:
    return {one.register: one.title for one in editions if one.current}


def _place(knowledge: Knowledge, record: RegisterRecord) -> str:
    if record.territory in {None, record.region} or record.kind == "territory":
        return ""
    assert record.territory is not None
    (row,) = knowledge.records("label", "ru", thing=record.territory)
    return str(row["label"] or "")


def _known_from(knowledge: Knowledge, record: RegisterRecord, day: date) -> date | None:
    """The first day of the municipalities around an organisation that has none, if that is after `day`."""
    is_placed = record.territory is not None or record.kind not in {"organisation", "branch"}
    if is_placed or record.region is None or not record.address:
        return None
    (row,) = knowledge.records("first-municipalities", "ru", region=record.region)
    first = date.fromisoformat(str(row["first"])) if row["first"] else date.min
    return first if first > day else None
