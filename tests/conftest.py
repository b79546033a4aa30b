from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from graph.inference import infer
from graph.similarity import relate_activities
from graph.snapshots import Snapshot
from graph.store import Store
from loaders.pipeline import load_paths
from ontology.iris import Iris

ROOT = Path(__file__).resolve().parent.parent

# The same examples in every run, however long they take on a busy machine; new ones are looked for by
# `pytest --hypothesis-profile=explore`.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("explore", UNHURRIED)
settings.register_profile("same", UNHURRIED, derandomize=True, database=None)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite golden files with what the code gives now")


def pytest_configure() -> None:
    """A run in the background ignores Ctrl+C, and so would the programs that tests stop by it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skipped test is a failure: nothing may go untested unseen."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("CI: skipped tests count as failures", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with a golden file, or rewrites the file under `--accept`."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--accept"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{path.name} differs; `make accept` rewrites it"

    return compare


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


@pytest.fixture(scope="session")
def five_roadmaps(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The data version that loading the five examples gives, as `vekha load` loads them; read-only."""
    with Store.open(tmp_path_factory.mktemp("five-roadmaps"), rules=[infer, relate_activities]) as store:
        report = load_paths([examples], store=store, iris=Iris())
        assert report.complete, report
        yield store.snapshot()
