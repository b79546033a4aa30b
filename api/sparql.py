"""
SPARQL 1.1 queries by GET and POST (SPARQL 1.1 Protocol, section 2.1), and the page of the editor at the same address.

A text from outside is evaluated only in a process that can be killed (`graph.workers`).  An answer is sent whole or
not at all: what goes over a limit is an error that names the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, QueryResultsFormat
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from api.answers import plain_value
from api.browsing import ShownCell, shown_text
from api.explanations import explain
from api.links import with_query
from api.negotiation import (
    CSV,
    GRAPHS,
    HTML,
    JSON,
    RDF_FORMATS,
    RESULTS,
    RESULTS_JSON,
    RESULTS_XML,
    TSV,
    TURTLE,
    Format,
    by_name,
    choose,
)
from api.problems import ProblemError
from api.site import site_of, workers_of
from graph.errors import (
    PoolBusyError,
    QueryEvaluationError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ResultTooLargeError,
)
from graph.results import Boolean, Table
from queries.binding import ParameterError, bind
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import ImmutableMultiDict, QueryParams
    from starlette.requests import Request

    from api.site import Site
    from graph.errors import GraphError
    from graph.results import Result
    from graph.workers import Limits

RESULT_FORMATS = {
    RESULTS_JSON.media_type: QueryResultsFormat.JSON,
    RESULTS_XML.media_type: QueryResultsFormat.XML,
    CSV.media_type: QueryResultsFormat.CSV,
    TSV.media_type: QueryResultsFormat.TSV,
    JSON.media_type: QueryResultsFormat.JSON,
}
# Many clients ask for plain JSON.
_TABLES = (*RESULTS, JSON)
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_SHOWN_ROWS = 1000
_STATUS: dict[type[GraphError], int] = {
    QuerySyntaxError: 400,
    QueryEvaluationError: 400,
    QueryRefusedError: 403,
    ResultTooLargeError: 422,
    QueryMemoryError: 422,
    QueryTimeoutError: 504,
    PoolBusyError: 503,
}


@dataclass(frozen=True, slots=True)
class ShownResult:
    """The first rows of an answer for the page, and where the whole answer is."""

    columns: Sequence[str]
    rows: list[list[ShownCell]]
    complete: bool
    downloads: list[tuple[str, str]]


async def endpoint(request: Request) -> Response:
    if request.method == "POST":
        return await run_in_threadpool(_answer, request, await _posted_query(request))
    text = _one_query(request.query_params)
    form = request.query_params.get("format")
    if form is None and choose(request.headers.get("accept"), (*RESULTS, *GRAPHS, HTML)) is HTML:
        return await run_in_threadpool(_page, request, text)
    if text is None:
        raise ProblemError(400, "The parameter «query» is missing")
    return await run_in_threadpool(_answer, request, text, form)


async def _posted_query(request: Request) -> str:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in {_FORM, _QUERY}:
        raise ProblemError(
            415, f"A query is posted as {_FORM} or {_QUERY}", headers={"Accept-Post": f"{_FORM}, {_QUERY}"}
        )
    limit = site_of(request).installation.settings.query_length
    # A form may escape each byte of the query.
    allowed = limit * 3 + 1024 if kind == _FORM else limit
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > allowed:
            raise ProblemError(413, f"A query has at most {limit} bytes", limit=limit)
    if kind == _QUERY:
        _refuse_dataset(request.query_params)
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProblemError(400, f"The query is not UTF-8 (byte {error.start})") from None
    request._body = body  # noqa: SLF001  (Starlette reads a consumed stream from here)
    async with request.form() as form:
        text = _one_query(form)
    if text is None:
        raise ProblemError(400, "The form field «query» is missing")
    return text


def _one_query(values: QueryParams | ImmutableMultiDict[str, Any]) -> str | None:
    if "update" in values:
        raise ProblemError(403, "Data are only read here: updates are not accepted")
    _refuse_dataset(values)
    found = values.getlist("query")
    if len(found) > 1:
        raise ProblemError(400, "The parameter «query» is given more than once")
    return str(found[0]) if found else None


def _refuse_dataset(values: QueryParams | ImmutableMultiDict[str, Any]) -> None:
    for name in ("default-graph-uri", "named-graph-uri"):
        if name in values:
            raise ProblemError(400, f"The parameter «{name}» is not read; write FROM in the query")


def _answer(request: Request, text: str, asked: str | None = None) -> Response:
    """The answer in the format called `asked`, as a file to save, or in the one that `Accept` likes best."""
    site, pool = site_of(request), workers_of(request)
    accept = request.headers.get("accept")
    table = choose(accept, _TABLES) if asked is None else by_name(asked, RESULTS)
    graph = choose(accept, GRAPHS) if asked is None else by_name(asked, GRAPHS)
    if table is None and graph is None:
        raise _not_acceptable((*RESULTS, *GRAPHS))
    _check_length(site, text)
    try:
        with pool.evaluate(
            text,
            table_format=RESULT_FORMATS[(table or RESULTS_JSON).media_type],
            triples_format=RDF_FORMATS[(graph or TURTLE).name],
            prefixes=site.installation.catalogue.prefixes.namespaces,
        ) as evaluation:
            form = graph if evaluation.kind == "triples" else table
            if form is None:
                raise _not_acceptable(GRAPHS if evaluation.kind == "triples" else RESULTS)
            content = b"".join(evaluation.chunks())
            version = evaluation.version
    except tuple(_STATUS) as error:
        raise _problem(site, request, error) from None
    headers = {"Content-Type": form.content_type, "Vary": "Accept", "Vekha-Version": str(version)}
    if asked is not None:
        headers["Content-Disposition"] = f'attachment; filename="answer.{form.suffix}"'
    return Response(content, headers=headers | _limits(pool.limits))


def _check_length(site: Site, text: str) -> None:
    limit = site.installation.settings.query_length
    if len(text.encode()) > limit:
        raise ProblemError(413, f"A query has at most {limit} bytes", limit=limit)


def _not_acceptable(offered: Sequence[Format]) -> ProblemError:
    offers = ", ".join(form.media_type for form in offered)
    return ProblemError(406, f"The answer comes as {offers}", headers={"Vary": "Accept"})


def _limits(limits: Limits) -> dict[str, str]:
    return {
        "Vekha-Limit-Seconds": f"{limits.seconds:g}",
        "Vekha-Limit-Rows": str(limits.rows),
        "Vekha-Limit-Bytes": str(limits.bytes),
    }


def _problem(site: Site, request: Request, error: GraphError) -> ProblemError:
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    place: dict[str, int] = {}
    if isinstance(error, QuerySyntaxError | QueryRefusedError):
        place = {"line": error.line, "column": error.column}
    headers = {"Retry-After": "5"} if status == 503 else {}
    words = site.pages.language(request).text(error.template, **error.values)
    return ProblemError(status, words, headers=headers, **place)


def _page(request: Request, text: str | None) -> Response:
    site, pool = site_of(request), workers_of(request)
    catalogue = site.installation.catalogue
    result: ShownResult | None = None
    problem: dict[str, Any] | None = None
    if text is None:
        shown = _example(request, site)
    else:
        shown = text
        try:
            _check_length(site, text)
            limits = replace(pool.limits, rows=min(_SHOWN_ROWS, pool.limits.rows))
            found = pool.query(text, prefixes=catalogue.prefixes.namespaces, limits=limits)
            result = _shown(found, text, site)
        except tuple(_STATUS) as error:
            problem = _described(_problem(site, request, error), text)
        except ProblemError as error:
            problem = _described(error, text)
    return site.pages.render(
        request,
        "sparql.html",
        status=problem["status"] if problem else 200,
        query=shown,
        query_given=text is not None,
        problem=problem,
        result=result,
        limits=pool.limits,
        examples=catalogue.listed(),
        version=site.installation.newest().version,
    )


def _example(request: Request, site: Site) -> str:
    """The query that the editor starts with: that of `?question=…` with its values, or the first example."""
    values = dict(request.query_params)
    name = values.pop("question", None)
    values.pop("lang", None)
    catalogue = site.installation.catalogue
    language = site.pages.language(request)
    try:
        question = catalogue[name or "first-query"]
        return bind(question, ({"lang": language.code} if "lang" in question.parameters else {}) | values)
    except UnknownQuestionError as error:
        raise HTTPException(404) from error
    except ParameterError as error:
        raise ProblemError(400, explain(error, catalogue[error.question], language)) from None


def _shown(found: Result, text: str, site: Site) -> ShownResult:
    forms: Sequence[Format]
    if isinstance(found, Boolean):
        columns: Sequence[str] = ("ASK",)
        rows = [[ShownCell("true" if found else "false", None, "")]]
        complete, forms = True, (RESULTS_JSON,)
    elif isinstance(found, Table):
        columns, complete, forms = found.columns, found.complete, (CSV, TSV, RESULTS_JSON)
        rows = [[_cell(term, site) for term in row] for row in found.rows]
    else:
        columns, complete, forms = ("subject", "predicate", "object"), found.complete, GRAPHS
        rows = [[_cell(term, site) for term in triple] for triple in found.triples]
    downloads = [(form.name, with_query("/sparql", query=text, format=form.name)) for form in forms]
    return ShownResult(columns, rows, complete, downloads)


def _cell(term: Any, site: Site) -> ShownCell:  # noqa: ANN401  (any term or None)
    value = plain_value(term)
    if isinstance(term, NamedNode):
        short = site.installation.catalogue.prefixes.shorten(term.value)
        return shown_text(short or term.value, site.pages.links.of(term.value))
    return shown_text(value, None)


def _described(problem: ProblemError, text: str) -> dict[str, Any]:
    """The problem with the line of the query that it is about, and a mark under its column."""
    line, column = problem.place.get("line"), problem.place.get("column")
    excerpt = None
    lines = text.splitlines()
    if isinstance(line, int) and isinstance(column, int) and 0 < line <= len(lines):
        start = max(0, column - 60)
        excerpt = f"{lines[line - 1][start : column + 60]}\n{' ' * (column - 1 - start)}^"
    return {"status": problem.status, "detail": problem.detail, "line": line, "column": column, "excerpt": excerpt}


ROUTES = [Route("/sparql", endpoint, methods=["GET", "POST"])]
