from __future__ import annotations

from pathlib import Path

import pytest

from loaders.cells import Table, UnreadableDocumentError
from loaders.reading import read_document

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
    with pytest.raises(UnreadableDocumentError, match=r"нет\.txt: cannot be opened"):
        read_document(tmp_path / "нет.txt")


def test_the_version_is_named_by_its_bytes(examples: Path) -> None:
    (source,) = examples.glob("000_*.txt")

    document = read_document(source)

    assert document.file == source.name
    assert document.format == "txt"
    assert len(document.sha256) == 64
