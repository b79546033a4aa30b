"""The catalogue: which versions of a document were loaded, when and by what; kept outside the default graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Quad

from loaders.recipes import profile_of
from ontology.iris import Iris
from ontology.vocabulary import DCAT, PROV, RDF, VEKHA, XSD

# Of a load: what made the graph; of a graph of our own: the fingerprint of its content.
VERSION = NamedNode("http://www.w3.org/ns/dcat#version")


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """
    One version of a document that the catalogue knows.

    `recipe` says what made its graph; the same file with the same recipe gives the same graph.
    """

    roadmap: NamedNode
    version: NamedNode
    sha256: str
    file: str
    load: NamedNode
    recipe: str
    loaded: datetime
    previous: NamedNode | None = None
    current: bool = True

    @property
    def profile(self) -> str | None:
        """The SHA-256 of the profile that the file was read with, if there was one."""
        return profile_of(self.recipe)


def catalogue_quads(loaded: LoadedVersion, others: Iterable[LoadedVersion], iris: Iris) -> list[Quad]:
    """
    What the catalogue says of a roadmap, of the version that is now current, and of its load.

    `others` are the roadmap's earlier versions.
    """
    graph = iris.graph("catalog")
    versions = {loaded.version, *(other.version for other in others)}
    pairs: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        *((loaded.roadmap, DCAT.hasVersion, version) for version in versions),
        (loaded.roadmap, DCAT.hasCurrentVersion, loaded.version),
        (loaded.version, RDF.type, VEKHA.DocumentVersion),
        (loaded.version, DCAT.isVersionOf, loaded.roadmap),
        (loaded.version, VEKHA.sha256, Literal(loaded.sha256)),
        (loaded.version, VEKHA.fileName, Literal(loaded.file)),
        (loaded.version, PROV.wasGeneratedBy, loaded.load),
        (loaded.version, PROV.generatedAtTime, Literal(loaded.loaded.isoformat(), datatype=XSD.dateTime)),
        (loaded.load, RDF.type, PROV.Activity),
        (loaded.load, VERSION, Literal(loaded.recipe)),
    ]
    if loaded.previous is not None:
        pairs.append((loaded.version, DCAT.previousVersion, loaded.previous))
    return sorted((Quad(*pair, graph) for pair in pairs), key=str)
