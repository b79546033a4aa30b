"""
The query of an address, asked for pages that draw its answer: the editor, networks, the timeline.

Like all texts from outside it is evaluated by the query processes, within the limits of whoever asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from api.access.rights import limits_of
from api.editor.stored_queries import query_of
from api.links import with_query
from api.operation.result_cache import CachedAnswer, CacheKey
from api.problems import TOLD, ProblemError, graph_problem
from api.protocols.messages import based, check_length, may_change
from api.questions.answer_views import AnswerShape
from api.site import cache_of, running_of, site_of, workers_of
from graph.labels import labels as labels_of
from graph.results import Boolean, Table, Triples, read_table, read_triples
from queries.catalogue import Column, Text

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.access.identity import Identity
    from api.language import Language
    from graph.evaluation import AnyEvaluation
    from graph.federation.services import ServiceUse
    from graph.query_traps import Message
    from graph.results import Result
    from graph.terms import Term

# The parameters that hold a query: itself, or its short link.
QUERY_PARAMETERS: Final = ("query", "q")
# Rows that a table shows, and that a drawing is made of.
SHOWN_ROWS: Final = 1000
DRAWN_ROWS: Final = 20_000
_TRIPLE: Final = ("subject", "predicate", "object")
_LABEL: Final = "Label"


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The first rows of an answer, what is to be told of its query and of services, and the data version."""

    result: Result
    warnings: tuple[Message, ...]
    version: int
    services: tuple[ServiceUse, ...] = ()

    @property
    def complete(self) -> bool:
        return isinstance(self.result, Boolean) or self.result.complete

    @property
    def table(self) -> Table:
        """The answer as a table; a graph has three columns, a truth value one."""
        match self.result:
            case Table():
                return self.result
            case Triples():
                rows = tuple((triple.subject, triple.predicate, triple.object) for triple in self.result.triples)
                return Table(_TRIPLE, rows, self.result.complete)
            case _:
                return Table(("ASK",), ((Literal(bool(self.result)),),))

    @property
    def things(self) -> frozenset[str]:
        """The IRIs that stand in the answer."""
        return frozenset(term.value for row in self.table.rows for term in row if isinstance(term, NamedNode))


def query_in(request: Request) -> str | None:
    """
    The text that the address asks for, by itself or by its short link; None without one.

    Raises:
        HTTPException: 404 for a link that is not kept.
    """
    name = request.query_params.get("q")
    return request.query_params.get("query") or (query_of(request, name) if name else None)


def query_address(request: Request) -> str:
    """The editor with the query of this address."""
    return with_query("/sparql", {name: request.query_params.get(name) or None for name in QUERY_PARAMETERS})


def answer_in(request: Request, identity: Identity, language: Language) -> QueryAnswer | None:
    """
    The answer to the query of the address, as far as it is drawn; None without a query.

    Raises:
        HTTPException: 404 for a link that is not kept.
        ProblemError: The query is wrong, met a limit or has too many rows; the words tell the line and the reason.
    """
    text = query_in(request)
    if text is None:
        return None
    try:
        answer = ask(request, identity, text, rows=DRAWN_ROWS)
    except TOLD as error:
        added = based(text, site_of(request).installation.settings.base).added_lines
        raise graph_problem(error, language, added_lines=added) from None
    if not answer.complete:
        raise ProblemError(400, too_many(len(answer.table.rows), language))
    return answer


def too_many(rows: int, language: Language) -> str:
    """Why an answer is not drawn that has more rows than these."""
    return language.text("A drawing is made of at most {count} rows; narrow the query down or add a LIMIT", count=rows)


def ask(request: Request, identity: Identity, text: str, *, rows: int) -> QueryAnswer:
    """
    The first `rows` rows of the answer to a query.

    Raises:
        ProblemError: The text is too long.
        GraphError: What `TOLD` lists: the query is wrong or met a limit.
    """
    check_length(request, text)
    site, cache = site_of(request), cache_of(request)
    limits = limits_of(request, identity)
    limits = replace(limits, rows=min(rows, limits.rows))
    asked = based(text, site.installation.settings.base).text
    with running_of(request).track(asked, identity) as query:
        key = CacheKey(site.installation.versions.current(), identity.rights, asked, "drawn", inputs=limits.rows)
        kept = cache.get(key)
        if kept is not None:
            query.ended("cached", size=len(kept.content), version=key.version)
            return _read(kept.content, kept.headers["kind"], (), key.version, complete=not kept.headers["cut"])
        begun: AnyEvaluation = workers_of(request).evaluate(
            asked, prefixes=site.installation.prefixes, limits=limits, begun=query.started
        )
        with begun as evaluation:
            content = b"".join(evaluation.chunks(cut_is_error=False))
            warnings, version, kind, cut = evaluation.warnings, evaluation.version, evaluation.kind, evaluation.cut
        if not warnings and not may_change(asked):
            cache.put(replace(key, version=version), CachedAnswer(content, {"kind": kind, "cut": cut or ""}))
        return replace(_read(content, kind, warnings, version, complete=cut is None), services=evaluation.service_uses)


def shape_of(request: Request, answer: QueryAnswer, language: Language) -> AnswerShape:
    """
    The answer as people see it: a column with things is hidden behind one of their labels.

    That is the query's own `xLabel` beside `x` if there is one, else what the data call them.
    """
    site, table = site_of(request), answer.table
    order = [language.code, *(other.code for other in site.installation.languages.available)]
    things = {term for row in table.rows for term in row if isinstance(term, NamedNode)}
    labels = labels_of(site.installation.versions.newest(), things, order)
    shorten = site.installation.catalogue.prefixes.shorten

    def label(term: Term | None) -> Term | None:
        if isinstance(term, NamedNode):
            return Literal(labels.get(term) or shorten(term.value) or term.value)
        return term

    described: list[Column] = []
    columns: list[str] = []
    filled: list[list[Term | None]] = []
    for name, values in zip(table.columns, _columns(table), strict=True):
        if name.endswith(_LABEL) and name.removesuffix(_LABEL) in table.columns:
            continue
        own = f"{name}{_LABEL}"
        if own in table.columns:
            told = _columns(table)[table.columns.index(own)]
            texts = [text or label(value) for text, value in zip(told, values, strict=True)]
        elif any(isinstance(value, NamedNode) for value in values):
            texts = [label(value) for value in values]
        else:
            described.append(_described(name, name))
            columns.append(name)
            filled.append(values)
            continue
        described += [_described(own, name, link=name), _described(name, name, hidden=True)]
        columns += [own, name]
        filled += [texts, values]
    rows = tuple(zip(*filled, strict=True)) if filled else tuple(() for _row in table.rows)
    return AnswerShape(Table(tuple(columns), rows, table.complete), described, site.installation.iris)


def _columns(table: Table) -> list[list[Term | None]]:
    return [[row[place] for row in table.rows] for place in range(len(table.columns))]


def _described(name: str, title: str, *, link: str | None = None, hidden: bool = False) -> Column:
    """A column that is called as the variable of the query."""
    return Column(name=name, title=Text(ru=title, en=title), link=link, hidden=hidden)


def _read(content: bytes, kind: str, warnings: tuple[Message, ...], version: int, *, complete: bool) -> QueryAnswer:
    if kind == "boolean":
        return QueryAnswer(Boolean(json.loads(content)["boolean"]), warnings, version)
    read = read_table if kind == "table" else read_triples
    return QueryAnswer(read(content, complete=complete), warnings, version)
