from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.commands.examples import example_documents
from api.importing.loading import load, open_loader
from api.settings import Settings, read_settings
from tests.patience import wait_until

HOSTILE_TEXT = "Дорожная карта <script>alert(1)</script> школы на 2021-2024 годы\n\n" + "\n".join(
    "\t".join(cells)
    for cells in (
        ("№ п/п", "Мероприятие", "Показатель реализации", "Сроки", "Ответственные"),
        ("1.", '<img src=x onerror="alert(1)"> наставничество', "javascript:alert(1)", "Май 2022", "Департамент"),
        ("2.", '=HYPERLINK("http://evil.example";"наставничество")', "{{ 7 * 7 }}", "2022", "+1 школа"),
        ("3.", "Наставничество ' \" \\ } ; DROP ALL #", "</textarea><script>x</script>", "2023", "@SUM(1)"),
    )
)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VEKHA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def examples_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the five examples, read-only for tests."""
    return load_into(tmp_path_factory.mktemp("examples") / "data", example_documents())


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one document whose texts attack pages, spreadsheets and queries."""
    folder = tmp_path_factory.mktemp("hostile")
    document = folder / "hostile.txt"
    document.write_text(HOSTILE_TEXT, encoding="utf-8")
    return load_into(folder / "data", [document])


@pytest.fixture
def client(examples_client: TestClient) -> TestClient:
    """A visitor whom nobody knows yet: the language cookie of the test before is forgotten."""
    examples_client.cookies.clear()
    return examples_client


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server on an empty plain dataset, where anybody may update; each test leaves it empty."""
    settings = read_settings(
        data=tmp_path_factory.mktemp("plain") / "data",
        dataset="plain",
        anonymous_update=True,
        budget_seconds=0,
        budget_errors=0,
        workers=1,
    )
    with (
        open_loader(settings) as loader,
        TestClient(create_app(settings, loader=loader), raise_server_exceptions=False) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def examples_client(examples_folder: Path) -> Iterator[TestClient]:
    with serving(
        read_settings(data=examples_folder, query_seconds=30.0, query_rows=5000, budget_seconds=0, budget_errors=0)
    ) as found:
        yield found


@pytest.fixture(scope="session")
def hostile_client(hostile_folder: Path) -> Iterator[TestClient]:
    with serving(read_settings(data=hostile_folder, workers=1)) as found:
        yield found


def load_into(data: Path, documents: list[Path]) -> Path:
    report = load(read_settings(data=data), documents, lambda _event: None)
    assert report["complete"], report
    return data


def serving(settings: Settings) -> TestClient:
    return TestClient(create_app(settings), raise_server_exceptions=False, follow_redirects=False)


@contextmanager
def listening(app: FastAPI) -> Iterator[int]:
    """The port on which the application answers over real connections."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        port: int = server.servers[0].sockets[0].getsockname()[1]
        yield port
    finally:
        server.should_exit = True
        thread.join()
