"""The page of the SPARQL editor: a query, the first rows of its answer or its error, and files of the whole answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from api.access.rights import allow, limits_of
from api.editor.asking import DRAWN_ROWS, SHOWN_ROWS, answer_in, ask, shape_of, too_many
from api.editor.panel import terms_of
from api.knowledge import bound
from api.links import with_query
from api.negotiation import CSV, GRAPHS, RESULTS_JSON, TSV, XLSX
from api.problems import TOLD, ProblemError, graph_problem, warning_words
from api.protocols.messages import based
from api.protocols.services import described, endpoints
from api.questions.answer_views import TABLE
from api.questions.drawn_answers import drawn_file, drawn_views
from api.questions.explanations import explain
from api.questions.shown_answers import ShownTable
from api.site import site_of
from graph.results import Boolean, Table
from queries.binding import ParameterError
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.access.identity import Identity
    from api.editor.asking import QueryAnswer
    from api.knowledge import Knowledge
    from api.language import Language
    from api.negotiation import Format
    from api.questions.drawn_answers import DrawnViews
    from api.site import Site

# A longer address is kept under a short link by the editor.
LONGEST_ADDRESS = 1500


@dataclass(frozen=True, slots=True)
class ShownResult:
    """The first rows of an answer for the page, its drawings, and where the whole answer is."""

    shown: ShownTable
    rows: int
    drawn: DrawnViews
    asked: Mapping[str, str]
    complete: bool
    downloads: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    services: Sequence[str]
    seconds: float
    version: int

    @property
    def shown_rows(self) -> int:
        return min(self.rows, SHOWN_ROWS)


def query_page(request: Request, identity: Identity, text: str | None) -> Response:
    """The page with the query `text` and what came of it, or with an example."""
    site = site_of(request)
    catalogue, knowledge = site.installation.catalogue, site.installation.newest()
    language = site.pages.language(request)
    result: ShownResult | None = None
    problem: dict[str, Any] | None = None
    if text is None:
        shown = _example(request, site)
    else:
        shown = text
        added_lines = based(text, site.installation.settings.base).added_lines
        try:
            start = time.perf_counter()
            is_drawn = request.query_params.get("view", TABLE) != TABLE
            answer = ask(request, identity, text, rows=DRAWN_ROWS if is_drawn else SHOWN_ROWS)
            result = _shown(request, knowledge, answer, text, start)
        except TOLD as error:
            problem = _described(graph_problem(error, language, added_lines=added_lines), text)
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
        limits=limits_of(request, identity),
        examples=catalogue.listed(),
        terms=terms_of(knowledge, language.code),
        prefixes=site.installation.prefixes,
        endpoints=endpoints(site.installation),
        longest=LONGEST_ADDRESS,
        version=knowledge.version,
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
        return bound(question, values, language.code)
    except UnknownQuestionError as error:
        raise HTTPException(404) from error
    except ParameterError as error:
        raise ProblemError(400, explain(error, catalogue[error.question], language)) from None


def query_picture(request: Request) -> Response:
    """The drawing of a query's answer as a file, `view` and the chart as on the page."""
    identity = allow(request, "read")
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    answer = answer_in(request, identity, language)
    if answer is None:
        raise HTTPException(404)
    shape, title = shape_of(request, answer, language), language.text("Answer")
    drawn = drawn_views(request, knowledge, shape, preferred="chart", title=title, rows=shape.rows[:SHOWN_ROWS])
    return drawn_file(request, drawn, title=title, name="answer", version=answer.version)


def _shown(request: Request, knowledge: Knowledge, answer: QueryAnswer, text: str, start: float) -> ShownResult:
    site = site_of(request)
    language = site.pages.language(request)
    added_lines = based(text, site.installation.settings.base).added_lines
    kept = request.query_params.get("q")
    asked = {"q": kept} if kept else {"query": text}
    shape = shape_of(request, answer, language)
    rows = shape.rows[:SHOWN_ROWS]
    drawn = drawn_views(request, knowledge, shape, preferred=TABLE, title=language.text("Answer"), rows=rows)
    return ShownResult(
        shown=ShownTable.of_shape(shape, language, site.pages.links, end=SHOWN_ROWS),
        rows=len(shape.rows),
        drawn=drawn if answer.complete or drawn.view == TABLE else drawn.refused(too_many(len(shape.rows), language)),
        asked=asked,
        complete=answer.complete,
        downloads=_downloads(answer, asked, language),
        warnings=[warning_words(message, language, added_lines=added_lines) for message in answer.warnings],
        services=described(answer.services, language),
        seconds=time.perf_counter() - start,
        version=answer.version,
    )


def _downloads(answer: QueryAnswer, asked: Mapping[str, str], language: Language) -> list[tuple[str, str]]:
    forms: Sequence[Format]
    match answer.result:
        case Boolean():
            forms = (RESULTS_JSON,)
        case Table():
            forms = (CSV, TSV, RESULTS_JSON)
        case _:
            forms = GRAPHS
    downloads = [(form.name.upper(), with_query("/sparql", asked, format=form.name)) for form in forms]
    if isinstance(answer.result, Table):
        words = language.text("with labels")
        downloads += [
            (f"{form.name.upper()}, {words}", with_query("/sparql", asked, format=form.name, labels=language.code))
            for form in (CSV, XLSX)
        ]
    return downloads


def _described(problem: ProblemError, text: str) -> dict[str, Any]:
    """The problem with the line of the query that it is about, and a mark under its column."""
    line, column = problem.place.get("line"), problem.place.get("column")
    excerpt = None
    lines = text.splitlines()
    if isinstance(line, int) and isinstance(column, int) and 0 < line <= len(lines):
        start = max(0, column - 60)
        excerpt = f"{lines[line - 1][start : column + 60]}\n{' ' * (column - 1 - start)}^"
    return {"status": problem.status, "detail": problem.detail, "line": line, "column": column, "excerpt": excerpt}
