from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from graph.worker_process import WorkerProcess
from loaders import reading_process
from loaders.reading_process import ReadingLimits, ReadingPool, ReadingRequest
from tests.loaders.hostile_files import TEXT


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules of the processes that were started, as they are."""
    modules: list[str] = []

    class Counted(WorkerProcess):
        def __init__(self, module: str, settings: dict[str, Any], processes: set[subprocess.Popen[bytes]]) -> None:
            modules.append(module)
            super().__init__(module, settings, processes)

    monkeypatch.setattr(reading_process, "WorkerProcess", Counted)
    return modules


def written(folder: Path, count: int) -> list[ReadingRequest]:
    for number in range(count):
        (folder / f"план-{number}.txt").write_text(TEXT, encoding="utf-8")
    return [ReadingRequest(path) for path in sorted(folder.iterdir())]


def test_one_document_starts_one_process(tmp_path: Path, started: list[str]) -> None:
    with ReadingPool(ReadingLimits(processes=4)) as pool:
        pool.start()
        readings = list(pool.read(written(tmp_path, 1)))

    assert [reading.extraction is not None for reading in readings] == [True]
    assert len(started) == 1


def test_many_documents_are_read_at_once_in_their_order(tmp_path: Path, started: list[str]) -> None:
    requests = written(tmp_path, 12)
    with ReadingPool(ReadingLimits(processes=2)) as pool:
        pool.start()
        readings = list(pool.read(iter(requests), in_order=True))

    assert [reading.path for reading in readings] == [request.path for request in requests]
    assert len(started) == 2


def test_a_process_is_replaced_after_its_documents(tmp_path: Path, started: list[str]) -> None:
    with ReadingPool(ReadingLimits(processes=1, documents=2)) as pool:
        readings = list(pool.read(written(tmp_path, 5)))

    assert all(reading.extraction for reading in readings)
    assert len(started) == 3


def test_no_documents_start_no_process(started: list[str]) -> None:
    with ReadingPool() as pool:
        assert list(pool.read([])) == []

    assert started == []
