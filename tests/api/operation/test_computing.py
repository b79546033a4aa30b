"""What pages compute themselves: once for all who ask, few at a time, charged to who asks."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.access import budgets
from api.access.identity import Identity
from api.access.users import Role
from api.app import create_app
from api.networks import drawn
from api.operation.computing import PLACES, WAITING, Computations, Results
from api.settings import read_settings
from api.timeline import planned_drawing
from graph.errors import PoolBusyError
from tests.patience import PATIENCE, wait_until

HTML = {"Accept": "text/html"}


class Held:
    """A computation that goes on when it is told to; `begun` has one member for each time."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun: list[None] = []

    def __call__(self) -> str:
        self.begun.append(None)
        assert self.go_on.wait(PATIENCE)
        return "made"


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(80) as pool:
        yield pool


def test_one_computes_and_the_others_share_what_it_made(threads: ThreadPoolExecutor) -> None:
    computations, results, held = Computations(patience=PATIENCE), Results[str, str](2), Held()
    asked = [threads.submit(computations.get, results, "a", held) for _ in range(8)]
    wait_until(lambda: computations.busy == (1, 7))
    held.go_on.set()
    assert {one.result(PATIENCE) for one in asked} == {"made"}
    assert computations.get(results, "a", held) == "made"
    assert len(held.begun) == 1
    assert computations.busy == (0, 0)


def test_only_the_last_results_are_kept() -> None:
    results = Results[int, int](2)
    assert [results.get(key, partial(int, key * 10)) for key in (1, 2, 1, 3)] == [10, 20, 10, 30]
    assert (results.kept(1), results.kept(2), results.kept(3)) == (10, None, 30)
    # Who made the same at the same time gets what was kept first.
    assert results.keep(3, 31) == 30


def test_few_run_at_once_few_wait_and_the_next_is_refused(threads: ThreadPoolExecutor) -> None:
    computations, results = Computations(places=2, waiting=1, patience=PATIENCE), Results[int, str](9)
    held = Held()
    running = [threads.submit(computations.get, results, number, held) for number in range(2)]
    wait_until(lambda: computations.busy == (2, 0))
    waiting = threads.submit(computations.run, lambda: "waited")
    wait_until(lambda: computations.busy == (2, 1))
    with pytest.raises(PoolBusyError):
        computations.run(held)
    with pytest.raises(PoolBusyError):
        computations.get(results, 0, held)
    held.go_on.set()
    assert waiting.result(PATIENCE) == "waited"
    assert [one.result(PATIENCE) for one in running] == ["made", "made"]
    assert len(held.begun) == 2


def test_nobody_waits_for_longer_than_the_patience_but_who_reads_ahead(threads: ThreadPoolExecutor) -> None:
    computations, results, held = Computations(places=1, patience=0.0), Results[int, str](9), Held()
    running = threads.submit(computations.get, results, 0, held)
    wait_until(lambda: computations.busy == (1, 0))
    for key in (0, 1):
        with pytest.raises(PoolBusyError):
            computations.get(results, key, held)
    patient = threads.submit(computations.get, results, 0, held, is_patient=True)
    held.go_on.set()
    assert patient.result(PATIENCE) == running.result(PATIENCE) == "made"
    assert len(held.begun) == 1


def test_what_fails_is_tried_by_the_next_who_waits(threads: ThreadPoolExecutor) -> None:
    computations, results = Computations(patience=PATIENCE), Results[int, str](9)
    go_on = threading.Event()

    def fail() -> str:
        assert go_on.wait(PATIENCE)
        raise ValueError("broken")

    failing = threads.submit(computations.get, results, 0, fail)
    wait_until(lambda: computations.busy == (1, 0))
    following = threads.submit(computations.get, results, 0, lambda: "made")
    wait_until(lambda: computations.busy == (1, 1))
    go_on.set()
    with pytest.raises(ValueError, match="broken"):
        failing.result(PATIENCE)
    assert following.result(PATIENCE) == "made"
    assert computations.busy == (0, 0)


@contextmanager
def opened(folder: Path, **settings: Any) -> Iterator[tuple[FastAPI, TestClient]]:  # noqa: ANN401  (handed on)
    """The service, with the first pages of the examples read; nobody there loses patience."""
    app = create_app(read_settings(data=folder, workers=1, query_seconds=PATIENCE, **settings))
    app.state.computations = Computations(patience=PATIENCE)
    with TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000)) as client:
        assert app.state.warming.wait(app.state.site.installation.newest().version, PATIENCE)
        yield app, client


@pytest.fixture(scope="module")
def service(examples_folder: Path) -> Iterator[tuple[FastAPI, TestClient]]:
    with opened(examples_folder, budget_seconds=0, budget_errors=0, trusted_proxies=("127.0.0.0/8",)) as found:
        yield found


