"""
The gallery of questions: sentences in groups, each with the number of rows that its answer has now.

Counting the rows is the service's work, of which visitors pay nothing, so it is done once for all of them.
"""

from __future__ import annotations

from concurrent.futures import Future
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Final

from cachetools import TTLCache
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.access.rights import allow
from api.problems import ProblemError
from api.questions.answering import answered, listed_question
from api.representations import page_route
from api.site import held, running_of, site_of
from queries.binding import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from starlette.requests import Request
    from starlette.responses import Response

# Seconds for which a number holds; the kept answers hold for longer, so only what met a limit is asked anew.
_HOLDS: Final = 600.0
_KEPT: Final = 4096

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


class RowCounts:
    """
    Numbers of rows by what they are the number of; None of what has no answer now.

    Each is counted once in ten minutes, however many ask: who asks at the same time waits for the first.  What found
    no free process is counted when it is asked for again.  Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: TTLCache[Hashable, Future[int | None]] = TTLCache(_KEPT, _HOLDS)

    def of(self, what: Hashable, count: Callable[[], int]) -> int | None:
        with self._lock:
            known = self._counts.get(what)
            if known is None:
                counting: Future[int | None] = Future()
                self._counts[what] = counting
        if known is not None:
            return known.result()
        found = None
        try:
            found = count()
        except ParameterError:
            pass
        except ProblemError as error:
            if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
                self._forget(what, counting)
        except BaseException:
            self._forget(what, counting)
            raise
        finally:
            counting.set_result(found)
        return found

    def _forget(self, what: Hashable, counting: Future[int | None]) -> None:
        with self._lock:
            if self._counts.get(what) is counting:
                del self._counts[what]


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
    question = listed_question(request, knowledge)

    def count() -> int:
        with running_of(request).track(question.id, identity, kind="question", charged=False) as query:
            return len(answered(request, knowledge, question, {}, language.code, query=query).table.rows)

    rows = held(request, "row_counts", RowCounts).of(
        (knowledge.version, identity.rights, question.id, language.code), count
    )
    return PlainTextResponse("" if rows is None else language.plural("{count} row", "{count} rows", rows))


ROUTES = [page_route("/questions", gallery), Route("/questions/{question}/rows", row_count)]
