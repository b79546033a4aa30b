"""
The lists: one class of things, narrowed by facets whose counts say what each further value would leave.

All of a selection stands in the address (`api.lists.selection`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from api.language import alphabetical
from api.lists.columns import COLUMNS, Cell, Column, RowMaker
from api.lists.facets import NOT, Selected, select
from api.lists.facts import lists_of
from api.lists.paging import PageOfRows
from api.lists.selection import (
    CARRIED,
    FACETS,
    TITLES,
    VIEWS,
    Asked,
    Facet,
    chosen_of,
    parameters_of,
    text_of,
    value_of,
)
from api.parameters import takes
from api.representations import Sheet, data_addresses, page_routes
from api.site import site_of
from ontology.iris import HOME
from queries.binding import bind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyoxigraph import Triple
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from api.knowledge import Knowledge
    from api.language import Language
    from api.lists.facets import Value
    from api.lists.facts import ListedFacts
    from queries.binding import Given

PAGE_ROWS: Final = 100
# Values of a facet that are shown at once, and found ones while somebody searches in it.
_SHOWN: Final = 6
_FOUND: Final = 40
_NOTHING: Final = NamedNode("urn:x-vekha:nothing")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value as the address writes it, how many things it would leave, and whether it is chosen or left out."""

    text: str
    label: str
    count: int
    wanted: bool
    unwanted: bool


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet with the values that are shown of it; `more` counts the others."""

    name: str
    title: str
    values: list[FacetValue]
    more: int
    find: str
    open: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as one address asks for it."""

    name: str
    knowledge: Knowledge
    facts: ListedFacts
    labels: Mapping[str, str]
    language: Language
    asked: Asked
    selected: Selected
    things: list[str]
    rows: RowMaker

    @classmethod
    def of(cls, name: str, request: Request) -> Listing:
        site = site_of(request)
        language, knowledge = site.pages.language(request), site.installation.newest()
        cache = lists_of(request)
        facts, labels = cache.facts(knowledge), cache.labels(knowledge, language.code)
        asked = Asked.read(name, request)
        chosen = {
            facet.name: chosen_of(knowledge, facet, asked) for facet in FACETS[name] if facet.name in asked.values
        }
        units = facts.units[name]
        words = alphabetical(asked.words).split()
        among = None
        if words:
            among = frozenset(
                thing for thing in {unit.thing for unit in units} if _holds(labels.get(thing, thing), words)
            )
        selected = select(units, [facet.name for facet in FACETS[name]], chosen, among=among)
        carried = [(facet, text) for facet in CARRIED.get(name, ()) for text in asked.values.get(facet, ())]
        rows = RowMaker(facts, labels, selected.things, carried, language, knowledge, site.pages.links)
        things = rows.ordered(name, asked.sort)
        return cls(name, knowledge, facts, labels, language, asked, selected, things, rows)

    @property
    def grouped(self) -> bool:
        """Whether the rows of one document stand together under its title, which then is no column."""
        return not self.asked.sort and any(column.name == "document" for column in COLUMNS[self.name])

    @property
    def columns(self) -> list[Column]:
        """The columns of the page."""
        return [column for column in COLUMNS[self.name] if not (self.grouped and column.name == "document")]

    def shown_rows(self, page: PageOfRows) -> list[tuple[Cell | None, list[list[Cell]]]]:
        """The rows of a page, each group with its document if they are grouped."""
        found: list[tuple[Cell | None, list[list[Cell]]]] = []
        for thing in self.things[page.first : page.end]:
            cells = dict(zip(COLUMNS[self.name], self.rows.cells(self.name, thing), strict=True))
            title = next((cell for column, cell in cells.items() if column.name == "document"), None)
            title = title if self.grouped else None
            if not found or found[-1][0] != title:
                found.append((title, []))
            found[-1][1].append([cells[column] for column in self.columns])
        return found

    def facets(self) -> list[ShownFacet]:
        """The facets of the list in its order, the first of them open."""
        return [self._facet(facet, place) for place, facet in enumerate(FACETS[self.name])]

    def chips(self) -> list[tuple[str, str, bool, str]]:
        """What is chosen, removable: (facet, label, whether it is left out, address without it)."""
        titles = {facet.name: facet for facet in FACETS[self.name]}
        found = [
            (
                self.language.text(titles[name].title),
                self._label(value_of(self.knowledge, titles[name], text.removeprefix(NOT))),
                text.startswith(NOT),
                self.asked.query(without=(name, text)),
            )
            for name, texts in self.asked.values.items()
            for text in texts
        ]
        words = self.asked.words
        return (
            [*found, (self.language.text("words"), words, False, self.asked.query(without=("q", words)))]
            if words
            else found
        )

    def views(self, served: Iterable[str]) -> list[tuple[str, str, list[str]]]:
        """The same selection on other pages: (title, address, titles of the conditions that the page cannot take)."""
        titles = {facet.name: self.language.text(facet.title) for facet in FACETS[self.name]}
        found = []
        for address, (title, taken) in VIEWS.items():
            if address not in served:
                continue
            pairs: list[tuple[str, str]] = []
            dropped: list[str] = []
            for name, texts in self.asked.values.items():
                wanted = [text for text in texts if not text.startswith(NOT)]
                if name in taken and len(wanted) == len(texts) and not (name == "year" and len(wanted) > 1):
                    pairs += [(name, text) for text in wanted]
                else:
                    dropped.append(titles[name])
            dropped += [self.language.text("words")] if self.asked.words else []
            found.append((self.language.text(title), f"{address}?{urlencode(pairs)}" if pairs else address, dropped))
        return found

    def sparql(self) -> str:
        """The query that selects the same things from the graph."""
        question = self.knowledge.catalogue[f"selected-{self.name}"]
        values: dict[str, Given] = {"lang": self.language.code}
        for facet in FACETS[self.name]:
            chosen = chosen_of(self.knowledge, facet, self.asked)
            for name, texts in ((facet.name, chosen.wanted), (f"not{facet.name.title()}", chosen.unwanted)):
                if texts:
                    values[name] = tuple(_term(facet, text) for text in sorted(texts))
        if self.asked.words:
            values["words"] = tuple(alphabetical(self.asked.words).split())
        return bind(question, values)

    def _facet(self, facet: Facet, place: int) -> ShownFacet:
        chosen = chosen_of(self.knowledge, facet, self.asked)
        find = alphabetical(self.asked.find.get(facet.name, "")).split()
        counts = dict(self.selected.counts[facet.name])
        for value in chosen.wanted | chosen.unwanted:
            counts.setdefault(value, 0)
        ordered = sorted(
            counts, key=lambda value: value if not facet.home else (-counts[value], alphabetical(self._label(value)))
        )
        picked = [value for value in ordered if value in chosen.wanted | chosen.unwanted]
        others = [value for value in ordered if value not in picked]
        if find:
            others = [value for value in others if _holds(self._label(value), find)]
        limit = _FOUND if find else _SHOWN
        shown = set(picked) | set(others[:limit])
        return ShownFacet(
            facet.name,
            self.language.text(facet.title),
            [
                FacetValue(
                    text_of(self.knowledge, facet, value),
                    self._label(value),
                    counts[value],
                    value in chosen.wanted,
                    value in chosen.unwanted,
                )
                for value in ordered
                if value in shown
            ],
            max(0, len(others) - limit),
            self.asked.find.get(facet.name, ""),
            place < 3 or bool(picked) or bool(find),
        )

    def _label(self, value: Value) -> str:
        return self.labels.get(value) or value.removeprefix(self.knowledge.iris.base).removeprefix(HOME)


