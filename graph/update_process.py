"""
The process in which changes from outside are carried out: `python -m graph.update_process`, started by `graph.updates`.

What people send (SPARQL updates, RDF files) is evaluated and parsed here, on a copy of the live store, within limits
of memory and processor time and without a network where the system allows that; it is killed at the time limit.  The
copy counts only when the parent has taken it over, so there is nothing to undo.

Frames (`graph.frames`): a job (JSON) is answered by `e` (outcome, JSON) or `x` (error, JSON).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import sys
import threading
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize

from graph.datasets import MERGED_TRIPLES
from graph.errors import GraphError, NoSuchGraphError, RdfSyntaxError, UpdateEvaluationError, UpdateRefusedError
from graph.feed import write_changes
from graph.frames import read_frame, write_frame
from graph.rules import EngineWorkspace
from graph.syntax_errors import syntax_error
from graph.updates import kept_graph_error
from graph.worker_limits import die_with, leave_network, limit_memory, limit_processor_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_STACK: Final = 64 * 1024 * 1024

GraphName: TypeAlias = "NamedNode | BlankNode | DefaultGraph"
_DEFAULT: Final = DefaultGraph()


def main() -> None:
    """Do jobs until standard input closes."""
    source, output = sys.stdin.buffer, sys.stdout.buffer
    settings = json.loads(read_frame(source)[1])
    die_with(settings["parent"])
    network = "open" if settings["network"] else leave_network()
    limit_memory(settings["memory"])
    jobs: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.stack_size(_STACK)
    threading.Thread(target=_serve, args=(jobs, output), daemon=True).start()
    write_frame(output, b"h", json.dumps({"network": network}).encode())
    # This thread only listens, so the end of the parent is noticed in the middle of a job too.
    with contextlib.suppress(EOFError):
        while True:
            jobs.put(json.loads(read_frame(source)[1]))
    os._exit(0)


def _serve(jobs: queue.SimpleQueue[dict[str, Any]], output: IO[bytes]) -> None:
    while True:
        job = jobs.get()
        limit_processor_time(job["seconds"])
        try:
            kind, message = b"e", _ACTIONS[job["action"]](job)
        except GraphError as error:
            kind, message = b"x", _told(error)
        except MemoryError:
            kind, message = b"x", {"error": "MemoryError"}
        except Exception as error:  # noqa: BLE001  (whatever it is, it concerns this job only)
            kind, message = b"x", _told(_failure(error))
        with contextlib.suppress(BrokenPipeError):
            write_frame(output, kind, json.dumps(message).encode())


def _update(job: dict[str, Any]) -> dict[str, Any]:
    """Evaluate a SPARQL update on the copy, in one step, or operation by operation where graphs are merged."""
    store = Store(job["store"])
    for step in job["steps"]:
        _check_merge(store, step["merged"])
        try:
            store.update(step["text"], prefixes=job["prefixes"])
        except SyntaxError as error:
            if error.lineno is not None:  # What LOAD fetched is at fault, not the update.
                raise _failure(error) from None
            raise syntax_error(step["text"], error, prefixes=job["prefixes"], update=True) from None
        except (RuntimeError, ValueError, OSError) as error:
            raise _failure(error) from None
    targets = None if job["targets"] is None else [_graph(name) for name in job["targets"]]
    return _finish(store, job, targets)


def _check_merge(store: Store, names: Sequence[str]) -> None:
    """
    Nothing, if the engine reads these graphs together as SPARQL says.

    It does not take a triple of several graphs as one (pyoxigraph 0.5.13), and its updates take no copy of a merge.

    Raises:
        UpdateRefusedError: A triple stands in two of the graphs, or there are too many to know.
    """
    seen: set[Triple] = set()
    for name in names:
        for quad in store.quads_for_pattern(None, None, None, NamedNode(name)):
            if quad.triple in seen:
                raise UpdateRefusedError(
                    "The graphs after USING share statements, which would be counted twice; "
                    "name one graph after USING, or use GRAPH"
                )
            seen.add(quad.triple)
            if len(seen) > MERGED_TRIPLES:
                raise UpdateRefusedError(
                    "The graphs after USING hold more than {limit} statements together; "
                    "name one graph after USING, or use GRAPH",
                    limit=MERGED_TRIPLES,
                )


def _put(job: dict[str, Any]) -> dict[str, Any]:
    """Load a file into one graph of the copy, or, without a graph, into the whole dataset."""
    store = Store(job["store"])
    graph = None if job["graph"] is None else _graph(job["graph"])
    created = isinstance(graph, NamedNode) and not store.contains_named_graph(graph)
    if not job["merge"]:
        if graph is None:
            store.clear()
        else:
            store.clear_graph(graph)
    if isinstance(graph, NamedNode):
        store.add_graph(graph)
    rdf_format = _format(job)
    try:
        if graph is None or not rdf_format.supports_datasets:
            store.load(path=job["file"], format=rdf_format, base_iri=job["base"], to_graph=graph)
        else:
            found = _parsed(job, rename_blank_nodes=True)
            store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in found)
    except (SyntaxError, ValueError) as error:
        raise _rdf_error(error) from None
    return _finish(store, job, None if graph is None else [graph]) | {"created": created}


def _drop(job: dict[str, Any]) -> dict[str, Any]:
    """Delete one graph of the copy; of the default graph, its triples."""
    store = Store(job["store"])
    graph = _graph(job["graph"])
    if isinstance(graph, NamedNode) and not store.contains_named_graph(graph):
        raise NoSuchGraphError("There is no graph {graph}", graph=graph.value)
    store.remove_graph(graph)
    return _finish(store, job, [graph])


def _parse(job: dict[str, Any]) -> dict[str, Any]:
    """
    The triples of a file as N-Triples without blank nodes in the file `result`.

    A blank node becomes an IRI (RDF 1.1 Concepts, 3.5) that begins with `genid` and occurs nowhere else.
    """
    written = 0
    names: dict[BlankNode, NamedNode] = {}

    def triples() -> Iterator[Triple]:
        nonlocal written
        for quad in _parsed(job):
            written += 1
            if written > job["most"]:
                raise _too_much(job["most"])
            yield _named(quad.triple, names, job["genid"])

    try:
        with Path(job["result"]).open("wb") as file:
            serialize(triples(), file, RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise _rdf_error(error) from None
    return {"triples": written}


def _conclude(job: dict[str, Any]) -> dict[str, Any]:
    """The conclusions of one of our rules from a version, as N-Triples in the file `result`."""
    module, name = job["rule"].split(":")
    rule = getattr(import_module(module), name)
    version = Store.read_only(job["version"])
    with Path(job["result"]).open("wb") as file:
        serialize(rule(EngineWorkspace(version)), file, RdfFormat.N_TRIPLES)
    return {}


_ACTIONS: Final = {"update": _update, "put": _put, "drop": _drop, "parse": _parse, "conclude": _conclude}


def _finish(store: Store, job: dict[str, Any], targets: Sequence[GraphName] | None) -> dict[str, Any]:
    """Flush the copy and write what changed since `job["before"]`, where it can be told."""
    store.flush()
    before = Store.read_only(job["before"])
    graphs = [set(side.named_graphs()) for side in (before, store)]
    dropped = [_shown(name) for name in graphs[0] - graphs[1]]
    look = _whole_changes if job["derived"] else _cheap_changes
    changed = look(before, store, targets, job)
    if changed is None:
        return {"changed": True, "delta": False, "dropped": dropped}
    gone, new = changed
    told = graphs[1] == graphs[0] | {quad.graph_name for quad in new} - {_DEFAULT}
    if told or job["derived"]:
        write_changes(Path(job["delta"]), gone, new)
    return {"changed": bool(gone or new) or graphs[0] != graphs[1], "delta": told, "dropped": dropped}


def _cheap_changes(
    before: Store, after: Store, targets: Sequence[GraphName] | None, job: dict[str, Any]
) -> tuple[set[Quad], set[Quad]] | None:
    """What left and what came, or None if more than `job["most"]` quads would have to be looked at."""
    most = job["most"]
    sides: list[set[Quad]] = []
    for store in (before, after):
        found = (
            store.quads_for_pattern(None, None, None, None)
            if targets is None
            else chain.from_iterable(store.quads_for_pattern(None, None, None, name) for name in targets)
        )
        quads = set(islice(found, most + 1))
        if len(quads) > most:
            return None
        sides.append(quads)
    return sides[0] - sides[1], sides[1] - sides[0]


def _whole_changes(
    before: Store, after: Store, targets: Sequence[GraphName] | None, job: dict[str, Any]
) -> tuple[set[Quad], set[Quad]]:
    """
    What left and what came, without blank nodes, however long it takes to find.

    Raises:
        UpdateRefusedError: If a graph changed that is not written from outside, or more than `job["most"]` quads.
    """
    names = [*_names(before), *_names(after), _DEFAULT] if targets is None else targets
    gone: set[Quad] = set()
    new: set[Quad] = set()
    for name in sorted(set(names), key=str):
        if targets is None and _digest(before, name) == _digest(after, name):
            continue
        was, now = (set(store.quads_for_pattern(None, None, None, name)) for store in (before, after))
        if was != now and _shown(name) in job["kept"]:
            raise kept_graph_error(_shown(name))
        gone |= was - now
        new |= now - was
        if len(gone) + len(new) > job["most"]:
            raise _too_much(job["most"])
    known: dict[BlankNode, NamedNode] = {}
    named = {_named_quad(quad, known, job["genid"]) for quad in new}
    return gone - named, named - gone


def _names(store: Store) -> list[GraphName]:
    return list(store.named_graphs())


def _digest(store: Store, name: GraphName) -> bytes:
    """Equal for graphs with equal triples: the engine gives equal data in equal order."""
    sink = _Hash()
    store.dump(cast("IO[bytes]", sink), RdfFormat.N_TRIPLES, from_graph=name)
    return sink.hash.digest()


class _Hash:
    def __init__(self) -> None:
        self.hash = hashlib.blake2b()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        pass


def _graph(name: str) -> NamedNode | DefaultGraph:
    return NamedNode(name) if name else _DEFAULT


def _shown(name: GraphName) -> str:
    return "" if isinstance(name, DefaultGraph) else name.value


def _parsed(job: dict[str, Any], *, rename_blank_nodes: bool = False) -> Iterable[Quad]:
    return parse(
        path=job["file"],
        format=_format(job),
        base_iri=job["base"],
        without_named_graphs=True,
        rename_blank_nodes=rename_blank_nodes,
    )


def _format(job: dict[str, Any]) -> RdfFormat:
    found = RdfFormat.from_media_type(job["format"])
    assert found is not None
    return found


def _named_quad(quad: Quad, known: dict[BlankNode, NamedNode], genid: str) -> Quad:
    triple = _named(quad.triple, known, genid)
    return Quad(triple.subject, triple.predicate, triple.object, quad.graph_name)


def _named(triple: Triple, known: dict[BlankNode, NamedNode], genid: str) -> Triple:
    def name(term: Any) -> Any:  # noqa: ANN401  (subjects and objects are different unions of the same terms)
        if isinstance(term, BlankNode):
            return known.setdefault(term, NamedNode(f"{genid}{len(known)}"))
        return _named(term, known, genid) if isinstance(term, Triple) else term

    if not any(isinstance(term, BlankNode | Triple) for term in (triple.subject, triple.object)):
        return triple
    return Triple(name(triple.subject), triple.predicate, name(triple.object))


def _too_much(most: int) -> UpdateRefusedError:
    return UpdateRefusedError(
        "More than {limit} statements would change at once; change them in several steps", limit=most
    )


def _rdf_error(error: Exception) -> GraphError:
    line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    return RdfSyntaxError(
        "Line {line}, column {column}: this is not RDF in the format it is said to be ({reason})",
        line=line or 1,
        column=column or 1,
        reason=str(error).partition(": ")[2] if line else error,
    )


def _failure(error: Exception) -> UpdateEvaluationError:
    return UpdateEvaluationError("The update could not be carried out: {reason}", reason=error)


def _told(error: GraphError) -> dict[str, Any]:
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()}
    return {"error": type(error).__name__, "template": error.template, "values": values}


if __name__ == "__main__":
    main()
