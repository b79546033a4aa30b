"""The one document whose statements are being made: what all layers need of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from pyoxigraph import NamedNode

from loaders.extraction import Extraction
from loaders.quads.statements import Statements
from ontology.iris import Iris
from ontology.language import slug
from ontology.reference import Reference


@dataclass(slots=True)
class Document:
    """`slug` names the work, `sha256` this version of it."""

    extraction: Extraction
    iris: Iris
    reference: Reference
    statements: Statements
    slug: str

    @property
    def sha256(self) -> str:
        return self.extraction.source.sha256

    @property
    def roadmap(self) -> NamedNode:
        return self.iris.roadmap(self.slug)

    @property
    def version(self) -> NamedNode:
        return self.iris.version(self.slug, self.sha256)

    def own(self, iri: str) -> NamedNode:
        """An IRI of the extraction, which is minted under the project's address, under the address of this data."""
        found = Iris().kind_and_key(NamedNode(iri))
        return self.iris.thing(*found) if found else NamedNode(iri)


def roadmap_slug(extraction: Extraction) -> str:
    """The name of the work: that of its profile, or the file's stem."""
    return extraction.roadmap or slug(PurePath(extraction.source.file).stem)
