from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.questions.rest import RESERVED
from ontology.iris import HOME
from queries.catalogue import Catalogue

MENTORING = "/api/questions/who-is-responsible"
CSV_COLUMNS = ["activity", "document", "number", "text", "responsible", "role", "level", "deadline", "place"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.read(HOME)


def test_mentoring_has_35_rows_in_four_documents(client: TestClient) -> None:
    answer = client.get(MENTORING, params={"theme": "mentoring"}).json()
    assert len(answer["rows"]) == 35
    assert len({row["document"] for row in answer["rows"]}) == 4
    assert answer["parameters"] == {"theme": "mentoring"}


def test_csv_begins_with_the_activity_and_ends_with_its_place(client: TestClient) -> None:
    response = client.get(MENTORING, params={"format": "csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="who-is-responsible.csv"'
    rows = list(csv.reader(io.StringIO(response.text, newline="")))
    assert rows[0][: len(CSV_COLUMNS)] == CSV_COLUMNS
    assert len(rows) == 36
    by_activity = {row[0]: row for row in rows[1:]}
    row = by_activity[HOME + "id/activity/tomsk-obl-nastav_2_3"]
    assert row[2] == "3."
    assert row[4] == "Томский областной институт повышения квалификации и переподготовки работников образования"
    assert row[7] == "Ежегодно с 2021 г."
    assert row[8].startswith("001_86a2010b6c35da95.txt, строка")


def test_a_workbook_has_the_titles_of_the_language(client: TestClient) -> None:
    response = client.get(MENTORING, params={"format": "xlsx", "lang": "en"})
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    sheet = book.worksheets[0]
    assert sheet.max_row == 36
    assert sheet["B1"].value == "document"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, */*;q=0.1", None),
        ("text/html,*/*;q=0.8", "application/json"),
    ],
)
def test_accept_chooses_the_form(client: TestClient, accept: str | None, expected: str | None) -> None:
    response = client.get(MENTORING, headers={"Accept": accept} if accept else {})
    assert response.status_code == 200
    assert response.headers["content-type"] == (expected or accept or "").split(",")[0]
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        (MENTORING + "?theme=mentoring&theme=x", 400, "theme"),
        (MENTORING + "?thema=mentoring", 400, "thema"),
        (MENTORING + "?theme=", 400, "theme"),
        (MENTORING + "?theme=mentorin", 400, "mentorin"),
        (MENTORING + "?roadmap=http://example.org/", 400, "http://example.org/"),
        (MENTORING + "?theme=a%20b%3E%20%7D%20DROP%20ALL", 400, "theme"),
        (MENTORING + "?format=pdf", 400, "pdf"),
        ("/api/questions/due-in-month?month=13", 400, "month"),
        ("/api/questions/due-in-month?year=soon", 400, "year"),
        ("/api/questions/nothing-like-this", 404, ""),
        ("/api/questions/source-cells", 404, ""),
    ],
)
def test_what_cannot_be_asked_is_a_problem_in_words(client: TestClient, address: str, status: int, words: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert words in problem["detail"]
    assert "Traceback" not in response.text


def test_no_form_is_acceptable(client: TestClient) -> None:
    assert client.get(MENTORING, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "value",
    [
        'x")} ; DROP ALL #',
        "urn:x:a> } ; DROP ALL #",
        "theme:mentoring } UNION { ?s ?p ?o",
        "\\u003e",
        "http://example.org/\u0000",
    ],
)
def test_no_value_reaches_the_query_as_text(client: TestClient, value: str) -> None:
    response = client.get(MENTORING, params={"theme": value})
    assert response.status_code == 400 or response.json()["rows"] == []
    assert len(client.get(MENTORING).json()["rows"]) == 35


def test_every_question_answers_with_its_defaults(client: TestClient, catalogue: Catalogue) -> None:
    for question in catalogue.listed():
        response = client.get(f"/api/questions/{question.id}")
        assert response.status_code == 200, (question.id, response.text)
        assert [column["name"] for column in response.json()["columns"]] == [c.name for c in question.columns]


def test_openapi_describes_every_question_and_its_parameters(client: TestClient, catalogue: Catalogue) -> None:
    described: dict[str, Any] = client.get("/api/openapi.json").json()
    for question in catalogue.listed():
        operation = described["paths"][f"/api/questions/{question.id}"]["get"]
        assert {parameter["name"] for parameter in operation["parameters"]} == {*question.parameters, "format"}
    month = described["paths"]["/api/questions/due-in-month"]["get"]["parameters"]
    assert next(parameter for parameter in month if parameter["name"] == "month")["schema"]["maximum"] == 12


def test_the_list_gives_addresses_that_answer(client: TestClient) -> None:
    listed = client.get("/api/questions", params={"lang": "en"}).json()
    assert len(listed) > 20
    first = next(question for question in listed if question["id"] == "who-is-responsible")
    assert first["title"] == "Who is responsible for the activities of a theme?"
    assert client.get(first["address"]).status_code == 200


def test_no_question_takes_a_parameter_of_the_representation(catalogue: Catalogue) -> None:
    assert {name for question in catalogue for name in question.parameters} & (RESERVED - {"lang"}) == set()


def test_hostile_texts_stay_texts_in_spreadsheets(hostile_client: TestClient) -> None:
    text = hostile_client.get(MENTORING, params={"format": "csv"}).text
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    workbook = hostile_client.get(MENTORING, params={"format": "xlsx"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n"}
