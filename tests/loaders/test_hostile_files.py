"""Each kind of hostile or broken file through `load_paths`, in one folder with ordinary documents."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph.inference import infer
from graph.store import Store
from loaders.pipeline import load_paths
from loaders.reading_process import ReadingLimits, ReadingPool
from loaders.report import DocumentReport, LoadReport
from ontology.iris import Iris
from ontology.reference import Reference
from tests.loaders.hostile_files import READ, REFUSED, ROWS, TEXT, TITLE, word
from tests.patience import wait_until_gone

HANGING = "hanging-converter.doc"
ORDINARY = ("а-первый.txt", "я-последний.txt")
IRIS = Iris()


@dataclass(frozen=True, slots=True)
class Loaded:
    report: LoadReport
    graphs: set[str]
    above: set[str]

    def of(self, name: str) -> DocumentReport:
        (found,) = [document for document in self.report.documents if document.file == name]
        return found


def loaded(folder: Path, data: Path, reference: Reference, limits: ReadingLimits) -> Loaded:
    with (
        Store.open(data, rules=[infer]) as store,
        ReadingPool(limits, reference=reference) as readers,
    ):
        report = load_paths([folder], store=store, iris=IRIS, reference=reference, readers=readers)
        graphs = {graph.value for graph in store.snapshot().graphs()}
    return Loaded(report, graphs, {path.name for path in folder.parent.iterdir()})


def as_bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "folder"
    folder.mkdir()
    for name, (content, _) in REFUSED.items():
        if name != HANGING:
            (folder / name).write_bytes(as_bytes(content()))
    for name, made in READ.items():
        (folder / name).write_bytes(as_bytes(made()))
    for name in ORDINARY:
        (folder / name).write_text(TEXT.replace("Омской", f"{name} Омской"), encoding="utf-8")
    os.mkfifo(folder / "pipe.txt")
    secret = folder.parent / "outside.txt"
    secret.write_text(TEXT, encoding="utf-8")
    (folder / "link-out.txt").symlink_to(secret)
    (folder / "link-in.txt").symlink_to(folder / ORDINARY[0])
    (folder / "link-to-a-folder").symlink_to(folder.parent, target_is_directory=True)
    (folder / "link-to-itself.txt").symlink_to(folder / "link-to-itself.txt")
    return folder


@pytest.fixture(scope="module")
def all_loaded(folder: Path, tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Loaded:
    limits = ReadingLimits(seconds=600, memory=1024**3)
    return loaded(folder, tmp_path_factory.mktemp("data"), reference, limits)


@pytest.mark.parametrize("name", [name for name in REFUSED if name != HANGING])
def test_is_refused_in_one_sentence(name: str, all_loaded: Loaded) -> None:
    document = all_loaded.of(name)

    assert document.status == "failed"
    (error,) = document.errors
    said = str(error.message)
    assert said.startswith(f"{name}: ")
    assert REFUSED[name][1] in said
    assert "\n" not in said
    assert len(said) < 500
    assert document.graph is None


@pytest.mark.parametrize("name", READ)
def test_is_read_without_harm(name: str, all_loaded: Loaded) -> None:
    document = all_loaded.of(name)

    assert (document.status, document.errors) == ("loaded", [])
    assert document.rows["activity"] in {2, 3}


def test_ordinary_documents_beside_them_are_loaded(all_loaded: Loaded) -> None:
    assert [all_loaded.of(name).status for name in ORDINARY] == ["loaded", "loaded"]


def test_nothing_is_half_loaded(all_loaded: Loaded) -> None:
    told = {document.graph for document in all_loaded.report.documents if document.status == "loaded"}

    assert {graph for graph in all_loaded.graphs if re.search("_[0-9a-f]{12}$", graph)} == told


def test_macros_are_told_and_not_run(all_loaded: Loaded) -> None:
    for name in ("macros.docm", "macros.xlsm"):
        assert "macros-not-run" in [warning.code for warning in all_loaded.of(name).warnings]


def test_private_use_signs_are_told_with_their_place(all_loaded: Loaded) -> None:
    (told,) = [note for note in all_loaded.of("some-private-use-signs.docx").warnings if note.code == "private-signs"]

    assert "таблица 1, строка 4, столбец 2" in f"{told.place} {told.text}"


def test_paths_inside_archives_write_nothing(all_loaded: Loaded) -> None:
    assert all_loaded.above == {"folder", "outside.txt"}
    assert not Path("/tmp/written-outside").exists()


def test_links_are_not_followed_and_those_outside_are_told(all_loaded: Loaded) -> None:
    files = {document.file for document in all_loaded.report.documents}
    outside = {Path(note.place or "").name for note in all_loaded.report.notes if note.code == "link-outside"}

    assert not {name for name in files if name.startswith("link") or name == "outside.txt"}
    assert outside == {"link-out.txt", "link-to-a-folder"}


def test_pipes_are_not_waited_for(folder: Path, tmp_path: Path, reference: Reference) -> None:
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        report = load_paths([folder / "pipe.txt"], store=store, iris=IRIS, reference=reference)

    assert "is no regular file" in str(report.documents[0].errors[0].message)


@pytest.fixture
def hanging_converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `soffice` that never ends, nor what it started; the file with the id of that."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/child\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path / "child"


def test_a_hanging_converter_is_ended_with_what_it_started(
    hanging_converter: Path, tmp_path: Path, reference: Reference
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / HANGING).write_bytes(as_bytes(REFUSED[HANGING][0]()))
    (folder / ORDINARY[1]).write_text(TEXT, encoding="utf-8")
    found = loaded(folder, tmp_path / "data", reference, ReadingLimits(seconds=20, processes=1))

    assert REFUSED[HANGING][1] in str(found.of(HANGING).errors[0].message)
    assert found.of(ORDINARY[1]).status == "loaded"
    wait_until_gone([int(hanging_converter.read_text(encoding="utf-8"))])


def test_a_document_that_needs_too_much_memory_is_ended(tmp_path: Path, reference: Reference) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "hungry.html").write_text(f"<html><table>{'<tr><td>1<td>а<td>б<td>в' * 300_000}", encoding="utf-8")
    (folder / ORDINARY[1]).write_text(TEXT, encoding="utf-8")
    found = loaded(folder, tmp_path / "data", reference, ReadingLimits(memory=512 * 1024**2, processes=1))

    assert str(found.of("hungry.html").errors[0].message) == (
        "hungry.html: reading needed more than 512 MB of memory and was stopped; split the document, or allow more "
        "(VEKHA_READING_MEMORY)."
    )
    assert found.of(ORDINARY[1]).status == "loaded"


def test_more_rows_than_a_roadmap_holds_are_refused(tmp_path: Path, reference: Reference) -> None:
    text = "\n".join(f"{number}\tПровести семинар {number}\tмай 2023 г.\tшколы" for number in range(1, 4_501))
    path = tmp_path / "endless.txt"
    path.write_text(f"{TITLE}\n\n{chr(9).join(ROWS[0])}\n{text}\n", encoding="utf-8")
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        report = load_paths([path], store=store, iris=IRIS, reference=reference)

    assert str(report.documents[0].errors[0].message) == (
        "endless.txt: 4500 rows of plans were found, more than a roadmap holds; split the document."
    )


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("a: &a [x, x]\nb: &b [*a, *a]\nrows: *b\n", "line 2: is no valid YAML"),
        ("x: &x {a: 1}\ny: {<<: [*x, *x]}\n", "line 2: is no valid YAML"),
        ("[" * 5000, "is no valid YAML"),
        ("!!python/object/apply:os.mkdir [x]\n", "line 1: is no valid YAML"),
        ("# " + "x" * 300_000, "larger than any profile (256 KB)"),
    ],
    ids=["references", "merged-references", "deep", "code", "huge"],
)
def test_a_hostile_profile_is_refused(profile: str, said: str, tmp_path: Path, reference: Reference) -> None:
    (tmp_path / "план.docx").write_bytes(word())
    (tmp_path / "план.profile.yaml").write_text(profile, encoding="utf-8")
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        report = load_paths([tmp_path / "план.docx"], store=store, iris=IRIS, reference=reference)

    assert said in str(report.documents[0].errors[0].message)
