from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from graph.folder import DataFolder
from graph.serving import announced, running_server
from graph.store import Store

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:8000"

SERVER = """
import sys
from pathlib import Path
from graph.serving import announced
from graph.store import Store
with Store.open(Path(sys.argv[1]), rules=[]) as store, announced(store.folder, sys.argv[2]):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_server_in_another_process_is_found_until_it_is_killed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, tmp_path, URL], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        server = running_server(folder)
        assert server is not None
        assert (server.pid, server.url) == (process.pid, URL)
        assert len(server.token) >= 32
        process.kill()
    assert folder.server.exists()
    assert running_server(folder) is None


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_only_the_owner_may_read_the_secret(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store, announced(store.folder, URL):
        assert stat.S_IMODE(store.folder.server.stat().st_mode) == 0o600


def test_the_announcement_goes_with_the_server(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        with announced(store.folder, URL) as server:
            assert running_server(store.folder) == server
        assert not store.folder.server.exists()
        assert running_server(store.folder) is None


def test_a_later_announcement_is_not_removed_by_an_earlier_one(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[]) as store, announced(store.folder, URL):
        with announced(store.folder, URL) as later:
            store.folder.server.with_suffix(".kept").write_bytes(store.folder.server.read_bytes())
        store.folder.server.with_suffix(".kept").rename(store.folder.server)
        assert running_server(store.folder) == later
    assert store.folder.server.exists()


def test_the_file_of_a_dead_server_is_stale_while_another_process_writes(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    with Store.open(tmp_path, rules=[]) as store:
        left = {"pid": int(gone.stdout), "url": URL, "token": "t"}
        store.folder.server.write_text(json.dumps(left), encoding="utf-8")
        assert running_server(store.folder) is None


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"pid": "x", "url": "u", "token": "t"}'])
def test_a_damaged_announcement_is_none(tmp_path: Path, content: str) -> None:
    with Store.open(tmp_path, rules=[]) as store:
        store.folder.server.write_text(content, encoding="utf-8")
        assert running_server(store.folder) is None


def test_a_folder_that_was_never_served_has_no_server(tmp_path: Path) -> None:
    assert running_server(DataFolder(tmp_path)) is None
