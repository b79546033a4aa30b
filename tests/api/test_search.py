from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

from api.search import pieces

MENTORING = "https://w3id.org/vekha/scheme/theme/mentoring"


def test_the_box_gets_hits_by_kind_with_addresses_and_marks(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "наставн", "limit": 3})
    found = answer.json()
    assert answer.headers["Vekha-Version"] == str(found["version"])
    assert {kind["kind"]: kind["title"] for kind in found["kinds"]}["activity"] == "Мероприятия"
    assert found["total"] == sum(kind["count"] for kind in found["kinds"])
    [theme] = [hit for hit in found["hits"] if hit["iri"] == MENTORING]
    assert (theme["href"], theme["label"], theme["marks"]) == ("/themes/mentoring", "наставничество", [[0, 14]])
    assert all(hit["href"].startswith("/") for hit in found["hits"])
    assert max(sum(hit["kind"] == kind["kind"] for hit in found["hits"]) for kind in found["kinds"]) == 3


def test_questions_are_found_too(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "кто отвечает", "kind": "question", "limit": 50}).json()
    hrefs = [hit["href"] for hit in found["hits"]]
    assert hrefs
    assert all(client.get(href).status_code == 200 for href in hrefs[:2])
    assert {hit["iri"] for hit in found["hits"]} == {None}


def test_the_language_of_the_reader(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "mentoring", "lang": "en"}).json()
    assert found["hits"][0]["label"] == "mentoring"
    assert found["kinds"][0]["title"] in {"Bodies", "Themes"}


@pytest.mark.parametrize(
    "wrong", [{"kind": "school"}, {"limit": "0"}, {"limit": "51"}, {"limit": "x"}, {"limit": "٣"}, {"limit": ""}]
)
def test_a_wrong_parameter_is_told(client: TestClient, wrong: dict[str, str]) -> None:
    answer = client.get("/api/search", params={"q": "тема"} | wrong)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert next(iter(wrong.values())) in answer.json()["detail"]


def test_the_page_groups_hits_and_counts_kinds(client: TestClient) -> None:
    page = client.get("/search", params={"q": "ТОИПКРО"}).text
    assert "Называется именно так" in page
    assert re.search(r'href="/search\?q=[^"]+&amp;kind=activity">Мероприятия <span class="quiet">33', page)
    assert page.count('href="/bodies/tomsk-obl_toipkro"') == 1
    assert "<mark>ТОИПКРО</mark>" in page


def test_one_kind_comes_in_pages(client: TestClient) -> None:
    asked = {"q": "разработка", "kind": "activity"}
    first = client.get("/search", params=asked).text
    second = client.get("/search", params=asked | {"page": "2"}).text
    assert "<mark>Разработка</mark>" in first
    assert "Страница" not in first or "Страница 2 из" in second
    assert client.get("/search", params=asked | {"page": "0"}, headers={"Accept": "text/html"}).status_code == 400


def test_the_page_says_how_it_understood(client: TestClient) -> None:
    assert "«наставник»" in client.get("/search", params={"q": "yfcnfdybr"}).text
    assert "похожее по написанию" in client.get("/search", params={"q": "наставничиство"}).text
    assert "Ничего не найдено" in client.get("/search", params={"q": "абракадабрус"}).text
    assert "Введите в поле" in client.get("/search").text


def test_hits_as_a_file(client: TestClient) -> None:
    answer = client.get("/search.csv", params={"q": "наставничество"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0]["iri"] == MENTORING
    assert len([row for row in rows if row["kind"] == "activity"]) == 33


def test_each_page_has_the_box_and_it_works_without_script(client: TestClient) -> None:
    page = client.get("/help").text
    assert '<form role="search" action="/search" method="get">' in page
    assert 'name="q"' in page


def test_texts_of_documents_and_of_readers_are_texts(hostile_client: TestClient) -> None:
    page = hostile_client.get("/search", params={"q": "<img src=x> наставничество"}).text
    assert "<img" not in page
    assert "&lt;img" in page
    found = hostile_client.get("/api/search", params={"q": "наставничество", "kind": "activity"}).json()
    assert any("<img" in hit["label"] for hit in found["hits"])
    sheet = hostile_client.get("/search.csv", params={"q": "hyperlink"}).text
    assert not re.search(r"(?m)(^|,)\"?=", sheet)


def test_marks_cut_a_text_without_loss() -> None:
    assert pieces("о наставниках", ((2, 13),)) == [("о ", False), ("наставниках", True)]
    assert pieces("", ()) == []
    assert "".join(piece for piece, _ in pieces("аб вг", ((0, 2), (3, 5)))) == "аб вг"


def test_texts_beside_activities_are_found_by_kind(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "методическая служба", "limit": "50"}).json()
    titles = {kind["kind"]: kind["title"] for kind in found["kinds"]}
    assert {("form-item", "Пункты форм"), ("provision", "Пункты приказов"), ("passage", "Фрагменты текста")} <= set(
        titles.items()
    )
    # The kinds that people ask for first stand first.
    assert list(titles).index("activity") < list(titles).index("form-item")
    for kind in ("form-item", "provision", "passage"):
        hit = next(hit for hit in found["hits"] if hit["kind"] == kind)
        assert client.get(hit["href"], headers={"Accept": "text/html"}).status_code == 200, hit["href"]
        assert "Томск" in hit["context"]


def test_a_planned_result_is_found_by_the_words_of_its_cells(client: TestClient) -> None:
    hits = client.get("/api/search", params={"q": "паспорта муниципальных проектов", "kind": "result"}).json()["hits"]
    assert [hit["label"] for hit in hits] == ["Реализация муниципальных проектов"]
    query = 'SELECT ?x { ?x vekha:search "паспорта муниципальных проектов" ; a vekha:PlannedResult }'
    rows = client.get("/sparql", params={"query": query}, headers={"Accept": "application/json"}).json()
    assert [row["x"]["value"] for row in rows["results"]["bindings"]] == [hit["iri"] for hit in hits]
