"""
The process in which changes from outside are carried out: `python -m graph.update_process`, started by `graph.updates`.

What people send (SPARQL updates, RDF files) is evaluated and parsed here, on a copy of the live store, within limits
of memory and processor time and without a network where the system allows that; it is killed at the time limit.  The
copy counts only when the parent has taken it over, so there is nothing to undo.

Frames (`graph.frames`): a job (JSON) is answered by `e` (outcome, JSON) or `x` (error, JSON).
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize

from graph.errors import GraphError, NoSuchGraphError, RdfSyntaxError
from graph.feed import write_changes
from graph.frames import read_frame, write_frame
from graph.rules import EngineWorkspace
from graph.update_changes import Changes, named, shown, too_much
from graph.update_evaluation import carry_out, failure
from graph.worker_limits import die_with, leave_network, limit_memory, limit_processor_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STACK: Final = 64 * 1024 * 1024

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
            kind, message = b"x", _told(failure(error))
        with contextlib.suppress(BrokenPipeError):
            write_frame(output, kind, json.dumps(message).encode())


def _update(job: dict[str, Any]) -> dict[str, Any]:
    """Evaluate a SPARQL update on the copy."""
    store = Store(job["store"])
    return _finish(store, job, carry_out(store, job["text"], job["prefixes"], most=job["most"]))


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
    changes = Changes()
    changes.compare(None if graph is None else [graph])
    return _finish(store, job, changes) | {"created": created}


def _drop(job: dict[str, Any]) -> dict[str, Any]:
    """Delete one graph of the copy; of the default graph, its triples."""
    store = Store(job["store"])
    graph = _graph(job["graph"])
    if isinstance(graph, NamedNode) and not store.contains_named_graph(graph):
        raise NoSuchGraphError("There is no graph {graph}", graph=graph.value)
    store.remove_graph(graph)
    changes = Changes()
    changes.compare([graph])
    return _finish(store, job, changes)


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
                raise too_much(job["most"])
            yield named(quad.triple, names, job["genid"])

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


def _finish(store: Store, job: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Flush the copy and write what changed since `job["before"]`, where it can be told."""
    store.flush()
    before = Store.read_only(job["before"])
    graphs = [set(side.named_graphs()) for side in (before, store)]
    dropped = [shown(name) for name in graphs[0] - graphs[1]]
    if job["derived"]:
        found = changes.all(before, store, kept=job["kept"], most=job["most"], genid=job["genid"])
    else:
        few = changes.few(before, store, job["most"])
        if few is None:
            return {"changed": True, "delta": False, "dropped": dropped}
        found = few
    gone, new = found
    told = graphs[1] == graphs[0] | {quad.graph_name for quad in new} - {_DEFAULT}
    if told or job["derived"]:
        write_changes(Path(job["delta"]), gone, new)
    return {"changed": bool(gone or new) or graphs[0] != graphs[1], "delta": told, "dropped": dropped}


def _graph(name: str) -> NamedNode | DefaultGraph:
    return NamedNode(name) if name else _DEFAULT


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


def _rdf_error(error: Exception) -> GraphError:
    line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    return RdfSyntaxError(
        "Line {line}, column {column}: this is not RDF in the format it is said to be ({reason})",
        line=line or 1,
        column=column or 1,
        # Its text as a whole names our file, too.
        reason=str(getattr(error, "msg", error)).partition(": ")[2] if line else error,
    )


def _told(error: GraphError) -> dict[str, Any]:
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()}
    return {"error": type(error).__name__, "template": error.template, "values": values}


if __name__ == "__main__":
    main()
