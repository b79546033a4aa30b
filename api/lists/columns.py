"""The rows of the lists: for each list its columns, how they are filled and what they sort by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api.language import alphabetical
from api.lists.selection import ACTIVITY_FACETS, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.knowledge import Knowledge
    from api.language import Language
    from api.links import Links
    from api.lists.facts import ListedFacts
    from api.lists.selection import Asked
    from api.questions.answers import Value

_FEW: Final = 1
_LONG: Final = 60
# Characters of a text that a list shows; all of it stands on the page of the thing, and in CSV.
_CUT: Final = 80
_CUT_ASIDE: Final = 36
# The list that shows what the numbers of a column count, and the facet that narrows it to one thing of a list.
_LIST_OF: Final = {"activities": "activities", "indicators": "indicators", "documents": "roadmaps", "actors": "bodies"}
_FACET_OF: Final = {"roadmaps": "roadmap", "bodies": "actor", "themes": "theme", "territories": "territory"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the name that the address sorts by; `title` is a message id."""

    name: str
    title: str
    numeric: bool = False


_NAME = Column("name", "Name")
_DOCUMENT = Column("document", "Document")
_LEVEL = Column("level", "Level")
_TERRITORY = Column("territory", "Territory")
_DOCUMENTS = Column("documents", "Documents", numeric=True)
_ACTIVITIES = Column("activities", "Activities", numeric=True)
_INDICATORS = Column("indicators", "Indicators", numeric=True)
_ACTORS = Column("actors", "Actors", numeric=True)
COLUMNS: Final = {
    "roadmaps": (_NAME, _LEVEL, _TERRITORY, Column("period", "Period"), _ACTIVITIES, _INDICATORS, _ACTORS),
    "activities": (
        Column("number", "No."),
        Column("name", "Activity"),
        Column("actors", "Who"),
        Column("deadline", "When"),
        _DOCUMENT,
    ),
    "bodies": (_NAME, Column("type", "What it is"), _LEVEL, _TERRITORY, _DOCUMENTS, _ACTIVITIES),
    "themes": (
        _NAME,
        Column("definition", "Definition"),
        Column("broader", "Part of the theme"),
        _DOCUMENTS,
        _ACTIVITIES,
        _INDICATORS,
    ),
    "indicators": (
        _NAME,
        Column("unit", "Unit"),
        Column("years", "Years"),
        Column("targets", "Targets", numeric=True),
        _DOCUMENT,
    ),
    "territories": (
        _NAME,
        Column("within", "Part of the territory"),
        Column("oktmo", "OKTMO"),
        _DOCUMENTS,
        _ACTIVITIES,
        _ACTORS,
    ),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Texts with the addresses they lead to; `more` counts those that are left out of the page."""

    parts: tuple[tuple[str, str | None], ...]
    shape: str
    order: tuple[float, str]
    plain: Value
    more: int = 0


@dataclass(frozen=True, slots=True)
class RowMaker:
    """
    Fills the columns of one selection.

    `counted` are the activities by which each thing was selected, `carried` what of the selection a list of activities
    understands, so that a number and the list behind it agree.
    """

    facts: ListedFacts
    labels: Mapping[str, str]
    counted: Mapping[str, frozenset[str]]
    carried: Sequence[tuple[str, str]]
    language: Language
    knowledge: Knowledge
    links: Links

    def ordered(self, name: str, sort: str) -> list[str]:
        """The things in the order asked for: a column, or «-» and a column; else the order of the list itself."""
        column = next((one for one in COLUMNS[name] if one.name == sort.removeprefix("-")), None)
        # The engine gives its rows in no order; activities stand as they are printed.
        things = list(self.counted) if name == "activities" else sorted(self.counted)
        if column is not None:
            things.sort(key=lambda thing: self._cell(name, column.name, thing).order, reverse=sort.startswith("-"))
        elif name in {"bodies", "themes", "territories"}:
            things.sort(key=lambda thing: (-len(self.counted[thing]), alphabetical(self._label(thing))))
        elif name == "indicators":
            # The indicators of one document stand together under its title.
            things.sort(key=lambda thing: (self._cell(name, "document", thing).order, alphabetical(self._label(thing))))
        elif name == "roadmaps":
            things.sort(key=lambda thing: alphabetical(self._label(thing)))
        return things

    def sorting(self, column: Column, asked: Asked) -> tuple[str, str]:
        """How the list is sorted by a column now (a value of aria-sort), and the address that sorts it or turns it."""
        state = {column.name: "ascending", f"-{column.name}": "descending"}.get(asked.sort, "none")
        turned = state == "ascending" or (state == "none" and column.numeric)
        return state, asked.query(sort=f"-{column.name}" if turned else column.name)

    def cells(self, name: str, thing: str) -> list[Cell]:
        """The row of a thing, in the order of the list's columns."""
        return [self._cell(name, column.name, thing) for column in COLUMNS[name]]

    def _cell(self, name: str, column: str, thing: str) -> Cell:
        if column == "name":
            return self._things([thing], cut=_CUT)
        if column in {"documents", "activities", "indicators", "targets"} or (
            column == "actors" and name != "activities"
        ):
            return self._number(name, column, thing)
        match name:
            case "activities":
                return self._activity(column, thing)
            case "bodies":
                return self._body(column, thing)
            case "indicators":
                return self._indicator(column, thing)
            case "roadmaps":
                return self._roadmap(column, thing)
        traits = self.facts.above.get(thing, {})
        if column == "oktmo":
            return _text(next(iter(traits.get("oktmo", ())), ""))
        if column == "definition":
            text = next(iter(traits.get(f"definition-{self.language.code}", ())), "")
            return Cell(((text, None),) if text else (), "wide", (0, alphabetical(text)), text)
        return self._things(traits.get(column, ()))

    def _activity(self, column: str, thing: str) -> Cell:
        traits = self.facts.activities[thing]
        match column:
            case "number":
                number = next(iter(traits.get("number", ())), "")
                return _text(number, (_leading(number), number))
            case "actors":
                return self._things(self.facts.actors_of.get(thing, ()), few=_FEW)
            case "deadline":
                first = min(traits.get("years", ()), default="9999")
                text = next(iter(traits.get("deadline-text", ())), "")
                return _text(" ".join(text.split()), (_leading(first), text))
        return self._things(traits.get("roadmap", ()))

    def _body(self, column: str, thing: str) -> Cell:
        traits = self.facts.actors.get(thing, {})
        if column == "type":
            kinds = traits.get("kind", ())
            found = self.facts.type_of(thing)
            return _text(", ".join(self._label(one) for one in (kinds or ([found] if found else []))))
        return self._things(traits.get({"level": "own-level", "territory": "place"}[column], ()), few=_FEW)

    def _indicator(self, column: str, thing: str) -> Cell:
        traits = self.facts.indicators.get(thing, {})
        match column:
            case "unit":
                return _text(", ".join(sorted({self._label(one) for one in traits.get("unit", ())})))
            case "years":
                years = sorted(set(traits.get("year", ())))
                return _text(f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(years))
        return self._things(traits.get("roadmap", ()))

    def _roadmap(self, column: str, thing: str) -> Cell:
        traits = self.facts.roadmaps.get(thing, {})
        if column == "period":
            start, end = (next(iter(traits.get(name, ())), "")[:4] for name in ("start", "end"))
            return _text(f"{start}–{end}" if start else self.language.text("not stated"), (_leading(start), end))
        return self._things(traits.get(column, ()))

    def _number(self, name: str, column: str, thing: str) -> Cell:
        counted = self.counted[thing]
        activities = [self.facts.activity_values[one] for one in counted if one in self.facts.activity_values]
        match column:
            case "activities":
                count = len(counted)
            case "documents":
                count = len({roadmap for values in activities for roadmap in values["roadmap"]})
            case "actors":
                count = len({actor for values in activities for actor in values["actor"]})
            case "targets":
                count = len(self.facts.indicators.get(thing, {}).get("target", ()))
            case _:
                trait = "theme" if name == "themes" else "roadmap"
                count = len(self.facts.indicators_of[trait].get(thing, ()))
        address = self._narrowed(name, column, thing) if count else None
        return Cell(((str(count), address),), "number", (count, ""), count)

    def _narrowed(self, name: str, column: str, thing: str) -> str | None:
        """The list of what a number counts; None where no list can select just that."""
        target, facet = _LIST_OF.get(column), _FACET_OF.get(name)
        if target is None or facet is None or (name, column) == ("territories", "actors"):
            return None
        if self.links.of(thing) is None or (self.carried and column != "activities"):
            return None
        chosen = (facet, text_of(self.knowledge, ACTIVITY_FACETS[facet], thing))
        return f"/{target}?{urlencode([chosen, *self.carried])}"

    def _things(self, things: Iterable[str], few: int | None = None, *, cut: int = _CUT_ASIDE) -> Cell:
        labels = [(self._label(thing), self.links.of(thing)) for thing in things]
        text = "; ".join(label for label, _ in labels)
        found = [(_shortened(label, cut), address) for label, address in labels]
        shown = found if few is None or len(found) <= few else found[:few]
        shape = "wide" if len(text) > _LONG else ""
        return Cell(tuple(shown), shape, (0, alphabetical(text)), text, len(found) - len(shown))

    def _label(self, thing: str) -> str:
        return self.labels.get(thing) or thing.removeprefix(self.knowledge.iris.base)


def _text(text: str, order: tuple[float, str] | None = None) -> Cell:
    shape = "wide" if len(text) > _LONG else ""
    shown = _shortened(text, _CUT)
    return Cell(((shown, None),) if text else (), shape, order or (0, alphabetical(text)), text)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


def _leading(text: str) -> float:
    """The number that a text starts with («1.4» before «1.10» is told by the rest); texts without one come last."""
    digits = "".join(character for character in text.partition(".")[0].partition("/")[0] if character.isdigit())
    return float(digits) if digits and len(digits) < 10 else float("inf")
