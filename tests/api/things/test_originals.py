from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import file_digest, sha256
from io import BufferedReader
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.commands.examples import example_documents
from api.settings import read_settings
from api.things.originals import CheckedFiles
from tests.api.conftest import HOSTILE_TEXT, load_into, serving

HTML = {"Accept": "text/html"}
NAME = "План «Наставничество».html"
PAGE = "<html><body><script>alert(1)</script><table>{}</table></body></html>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a web page that would run a script, under a Cyrillic name."""
    home = tmp_path_factory.mktemp("originals")
    rows = [line.split("\t") for line in HOSTILE_TEXT.splitlines() if "\t" in line]
    document = home / NAME
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    document.write_text(PAGE.format(body), encoding="utf-8")
    return load_into(home / "data", [document])


@pytest.fixture(scope="module")
def pages(folder: Path) -> Iterator[TestClient]:
    with serving(read_settings(data=folder)) as client:
        yield client


def slug_in(client: TestClient) -> str:
    return str(client.get("/roadmaps.json").json()["rows"][0]["iri"]).rsplit("/", 1)[-1]


def test_the_file_comes_back_byte_for_byte_under_its_name(client: TestClient) -> None:
    source = next(path for path in example_documents() if path.name.startswith("001"))
    page = client.get("/roadmaps/tomsk-obl-nastav", headers=HTML).text
    assert 'href="/roadmaps/tomsk-obl-nastav/original"' in page
    answer = client.get("/roadmaps/tomsk-obl-nastav/original")
    assert answer.status_code == 200
    assert answer.content == source.read_bytes()
    assert source.name in answer.headers["Content-Disposition"]
    assert client.get("/roadmaps/tomsk-obl-nastav/original?version=000000").status_code == 404
    assert client.get("/roadmaps/nothing/original").status_code == 404


def test_a_hostile_file_is_only_ever_saved(pages: TestClient) -> None:
    answer = pages.get(f"/roadmaps/{slug_in(pages)}/original", headers=HTML)
    assert b"<script>alert(1)" in answer.content
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert f"filename*=UTF-8''{quote(NAME, safe='')}" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_where_persons_are_withheld_the_file_is_refused_in_words(folder: Path) -> None:
    with serving(read_settings(data=folder, show_persons=False)) as client:
        address = f"/roadmaps/{slug_in(client)}"
        assert "/original" not in client.get(address, headers=HTML).text
        answer = client.get(f"{address}/original?lang=ru")
        assert answer.status_code == 403
        assert "имена здесь скрыты" in answer.json()["detail"]


def test_a_file_is_read_and_compared_once_for_as_long_as_it_is_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def listen(file: BufferedReader, name: str) -> object:
        compared.append(file.name)
        return file_digest(file, name)

    monkeypatch.setattr("api.things.originals.file_digest", listen)
    with serving(read_settings(data=folder)) as client:
        address = f"/roadmaps/{slug_in(client)}/original"
        content = client.get(address).content
        assert client.get(address, headers={"Range": "bytes=0-99"}).content == content[:100]
        assert client.get(address).content == content
        assert len(compared) == 1
        kept = Path(compared[0])
        state = kept.stat()
        try:
            kept.write_bytes(b"?" * len(content))
            os.utime(kept, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))
            assert client.get(address).status_code == 500
        finally:
            kept.write_bytes(content)
            os.utime(kept, ns=(state.st_atime_ns, state.st_mtime_ns + 2_000_000_000))
        assert client.get(address).content == content
        assert len(compared) == 3


def test_a_file_is_compared_again_after_a_while() -> None:
    now = [0.0]
    files = CheckedFiles(timer=lambda: now[0])
    key = (Path("kept"), 1, 2, 3, 4, 5)
    assert [files.get(key, lambda: "first"), files.get(key, lambda: "second")] == ["first", "first"]
    now[0] = 601.0
    assert files.get(key, lambda: "second") == "second"


def test_a_file_that_is_not_kept_or_was_damaged_is_told_so(folder: Path, pages: TestClient) -> None:
    address = f"/roadmaps/{slug_in(pages)}"
    kept = folder / "documents" / sha256(pages.get(f"{address}/original").content).hexdigest()
    content = kept.read_bytes()
    try:
        kept.write_bytes(b"another")
        assert pages.get(f"{address}/original").status_code == 500
        kept.unlink()
        assert pages.get(f"{address}/original").status_code == 404
        assert "/original" not in pages.get(address, headers=HTML).text
    finally:
        kept.write_bytes(content)
