"""
What it costs to load the five examples, from a started interpreter to a committed data version.

    python -m bench.loading [RUNS]

Every run is a process and a data folder of its own.  The clock starts when the interpreter has started, so it
includes importing our modules and reading the dictionaries.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def one_run(data: Path) -> dict[str, float]:
    """Wall seconds of each stage, sizes and peak memory of one load; meant for a process of its own."""
    started, cpu = time.perf_counter(), time.process_time()
    from graph.inference import infer  # noqa: PLC0415  (importing is part of what is measured)
    from graph.similarity import relate_activities  # noqa: PLC0415
    from graph.store import Store  # noqa: PLC0415
    from loaders.pipeline import load_paths  # noqa: PLC0415
    from ontology.iris import Iris  # noqa: PLC0415
    from ontology.reference import load_reference  # noqa: PLC0415

    found = {"import": time.perf_counter() - started}
    with Store.open(data, rules=(infer, relate_activities)) as store:
        opened = time.perf_counter()
        found["open"] = opened - started - found["import"]
        report = load_paths([ROOT / "examples"], store=store, iris=Iris(), reference=load_reference())
        found["load"] = time.perf_counter() - opened
        if not report.complete:
            raise SystemExit(f"a document failed: {[document.errors for document in report.of('failed')]}")
        for stage in ("extract", "quads", "check", "commit"):
            found[f"  {stage}"] = sum(document.seconds[stage] for document in report.documents)
        found["total"] = time.perf_counter() - started
        found["cpu"] = time.process_time() - cpu
        again = time.perf_counter()
        load_paths([ROOT / "examples"], store=store, iris=Iris(), reference=load_reference())
        found["load again, unchanged"] = time.perf_counter() - again
        activities = sum(document.rows.get("activity", 0) for document in report.documents)
        stated = sum(document.triples for document in report.documents)
        default = sum(1 for _ in store.snapshot().triples())
        folder = store.folder.store
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    found["activities"] = activities
    found["triples of the documents"] = stated
    found["triples of the default graph"] = default
    found["triples per activity"] = stated / activities
    found["MB on disk"] = size / 1e6
    found["bytes on disk per triple of the default graph"] = size / default
    # The unit is kilobytes on Linux and bytes on macOS.
    found["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )
    return found


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found: list[dict[str, float]] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "bench.loading", "--one", folder]
            answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            found.append(json.loads(answer.stdout))
    print(f"{'':48}{'median':>10}{'least':>10}")
    for name in found[0]:
        values = [run[name] for run in found]
        print(f"{name:48}{statistics.median(values):>10.2f}{min(values):>10.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one_run(Path(sys.argv[2]) / "data")))
    else:
        main()
