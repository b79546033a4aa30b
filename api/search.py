"""Search on every page: the page of results, and the JSON that the search box asks as one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.access.rights import allow
from api.parameters import refuse_unknown, takes
from api.problems import MEDIA_TYPE, ProblemError
from api.representations import Sheet, data_addresses, page_routes
from api.site import site_of
from graph.search import MOST_CHARACTERS
from graph.search_entries import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from api.language import Language
    from api.links import Links
    from graph.search import Found, Hit
    from graph.search_entries import Kind

# Message ids of the kinds.
TITLES: Final[dict[Kind, str]] = {
    "body": "Bodies",
    "theme": "Themes",
    "territory": "Territories",
    "document": "Documents",
    "question": "Questions",
    "indicator": "Indicators",
    "activity": "Activities",
    "result": "Planned results",
    "form-item": "Items of forms",
    "provision": "Points of orders",
    "passage": "Passages",
}
QUESTION: Final = "question:"
_EACH: Final = 5
_PAGE: Final = 50
_MOST: Final = 50
_FILE: Final = 1000


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit for the page: its texts in pieces, each with whether it matched."""

    href: str | None
    pieces: Sequence[tuple[str, bool]]
    excerpt: Sequence[tuple[str, bool]]
    context: str


@dataclass(frozen=True, slots=True)
class Facet:
    kind: Kind
    title: str
    count: int
    hits: Sequence[ShownHit]


def search_page(request: Request) -> Response:
    """What `?q=` finds: the best of each kind, or with `kind` all of one kind in pages of fifty."""
    site = site_of(request)
    language = site.pages.language(request)
    text = request.query_params.get("q", "").strip()
    kind = _kind(request, language)
    page = _number(request, "page", 1, 10_000, language)
    found = None
    if text:
        index = site.installation.search.newest()
        found = index.search(
            text,
            kinds=[kind] if kind else None,
            limit=_PAGE if kind else _EACH,
            offset=(page - 1) * _PAGE if kind else 0,
            language=language.code,
        )
    links, hits = site.pages.links, found.hits if found else ()
    facets = [
        Facet(
            each,
            language.text(TITLES[each]),
            count,
            [_shown(hit, links) for hit in hits if hit.kind == each and (kind or not hit.exact)],
        )
        for each, count in (found.counts.items() if found else ())
    ]
    return site.pages.render(
        request,
        "search.html",
        text=text,
        kind=kind,
        page=page,
        pages=-(-(found.counts.get(kind, 0)) // _PAGE) if found and kind else 1,
        found=found,
        facets=facets,
        shown=[facet for facet in facets if not kind or facet.kind == kind],
        each=_EACH,
        first=[_shown(hit, links) for hit in hits if hit.exact and not kind],
        data=data_addresses(request) if found and found.total else [],
        version=found.version if found else site.installation.versions.current(),
    )


def _sheet(request: Request) -> Sheet:
    """At most a thousand hits of each kind as a table."""
    site = site_of(request)
    language = site.pages.language(request)
    kind = _kind(request, language)
    found = site.installation.search.newest().search(
        request.query_params.get("q", ""), kinds=[kind] if kind else None, limit=_FILE, language=language.code
    )
    rows = [
        [hit.kind, "" if hit.iri.startswith(QUESTION) else hit.iri, hit.label, hit.context, hit.excerpt]
        for hit in found.hits
    ]
    return Sheet(("kind", "iri", "label", "context", "excerpt"), rows, found.version)


def search_router() -> APIRouter:
    """The route of `/api/search`."""
    router = APIRouter(tags=["search"])
    router.add_api_route(
        "/api/search",
        _search,
        methods=["GET"],
        summary="Search in names and texts",
        operation_id="search",
        response_class=JSONResponse,
        responses={
            200: {"description": "Hits of each kind, the best first", "content": {"application/json": {}}},
            **{
                status: {"description": words, "content": {MEDIA_TYPE: {}}}
                for status, words in {
                    400: "A kind or a number that is none",
                    401: "A token that does not count",
                    503: "Nothing is loaded yet, or the index is being made",
                }.items()
            },
        },
        openapi_extra={
            "parameters": [
                {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "words, or their beginnings"},
                {"name": "kind", "in": "query", "schema": {"type": "string", "enum": list(KINDS)}},
                {
                    "name": "limit",
                    "in": "query",
                    "description": "hits of each kind",
                    "schema": {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _EACH},
                },
            ]
        },
    )
    return router


def _search(request: Request) -> JSONResponse:
    allow(request, "read")
    site = site_of(request)
    language = site.pages.language(request)
    refuse_unknown(request, takes("q", "kind", "limit"), language)
    kind = _kind(request, language)
    limit = _number(request, "limit", _EACH, _MOST, language)
    text = request.query_params.get("q", "")
    found = site.installation.search.newest().search(
        text, kinds=[kind] if kind else None, limit=limit, language=language.code
    )
    return JSONResponse(
        _described(found, text, site.pages.links, language),
        headers={"Vary": "Accept-Language, Cookie, Authorization", "Vekha-Version": str(found.version)},
    )


def _described(found: Found, text: str, links: Links, language: Language) -> dict[str, Any]:
    return {
        "query": text[:MOST_CHARACTERS],
        "reading": found.reading,
        "read_as": found.read_as,
        "version": found.version,
        "total": found.total,
        "kinds": [
            {"kind": kind, "title": language.text(TITLES[kind]), "count": count} for kind, count in found.counts.items()
        ],
        "hits": [
            {
                "iri": None if hit.iri.startswith(QUESTION) else hit.iri,
                "href": address_of(hit.iri, links),
                "kind": hit.kind,
                "label": hit.label,
                "marks": hit.marks,
                "context": hit.context,
                "exact": hit.exact,
                "excerpt": hit.excerpt,
                "excerpt_marks": hit.excerpt_marks,
            }
            for hit in found.hits
        ],
    }


def address_of(iri: str, links: Links) -> str | None:
    """The page of a thing or of a question that was found."""
    return f"/questions/{iri.removeprefix(QUESTION)}" if iri.startswith(QUESTION) else links.of(iri)


def _shown(hit: Hit, links: Links) -> ShownHit:
    return ShownHit(
        address_of(hit.iri, links), pieces(hit.label, hit.marks), pieces(hit.excerpt, hit.excerpt_marks), hit.context
    )


def pieces(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """`text` cut at its marks: (piece, whether it is marked)."""
    found: list[tuple[str, bool]] = []
    end = 0
    for start, stop in marks:
        found += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    return [piece for piece in [*found, (text[end:], False)] if piece[0]]


def _kind(request: Request, language: Language) -> Kind | None:
    asked = request.query_params.get("kind")
    for kind in KINDS:
        if asked == kind:
            return kind
    if asked is None:
        return None
    known = ", ".join(KINDS)
    raise ProblemError(400, language.text("There is no kind «{name}», only {known}", name=asked, known=known))


def _number(request: Request, name: str, default: int, most: int, language: Language) -> int:
    asked = request.query_params.get(name)
    if asked is None:
        return default
    if asked.isascii() and asked.isdecimal() and len(asked) < 10 and 1 <= int(asked) <= most:
        return int(asked)
    raise ProblemError(
        400, language.text("«{name}» is a number from 1 to {most}, not «{value}»", name=name, most=most, value=asked)
    )


ROUTES = page_routes("/search", search_page, sheet=_sheet, taken=takes("q", "kind", "page"))
