"""Questions as typed REST resources: one path for each, described in OpenAPI, answered as JSON, CSV or XLSX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api.access.rights import allow
from api.negotiation import ANSWERS, CSV, JSON, XLSX, Format
from api.operation.result_cache import CachedAnswer, CacheKey
from api.problems import MEDIA_TYPE, ProblemError
from api.questions.answering import answered
from api.questions.answers import as_json, as_xlsx, table_csv
from api.questions.explanations import explain
from api.representations import form_asked
from api.site import cache_of, running_of, site_of
from queries.binding import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.questions.answers import QuestionAnswer
    from queries.catalogue import Catalogue, Parameter, Question

# Parameters of the representation; no question may have one of these names but `lang`.
RESERVED = frozenset({"format", "lang"})
_ERRORS = {
    400: "A parameter that the question does not take",
    401: "A token that does not count",
    406: "No answer comes in a format of Accept",
    429: "The budget of this client is used up",
    503: "Nothing is loaded yet",
}
_SCHEMAS = {
    "iri": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
}


def question_router(catalogue: Catalogue, language: str) -> APIRouter:
    """Routes for the list of questions and for each question of the catalogue."""
    router = APIRouter(prefix="/api/questions", tags=["questions"])
    router.add_api_route(
        "",
        _listed,
        methods=["GET"],
        summary="Questions with their parameters",
        operation_id="list-questions",
        responses={503: {"description": _ERRORS[503], "content": {MEDIA_TYPE: {}}}},
    )
    for question in catalogue.listed():
        router.add_api_route(
            f"/{question.id}",
            _answering(question),
            methods=["GET"],
            summary=question.title.in_language(language),
            description=question.description.in_language(language),
            operation_id=question.id,
            response_class=JSONResponse,
            responses=_responses(),
            openapi_extra={"parameters": [*map(_described, question.parameters.values()), _FORMAT]},
        )
    return router


def _listed(request: Request) -> JSONResponse:
    site = site_of(request)
    language = site.pages.language(request).code
    knowledge = site.installation.newest()
    return JSONResponse(
        [
            {
                "id": question.id,
                "topic": question.topic,
                "title": question.title.in_language(language),
                "description": question.description.in_language(language),
                "address": f"/api/questions/{question.id}",
                "parameters": [
                    {
                        "name": parameter.name,
                        "type": parameter.type,
                        "label": parameter.label.in_language(language),
                        "optional": parameter.optional,
                        "default": knowledge.default(question, parameter) or None,
                    }
                    for parameter in question.parameters.values()
                ],
                "columns": [
                    {"name": column.name, "title": column.title.in_language(language)} for column in question.columns
                ],
            }
            for question in knowledge.catalogue.listed()
        ],
        headers={"Vary": "Accept-Language, Cookie"},
    )


def _answering(question: Question) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        site, identity = site_of(request), allow(request, "read")
        form = form_asked(request, ANSWERS, "An answer")
        spoken = site.pages.language(request)
        language = spoken.code
        values = {name: value for name, value in request.query_params.items() if name not in RESERVED}
        asked = request.query_params.getlist
        repeated = next((name for name in values if len(asked(name)) > 1), None)
        if repeated:
            raise ProblemError(400, f"parameter «{repeated}» is given more than once", parameter=repeated)
        knowledge = site.installation.newest()
        key = CacheKey(
            knowledge.version, identity.rights, question.id, form.name, language, inputs=tuple(sorted(values.items()))
        )
        told = f"{question.id}?{urlencode(values)}"
        with running_of(request).track(told, identity, kind="question") as query:
            kept = cache_of(request).get(key)
            if kept is not None:
                query.ended("cached", size=len(kept.content), version=knowledge.version)
                return Response(kept.content, headers=dict(kept.headers))
            try:
                found = answered(request, knowledge, question, values, language, query=query)
            except ParameterError as error:
                raise ProblemError(400, explain(error, question, spoken), parameter=error.parameter) from None
            content = _content(found, form, language)
        headers = {
            "Content-Type": form.content_type,
            "Vary": "Accept, Accept-Language, Cookie, Authorization",
            "Vekha-Version": str(found.version),
        }
        if form is not JSON:
            headers["Content-Disposition"] = f'attachment; filename="{question.id}.{form.suffix}"'
        if found.version == knowledge.version:
            cache_of(request).put(key, CachedAnswer(content, headers))
        return Response(content, headers=headers)

    return answer


def _content(found: QuestionAnswer, form: Format, language: str) -> bytes:
    if form is JSON:
        return bytes(JSONResponse(as_json(found, language)).body)
    return table_csv(found.table).encode() if form is CSV else as_xlsx(found, language)


def _described(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_SCHEMAS[parameter.type])
    if parameter.values:
        schema["enum"] = list(parameter.values)
    if parameter.minimum is not None:
        schema["minimum"] = parameter.minimum
    if parameter.maximum is not None:
        schema["maximum"] = parameter.maximum
    if parameter.default is not None:
        schema["default"] = parameter.default.value
    words = f"{parameter.label.ru} / {parameter.label.en}"
    if parameter.prefix:
        words += f"; a full IRI, a prefixed name, or an id of `{parameter.prefix}:`"
    return {"name": parameter.name, "in": "query", "required": False, "description": words, "schema": schema}


def _responses() -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": "The answer",
            "content": {
                JSON.media_type: {"schema": _ANSWER_SCHEMA},
                CSV.media_type: {"schema": {"type": "string"}},
                XLSX.media_type: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        **{status: {"description": words, "content": {MEDIA_TYPE: {}}} for status, words in _ERRORS.items()},
    }


_FORMAT = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "overrides Accept",
    "schema": {"type": "string", "enum": [form.name for form in ANSWERS]},
}
_ANSWER_SCHEMA = {
    "type": "object",
    "required": ["question", "title", "version", "parameters", "columns", "rows"],
    "properties": {
        "question": {"type": "string"},
        "title": {"type": "string"},
        "version": {"type": "integer"},
        "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "title": {"type": "string"}},
            },
        },
        "rows": {"type": "array", "items": {"type": "object"}},
    },
}
