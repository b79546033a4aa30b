"""
The page of a roadmap: the source tables as printed beside what was read from the row in focus.

`cell` and `row` in the address put a row into focus, `signs` lights characters of the cell («0-6»), `version` shows a
former version, `page` turns a long document.  `/roadmaps/<slug>/rows/<row>` is the facts of one row as a part of a
page, for the script that changes the focus.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.routing import Route

from api.access.rights import allow
from api.links import with_query
from api.parameters import takes
from api.site import held
from api.things.frame import slug, thing_of, things
from api.things.originals import ROUTES as ORIGINALS
from api.things.originals import is_offered, version_of
from api.things.versions import SourceTables, facts_of_graph, graph_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Record
    from api.things.frame import Thing
    from api.things.versions import Facts, SourceCell, SourceRow, SourceTable

_SHA_START: Final = re.compile(r"[0-9a-f]{6,64}")
_ANCHOR: Final = re.compile(r"t[0-9]{1,6}_r[0-9]{1,6}(_c[0-9]{1,6})?")
_SIGNS: Final = re.compile(r"([0-9]{1,6})-([0-9]{1,6})")
_ROWS: Final = 100
_BYTES: Final = 60_000
_ENTRIES: Final = "roadmap-entries"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table on one page."""

    table: SourceTable
    rows: Sequence[SourceRow]


@dataclass(frozen=True, slots=True)
class Focus:
    """The row whose facts are shown, with what was read from each of its entries."""

    row: SourceRow
    read: Sequence[tuple[str, str, Facts]]


@dataclass(frozen=True, slots=True)
class Place:
    """What the address asks for; `cell` and `row` are anchors."""

    version: str | None
    cell: str | None
    row: str | None
    signs: tuple[int, int] | None
    page: int | None

    @classmethod
    def of(cls, request: Request) -> Place:
        """404 for an address that no page of ours makes."""
        asked = request.query_params
        version, cell, row = (asked.get(name) or None for name in ("version", "cell", "row"))
        if (version and not _SHA_START.fullmatch(version)) or any(
            anchor and not _ANCHOR.fullmatch(anchor) for anchor in (cell, row)
        ):
            raise HTTPException(404)
        if cell and cell.count("_") == 1:
            raise HTTPException(404)
        signs = _SIGNS.fullmatch(asked.get("signs", ""))
        page = asked.get("page", "")
        return cls(
            version,
            cell,
            row or (cell.rsplit("_", 1)[0] if cell else None),
            (int(signs[1]), int(signs[2])) if signs else None,
            int(page) if page.isascii() and page.isdigit() and len(page) < 6 else None,
        )


def roadmap(thing: Thing) -> Response:
    """The page; 404 for a version or a place that the document does not have."""
    place = Place.of(thing.request)
    versions, shown, tables = _shown(thing, place)
    pages = list(pages_of(tables))
    number = _page_of(pages, place)
    parts = pages[number - 1] if pages else []
    record = next(iter(thing.records("roadmap")), None)
    name = slug(thing.iri.value)
    return thing.render(
        "roadmap.html",
        title=(record and record["title"]) or shown["file"],
        record=record,
        versions=versions,
        shown=shown,
        parts=parts,
        page_number=number,
        pages=len(pages),
        rows=sum(len(table.rows) for table in tables),
        contents=list(_sections(pages)),
        place=place,
        lit_cell=next((cell for cell in _cells(tables) if cell.anchor == place.cell), None),
        lit=lambda text: lit(text, place.signs),
        document_path=thing.address,
        version_asked=place.version,
        selected=place.cell,
        lit_signs=place.signs and f"{place.signs[0]}-{place.signs[1]}",
        links={
            "timeline": with_query("/timeline", roadmap=name),
            "calendar": with_query("/timeline.ics", roadmap=name),
            "network": with_query("/networks", projection="bodies-by-activity", roadmap=name),
            "activities": with_query("/activities", roadmap=name),
            "changed": with_query("/questions/what-changed", roadmap=name),
            "corrections": f"{thing.address}/corrections",
            "original": with_query(f"{thing.address}/original", version=place.version)
            if is_offered(thing.site, shown)
            else None,
        },
        **_focused(thing, shown, tables, place, parts),
    )


