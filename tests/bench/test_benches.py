"""All benches run by one command, also where what they read beside the checkout is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from bench import conformance, corpus_score, extraction, registers
from bench.__main__ import benches


def test_what_can_be_run_is_a_bench() -> None:
    assert {"extraction", "registers", "store"} <= set(benches())
    # Parts of benches.
    assert not {"crawl", "demo", "page_map", "papers"} & set(benches())


@pytest.mark.parametrize(
    ("bench", "constant"),
    [(conformance, "W3C"), (corpus_score, "SCORER"), (extraction, "GOLD"), (registers, "SHARED")],
)
def test_a_bench_without_its_papers_is_skipped_in_one_line(
    bench: ModuleType,
    constant: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench"])
    monkeypatch.setattr(bench, constant, tmp_path / "nothing")
    assert bench.main() == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"skipped: there is no {tmp_path / 'nothing'}")
    assert told.out.count("\n") == 1
    assert not told.err
