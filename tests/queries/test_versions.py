"""The versions of a document come in one order, also where they were loaded within one second."""

from __future__ import annotations

import itertools
import random

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from ontology.iris import Iris
from ontology.vocabulary import DCAT, PROV, VEKHA, XSD
from queries.binding import bind
from queries.catalogue import Catalogue
from tests.queries.seeds import BASE

QUESTION = Catalogue.read(BASE)["versions"]
IRIS = Iris(BASE)
ROADMAP = IRIS.roadmap("plan")
LOADED = Literal("2026-05-01T10:00:00+00:00", datatype=XSD.dateTime)


def digest_of(letter: str) -> str:
    return letter * 64


def version(letter: str) -> NamedNode:
    return IRIS.version("plan", digest_of(letter))


def quads(history: tuple[str, ...], current: str) -> list[Quad]:
    """What the store says of versions loaded one after the other in one second."""
    found: list[Quad] = []
    for before, letter in zip((None, *history), history, strict=False):
        itself: list[tuple[NamedNode, NamedNode | Literal]] = [
            (DCAT.isVersionOf, ROADMAP),
            (VEKHA.fileName, Literal("plan.txt")),
            (VEKHA.sha256, Literal(digest_of(letter))),
        ]
        previous = [(DCAT.previousVersion, version(before))] if before else []
        catalogued = [*itself, (PROV.generatedAtTime, LOADED), *previous]
        found += [Quad(version(letter), *pair, IRIS.graph("catalog")) for pair in catalogued]
        found += [
            Quad(version(letter), *pair, IRIS.document_graph("plan", digest_of(letter)))
            for pair in [*itself, *previous]
        ]
        if letter == current:
            found += [Quad(version(letter), *pair) for pair in itself]
    return found


@pytest.mark.parametrize("history", list(itertools.permutations("abc")))
@pytest.mark.parametrize("current", ["b", "c"])
def test_the_current_version_comes_first_then_the_latest(history: tuple[str, ...], current: str) -> None:
    data = quads(history, current)
    # The engine answers in the order in which it was told.
    random.Random(7).shuffle(data)
    store = Store()
    store.extend(data)
    found = store.query(bind(QUESTION, {"roadmap": ROADMAP}))
    assert isinstance(found, QuerySolutions)

    expected = [current, *(letter for letter in reversed(history) if letter != current)]
    assert [row["sha256"].value for row in found] == [digest_of(letter) for letter in expected]


def test_a_roadmap_that_nobody_loaded_has_no_versions() -> None:
    found = Store().query(bind(QUESTION, {"roadmap": ROADMAP}))
    assert isinstance(found, QuerySolutions)

    assert list(found) == []
