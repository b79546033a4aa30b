"""
SPARQL 1.1 queries by GET and POST (SPARQL 1.1 Protocol, section 2.1).

A text from outside is evaluated only in a process that can be killed (`graph.workers`).  An answer is whole, or an
error that names the limit, or a connection broken off (`api.protocols.streaming`); it never ends early as if
it were complete.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from pyoxigraph import QueryResultsFormat
from starlette.responses import Response

from api.access.rights import allow, limits_of
from api.editor.page import query_page, query_picture
from api.editor.stored_queries import query_of
from api.negotiation import (
    CSV,
    DATASETS,
    GRAPHS,
    HTML,
    JSON,
    RDF_FORMATS,
    RESULTS,
    RESULTS_JSON,
    RESULTS_XML,
    TSV,
    TURTLE,
    XLSX,
    XML,
    Format,
    by_name,
    choose,
)
from api.operation.result_cache import CachedAnswer, CacheKey
from api.pictures import picture_routes
from api.problems import TOLD, ProblemError, graph_problem, warning_words
from api.protocols.announced_limits import of_queries
from api.protocols.messages import (
    FORM,
    Parameters,
    attachment,
    based,
    body_of,
    check_length,
    digest,
    is_known,
    may_change,
    media_type_of,
    open_route,
    text_of,
    weak_tag,
)
from api.protocols.service_description import description
from api.protocols.services import header as service_header
from api.protocols.streaming import Stopper, StreamedAnswer, closing, held_back, kept, while_connected
from api.protocols.tables import SpooledTable, csv_chunks, workbook
from api.site import cache_of, held, running_of, site_of, workers_of
from graph.labels import labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pyoxigraph import NamedNode
    from starlette.requests import Request

    from api.access.identity import Identity
    from api.language import Language
    from graph.evaluation import AnyEvaluation
    from graph.guard import Dataset
    from graph.query_traps import Message
    from graph.snapshots import Snapshot

QUERY: Final = "application/sparql-query"
RESULT_FORMATS: Final = {
    RESULTS_JSON.media_type: QueryResultsFormat.JSON,
    RESULTS_XML.media_type: QueryResultsFormat.XML,
    CSV.media_type: QueryResultsFormat.CSV,
    TSV.media_type: QueryResultsFormat.TSV,
    # Many clients ask for plain JSON or XML.
    JSON.media_type: QueryResultsFormat.JSON,
    XML.media_type: QueryResultsFormat.XML,
    # Made from TSV, see `api.protocols.tables`.
    XLSX.media_type: QueryResultsFormat.TSV,
}
TABLES: Final = (*RESULTS, JSON, XML, XLSX)
TRIPLES: Final = (*GRAPHS, *DATASETS)
_FILE: Final = 256 * 1024
_SHORT: Final = 16 * 1024


@dataclass(frozen=True)
class Asked:
    """What a request asks for: a query, the data it reads, and the form of the answer."""

    text: str
    dataset: Dataset | None
    version: int | None
    table: Format | None
    triples: Format | None
    # Lines that were put before what the client sent.
    added_lines: int
    # In this language labels stand beside identifiers.
    labels: str | None
    # The answer is a file to save.
    saved: bool
    # What stands in a workbook as its source: the address of the service as the client wrote it.
    source: str | None
    # What is told beside the answer is told in this language.
    language: str

    @property
    def result_format(self) -> QueryResultsFormat:
        if self.labels and self.table is CSV:
            return QueryResultsFormat.TSV
        return RESULT_FORMATS[(self.table or RESULTS_JSON).media_type]

    @cached_property
    def _digest(self) -> str | None:
        if may_change(self.text):
            return None
        forms = [form and form.media_type for form in (self.table, self.triples)]
        return digest(self.text, self.dataset, forms, self.labels)

    def tag(self, version: int) -> str | None:
        """The entity tag of the answer on this data version; None if the same query may answer otherwise there."""
        return None if self._digest is None else weak_tag(version, self._digest)

    def key(self, version: int, identity: Identity) -> CacheKey:
        """What the answer depends on."""
        forms = (self.table, self.triples, self.saved)
        inputs = (self.dataset, forms, self.labels, self.source)
        return CacheKey(version, identity.rights, self.text, "sparql", self.language, inputs)


async def sparql(request: Request) -> Response:
    """The answer to a query, or the page to ask one."""
    identity = allow(request, "read")
    if request.method == "POST":
        text, parameters = await _posted(request)
    else:
        parameters = Parameters.of(request)
        _refuse_update(request, parameters)
        given, form, kept = parameters.one("query"), parameters.one("format"), parameters.one("q")
        if given is None and kept is not None:
            given = await to_thread.run_sync(query_of, request, kept)
        accept = request.headers.get("accept")
        if form is None and choose(accept, (*RESULTS, *GRAPHS, HTML)) is HTML:
            return await to_thread.run_sync(query_page, request, identity, given, limiter=_threads(request))
        if given is None:
            return await to_thread.run_sync(description, request)
        text = given
    check_length(request, text)
    read = partial(_asked, request, text, parameters)
    # A thread costs a short text more than its reading does; a long one would keep all others waiting.
    return await _answer(request, identity, await to_thread.run_sync(read) if len(text) > _SHORT else read())


async def _posted(request: Request) -> tuple[str, Parameters]:
    kind = media_type_of(request)
    limit = site_of(request).installation.settings.query_length
    if kind == QUERY:
        body, parameters = await body_of(request, limit), Parameters.of(request)
        parameters.refuse_text("query", "update")
        return text_of(request, body), parameters
    if kind != FORM:
        _ = site_of(request).pages.language(request).text
        words = _("A query is posted as {types}", types=f"{FORM}, {QUERY}")
        raise ProblemError(415, words, headers={"Accept-Post": f"{FORM}, {QUERY}"})
    # A form may escape each byte of the query.
    parameters = Parameters.of(request, await body_of(request, limit * 3 + 4096))
    _refuse_update(request, parameters)
    return parameters.required("query"), parameters


def _refuse_update(request: Request, parameters: Parameters) -> None:
    if "update" in parameters:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(400, _("Only queries are answered here; updates go to {address}", address="/update"))


def _asked(request: Request, text: str, parameters: Parameters) -> Asked:
    """
    What the request asks for.

    Raises:
        ProblemError: 400 for parameters that mean nothing here, 406 for a form that no answer has.
    """
    name, accept = parameters.one("format"), request.headers.get("accept")
    table = by_name(name, (*RESULTS, XLSX)) if name is not None else choose(accept, TABLES)
    triples = by_name(name, TRIPLES) if name is not None else choose(accept, TRIPLES)
    if table is None and triples is None:
        if name is None:
            raise _not_acceptable(request, (*RESULTS, XLSX, *TRIPLES))
        _ = site_of(request).pages.language(request).text
        known = ", ".join(dict.fromkeys(form.name for form in (*RESULTS, XLSX, *TRIPLES)))
        raise ProblemError(400, _("The format «{name}» is none of {known}", name=name, known=known))
    shown = based(text, site_of(request).installation.settings.base)
    return Asked(
        text=shown.text,
        added_lines=shown.added_lines,
        dataset=parameters.dataset("default-graph-uri", "named-graph-uri"),
        version=parameters.number("version"),
        table=table,
        triples=triples,
        labels=_language_of_labels(request, parameters, table),
        saved=name is not None or table is XLSX,
        source=str(request.base_url) if table is XLSX and request.method == "GET" else None,
        language=site_of(request).pages.language(request).code,
    )


def _language_of_labels(request: Request, parameters: Parameters, table: Format | None) -> str | None:
    site = site_of(request)
    asked = parameters.one("labels")
    if asked is None:
        return site.pages.language(request).code if table is XLSX else None
    if site.installation.languages.find(asked) is None:
        known = ", ".join(language.code for language in site.installation.languages.available)
        words = site.pages.language(request).text(
            "There are no labels in «{name}», only in {known}", name=asked, known=known
        )
        raise ProblemError(400, words)
    return asked if table in {CSV, XLSX} else None


async def _answer(request: Request, identity: Identity, asked: Asked) -> Response:
    stopper = Stopper()
    language = site_of(request).pages.language(request)
    try:
        found = _kept(request, identity, asked)
        if found is not None:
            return found
        work = partial(_evaluated, request, identity, asked, stopper)
        return await while_connected(request, work, stopper)
    except TOLD as error:
        raise graph_problem(error, language, added_lines=asked.added_lines) from None


def _kept(request: Request, identity: Identity, asked: Asked) -> Response | None:
    """What the client or the cache holds, so that no thread is needed for it."""
    version = asked.version or site_of(request).installation.versions.current()
    tag = asked.tag(version)
    if tag is None:
        return None
    if is_known(request, tag):
        return Response(status_code=304, headers={"ETag": tag, "Vary": "Accept", "Cache-Control": "no-cache"})
    known = cache_of(request).get(asked.key(version, identity))
    if known is None:
        return None
    with running_of(request).track(asked.text, identity) as query:
        query.ended("cached", size=len(known.content), version=version)
        return Response(known.content, headers=known.headers)


def _evaluated(request: Request, identity: Identity, asked: Asked, stopper: Stopper) -> Response:
    """The answer, whole if it is small, else with its rest still to come."""
    site, cache = site_of(request), cache_of(request)
    with ExitStack() as open_things:
        query = open_things.enter_context(running_of(request).track(asked.text, identity))
        stopper.holds(query)
        begun: AnyEvaluation = workers_of(request).evaluate(
            asked.text,
            table_format=asked.result_format,
            triples_format=RDF_FORMATS[(asked.triples or TURTLE).name],
            prefixes=site.installation.prefixes,
            limits=limits_of(request, identity),
            version=asked.version,
            dataset=asked.dataset,
            begun=query.started,
        )
        evaluation = open_things.enter_context(begun)
        form = asked.triples if evaluation.kind == "triples" else asked.table
        if form is None or (form is XLSX and evaluation.kind != "table"):
            raise _not_acceptable(request, TRIPLES if evaluation.kind == "triples" else RESULTS)
        headers = _headers(asked, form, evaluation, site.pages.language(request))
        chunks = evaluation.chunks()
        if asked.labels is not None and evaluation.kind == "table":
            chunks = _labelled(request, asked, evaluation, open_things)
        if "ETag" in headers:
            key = asked.key(evaluation.version, identity)
            chunks = kept(chunks, cache.largest, lambda content: cache.put(key, CachedAnswer(content, headers)))
        held, whole = held_back(chunks)
        if whole:
            return Response(b"".join(held), headers=headers)
        return StreamedAnswer(
            held,
            chunks,
            headers=headers,
            stopper=stopper,
            close=closing(open_things),
            threads=_threads(request),
        )


def _headers(asked: Asked, form: Format, evaluation: AnyEvaluation, language: Language) -> dict[str, str]:
    headers = {
        "Content-Type": form.content_type,
        "Vary": "Accept, Accept-Language, Cookie" if form is XLSX or evaluation.warnings else "Accept",
        "Cache-Control": "no-cache",
        "Vekha-Version": str(evaluation.version),
    }
    tag = asked.tag(evaluation.version)
    if tag is not None:
        headers["ETag"] = tag
    if evaluation.warnings:
        headers["Vekha-Warning"] = ", ".join(
            _warning(message, language, asked.added_lines) for message in evaluation.warnings
        )
    if evaluation.service_uses:
        headers["Vekha-Service"] = service_header(evaluation.service_uses)
    if asked.saved:
        headers["Content-Disposition"] = attachment(f"answer.{form.suffix}")
    return headers


def _warning(message: Message, language: Language, added_lines: int) -> str:
    """One warning for the head of an answer, where only ASCII stands: its words are encoded as in RFC 8187."""
    line = max(message.line - added_lines, 1)
    words = warning_words(message, language, added_lines=added_lines)
    return f"line={line}; column={message.column}; text*=UTF-8''{quote(words, safe='')}"


def _labelled(request: Request, asked: Asked, evaluation: AnyEvaluation, open_things: ExitStack) -> Iterator[bytes]:
    """The answer as CSV or as a workbook with labels from the data version that it was asked on."""
    site = site_of(request)
    versions = site.installation.versions
    snapshot = versions.newest()
    if snapshot.version != evaluation.version:
        snapshot = open_things.enter_context(versions.open(evaluation.version))
    order = [asked.labels or "", *(language.code for language in site.installation.languages.available)]
    find = partial(_labels, snapshot, order)
    table = open_things.enter_context(SpooledTable(evaluation.chunks()))
    if asked.table is CSV:
        return csv_chunks(table, find)
    _ = (site.installation.languages.find(asked.labels) or site.pages.language(request)).text
    facts = [
        _("Data version {version}", version=evaluation.version),
        *([asked.source] if asked.source else []),
        asked.text,
    ]
    file = open_things.enter_context(workbook(table, find, titles=(_("Answer"), _("Source")), facts=facts))
    return iter(partial(file.read, _FILE), b"")


def _labels(snapshot: Snapshot, languages: Sequence[str], things: Collection[NamedNode]) -> dict[NamedNode, str]:
    return labels(snapshot, things, languages)


def _not_acceptable(request: Request, offered: Sequence[Format]) -> ProblemError:
    _ = site_of(request).pages.language(request).text
    offers = ", ".join(form.media_type for form in offered)
    return ProblemError(406, _("The answer comes as {types}", types=offers), headers={"Vary": "Accept"})


def _threads(request: Request) -> CapacityLimiter:
    return held(request, "query_threads", CapacityLimiter)


ROUTES = [open_route("/sparql", sparql, ["GET", "POST"], limits=of_queries), *picture_routes("/sparql", query_picture)]
