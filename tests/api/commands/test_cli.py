from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

from api.commands.cli import run
from api.commands.examples import example_documents
from api.commands.terminal import printable, system_language
from tests.api.conftest import HOSTILE_TEXT

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs `vekha` in this process: exit status, output, messages."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        status = run([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return call


@pytest.fixture
def data(examples_folder: Path) -> tuple[str, Path]:
    return "--data", examples_folder


def test_mentoring_is_answered_as_a_table(cli: Cli, data: tuple[str, Path]) -> None:
    status, out, messages = cli(*data, "ask", "who-is-responsible", "--theme", "mentoring")
    assert status == 0
    assert "ответственные" in out.splitlines()[0]
    assert "https://" not in out
    assert "35 строк" in messages


def test_documents_are_short_in_a_table_and_told_below(cli: Cli, data: tuple[str, Path]) -> None:
    _, out, messages = cli(*data, "ask", "similar-activities", "--across", "true")
    titles = [line for line in messages.splitlines() if line.startswith("khorol-mo-nms: Дорожная карта по организации")]
    assert len(titles) == 1
    assert out.count("khorol-mo-nms ") > 1
    assert "Дорожная карта по организации научно" not in out


def test_csv_is_for_programs(cli: Cli, data: tuple[str, Path]) -> None:
    status, out, _ = cli(*data, "ask", "who-is-responsible", "--format", "csv")
    rows = list(csv.reader(io.StringIO(out, newline="")))
    assert status == 0
    assert rows[0][:3] == ["activity", "document", "number"]
    assert len(rows) == 36


def test_json_and_xlsx_and_english(cli: Cli, data: tuple[str, Path], tmp_path: Path) -> None:
    status, out, _ = cli("ask", "who-is-responsible", "--format", "json", *data, "--lang=en")
    assert status == 2  # --data belongs before the command
    status, out, _ = cli(*data, "ask", "who-is-responsible", "--format", "json", "--lang", "en")
    assert status == 0
    assert json.loads(out)["columns"][1]["title"] == "document"
    file = tmp_path / "answer.xlsx"
    assert cli(*data, "ask", "who-is-responsible", "--format", "xlsx", "-o", file)[0] == 0
    assert openpyxl.load_workbook(file).worksheets[0].max_row == 36


def test_a_workbook_goes_where_it_is_sent(data: tuple[str, Path], tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("vekha")), *map(str, data), "ask", "who-is-responsible"]
    workbook = subprocess.run([*command, "--format", "xlsx"], stdout=subprocess.PIPE, check=True, cwd=tmp_path).stdout
    assert openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0].max_row == 36
    assert list(tmp_path.iterdir()) == []


def test_the_commands_of_the_readme_work(cli: Cli, data: tuple[str, Path], repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"`\.venv/bin/vekha (ask [^`]+)`", readme)
    assert len(commands) >= 2
    for command in commands:
        status, out, messages = cli(*data, *command.split())
        assert status == 0, messages
        assert len(out.splitlines()) > 3, command


