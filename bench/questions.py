"""
Each listed question through the catalogue and a snapshot, beside the same SPARQL on a bare engine.

Both read the same data version on disk.  Cold is the first run after opening, warm the median of later runs; both
include reading all rows.  The goal is at most 1.1 times the bare engine plus one millisecond, warm.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from rich.console import Console
from rich.table import Table

from graph.inference import infer
from graph.similarity import relate_activities
from graph.snapshots import Versions
from graph.store import Store
from loaders.pipeline import load_paths
from ontology.iris import HOME, Iris
from queries.binding import bind
from queries.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = Path(__file__).parent.parent / "examples"
WARM_RUNS = 15
FACTOR, ALLOWANCE = 1.1, 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one question; `rows` is the size of its answer."""

    question: str
    rows: int
    cold: float
    bare_cold: float
    warm: float
    bare_warm: float

    @property
    def within_goal(self) -> bool:
        return self.warm <= FACTOR * self.bare_warm + ALLOWANCE


def measure(folder: Path) -> Iterator[Timing]:
    """Timings of all listed questions on the five examples, loaded into a new data folder."""
    with Store.open(folder, rules=[infer, relate_activities]) as store:
        load_paths([EXAMPLES], store=store, iris=Iris())
        versions = Versions(store.folder)
        place = store.folder.versions / str(store.version)
    catalogue = Catalogue.read(HOME)
    for question in catalogue.listed():
        with versions.open() as snapshot:
            cold, rows = _timed(lambda question=question: len(snapshot.query(bind(question)).rows))  # type: ignore[misc, union-attr]
            text = bind(question)
            engine = pyoxigraph.Store.read_only(str(place))
            bare_cold, _ = _timed(lambda: len(list(engine.query(text))))  # type: ignore[arg-type]
            pairs = [
                (
                    _timed(lambda question=question: snapshot.query(bind(question)))[0],  # type: ignore[misc]
                    _timed(lambda: list(engine.query(text)))[0],  # type: ignore[arg-type]
                )
                for _ in range(WARM_RUNS)
            ]
        warm, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
        yield Timing(question.id, rows, cold, bare_cold, warm, bare)


def main() -> None:
    """Print the table; the last line says how many questions miss the goal."""
    table = Table("question", "rows", "cold ms", "bare", "warm ms", "bare", "goal")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for timing in measure(Path(folder) / "data"):
            numbers = (timing.cold, timing.bare_cold, timing.warm, timing.bare_warm)
            table.add_row(
                timing.question,
                str(timing.rows),
                *(f"{number:.2f}" for number in numbers),
                "yes" if timing.within_goal else "no",
            )
            missed += not timing.within_goal
    console = Console(width=110)
    console.print(table)
    console.print(f"goal: warm ≤ {FACTOR} × bare + {ALLOWANCE:g} ms; missed by {missed}")


def _timed(run: Callable[[], object]) -> tuple[float, int]:
    started = time.perf_counter()
    found = run()
    return (time.perf_counter() - started) * 1000, found if isinstance(found, int) else 0


if __name__ == "__main__":
    main()
