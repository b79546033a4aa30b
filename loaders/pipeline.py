"""
Files → store: extract in processes of their own, turn into quads, check with shapes, commit.

A document is committed wholly or not at all; one that fails leaves the store as it was and the others untouched.
One module of more than 400 lines, because every step of a run works on the state of that run.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal as OneOf
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Quad

from graph.changes import Commit, DocumentCommit
from graph.errors import GraphError
from graph.store import Store
from graph.validation import Validator
from loaders.cells import UnreadableDocumentError
from loaders.correction_record import CorrectionRecord
from loaders.corrections import Correction
from loaders.extraction import CorrectionOutcome, Extraction
from loaders.finding import find_documents
from loaders.lineage import Lineage, previous_version
from loaders.loaded_versions import graph_fingerprints, loaded_versions, newest
from loaders.messages import DocumentError, Message, fault_message, place_of
from loaders.profile import Profile, load_profile, profile_path
from loaders.quads import DocumentQuads, build_quads, roadmap_slug
from loaders.quads.catalogue import VERSION, LoadedVersion, catalogue_quads
from loaders.reading.opening import read_content, shown_name
from loaders.reading_process import Reading, ReadingPool, ReadingRequest
from loaders.recipes import Recipes
from loaders.reference_quads import ontology_fingerprint, ontology_quads, reference_fingerprint, reference_quads
from loaders.report import DocumentReport, LoadReport, Note, describe_extraction, describe_findings
from ontology.iris import Iris
from ontology.reference import Reference, load_reference

Stage = OneOf["read", "check", "commit"]

# Committed together, so that what follows from the data is worked out once for all of them.
DOCUMENTS_A_COMMIT = 50
QUADS_A_COMMIT = 500_000
BYTES_A_COMMIT = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Progress:
    """
    `file` is in `stage`, None while several are committed together; of `total` files `done` need nothing but that.

    Files are read ahead, so «read» of one may come before «check» of another.
    """

    stage: Stage
    file: str | None
    done: int
    total: int


def load_paths(
    paths: Iterable[Path],
    *,
    store: Store,
    iris: Iris,
    reference: Reference | None = None,
    show_persons: bool = True,
    progress: Callable[[Progress], None] | None = None,
    readers: Readers | None = None,
    keep_documents: bool = True,
) -> LoadReport:
    """
    What came of loading these files, and those in these folders, into `store`.

    A file whose content, profile, corrections and whole treatment are those of its last load is left as it is.  A
    changed one becomes a new version of its roadmap; the old version stays under the name of its graph.  With
    `keep_documents` each loaded file and its profile are kept in the folder `documents` (see `loaders.originals`).  The
    ontology and the reference data are brought up to date on the way.  Without `show_persons` names of persons are not
    stored.

    Files are read on all processors by `readers`, without them by a pool with the usual limits; their order is kept, so
    that of two editions the later one by name is the current one.  Errors of a document stand in its report and never
    stop the others.

    Raises:
        GraphError: If the store cannot be read or written; what was committed before stays.
    """
    started = time.perf_counter()
    found = find_documents(paths)
    if readers is None:
        with ReadingPool(reference=reference) as pool:
            return load_paths(
                paths,
                store=store,
                iris=iris,
                reference=reference,
                show_persons=show_persons,
                progress=progress,
                readers=pool,
                keep_documents=keep_documents,
            )
    readers.start()
    loading = _Loading(
        store,
        iris,
        reference or load_reference(),
        readers,
        show_persons=show_persons,
        keep_documents=keep_documents,
    )
    loading.refresh_shared_graphs()
    loading.load(found.files, progress or (lambda _: None))
    seconds = round(time.perf_counter() - started, 3)
    return LoadReport(loading.reports, store.version, seconds, found.notes)


@dataclass(frozen=True, slots=True)
class Examined:
    """
    What loading one file would do to data version `version`: `report` as a load would give it, but nothing is stored.

    `extraction` and `quads` are None where the file cannot be read; `findings` are those notes of the report that come
    from the shapes, of which the errors would keep the document out.  `unchanged`: the store has the file as it is.
    """

    report: DocumentReport
    version: int
    extraction: Extraction | None = None
    quads: DocumentQuads | None = None
    findings: list[Note] = field(default_factory=list)
    unchanged: bool = False


def examine_paths(
    paths: Iterable[Path],
    *,
    store: Store,
    iris: Iris,
    readers: Readers,
    reference: Reference | None = None,
    show_persons: bool = True,
) -> Iterator[Examined]:
    """What `load_paths` would do with each of these files, one after the other; the store stays as it is."""
    readers.start()
    version = store.version
    loading = _Loading(
        store, iris, reference or load_reference(), readers, show_persons=show_persons, keep_documents=False
    )
    for path in paths:
        yield loading.examine(path, version)


class Readers(Protocol):
    """What reads the documents; see `loaders.reading_process.ReadingPool`."""

    def start(self) -> None: ...

    def read(self, requests: Iterable[ReadingRequest], *, in_order: bool) -> Iterator[Reading]: ...


@dataclass(frozen=True, slots=True)
class _Begun:
    """A document that is to be read; `position` counts the files from 1."""

    path: Path
    position: int
    report: DocumentReport
    profile: Profile
    slug: str


@dataclass(slots=True)
class _Pending:
    report: DocumentReport
    content: bytes
    profile: bytes | None
    quads: DocumentQuads
    loaded: LoadedVersion
    own: list[Correction]
    outcomes: list[CorrectionOutcome]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A document as it was read; `own` are the corrections of its profile, `content` and `profile` the files."""

    extraction: Extraction
    content: bytes
    profile: bytes | None
    roadmap: NamedNode
    recipe: str
    own: list[Correction]


