from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode

from graph.backup import DATA, MANIFEST, back_up, restore
from graph.errors import ArchiveError, DataFolderError, GraphError, NothingLoadedError
from graph.folder import DataFolder
from graph.inference import infer
from graph.similarity import relate_activities
from graph.store import Store
from loaders.pipeline import load_paths
from ontology.iris import Iris
from tests.graph.keep_folders import fill_plain, fill_roadmaps
from tests.graph.quads import assert_default_graph_is_the_merge, document, graphs_of, involves

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    fill_roadmaps(tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def archive(folder: DataFolder, tmp_path: Path) -> Path:
    back_up(folder, tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def test_a_restored_folder_holds_what_was_backed_up_and_goes_on(
    folder: DataFolder, archive: Path, tmp_path: Path
) -> None:
    restored = restore(archive, DataFolder(tmp_path / "restored"))
    assert restored.manifest.version == 2
    with (
        Store.open(folder.path, rules=[involves]) as old,
        Store.open(tmp_path / "restored", rules=[involves]) as new,
    ):
        assert graphs_of(new.snapshot()) == graphs_of(old.snapshot())
        assert new.version == old.version
        assert {path.name for path in new.folder.documents.iterdir()} == {
            path.name for path in old.folder.documents.iterdir()
        }
        assert new.commit_document(document("tomsk", "v3")) == 3
        assert_default_graph_is_the_merge(new.snapshot())
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_backup_is_taken_while_a_writer_goes_on(folder: DataFolder, tmp_path: Path) -> None:
    with Store.open(folder.path, rules=[involves], keep=1) as store:
        store.commit_document(document("khorol", "v1"))
        manifest = back_up(DataFolder(folder.path), tmp_path / "live.zip")
        store.commit_document(document("khorol", "v2"))
    assert (manifest.version, restore(tmp_path / "live.zip", DataFolder(tmp_path / "x")).manifest) == (3, manifest)


def test_a_plain_dataset_comes_back_with_its_empty_graphs(tmp_path: Path) -> None:
    fill_plain(tmp_path / "plain")
    back_up(DataFolder(tmp_path / "plain"), tmp_path / "plain.zip")
    restore(tmp_path / "plain.zip", DataFolder(tmp_path / "again"))
    with Store.open(tmp_path / "again", rules=[], dataset="plain") as store:
        assert store.snapshot().graphs() == [NamedNode("urn:empty"), NamedNode("urn:g")]
        assert (store.version, len(list(store.snapshot().triples()))) == (1, 1)


def test_what_could_not_be_restored_is_not_backed_up(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.backup.LONGEST_LINE", 100)
    with pytest.raises(ArchiveError, match="could not be restored"):
        back_up(folder, tmp_path / "backup.zip")
    assert not (tmp_path / "backup.zip").exists()


def test_the_five_roadmaps_come_back_and_keep_the_shapes(tmp_path: Path, examples: Path) -> None:
    with Store.open(tmp_path / "data", rules=[infer, relate_activities]) as store:
        documents = sorted(examples.glob("00[13]*.txt"))
        assert load_paths(documents, store=store, iris=Iris()).complete
        expected = graphs_of(store.snapshot())
    back_up(DataFolder(tmp_path / "data"), tmp_path / "b.zip")
    restored = restore(tmp_path / "b.zip", DataFolder(tmp_path / "new"))
    assert restored.findings == ()
    with Store.open(tmp_path / "new", rules=[infer, relate_activities]) as store:
        assert graphs_of(store.snapshot()) == expected
        assert load_paths(documents, store=store, iris=Iris()).documents[0].status == "unchanged"


def test_what_breaks_the_shapes_is_told(tmp_path: Path, examples: Path) -> None:
    with Store.open(tmp_path / "data", rules=[]) as store:
        [path] = examples.glob("003*.txt")
        load_paths([path], store=store, iris=Iris())
    back_up(DataFolder(tmp_path / "data"), tmp_path / "b.zip")
    changed = rewritten(
        tmp_path / "b.zip", tmp_path / "c.zip", data=lambda data: data.replace(b"ns#rawText>", b"ns#label>")
    )
    findings = restore(changed, DataFolder(tmp_path / "new")).findings
    assert findings
    assert {finding.severity.value for finding in findings} == {"Violation"}


def misspell(data: bytes) -> bytes:
    return data.replace(b"ns#rawText>", b"ns#label>")


def rewritten(
    source: Path,
    target: Path,
    *,
    data: Callable[[bytes], bytes] = lambda data: data,
    manifest: Callable[[dict[str, Any]], Any] = lambda manifest: manifest,
    honest: bool = True,
    more: dict[str, bytes] | None = None,
) -> Path:
    """The archive with other data; `honest`: its manifest says so."""
    import hashlib  # noqa: PLC0415

    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        said = json.loads(old.read(MANIFEST))
        for name in said["files"]:
            content = data(old.read(name)) if name == DATA else old.read(name)
            if honest:
                said["files"][name] = [len(content), hashlib.sha256(content).hexdigest()]
            new.writestr(name, content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
        new.writestr(MANIFEST, json.dumps(manifest(said)))
    return target


def with_file(name: str, content: bytes) -> Callable[[dict[str, Any]], Any]:
    import hashlib  # noqa: PLC0415

    def add(said: dict[str, Any]) -> dict[str, Any]:
        said["files"][name] = [len(content), hashlib.sha256(content).hexdigest()]
        return said

    return add


HOSTILE: dict[str, dict[str, Any]] = {
    "other data": {"data": lambda data: data.replace(b"tomsk", b"tomks", 1), "honest": False},
    "less data": {"data": lambda data: data[: data.index(b"\n") + 1]},
    "no RDF": {"data": lambda _: b"<urn:a> <urn:b> ."},
    "a path upwards": {"more": {"../evil": b"x"}, "manifest": with_file("../evil", b"x")},
    "an absolute path": {"more": {"/tmp/evil": b"x"}, "manifest": with_file("/tmp/evil", b"x")},
    "a file unsaid": {"more": {"documents/" + "0" * 64: b"x"}},
    "a wrong hash": {"more": {"documents/" + "0" * 64: b"x"}, "manifest": with_file("documents/" + "0" * 64, b"x")},
    "another kind": {"manifest": lambda said: said | {"backup": 2}},
    "no object": {"manifest": lambda _: [1]},
    "no number": {"manifest": lambda said: said | {"quads": "many"}},
    "a negative number": {"manifest": lambda said: said | {"version": -1}},
    "another version": {"manifest": lambda said: said | {"version": 7}},
    "another base": {"manifest": lambda said: said | {"base": "nonsense"}},
    "no dataset": {"manifest": lambda said: said | {"dataset": "other"}},
    "another format": {"manifest": lambda said: said | {"format": 99}},
    "no files": {"manifest": lambda said: said | {"files": []}},
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_damaged_or_foreign_archive_restores_nothing(archive: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    changed = rewritten(archive, tmp_path / "changed.zip", **change)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ArchiveError, match=r"changed\.zip"):
        restore(changed, DataFolder(tmp_path / "new"))
    assert sorted(tmp_path.iterdir()) == before


def test_a_bomb_is_refused_before_it_is_unpacked(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = rewritten(archive, tmp_path / "bomb.zip", data=lambda _: b"\n" * 50_000_000)
    assert bomb.stat().st_size < 100_000
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("usage", (), {"free": 100_000_000}))
    with pytest.raises(ArchiveError, match="would need 143 MB, more than the disk has free"):
        restore(bomb, DataFolder(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_any_damage_is_one_clear_error(archive: Path, tmp_path: Path) -> None:
    content = archive.read_bytes()
    source = random.Random(3)
    for number in range(60):
        damaged = bytearray(content)
        if number % 3 == 0:
            del damaged[source.randrange(len(damaged)) :]
        else:
            for _ in range(source.randrange(1, 6)):
                damaged[source.randrange(len(damaged))] = source.randrange(256)
        path = tmp_path / f"damaged{number}.zip"
        path.write_bytes(damaged)
        target = DataFolder(tmp_path / f"new{number}")
        try:
            restore(path, target)
        except ArchiveError:
            assert not target.path.exists()
        else:
            with Store.open(target.path, rules=[involves]) as store:  # The damage hit what nobody reads.
                assert store.version == 2


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip" * 1000])
def test_a_foreign_file_is_no_backup(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(content)
    with pytest.raises(ArchiveError, match=r"letter\.docx is no backup of Vekha, or it was damaged"):
        restore(tmp_path / "letter.docx", DataFolder(tmp_path / "new"))


def test_nothing_is_restored_over_anything(archive: Path, folder: DataFolder) -> None:
    with pytest.raises(DataFolderError, match="is not empty; restore into a new or an empty folder"):
        restore(archive, folder)


def test_a_backup_replaces_no_file(folder: DataFolder, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="exists already"):
        back_up(folder, archive)
    with pytest.raises(ArchiveError, match="cannot be written"):
        back_up(folder, tmp_path / "missing" / "b.zip")
    with pytest.raises(GraphError):
        back_up(DataFolder(tmp_path / "nothing"), tmp_path / "b.zip")
    with pytest.raises((NothingLoadedError, DataFolderError)):
        back_up(DataFolder(tmp_path), tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()
