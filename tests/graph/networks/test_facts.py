"""Networks of the five roadmaps, against figures of the hand-checked rows and of the ready questions."""

from __future__ import annotations

import pytest

from graph.networks.facts import Facts, read_facts
from graph.networks.projections import (
    Selection,
    activity_counts,
    bodies_by_activity,
    edges,
    levels,
    territories_by_theme,
)
from graph.results import Table
from graph.snapshots import Snapshot

BODY = "https://w3id.org/vekha/id/body/"
THEME = "https://w3id.org/vekha/scheme/theme/"


@pytest.fixture(scope="module")
def facts(five_roadmaps: Snapshot) -> Facts:
    return read_facts(five_roadmaps)


def test_all_activities_and_actors_are_there(facts: Facts) -> None:
    assert len(facts.activities) == 149
    assert len(facts.roadmaps) == 5
    assert facts.actors[f"{BODY}tomsk-obl_toipkro"].name.in_language("ru") == (
        "Томский областной институт повышения квалификации и переподготовки работников образования"
    )
    # One of the 149 rows names nobody.
    assert sum(not activity.roles for activity in facts.activities.values()) == 1


def test_pairs_are_those_of_a_plain_query(five_roadmaps: Snapshot, facts: Facts) -> None:
    answer = five_roadmaps.query(
        "PREFIX vekha: <https://w3id.org/vekha/ns#> SELECT ?a ?b (COUNT(DISTINCT ?x) AS ?n) "
        "{ ?x a vekha:Activity ; vekha:actor ?a, ?b FILTER(STR(?a) < STR(?b)) } GROUP BY ?a ?b"
    )
    assert isinstance(answer, Table)
    asked = {
        (first.value, second.value): int(count.value)  # type: ignore[union-attr]
        for first, second, count in answer.rows
    }
    network = bodies_by_activity(facts, Selection())
    drawn = {tuple(sorted((first, second))): weight for first, second, weight in edges(network)}
    # A group is not tied to its own members.
    assert drawn.items() <= asked.items()
    assert all(
        second in facts.meant_by(first) or first in facts.meant_by(second) or facts.actors[first].is_group
        for first, second in asked.keys() - drawn.keys()
    )


def test_a_school_has_its_own_activities_and_those_of_its_groups(facts: Facts) -> None:
    # Q7 of the ontology study: 38 rows, its groups included.
    members = bodies_by_activity(facts, Selection(groups="members"))
    assert activity_counts(members)[f"{BODY}khorol-mo_blagodatnoe"] == 38


def test_mentoring_ties_territories(facts: Facts) -> None:
    network = territories_by_theme(facts, Selection(themes=frozenset({f"{THEME}mentoring"})))
    # Four documents, two of them of one region.
    assert len(network) == 3
    assert all(edge["themes"] == (f"{THEME}mentoring",) for *_, edge in network.edges(data=True))


def test_three_levels_meet(facts: Facts) -> None:
    network = levels(facts, Selection())
    assert [node.rsplit("/", 1)[-1] for node in network] == ["region", "municipality", "school"]
