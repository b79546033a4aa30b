"""
Each listed question through the catalogue and a snapshot, beside the same SPARQL on a bare engine.

Both read the same data version on disk.  Cold is the first run after opening, warm the median of later runs; both
include reading all rows.  Times are those of the processor, so that other work on the machine does not count.
The goal is at most 1.1 times the bare engine plus one millisecond, warm.
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
from graph.results import Table as Answer
from graph.similarity import relate_activities
from graph.snapshots import Versions
from graph.store import Store
from loaders.pipeline import load_paths
from ontology.iris import HOME, Iris
from queries.binding import bind
from queries.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from queries.catalogue import Question

EXAMPLES = Path(__file__).parent.parent / "examples"
WARM_RUNS = 15
FACTOR, ALLOWANCE = 1.1, 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Processor milliseconds of one question; `rows` is the size of its answer."""

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
    for question in Catalogue.read(HOME).listed():
        yield _measure_question(question, versions, place)


def _measure_question(question: Question, versions: Versions, place: Path) -> Timing:
    """Cold runs on newly opened data, then warm runs by turns, so that both sides meet the same load of the machine."""
    text = bind(question)
    engine = pyoxigraph.Store.read_only(str(place))

    def ask() -> int:
        answer = snapshot.query(bind(question))
        assert isinstance(answer, Answer)
        return len(answer.rows)

    def ask_bare() -> int:
        solutions = engine.query(text)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        return len(list(solutions))

    with versions.open() as snapshot:
        cold, bare_cold = _milliseconds(ask), _milliseconds(ask_bare)
        rows = ask()
        pairs = [(_milliseconds(ask), _milliseconds(ask_bare)) for _ in range(WARM_RUNS)]
    warm, bare_warm = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Timing(question.id, rows, cold, bare_cold, warm, bare_warm)


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


def _milliseconds(run: Callable[[], int]) -> float:
    started = time.process_time()
    run()
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
