"""What each kept data version brought: documents by title, registers with their edition, our own and other graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.operation.computing import Results
from graph.errors import VersionGoneError
from loaders.loaded_versions import graph_fingerprints, loaded_versions
from loaders.registries.editions import loaded_editions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from api.installation import Installation
    from api.language import Language
    from graph.snapshots import Snapshot

_KEPT: Final = 256
# So many names stand in a line; the comparison of two versions has all.
_NAMES: Final = 3
_NAME: Final = 80
_OWN: Final = ("ontology", "reference")
# Graphs that say nothing by themselves: they follow from what else changed.
_DERIVED: Final = frozenset({"catalog", "current", "inferred", "persons", "shapes", "mappings"})


@dataclass(frozen=True, slots=True)
class VersionContent:
    """
    By what data versions are told apart.

    `documents` has version and moment of loading by roadmap, `editions` title and edition of registers by graph,
    `own` the content of our graphs by name, `graphs` the names of all others.
    """

    documents: Mapping[str, tuple[str, str]]
    editions: Mapping[str, tuple[str, str]]
    own: Mapping[str, str]
    graphs: frozenset[str]

    @classmethod
    def of(cls, snapshot: Snapshot, home: str) -> VersionContent:
        """`home` is what the names of our graphs begin with."""
        versions = loaded_versions(snapshot)
        editions = {one.graph.value: (one.title, one.edition) for one in loaded_editions(snapshot)}
        names = {one.version.value.rpartition("/")[2] for one in versions}
        own = {graph.value.removeprefix(home): mark for graph, mark in graph_fingerprints(snapshot).items()}
        known = names | {f"persons/{name}" for name in names} | _DERIVED | {*_OWN}
        graphs = (graph.value for graph in snapshot.graphs() if graph.value not in editions)
        return cls(
            {one.roadmap.value: (one.version.value, one.loaded.isoformat()) for one in versions if one.current},
            editions,
            {name: mark for name, mark in own.items() if name in _OWN},
            frozenset(name for graph in graphs if (name := graph.removeprefix(home)) not in known),
        )


_EMPTY: Final = VersionContent({}, {}, {}, frozenset())


class VersionContents:
    """The contents of data versions, which never change.  Safe in threads."""

    def __init__(self) -> None:
        self._found: Results[int, VersionContent] = Results(_KEPT)

    def of(self, installation: Installation, number: int) -> VersionContent | None:
        """The content of a version; 0 stands for no data, None for one that is not kept any more."""
        if number == 0:
            return _EMPTY
        kept = self._found.kept(number)
        if kept is not None:
            return kept
        home = f"{installation.iris.base}graph/"
        try:
            with installation.versions.open(number) as snapshot:
                return self._found.keep(number, VersionContent.of(snapshot, home))
        except VersionGoneError:
            return None


def brought(
    before: VersionContent,
    after: VersionContent,
    titles: Callable[[Sequence[str]], Mapping[str, str]],
    language: Language,
) -> list[str]:
    """What is other in `after`, in short sentences; `titles` gives those of roadmaps."""
    text = language.text
    old, new = before.documents, after.documents
    words = {"ontology": text("ontology"), "reference": text("reference data")}
    special = {"corrections": text("the record of corrections"), "links": text("decisions on links")}

    def listed(every: Sequence[str]) -> str:
        told = [name if len(name) <= _NAME else f"{name[: _NAME - 1].rstrip()}…" for name in every[:_NAMES]]
        more = len(every) - _NAMES
        return ", ".join(told) + (
            " " + language.plural("and {count} more", "and {count} more", more) if more > 0 else ""
        )

    def roadmaps(which: Iterable[str]) -> str:
        every = sorted(which)
        known = titles(every[:_NAMES]) if every else {}
        return listed([f"«{known[roadmap]}»" if known.get(roadmap) else _slug(roadmap) for roadmap in every])

    def registers(here: VersionContent, there: VersionContent) -> str:
        gone = sorted(here.editions.keys() - there.editions.keys())
        return listed([", ".join(here.editions[graph]) for graph in gone])

    both = old.keys() & new.keys()
    come, gone = after.graphs - before.graphs, before.graphs - after.graphs
    own = [words[name] for name in _OWN if after.own.get(name) != before.own.get(name)]
    found = [*own, *(special[name] for name in sorted(come & special.keys()))]
    for told in (
        (names := roadmaps(new.keys() - old.keys())) and text("documents: {names}", names=names),
        (names := roadmaps(one for one in both if old[one][0] != new[one][0]))
        and text("new editions: {names}", names=names),
        (names := roadmaps(one for one in both if old[one][0] == new[one][0] and old[one] != new[one]))
        and text("read anew: {names}", names=names),
        (names := roadmaps(old.keys() - new.keys())) and text("documents removed: {names}", names=names),
        (names := registers(after, before)) and text("registers: {names}", names=names),
        (names := registers(before, after)) and text("registers removed: {names}", names=names),
        (names := listed(sorted(come - special.keys()))) and text("graphs: {names}", names=names),
        (names := listed(sorted(gone))) and text("graphs removed: {names}", names=names),
    ):
        if told:
            found.append(told)
    return found


def _slug(roadmap: str) -> str:
    return roadmap.rpartition("/")[2]
