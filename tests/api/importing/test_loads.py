from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.access.audit import AuditLog
from api.access.users import Role, Users
from api.app import create_app
from api.commands.examples import example_documents
from api.importing.loading import HandOverError, hand_over, open_loader
from api.settings import read_settings
from graph.folder import DataFolder
from graph.serving import RunningServer

TOKEN = "a-secret"
OWNER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def writing_client(tmp_path: Path) -> Iterator[TestClient]:
    settings = read_settings(data=tmp_path / "data", workers=1)
    with open_loader(settings) as loader:
        app = create_app(settings, loader=loader, token=TOKEN)
        with TestClient(app, client=("127.0.0.1", 5000)) as client:
            yield client


def test_the_owner_loads_and_readers_see_it_at_once(writing_client: TestClient) -> None:
    assert writing_client.get("/api/questions/activities-per-roadmap").json()["rows"] == []
    path = example_documents()[1]
    answer = writing_client.post("/api/loads", json={"paths": [str(path)]}, headers=OWNER)
    messages = [json.loads(line) for line in answer.text.splitlines()]
    assert {message["stage"] for message in messages[:-1]} == {"read", "check", "commit"}
    report = messages[-1]["report"]
    assert [document["status"] for document in report["documents"]] == ["loaded"]
    assert writing_client.get("/health").json()["version"] == report["version"]
    assert "18 мероприятий" in writing_client.get("/roadmaps/tomsk-obl-nastav", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": "Bearer ё".encode()}]
)
def test_who_does_not_know_the_secret_finds_nothing(
    writing_client: TestClient, headers: dict[str, str | bytes]
) -> None:
    answer = writing_client.post("/api/loads", json={"paths": ["/etc/hosts"]}, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 404


def test_another_machine_finds_nothing_even_with_the_secret(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1)
    with open_loader(settings) as loader:
        app = create_app(settings, loader=loader, token=TOKEN)
        with TestClient(app, client=("192.0.2.7", 5000)) as client:
            assert client.post("/api/loads", json={"paths": ["/x"]}, headers=OWNER).status_code == 404


def test_a_service_that_only_reads_has_no_such_address(client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer "}):
        assert client.post("/api/loads", json={"paths": ["/x"]}, headers=headers).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"paths": ["/x"], "loaded": []}',
        '{"paths": []}',
        '{"paths": ["relative.txt"]}',
        "[]",
        "{",
        '{"paths": ["/x"], "more": 1}',
    ],
)
def test_a_request_that_makes_no_sense_is_refused(writing_client: TestClient, body: str) -> None:
    assert writing_client.post("/api/loads", content=body, headers=OWNER).status_code == 400


def test_a_server_that_only_reads_takes_nothing_of_its_owner_either(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1, read_only=True)
    with open_loader(settings) as loader:
        app = create_app(settings, loader=loader, token=TOKEN)
        with TestClient(app, client=("127.0.0.1", 5000)) as client:
            for path, body in (("/api/loads", {"paths": ["/x"]}), ("/api/corrections", {"author": "a"})):
                answer = client.post(path, json=body, headers=OWNER)
                assert answer.status_code == 503
                assert answer.headers["retry-after"]


def test_an_old_version_stays_addressable_on_its_page(writing_client: TestClient, tmp_path: Path) -> None:
    original = example_documents()[1]
    copy = tmp_path / original.name
    shutil.copy(original, copy)
    shutil.copy(original.with_name(f"{original.stem}.profile.yaml"), tmp_path)
    writing_client.post("/api/loads", json={"paths": [str(copy)]}, headers=OWNER)
    text = copy.read_text(encoding="utf-8")
    copy.write_text(text.replace("Декабрь 2020", "Ноябрь 2020"), encoding="utf-8")
    writing_client.post("/api/loads", json={"paths": [str(copy)]}, headers=OWNER)

    html = {"Accept": "text/html"}
    page = writing_client.get("/roadmaps/tomsk-obl-nastav", headers=html).text
    assert "Ноябрь 2020" in page
    assert "Декабрь 2020" not in page
    former = writing_client.get("/roadmaps/tomsk-obl-nastav?version=fb25edb59da0", headers=html).text
    assert "Декабрь 2020" in former
    assert "прежняя версия" in former
    cell = writing_client.get("/id/cell/tomsk-obl-nastav_fb25edb59da0_t1_r11_c5", headers=html, follow_redirects=False)
    assert cell.headers["location"] == ("/roadmaps/tomsk-obl-nastav?version=fb25edb59da0&cell=t1_r11_c5#t1_r11_c5")


