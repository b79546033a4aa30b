from __future__ import annotations

import json
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access.audit import AuditLog, Author
from api.app import create_app
from api.commands.examples import example_documents
from api.importing.loading import load, open_loader
from api.settings import read_settings
from graph.folder import DataFolder
from tests.api.commands.test_cli import Cli, cli
from tests.api.importing.test_loads import OWNER, TOKEN

__all__ = ["cli"]
ANNA = Author("anna", "user:anna")


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(DataFolder(tmp_path / "data"))


def test_each_write_is_one_line(log: AuditLog) -> None:
    log.write(ANNA, "update", before=3, after=4, detail={"graphs": ["urn:x:g"]})
    log.write(ANNA, "update", before=4, after=4, problem="UpdateTimeoutError")
    first, second = log.read()
    assert {name: first[name] for name in first if name != "time"} == {
        "who": "anna",
        "client": "user:anna",
        "action": "update",
        "before": 3,
        "after": 4,
        "detail": {"graphs": ["urn:x:g"]},
    }
    assert second["problem"] == "UpdateTimeoutError"


def test_lines_of_many_writers_do_not_mix(log: AuditLog) -> None:
    def write(number: int) -> None:
        for _ in range(20):
            log.write(ANNA, "load", detail={"files": [f"{number}" * 500]})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([line for line in log.read() if line["action"] == "load"]) == 80


def test_a_line_broken_off_hides_no_other(log: AuditLog) -> None:
    log.write(ANNA, "load", before=1, after=2)
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"time": "20\n')
    log.write(ANNA, "load", before=2, after=3)
    assert [line["action"] for line in log.read()] == ["load", "unreadable", "load"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_only_the_owner_reads_it(log: AuditLog) -> None:
    log.write(ANNA, "load")
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


@pytest.fixture
def writing_client(tmp_path: Path) -> Iterator[TestClient]:
    settings = read_settings(data=tmp_path / "data", workers=1)
    with open_loader(settings) as loader:
        app = create_app(settings, loader=loader, token=TOKEN)
        with TestClient(app, client=("127.0.0.1", 5000)) as client:
            yield client


def test_a_load_by_the_server_is_logged_with_its_versions(writing_client: TestClient, log: AuditLog) -> None:
    path = example_documents()[1]
    for _ in range(2):
        writing_client.post("/api/loads", json={"paths": [str(path)]}, headers=OWNER)
    first, second = log.read()
    assert (first["who"], first["client"], first["action"]) == ("(owner)", "user:(owner)", "load")
    assert first["before"] == 0
    assert first["after"] > 0
    assert first["detail"] == {"loaded": 1, "files": [path.name]}
    assert second["before"] == second["after"] == first["after"]
    assert second["detail"] == {"unchanged": 1}
    assert TOKEN not in log.path.read_text(encoding="utf-8")


def test_a_load_on_the_command_line_names_the_account(tmp_path: Path, cli: Cli, log: AuditLog) -> None:
    load(read_settings(data=tmp_path / "data"), [example_documents()[1]], lambda _event: None)
    cli("--data", tmp_path / "data", "user", "add", "anna", "--role", "analyst")
    cli("--data", tmp_path / "data", "user", "revoke", "anna")
    lines = list(log.read())
    assert [line["action"] for line in lines] == ["load", "user-add", "user-revoke"]
    assert {line["client"] for line in lines} == {"here"}
    assert all(line["who"] for line in lines)
    assert lines[1]["detail"]["name"] == "anna"
    status, out, _ = cli("--data", tmp_path / "data", "audit", "--json")
    assert status == 0
    assert [json.loads(line)["action"] for line in out.splitlines()] == ["load", "user-add", "user-revoke"]
    status, out, _ = cli("--data", tmp_path / "data", "audit", "--last", "1")
    assert "user-revoke" in out
    assert "user-add" not in out
    assert cli("--data", tmp_path / "none", "audit")[0] == 0
