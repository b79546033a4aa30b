"""The pages for people: home and help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from api.site import site_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

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


def questions_page(_request: Request) -> Response:
    """For who cuts the name of a question off its address: all of them stand on the first page."""
    return RedirectResponse("/", status_code=303)


def help_page(request: Request) -> Response:
    site = site_of(request)
    return site.pages.render(request, "help.html", catalogue=site.installation.catalogue)


ROUTES = [
    Route("/", home),
    Route("/questions", questions_page),
    Route("/help", help_page),
]
