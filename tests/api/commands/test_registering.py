"""The command `vekha registry`, here and through the running server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from api.commands.cli import run

if TYPE_CHECKING:
    from pathlib import Path

FORMS = (
    "code,name\n75403,Муниципальные бюджетные учреждения\n75404,Муниципальные казенные учреждения\n7540,Обрезанный\n"
)


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    path = tmp_path / "data-20240101-structure.csv"
    path.write_text(FORMS, encoding="utf-8")
    return path


def test_a_register_is_loaded_listed_and_removed(
    forms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--lang", "ru", "--data", str(tmp_path / "data")]
    assert run([*data, "registry", "load", str(forms), "--register", "okopf", "--licence", "открытые данные"]) == 0
    told = capsys.readouterr().out
    assert "okopf, издание 2024-01-01: записей 3" in told
    assert "номер не того вида" in told
    assert run([*data, "registry", "load", str(forms), "--register", "okopf"]) == 0
    assert "уже загружено из этого файла" in capsys.readouterr().out
    assert run([*data, "registry", "list"]) == 0
    told = capsys.readouterr().out
    assert "2024-01-01" in told
    assert "открытые данные" in told
    assert run([*data, "registry", "remove", "okopf"]) == 0
    assert "Убрано из okopf: 2024-01-01" in capsys.readouterr().out
    audit = (tmp_path / "data" / "access" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [json.loads(line) for line in audit]
    assert [(line["action"], line["detail"]["register"]) for line in lines] == [
        ("registry load", "okopf"),
        ("registry load", "okopf"),
        ("registry remove", "okopf"),
    ]
    assert lines[0]["detail"] == {
        "register": "okopf",
        "file": forms.name,
        "edition": "2024-01-01",
        "records": 3,
        "status": "loaded",
    }


def test_after_a_load_linking_is_offered(forms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--lang", "ru", "--data", str(tmp_path / "data"), "registry", "load", str(forms), "--register", "okopf"]
    assert run(asked) == 0
    assert "vekha link" in capsys.readouterr().out
    assert run([*asked, "--no-link"]) == 0
    assert "vekha link" not in capsys.readouterr().out
    assert run([*asked, "--link"]) == 0
    assert "Программа связала: 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["load", "FILE", "--register", "unknown"], "Нет реестра «unknown»"),
        (["load", "FILE", "--register", "municipalities"], "строка 1: нет столбцов territory_id"),
        (["remove", "okopf"], "Нет издания"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str], told: str, forms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(forms) if one == "FILE" else one for one in arguments]
    assert run(["--lang", "ru", "--data", str(tmp_path / "data"), "registry", *given]) == 2
    assert told in capsys.readouterr().err


def test_names_of_persons_come_only_where_they_may_be_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {
        "Id": "c-1",
        "EduOrgFullName": "Школа № 1",
        "ActualEducationOrganization": {"Id": "o-1", "HeadName": "Иванова Мария Петровна"},
    }
    path = tmp_path / "certificates.jsonl"
    path.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    asked = ["--lang", "ru", "--data", str(tmp_path / "data"), "registry", "load", str(path)]
    asked += ["--register", "accreditation"]

    def stored() -> str:
        assert run(["--data", str(tmp_path / "data"), "export"]) == 0
        return capsys.readouterr().out

    assert run(asked) == 0
    assert "Иванова" not in stored()
    monkeypatch.setenv("VEKHA_SHOW_PERSONS", "false")
    assert run([*asked, "--personal"]) == 2
    assert "Имена лиц здесь скрыты" in capsys.readouterr().err
    monkeypatch.delenv("VEKHA_SHOW_PERSONS")
    assert run([*asked, "--personal"]) == 0
    assert "Иванова" in stored()


def test_a_load_of_an_edition_older_than_all_municipalities_tells_so(
    tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dictionary = shared / "registries" / "municipalities.csv"
    sample = shared / "registries" / "accreditation" / "sample.jsonl"
    asked = ["--lang", "ru", "--data", str(tmp_path / "data"), "registry", "load"]
    assert run([*asked, str(dictionary), "--register", "municipalities", "--edition", "2024-10", "--no-link"]) == 0
    assert run([*asked, str(sample), "--register", "accreditation", "--edition", "2016-07-13", "--no-link"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for words in ("без него: 61", "Из них 56 ", "известны только с 2018-01-01", "accreditation 2016-07-13", "--date"):
        assert words in told
