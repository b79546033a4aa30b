"""Links between two data versions: what was decided and undone, by whom, and ties that came without a decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loaders.linking.decisions import LINKING, Decisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.snapshots import Snapshot
    from loaders.linking.decisions import Decision
    from loaders.version_changes import DataChanges

    Link = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ChangedLinks:
    """
    Decisions that hold in the later version only, and those that no longer hold there, the oldest first.

    `tied` and `untied` are links that no decision of these is behind: those of mappings that came with data.
    """

    decided: list[Decision] = field(default_factory=list)
    undone: list[Decision] = field(default_factory=list)
    tied: list[Link] = field(default_factory=list)
    untied: list[Link] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.decided) + len(self.undone) + len(self.tied) + len(self.untied)

    def things(self) -> Iterator[str]:
        """The IRIs that a page needs names for."""
        for decision in (*self.decided, *self.undone):
            yield decision.thing.value
            if decision.record is not None:
                yield decision.record.value
        for subject, _predicate, target in (*self.tied, *self.untied):
            yield from (subject, target)


def changed_links(before: Snapshot | None, after: Snapshot | None, changes: DataChanges) -> ChangedLinks:
    """What is other in the links of two data versions; None is no data."""
    old = {one.key: one for one in Decisions.read(before).all()}
    new = {one.key: one for one in Decisions.read(after).all()}
    decided = [one for key, one in new.items() if one.active and not (key in old and old[key].active)]
    undone = [new.get(key, one) for key, one in old.items() if one.active and not (key in new and new[key].active)]
    known = {link for one in (*decided, *undone) for link in _link(one)}
    return ChangedLinks(
        decided,
        undone,
        [link for link in changes.links_new if link not in known],
        [link for link in changes.links_gone if link not in known],
    )


def _link(decision: Decision) -> Iterator[Link]:
    if decision.record is not None and decision.state in LINKING:
        yield decision.thing.value, LINKING[decision.state].value, decision.record.value
