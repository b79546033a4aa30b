"""What a person selects for a network, in words: themes, levels, documents, years; as `graph.networks` takes it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from graph.networks.projections import PROJECTIONS, Selection
from queries.prefixes import UnknownPrefixError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from api.knowledge import Knowledge
    from graph.networks.facts import Facts, Iri

# The parameters that name things, with the prefix of their ids.
THINGS: Final = {"theme": "theme", "level": "level", "roadmap": "roadmap", "territory": "territory", "role": "role"}
PARAMETERS: Final = (*THINGS, "year", "at-least", "groups", "top")


class NetworkParameterError(ValueError):
    """A value that a network does not take; `template` and `values` make the message."""

    def __init__(self, template: str, /, *, parameter: str, **values: object) -> None:
        self.parameter, self.template, self.values = parameter, template, {"parameter": parameter, **values}
        super().__init__(template.format(**self.values))


@dataclass(frozen=True, slots=True)
class Asked:
    """A projection, what is selected for it, and how many of the most connected nodes are wanted (0: all)."""

    projection: str
    selection: Selection
    top: int


def read_asked(
    knowledge: Knowledge, facts: Facts, projection: str, values: Mapping[str, Sequence[str]], *, top: int = 0
) -> Asked:
    """
    What the texts of an address or of options select; things by id, prefixed name or IRI.

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
    unknown = next((name for name in values if name not in PARAMETERS), None)
    if unknown is not None:
        raise NetworkParameterError(
            "A network takes no «{name}»; it takes {names}",
            parameter=unknown,
            name=unknown,
            names=", ".join(PARAMETERS),
        )
    known = known_things(facts)
    things = {
        name: frozenset(_thing(knowledge, known[name], name, text) for text in values.get(name, ()) if text)
        for name in THINGS
    }
    groups = next(iter(values.get("groups", ())), "") or "named"
    if groups not in {"named", "members"}:
        raise NetworkParameterError("«groups» is named or members, not «{value}»", parameter="groups", value=groups)
    year = _number("year", values, 1900, 2200)
    return Asked(
        projection,
        Selection(
            levels=things["level"],
            themes=things["theme"],
            roadmaps=things["roadmap"],
            territories=things["territory"],
            roles=things["role"],
            year=year,
            at_least=_number("at-least", values, 1, 10_000) or 1,
            groups="members" if groups == "members" else "named",
        ),
        top if (found := _number("top", values, 0, 100_000)) is None else found,
    )


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
    text = next(iter(values.get(name, ())), "").strip()
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
