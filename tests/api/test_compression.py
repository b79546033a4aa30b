from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("x-gzip", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("br, GZIP; Q=0.000, *;q=0.1", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("address", ["/", "/sparql?query=SELECT * { ?s ?p ?o } LIMIT 50"])
def test_an_answer_is_compressed_unless_that_is_refused(
    client: TestClient, address: str, codings: str, expected: str | None
) -> None:
    answer = client.get(address, headers={"Accept-Encoding": codings})
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == expected
    assert "Accept-Encoding" in answer.headers["vary"]
    assert len(answer.content) > 200
