"""The register of licences for education: XML of the supervisor, one element `license` for each licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders.registries.accreditation import status_of
from loaders.registries.elements import child, children, read_elements, text_of
from loaders.registries.reading import key_of
from loaders.registries.source import RegisterError
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree
    from pyoxigraph import NamedNode

    from loaders.registries.reading import Reading


def read_licences(reading: Reading) -> Iterator[RegisterRecord]:
    """
    A record for each organisation and each branch that a licence names, in file order; one that recurs comes again.

    Raises:
        RegisterError: The file is not this XML, or a licence names no organisation.
    """
    for element in read_elements(reading.source, "license"):
        place = f"строка {element.sourceline}"
        name = _words(element, "schoolName")
        if not name:
            raise RegisterError(
                "{file}, {place}: a licence without the name of its holder.", file=reading.file, place=place
            )
        numbers = reading.identifiers(
            place,
            ("ogrn", text_of(element, "Ogrn")),
            ("inn", text_of(element, "Inn")),
            ("register-number", text_of(element, "regNum") or text_of(element, "numLicDoc")),
        )
        if not text_of(element, "Ogrn") or not any(number.scheme == "ogrn" for number in numbers):
            # Without the number of an organisation the holder is an individual entrepreneur.
            reading.left_out["person"] += 1
            continue
        key = key_of(text_of(element, "schoolGuid") or text_of(element, "sysGuid"))
        status = _words(element, "statusName")
        head = RegisterRecord(
            iri=reading.iri(key),
            register=reading.register,
            key=key,
            kind="organisation",
            name=name,
            short_names=tuple(one for one in (_words(element, "shortName"),) if one and one != name),
            identifiers=numbers,
            kind_text=_words(element, "schoolTypeName"),
            region=_region(element, reading),
            address=_words(element, "lawAddress"),
            status=status_of(status),
            status_text=status,
            valid_from=reading.day_of(text_of(element, "dateLicDoc"), place, "dateLicDoc"),
            valid_to=reading.day_of(text_of(element, "dateEnd"), place, "dateEnd"),
        )
        yield head
        yield from _branches(element, head, reading)


def _branches(element: etree._Element, head: RegisterRecord, reading: Reading) -> Iterator[RegisterRecord]:
    seen = {head.key}
    for supplement in children(child(element, "supplements"), "supplement"):
        key = key_of(text_of(supplement, "schoolGuid"))
        name = _words(supplement, "schoolName")
        if not text_of(supplement, "schoolGuid") or not name or key in seen:
            continue
        seen.add(key)
        status = _words(supplement, "statusName")
        yield RegisterRecord(
            iri=reading.iri(key),
            register=reading.register,
            key=key,
            kind="branch",
            name=name,
            identifiers=tuple(one for one in head.identifiers if one.scheme in {"ogrn", "inn"}),
            region=_region(supplement, reading) or head.region,
            parent=head.iri,
            address=_words(supplement, "lawAddress"),
            status=status_of(status) if status else head.status,
            status_text=status or head.status_text,
            valid_from=reading.day_of(
                text_of(supplement, "dateLicDoc"), f"строка {supplement.sourceline}", "dateLicDoc"
            ),
            valid_to=head.valid_to,
        )


def _region(element: etree._Element, reading: Reading) -> NamedNode | None:
    """The subject that the address names: one of its parts between commas."""
    for part in _words(element, "lawAddress").split(","):
        found = reading.places.subject_named(part.strip())
        if found is not None:
            return found
    return None


def _words(element: etree._Element, name: str) -> str:
    return " ".join(text_of(element, name).split())
