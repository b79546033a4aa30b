"""
The register of accreditation: XML as published (passport structure-20160713), or one certificate on each line as JSON.

A certificate is of one organisation; its supplements may be of branches, which share the ОГРН of their head.  So the
key of a record is the card of the organisation or branch, not its ОГРН, and one certificate gives several records.
Of persons the register has heads of organisations, telephones, addresses for letters and individual entrepreneurs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from loaders.registries.elements import local_name, read_elements
from loaders.registries.reading import key_of
from loaders.registries.rows import read_lines
from loaders.registries.source import RegisterError
from ontology.identifiers import Identifier
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from loaders.registries.reading import Reading
    from ontology.registers import Status

# Half of the file, and nothing of it is kept.
_PASSED_BY: Final = frozenset({"Decisions", "EducationalPrograms"})
# No certificate has so many; what has is no register.
_MOST_SUPPLEMENTS: Final = 2000
_SUSPENDED: Final = ("приостанов", "лишен", "запрещ")
_CEASED: Final = ("недейств", "прекращ", "аннулир", "не действ", "истек", "переоформлено")


def read_accreditation(reading: Reading) -> Iterator[RegisterRecord]:
    """
    A record for each organisation and branch of each certificate, in file order; one that recurs comes again.

    Raises:
        RegisterError: The file is neither this XML nor such JSON; the message gives the line.
    """
    for place, certificate in _certificates(reading):
        if not _text(certificate, "EduOrgFullName") and not _card(certificate).get("FullName"):
            # An individual entrepreneur: a person.
            reading.left_out["person"] += 1
            continue
        head = _organisation(certificate, place, reading)
        yield head
        seen = {head.key}
        supplements = certificate.get("Supplements") or []
        if not isinstance(supplements, list) or len(supplements) > _MOST_SUPPLEMENTS:
            raise RegisterError("{file}, {place}: its supplements are no list.", file=reading.file, place=place)
        for supplement in supplements:
            card = _card(supplement)
            key = key_of(_text(card, "Id"))
            if card and _text(card, "Id") and _text(card, "FullName") and key not in seen:
                seen.add(key)
                yield _branch(card, supplement, head, place, reading)


def _certificates(reading: Reading) -> Iterator[tuple[str, dict[str, Any]]]:
    lines = read_lines(reading.source, start=b"{")
    if lines is None:
        for element in read_elements(reading.source, "Certificate"):
            yield f"строка {element.sourceline}", _as_object(element)
        return
    for number, line in lines:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RegisterError(
                "{file}, line {line}: no JSON object; the file is cut off or damaged, fetch it again.",
                file=reading.file,
                line=number,
            ) from error
        if not isinstance(found, dict):
            raise RegisterError(
                "{file}, line {line}: no JSON object; the file is cut off or damaged, fetch it again.",
                file=reading.file,
                line=number,
            )
        yield f"строка {number}", found


def _as_object(element: etree._Element) -> dict[str, Any]:
    """The element as the JSON lines have it: texts by name, a list where the passport has it."""
    found: dict[str, Any] = {}
    for inner in element:
        name = local_name(inner)
        if name == "Supplements":
            found[name] = [_as_object(one) for one in inner]
        elif name == "ActualEducationOrganization":
            found[name] = _as_object(inner)
        elif name not in _PASSED_BY:
            found[name] = inner.text
    return found


def _organisation(certificate: dict[str, Any], place: str, reading: Reading) -> RegisterRecord:
    card = _card(certificate)
    identity = _text(card, "Id") or _text(certificate, "Id")
    if not identity:
        raise RegisterError(
            "{file}, {place}: a certificate without the identifiers of the register; this is another file, or its "
            "form has changed.",
            file=reading.file,
            place=place,
        )
    status = _text(certificate, "StatusName")
    names = (_text(certificate, "EduOrgFullName"), _text(card, "FullName"))
    name = next(filter(None, names))
    short = [_text(certificate, "EduOrgShortName"), _text(card, "ShortName"), *names]
    key = key_of(identity)
    return RegisterRecord(
        iri=reading.iri(key),
        register=reading.register,
        key=key,
        kind="organisation",
        name=name,
        short_names=tuple(one for one in dict.fromkeys(short) if one and one != name),
        identifiers=reading.identifiers(
            place,
            ("ogrn", _text(certificate, "EduOrgOGRN") or _text(card, "OGRN")),
            ("inn", _text(certificate, "EduOrgINN") or _text(card, "INN")),
            ("kpp", _text(certificate, "EduOrgKPP") or _text(card, "KPP")),
            ("register-number", _text(certificate, "RegNumber")),
        ),
        kind_text=_text(card, "TypeName") or _text(card, "KindName"),
        region=reading.places.subject_named(_text(certificate, "RegionName") or _text(card, "RegionName")),
        address=_text(certificate, "PostAddress") or _text(card, "PostAddress"),
        status=status_of(status),
        status_text=status,
        valid_from=reading.day_of(_text(certificate, "IssueDate"), place, "IssueDate"),
        valid_to=reading.day_of(_text(certificate, "EndDate"), place, "EndDate"),
        persons=tuple(filter(None, [_text(card, "HeadName")])) if reading.personal else (),
    )


def _branch(
    card: dict[str, Any], supplement: dict[str, Any], head: RegisterRecord, place: str, reading: Reading
) -> RegisterRecord:
    key = key_of(_text(card, "Id"))
    status = _text(supplement, "StatusName")
    name = _text(card, "FullName")
    region = _text(card, "RegionName")
    return RegisterRecord(
        iri=reading.iri(key),
        register=reading.register,
        key=key,
        kind="branch",
        name=name,
        short_names=tuple(one for one in (_text(card, "ShortName"),) if one and one != name),
        identifiers=(
            *(number for number in head.identifiers if number.scheme in {"ogrn", "inn"}),
            # A school that became a branch keeps on its card the number that it had.
            *(
                Identifier("former-ogrn", number.value, number.problem)
                for number in reading.identifiers(place, ("ogrn", _text(card, "OGRN")))
                if number not in head.identifiers
            ),
            *reading.identifiers(place, ("kpp", _text(card, "KPP"))),
        ),
        kind_text=_text(card, "TypeName") or _text(card, "KindName"),
        region=(reading.places.subject_named(region) if region else None) or head.region,
        parent=head.iri,
        address=_text(card, "PostAddress"),
        status=status_of(status) if status else head.status,
        status_text=status or head.status_text,
        valid_from=reading.day_of(_text(supplement, "IssueDate"), place, "IssueDate"),
        valid_to=head.valid_to,
        persons=tuple(filter(None, [_text(card, "HeadName")])) if reading.personal else (),
    )


def status_of(text: str) -> Status:
    """What a supervisor's word for the state of a licence or certificate means; without one it is in force."""
    said = text.lower()
    if any(word in said for word in _SUSPENDED):
        return "suspended"
    return "ceased" if any(word in said for word in _CEASED) else "in-force"


def _card(thing: dict[str, Any]) -> dict[str, Any]:
    card = thing.get("ActualEducationOrganization")
    return card if isinstance(card, dict) else {}


def _text(thing: dict[str, Any], name: str) -> str:
    value = thing.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""
