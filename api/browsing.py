"""The pages for people: home, a question with its answer, help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from api.answers import Value, plain_value
from api.explanations import explain
from api.identity import allow
from api.knowledge import Choice
from api.pages import written
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
    from api.links import Links
    from queries.catalogue import Parameter, Question

# Message ids of the topics (folders of `queries`), in the order of the first page.
TOPICS = {
    "responsibility": "Who is responsible",
    "mentoring": "Mentoring",
    "deadlines": "Deadlines",
    "indicators": "Indicators",
    "network": "Levels and network",
    "acts": "Acts and federal systems",
    "quality": "Quality and repetitions",
}
_INPUTS = {"integer": "number", "date": "date"}
_OWN_PARAMETERS = frozenset({"lang"})
# Rows of one document stand together under its title instead of repeating it.
_DOCUMENT = "document"


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


@dataclass(frozen=True, slots=True)
class ShownColumn:
    name: str
    title: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    href: str | None
    shape: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Neighbouring rows of one document under its title; `title` is None where the answer has no such column."""

    title: ShownCell | None
    rows: list[list[ShownCell]]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """An answer as people see it: labels with links, no bare identifiers."""

    columns: list[ShownColumn]
    groups: list[ShownGroup]
    size: int
    documents: int

    @classmethod
    def of(cls, answer: QuestionAnswer, language: Language, links: Links) -> ShownTable:
        names = answer.table.columns
        described = {column.name: column for column in answer.question.columns}
        grouped = _DOCUMENT in names and _DOCUMENT in described
        rows = [dict(zip(names, map(plain_value, row), strict=True)) for row in answer.table.rows]
        columns = [
            ShownColumn(
                name,
                described[name].title.in_language(language.code) if name in described else name,
                _numeric([row[name] for row in rows]),
            )
            for name in names
            if not (name in described and described[name].hidden) and not (grouped and name == _DOCUMENT)
        ]
        groups: list[ShownGroup] = []
        for row in rows:
            title = _cell(row, _DOCUMENT, described[_DOCUMENT].link, links, language) if grouped else None
            if not groups or groups[-1].title != title:
                groups.append(ShownGroup(title, []))
            groups[-1].rows.append(
                [
                    _cell(
                        row,
                        column.name,
                        described[column.name].link if column.name in described else None,
                        links,
                        language,
                        numeric=column.numeric,
                    )
                    for column in columns
                ]
            )
        return cls(columns, groups, len(rows), len({group.title for group in groups}) if grouped else 0)


def home(request: Request) -> Response:
    site = site_of(request)
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    questions = site.installation.catalogue.listed()
    topics = [
        (language.text(title), [question for question in questions if question.topic == topic])
        for topic, title in TOPICS.items()
    ]
    return site.pages.render(
        request,
        "home.html",
        figures=knowledge.records("statistics", language.code)[0],
        topics=[(title, members) for title, members in topics if members],
        documents=knowledge.records("documents", language.code),
        version=knowledge.version,
    )


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


def questions_page(_request: Request) -> Response:
    """For who cuts the name of a question off its address: all of them stand on the first page."""
    return RedirectResponse("/", status_code=303)


def help_page(request: Request) -> Response:
    site = site_of(request)
    return site.pages.render(request, "help.html", catalogue=site.installation.catalogue)


def _numeric(values: Sequence[Value]) -> bool:
    """Whether a column holds numbers and nothing else; a column without a value holds none."""
    kinds = {type(value) for value in values if value is not None}
    return bool(kinds) and kinds <= {int, float}


def _cell(
    row: dict[str, Value], name: str, target: str | None, links: Links, language: Language, *, numeric: bool = False
) -> ShownCell:
    value = row[name]
    if value is None or value == "":
        return ShownCell("", None, "")
    href = links.of(row.get(target) if target else value)
    text = written(value, language)
    return ShownCell(text, href, "number") if numeric else shown_text(text, href)


def shown_text(value: Value, href: str | None) -> ShownCell:
    """A cell that is wide for long texts and does not break short ones."""
    text = "" if value is None else str(value)
    return ShownCell(text, href, "wide" if len(text) > 60 else "short" if len(text) <= 12 else "")


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


ROUTES = [
    Route("/", home),
    Route("/questions", questions_page),
    Route("/questions/{question}", question_page),
    Route("/help", help_page),
]
