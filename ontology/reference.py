"""
The curated reference data: who and what the documents name, one row one entity, keys never reused.

The tables stand in the folder `reference` beside this module (`ontology.reference_tables`).
An abbreviation is unique in its territory, not in the country: «ТОИПКРО» is an institute in Tomsk and another in
Tambov (design of the ontology, sections 2.4 and 4.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

from ontology.entities import (
    Act,
    ActorEntity,
    Body,
    CitedEntity,
    Entity,
    Group,
    How,
    Hub,
    Post,
    Programme,
    System,
    TerritoryRecord,
)
from ontology.language import lemma_key, spelling_key
from ontology.reference_tables import ReferenceDataError, read_tables

__all__ = [
    "COUNTRY",
    "Act",
    "ActorEntity",
    "Body",
    "CitedEntity",
    "Entity",
    "Group",
    "How",
    "Hub",
    "Match",
    "Post",
    "Programme",
    "Reference",
    "ReferenceDataError",
    "System",
    "TerritoryRecord",
    "load_reference",
]

COUNTRY: Final = "ru"


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
        """
        `territory` and those it lies in, the narrowest first.

        An unknown one lies in the territory whose key its own begins with («tomsk-obl-…»), else in the country.
        """
        found: list[str] = []
        step = territory
        while step and step not in found:
            found.append(step)
            record = self.territories.get(step)
            step = record.territory if record else self._around(step)
        return tuple(found)

    def _around(self, territory: str) -> str:
        key = territory
        while "-" in key:
            key = key.rpartition("-")[0]
            if key in self.territories:
                return key
        return COUNTRY

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


def load_reference(folder: Path | None = None) -> Reference:
    """
    The reference data of `folder`, or that of this package.

    Raises:
        ReferenceDataError: If a table is missing or malformed, a key occurs twice, a spelling means two actors in one
            territory, or a row names an unknown key; the message gives file and line.
    """
    return Reference(**read_tables(folder if folder is not None else files("ontology") / "reference"))
