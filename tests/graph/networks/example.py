"""
A small network whose figures were counted by hand.

Activities and who is named (roles in brackets), with dates:

    a1  institute (responsible), group of authorities (responsible)        2024-02-01 … 2025-03-31   theme m
    a2  institute (responsible), authority 1 (by agreement)                2024-05-01 … 2024-05-31   theme m
    a3  authority 1 (responsible), group of authorities (responsible)      no date                   theme q
    a4  school (responsible)                                               2026-01-01 … 2026-12-31   theme q
    a5  authority 2 (responsible), school (participant)                    2025-09-01 … 2025-09-01   themes m, q

The group has the members authority 1 and authority 2.  a1, a2 are of roadmap one (territory north, 2024–2025), a3, a4
and a5 of roadmap two (territory south, 2025–2026).
"""

from __future__ import annotations

from datetime import date

from graph.networks.facts import Activity, Actor, Facts, Name, Roadmap
from ontology.vocabulary import VEKHA

INSTITUTE, FIRST, SECOND, GROUP, SCHOOL = "x/institute", "x/first", "x/second", "x/group", "x/school"
REGION, MUNICIPALITY, SCHOOLS = "x/region", "x/municipality", "x/schools"
RESPONSIBLE, AGREEMENT, PARTICIPANT = "x/responsible", "x/by-agreement", "x/participant"
MENTORING, QUALITY = "x/mentoring", "x/quality"
ONE, TWO, NORTH, SOUTH = "x/one", "x/two", "x/north", "x/south"

_Roles = dict[str, frozenset[str]]


def _actor(name: str, kind: str, level: str) -> Actor:
    return Actor(Name(name, None), kind, frozenset({level}), frozenset({NORTH}))


def _responsible(*actors: str) -> _Roles:
    return dict.fromkeys(actors, frozenset({RESPONSIBLE}))


def _activity(label: str, roadmap: str, roles: _Roles, themes: set[str], *span: date) -> Activity:
    return Activity(label, roadmap, roles, frozenset(themes), ((span[0], span[1]),) if span else ())


FACTS = Facts(
    version=7,
    activities={
        "x/a1": _activity(
            "первое", ONE, _responsible(INSTITUTE, GROUP), {MENTORING}, date(2024, 2, 1), date(2025, 3, 31)
        ),
        "x/a2": _activity(
            "второе",
            ONE,
            _responsible(INSTITUTE) | {FIRST: frozenset({AGREEMENT})},
            {MENTORING},
            date(2024, 5, 1),
            date(2024, 5, 31),
        ),
        "x/a3": _activity("третье", TWO, _responsible(FIRST, GROUP), {QUALITY}),
        "x/a4": _activity("=четвёртое", TWO, _responsible(SCHOOL), {QUALITY}, date(2026, 1, 1), date(2026, 12, 31)),
        "x/a5": _activity(
            "пятое",
            TWO,
            _responsible(SECOND) | {SCHOOL: frozenset({PARTICIPANT})},
            {MENTORING, QUALITY},
            date(2025, 9, 1),
            date(2025, 9, 1),
        ),
    },
    actors={
        INSTITUTE: _actor("Институт", VEKHA.Body.value, REGION),
        FIRST: _actor("Управление 1", VEKHA.Body.value, MUNICIPALITY),
        SECOND: _actor("Управление 2", VEKHA.Body.value, MUNICIPALITY),
        GROUP: _actor("Управления", VEKHA.BodyGroup.value, MUNICIPALITY),
        SCHOOL: _actor("<b>Школа</b>", VEKHA.Body.value, SCHOOLS),
    },
    roadmaps={
        ONE: Roadmap(Name("Первая", "First"), frozenset(), frozenset({NORTH}), date(2024, 1, 1), date(2025, 12, 31)),
        TWO: Roadmap(Name("Вторая", None), frozenset(), frozenset({SOUTH}), date(2025, 1, 1), date(2026, 12, 31)),
    },
    members={GROUP: frozenset({FIRST, SECOND})},
    names={REGION: Name("региональный", "regional"), MENTORING: Name("наставничество", None)},
    ranks={REGION: 3, MUNICIPALITY: 5, SCHOOLS: 6},
)
