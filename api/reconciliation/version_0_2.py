"""The Entity Reconciliation API 0.2 (final report of 2023-04-10), which OpenRefine speaks, at `/reconcile/0.2`."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException

from api.protocols.messages import open_route
from api.reconciliation.entities import TYPES
from api.reconciliation.matching import (
    MOST_IDS,
    MOST_QUERIES,
    PROPERTIES,
    SUGGESTED,
    asked,
    described,
    described_properties,
    features,
    found,
    property_name,
    suggested,
    type_name,
    type_of,
    values,
)
from api.reconciliation.service import answered, place_of, preview, read_json, refuse, sent, view
from ontology.iris import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from api.language import Language
    from api.reconciliation.service import Conversation

BASE: Final = "/reconcile/0.2"
_KEYS: Final = frozenset({"query", "type", "limit", "properties", "type_strict"})
_SIZE: Final = {"width": 420, "height": 160}
_KINDS: Final = ("entity", "type", "property")


async def service(request: Request) -> Response:
    """The manifest, the candidates of a batch (`queries`), or the values of entities (`extend`)."""
    parameters = await sent(request)
    if "queries" in parameters:
        queries = _queries(request, read_json(request, parameters["queries"], "queries"))
        return await answered(
            request, f"{len(queries)} names", lambda talk: {name: _answer(talk, query) for name, query in queries}
        )
    if "extend" in parameters:
        extend = read_json(request, parameters["extend"], "extend")
        ids, names = read_extension(request, extend)
        return await answered(request, f"{len(ids)} values", lambda talk: _extended(talk, ids, names))
    return await answered(request, "manifest", _manifest, names=False)


def read_extension(request: Request, content: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401  (JSON of a client)
    """
    The ids and the properties of a query for values.

    Raises:
        ProblemError: 400 if it has another form or is too long.
    """
    if not isinstance(content, dict):
        raise refuse(request, "extend", "an object with «ids» and «properties»")
    ids, properties = content.get("ids"), content.get("properties")
    if not isinstance(ids, list) or len(ids) > MOST_IDS or not all(isinstance(each, str) for each in ids):
        raise refuse(request, "ids", "a list of at most {count} texts", count=MOST_IDS)
    if (
        not isinstance(properties, list)
        or len(properties) > len(PROPERTIES)
        or not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in properties)
    ):
        raise refuse(request, "properties", "a list of objects with «id», each once")
    return ids, [each["id"] for each in properties]


async def suggest_entity(request: Request) -> Response:
    return await answered(request, "suggest entity", lambda talk: {"result": list(_entities(request, talk))})


async def suggest_type(request: Request) -> Response:
    return await answered(
        request, "suggest type", lambda talk: _chosen(request, _names("type", talk.language)), names=False
    )


async def suggest_property(request: Request) -> Response:
    return await answered(
        request, "suggest property", lambda talk: _chosen(request, _names("property", talk.language)), names=False
    )


async def flyout(request: Request) -> Response:
    """A few words on a suggestion that is pointed at: an entity, a type or a property."""
    kind, identifier = request.path_params["kind"], request.query_params.get("id", "")
    if kind not in _KINDS:
        raise HTTPException(404)

    def show(talk: Conversation) -> dict[str, Any]:
        if kind == "entity":
            entity = talk.entity(identifier)
            name = entity.name(talk.language.code)
            more = [type_name(entity.type, talk.language), place_of(talk, entity)]
        elif identifier in (names := _names(kind, talk.language)):
            name, more = names[identifier], [identifier]
        else:
            raise talk.unknown(identifier)
        told = "".join(f"<p>{escape(words)}</p>" for words in more if words and words != name)
        return {"id": identifier, "html": f"<h1>{escape(name)}</h1>{told}"}

    return await answered(request, f"flyout {identifier}", show, names=kind == "entity")


def _names(kind: str, language: Language) -> dict[str, str]:
    """What the types or the properties are called, by their ids."""
    if kind == "type":
        return {name: type_name(name, language) for name in TYPES}
    return {name: property_name(name, language) for name in PROPERTIES}


def _chosen(request: Request, names: Mapping[str, str]) -> dict[str, Any]:
    """Those of the ids and names that what was typed so far begins."""
    chosen = suggested(request.query_params.get("prefix", ""), names)
    return {"result": [{"id": identifier, "name": name} for identifier, name in chosen]}


async def propose_properties(request: Request) -> Response:
    def answer(talk: Conversation) -> dict[str, Any]:
        names = [{"id": name, "name": property_name(name, talk.language)} for name in PROPERTIES]
        kind = request.query_params.get("type")
        return {"properties": names, **({"type": kind} if kind else {})}

    return await answered(request, "propose properties", answer, names=False)


def _entities(request: Request, talk: Conversation) -> Iterator[dict[str, Any]]:
    """Entities for what was typed so far: those called so or whose names begin so; then by id, number or likeness."""
    prefix = request.query_params.get("prefix", "")
    query = asked(talk.entities, prefix, [request.query_params.get("type", "")], SUGGESTED, ())
    chosen = {entity.iri: entity for entity in talk.entities.beginning(prefix, query.types, SUGGESTED)}
    if len(chosen) < SUGGESTED:
        matched = (talk.entities.entities[candidate.record.key] for candidate in found(talk.entities, query))
        chosen |= {entity.iri: entity for entity in matched}
    for entity in list(chosen.values())[:SUGGESTED]:
        yield {
            "id": entity.iri.value,
            "name": entity.name(talk.language.code),
            "description": type_name(entity.type, talk.language),
            "notable": [type_of(entity, talk.language)],
        }


def _queries(request: Request, content: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401  (JSON of a client)
    if not isinstance(content, dict) or len(content) > MOST_QUERIES:
        raise refuse(request, "queries", "an object of at most {count} queries", count=MOST_QUERIES)
    for name, query in content.items():
        if not isinstance(query, dict) or not isinstance(query.get("query", ""), str):
            raise refuse(request, name, "an object with the text «query»")
        strange = query.keys() - _KEYS
        if strange or not (query.get("query") or query.get("properties")):
            raise refuse(
                request, name, "an object with «query» or «properties», and nothing that the API does not know"
            )
        if not isinstance(query.get("limit", 1), int | float):
            raise refuse(request, f"{name}.limit", "a number")
        properties = query.get("properties", [])
        if not isinstance(properties, list) or not all(
            isinstance(each, dict) and isinstance(each.get("pid"), str) and "v" in each for each in properties
        ):
            raise refuse(request, f"{name}.properties", "a list of objects with «pid» and «v»")
    return list(content.items())


def _answer(talk: Conversation, query: dict[str, Any]) -> dict[str, Any]:
    given = query.get("type")
    types = [given] if isinstance(given, str) else [each for each in given or () if isinstance(each, str)]
    properties = [(each["pid"], each["v"]) for each in query.get("properties", ())]
    chosen = found(talk.entities, asked(talk.entities, query.get("query", ""), types, query.get("limit"), properties))
    result = []
    for candidate in chosen:
        findings = list(features(candidate, talk.language))
        result.append(
            {
                **described(talk.entities, candidate, talk.language),
                "description": "; ".join(words for _, words, _ in findings),
                "features": [{"id": one, "value": good} for one, _, good in findings],
            }
        )
    return {"result": result}


def _extended(talk: Conversation, ids: list[str], names: list[str]) -> dict[str, Any]:
    known = [name for name in names if name in PROPERTIES]
    return {
        "meta": described_properties(talk.entities, ids, known, talk.language),
        "rows": {
            identifier: values(talk.knowledge, talk.entities, identifier, known, talk.language) for identifier in ids
        },
    }


def _manifest(talk: Conversation) -> dict[str, Any]:
    here = talk.address + BASE
    # Without a path for flyouts OpenRefine asks for `/search` under this base.
    suggest = {
        kind: {
            "service_url": here,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": here,
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
        }
        for kind in _KINDS
    }
    return {
        "versions": ["0.2"],
        "name": talk.language.text("Vekha: bodies, territories, themes and registers"),
        "identifierSpace": talk.knowledge.iris.base,
        "schemaSpace": NAMESPACE,
        "documentation": f"{talk.address}/help",
        "view": {"url": f"{here}/view?id={{{{id}}}}"},
        "defaultTypes": [{"id": name, "name": type_name(name, talk.language)} for name in TYPES],
        "suggest": suggest,
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", **_SIZE},
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/properties"},
            "property_settings": [],
        },
    }


ROUTES = [
    open_route(BASE, service, ["GET", "POST"]),
    open_route(f"{BASE}/suggest/entity", suggest_entity, ["GET"]),
    open_route(f"{BASE}/suggest/type", suggest_type, ["GET"]),
    open_route(f"{BASE}/suggest/property", suggest_property, ["GET"]),
    open_route(f"{BASE}/flyout/{{kind}}", flyout, ["GET"]),
    open_route(f"{BASE}/properties", propose_properties, ["GET"]),
    open_route(f"{BASE}/view", view, ["GET"]),
    open_route(f"{BASE}/preview", preview, ["GET"]),
]
