"""
Which roadmap a document is an edition of, and what that edition carries on from the store.

A profile says it with `roadmap:`.  Without one the file's name does, unless territory or rows tell that the document is
another one of that name: many folders hold a «plan.docx».  A document of another name is never taken for an edition;
if it looks like one, its report says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from graph.results import Table
from loaders.editions import Edition, Match, SectionPath, match_entries, match_sections, share_matched, titles_agree
from loaders.messages import Message, Value
from loaders.quads import DocumentQuads, roadmap_slug
from loaders.quads.known import territory_iri
from loaders.quads.persons import PersonNames
from loaders.report import Note
from loaders.stored_versions import StoredVersion, names_used, read_version, version_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.snapshots import Snapshot
    from loaders.extraction import Extraction
    from loaders.quads.catalogue import LoadedVersion
    from ontology.iris import Iris
    from ontology.reference import Reference

# Of the shorter edition's rows: fewer than this go on only by chance.
SAME_DOCUMENT: Final = 0.3
LOOKS_LIKE_EDITION: Final = 0.5

_SENTENCES: Final = {
    "another-document-of-this-name": (
        "{file} has the name of another document, but not its territory or rows, and is loaded as {slug}; "
        "if it is an edition of {wanted}, write «roadmap: {wanted}» in the profile beside it"
    ),
    "looks-like-edition": (
        "Looks like a new edition of «{title}» ({slug}); "
        "if it is, write «roadmap: {slug}» in the profile beside the file"
    ),
    "edition-without-common-rows": (
        "No row of the edition before was found again; check whether «roadmap: {slug}» in the profile is right"
    ),
}
_IN_RUSSIAN: Final = {
    "another-document-of-this-name": (
        "{file} называется как другой документ, но территория или строки у него другие; он загружен как {slug}; "
        "если это редакция {wanted}, напишите «roadmap: {wanted}» в профиле рядом с ним"
    ),
    "looks-like-edition": (
        "Похоже на новую редакцию документа «{title}» ({slug}); "
        "если это так, напишите «roadmap: {slug}» в профиле рядом с файлом"
    ),
    "edition-without-common-rows": (
        "Ни одна строка прежней редакции не найдена; проверьте «roadmap: {slug}» в профиле"
    ),
}


@dataclass(frozen=True, slots=True)
class KnownRoadmap:
    """A roadmap by the current version; ISO dates."""

    roadmap: NamedNode
    version: NamedNode
    title: str | None
    territory: NamedNode | None
    start: str | None
    end: str | None


class Lineage:
    """The roadmaps and versions of one snapshot; None where nothing was ever committed."""

    def __init__(
        self,
        snapshot: Snapshot | None,
        versions: Sequence[LoadedVersion],
        iris: Iris,
        reference: Reference,
    ) -> None:
        self._snapshot = snapshot
        self._versions = versions
        self._roadmaps = {known.roadmap: known for known in _current_roadmaps(snapshot)}
        self._iris = iris
        self._reference = reference
        self._waiting: dict[NamedNode, DocumentQuads] = {}
        self._read_before: dict[NamedNode, StoredVersion] = {}

    def expect(self, extraction: Extraction, quads: DocumentQuads) -> None:
        """Know also of a document that will be committed."""
        period = extraction.period
        self._waiting[quads.version] = quads
        self._roadmaps[quads.roadmap] = KnownRoadmap(
            quads.roadmap,
            quads.version,
            extraction.title,
            territory_iri(self._iris, self._reference, extraction.territory),
            period.start if period else None,
            period.end if period else None,
        )

    def place(self, extraction: Extraction) -> list[Note]:
        """
        Give the extraction the slug of its roadmap; what a person should know of the choice comes back.

        The first free slug of plan, plan-2, plan-3 … is that of another document with the name plan.
        """
        wanted = roadmap_slug(extraction)
        if extraction.roadmap is not None:
            return self._check_profile(extraction, wanted)
        for number in count(1):
            slug = wanted if number == 1 else f"{wanted}-{number}"
            known = self._roadmaps.get(self._iris.roadmap(slug))
            if known is None:
                extraction.roadmap = slug
                return [_another_document(extraction, wanted, slug)] if number > 1 else self._look_alikes(extraction)
            if self._is_version_of(extraction, known):
                extraction.roadmap = slug
                return []
        raise AssertionError

    def edition(self, extraction: Extraction) -> Edition:
        """
        What the edition carries on; its roadmap has been given by `place`.

        A version read again keeps the names it has, so that later versions still fit; what it newly reads is looked for
        in the version before it.
        """
        slug = roadmap_slug(extraction)
        version = self._iris.version(slug, extraction.source.sha256)
        history = [known for known in self._versions if known.roadmap == self._iris.roadmap(slug)]
        if self._snapshot is None or not history:
            return Edition()
        itself = next((known for known in history if known.version == version), None)
        before = previous_version(history, version)
        previous = self._read(before) if before else None
        entries: dict[int, NamedNode] = {}
        sections: dict[SectionPath, NamedNode] = {}
        for stored in (self._read(itself.version) if itself else None, previous):
            if stored is None:
                continue
            left = [index for index in range(len(extraction.rows)) if index not in entries]
            given = set(entries.values())
            old = [index for index, entry in enumerate(stored.entries) if entry.iri not in given]
            found = match_entries(
                [stored.entries[index] for index in old],
                [extraction.rows[index] for index in left],
                strike_out=PersonNames.of(extraction).strike_out,
            )
            matches = [Match(old[match.previous], left[match.current]) for match in found]
            entries |= {match.current: stored.entries[match.previous].iri for match in matches}
            kept = match_sections(stored, extraction.rows, matches)
            sections |= {
                path: iri for path, iri in kept.items() if path not in sections and iri not in sections.values()
            }
        others = [known.version for known in history if known is not itself]
        taken = names_used(self._snapshot, self._iris, others)
        return Edition(entries, sections, taken, previous)

    def _check_profile(self, extraction: Extraction, slug: str) -> list[Note]:
        known = self._roadmaps.get(self._iris.roadmap(slug))
        if known is None or not extraction.rows or self._share(extraction, known.version):
            return []
        return [_note("edition-without-common-rows", {"slug": slug})]

    def _is_version_of(self, extraction: Extraction, known: KnownRoadmap) -> bool:
        """Whether a document of the same name is the same work."""
        slug = known.roadmap.value.removeprefix(self._iris.namespace("roadmap"))
        version = self._iris.version(slug, extraction.source.sha256)
        if version == known.version or any(version == stored.version for stored in self._versions):
            return True
        territory = territory_iri(self._iris, self._reference, extraction.territory)
        if territory and known.territory and territory != known.territory:
            return False
        if territory == known.territory and self._has_head_of(extraction, known):
            return True
        return self._share(extraction, known.version) >= SAME_DOCUMENT

    def _look_alikes(self, extraction: Extraction) -> list[Note]:
        territory = territory_iri(self._iris, self._reference, extraction.territory)
        for known in self._roadmaps.values():
            if (
                territory is not None
                and territory == known.territory
                and self._has_head_of(extraction, known)
                and self._share(extraction, known.version) >= LOOKS_LIKE_EDITION
            ):
                slug = known.roadmap.value.removeprefix(self._iris.namespace("roadmap"))
                return [_note("looks-like-edition", {"title": known.title or slug, "slug": slug})]
        return []

    @staticmethod
    def _has_head_of(extraction: Extraction, known: KnownRoadmap) -> bool:
        """Whether period and title are the same."""
        period = (extraction.period.start, extraction.period.end) if extraction.period else (None, None)
        return period == (known.start, known.end) and titles_agree(extraction.title, known.title)

    def _share(self, extraction: Extraction, version: NamedNode) -> float:
        stored = self._read(version)
        if not {entry.text for entry in stored.entries} & {row.activity or row.result for row in extraction.rows}:
            # An edition has at least one row as it was; this spares comparing each pair of files of one name.
            return 0.0
        struck = PersonNames.of(extraction).strike_out
        matched = match_entries(stored.entries, extraction.rows, strike_out=struck)
        return share_matched(len(stored.entries), len(extraction.rows), len(matched))

    def _read(self, version: NamedNode) -> StoredVersion:
        if version not in self._read_before:
            waiting = self._waiting.get(version)
            if waiting is not None:
                read = version_of(waiting.document, waiting.persons, self._iris, version)
            else:
                assert self._snapshot is not None
                read = read_version(self._snapshot, self._iris, version)
            self._read_before[version] = read
        return self._read_before[version]


def previous_version(history: Sequence[LoadedVersion], version: NamedNode) -> NamedNode | None:
    """
    The version before `version` in its roadmap's history: the current one, if it is new.

    A version that comes back keeps its place.
    """
    itself = next((known for known in history if known.version == version), None)
    if itself is not None:
        return itself.previous
    return next((known.version for known in history if known.current), None)


def _current_roadmaps(snapshot: Snapshot | None) -> list[KnownRoadmap]:
    if snapshot is None:
        return []
    answer = snapshot.query(files("loaders").joinpath("loaded-roadmaps.rq").read_text("utf-8"))
    assert isinstance(answer, Table)
    return [
        KnownRoadmap(
            _node(record["roadmap"]),
            _node(record["version"]),
            _text(record["title"]),
            _node(record["territory"]) if record["territory"] else None,
            _text(record["start"]),
            _text(record["end"]),
        )
        for record in answer.records()
    ]


def _node(term: object) -> NamedNode:
    assert isinstance(term, NamedNode)
    return term


def _text(term: object) -> str | None:
    return term.value if isinstance(term, Literal) else None


def _another_document(extraction: Extraction, wanted: str, slug: str) -> Note:
    return _note("another-document-of-this-name", {"file": extraction.source.file, "wanted": wanted, "slug": slug})


def _note(code: str, values: dict[str, Value]) -> Note:
    return Note(code, Message(_SENTENCES[code], values, {"ru": _IN_RUSSIAN[code].format(**values)}))
