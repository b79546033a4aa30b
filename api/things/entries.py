"""One entry of a document for its page: the row as printed, and what was read from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.things.versions import SourceCell, anchor_of, facts_of_graph, graph_of, headings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import NamedNode

    from api.knowledge import Knowledge, Record
    from api.things.versions import Facts


@dataclass(frozen=True, slots=True)
class EntryView:
    """
    An entry: `record` as the page question `entry` tells it, the cells of its row, the facts read from it.

    `section` are the titles above it, the outermost first.
    """

    record: Record
    cells: Sequence[SourceCell]
    facts: Facts
    section: Sequence[str]

    @property
    def doubts(self) -> list[Record]:
        """Actors that were read with less than certainty."""
        return [actor for actor in self.facts.actors if actor["confidence"] is not None and not actor["isCertain"]]


def entry_view(knowledge: Knowledge, entry: NamedNode, language: str) -> EntryView | None:
    """The entry as its document's current version states it; None if no current document has it."""
    found = knowledge.records("entry", language, thing=entry)
    if not found:
        return None
    record = found[0]
    graph = graph_of(knowledge, str(record["version"]))
    facts = facts_of_graph(knowledge, graph, language, entry=entry)[entry.value]
    cells = [
        SourceCell(
            iri=str(cell["cell"]),
            anchor=anchor_of(str(cell["cell"])),
            column=int(cell["column"] or 0),
            heading=str(cell["heading"] or cell["kindLabel"] or ""),
            text=str(cell["text"]),
            place=str(cell["place"]),
            is_cut=False,
        )
        for cell in (knowledge.records("row-cells", language, row=str(record["row"])) if record["row"] else ())
    ]
    return EntryView(record, cells, facts, headings_of(record))
