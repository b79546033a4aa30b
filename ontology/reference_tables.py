"""
The tables of the reference data, read and checked.

Tab-separated, UTF-8, one row one entity; a list is joined by « | ».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any, Final

from ontology.entities import Act, Body, Entity, Group, Hub, Post, Programme, System, TerritoryRecord
from ontology.language import spelling_key

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:_[a-z0-9]+(?:-[a-z0-9]+)*)?")
_SEPARATOR: Final = " | "


class ReferenceDataError(Exception):
    """Reference data that contradicts itself; the message says file, line and what to do."""


_FILES: Final[Mapping[str, type[Entity]]] = {
    "territories": TerritoryRecord,
    "bodies": Body,
    "hubs": Hub,
    "groups": Group,
    "posts": Post,
    "acts": Act,
    "programmes": Programme,
    "systems": System,
}
_LISTS: Final = frozenset({"spellings", "typos", "documents", "different_from", "members", "acts_for"})
# Columns that may be empty; every other one must be filled.
_OPTIONAL: Final = _LISTS | {
    "note", "oktmo", "part_of", "member_kind", "member_level", "member_territory", "operator", "address",
}  # fmt: skip
# The column of each table that goes by another name in the row.
_RENAMED: Final = {"territories": {"within": "territory"}}


@dataclass(frozen=True, slots=True)
class _Placed:
    row: Entity
    place: str


def read_tables(folder: Traversable) -> dict[str, dict[str, Any]]:
    """
    The rows of every table by key: table name → key → row.

    Raises:
        ReferenceDataError: As `ontology.reference.load_reference`.
    """
    placed = {name: _read(folder / f"{name}.tsv", name, row_type) for name, row_type in _FILES.items()}
    _check_keys(placed)
    _check_spellings(placed)
    _check_links(placed)
    return {name: {item.row.key: item.row for item in items} for name, items in placed.items()}


def _read(path: Traversable, table: str, row_type: type[Entity]) -> list[_Placed]:
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ReferenceDataError(f"{name} is missing: a folder of reference data has all its tables") from None
    except UnicodeDecodeError as error:
        raise ReferenceDataError(f"{name} is not UTF-8 ({error.reason}): save it as UTF-8") from None
    renamed = _RENAMED.get(table, {})
    lines = text.removesuffix("\n").split("\n")
    header = [renamed.get(column, column) for column in lines[0].rstrip("\r").split("\t")]
    wanted = {item.name for item in fields(row_type)}
    required = {item.name for item in fields(row_type) if item.default is MISSING}
    if not required <= set(header) <= wanted or len(set(header)) < len(header):
        wrong = ", ".join(sorted((required - set(header)) | (set(header) - wanted))) or "a column stands twice"
        raise ReferenceDataError(f"{name}, line 1: columns missing or not known: {wrong}")
    return [
        _Placed(_row(line, header, row_type, f"{name}, line {number}"), f"{name}, line {number}")
        for number, line in enumerate(lines[1:], start=2)
    ]


def _row(line: str, header: list[str], row_type: type[Entity], place: str) -> Entity:
    cells = [unicodedata.normalize("NFC", cell.strip()) for cell in line.split("\t")]
    if len(cells) != len(header):
        raise ReferenceDataError(f"{place}: {len(cells)} cells for {len(header)} columns")
    values: dict[str, Any] = {}
    for column, cell in zip(header, cells, strict=True):
        optional = column in _OPTIONAL or (column == "territory" and row_type is TerritoryRecord)
        if not cell and not optional and not (column == "members" and row_type is Hub):
            raise ReferenceDataError(f"{place}: the column {column} is empty")
        if column in _LISTS:
            values[column] = tuple(part.strip() for part in cell.split(_SEPARATOR) if part.strip())
        elif column == "extension_known":
            if cell not in {"true", "false"}:
                raise ReferenceDataError(f"{place}: extension_known is {cell!r}, not true or false")
            values[column] = cell == "true"
        else:
            values[column] = cell
    if not _KEY.fullmatch(values["key"]):
        raise ReferenceDataError(f"{place}: the key {values['key']!r} is not made of a-z, 0-9, - and one _")
    _check_values(row_type, values, place)
    return row_type(**values)


def _check_values(row_type: type[Entity], values: dict[str, Any], place: str) -> None:
    kinds = {
        Group: {"body-group", "post-group", "person-group"},
        TerritoryRecord: {"country", "federal-subject", "municipality"},
    }.get(row_type)
    if kinds is not None and values["kind"] not in kinds:
        raise ReferenceDataError(f"{place}: the kind {values['kind']!r} is none of {', '.join(sorted(kinds))}")
    if values.get("oktmo") and not re.fullmatch(r"\d{8}", values["oktmo"]):
        raise ReferenceDataError(f"{place}: the OKTMO code {values['oktmo']!r} has not eight digits")
    if row_type is Act:
        try:
            date.fromisoformat(values["date"])
        except ValueError:
            raise ReferenceDataError(f"{place}: {values['date']!r} is not a date as 2021-05-14") from None


def _check_keys(placed: Mapping[str, list[_Placed]]) -> None:
    """Keys are unique in their table, and keys of actors among all actors, because links name them without a table."""
    seen: dict[tuple[str, str], str] = {}
    for table, items in placed.items():
        scope = "actors" if table in {"bodies", "hubs", "groups", "posts"} else table
        for item in items:
            before = seen.setdefault((scope, item.row.key), item.place)
            if before != item.place:
                raise ReferenceDataError(f"{item.place}: the key {item.row.key} stands already in {before}")


def _check_spellings(placed: Mapping[str, list[_Placed]]) -> None:
    seen: dict[tuple[str, str, str], _Placed] = {}
    for table, items in placed.items():
        scope = "actors" if table in {"bodies", "hubs", "groups", "posts"} else table
        for item in items:
            for name, _how in item.row.names():
                key = (scope, item.row.territory, spelling_key(name))
                before = seen.setdefault(key, item)
                if before.row.key != item.row.key:
                    raise ReferenceDataError(
                        f"{item.place}: «{name}» is already {before.row.key} ({before.place}) "
                        f"in the territory {item.row.territory}; a spelling is unique in its territory",
                    )


def _check_links(placed: Mapping[str, list[_Placed]]) -> None:
    keys = {table: {item.row.key for item in items} for table, items in placed.items()}
    actors = keys["bodies"] | keys["hubs"] | keys["groups"] | keys["posts"]
    for item in (item for items in placed.values() for item in items):
        row = item.row
        links: list[tuple[str, Iterable[str], set[str]]] = [
            ("territory", [row.territory] if row.territory else [], keys["territories"]),
        ]
        match row:
            case Body():
                links += [
                    ("part_of", [row.part_of] if row.part_of else [], keys["bodies"]),
                    ("different_from", row.different_from, keys["bodies"]),
                ]
            case Hub():
                links.append(("members", row.members, keys["territories"]))
            case Group():
                links += [
                    ("members", row.members, keys["bodies"]),
                    ("acts_for", row.acts_for, actors),
                    ("member_territory", [row.member_territory] if row.member_territory else [], keys["territories"]),
                ]
            case Post():
                links.append(("post_in", [row.post_in], keys["bodies"]))
            case Act():
                links.append(("issuer", [row.issuer], keys["bodies"]))
            case System():
                links.append(("operator", [row.operator] if row.operator else [], keys["bodies"]))
            case _:
                pass
        for column, named, known in links:
            unknown = sorted(set(named) - known)
            if unknown:
                raise ReferenceDataError(f"{item.place}: {column} names {', '.join(unknown)}, which no table has")
