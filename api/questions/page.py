"""The page of a question: its form, its answer in the views that can draw it, and how to take it away or cite it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.access.rights import allow, identity_of
from api.knowledge import Choice, bound
from api.links import with_query
from api.lists.paging import PageOfRows
from api.pages import written_day
from api.parameters import is_added
from api.pictures import picture_routes
from api.problems import ProblemError
from api.questions.answer_views import AnswerShape
from api.questions.answering import answered, choices_of, is_long_list, listed_question
from api.questions.chart_choices import CHART_PARAMETERS
from api.questions.drawn_answers import drawn_file, drawn_views
from api.questions.explanations import explain
from api.questions.gallery import TOPICS
from api.questions.shown_answers import ShownTable, fitting_rows
from api.representations import Sheet, page_routes
from api.site import running_of, site_of
from queries.binding import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Knowledge
    from api.language import Language
    from api.questions.answers import QuestionAnswer
    from api.questions.drawn_answers import DrawnViews
    from api.site import Site
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
    """One field of a question's form: `choices` are values with their words, `lookup` the address that offers such."""

    name: str
    label: str
    hint: str | None
    value: str
    choices: Sequence[tuple[str, str]]
    input: str
    optional: bool
    minimum: int | None
    maximum: int | None
    lookup: str | None = None
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question as one request asks it: `values` are what its address gives for the parameters."""

    request: Request
    site: Site
    language: Language
    knowledge: Knowledge
    question: Question
    values: dict[str, str]

    @classmethod
    def of(cls, request: Request) -> _Asking:
        """401 or 403 for who may not read, 404 for what is no question of the gallery."""
        allow(request, "read")
        site = site_of(request)
        knowledge = site.installation.newest()
        values = {
            name: value
            for name, value in request.query_params.items()
            if name not in OWN_PARAMETERS and not is_added(name)
        }
        question = listed_question(request, knowledge)
        return cls(request, site, site.pages.language(request), knowledge, question, values)

    @property
    def title(self) -> str:
        return self.question.title.in_language(self.language.code)

    @property
    def parameters(self) -> list[Parameter]:
        """What the form asks for."""
        return [one for one in self.question.parameters.values() if one.name not in OWN_PARAMETERS]

    @property
    def settled(self) -> dict[str, str]:
        """All parameters that have a value, defaults too, so that an address means the same when a default changes."""
        found = {parameter.name: self.value(parameter) for parameter in self.parameters}
        return {name: value for name, value in found.items() if value}

    def value(self, parameter: Parameter) -> str:
        """What the address gives for a parameter, else its default; empty for «any»."""
        return self.values.get(parameter.name, self.knowledge.default(self.question, parameter))

    def answer(self) -> QuestionAnswer:
        """
        The whole answer, evaluated within the limits of who asks.

        Raises:
            BudgetError: The client used up its budget.
            ProblemError: A value that the question does not take, a limit that was met, or no process was free.
        """
        told = f"{self.question.id}?{urlencode(self.values)}"
        try:
            with running_of(self.request).track(told, identity_of(self.request), kind="question") as query:
                return answered(
                    self.request, self.knowledge, self.question, self.values, self.language.code, query=query
                )
        except ParameterError as error:
            words = explain(error, self.question, self.language)
            raise ProblemError(400, words, parameter=error.parameter) from None

    def shape(self, answer: QuestionAnswer) -> AnswerShape:
        """The answer with what its columns hold."""
        return AnswerShape.of(answer, self.site.installation.iris)

    def drawn(self, shape: AnswerShape) -> tuple[PageOfRows, DrawnViews]:
        """The rows of the answer that the page shows, and its views."""
        asked, preferred = self.request.query_params, self.question.view.kind
        most = _DRAWN_ROWS if asked.get("view", preferred) == "timeline" else ROWS
        rows = fitting_rows([row.values() for row in shape.rows], most=most, size=_ROWS_BYTES)
        page = PageOfRows.of(asked.get("page"), len(shape.rows), rows)
        views = drawn_views(
            self.request,
            self.knowledge,
            shape,
            preferred=preferred,
            title=self.title,
            rows=shape.rows[page.first : page.end],
        )
        return page, views

    def shown(self, answer: QuestionAnswer) -> dict[str, Any]:
        """What the template shows of an answer: the view, the rows of the page, the citation, the query."""
        shape = self.shape(answer)
        page, views = self.drawn(shape)
        return {
            "shown": ShownTable.of(shape, self.language, self.site.pages.links, page.first, page.end),
            "page": page,
            "drawn": views,
            "citation": self._citation(answer.version),
            "sparql": bound(self.question, self.values, self.language.code),
            "version": answer.version,
        }

    def field(self, parameter: Parameter) -> Field:
        """The field of the form for a parameter; what is chosen from a long list is looked up."""
        choices, value = self._choices(parameter), self.value(parameter)
        is_long = is_long_list(choice.label for choice in choices)
        return Field(
            name=parameter.name,
            label=parameter.label.in_language(self.language.code),
            hint=parameter.description.in_language(self.language.code) if parameter.description else None,
            value=value,
            choices=() if is_long else [(choice.value, choice.label) for choice in choices],
            input=_INPUTS.get(parameter.type, "text"),
            optional=parameter.optional,
            minimum=parameter.minimum,
            maximum=parameter.maximum,
            lookup=f"/questions/{self.question.id}/choices/{parameter.name}" if is_long else None,
            chosen=next((choice.label for choice in choices if choice.value == value), "") if is_long else "",
        )

    def _citation(self, version: int) -> str:
        """Title, parameters with their names, data version, day, address."""
        settled, code = self.settled, self.language.code
        given = "; ".join(
            f"{self.question.parameters[name].label.in_language(code)}: {value}" for name, value in settled.items()
        )
        return self.language.text(
            "{title} Vekha, data version {version}, {day}. {address}",
            title=f"{self.title} ({given})." if given else self.title,
            version=version,
            day=written_day(self.site.installation.clock.today().isoformat(), code),
            address=with_query(f"{str(self.request.base_url).rstrip('/')}/questions/{self.question.id}", settled),
        )

    def _choices(self, parameter: Parameter) -> list[Choice]:
        if parameter.type == "boolean":
            return [Choice("false", self.language.text("no")), Choice("true", self.language.text("yes"))]
        return choices_of(self.request, self.knowledge, parameter, self.language.code)


def question_page(request: Request) -> Response:
    """The page; what is wrong with a value, or with asking now, stands under the form in place of the answer."""
    asking = _Asking.of(request)
    question = asking.question
    problem, status = None, 200
    shown: dict[str, Any] = {"shown": None, "version": asking.knowledge.version}
    try:
        answer = asking.answer()
    except ProblemError as error:
        problem, status = error.detail, error.status
    else:
        shown = asking.shown(answer)
    return asking.site.pages.render(
        request,
        "question.html",
        status=status,
        question=question,
        title=asking.title,
        topic=asking.language.text(TOPICS.get(question.topic, question.topic)),
        fields=[asking.field(parameter) for parameter in asking.parameters],
        problem=problem,
        parameters=asking.values,
        chosen_view=request.query_params.get("view"),
        link=with_query(f"/questions/{question.id}", asking.settled, **_looked_at(request.query_params)),
        **shown,
    )


def question_sheet(request: Request) -> Sheet:
    """The whole answer, for the suffixed addresses."""
    answer = _Asking.of(request).answer()
    return Sheet.of(answer.table, answer.version)


def question_picture(request: Request) -> Response:
    """The drawing of the answer as a file: the chart with the number `panel`, or the timeline of the page's rows."""
    asking = _Asking.of(request)
    answer = asking.answer()
    _page, views = asking.drawn(asking.shape(answer))
    return drawn_file(request, views, title=asking.title, name=asking.question.id, version=answer.version)


def offered_choices(request: Request) -> Response:
    """Values of a parameter whose names hold the words of `text`, as JSON for the form's field."""
    asking = _Asking.of(request)
    parameter = asking.question.parameters.get(request.path_params["parameter"])
    if parameter is None:
        raise HTTPException(404)
    words = _plain(request.query_params.get("text", "")).split()
    found = [
        choice
        for choice in choices_of(request, asking.knowledge, parameter, asking.language.code)
        if all(word in _plain(choice.label) or word == choice.value.casefold() for word in words)
    ]
    return JSONResponse(
        [{"value": choice.value, "label": choice.label} for choice in found[:_OFFERED]],
        headers={"Vary": "Accept-Language, Cookie", "Vekha-Version": str(asking.knowledge.version)},
    )


def _looked_at(asked: Mapping[str, str]) -> dict[str, str]:
    """The view of the address, and the chart that was made in it."""
    return {name: asked[name] for name in ("view", *CHART_PARAMETERS) if asked.get(name)}


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")


ROUTES = [
    *picture_routes("/questions/{question}", question_picture),
    *page_routes("/questions/{question}", question_page, sheet=question_sheet, taken=lambda _request: None),
    Route("/questions/{question}/choices/{parameter}", offered_choices),
]
