"""Numbers that an answer may hold and that no chart can draw: the page shows them, and its chart leaves them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

ROWS = [
    '("a" "INF"^^xsd:double) ("b" 2)',
    '("a" "NaN"^^xsd:double) ("b" 2)',
    '("a" 1e308) ("a" 1e308) ("b" 2)',
    f'("a" "{"9" * 60}"^^xsd:integer) ("b" 2)',
    f'("a" "{"9" * 400}"^^xsd:integer) ("b" 2)',
    f'("a" "{"9" * 5000}"^^xsd:integer) ("b" 2)',
    '(2020 "INF"^^xsd:double) (2021 2)',
    "(2020 1e308) (2021 -1e308)",
    "(2020 5e-324) (2021 5e-324)",
    "(2020 1) (9999 2) (-5 3)",
    '("-0044-01-01"^^xsd:date 3) ("99999-01-01"^^xsd:date 3)',
]
VIEWS = [
    {"view": "table"},
    {"view": "chart"},
    {"view": "chart", "x": "n", "y": "v"},
    {"view": "chart", "chart": "line"},
]


@pytest.mark.parametrize("rows", ROWS, ids=range(len(ROWS)))
@pytest.mark.parametrize("name", ["n", "year"])
def test_pages_and_charts_stand_any_number(client: TestClient, rows: str, name: str) -> None:
    for view in VIEWS:
        asked = {**view, "query": f"SELECT * {{ VALUES (?{name} ?v) {{ {rows} }} }}"}
        page = client.get("/sparql", params=asked, headers={"Accept": "text/html"})
        assert page.status_code == 200, asked
        file = client.get("/sparql.svg", params=asked)
        assert file.status_code in {200, 400}, asked
        for text in (page.text, file.text):
            assert '="nan' not in text, asked
            assert '="inf' not in text, asked
