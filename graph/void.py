"""
Figures of a data version in the vocabulary VoID (https://www.w3.org/TR/void/, 4.6): of its default graph.

They are counted once and then carried from version to version by what changes, which costs next to nothing.  Figures
that a change does not tell (distinct subjects and objects) are left out.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph.folder import replace_file
from graph.results import Table
from ontology.vocabulary import RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.folder import DataFolder
    from graph.snapshots import Snapshot

_VOID = "http://rdfs.org/ns/void#"


@dataclass(frozen=True)
class Statistics:
    """Triples of the default graph of `version`, by property; things that are said to be of a class, by class."""

    version: int
    triples: int
    properties: dict[str, int]
    classes: dict[str, int]

    def after(self, version: int, gone: Iterable[Triple], new: Iterable[Triple]) -> Statistics:
        """The figures of `version`, whose default graph differs by these triples, each a real change."""
        properties, classes, triples = dict(self.properties), dict(self.classes), self.triples
        for step, changed in ((-1, gone), (1, new)):
            for triple in changed:
                triples += step
                _count(properties, triple.predicate.value, step)
                if triple.predicate == RDF.type:
                    _count(classes, _name(triple.object), step)
        return Statistics(version, triples, properties, classes)


def statistics(folder: DataFolder, snapshot: Snapshot) -> Statistics:
    """The figures of this version; where they were not kept they are counted, which takes seconds in a big store."""
    try:
        kept = json.loads(folder.statistics(snapshot.version).read_bytes())
        return Statistics(int(kept["version"]), int(kept["triples"]), kept["properties"], kept["classes"])
    except (OSError, ValueError, KeyError):
        properties, classes = (_counted(snapshot, name) for name in ("property-counts", "class-counts"))
        return Statistics(snapshot.version, sum(properties.values()), properties, classes)


def keep(folder: DataFolder, figures: Statistics) -> None:
    """The figures stand beside their version, as long as it is kept."""
    path = folder.statistics(figures.version)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps(asdict(figures)).encode())


def describe(figures: Statistics, dataset: NamedNode) -> Iterator[Triple]:
    """What VoID says of `dataset`: its size, and its parts by property and by class."""

    def say(subject: NamedNode | BlankNode, property_: str, value: int | NamedNode | BlankNode) -> Triple:
        return Triple(subject, _term(property_), Literal(value) if isinstance(value, int) else value)

    yield Triple(dataset, RDF.type, _term("Dataset"))
    yield say(dataset, "triples", figures.triples)
    yield say(dataset, "properties", len(figures.properties))
    yield say(dataset, "classes", len(figures.classes))
    for kind, counts, counted in (
        ("property", figures.properties, "triples"),
        ("class", figures.classes, "entities"),
    ):
        for number, (name, count) in enumerate(sorted(counts.items())):
            if not name.startswith("_:"):
                part = BlankNode(f"{kind}{number}")
                yield say(dataset, f"{kind}Partition", part)
                yield say(part, kind, NamedNode(name))
                yield say(part, counted, count)


def _counted(snapshot: Snapshot, name: str) -> dict[str, int]:
    found = snapshot.query(files("graph").joinpath(f"{name}.rq").read_text("utf-8"))
    assert isinstance(found, Table)
    counts: dict[str, int] = {}
    for term, count in found.rows:
        assert isinstance(count, Literal)
        counts[_name(term)] = int(count.value)
    return counts


def _count(counts: dict[str, int], name: str, step: int) -> None:
    counts[name] = counts.get(name, 0) + step
    if not counts[name]:
        del counts[name]


def _name(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _term(name: str) -> NamedNode:
    return NamedNode(_VOID + name)
