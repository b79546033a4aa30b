"""The page of the SPARQL editor: a query, the first rows of its answer or its error, and files of the whole answer."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException

from api.access.identity import limits_of
from api.editor.panel import terms_of
from api.links import with_query
from api.negotiation import CSV, GRAPHS, RESULTS_JSON, TSV, XLSX
from api.problems import TOLD, ProblemError, graph_problem, warning_words
from api.protocols.messages import based, check_length
from api.questions.answers import plain_value
from api.questions.explanations import explain
from api.questions.shown_answers import ShownCell, shown_text
from api.site import running_of, site_of, workers_of
from graph.labels import labels as labels_of
from graph.results import Boolean, Table, read_table, read_triples
from queries.binding import ParameterError, bind
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.access.identity import Identity
    from api.language import Language
    from api.negotiation import Format
    from api.site import Site
    from graph.evaluation import AnyEvaluation
    from graph.query_traps import Message
    from graph.results import Result

_SHOWN_ROWS = 1000
# A longer address is kept under a short link by the editor.
LONGEST_ADDRESS = 1500


@dataclass(frozen=True, slots=True)
class ShownResult:
    """The first rows of an answer for the page, and where the whole answer is."""

    columns: Sequence[str]
    rows: list[list[ShownCell]]
    complete: bool
    downloads: list[tuple[str, str]]
    warnings: Sequence[str] = ()
    seconds: float = 0.0
    version: int = 0


def query_page(request: Request, identity: Identity, text: str | None) -> Response:
    """The page with the query `text` and what came of it, or with an example."""
    site = site_of(request)
    catalogue, knowledge = site.installation.catalogue, site.installation.newest()
    result: ShownResult | None = None
    problem: dict[str, Any] | None = None
    if text is None:
        shown = _example(request, site)
    else:
        shown = text
        asked = based(text, site.installation.settings.base)
        try:
            check_length(request, text)
            start = time.perf_counter()
            found, messages, version = _found(request, identity, asked.text)
            language = site.pages.language(request)
            warnings = [warning_words(message, language, added_lines=asked.added_lines) for message in messages]
            result = replace(
                _shown(request, found, text, language),
                warnings=warnings,
                seconds=time.perf_counter() - start,
                version=version,
            )
        except TOLD as error:
            problem = _described(
                graph_problem(error, site.pages.language(request), added_lines=asked.added_lines), text
            )
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
        terms=terms_of(knowledge, site.pages.language(request).code),
        prefixes=site.installation.prefixes,
        shown_rows=_SHOWN_ROWS,
        longest=LONGEST_ADDRESS,
        version=knowledge.version,
    )


def _found(request: Request, identity: Identity, text: str) -> tuple[Result, tuple[Message, ...], int]:
    """The first rows of the answer, what is to be told of the query, and the data version."""
    limits = limits_of(request, identity)
    with running_of(request).track(text, identity) as query:
        begun: AnyEvaluation = workers_of(request).evaluate(
            text,
            prefixes=site_of(request).installation.prefixes,
            limits=replace(limits, rows=min(_SHOWN_ROWS, limits.rows)),
            begun=query.started,
        )
        with begun as evaluation:
            data = b"".join(evaluation.chunks(cut_is_error=False))
            if evaluation.kind == "boolean":
                return Boolean(json.loads(data)["boolean"]), evaluation.warnings, evaluation.version
            read = read_table if evaluation.kind == "table" else read_triples
            return read(data, complete=evaluation.cut is None), evaluation.warnings, evaluation.version


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


def _shown(request: Request, found: Result, text: str, language: Language) -> ShownResult:
    site = site_of(request)
    words = language.text("with labels")
    kept = request.query_params.get("q")
    asked = {"q": kept} if kept else {"query": text}
    forms: Sequence[Format]
    if isinstance(found, Boolean):
        columns: Sequence[str] = ("ASK",)
        rows = [[ShownCell("true" if found else "false", None, "")]]
        complete, forms = True, (RESULTS_JSON,)
    elif isinstance(found, Table):
        complete, forms = found.complete, (CSV, TSV, RESULTS_JSON)
        columns, rows = _named(found, site, language)
    else:
        columns, complete, forms = ("subject", "predicate", "object"), found.complete, GRAPHS
        named = _labels(found.triples, site, language)
        rows = [[_cell(term, site, named) for term in triple] for triple in found.triples]
    downloads = [(form.name.upper(), with_query("/sparql", asked, format=form.name)) for form in forms]
    if isinstance(found, Table):
        downloads += [
            (f"{form.name.upper()}, {words}", with_query("/sparql", asked, format=form.name, labels=language.code))
            for form in (CSV, XLSX)
        ]
    return ShownResult(columns, rows, complete, downloads)


def _named(table: Table, site: Site, language: Language) -> tuple[list[str], list[list[ShownCell]]]:
    """Columns and cells; a column `x` and its `xLabel` become one of links with that text."""
    names = list(table.columns)
    texts = {name: names.index(f"{name}Label") for name in names if f"{name}Label" in names}
    places = [place for place, name in enumerate(names) if place not in texts.values()]
    labels = _labels(table.rows, site, language)
    rows = []
    for row in table.rows:
        cells = []
        for place in places:
            label = texts.get(names[place])
            told = {} if label is None or row[label] is None else {row[place]: str(plain_value(row[label]))}
            cells.append(_cell(row[place], site, {**labels, **told}))
        rows.append(cells)
    return [names[place] for place in places], rows


def _labels(rows: Iterable[Iterable[Any]], site: Site, language: Language) -> Mapping[Any, str]:
    """What the things in an answer are called."""
    things = {term for row in rows for term in row if isinstance(term, NamedNode)}
    order = [language.code, *(other.code for other in site.installation.languages.available)]
    return labels_of(site.installation.versions.newest(), things, order)


def _cell(term: Any, site: Site, labels: Mapping[Any, str]) -> ShownCell:  # noqa: ANN401  (any term or None)
    value = plain_value(term)
    if isinstance(term, NamedNode):
        text = labels.get(term) or site.installation.catalogue.prefixes.shorten(term.value) or term.value
        return shown_text(text, site.pages.links.of(term.value))
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