@pytest.mark.parametrize(
    "drawing",
    [
        ("/networks?top={}", drawn, "draw_part"),
        ("/api/networks/levels?format=svg&top={}", drawn, "draw_part"),
        ("/timeline?from={}", planned_drawing, "draw_gantt"),
    ],
)
def test_other_pages_answer_while_drawings_are_stuck(
    service: tuple[FastAPI, TestClient],
    threads: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    drawing: tuple[str, object, str],
) -> None:
    (app, client), (address, module, name) = service, drawing
    go_on = threading.Event()
    draw = getattr(module, name)

    def stuck(*given: Any, **named: Any) -> Any:  # noqa: ANN401  (handed on)
        assert go_on.wait(PATIENCE)
        return draw(*given, **named)

    monkeypatch.setattr(module, name, stuck)
    # More than there are threads for pages; each selects something else.
    asked = [threads.submit(client.get, address.format(1960 + number), headers=HTML) for number in range(60)]
    try:
        wait_until(lambda: app.state.computations.busy == (PLACES, WAITING))
        refused = [one.result() for one in islice(as_completed(asked, PATIENCE), 60 - PLACES - WAITING)]
        for page in ("/", "/health/live", "/networks"):
            assert client.get(page, headers=HTML).status_code == 200, page
    finally:
        go_on.set()
    assert {(answer.status_code, answer.headers.get("Retry-After")) for answer in refused} == {(503, "5")}
    assert "повторите через несколько секунд" in refused[0].text
    assert [one.result(PATIENCE).status_code for one in asked].count(200) == PLACES + WAITING
    assert app.state.computations.busy == (0, 0)


def test_that_the_process_lives_is_told_without_a_thread(
    service: tuple[FastAPI, TestClient], threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, client = service
    go_on = threading.Event()

    def stuck(*_given: Any) -> None:  # noqa: ANN401  (whatever it is called with)
        assert go_on.wait(PATIENCE)
        raise AssertionError("not drawn")

    monkeypatch.setattr(drawn, "draw_part", stuck)
    # They may take all threads that answer pages.
    before, app.state.computations = app.state.computations, Computations(places=80, patience=PATIENCE)
    asked = [
        # Of other clients each, since one may not ask for so much at once.
        threads.submit(client.get, f"/networks?top={7000 + number}", headers={"X-Forwarded-For": f"192.0.2.{number}"})
        for number in range(60)
    ]
    try:
        wait_until(lambda: app.state.computations.busy[0] == 40)
        assert client.get("/health/live").status_code == 200
        assert app.state.computations.busy[0] == 40
        go_on.set()
        assert {one.result(PATIENCE).status_code for one in asked} == {500}
    finally:
        go_on.set()
        app.state.computations = before


def kinds(app: FastAPI) -> list[str]:
    """The kinds of what ran, the first one first."""
    return [record.kind for record in reversed(app.state.running.recent())]


def test_who_asks_first_is_charged_and_what_is_kept_costs_nothing(examples_folder: Path) -> None:
    with opened(examples_folder) as (app, client):
        for address, charged in {
            # Read ahead.
            "/networks": [],
            "/networks?year=2022": ["network"],
            "/networks?projection=levels&answer=who-is-responsible&theme=mentoring": ["question", "network"],
            "/api/networks/levels?format=map": ["network"],
            "/api/networks/levels?format=gexf": ["network"],
            "/api/networks/levels?format=png": ["network", "picture"],
            # The day that is drawn is another one tomorrow.
            "/timeline?day=2022-03-01": ["timeline"],
            "/timeline?view=table": [],
            "/timeline?answer=who-is-responsible&theme=mentoring": ["question", "timeline"],
            "/timeline.csv": ["timeline"],
            "/timeline.svg": ["timeline"],
            "/timeline.ics": ["calendar"],
        }.items():
            before = len(kinds(app))
            assert client.get(address, headers=HTML).status_code == 200, address
            assert kinds(app)[before:] == charged, address
        before = len(kinds(app))
        for address in (
            "/networks?year=2022",
            "/api/networks/levels?format=map",
            "/timeline?day=2022-03-01",
            "/timeline.ics",
        ):
            assert client.get(address, headers=HTML).status_code == 200, address
        assert kinds(app)[before:] == []


def test_who_used_up_its_budget_sees_only_what_is_kept(examples_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_WINDOW", 1e6)
    with opened(examples_folder, budget_seconds=30) as (app, client):
        assert client.get("/networks?year=2022", headers=HTML).status_code == 200
        client_name = app.state.running.recent()[0].client
        app.state.budgets.spend(Identity(None, Role.ANONYMOUS, client=client_name), 31.0)
        for address in ("/networks", "/networks?year=2022", "/"):
            assert client.get(address, headers=HTML).status_code == 200, address
        for address in ("/networks?year=2021", "/api/networks/levels", "/timeline.csv", "/timeline?day=2022-03-01"):
            refused = client.get(address, headers=HTML)
            assert refused.status_code == 429, address
            assert int(refused.headers["Retry-After"]) > 0


def test_the_picture_of_a_page_is_drawn_of_what_the_page_drew(
    service: tuple[FastAPI, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, made = service[1], list[str]()
    draw = drawn.draw_part

    def listen(*given: Any) -> drawn.DrawnNetwork:  # noqa: ANN401  (handed on)
        made.append(given[2])
        return draw(*given)

    monkeypatch.setattr(drawn, "draw_part", listen)
    page = client.get("/networks?projection=bodies-and-activities&year=2023", headers=HTML).text
    address = re.search(r'<network-map[^>]* src="([^"]+)"', page)
    assert address is not None
    assert client.get(unescape(address[1])).status_code == 200
    assert made == ["page"]
