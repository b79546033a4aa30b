"""
What an address selects of a list: its facets, the values chosen of them, words and order.

`theme=mentoring` chooses a value, `theme=!mentoring` leaves it out, `q` asks for words of the label, `sort` orders the
rows, `find.theme` searches inside a facet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api.lists.facets import NOT, Chosen
from ontology.iris import HOME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.lists.facets import Value


@dataclass(frozen=True, slots=True)
class Facet:
    """`home` is the namespace that the ids of its values leave out: of our schemes, or (`id/…`) of the data."""

    name: str
    title: str
    home: str = ""


_THEME = Facet("theme", "Theme", "scheme/theme/")
_LEVEL = Facet("level", "Level", "scheme/level/")
_ROADMAP = Facet("roadmap", "Document", "id/roadmap/")
_TERRITORY = Facet("territory", "Territory", "id/territory/")
_YEAR = Facet("year", "Year")
_ACTOR = Facet("actor", "Actor", "id/")

# The facets of each list, in the order of the page.
FACETS: Final = {
    "roadmaps": (_LEVEL, _TERRITORY, _THEME, _YEAR, _ACTOR),
    "activities": (
        _THEME,
        _LEVEL,
        _TERRITORY,
        _ROADMAP,
        _YEAR,
        Facet("deadline", "Kind of deadline", "scheme/deadline-kind/"),
        _ACTOR,
        Facet("mark", "Mark", "scheme/anomaly/"),
    ),
    "bodies": (
        Facet("type", "Body, group, person", "ns#"),
        Facet("kind", "Kind of body", "scheme/body-kind/"),
        _LEVEL,
        _TERRITORY,
        _THEME,
        _ROADMAP,
        _YEAR,
        Facet("role", "Role", "scheme/role/"),
    ),
    "themes": (Facet("broader", "Part of the theme", "scheme/theme/"), _LEVEL, _TERRITORY, _ROADMAP, _YEAR),
    "indicators": (_THEME, _LEVEL, _TERRITORY, _ROADMAP, Facet("unit", "Unit", "scheme/unit/"), _YEAR),
    "territories": (Facet("within", "Part of the territory", "id/territory/"), _LEVEL, _THEME, _ROADMAP, _YEAR),
}
ACTIVITY_FACETS: Final = {facet.name: facet for facet in FACETS["activities"]}
TITLES: Final = {
    "roadmaps": "Roadmaps",
    "activities": "Activities",
    "bodies": "Bodies",
    "themes": "Themes",
    "indicators": "Indicators",
    "territories": "Territories",
}
# Facets of a list that mean the same in the list of activities.
CARRIED: Final = {
    "roadmaps": ("theme", "actor"),
    "bodies": ("theme", "roadmap", "year"),
    "themes": ("level", "territory", "roadmap", "year"),
    "territories": ("level", "theme", "roadmap", "year"),
}
# Pages that show the same selection otherwise, and the facets that they understand.
VIEWS: Final = {
    "/timeline": ("Timeline", ("theme", "level", "territory", "roadmap", "year", "actor")),
    "/networks": ("Network", ("theme", "territory", "roadmap", "year", "role")),
    "/compare": ("Matrix", ("theme", "level", "territory", "year")),
}


def parameters_of(name: str) -> list[str]:
    """The parameters that the list of this name takes."""
    names = [facet.name for facet in FACETS[name]]
    return [*names, "q", "sort", "page", *(f"find.{facet}" for facet in names)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list; `values` are the texts of each facet as they stand there."""

    values: Mapping[str, tuple[str, ...]]
    words: str
    sort: str
    find: Mapping[str, str]

    @classmethod
    def read(cls, name: str, request: Request) -> Asked:
        given = request.query_params
        values = {
            facet.name: tuple(dict.fromkeys(text for text in given.getlist(facet.name) if text.strip(NOT)))
            for facet in FACETS[name]
        }
        return cls(
            {facet: texts for facet, texts in values.items() if texts},
            given.get("q", "").strip(),
            given.get("sort", ""),
            {facet.name: found for facet in FACETS[name] if (found := given.get(f"find.{facet.name}", "").strip())},
        )

    def query(self, *, without: tuple[str, str] | None = None, sort: str | None = None, page: int = 1) -> str:
        """The query of the address of this selection: first page, one value left out, or sorted otherwise."""
        pairs = [(facet, text) for facet, texts in self.values.items() for text in texts if (facet, text) != without]
        order = self.sort if sort is None else sort
        pairs += [
            (name, value)
            for name, value in (("q", self.words if without != ("q", self.words) else ""), ("sort", order))
            if value
        ]
        pairs += [("page", str(page))] if page > 1 else []
        return "?" + urlencode(pairs)


def chosen_of(knowledge: Knowledge, facet: Facet, asked: Asked) -> Chosen:
    """What is chosen of a facet; a value that is both wanted and unwanted is left out."""
    texts = asked.values.get(facet.name, ())
    unwanted = frozenset(value_of(knowledge, facet, text.lstrip(NOT)) for text in texts if text.startswith(NOT))
    wanted = frozenset(value_of(knowledge, facet, text) for text in texts if not text.startswith(NOT))
    return Chosen(wanted - unwanted, unwanted)


def _namespace(knowledge: Knowledge, facet: Facet) -> str:
    return (knowledge.iris.base if facet.home.startswith("id/") else HOME) + facet.home


def value_of(knowledge: Knowledge, facet: Facet, text: str) -> Value:
    """The value that a text of the address means: an IRI or, of years, the text; a full IRI means itself."""
    if not facet.home or "://" in text:
        return text
    if facet is _ACTOR and ":" in text:
        return _namespace(knowledge, facet) + text.replace(":", "/", 1)
    return _namespace(knowledge, facet) + text


def text_of(knowledge: Knowledge, facet: Facet, value: Value) -> str:
    """How an address writes the value: the id, of actors as a prefixed name (`body:…`)."""
    if not facet.home:
        return value
    text = value.removeprefix(_namespace(knowledge, facet))
    return text.replace("/", ":", 1) if facet is _ACTOR else text
