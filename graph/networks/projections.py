"""
Projections of the knowledge graph to networks, each a function from facts and a selection to a networkx graph.

Nodes are IRIs with the attributes `label` (by language), `kind` (`actor`, `activity`, `level`, `territory`), `class`,
`level`, `territory`, `activities` (how many activities of the selection it has) and `of` (which these are).  Edges
have `weight`, a number of distinct activities (of themes between territories), and `activities` or `themes`, the sorted
IRIs behind it, so that a drawing can say why two nodes are tied.  Graphs are undirected, without loops, in an order
that depends on the data.

A group and its members are never counted twice: as named, a group and its own member are not tied to each other by
an activity that names both; with `members`, a group is replaced by the members it stands for, each once an activity.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.networks.facts import Activity, Facts, Iri

    Network: TypeAlias = nx.Graph[Iri]

Groups: TypeAlias = Literal["named", "members"]


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Which activities and actors a network is drawn from; empty sets select everything.

    `activities` leaves only these, if they are given: those of an answer, for example.
    `levels` selects actors, all others select activities: `themes` by any of these, broader ones included; `roles`
    counts only who is named in one of them; `year` takes activities with a printed date in it, and those without
    any date whose roadmap's period touches it.  `at_least` leaves out thinner edges, and who has no edge then.
    """

    activities: frozenset[Iri] | None = None
    levels: frozenset[Iri] = frozenset()
    themes: frozenset[Iri] = frozenset()
    roadmaps: frozenset[Iri] = frozenset()
    territories: frozenset[Iri] = frozenset()
    roles: frozenset[Iri] = frozenset()
    year: int | None = None
    at_least: int = 1
    groups: Groups = "named"


def bodies_by_activity(facts: Facts, selection: Selection) -> Network:
    """Actors, tied by the activities for which both are named (question Q40 of the ontology study)."""
    shared: defaultdict[tuple[Iri, Iri], list[Iri]] = defaultdict(list)
    count: defaultdict[Iri, list[Iri]] = defaultdict(list)
    for activity, actors in _selected(facts, selection):
        for actor in actors:
            count[actor].append(activity)
        for pair in combinations(actors, 2):
            if not _stands_for(facts, *pair):
                shared[pair].append(activity)
    network = _network("bodies-by-activity", facts)
    for actor in sorted(count):
        _add_actor(network, facts, actor, count[actor])
    for (first, second), activities in sorted(shared.items()):
        network.add_edge(first, second, weight=len(activities), activities=tuple(activities))
    return _thinned(network, selection.at_least)


def bodies_and_activities(facts: Facts, selection: Selection) -> Network:
    """Actors and activities, tied where the actor is named for the activity; an edge's `roles` say in which roles."""
    network = _network("bodies-and-activities", facts)
    count: defaultdict[Iri, list[Iri]] = defaultdict(list)
    chosen = list(_selected(facts, selection))
    for activity, actors in chosen:
        for actor in actors:
            count[actor].append(activity)
    for actor, activities in sorted(count.items()):
        _add_actor(network, facts, actor, activities)
    for activity, actors in chosen:
        known = facts.activities[activity]
        label = {"ru": known.label, "en": known.label}
        network.add_node(
            activity, label=label, kind="activity", roadmap=known.roadmap, activities=1, of=frozenset({activity})
        )
        for actor in actors:
            roles = sorted(_roles(facts, known, actor, selection))
            network.add_edge(actor, activity, weight=1, activities=(activity,), roles=tuple(roles))
    return network


