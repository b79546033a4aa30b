from __future__ import annotations

import io
import json
import logging
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.access.users import Role, Users
from api.app import create_app
from api.importing.loading import open_loader
from api.operation.logs import JsonFormatter
from api.settings import read_settings
from graph.workers import WorkerPool
from tests.api.access.test_sessions import secret_of, sign_in
from tests.api.conftest import serving
from tests.api.test_pages import HTML, links_of
from tests.graph.pools import ready_workers
from tests.patience import PATIENCE, wait_until

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def folder(examples_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(examples_folder, tmp_path_factory.mktemp("monitoring") / "data"))


@pytest.fixture(scope="module")
def tokens(folder: Path) -> dict[str, str]:
    users = Users(folder / "access")
    return {
        name: users.add(name, role)[1]
        for name, role in (("anna", Role.ANALYST), ("boris", Role.ANALYST), ("root", Role.ADMIN))
    }


@pytest.fixture
def client(folder: Path, tokens: dict[str, str]) -> Iterator[TestClient]:
    assert tokens
    with serving(read_settings(data=folder, workers=2, query_seconds=3600.0, user_query_seconds=3600.0)) as found:
        yield found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def running_id(client: TestClient, token: str) -> str:
    [found] = wait_until(lambda: client.get("/queries", headers=bearer(token)).json()["running"])
    assert found["text"].endswith(ENDLESS)
    assert found["client"] == "user:anna"
    return str(found["id"])


@pytest.fixture
def annas_query(client: TestClient, tokens: dict[str, str]) -> Iterator[list[int]]:
    """Status of an endless query of Anna's, once it was ended."""
    answers: list[int] = []

    def ask() -> None:
        answer = client.get("/sparql", params={"query": ENDLESS}, headers=bearer(tokens["anna"]))
        answers.append(answer.status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    yield answers
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_user_sees_and_cancels_their_own_queries_only(
    client: TestClient, tokens: dict[str, str], annas_query: list[int]
) -> None:
    name = running_id(client, tokens["anna"])
    assert client.get("/queries").status_code == 401
    assert client.delete(f"/queries/{name}").status_code == 401
    assert client.get("/queries", headers=bearer(tokens["boris"])).json()["running"] == []
    assert client.delete(f"/queries/{name}", headers=bearer(tokens["boris"])).status_code == 404
    assert not annas_query
    assert client.delete(f"/queries/{name}", headers=bearer(tokens["anna"])).status_code == 204
    assert wait_until(lambda: annas_query) == [503]
    ended = client.get("/queries", headers=bearer(tokens["anna"])).json()["ended"]
    assert ended[0]["id"] == name
    assert ended[0]["status"] == "cancelled"
    assert client.delete(f"/queries/{name}", headers=bearer(tokens["anna"])).status_code == 404


def test_an_admin_cancels_on_the_page(client: TestClient, tokens: dict[str, str], annas_query: list[int]) -> None:
    name = running_id(client, tokens["anna"])
    sign_in(client, tokens["root"])
    page = client.get("/queries", headers=HTML)
    assert f'action="/queries/{name}/cancel"' in page.text
    assert links_of(page.text).dangers == []
    assert client.post(f"/queries/{name}/cancel", data={}).status_code == 403
    assert not annas_query
    done = client.post(f"/queries/{name}/cancel", data={"csrf": secret_of(page)})
    assert done.status_code == 303
    assert wait_until(lambda: annas_query) == [503]
    assert "прерван" in client.get("/queries", headers=HTML).text
    assert "Cancelled" not in client.get("/queries?lang=en", headers=HTML).text


def figure(text: str, name: str, **labels: str) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_metrics_are_for_admins_and_count_what_happened(client: TestClient, tokens: dict[str, str]) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=bearer(tokens["anna"])).status_code == 403
    client.get("/sparql", params={"query": "ASK {}"}, headers=bearer(tokens["anna"]))
    client.get("/sparql", params={"query": "nonsense"}, headers=bearer(tokens["anna"]))
    client.get("/no/such/page")
    client.request("BREW", "/help")
    answer = client.get("/metrics", headers=bearer(tokens["root"]))
    assert answer.headers["content-type"].startswith("text/plain")
    assert figure(answer.text, "vekha_queries_total", status="done", role="analyst") == 1
    assert figure(answer.text, "vekha_queries_total", status="syntax") == 1
    assert figure(answer.text, "vekha_requests_total", route="/sparql", status="200") == 1
    assert figure(answer.text, "vekha_requests_total", route="none", status="404") == 1
    assert figure(answer.text, "vekha_requests_total", method="other") == 1
    assert figure(answer.text, "vekha_request_seconds_count", route="/sparql") == 2
    assert figure(answer.text, "vekha_data_version") >= 1
    assert figure(answer.text, "vekha_query_processes") >= 1
    for token in tokens.values():
        assert token not in answer.text


