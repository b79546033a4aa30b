"""
Writers killed by SIGKILL at random moments, and what the next start finds: `python -m bench.kills [KILLS [SEED]]`.

A writer does numbered operations, one after the other: it loads a pair of documents, changes a graph by a SPARQL update
and by a file, builds the live store anew, backs up.  It says when an operation is done.  After each kill the newest
version must be exactly the state after the last operation that was said to be done, or after the one that was under
way, and the next writer must open without help.  Every backup said to be done must restore, none may be half there, and
no process of the writer may be left.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from graph import live
from graph.backup import back_up, restore
from graph.changes import DocumentCommit
from graph.folder import DataFolder, DatasetKind
from graph.snapshots import Snapshot, Versions
from graph.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.rules import Workspace

ROOT: Final = Path(__file__).resolve().parent.parent
BASE: Final = "https://w3id.org/vekha/"
SAYS: Final = NamedNode(f"{BASE}ns#says")
FOLLOWS: Final = NamedNode(f"{BASE}ns#follows")
LONGEST: Final = 2.0
KINDS: Final[tuple[DatasetKind, ...]] = get_args(DatasetKind)
# What operation number n is.
OPERATIONS: Final[dict[DatasetKind, tuple[str, ...]]] = {
    "roadmaps": ("load", "update", "backup", "put", "rebuild", "load", "merge"),
    "plain": ("update", "put", "backup", "default", "drop", "merge"),
}


@dataclass
class Tally:
    """Which operation was under way at each kill, and the seconds that each next start took."""

    under_way: Counter[str] = field(default_factory=Counter)
    advanced: int = 0
    starts: list[float] = field(default_factory=list)
    processes: set[int] = field(default_factory=set)
    backups: int = 0


def follow(workspace: Workspace) -> Iterable[Triple]:
    """A rule: what is said follows."""
    workspace.update(f"INSERT {{ ?a {FOLLOWS} ?b }} WHERE {{ ?a {SAYS} ?b }}")
    return []


def graph(name: str) -> NamedNode:
    return NamedNode(f"{BASE}graph/{name}")


def said(name: str, number: int, count: int) -> set[Triple]:
    """`count` statements, all different for each number."""
    return {
        Triple(NamedNode(f"{BASE}id/{name}/{item}"), SAYS, Literal(f"{name} {number} {item}")) for item in range(count)
    }


def operation(kind: DatasetKind, number: int) -> str:
    return OPERATIONS[kind][number % len(OPERATIONS[kind])]


def states(kind: DatasetKind, number: int) -> dict[str, set[Triple]]:
    """Each graph after operations 1 to `number`; the empty name is the default graph of a plain dataset."""
    found: dict[str, set[Triple]] = {}
    for each in range(1, number + 1):
        match operation(kind, each):
            case "load" | "rebuild":
                for slug in ("one", "two"):
                    found[f"{slug}_{each}"] = said(slug, each, 40)
            case "update":
                found["hand"] = said("hand", each, 30)
            case "put":
                found["file"] = said("file", each, 60)
            case "merge":
                found["more"] = found.get("more", set()) | said("more", each, 5)
            case "default":
                found[""] = said("default", each, 25)
            case "drop":
                found.pop("file", None)
    return found


def perform(store: Store, number: int, backups: Path) -> None:
    """Operation `number`, done when this returns."""
    match operation(store.dataset, number):
        case "load" | "rebuild" as name:
            bulk = live.BULK_FROM
            if name == "rebuild":
                live.BULK_FROM = 0  # type: ignore[misc]
            documents = [
                DocumentCommit(NamedNode(f"{BASE}id/roadmap/{slug}"), graph(f"{slug}_{number}"), said(slug, number, 40))
                for slug in ("one", "two")
            ]
            store.commit_documents(documents)
            live.BULK_FROM = bulk  # type: ignore[misc]
        case "update":
            lines = turtle(said("hand", number, 30)).decode()
            hand = graph("hand")
            store.update(
                f"DELETE WHERE {{ GRAPH {hand} {{ ?s ?p ?o }} }} ; INSERT DATA {{ GRAPH {hand} {{ {lines} }} }}"
            )
        case "put":
            store.put_graph(graph("file"), turtle(said("file", number, 60)), RdfFormat.TURTLE)
        case "merge":
            store.put_graph(graph("more"), turtle(said("more", number, 5)), RdfFormat.TURTLE, merge=True)
        case "default":
            store.put_graph(None, turtle(said("default", number, 25)), RdfFormat.TURTLE)
        case "drop":
            store.drop_graph(graph("file"))
        case "backup":
            back_up(store.folder, backups / f"{number}.zip")


def turtle(triples: Iterable[Triple]) -> bytes:
    lines = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert lines is not None
    return lines


def write(kind: DatasetKind, folder: Path, number: int) -> None:
    """The process to be killed: operations from `number` on."""
    started = time.perf_counter()
    with Store.open(folder, rules=[follow], keep=2, dataset=kind, lock_timeout=30) as store:
        print("open", time.perf_counter() - started, flush=True)
        while True:
            perform(store, number, folder.parent)
            children = [process.pid for process in store._updates._processes]  # noqa: SLF001
            print(" ".join(map(str, [number, *children])) + "\n", end="", flush=True)
            number += 1


def kill(kind: DatasetKind, folder: Path, done: int, pause: float, tally: Tally) -> int:
    """Start a writer, kill it after `pause` seconds; the last operation that it said was done."""
    command = [sys.executable, "-m", "bench.kills", "--writer", kind, str(folder), str(done + 1)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        opened = writer.stdout.readline().split()
        assert opened[:1] == ["open"], f"the writer did not open: {writer.communicate()[1]}"
        tally.starts.append(float(opened[1]))
        time.sleep(pause)
        writer.kill()
        output, errors = writer.communicate()
    assert not errors, errors
    # A line that the kill cut says nothing.
    for line in output.split("\n")[:-1]:
        done, *children = map(int, line.split())
        tally.processes.update(children)
    for child in tally.processes:
        assert is_gone(child), "a process of a killed writer is left"
    tally.processes.clear()
    return done


def is_gone(process: int) -> bool:
    for _ in range(600):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        with contextlib.suppress(OSError):
            if Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.1)
    return False


def check(kind: DatasetKind, snapshot: Snapshot, numbers: Iterable[int]) -> int:
    """After which of these operations the version is; anything else is an error."""
    own = {graph(name) for name in ("inferred", "current")}
    found = {name.value.removeprefix(f"{BASE}graph/"): set(snapshot.triples(name)) for name in snapshot.graphs()}
    told = {name: triples for name, triples in found.items() if graph(name) not in own and triples}
    for number in numbers:
        expected = states(kind, number)
        if kind == "plain":
            expected_default = expected.pop("", set())
        else:
            loads = [each for each in range(1, number + 1) if operation(kind, each) in {"load", "rebuild"}]
            current = {name for name in expected if "_" not in name}
            current |= {f"{slug}_{loads[-1]}" for slug in ("one", "two")} if loads else set()
            stated = set().union(*(expected[name] for name in current))
            expected_default = stated | {Triple(each.subject, FOLLOWS, each.object) for each in stated}
        if told == expected and set(snapshot.triples()) == expected_default:
            return number
    raise AssertionError(f"version {snapshot.version} is no whole state after operations {list(numbers)}")


def run(kind: DatasetKind, kills: int, seed: int, place: Path) -> Tally:
    """
    What `kills` kills of a writer of this kind of dataset came to.

    Raises:
        AssertionError: Something acknowledged was lost, or something is half there.
    """
    source, tally = random.Random(seed), Tally()
    folder, done = place / "data", 0
    Store.open(folder, rules=[follow], dataset=kind).close()
    for _ in range(kills):
        done = kill(kind, folder, done, source.uniform(0, LONGEST), tally)
        begun = done + 1
        tally.under_way[operation(kind, begun)] += 1
        with Store.open(folder, rules=[follow], keep=2, dataset=kind) as store:
            with Versions(store.folder).open() as snapshot:
                reached = check(kind, snapshot, (begun, done))
            assert not store.folder.next_store.exists()
            assert not [path for path in folder.iterdir() if path.name.startswith(".")]
        if operation(kind, begun) == "backup":
            # A backup changes nothing, so the state cannot tell whether it was made: its file does.
            reached = begun if (place / f"{begun}.zip").exists() else done
        tally.advanced += reached > done
        done = reached
        for left in place.glob(".*"):
            left.unlink()
    for path in place.glob("*.zip"):
        number = int(path.stem)
        assert restore(path, DataFolder(place / path.stem)).manifest.dataset == kind
        with Versions(DataFolder(place / path.stem)).open() as snapshot:
            check(kind, snapshot, (number,))
        tally.backups += 1
    return tally


def main() -> None:
    if sys.argv[1:2] == ["--writer"]:
        [kind] = [kind for kind in KINDS if kind == sys.argv[2]]
        write(kind, Path(sys.argv[3]), int(sys.argv[4]))
        return
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as temporary:
            tally = run(kind, kills // len(KINDS), seed, Path(temporary))
        at = ", ".join(f"{name} {count}" for name, count in sorted(tally.under_way.items()))
        print(f"{kind}: {kills // len(KINDS)} kills, nothing acknowledged lost, nothing half there")
        print(f"  under way: {at}; {tally.advanced} of these were whole all the same")
        print(f"  {tally.backups} backups restored; a start took at most {max(tally.starts):.2f} s")


if __name__ == "__main__":
    main()
