"""
What large registers cost: reading, storing, finding a thousand names in one call.

    python -m bench.registers [SHARED [CERTIFICATES]]

SHARED, `../shared` if not given, holds `registries/municipalities.csv`.  Beside it a made-up file of the register of
accreditation is read (`bench.linking.accreditation`), of 43,000 certificates if no other number is given.  Seconds are
those of the processor, which other programs disturb little.  The limits: the parsers alone over the same bytes, the
engine's loader alone over the same triples in both graphs, the weighted ratio of rapidfuzz alone over the same names.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.parsers import expat

from lxml import etree
from pyoxigraph import NamedNode, RdfFormat, serialize
from pyoxigraph import Store as Engine
from rapidfuzz import fuzz, process

from bench.linking.accreditation import CERTIFICATES, write_accreditation
from bench.papers import SHARED, are_missing
from graph.inference import infer
from graph.similarity import relate_activities
from graph.store import Store
from loaders.pipeline import load_paths
from loaders.registries.loading import load_register
from loaders.registries.registers import REGISTERS
from ontology.iris import Iris

ROOT: Final = Path(__file__).parent.parent
BATCH: Final = 1000
# The peer looks at every name of the register for each of the batch.
_FOR_PEER: Final = 10


@contextmanager
def told(found: dict[str, float], name: str) -> Iterator[None]:
    """The processor's seconds of the block, and the peak memory of the process after it."""
    start = time.process_time()
    yield
    found[f"{name}, s"] = time.process_time() - start
    unit = 1e6 if sys.platform == "darwin" else 1e3
    found[f"{name}, peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def examples(data: Path, _: str, __: Path) -> dict[str, float]:
    """The five examples, beside which the registers stand; in a process of its own, whose peak is not theirs."""
    with Store.open(data, rules=(infer, relate_activities)) as store:
        report = load_paths([ROOT / "examples"], store=store, iris=Iris())
    return {"documents": len(report.documents)}


def load(data: Path, register: str, file: Path) -> dict[str, float]:
    """Reading the file as a register and storing it, over the five examples."""
    found: dict[str, float] = {}
    with Store.open(data, rules=(infer, relate_activities)) as store:
        at = time.process_time()
        stages: list[float] = []

        def tell(step: object) -> None:
            if getattr(step, "stage", "") == "write":
                stages.append(time.process_time() - at)

        with told(found, "read and store"):
            report = load_register(file, REGISTERS[register], store=store, iris=Iris(), progress=tell)
    found["of it read, s"] = stages[0]
    found["records"], found["triples"] = report.records, report.triples
    return found


def parsers(_: Path, __: str, file: Path) -> dict[str, float]:
    """The same bytes given to two parsers that keep nothing."""
    found: dict[str, float] = {}
    with told(found, "lxml alone"):
        for _step, element in etree.iterparse(str(file), events=("end",), tag="Certificate"):
            element.clear()
            while (parent := element.getparent()) is not None and element.getprevious() is not None:
                del parent[0]
    with told(found, "expat alone"), file.open("rb") as stream:
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda _name, _attributes: None
        parser.CharacterDataHandler = lambda _text: None
        parser.ParseFile(stream)
    return found


def engine(data: Path, register: str, __: Path) -> dict[str, float]:
    """The triples of the edition given to the engine's loader, for the named graph and the default graph."""
    found: dict[str, float] = {}
    store = Engine.read_only(str(data / "store"))
    graph = next(name for name in store.named_graphs() if f"/registry/{register}/" in str(name))
    assert isinstance(graph, NamedNode)
    lines = serialize(
        (quad.triple for quad in store.quads_for_pattern(None, None, None, graph)), None, RdfFormat.N_TRIPLES
    )
    assert lines is not None
    with tempfile.TemporaryDirectory() as folder, told(found, "loader alone"):
        bare = Engine(folder)
        for name in (graph, None):
            bare.bulk_load(lines, RdfFormat.N_TRIPLES, to_graph=name)
        bare.flush()
    return found


def reconcile(data: Path, _: str, __: Path) -> dict[str, float]:
    """A thousand names in one call of the service against all registers of the data; rapidfuzz with the same names."""
    from fastapi.testclient import TestClient  # noqa: PLC0415  (its memory does not count for the loads)

    from api.app import create_app  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415

    found: dict[str, float] = {}
    app = create_app(Settings.model_validate({"data": data, "workers": 1, "budget_seconds": 0}))
    with TestClient(app) as client:
        knowledge = app.state.site.installation.newest()
        with told(found, "names read"):
            entities = app.state.reconciled.of(knowledge)
        organisations = [one for one in entities.entities.values() if one.type == "organisation-record"]
        found["entities"] = len(entities.entities)
        chosen = organisations[:: max(len(organisations) // BATCH, 1)][:BATCH]
        texts = [one.names[-1].lower() for one in chosen]
        known: list[dict[str, object]] = [
            {"type": "organisation-record", "properties": [{"pid": "region", "v": region}]}
            for one in chosen
            for region in (str(next(iter(one.values.get("region", ())), "")),)
        ]
        kinds: list[dict[str, object]] = [{"type": "organisation-record"}] * len(chosen)
        for name, more in (("type and region", known), ("type", kinds), ("name alone", [{}] * len(chosen))):
            batch = {
                f"q{at}": {"query": text, **hints} for at, (text, hints) in enumerate(zip(texts, more, strict=True))
            }
            started = time.perf_counter()
            with told(found, f"{len(batch)} names in one call, {name}"):
                answer = client.post("/reconcile/0.2", data={"queries": json.dumps(batch)})
            found[f"  by the clock, s ({name})"] = time.perf_counter() - started
            answer.raise_for_status()
            answers = answer.json()
            results = [answers[f"q{at}"]["result"] for at in range(len(chosen))]
            first = [bool(one) and one[0]["id"] == each.iri.value for one, each in zip(results, chosen, strict=True)]
            found[f"  right first ({name})"] = sum(first)
    names = [name.lower() for one in organisations for name in one.names]
    with told(found, f"rapidfuzz alone, {_FOR_PEER} names"):
        for text in texts[:: len(texts) // _FOR_PEER][:_FOR_PEER]:
            process.extract(text, names, scorer=fuzz.WRatio, limit=10)
    return found


STEPS: Final = {"examples": examples, "load": load, "parsers": parsers, "engine": engine, "reconcile": reconcile}


def step(name: str, data: Path, register: str, file: Path) -> None:
    """One step in a process of its own, told in lines."""
    command = [sys.executable, "-m", "bench.registers", "--step", name, str(data), register, str(file)]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    print(f"\n{register}: {name}", flush=True)
    for title, value in json.loads(answer.stdout).items():
        print(f"  {title:44}{value:>12,.1f}", flush=True)


def main() -> int:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    count = int(sys.argv[2]) if len(sys.argv) > 2 else CERTIFICATES
    dictionary = shared / "registries" / "municipalities.csv"
    if are_missing(dictionary):
        return 0
    with tempfile.TemporaryDirectory() as folder:
        data, file = Path(folder) / "data", Path(folder) / "data-20260403-structure-20160713.xml"
        write_accreditation(dictionary, file, count)
        print(f"{count:,} certificates, {file.stat().st_size / 1e6:.0f} MB")
        step("examples", data, "documents", ROOT / "examples")
        step("load", data, "municipalities", dictionary)
        step("load", data, "accreditation", file)
        step("parsers", data, "accreditation", file)
        step("engine", data, "accreditation", file)
        step("reconcile", data, "accreditation", file)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        print(json.dumps(STEPS[sys.argv[2]](Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))))
    else:
        sys.exit(main())
