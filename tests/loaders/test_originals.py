from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.inference import infer
from graph.store import Store
from loaders.correction_record import CorrectionRecord, new_correction
from loaders.corrections import Correction
from loaders.loaded_versions import loaded_versions
from loaders.originals import reload_documents
from loaders.pipeline import load_paths
from loaders.profile import profile_path
from loaders.report import LoadReport
from ontology.iris import Iris
from ontology.reference import Reference
from ontology.vocabulary import RDF, VEKHA

IRIS = Iris()
ROADMAP = "tomsk-obl-nastav"
ADVICE = IRIS.activity(ROADMAP, "1_9")
PLACE = "строка 19, столбец 6"


class Loaded:
    """Two examples in a store; their folder is gone."""

    def __init__(self, store: Store, folder: Path, reference: Reference) -> None:
        self.store = store
        self.reference = reference
        report = load_paths([folder], store=store, iris=IRIS, reference=reference)
        assert report.complete
        shutil.rmtree(folder)

    def reload(self, *roadmaps: str) -> LoadReport:
        return reload_documents(roadmaps or None, store=self.store, iris=IRIS, reference=self.reference)

    def correct(self) -> str:
        asked = Correction(
            ROADMAP, "actor", "Мария", "2026-01-12T09:00:00Z", value="ДОО ТО", instead="ТОИПКРО", cell=PLACE
        )
        record = CorrectionRecord.of_store(self.store, IRIS)
        made = new_correction(asked, self.store.snapshot(), iris=IRIS, reference=self.reference)
        record.add(made)
        record.write(self.store, show_persons=True)
        return made.key

    def undo(self, key: str) -> None:
        record = CorrectionRecord.of_store(self.store, IRIS)
        record.undo(ROADMAP, key, author="Пётр", at="2026-01-13T10:00:00Z")
        record.write(self.store, show_persons=True)

    def actors(self) -> set[str]:
        return {
            str(triple.object)
            for triple in self.store.snapshot().triples(None)
            if triple.subject == ADVICE and triple.predicate == VEKHA.actor
        }

    def activities(self) -> set[str]:
        """Their IRIs."""
        return {
            str(triple.subject)
            for triple in self.store.snapshot().triples(None)
            if triple.predicate == RDF.type and triple.object == VEKHA.Activity
        }

    def kept(self, name: str) -> Path:
        """The kept file, or the kept profile, of the document."""
        (version,) = [one for one in loaded_versions(self.store.snapshot()) if one.roadmap == IRIS.roadmap(ROADMAP)]
        digest = version.sha256 if name == "file" else version.profile
        path = self.store.folder.original(digest or "")
        assert path is not None
        return path


@pytest.fixture
def folder(tmp_path: Path, examples: Path) -> Path:
    copy = tmp_path / "documents"
    copy.mkdir()
    for path in (*examples.glob("001_*"), *examples.glob("002_*")):
        shutil.copy(path, copy)
    return copy


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        yield store


@pytest.fixture
def loaded(store: Store, folder: Path, reference: Reference) -> Loaded:
    return Loaded(store, folder, reference)


def test_a_correction_and_its_undoing_take_effect_without_the_file(loaded: Loaded) -> None:
    before, activities = loaded.actors(), loaded.activities()
    key = loaded.correct()

    report = loaded.reload(ROADMAP)

    assert [document.status for document in report.documents] == ["loaded"]
    assert report.documents[0].file.startswith("001_")
    assert report.documents[0].roadmap == IRIS.roadmap(ROADMAP).value
    assert report.version == loaded.store.version
    assert loaded.actors() != before
    assert len(loaded.actors()) == 1
    assert loaded.activities() == activities

    loaded.undo(key)
    assert [document.status for document in loaded.reload(ROADMAP).documents] == ["loaded"]
    assert loaded.actors() == before


def test_what_would_be_read_the_same_is_left_as_it_is(loaded: Loaded) -> None:
    version = loaded.store.version
    report = loaded.reload()
    assert [document.status for document in report.documents] == ["unchanged", "unchanged"]
    assert loaded.store.version == version


def test_documents_that_are_not_named_stay(loaded: Loaded) -> None:
    loaded.correct()
    assert [document.file[:3] for document in loaded.reload("tambov-obl-nms").documents] == ["002"]
    assert loaded.reload("no-such-roadmap").documents == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("file", None, "does not keep this file"),
        ("profile", None, "does not keep its profile"),
        ("file", b"1\tother", "is damaged"),
        ("profile", b"roadmap: other", "is damaged"),
    ],
)
def test_without_the_kept_file_a_document_stays_and_the_report_says_so(
    loaded: Loaded, name: str, content: bytes | None, said: str
) -> None:
    before = loaded.actors()
    loaded.correct()
    kept = loaded.kept(name)
    kept.unlink()
    if content is not None:
        kept.write_bytes(content)

    report = loaded.reload()

    (failed,) = report.of("failed")
    assert failed.roadmap == IRIS.roadmap(ROADMAP).value
    assert said in str(failed.errors[0].message)
    assert not report.complete
    assert loaded.actors() == before


def test_loading_the_file_again_mends_its_copy(store: Store, folder: Path, reference: Reference) -> None:
    file = next(folder.glob("001_*.txt"))
    content, profile = file.read_bytes(), profile_path(file).read_bytes()
    loaded = Loaded(store, folder, reference)
    loaded.kept("file").write_bytes(b"other")
    loaded.correct()
    folder.mkdir()
    file.write_bytes(content)
    profile_path(file).write_bytes(profile)

    assert load_paths([file], store=store, iris=IRIS, reference=reference).complete

    assert loaded.kept("file").read_bytes() == content


def test_nothing_is_kept_where_nothing_shall_be(store: Store, folder: Path, reference: Reference) -> None:
    report = load_paths([folder], store=store, iris=IRIS, reference=reference, keep_documents=False)
    assert report.complete
    assert not store.folder.documents.exists()
    again = reload_documents(None, store=store, iris=IRIS, reference=reference, keep_documents=False)
    assert [document.status for document in again.documents] == ["failed", "failed"]