def test_questions_are_listed_and_explained(cli: Cli, data: tuple[str, Path]) -> None:
    status, out, _ = cli(*data, "ask", "--list")
    assert status == 0
    assert "who-is-responsible" in out
    assert "Кто отвечает за мероприятия темы?" in out
    status, out, _ = cli(*data, "ask", "who-is-responsible", "--help", "--lang", "en")
    assert "Who is responsible for the activities of a theme?" in out
    assert "--theme" in out
    assert "mentor-contests" in out


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("ask", "who-is-responsibl"), 2, "who-is-responsible"),
        (("ask", "source-cells"), 2, "source-cells"),
        (("ask", "due-in-month", "--month", "13"), 2, "от 1 до 12"),
        (("ask", "who-is-responsible", "--theme", "a b"), 2, "theme"),
        (("ask", "who-is-responsible", "--theme", "mentorin"), 2, "может быть, mentoring"),
        (("ask", "who-is-responsible", "--theme", "Наставничество"), 2, "может быть, mentoring?"),
        (("ask", "who-is-responsible", "--roadmap", "tomsk"), 2, "tomsk-city-model"),
        (("ask", "activities-of-body", "--actor", "ТОИПКРО"), 2, "tambov-obl_toipkro, tomsk-obl_toipkro"),
        (("ask", "who-is-responsible", "--nonsense", "x"), 2, "--nonsense"),
        (("query", "/no/such/file.rq"), 2, "/no/such/file.rq"),
        (("load", "/no/such/file.txt"), 2, "/no/such/file.txt"),
        (("extract", "/no/such/file.txt"), 2, "/no/such/file.txt"),
        (("extract",), 2, "ФАЙЛ"),
        (("nonsense",), 2, "nonsense"),
        (("--lang", "de", "settings"), 2, "de"),
        (("export", "--format", "word"), 2, "word"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(
    cli: Cli, data: tuple[str, Path], arguments: tuple[str, ...], status: int, words: str
) -> None:
    found, out, messages = cli(*data, *arguments)
    assert found == status
    assert out == ""
    assert messages.startswith("Ошибка: ")
    assert messages.count("\n") == 1
    assert words in messages


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("loda",), "Нет команды 'loda'; может быть, 'load', 'reload'?"),
        (("load",), "Назовите 'ПУТИ...'"),
        (("load", "нет.docx"), "'ПУТИ...': нет такого: 'нет.docx'"),
        (("extract", "."), "'ФАЙЛ': нужен файл, а '.' – папка"),
        (("query", "нет.rq"), "'ФАЙЛ': нет такого: 'нет.rq'"),
        (("export", "--format", "xml"), "'--format': 'xml' – не из ряда 'turtle', 'nquads', 'jsonld'"),
        (("serve", "--port", "x"), "'--port': 'x' – не число"),
        (("serve", "--port", "99999"), "'--port': 99999 вне границ 0<=x<=65535"),
        (("serve", "--prot", "1"), "Нет ключа '--prot'; может быть, '--host', '--port'?"),
        (("serve", "--port"), "Ключу '--port' нужно значение"),
        (("settings", "more"), "Здесь не ожидается: more"),
    ],
)
def test_what_click_refuses_is_told_in_russian(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    status, out, messages = cli(*arguments)
    assert (status, out, messages.strip()) == (2, "", f"Ошибка: {said}")


def test_a_command_that_needs_another_shows_its_help(cli: Cli) -> None:
    status, _, messages = cli("correct")
    assert status == 2
    assert re.match(r"Usage: .* correct \[OPTIONS\] COMMAND", messages)
    assert "Показать эту справку." in messages


@pytest.mark.parametrize(
    ("arguments", "shown", "missing"),
    [
        (("registry", "load", "--help"), ("] ФАЙЛ\n", "--mapping ФАЙЛ", "--source ТЕКСТ"), ("FILE", "TEXT")),
        (("load", "--help"), ("ПУТИ...",), ("PATHS",)),
        (("reload", "--help"), ("[ДОКУМЕНТЫ]...",), ("DOCUMENTS",)),
        (("correct", "add", "--help"), ("] ДОКУМЕНТ {", "[ЗНАЧЕНИЕ]"), ("DOCUMENT", "FIELD", "VALUE")),
        (("correct", "undo", "--help"), (" ИМЯ\n", "исправление ИМЯ"), ("NAME",)),
        (("serve", "--help"), ("--port ЧИСЛО",), ("INTEGER",)),
        (("--lang", "en", "registry", "load", "--help"), ("] FILE\n", "--mapping FILE", "Load FILE as"), ("ФАЙЛ",)),
    ],
)
def test_what_stands_for_a_value_is_of_the_language_of_the_help(
    cli: Cli, arguments: tuple[str, ...], shown: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    status, out, _ = cli(*arguments)
    assert status == 0
    assert not [words for words in shown if words not in out]
    assert not [words for words in missing if words in out]


def test_truth_values_of_settings_are_shown_as_they_are_set(cli: Cli) -> None:
    _, out, _ = cli("settings")
    assert re.search(r"VEKHA_SHOW_PERSONS +│ true ", out)


def test_without_data_one_sentence_says_what_to_do(cli: Cli, tmp_path: Path) -> None:
    status, _, messages = cli("--data", tmp_path / "none", "ask", "who-is-responsible")
    assert status == 1
    assert "сначала загрузите документы" in messages


def test_a_wrong_setting_is_one_sentence(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEKHA_PORT", "many")
    status, _, messages = cli("settings")
    assert status == 2
    assert "port" in messages
    assert messages.count("\n") == 1


def test_a_query_from_a_file_and_its_error(cli: Cli, data: tuple[str, Path], tmp_path: Path) -> None:
    file = tmp_path / "count.rq"
    file.write_text("SELECT (COUNT(*) AS ?n) { ?activity a vekha:Activity }")
    assert cli(*data, "query", file, "--format", "csv")[1].split() == ["n", "149"]
    assert "149" in cli(*data, "query", file)[1]
    status, out, messages = cli(*data, "query", file, "--format", "turtle")
    assert (status, out) == (2, "")
    file.write_text("SELECT ?n\n{ ?n }")
    status, out, messages = cli(*data, "query", file)
    assert (status, out) == (1, "")
    assert "Строка 2" in messages
    file.write_text('SELECT (COUNT(*) AS ?n) { ?activity vekha:search "наставничество" ; a vekha:Activity }')
    assert cli(*data, "query", file, "--format", "csv")[1].split() == ["n", "33"]


def test_export_writes_every_current_triple(cli: Cli, data: tuple[str, Path], tmp_path: Path) -> None:
    file = tmp_path / "all.ttl"
    assert cli(*data, "export", "-o", file)[0] == 0
    assert "vekha:Activity" in file.read_text(encoding="utf-8")
    status, quads, _ = cli(*data, "export", "--format", "nquads")
    assert status == 0
    assert "/graph/tomsk-obl-nastav_fb25edb59da0>" in quads


def test_load_reports_and_is_idempotent(cli: Cli, tmp_path: Path) -> None:
    data = ("--data", tmp_path / "data")
    document = example_documents()[0]
    status, out, messages = cli(*data, "load", document)
    assert (status, messages) == (0, "")
    assert out.startswith("000_b14429cc66832627.txt: загружен, 18 мероприятий")
    status, out, _ = cli(*data, "load", document)
    assert status == 0
    assert "не изменился" in out


def test_load_tells_what_a_new_edition_changed(cli: Cli, tmp_path: Path) -> None:
    data = ("--data", tmp_path / "data")
    text = example_documents()[1].read_text(encoding="utf-8")
    document = tmp_path / "plan.txt"
    said = []
    for old, new in (("", ""), ("20.\tНаличие программ\tМай 2020", "20.\tНаличие программ\tИюнь 2020"), ("1 %", "2 %")):
        text = text.replace(old, new, 1)
        document.write_text(text, encoding="utf-8")
        said.append(cli(*data, "load", document)[1])
    assert "новая редакция" not in said[0]
    assert "± новая редакция: срок перенесён (1)" in said[1]
    assert "± новая редакция: строки те же" in said[2]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff\xfe" * 100, "просто слова\n".encode()])
def test_a_file_that_is_no_roadmap_changes_nothing(cli: Cli, tmp_path: Path, content: bytes) -> None:
    data = ("--data", tmp_path / "data")
    bad = tmp_path / "bad.txt"
    bad.write_bytes(content)
    status, out, messages = cli("extract", bad)
    assert (status, out) == (2, "")
    assert messages.count("\n") == 1
    assert "bad.txt" in messages
    assert cli(*data, "load", example_documents()[0])[0] == 0
    before = cli(*data, "export", "--format", "nquads")[1]
    status, out, _ = cli(*data, "load", bad)
    assert status == 1
    assert "bad.txt: не загружен" in out
    assert cli(*data, "export", "--format", "nquads")[1] == before


def test_extract_prints_json_only(cli: Cli) -> None:
    status, out, messages = cli("extract", example_documents()[1])
    assert (status, messages) == (0, "")
    assert len(json.loads(out)["rows"]) == 18


def test_an_error_of_ours_is_one_sentence_and_a_file(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_values: object) -> None:
        raise ZeroDivisionError("inner detail")

    monkeypatch.setattr("api.commands.operating.extract_in_process", broken)
    status, out, messages = cli("extract", example_documents()[0])
    assert (status, out) == (1, "")
    assert "inner detail" not in messages
    found = re.search(r"\S+\.log", messages)
    assert found
    log = Path(found[0])
    assert "inner detail" in log.read_text(encoding="utf-8")
    log.unlink()


def test_texts_do_not_steer_the_terminal(cli: Cli, tmp_path: Path) -> None:
    document = tmp_path / "hostile.txt"
    document.write_text(HOSTILE_TEXT.replace("Департамент", "Депар\x1b[2Jтамент"), encoding="utf-8")
    data = ("--data", tmp_path / "data")
    cli(*data, "load", document)
    for arguments in (("load", document), ("ask", "who-is-responsible"), ("ask", "rows-per-actor")):
        _, out, messages = cli(*data, *arguments)
        assert "\x1b" not in out + messages
    assert printable("a\x1b[31mb\n\tc\x9b") == "a\N{REPLACEMENT CHARACTER}[31mb\n\tc\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "ru"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "C.UTF-8"}, "ru"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ru_RU.UTF-8"}, "ru"),
    ],
)
def test_messages_follow_the_system_else_russian(environment: dict[str, str], language: str) -> None:
    assert system_language(environment) == language


