"""
Whole answers on the five examples: equal to the golden files, and equal on a second engine.

Known differences of the engines, which the questions avoid: rdflib cannot aggregate unbound values
(RDFLib/rdflib#882), so aggregated texts are never unbound; of an empty group pyoxigraph's GROUP_CONCAT is unbound and
rdflib's is empty, so both count as empty here; decimals are written differently, so numbers are compared by value.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from pyoxigraph import QueryResultsFormat, RdfFormat, serialize

from graph.results import Table
from queries.binding import bind
from queries.catalogue import Catalogue, Question
from tests.queries.seeds import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.snapshots import Snapshot
    from queries.binding import Value

EXPECTED = Path(__file__).with_name("expected")
QUESTIONS = Catalogue.read(BASE).listed()
Row = tuple[str, ...]

# Other values than the defaults, so that branches of a query run on both engines.
VALUES: dict[str, dict[str, Value]] = {
    "activities-of-body": {"actor": "group:tomsk-obl_mouo", "share": "alone"},
    "deadlines-of-kind": {"kind": "by-external-schedule", "elsewhere": True},
    "due-in-month": {"year": 2020, "month": 12, "coarse": True},
    "rows-per-actor": {"theme": "mentoring"},
    "similar-activities": {"across": True},
    "target-series": {"theme": "mentoring", "year": 2021, "unit": "percent"},
    "theme-everywhere": {"wide": True},
    "what-falls-on-body": {"actor": "khorol-mo_blagodatnoe", "lang": "en"},
    "who-is-responsible": {"lang": "en", "roadmap": "khorol-mo-nms"},
}


@pytest.fixture(scope="session")
def second_engine(five_roadmaps: Snapshot) -> rdflib.Graph:
    """The default graph in rdflib, which evaluates SPARQL in its own way."""
    graph = rdflib.Graph()
    graph.parse(data=serialize(five_roadmaps.triples(), format=RdfFormat.N_TRIPLES), format="nt")
    return graph


def each(questions: list[Question]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("question", questions, ids=[question.id for question in questions])


@each(QUESTIONS)
def test_the_answer_to_the_defaults_is_the_golden_one(
    five_roadmaps: Snapshot, question: Question, golden: Callable[[Path, str], None]
) -> None:
    sink = io.BytesIO()
    five_roadmaps.answer(bind(question)).write(sink, QueryResultsFormat.CSV)

    golden(EXPECTED / f"{question.id}.csv", sink.getvalue().decode().replace("\r\n", "\n"))


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.csv")} == {question.id for question in QUESTIONS}


def lexical(term: object) -> str:
    """A term's text in a form that both engines reach: numbers by value, unbound and empty text alike."""
    if term is None:
        return ""
    text = str(getattr(term, "value", term)) if not isinstance(term, rdflib.term.Node) else str(term)
    datatype = str(getattr(term, "datatype", "") or "")
    if datatype.endswith(("#decimal", "#integer", "#double")):
        return format(float(text), "g")
    return text


def compare(snapshot: Snapshot, graph: rdflib.Graph, question: Question, values: dict[str, Value]) -> None:
    text = bind(question, values)
    table = snapshot.query(text)
    assert isinstance(table, Table)
    first: list[Row] = [tuple(map(lexical, row)) for row in table.rows]
    second: list[Row] = [tuple(map(lexical, row)) for row in graph.query(text)]  # type: ignore[arg-type]

    assert sorted(first) == sorted(second)


@each(QUESTIONS)
def test_both_engines_agree_on_the_defaults(
    five_roadmaps: Snapshot, second_engine: rdflib.Graph, question: Question
) -> None:
    compare(five_roadmaps, second_engine, question, {})


@each([question for question in QUESTIONS if question.id in VALUES])
def test_both_engines_agree_on_other_values(
    five_roadmaps: Snapshot, second_engine: rdflib.Graph, question: Question
) -> None:
    compare(five_roadmaps, second_engine, question, VALUES[question.id])
