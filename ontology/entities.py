"""The rows of the reference data: bodies, groups, posts, territories, acts, programmes, information systems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

IriKind = Literal["body", "group", "post", "territory", "act", "programme", "system"]
How = Literal["label", "spelling", "typo", "other case"]


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
