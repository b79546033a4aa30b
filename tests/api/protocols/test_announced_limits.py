"""The limits in force stand in the head of every answer and error of an address where data are asked or changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import pytest
from anyio import CapacityLimiter
from fastapi.testclient import TestClient

from api.access.budgets import BudgetError
from api.access.users import Role, Users
from api.app import create_app
from api.importing.loading import open_loader
from api.settings import read_settings
from graph.bounds import MAX_UPDATE_LENGTH
from graph.errors import NothingLoadedError, PoolBusyError, QueryTimeoutError, StoreBusyError
from graph.folder import DataFolder
from graph.updates import UpdateLimits

ANYBODY = {"seconds": "7", "bytes": "2048"}
KNOWN = {"seconds": "9", "bytes": "4096"}
CHANGE = {"seconds": f"{UpdateLimits().seconds:g}"}
GRAPH_CHANGE = CHANGE | {"bytes": str(UpdateLimits().bytes)}
UPDATE = CHANGE | {"bytes": str(4 * MAX_UPDATE_LENGTH)}
ROWS = {"rows": "11"}
WRONG = {"Authorization": "Bearer wrong"}
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """A server with limits of its own, and the token of an editor."""
    settings = read_settings(
        data=tmp_path_factory.mktemp("limits") / "data",
        dataset="plain",
        query_seconds=7,
        query_bytes=2048,
        query_rows=11,
        user_query_seconds=9,
        user_query_bytes=4096,
        user_query_rows=13,
        budget_errors=0,
        workers=1,
    )
    _user, token = Users(DataFolder(settings.data).access).add("editor", Role.EDITOR)
    with (
        open_loader(settings) as loader,
        TestClient(create_app(settings, loader=loader), raise_server_exceptions=False) as client,
    ):
        yield client, token


def limits(headers: object) -> dict[str, str]:
    found = dict(headers)  # type: ignore[call-overload]  # of a response
    prefix = "vekha-limit-"
    return {name.removeprefix(prefix): value for name, value in found.items() if name.startswith(prefix)}


@pytest.mark.parametrize(
    ("request_line", "headers", "status", "expected"),
    [
        ("GET /sparql?query=ASK{}", {}, 200, ANYBODY | ROWS),
        ("HEAD /sparql?query=ASK{}", {}, 200, ANYBODY | ROWS),
        ("GET /sparql", {}, 200, ANYBODY | ROWS),
        ("GET /sparql", HTML, 200, ANYBODY | ROWS),
        ("OPTIONS /sparql", {}, 204, ANYBODY | ROWS),
        ("GET /sparql?query=ASK{}", {"If-None-Match": "*"}, 304, ANYBODY | ROWS),
        ("GET /sparql?query=ASK", {}, 400, ANYBODY | ROWS),
        ("GET /sparql?query=ASK", HTML, 400, ANYBODY | ROWS),
        ("GET /sparql?query=ASK{}", WRONG, 401, ANYBODY | ROWS),
        ("GET /sparql?query=ASK{SERVICE<urn:x:s>{}}", {}, 403, ANYBODY | ROWS),
        ("PUT /sparql", {}, 405, ANYBODY | ROWS),
        ("GET /sparql?query=ASK{}", {"Accept": "image/png"}, 406, ANYBODY | ROWS),
        ("GET /sparql?query=ASK{}&version=999", {}, 410, ANYBODY | ROWS),
        ("POST /sparql", {}, 415, ANYBODY | ROWS),
        ("GET /graphs?default", {}, 200, ANYBODY),
        ("HEAD /graphs?default", {}, 200, ANYBODY),
        ("OPTIONS /graphs", {}, 204, ANYBODY),
        ("GET /graphs?default", {"If-None-Match": "*"}, 304, ANYBODY),
        ("GET /graphs?graph=g", {}, 400, ANYBODY),
        ("GET /graphs?default", WRONG, 401, ANYBODY),
        ("GET /graph/none", {}, 404, ANYBODY),
        ("PATCH /graphs/none", {}, 405, ANYBODY),
        ("GET /graphs?default", {"Accept": "image/png"}, 406, ANYBODY),
        ("PUT /graphs?default", {}, 401, GRAPH_CHANGE),
        ("DELETE /graphs?default", WRONG, 401, GRAPH_CHANGE),
        ("POST /update", {}, 401, UPDATE),
        ("GET /update", {}, 405, UPDATE),
        ("GET /api/questions/none", {}, 404, {}),
    ],
)
def test_every_answer_and_error_names_the_limits(
    service: tuple[TestClient, str], request_line: str, headers: dict[str, str], status: int, expected: dict[str, str]
) -> None:
    method, address = request_line.split(" ")
    answer = service[0].request(method, address, headers=headers)
    assert answer.status_code == status, answer.text
    assert limits(answer.headers) == expected
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("request_line", "headers", "status", "expected"),
    [
        ("GET /sparql?query=ASK{}", {}, 200, KNOWN | {"rows": "13"}),
        ("GET /sparql?query=ASK", {}, 400, KNOWN | {"rows": "13"}),
        ("GET /graphs?default", {}, 200, KNOWN),
        ("PUT /graphs?graph=urn:x:g", {"Content-Type": "text/turtle", "If-Match": '"x"'}, 412, GRAPH_CHANGE),
        ("PUT /graphs?graph=urn:x:g", {"Content-Type": "image/png"}, 415, GRAPH_CHANGE),
        ("DELETE /graphs?graph=urn:x:g", {}, 404, GRAPH_CHANGE),
        ("DELETE /graphs?default", {}, 204, GRAPH_CHANGE),
        ("POST /update", {}, 415, UPDATE),
        ("POST /update", {"Content-Type": "application/sparql-update"}, 204, UPDATE),
        ("POST /update", {"Content-Type": "application/sparql-update", "If-Match": "*"}, 412, UPDATE),
    ],
)
def test_who_may_use_more_is_told_so(
    service: tuple[TestClient, str], request_line: str, headers: dict[str, str], status: int, expected: dict[str, str]
) -> None:
    method, address = request_line.split(" ")
    answer = service[0].request(method, address, headers=headers | {"Authorization": f"Bearer {service[1]}"})
    assert answer.status_code == status, answer.text
    assert limits(answer.headers) == expected


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("GET /sparql?query=ASK{}", ANYBODY | ROWS),
        ("GET /graphs?default", ANYBODY),
        ("DELETE /graphs?default", GRAPH_CHANGE),
        ("POST /update", UPDATE),
    ],
)
@pytest.mark.parametrize(
    ("error", "status", "wait"),
    [
        (BudgetError("{wait} s", wait=3), 429, "3"),
        (PoolBusyError("busy"), 503, "5"),
        (StoreBusyError("busy"), 503, "5"),
        (NothingLoadedError("nothing"), 503, None),
        (QueryTimeoutError("slow"), 504, None),
    ],
)
def test_so_do_errors_of_a_service_that_is_busy(  # noqa: PLR0917 (parametrized)
    service: tuple[TestClient, str],
    monkeypatch: pytest.MonkeyPatch,
    request_line: str,
    expected: dict[str, str],
    error: Exception,
    status: int,
    wait: str | None,
) -> None:
    client, token = service

    def refuse(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(client.app.state.running, "track", refuse)  # type: ignore[attr-defined]
    method, address = request_line.split(" ")
    writes = method in {"POST", "DELETE"}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sparql-update"} if writes else {}
    answer = client.request(method, address, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("retry-after") == wait
    assert limits(answer.headers) == expected


@pytest.mark.parametrize("address", ["/sparql?query=ASK{?x_ ?y_ ?z_}", "/graphs?default"])
def test_what_finds_no_thread_is_told_to_come_again(service: tuple[TestClient, str], address: str) -> None:
    client = service[0]
    state = client.app.state  # type: ignore[attr-defined]
    threads, state.query_threads = state.query_threads, CapacityLimiter(0)
    try:
        answer = client.get(address)
    finally:
        state.query_threads = threads
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert limits(answer.headers)["seconds"] == "7"
    assert client.get(address).status_code == 200
