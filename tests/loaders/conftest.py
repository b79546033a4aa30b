from __future__ import annotations

from pathlib import Path

import pytest

from loaders.extract import extract
from loaders.extraction import Extraction
from loaders.quads import DocumentQuads, build_quads
from ontology.iris import Iris
from ontology.reference import Reference, load_reference


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference()


@pytest.fixture(scope="session")
def example_extractions(examples: Path, reference: Reference) -> dict[str, Extraction]:
    """The five examples by the names of their roadmaps."""
    found = [extract(path, reference=reference) for path in sorted(examples.glob("*.txt"))]
    return {extraction.roadmap or "": extraction for extraction in found}


@pytest.fixture(scope="session")
def example_quads(example_extractions: dict[str, Extraction], reference: Reference) -> dict[str, DocumentQuads]:
    return {
        roadmap: build_quads(extraction, iris=Iris(), reference=reference)
        for roadmap, extraction in example_extractions.items()
    }
