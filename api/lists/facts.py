"""What the list pages show and select by, read once for each data version: traits of things, units, labels."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeAlias

from api.lists.facets import Unit
from api.lists.namesakes import told_apart
from api.site import held
from ontology.iris import HOME
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.requests import Request

    from api.knowledge import Knowledge

Traits: TypeAlias = "Mapping[str, Mapping[str, tuple[str, ...]]]"

# Classes that say what kind of actor one is, the narrower first.
ACTOR_TYPES: Final = tuple(
    term.value
    for term in (
        VEKHA.ProvisionalActor,
        VEKHA.Hub,
        VEKHA.BodyGroup,
        VEKHA.PostGroup,
        VEKHA.PersonGroup,
        VEKHA.Person,
        VEKHA.Post,
        VEKHA.Body,
    )
)
_KEPT: Final = 2
_THEMES: Final = f"{HOME}scheme/theme/"
_NONE: Final[tuple[str, ...]] = ()


@dataclass(frozen=True)
class ListedFacts:
    """
    The traits of things of one data version.

    Each table gives, for an IRI and the name of a trait, its values as texts: IRIs, years, printed words.
    """

    version: int
    activities: Traits
    actors: Traits
    indicators: Traits
    roadmaps: Traits
    above: Traits
    # Activity, actor and role, in the order of the cells.
    assignments: tuple[tuple[str, str, str], ...]

    @cached_property
    def actors_of(self) -> Mapping[str, tuple[str, ...]]:
        """The actors of each activity, in the order of the cell."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for activity, actor, _role in self.assignments:
            found[activity][actor] = None
        return {activity: tuple(actors) for activity, actors in found.items()}

    @cached_property
    def activity_values(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """What each activity is selected by, its document's level and territory included; in printed order."""
        found: dict[str, dict[str, frozenset[str]]] = {}
        for activity, traits in sorted(self.activities.items(), key=lambda item: _printed_order(item[1])):
            roadmaps = traits.get("roadmap", _NONE)
            found[activity] = {
                "theme": frozenset(traits.get("theme", _NONE)),
                "roadmap": frozenset(roadmaps),
                "level": self._of_roadmaps(roadmaps, "level"),
                "territory": self._of_roadmaps(roadmaps, "territory"),
                "actor": frozenset(self.actors_of.get(activity, _NONE)),
                "year": frozenset(year for years in traits.get("years", _NONE) for year in _each_year(years)),
                "deadline": frozenset(traits.get("deadline", _NONE)),
                "mark": frozenset(traits.get("mark", _NONE)),
            }
        return found

    @cached_property
    def indicators_of(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """The indicators of each theme and of each document, under «theme» and «roadmap»."""
        found: dict[str, dict[str, set[str]]] = {"theme": defaultdict(set), "roadmap": defaultdict(set)}
        for indicator, traits in self.indicators.items():
            for trait, sets in found.items():
                for value in traits.get(trait, _NONE):
                    sets[value].add(indicator)
        return {trait: {value: frozenset(ones) for value, ones in sets.items()} for trait, sets in found.items()}

    def type_of(self, actor: str) -> str | None:
        """The narrowest class of an actor that people tell apart."""
        types = self.actors.get(actor, {}).get("type", _NONE)
        return next((one for one in ACTOR_TYPES if one in types), None)

    @cached_property
    def units(self) -> Mapping[str, tuple[Unit, ...]]:
        """The units of each list, by the name of its page."""
        return {
            "activities": tuple(Unit(activity, values, activity) for activity, values in self.activity_values.items()),
            "bodies": tuple(self._bodies()),
            "themes": tuple(self._themes()),
            "indicators": tuple(self._indicators()),
            "territories": tuple(self._territories()),
            "roadmaps": tuple(self._roadmaps()),
        }

    def _of_roadmaps(self, roadmaps: tuple[str, ...], trait: str) -> frozenset[str]:
        return frozenset(value for one in roadmaps for value in self.roadmaps.get(one, {}).get(trait, _NONE))

    def _bodies(self) -> Iterator[Unit]:
        for activity, actor, role in self.assignments:
            traits, values = self.actors.get(actor, {}), self.activity_values[activity]
            kind = self.type_of(actor)
            yield Unit(
                actor,
                {
                    "type": frozenset({kind} if kind else ()),
                    "kind": frozenset(traits.get("kind", _NONE)),
                    "level": frozenset(traits.get("own-level", _NONE)),
                    "territory": frozenset(traits.get("place", _NONE)),
                    "role": frozenset({role}),
                    **{name: values[name] for name in ("theme", "roadmap", "year")},
                },
                activity,
            )

    def _themes(self) -> Iterator[Unit]:
        met = {theme for values in self.activity_values.values() for theme in values["theme"]}
        for theme, traits in self.above.items():
            if theme.startswith(_THEMES) and theme not in met:
                yield Unit(theme, {"broader": frozenset(traits.get("broader", _NONE))})
        for activity, values in self.activity_values.items():
            for theme in values["theme"]:
                broader = frozenset(self.above.get(theme, {}).get("broader", _NONE))
                own = {name: values[name] for name in ("roadmap", "level", "territory", "year")}
                yield Unit(theme, {"broader": broader, **own}, activity)

    def _indicators(self) -> Iterator[Unit]:
        for indicator, traits in self.indicators.items():
            roadmaps = traits.get("roadmap", _NONE)
            yield Unit(
                indicator,
                {
                    **{name: frozenset(traits.get(name, _NONE)) for name in ("theme", "unit", "year")},
                    "roadmap": frozenset(roadmaps),
                    "level": self._of_roadmaps(roadmaps, "level"),
                    "territory": self._of_roadmaps(roadmaps, "territory"),
                },
                indicator,
            )

    def _territories(self) -> Iterator[Unit]:
        met = {territory for values in self.activity_values.values() for territory in values["territory"]}
        places = {place for traits in self.actors.values() for place in traits.get("place", _NONE)}
        for territory in sorted(places - met):
            yield Unit(territory, {"within": self._within(territory)})
        for activity, values in self.activity_values.items():
            for territory in values["territory"]:
                own = {name: values[name] for name in ("theme", "roadmap", "level", "year")}
                yield Unit(territory, {"within": self._within(territory), **own}, activity)

    def _within(self, territory: str) -> frozenset[str]:
        return frozenset(self.above.get(territory, {}).get("within", _NONE))

    def _roadmaps(self) -> Iterator[Unit]:
        by_roadmap: dict[str, list[str]] = defaultdict(list)
        for activity, values in self.activity_values.items():
            for roadmap in values["roadmap"]:
                by_roadmap[roadmap].append(activity)
        for roadmap, traits in self.roadmaps.items():
            period = f"{_year(traits.get('start', _NONE))}/{_year(traits.get('end', _NONE))}"
            own = {
                "level": frozenset(traits.get("level", _NONE)),
                "territory": frozenset(traits.get("territory", _NONE)),
                "year": frozenset(_each_year(period)),
            }
            if not by_roadmap[roadmap]:
                yield Unit(roadmap, own)
            for activity in by_roadmap[roadmap]:
                values = self.activity_values[activity]
                yield Unit(roadmap, {**own, "theme": values["theme"], "actor": values["actor"]}, activity)


class ListedFactsCache:
    """The facts of the newest data versions, and their labels in each language.  Safe in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._facts: OrderedDict[int, ListedFacts] = OrderedDict()
        self._labels: OrderedDict[tuple[int, str], Mapping[str, str]] = OrderedDict()

    def facts(self, knowledge: Knowledge) -> ListedFacts:
        """The facts of this data version; who asks while they are read waits."""
        with self._lock:
            if knowledge.version not in self._facts:
                self._facts[knowledge.version] = read_facts(knowledge)
                while len(self._facts) > _KEPT:
                    self._facts.popitem(last=False)
            return self._facts[knowledge.version]

    def labels(self, knowledge: Knowledge, language: str) -> Mapping[str, str]:
        """
        How things are called in the language, in Russian where it has no word; persons only if they are shown.

        Territories of one name are told apart.
        """
        key, above = (knowledge.version, language), self.facts(knowledge).above
        with self._lock:
            if key not in self._labels:
                rows = knowledge.records("listed-labels", language)
                self._labels[key] = told_apart({str(row["thing"]): str(row["label"]) for row in rows}, above)
                while len(self._labels) > 2 * _KEPT:
                    self._labels.popitem(last=False)
            return self._labels[key]


def lists_of(request: Request) -> ListedFactsCache:
    """The facts of lists that the application of this request keeps."""
    return held(request, "lists", ListedFactsCache)


def read_facts(knowledge: Knowledge) -> ListedFacts:
    """The facts of a data version; they do not depend on a language."""
    # A plain sort here: ORDER BY over terms costs the engine more than the answer itself.
    assignments = sorted(
        knowledge.records("listed-assignments", "ru"), key=lambda row: (str(row["activity"]), int(row["order"] or 0))
    )
    return ListedFacts(
        knowledge.version,
        _traits(knowledge, "listed-activities"),
        _traits(knowledge, "listed-actors"),
        _traits(knowledge, "listed-indicators"),
        _traits(knowledge, "listed-roadmaps"),
        _traits(knowledge, "listed-places"),
        tuple(dict.fromkeys((str(row["activity"]), str(row["actor"]), str(row["role"])) for row in assignments)),
    )


def _traits(knowledge: Knowledge, question: str) -> Traits:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for thing, trait, value in knowledge.table(question, "ru").rows:
        assert thing is not None
        assert trait is not None
        assert value is not None
        found[thing.value][trait.value].append(value.value)  # type: ignore[union-attr]  # no triple terms here
    return {thing: {trait: tuple(values) for trait, values in traits.items()} for thing, traits in found.items()}


def _printed_order(traits: Mapping[str, tuple[str, ...]]) -> tuple[str, int]:
    return (next(iter(traits.get("roadmap", _NONE)), ""), int(next(iter(traits.get("order", _NONE)), 0)))


def _each_year(years: str) -> list[str]:
    """The years of «2021/2024»; of a span of more than a century only its ends."""
    first, _, last = years.partition("/")
    if not (first.isdigit() and last.isdigit()):
        return [year for year in (first, last) if year.isdigit()]
    if not 0 <= int(last) - int(first) <= 100:
        return sorted({first, last})
    return [str(year) for year in range(int(first), int(last) + 1)]


def _year(dates: tuple[str, ...]) -> str:
    return dates[0][:4] if dates else ""
