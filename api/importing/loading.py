"""Loading documents: in this process, or by the server that runs on the same data folder and holds its writer lock."""

from __future__ import annotations

import json
import logging
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from api.access.audit import NAMES_KEPT, AuditLog, Author
from graph.errors import GraphError
from graph.folder import DataFolder
from graph.serving import running_server
from loaders.reading_process import ReadingLimits, ReadingPool, processors
from ontology.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from http.client import HTTPResponse
    from pathlib import Path

    from api.settings import Settings
    from graph.serving import RunningServer
    from graph.store import Store
    from loaders.pipeline import Examined
    from loaders.report import LoadReport

# A load waits for the one before it to end.
WAIT_SECONDS = 600.0
LOADS_PATH = "/api/loads"

# {"stage", "file", "done", "total"} of `loaders.pipeline.Progress`
Event: TypeAlias = dict[str, Any]
# `LoadReport.to_json()`
Report: TypeAlias = dict[str, Any]


class HandOverError(Exception):
    """The running server did not load the documents; the message is its own."""


class StaleDataError(Exception):
    """The data are no longer of the version that was looked at; nothing was done."""


@dataclass(frozen=True, slots=True)
class Loader:
    """The writer of a data folder; one load runs at a time, others wait."""

    store: Store
    settings: Settings
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _late: threading.Lock = field(default_factory=threading.Lock)

    def audited(self, action: str, author: Author | None = None) -> AbstractContextManager[dict[str, Any]]:
        """The block, which writes, stands in the audit log afterwards with the details that it leaves in the value."""
        log = AuditLog(self.store.folder)
        return log.audited(author or Author.of_account(), action, version=lambda: self.store.version)

    def load(
        self,
        paths: Sequence[Path],
        tell: Callable[[Event], None],
        *,
        author: Author | None = None,
        expected: int | None = None,
    ) -> Report:
        """
        What came of loading the files and folders; `tell` hears of each step.

        Raises:
            GraphError: If the store cannot be written.
            StaleDataError: The newest data version is not the `expected` one.
        """
        from loaders.pipeline import load_paths  # noqa: PLC0415  (see `open_loader`)

        with self._turn:
            self.require(expected)
            with self.audited("load", author) as detail:
                report = self._load(lambda **how: load_paths(paths, **how), tell)
                detail.update(_loaded(report))
                return report

    def examine(self, paths: Sequence[Path], readers: ReadingPool) -> Iterator[Examined]:
        """What loading each of the files would do, one after the other; nothing is stored."""
        from loaders.pipeline import examine_paths  # noqa: PLC0415  (see `open_loader`)

        settings = self.settings
        return examine_paths(
            paths,
            store=self.store,
            iris=Iris(settings.base),
            readers=readers,
            show_persons=settings.show_persons,
        )

    def require(self, version: int | None) -> None:
        """
        Nothing, if the newest data version is this one, or none is asked for; for who has the `turn`.

        Raises:
            StaleDataError: It is another.
        """
        if version is not None and version != self.store.version:
            raise StaleDataError

    def reload(
        self, documents: Sequence[str], tell: Callable[[Event], None], *, author: Author | None = None
    ) -> Report:
        """
        What came of loading loaded documents again from their kept files: those so named, or all if none is.

        Raises:
            CorrectionError: Nothing of a name is loaded.
            GraphError: If the store cannot be written.
        """
        from loaders.correction_record import roadmap_named  # noqa: PLC0415  (see `open_loader`)

        with self._turn, self.audited("reload", author) as detail:
            iris, snapshot = Iris(self.settings.base), self.store.snapshot()
            roadmaps = {roadmap_named(snapshot, name, iris) for name in documents} if documents else None
            report = self.reload_in_turn(roadmaps, tell)
            detail.update(_loaded(report))
            return report

    def reload_in_turn(self, roadmaps: Collection[str] | None, tell: Callable[[Event], None]) -> Report:
        """`reload` of these roadmaps for who has the `turn`."""
        from loaders.originals import reload_documents  # noqa: PLC0415  (see `open_loader`)

        return self._load(lambda **how: reload_documents(roadmaps, **how), tell)

    @contextmanager
    def turn(self) -> Iterator[Store]:
        """The store, while no load runs."""
        with self._turn:
            yield self.store

    def settle(self) -> None:
        """
        Draw the conclusions that lag behind in a big store (`Store.derive_late`), or wait for who does.

        Where that fails they stay as they are; the store says of which version.
        """
        with self._late:
            try:
                self.store.derive_late()
            except (GraphError, OSError) as error:
                logging.getLogger(__name__).warning("Late conclusions were not drawn: %s", error)

    def _load(self, load: Callable[..., LoadReport], tell: Callable[[Event], None]) -> Report:
        with ReadingPool(reading_limits(self.settings)) as readers:
            report = load(
                store=self.store,
                iris=Iris(self.settings.base),
                show_persons=self.settings.show_persons,
                keep_documents=self.settings.keep_documents,
                progress=lambda step: tell(asdict(step)),
                readers=readers,
            ).to_json()
        if self.store.late() and not self._late.locked():
            threading.Thread(target=self.settle, name="late-conclusions", daemon=True).start()
        return report


