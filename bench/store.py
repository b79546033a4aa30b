"""
What a commit, a snapshot, a backup and a query worker cost, on the five example documents.

«The same document again» is a new version with the same statements; «another document» states everything anew, the
most that a commit can cost.  Medians of several runs, in milliseconds.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import NamedNode, Triple
from rich.console import Console
from rich.table import Table

from graph.changes import DocumentCommit
from graph.folder import DataFolder
from graph.inference import infer
from graph.similarity import relate_activities
from graph.snapshots import Versions
from graph.store import Store
from graph.workers import WorkerPool
from loaders.pipeline import load_paths
from ontology.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = Path(__file__).parent.parent / "examples"
RUNS = 7
RULES = (infer, relate_activities)


@dataclass(frozen=True, slots=True)
class Cost:
    what: str
    milliseconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)


def measure(folder: Path) -> Iterator[Cost]:
    """Costs on a data folder into which the examples were loaded."""
    with Store.open(folder, rules=RULES) as store:
        roadmap, graph = largest(store)
        triples = list(store.snapshot().triples(graph))
        yield commits(store, f"commit the same document again ({len(triples)} triples)", roadmap, triples)
        yield commits(store, "commit it with every statement changed", roadmap, triples, renamed=True)
        bare = [rule for rule in RULES if rule is infer]
    with Store.open(folder, rules=bare) as store:
        yield commits(store, "the same without the similarity rule", roadmap, triples, renamed=True)
    with Store.open(folder, rules=[]) as store:
        yield commits(store, "the same without rules", roadmap, triples, renamed=True)
    yield cost("open for writing", lambda: Store.open(folder, rules=RULES).close())
    yield backups(folder)
    versions = Versions(DataFolder(folder))
    yield cost("open a snapshot", lambda: versions.open().close())
    yield cost("open a snapshot and count its triples", lambda: count(versions))
    with WorkerPool(folder, size=1) as pool:
        pool.query("ASK {}")
        yield cost("a query in a worker, ASK {}", lambda: pool.query("ASK {}"))
    yield cost("start a worker and ask it", lambda: ask_new_worker(folder))


def largest(store: Store) -> tuple[NamedNode, NamedNode]:
    """The roadmap whose current document has the most statements, and that document's graph."""
    snapshot = store.snapshot()
    graphs = [name for name in store.current_graphs() if store.roadmap_of(name) is not None]
    graph = max(graphs, key=lambda name: sum(1 for _ in snapshot.triples(name)))
    roadmap = store.roadmap_of(graph)
    assert roadmap is not None
    return roadmap, graph


def commits(store: Store, what: str, roadmap: NamedNode, triples: list[Triple], *, renamed: bool = False) -> Cost:
    taken = []
    for run in range(RUNS):
        graph = NamedNode(f"{Iris().base}graph/bench_{run}{'r' if renamed else ''}{len(what)}")
        statements = [rename(triple, run) for triple in triples] if renamed else triples
        commit = DocumentCommit(roadmap, graph, statements)
        started = time.perf_counter()
        store.commit_document(commit)
        taken.append((time.perf_counter() - started) * 1000)
    return Cost(what, taken)


def rename(triple: Triple, run: int) -> Triple:
    subject = NamedNode(f"{triple.subject.value}-{run}") if isinstance(triple.subject, NamedNode) else triple.subject
    return Triple(subject, triple.predicate, triple.object)


def backups(folder: Path) -> Cost:
    live, target = pyoxigraph.Store(folder / "store"), folder.with_name("backup")
    return cost("backup() of the engine", lambda: live.backup(target), after=lambda: shutil.rmtree(target))


def count(versions: Versions) -> None:
    with versions.open() as snapshot:
        snapshot.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def ask_new_worker(folder: Path) -> None:
    with WorkerPool(folder, size=1) as pool:
        pool.query("ASK {}")


def cost(what: str, action: Callable[[], object], *, after: Callable[[], object] = lambda: None) -> Cost:
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1000)
        after()
    return Cost(what, taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "data")
        with Store.open(folder, rules=RULES) as store:
            started = time.perf_counter()
            load_paths([EXAMPLES], store=store, iris=Iris())
            seconds = time.perf_counter() - started
            size = sum(1 for _ in store.snapshot().triples())
        table = Table("cost", "median ms", "fastest", "slowest", title=f"{size} triples, loaded in {seconds:.1f} s")
        for found in measure(folder):
            numbers = (found.median, min(found.milliseconds), max(found.milliseconds))
            table.add_row(found.what, *(f"{number:.1f}" for number in numbers))
        Console().print(table)


if __name__ == "__main__":
    main()
