"""Recipes of loads: everything but the file itself from which the graph of a document follows."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode


class Recipes:
    """
    The recipes of one run of the program; the same file with the same recipe gives the same graph.

    A recipe is one line for people, part by part: «loader 3f…, ontology 5c…, profile none».
    """

    def __init__(self, graphs: Mapping[NamedNode, str], *, show_persons: bool) -> None:
        """`graphs` are the fingerprints of our own graphs, by their names."""
        self._shared = {
            "loader": loader_fingerprint(),
            **{graph.value.rpartition("/")[2]: digits for graph, digits in graphs.items()},
        }
        self._persons = "shown" if show_persons else "withheld"

    def of(self, profile: bytes | None, corrections: str) -> str:
        """The recipe for a profile (None: there is none) and a fingerprint of corrections."""
        parts = {
            **self._shared,
            "profile": "none" if profile is None else sha256(profile).hexdigest(),
            "corrections": corrections,
            "persons": self._persons,
        }
        return ", ".join(f"{name} {value}" for name, value in parts.items())


def profile_of(recipe: str) -> str | None:
    """The SHA-256 of the profile, if the recipe has one."""
    profile = dict(part.split(" ", 1) for part in recipe.split(", "))["profile"]
    return None if profile == "none" else profile


def loader_fingerprint() -> str:
    """Twelve hexadecimal digits that change with any file from which a loader's reading of a document follows."""
    digest = sha256()
    roots = (Path(str(files("loaders"))), Path(str(files("ontology"))))
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in {".py", ".rq", ".tsv", ".yaml", ".txt", ".ttl"} and "examples" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
