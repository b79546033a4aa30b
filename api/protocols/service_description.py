"""
What this service is, for programs: SPARQL 1.1 Service Description at `/sparql` without a query.

Figures of the data, in VoID, stand in the description of each dataset and alone at `/.well-known/void`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anyio import to_thread
from pyoxigraph import BlankNode, NamedNode, Triple, serialize
from starlette.responses import Response

from api.negotiation import (
    CSV,
    GRAPHS,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_FORMATS,
    RDF_XML,
    RESULTS_JSON,
    RESULTS_XML,
    TRIG,
    TSV,
    TURTLE,
    Format,
    choose,
)
from api.problems import ProblemError
from api.protocols import services
from api.protocols.messages import entity_tag, is_known, open_route
from api.site import site_of
from graph.errors import NothingLoadedError, TermError
from graph.folder import DataFolder
from graph.terms import iri
from graph.void import describe, statistics
from ontology.vocabulary import RDF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

    from graph.snapshots import Snapshot

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_PREFIXES: Final = {
    "sd": _SD,
    "void": _VOID,
    "formats": _FORMATS,
    "rdf": RDF.NAMESPACE,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# https://www.w3.org/ns/formats/
_NAMES: Final[dict[Format, str]] = {
    RESULTS_JSON: "SPARQL_Results_JSON",
    RESULTS_XML: "SPARQL_Results_XML",
    CSV: "SPARQL_Results_CSV",
    TSV: "SPARQL_Results_TSV",
    TURTLE: "Turtle",
    N_TRIPLES: "N-Triples",
    RDF_XML: "RDF_XML",
    JSON_LD: "JSON-LD",
    TRIG: "TriG",
    N_QUADS: "N-Quads",
}
# What stands for the data of the default graph, of which the figures are.
_DATA: Final = "/.well-known/void#data"
_TABLES: Final = (RESULTS_JSON, RESULTS_XML, CSV, TSV)


def description(request: Request) -> Response:
    """The description of the service that is asked at this address."""
    return _answer(request, _service)


async def void(request: Request) -> Response:
    """Figures of the data alone, where programs look for them (VoID, 7.2)."""
    return await to_thread.run_sync(_answer, request, _figures)


def _answer(request: Request, told: Callable[[str, Snapshot | None, DataFolder], Iterator[Triple]]) -> Response:
    """What `told` says of the service at this address, in the RDF format that `Accept` likes best."""
    site = site_of(request)
    form = choose(request.headers.get("accept"), GRAPHS)
    if form is None:
        words = site.pages.language(request).text("The parameter «{name}» is missing", name="query")
        raise ProblemError(400, words, headers={"Vary": "Accept"})
    snapshot = _snapshot(request)
    base = _address(request, "")
    addresses = [endpoint.address for endpoint in services.endpoints(site.installation)]
    tag = entity_tag(snapshot.version if snapshot else 0, told.__name__, base, form, addresses)
    headers = {"Content-Type": form.content_type, "Vary": "Accept", "ETag": tag, "Cache-Control": "no-cache"}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    triples = list(told(base, snapshot, DataFolder(site.installation.settings.data)))
    if told is _service:
        triples += services.description(site.installation, NamedNode(f"{base}/sparql"))
    prefixes = _PREFIXES if form in {TURTLE, RDF_XML} else None
    return Response(serialize(triples, format=RDF_FORMATS[form.name], prefixes=prefixes), headers=headers)


def _snapshot(request: Request) -> Snapshot | None:
    try:
        return site_of(request).installation.versions.newest()
    except NothingLoadedError:
        return None


def _address(request: Request, path: str) -> str:
    """The address of this service as the client wrote it."""
    try:
        return iri(str(request.base_url).rstrip("/") + path).value
    except TermError:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(400, _("The host of the request is no host")) from None


def _figures(base: str, snapshot: Snapshot | None, folder: DataFolder) -> Iterator[Triple]:
    data = NamedNode(base + _DATA)
    yield Triple(data, NamedNode(f"{_VOID}sparqlEndpoint"), NamedNode(f"{base}/sparql"))
    if snapshot is not None:
        yield from describe(statistics(folder, snapshot), data)


def _service(base: str, snapshot: Snapshot | None, folder: DataFolder) -> Iterator[Triple]:
    query, update, default = NamedNode(f"{base}/sparql"), NamedNode(f"{base}/update"), NamedNode(base + _DATA)
    dataset = BlankNode("dataset")
    for service, language in ((query, "SPARQL11Query"), (update, "SPARQL11Update")):
        yield Triple(service, RDF.type, _sd("Service"))
        yield Triple(service, _sd("endpoint"), service)
        yield Triple(service, _sd("supportedLanguage"), _sd(language))
        yield Triple(service, _sd("defaultDataset"), dataset)
    for form in (*_TABLES, *GRAPHS, TRIG, N_QUADS):
        yield Triple(query, _sd("resultFormat"), NamedNode(_FORMATS + _NAMES[form]))
    for form in (*GRAPHS, TRIG, N_QUADS):
        yield Triple(update, _sd("inputFormat"), NamedNode(_FORMATS + _NAMES[form]))
    yield Triple(dataset, RDF.type, _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield Triple(default, RDF.type, _sd("Graph"))
    yield from _figures(base, snapshot, folder)
    for number, name in enumerate(snapshot.graphs() if snapshot else ()):
        named = BlankNode(f"graph{number}")
        yield Triple(dataset, _sd("namedGraph"), named)
        yield Triple(named, RDF.type, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), name)


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


ROUTES = [open_route("/.well-known/void", void, ["GET"])]
