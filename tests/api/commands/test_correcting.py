from __future__ import annotations

import csv
import getpass
import io
import re
import shutil
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from api.app import create_app
from api.commands.examples import example_documents
from api.importing.loading import open_loader
from api.settings import read_settings
from tests.api.commands.test_cli import Cli, cli, started

__all__ = ["cli"]

ROADMAP = "tomsk-obl-nastav"
PLACE = "строка 19, столбец 6"
TOKEN = "a-secret"
OWNER = {"Authorization": f"Bearer {TOKEN}"}
NAME = re.compile(rf"{ROADMAP}_[0-9a-f]{{8}}")
INSTITUTE = "Томский областной институт повышения квалификации и переподготовки работников образования"
DEPARTMENT = "Департамент общего образования Томской области"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    source = next(path for path in example_documents() if path.name.startswith("001"))
    folder = tmp_path / "documents"
    folder.mkdir()
    for path in source.parent.glob(f"{source.stem}*"):
        shutil.copy(path, folder)
    return folder / source.name


@pytest.fixture
def data(cli: Cli, document: Path, tmp_path: Path) -> tuple[str, Path]:
    data = ("--data", tmp_path / "data")
    assert cli(*data, "load", document)[0] == 0
    return data


def responsible(cli: Cli, data: tuple[str, Path]) -> str:
    """Who is responsible for the row of `PLACE`, as the question of the catalogue answers."""
    _, out, _ = cli(*data, "ask", "who-is-responsible", "--theme", "mentoring", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    (found,) = {row["responsible"] for row in rows if row["place"].startswith("001") and "строка 19," in row["place"]}
    return found


def test_an_actor_is_corrected_listed_and_undone_at_once(cli: Cli, data: tuple[str, Path], document: Path) -> None:
    shutil.rmtree(document.parent)
    assert responsible(cli, data) == INSTITUTE
    add = ("correct", "add", ROADMAP, "actor", "ДОО ТО", "--cell", PLACE, "--instead", "ТОИПКРО")

    status, out, _ = cli(*data, *add, "--reason", "письмо", "--author", "Мария")

    assert status == 0
    found = NAME.search(out)
    assert found is not None
    assert "«ТОИПКРО»" in out
    assert "Документ прочитан заново: версия данных" in out
    assert responsible(cli, data) == DEPARTMENT
    _, out, _ = cli(*data, "correct", "list", document.name)
    assert all(words in out for words in (found[0], PLACE, "ДОО ТО", "Мария", "применено"))

    status, out, _ = cli(*data, "correct", "undo", found[0], "--author", "Пётр")
    assert status == 0
    assert found[0] not in cli(*data, "correct", "list")[1]
    assert "отменил(а) Пётр" in cli(*data, "correct", "list", "--all")[1]
    assert responsible(cli, data) == INSTITUTE
    assert cli(*data, "correct", "undo", found[0])[0] == 2


def test_a_changed_source_is_told_by_load_and_list(cli: Cli, data: tuple[str, Path], document: Path) -> None:
    # As an English list prints the address.
    cli(*data, "correct", "add", ROADMAP, "deadline", "август 2020", "--cell", "line 19, column 5")
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("Июль 2020\tТОИПКРО", "Сентябрь 2020\tТОИПКРО"), encoding="utf-8")
    _, out, _ = cli(*data, "load", document)
    assert "поправка не применена" in out
    assert "Сентябрь 2020" in cli(*data, "correct", "list")[1]


def test_a_correction_waits_where_the_file_is_not_kept(cli: Cli, data: tuple[str, Path], document: Path) -> None:
    shutil.rmtree(data[1] / "documents")
    add = ("correct", "add", ROADMAP, "actor", "ДОО ТО", "--cell", PLACE, "--instead", "ТОИПКРО")
    status, out, _ = cli(*data, *add)
    assert status == 0
    assert "папка данных не хранит этот файл" in out
    assert "vekha load" in out
    assert responsible(cli, data) == INSTITUTE
    assert "ждёт следующей загрузки" in cli(*data, "correct", "list")[1]
    status, _, _ = cli(*data, "load", document)
    assert responsible(cli, data) == DEPARTMENT