@contextmanager
def started(*arguments: str | Path) -> Iterator[str]:
    """The address of a server started as its own process, ended by its process id."""
    command = [str(Path(sys.executable).with_name("vekha")), *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment | {"PYTHONUNBUFFERED": "1"}
    ) as process:
        guard = threading.Timer(600, process.kill)
        guard.start()
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            if not found:
                process.kill()
                pytest.fail(process.stderr.read())
            yield found[0]
            process.terminate()
            assert process.wait(timeout=120) == 0, process.stderr.read()
            assert process.stderr.read() == ""
        finally:
            guard.cancel()
            process.kill()


def test_while_a_server_runs_loads_go_to_it_and_questions_are_answered(cli: Cli, tmp_path: Path) -> None:
    data = ("--data", tmp_path / "data")
    with started(*data, "serve", "--port", "0") as address:
        assert "0 строк" in cli(*data, "ask", "who-is-responsible")[2]
        status, out, messages = cli(*data, "load", example_documents()[1])
        assert (status, messages.strip()) == (0, "")
        assert "загружен, 18 мероприятий" in out
        assert len(cli(*data, "ask", "who-is-responsible", "--format", "csv")[1].splitlines()) == 19
        assert cli(*data, "export")[0] == 0
        status, _, messages = cli(*data, "serve", "--port", "0")
        assert status == 1
        assert address in messages
    assert not (tmp_path / "data" / "server.json").exists()
    assert cli(*data, "load", example_documents()[1])[0] == 0
