"""
Graphs as resources (SPARQL 1.1 Graph Store HTTP Protocol): read by everybody, written by who may.

Indirectly at `/graphs?graph=IRI` and `/graphs?default`; directly at `/graphs/NAME`, which stands for the graph
`{base}graph/NAME` whatever host the request names.  `/graphs` alone is the whole dataset.
"""

from __future__ import annotations

import re
import uuid
from contextlib import ExitStack
from functools import partial
from typing import IO, TYPE_CHECKING, Final, TypeAlias, cast
from urllib.parse import quote, unquote

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, serialize
from starlette.responses import Response

from api.access.audit import Author
from api.access.rights import allow, limits_of
from api.negotiation import (
    DATASETS,
    GRAPHS,
    JSON_LD,
    RDF_FORMATS,
    RDF_XML,
    TRIG,
    TURTLE,
    by_name,
    choose,
)
from api.problems import TOLD, ProblemError, graph_problem
from api.protocols.announced_limits import of_graphs
from api.protocols.bounded_output import BoundedOutput, temporary_file
from api.protocols.messages import (
    Parameters,
    attachment,
    entity_tag,
    is_known,
    media_type_of,
    open_route,
    tags_of,
)
from api.protocols.received_graphs import MULTIPART, rdf_format_of, received_body, received_form
from api.protocols.sent_graphs import GraphWriting
from api.protocols.streaming import Stopper, StreamedAnswer, closing, held_back, while_connected
from api.site import running_of, site_of
from api.writing import writer_of, written
from graph.errors import NoSuchGraphError, TermError
from graph.terms import iri

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.requests import Request

    from api.access.identity import Identity
    from api.installation import Installation
    from api.operation.running import RunningQuery
    from graph.snapshots import Snapshot
    from graph.store import Precondition

# None stands for the whole dataset.
Target: TypeAlias = NamedNode | DefaultGraph | None

_WITH_NAMED_GRAPHS: Final = frozenset((RdfFormat.TRIG, RdfFormat.N_QUADS))
_CHUNK: Final = 256 * 1024
# What no path of an IRI holds (RFC 3987, 2.2), and what an address may hold unescaped.
_NOT_IN_PATHS: Final = re.compile(r'[\x00-\x20<>"{}|\\^`%?#\x7f]')
_SAFE: Final = ":/?#[]@!$&'()*+,;=%"
_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+")


async def graphs(request: Request) -> Response:
    """A graph, or what became of it."""
    try:
        if request.method in {"GET", "HEAD"}:
            return await _sent_out(request)
        # Who may not write at all is told so before anything is read.
        allow(request, "update")
        writer_of(request)
        target = _target(request)
        if request.method == "DELETE":
            return await written(request, partial(_delete, request, target))
        return await _sent(request, target)
    except TOLD as error:
        raise graph_problem(error, site_of(request).pages.language(request)) from None


async def _sent_out(request: Request) -> Response:
    identity, stopper = allow(request, "read"), Stopper()
    work = partial(_read, request, _target(request), identity, stopper)
    return await while_connected(request, work, stopper)


def _target(request: Request) -> Target:
    """
    What the request is about.

    Raises:
        ProblemError: 400 if it names two things, or no IRI.
    """
    installation, parameters = site_of(request).installation, Parameters.of(request)
    _ = site_of(request).pages.language(request).text
    name: str | None = request.path_params.get("name")
    graph = parameters.one("graph")
    if [name is not None, graph is not None, "default" in parameters].count(True) > 1:
        raise ProblemError(400, _("Name one graph: by its address, by «graph» or by «default»"))
    if graph is not None:
        return parameters.iri("graph", graph)
    if "default" in parameters:
        return DefaultGraph()
    if name is None:
        return None
    path = _NOT_IN_PATHS.sub(lambda found: quote(found[0]), name)
    try:
        return iri(f"{installation.settings.base}graph/{path}")
    except TermError as error:
        raise ProblemError(400, _(error.template, **error.values)) from None


