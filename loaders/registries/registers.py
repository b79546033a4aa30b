"""The registers that are known by name: how each is read, what it is called, where it is from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loaders.registries.accreditation import read_accreditation
from loaders.registries.addresses import read_addresses
from loaders.registries.legal_entities import read_legal_entities
from loaders.registries.licences import read_licences
from loaders.registries.mapped import MappedReader, read_mapping
from loaders.registries.municipalities import read_municipalities
from loaders.registries.okopf import read_okopf
from loaders.registries.oktmo import read_oktmo
from loaders.registries.regions import read_regions
from loaders.registries.source import RegisterError

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.registries.reading import Reader

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Register:
    """
    A register by its `name`, which is a part of addresses.

    `source` and `licence` are those of the usual file; who loads another one says so.  `lists_present_only` says that
    a file lists what is in force, so that the earlier edition tells what was; `lists_territories`, that it tells which
    municipalities there are, so that organisations of other registers get theirs.
    """

    name: str
    title: str
    read: Reader
    source: str = ""
    licence: str = ""
    lists_present_only: bool = False
    lists_territories: bool = False


REGISTERS: Final = {
    register.name: register
    for register in (
        Register(
            "municipalities",
            "Справочник муниципальных образований",
            read_municipalities,
            source="СберИндекс, по файлам ОКТМО Росстата",
            licence="https://creativecommons.org/licenses/by-sa/4.0/",
            lists_territories=True,
        ),
        Register("oktmo", "ОКТМО", read_oktmo, source="Росстат", lists_present_only=True, lists_territories=True),
        Register(
            "regions",
            "Субъекты Российской Федерации",
            read_regions,
            source="HFLabs / DaData",
            licence="https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        Register("okopf", "ОКОПФ", read_okopf, source="Росстандарт"),
        Register("accreditation", "Реестр аккредитации", read_accreditation, source="Рособрнадзор"),
        Register("licences", "Реестр лицензий", read_licences, source="Рособрнадзор"),
        Register("egrul", "ЕГРЮЛ", read_legal_entities, source="ФНС России"),
        Register("gar", "ГАР: адресные объекты", read_addresses, source="ФНС России"),
    )
}


def register_of(name: str, mapping: Path | None = None) -> Register:
    """
    The register of this name; with a mapping, one that the mapping describes.

    Raises:
        RegisterError: There is none, the mapping is broken, or the name does not go into addresses.
    """
    if mapping is None:
        if name not in REGISTERS:
            raise RegisterError(
                "There is no register «{name}»; known are {known}. Any other needs a mapping.",
                name=name,
                known=", ".join(REGISTERS),
            )
        return REGISTERS[name]
    if name in REGISTERS or not _NAME.fullmatch(name):
        raise RegisterError(
            "«{name}» is no name for a register with a mapping: small Latin letters, digits and hyphens, and none of "
            "{known}.",
            name=name,
            known=", ".join(REGISTERS),
        )
    described = read_mapping(mapping)
    return Register(name, described.title, MappedReader(described), source=described.source, licence=described.licence)
