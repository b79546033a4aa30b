from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from lxml import html

from api.commands.cli import run
from api.commands.examples import example_documents
from api.commands.reviewing import PAGE_FILE, TABLE_FILE
from tests.api.conftest import HOSTILE_TEXT

HEAD = "№ п/п\tМероприятие\tСроки\tОтветственный\tРезультат"
CLEAR = f"Дорожная карта школы на 2022 год\n\n{HEAD}\n1.\tПровести семинар\tмай 2022 г.\tИванов И.И.\tОтчет"


def review(out: Path, *arguments: str | Path) -> tuple[int, html.HtmlElement, list[dict[str, str]]]:
    """Exit status, page and lines of the table of one run."""
    status = run([*map(str, arguments), "--out", str(out)])
    page = html.fromstring((out / PAGE_FILE).read_bytes())
    table = (out / TABLE_FILE).read_text(encoding="utf-8-sig")
    return status, page, list(csv.DictReader(io.StringIO(table, newline="")))


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, html.HtmlElement, list[dict[str, str]]]:
    return review(tmp_path_factory.mktemp("review"), "--lang", "ru", "review", *example_documents())


def texts(page: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in page.findall(path)]


def document(folder: Path, text: str, name: str = "план.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_examples_are_reviewed(examples: tuple[int, html.HtmlElement, list[dict[str, str]]]) -> None:
    status, page, lines = examples
    assert status == 0
    assert texts(page, ".//h1") == ["Что проверить в прочитанном"]
    assert len(page.findall(".//section")) == 5
    assert "227" in texts(page, ".//ul[@class='figures']/li")[1]
    found = {(line["код"], line["ячейка документа"], line["где"]) for line in lines}
    assert ("year-missing", "декабрь", "строка 236, столбец 3") in found
    assert ("misprint", "До 01 06.2021", "строка 26, столбец 4") in found
    spelt = next(line for line in lines if line["код"] == "person-spelt-twice")
    assert spelt["отмеченная часть"] == "Полунина Н.А."
    assert spelt["прочитано"] == "Полунина Н.А. / Полунина Н.Л."


def test_a_doubt_shows_cell_reading_reason_and_place(
    examples: tuple[int, html.HtmlElement, list[dict[str, str]]],
) -> None:
    item = next(
        item for item in examples[1].iter("li") if item.findtext("div[@class='source']") == "До 01 06.2021"
    ).text_content()
    words = " ".join(item.split())
    assert "В сроке опечатка; взято единственное прочтение" in words
    assert "прочитано как не позднее: по 01.06.2021" in words
    assert "срок · строка 26, столбец 4" in words


def test_the_least_certain_come_first(examples: tuple[int, html.HtmlElement, list[dict[str, str]]]) -> None:
    for file in {line["файл"] for line in examples[2]}:
        figures = [float(line["уверенность"]) for line in examples[2] if line["файл"] == file and line["уверенность"]]
        assert figures == sorted(figures)


def test_the_page_needs_nothing_but_itself(examples: tuple[int, html.HtmlElement, list[dict[str, str]]]) -> None:
    page = examples[1]
    assert page.findall(".//script") == []
    assert page.findall(".//link") == []
    assert page.findall(".//img") == []
    assert "url(" not in page.findtext(".//style", "")
    targets = [link.get("href", "") for link in page.iter("a")]
    assert all(target.startswith("#") for target in targets)
    anchors = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(anchors) == len(set(anchors))
    assert {target[1:] for target in targets} <= set(anchors)


def test_a_document_without_doubts_says_so(tmp_path: Path) -> None:
    status, page, lines = review(tmp_path, "--lang", "ru", "review", document(tmp_path, CLEAR))
    assert status == 0
    assert texts(page, ".//p[@class='clear']") == ["Сомнений нет.", "Сомнений нет."]
    assert lines == []


def test_it_speaks_english(tmp_path: Path) -> None:
    text = CLEAR.replace("май 2022 г.", "31.02.2022")
    _, page, lines = review(tmp_path, "--lang", "en", "review", document(tmp_path, text))
    assert page.get("lang") == "en"
    assert lines[0]["why"] == "The deadline has no possible reading; it is kept as printed, without dates"
    assert lines[0]["column"] == "deadline"


def test_texts_of_a_document_stay_texts(tmp_path: Path) -> None:
    hostile = HOSTILE_TEXT + "\n4.\tНаставничество\t<b>x</b>\t31.02.2022\t=1+1 <img src=x onerror=alert(1)>"
    status, page, lines = review(tmp_path, "review", document(tmp_path, hostile, "<b>план.txt"))
    assert status == 0
    assert page.findall(".//script") == page.findall(".//img") == page.findall(".//b[.='x']") == []
    assert any("<img src=x" in line["ячейка документа"] for line in lines)
    cells = [cell for line in lines for cell in line.values()]
    assert any(cell.startswith(("'=", "'+", "'@")) for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def test_a_file_that_cannot_be_read_is_told_and_the_rest_go_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 no archive")
    status, page, lines = review(tmp_path, "--lang", "ru", "review", broken, document(tmp_path, CLEAR))
    assert status == 2
    assert len(page.findall(".//section")) == 2
    assert len(page.find_class("error")) == 1
    assert [line["файл"] for line in lines] == ["broken.docx"]
    assert "broken.docx" in capfd.readouterr().err


def test_where_nothing_can_be_read_no_report_is_written_and_an_earlier_one_stays(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 no archive")
    asked = ["--lang", "ru", "review", str(broken), "--out", str(tmp_path / "out")]
    assert run(asked) == 2
    told = capfd.readouterr()
    assert "broken.docx" in told.err
    assert "Ничего не прочитано, поэтому отчёта нет." in told.err
    assert told.out == ""
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / PAGE_FILE).write_text("earlier", encoding="utf-8")
    assert run(asked) == 2
    assert (tmp_path / "out" / PAGE_FILE).read_text(encoding="utf-8") == "earlier"
    assert not (tmp_path / "out" / TABLE_FILE).exists()


def test_without_paths_the_loaded_documents_are_reviewed(examples_folder: Path, tmp_path: Path) -> None:
    status, page, lines = review(tmp_path, "--lang", "ru", "--data", examples_folder, "review")
    assert status == 0
    assert len(page.findall(".//section")) == 5
    assert {line["файл"] for line in lines} <= {path.name for path in example_documents()}


def test_an_empty_folder_is_an_error_in_words(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["--lang", "ru", "review", str(tmp_path / "empty"), "--out", str(tmp_path)]) == 2
    assert "нет ни одного документа" in capfd.readouterr().err
    assert not (tmp_path / PAGE_FILE).exists()


def test_names_of_persons_are_withheld_where_the_setting_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEKHA_SHOW_PERSONS", "false")
    text = CLEAR.replace("май 2022 г.", "31.02.2022") + "\n2.\tПровести форум\tмай 2022 г.\tИванов И.И., Омега\tОтчет"
    review(tmp_path, "review", document(tmp_path, text))
    written = (tmp_path / PAGE_FILE).read_text("utf-8") + (tmp_path / TABLE_FILE).read_text("utf-8")
    assert "Омега" in written
    assert not re.search(r"Иванов\b", written)
