"""Actors are joined in the order of their cell, on both engines, whatever order the data come in."""

from __future__ import annotations

import random

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store, serialize

from ontology.vocabulary import LEVEL, RDF, RDFS, ROLE, SKOS, THEME, VEKHA
from queries.binding import bind
from queries.catalogue import Catalogue
from tests.queries.seeds import BASE

QUESTION = Catalogue.read(BASE)["who-is-responsible"]
# Cells of up to six actors out of nine; one actor may stand in a cell twice.
CELLS = st.lists(st.lists(st.integers(0, 8), max_size=6), min_size=1, max_size=12)


def thing(kind: str, key: object) -> NamedNode:
    return NamedNode(f"{BASE}id/{kind}/{key}")


def quads(cells: list[list[int]]) -> list[Quad]:
    found = [
        Quad(LEVEL.region, SKOS.prefLabel, Literal("региональный", language="ru")),
        Quad(ROLE.responsible, SKOS.prefLabel, Literal("ответственный", language="ru")),
        Quad(thing("roadmap", "r"), VEKHA.level, LEVEL.region),
        *(
            Quad(thing("body", actor), RDFS.label, Literal(f"Орган {actor}", language="ru"))
            for actor in range(9)
            if actor != 4  # one without a label is shown by its id
        ),
    ]
    for number, cell in enumerate(cells):
        activity = thing("activity", number)
        found += [
            Quad(activity, RDF.type, VEKHA.Activity),
            Quad(activity, VEKHA.theme, THEME.mentoring),
            Quad(activity, VEKHA.roadmap, thing("roadmap", "r")),
            Quad(activity, VEKHA.documentOrder, Literal(number)),
        ]
        for order, actor in enumerate(cell, 1):
            assignment = thing("assignment", f"{number}_{order}")
            found += [
                Quad(activity, VEKHA.assignment, assignment),
                Quad(assignment, VEKHA.order, Literal(order)),
                Quad(assignment, VEKHA.assignedActor, thing("body", actor)),
                Quad(assignment, VEKHA.role, ROLE.responsible),
            ]
    return found


def joined(cell: list[int]) -> str:
    return "; ".join("4" if actor == 4 else f"Орган {actor}" for actor in cell)


@settings(deadline=None)
@given(CELLS, st.randoms(use_true_random=False))
def test_pyoxigraph_keeps_the_order_of_cells(cells: list[list[int]], order: random.Random) -> None:
    data = quads(cells)
    order.shuffle(data)
    store = Store()
    store.extend(data)
    found = store.query(bind(QUESTION))
    assert isinstance(found, QuerySolutions)

    assert [joined(cell) for cell in cells] == [row["responsible"].value for row in found]


@settings(deadline=None, max_examples=25)
@given(CELLS)
def test_rdflib_keeps_the_order_of_cells(cells: list[list[int]]) -> None:
    graph = rdflib.Graph()
    graph.parse(data=serialize([quad.triple for quad in quads(cells)], format=RdfFormat.N_TRIPLES), format="nt")

    answers = [str(row["responsible"]) for row in graph.query(bind(QUESTION))]  # type: ignore[call-overload, index]

    assert [joined(cell) for cell in cells] == answers


@pytest.mark.parametrize("size", [200, 2000])
def test_many_cells_keep_their_order(size: int) -> None:
    source = random.Random(size)
    cells = [source.choices(range(9), k=source.randint(0, 6)) for _ in range(size)]
    store = Store()
    store.bulk_extend(quads(cells))
    found = store.query(bind(QUESTION))
    assert isinstance(found, QuerySolutions)

    assert [joined(cell) for cell in cells] == [row["responsible"].value for row in found]
