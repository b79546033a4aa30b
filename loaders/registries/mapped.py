"""Any other register as delimited text with a header, read by a small mapping: a YAML file that names its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from loaders.registries.reading import key_of
from loaders.registries.rows import read_rows, records_by_header
from loaders.registries.source import RegisterError
from ontology.identifiers import is_personal
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loaders.registries.reading import Reading
    from ontology.identifiers import Scheme

_MOST_BYTES: Final = 64 * 1024
Text = Annotated[str, Field(min_length=1, max_length=500)]
_NUMBERS: Final[dict[str, Scheme]] = {
    "ogrn": "ogrn",
    "inn": "inn",
    "kpp": "kpp",
    "okato": "okato",
    "okopf": "okopf",
    "register_number": "register-number",
}


class Columns(BaseModel):
    """The heading of the column that holds each thing; only the name is needed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    short_name: Text | None = None
    former_name: Text | None = None
    kind: Text | None = None
    ogrn: Text | None = None
    inn: Text | None = None
    kpp: Text | None = None
    okato: Text | None = None
    okopf: Text | None = None
    register_number: Text | None = None
    oktmo: Text | None = None
    region: Text | None = None
    address: Text | None = None
    founder: Text | None = None
    status: Text | None = None
    valid_from: Text | None = None
    valid_to: Text | None = None


class Mapping(BaseModel):
    """
    How a register is read.  `key` are the columns whose values together name an entry for ever.

    `ceased` are the values of the status column that say that an entry is no longer in force.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    key: Annotated[list[Text], Field(min_length=1, max_length=5)]
    columns: Columns
    kind: Literal["organisation", "branch", "concept"] = "organisation"
    delimiter: Literal[";", ",", "\t", "|"] | None = None
    ceased: list[Text] = Field(default_factory=list, max_length=50)
    source: str = ""
    licence: str = ""


def read_mapping(path: Path) -> Mapping:
    """
    The mapping of the file.

    Raises:
        RegisterError: It is no YAML, or says what no mapping says.
    """
    try:
        content = path.read_bytes()
        if len(content) > _MOST_BYTES:
            raise RegisterError("{file}: too large for a mapping.", file=path.name)
        if b"&" in content or b"*" in content:
            raise RegisterError("{file}: a mapping has no anchors or references; write it out.", file=path.name)
        return Mapping.model_validate(yaml.safe_load(content.decode()))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise RegisterError("{file}: the mapping is no YAML in UTF-8.", file=path.name) from error
    except ValidationError as error:
        raise _misfit(error, path.name) from error


def _misfit(error: ValidationError, file: str) -> RegisterError:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"])) or "mapping"
    if first["type"] == "missing":
        return RegisterError("{file}: the mapping says no «{place}».", file=file, place=place)
    if first["type"] == "extra_forbidden":
        words = (Columns if place.startswith("columns.") else Mapping).model_fields
        return RegisterError(
            "{file}: a mapping has no «{place}»; its words are {known}.", file=file, place=place, known=", ".join(words)
        )
    return RegisterError(
        "{file}: «{value}» cannot be «{place}».", file=file, place=place, value=str(first["input"])[:80]
    )


@dataclass(frozen=True, slots=True)
class MappedReader:
    """A reader for `loaders.registries.registers.Register`."""

    mapping: Mapping

    def __call__(self, reading: Reading) -> Iterator[RegisterRecord]:
        """
        One record for each row, in file order.

        Raises:
            RegisterError: A column is missing, a date is none, or a row has no name or no key.
        """
        columns = self.mapping.columns.model_dump(exclude_none=True)
        needed = list(dict.fromkeys([*columns.values(), *self.mapping.key]))
        rows = read_rows(reading.source, delimiter=self.mapping.delimiter)
        for line, row in records_by_header(rows, reading.file, needed):
            if any(is_personal(row[column]) for column in self.mapping.key):
                reading.left_out["person"] += 1
                continue
            yield self._record(f"строка {line}", row, columns, reading)

    def _record(self, place: str, row: dict[str, str], columns: dict[str, str], reading: Reading) -> RegisterRecord:
        def cell(what: str) -> str:
            return row[columns[what]] if what in columns else ""

        parts = [row[column] for column in self.mapping.key]
        if not cell("name") or not all(parts):
            raise RegisterError("{file}, {place}: the name or the key is empty.", file=reading.file, place=place)
        key = "_".join(map(key_of, parts))
        oktmo = reading.identifiers(place, ("oktmo", cell("oktmo")))
        code = oktmo[0].value if oktmo and oktmo[0].problem is None else ""
        ceased = cell("status") in self.mapping.ceased
        return RegisterRecord(
            iri=reading.iri(key),
            register=reading.register,
            key=key,
            kind=cast("Literal['organisation']", self.mapping.kind),
            name=cell("name"),
            short_names=tuple(filter(None, [cell("short_name")])),
            former_names=tuple(filter(None, [cell("former_name")])),
            identifiers=(
                *reading.identifiers(place, *((scheme, cell(what)) for what, scheme in _NUMBERS.items())),
                *oktmo,
            ),
            kind_text=cell("kind"),
            territory=reading.places.territory_of_code(code[:8]) if code else None,
            region=reading.places.subject_named(cell("region")) or reading.places.subject_of_code(code),
            founders=tuple(filter(None, [cell("founder")])),
            address=cell("address"),
            status="ceased" if ceased else "in-force",
            status_text=cell("status"),
            valid_from=reading.day_of(cell("valid_from"), place, columns.get("valid_from", "")),
            valid_to=reading.day_of(cell("valid_to"), place, columns.get("valid_to", "")),
        )
