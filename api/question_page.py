"""The page of a question: its form and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.routing import Route

from api.browsing import TOPICS
from api.explanations import explain
from api.identity import allow
from api.knowledge import Choice
from api.shown_answers import ShownTable
from api.site import running_of, site_of
from queries.binding import ParameterError, bind
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.answers import QuestionAnswer
    from api.knowledge import Knowledge
    from api.language import Language
    from queries.catalogue import Parameter, Question

_INPUTS = {"integer": "number", "date": "date"}
_OWN_PARAMETERS = frozenset({"lang"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a question's form."""

    name: str
    label: str
    hint: str | None
    value: str
    choices: Sequence[Choice]
    input: str
    optional: bool
    minimum: int | None
    maximum: int | None


def question_page(request: Request) -> Response:
    site = site_of(request)
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    try:
        question = knowledge.catalogue[request.path_params["question"]]
    except UnknownQuestionError as error:
        raise HTTPException(404) from error
    if not question.listed:
        raise HTTPException(404)
    values = {name: value for name, value in request.query_params.items() if name not in _OWN_PARAMETERS}
    problem: str | None = None
    answer: QuestionAnswer | None = None
    told = f"{question.id}?{urlencode(values)}"
    with running_of(request).track(told, allow(request, "read"), kind="question") as query:
        try:
            answer = knowledge.ask(question, values, language.code)
        except ParameterError as error:
            problem = explain(error, question, language)
            query.ended("refused", version=knowledge.version)
        else:
            query.ended("done", rows=len(answer.table.rows), version=knowledge.version)
    shown = ShownTable.of(answer, language, site.pages.links) if answer else None
    return site.pages.render(
        request,
        "question.html",
        status=400 if problem else 200,
        question=question,
        title=question.title.in_language(language.code),
        topic=language.text(TOPICS.get(question.topic, question.topic)),
        fields=_fields(knowledge, question, values, language),
        problem=problem,
        shown=shown,
        parameters=values,
        sparql="" if problem else bind(question, _with_language(question, values, language)),
        version=knowledge.version,
    )


def _fields(knowledge: Knowledge, question: Question, values: dict[str, str], language: Language) -> list[Field]:
    return [
        Field(
            name=parameter.name,
            label=parameter.label.in_language(language.code),
            hint=parameter.description.in_language(language.code) if parameter.description else None,
            value=values.get(parameter.name, knowledge.default(question, parameter)),
            choices=_choices(knowledge, parameter, language),
            input=_INPUTS.get(parameter.type, "text"),
            optional=parameter.optional,
            minimum=parameter.minimum,
            maximum=parameter.maximum,
        )
        for parameter in question.parameters.values()
        if parameter.name not in _OWN_PARAMETERS
    ]


def _choices(knowledge: Knowledge, parameter: Parameter, language: Language) -> list[Choice]:
    if parameter.type == "boolean":
        return [Choice("false", language.text("no")), Choice("true", language.text("yes"))]
    return knowledge.choices(parameter, language.code)


def _with_language(question: Question, values: dict[str, str], language: Language) -> dict[str, str]:
    return ({"lang": language.code} if "lang" in question.parameters else {}) | values


ROUTES = [Route("/questions/{question}", question_page)]
