from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.app import create_app
from api.parameters import takes
from api.representations import Sheet, data_addresses, page_routes
from api.settings import read_settings

THING = NamedNode("https://example.org/thing")
ROWS = ((THING, Literal("=1+1"), 3), (None, Literal(2.5), True))


def _page(request: Request) -> Response:
    return PlainTextResponse("\n".join(address for _, address in data_addresses(request, graph=True, sparql="ASK {}")))


def _sheet(_request: Request) -> Sheet:
    return Sheet(("thing", "text", "count"), ROWS, 7)


def _graph(request: Request) -> list[Triple]:
    return [] if request.path_params["slug"] == "none" else [Triple(THING, THING, Literal("a"))]


@pytest.fixture(scope="module")
def client(examples_folder: Path) -> Iterator[TestClient]:
    app = create_app(read_settings(data=examples_folder, workers=1))
    app.router.routes[:0] = page_routes("/tried/{slug}", _page, sheet=_sheet, graph=_graph, taken=takes("theme"))
    with TestClient(app) as found:
        yield found


def test_a_suffix_gives_the_data_of_the_page(client: TestClient) -> None:
    answer = client.get("/tried/x.csv?theme=a")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="tried-x.csv"'
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["thing", "text", "count"],
        ["https://example.org/thing", "'=1+1", "3"],
        ["", "2.5", "true"],
    ]
    answer = client.get("/tried/x.json")
    assert answer.json() == {
        "version": 7,
        "columns": ["thing", "text", "count"],
        "rows": [
            {"thing": "https://example.org/thing", "text": "=1+1", "count": 3},
            {"thing": None, "text": 2.5, "count": True},
        ],
    }
    assert answer.headers["vekha-version"] == "7"
    found = parse(client.get("/tried/x.ttl").content, RdfFormat.TURTLE)
    assert [quad.triple for quad in found] == [Triple(THING, THING, Literal("a"))]
    assert client.get("/tried/none.ttl").status_code == 404
    assert client.get("/tried/x.csv?colour=a").status_code == 400


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/plain"),
        ("*/*", "text/plain"),
        ("application/json", "application/json"),
        ("text/turtle", "text/turtle"),
        ("text/csv", "text/csv"),
        ("image/png", "text/plain"),
    ],
)
def test_programs_may_ask_the_plain_address(client: TestClient, accept: str, expected: str) -> None:
    assert client.get("/tried/x", headers={"Accept": accept}).headers["content-type"].startswith(expected)


def test_the_menu_keeps_the_selection_of_the_page(client: TestClient) -> None:
    assert client.get("/tried/x?theme=a&theme=%21b&lang=en").text.splitlines() == [
        "/tried/x.csv?theme=a&theme=%21b",
        "/tried/x.json?theme=a&theme=%21b",
        "/tried/x.ttl?theme=a&theme=%21b",
        "/sparql?query=ASK+%7B%7D",
    ]
