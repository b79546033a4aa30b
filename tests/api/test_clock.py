"""«Today» and shown moments are of one time zone: at one in the morning in Tomsk it is another day in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from api import clock
from api.clock import Clock
from api.commands.cli import run
from api.settings import SettingsError, read_settings
from tests.api.conftest import load_into, serving

if TYPE_CHECKING:
    from pathlib import Path

# 01:00 of the next day in Tomsk.
LATE = datetime(2021, 5, 31, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def data(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load_into(tmp_path_factory.mktemp("clock") / "data", [next(examples.glob("001_*.txt"))])


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tomsk", "2021-06-01"), ("UTC", "2021-05-31")])
def test_pages_know_the_day_of_the_zone_in_which_moments_are_shown(
    data: Path, monkeypatch: pytest.MonkeyPatch, zone: str, day: str
) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: LATE)
    settings = read_settings(data=data, time_zone=zone, workers=1, budget_seconds=0, budget_errors=0)
    written = ".".join(reversed(day.split("-")))
    with serving(settings) as client:
        question = client.get("/api/questions").json()[0]["id"]
        assert f'name="date" value="{day}"' in client.get("/?lang=ru").text
        assert f"day={day}" in client.get("/timeline?lang=ru").text
        assert f", {written}." in client.get(f"/questions/{question}?lang=ru").text
    here = Clock.of(settings)
    assert here.day_of("2021-05-31T18:00:00Z") == day
    assert here.of_text("2021-05-31T18:00:00+00:00").date().isoformat() == day


def test_what_is_a_day_already_stays(data: Path) -> None:
    here = Clock.of(read_settings(data=data, time_zone="Pacific/Honolulu"))
    assert [here.day_of(text) for text in ("2021-05-31", "", "x")] == ["2021-05-31", "", "x"]


def test_a_zone_that_nobody_knows_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("Asia/Tomks", "../etc/passwd", "Asia"):
        with pytest.raises(SettingsError, match="time_zone"):
            read_settings(time_zone=wrong)
    monkeypatch.setenv("VEKHA_TIME_ZONE", "Томск")
    assert run(["--lang", "ru", "registry", "list"]) == 2
    assert "Asia/Tomsk" in capsys.readouterr().err
