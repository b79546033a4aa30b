from __future__ import annotations

import base64
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from loaders.cells import Table, UnreadableDocumentError
from loaders.reading import read_document
from tests.patience import wait_until, wait_until_gone

ENCODINGS = ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "utf-16", "utf-16-le", "utf-16-be"]


def texts(path: Path) -> list[str]:
    return [
        text
        for block in read_document(path).blocks
        for text in ([cell.text for cell in block.cells] if isinstance(block, Table) else [block.text])
    ]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("stem", ["000", "001", "002", "003", "004"])
def test_every_character_set_gives_the_same_texts(examples: Path, tmp_path: Path, stem: str, encoding: str) -> None:
    (source,) = examples.glob(f"{stem}_*.txt")
    # What a character set cannot write (quotes, dashes, footnote marks) is a question mark.
    text = source.read_text(encoding="utf-8").encode(encoding, "replace").decode(encoding)
    plain, encoded = tmp_path / "plain.txt", tmp_path / "encoded.txt"
    plain.write_text(text, encoding="utf-8")
    encoded.write_bytes(text.encode(encoding))

    assert texts(encoded) == texts(plain)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_a_short_text_is_enough_to_know_its_character_set(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "short.txt"
    path.write_bytes("Дорожная карта\n\nN\tМероприятие\tСрок\n1\tПровести семинар\tмай 2021\n".encode(encoding))

    assert texts(path)[0] == "Дорожная карта"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (bytes(range(256)) * 8, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "picture"),
    ],
)
def test_what_is_no_document_is_refused_in_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "план.txt"
    path.write_bytes(content)

    with pytest.raises(UnreadableDocumentError, match=said) as refused:
        read_document(path)

    assert str(refused.value).startswith("план.txt: ")
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocumentError, match=r"нет\.txt: is not there"):
        read_document(tmp_path / "нет.txt")


def test_the_version_is_named_by_its_bytes(examples: Path) -> None:
    (source,) = examples.glob("000_*.txt")

    document = read_document(source)

    assert document.file == source.name
    assert document.format == "txt"
    assert len(document.sha256) == 64


# A file by its content, whatever its name says


def test_a_word_document_named_txt_is_read_as_one(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("План мероприятий")
    path = tmp_path / "план.txt"
    document.save(str(path))

    found = read_document(path)

    assert found.format == "docx"
    assert texts(path) == ["План мероприятий"]


def test_a_spreadsheet_named_doc_is_read_as_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["№", "Мероприятие", "Срок"])  # type: ignore[union-attr]
    path = tmp_path / "план.doc"
    book.save(path)

    assert read_document(path).format == "xlsx"
    assert texts(path) == ["№", "Мероприятие", "Срок"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_page_named_doc_is_read_as_a_page(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "план.doc"
    path.write_bytes("<html><body><table><tr><td>Срок<td>Провести семинар</table></body></html>".encode(encoding))

    assert read_document(path).format == "html"
    assert texts(path) == ["Срок", "Провести семинар"]


def test_the_page_of_a_web_archive_is_read(tmp_path: Path) -> None:
    page = "<html><body><p>Провести семинар</p></body></html>".encode()
    path = tmp_path / "план.mht"
    path.write_bytes(
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(page)
        + b"\r\n--x--\r\n"
    )

    assert texts(path) == ["Провести семинар"]


def test_an_old_word_document_says_what_is_missing_without_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "план.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(50))

    with pytest.raises(UnreadableDocumentError, match=r"LibreOffice, which is not installed; save it as \.docx"):
        read_document(path)


def test_a_converter_that_hangs_is_killed_with_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/child\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    child = tmp_path / "child"

    class Started(subprocess.Popen[bytes]):
        """Its time begins when it has started something."""

        def __init__(self, *command: Any, **options: Any) -> None:  # noqa: ANN401  (handed on)
            super().__init__(*command, **options)
            wait_until(lambda: child.exists() and child.read_text("ascii").strip())

    monkeypatch.setattr("loaders.reading.old_word.subprocess.Popen", Started)
    monkeypatch.setattr("loaders.reading.old_word._SECONDS", 0.2)
    path = tmp_path / "план.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(50))

    with pytest.raises(UnreadableDocumentError, match="cannot convert"):
        read_document(path)

    wait_until_gone([int(child.read_text("ascii"))])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        ("a.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "no Word document and no spreadsheet"),
        ("a.docx", b"PK\x03\x04" + bytes(40), "damaged or cut off"),
        ("a.djvu", b"AT&TFORM" + bytes(40), "DjVu"),
    ],
)
def test_what_holds_no_readable_document_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(UnreadableDocumentError, match=said):
        read_document(path)


def test_an_archive_of_documents_is_no_document(tmp_path: Path) -> None:
    path = tmp_path / "планы.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("план.txt", "Дорожная карта")

    with pytest.raises(UnreadableDocumentError, match="unpack it"):
        read_document(path)
