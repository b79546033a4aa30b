"""
The live store of a data folder: how its next state is written, and becomes a version.

Only the holder of the writer lock has one.  Whatever happens to the process, the live store is in its old state or in
its new one, and its number, which is written with the state, says whether that state was published.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from graph.changes import Delta, inserted_quads, removed_quads, write_update
from graph.errors import StoreClosedError
from graph.feed import MOST_STATEMENTS, write_changes
from graph.folder import replace_file, sync_folder, sync_tree
from graph.void import keep

if TYPE_CHECKING:
    from collections.abc import Collection

    from graph.folder import DataFolder
    from graph.snapshots import Versions
    from graph.void import Statistics

# From so many quads on, and this many times what is there, a new store is built: the engine's bulk loader is fast.
REBUILD_FROM: Final = 20_000
REBUILD_GROWTH: Final = 2


class LiveStore:
    """Not safe for several threads; `graph.store.Store` gives each commit its turn."""

    def __init__(self, folder: DataFolder, versions: Versions, keep: int) -> None:
        self._folder = folder
        self._versions = versions
        self._keep = keep
        folder.settle_store()
        self._engine: Store | None = Store(folder.store)

    @property
    def engine(self) -> Store:
        """
        The open engine; do not keep it, the next commit may replace it.

        Raises:
            StoreClosedError: After `close`.
        """
        if self._engine is None:
            raise StoreClosedError("The store in {folder} was closed", folder=self._folder.path)
        return self._engine

    def close(self) -> None:
        self._engine = None

    def apply(self, delta: Delta, size: int) -> None:
        """
        Change the state of about `size` quads, all at once; durable after return.

        A change that makes the store several times larger builds a new one beside it, which then takes its place.
        """
        if delta.additions >= REBUILD_FROM and delta.additions > REBUILD_GROWTH * size:
            self._rebuild(delta)
        else:
            self.engine.update(write_update(delta))
        self.engine.flush()

    def copy(self) -> Path:
        """A copy of the live store, hard-linked, in which the next state can be made."""
        self._folder.drop_next_store()
        self.engine.backup(self._folder.next_store)
        return self._folder.next_store

    def take_over(self, number: int) -> None:
        """The copy, closed by whoever changed it, is the live store from now on and holds the state `number`."""
        (self._folder.next_store / "version").write_text(str(number), "ascii")
        sync_tree(self._folder.next_store)
        # The folders are locked as long as an engine lives.
        self._engine = None
        self._folder.swap_store()
        self._engine = Store(self._folder.store)

    def change(self, number: int, gone: Collection[Quad], new: Collection[Quad]) -> None:
        """
        The live store of a plain dataset loses and gains statements and holds the state `number` from now on; durable.

        Either `gone` is empty, or no blank nodes occur.  The number is written first: after a kill in between it is
        that of a state in which nothing changed, which the next start publishes.
        """
        replace_file(self._folder.store / "version", str(number).encode("ascii"))
        if gone:
            delta = Delta()
            for changes, quads in ((delta.deletes, gone), (delta.inserts, new)):
                for quad in quads:
                    name = quad.graph_name if isinstance(quad.graph_name, NamedNode) else None
                    changes.setdefault(name, set()).add(quad.triple)
            self.engine.update(write_update(delta))
        else:
            self.engine.extend(new)
        self.engine.flush()

    def number_of_copy(self) -> int:
        """What `take_over` or `change` wrote last, 0 before."""
        try:
            return int((self._folder.store / "version").read_text("ascii"))
        except FileNotFoundError:
            return 0

    def tell(self, number: int, changes: Delta, figures: Statistics) -> None:
        """
        What version `number` will be, written down before it is there: after `publish` nothing is left to wait for.

        `changes` since the version before are left for replicas, if they are not too many; `figures` are kept.
        """
        keep(self._folder, figures)
        target = self._delta(number)
        if not changes.drops and changes.additions + changes.removals <= MOST_STATEMENTS:
            write_changes(target, removed_quads(changes), inserted_quads(changes))

    def hand_over(self, number: int, changes: Path | None) -> None:
        """The file `changes` tells what led to version `number`; without one nothing does."""
        target = self._delta(number)
        self._folder.statistics(number).unlink(missing_ok=True)
        if changes is not None:
            changes.replace(target)

    def publish(self, number: int) -> None:
        """The present state is version `number`, for all readers; versions that are too old go."""
        self._versions.publish(self.engine, number)
        self.prune()

    def _delta(self, number: int) -> Path:
        target = self._folder.delta(number)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        return target

    def prune(self) -> None:
        """Delete the versions that are too old and that nobody reads."""
        self._versions.prune(self._keep)

    def _rebuild(self, delta: Delta) -> None:
        """A new live store that holds the present state changed by `delta`."""
        quads = self.engine.dump(format=RdfFormat.N_QUADS)
        assert quads is not None
        self._folder.drop_next_store()
        fresh = Store(self._folder.next_store)
        fresh.bulk_load(quads, RdfFormat.N_QUADS)
        for dropped in delta.drops:
            fresh.remove_graph(dropped)
        for name, triples in delta.deletes.items():
            for triple in triples:
                fresh.remove(Quad(triple.subject, triple.predicate, triple.object, name))
        fresh.bulk_extend(inserted_quads(delta))
        fresh.optimize()
        fresh.flush()
        # The folders are locked as long as an engine lives.
        del fresh
        self._engine = None
        sync_folder(self._folder.next_store)
        self._folder.swap_store()
        self._engine = Store(self._folder.store)
