"""The SPARQL protocols in the OpenAPI description, where the questions describe themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.negotiation import DATASETS, GRAPHS, JSON_LD, RDF_FORMATS, RESULTS, XLSX, Format
from api.problems import MEDIA_TYPE
from api.protocols.messages import FORM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

_TEXT: Final = {"schema": {"type": "string"}}
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
    },
}
_ERRORS: Final = {
    400: "The request, or a text in it, is wrong; with line and column where it has them",
    401: "A token is needed, or does not count",
    403: "Not allowed, or not done here",
    404: "There is no such graph",
    406: "No answer comes in a format of Accept",
    410: "That data version is not kept any more",
    412: "The graph is not what the request took it for",
    413: "The request is too long",
    415: "The body is of no known media type",
    422: "More rows, bytes or memory than allowed",
    429: "The budget of this client is used up",
    501: "The query calls a function that is not here",
    503: "Too much to do, or nothing loaded; try again later",
    504: "More time than allowed",
}
_READ: Final = (400, 401, 403, 406, 410, 413, 422, 429, 501, 503, 504)
_WRITE: Final = (400, 401, 403, 404, 406, 413, 415, 422, 429, 503, 504)
_GRAPH: Final = {"type": "string", "format": "iri"}


def with_protocols(app: FastAPI) -> None:
    """From now on the description of `app` tells the protocols too."""
    generate = app.openapi

    def described() -> dict[str, Any]:
        schema = generate()
        schema["paths"].update(_PATHS)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
        return schema

    app.openapi = described  # type: ignore[method-assign]  # the way that the framework documents


def _answers(good: dict[int, dict[str, Any]], errors: Sequence[int]) -> dict[str, Any]:
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}, "text/html": _TEXT}
    return {str(status): answer for status, answer in good.items()} | {
        str(status): {"description": _ERRORS[status], "content": problem} for status in errors
    }


def _content(*forms: Format) -> dict[str, Any]:
    return {form.media_type: {"schema": {}} if form.media_type.endswith("json") else _TEXT for form in forms}


def _parameter(name: str, description: str, schema: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema or {"type": "string"}, **more}


def _iris(name: str, description: str) -> dict[str, Any]:
    return _parameter(name, description, {"type": "array", "items": _GRAPH}, explode=True)


_VERSION: Final = _parameter("version", "the data as they were in this version", {"type": "integer", "minimum": 0})
_DATASET: Final = [
    _iris("default-graph-uri", "graphs that are merged to the default graph"),
    _iris("named-graph-uri", "graphs that GRAPH names"),
]
_USING: Final = [
    _iris("using-graph-uri", "graphs that patterns read as the default graph"),
    _iris("using-named-graph-uri", "graphs that GRAPH names in patterns"),
]
_QUERY_FORMAT: Final = _parameter(
    "format",
    "overrides Accept",
    {"type": "string", "enum": sorted({form.name for form in (*RESULTS, XLSX, *GRAPHS, *DATASETS)})},
)
_LABELS: Final = _parameter("labels", "with csv and xlsx: the language of labels beside IRIs")
_ANSWER: Final[dict[int, dict[str, Any]]] = {
    200: {
        "description": "The answer, or without a query the service description",
        "content": _content(*RESULTS, XLSX, *GRAPHS, *DATASETS) | {"text/html": _TEXT},
    },
    304: {"description": "The client holds the answer"},
}
_QUERY_TEXT: Final = {"type": "string", "description": "SPARQL 1.1 Query"}
_UPDATE_TEXT: Final = {"type": "string", "description": "SPARQL 1.1 Update"}
_STORED: Final[dict[int, dict[str, Any]]] = {204: {"description": "Stored; Vekha-Version names the data version"}}
_CREATED: Final[dict[int, dict[str, Any]]] = {201: {"description": "Stored in a new graph; Location is its IRI"}}
_CONDITIONS: Final = [
    {"name": name, "in": "header", "description": f"A tag, or *; {words}", "schema": {"type": "string"}}
    for name, words in (("If-Match", "the graph is still this one"), ("If-None-Match", "there is no such graph"))
]
_RDF: Final = {
    "required": True,
    "content": {form.media_type: _TEXT for form in (*GRAPHS, *DATASETS)},
}
_WHICH: Final = [
    _parameter("graph", "the IRI of the graph", _GRAPH),
    _parameter("default", "the default graph", allowEmptyValue=True),
]
_NAME: Final = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "the graph {base}graph/{name}",
    "schema": {"type": "string", "minLength": 1},
}
_GRAPH_FORMAT: Final = _parameter("format", "overrides Accept", {"type": "string", "enum": sorted(RDF_FORMATS)})


def _form(name: str, text: dict[str, Any], media_type: str) -> dict[str, Any]:
    form = {"type": "object", "required": [name], "properties": {name: text}}
    return {"required": True, "content": {FORM: {"schema": form}, media_type: {"schema": text}}}


def _graph_path(which: list[dict[str, Any]]) -> dict[str, Any]:
    graph: dict[int, dict[str, Any]] = {
        200: {"description": "The graph", "content": _content(*GRAPHS, *DATASETS, JSON_LD)},
        304: {"description": "The client holds it"},
    }
    tags = {"tags": ["graphs"]}
    reading = {"parameters": [*which, _VERSION, _GRAPH_FORMAT]}
    path: dict[str, Any] = {
        "get": tags | reading | {"summary": "A graph", "responses": _answers(graph, (*_READ, 404, 412))},
        "delete": tags
        | {
            "summary": "Delete a graph",
            "parameters": [*which, *_CONDITIONS],
            "responses": _answers(_STORED, (*_WRITE, 412)),
        },
    }
    for method, summary in (("put", "Replace or make a graph"), ("post", "Add to a graph")):
        path[method] = tags | {
            "summary": summary,
            "parameters": [*which, *_CONDITIONS],
            "requestBody": _RDF,
            "responses": _answers(_STORED | _CREATED, (*_WRITE, 412)),
        }
    return path


_PATHS: Final = {
    "/sparql": {
        "get": {
            "tags": ["sparql"],
            "summary": "Ask a SPARQL query",
            "parameters": [_parameter("query", "SPARQL 1.1 Query"), *_DATASET, _VERSION, _QUERY_FORMAT, _LABELS],
            "responses": _answers(_ANSWER, (*_READ, 404)),
        },
        "post": {
            "tags": ["sparql"],
            "summary": "Ask a SPARQL query",
            "parameters": [*_DATASET, _VERSION, _QUERY_FORMAT, _LABELS],
            "requestBody": _form("query", _QUERY_TEXT, "application/sparql-query"),
            "responses": _answers(_ANSWER, (*_READ, 415)),
        },
    },
    "/update": {
        "post": {
            "tags": ["sparql"],
            "summary": "Change data by SPARQL",
            "parameters": _USING,
            "requestBody": _form("update", _UPDATE_TEXT, "application/sparql-update"),
            "responses": _answers(_STORED, (*_WRITE, 412)),
        }
    },
    "/graphs": _graph_path(_WHICH),
    "/graphs/{name}": _graph_path([_NAME]),
    "/.well-known/void": {
        "get": {
            "tags": ["sparql"],
            "summary": "Figures of the data (VoID)",
            "responses": _answers(
                {200: {"description": "RDF", "content": _content(*GRAPHS)}, 304: {"description": "Known"}},
                (400, 503),
            ),
        }
    },
}