def test_a_correction_that_finds_nothing_to_replace_says_so(cli: Cli, data: tuple[str, Path]) -> None:
    add = ("correct", "add", ROADMAP, "actor", "ДОО ТО", "--cell", PLACE, "--instead", "Школа № 1")
    status, out, _ = cli(*data, "--lang", "en", *add)
    assert status == 0
    assert "not applied: the cell names no actor «Школа № 1»" in out


def test_documents_are_loaded_again_without_their_files(cli: Cli, data: tuple[str, Path], document: Path) -> None:
    shutil.rmtree(document.parent)
    status, out, _ = cli(*data, "reload")
    assert (status, out.splitlines()[0]) == (0, f"{document.name}: не изменился")
    assert cli(*data, "reload", ROADMAP, document.name)[0] == 0
    status, out, messages = cli(*data, "reload", "nothing")
    assert (status, out) == (2, "")
    assert ROADMAP in messages
    next((data[1] / "documents").iterdir()).unlink()
    status, out, _ = cli(*data, "reload")
    assert (status, "папка данных не хранит" in out) == (1, True)


def test_a_review_of_what_is_loaded_obeys_profile_and_corrections(
    cli: Cli, data: tuple[str, Path], document: Path, tmp_path: Path
) -> None:
    place = ("--cell", "строка 19, столбец 5")
    assert cli(*data, "correct", "add", ROADMAP, "text", "до 31.02.2020", *place)[0] == 0
    out = tmp_path / "report"
    assert cli(*data, "review", "--out", out)[0] == 0
    assert "до 31.02.2020" in (out / "vekha-review.csv").read_text(encoding="utf-8-sig")
    next(path for path in (data[1] / "documents").iterdir() if path.read_bytes() == document.read_bytes()).unlink()
    status, _, messages = cli(*data, "review", "--out", out)
    assert status == 2
    assert "папка данных не хранит этот файл" in messages


def test_the_author_is_the_user_of_the_computer(cli: Cli, data: tuple[str, Path]) -> None:
    assert cli(*data, "correct", "add", ROADMAP, "level", "region")[0] == 0
    assert getpass.getuser() in cli(*data, "correct", "list")[1]


def test_themes_and_numbers_are_removed(cli: Cli, data: tuple[str, Path]) -> None:
    place = ("--cell", "строка 19, столбец 2")
    assert cli(*data, "correct", "add", ROADMAP, "theme", "наставничество", "--remove", *place)[0] == 0
    assert cli(*data, "correct", "add", ROADMAP, "number", "--remove", *place)[0] == 0
    assert cli(*data, "correct", "list")[1].count("(убрано)") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "level", "region"), "«nowhere» is not loaded|No document «nowhere»"),
        ((ROADMAP, "deadline", "май 2021"), "name the cell"),
        ((ROADMAP, "deadline", "май 2021", "--cell", "строка 900"), "no cell at"),
        ((ROADMAP, "deadline", "когда-нибудь", "--cell", PLACE), "cannot be read as a deadline"),
        ((ROADMAP, "deadline", "--cell", PLACE), "Say the right value"),
        ((ROADMAP, "theme", "погода", "--cell", PLACE), "is none of"),
        ((ROADMAP, "colour", "red"), "colour"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    cli: Cli, data: tuple[str, Path], arguments: tuple[str, ...], said: str
) -> None:
    status, out, messages = cli(*data, "--lang", "en", "correct", "add", *arguments)
    assert (status, out) == (2, "")
    assert re.search(said, messages)
    assert "Traceback" not in messages
    assert "correct" in cli(*data, "correct", "list")[1] or cli(*data, "correct", "list")[1].count("\n") == 2


