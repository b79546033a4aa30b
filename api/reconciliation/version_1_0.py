"""The Entity Reconciliation API 1.0, draft of 2026-07, at `/reconcile/1.0-draft`: other messages, the same entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.protocols.messages import open_route
from api.reconciliation.entities import TYPES
from api.reconciliation.matching import (
    MOST_QUERIES,
    PROPERTIES,
    asked,
    described,
    described_properties,
    features,
    found,
    type_name,
    values,
)
from api.reconciliation.service import answered, preview, refuse, sent_json, view
from api.reconciliation.version_0_2 import (
    propose_properties,
    read_extension,
    suggest_entity,
    suggest_property,
    suggest_type,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from api.reconciliation.service import Conversation

BASE: Final = "/reconcile/1.0-draft"
_MATCHED: Final = frozenset({"name", "id", "property"})


async def manifest(request: Request) -> Response:
    def answer(talk: Conversation) -> dict[str, Any]:
        return {
            "versions": ["1.0-draft"],
            "name": talk.language.text("Vekha: bodies, territories, themes and registers"),
            "lang": talk.language.code,
            "documentation": f"{talk.address}/help",
            "view": {"url": f"{talk.address}{BASE}/view?id={{id}}"},
            "defaultTypes": [{"id": name, "name": type_name(name, talk.language)} for name in TYPES],
            "suggest": {"entity": True, "property": True, "type": True},
            "preview": {"width": 420, "height": 160},
            "extend": {"proposeProperties": True, "propertySettings": []},
            "standardizedScore": True,
            "batchSize": MOST_QUERIES,
        }

    return await answered(request, "manifest", answer, names=False)


async def match(request: Request) -> Response:
    content = await sent_json(request)
    queries = content.get("queries") if isinstance(content, dict) else None
    if not isinstance(queries, list) or len(queries) > MOST_QUERIES:
        raise refuse(request, "queries", "a list of at most {count} queries", count=MOST_QUERIES)
    for number, query in enumerate(queries):
        _check(request, query, f"queries[{number}]")
    return await answered(
        request, f"{len(queries)} names", lambda talk: {"results": [_answer(talk, query) for query in queries]}
    )


async def extend(request: Request) -> Response:
    ids, names = read_extension(request, await sent_json(request))

    def answer(talk: Conversation) -> dict[str, Any]:
        known = [name for name in names if name in PROPERTIES]
        rows = []
        for identifier in ids:
            told = values(talk.knowledge, talk.entities, identifier, known, talk.language)
            rows.append({"id": identifier, "properties": [{"id": name, "values": told[name]} for name in known]})
        return {"meta": described_properties(talk.entities, ids, known, talk.language), "rows": rows}

    return await answered(request, f"{len(ids)} values", answer)


def _check(request: Request, query: Any, name: str) -> None:  # noqa: ANN401  (JSON of a client)
    """
    Nothing, if the query has the form that the draft asks for.

    Raises:
        ProblemError: 400 at the first part that has not.
    """
    if not isinstance(query, dict) or not isinstance(query.get("conditions"), list) or not query["conditions"]:
        raise refuse(request, name, "an object with a list «conditions» that is not empty")
    strange = query.keys() - {"type", "limit", "lang", "dir", "conditions"}
    if strange:
        raise refuse(request, f"{name}.{min(strange)}", "left out")
    if not isinstance(query.get("limit", 1), int | float) or not isinstance(query.get("type", ""), str):
        raise refuse(request, name, "an object with a number «limit» and a text «type»")
    for at, condition in enumerate(query["conditions"]):
        place = f"{name}.conditions[{at}]"
        if not isinstance(condition, dict) or "propertyValue" not in condition:
            raise refuse(request, place, "an object with «matchType» and «propertyValue»")
        if condition.get("matchType") not in _MATCHED:
            raise refuse(request, f"{place}.matchType", "name, id or property")
        if condition["matchType"] == "property" and not isinstance(condition.get("propertyId"), str):
            raise refuse(request, f"{place}.propertyId", "the id of a property")


def _answer(talk: Conversation, query: dict[str, Any]) -> dict[str, Any]:
    conditions = query["conditions"]
    name = next((one["propertyValue"] for one in conditions if one["matchType"] in {"id", "name"}), "")
    text = str(name[0] if isinstance(name, list) and name else name)
    properties = [(one["propertyId"], one["propertyValue"]) for one in conditions if one["matchType"] == "property"]
    chosen = found(talk.entities, asked(talk.entities, text, [query.get("type", "")], query.get("limit"), properties))
    candidates = []
    for candidate in chosen:
        findings = features(candidate, talk.language)
        told = [{"id": one, "name": words, "value": good} for one, words, good in findings]
        candidates.append({**described(talk.entities, candidate, talk.language), "features": told})
    return {"candidates": candidates}


ROUTES = [
    open_route(BASE, manifest, ["GET"]),
    open_route(f"{BASE}/match", match, ["POST"]),
    open_route(f"{BASE}/extend", extend, ["POST"]),
    open_route(f"{BASE}/extend/propose", propose_properties, ["GET"]),
    open_route(f"{BASE}/suggest/entity", suggest_entity, ["GET"]),
    open_route(f"{BASE}/suggest/type", suggest_type, ["GET"]),
    open_route(f"{BASE}/suggest/property", suggest_property, ["GET"]),
    open_route(f"{BASE}/view", view, ["GET"]),
    open_route(f"{BASE}/preview", preview, ["GET"]),
]
