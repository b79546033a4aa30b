"""The gallery of questions: sentences in groups, each with the number of rows that its answer has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.access.rights import allow
from api.problems import ProblemError
from api.questions.answering import answered
from api.site import running_of, site_of
from queries.binding import ParameterError
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

# Message ids of the topics (folders of `queries`), in the order of the gallery.
TOPICS = {
    "responsibility": "Who is responsible",
    "mentoring": "Mentoring",
    "deadlines": "Deadlines",
    "indicators": "Indicators",
    "network": "Levels and network",
    "acts": "Acts and federal systems",
    "registers": "Territories and registers",
    "quality": "Quality and repetitions",
}


def gallery(request: Request) -> Response:
    allow(request, "read")
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    questions = knowledge.catalogue.listed()
    topics = [
        (language.text(title), [question for question in questions if question.topic == topic])
        for topic, title in TOPICS.items()
    ]
    return site.pages.render(
        request,
        "questions.html",
        topics=[(title, members) for title, members in topics if members],
        count=len(questions),
        version=knowledge.version,
    )


def row_count(request: Request) -> Response:
    """How many rows the answer to a question has with its defaults, in words; empty where it has no answer now."""
    identity = allow(request, "read")
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    try:
        question = knowledge.catalogue[request.path_params["question"]]
    except UnknownQuestionError:
        raise HTTPException(404) from None
    if not question.listed:
        raise HTTPException(404)
    try:
        with running_of(request).track(question.id, identity, kind="question") as query:
            answer = answered(request, knowledge, question, {}, language.code, query=query)
    except (ParameterError, ProblemError):
        return PlainTextResponse("")
    return PlainTextResponse(language.plural("{count} row", "{count} rows", len(answer.table.rows)))


ROUTES = [Route("/questions", gallery), Route("/questions/{question}/rows", row_count)]
