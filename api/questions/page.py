"""The page of a question: its form, its answer in the views that can draw it, and how to take it away or cite it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.access.rights import allow
from api.knowledge import Choice
from api.links import with_query
from api.lists.paging import PageOfRows
from api.pages import written_day
from api.pictures import picture_routes
from api.problems import ProblemError
from api.questions.answer_views import AnswerShape
from api.questions.answering import answered, choices_of, is_long_list
from api.questions.chart_choices import CHART_PARAMETERS
from api.questions.drawn_answers import drawn_file, drawn_views
from api.questions.explanations import explain
from api.questions.gallery import TOPICS
from api.questions.shown_answers import ShownTable, fitting_rows
from api.representations import Sheet, page_routes
from api.site import running_of, site_of
from queries.binding import ParameterError, bind
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Knowledge
    from api.language import Language
    from api.questions.answers import QuestionAnswer
    from queries.catalogue import Parameter, Question

# Names in the address that belong to the page; no question has a parameter that is called so, but `lang`.
OWN_PARAMETERS: Final = frozenset({"lang", "view", "page", "panel", *CHART_PARAMETERS})
# At most so many rows stand on a page, and fewer long ones: a page is to stay below 100 KB.
ROWS: Final = 100
_ROWS_BYTES: Final = 62_000
# Rows that stand in a drawing of the page, too.
_DRAWN_ROWS: Final = 30
_OFFERED: Final = 20
_INPUTS: Final = {"integer": "number", "date": "date"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a question's form; a `lookup` is the address that offers values for a text."""

    name: str
    label: str
    hint: str | None
    value: str
    choices: Sequence[Choice]
    input: str
    optional: bool
    minimum: int | None
    maximum: int | None
    lookup: str | None = None
    chosen: str = ""


def question_page(request: Request) -> Response:
    site = site_of(request)
    language = site.pages.language(request)
    identity = allow(request, "read")
    knowledge = site.installation.newest()
    question = _question(request, knowledge)
    values = _values(request)
    problem, status = None, 200
    answer: QuestionAnswer | None = None
    try:
        with running_of(request).track(_told(question, values), identity, kind="question") as query:
            answer = answered(request, knowledge, question, values, language.code, query=query)
    except ParameterError as error:
        problem, status = explain(error, question, language), 400
    except ProblemError as error:
        problem, status = error.detail, error.status
    return site.pages.render(
        request,
        "question.html",
        status=status,
        question=question,
        title=question.title.in_language(language.code),
        topic=language.text(TOPICS.get(question.topic, question.topic)),
        fields=[
            _field(request, knowledge, question, parameter, values=values, language=language)
            for parameter in _asked_for(question)
        ],
        problem=problem,
        parameters=values,
        chosen_view=request.query_params.get("view"),
        link=with_query(
            f"/questions/{question.id}", _settled(knowledge, question, values), **_looked_at(request.query_params)
        ),
        version=answer.version if answer else knowledge.version,
        **(_shown(request, knowledge, answer, values, language) if answer else {"shown": None}),
        sparql="" if problem else bind(question, _with_language(question, values, language)),
    )


def question_sheet(request: Request) -> Sheet:
    """The whole answer, for the suffixed addresses."""
    site = site_of(request)
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    question = _question(request, knowledge)
    values = _values(request)
    try:
        with running_of(request).track(_told(question, values), allow(request, "read"), kind="question") as query:
            answer = answered(request, knowledge, question, values, language.code, query=query)
    except ParameterError as error:
        raise ProblemError(400, explain(error, question, language), parameter=error.parameter) from None
    return Sheet.of(answer.table, answer.version)


def question_picture(request: Request) -> Response:
    """The drawing of the answer as a file: the chart with the number `panel`, or the timeline of the page's rows."""
    site = site_of(request)
    language = site.pages.language(request)
    identity = allow(request, "read")
    knowledge = site.installation.newest()
    question = _question(request, knowledge)
    values = _values(request)
    try:
        with running_of(request).track(_told(question, values), identity, kind="question") as query:
            answer = answered(request, knowledge, question, values, language.code, query=query)
    except ParameterError as error:
        raise ProblemError(400, explain(error, question, language), parameter=error.parameter) from None
    drawn = _shown(request, knowledge, answer, values, language)["drawn"]
    return drawn_file(
        request, drawn, title=question.title.in_language(language.code), name=question.id, version=answer.version
    )


def offered_choices(request: Request) -> Response:
    """Values of a parameter whose names hold the words of `text`, as JSON for the form's field."""
    site = site_of(request)
    language = site.pages.language(request)
    allow(request, "read")
    knowledge = site.installation.newest()
    question = _question(request, knowledge)
    parameter = question.parameters.get(request.path_params["parameter"])
    if parameter is None:
        raise HTTPException(404)
    words = _plain(request.query_params.get("text", "")).split()
    found = [
        choice
        for choice in choices_of(request, knowledge, parameter, language.code)
        if all(word in _plain(choice.label) or word == choice.value.casefold() for word in words)
    ]
    return JSONResponse(
        [{"value": choice.value, "label": choice.label} for choice in found[:_OFFERED]],
        headers={"Vary": "Accept-Language, Cookie", "Vekha-Version": str(knowledge.version)},
    )


