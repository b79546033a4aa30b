"""Networks as REST resources and files: what `graph.networks` draws of what a person selects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.access.rights import allow
from api.editor.asking import QUERY_PARAMETERS, answer_in
from api.networks.drawing import write_map
from api.networks.drawn import Networks, Purpose, title_of, write_network
from api.networks.selection import PARAMETERS, NetworkParameterError, read_asked
from api.pictures import rastered
from api.problems import ProblemError
from api.questions.explanations import explain
from api.site import held, running_of, site_of
from graph.networks.projections import PROJECTIONS
from queries.binding import ParameterError

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.networks.selection import Asked

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


def values_of(request: Request) -> dict[str, list[str]]:
    """The parameters of the address but the language, each with all its values."""
    values = {name: request.query_params.getlist(name) for name in request.query_params}
    values.pop("lang", None)
    return values


def read_values(
    request: Request, knowledge: Knowledge, networks: Networks, projection: str, values: dict[str, list[str]]
) -> Asked:
    """
    What an address asks for; `values` are its parameters that select something.

    Raises:
        HTTPException: 404 for the short link of a query that is not kept.
        ProblemError: With one sentence in the language of the reader.
    """
    language = site_of(request).pages.language(request)
    answer = None if values.get("answer") else answer_in(request, allow(request, "read"), language)
    values = {name: found for name, found in values.items() if name not in QUERY_PARAMETERS}
    try:
        return read_asked(
            knowledge, networks.facts(knowledge), projection, values, None if answer is None else answer.things
        )
    except NetworkParameterError as error:
        status = 404 if error.parameter == "projection" else 400
        words = language.text(error.template, **error.values)
        raise ProblemError(status, words, parameter=error.parameter) from None
    except ParameterError as error:
        words = explain(error, knowledge.catalogue[error.question], language)
        raise ProblemError(400, words, parameter=error.parameter) from None


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
    asked = read_values(request, knowledge, networks, request.path_params["projection"], values)
    purpose: Purpose = "picture" if form in _PICTURES else "file"
    with running_of(request).track(str(request.url.query), identity, kind="network") as query:
        drawn = networks.draw(knowledge, asked, purpose)
        if form == "map":
            content = drawn.map_in(
                language.code, lambda: write_map(drawn, knowledge.catalogue.prefixes, language, site.pages.links.of)
            )
        elif form == "png":
            content = rastered(request, write_network(drawn, "svg", language).decode(), language)
        else:
            content = write_network(drawn, form, language)
        query.ended("done", rows=len(drawn.network), size=len(content), version=knowledge.version)
    headers = {
        "Content-Type": MEDIA_TYPES[form],
        "Vary": "Accept-Language, Cookie, Authorization",
        "Vekha-Version": str(knowledge.version),
    }
    if form != "map":
        headers["Content-Disposition"] = f'attachment; filename="{asked.projection}.{form}"'
    return Response(content, headers=headers)


ROUTES = [
    Route("/api/networks", _listed),
    Route("/api/networks/{projection}", _file),
]
