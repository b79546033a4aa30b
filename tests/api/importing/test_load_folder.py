"""`vekha load` over many documents as its own process: killed, stopped, and run again."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph.errors import GraphError
from graph.folder import DataFolder
from graph.snapshots import Versions

DOCUMENTS = 120
PLAN = (
    "План мероприятий {place} района Омской области № {number} на 2022–2024 годы\n\n"
    "№\tМероприятие\tСрок\tОтветственный\n"
    "1\tПровести семинар {number}\tмай 2023 г.\tшколы района\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(DOCUMENTS):
        text = PLAN.format(number=number, place="Азовского")
        (folder / f"{number:03}-план.txt").write_text(text, encoding="utf-8")
    (folder / "999-пустой.txt").write_bytes(b"")
    return folder


@contextmanager
def loading(folder: Path, data: Path) -> Iterator[subprocess.Popen[str]]:
    command = [str(Path(sys.executable).with_name("vekha")), "--data", str(data), "load", str(folder), "--lang", "ru"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def waited(happened: Callable[[], bool], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def version(data: Path) -> int:
    with contextlib.suppress(GraphError, OSError):
        return Versions(DataFolder(data)).current()
    return 0


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    with contextlib.suppress(OSError):
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text("ascii").split()
        ]
    return []


def ended(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return True


def counts(out: str) -> tuple[int, int, int]:
    """Loaded, unchanged and not loaded, as the last line tells them."""
    found = re.search(r"загружено: (\d+), не изменилось: (\d+), не загружено: (\d+)", out)
    assert found, out
    return int(found[1]), int(found[2]), int(found[3])


def test_a_load_that_was_killed_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with loading(folder, data) as process:
        # Readers may be through with all files before the first fifty documents are committed.
        assert waited(lambda: bool(children(process.pid)))
        readers = children(process.pid)
        # The first version holds the ontology and the reference data, the second the first fifty documents.
        assert waited(lambda: version(data) >= 2)
        process.kill()
        process.wait()
    assert waited(lambda: all(map(ended, readers)))

    with loading(folder, data) as process:
        out, problems = process.communicate(timeout=300)
    loaded, unchanged, failed = counts(out)
    assert process.returncode == 1, problems
    assert (loaded + unchanged, failed) == (DOCUMENTS, 1)
    # Where the killer was slow the writer may have been through.
    assert unchanged in {50, 100, DOCUMENTS}
    assert "999-пустой.txt: файл пуст" in out

    (folder / "999-пустой.txt").unlink()
    with loading(folder, data) as process:
        out, problems = process.communicate(timeout=300)
    assert (process.returncode, problems.strip()) == (0, "")
    assert counts(out) == (0, DOCUMENTS, 0)


def test_a_load_that_is_stopped_says_so_and_leaves_nothing_running(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with loading(folder, data) as process:
        assert waited(lambda: version(data) >= 1 and bool(children(process.pid)))
        readers = children(process.pid)
        process.send_signal(signal.SIGINT)
        out, problems = process.communicate(timeout=300)

    assert process.returncode == 1
    assert out == ""
    assert problems.strip() == "Остановлено; записанное остаётся, та же команда продолжит с этого места."
    assert waited(lambda: all(map(ended, readers)))
