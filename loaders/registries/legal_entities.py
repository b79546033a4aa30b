"""
ЕГРЮЛ: extracts as XML (format ВО_РУГФ 4.07 and 4.08), one element `СвЮЛ` for each legal entity.

The register is no open bulk data; files are what somebody brings: one extract or many in one file.  Names, numbers and
posts of natural persons (`СвФЛ`, founders, heads) are passed by; founders that are organisations, regions and
municipalities are kept, as are predecessors, successors and branches.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from loaders.registries.elements import attribute, child, children, local_name, read_elements
from loaders.registries.reading import key_of
from loaders.registries.source import RegisterError
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree
    from pyoxigraph import NamedNode

    from loaders.registries.reading import Reading

_NAMES: Final = ("НаимЮЛПолн", "НаимЮЛ", "НаимПолн", "НаимМО", "НаимСуб", "НаимРегион")
# A founder who is a natural person.
_PERSON: Final = "УчрФЛ"
_PLACES: Final = ("МуниципРайон", "Район", "Город", "НаселенПункт", "НаселПункт", "ГородСелПоселен")


def read_legal_entities(reading: Reading) -> Iterator[RegisterRecord]:
    """
    A record for each legal entity, its branches, and its predecessors and successors by name and ОГРН.

    Raises:
        RegisterError: The file is not this XML, or an entity has no ОГРН or no name.
    """
    for element in read_elements(reading.source, "СвЮЛ"):
        place = f"строка {element.sourceline}"
        ogrn = attribute(element, "ОГРН")
        naming = child(element, "СвНаимЮЛ")
        name = _words(attribute(naming, "НаимЮЛПолн"))
        if not ogrn or not name:
            raise RegisterError("{file}, {place}: an extract without ОГРН or name.", file=reading.file, place=place)
        key = key_of(ogrn)
        address = child(element, "СвАдресЮЛ")
        ended = child(element, "СвПрекрЮЛ")
        status = attribute(child(element, "СвСтатус", "СвСтатус"), "НаимСтатусЮЛ")
        short = attribute(child(naming, "СвНаимЮЛСокр"), "НаимСокр") or attribute(naming, "НаимЮЛСокр")
        successors = [one for one in _related(element, "СвПреем", place, reading) if one.iri != reading.iri(key)]
        persons = tuple(dict.fromkeys(_persons(element)))
        head = RegisterRecord(
            iri=reading.iri(key),
            register=reading.register,
            key=key,
            kind="organisation",
            name=name,
            short_names=tuple(filter(None, [_words(short)])),
            identifiers=reading.identifiers(
                place,
                ("ogrn", ogrn),
                ("inn", attribute(element, "ИНН")),
                ("kpp", attribute(element, "КПП")),
                ("okopf", attribute(element, "КодОПФ")),
            ),
            kind_text=_words(attribute(element, "ПолнНаимОПФ")),
            region=_region(address, reading),
            replaced_by=tuple(one.iri for one in successors),
            founders=tuple(dict.fromkeys(_founders(child(element, "СвУчредит")))),
            address=_address(address),
            status="ceased" if ended is not None else "in-force",
            status_text=_words(status or attribute(child(ended, "СпПрекрЮЛ"), "НаимСпПрекрЮЛ", "НаимПрекрЮЛ")),
            valid_from=reading.day_of(attribute(element, "ДатаОГРН"), place, "ДатаОГРН"),
            valid_to=reading.day_of(attribute(ended, "ДатаПрекрЮЛ"), place, "ДатаПрекрЮЛ"),
            persons=persons if reading.personal else (),
        )
        if persons and not reading.personal:
            reading.left_out["person"] += len(persons)
        yield head
        yield from successors
        for before in _related(element, "СвПредш", place, reading):
            yield replace(before, replaced_by=(head.iri,), status="ceased")
        yield from _branches(element, head, place, reading)


def _related(element: etree._Element, name: str, place: str, reading: Reading) -> Iterator[RegisterRecord]:
    """What the extract tells of a predecessor or successor; its own extract tells more."""
    for other in children(element, name):
        numbers = reading.identifiers(place, ("ogrn", attribute(other, "ОГРН")), ("inn", attribute(other, "ИНН")))
        label = _words(attribute(other, "НаимЮЛПолн"))
        ogrn = next((number.value for number in numbers if number.scheme == "ogrn"), "")
        if ogrn and label:
            key = key_of(ogrn)
            yield RegisterRecord(
                iri=reading.iri(key),
                register=reading.register,
                key=key,
                kind="organisation",
                name=label,
                identifiers=numbers,
                mentioned=True,
            )


def _branches(element: etree._Element, head: RegisterRecord, place: str, reading: Reading) -> Iterator[RegisterRecord]:
    for number, branch in enumerate(children(child(element, "СвПодразд"), "СвФилиал"), start=1):
        kpp = attribute(child(branch, "СвУчетНОФилиал"), "КПП")
        name = _words(attribute(child(branch, "СвНаим"), "НаимПолн"))
        address = child(branch, "АдрМНРФ") if child(branch, "АдрМНРФ") is not None else branch
        key = f"{head.key}_{key_of(kpp) if kpp else number}"
        yield RegisterRecord(
            iri=reading.iri(key),
            register=reading.register,
            key=key,
            kind="branch",
            name=name or head.name,
            identifiers=(
                *(one for one in head.identifiers if one.scheme in {"ogrn", "inn"}),
                *reading.identifiers(place, ("kpp", kpp)),
            ),
            region=_region(address, reading) or head.region,
            parent=head.iri,
            address=_address(address),
            status=head.status,
        )


def _founders(element: etree._Element | None) -> Iterator[str]:
    """Organisations, regions and municipalities."""
    for founder in element if element is not None else ():
        if local_name(founder) == _PERSON:
            continue
        for part in founder.iter():
            found = attribute(part, *_NAMES)
            if found:
                yield _words(found)


def _persons(element: etree._Element) -> Iterator[str]:
    """Heads, and founders who are natural persons."""
    for post in [*children(element, "СведДолжнФЛ"), *children(child(element, "СвУчредит"), _PERSON)]:
        yield from _person_names(post)


def _person_names(element: etree._Element) -> Iterator[str]:
    for part in element.iter():
        if local_name(part) in {"СвФЛ", "ФИОРус"} and attribute(part, "Фамилия"):
            yield " ".join(filter(None, (attribute(part, name) for name in ("Фамилия", "Имя", "Отчество"))))


def _region(address: etree._Element | None, reading: Reading) -> NamedNode | None:
    for part in address.iter() if address is not None else ():
        for name in (attribute(part, "НаимРегион"), (part.text or "") if local_name(part) == "НаимРегион" else ""):
            found = reading.places.subject_named(name) if name.strip() else None
            if found is not None:
                return found
        if local_name(part) == "Регион":
            named = f"{attribute(part, 'НаимРегион')} {attribute(part, 'ТипРегион')}"
            found = reading.places.subject_named(named) if named.strip() else None
            if found is not None:
                return found
    return None


def _address(address: etree._Element | None) -> str:
    """Region, district and settlement as the extract has them; streets and houses are not needed."""
    parts: list[str] = []
    for part in address.iter() if address is not None else ():
        name = local_name(part)
        if name == "НаимРегион":
            parts.append((part.text or "").strip())
        elif name == "Регион":
            parts.append(f"{attribute(part, 'НаимРегион')} {attribute(part, 'ТипРегион')}".strip())
        elif name in _PLACES:
            kind = attribute(part, "Вид", "ТипРайон", "ТипГород", "ТипНаселПункт")
            parts.append(f"{kind} {attribute(part, 'Наим', f'Наим{name}')}".strip())
    return ", ".join(dict.fromkeys(_words(part) for part in parts if part))


def _words(text: str) -> str:
    return " ".join(text.split())
