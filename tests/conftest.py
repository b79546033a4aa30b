from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of hand-checked data beside the checkout; skips without it, fails without it under CI."""
    folder = ROOT.parent / "shared"
    if folder.is_dir():
        return folder
    message = f"{folder} is missing: hand-checked rows, W3C suites and registers are read there"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
