from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from graph.inference import infer
from graph.store import Store
from loaders import pipeline, recipes
from loaders.editions import Edition
from loaders.extract import extract
from loaders.extraction import Extraction
from loaders.pipeline import Progress, Readers, load_paths
from loaders.quads import DocumentQuads, build_quads
from loaders.reading_process import Reading, ReadingPool, ReadingRequest
from loaders.report import LoadReport
from ontology.iris import Iris
from ontology.reference import Reference
from ontology.vocabulary import DCAT, RDFS, VEKHA

IRIS = Iris()
MENTORING = "001_86a2010b6c35da95"
TAMBOV = "002_9d26d566298daeb9"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Path:
    """A data folder that holds the ontology and the reference data, to be copied."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    with Store.open(folder, rules=[infer]) as store:
        load_paths([], store=store, iris=IRIS, reference=reference)
    return folder


@pytest.fixture
def store(tmp_path: Path, prepared: Path) -> Iterator[Store]:
    shutil.copytree(prepared, tmp_path / "data")
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path, examples: Path) -> Path:
    """A copy of two examples with their profiles."""
    copy = tmp_path / "documents"
    copy.mkdir()
    for stem in (MENTORING, TAMBOV):
        for path in examples.glob(f"{stem}*"):
            shutil.copy(path, copy)
    return copy


@pytest.fixture(scope="module")
def readers() -> Iterator[ReadingPool]:
    with ReadingPool() as pool:
        yield pool


@pytest.fixture
def load(store: Store, reference: Reference, readers: ReadingPool) -> LoadCall:
    return LoadCall(store, reference, readers)


class LoadCall:
    """`load_paths` into the store of the test."""

    def __init__(self, store: Store, reference: Reference, readers: Readers) -> None:
        self.store = store
        self.reference = reference
        self.readers = readers

    def __call__(
        self,
        *paths: Path,
        show_persons: bool = True,
        reference: Reference | None = None,
        readers: Readers | None = None,
    ) -> LoadReport:
        return load_paths(
            paths,
            store=self.store,
            iris=IRIS,
            reference=reference or self.reference,
            show_persons=show_persons,
            # Another reference needs readers that know it.
            readers=readers or (None if reference else self.readers),
        )


class InProcess:
    """Readers without processes, whose readings a test makes."""

    def __init__(self, extracted: Callable[[ReadingRequest], Extraction]) -> None:
        self._extracted = extracted

    def start(self) -> None:
        pass

    def read(self, requests: Iterable[ReadingRequest], *, in_order: bool) -> Iterator[Reading]:
        assert in_order
        for request in requests:
            yield Reading(request.path, self._extracted(request))


def statuses(report: LoadReport) -> list[str]:
    return [document.status for document in report.documents]


def everything(store: Store) -> str:
    snapshot = store.snapshot()
    return "\n".join(str(triple) for graph in (None, *snapshot.graphs()) for triple in snapshot.triples(graph))


def objects(store: Store, graph: NamedNode | None, subject: NamedNode, predicate: NamedNode) -> set[str]:
    return {
        triple.object.value
        for triple in store.snapshot().triples(graph)
        if triple.subject == subject
        and triple.predicate == predicate
        and isinstance(triple.object, NamedNode | Literal)
    }


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_folder_is_loaded_without_its_profiles(load: LoadCall, folder: Path, store: Store) -> None:
    (folder / ".hidden.txt").write_text("nothing", encoding="utf-8")
    report = load(folder)
    assert [(document.file, document.status) for document in report.documents] == [
        (f"{MENTORING}.txt", "loaded"),
        (f"{TAMBOV}.txt", "loaded"),
    ]
    assert report.complete
    assert report.version == store.version


def test_report_says_what_is_stored(load: LoadCall, folder: Path, store: Store) -> None:
    (document,) = load(folder / f"{MENTORING}.txt").documents
    assert document.rows == {"activity": 18}
    assert document.graph is not None
    assert len(list(store.snapshot().triples(NamedNode(document.graph)))) == document.triples
    assert set(document.seconds) == {"extract", "quads", "check", "commit"}


def test_second_load_changes_nothing(load: LoadCall, folder: Path, store: Store) -> None:
    version = load(folder).version
    again = load(folder)
    assert statuses(again) == ["unchanged", "unchanged"]
    assert again.version == version == store.version


def test_ontology_and_reference_data_are_loaded_once(tmp_path: Path, reference: Reference) -> None:
    with Store.open(tmp_path / "new", rules=[infer]) as store:
        versions = [load_paths([], store=store, iris=IRIS, reference=reference).version for _ in range(2)]
        assert versions == [1, 1]
        assert {IRIS.graph("ontology"), IRIS.graph("reference")} <= store.current_graphs()


def test_changed_reference_data_load_their_graph_and_the_documents_anew(
    load: LoadCall, folder: Path, reference: Reference
) -> None:
    load(folder)
    emptied = reference.without_documents()
    assert statuses(load(folder, reference=emptied)) == ["loaded", "loaded"]
    toipkro = IRIS.thing("body", "tomsk-obl_toipkro").value
    assert toipkro not in everything(load.store)


def test_changed_file_is_a_new_version_and_the_old_one_stays(load: LoadCall, folder: Path, store: Store) -> None:
    file = folder / f"{MENTORING}.txt"
    old = load(file).documents[0]
    change(file, "Наличие программ\t", "Наличие новых программ\t")
    new = load(file).documents[0]
    assert new.status == "loaded"
    assert new.roadmap == old.roadmap
    assert old.graph is not None
    assert new.graph is not None
    entry = IRIS.activity("tomsk-obl-nastav", "1_1")
    assert objects(store, None, entry, VEKHA.resultText) == {"Наличие новых программ"}
    assert objects(store, NamedNode(old.graph), entry, VEKHA.resultText) == {"Наличие программ"}


def test_catalogue_tells_the_history(load: LoadCall, folder: Path, store: Store) -> None:
    file = folder / f"{MENTORING}.txt"
    old = load(file).documents[0]
    change(file, "Наличие программ\t", "Наличие новых программ\t")
    new = load(file).documents[0]
    assert old.sha256 is not None
    assert new.sha256 is not None
    versions = [IRIS.version("tomsk-obl-nastav", digest) for digest in (old.sha256, new.sha256)]
    roadmap, catalogue = IRIS.roadmap("tomsk-obl-nastav"), IRIS.graph("catalog")
    assert objects(store, catalogue, versions[1], DCAT.previousVersion) == {versions[0].value}
    assert objects(store, catalogue, roadmap, DCAT.hasVersion) == {version.value for version in versions}
    assert objects(store, catalogue, roadmap, DCAT.hasCurrentVersion) == {versions[1].value}
    assert objects(store, None, roadmap, DCAT.hasCurrentVersion) == {versions[1].value}


def test_version_that_comes_back_is_current_again_without_a_circle(load: LoadCall, folder: Path, store: Store) -> None:
    file = folder / f"{MENTORING}.txt"
    first = file.read_bytes()
    old = load(file).documents[0]
    change(file, "Наличие программ\t", "Наличие новых программ\t")
    load(file)
    file.write_bytes(first)
    assert statuses(load(file)) == ["loaded"]
    assert old.sha256 is not None
    version = IRIS.version("tomsk-obl-nastav", old.sha256)
    assert objects(store, None, IRIS.roadmap("tomsk-obl-nastav"), DCAT.hasCurrentVersion) == {version.value}
    assert objects(store, IRIS.graph("catalog"), version, DCAT.previousVersion) == set()
    assert statuses(load(file)) == ["unchanged"]


def test_two_files_of_one_roadmap_are_two_versions_in_order(load: LoadCall, folder: Path, store: Store) -> None:
    second = folder / "z-later.txt"
    shutil.copy(folder / f"{MENTORING}.txt", second)
    shutil.copy(folder / f"{MENTORING}.profile.yaml", folder / "z-later.profile.yaml")
    change(second, "Наличие программ\t", "Наличие новых программ\t")
    report = load(folder / f"{MENTORING}.txt", second)
    assert statuses(report) == ["loaded", "loaded"]
    digests = [document.sha256 or "" for document in report.documents]
    before, after = (IRIS.version("tomsk-obl-nastav", digest) for digest in digests)
    assert objects(store, IRIS.graph("catalog"), after, DCAT.previousVersion) == {before.value}


def test_changed_profile_is_read_anew(load: LoadCall, folder: Path) -> None:
    load(folder)
    profile = folder / f"{TAMBOV}.profile.yaml"
    profile.write_text(profile.read_text(encoding="utf-8") + "\n# seen\n", encoding="utf-8")
    assert statuses(load(folder)) == ["unchanged", "loaded"]


def test_changed_loader_reads_anew(load: LoadCall, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    monkeypatch.setattr(recipes, "loader_fingerprint", lambda: "another")
    assert statuses(load(folder)) == ["loaded", "loaded"]


def test_original_file_is_kept(load: LoadCall, folder: Path, store: Store) -> None:
    file = folder / f"{MENTORING}.txt"
    (document,) = load(file).documents
    assert document.sha256 is not None
    kept = store.folder.original(document.sha256)
    assert kept is not None
    assert kept.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "empty"),
        ("prose.txt", "Просто текст без таблиц.\n".encode(), "table"),
        ("missing.txt", None, "is not there"),
        ("binary.docx", b"PK\x03\x04 broken", "binary.docx"),
    ],
)
def test_bad_document_gets_one_message_and_leaves_the_others(
    load: LoadCall, folder: Path, name: str, content: bytes | None, words: str
) -> None:
    bad = folder / name
    if content is not None:
        bad.write_bytes(content)
    report = load(bad, folder / f"{MENTORING}.txt")
    assert statuses(report) == ["failed", "loaded"]
    assert not report.complete
    (error,) = report.documents[0].errors
    assert words in str(error.message)
    assert name in str(error.message)
    assert len([graph for graph in load.store.current_graphs() if "_" in graph.value]) == 2


def test_broken_profile_is_told_and_nothing_is_stored(load: LoadCall, folder: Path, store: Store) -> None:
    (folder / f"{MENTORING}.profile.yaml").write_text("unknown-key: 1\n", encoding="utf-8")
    report = load(folder / f"{MENTORING}.txt")
    assert statuses(report) == ["failed"]
    assert "unknown-key" in str(report.documents[0].errors[0].message)
    assert not [graph for graph in store.current_graphs() if "nastav" in graph.value]


def test_violation_of_a_shape_keeps_the_document_out(
    load: LoadCall, folder: Path, store: Store, reference: Reference
) -> None:
    load(folder / f"{TAMBOV}.txt")
    before = everything(store)

    def broken(request: ReadingRequest) -> Extraction:
        extraction = extract(request.path, reference=reference, profile=request.profile)
        extraction.rows[2].activity = None
        extraction.rows[2].result = extraction.rows[2].indicator = extraction.rows[2].number = None
        return extraction

    report = load(folder / f"{MENTORING}.txt", readers=InProcess(broken))
    assert statuses(report) == ["failed"]
    assert report.documents[0].errors[0].place == f"{MENTORING}.txt, строка 10, столбец 2"
    assert everything(store) == before


def test_fault_of_ours_is_told_and_leaves_the_others(
    load: LoadCall, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(extraction: Extraction, *, iris: Iris, reference: Reference, edition: Edition) -> DocumentQuads:
        if extraction.roadmap == "tomsk-obl-nastav":
            raise ZeroDivisionError("by design")
        return build_quads(extraction, iris=iris, reference=reference, edition=edition)

    monkeypatch.setattr(pipeline, "build_quads", faulty)
    report = load(folder)
    assert statuses(report) == ["failed", "loaded"]
    (error,) = report.documents[0].errors
    assert "ZeroDivisionError: by design at test_pipeline.py" in str(error.message)


def test_without_persons_no_name_is_anywhere(load: LoadCall, folder: Path, store: Store) -> None:
    report = load(folder, show_persons=False)
    assert report.complete
    text = everything(store)
    assert (
        re.findall("Шешерин|Полунин|Афонин|Мексичев|Ермаков|Кирсанов|Солопов|Мирзаев|Примаков|Кожевникова", text) == []
    )
    assert "/id/person/tambov-obl-nms_" in text


def test_withholding_persons_later_removes_their_names(load: LoadCall, folder: Path, store: Store) -> None:
    load(folder)
    assert "Шешерина" in everything(store)
    assert statuses(load(folder, show_persons=False)) == ["loaded", "loaded"]
    assert "Шешерина" not in everything(store)


def test_names_of_persons_are_in_the_default_graph_where_they_are_shown(
    load: LoadCall, folder: Path, store: Store
) -> None:
    load(folder / f"{TAMBOV}.txt")
    labels = {
        triple.object.value
        for triple in store.snapshot().triples()
        if triple.predicate == RDFS.label and isinstance(triple.object, Literal)
    }
    assert "Шешерина Г.А." in labels


def test_progress_tells_every_stage(store: Store, reference: Reference, folder: Path) -> None:
    told: list[Progress] = []
    load_paths([folder], store=store, iris=IRIS, reference=reference, progress=told.append)
    assert [(step.stage, step.file, step.done) for step in told] == [
        ("read", f"{MENTORING}.txt", 0),
        ("read", f"{TAMBOV}.txt", 0),
        ("check", f"{MENTORING}.txt", 0),
        ("check", f"{TAMBOV}.txt", 1),
        ("commit", None, 2),
    ]
    assert {step.total for step in told} == {2}


def test_batches_give_the_same_store(
    tmp_path: Path, reference: Reference, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for size in (1, 50):
        monkeypatch.setattr(pipeline, "DOCUMENTS_A_COMMIT", size)
        with Store.open(tmp_path / f"data{size}", rules=[infer]) as store:
            load_paths([folder], store=store, iris=IRIS, reference=reference)
            texts.append(sorted(str(triple) for triple in store.snapshot().triples()))
    assert texts[0] == texts[1]


def test_file_named_twice_is_read_once(load: LoadCall, folder: Path) -> None:
    assert len(load(folder, folder / f"{MENTORING}.txt").documents) == 2


def test_another_base_is_used_throughout(tmp_path: Path, reference: Reference, folder: Path) -> None:
    base = "https://example.org/plans/"
    with Store.open(tmp_path / "other", base=base, rules=[infer]) as store:
        report = load_paths([folder], store=store, iris=Iris(base), reference=reference)
        assert report.complete
        assert "https://w3id.org/vekha/id/" not in everything(store)
