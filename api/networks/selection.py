"""What a person selects for a network, in words: themes, levels, documents, years; as `graph.networks` takes it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from pyoxigraph import NamedNode

from graph.networks.projections import PROJECTIONS, Selection
from queries.prefixes import UnknownPrefixError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from api.knowledge import Knowledge
    from graph.networks.facts import Facts, Iri
    from queries.catalogue import Question
    from queries.prefixes import Prefixes

# The parameters that name things, with the prefix of their ids.
THINGS: Final = {"theme": "theme", "level": "level", "roadmap": "roadmap", "territory": "territory", "role": "role"}
# Parameters that say which part is looked at, and how.
VIEW: Final = ("focus", "steps", "expand", "communities", "top")
PARAMETERS: Final = (*THINGS, "year", "at-least", "groups", "answer", *VIEW)
MOST_STEPS: Final = 4
# What the ids of nodes may stand under, if they are given without a prefix.
_NODES: Final = ("body", "group", "post", "person", "provisional", "territory", "level", "activity")

Communities: TypeAlias = "frozenset[int] | Literal['open', 'closed']"


class NetworkParameterError(ValueError):
    """A value that a network does not take; `template` and `values` make the message."""

    def __init__(self, template: str, /, *, parameter: str, **values: object) -> None:
        self.parameter, self.template, self.values = parameter, template, {"parameter": parameter, **values}
        super().__init__(template.format(**self.values))


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A projection, what is selected for it, and which part of it is looked at.

    `focus` leaves what is at most `steps` ties away from these nodes, `top` so many of the most connected (0: all,
    None: as many as fit), `expand` adds the neighbours of these.  `communities` are drawn as one node each when
    closed; a set holds the numbers of those that are opened; None closes those of a large picture.
    """

    projection: str
    selection: Selection
    focus: tuple[Iri, ...] = ()
    steps: int = 1
    expand: tuple[Iri, ...] = ()
    top: int | None = None
    communities: Communities | None = None


def read_asked(
    knowledge: Knowledge,
    facts: Facts,
    projection: str,
    values: Mapping[str, Sequence[str]],
    things: frozenset[Iri] | None = None,
) -> Asked:
    """
    What the texts of an address or of options select; things by id, prefixed name or IRI.

    With `things`, those of an answer, the network is that of the activities among them, or, where there are none, of
    the actors.  The parameters of the question of `answer` are its own.

    Raises:
        NetworkParameterError: A projection, a parameter or a thing that nobody knows, or a number that is none.
    """
    if projection not in PROJECTIONS:
        raise NetworkParameterError(
            "There is no network «{name}»; there are {names}",
            parameter="projection",
            name=projection,
            names=", ".join(PROJECTIONS),
        )
    question = asked_question(knowledge, values)
    own = set(question.parameters) if question else set()
    unknown = next((name for name in values if name not in PARAMETERS and name not in own), None)
    if unknown is not None:
        raise NetworkParameterError(
            "A network takes no «{name}»; it takes {names}",
            parameter=unknown,
            name=unknown,
            names=", ".join(PARAMETERS),
        )
    answered = None if things is None else _Answered.among(things, facts)
    known = known_things(facts)
    selected = {
        name: frozenset(_thing(knowledge, known[name], name, text) for text in values.get(name, ()) if text)
        for name in THINGS
        if name not in own
    }
    groups = _first(values, "groups") or "named"
    if groups not in {"named", "members"}:
        raise NetworkParameterError("«groups» is named or members, not «{value}»", parameter="groups", value=groups)
    focus = tuple(_node(knowledge, facts, "focus", text) for text in values.get("focus", ()) if text)
    steps = _number("steps", values, 0, MOST_STEPS)
    if answered and not answered.activities and not focus:
        focus, steps = answered.actors, 0
    return Asked(
        projection,
        Selection(
            activities=answered.activities if answered and (answered.activities or not answered.actors) else None,
            levels=selected.get("level", frozenset()),
            themes=selected.get("theme", frozenset()),
            roadmaps=selected.get("roadmap", frozenset()),
            territories=selected.get("territory", frozenset()),
            roles=selected.get("role", frozenset()),
            year=None if "year" in own else _number("year", values, 1900, 2200),
            at_least=_number("at-least", values, 1, 10_000) or 1,
            groups="members" if groups == "members" else "named",
        ),
        focus=focus,
        steps=1 if steps is None else steps,
        expand=tuple(_node(knowledge, facts, "expand", text) for text in values.get("expand", ()) if text),
        top=_number("top", values, 0, 100_000),
        communities=_communities(values),
    )


