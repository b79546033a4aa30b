"""
«What changed»: any two kept data versions in words of the domain, counts first, then document by document.

When a version came about and why is in the audit log: everybody sees when and what, signed-in people also who.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException

from api.access.audit import AuditLog
from api.access.rights import identity_of
from api.access.users import Role
from api.commands.review_report import concept_labels
from api.importing.changed_links import changed_links
from api.importing.version_contents import VersionContents, brought
from api.knowledge import Knowledge
from api.links import with_query
from api.parameters import takes
from api.problems import graph_problem
from api.registers.decision_words import decision_words
from api.representations import Sheet, data_addresses, page_routes
from api.site import held, site_of
from graph.errors import VersionGoneError
from graph.folder import DataFolder
from loaders.version_changes import changes_between

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.importing.changed_links import ChangedLinks
    from api.installation import Installation
    from api.language import Language
    from graph.snapshots import Snapshot
    from loaders.version_changes import DataChanges, DocumentChange, EntryChange

# With fewer changes all are shown at once; of one document so many at a time.
OPEN_AT_ONCE: Final = 40
CHANGES_A_PAGE: Final = 100
_KEPT: Final = 16
_COLUMNS: Final = ("document", "change", "kind", "number", "text", "column", "before", "after", "entry")
_NOTHING: Final = 0


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """
    A kept data version; `causes` are pairs of who and what, by the audit log, the oldest first.

    `brought` tells what is other in it than in the kept one before it.
    """

    number: int
    made: str
    causes: list[tuple[str, str]]
    brought: list[str]


@dataclass(slots=True)
class ShownDocument:
    """A document that differs; `counts` of its changes by kind."""

    slug: str
    title: str
    status: str
    activities: int
    change: DocumentChange
    counts: list[tuple[str, int]]


@dataclass(slots=True)
class Difference:
    """What two data versions differ in, with the names that a page needs."""

    before: int
    after: int
    changes: DataChanges
    documents: list[ShownDocument]
    kinds: dict[str, str]
    links: ChangedLinks

    def count(self, *kinds: str) -> int:
        """How many changes of activities are of these kinds, those of new and removed documents included."""
        found = sum(change.kind in kinds for document in self.documents for change in document.change.entries)
        for kind, status in (("added", "added"), ("gone", "removed")):
            if kind in kinds:
                found += sum(document.activities for document in self.documents if document.status == status)
        return found

    @property
    def changed_entries(self) -> int:
        """How many entries of documents that are in both differ."""
        entries = {change.entry for document in self.documents for change in _inside(document.change.entries)}
        return len(entries)

    def of(self, status: str) -> list[ShownDocument]:
        return [document for document in self.documents if document.status == status]

    @property
    def total(self) -> int:
        return sum(len(document.change.entries) for document in self.documents)


@dataclass(slots=True)
class Differences:
    """Differences that were asked for lately; data versions never change, so neither do they."""

    _found: OrderedDict[tuple[int, int, str], Difference] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def between(self, installation: Installation, before: int, after: int, language: Language) -> Difference:
        """
        What is other in version `after` than in `before`; 0 stands for no data.

        Raises:
            VersionGoneError: One of them is not kept.
        """
        key = (before, after, language.code)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
            made = _difference(installation, before, after, language)
            self._found[key] = made
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
            return made


def _inside(changes: list[EntryChange]) -> list[EntryChange]:
    return [change for change in changes if change.kind not in {"added", "gone"}]


def _difference(installation: Installation, before: int, after: int, language: Language) -> Difference:
    with ExitStack() as open_things:
        opened = {number: _open(installation, number, open_things) for number in {before, after}}
        changes = changes_between(opened[before], opened[after], installation.iris, language=language.code)
        links = changed_links(opened[before], opened[after], changes)
        kinds = kind_names(language)
        gone = [change.roadmap for change in changes.documents if change.status == "removed"]
        there = [change.roadmap for change in changes.documents if change.status != "removed"]
        described = _described(installation, opened[before], gone, language)
        described |= _described(installation, opened[after], there, language)
    documents = []
    for change in changes.documents:
        slug = change.roadmap.value.rpartition("/")[2]
        known = described.get(change.roadmap.value, {})
        counts = Counter(entry.kind for entry in change.entries)
        documents.append(
            ShownDocument(
                slug=slug,
                title=str(known.get("title") or slug),
                status=change.status,
                activities=int(known.get("activities") or 0),
                change=change,
                counts=[(kinds[kind], count) for kind, count in counts.most_common()],
            )
        )
    return Difference(before, after, changes, documents, kinds, links)


def _open(installation: Installation, number: int, open_things: ExitStack) -> Snapshot | None:
    """The version; what is read of the newest one stays in memory, so it is not opened a second time."""
    if number == _NOTHING:
        return None
    newest = installation.versions.newest()
    return newest if newest.version == number else open_things.enter_context(installation.versions.open(number))


def _described(
    installation: Installation, snapshot: Snapshot | None, roadmaps: Sequence[NamedNode], language: Language
) -> dict[str, dict[str, Any]]:
    """Title and number of activities of each of the roadmaps."""
    if snapshot is None or not roadmaps:
        return {}
    knowledge = Knowledge(snapshot, installation.catalogue, installation.iris)
    records = knowledge.records("changed-documents", language.code, roadmap=tuple(roadmaps))
    return {str(record["roadmap"]): record for record in records}


def kind_names(language: Language) -> dict[str, str]:
    """The kinds of changes in words."""
    own = {
        "target-changed": language.text("target changed"),
        "theme-added": language.text("theme added"),
        "theme-removed": language.text("theme removed"),
    }
    return {name: label for (scheme, name), label in concept_labels(language.code).items() if scheme == "change"} | own


def known_versions(request: Request) -> list[KnownVersion]:
    """The kept versions, the newest first, with what made each, as far as who asks may know, and what it brought."""
    installation = site_of(request).installation
    language = site_of(request).pages.language(request)
    folder = DataFolder(installation.settings.data)
    numbers = installation.versions.existing()
    lines = [line for line in AuditLog(folder).read() if line.get("before") != line.get("after")]
    known = identity_of(request).role > Role.ANONYMOUS
    found = []
    # What led to the oldest one is told as far as it ended there.
    for previous, number in zip([numbers[0] - 1, *numbers] if numbers else [], numbers, strict=False):
        causes = [line for line in lines if line["before"] < number <= line["after"]]
        causes = [line for line in causes if line["after"] > previous]
        made = max((line["time"] for line in causes if line["after"] == number), default=None)
        if made is None:
            try:
                made = datetime.fromtimestamp((folder.versions / str(number)).stat().st_mtime, UTC).isoformat()
            except OSError:
                continue
        told = [(line["who"] if known else "", _cause(line, language, with_names=known)) for line in causes]
        found.append(KnownVersion(number, made, told, _brought(request, previous, number, language)))
    return found[::-1]


def _brought(request: Request, previous: int, number: int, language: Language) -> list[str]:
    """What is other than in the version before; nothing where that is not kept."""
    installation = site_of(request).installation
    contents = held(request, "version_contents", VersionContents)
    before, after = (contents.of(installation, one) for one in (previous, number))
    if before is None or after is None:
        return []

    def titles(roadmaps: Sequence[str]) -> dict[str, str]:
        records = installation.newest().records("label", language.code, thing=tuple(map(NamedNode, roadmaps)))
        return {str(record["thing"]): str(record["label"]) for record in records if record["label"]}

    return brought(before, after, titles, language)


def _cause(line: dict[str, Any], language: Language, *, with_names: bool) -> str:
    text = language.text
    names = {
        "load": text("documents were loaded"),
        "reload": text("documents were read again"),
        "correct": text("a correction was made"),
        "undo": text("a correction was undone"),
        "update": text("a SPARQL update was made"),
        "link": text("links were decided"),
        "unlink": text("decisions on links were undone"),
        "graph-post": text("a graph was written"),
        "graph-put": text("a graph was written"),
        "graph-delete": text("a graph was removed"),
        "registry load": text("a register was loaded"),
        "registry remove": text("a register was removed"),
    }
    detail = line.get("detail", {})
    more = [*detail.get("files", []), *([detail["correction"]] if "correction" in detail else [])] if with_names else []
    words = names.get(line["action"], str(line["action"]))
    return f"{words}: {', '.join(map(str, more[:5]))}{' …' if len(more) > 5 else ''}" if more else words


def _asked(request: Request) -> tuple[int, int]:
    """The two versions of the address; without any, the newest and the one before it."""
    installation = site_of(request).installation
    installation.versions.current()
    numbers = installation.versions.existing()
    newest = numbers[-1]
    after = _number(request.query_params.get("to"), newest)
    earlier = [number for number in numbers if number < after]
    return _number(request.query_params.get("from"), earlier[-1] if earlier else _NOTHING), after


def _number(text: str | None, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise HTTPException(404)
    return int(text)


def _differences(request: Request) -> Difference:
    site = site_of(request)
    before, after = _asked(request)
    differences = held(request, "differences", Differences)
    return differences.between(site.installation, before, after, site.pages.language(request))


def page(request: Request) -> Response:
    site = site_of(request)
    language = site.pages.language(request)
    before, after = _asked(request)
    difference, problem = None, None
    try:
        difference = _differences(request)
    except VersionGoneError as error:
        problem = graph_problem(error, language)
    chosen = request.query_params.get("document")
    documents = difference.documents if difference else []
    if chosen is not None:
        documents = [document for document in documents if document.slug == chosen]
        if not documents and problem is None:
            raise HTTPException(404)
    first = max(_number(request.query_params.get("row"), 1) - 1, 0) // CHANGES_A_PAGE * CHANGES_A_PAGE
    versions = known_versions(request)
    return site.pages.render(
        request,
        "changes.html",
        status=problem.status if problem else 200,
        problem=problem.detail if problem else None,
        difference=difference,
        documents=documents,
        chosen=chosen,
        first=first,
        a_page=CHANGES_A_PAGE,
        is_open=difference is not None and (chosen is not None or difference.total <= OPEN_AT_ONCE),
        before=before,
        after=after,
        versions=versions,
        registers=_registers(request, before, after),
        columns={
            name: label for (known, name), label in concept_labels(language.code).items() if known == "column-kind"
        },
        things=_things(difference, site.installation, language) if difference else {},
        decision_words=decision_words(language),
        links_graph=f"{site.installation.iris.base}graph/links",
        data=data_addresses(request),
        version=site.installation.versions.current(),
        address=lambda **changed: with_query("/changes", {"from": before, "to": after, **changed}),
    )


def _registers(request: Request, *numbers: int) -> dict[str, str]:
    """Title and edition of the registers of these versions, by graph."""
    contents = held(request, "version_contents", VersionContents)
    found = (contents.of(site_of(request).installation, number) for number in numbers)
    return {graph: ", ".join(told) for one in found if one is not None for graph, told in one.editions.items()}


def _things(difference: Difference, installation: Installation, language: Language) -> dict[str, str]:
    """Labels of what links tie together."""
    things = dict.fromkeys(islice(difference.links.things(), 4 * CHANGES_A_PAGE))
    if not things:
        return {}
    records = installation.newest().records("label", language.code, thing=tuple(map(NamedNode, things)))
    return {str(record["thing"]): str(record["label"] or record["thing"]) for record in records}


def sheet(request: Request) -> Sheet:
    """Every change of an entry, one line for each document that came or went, and for each link."""
    language = site_of(request).pages.language(request)
    try:
        difference = _differences(request)
    except VersionGoneError as error:
        raise graph_problem(error, language) from None
    chosen = request.query_params.get("document")
    rows: list[list[Any]] = []
    for document in difference.documents:
        if chosen not in {None, document.slug}:
            continue
        if document.status in {"added", "removed"}:
            rows.append([document.slug, f"document-{document.status}", "", "", document.title, "", "", "", ""])
        rows += [
            [
                *(document.slug, change.kind, change.entry_kind, change.number, change.text, change.column),
                *(change.before, change.after, change.entry.value),
            ]
            for change in document.change.entries
        ]
    if chosen is None:
        rows += _link_rows(difference)
    return Sheet(_COLUMNS, rows, difference.after)


def _link_rows(difference: Difference) -> Iterator[list[Any]]:
    """A line for each link: its state as kind, who decided as text, the entry before or after, the thing at the end."""
    links = difference.links
    for change, decisions in (("link-decided", links.decided), ("link-undone", links.undone)):
        for one in decisions:
            entry = one.called or (one.record.value if one.record else "")
            told = ("", entry) if change == "link-decided" else (entry, "")
            yield ["", change, one.state, "", one.author, "", *told, one.thing.value]
    for change, ties in (("link-added", links.tied), ("link-gone", links.untied)):
        for subject, predicate, target in ties:
            told = ("", target) if change == "link-added" else (target, "")
            yield ["", change, predicate.rpartition("#")[2], "", "", "", *told, subject]


ROUTES = page_routes("/changes", page, sheet=sheet, taken=takes("from", "to", "document", "row"))
