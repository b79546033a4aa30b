from __future__ import annotations

import errno
import io
import os
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from api.access.audit import AuditLog
from api.access.users import Role, Users
from api.app import create_app
from api.importing.loading import open_loader
from api.settings import read_settings
from graph.errors import DiskFullError
from graph.folder import DataFolder
from graph.snapshots import Versions
from graph.update_evaluation import failure
from tests.patience import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UPDATE = {"Content-Type": "application/sparql-update"}
INSERT = "INSERT DATA { GRAPH <urn:x:g> { <urn:x:a> <urn:x:p> 'ё' } }"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def client(data: Path) -> Iterator[TestClient]:
    settings = read_settings(data=data, dataset="plain", workers=1)
    users = Users(DataFolder(data).access)
    tokens = {role: users.add(role.word, role)[1] for role in (Role.EDITOR, Role.ADMIN)}
    with (
        open_loader(settings) as loader,
        TestClient(create_app(settings, loader=loader)) as found,
    ):
        found.headers["Authorization"] = f"Bearer {tokens[Role.ADMIN]}"
        found.headers["Accept-Language"] = "en"
        found.app_state["editor"] = tokens[Role.EDITOR]
        yield found


def update(client: TestClient, text: str = INSERT) -> int:
    return client.post("/update", content=text.encode(), headers=UPDATE).status_code


def settled(client: TestClient, address: str) -> dict[str, Any]:
    def ended() -> dict[str, Any]:
        told: dict[str, Any] = client.get(address).json()
        return told if told["status"] in {"done", "failed"} else {}

    return wait_until(ended)


def test_writing_is_stopped_and_goes_on_without_a_restart(client: TestClient, data: Path) -> None:
    assert client.get("/admin/read-only").json() == {"read_only": False, "by_setting": False, "by_admin": False}
    assert update(client) == 204
    assert client.put("/admin/read-only", json={"read_only": True}).json()["by_admin"]
    assert client.get("/health").json()["read_only"]
    refused = client.post("/update", content=INSERT.encode(), headers=UPDATE)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert client.put("/graphs?default", content=b"", headers={"Content-Type": "text/turtle"}).status_code == 503
    assert client.get("/sparql", params={"query": "ASK { GRAPH ?g { ?s ?p ?o } }"}).json()["boolean"]
    # Another process on the same folder, or this one after a restart, finds it as it was.
    with TestClient(create_app(read_settings(data=data, dataset="plain", workers=1))) as again:
        assert again.get("/health").json()["read_only"]
    assert not client.put("/admin/read-only", json={"read_only": False}).json()["read_only"]
    assert update(client, INSERT.replace("ё", "е")) == 204
    for wrong in (b"", b"[]", b'{"read_only": 1}', b"{"):
        assert client.put("/admin/read-only", content=wrong).status_code == 400
    lines = (data / "access" / "audit.jsonl").read_text("utf-8")
    assert lines.count('"action": "read-only"') == 2


def test_a_backup_is_made_fetched_and_restored_beside_the_service(client: TestClient, data: Path) -> None:
    assert update(client) == 204
    begun = client.post("/admin/backups")
    assert begun.status_code == 202
    made = settled(client, begun.headers["location"])
    assert (made["status"], made["statements"], made["version"]) == ("done", 1, 1)
    assert made["done_bytes"] > 0
    answer = client.get(made["file"])
    assert answer.headers["content-type"] == "application/zip"
    assert len(answer.content) == made["bytes"]
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    for asked in (
        client.post("/admin/restores", params={"backup": made["id"]}),
        client.post("/admin/restores", content=answer.content),
    ):
        assert asked.status_code == 202
        told = settled(client, asked.headers["location"])
        assert (told["status"], told["statements"], told["findings"]) == ("done", 1, 0)
        with Versions(DataFolder(data / told["folder"])).open() as snapshot:
            assert len(list(snapshot.quads())) == 1
    assert [task["kind"] for task in client.get("/admin/tasks").json()] == ["restore", "restore", "backup"]
    assert client.delete(made["file"]).status_code == 204
    assert client.get(made["file"]).status_code == 409
    assert [
        (line["action"], line["detail"]["task"])
        for line in AuditLog(DataFolder(data)).read()
        if "backup" in line["action"]
    ] == [
        ("backup", made["id"]),
        ("backup-delete", made["id"]),
    ]


