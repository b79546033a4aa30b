"""
Files → store: read, extract, turn into quads, check with shapes, commit.

A document is committed wholly or not at all; one that fails leaves the store as it was and the others untouched.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, Quad

from graph.changes import Commit, DocumentCommit
from graph.errors import NothingLoadedError
from graph.results import Table
from graph.store import Store
from graph.validation import Validator
from loaders.cells import UnreadableDocumentError
from loaders.correction_record import CorrectionRecord
from loaders.corrections import Correction
from loaders.extract import extract
from loaders.extraction import CorrectionOutcome
from loaders.finding import document_files
from loaders.profile import ProfileError, load_profile, profile_path
from loaders.quads import DocumentQuads, build_quads
from loaders.quads.catalogue import VERSION, LoadedVersion, catalogue_quads
from loaders.reference_quads import ontology_fingerprint, ontology_quads, reference_fingerprint, reference_quads
from loaders.report import DocumentReport, LoadReport, Note, describe_extraction, describe_findings
from ontology.iris import Iris
from ontology.reference import Reference, load_reference

Stage = OneOf["read", "check", "commit"]

# Committed together, so that what follows from the data is worked out once for all of them.
DOCUMENTS_A_COMMIT = 50
QUADS_A_COMMIT = 500_000


@dataclass(frozen=True, slots=True)
class Progress:
    """`position` of `total` files is in `stage`; `file` is None while several are committed together."""

    stage: Stage
    file: str | None
    position: int
    total: int


def load_paths(
    paths: Iterable[Path],
    *,
    store: Store,
    iris: Iris,
    reference: Reference | None = None,
    show_persons: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> LoadReport:
    """
    What came of loading these files, and those in these folders, into `store`.

    A file whose content, profile, corrections and whole treatment are those of its last load is left as it is.  A
    changed one becomes a new version of its roadmap; the old version stays under the name of its graph, and each loaded file is
    kept in the folder `documents`.  The ontology and the reference data are brought up to date on the way.
    Without `show_persons` names of persons are not stored.

    Errors of a document stand in its report and never stop the others.

    Raises:
        GraphError: If the store cannot be read or written; what was committed before stays.
    """
    started = time.perf_counter()
    found = list(document_files(paths))
    loading = _Loading(store, iris, reference or load_reference(), show_persons=show_persons)
    loading.refresh_shared_graphs()
    tell = progress or (lambda _: None)
    for position, path in enumerate(found, 1):
        loading.add(path, partial(_tell, tell, path.name, position, len(found)))
        if loading.is_full:
            tell(Progress("commit", None, position, len(found)))
            loading.commit()
    if loading.has_pending:
        tell(Progress("commit", None, len(found), len(found)))
    loading.commit()
    return LoadReport(loading.reports, store.version, round(time.perf_counter() - started, 3))


def _tell(progress: Callable[[Progress], None], file: str, position: int, total: int, stage: Stage) -> None:
    progress(Progress(stage, file, position, total))


@dataclass(slots=True)
class _Pending:
    report: DocumentReport
    content: bytes
    quads: DocumentQuads
    loaded: LoadedVersion
    own: list[Correction]
    outcomes: list[CorrectionOutcome]


class _Loading:
    """One run of `load_paths`: documents are checked one by one and committed in batches."""

    def __init__(self, store: Store, iris: Iris, reference: Reference, *, show_persons: bool) -> None:
        self.reports: list[DocumentReport] = []
        self._store = store
        self._iris = iris
        self._reference = reference
        self._show_persons = show_persons
        self._validator = Validator()
        self._reference_quads = reference_quads(reference, iris)
        self._fingerprints = {
            iris.graph("ontology"): ontology_fingerprint(),
            iris.graph("reference"): reference_fingerprint(self._reference_quads),
        }
        self._known = _loaded_versions(store)
        self._record = CorrectionRecord.of_store(store, iris)
        self._pending: list[_Pending] = []

    @property
    def has_pending(self) -> bool:
        return bool(self._pending)

    @property
    def is_full(self) -> bool:
        quads = sum(len(pending.quads.document) for pending in self._pending)
        return len(self._pending) >= DOCUMENTS_A_COMMIT or quads >= QUADS_A_COMMIT

    def refresh_shared_graphs(self) -> None:
        """The graphs of ontology and reference data hold what this program has."""
        known = _graph_fingerprints(self._store)
        stale = [graph for graph, fingerprint in self._fingerprints.items() if known.get(graph) != fingerprint]
        if not stale:
            return
        contents = {
            self._iris.graph("ontology"): lambda: ontology_quads(self._iris),
            self._iris.graph("reference"): lambda: self._reference_quads,
        }
        catalogue = self._iris.graph("catalog")
        self._store.commit(
            Commit(
                replace={graph: contents[graph]() for graph in stale},
                describe={
                    catalogue: [Quad(graph, VERSION, Literal(self._fingerprints[graph]), catalogue) for graph in stale]
                },
                current=frozenset(stale),
            )
        )

    def add(self, path: Path, tell: Callable[[Stage], None]) -> None:
        """Read and check one file; it is committed later, or its report says why not."""
        report = DocumentReport(path.name)
        self.reports.append(report)
        try:
            pending = self._prepare(path, report, tell)
        except (UnreadableDocumentError, ProfileError) as error:
            report.errors.append(Note("unreadable", {"en": str(error)}))
            return
        except OSError as error:
            message = f"{path.name}: cannot be opened ({error.strerror}); check the path."
            report.errors.append(Note("unreadable", {"en": message}))
            return
        except Exception as error:  # noqa: BLE001  (a fault of ours in one document must not lose the others)
            report.errors.append(_fault(path, error))
            return
        if pending is None:
            return
        if any(other.loaded.roadmap == pending.loaded.roadmap for other in self._pending):
            # Two files of one roadmap are two versions, one after the other.
            self.commit()
            pending.loaded = self._describe(pending.quads, pending.report, pending.loaded.recipe)
        self._pending.append(pending)

    def commit(self) -> None:
        """All pending documents are in the store afterwards, or, if it refuses them, none of them."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        started = time.perf_counter()
        for document in pending:
            self._store.folder.keep_original(document.content)
            at = document.loaded.loaded.isoformat()
            self._record.note_load(self._slug(document.quads.roadmap), document.own, document.outcomes, at=at)
        # Before the documents, so that what they were corrected by is always described.
        self._record.write(self._store, show_persons=self._show_persons)
        self._store.commit_documents([self._document_commit(document) for document in pending])
        seconds = round((time.perf_counter() - started) / len(pending), 3)
        for document in pending:
            document.report.status = "loaded"
            document.report.seconds["commit"] = seconds
        self._known = _loaded_versions(self._store)

    def _prepare(self, path: Path, report: DocumentReport, tell: Callable[[Stage], None]) -> _Pending | None:
        tell("read")
        content = path.read_bytes()
        report.sha256 = sha256(content).hexdigest()
        profile = load_profile(profile_path(path))
        slug = profile.slug_of(path.name)
        recipe = self._recipe(path, slug)
        same = next((known for known in self._known if known.sha256 == report.sha256 and known.current), None)
        if same is not None and same.recipe == recipe:
            report.status, report.roadmap = "unchanged", same.roadmap.value
            return None
        with _timed(report, "extract"):
            extraction = extract(path, reference=self._reference, corrections=self._record.active(slug))
        if extraction.source.sha256 != report.sha256:
            raise UnreadableDocumentError(f"{path.name}: changed while it was read; load it again.")
        describe_extraction(report, extraction, show_persons=self._show_persons)
        with _timed(report, "quads"):
            quads = build_quads(extraction, iris=self._iris, reference=self._reference)
        report.roadmap, report.graph = quads.roadmap.value, quads.graph.value
        report.triples = len(quads.document) + (len(quads.persons) if self._show_persons else 0)
        tell("check")
        with _timed(report, "check"):
            findings = self._validator.check([*quads.document, *quads.persons], context=self._reference_quads)
        describe_findings(report, findings, quads)
        if report.errors:
            return None
        loaded = self._describe(quads, report, recipe)
        return _Pending(report, content, quads, loaded, profile.corrections(slug), extraction.corrections)

    def _describe(self, quads: DocumentQuads, report: DocumentReport, recipe: str) -> LoadedVersion:
        assert report.sha256 is not None
        history = [known for known in self._known if known.roadmap == quads.roadmap]
        itself = next((known for known in history if known.version == quads.version), None)
        before = next((known for known in history if known.current and known.version != quads.version), None)
        slug = self._slug(quads.roadmap)
        return LoadedVersion(
            roadmap=quads.roadmap,
            version=quads.version,
            sha256=report.sha256,
            file=report.file,
            load=self._iris.load(slug, report.sha256),
            recipe=recipe,
            loaded=datetime.now(UTC).replace(microsecond=0),
            # A version that comes back keeps its place in the history.
            previous=itself.previous if itself else (before.version if before else None),
        )

    def _slug(self, roadmap: NamedNode) -> str:
        return roadmap.value.removeprefix(self._iris.namespace("roadmap"))

    def _document_commit(self, document: _Pending) -> DocumentCommit:
        loaded = document.loaded
        others = [known for known in self._known if known.roadmap == loaded.roadmap and known.version != loaded.version]
        return DocumentCommit(
            roadmap=loaded.roadmap,
            graph=document.quads.graph,
            document=document.quads.document,
            persons=document.quads.persons if self._show_persons else (),
            catalog=catalogue_quads(loaded, others, self._iris),
        )

    def _recipe(self, path: Path, slug: str) -> str:
        profile = profile_path(path)
        parts = {
            "loader": loader_fingerprint(),
            **{graph.value.rpartition("/")[2]: digits for graph, digits in self._fingerprints.items()},
            "profile": sha256(profile.read_bytes()).hexdigest()[:12] if profile.is_file() else "none",
            "corrections": self._record.fingerprint(slug),
            "persons": "shown" if self._show_persons else "withheld",
        }
        return ", ".join(f"{name} {value}" for name, value in parts.items())


