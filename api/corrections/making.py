"""
Corrections by people: made and undone in this process, or by the server that runs on the same data folder.

The server takes them from this machine with the secret of `server.json`, and from editors.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.access.audit import Author
from api.access.rights import identity_of
from api.importing.loading import Loader, open_loader, posted
from api.importing.loads import body_of_editor
from api.problems import ProblemError
from api.site import site_of
from api.writing import asked_in
from graph.folder import DataFolder
from graph.serving import running_server
from loaders.corrected_values import CorrectionError
from loaders.correction_record import CorrectionRecord, new_correction, roadmap_named
from loaders.corrections import Correction
from loaders.extraction import CorrectedField, Operation
from ontology.iris import Iris
from ontology.reference import load_reference

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from api.language import Language
    from api.settings import Settings
    from loaders.extraction import Outcome

CORRECTIONS_PATH = "/api/corrections"
# What a person types; more is a document, not a correction.
_LONGEST = 10_000


class CorrectionRequest(BaseModel):
    """What `vekha correct` asks for: a new correction of a document, or with `undo` that one is undone."""

    model_config = ConfigDict(extra="forbid", str_max_length=_LONGEST)

    author: str = Field(min_length=1, max_length=200)
    undo: str | None = None
    document: str | None = None
    field: CorrectedField | None = None
    operation: Operation = "replace"
    value: str | None = None
    instead: str | None = None
    cell: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _names_what_to_correct(self) -> CorrectionRequest:
        if self.undo is None and (self.document is None or self.field is None):
            raise ValueError("name a document and a field, or a correction to undo")
        return self


# The correction as it now stands in the record: `name` and fields of `Correction`; `document`, what came of reading its
# document again (`DocumentReport`), None if it is not loaded; `version`, the data version afterwards.
Answer = dict[str, Any]


def change(settings: Settings, request: CorrectionRequest, language: Language) -> Answer:
    """
    The correction that was made or undone, by the running server if there is one, else here.

    Its document is read again from the kept file, so that the answer's data version has it.

    Raises:
        CorrectionError: It cannot be made; nothing was changed.
        HandOverError: The server refused or broke off; the message is its own.
        GraphError: The store cannot be written.
    """
    server = running_server(DataFolder(settings.data))
    if server is None:
        with open_loader(settings) as loader:
            return change_here(loader, request)
    with posted(server, CORRECTIONS_PATH, request.model_dump(mode="json"), language=language.code) as answer:
        found: Answer = json.loads(answer.read())
        return found


def change_here(
    loader: Loader, request: CorrectionRequest, *, author: Author | None = None, expected: int | None = None
) -> Answer:
    """
    See `change`; `loader` is the writer of the data folder, `author` whom its audit log names.

    Raises:
        StaleDataError: The newest data version is not the `expected` one.
    """
    settings = loader.settings
    iris = Iris(settings.base)
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    action = "correct" if request.undo is None else "undo"
    with ExitStack() as turn:
        store = turn.enter_context(loader.turn())
        loader.require(expected)
        detail = turn.enter_context(loader.audited(action, author))
        detail["author"] = request.author
        record = CorrectionRecord.of_store(store, iris)
        if request.undo is not None:
            roadmap, _, key = request.undo.strip().rpartition("/")[2].rpartition("_")
            made = record.undo(roadmap, key, author=request.author, at=now)
        else:
            assert request.document is not None
            assert request.field is not None
            snapshot = store.snapshot()
            asked = Correction(
                roadmap=roadmap_named(snapshot, request.document, iris),
                field=request.field,
                author=request.author,
                made=now,
                operation=request.operation,
                value=request.value,
                instead=request.instead,
                cell=request.cell,
                reason=request.reason,
            )
            made = new_correction(
                asked, snapshot, iris=iris, reference=load_reference(), show_persons=settings.show_persons
            )
            record.add(made)
        detail["correction"] = f"{made.roadmap}_{made.key}"
        record.write(store, show_persons=settings.show_persons)
        report = loader.reload_in_turn({made.roadmap}, lambda _: None)
    return {
        "name": f"{made.roadmap}_{made.key}",
        "key": made.key,
        "cell": made.cell,
        "expects": made.expects,
        "value": made.value,
        "document": next(iter(report["documents"]), None),
        "version": report["version"],
    }


def outcome_words(outcome: Outcome | None, found: str | None, language: Language) -> str:
    """What came of a correction at the last load, None: it was not loaded since."""
    text = language.text
    match outcome:
        case "applied":
            return text("applied")
        case "stale":
            return text("not applied: the text is now «{text}»", text=found or "")
        case "missing":
            return text("not applied: the cell is gone")
        case "unusable":
            return text("not applied: {reason}", reason=found or "")
        case _:
            return text("waits for the next load")


async def correct(request: Request) -> Response:
    """The correction as JSON, or a problem in the language of the request."""
    loader, body = await body_of_editor(request)
    asked, language = asked_in(body, CorrectionRequest), site_of(request).pages.language(request)
    try:
        author = Author.of(identity_of(request))
        return JSONResponse(await run_in_threadpool(change_here, loader, asked, author=author))
    except CorrectionError as error:
        raise ProblemError(400, language.text(error.message.template, **error.message.values)) from None


ROUTES = [Route(CORRECTIONS_PATH, correct, methods=["POST"])]