def territories_by_theme(facts: Facts, selection: Selection) -> Network:
    """Territories of roadmaps, tied by the themes that activities of both have; the weight counts themes."""
    themes: defaultdict[Iri, set[Iri]] = defaultdict(set)
    count: defaultdict[Iri, set[Iri]] = defaultdict(set)
    for activity in _activities(facts, selection):
        known = facts.activities[activity]
        roadmap = facts.roadmaps.get(known.roadmap)
        for territory in roadmap.territories if roadmap else ():
            themes[territory] |= known.themes & selection.themes if selection.themes else known.themes
            count[territory].add(activity)
    network = _network("territories-by-theme", facts)
    for territory in sorted(count):
        network.add_node(
            territory,
            label=_label(facts, territory),
            kind="territory",
            themes=tuple(sorted(themes[territory])),
            activities=len(count[territory]),
            of=frozenset(count[territory]),
        )
    for first, second in combinations(sorted(count), 2):
        common = themes[first] & themes[second]
        if common:
            network.add_edge(first, second, weight=len(common), themes=tuple(sorted(common)))
    return _thinned(network, selection.at_least)


def levels(facts: Facts, selection: Selection) -> Network:
    """Levels of government, tied by the activities for which actors of both are named: who bridges the levels."""
    together: defaultdict[tuple[Iri, Iri], list[Iri]] = defaultdict(list)
    count: defaultdict[Iri, list[Iri]] = defaultdict(list)
    for activity, actors in _selected(facts, selection):
        found = {level for actor in actors for level in facts.actors[actor].levels}
        for level in found:
            count[level].append(activity)
        for pair in combinations(sorted(found), 2):
            together[pair].append(activity)
    network = _network("levels", facts)
    for level in sorted(count, key=lambda one: (facts.ranks.get(one, 99), one)):
        network.add_node(
            level, label=_label(facts, level), kind="level", activities=len(count[level]), of=frozenset(count[level])
        )
    for (first, second), activities in sorted(together.items()):
        network.add_edge(first, second, weight=len(activities), activities=tuple(activities))
    return _thinned(network, selection.at_least)


PROJECTIONS: Final[Mapping[str, Callable[[Facts, Selection], Network]]] = {
    "bodies-by-activity": bodies_by_activity,
    "bodies-and-activities": bodies_and_activities,
    "territories-by-theme": territories_by_theme,
    "levels": levels,
}


def edges(network: Network) -> list[tuple[Iri, Iri, int]]:
    """Both ends and the weight of every edge, in the order of the network."""
    return [(first, second, data["weight"]) for first, second, data in network.edges(data=True)]


def weighted_degrees(network: Network) -> dict[Iri, int]:
    """The sum of the weights of each node's edges."""
    return {node: sum(data["weight"] for data in around.values()) for node, around in network.adjacency()}


def activity_counts(network: Network) -> dict[Iri, int]:
    """How many activities of the selection each node has."""
    return {node: data["activities"] for node, data in network.nodes(data=True)}


def years_of(facts: Facts) -> list[int]:
    """The years in which some activity has a printed date or some roadmap runs, in order."""
    spans = [span for activity in facts.activities.values() for span in activity.spans]
    spans += [(roadmap.start, roadmap.end) for roadmap in facts.roadmaps.values() if roadmap.start and roadmap.end]
    return sorted({year for start, end in spans for year in range(start.year, end.year + 1)})


