from __future__ import annotations

import re

import pytest
from pyoxigraph import NamedNode

from loaders.recipes import Recipes, loader_fingerprint, profile_of

GRAPHS = {NamedNode("https://w3id.org/vekha/graph/ontology"): "0123456789ab"}


def test_fingerprint_of_the_loader_is_stable() -> None:
    assert re.fullmatch("[0-9a-f]{12}", loader_fingerprint())
    assert loader_fingerprint() == loader_fingerprint()


def test_a_recipe_is_told_part_by_part() -> None:
    recipe = Recipes(GRAPHS, show_persons=False).of(None, "none")
    assert recipe == (
        f"loader {loader_fingerprint()}, ontology 0123456789ab, profile none, corrections none, persons withheld"
    )


@pytest.mark.parametrize(
    ("profile", "corrections", "show_persons"), [(b"a", "none", True), (None, "0123", True), (None, "none", False)]
)
def test_a_recipe_changes_with_each_part(profile: bytes | None, corrections: str, *, show_persons: bool) -> None:
    plain = Recipes(GRAPHS, show_persons=True).of(None, "none")
    assert Recipes(GRAPHS, show_persons=show_persons).of(profile, corrections) != plain


def test_a_recipe_names_its_profile_by_checksum() -> None:
    recipes = Recipes(GRAPHS, show_persons=True)
    assert profile_of(recipes.of(None, "none")) is None
    assert profile_of(recipes.of(b"", "none")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
