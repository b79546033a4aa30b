"""Federal subjects with their codes in all schemes, CSV with a header (columns in docs/registries.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loaders.registries.rows import read_rows, records_by_header
from loaders.registries.source import RegisterError
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.registries.reading import Reading

_NEEDED: Final = ("name", "name_with_type", "type", "kladr_id", "fias_id", "okato", "oktmo", "iso_code")


def read_regions(reading: Reading) -> Iterator[RegisterRecord]:
    """
    One record for each subject, in file order; what is no subject (Байконур) has no territory of ours.

    Raises:
        RegisterError: The file is of another form, or a row has no code of ОКТМО.
    """
    for line, row in records_by_header(read_rows(reading.source), reading.file, _NEEDED):
        place, code = f"строка {line}", row["oktmo"]
        if not (code.isdecimal() and code.isascii()) or not row["name"]:
            raise RegisterError(
                "{file}, {place}: «{text}» in {column} is no code.",
                file=reading.file,
                place=place,
                text=code[:40],
                column="oktmo",
            )
        territory = reading.places.territory_of_code(code)
        iri = reading.iri(code)
        yield RegisterRecord(
            iri=iri,
            register=reading.register,
            key=code,
            kind="territory",
            name=row["name_with_type"] or row["name"],
            short_names=(row["name"],) if row["name"] != row["name_with_type"] else (),
            identifiers=reading.identifiers(
                place,
                ("oktmo", code),
                ("okato", row["okato"]),
                ("fias", row["fias_id"]),
                ("kladr", row["kladr_id"]),
                ("region-code", row["kladr_id"][:2]),
                ("iso-3166-2", row["iso_code"]),
                ("geonames", row.get("geoname_id", "")),
            ),
            kind_text=row["type"],
            territory=territory,
            present=iri if territory else None,
        )