@dataclass(frozen=True, slots=True)
class _Answered:
    """The activities and the actors that stand in an answer."""

    activities: frozenset[Iri]
    actors: tuple[Iri, ...]

    @classmethod
    def among(cls, things: frozenset[Iri], facts: Facts) -> _Answered:
        return cls(frozenset(things & facts.activities.keys()), tuple(sorted(things & facts.actors.keys())))


def asked_question(knowledge: Knowledge, values: Mapping[str, Sequence[str]]) -> Question | None:
    """
    The question of the parameter `answer`; None without one.

    Raises:
        NetworkParameterError: If there is no such question.
    """
    name = _first(values, "answer")
    if not name:
        return None
    listed = {question.id: question for question in knowledge.catalogue.listed()}
    if name not in listed:
        raise NetworkParameterError(
            "There is no question «{name}»; there are {names}",
            parameter="answer",
            name=name,
            names=", ".join(get_close_matches(name, listed, 5, 0.3) or list(listed)[:5]),
        )
    return listed[name]


def _communities(values: Mapping[str, Sequence[str]]) -> Communities | None:
    given = [text for text in values.get("communities", ()) if text]
    if not given:
        return None
    for word in ("open", "closed"):
        if given == [word]:
            return word
    wrong = next((text for text in given if not (text.isascii() and text.isdigit() and len(text) < 6)), None)
    if wrong is not None:
        raise NetworkParameterError(
            "«communities» is open, closed, or the numbers of those that are opened, not «{value}»",
            parameter="communities",
            value=wrong,
        )
    return frozenset(map(int, given))


def _first(values: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(values.get(name, ())), "").strip()


def known_things(facts: Facts) -> dict[str, set[Iri]]:
    """The things of each kind that a selection may name."""
    activities, actors = facts.activities.values(), facts.actors.values()
    return {
        "theme": {theme for activity in activities for theme in activity.themes},
        "level": {level for actor in actors for level in actor.levels},
        "roadmap": set(facts.roadmaps),
        "territory": {territory for roadmap in facts.roadmaps.values() for territory in roadmap.territories},
        "role": {role for activity in activities for roles in activity.roles.values() for role in roles},
    }


def short_id(knowledge: Knowledge, name: str, thing: Iri) -> str:
    """How a thing is written as a value of the parameter `name`: its id, else its IRI."""
    namespace = knowledge.catalogue.prefixes.namespaces[THINGS[name]]
    return thing.removeprefix(namespace) if thing.startswith(namespace) else thing


def short_name(prefixes: Prefixes, node: Iri) -> str:
    """How a node is written as a value of `focus`: as a prefixed name, else as its IRI."""
    return prefixes.shorten(node) or node


def _node(knowledge: Knowledge, facts: Facts, name: str, text: str) -> Iri:
    prefixes = knowledge.catalogue.prefixes
    try:
        expanded = prefixes.expand(text)
    except UnknownPrefixError:
        expanded = None
    candidates = [text, expanded.value if isinstance(expanded, NamedNode) else ""]
    candidates += [prefixes.namespaces[prefix] + text for prefix in _NODES if prefix in prefixes.namespaces]
    territories = known_things(facts)["territory"]
    known = (facts.actors, facts.activities, territories, facts.ranks)
    found = next((iri for iri in candidates for things in known if iri in things), None)
    if found is not None:
        return found
    near = get_close_matches(text.rsplit(":", 1)[-1], (iri.rsplit("/", 1)[-1] for iri in facts.actors), 5)
    raise NetworkParameterError(
        "No network knows the node «{value}»; alike are {names}",
        parameter=name,
        value=text,
        names=", ".join(near) or "–",
    )


def _thing(knowledge: Knowledge, known: Collection[Iri], name: str, text: str) -> Iri:
    prefixes = knowledge.catalogue.prefixes
    try:
        expanded = prefixes.expand(text)
    except UnknownPrefixError:
        expanded = None
    candidates = (text, expanded.value if isinstance(expanded, NamedNode) else "", prefixes.namespaces[name] + text)
    found = next((iri for iri in candidates if iri in known), None)
    if found is not None:
        return found
    ids = sorted(short_id(knowledge, name, iri) for iri in known)
    raise NetworkParameterError(
        "The data know no {parameter} «{value}»; there are {names}",
        parameter=name,
        value=text,
        names=", ".join(get_close_matches(text, ids, 5) or ids[:10]),
    )


def _number(name: str, values: Mapping[str, Sequence[str]], least: int, most: int) -> int | None:
    text = _first(values, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise NetworkParameterError(
            "«{name}» is a whole number from {least} to {most}, not «{value}»",
            parameter=name,
            name=name,
            least=least,
            most=most,
            value=text,
        )
    return int(text)
