from __future__ import annotations

import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access.budgets import Budgets
from api.access.identity import Identity
from api.access.users import Role
from api.app import create_app
from api.problems import ProblemError
from api.questions.gallery import RowCounts
from api.settings import read_settings
from queries.binding import ParameterError

# Whom budgets count where the client has no address.
VISITOR = Identity(None, Role.ANONYMOUS, client="address:testclient")


def test_looking_through_the_gallery_costs_a_visitor_nothing(examples_folder: Path) -> None:
    settings = read_settings(data=examples_folder, workers=1, budget_seconds=1e-6, budget_errors=1, query_seconds=600.0)
    app = create_app(settings)
    with TestClient(app) as client:
        questions = [question.id for question in app.state.site.installation.catalogue.listed()]
        for question in questions:
            answer = client.get(f"/questions/{question}/rows?lang=ru")
            assert answer.status_code == 200, question
            assert answer.text, question
        # Nothing of the tiny budget was used; what the visitor asks is charged as ever.
        assert client.get("/questions/who-is-responsible").status_code == 200
        budgets = app.state.budgets
        assert isinstance(budgets, Budgets)
        budgets.spend(VISITOR, 1.0)
        assert client.get("/questions/who-is-responsible").status_code == 429
        assert client.get("/questions/who-is-responsible/rows?lang=ru").text == "35 строк"
        assert client.get("/questions/who-is-responsible/rows?lang=en").text == "35 rows"


def test_rows_are_counted_once_however_many_ask_at_a_time() -> None:
    counts, begun, go_on = RowCounts(), threading.Event(), threading.Event()
    asked: list[str] = []
    found: list[int | None] = []

    def count() -> int:
        asked.append("count")
        begun.set()
        go_on.wait()
        return 7

    def ask() -> None:
        found.append(counts.of("question", count))

    first = threading.Thread(target=ask)
    first.start()
    begun.wait()
    others = [threading.Thread(target=ask) for _ in range(3)]
    for one in others:
        one.start()
    go_on.set()
    for one in (first, *others):
        one.join()
    assert (found, asked) == ([7, 7, 7, 7], ["count"])
    assert counts.of("another", lambda: 8) == 8


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ProblemError(504, "took too long"), None),
        (ProblemError(422, "too large"), None),
        (ParameterError("question", "body", "no such body"), None),
        (ProblemError(503, "no process is free"), 3),
    ],
)
def test_what_met_a_limit_is_not_tried_at_every_look(error: Exception, again: int | None) -> None:
    counts = RowCounts()

    def fail() -> int:
        raise error

    assert counts.of("question", fail) is None
    assert counts.of("question", lambda: 3) == again


def test_an_error_of_ours_is_told_and_not_kept() -> None:
    counts = RowCounts()

    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        counts.of("question", fail)
    assert counts.of("question", lambda: 3) == 3
