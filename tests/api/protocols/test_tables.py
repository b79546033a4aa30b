from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple, Variable

from api.protocols.tables import SpooledTable, csv_chunks, workbook
from graph.errors import ResultTooLargeError

BODIES = "SELECT ?body ?n { ?body a vekha:Body VALUES ?n { 1 } } ORDER BY ?body LIMIT 20"
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil","x")', "http://evil"]
XSD = "http://www.w3.org/2001/XMLSchema#"


def tsv(*columns: str, rows: list[list[object]]) -> bytes:
    lines = ["\t".join(f"?{name}" for name in columns)]
    lines += ["\t".join(map(written, row)) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def written(cell: object) -> str:
    if isinstance(cell, Triple):
        return f"<<( {cell} )>>"
    return "" if cell is None else str(cell)


def table(*columns: str, rows: list[list[object]], size: int = 7) -> SpooledTable:
    data = tsv(*columns, rows=rows)
    return SpooledTable(data[start : start + size] for start in range(0, len(data), size))


def no_labels(_things: object) -> dict[NamedNode, str]:
    return {}


def test_labels_stand_beside_the_ids_of_a_query(client: TestClient) -> None:
    for language in ("ru", "en"):
        answer = client.get("/sparql", params={"query": BODIES, "format": "csv", "labels": language})
        assert answer.status_code == 200, answer.text
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert list(rows[0]) == ["body", "bodyLabel", "n"]
        assert len(rows) == 20
        labels = [row["bodyLabel"] for row in rows]
        assert all(labels)
        assert any("а" <= letter <= "я" for letter in "".join(labels).lower()) == (language == "ru")


def test_a_workbook_has_labels_numbers_and_its_source(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": BODIES, "format": "xlsx"})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="answer.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].rows]
    assert rows[0] == ["body", "bodyLabel", "n"]
    assert len(rows) == 21
    assert rows[1][2] == 1
    assert str(rows[1][0]).startswith("https://")
    assert BODIES in [row[0].value for row in book.worksheets[1].rows]


def test_a_workbook_names_no_address_that_somebody_else_put_into_his_request(client: TestClient) -> None:
    for host in ("evil.example", "vekha.example"):
        answer = client.get("/sparql", params={"query": BODIES, "format": "xlsx"}, headers={"Host": host})
        source = [str(row[0].value) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[1].rows]
        assert [line for line in source if line.endswith(".example/")] == [f"http://{host}/"]


def test_what_has_no_rows_is_no_workbook(client: TestClient) -> None:
    assert client.get("/sparql", params={"query": "ASK {}", "format": "xlsx"}).status_code == 406
    assert client.get("/sparql", params={"query": BODIES, "format": "csv", "labels": "xx"}).status_code == 400


def test_a_column_that_the_query_names_so_is_not_doubled() -> None:
    with table("x", "xLabel", rows=[[NamedNode("urn:x:a"), Literal("а")]]) as found:
        assert found.heads == ["x", "xLabel"]


def test_no_text_of_csv_or_workbook_is_a_formula(tmp_path: Path) -> None:
    with table("t", rows=[[Literal(text)] for text in HOSTILE]) as found:
        cells = [row[0] for row in csv.reader(io.StringIO(b"".join(csv_chunks(found, no_labels)).decode(), newline=""))]
        assert [cell.removeprefix("'") for cell in cells[1:]] == HOSTILE
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
        file = tmp_path / "answer.xlsx"
        with workbook(found, no_labels, titles=("Ответ", "Источник"), facts=["=1+1"]) as content:
            file.write_bytes(content.read())
    book = openpyxl.load_workbook(file)
    shown = [row[0] for row in book.worksheets[0].rows][1:]
    assert [cell.value for cell in shown] == HOSTILE
    assert {cell.data_type for cell in shown} == {"s"}
    assert not any(cell.hyperlink for cell in shown)
    assert book.worksheets[1]["A1"].data_type == "s"


def test_a_workbook_keeps_what_a_spreadsheet_would_round(tmp_path: Path) -> None:
    values = [
        Literal("12345678901234567890", datatype=NamedNode(f"{XSD}integer")),
        Literal("0.5", datatype=NamedNode(f"{XSD}decimal")),
        Literal("2021-05-14", datatype=NamedNode(f"{XSD}date")),
        Literal("1812-09-07", datatype=NamedNode(f"{XSD}date")),
        Literal("NaN", datatype=NamedNode(f"{XSD}double")),
        Literal(True),
    ]
    with (
        table("v", rows=[[value] for value in values]) as found,
        workbook(found, no_labels, titles=("a", "b"), facts=[]) as content,
    ):
        (tmp_path / "x.xlsx").write_bytes(content.read())
    shown = [row[0].value for row in openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0].rows][1:]
    assert shown[0] == "12345678901234567890"
    assert shown[1] == 0.5
    assert str(shown[2]).startswith("2021-05-14")
    assert shown[3:] == ["1812-09-07", "NaN", True]


def test_a_text_too_long_for_a_cell_is_told() -> None:
    with (
        table("t", rows=[[Literal("я" * 40_000)]], size=4096) as found,
        pytest.raises(ResultTooLargeError, match="row 1 has 40000"),
    ):
        workbook(found, no_labels, titles=("a", "b"), facts=[])


_TERMS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(Literal),
    st.sampled_from([NamedNode("urn:x:а"), Triple(NamedNode("urn:x:s"), NamedNode("urn:x:p"), Literal("o"))]),
)


@given(st.lists(st.lists(_TERMS, min_size=2, max_size=2), max_size=5), st.integers(1, 50))
def test_rows_come_back_whatever_they_hold_and_however_they_arrive(rows: list[list[object]], size: int) -> None:
    with table("a", "b", rows=rows, size=size) as found:
        assert [list(row) for row in found.rows()] == rows
        assert [list(row) for row in found.rows()] == rows
        with_iris = [any(isinstance(row[column], NamedNode) for row in rows) for column in (0, 1)]
        assert list(found.labelled) == with_iris


def test_columns_are_named_as_the_query_names_them() -> None:
    assert Variable("имя").value == "имя"
    with table("имя", rows=[]) as found:
        assert found.heads == ["имя"]
