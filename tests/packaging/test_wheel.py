from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging
PACKAGES = {"api", "graph", "loaders", "ontology", "queries"}


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, repository],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment that has the wheel itself and sees the dependencies of the running one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    (running,) = {Path(path) for path in sys.path if path.endswith("site-packages") and sys.prefix in path}
    # After the wheel's own packages; .pth files of the running environment (the editable install) stay unread.
    (site / "zz-dependencies.pth").write_text(f"{running}\n")
    return folder


def test_the_top_level_of_the_wheel_is_exactly_the_five_packages(wheel: Path) -> None:
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == PACKAGES


def test_data_files_are_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for suffix in (".ttl", ".rq", ".ru", ".tsv", ".html", ".css", ".po"):
        assert any(name.endswith(suffix) for name in names), suffix
    assert sum(name.startswith("loaders/examples/") and name.endswith(".txt") for name in names) == 5


def test_packages_lie_beside_each_other(installed: Path, tmp_path: Path) -> None:
    code = (
        "import importlib, pathlib;"
        f"print({{pathlib.Path(importlib.import_module(name).__file__).parents[1] for name in {sorted(PACKAGES)}}})"
    )
    shown = subprocess.run(
        [installed / "bin" / "python", "-P", "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path
    ).stdout
    assert shown.count("site-packages") == 1
    assert str(installed) in shown


def test_the_command_reads_a_roadmap_from_another_folder(installed: Path, examples: Path, tmp_path: Path) -> None:
    document = next(examples.glob("000_*.txt"))
    finished = subprocess.run(
        [installed / "bin" / "vekha", "extract", document], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert finished.stdout.startswith("{")
    assert '"number": "14.4"' in finished.stdout
