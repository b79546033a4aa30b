"""
What an update with WHERE costs, by how much it changes and by how much the store holds.

    python -m bench.updates [QUADS] [--data FOLDER] [--hand STATEMENTS] [--plain]

The store is a copy of FOLDER, or made up (`bench.generator`), with a graph written by hand of so many statements
besides; with `--plain` a plain dataset of the same default graph and these statements.  An update replaces a note on so
many things, which it finds by their group.  «processor» are the seconds that this process and the one that evaluates
compute, from the text to the published version; «clock» is what passed.  Linux alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from importlib.resources import files
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, RdfFormat
from rich.console import Console
from rich.table import Table

from bench.generator import given_or_made
from graph.inference import infer
from graph.similarity import relate_activities
from graph.store import Store
from graph.updates import UpdateLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGED: Final = (1, 100, 10_000)
AMPLE: Final = UpdateLimits(seconds=3600, memory=8 * 1024**3, bytes=8 * 1024**3, statements=10_000_000)
HAND: Final = NamedNode("urn:bench:graph")
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def notes(statements: int) -> Iterator[str]:
    """N-Triples about things with notes; as many as are to be changed stand in the group of that number."""
    groups = chain.from_iterable(repeat(number, number) for number in CHANGED)
    for number in range(max(statements // 3, sum(CHANGED))):
        thing = f"<urn:bench:{number}>"
        yield (
            f'{thing} <http://www.w3.org/2000/01/rdf-schema#label> "thing {number}" .\n'
            f'{thing} <urn:bench:note> "first" .\n'
            f"{thing} <urn:bench:in> <urn:bench:group-{next(groups, 0)}> .\n"
        )


def processor() -> float:
    """Seconds that this process and its living children have computed."""
    total = time.process_time()
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            fields = Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total


def measure(store: Store, name: str, table: Table) -> None:
    """A row of the table for each number of things."""
    template = files("bench").joinpath("updates", f"{name}.ru").read_text("utf-8")
    # The first one starts the process.
    for run, number in enumerate((CHANGED[0], *CHANGED)):
        text = template.replace("urn:bench:group", f"urn:bench:group-{number}").replace('"note"', f'"{name} {run}"')
        clock, spent, version = time.perf_counter(), processor(), store.version
        store.update(text, limits=AMPLE)
        clock, spent = time.perf_counter() - clock, processor() - spent
        if store.version != version + 1:
            sys.exit(f"{name}: the update of {number} changed nothing")
        if run:
            table.add_row(name, f"{number:,}", f"{spent:.2f}", f"{clock:.2f}")


def measure_roadmaps(folder: Path, statements: int, table: Table) -> None:
    with Store.open(folder, rules=[infer, relate_activities]) as store:
        store.put_graph(HAND, "".join(notes(statements)).encode(), RdfFormat.N_TRIPLES, limits=AMPLE)
        for name in ("named", "any"):
            measure(store, name, table)


def measure_plain(source: Path, folder: Path, statements: int, table: Table) -> None:
    with tempfile.TemporaryFile() as file:
        with Store.open(source, rules=[infer, relate_activities]) as store:
            store.snapshot().dump(file, whole=False)
        file.write("".join(notes(statements)).encode())
        file.seek(0)
        with Store.open(folder, rules=[], dataset="plain") as store:
            store.put_graph(None, file, RdfFormat.N_TRIPLES, limits=AMPLE)
            measure(store, "default", table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.updates", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("quads", type=int, nargs="?", default=100_000)
    parser.add_argument("--data", help="a data folder, which is copied")
    parser.add_argument("--hand", type=int, default=100_000, help="statements of the graph written by hand")
    parser.add_argument("--plain", action="store_true", help="as a plain dataset")
    options = parser.parse_args()
    table = Table("target", "statements replaced", "processor, s", "clock, s")
    with given_or_made(options.data, options.quads) as source, tempfile.TemporaryDirectory() as temporary:
        copy, plain = Path(temporary, "data"), Path(temporary, "plain")
        shutil.copytree(source, copy)
        if options.plain:
            measure_plain(copy, plain, options.hand, table)
        else:
            measure_roadmaps(copy, options.hand, table)
    Console().print(table)


if __name__ == "__main__":
    main()
