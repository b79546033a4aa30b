from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from fastapi.testclient import TestClient

from api.networks import drawing, files
from api.networks.files import MEDIA_TYPES
from graph.networks.projections import PROJECTIONS
from tests.api.commands.test_cli import Cli, cli, data  # noqa: F401  (fixtures)

HTML = {"accept": "text/html"}
BODY = "https://w3id.org/vekha/id/body/"
SVG = "{http://www.w3.org/2000/svg}"


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
        ("/api/networks/levels?format=pdf", 400, "graphml"),
        ("/api/networks/levels?top=-1", 400, "-1"),
        ("/api/networks/levels?steps=9", 400, "9"),
        ("/api/networks/levels?focus=body:tomsk-obl_toipcro", 400, "tomsk-obl_toipkro"),
        ("/api/networks/levels?communities=half", 400, "half"),
        ("/api/networks/levels?answer=who-is-responsibl", 400, "who-is-responsible"),
        ("/api/networks/levels?answer=who-is-responsible&theme=mentorin", 400, "mentoring"),
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
    picture = re.search(r'<noscript><img src="([^"]+)"', page.text)
    assert picture is not None
    drawing = fromstring(client.get(unescape(picture[1])).content)
    signs = [sign for tag in ("circle", "polygon") for sign in drawing.iter(f"{SVG}{tag}")]
    assert len(signs) == page.text.count("<tr data-node=") == 15
    assert "theme=mentoring&amp;lang=ru&amp;format=graphml" in page.text
    body = page.text.partition("<tbody>")[2]
    row = next(row for row in body.split("</tr>") if "/bodies/tomsk-obl_toipkro" in row)
    assert re.search(r"20\d\d: \d+; 20\d\d: \d+", row)
    assert "муниципальный, школьный" in row
    assert "Убрать: тема: " in page.text


def test_years_to_choose_are_those_of_the_data(client: TestClient) -> None:
    page = client.get("/networks", params={"lang": "ru"}, headers=HTML).text
    years = re.search(r'<select id="p-year".*?</select>', page, re.DOTALL)
    assert years is not None
    found = [int(year) for year in re.findall(r"<option>(\d{4})</option>", years[0])]
    assert found == sorted(found)
    assert 2021 in found
    assert "1990" not in years[0]


def test_the_page_says_what_is_wrong_and_what_is_empty(client: TestClient) -> None:
    wrong = client.get("/networks", params={"lang": "ru", "year": "скоро"}, headers=HTML)
    assert wrong.status_code == 400
    assert "целое число" in wrong.text
    nothing = client.get("/networks", params={"lang": "ru", "year": "1990"}, headers=HTML)
    assert nothing.status_code == 200
    assert "Уберите один из фильтров" in nothing.text


def test_only_the_most_connected_are_drawn_at_first(client: TestClient) -> None:
    page = client.get("/networks", params={"lang": "ru", "top": "3"}, headers=HTML).text
    assert "самые связанные из 37" in page
    assert page.count("<tr data-node=") == 3
    everybody = client.get("/networks", params={"lang": "ru", "projection": "bodies-and-activities"}, headers=HTML).text
    assert "показать все 185" in everybody
    assert everybody.count("<tr data-node=") == 50
    assert "Строки 1–50 из 100" in everybody


def test_what_is_around_a_node_by_address(client: TestClient) -> None:
    address = "/api/networks/bodies-by-activity"
    whole = client.get(address).json()
    neighbours = {
        end
        for edge in whole["edges"]
        if f"{BODY}tomsk-obl_toipkro" in (edge["source"], edge["target"])
        for end in (edge["source"], edge["target"])
    }
    around = client.get(address, params={"focus": "body:tomsk-obl_toipkro"}).json()
    assert {node["id"] for node in around["nodes"]} == neighbours
    # Measures are those of the whole.
    degree = {node["id"]: node["degree"] for node in whole["nodes"]}
    assert all(node["degree"] == degree[node["id"]] for node in around["nodes"])
    alone = client.get(address, params={"focus": "tomsk-obl_toipkro", "steps": "0"}).json()
    assert [node["id"] for node in alone["nodes"]] == [f"{BODY}tomsk-obl_toipkro"]


def test_what_would_come_is_told_before(client: TestClient) -> None:
    parameters = {"focus": "body:tomsk-obl_toipkro", "steps": "0", "lang": "en"}
    drawn = client.get("/api/networks/bodies-by-activity", params=parameters | {"format": "map"}).json()
    more = drawn["nodes"]["more"][0]
    assert drawn["graph"] | {"version": 0} == {
        "projection": "bodies-by-activity",
        "version": 0,
        "nodes": 1,
        "size": 37,
        "closed": False,
        "betweenness_sources": None,
    }
    expanded = client.get(
        "/api/networks/bodies-by-activity", params=parameters | {"expand": "body:tomsk-obl_toipkro"}
    ).json()
    assert sum(more.values()) == len(expanded["nodes"]) - 1 == drawn["nodes"]["degree"][0]
    assert set(more) <= {"organisations", "groups of organisations", "groups of posts", "posts", "persons"}


