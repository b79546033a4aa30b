"""
What follows from the current data: the inferences of the ontology, as SPARQL updates.

A reasoner needs seconds for two rows of a table and minutes for a store; these updates need milliseconds.  That they
say what the ontology says is tested against HermiT (`graph.reasoning`) on a small slice; that what `graph.nearness`
finds near a change is enough for them, against closures of everything.
"""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Protocol

from graph.nearness import scope_of
from graph.rules import LocalRule, names_in
from ontology.vocabulary import RDFS, VEKHA

if TYPE_CHECKING:
    from pyoxigraph import NamedNode, Triple

    from graph.hierarchies import Hierarchies
    from graph.rules import Scope
    from graph.stated import StatedView

# The order matters: an update sees what earlier ones added.
CLOSURE: Final = ("hierarchies", "groups", "defined-classes", "identical-activities")


class Updatable(Protocol):
    """A store, or a view of one, whose default graph holds everything current, the ontology included."""

    def update(self, update: str, /) -> None: ...


def closure_text(name: str) -> str:
    """The text of one update of `graph/closure`."""
    return files("graph").joinpath("closure", f"{name}.ru").read_text("utf-8")


class Closure(LocalRule):
    """A rule for `graph.store.Store.open`: adds to the default graph what follows from it."""

    def reads(self, schema: Hierarchies) -> frozenset[NamedNode]:
        """Those that the updates name, those that they conclude from narrower ones (`hierarchies.ru`), and these."""
        concluded = {
            name
            for name in schema.wider(RDFS.subPropertyOf)
            if name == RDFS.label or name.value.startswith(VEKHA.NAMESPACE)
        }
        return frozenset(
            narrower for name in self._named | concluded for narrower in schema.below(RDFS.subPropertyOf, name)
        )

    @cached_property
    def _named(self) -> frozenset[NamedNode]:
        return frozenset(name for closure in CLOSURE for name in names_in(closure_text(closure)))

    def __call__(self, workspace: Updatable, /) -> list[Triple]:
        """
        Nothing, because the updates write by themselves; running it again adds nothing.

        The default graph is that of a store with everything current, or holds the facts of a scope.
        """
        for name in CLOSURE:
            workspace.update(closure_text(name))
        return []

    def scope(self, view: StatedView) -> Scope | None:
        return scope_of(view, self)


infer: Final = Closure()