def test_slow_cut_and_killed_queries_are_told_apart_in_log_and_figures(folder: Path, tokens: dict[str, str]) -> None:
    # Users have time enough for what is to come to its end.
    settings = read_settings(
        data=folder,
        workers=1,
        query_seconds=2.0,
        user_query_seconds=PATIENCE,
        query_rows=5000,
        user_query_rows=5000,
        slow_seconds=0,
    )
    log = folder / "access" / "queries.jsonl"
    before = len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0
    slow, many, cross = (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c }",
        "SELECT * { ?a ?b ?c }",
        "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    )
    app, anna = create_app(settings), bearer(tokens["anna"])
    with TestClient(app) as client:
        assert client.get("/sparql", params={"query": slow}, headers=anna).status_code == 200
        assert client.get("/sparql", params={"query": many}, headers=anna | HTML).status_code == 200
        assert client.get("/sparql", params={"query": cross}, headers=anna).status_code == 422
        pool: WorkerPool = app.state.workers
        ready_workers(pool, 1)
        assert client.get("/sparql", params={"query": ENDLESS}).status_code == 504
        shown = client.get("/metrics", headers=bearer(tokens["root"])).text
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()[before:]]
    assert [
        (line["status"], line["text"].rpartition("> ")[2][-len(query) :])
        for line, query in zip(lines, (slow, many, cross, ENDLESS), strict=True)
    ] == [("done", slow), ("cut", many), ("too-large", cross), ("timeout", ENDLESS)]
    assert lines[0]["rows"] == 1
    assert (lines[1]["cut"], lines[1]["rows"]) == ("rows", 1000)
    assert lines[3]["seconds"] >= 2
    if sys.platform == "linux":
        # A worker that holds memory of earlier queries may need no more.
        assert min(line["peak_memory"] for line in lines) >= 0
        assert max(line["peak_memory"] for line in lines) > 0
        assert figure(shown, "vekha_query_peak_memory_bytes_count") == 4
    for status in ("done", "cut", "too-large", "timeout"):
        assert figure(shown, "vekha_queries_total", status=status) == 1


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("192.0.2.1", 401)])
def test_metrics_are_open_to_this_machine_if_told_so(folder: Path, address: str, status: int) -> None:
    app = create_app(read_settings(data=folder, workers=1, metrics="loopback"))
    with TestClient(app, client=(address, 5000)) as asked:
        assert asked.get("/metrics").status_code == status


def test_health_is_ready_with_data_and_live_always(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/health/live").status_code == 200
    with serving(read_settings(data=tmp_path / "none", workers=1)) as empty:
        assert empty.get("/health").status_code == 503
        assert empty.get("/health/live").status_code == 200
    for dataset, status in (("roadmaps", 503), ("plain", 200)):
        settings = read_settings(data=tmp_path / dataset, workers=1, dataset=dataset)
        with open_loader(settings) as loader, TestClient(create_app(settings, loader=loader)) as new:
            assert new.get("/health").status_code == status


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("vekha")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_each_request_is_a_line_without_secrets(client: TestClient, tokens: dict[str, str], log: io.StringIO) -> None:
    client.get("/sparql", params={"query": "ASK { <urn:x:private> ?p ?o }"}, headers=bearer(tokens["anna"]))
    client.get("/nothing/ё%0A", headers=bearer("vekha_wrong"))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["path"], line["status"], line["user"]) for line in lines] == [
        ("/sparql", 200, "anna"),
        ("/nothing/ё\n", 404, None),
    ]
    assert lines[0]["whole"]
    assert lines[0]["level"] == "info"
    for secret in (*tokens.values(), "vekha_wrong", "urn:x:private", "Bearer"):
        assert secret not in log.getvalue()


def test_an_error_is_one_line_with_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0  # noqa: B018
    error = (caught.type, caught.value, caught.tb)
    record = logging.makeLogRecord({"msg": "broke %s", "args": ("дважды",), "exc_info": error})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "broke дважды"
    assert "division by zero" in json.loads(line)["error"]
