"""Container file, compose file, systemd unit and the settings table of the guide: what they say holds."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import NoneType

import pytest
import yaml

from api.settings import Settings
from tests.patience import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = ROOT / "docs" / "operations.md"
TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- end -->)", re.DOTALL)


def instructions() -> list[tuple[str, str]]:
    """The instructions of the container file, lines joined."""
    lines = [line for line in (ROOT / "Containerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    text = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in text.splitlines() if line.strip()]


def environment() -> dict[str, str]:
    (said,) = (words for name, words in instructions() if name == "ENV")
    return dict(word.split("=", 1) for word in shlex.split(said))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build steps of the container file make, in a folder instead of an image."""
    (build,) = (words for name, words in instructions() if name == "RUN" and "install /opt/vekha" in words)
    folder = tmp_path_factory.mktemp("image") / "opt" / "vekha"
    command = build.replace("/opt/vekha python3", f"{folder} {sys.executable}")
    subprocess.run(shlex.split(command), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.mark.packaging
def test_the_steps_of_the_container_file_give_a_service_that_is_healthy_and_stops(
    installed: Path, tmp_path: Path
) -> None:
    settings = environment() | {"PATH": f"{installed / 'bin'}:/usr/bin:/bin", "VEKHA_DATA": str(tmp_path / "data")}
    settings |= {"VEKHA_PORT": "0", "VEKHA_HOST": "127.0.0.1", "PYTHONUNBUFFERED": "1"}
    said = dict(instructions())
    command = [*json.loads(said["ENTRYPOINT"]), *json.loads(said["CMD"])]
    command[0] = str(installed / "bin" / command[0])
    health = json.loads(said["HEALTHCHECK"].partition("CMD ")[2])
    # Nothing of this checkout is in the way: the current folder is another one.
    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen(command, env=settings, cwd=tmp_path, stdout=log, stderr=log)
        try:

            def address() -> re.Match[str] | None:
                told = (tmp_path / "log").read_text()
                assert server.poll() is None, told
                return re.search(r"http://127\.0\.0\.1(:\d+)\s", told)

            port = wait_until(address)
            assert port is not None
            check = [sys.executable, *(word.replace(":8000", port[1]) for word in health[1:])]

            def is_healthy() -> bool:
                assert server.poll() is None, (tmp_path / "log").read_text()
                checked = subprocess.run(check, env=settings, cwd=tmp_path, capture_output=True, check=False)
                return checked.returncode == 0

            wait_until(is_healthy)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(PATIENCE)
    assert code in {0, -signal.SIGTERM}
    written = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert written == {"data", "log"}


def test_the_container_runs_as_nobody_in_particular_and_keeps_its_data_in_a_volume() -> None:
    said = dict(instructions())
    assert said["USER"] == "10001"
    assert said["VOLUME"] == environment()["VEKHA_DATA"] == "/data"
    assert environment()["VEKHA_PORT"] == said["EXPOSE"]


def settings_in(text: str) -> set[str]:
    return {name for name in re.findall(r"\bVEKHA_([A-Z_]+)\b", text) if name not in {"NAME", "CONFIG"}}


@pytest.mark.parametrize(
    "file", ["Containerfile", "compose.yaml", "docs/operations/vekha.service", "docs/operations.md", "docs/scaling.md"]
)
def test_only_settings_that_exist_are_named(file: str) -> None:
    known = {name.upper() for name in Settings.model_fields}
    assert settings_in((ROOT / file).read_text("utf-8")) <= known


def test_every_service_of_the_compose_file_is_confined() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    assert set(services) == {"vekha", "vekha-on-fuseki", "fuseki"}
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["mem_limit"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
    assert services["fuseki"]["networks"] == ["engine"]
    assert "ports" not in services["fuseki"]
    assert services["vekha-on-fuseki"]["environment"]["VEKHA_STORE"].startswith("http://fuseki:3030/")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that exists on this machine."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    text = (ROOT / "docs" / "operations" / "vekha.service").read_text("utf-8")
    path = tmp_path / "vekha.service"
    path.write_text(text.replace("/opt/vekha/bin/vekha", shutil.which("true") or "/bin/true"))
    return path


def test_systemd_understands_the_unit_and_finds_it_hardened(unit: Path) -> None:
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert str(unit.name) not in verified.stderr, verified.stderr
    exposed = ["systemd-analyze", "security", "--offline=yes", "--threshold=25", str(unit)]
    judged = subprocess.run(exposed, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"})
    assert judged.returncode == 0, judged.stdout[-300:]


def test_the_guide_has_every_setting_with_its_default(golden: Callable[[Path, str], None]) -> None:
    text = GUIDE.read_text("utf-8")
    golden(GUIDE, TABLE.sub(lambda _: settings_table(), text))


def settings_table() -> str:
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "a folder of the system's" if field.default_factory else field.default
        if isinstance(default, tuple | dict):
            default = json.dumps(default)
        shown = "" if default in {"", "[]", "{}"} or isinstance(default, NoneType) else str(default)
        shown = "" if set(shown) == {"*"} else shown
        rows.append(f"| `VEKHA_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows) + "\n"
