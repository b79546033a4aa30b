"""
The frame of the pages of things: from an address to the thing, its language and the representation asked for.

`/bodies/x` is a page, `/bodies/x.ttl` what the data say of the body in RDF, `/bodies/x.csv` and `.json` the rows of
the page's main table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import NamedNode, serialize
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.answers import QuestionAnswer, as_json, table_csv
from api.identity import allow
from api.links import with_query
from api.negotiation import CSV, GRAPHS, HTML, JSON, RDF_FORMATS, RDF_XML, TURTLE, Format, by_name, choose
from api.problems import ProblemError
from api.site import site_of
from graph.terms import iri as checked_iri
from queries.binding import bind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from api.knowledge import Knowledge, Record
    from api.language import Language
    from api.site import Site
    from queries.binding import Value

    Draw: TypeAlias = "Callable[[Thing], Response]"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that the data know, for one request; `path` is its address without the ending of a representation."""

    request: Request
    site: Site
    knowledge: Knowledge
    language: Language
    iri: NamedNode
    path: str
    table: str | None = None

    def records(self, page_question: str, **values: Value) -> list[Record]:
        """Rows of a page question about this thing, its parameter `thing`."""
        return self.knowledge.records(page_question, self.language.code, thing=self.iri, **values)

    def render(self, template: str, **values: Any) -> Response:  # noqa: ANN401  (as Jinja takes them)
        """The page, with the addresses of its data as `data` beside the values given."""
        return self.site.pages.render(
            self.request,
            template,
            subject=self.iri.value,
            data=self._data(),
            version=self.knowledge.version,
            **values,
        )

    def _data(self) -> list[tuple[str, str]]:
        items = [("Turtle", f"{self.path}.ttl"), ("JSON-LD", f"{self.path}.jsonld")]
        if self.table is None:
            return items
        question = self.knowledge.catalogue[self.table]
        language = {"lang": self.language.code} if "lang" in question.parameters else {}
        sparql = bind(question, {"thing": self.iri, **language})
        rows = [("CSV", f"{self.path}.csv"), ("JSON", f"{self.path}.json")]
        return [*rows, *items, ("SPARQL", with_query("/sparql", query=sparql))]


def things(folder: str, draw: Draw, *, table: str | None = None) -> Route:
    """
    The route of the pages under `folder`; `table` is the page question of their main table, with a parameter `thing`.

    Who may not read gets 401 or 403; 404 is told of what the data do not know.
    """
    offered: tuple[Format, ...] = (HTML, *GRAPHS, *((CSV, JSON) if table else ()))

    def handler(request: Request) -> Response:
        allow(request, "read")
        slug, form = _representation(request.path_params["slug"], offered)
        path = f"{folder}/{slug}"
        site = site_of(request)
        iri = checked_iri(site.pages.links.thing(path))
        knowledge = site.installation.newest()
        form = form or form_of(request, offered)
        language = site.pages.language(request)
        if form in GRAPHS:
            return rdf_response(knowledge, iri, form)
        if not knowledge.records("known", language.code, thing=iri):
            raise HTTPException(404)
        if form is HTML:
            return draw(Thing(request, site, knowledge, language, iri, f"/{path}", table))
        assert table is not None
        question = knowledge.catalogue[table]
        found = knowledge.table(table, language.code, thing=iri)
        answer = QuestionAnswer(question, {"thing": iri.value}, found, knowledge.version)
        headers = {"Vary": "Accept, Accept-Language, Cookie", "Vekha-Version": str(knowledge.version)}
        if form is JSON:
            return JSONResponse(as_json(answer, language.code), headers=headers)
        headers |= {"Content-Type": CSV.content_type, "Content-Disposition": f'attachment; filename="{slug}.csv"'}
        return Response(table_csv(found), headers=headers)

    return Route(f"/{folder}/{{slug}}", handler)


def rdf_response(knowledge: Knowledge, thing: NamedNode, form: Format) -> Response:
    """What the data say of a thing, with the labels of what they name, in a format of `GRAPHS`; 404 if nothing."""
    triples = knowledge.triples("description", thing=thing).triples
    if not triples:
        raise HTTPException(404)
    return graph_response(triples, form, dict(knowledge.catalogue.prefixes.namespaces))


def graph_response(triples: Sequence[Any], form: Format, prefixes: dict[str, str]) -> Response:
    """Triples in a format of `GRAPHS`."""
    content = serialize(
        triples, format=RDF_FORMATS[form.name], prefixes=prefixes if form in {TURTLE, RDF_XML} else None
    )
    return Response(content, headers={"Content-Type": form.content_type, "Vary": "Accept"})


def form_of(request: Request, offered: Sequence[Format]) -> Format:
    """
    The representation that a request asks for by `?format=`, else by `Accept`.

    Raises:
        ProblemError: 400 for a format that is not offered, 406 if none of `Accept` is.
    """
    asked = request.query_params.get("format")
    if asked is not None:
        found = by_name(asked, offered)
        if found is None:
            raise ProblemError(400, f"format={asked!r} is not one of {', '.join(form.name for form in offered)}")
        return found
    found = choose(request.headers.get("accept"), offered)
    if found is None:
        offers = ", ".join(form.media_type for form in offered)
        raise ProblemError(406, f"This resource comes as {offers}", headers={"Vary": "Accept"})
    return found


def _representation(slug: str, offered: Sequence[Format]) -> tuple[str, Format | None]:
    """The name without an ending, and the format that the ending names; another ending names nothing."""
    name, dot, ending = slug.partition(".")
    if not dot:
        return slug, None
    form = next((form for form in offered if form.suffix == ending and form is not HTML), None)
    if form is None:
        raise HTTPException(404)
    return name, form
