"""
The frame of the pages of things: from an address to the thing, its page and its data.

`/bodies/x` is a page, `/bodies/x.ttl` what the data say of the body in RDF, `/bodies/x.csv` and `.json` the rows of
the page's main table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException

from api.knowledge import bound
from api.links import with_query
from api.parameters import NOTHING
from api.representations import Sheet, data_addresses, page_routes
from api.site import site_of
from graph.terms import iri as checked_iri

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import Triple
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from api.knowledge import Knowledge, Record
    from api.language import Language
    from api.parameters import Takes
    from api.site import Site
    from queries.binding import Value

    Draw: TypeAlias = "Callable[[Thing], Response]"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the data, for one request; `table` is the page question of its page's main table."""

    request: Request
    site: Site
    knowledge: Knowledge
    language: Language
    iri: NamedNode
    table: str | None = None

    @property
    def address(self) -> str:
        """Where the page of the thing is."""
        return self.request.url.path

    def records(self, page_question: str, **values: Value) -> list[Record]:
        """Rows of a page question about this thing, its parameter `thing`."""
        return self.knowledge.records(page_question, self.language.code, thing=self.iri, **values)

    @property
    def label(self) -> str:
        """What the thing is called, in the language of the page where it has such a label; its IRI where none."""
        found = next((record["label"] for record in self.records("label")), None)
        return str(found or self.knowledge.catalogue.prefixes.shorten(self.iri.value) or self.iri.value)

    def questions(self, *lists: str) -> list[tuple[str, str]]:
        """
        Questions about the thing: title and address of each whose parameter takes a value of one of the lists.

        A list is a question of `queries/choices`, or a concept scheme by its id.
        """
        prefixes = self.knowledge.catalogue.prefixes
        found = []
        for question in self.knowledge.catalogue.listed():
            for parameter in question.parameters.values():
                if parameter.type == "iri" and {parameter.choices, parameter.scheme} & set(lists):
                    home = prefixes.namespaces.get(parameter.prefix or "", "")
                    short = prefixes.shorten(self.iri.value) or self.iri.value
                    if home and self.iri.value.startswith(home):
                        short = self.iri.value.removeprefix(home)
                    address = with_query(f"/questions/{question.id}", {parameter.name: short})
                    found.append((question.title.in_language(self.language.code), address))
                    break
        return found

    def href(self, iri: object) -> str | None:
        """The address that shows another thing."""
        return self.site.pages.links.of(iri)

    def render(self, template: str, **values: Any) -> Response:  # noqa: ANN401  (as Jinja takes them)
        """The page; beside the values given it gets the addresses of its data as `data`."""
        sparql = None
        if self.table is not None:
            sparql = bound(self.knowledge.catalogue[self.table], {"thing": self.iri}, self.language.code)
        return self.site.pages.render(
            self.request,
            template,
            subject=self.iri.value,
            data=data_addresses(self.request, sheet=self.table is not None, graph=True, sparql=sparql, whole=True),
            version=self.knowledge.version,
            **values,
        )


def slug(iri: str) -> str:
    """The last part of an IRI: how lists and filters name a thing of one kind."""
    return iri.rsplit("/", 1)[-1]


def thing_of(request: Request, folder: str, table: str | None = None, *, known: bool = True) -> Thing:
    """The thing that an address under `folder` names; 404 if `known` and the data do not know it."""
    site = site_of(request)
    iri = checked_iri(site.pages.links.thing(f"{folder}/{request.path_params['slug']}"))
    knowledge = site.installation.newest()
    found = Thing(request, site, knowledge, site.pages.language(request), iri, table)
    if known and not found.records("known"):
        raise HTTPException(404)
    return found


def things(folder: str, draw: Draw, *, table: str | None = None, taken: Takes = NOTHING) -> list[Route]:
    """
    The routes of the pages under `folder` and of their data.

    `table` is the page question of their main table, with a parameter `thing`; `taken` are parameters of the page: its
    data are of the whole thing and take none.  Who may not read gets 401 or 403; 404
    is told of what the data do not know.
    """

    def sheet(request: Request) -> Sheet:
        assert table is not None
        thing = thing_of(request, folder, table)
        rows = thing.knowledge.table(table, thing.language.code, thing=thing.iri)
        return Sheet.of(rows, thing.knowledge.version)

    def graph(request: Request) -> tuple[Triple, ...]:
        thing = thing_of(request, folder, table, known=False)
        return thing.knowledge.triples("description", thing=thing.iri).triples

    return page_routes(
        f"/{folder}/{{slug}}",
        lambda request: draw(thing_of(request, folder, table)),
        sheet=sheet if table else None,
        graph=graph,
        taken=taken,
        of_data=NOTHING,
    )