def _values(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if name not in OWN_PARAMETERS}


def _looked_at(asked: Mapping[str, str]) -> dict[str, str]:
    """The view of the address, and the chart that was made in it."""
    return {name: asked[name] for name in ("view", *CHART_PARAMETERS) if asked.get(name)}


def _told(question: Question, values: dict[str, str]) -> str:
    return f"{question.id}?{urlencode(values)}"


def _question(request: Request, knowledge: Knowledge) -> Question:
    try:
        question = knowledge.catalogue[request.path_params["question"]]
    except UnknownQuestionError as error:
        raise HTTPException(404) from error
    if not question.listed:
        raise HTTPException(404)
    return question


def _shown(
    request: Request, knowledge: Knowledge, answer: QuestionAnswer, values: dict[str, str], language: Language
) -> dict[str, Any]:
    """What the template shows of an answer: the view, the rows of the page, the citation."""
    site = site_of(request)
    shape = AnswerShape.of(answer, site.installation.iris)
    preferred = answer.question.view.kind
    most = _DRAWN_ROWS if request.query_params.get("view", preferred) == "timeline" else ROWS
    rows = fitting_rows([list(row.values()) for row in shape.rows], most=most, size=_ROWS_BYTES)
    page = PageOfRows.of(request.query_params.get("page"), len(shape.rows), rows)
    views = drawn_views(
        request,
        knowledge,
        shape,
        preferred=preferred,
        title=answer.question.title.in_language(language.code),
        rows=shape.rows[page.first : page.end],
    )
    return {
        "shown": ShownTable.of(answer, language, site.pages.links, page.first, page.end),
        "page": page,
        "drawn": views,
        "citation": _citation(request, answer, _settled(knowledge, answer.question, values), language),
    }


def _settled(knowledge: Knowledge, question: Question, values: dict[str, str]) -> dict[str, str]:
    """All parameters that have a value, defaults too, so that an address means the same when a default changes."""
    found = {
        parameter.name: values.get(parameter.name, knowledge.default(question, parameter))
        for parameter in _asked_for(question)
    }
    return {name: value for name, value in found.items() if value}


def _citation(request: Request, answer: QuestionAnswer, settled: dict[str, str], language: Language) -> str:
    """Title, parameters with their names, data version, day, address."""
    question = answer.question
    given = "; ".join(
        f"{question.parameters[name].label.in_language(language.code)}: {value}" for name, value in settled.items()
    )
    title = question.title.in_language(language.code)
    return language.text(
        "{title} Vekha, data version {version}, {day}. {address}",
        title=f"{title} ({given})." if given else title,
        version=answer.version,
        day=written_day(datetime.now(UTC).date().isoformat(), language.code),
        address=with_query(f"{str(request.base_url).rstrip('/')}/questions/{question.id}", settled),
    )


def _asked_for(question: Question) -> list[Parameter]:
    return [parameter for parameter in question.parameters.values() if parameter.name not in OWN_PARAMETERS]


def _field(
    request: Request,
    knowledge: Knowledge,
    question: Question,
    parameter: Parameter,
    *,
    values: dict[str, str],
    language: Language,
) -> Field:
    choices = _choices(request, knowledge, parameter, language)
    value = values.get(parameter.name, knowledge.default(question, parameter))
    is_long = is_long_list(choice.label for choice in choices)
    return Field(
        name=parameter.name,
        label=parameter.label.in_language(language.code),
        hint=parameter.description.in_language(language.code) if parameter.description else None,
        value=value,
        choices=() if is_long else choices,
        input=_INPUTS.get(parameter.type, "text"),
        optional=parameter.optional,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        lookup=f"/questions/{question.id}/choices/{parameter.name}" if is_long else None,
        chosen=next((choice.label for choice in choices if choice.value == value), "") if is_long else "",
    )


def _choices(request: Request, knowledge: Knowledge, parameter: Parameter, language: Language) -> list[Choice]:
    if parameter.type == "boolean":
        return [Choice("false", language.text("no")), Choice("true", language.text("yes"))]
    return choices_of(request, knowledge, parameter, language.code)


def _with_language(question: Question, values: dict[str, str], language: Language) -> dict[str, str]:
    return ({"lang": language.code} if "lang" in question.parameters else {}) | values


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")


ROUTES = [
    *picture_routes("/questions/{question}", question_picture),
    *page_routes("/questions/{question}", question_page, sheet=question_sheet),
    Route("/questions/{question}/choices/{parameter}", offered_choices),
]
