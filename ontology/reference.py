"""
The curated reference data: who and what the documents name, one row one entity, keys never reused.

The tables stand in the folder `reference` beside this module (tab-separated, UTF-8, a list is joined by « | »).
An abbreviation is unique in its territory, not in the country: «ТОИПКРО» is an institute in Tomsk and another in
Tambov (design of the ontology, sections 2.4 and 4.4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from ontology.language import lemma_key, spelling_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

COUNTRY: Final = "ru"
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:_[a-z0-9]+(?:-[a-z0-9]+)*)?")
_SEPARATOR: Final = " | "

IriKind = Literal["body", "group", "post", "territory", "act", "programme", "system"]
How = Literal["label", "spelling", "typo", "other case"]


class ReferenceDataError(Exception):
    """Reference data that contradicts itself; the message says file, line and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """
    What all reference rows have.  `documents` are the roadmaps that brought the entity in; empty if it is general.

    `spellings` are correct names and abbreviations, `typos` misprints met in documents.
    """

    iri_kind: ClassVar[IriKind]

    key: str
    label_ru: str
    label_en: str
    territory: str
    spellings: tuple[str, ...] = ()
    typos: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    note: str = ""

    def names(self) -> Iterator[tuple[str, How]]:
        """The label, the other spellings and the typos, each with how it names the entity."""
        yield self.label_ru, "label"
        for spelling in self.spellings:
            yield spelling, "spelling"
        for typo in self.typos:
            yield typo, "typo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Entity):
    """One organisation or unit; `kind` is a concept of the body-kind scheme, `level` of the level scheme."""

    iri_kind = "body"
    kind: str
    level: str
    part_of: str = ""
    different_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub(Entity):
    """A collaboration of municipalities; `members` are keys of territories."""

    iri_kind = "body"
    level: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Entity):
    """
    Many bodies, posts or persons under one name.

    A body group has explicit `members`, a criterion (`member_kind`, `member_level`, `member_territory`) or both.
    Post and person groups act for bodies or body groups.
    With `extension_known` false no member may be inferred.
    """

    iri_kind = "group"
    kind: Literal["body-group", "post-group", "person-group"]
    level: str
    member_kind: str = ""
    member_level: str = ""
    member_territory: str = ""
    members: tuple[str, ...] = ()
    acts_for: tuple[str, ...] = ()
    extension_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Entity):
    """One post in a body."""

    iri_kind = "post"
    post_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryRecord(Entity):
    """
    A territory; `territory` is the one it lies in ("" for the country), `oktmo` has eight digits, no check digit.

    `kind` is country, federal-subject or municipality.
    """

    iri_kind = "territory"
    kind: Literal["country", "federal-subject", "municipality"]
    oktmo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Entity):
    iri_kind = "act"
    kind: str
    number: str
    date: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme(Entity):
    iri_kind = "programme"
    kind: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class System(Entity):
    """An information system, register, site or schedule; `operator` is a body's key, `address` an IRI, both or none."""

    iri_kind = "system"
    kind: str
    level: str
    operator: str = ""
    address: str = ""


ActorEntity = Body | Hub | Group | Post
CitedEntity = Act | Programme | System


@dataclass(frozen=True, slots=True)
class Match:
    """An entity found by name: `how` it is named and in which `territory` of the chain it was found."""

    entity: ActorEntity
    how: How
    territory: str


