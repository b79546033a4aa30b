"""The same service with its queries answered by another engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.importing.loading import open_loader
from api.settings import Settings, SettingsError, read_settings
from bench.engines import oxigraph
from tests.patience import PATIENCE, wait_until

COUNT = "SELECT (COUNT(*) AS ?n) { ?activity a vekha:Activity }"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("remote")
    with oxigraph(folder) as engine:
        yield read_settings(
            data=folder / "data",
            store=engine.query,
            store_update=engine.update,
            budget_seconds=0,
            budget_errors=0,
            query_seconds=PATIENCE,
        )


def test_a_loaded_roadmap_is_answered_by_the_engine(settings: Settings, examples: Path) -> None:
    with open_loader(settings) as loader:
        app = create_app(settings, loader=loader)
        with TestClient(app) as client:
            empty = client.get("/sparql", params={"query": COUNT}, headers={"Accept": "text/csv"})
            assert empty.status_code in {404, 503}
            loader.load([examples / "001_86a2010b6c35da95.txt"], lambda _: None)

            def counted() -> list[Response]:
                # The engine may hold the versions on the way to the newest for a moment.
                answer = client.get("/sparql", params={"query": COUNT}, headers={"Accept": "text/csv"})
                return [answer] if answer.headers.get("Vekha-Version") == str(loader.store.version) else []

            [answer] = wait_until(counted)
            assert answer.text.split() == ["n", "18"]
            named = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?activity a vekha:Activity } } GROUP BY ?g"
            rows = client.get("/sparql", params={"query": named}, headers={"Accept": "text/csv"}).text.split()
            assert any("tomsk-obl-nastav" in row and row.endswith(",18") for row in rows)
            health = client.get("/health")
            assert (health.status_code, health.json()["version_in_engine"]) == (200, loader.store.version)


def test_an_engine_that_is_down_is_one_sentence(settings: Settings, examples: Path) -> None:
    down = settings.model_copy(update={"store": "http://127.0.0.1:9/query", "store_update": ""})
    with open_loader(down) as loader:
        loader.load([examples / "001_86a2010b6c35da95.txt"], lambda _: None)
    with TestClient(create_app(down)) as client:
        answer = client.get("/sparql", params={"query": COUNT}, headers={"Accept": "application/json"})
        health = client.get("/health")
        question = client.get("/api/questions/roadmaps-by-territory")
    assert answer.status_code == 503
    assert "http://127.0.0.1:9/query" in answer.json()["detail"]
    assert answer.headers["Retry-After"]
    assert (health.status_code, health.json()["status"], health.json()["version_in_engine"]) == (503, "engine", None)
    # Ready questions are asked of the data folder: engines understand some of them differently.
    assert question.status_code == 200
    assert len(question.json()["rows"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"store": "file:///etc/passwd"},
        {"store": "http://user:secret@127.0.0.1/sparql"},
        {"store": "http://engine.example/sparql", "store_authorization": "Basic abc"},
        {"store": "https://engine.example/sparql", "dataset": "plain"},
    ],
)
def test_addresses_that_are_none_or_would_tell_a_secret_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        read_settings(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"store": "https://user:hush@engine.example/sparql"},
        {"store": "https://engine.example/sparql", "store_update": "https://:hush@engine.example/sparql"},
        {"store": "https://engine.example/sparql", "store_authorization": "Bearer hush\r\nX-Other: 1"},
        {"store": "https://engine.example/sparql", "store_authorization": "Bearer hushё"},
        {"store": "http://engine.example/sparql", "store_authorization": "Bearer hush"},
    ],
)
def test_what_is_wrong_with_a_secret_is_told_without_it(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(**wrong)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["https://engine.example:99999/sparql", "https://engine.example/ё", "https://x/a b"])
def test_an_address_that_no_request_can_be_sent_to_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="exact http address"):
        read_settings(store=wrong)


def test_a_line_end_behind_the_secret_is_no_part_of_it() -> None:
    values = read_settings(store="https://engine.example/sparql", store_authorization="Bearer abc\n")
    assert values.store_authorization.get_secret_value() == "Bearer abc"


def test_the_secret_is_not_shown() -> None:
    values = read_settings(store="https://engine.example/sparql", store_authorization="Basic abc")
    assert "abc" not in repr(values)