def test_two_nodes_say_why_they_are_tied(client: TestClient) -> None:
    whole = client.get("/api/networks/bodies-by-activity").json()
    edge = max(whole["edges"], key=lambda edge: edge["weight"])
    page = client.get("/networks", params={"focus": [edge["source"], edge["target"]], "steps": "0"}, headers=HTML).text
    why = page.partition('id="why"')[2].partition("</section>")[0]
    assert why.count("<li>") == edge["weight"] == len(edge["activities"])


def test_communities_as_one_node_each(client: TestClient) -> None:
    address = "/api/networks/bodies-and-activities"
    whole = client.get(address).json()
    closed = client.get(address, params={"communities": "closed"}).json()
    bubbles = [node for node in closed["nodes"] if node["kind"] == "community"]
    assert sum(node.get("members", 1) for node in closed["nodes"]) == len(whole["nodes"])
    first = max(bubbles, key=lambda node: node["members"])
    opened = client.get(address, params={"communities": first["community"]}).json()
    assert len(opened["nodes"]) == len(closed["nodes"]) - 1 + first["members"]
    # No activity is counted twice: those of a community are at most all there are.
    assert all(node["activities"] <= 149 for node in bubbles)
    page = client.get(
        "/networks", params={"projection": "bodies-and-activities", "communities": "closed"}, headers=HTML
    )
    assert "communities=0" in page.text
    drawn = client.get(address, params={"communities": "closed", "format": "map"}).json()
    assert drawn["graph"]["closed"]
    assert sum(drawn["nodes"]["members"]) == len(whole["nodes"])


def test_a_large_picture_begins_with_communities_and_a_file_holds_everything(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.networks.drawn.CLOSED_FROM", 40)
    address = "/api/networks/bodies-and-activities"
    selected = {"roadmap": "khorol-mo-nms", "lang": "ru"}
    nodes = len(client.get(address, params=selected).json()["nodes"])
    assert nodes > 40
    drawn = client.get(address, params=selected | {"format": "map"}).json()
    assert drawn["graph"]["closed"]
    assert len(drawn["nodes"]["id"]) < nodes == sum(drawn["nodes"]["members"])
    page = client.get("/networks", params=selected | {"projection": "bodies-and-activities"}, headers=HTML).text
    assert ">раскрыть</a>" in page
    assert f"показать все {nodes}" in page


def test_the_network_of_an_answer(client: TestClient) -> None:
    own = {"theme": "mentoring", "roadmap": "tomsk-obl-nastav"}
    parameters = own | {"answer": "who-is-responsible"}
    rows = client.get("/api/questions/who-is-responsible", params=own).json()["rows"]
    drawn = client.get("/api/networks/bodies-and-activities", params=parameters).json()
    activities = {node["id"] for node in drawn["nodes"] if node["kind"] == "activity"}
    assert activities == {row["activity"] for row in rows}
    page = client.get("/networks", params=parameters | {"lang": "ru"}, headers=HTML).text
    assert "ответ: Кто отвечает за мероприятия темы?" in page
    assert 'href="/questions/who-is-responsible?theme=mentoring&amp;roadmap=tomsk-obl-nastav"' in page
    assert "(наставничество, Дорожная карта по реализации региональной целевой программы" in page
    # An answer of pairs of actors has no activities: the network is that of these actors.
    pairs = client.get("/api/networks/bodies-by-activity", params={"answer": "shared-responsibility", "atLeast": "5"})
    named = client.get("/api/questions/shared-responsibility", params={"atLeast": "5"}).json()["rows"]
    assert {node["id"] for node in pairs.json()["nodes"]} == {row[end] for row in named for end in ("first", "second")}
    nothing = client.get("/networks", params={"answer": "cited-acts", "lang": "ru"}, headers=HTML).text
    assert "рисовать нечего" in nothing


def test_nodes_are_found_by_beginnings_of_words(client: TestClient) -> None:
    page = client.get("/networks", params={"lang": "ru", "find": "томск институт"}, headers=HTML).text
    found = page.partition('<section class="found"')[2].partition("</section>")[0]
    assert "Томский областной институт" in found
    assert "focus=body%3Atomsk-obl_toipkro" in found
    nobody = client.get("/networks", params={"lang": "ru", "find": "<b>никто"}, headers=HTML).text
    assert "«&lt;b&gt;никто»" in nobody


def test_the_only_link_is_told_with_its_number(client: TestClient) -> None:
    page = client.get("/networks", params={"lang": "ru"}, headers=HTML).text
    assert re.search(r"для \d+ узл", page)


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


def test_a_map_is_written_once_in_each_language(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write = drawing.write_map

    def listen(*given: Any) -> bytes:  # noqa: ANN401  (handed on)
        written.append(given[2].code)
        return write(*given)

    monkeypatch.setattr(files, "write_map", listen)
    # A part that no other test asks for.
    address = "/api/networks/bodies-by-activity?format=map&top=17&lang={}"
    first, english, again = (client.get(address.format(code)) for code in ("ru", "en", "ru"))
    assert written == ["ru", "en"]
    assert first.content == again.content != english.content
