"""
Pages as data at their own addresses: `/bodies` is also `/bodies.csv`, `/bodies.json` and `/bodies.ttl`.

The query of the address stays the same, so what a page shows and what its files hold is one selection. A program may
also ask for the plain address with `Accept`.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, serialize
from pyoxigraph import Triple as RdfTriple
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.access.rights import allow
from api.links import same_page, with_query
from api.negotiation import CSV, HTML, JSON, TURTLE, Format, by_name, choose
from api.parameters import NOTHING, idle_parameters, note_unknown, refuse_unknown
from api.problems import ProblemError
from api.questions.answers import csv_cell, plain_value
from api.site import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyoxigraph import Triple
    from starlette.requests import Request

    from api.parameters import Takes
    from api.questions.answers import Value
    from graph.results import Table
    from graph.terms import Term

Cell: TypeAlias = "Term | Value"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of a page: rows of terms or plain values in the order of `columns`, of one data version."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    version: int

    @classmethod
    def of(cls, table: Table, version: int) -> Sheet:
        return cls(table.columns, table.rows, version)


def page_routes(
    path: str,
    page: Callable[[Request], Response],
    *,
    sheet: Callable[[Request], Sheet] | None = None,
    graph: Callable[[Request], Sequence[Triple]] | None = None,
    taken: Takes = NOTHING,
    of_data: Takes | None = None,
) -> list[Route]:
    """
    Routes of a page and of its data: `.csv` and `.json` where it has a `sheet`, `.ttl` where it has a `graph`.

    Put them into `ROUTES` as they stand: the suffixed addresses come first, so that `/bodies/{slug}` does not take
    `/bodies/x.csv` for a slug. Who may not read gets neither page nor data. The graph of one thing without triples is
    404.

    `taken` says which parameters the page takes, `of_data` its data if not the same.  Others are told on the page
    (`api.parameters`), and its data are refused with 400.
    """
    forms: dict[Format, Callable[[Request], Response]] = {}
    if sheet is not None:
        forms[CSV] = lambda request: _csv(request, sheet(request))
        forms[JSON] = lambda request: _json(request, sheet(request))
    if graph is not None:
        forms[TURTLE] = lambda request: _turtle(request, graph(request))

    def negotiated(request: Request) -> Response:
        allow(request, "read")
        form = choose(request.headers.get("accept"), (HTML, *forms)) or HTML
        return shown(request) if form is HTML else data(form, request)

    def shown(request: Request) -> Response:
        note_unknown(request, taken)
        return page(request)

    def data(form: Format, request: Request) -> Response:
        refuse_unknown(request, of_data or taken, site_of(request).pages.language(request))
        return forms[form](request)

    def suffixed(form: Format) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            allow(request, "read")
            return data(form, request)

        return answer

    return [*(Route(f"{path}.{form.suffix}", suffixed(form)) for form in forms), Route(path, negotiated)]


def page_route(path: str, page: Callable[[Request], Response], taken: Takes = NOTHING) -> Route:
    """The route of a page that has no data of its own; parameters that it does not take are told on it."""

    def shown(request: Request) -> Response:
        note_unknown(request, taken)
        return page(request)

    return Route(path, shown)


def file_route(path: str, file: Callable[[Request], Response], taken: Takes = NOTHING) -> Route:
    """The route of a file for who may read; parameters that it does not take are refused with 400."""

    def answer(request: Request) -> Response:
        allow(request, "read")
        refuse_unknown(request, taken, site_of(request).pages.language(request))
        return file(request)

    return Route(path, answer)


def form_asked(request: Request, offered: Sequence[Format], what: str) -> Format:
    """
    The form that `?format=` names, else the one that `Accept` likes best.

    Raises:
        ProblemError: 400 or 406 with what is offered; `what` is the subject of the sentence.
    """
    asked = request.query_params.get("format")
    found = choose(request.headers.get("accept"), offered) if asked is None else by_name(asked, offered)
    if found is not None:
        return found
    if asked is not None:
        raise ProblemError(400, f"format={asked!r} is not one of {', '.join(form.name for form in offered)}")
    words = f"{what} comes as {', '.join(form.media_type for form in offered)}"
    raise ProblemError(406, words, headers={"Vary": "Accept"})


def data_addresses(
    request: Request, *, sheet: bool = True, graph: bool = False, sparql: str | None = None, whole: bool = False
) -> list[tuple[str, str]]:
    """
    The items of the macro `data_menu` for the page of this request, its selection kept: (name, address) pairs.

    `sparql` is the query of the page, opened in the editor; `whole` says that the data take no part of the selection.
    """
    left_out = dict.fromkeys(request.query_params) if whole else idle_parameters(request)
    path, _, query = same_page(request, **{"lang": None, **left_out}).partition("?")
    end = f"?{query}" if query else ""
    forms = [("CSV", CSV), ("JSON", JSON)] if sheet else []
    forms += [("Turtle", TURTLE)] if graph else []
    items = [(name, f"{path}.{form.suffix}{end}") for name, form in forms]
    return [*items, ("SPARQL", with_query("/sparql", query=sparql))] if sparql else items


def _plain(cell: Cell) -> Value:
    return plain_value(cell) if isinstance(cell, NamedNode | BlankNode | Literal | RdfTriple) else cell


def _csv(request: Request, sheet: Sheet) -> Response:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    for row in sheet.rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return Response(text.getvalue(), headers=_headers(request, CSV, sheet.version))


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, int | float) else csv_cell(cell)


def _json(request: Request, sheet: Sheet) -> Response:
    rows = [dict(zip(sheet.columns, map(_plain, row), strict=True)) for row in sheet.rows]
    content: dict[str, Any] = {"version": sheet.version, "columns": list(sheet.columns), "rows": rows}
    return JSONResponse(content, headers=_headers(request, JSON, sheet.version))


def _turtle(request: Request, triples: Sequence[Triple]) -> Response:
    # A list may be empty; a thing of which nothing is said is none.
    if not triples and request.path_params:
        raise HTTPException(404)
    prefixes = dict(site_of(request).installation.catalogue.prefixes.namespaces)
    content = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes)
    return Response(content, headers={"Content-Type": TURTLE.content_type, "Vary": "Accept"})


def _headers(request: Request, form: Format, version: int) -> dict[str, str]:
    name = request.url.path.strip("/").removesuffix(f".{form.suffix}").replace("/", "-") or "vekha"
    # An HTTP header is ASCII; slugs are anyway.
    name = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    headers = {
        "Content-Type": form.content_type,
        "Vary": "Accept, Accept-Language, Cookie",
        "Vekha-Version": str(version),
    }
    return headers | ({"Content-Disposition": f'attachment; filename="{name}.{form.suffix}"'} if form is CSV else {})
