"""The state address register (ГАР): address objects as XML (`AS_ADDR_OBJ`), one element `OBJECT` for each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from loaders.registries.elements import attribute, read_elements
from loaders.registries.reading import key_of
from loaders.registries.source import RegisterError
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.registries.reading import Reading

# 1 subject, 2 district, 3 municipal district, 4 settlement council, 5 city, 6 settlement; 7 and more: streets, houses.
_SETTLEMENT: Final = 6
_SUBJECT: Final = 1
# What the register writes for «without end».
_NEVER: Final = date(2079, 6, 6)


def read_addresses(reading: Reading) -> Iterator[RegisterRecord]:
    """
    Subjects, districts and settlements that are in force, in file order; with everything also streets.

    A subject is linked to ours by its name; the file does not say in which subject the others are.

    Raises:
        RegisterError: The file is not this XML, or an object has no identifier or name.
    """
    for element in read_elements(reading.source, "OBJECT"):
        place = f"строка {element.sourceline}"
        if attribute(element, "ISACTUAL") == "0" or attribute(element, "ISACTIVE") == "0":
            reading.left_out["inactive"] += 1
            continue
        level, name, kind = (attribute(element, each) for each in ("LEVEL", "NAME", "TYPENAME"))
        guid = attribute(element, "OBJECTGUID")
        if not guid or not name or not (level.isdecimal() and level.isascii()):
            raise RegisterError(
                "{file}, {place}: an object without OBJECTGUID, NAME or LEVEL.", file=reading.file, place=place
            )
        if int(level) > _SETTLEMENT and not reading.everything:
            reading.left_out["small-address"] += 1
            continue
        until = reading.day_of(attribute(element, "ENDDATE"), place, "ENDDATE")
        key = key_of(guid)
        yield RegisterRecord(
            iri=reading.iri(key),
            register=reading.register,
            key=key,
            kind="address",
            name=f"{kind} {name}".strip(),
            short_names=(name,) if kind else (),
            identifiers=reading.identifiers(place, ("fias", guid)),
            kind_text=kind,
            territory=reading.places.subject_named(f"{name} {kind}") if int(level) == _SUBJECT else None,
            valid_from=reading.day_of(attribute(element, "STARTDATE"), place, "STARTDATE"),
            valid_to=until if until is not None and until < _NEVER else None,
        )