def _read(request: Request, target: Target, identity: Identity, stopper: Stopper) -> Response:
    """The graph, or the dataset, in the format that the request likes best; `stopper` ends its writing."""
    site = site_of(request)
    parameters = Parameters.of(request)
    offered = GRAPHS if target is not None else (*DATASETS, JSON_LD)
    name = parameters.one("format")
    form = by_name(name, offered) if name is not None else choose(request.headers.get("accept"), offered)
    if form is None:
        offers = ", ".join(each.media_type for each in offered)
        words = site.pages.language(request).text("The answer comes as {types}", types=offers)
        raise ProblemError(406, words, headers={"Vary": "Accept"})
    with ExitStack() as open_things:
        snapshot = _snapshot(site.installation, parameters.number("version"), open_things)
        if isinstance(target, NamedNode) and not snapshot.has_graph(target):
            raise NoSuchGraphError("There is no graph {graph}", graph=target.value)
        tag = entity_tag(snapshot.version, "graph", str(target), form)
        headers = {
            "Content-Type": form.content_type,
            "Vary": "Accept",
            "ETag": tag,
            "Cache-Control": "no-cache",
            "Vekha-Version": str(snapshot.version),
        }
        wanted = tags_of(request, "if-match")
        if wanted and not wanted & {tag, "*"}:
            _ = site.pages.language(request).text
            raise ProblemError(412, _("The data were changed since you read this graph; read it again"))
        if is_known(request, tag):
            return Response(status_code=304, headers=headers)
        if name is not None:
            headers["Content-Disposition"] = attachment(f"{_file_name(target)}.{form.suffix}")
        if request.method == "HEAD":
            return _without_length(Response(headers=headers))
        file = open_things.enter_context(temporary_file())
        prefixes = site.installation.prefixes if form in {TURTLE, RDF_XML, TRIG} else None
        statements = snapshot.quads() if target is None else snapshot.triples(_named(target))
        with _tracked(request, identity, target) as entry:
            stopper.holds(entry)
            writing = GraphWriting(limits_of(request, identity), snapshot.version)
            entry.started(writing)
            output = cast("IO[bytes]", BoundedOutput(file, writing.check, is_xml=form is RDF_XML))
            serialize(statements, output, RDF_FORMATS[form.name], prefixes=dict(prefixes) if prefixes else None)
            entry.ended("done")
        file.seek(0)
        chunks = iter(partial(file.read, _CHUNK), b"")
        held, whole = held_back(chunks)
        if whole:
            return Response(b"".join(held), headers=headers)
        return StreamedAnswer(held, chunks, headers=headers, stopper=stopper, close=closing(open_things))


def _without_length(response: Response) -> Response:
    """An answer to HEAD that claims no length: that of the answer to GET is not known before it is made."""
    del response.headers["content-length"]
    return response


def _precondition(request: Request, target: Target) -> Precondition | None:
    """
    What the graph must be just before it is changed, as the client says (RFC 9110, 13.1.1 and 13.1.2); None: anything.

    Our tags are weak, but a data version is part of them, so they tell more than the bytes would.
    """
    wanted, unwanted = (tags_of(request, name) for name in ("if-match", "if-none-match"))
    if not (wanted or unwanted):
        return None
    _ = site_of(request).pages.language(request).text
    offered = GRAPHS if target is not None else (*DATASETS, JSON_LD)

    def check(snapshot: Snapshot) -> None:
        """
        Nothing, if the graph is so.

        Raises:
            ProblemError: 412 if it is not.
        """
        exists = not isinstance(target, NamedNode) or snapshot.has_graph(target)
        tags = {entity_tag(snapshot.version, "graph", str(target), form) for form in offered} | {"*"}
        if wanted and not (exists and tags & wanted):
            raise ProblemError(412, _("The data were changed since you read this graph; read it again"))
        if exists and tags & unwanted:
            raise ProblemError(412, _("There is such a graph already"))

    return check


def _snapshot(installation: Installation, version: int | None, open_things: ExitStack) -> Snapshot:
    newest = installation.versions.newest()
    if version in {None, newest.version}:
        return newest
    return open_things.enter_context(installation.versions.open(version))


