"""Records of a register as triples of the graph of one edition."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pyoxigraph import Literal, Triple

from ontology.registers import CLASSES, NUMBERS
from ontology.vocabulary import RDF, RDFS, SKOS, VEKHA, XSD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from loaders.registries.places import Places
    from ontology.registers import RegisterRecord


def record_triples(record: RegisterRecord) -> Iterator[Triple]:
    """What the edition says of the entry itself; `graph.register_records` reads it back."""
    iri = record.iri

    def strings(predicate: NamedNode, *values: str) -> Iterator[Triple]:
        for value in values:
            if value:
                yield Triple(iri, predicate, Literal(value))

    def things(predicate: NamedNode, *values: NamedNode | None) -> Iterator[Triple]:
        for value in values:
            if value is not None:
                yield Triple(iri, predicate, value)

    yield Triple(iri, RDF.type, CLASSES[record.kind])
    yield Triple(iri, RDFS.label, Literal(record.name, language="ru"))
    yield from strings(VEKHA.register, record.register)
    yield from strings(VEKHA.shortName, *record.short_names)
    yield from strings(VEKHA.formerName, *record.former_names)
    for number in record.identifiers:
        told = f"{number.scheme}: {number.value}"
        if number.scheme in NUMBERS:
            yield from strings(NUMBERS[number.scheme], number.value)
        else:
            yield from strings(VEKHA.otherIdentifier, told)
        if number.problem is not None:
            yield from strings(VEKHA.invalidIdentifier, told)
    yield from strings(VEKHA.recordKind, record.kind_text)
    yield from strings(VEKHA.recordStatus, record.status)
    yield from strings(VEKHA.statusText, record.status_text)
    yield from strings(VEKHA.founder, *record.founders)
    yield from strings(VEKHA.personNamed, *record.persons)
    yield from strings(VEKHA.seat if record.kind == "territory" else VEKHA.postalAddress, record.address)
    yield from things(VEKHA.versionOf if record.kind == "territory" else VEKHA.territory, record.territory)
    yield from things(VEKHA.recordRegion, record.region)
    yield from things(VEKHA.parentRecord, record.parent)
    yield from things(VEKHA.replacedBy, *record.replaced_by)
    yield from things(VEKHA.presentVersion, record.present)
    for predicate, day in ((VEKHA.validFrom, record.valid_from), (VEKHA.validTo, record.valid_to)):
        if day is not None:
            yield Triple(iri, predicate, _date(day))


def territory_triples(records: list[RegisterRecord], places: Places) -> Iterator[Triple]:
    """
    What the edition says of territories of ours: which version they are today, and of which subject they are part.

    A territory that the reference data lack gets its name, code and place here, from its newest version.
    """
    newest: dict[NamedNode, RegisterRecord] = {}
    for record in records:
        if record.kind == "territory" and record.territory is not None:
            before = newest.get(record.territory)
            if before is None or _start(record) >= _start(before):
                newest[record.territory] = record
    for territory, record in newest.items():
        if record.present is not None:
            yield Triple(territory, VEKHA.presentVersion, record.present)
        if record.region is not None:
            link = VEKHA.municipalityOf if record.present == record.iri else VEKHA.within
            if territory not in places.own or link == VEKHA.municipalityOf:
                yield Triple(territory, link, record.region)
        if territory not in places.own:
            yield Triple(territory, RDF.type, VEKHA.Territory)
            yield Triple(territory, RDFS.label, Literal(record.name, language="ru"))
            for name in record.short_names:
                yield Triple(territory, SKOS.altLabel, Literal(name, language="ru"))
            code = record.identifier("oktmo")
            if code:
                yield Triple(territory, VEKHA.oktmo, Literal(code))


def _date(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=XSD.date)


def _start(record: RegisterRecord) -> date:
    return record.valid_from or date.min