def test_nothing_can_be_corrected_before_a_load(cli: Cli, tmp_path: Path) -> None:
    data = ("--data", tmp_path / "new")
    for arguments in (("list",), ("add", ROADMAP, "level", "region"), ("undo", f"{ROADMAP}_00000000")):
        status, _, messages = cli(*data, "correct", *arguments)
        assert status in {1, 2}
        assert len(messages.strip().splitlines()) == 1


def test_while_a_server_runs_corrections_go_to_it(cli: Cli, data: tuple[str, Path], document: Path) -> None:
    with started(*data, "serve", "--port", "0"):
        add = ("correct", "add", ROADMAP, "actor", "ДОО ТО", "--cell", PLACE, "--instead", "ТОИПКРО")
        status, out, _ = cli(*data, *add, "--author", "Мария")
        assert status == 0
        found = NAME.search(out)
        assert found is not None
        assert "Мария" in cli(*data, "correct", "list")[1]
        assert responsible(cli, data) == DEPARTMENT
        status, _, messages = cli(*data, "correct", "add", ROADMAP, "deadline", "никогда", "--cell", PLACE)
        assert status != 0
        assert "не читается как срок" in messages
        assert cli(*data, "correct", "undo", found[0])[0] == 0
        assert responsible(cli, data) == INSTITUTE
        assert cli(*data, "reload", document.name)[0] == 0
        status, _, messages = cli(*data, "--lang", "en", "reload", "nothing")
        assert status != 0
        assert "No document «nothing» is loaded" in messages


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {"author": "Мария", "document": ROADMAP, "field": "level", "value": "region"}, 401),
        (OWNER, {"author": "Мария", "document": ROADMAP, "field": "level", "value": "region"}, 200),
        (OWNER, {"author": "Мария", "document": ROADMAP, "field": "level", "value": "moon"}, 400),
        (OWNER, {"author": "Мария", "document": ROADMAP, "field": "colour", "value": "red"}, 400),
        (OWNER, {"author": "", "document": ROADMAP, "field": "level", "value": "region"}, 400),
        (OWNER, {"author": "Мария"}, 400),
        (OWNER, {"author": "Мария", "undo": "nothing"}, 400),
    ],
)
def test_the_server_takes_corrections_of_its_owner_only(
    data: tuple[str, Path], headers: dict[str, str], body: dict[str, str], status: int
) -> None:
    settings = read_settings(data=data[1], workers=1)
    with open_loader(settings) as loader:
        app = create_app(settings, loader=loader, token=TOKEN)
        with TestClient(app, client=("127.0.0.1", 5000)) as client:
            version = loader.store.version
            answer = client.post("/api/corrections", json=body, headers=headers)
            assert answer.status_code == status
            assert (loader.store.version == version) == (status != 200)
            if status == 200:
                assert answer.json()["version"] == loader.store.version
                assert answer.json()["document"]["status"] == "loaded"


def test_a_profile_is_printed_written_edited_and_obeyed(cli: Cli, data: tuple[str, Path], document: Path) -> None:
    profile = document.with_name(f"{document.stem}.profile.yaml")
    profile.unlink()
    status, printed, _ = cli("profile", document)
    assert status == 0
    assert not profile.exists()
    assert cli("profile", document, "--write")[0] == 0
    assert profile.read_text(encoding="utf-8") == printed
    status, _, messages = cli("profile", document, "--write")
    assert status == 2
    assert "уже есть" in messages

    content = yaml.safe_load(printed)
    content["roadmap"] = ROADMAP
    content["tables"]["t1"]["columns"][6]["role"] = "other"
    profile.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert cli(*data, "load", document)[0] == 0
    assert responsible(cli, data) == ""

    content["tables"]["t1"]["columns"][6]["label"] = "Кто"
    profile.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    status, _, messages = cli("profile", document, "--lang", "ru")
    assert status == 2
    assert "столбец озаглавлен «Ответственные», а не «Кто»" in messages
