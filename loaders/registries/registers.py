"""The registers that are known by name: how each is read, what it is called, where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loaders.registries.municipalities import read_municipalities
from loaders.registries.okopf import read_okopf
from loaders.registries.oktmo import read_oktmo
from loaders.registries.regions import read_regions

if TYPE_CHECKING:
    from loaders.registries.reading import Reader


@dataclass(frozen=True, slots=True)
class Register:
    """
    A register by its `name`, which is a part of addresses.

    `source` and `licence` are those of the usual file; who loads another one says so.
    """

    name: str
    title: str
    read: Reader
    source: str = ""
    licence: str = ""


REGISTERS: Final = {
    register.name: register
    for register in (
        Register(
            "municipalities",
            "Справочник муниципальных образований",
            read_municipalities,
            source="СберИндекс, по файлам ОКТМО Росстата",
            licence="https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        Register("oktmo", "ОКТМО", read_oktmo, source="Росстат"),
        Register(
            "regions",
            "Субъекты Российской Федерации",
            read_regions,
            source="HFLabs / DaData",
            licence="https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        Register("okopf", "ОКОПФ", read_okopf, source="Росстандарт"),
    )
}
