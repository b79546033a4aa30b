"""
Registers loaded and removed: in this process, or by the server that runs on the same data folder.

The server takes them from this machine with the secret of `server.json` only, because they are files of it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import Route

from api.access.audit import Author
from api.access.rights import identity_of
from api.importing.loading import hand_over, open_loader
from api.importing.loads import body_of_owner, told
from api.problems import ProblemError
from api.writing import asked_in
from graph.folder import DataFolder
from graph.serving import running_server
from loaders.registries.loading import RegisterOptions, load_register, remove_register
from loaders.registries.registers import register_of
from loaders.registries.source import RegisterError
from ontology.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import StreamingResponse

    from api.importing.loading import Event, Loader, Report
    from api.settings import Settings

REGISTRIES_PATH = "/api/registries"


class RegistryRequest(BaseModel):
    """What `vekha registry` asks for: to load a file as an edition of a register, or to remove editions."""

    model_config = ConfigDict(extra="forbid", str_max_length=1000)

    action: Literal["load", "remove"]
    register_name: str = Field(max_length=60)
    path: Path | None = None
    mapping: Path | None = None
    edition: str = Field("", max_length=60)
    day: date | None = None
    source: str = ""
    licence: str = ""
    personal: bool = False
    everything: bool = False


def change_registry(
    settings: Settings, request: RegistryRequest, tell: Callable[[Event], None], *, language: str | None = None
) -> Report:
    """
    What came of it: `RegisterReport` of a load, `removed` editions of a removal.

    Raises:
        RegisterError: The file cannot be read, or there is nothing to remove; nothing was changed.
        GraphError: The store cannot be written.
        HandOverError: The running server refused or broke off.
    """
    server = running_server(DataFolder(settings.data))
    if server is not None:
        return hand_over(server, request.model_dump(mode="json"), tell, language, path=REGISTRIES_PATH)
    with open_loader(settings) as loader:
        return change_here(loader, request, tell)


def change_here(
    loader: Loader, request: RegistryRequest, tell: Callable[[Event], None], *, author: Author | None = None
) -> Report:
    """See `change_registry`; `author` is whom the audit log names."""
    iris = Iris(loader.settings.base)
    with loader.turn() as store, loader.audited(f"registry {request.action}", author) as detail:
        detail["register"] = request.register_name
        if request.action == "remove":
            gone = remove_register(store, iris, request.register_name, request.edition or None)
            detail["editions"] = [one.edition for one in gone]
            return {"removed": detail["editions"], "version": store.version}
        if request.personal and not loader.settings.show_persons:
            raise RegisterError("Names of persons are withheld here (VEKHA_SHOW_PERSONS); load without them.")
        register = register_of(request.register_name, request.mapping)
        assert request.path is not None
        detail["file"] = request.path.name
        report = load_register(
            request.path,
            register,
            store=store,
            iris=iris,
            options=RegisterOptions(
                edition=request.edition,
                day=request.day,
                source=request.source,
                licence=request.licence,
                personal=request.personal,
                everything=request.everything,
            ),
            progress=lambda step: tell(
                {"stage": step.stage, "file": step.file, "done": step.done, "total": step.total}
            ),
        )
        detail |= {"edition": report.edition, "records": report.records, "status": report.status}
    return report.to_json()


async def change_registries(request: Request) -> StreamingResponse:
    """One JSON object on a line for each step; the last one holds `report` or `problem`."""
    loader, body = await body_of_owner(request)
    asked = asked_in(body, RegistryRequest)
    for path in (asked.path, asked.mapping):
        if path is not None and not path.is_absolute():
            raise ProblemError(400, f"Paths must be absolute: {path}")
    if asked.action == "load" and asked.path is None:
        raise ProblemError(400, "Name a file")
    author = Author.of(identity_of(request))
    return told(request, lambda tell: change_here(loader, asked, tell, author=author))


ROUTES = [Route(REGISTRIES_PATH, change_registries, methods=["POST"])]
