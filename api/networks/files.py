"""Networks as REST resources and files: what `graph.networks` draws of what a person selects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.access.rights import allow
from api.editor.asking import QUERY_PARAMETERS, answer_in
from api.networks.drawing import write_map
from api.networks.drawn import Networks, Purpose, title_of, write_network
from api.networks.selection import PARAMETERS, NetworkParameterError, asked_question, read_asked
from api.operation.computing import counted, shared
from api.parameters import is_added
from api.pictures import rastered
from api.problems import ProblemError
from api.questions.answering import answered
from api.questions.explanations import explain
from api.representations import file_route
from api.site import held, running_of, site_of
from graph.networks.facts import read_facts
from graph.networks.projections import PROJECTIONS
from queries.binding import ParameterError

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.networks.drawn import DrawnNetwork
    from api.networks.selection import Asked
    from api.operation.running import RunningQuery
    from graph.networks.facts import Facts, Iri

MEDIA_TYPES: Final = {
    "json": "application/json",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "nodes.csv": "text/csv; charset=utf-8",
    "edges.csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "map": "application/json",
}
# Pictures begin with communities where there are too many nodes to see; other files hold every node.
_PICTURES: Final = frozenset({"svg", "png", "map"})


def networks_of(request: Request) -> Networks:
    """The drawn networks of the application that serves this request."""
    return held(request, "networks", Networks)


def facts_of(request: Request, knowledge: Knowledge) -> Facts:
    """
    What networks of this data version are made of, read once for all who ask.

    Raises:
        BudgetError, ProblemError: As `api.operation.computing.shared`.
    """
    return shared(
        request, "network", networks_of(request).read, knowledge.version, lambda: read_facts(knowledge.snapshot)
    )


def page_of(request: Request, knowledge: Knowledge, asked: Asked) -> DrawnNetwork:
    """
    What a page shows of a network, worked out once for all who ask for the same.

    Raises:
        BudgetError, ProblemError: As `api.operation.computing.shared`.
    """
    networks = networks_of(request)
    key = (knowledge.version, asked)
    return shared(request, "network", networks.pages, key, lambda: networks.draw_page(knowledge, asked))


def values_of(request: Request) -> dict[str, list[str]]:
    """The parameters of the address that ask for something, but the language, each with all its values."""
    values = {name: request.query_params.getlist(name) for name in request.query_params if not is_added(name)}
    values.pop("lang", None)
    return values


def read_values(request: Request, knowledge: Knowledge, projection: str, values: dict[str, list[str]]) -> Asked:
    """
    What an address asks for; `values` are its parameters that select something.

    Raises:
        HTTPException: 404 for the short link of a query that is not kept.
        ProblemError: With one sentence in the language of the reader.
        BudgetError: The client used up its budget.
    """
    language = site_of(request).pages.language(request)
    facts = facts_of(request, knowledge)
    asked = {name: found for name, found in values.items() if name not in QUERY_PARAMETERS}
    try:
        things = _things(request, knowledge, values)
        return read_asked(knowledge, facts, projection, asked, things)
    except NetworkParameterError as error:
        status = 404 if error.parameter == "projection" else 400
        words = language.text(error.template, **error.values)
        raise ProblemError(status, words, parameter=error.parameter) from None
    except ParameterError as error:
        words = explain(error, knowledge.catalogue[error.question], language)
        raise ProblemError(400, words, parameter=error.parameter) from None


def _things(request: Request, knowledge: Knowledge, values: dict[str, list[str]]) -> frozenset[Iri] | None:
    """What stands in the answer of the question or of the query that is to be drawn; None without one."""
    question, identity = asked_question(knowledge, values), allow(request, "read")
    if question is None:
        answer = answer_in(request, identity, site_of(request).pages.language(request))
        return None if answer is None else answer.things
    own = {name: values[name][0].strip() for name in question.parameters if values.get(name)}
    with running_of(request).track(question.id, identity, kind="question") as query:
        rows = answered(request, knowledge, question, own, "ru", query=query).table.rows
    return frozenset(term.value for row in rows for term in row if isinstance(term, NamedNode))


def _listed(request: Request) -> Response:
    site = site_of(request)
    language = site.pages.language(request)
    allow(request, "read")
    return JSONResponse(
        [
            {
                "id": name,
                "title": title_of(name, language),
                "address": f"/api/networks/{name}",
                "parameters": [*PARAMETERS, *QUERY_PARAMETERS],
                "formats": list(MEDIA_TYPES),
            }
            for name in PROJECTIONS
        ],
        headers={"Vary": "Accept-Language, Cookie"},
    )


def _file(request: Request) -> Response:
    site, identity = site_of(request), allow(request, "read")
    language = site.pages.language(request)
    values = values_of(request)
    form = next(iter(values.pop("format", ())), "json")
    if form not in MEDIA_TYPES:
        raise ProblemError(
            400,
            language.text("A network comes as {names}, not as «{name}»", names=", ".join(MEDIA_TYPES), name=form),
            parameter="format",
        )
    knowledge, networks = site.installation.newest(), networks_of(request)
    asked = read_values(request, knowledge, request.path_params["projection"], values)
    purpose: Purpose = "picture" if form in _PICTURES else "file"

    def write_shown() -> bytes:
        drawn = networks.draw(knowledge, asked, purpose)
        return write_map(drawn, knowledge.catalogue.prefixes, language, site.pages.links.of)

    def write(query: RunningQuery) -> bytes:
        drawn = networks.draw(knowledge, asked, purpose)
        written = write_network(drawn, "svg" if form == "png" else form, language)
        query.ended("done", rows=len(drawn.network), size=len(written), version=knowledge.version)
        return written

    if form == "map":
        content = shared(request, "network", networks.maps, (knowledge.version, asked, language.code), write_shown)
    else:
        content = counted(request, "network", write)
    if form == "png":
        with running_of(request).track(str(request.url.query), identity, kind="picture") as query:
            content = rastered(request, content.decode(), language)
            query.ended("done", size=len(content), version=knowledge.version)
    headers = {
        "Content-Type": MEDIA_TYPES[form],
        "Vary": "Accept-Language, Cookie, Authorization",
        "Vekha-Version": str(knowledge.version),
    }
    if form != "map":
        headers["Content-Disposition"] = f'attachment; filename="{asked.projection}.{form}"'
    return Response(content, headers=headers)


ROUTES = [
    file_route("/api/networks", _listed),
    Route("/api/networks/{projection}", _file),
]
