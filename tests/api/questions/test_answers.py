from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from api.questions.answers import QuestionAnswer, as_json, as_xlsx, plain_value, table_csv
from graph.results import Table
from ontology.iris import HOME
from queries.catalogue import Catalogue

XSD = "http://www.w3.org/2001/XMLSchema#"
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://evil","x")', "<script>", "http://evil"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.read(HOME)


def answer(catalogue: Catalogue, *texts: str) -> QuestionAnswer:
    rows = tuple((NamedNode("https://example.org/a"), Literal(text)) for text in texts)
    table = Table(("activity", "document"), rows)
    return QuestionAnswer(catalogue["who-is-responsible"], {"theme": "mentoring"}, table, 7)


def test_terms_become_values_of_their_kind() -> None:
    values: list[Literal | NamedNode | None] = [
        Literal(13),
        Literal("0.5", datatype=NamedNode(XSD + "decimal")),
        Literal(True),
        Literal("2021-05-14", datatype=NamedNode(XSD + "date")),
        Literal("не число", datatype=NamedNode(XSD + "integer")),
        Literal("слово", language="ru"),
        NamedNode("https://example.org/a"),
        None,
    ]
    expected = [13, 0.5, True, "2021-05-14", "не число", "слово", "https://example.org/a", None]
    assert [plain_value(value) for value in values] == expected


def test_no_text_in_csv_begins_a_formula(catalogue: Catalogue) -> None:
    rows = list(csv.reader(io.StringIO(table_csv(answer(catalogue, *HOSTILE).table), newline="")))
    assert rows[0] == ["activity", "document"]
    assert [row[1].lstrip("'") for row in rows[1:]] == HOSTILE
    assert not any(row[1].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows[1:])


def test_numbers_in_csv_stay_numbers() -> None:
    table = Table(("n",), ((Literal(-5),), (Literal("-0.50", datatype=NamedNode(XSD + "decimal")),), (None,)))
    assert table_csv(table).split("\r\n") == ["n", "-5", "-0.50", '""', ""]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), max_size=5))
def test_csv_gives_back_what_was_said(texts: list[str]) -> None:
    table = Table(("t",), tuple((Literal(text),) for text in texts))
    rows = list(csv.reader(io.StringIO(table_csv(table), newline="")))[1:]
    assert [(row[0] if row else "").removeprefix("'") for row in rows] == [text.removeprefix("'") for text in texts]


def test_a_workbook_holds_texts_not_formulas_or_links(catalogue: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "answer.xlsx"
    file.write_bytes(as_xlsx(answer(catalogue, *HOSTILE), "ru"))
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    assert sheet["B1"].value == "документ"
    cells = [sheet.cell(row, 2) for row in range(2, 2 + len(HOSTILE))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert cells[0].value == "=1+1"
    assert "theme = mentoring" in [row[0].value for row in book.worksheets[1].rows]


def test_json_names_columns_in_the_language_asked_for(catalogue: Catalogue) -> None:
    answered = as_json(answer(catalogue, "x"), "en")
    assert answered["columns"][1] == {"name": "document", "title": "document"}
    assert answered["rows"] == [{"activity": "https://example.org/a", "document": "x"}]
    assert answered["version"] == 7