@pytest.fixture
def tokens(tmp_path: Path) -> dict[str, str]:
    users = Users(tmp_path / "data" / "access")
    made = {"editor": users.add("anna", Role.EDITOR), "analyst": users.add("boris", Role.ANALYST)}
    made["some"] = users.add("vera", Role.EDITOR, graphs=("urn:x:*",))
    return {name: token for name, (_user, token) in made.items()}


def upload(client: TestClient, token: str | None, *files: tuple[str, bytes]) -> Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/api/loads", files=[("file", file) for file in files], headers=headers)


def test_an_editor_sends_documents_and_the_log_names_them(
    writing_client: TestClient, tokens: dict[str, str], tmp_path: Path
) -> None:
    path = example_documents()[1]
    profile = path.with_name(f"{path.stem}.profile.yaml")
    files = [(f"../../{path.name}", path.read_bytes()), (profile.name, profile.read_bytes())]
    answer = upload(writing_client, tokens["editor"], *files)
    report = json.loads(answer.text.splitlines()[-1])["report"]
    assert [document["status"] for document in report["documents"]] == ["loaded"]
    assert writing_client.get("/health").json()["version"] == report["version"]
    (line,) = AuditLog(DataFolder(tmp_path / "data")).read()
    assert (line["who"], line["action"], line["detail"]["files"]) == ("anna", "load", [path.name])
    correction = {"author": "Анна", "document": "tomsk-obl-nastav", "field": "actor"}
    asked = writing_client.post(
        "/api/corrections", json=correction, headers={"Authorization": f"Bearer {tokens['editor']}"}
    )
    assert asked.status_code == 400
    assert asked.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("analyst", 403), ("some", 403)])
def test_who_may_not_load_sends_in_vain(
    writing_client: TestClient, tokens: dict[str, str], who: str | None, status: int
) -> None:
    token = tokens[who] if who else None
    assert upload(writing_client, token, ("a.txt", b"x")).status_code == status
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert writing_client.post("/api/corrections", json={}, headers=headers).status_code == status


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a\u200b.txt", "x" * 300])
def test_a_name_that_is_none_is_refused(writing_client: TestClient, tokens: dict[str, str], name: str) -> None:
    assert upload(writing_client, tokens["editor"], (name, b"x")).status_code == 400


def test_what_is_too_much_or_comes_twice_is_refused(tmp_path: Path, tokens: dict[str, str]) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1, upload_bytes=100_000)
    with open_loader(settings) as loader, TestClient(create_app(settings, loader=loader)) as client:
        assert upload(client, tokens["editor"], ("a.txt", b"x" * 200_000)).status_code == 413
        assert upload(client, tokens["editor"], ("a.txt", b"x"), ("b/a.txt", b"y")).status_code == 400
        assert list(AuditLog(DataFolder(tmp_path / "data")).read()) == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ('{"status": 503, "detail": "Nothing is written at present."}', "Nothing is written at present."),
        ("<html>", "HTTP 503: <html>"),
        ("[]", "HTTP 503: []"),
    ],
)
def test_what_the_running_server_refuses_is_told_in_its_words(answer: str, told: str) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(503)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            running = RunningServer(0, f"http://127.0.0.1:{server.server_port}", TOKEN)
            with pytest.raises(HandOverError, match=f"^{re.escape(told)}$"):
                hand_over(running, {}, lambda _: None, "en")
        finally:
            server.shutdown()
            thread.join()