class _Loading:
    """One run of `load_paths`: documents are checked one by one and committed in batches."""

    def __init__(
        self,
        store: Store,
        iris: Iris,
        reference: Reference,
        readers: Readers,
        *,
        show_persons: bool,
        keep_documents: bool,
    ) -> None:
        self.reports: list[DocumentReport] = []
        self._store = store
        self._iris = iris
        self._reference = reference
        self._readers = readers
        self._show_persons = show_persons
        self._keep_documents = keep_documents
        self._validator = Validator()
        self._reference_quads = reference_quads(reference, iris)
        self._fingerprints = {
            iris.graph("ontology"): ontology_fingerprint(),
            iris.graph("reference"): reference_fingerprint(self._reference_quads),
        }
        self._know(loaded_versions(newest(store)))
        self._lineage = self._read_lineage()
        self._record = CorrectionRecord.of_store(store, iris)
        self._recipes = Recipes(self._fingerprints, show_persons=show_persons)
        self._pending: list[_Pending] = []

    def load(self, files: Sequence[Path], tell: Callable[[Progress], None]) -> None:
        """Read, check and commit the files; `reports` say of each what came of it."""
        begun: deque[_Begun] = deque()

        def requests() -> Iterator[ReadingRequest]:
            for position, path in enumerate(files, 1):
                tell(Progress("read", shown_name(path), position - 1 - len(begun), len(files)))
                document = self._begin(path, position)
                if document is not None:
                    begun.append(document)
                    yield self._request(document.path, document.profile, document.slug)

        for reading in self._readers.read(requests(), in_order=True):
            document = begun.popleft()
            tell(Progress("check", document.report.file, document.position - 1, len(files)))
            self._finish(document, reading)
            if self._is_full:
                tell(Progress("commit", None, document.position, len(files)))
                self._commit()
        if self._pending:
            tell(Progress("commit", None, len(files), len(files)))
            self._commit()

    def examine(self, path: Path, version: int) -> Examined:
        """See `examine_paths`."""
        report = DocumentReport(shown_name(path))
        try:
            report.sha256 = sha256(read_content(path)).hexdigest()
            profile = load_profile(profile_path(path))
            document = _Begun(path, 1, report, profile, profile.slug_of(path.name))
            (reading,) = self._readers.read([self._request(path, profile, document.slug)], in_order=True)
            report.seconds["extract"] = reading.seconds
            if reading.message is not None:
                report.errors.append(Note(reading.code or "unreadable", reading.message))
                return Examined(report, version)
            placed = self._place(document, reading)
            quads, findings = self._state(placed, report)
        except DocumentError as error:
            report.errors.append(Note("unreadable", error.message))
            return Examined(report, version)
        except Exception as error:  # noqa: BLE001  (as in `_finish`: a fault of ours is told with its document)
            report.errors.append(_fault(report.file, error))
            return Examined(report, version)
        self._lineage.expect(placed.extraction, quads)
        same = self._current.get(report.sha256)
        unchanged = same is not None and (same.roadmap, same.recipe) == (placed.roadmap, placed.recipe)
        return Examined(report, version, placed.extraction, quads, findings, unchanged)

    @property
    def _is_full(self) -> bool:
        return (
            len(self._pending) >= DOCUMENTS_A_COMMIT
            or sum(len(pending.quads.document) for pending in self._pending) >= QUADS_A_COMMIT
            or sum(len(pending.content) for pending in self._pending) >= BYTES_A_COMMIT
        )

    def refresh_shared_graphs(self) -> None:
        """The graphs of ontology and reference data hold what this program has."""
        known = graph_fingerprints(newest(self._store))
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

    def _begin(self, path: Path, position: int) -> _Begun | None:
        """What must be read; None if the store has it as it is, or its report says why it cannot be read."""
        report = DocumentReport(shown_name(path))
        self.reports.append(report)
        try:
            report.sha256 = sha256(read_content(path)).hexdigest()
            same = self._current.get(report.sha256)
            if same is not None and same.recipe == self._recipe(_profile_content(path), self._slug(same.roadmap)):
                report.status, report.roadmap = "unchanged", same.roadmap.value
                return None
            profile = load_profile(profile_path(path))
            return _Begun(path, position, report, profile, profile.slug_of(path.name))
        except DocumentError as error:
            report.errors.append(Note("unreadable", error.message))
        return None

    def _finish(self, document: _Begun, reading: Reading) -> None:
        """Check what was read; it is committed later, or its report says why not."""
        report = document.report
        try:
            report.seconds["extract"] = reading.seconds
            if reading.message is not None:
                report.errors.append(Note(reading.code or "unreadable", reading.message))
                return
            placed = self._place(document, reading)
            if any(other.loaded.roadmap == placed.roadmap for other in self._pending):
                # Two files of one roadmap are two versions, one after the other.
                self._commit()
            pending = self._build(placed, report)
        except DocumentError as error:
            report.errors.append(Note("unreadable", error.message))
        except Exception as error:  # noqa: BLE001  (a fault of ours in one document must not lose the others)
            report.errors.append(_fault(report.file, error))
        else:
            if pending is not None:
                self._pending.append(pending)
                self._lineage.expect(placed.extraction, pending.quads)

    def _commit(self) -> None:
        """The pending documents are in the store afterwards; one that it refuses is not, and its report says so."""
        pending, self._pending = self._pending, []
        started = time.perf_counter()
        for document in pending:
            for kept in (document.content, document.profile) if self._keep_documents else ():
                if kept is not None:
                    self._store.folder.keep_original(kept)
            at = document.loaded.loaded.isoformat()
            self._record.note_load(self._slug(document.quads.roadmap), document.own, document.outcomes, at=at)
        # Before the documents, so that what they were corrected by is always described.
        self._record.write(self._store, show_persons=self._show_persons)
        self._commit_together(pending)
        seconds = round((time.perf_counter() - started) / len(pending), 3)
        for document in pending:
            document.report.seconds["commit"] = seconds
        self._know(loaded_versions(newest(self._store)))
        self._lineage = self._read_lineage()

    def _commit_together(self, pending: Sequence[_Pending]) -> None:
        """All in one commit; where the store refuses that, half by half, so that only what is at fault stays out."""
        try:
            self._store.commit_documents([self._document_commit(document) for document in pending])
        except OSError:
            # The disk is at fault, not a document.
            raise
        except Exception as error:  # noqa: BLE001  (a fault of ours in one document must not lose the others)
            if len(pending) == 1:
                pending[0].report.errors.append(_fault(pending[0].report.file, error))
                return
            middle = len(pending) // 2
            self._commit_together(pending[:middle])
            self._commit_together(pending[middle:])
        else:
            for document in pending:
                document.report.status = "loaded"

    def _know(self, versions: list[LoadedVersion]) -> None:
        self._known = versions
        self._current = {known.sha256: known for known in versions if known.current}
        self._histories: defaultdict[NamedNode, list[LoadedVersion]] = defaultdict(list)
        for known in versions:
            self._histories[known.roadmap].append(known)

    def _read_lineage(self) -> Lineage:
        return Lineage(newest(self._store), self._known, self._iris, self._reference)

    def _request(self, path: Path, profile: Profile, slug: str) -> ReadingRequest:
        return ReadingRequest(path, profile, self._record.active(slug))

    def _place(self, document: _Begun, reading: Reading) -> _Reading:
        """
        What was read, with the roadmap it belongs to.

        Raises:
            DocumentError: It could not be read, or changed since it was found.
        """
        extraction = _extraction(reading)
        document.report.warnings += self._lineage.place(extraction)
        own, profile = roadmap_slug(extraction), document.profile
        if own != document.slug:
            # Corrections belong to a roadmap, and only now it is known to which.
            profile = profile.model_copy(update={"roadmap": own})
            (again,) = self._readers.read([self._request(document.path, profile, own)], in_order=True)
            extraction = _extraction(again)
        content = read_content(document.path)
        if not extraction.source.sha256 == document.report.sha256 == sha256(content).hexdigest():
            raise UnreadableDocumentError(
                "{file}: changed while it was read; load it again.", file=document.report.file
            )
        written = _profile_content(document.path)
        recipe = self._recipe(written, own)
        return _Reading(extraction, content, written, self._iris.roadmap(own), recipe, profile.corrections(own))

    def _build(self, reading: _Reading, report: DocumentReport) -> _Pending | None:
        """The document as it will be committed; None if it may not be stored."""
        quads, _findings = self._state(reading, report)
        if report.errors:
            return None
        loaded = self._describe(quads, report, reading.recipe)
        outcomes = reading.extraction.corrections
        return _Pending(report, reading.content, reading.profile, quads, loaded, reading.own, outcomes)

    def _state(self, reading: _Reading, report: DocumentReport) -> tuple[DocumentQuads, list[Note]]:
        """The statements of the document and what the shapes say of them; the report has both."""
        extraction = reading.extraction
        describe_extraction(report, extraction, show_persons=self._show_persons)
        with _timed(report, "quads"):
            edition = self._lineage.edition(extraction)
            quads = build_quads(extraction, iris=self._iris, reference=self._reference, edition=edition)
        report.roadmap, report.graph = quads.roadmap.value, quads.graph.value
        report.previous = edition.previous.version.value if edition.previous else None
        report.changes = quads.changes
        report.triples = len(quads.document) + (len(quads.persons) if self._show_persons else 0)
        with _timed(report, "check"):
            findings = self._validator.check([*quads.document, *quads.persons], context=self._reference_quads)
        return quads, describe_findings(report, findings, quads)

    def _describe(self, quads: DocumentQuads, report: DocumentReport, recipe: str) -> LoadedVersion:
        assert report.sha256 is not None
        history = self._histories[quads.roadmap]
        slug = self._slug(quads.roadmap)
        return LoadedVersion(
            roadmap=quads.roadmap,
            version=quads.version,
            sha256=report.sha256,
            file=report.file,
            load=self._iris.load(slug, report.sha256),
            recipe=recipe,
            loaded=datetime.now(UTC).replace(microsecond=0),
            previous=previous_version(history, quads.version),
        )

    def _recipe(self, profile: bytes | None, slug: str) -> str:
        return self._recipes.of(profile, self._record.fingerprint(slug))

    def _slug(self, roadmap: NamedNode) -> str:
        return roadmap.value.removeprefix(self._iris.namespace("roadmap"))

    def _document_commit(self, document: _Pending) -> DocumentCommit:
        loaded = document.loaded
        others = [known for known in self._histories[loaded.roadmap] if known.version != loaded.version]
        return DocumentCommit(
            roadmap=loaded.roadmap,
            graph=document.quads.graph,
            document=document.quads.document,
            persons=document.quads.persons if self._show_persons else (),
            catalog=catalogue_quads(loaded, others, self._iris),
        )


def _profile_content(document: Path) -> bytes | None:
    path = profile_path(document)
    return path.read_bytes() if path.is_file() else None


def _extraction(reading: Reading) -> Extraction:
    if reading.extraction is not None:
        return reading.extraction
    assert reading.message is not None
    raise UnreadableDocumentError(reading.message.template, **reading.message.values)


def _fault(file: str, error: Exception) -> Note:
    if isinstance(error, GraphError):
        values = {name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()}
        return Note("refused", Message(error.template, values))
    return Note("fault", fault_message(file, place_of(error)))


@contextmanager
def _timed(report: DocumentReport, stage: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    report.seconds[stage] = round(time.perf_counter() - started, 3)
