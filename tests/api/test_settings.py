from __future__ import annotations

import os
from pathlib import Path

import pytest

from api.settings import CHECKOUT, Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _no_settings_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VEKHA_")]:
        monkeypatch.delenv(name)


def test_defaults_serve_this_machine_only_from_the_checkout() -> None:
    settings = read_settings()
    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.data == CHECKOUT / "data"
    assert settings.show_persons


def test_variables_win_over_the_file_and_arguments_win_over_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "vekha.toml"
    file.write_text('port = 1\nworkers = 3\nquery_rows = 7\nlanguages = ["en"]\n')
    monkeypatch.setenv("VEKHA_CONFIG", str(file))
    monkeypatch.setenv("VEKHA_PORT", "2")
    monkeypatch.setenv("VEKHA_WORKERS", "4")
    settings = read_settings(port=5)
    assert (settings.port, settings.workers, settings.query_rows, settings.languages) == (5, 4, 7, ("en",))


def test_the_file_may_be_yaml(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "vekha.yaml"
    file.write_text("show_persons: false\ndata: здесь\n", encoding="utf-8")
    monkeypatch.setenv("VEKHA_CONFIG", str(file))
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    assert not settings.show_persons
    assert settings.data == tmp_path / "здесь"


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("VEKHA_PORT", "eight", "port"),
        ("VEKHA_PORT", "70000", "port"),
        ("VEKHA_BASE", "w3id.org/vekha", "base"),
        ("VEKHA_BASE", "https://example.org/data", "base"),
        ("VEKHA_PROT", "8001", "VEKHA_PROT"),
        ("VEKHA_QUERY_SECONDS", "0", "query_seconds"),
        ("VEKHA_LANGUAGES", '["de"]', "languages"),
        ("VEKHA_LANGUAGES", "ru", "languages"),
        ("VEKHA_CONFIG", "/no/such/file.toml", "/no/such/file.toml"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, named: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=named):
        read_settings()


def test_an_unknown_name_in_the_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "vekha.toml"
    file.write_text("prot = 1\n")
    monkeypatch.setenv("VEKHA_CONFIG", str(file))
    with pytest.raises(SettingsError, match="prot"):
        read_settings()


def test_the_data_folder_is_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.touch()
    monkeypatch.setenv("VEKHA_DATA", str(file))
    with pytest.raises(SettingsError, match="folder"):
        read_settings()


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_services_have_names_and_addresses(tmp_path: Path) -> None:
    given = {"wikidata": "https://query.wikidata.org/sparql", "near": {"address": "http://h:1/", "local": True}}
    services = read_settings(data=tmp_path, services=given).services
    assert (services["wikidata"].address, services["wikidata"].local) == ("https://query.wikidata.org/sparql", False)
    assert (services["near"].address, services["near"].local) == ("http://h:1/", True)


@pytest.mark.parametrize(
    ("services", "words"),
    [
        (["https://query.wikidata.org/sparql"], "names with addresses"),
        ({"Wikidata": "http://h/"}, "small Latin letters"),
        ({"my-service": "http://h/"}, "no «service» in it"),
        ({"a": "http://h/", "b": "http://h/"}, "one address"),
        ({"a": {"address": "http://h/", "locale": True}}, "services"),
        ({"a": "http://h:99999/"}, "services"),
    ],
)
def test_services_that_cannot_be_asked_are_refused(tmp_path: Path, services: object, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_settings(data=tmp_path, services=services)