def _delete(request: Request, target: Target) -> Response:
    if target is None:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(400, _("Name the graph to delete by its address, by «graph» or by «default»"))
    identity, writer = allow(request, "update", graphs=[target]), writer_of(request)
    with (
        _tracked(request, identity, target),
        writer.audited("graph-delete", Author.of(identity)) as detail,
    ):
        detail["graph"] = _written(target)
        version = writer.store.drop_graph(_named(target), precondition=_precondition(request, target))
    return Response(status_code=204, headers={"Vekha-Version": str(version)})


async def _sent(request: Request, target: Target) -> Response:
    """What became of the graph that the request sends: in place of another (PUT), or added to it (POST)."""
    with ExitStack() as received:
        if request.method == "POST" and media_type_of(request) == MULTIPART:
            target = target or _new_graph(request)
            form, rdf_format = await received_form(request, _base_of(request, target))
            file = received.enter_context(form)
        else:
            rdf_format = rdf_format_of(request)
            if target is None and rdf_format not in _WITH_NAMED_GRAPHS:
                # A graph in place of the whole dataset is an address that was forgotten.
                if request.method == "PUT" and rdf_format != RdfFormat.JSON_LD:
                    _ = site_of(request).pages.language(request).text
                    raise ProblemError(400, _("Name the graph to replace by its address, by «graph» or by «default»"))
                if request.method == "POST":
                    target = _new_graph(request)
            file = received.enter_context(await received_body(request))
        return await written(request, partial(_write, request, target, file, rdf_format))


def _write(request: Request, target: Target, file: IO[bytes], rdf_format: RdfFormat) -> Response:
    identity = allow(request, "update", graphs=None if target is None else [target])
    writer, merge, created = writer_of(request), request.method == "POST", False
    base = _base_of(request, target)
    with (
        _tracked(request, identity, target),
        writer.audited("graph-post" if merge else "graph-put", Author.of(identity)) as detail,
    ):
        detail["graph"] = _written(target)
        precondition = _precondition(request, target)
        if target is None:
            version = writer.store.put_dataset(file, rdf_format, base_iri=base, merge=merge, precondition=precondition)
        else:
            version, created = writer.store.put_graph(
                _named(target), file, rdf_format, base_iri=base, merge=merge, precondition=precondition
            )
    headers = {"Vekha-Version": str(version)}
    if created and isinstance(target, NamedNode):
        headers["Location"] = quote(target.value, safe=_SAFE)
    return Response(status_code=201 if created else 204, headers=headers)


def _tracked(request: Request, identity: Identity, target: Target) -> AbstractContextManager[RunningQuery]:
    """A graph that is read or changed among what runs: it spends the budget of its client, as a query does."""
    return running_of(request).track(f"{request.method} {_written(target)}", identity, kind="graph")


def _written(target: Target) -> str:
    """The target in the audit log."""
    if isinstance(target, NamedNode):
        return target.value
    return "dataset" if target is None else "default"


def _new_graph(request: Request) -> NamedNode:
    return NamedNode(f"{site_of(request).installation.settings.base}graph/{uuid.uuid4()}")


def _base_of(request: Request, target: Target) -> str:
    """What relative IRIs of the sent graph are resolved against (Graph Store Protocol, 4.1)."""
    return target.value if isinstance(target, NamedNode) else site_of(request).installation.settings.base


def _named(target: NamedNode | DefaultGraph) -> NamedNode | None:
    return target if isinstance(target, NamedNode) else None


def _file_name(target: Target) -> str:
    return _NOT_IN_NAMES.sub("_", unquote(_written(target)).rstrip("/#").rpartition("/")[2]) or "graph"


_METHODS: Final = ["GET", "PUT", "POST", "DELETE"]
ROUTES = [
    open_route("/graphs", graphs, _METHODS, limits=of_graphs),
    open_route("/graphs/{name:path}", graphs, _METHODS, limits=of_graphs),
    # So the IRIs of graphs lead to them.
    open_route("/graph/{name:path}", graphs, _METHODS, limits=of_graphs),
]
