"""Editions of registers in the catalogue: what stands in which graph, whence, under which licence, read from what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.results import Table
from loaders.quads.catalogue import VERSION
from ontology.vocabulary import DCTERMS, PROV, RDF, VEKHA, XSD

if TYPE_CHECKING:
    from pathlib import Path

    from graph.snapshots import Snapshot

_DAY: Final = re.compile(r"(?<!\d)(20\d\d)[-._]?([01]\d)[-._]?([0-3]\d)(?!\d)")
_PARTS: Final = re.compile(r"(20\d\d)(?:-([01]\d)(?:-([0-3]\d))?)?")


@dataclass(frozen=True, slots=True)
class Edition:
    """
    One edition of a register in the store.

    `edition` is its name («2024-01-01»), `day` the date of its data; `current` says that its records belong to the
    default graph.
    """

    graph: NamedNode
    register: str
    edition: str
    title: str
    file: str
    sha256: str
    day: date
    loaded: datetime
    records: int
    source: str = ""
    licence: str = ""
    warned: int = 0
    current: bool = True

    def triples(self) -> list[Triple]:
        """What the catalogue says of the edition; whether it is current the store knows itself."""
        pairs: list[tuple[NamedNode, NamedNode | Literal]] = [
            (RDF.type, VEKHA.RegisterEdition),
            (VEKHA.register, Literal(self.register)),
            (VERSION, Literal(self.edition)),
            (DCTERMS.title, Literal(self.title)),
            (VEKHA.fileName, Literal(self.file)),
            (VEKHA.sha256, Literal(self.sha256)),
            (DCTERMS.issued, Literal(self.day.isoformat(), datatype=XSD.date)),
            (PROV.generatedAtTime, Literal(self.loaded.isoformat(), datatype=XSD.dateTime)),
            (VEKHA.records, Literal(self.records)),
            (VEKHA.warnings, Literal(self.warned)),
        ]
        pairs += [(DCTERMS.source, Literal(self.source))] if self.source else []
        pairs += [(DCTERMS.license, Literal(self.licence))] if self.licence else []
        return [Triple(self.graph, predicate, value) for predicate, value in pairs]


def loaded_editions(snapshot: Snapshot | None) -> list[Edition]:
    """Every edition that the catalogue knows, by register and date."""
    if snapshot is None:
        return []
    answer = snapshot.query(files("loaders.registries").joinpath("loaded-editions.rq").read_text("utf-8"))
    assert isinstance(answer, Table)
    return [
        Edition(
            graph=NamedNode(_text(record["edition"])),
            register=_text(record["register"]),
            edition=_text(record["name"]),
            title=_text(record["title"]),
            file=_text(record["file"]),
            sha256=_text(record["sha256"]),
            day=date.fromisoformat(_text(record["day"])),
            loaded=datetime.fromisoformat(_text(record["loaded"])),
            records=int(_text(record["records"])),
            source=_text(record["source"]),
            licence=_text(record["licence"]),
            warned=int(_text(record["warned"])),
            current=_text(record["current"]) == "true",
        )
        for record in answer.records()
    ]


def day_in_name(path: Path) -> date | None:
    """The date that the name of a published file holds («data-20240101-structure-20150128.csv»): its first one."""
    for found in _DAY.finditer(path.name):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None


def day_of_edition(name: str) -> date | None:
    """The date that the name of an edition is: «2024-10-05», or the first of «2024-10» or «2024»."""
    found = _PARTS.fullmatch(name)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def _text(term: object) -> str:
    return term.value if isinstance(term, Literal | NamedNode) else ""
