"""
What a change from outside has changed: statements that its operations name, and graphs that have to be compared.

An operation with templates tells its statements (`graph.modifications`).  Of others only the graphs are known; those
are read whole, before and after.
"""

from __future__ import annotations

import hashlib
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, TypeAlias, cast

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from graph.errors import UpdateRefusedError
from graph.updates import kept_graph_error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

GraphName: TypeAlias = "NamedNode | BlankNode | DefaultGraph"

_Named: TypeAlias = NamedNode | Literal


class Changes:
    """The changes of one job; `store` is everywhere the copy in which it works, `before` the state before the job."""

    def __init__(self) -> None:
        self._gone: set[Quad] = set()
        self._new: set[Quad] = set()
        self._compared: set[GraphName] | None = set()

    def make(self, store: Store, gone: Collection[Quad], new: Collection[Quad]) -> None:
        """`store`, which has all of `gone` and nothing of `new`, loses the first and gains the second."""
        for quad in gone:
            store.remove(quad)
        store.extend(new)
        for quads, undone, done in ((gone, self._new, self._gone), (new, self._gone, self._new)):
            for quad in quads:
                if quad in undone:
                    undone.remove(quad)
                else:
                    done.add(quad)

    def compare(self, names: Iterable[GraphName] | None) -> None:
        """Of these graphs, None for all, it is unknown what changes in them."""
        if names is None:
            self._compared = None
        elif self._compared is not None:
            self._compared.update(names)

    def few(self, before: Store, store: Store, most: int) -> tuple[set[Quad], set[Quad]] | None:
        """What left and what came, or None if more than `most` quads changed or would have to be looked at."""
        sides: list[set[Quad]] = []
        for side in (before, store):
            found = (
                side.quads_for_pattern(None, None, None, None)
                if self._compared is None
                else chain.from_iterable(side.quads_for_pattern(None, None, None, name) for name in self._compared)
            )
            quads = set(islice(found, most + 1))
            if len(quads) > most:
                return None
            sides.append(quads)
        gone, new = self._known()
        gone |= sides[0] - sides[1]
        new |= sides[1] - sides[0]
        return None if len(gone) + len(new) > most else (gone, new)

    def all(
        self, before: Store, store: Store, *, kept: Collection[str], most: int, genid: str
    ) -> tuple[set[Quad], set[Quad]]:
        """
        What left and what came, however long it takes to find; IRIs that begin with `genid` for blank nodes.

        Raises:
            UpdateRefusedError: If one of the graphs `kept` changed, or one without an IRI, or more than `most` quads.
        """
        gone, new = self._known()
        for name in sorted({quad.graph_name for quad in chain(gone, new)}, key=str):
            _check_name(name, kept)
        for name in self._differing(before, store, kept):
            was, now = (set(side.quads_for_pattern(None, None, None, name)) for side in (before, store))
            if was != now:
                _check_name(name, kept)
            gone |= was - now
            new |= now - was
            if len(gone) + len(new) > most:
                break
        if len(gone) + len(new) > most:
            raise too_much(most)
        known: dict[BlankNode, NamedNode] = {}
        named = {_named_quad(quad, known, genid) for quad in new}
        return gone - named, named - gone

    def _known(self) -> tuple[set[Quad], set[Quad]]:
        """What left and what came in graphs that need not be compared."""
        if self._compared is None:
            return set(), set()
        gone, new = (
            {quad for quad in quads if quad.graph_name not in self._compared} for quads in (self._gone, self._new)
        )
        return gone, new

    def _differing(self, before: Store, store: Store, kept: Collection[str]) -> list[GraphName]:
        """The graphs to be compared; of all those in which something changed."""
        if self._compared is not None:
            return sorted(self._compared, key=str)
        for name in sorted(kept):
            # To see this of a graph that was emptied takes no reading.
            if _is_empty(before, name) != _is_empty(store, name):
                raise kept_graph_error(name)
        names = {*before.named_graphs(), *store.named_graphs(), DefaultGraph()}
        return [name for name in sorted(names, key=str) if _digest(before, name) != _digest(store, name)]


def too_much(most: int) -> UpdateRefusedError:
    """Said of a change."""
    return UpdateRefusedError(
        "More than {limit} statements would change at once; change them in several steps", limit=most
    )


def shown(name: GraphName) -> str:
    """The name of a graph, empty for the default graph."""
    return "" if isinstance(name, DefaultGraph) else name.value


def named(triple: Triple, known: dict[BlankNode, NamedNode], genid: str) -> Triple:
    """The triple with IRIs for blank nodes: those `known`, else new ones that begin with `genid` and become known."""

    def name(term: Any) -> Any:  # noqa: ANN401  (subjects and objects are different unions of the same terms)
        if isinstance(term, BlankNode):
            return known.setdefault(term, NamedNode(f"{genid}{len(known)}"))
        return named(term, known, genid) if isinstance(term, Triple) else term

    if not any(isinstance(term, BlankNode | Triple) for term in (triple.subject, triple.object)):
        return triple
    return Triple(name(triple.subject), triple.predicate, name(triple.object))


def _named_quad(quad: Quad, known: dict[BlankNode, NamedNode], genid: str) -> Quad:
    if isinstance(quad.subject, NamedNode) and isinstance(quad.object, _Named):
        return quad
    triple = named(quad.triple, known, genid)
    return Quad(triple.subject, triple.predicate, triple.object, quad.graph_name)


def _check_name(name: GraphName, kept: Collection[str]) -> None:
    if shown(name) in kept:
        raise kept_graph_error(shown(name))
    if isinstance(name, BlankNode):
        raise UpdateRefusedError("A graph is named by an IRI here, not by a blank node")


def _is_empty(store: Store, name: str) -> bool:
    graph = NamedNode(name) if name else DefaultGraph()
    return next(iter(store.quads_for_pattern(None, None, None, graph)), None) is None


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