def load_by_year(facts: Facts, selection: Selection) -> dict[Iri, dict[int, int]]:
    """
    How many activities each actor has in each year: those with a printed date in it.

    An activity that runs over several years counts in each of them; one without a date counts in none.
    """
    load: defaultdict[Iri, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for activity, actors in _selected(facts, selection):
        spans = facts.activities[activity].spans
        years = {year for start, end in spans for year in range(start.year, end.year + 1)}
        for actor in actors:
            for year in years:
                load[actor][year] += 1
    return {actor: dict(sorted(years.items())) for actor, years in sorted(load.items())}


def bridged_levels(facts: Facts, network: Network) -> dict[Iri, frozenset[Iri]]:
    """For each actor of the network the levels of its neighbours that are not its own: who bridges the levels."""
    bridged = {}
    for node in network:
        if node in facts.actors:
            own = facts.actors[node].levels
            around = {level for other in network[node] if other in facts.actors for level in facts.actors[other].levels}
            bridged[node] = frozenset(around - own) if own else frozenset()
    return bridged


def _activities(facts: Facts, selection: Selection) -> Iterable[Iri]:
    for iri, activity in facts.activities.items():
        roadmap = facts.roadmaps.get(activity.roadmap)
        if (
            (selection.activities is None or iri in selection.activities)
            and (not selection.roadmaps or activity.roadmap in selection.roadmaps)
            and (not selection.themes or activity.themes & selection.themes)
            and (not selection.territories or (roadmap is not None and roadmap.territories & selection.territories))
            and (selection.year is None or _touches(facts, activity, selection.year))
        ):
            yield iri


def _selected(facts: Facts, selection: Selection) -> Iterable[tuple[Iri, list[Iri]]]:
    """Activities of the selection with their actors, sorted; groups as the selection wants them."""
    for iri in _activities(facts, selection):
        named = [
            actor
            for actor, roles in facts.activities[iri].roles.items()
            if actor in facts.actors and (not selection.roles or roles & selection.roles)
        ]
        if selection.groups == "members":
            named = [actor for one in named for actor in facts.meant_by(one) if actor in facts.actors]
        if selection.levels:
            named = [actor for actor in named if facts.actors[actor].levels & selection.levels]
        if named:
            yield iri, sorted(set(named))


def _touches(facts: Facts, activity: Activity, year: int) -> bool:
    if activity.spans:
        return any(start.year <= year <= end.year for start, end in activity.spans)
    roadmap = facts.roadmaps.get(activity.roadmap)
    if roadmap is None or (roadmap.start is None and roadmap.end is None):
        return False
    return (roadmap.start or date.min).year <= year <= (roadmap.end or date.max).year


def _roles(facts: Facts, activity: Activity, actor: Iri, selection: Selection) -> frozenset[Iri]:
    """The roles, of those selected, in which the actor is named for the activity, or a group that it is meant by."""
    if selection.groups == "named":
        found = activity.roles[actor]
    else:
        meant = (roles for named, roles in activity.roles.items() if named == actor or actor in facts.meant_by(named))
        found = frozenset().union(*meant)
    return found & selection.roles if selection.roles else found


def _stands_for(facts: Facts, first: Iri, second: Iri) -> bool:
    """Whether one of the two is a group and the other one belongs to it."""
    return second in _members(facts, first) or first in _members(facts, second)


def _members(facts: Facts, actor: Iri) -> set[Iri]:
    if not facts.actors[actor].is_group:
        return set()
    seen: set[Iri] = set()
    waiting = list(facts.members.get(actor, ()))
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            known = facts.actors.get(one)
            waiting += facts.members.get(one, ()) if known is not None and known.is_group else ()
    return seen


def _network(projection: str, facts: Facts) -> Network:
    return nx.Graph(projection=projection, version=facts.version)


def _add_actor(network: Network, facts: Facts, actor: Iri, activities: Sequence[Iri]) -> None:
    known = facts.actors[actor]
    network.add_node(
        actor,
        label=_label(facts, actor),
        kind="actor",
        **{"class": known.kind or ""},
        level=_highest(facts, known.levels),
        territory=min(known.territories, default=""),
        activities=len(activities),
        of=frozenset(activities),
    )


def _label(facts: Facts, thing: Iri) -> dict[str, str]:
    return {language: facts.name(thing, language) for language in ("ru", "en")}


def _highest(facts: Facts, found: frozenset[Iri]) -> Iri:
    return min(found, key=lambda level: (facts.ranks.get(level, 99), level), default="")


def _thinned(network: Network, at_least: int) -> Network:
    if at_least > 1:
        network.remove_edges_from([(first, second) for first, second, weight in edges(network) if weight < at_least])
        network.remove_nodes_from([node for node in list(network) if not network[node]])
    return network
