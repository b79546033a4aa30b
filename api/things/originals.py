"""
`/roadmaps/<slug>/original`: the document as it was loaded, to be saved.

Who may read the pages may read it, but not where names of persons are withheld: nobody has taken them out of the file.
Nothing that a browser could run or render comes of it, whatever the file holds.  A copy that was damaged is not sent:
it is read and compared once, and again when the file changed or after a while, at the cost of who asks.
"""

from __future__ import annotations

import time
from hashlib import file_digest
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, TypeAlias

from cachetools import TTLCache
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

from api.access.rights import allow
from api.operation.computing import Results, shared
from api.parameters import takes
from api.problems import ProblemError
from api.protocols.messages import attachment
from api.representations import file_route
from api.site import held
from api.things.frame import thing_of
from graph.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Record
    from api.site import Site

# Where a file is, and all by which the system tells that it changed: device, inode, size, both times.
Signature: TypeAlias = "tuple[Path, int, int, int, int, int]"

_TYPE: Final = "application/octet-stream"
_KEPT: Final = 10_000
# A disk may spoil what nobody writes to.
_CHECKED_FOR: Final = 600.0


class CheckedFiles(Results[Signature, str]):
    """The SHA-256 of kept files that were read lately."""

    def __init__(self, *, timer: Callable[[], float] = time.monotonic) -> None:
        super().__init__(TTLCache(_KEPT, _CHECKED_FOR, timer=timer))


def original_file(request: Request) -> Response:
    """The file of the current version, or of the one whose SHA-256 begins with `version`."""
    allow(request, "read")
    thing = thing_of(request, "roadmaps")
    _ = thing.language.text
    shown = version_of(
        thing.knowledge.records("versions", thing.language.code, roadmap=thing.iri), request.query_params.get("version")
    )
    if not thing.site.installation.settings.show_persons:
        raise ProblemError(
            403,
            _("The file names persons, and their names are withheld here; the page shows the document without them."),
        )
    path = kept_file(thing.site, shown)
    if path is None:
        raise ProblemError(
            404,
            _(
                "The data folder does not keep this file. It does so with documents that are loaded with the setting "
                "VEKHA_KEEP_DOCUMENTS and are not larger than 200 MB."
            ),
        )
    files = held(request, "checked_files", CheckedFiles)
    if shared(request, "original", files, _signature(path), lambda: _sha256(path)) != shown["sha256"]:
        raise ProblemError(500, _("The copy of this file in the data folder is damaged; load the document again."))
    headers = {
        "Content-Disposition": attachment(PurePath(str(shown["file"])).name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Vekha-Version": str(thing.knowledge.version),
    }
    return FileResponse(path, headers=headers, media_type=_TYPE)


def version_of(versions: Sequence[Record], asked: str | None) -> Record:
    """The version whose SHA-256 begins so, or the current one; 404 without one."""
    for known in versions:
        if str(known["sha256"]).startswith(asked) if asked else known["current"]:
            return known
    raise HTTPException(404)


def is_offered(site: Site, shown: Record) -> bool:
    """Whether the file of this version can be had."""
    return site.installation.settings.show_persons and kept_file(site, shown) is not None


def kept_file(site: Site, shown: Record) -> Path | None:
    """Where the file of this version is kept."""
    return DataFolder(site.installation.settings.data).original(str(shown["sha256"]))


def _signature(path: Path) -> Signature:
    state = path.stat()
    return path, state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


ROUTES = [file_route("/roadmaps/{slug}/original", original_file, takes("version"))]