def row_facts(request: Request) -> Response:
    """The facts of one row as a part of the page."""
    allow(request, "read")
    thing = thing_of(request, "roadmaps")
    place = Place.of(request)
    row = request.path_params["row"]
    if not _ANCHOR.fullmatch(row):
        raise HTTPException(404)
    _versions, shown, tables = _shown(thing, place)
    place = Place(place.version, place.cell, row, place.signs, None)
    address = f"/roadmaps/{request.path_params['slug']}"
    focused = _focused(thing, shown, tables, place, [])
    if focused["focus"] is None:
        raise HTTPException(404)
    return thing.site.pages.render(
        request,
        "row_facts.html",
        document_path=address,
        version_asked=place.version,
        selected=place.cell,
        lit_signs=place.signs and f"{place.signs[0]}-{place.signs[1]}",
        shown=shown,
        **focused,
    )


def pages_of(tables: Sequence[SourceTable]) -> Iterator[list[Part]]:
    """The rows of all tables in pages of at most 100 rows, fewer where they hold much text."""
    page: list[Part] = []
    rows = size = 0
    for table in tables:
        kept: list[SourceRow] = []
        for row in table.rows:
            if rows and (rows >= _ROWS or size + row.size > _BYTES):
                if kept:
                    page.append(Part(table, kept))
                yield page
                page, kept, rows, size = [], [], 0, 0
            kept.append(row)
            rows, size = rows + 1, size + row.size
        if kept:
            page.append(Part(table, kept))
    if page:
        yield page


def lit(text: str, signs: tuple[int, int] | None) -> Markup:
    """The text with these characters lit; all of it plain where they are not in it."""
    if signs is None or not 0 <= signs[0] < signs[1] <= len(text):
        return escape(text)
    start, end = signs
    return Markup("{}<mark>{}</mark>{}").format(text[:start], text[start:end], text[end:])


def tables_of(request: Request) -> SourceTables:
    """The kept tables of the application that serves this request."""
    return held(request, "source_tables", SourceTables)


def _shown(thing: Thing, place: Place) -> tuple[list[Record], Record, list[SourceTable]]:
    versions = thing.knowledge.records("versions", thing.language.code, roadmap=thing.iri)
    shown = version_of(versions, place.version)
    graph = graph_of(thing.knowledge, str(shown["version"]))
    return versions, shown, tables_of(thing.request).of(thing.knowledge, graph, thing.language.code)


def _focused(
    thing: Thing, shown: Record, tables: Sequence[SourceTable], place: Place, parts: Sequence[Part]
) -> dict[str, Any]:
    """The focus: the row of the address, else the first understood row of the page."""
    row = next((row for table in tables for row in table.rows if row.anchor == place.row), None)
    row = row or next((row for part in parts for row in part.rows if row.entries), None)
    if row is None:
        return {"focus": None}
    graph, code = graph_of(thing.knowledge, str(shown["version"])), thing.language.code
    texts = {cell.anchor: cell.text for cell in row.cells.values()}
    read = []
    for entry, kind in row.entries:
        facts = facts_of_graph(thing.knowledge, graph, code, entry=NamedNode(entry))[entry]
        for record in [*facts.deadlines, *(target for one in facts.indicators for target in one.targets)]:
            record["signs"] = _found(str(record["raw"] or ""), texts.get(str(record["anchor"]), ""))
        read.append((entry, kind, facts))
    return {"focus": Focus(row, read)}


def _found(words: str, text: str) -> str | None:
    """Where the words stand in the text, if they stand there once and are not all of it."""
    if not words or words == text or text.count(words) != 1:
        return None
    return f"{text.index(words)}-{text.index(words) + len(words)}"


def _page_of(pages: Sequence[Sequence[Part]], place: Place) -> int:
    if place.page is None and place.row is not None:
        for number, parts in enumerate(pages, 1):
            if any(row.anchor == place.row for part in parts for row in part.rows):
                return number
    return min(max(place.page or 1, 1), max(len(pages), 1))


def _sections(pages: Sequence[Sequence[Part]]) -> Iterator[tuple[str, str, int]]:
    """Titles of sections with the row they begin at and its page."""
    for number, parts in enumerate(pages, 1):
        for part in parts:
            for row in part.rows:
                for heading in row.headings:
                    yield heading, row.anchor, number


def _cells(tables: Sequence[SourceTable]) -> Iterator[SourceCell]:
    return (cell for table in tables for row in table.rows for cell in row.cells.values())


ROUTES = [
    Route("/roadmaps/{slug}/rows/{row}", row_facts),
    *ORIGINALS,
    *things("roadmaps", roadmap, table=_ENTRIES, taken=takes("version", "cell", "row", "signs", "page")),
]
