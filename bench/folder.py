"""
What it costs to load a folder: documents a second, processor time, memory, the second run, one small file.

    python -m bench.folder [DOCUMENTS]

The documents are those of the made-up corpus, each many times with titles, names and activities of its own.  Every
figure is of a process of its own.
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

from bench.corpus.building import file_bytes, open_documents
from bench.corpus.model import Document

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "001_86a2010b6c35da95.txt"
RUNS = 5
# The unit is kilobytes on Linux and bytes on macOS.
UNIT = 1e6 if sys.platform == "darwin" else 1e3


def write_folder(folder: Path, count: int) -> None:
    """So many documents, no two alike."""
    described = open_documents()
    contents = set()
    for number in range(count):
        document = described[number % len(described)]
        content = file_bytes(_variant(document, number))
        contents.add(content)
        (folder / f"{number:04}-{document.file}").write_bytes(content)
    assert len(contents) == count


def _variant(document: Document, number: int) -> Document:
    values = json.loads(document.model_dump_json())
    for block in values["blocks"]:
        if block.get("heading"):
            block["p"] = f"{block['p']} № {number}"
        for item in (block.get("table") or {}).get("items", ()):
            if item.get("activity"):
                item["activity"] = f"{item['activity']} {number}"
    return Document.model_validate(values)


def load(folder: Path, data: Path) -> dict[str, float]:
    """Wall and processor seconds and peak memory of one load."""
    from graph.inference import infer  # noqa: PLC0415  (importing is part of what is measured)
    from graph.similarity import relate_activities  # noqa: PLC0415
    from graph.store import Store  # noqa: PLC0415
    from loaders.pipeline import load_paths  # noqa: PLC0415
    from ontology.iris import Iris  # noqa: PLC0415

    started = time.perf_counter()
    with Store.open(data, rules=(infer, relate_activities)) as store:
        report = load_paths([folder], store=store, iris=Iris())
    wall = time.perf_counter() - started
    own, readers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found = {
        "wall": wall,
        "own time": own.ru_utime + own.ru_stime,
        "reader time": readers.ru_utime + readers.ru_stime,
        "loaded": float(len(report.of("loaded"))),
        "unchanged": float(len(report.of("unchanged"))),
        "failed": float(len(report.of("failed"))),
        "memory": own.ru_maxrss / UNIT,
        "reader memory": readers.ru_maxrss / UNIT,
    }
    for stage in ("extract", "quads", "check", "commit"):
        found[stage] = sum(document.seconds.get(stage, 0.0) for document in report.documents)
    return found


def _run(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.folder", *arguments]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def one_file() -> dict[str, float]:
    """Median wall seconds of one small document, each in a new interpreter."""
    in_process = (
        "from pathlib import Path; from loaders.extract import extract; from ontology.reference import load_reference;"
        f"extract(Path({str(EXAMPLE)!r}), reference=load_reference())"
    )
    in_worker = (
        "from pathlib import Path; from loaders.reading_process import extract_in_process;"
        f"[reading] = extract_in_process([Path({str(EXAMPLE)!r})]); assert reading.extraction"
    )
    return {"read here": _median(in_process), "read by a worker": _median(in_worker)}


def _median(code: str) -> float:
    walls = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        walls.append(time.perf_counter() - started)
    return statistics.median(walls)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, documents in (("few", count // 4), ("all", count)):
            (folder / part).mkdir()
            write_folder(folder / part, documents)
        few = _run("--load", str(folder / "few"), str(folder / "data-few"))
        first = _run("--load", str(folder / "all"), str(folder / "data"))
        again = _run("--load", str(folder / "all"), str(folder / "data"))
    print(f"{count} documents: {first['loaded']:.0f} loaded, {first['failed']:.0f} failed")
    print(f"{first['wall']:8.1f} s, {count / first['wall']:.2f} documents a second")
    print(f"{first['own time']:8.1f} s of processor time here, {first['reader time']:.1f} s in the reading processes")
    for stage in ("extract", "quads", "check", "commit"):
        print(f"{first[stage]:8.1f} s {stage}{', on all processors together' if stage == 'extract' else ''}")
    print(f"{again['wall']:8.1f} s again, {again['unchanged']:.0f} unchanged")
    print(f"{first['memory']:8.0f} MB peak, {few['memory']:.0f} MB for {count // 4} documents")
    print(f"{(first['memory'] - few['memory']) / (count - count // 4):8.2f} MB a document more")
    print(f"{first['reader memory']:8.0f} MB peak of one reading process")
    for name, seconds in one_file().items():
        print(f"{seconds:8.2f} s one document of 18 activities, {name}, from a new interpreter")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        print(json.dumps(load(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
