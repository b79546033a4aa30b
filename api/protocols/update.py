"""
SPARQL 1.1 updates by POST (SPARQL 1.1 Protocol, section 2.2), for who may write.

An update happens as a whole or not at all, in a process that can be killed (`graph.updates`); `Vekha-Version` in the
answer is the data version in which it is true.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from api.access.audit import Author
from api.access.rights import allow
from api.operation.query_log import query_hash, shortened
from api.problems import TOLD, ProblemError, graph_problem
from api.protocols.announced_limits import of_changes
from api.protocols.messages import FORM, Parameters, based, body_of, media_type_of, open_route, tags_of, text_of
from api.site import running_of, site_of
from api.writing import writer_of, written
from graph.bounds import MAX_UPDATE_LENGTH
from graph.guard import check_update

if TYPE_CHECKING:
    from starlette.requests import Request

    from graph.guard import Dataset

UPDATE: Final = "application/sparql-update"
# A character of UTF-8 takes up to four bytes, and a form may escape each of them.
_BYTES: Final = 4 * MAX_UPDATE_LENGTH


async def update(request: Request) -> Response:
    """The answer to an update; 204 once it is stored."""
    # Who may not write at all is told so before anything is read.
    allow(request, "update")
    writer_of(request)
    if tags_of(request, "if-match"):
        # There is nothing that could match, so it does not (RFC 9110, 13.1.1), and ignoring it might lose a change.
        _ = site_of(request).pages.language(request).text
        words = _("Updates have no entity tag to compare; write under a condition at {address}", address="/graphs")
        raise ProblemError(412, words)
    text, using = await _posted(request)
    return await written(request, partial(_updated, request, text, using))


async def _posted(request: Request) -> tuple[str, Dataset | None]:
    kind = media_type_of(request)
    _ = site_of(request).pages.language(request).text
    if kind == UPDATE:
        text, parameters = text_of(request, await body_of(request, _BYTES)), Parameters.of(request)
        parameters.refuse_text("update", "query")
    elif kind == FORM:
        parameters = Parameters.of(request, await body_of(request, 3 * _BYTES))
        if "query" in parameters:
            raise ProblemError(400, _("Only updates are taken here; queries go to {address}", address="/sparql"))
        text = parameters.required("update")
    else:
        words = _("An update is posted as {types}", types=f"{FORM}, {UPDATE}")
        raise ProblemError(415, words, headers={"Accept-Post": f"{FORM}, {UPDATE}"})
    return text, parameters.dataset("using-graph-uri", "using-named-graph-uri")


def _updated(request: Request, text: str, using: Dataset | None) -> Response:
    installation, writer = site_of(request).installation, writer_of(request)
    sources = frozenset(installation.settings.sources)
    asked = based(text, installation.settings.base)
    identity = allow(request, "update")
    try:
        with running_of(request).track(text, identity, kind="update") as query:
            checked = check_update(asked.text, prefixes=installation.prefixes, sources=sources)
            allow(request, "update", graphs=checked.targets)
            with writer.audited("update", Author.of(identity)) as detail:
                detail.update({"hash": query_hash(text), "text": shortened(text)})
                version = writer.store.update(asked.text, prefixes=installation.prefixes, using=using, sources=sources)
            query.ended("done", version=version)
    except TOLD as error:
        raise graph_problem(error, site_of(request).pages.language(request), added_lines=asked.added_lines) from None
    return Response(status_code=204, headers={"Vekha-Version": str(version)})


ROUTES = [open_route("/update", update, ["POST"], limits=of_changes(_BYTES))]