def test_a_strange_archive_is_refused_and_leaves_nothing(client: TestClient, data: Path) -> None:
    assert update(client) == 204
    asked = client.post("/admin/restores", content=b"PK strange")
    told = settled(client, asked.headers["location"])
    assert told["status"] == "failed"
    assert "nothing was restored" in told["problem"]
    assert str(data) not in told["problem"]
    assert not list((data / "backups").iterdir())
    assert not list((data / "restored").iterdir())
    *_, line = AuditLog(DataFolder(data)).read()
    assert (line["action"], line["problem"]) == ("restore", "ArchiveError")
    assert client.post("/admin/restores", params={"backup": "none"}).status_code == 404
    assert client.get("/admin/tasks/none").status_code == 404


def test_what_killed_tasks_left_goes_with_the_next_one(client: TestClient, data: Path) -> None:
    assert update(client) == 204
    (data / "backups").mkdir()
    for name in (".0123.zip.0123456789abcdef", "0123.received", "0123.zip"):
        (data / "backups" / name).write_bytes(b"half")
    told = settled(client, client.post("/admin/restores", content=b"PK strange").headers["location"])
    # The new task's own archive was read.
    assert "no backup of Vekha" in told["problem"]
    assert [path.name for path in (data / "backups").iterdir()] == ["0123.zip"]


def test_a_full_disk_is_no_fault_of_the_client_and_tells_no_path(
    client: TestClient, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's own words, and the system's."""
    words = f"IO error: No space left on device: While appending to file: {data}/store/000205.log"
    for error in (OSError(words), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(data))):
        with monkeypatch.context() as patched:

            def full(*_: object, error: OSError = error, **__: object) -> None:
                raise error

            patched.setattr("graph.live.LiveStore.change", full)
            patched.setattr("graph.live.LiveStore.take_over", full)
            for answer in (
                client.post("/update", content=INSERT.encode(), headers=UPDATE),
                client.put("/graphs?default", content=b"<urn:a> <urn:b> 1 .", headers={"Content-Type": "text/turtle"}),
            ):
                assert answer.status_code == 507
                assert "disk is full" in answer.json()["detail"]
                assert str(data) not in answer.text
    told = failure(OSError(words))
    assert isinstance(told, DiskFullError)
    assert str(data) not in str(told)


def test_all_of_it_is_for_admins(client: TestClient) -> None:
    editor = client.app_state["editor"]
    for token, status in ((None, 401), (editor, 403)):
        client.headers.pop("Authorization", None)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for method, address in (
            ("GET", "/admin/read-only"),
            ("PUT", "/admin/read-only"),
            ("GET", "/admin/tasks"),
            ("GET", "/admin/tasks/x"),
            ("POST", "/admin/backups"),
            ("GET", "/admin/backups/x"),
            ("DELETE", "/admin/backups/x"),
            ("POST", "/admin/restores"),
        ):
            assert client.request(method, address, headers=headers).status_code == status, (method, address)


def test_health_tells_how_queries_are_held(client: TestClient) -> None:
    assert update(client) == 204
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    health = client.get("/health").json()
    assert "killed at the time limit" in health["isolation"]
    assert health["memory_bound"] > 1024**3


def test_changes_of_graphs_spend_the_budget_of_their_client(data: Path) -> None:
    settings = read_settings(data=data, dataset="plain", workers=1, user_budget_seconds=0.0001)
    _user, token = Users(DataFolder(data).access).add("editor", Role.EDITOR)
    with (
        open_loader(settings) as loader,
        TestClient(create_app(settings, loader=loader), headers={"Authorization": f"Bearer {token}"}) as client,
    ):
        turtle = {"Content-Type": "text/turtle"}
        sent = [client.put("/graphs?default", content=b"<a> <b> 1 .", headers=turtle).status_code for _ in range(2)]
        assert sent == [204, 429]
        assert update(client) == 429
