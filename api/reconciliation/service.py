"""What requests of both versions share: the body, the entities of the newest data version, the budget, the errors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.access.rights import allow
from api.problems import ProblemError
from api.protocols.messages import body_of, media_type_of, text_of
from api.reconciliation.entities import Entities, Entity, ReconciledVersions
from api.site import held, running_of, site_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.language import Language
    from api.links import Links

BYTES: Final = 4_000_000
_VARY: Final = {"Vary": "Accept-Language, Cookie, Authorization"}


@dataclass(slots=True)
class Conversation:
    """One request: the entities that it is about, the language of its answer, and the address of this service."""

    knowledge: Knowledge
    versions: ReconciledVersions
    language: Language
    links: Links
    address: str
    _entities: Entities | None = field(default=None, init=False, repr=False)

    @property
    def entities(self) -> Entities:
        """
        The entities, for which only a request that needs them waits: OpenRefine gives a manifest five seconds.

        Raises:
            PoolBusyError: See `ReconciledVersions.ready`.
        """
        # No cached_property: that of Python 3.11 lets only one request of all wait at a time.
        return self._entities or self.read_entities()

    def read_entities(self) -> Entities:
        """The entities, waited for; see `entities`."""
        self._entities = self.versions.ready(self.knowledge)
        return self._entities

    def entity(self, identifier: str) -> Entity:
        """
        The entity of an id.

        Raises:
            ProblemError: 404 if there is none.
        """
        found = self.entities.get(identifier)
        if found is None:
            raise self.unknown(identifier)
        return found

    def unknown(self, identifier: str) -> ProblemError:
        """The error for an id that stands for nothing here."""
        return ProblemError(404, self.language.text("The data know no «{value}»", value=identifier))


async def sent(request: Request) -> dict[str, str]:
    """
    The parameters of the address and, over them, those of a form.

    Raises:
        ProblemError: 413 for a long body, 400 for one that is no UTF-8.
    """
    values = dict(request.query_params)
    if request.method == "POST" and media_type_of(request) != "application/json":
        body = text_of(request, await body_of(request, BYTES))
        values |= dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))
    return values


async def sent_json(request: Request) -> Any:  # noqa: ANN401  (JSON of a client)
    """The body as JSON, or ProblemError 400."""
    return read_json(request, text_of(request, await body_of(request, BYTES)), "body")


def read_json(request: Request, text: str, name: str) -> Any:  # noqa: ANN401  (JSON of a client)
    """
    The text as JSON.

    Raises:
        ProblemError: 400 with line and column if it is none, also for nesting without end.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        _ = site_of(request).pages.language(request).text
        words = _("«{name}» is no JSON: line {line}, column {column}", name=name, line=error.lineno, column=error.colno)
        raise ProblemError(400, words, line=error.lineno, column=error.colno) from None
    except RecursionError:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(400, _("«{name}» is nested too deeply", name=name)) from None


def refuse(request: Request, name: str, what: str, **values: object) -> ProblemError:
    """The error for a part of a message that is not `what` the API asks for, a template with its values."""
    _ = site_of(request).pages.language(request).text
    return ProblemError(400, _("«{name}» must be {what}", name=name, what=_(what, **values)))


async def answered(request: Request, told: str, work: Callable[[Conversation], Any], *, names: bool = True) -> Response:
    """
    What `work` makes of a conversation, as JSON; it is done in a thread and counts as a query of the client.

    `names` says that it needs the entities; until they are read, the client waits at nobody's cost.
    """
    identity, running = allow(request, "read"), running_of(request)

    def answer() -> Response:
        conversation = conversation_of(request)
        if names and not conversation.versions.are_ready(conversation.knowledge):
            with running.track("names", identity, kind="reconciliation", charged=False):
                conversation.read_entities()
        with running.track(told, identity, kind="reconciliation") as query:
            content = work(conversation)
            response = content if isinstance(content, Response) else JSONResponse(content, headers=_VARY)
            query.ended("done", size=len(response.body), version=conversation.knowledge.version)
            return response

    return await run_in_threadpool(answer)


def conversation_of(request: Request) -> Conversation:
    site = site_of(request)
    return Conversation(
        site.installation.newest(),
        held(request, "reconciled", ReconciledVersions),
        site.pages.language(request),
        site.pages.links,
        str(request.base_url).rstrip("/"),
    )


async def view(request: Request) -> Response:
    """The page of an entity, for who holds its id only."""
    identifier = request.query_params.get("id", "")

    def lead(conversation: Conversation) -> Response:
        entity = conversation.entity(identifier)
        return RedirectResponse(conversation.links.of(entity.iri.value) or "/", status_code=303)

    return await answered(request, f"view {identifier}", lead)


async def preview(request: Request) -> Response:
    """A few words on an entity for a small frame in another program's page."""
    identifier = request.query_params.get("id", "")

    def show(conversation: Conversation) -> Response:
        entity = conversation.entity(identifier)
        page = site_of(request).pages.render(
            request,
            "reconciliation_preview.html",
            entity=entity,
            title=entity.name(conversation.language.code),
            others=[name for name in entity.names if name not in entity.called.values()][:3],
            place=place_of(conversation, entity),
            address=conversation.address,
        )
        # Nothing here can be clicked to any effect, so any site may frame it.
        policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
        page.headers["Content-Security-Policy"] = policy
        page.headers["X-Frame-Options"] = "ALLOWALL"
        return page

    return await answered(request, f"preview {identifier}", show)


def place_of(conversation: Conversation, entity: Entity) -> str:
    """What the territory of an entity, or the federal subject around one, is called; empty if there is none."""
    entities = conversation.entities
    places = [str(iri) for role in ("territory", "region", "within") for iri in entity.values.get(role, ())]
    region = entities.region_of(entity.iri)
    if region is not None and region != entity.iri:
        places.insert(0, region.value)
    found = next(filter(None, map(entities.get, places)), None)
    return found.name(conversation.language.code) if found is not None else ""