def _fault(path: Path, error: Exception) -> Note:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    what = f"{type(error).__name__}: {error}{place}"
    return Note(
        "fault",
        {
            "en": f"{path.name}: was not read because of a fault of this program ({what}); report it with the file.",
            "ru": f"{path.name}: не прочитан из-за ошибки программы ({what}); сообщите о ней и приложите файл.",
        },
    )


def loader_fingerprint() -> str:
    """Twelve hexadecimal digits that change with any file from which a loader's reading of a document follows."""
    digest = sha256()
    roots = (Path(str(files("loaders"))), Path(str(files("ontology"))))
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in {".py", ".tsv", ".yaml", ".txt", ".ttl"} and "examples" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _loaded_versions(store: Store) -> list[LoadedVersion]:
    return [
        LoadedVersion(
            roadmap=_node(record["roadmap"]),
            version=_node(record["version"]),
            sha256=_text(record["sha256"]),
            file=_text(record["file"]),
            load=_node(record["load"]),
            recipe=_text(record["recipe"]),
            loaded=datetime.fromisoformat(_text(record["loaded"])),
            previous=_node(record["previous"]) if record["previous"] else None,
            current=_text(record["current"]) == "true",
        )
        for record in _ask(store, "loaded-versions.rq").records()
    ]


def _graph_fingerprints(store: Store) -> dict[NamedNode, str]:
    records = _ask(store, "graph-versions.rq").records()
    return {_node(record["graph"]): _text(record["fingerprint"]) for record in records}


def _ask(store: Store, name: str) -> Table:
    """The answer to a query of this folder; no rows if nothing was ever committed."""
    try:
        answer = store.snapshot().query(files("loaders").joinpath(name).read_text("utf-8"))
    except NothingLoadedError:
        return Table((), ())
    assert isinstance(answer, Table)
    return answer


def _node(term: object) -> NamedNode:
    assert isinstance(term, NamedNode)
    return term


def _text(term: object) -> str:
    assert isinstance(term, Literal)
    return term.value


@contextmanager
def _timed(report: DocumentReport, stage: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    report.seconds[stage] = round(time.perf_counter() - started, 3)
