"""Names spelt alike: of one group alone the same are found as among all, where the others may not be given."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pytest

from graph.matching.candidates import SpellingIndex

SPELLINGS = [
    ("школа томск", 0),
    ("гимназия томск", 1),
    ("школа тамбов", 2),
    ("лицей тамбов", 3),
    ("школа тамбов советский", 3),
    ("школа", 4),
]
GROUPS: Mapping[Hashable, tuple[int, int]] = {"70": (0, 2), "68": (2, 5), None: (5, 6)}
OF_GROUP: Mapping[Hashable, tuple[int, ...]] = {"70": (0, 1), "68": (2, 3), None: (4,)}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("text", ["школа тамбов", "школы томска", "лицей", "институт", ""])
def test_a_group_is_what_may_be_given_alone(group: Hashable, text: str) -> None:
    index = SpellingIndex(SPELLINGS, GROUPS)
    allowed = np.asarray([entry in OF_GROUP[group] for entry in range(5)])
    assert index.nearest(text, 3, groups=[group]) == index.nearest(text, 3, allowed=allowed)


def test_several_groups_are_ordered_as_one() -> None:
    index = SpellingIndex(SPELLINGS, GROUPS)
    assert index.nearest("школа тамбов", 5, groups=["70", "68", None]) == index.nearest("школа тамбов", 5)
    assert [entry for entry, _ in index.nearest("школа", 1, groups=["70", None])] == [4]
    assert index.nearest("школа", 3, groups=["77"]) == []


@pytest.mark.parametrize("count", [1, 5, 20])
@pytest.mark.parametrize("groups", [None, ["70"]])
def test_of_what_is_spelt_alike_the_first_entries_are_given(count: int, groups: list[Hashable] | None) -> None:
    # More are as near as the last that are given, spread so that a choice by chance would tell.
    spellings = [("школа томск" if entry % 7 else "школа томская", entry) for entry in range(1000)]
    index = SpellingIndex(spellings, {"70": (0, 1000)})
    equal = [entry for entry in range(1000) if entry % 7][:count]
    assert [entry for entry, _ in index.nearest("школа томск", count, groups=groups)] == equal


@pytest.mark.parametrize("text", ["школа тамбов", "школы томска", "лицей лицей", "институт"])
def test_entries_that_are_spelt_the_same_are_compared_once_in_each_group(text: str) -> None:
    spellings = [(text, entry + 5 * more) for text, entry in SPELLINGS for more in (0, 1)]
    spans = {group: (2 * first, 2 * end) for group, (first, end) in GROUPS.items()}
    alone = dict(SpellingIndex(SPELLINGS, GROUPS).nearest(text, 5))
    for index in (SpellingIndex(spellings), SpellingIndex(spellings, spans)):
        found = dict(index.nearest(text, 10))
        assert found.keys() == {entry + more for entry in alone for more in (0, 5)}
        assert all(found[entry] == found[entry + 5] for entry in alone)
    assert index.nearest(text, 10) == SpellingIndex(spellings).nearest(text, 10)