def list_page(name: str, request: Request) -> Response:
    """The page; with htmx the address bar gets the address of what was chosen."""
    listing = Listing.of(name, request)
    site = site_of(request)
    page = PageOfRows.of(request.query_params.get("page"), len(listing.things), PAGE_ROWS)
    served = {getattr(route, "path", "") for route in request.app.routes}
    response = site.pages.render(
        request,
        "perspective.html",
        listing=listing,
        title=listing.language.text(TITLES[name]),
        columns=[(column, *listing.rows.sorting(column, listing.asked)) for column in listing.columns],
        groups=listing.shown_rows(page),
        page=page,
        views=listing.views(served),
        data=data_addresses(request, graph=True, sparql=listing.sparql()),
        version=listing.knowledge.version,
    )
    # The form sends its empty fields too; the address is to hold what was chosen only.
    response.headers["HX-Push-Url"] = f"/{name}{listing.asked.query(page=page.number)}".rstrip("?")
    return response


def list_sheet(name: str, request: Request) -> Sheet:
    """All rows of the selection with the IRI of each thing, whatever page of them is shown."""
    listing = Listing.of(name, request)
    rows = [[thing, *(cell.plain for cell in listing.rows.cells(name, thing))] for thing in listing.things]
    return Sheet(["iri", *(column.name for column in COLUMNS[name])], rows, listing.knowledge.version)


def list_graph(name: str, request: Request) -> Sequence[Triple]:
    """What the data state of the things of the selection."""
    listing = Listing.of(name, request)
    if not listing.things:
        return ()
    things = tuple(NamedNode(thing) for thing in listing.things)
    return listing.knowledge.triples("listed-description", thing=things).triples


def _term(facet: Facet, value: Value) -> NamedNode | Literal:
    if not facet.home:
        return Literal(int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else Literal(0)
    try:
        return NamedNode(value)
    except ValueError:
        return _NOTHING


def _holds(label: str, words: Sequence[str]) -> bool:
    text = alphabetical(label)
    return all(word in text for word in words)


def _routes(name: str) -> list[Route]:
    return page_routes(
        f"/{name}",
        lambda request: list_page(name, request),
        sheet=lambda request: list_sheet(name, request),
        graph=lambda request: list_graph(name, request),
        taken=takes(*parameters_of(name)),
    )


ROUTES = [route for name in FACETS for route in _routes(name)]
