from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.editor.stored_queries import StoredQueries
from api.settings import read_settings
from queries.catalogue import Catalogue
from tests.api.conftest import serving

PAGE = {"Accept": "text/html"}
DATA = {"Accept": "application/json"}
QUERY = "SELECT ?activity ?activityLabel { ?activity a vekha:Activity ; rdfs:label ?activityLabel } LIMIT 3"


def keep(client: TestClient, text: str) -> str:
    answer = client.post("/sparql/queries", data={"query": text}, headers=DATA)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_things_are_links_with_their_names(client: TestClient) -> None:
    page = client.get(
        "/sparql", params={"query": "SELECT ?theme { VALUES ?theme { theme:mentoring } }"}, headers=PAGE
    ).text
    assert '<a href="/themes/mentoring">наставничество</a>' in page


def test_a_column_and_its_label_are_one(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": QUERY}, headers=PAGE).text
    assert 'data-columns="activity"' in page
    assert len(re.findall(r'<td[^>]*><a href="/activities/[^"]+">[А-Я]', page)) == 3


def test_the_page_says_what_it_shows(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": "SELECT ?s { ?s ?p ?o }"}, headers=PAGE).text
    assert "Показаны первые 1 000 строк; весь ответ – в файлах, до " in page.replace("\xa0", " ")
    assert re.search(r"\d+ мс · версия данных \d", page.replace("\xa0", " "))


def test_the_panel_has_terms_with_examples_that_are_patterns(client: TestClient) -> None:
    page = client.get("/sparql", headers=PAGE).text
    assert 'data-insert="?activity a vekha:Activity ."' in page
    terms = client.get("/api/terms").json()
    assert terms["prefixes"]["theme"] == "https://w3id.org/vekha/scheme/theme/"
    assert {term["kind"] for term in terms["terms"]} == {"class", "relation", "value"}
    patterns = "\n".join(f"OPTIONAL {{ {term['example']} }}" for term in terms["terms"][:40])
    answer = client.get("/sparql", params={"query": f"ASK {{ FILTER(false) {patterns} }}"}, headers=DATA)
    assert answer.status_code == 200, answer.text


def test_the_first_query_gives_links(client: TestClient) -> None:
    page = client.get("/sparql", headers=PAGE).text
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    text = found[1].replace("&lt;", "<").replace("&gt;", ">")
    rows = client.get("/sparql", params={"query": text}, headers=DATA).json()["results"]["bindings"]
    assert len(rows) > 20
    assert {cell["type"] for row in rows for cell in row.values()} == {"uri"}


def test_a_short_link_is_the_query(client: TestClient) -> None:
    name = keep(client, QUERY)
    assert keep(client, QUERY) == name
    page = client.get("/sparql", params={"q": name}, headers=PAGE).text
    assert "SELECT ?activity ?activityLabel" in page
    assert f'href="/sparql?q={name}&amp;format=csv"' in page
    assert client.get("/sparql", params={"q": name, "format": "csv"}).text.startswith("activity,activityLabel\r\n")
    assert client.get("/sparql", params={"q": name}, headers=DATA).json()["head"]["vars"]


def test_a_form_without_script_leads_to_the_link(client: TestClient) -> None:
    answer = client.post("/sparql/queries", data={"query": QUERY}, headers=PAGE)
    assert answer.status_code == 303
    assert re.fullmatch(r"/sparql\?q=[a-z2-7]{12}", answer.headers["Location"])


@pytest.mark.parametrize("name", ["aaaaaaaaaaaa", "../../format", "https://evil.example/", "", "A" * 12])
def test_a_link_that_is_none_leads_nowhere(client: TestClient, name: str) -> None:
    answer = client.get("/sparql", params={"q": name, "format": "csv"})
    assert answer.status_code in {400, 404}
    assert "Location" not in answer.headers


def test_only_queries_of_bounded_size_are_kept(client: TestClient) -> None:
    assert client.post("/sparql/queries", data={"query": "x" * 300_000}, headers=DATA).status_code == 413
    assert client.post("/sparql/queries", data={"other": "x"}, headers=DATA).status_code == 400
    assert client.post("/sparql/queries", content="x", headers=DATA | {"Content-Type": "text/plain"}).status_code == 415


def test_links_survive_a_restart_and_cost_budget(examples_folder: Path) -> None:
    settings = read_settings(data=examples_folder, workers=1, budget_seconds=2)
    with serving(settings) as first:
        name = keep(first, "ASK { }")
        answers = [first.post("/sparql/queries", data={"query": f"ASK {{ }} #{n}"}, headers=DATA) for n in range(6)]
        assert answers[-1].status_code == 429
    with serving(read_settings(data=examples_folder, workers=1)) as second:
        assert second.get("/sparql", params={"q": name}, headers=DATA).json()["boolean"] is True


def test_what_was_opened_longest_ago_gives_way(tmp_path: Path) -> None:
    queries = StoredQueries(tmp_path / "queries", most=3)
    names = [queries.put(f"ASK {{ }} #{number}") for number in range(3)]
    for age, name in enumerate(names):
        os.utime(tmp_path / "queries" / name, (1_000 + age, 1_000 + age))
    assert queries.get(names[0]) == "ASK { } #0"
    newest = queries.put("ASK { } #new")
    assert [queries.get(name) is not None for name in (*names, newest)] == [True, False, True, True]


def test_a_saved_question_is_a_question_file(client: TestClient, tmp_path: Path) -> None:
    text = "SELECT ?body\nWHERE { ?body a vekha:Body }"
    answer = client.get("/sparql.rq", params={"query": text, "columns": "body"})
    assert 'filename="my-question.rq"' in answer.headers["Content-Disposition"]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "my-question.rq").write_text(answer.text, encoding="utf-8")
    question = Catalogue.read("https://w3id.org/vekha/", folder=tmp_path)["my-question"]
    assert [column.name for column in question.columns] == ["body"]
    name = keep(client, text)
    assert client.get("/sparql.rq", params={"q": name, "columns": 'body,"}\n#+ id: x'}).text.count("#+ id") == 1


def test_hostile_texts_stay_texts(hostile_client: TestClient) -> None:
    asked = {
        "query": "SELECT ?activity ?label { ?activity a vekha:Activity ; rdfs:label ?label } # </textarea><script>"
    }
    page = hostile_client.get("/sparql", params=asked, headers=PAGE).text
    assert "<img" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
    assert json.loads(hostile_client.get("/sparql", params=asked, headers=DATA).text)