def _loaded(report: Report) -> dict[str, Any]:
    """What the audit log keeps of a report."""
    documents = report["documents"]
    counts = Counter(document["status"] for document in documents)
    names = [document["file"] for document in documents if document["status"] == "loaded"]
    return {**counts, **({"files": names[:NAMES_KEPT]} if names else {})}


@contextmanager
def open_loader(settings: Settings) -> Iterator[Loader]:
    """
    The writer of the data folder, for as long as the block lasts.

    Raises:
        GraphError: Another process writes there for too long, or the folder is not ours.
    """
    # Half a second, which a command that hands its documents over to a server need not wait.
    from graph.inference import infer  # noqa: PLC0415
    from graph.similarity import relate_activities  # noqa: PLC0415
    from graph.store import Store  # noqa: PLC0415

    with Store.open(
        settings.data,
        base=settings.base,
        rules=(infer, relate_activities),
        lock_timeout=WAIT_SECONDS,
        dataset=settings.dataset,
    ) as store:
        yield Loader(store, settings)


def load(
    settings: Settings, paths: Sequence[Path], tell: Callable[[Event], None], *, language: str | None = None
) -> Report:
    """
    What came of loading the files and folders, by the running server if there is one, else here.

    `language` is that in which a server tells its problems.

    Raises:
        GraphError: The store cannot be written.
        HandOverError: The server refused or broke off.
    """
    absolute = [path.absolute() for path in paths]
    server = running_server(DataFolder(settings.data))
    if server is not None:
        return hand_over(server, {"paths": [str(path) for path in absolute]}, tell, language)
    with open_loader(settings) as loader:
        report = loader.load(absolute, tell)
        loader.settle()
        return report


def reload(
    settings: Settings, documents: Sequence[str], tell: Callable[[Event], None], *, language: str | None = None
) -> Report:
    """
    What came of loading documents again from their kept files (see `Loader.reload`), by the running server or here.

    Raises:
        CorrectionError: Nothing of a name is loaded.
        GraphError: The store cannot be written.
        HandOverError: The server refused or broke off.
    """
    server = running_server(DataFolder(settings.data))
    if server is not None:
        return hand_over(server, {"loaded": list(documents)}, tell, language)
    with open_loader(settings) as loader:
        report = loader.reload(documents, tell)
        loader.settle()
        return report


def address_of_server(settings: Settings) -> str | None:
    """Where the data folder is served already, if it is."""
    server = running_server(DataFolder(settings.data))
    return server.url if server else None


def reading_limits(settings: Settings) -> ReadingLimits:
    """What reading one document may use, and how many are read at once."""
    return ReadingLimits(
        seconds=settings.reading_seconds,
        memory=settings.reading_memory,
        processes=settings.reading_processes or processors(),
    )


@contextmanager
def posted(
    server: RunningServer, path: str, content: dict[str, Any], *, language: str | None = None
) -> Iterator[HTTPResponse]:
    """
    The answer of the running server to its owner.

    Raises:
        HandOverError: It refused, cannot be reached, or broke off.
    """
    request = urllib.request.Request(  # noqa: S310  (the address is of our own server, from its own file)
        server.url + path,
        data=json.dumps(content).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {server.token}",
            **({"Accept-Language": language} if language else {}),
        },
    )
    # The server is on this machine: no proxy stands between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=WAIT_SECONDS) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        raise HandOverError(_refusal(error)) from error
    except OSError as error:
        raise HandOverError(f"{server.url}: {error}") from error


def _refusal(error: urllib.error.HTTPError) -> str:
    """The sentence of the problem that a server of ours answered; of what is none the beginning."""
    with error:
        said = error.read().decode(errors="replace")
    try:
        return str(json.loads(said)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {error.code}: {said[:500]}"


def hand_over(
    server: RunningServer,
    asked: dict[str, Any],
    tell: Callable[[Event], None],
    language: str | None,
    *,
    path: str = LOADS_PATH,
) -> Report:
    """
    What came of what the running server was asked to do at `path`.

    Raises:
        HandOverError: It refused or broke off.
    """
    with posted(server, path, asked, language=language) as answer:
        for line in answer:
            message = json.loads(line)
            if "report" in message:
                report: Report = message["report"]
                return report
            if "problem" in message:
                raise HandOverError(message["problem"])
            tell(message)
    raise HandOverError(f"{server.url}: the server ended before the load did")
