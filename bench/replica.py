"""
The questions of `bench.service` asked of workers on disk and of workers in memory, and what a new worker costs.

    python -m bench.replica [QUADS] [FOLDER]

Milliseconds: the median of runs by the clock, and in brackets of the worker's processor.  Others on the same machine
disturb the first, not the second.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.generator import write_folder
from graph.process_memory import private_memory, proportional_memory
from graph.workers import Limits, ReplicaMode, WorkerPool

QUESTIONS: Final = sorted((Path(__file__).parent / "service").glob("q*.rq"))
LIMITS: Final = Limits(seconds=120, rows=10**7, bytes=10**10)
RUNS: Final = 9


def main() -> None:
    quads = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary) / "data"
        if not folder.exists():
            write_folder(folder, quads)
        measured = {mode: _measure(folder, mode) for mode in ("disk", "memory")}
    print(f"{'':6}{'disk':>20}{'memory':>20}{'times':>8}  rows")
    for path in QUESTIONS:
        disk, memory = (measured[mode][path.stem] for mode in ("disk", "memory"))
        assert disk[2] == memory[2]
        print(f"{path.stem:6}{_shown(disk):>20}{_shown(memory):>20}{disk[1] / max(memory[1], 0.01):8.1f}  {disk[2]}")


def _measure(folder: Path, mode: ReplicaMode) -> dict[str, tuple[float, float, int]]:
    with WorkerPool(folder, size=1, limits=LIMITS, replica=mode) as pool:
        start = time.monotonic()
        while mode == "memory" and pool.replica.version is None:
            time.sleep(0.05)
        size = (pool.replica.size or 0) >> 20
        print(f"{mode}: ready after {time.monotonic() - start:.1f} s", f"with {size} MB" if size else "")
        _print_replacement(pool)
        found = {path.stem: _ask(pool, path.read_text("utf-8"), mode) for path in QUESTIONS}
        for pid in pool.processes():
            print(
                f"  process: {(proportional_memory(pid) or 0) >> 20} MB, private {(private_memory(pid) or 0) >> 20} MB"
            )
        return found


def _ask(pool: WorkerPool, query: str, mode: str) -> tuple[float, float, int]:
    walls, processor, rows = [], [], 0
    # The first run copies the pages that it touches, once for each worker.
    for run in range(RUNS + 2):
        while True:
            start, before = time.monotonic(), _processor(pool)
            with pool.evaluate(query) as evaluation:
                for _ in evaluation.chunks():
                    pass
            if evaluation.in_memory is (mode == "memory"):
                break
        rows = evaluation.rows or 0
        if run < 2:
            continue
        walls.append(time.monotonic() - start)
        after = _processor(pool)
        processor.append(sum(after[pid] - before.get(pid, 0) for pid in after))
    return statistics.median(walls) * 1000, statistics.median(processor) * 1000, rows


def _processor(pool: WorkerPool) -> dict[int, float]:
    """Seconds of processor of each process of the pool (`/proc/<pid>/schedstat`, nanoseconds of all its threads)."""
    found = {}
    for pid in pool.processes():
        total = 0
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            total += int(task.read_text("ascii").split()[0])
        found[pid] = total / 1e9
    return found


def _print_replacement(pool: WorkerPool) -> None:
    """From the kill of a worker to the answer of the next."""
    pool.query("ASK {}")
    times = []
    for _ in range(10):
        time.sleep(0.1)
        evaluation = pool.evaluate("SELECT * { ?a ?b ?c . ?d ?e ?f }")
        start = time.monotonic()
        evaluation.close()
        while not pool.workers():
            time.sleep(0.0005)
        pool.query("ASK {}")
        times.append(time.monotonic() - start)
    print(f"  from the kill of a worker to the next answer: median {statistics.median(times) * 1000:.1f} ms")


def _shown(pair: tuple[float, float, int]) -> str:
    return f"{pair[0]:.1f} ({pair[1]:.1f})"


if __name__ == "__main__":
    main()
    os._exit(0)
