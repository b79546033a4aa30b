"""The five example roadmaps: in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

import loaders
from api.settings import CHECKOUT


def example_documents() -> list[Path]:
    """The example files in the order of their names, without their profiles."""
    checkout = CHECKOUT / "examples"
    folder = checkout if checkout.is_dir() else Path(loaders.__file__).parent / "examples"
    return sorted(file for file in folder.glob("*.txt") if file.is_file())
