from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from api.commands.examples import example_documents
from api.installation import Installation
from api.settings import read_settings
from tests.api.conftest import load_into, serving

QUERY = 'SELECT ?activity ?label { ?activity vekha:search "наставничество" ; a vekha:Activity ; rdfs:label ?label }'
CSV = {"Accept": "text/csv"}


def test_the_protocol_answers_a_search(client: TestClient) -> None:
    found = client.get("/sparql", params={"query": QUERY}).json()
    labels = [row["label"]["value"] for row in found["results"]["bindings"]]
    assert len(labels) == 33
    assert any("наставнических пар" in label for label in labels)
    posted = client.post("/sparql", content=QUERY.encode(), headers={"Content-Type": "application/sparql-query"})
    assert posted.json() == found


def test_tags_and_the_cache_hold_for_a_data_version(client: TestClient) -> None:
    first = client.get("/sparql", params={"query": QUERY}, headers=CSV)
    again = client.get("/sparql", params={"query": QUERY}, headers=CSV)
    assert (first.text, first.headers["ETag"]) == (again.text, again.headers["ETag"])
    unchanged = client.get("/sparql", params={"query": QUERY}, headers=CSV | {"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    other = client.get("/sparql", params={"query": QUERY.replace("наставничество", "конкурс")}, headers=CSV)
    assert other.headers["ETag"] != first.headers["ETag"]
    assert other.text != first.text


@pytest.mark.parametrize(
    ("pattern", "column", "words"),
    [
        ("?x vekha:search ?text", 29, "текст в кавычках"),
        ('vekha:Roadmap vekha:search "a"', 27, "переменная"),
        ('?x vekha:search/rdfs:label "a"', 16, "отдельно"),
        ('?x vekha:search "…"', 16, "нет ни одного слова"),
        (f'?x vekha:search "{"наставник " * 13}"', 16, "не больше 12 слов"),
    ],
)
def test_a_wrong_clause_is_told_in_words_at_its_place(
    client: TestClient, pattern: str, column: int, words: str
) -> None:
    answer = client.get("/sparql", params={"query": f"SELECT * {{\n          {pattern} }}", "lang": "ru"})
    assert answer.status_code == 400
    told = answer.json()
    assert (told["line"], words in told["detail"]) == (2, True), told
    assert told["column"] == column - 2


def test_errors_elsewhere_keep_their_places(client: TestClient) -> None:
    text = 'SELECT * { ?x vekha:search "наставничество" .\n?x a }'
    told = client.get("/sparql", params={"query": text}).json()
    assert (told["line"], told["column"]) == (2, 6)


def test_an_older_version_is_searched_as_it_was(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("versions") / "data"
    mentoring, other = (
        path for path in example_documents() if path.name.startswith(("001", "004")) and path.suffix == ".txt"
    )
    load_into(folder, [mentoring])
    load_into(folder, [other])
    with serving(read_settings(data=folder, workers=1)) as client:
        newest = client.get("/sparql", params={"query": QUERY})
        version = int(newest.headers["Vekha-Version"])
        older = client.get("/sparql", params={"query": QUERY, "version": str(version - 1)})
        assert older.headers["Vekha-Version"] == str(version - 1)
        assert len(older.json()["results"]["bindings"]) < len(newest.json()["results"]["bindings"])


def test_a_plain_dataset_has_names_of_its_own(plain: TestClient) -> None:
    text = 'PREFIX vekha: <https://w3id.org/vekha/ns#> INSERT DATA { <urn:a> vekha:search "own" }'
    assert plain.post("/update", data={"update": text}).status_code in {200, 204}
    asked = 'PREFIX vekha: <https://w3id.org/vekha/ns#> SELECT ?x { ?x vekha:search "own" }'
    assert len(plain.get("/sparql", params={"query": asked}).json()["results"]["bindings"]) == 1
    plain.post("/update", data={"update": "CLEAR ALL"})


def test_the_page_tells_too(client: TestClient) -> None:
    page = client.get("/sparql", params={"query": QUERY}, headers={"Accept": "text/html"}).text
    assert "наставнических пар" in page
    assert unquote("33 строки") in page


def test_ready_questions_may_search(examples_folder: Path) -> None:
    knowledge = Installation.of(read_settings(data=examples_folder)).newest()
    prefixes = "PREFIX vekha: <https://w3id.org/vekha/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    assert len(knowledge._table(prefixes + QUERY).rows) == 33
