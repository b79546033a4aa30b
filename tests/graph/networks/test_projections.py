from __future__ import annotations

import networkx as nx
import pytest

from graph.networks.projections import (
    PROJECTIONS,
    Groups,
    Selection,
    activity_counts,
    bodies_and_activities,
    bodies_by_activity,
    bridged_levels,
    edges,
    levels,
    load_by_year,
    territories_by_theme,
)
from tests.graph.networks.example import (
    AGREEMENT,
    FACTS,
    FIRST,
    GROUP,
    INSTITUTE,
    MENTORING,
    MUNICIPALITY,
    NORTH,
    ONE,
    PARTICIPANT,
    QUALITY,
    REGION,
    RESPONSIBLE,
    SCHOOL,
    SCHOOLS,
    SECOND,
    SOUTH,
    TWO,
)


def _edges(network: nx.Graph[str]) -> dict[frozenset[str], int]:
    return {_pair(first, second): weight for first, second, weight in edges(network)}


def _pair(first: str, second: str) -> frozenset[str]:
    return frozenset({first, second})


def test_actors_as_named_are_tied_by_common_activities() -> None:
    network = bodies_by_activity(FACTS, Selection())
    # a3 names the group and its own member: no tie between the two.
    assert _edges(network) == {_pair(INSTITUTE, GROUP): 1, _pair(INSTITUTE, FIRST): 1, _pair(SECOND, SCHOOL): 1}
    assert activity_counts(network) == {FIRST: 2, GROUP: 2, INSTITUTE: 2, SCHOOL: 2, SECOND: 1}
    assert network.edges[INSTITUTE, FIRST]["activities"] == ("x/a2",)


def test_members_stand_for_their_group_and_count_once() -> None:
    network = bodies_by_activity(FACTS, Selection(groups="members"))
    assert _edges(network) == {
        _pair(INSTITUTE, FIRST): 2,  # a1 by the group, a2 by name
        _pair(INSTITUTE, SECOND): 1,
        _pair(FIRST, SECOND): 2,  # a1 and a3, where the first is named and meant: once
        _pair(SECOND, SCHOOL): 1,
    }
    assert activity_counts(network) == {FIRST: 3, SECOND: 3, INSTITUTE: 2, SCHOOL: 2}


def test_thin_edges_and_who_is_then_alone_are_left_out() -> None:
    network = bodies_by_activity(FACTS, Selection(groups="members", at_least=2))
    assert set(network) == {INSTITUTE, FIRST, SECOND}
    assert _edges(network) == {_pair(INSTITUTE, FIRST): 2, _pair(FIRST, SECOND): 2}


@pytest.mark.parametrize(
    ("selection", "activities"),
    [
        (Selection(), {"x/a1", "x/a2", "x/a3", "x/a4", "x/a5"}),
        (Selection(themes=frozenset({MENTORING})), {"x/a1", "x/a2", "x/a5"}),
        (Selection(roadmaps=frozenset({TWO})), {"x/a3", "x/a4", "x/a5"}),
        (Selection(territories=frozenset({NORTH})), {"x/a1", "x/a2"}),
        (Selection(roles=frozenset({AGREEMENT, PARTICIPANT})), {"x/a2", "x/a5"}),
        (Selection(levels=frozenset({SCHOOLS})), {"x/a4", "x/a5"}),
        (Selection(year=2024), {"x/a1", "x/a2"}),
        # a3 has no date; the period of its roadmap touches the year.
        (Selection(year=2025), {"x/a1", "x/a3", "x/a5"}),
        (Selection(year=2026), {"x/a3", "x/a4"}),
        (Selection(year=2030), set()),
    ],
)
def test_selections(selection: Selection, activities: set[str]) -> None:
    network = bodies_and_activities(FACTS, selection)
    assert {node for node in network if network.nodes[node]["kind"] == "activity"} == activities


def test_edges_to_activities_say_the_role() -> None:
    network = bodies_and_activities(FACTS, Selection())
    assert network.edges[FIRST, "x/a2"]["roles"] == (AGREEMENT,)
    members = bodies_and_activities(FACTS, Selection(groups="members"))
    assert members.edges[SECOND, "x/a1"]["roles"] == (RESPONSIBLE,)
    assert members.nodes["x/a1"]["label"] == {"ru": "первое", "en": "первое"}


def test_territories_are_tied_by_themes() -> None:
    network = territories_by_theme(FACTS, Selection())
    assert network.edges[NORTH, SOUTH]["themes"] == (MENTORING,)
    assert activity_counts(network) == {NORTH: 2, SOUTH: 3}
    assert _edges(territories_by_theme(FACTS, Selection(themes=frozenset({QUALITY})))) == {}


def test_levels_are_tied_by_activities() -> None:
    network = levels(FACTS, Selection())
    assert _edges(network) == {_pair(REGION, MUNICIPALITY): 2, _pair(MUNICIPALITY, SCHOOLS): 1}
    assert list(network) == [REGION, MUNICIPALITY, SCHOOLS]
    assert network.nodes[REGION]["label"] == {"ru": "региональный", "en": "regional"}


def test_who_bridges_the_levels() -> None:
    bridged = bridged_levels(FACTS, bodies_by_activity(FACTS, Selection()))
    assert bridged[SECOND] == {SCHOOLS}
    assert bridged[FIRST] == {REGION}
    assert bridged[GROUP] == {REGION}


def test_load_counts_printed_years() -> None:
    assert load_by_year(FACTS, Selection()) == {
        FIRST: {2024: 1},
        GROUP: {2024: 1, 2025: 1},
        INSTITUTE: {2024: 2, 2025: 1},
        SCHOOL: {2025: 1, 2026: 1},
        SECOND: {2025: 1},
    }
    assert load_by_year(FACTS, Selection(groups="members"))[SECOND] == {2024: 1, 2025: 2}


@pytest.mark.parametrize("groups", ["named", "members"])
@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_an_empty_selection_gives_an_empty_network(name: str, groups: Groups) -> None:
    network = PROJECTIONS[name](FACTS, Selection(roadmaps=frozenset({"x/none"}), groups=groups))
    assert len(network) == 0
    assert network.graph == {"projection": name, "version": 7}


def test_a_group_in_a_ring_ends() -> None:
    ring = FACTS.members[GROUP] | {GROUP}
    facts = type(FACTS)(
        **{name: getattr(FACTS, name) for name in ("version", "activities", "actors", "roadmaps", "names", "ranks")}
        | {"members": {GROUP: ring}}
    )
    assert facts.meant_by(GROUP) == {FIRST, SECOND}
    assert facts.meant_by(ONE) == {ONE}