@dataclass(frozen=True, eq=False)
class Reference:
    """
    All tables by key, in file order, with look-ups by name.

    Two references are equal only if they are the same object: look-ups are cached in it.
    """

    territories: Mapping[str, TerritoryRecord]
    bodies: Mapping[str, Body]
    hubs: Mapping[str, Hub]
    groups: Mapping[str, Group]
    posts: Mapping[str, Post]
    acts: Mapping[str, Act]
    programmes: Mapping[str, Programme]
    systems: Mapping[str, System]

    def actors(self) -> Iterator[ActorEntity]:
        yield from self.bodies.values()
        yield from self.hubs.values()
        yield from self.groups.values()
        yield from self.posts.values()

    def cited(self) -> Iterator[CitedEntity]:
        yield from self.acts.values()
        yield from self.programmes.values()
        yield from self.systems.values()

    def chain(self, territory: str) -> tuple[str, ...]:
        """`territory` and those it lies in, the narrowest first; an unknown one is followed by the country alone."""
        found: list[str] = []
        step = territory
        while step and step not in found:
            found.append(step)
            record = self.territories.get(step)
            step = record.territory if record else COUNTRY
        return tuple(found)

    def find_actor(self, name: str, territory: str) -> Match | None:
        """
        The actor that `name` names in `territory`: exact spellings first, then other grammatical cases.

        Bodies, hubs and posts are sought up the chain of territories; groups only in `territory` itself, because
        «руководители ОО» of a region are not those of its capital.
        """
        for index, key in ((self._by_spelling, spelling_key(name)), (self._by_lemma, lemma_key(name))):
            for step in self.chain(territory):
                match = index.get((step, key))
                if match is not None and (step == territory or not isinstance(match.entity, Group)):
                    return match
        return None

    def visible_spellings(self, territory: str) -> Mapping[str, Match]:
        """Every spelling key that `find_actor` knows in `territory`, a nearer territory before a wider one."""
        found: dict[str, Match] = {}
        for step in self.chain(territory):
            for key, match in self._spellings_of.get(step, {}).items():
                if step == territory or not isinstance(match.entity, Group):
                    found.setdefault(key, match)
        return found

    def extension(self, group: str) -> tuple[str, ...]:
        """Keys of the bodies in a body group: the explicit ones and those that meet its criterion, in table order."""
        row = self.groups[group]
        if not row.extension_known:
            return ()
        return tuple(
            body.key
            for body in self.bodies.values()
            if body.key in row.members
            or (
                row.member_kind
                and body.kind == row.member_kind
                and row.member_level in {"", body.level}
                and row.member_territory in self.chain(body.territory)
            )
        )

    def without_documents(self) -> Reference:
        """The same without the entities that the read documents brought in; territories stay."""
        return replace(
            self,
            **{
                name: {key: row for key, row in getattr(self, name).items() if not row.documents}
                for name in ("bodies", "hubs", "groups", "posts", "acts", "programmes", "systems")
            },
        )

    @cached_property
    def _spellings_of(self) -> dict[str, dict[str, Match]]:
        found: dict[str, dict[str, Match]] = {}
        for actor in self.actors():
            for name, how in actor.names():
                match = Match(actor, how, actor.territory)
                found.setdefault(actor.territory, {}).setdefault(spelling_key(name), match)
        return found

    @cached_property
    def _by_spelling(self) -> dict[tuple[str, str], Match]:
        return {
            (territory, key): match for territory, names in self._spellings_of.items() for key, match in names.items()
        }

    @cached_property
    def _by_lemma(self) -> dict[tuple[str, str], Match]:
        found: dict[tuple[str, str], Match] = {}
        for actor in self.actors():
            for name, how in actor.names():
                if how != "typo":
                    found.setdefault((actor.territory, lemma_key(name)), Match(actor, "other case", actor.territory))
        return found


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


def load_reference(folder: Path | None = None) -> Reference:
    """
    The reference data of `folder`, or that of this package.

    Raises:
        ReferenceDataError: If a table is missing or malformed, a key occurs twice, a spelling means two actors in one
            territory, or a row names an unknown key; the message gives file and line.
    """
    root: Traversable = folder if folder is not None else files("ontology") / "reference"
    placed = {name: _read(root / f"{name}.tsv", name, row_type) for name, row_type in _FILES.items()}
    _check_keys(placed)
    _check_spellings(placed)
    _check_links(placed)
    tables: dict[str, Any] = {name: {item.row.key: item.row for item in items} for name, items in placed.items()}
    return Reference(**tables)


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
