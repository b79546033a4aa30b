from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from fastapi.testclient import TestClient

from api.networks import MEDIA_TYPES
from graph.networks.projections import PROJECTIONS
from tests.api.test_cli import Cli, cli, data  # noqa: F401  (fixtures)

HTML = {"accept": "text/html"}


def test_every_network_is_listed_and_comes_in_every_form(client: TestClient) -> None:
    listed = client.get("/api/networks", params={"lang": "ru"}).json()
    assert [one["id"] for one in listed] == list(PROJECTIONS)
    assert listed[0]["title"] == "Кто с кем работает"
    for one in listed:
        for form, media_type in MEDIA_TYPES.items():
            answer = client.get(one["address"], params={"format": form})
            assert answer.status_code == 200
            assert answer.headers["content-type"] == media_type
            assert answer.content


def test_a_selection_narrows_and_the_answer_says_its_version(client: TestClient) -> None:
    everything = client.get("/api/networks/bodies-by-activity").json()
    mentoring = client.get(
        "/api/networks/bodies-by-activity", params={"theme": "mentoring", "roadmap": "tomsk-obl-nastav"}
    )
    assert int(mentoring.headers["vekha-version"]) == everything["graph"]["version"]
    assert 0 < len(mentoring.json()["nodes"]) < len(everything["nodes"])
    full = client.get(
        "/api/networks/bodies-by-activity",
        params={
            "theme": "https://w3id.org/vekha/scheme/theme/mentoring",
            "roadmap": "roadmap:tomsk-obl-nastav",
        },
    )
    assert full.json() == mentoring.json()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/networks/bodies", 404, "bodies-by-activity"),
        ("/api/networks/levels?theme=mentorin", 400, "mentoring"),
        ("/api/networks/levels?colour=red", 400, "colour"),
        ("/api/networks/levels?year=soon", 400, "soon"),
        ("/api/networks/levels?year=²", 400, "²"),
        ("/api/networks/levels?groups=all", 400, "members"),
        ("/api/networks/levels?format=png", 400, "graphml"),
        ("/api/networks/levels?top=-1", 400, "-1"),
    ],
)
def test_a_wrong_request_gets_one_clear_problem(client: TestClient, path: str, status: int, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert words in answer.json()["detail"]


def test_the_page_draws_tabulates_and_offers_files(client: TestClient) -> None:
    page = client.get("/networks", params={"lang": "ru", "theme": "mentoring"}, headers=HTML)
    assert page.status_code == 200
    assert "Кто с кем работает" in page.text
    drawing = re.search(r"<svg.*?</svg>", page.text, re.DOTALL)
    assert drawing is not None
    circles = list(fromstring(drawing[0]).iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == page.text.count('<td data-label="кто или что">') == 15
    assert 'href="/bodies/tomsk-obl_toipkro"' in drawing[0]
    assert "theme=mentoring&amp;format=graphml" in page.text
    body = page.text.partition("<tbody>")[2]
    row = next(row for row in body.split("</tr>") if "tomsk-obl_toipkro" in row)
    assert re.search(r"20\d\d: \d+; 20\d\d: \d+", row)
    assert "муниципальный, школьный" in row
    assert "/networks?theme=mentoring" in page.text


def test_the_page_says_what_is_wrong_and_what_is_empty(client: TestClient) -> None:
    wrong = client.get("/networks", params={"lang": "ru", "year": "скоро"}, headers=HTML)
    assert wrong.status_code == 400
    assert "целое число" in wrong.text
    nothing = client.get("/networks", params={"lang": "ru", "year": "1990"}, headers=HTML)
    assert nothing.status_code == 200
    assert "Уберите один из фильтров" in nothing.text


def test_only_the_most_connected_are_drawn_at_first(client: TestClient) -> None:
    page = client.get("/networks", params={"lang": "ru", "top": "3"}, headers=HTML)
    assert "самые связанные из 37" in page.text
    assert page.text.count("<circle") == 3


def test_document_text_stays_text(hostile_client: TestClient) -> None:
    for path in ("/networks", "/networks?projection=bodies-and-activities&top=0"):
        page = hostile_client.get(path, headers=HTML).text
        assert "<img src=x" not in page
        assert "<script>alert" not in page
    for form in ("svg", "graphml", "gexf"):
        written = hostile_client.get("/api/networks/bodies-and-activities", params={"format": form}).content
        assert not [element for element in fromstring(written).iter() if element.tag.endswith("script")]
    table = hostile_client.get("/api/networks/bodies-and-activities", params={"format": "nodes.csv"}).content
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert not [row for row in rows if row["label"].startswith(("=", "+", "-", "@"))]


def test_the_command_prints_and_writes(cli: Cli, data: tuple[str, Path], tmp_path: Path) -> None:  # noqa: F811
    status, out, messages = cli(*data, "network", "bodies-by-activity", "--theme", "mentoring")
    assert status == 0
    assert "Томский областной институт повышения квалификации" in out
    assert "15 узлов" in messages
    target = tmp_path / "сеть.json"
    assert cli(*data, "network", "levels", "--format", "json", "-o", target)[0] == 0
    assert len(json.loads(target.read_text("utf-8"))["nodes"]) == 3
    status, _, messages = cli(*data, "network", "levels", "--theme", "mentorin")
    assert status == 2
    assert "mentoring" in messages
