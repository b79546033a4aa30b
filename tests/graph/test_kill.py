"""
Writers killed at random moments, by SIGKILL, in real processes.

Each writer loads pairs of documents in one commit, again and again.  Whatever moment the kill hits, the next reader and
the next writer find whole pairs, and a default graph that is the merge of the current graphs.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from graph.errors import DataFolderError, NothingLoadedError
from graph.folder import DataFolder
from graph.snapshots import Snapshot, Versions
from graph.store import Store
from tests.graph.quads import assert_default_graph_is_the_merge, current_graphs, document, graph, involves

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 32
KILLS_AT_FIRST_START = 8

WRITER = """
import sys
from pathlib import Path
from graph.store import Store
from tests.graph.quads import document, involves
print("starting", flush=True)
with Store.open(Path(sys.argv[1]), rules=[involves], keep=2, lock_timeout=30) as store:
    print("open", flush=True)
    for version in range(store.version + 1, store.version + 1000):
        pair = [document(slug, f"v{version}", activities=20 + version % 7) for slug in ("tomsk", "tambov")]
        store.folder.keep_original(str(version).encode())
        print(store.commit_documents(pair), flush=True)
"""


def start(folder: Path, repository: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, folder], cwd=repository, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def next_line(writer: subprocess.Popen[str]) -> str:
    assert writer.stdout is not None
    line = writer.stdout.readline()
    assert line, "the writer ended by itself"
    return line.strip()


def wait_for(writer: subprocess.Popen[str], line: str) -> None:
    while next_line(writer) != line:
        pass


def kill(writer: subprocess.Popen[str]) -> list[int]:
    """The versions that the writer had acknowledged."""
    writer.kill()
    output, _ = writer.communicate()
    return [int(line) for line in output.split() if line.isdecimal()]


def assert_whole(snapshot: Snapshot) -> None:
    assert_default_graph_is_the_merge(snapshot)
    version = snapshot.version
    documents = {name for name in current_graphs(snapshot) if "/persons/" not in name.value}
    if version:
        assert documents == {graph(f"tomsk_v{version}"), graph(f"tambov_v{version}")}
    else:
        assert documents == set()
    for slug in ("tomsk", "tambov"):
        for number in range(1, version + 1):
            expected = document(slug, f"v{number}", activities=20 + number % 7)
            assert set(snapshot.triples(expected.graph)) == set(expected.document)


def test_no_kill_leaves_half_a_document(tmp_path: Path, repository: Path) -> None:
    randomness = random.Random(7)
    folder = tmp_path / "data"
    with Store.open(folder, rules=[involves]):
        pass
    versions = Versions(DataFolder(folder))
    writer = start(folder, repository)
    wait_for(writer, "open")
    started = time.perf_counter()
    wait_for(writer, "3")
    # About as long as a commit takes here: within so many seconds one is under way.
    commit_seconds = (time.perf_counter() - started) / 3
    acknowledged = max([3, *kill(writer)])
    for _ in range(KILLS):
        writer = start(folder, repository)
        wait_for(writer, "open")
        commits = [int(next_line(writer)) for _ in range(randomness.randrange(3))]
        time.sleep(randomness.uniform(0, commit_seconds))
        acknowledged = max([acknowledged, *commits, *kill(writer)])
        with versions.open() as snapshot:
            assert_whole(snapshot)
            assert snapshot.version >= acknowledged
    with Store.open(folder, rules=[involves], keep=2) as store:
        assert_whole(store.snapshot())
        assert store.version >= acknowledged
        assert len(store.versions.existing()) <= 2
        assert all(store.folder.original(path.name) for path in store.folder.documents.glob("[!.]*"))


def test_a_kill_at_the_first_start_leaves_a_folder_that_starts(tmp_path: Path, repository: Path) -> None:
    randomness = random.Random(7)
    for number in range(KILLS_AT_FIRST_START):
        folder = tmp_path / str(number)
        writer = start(folder, repository)
        wait_for(writer, "starting")
        time.sleep(randomness.uniform(0, 0.08))
        kill(writer)
        try:
            with Versions(DataFolder(folder)).open() as snapshot:
                assert_whole(snapshot)
        except (DataFolderError, NothingLoadedError) as error:
            assert "load documents first" in str(error)  # noqa: PT017 (both outcomes are right)
        with Store.open(folder, rules=[involves]) as store:
            assert_whole(store.snapshot())


def test_a_commit_that_was_killed_before_its_version_is_published_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    store = Store.open(tmp_path, rules=[involves])
    with monkeypatch.context() as patch:
        patch.setattr(Versions, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            store.commit_documents([document(slug, "v1", activities=21) for slug in ("tomsk", "tambov")])
    with Versions(store.folder).open() as snapshot:
        assert snapshot.version == 0
    store.close()
    with Store.open(tmp_path, rules=[involves]) as reopened, Versions(store.folder).open() as snapshot:
        assert reopened.version == snapshot.version == 1
        assert_whole(snapshot)
