"""A short form of `bench.kills`, which kills two hundred times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.kills import KINDS, run

if TYPE_CHECKING:
    from pathlib import Path

    from graph.folder import DatasetKind

KILLS = 6


@pytest.mark.parametrize("kind", KINDS)
def test_no_kill_loses_or_halves_anything(kind: DatasetKind, tmp_path: Path) -> None:
    tally = run(kind, KILLS, 11, tmp_path)
    assert len(tally.starts) == KILLS
    assert sum(tally.under_way.values()) == KILLS
