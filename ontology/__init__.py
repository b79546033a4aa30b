"""The vocabulary and its rules: no store, no documents, no HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
ONTOLOGY_FILE: Final = FOLDER / "vekha.ttl"
DEFINITIONS_FILE: Final = FOLDER / "definitions.ttl"
CUBE_FILE: Final = FOLDER / "cube.ttl"
SHAPES_FILE: Final = FOLDER / "shapes.ttl"
SCHEMES: Final = FOLDER / "schemes"
HYGIENE: Final = FOLDER / "hygiene"
CASES: Final = FOLDER / "cases"


def scheme_files() -> list[Path]:
    """The Turtle files of the concept schemes, sorted by name."""
    return sorted(SCHEMES.glob("*.ttl"))


def ontology_files() -> list[Path]:
    """What stands in the graph `ontology` of a store: classes, definitions, cube structure, concept schemes."""
    return [ONTOLOGY_FILE, DEFINITIONS_FILE, CUBE_FILE, *scheme_files()]
