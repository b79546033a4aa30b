from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, parse

from ontology import FOLDER, scheme_files
from ontology.generation import read_terms
from ontology.iris import SCHEMES_NAMESPACE, concept

BROADER = NamedNode("http://www.w3.org/2004/02/skos/core#broader")
THEMES = (
    "mentoring young-teachers professional-development staffing methodical-service methodical-work networking "
    "regulation monitoring management information infrastructure contests low-result-schools education-quality fgos "
    "federal-programmes functional-literacy digital-environment additional-education gifted-children "
    "career-guidance best-practices deficit-diagnostics inclusion"
)
MENTORING = ("mentor-training", "mentor-contests", "mentor-registers", "mentoring-web-page", "mentoring-monitoring")


def identifiers(scheme: str) -> list[str]:
    namespace = f"{SCHEMES_NAMESPACE}{scheme}/"
    terms = read_terms([FOLDER / "schemes" / f"{scheme}.ttl"]).values()
    return [
        term.iri.removeprefix(namespace)
        for term in terms
        if term.iri.startswith(namespace) and any(kind.endswith("#Concept") for kind in term.types)
    ]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("level", "federal interregional region hub municipality school"),
        ("role", "responsible co-executor participant-or-organizer by-agreement"),
        ("basis", "text section document column context manual"),
        ("comparator", "exactly at-least at-most more-than less-than increase decrease"),
        ("status", "target actual baseline"),
        ("table-kind", "activities results indicators form other"),
        (
            "deadline-kind",
            "window due-by point-date recurrence continuous triggered by-external-schedule underspecified",
        ),
    ],
)
def test_the_scheme_holds_the_ids_of_the_extraction_format(scheme: str, expected: str) -> None:
    assert identifiers(scheme) == expected.split()


def test_the_themes_are_those_of_the_extraction_format_and_five_of_mentoring() -> None:
    assert len(THEMES.split()) == 25
    assert sorted(identifiers("theme")) == sorted([*THEMES.split(), *MENTORING])


def test_only_the_themes_of_mentoring_have_a_broader_one() -> None:
    narrower = {
        (quad.subject, quad.object) for path in scheme_files() for quad in parse(path=path) if quad.predicate == BROADER
    }
    assert narrower == {(concept("theme", name), concept("theme", "mentoring")) for name in MENTORING}


def test_the_levels_are_ranked_from_the_federal_one() -> None:
    ranks = {
        quad.subject: int(quad.object.value)
        for quad in parse(path=FOLDER / "schemes" / "level.ttl")
        if quad.predicate.value.endswith("#levelRank")
    }
    assert [ranks[concept("level", level)] for level in identifiers("level")] == [1, 2, 3, 4, 5, 6]


def test_the_files_are_named_like_their_schemes() -> None:
    for path in scheme_files():
        assert f"{SCHEMES_NAMESPACE}{path.stem}" in read_terms([path])
        assert identifiers(path.stem)
