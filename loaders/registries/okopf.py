"""Legal forms of organisations: ОКОПФ as CSV with the columns code, name and description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders.registries.reading import key_of
from loaders.registries.rows import read_rows, records_by_header
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.registries.reading import Reading


def read_okopf(reading: Reading) -> Iterator[RegisterRecord]:
    """
    One record for each form, in file order.

    Raises:
        RegisterError: The file is of another form.
    """
    for line, row in records_by_header(read_rows(reading.source), reading.file, ("code", "name")):
        yield RegisterRecord(
            iri=reading.iri(key_of(row["code"])),
            register=reading.register,
            key=row["code"],
            kind="concept",
            name=row["name"],
            identifiers=reading.identifiers(f"строка {line}", ("okopf", row["code"])),
        )
