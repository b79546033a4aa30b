"""What is known where a cell of actors stands: reference data, glossary, spellings of the document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from loaders.values.actor_phrases import Names, head_noun
from ontology.iris import Iris
from ontology.language import collapse, initials, spelling_key
from ontology.language.abbreviations import countrywide, is_abbreviation
from ontology.reference import COUNTRY, Group, Reference

ColumnRole = Literal["responsible", "co-executor", "participant-or-organizer"]


@dataclass(frozen=True)
class ActorContext:
    """
    What is known where a cell stands.

    `territory` is the key of the document's territory (`Place.key`), `glossary` maps its abbreviations to full names,
    `column` is the role that the column's heading gives.
    `spellings` are those of `document_spellings`: they cut lists that nothing separates.
    """

    reference: Reference
    territory: str = COUNTRY
    roadmap: str = "document"
    glossary: Mapping[str, str] = field(default_factory=dict)
    column: ColumnRole = "responsible"
    spellings: frozenset[str] = frozenset()
    iris: Iris = field(default_factory=Iris)

    @cached_property
    def names(self) -> Names:
        visible = self.reference.visible_spellings(self.territory)
        general = {
            spelling_key(item.short) for item in countrywide().values() if item.kind in {"group", "body", "post"}
        }
        glossary = {key for short in self.glossary if (key := spelling_key(short))}
        known = {key for key in {*visible, *glossary, *self.spellings, *general} if key}
        groups = {key for key, match in visible.items() if isinstance(match.entity, Group)}
        groups |= {
            spelling_key(short)
            for short, long in self.glossary.items()
            if (noun := head_noun(long)) is not None and noun.plural
        }
        return Names(
            known=frozenset(known),
            groups=frozenset(groups),
            territories=self.territory_initials,
            longest=max((len(key.split()) for key in known), default=1),
        )

    @cached_property
    def territory_initials(self) -> frozenset[str]:
        """«ХМО» and «АХМО», its administration, for the territory and those it lies in."""
        found = set()
        for step in self.reference.chain(self.territory):
            record = self.reference.territories.get(step)
            if record is None:
                continue
            names = [record.label_ru, *(name for name in record.spellings if " " in name)]
            short = {initials(name) for name in names} | {name for name in record.spellings if is_abbreviation(name)}
            found |= {name for name in short if 2 <= len(name) <= 5}
        return frozenset(found | {f"А{name}" for name in found})

    @cached_property
    def subject_initials(self) -> frozenset[str]:
        """«ТО» for a document of Tomsk Oblast or of a place in it."""
        chain = map(self.reference.territories.get, self.reference.chain(self.territory))
        return frozenset(initials(record.label_ru) for record in chain if record and record.kind == "federal-subject")

    @cached_property
    def glossary_by_key(self) -> dict[str, str]:
        return {spelling_key(short): collapse(long) for short, long in self.glossary.items() if spelling_key(short)}


def document_spellings(cells: Iterable[str]) -> frozenset[str]:
    """
    Spelling keys of abbreviations that fill a whole cell, or a whole part between commas, somewhere in the document.

    They tell one name from two where nothing separates them: «ТОИПКРО» alone in one cell cuts «ДОО ТО ТОИПКРО».
    """
    found = set()
    for cell in cells:
        for part in re.split(r"[,;\n]", cell):
            text = collapse(part).strip(" .")
            words = text.split()
            if len(words) == 1 and is_abbreviation(text) and text not in countrywide():
                found.add(spelling_key(text))
    return frozenset(found)
