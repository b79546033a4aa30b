"""The page of a roadmap: which version, which cell is lit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from api.roadmaps import roadmap_view
from api.things import things

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.things import Thing

_SHA_START = re.compile(r"[0-9a-f]{6,64}")
_ANCHOR = re.compile(r"t[0-9]+_r[0-9]+(_c[0-9]+)?")


def roadmap(thing: Thing) -> Response:
    """The source tables as printed, each row beside the facts that were read from it."""
    version = thing.request.query_params.get("version")
    cell = thing.request.query_params.get("cell")
    if (version and not _SHA_START.fullmatch(version)) or (cell and not _ANCHOR.fullmatch(cell)):
        raise HTTPException(404)
    view = roadmap_view(thing.knowledge, thing.iri.value, thing.language.code, version=version, cell=cell)
    if view is None:
        raise HTTPException(404)
    title = view.record["title"] if view.record else view.shown["file"]
    return thing.render(
        "roadmap.html", view=view, title=title, version_asked=version, selected=cell, document_path=thing.address
    )


ROUTES = things("roadmaps", roadmap)
