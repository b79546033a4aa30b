"""
The live store of a data folder: how its next state is written, and becomes a version.

Only the holder of the writer lock has one.  Whatever happens to the process, the live store is in its old state or in
its new one, and its number, which is written with the state, says whether that state was published.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from graph.changes import Delta, inserted_quads, ntriples, removed_quads, write_update
from graph.errors import StoreClosedError
from graph.feed import MOST_STATEMENTS, write_changes
from graph.folder import replace_file, sync_tree
from graph.void import keep

if TYPE_CHECKING:
    from collections.abc import Collection

    from graph.folder import DataFolder
    from graph.snapshots import Versions
    from graph.void import Statistics

# From so many quads on the engine's bulk loader is several times faster than an update; it is not atomic, so it works
# on a copy.
BULK_FROM: Final = 20_000
# A store that grows by so much of its size is put in order at once, not little by little.
_ORDERED_FROM: Final = 0.5
_BATCH: Final = 400_000


class LiveStore:
    """Not safe for several threads; `graph.store.Store` gives each commit its turn."""

    def __init__(self, folder: DataFolder, versions: Versions, keep: int) -> None:
        self._folder = folder
        self._versions = versions
        self._keep = keep
        self._engine: Store | None = None
        self.reopen()

    def reopen(self) -> None:
        """
        Open the store as it is on the disk.

        Raises:
            OSError: The disk is full, or broken.
        """
        # The folder is locked as long as an engine lives.
        self._engine = None
        self._folder.settle_store()
        self._engine = Store(self._folder.store)

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

        A big change is made in a copy, which then takes the place of the live store: nobody may hold its engine.
        """
        if max(delta.additions, delta.removals) >= BULK_FROM:
            self._change_copy(delta, size)
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

    def _change_copy(self, delta: Delta, size: int) -> None:
        fresh = Store(self.copy())
        for dropped in delta.drops:
            fresh.remove_graph(dropped)
        for quad in removed_quads(delta):
            fresh.remove(quad)
        for name, triples in delta.inserts.items():
            rest = iter(triples)
            # The loader holds all that one call is given; it takes text faster than quads.
            while batch := list(islice(rest, _BATCH)):
                fresh.bulk_load(ntriples(batch), RdfFormat.N_TRIPLES, to_graph=name)
        if max(delta.additions, delta.removals) > _ORDERED_FROM * size:
            fresh.optimize()
        fresh.flush()
        # The folders are locked as long as an engine lives.
        del fresh
        self._engine = None
        sync_tree(self._folder.next_store)
        self._folder.swap_store()
        self._engine = Store(self._folder.store)
