"""Networks as pages, REST resources and files: what `graph.networks` draws of what a person selects."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.identity import allow
from api.network_selection import PARAMETERS, THINGS, NetworkParameterError, known_things, read_asked, short_id
from api.problems import ProblemError
from api.site import running_of, site_of
from graph.networks.drawing import draw_svg
from graph.networks.facts import read_facts
from graph.networks.formats import WRITERS
from graph.networks.layout import place
from graph.networks.measures import Measures
from graph.networks.projections import PROJECTIONS, bridged_levels, load_by_year
from graph.networks.views import most_connected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.language import Language
    from api.network_selection import Asked
    from graph.networks.facts import Facts, Iri
    from graph.networks.layout import Positions
    from graph.networks.projections import Network

SORTED_BY: Final = ("weighted_degree", "activities", "degree", "betweenness", "pagerank", "label")
MEDIA_TYPES: Final = {
    "json": "application/json",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "nodes.csv": "text/csv; charset=utf-8",
    "edges.csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
}
# A drawing of more is a grey disc; who wants all asks for `top=0`.
SHOWN: Final = 100
_KEPT_NETWORKS: Final = 32
_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class DrawnNetwork:
    """
    A network with its measures and positions; `size` nodes there are in all, of which some may be left out.

    `load` is the number of activities of each actor in each year, `bridged` the other levels of those it is tied to.
    """

    facts: Facts
    network: Network
    measures: Measures
    positions: Positions
    size: int
    load: Mapping[Iri, Mapping[int, int]]
    bridged: Mapping[Iri, frozenset[Iri]]


class Networks:
    """Drawn networks by data version; the newest facts and the last few drawings are kept.  Safe in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._facts: Facts | None = None
        self._drawn: OrderedDict[tuple[int, Asked], DrawnNetwork] = OrderedDict()

    def facts(self, knowledge: Knowledge) -> Facts:
        with self._lock:
            if self._facts is None or self._facts.version != knowledge.version:
                self._facts = read_facts(knowledge.snapshot)
                self._drawn.clear()
            return self._facts

    def draw(self, knowledge: Knowledge, asked: Asked) -> DrawnNetwork:
        """Measures are those of the whole selection, so that leaving nodes out of the picture changes no figure."""
        facts = self.facts(knowledge)
        key = (facts.version, asked)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        whole = PROJECTIONS[asked.projection](facts, asked.selection)
        shown = most_connected(whole, asked.top) if asked.top else whole
        measures = Measures(whole)
        drawn = DrawnNetwork(
            facts,
            shown,
            measures,
            place(shown, measures.community),
            len(whole),
            load_by_year(facts, asked.selection),
            bridged_levels(facts, whole),
        )
        with self._lock:
            self._drawn[key] = drawn
            while len(self._drawn) > _KEPT_NETWORKS:
                self._drawn.popitem(last=False)
        return drawn


def write_network(drawn: DrawnNetwork, form: str, language: Language, asked: Asked) -> bytes:
    """The network as a file of one of the MEDIA_TYPES."""
    if form == "svg":
        title = title_of(asked.projection, language)
        return draw_svg(drawn.network, drawn.measures, drawn.positions, language=language.code, title=title)
    if form in {"json", "graphml", "gexf"}:
        return WRITERS[form](drawn.network, drawn.measures, language=language.code, positions=drawn.positions)
    return WRITERS[form](drawn.network, drawn.measures, language=language.code)


def title_of(projection: str, language: Language) -> str:
    _ = language.text
    return {
        "bodies-by-activity": _("Who works with whom"),
        "bodies-and-activities": _("Who does what"),
        "territories-by-theme": _("Territories with common themes"),
        "levels": _("How levels are tied"),
    }[projection]


def networks_of(request: Request) -> Networks:
    """The drawn networks of the application that serves this request."""
    networks = request.app.state.networks
    assert isinstance(networks, Networks)
    return networks


def listed(request: Request) -> Response:
    site = site_of(request)
    language = site.pages.language(request)
    allow(request, "read")
    return JSONResponse(
        [
            {
                "id": name,
                "title": title_of(name, language),
                "address": f"/api/networks/{name}",
                "parameters": list(PARAMETERS),
                "formats": list(MEDIA_TYPES),
            }
            for name in PROJECTIONS
        ],
        headers={"Vary": "Accept-Language, Cookie"},
    )


def network_file(request: Request) -> Response:
    site, identity = site_of(request), allow(request, "read")
    language = site.pages.language(request)
    values = _values(request)
    form = next(iter(values.pop("format", ())), "json")
    if form not in MEDIA_TYPES:
        raise ProblemError(
            400,
            language.text("A network comes as {names}, not as «{name}»", names=", ".join(MEDIA_TYPES), name=form),
            parameter="format",
        )
    knowledge, networks = site.installation.newest(), networks_of(request)
    try:
        asked = read_asked(knowledge, networks.facts(knowledge), request.path_params["projection"], values)
    except NetworkParameterError as error:
        status = 404 if error.parameter == "projection" else 400
        raise ProblemError(status, language.text(error.template, **error.values), parameter=error.parameter) from None
    with running_of(request).track(str(request.url.query), identity, kind="network") as query:
        drawn = networks.draw(knowledge, asked)
        content = write_network(drawn, form, language, asked)
        query.ended("done", rows=len(drawn.network), size=len(content), version=knowledge.version)
    headers = {
        "Content-Type": MEDIA_TYPES[form],
        "Vary": "Accept-Language, Cookie, Authorization",
        "Vekha-Version": str(knowledge.version),
        "Content-Disposition": f'attachment; filename="{asked.projection}.{form}"',
    }
    return Response(content, headers=headers)


def network_page(request: Request) -> Response:
    site = site_of(request)
    allow(request, "read")
    language = site.pages.language(request)
    knowledge, networks = site.installation.newest(), networks_of(request)
    facts = networks.facts(knowledge)
    values = _values(request)
    projection = next(iter(values.pop("projection", ())), "bodies-by-activity")
    sort = next(iter(values.pop("sort", ())), SORTED_BY[0])
    problem, drawn, asked = None, None, None
    try:
        asked = read_asked(knowledge, facts, projection, values, top=SHOWN)
        drawn = networks.draw(knowledge, asked)
    except NetworkParameterError as error:
        problem = language.text(error.template, **error.values)
    return site.pages.render(
        request,
        "network.html",
        status=400 if problem else 200,
        problem=problem,
        projection=projection,
        projections=[(name, title_of(name, language)) for name in PROJECTIONS],
        title=title_of(projection, language) if projection in PROJECTIONS else language.text("Networks"),
        fields=_fields(knowledge, facts, values, language),
        chosen={name: next(iter(found), "") for name, found in values.items()},
        shown=_shown(drawn, asked, sort, language, site.pages.links.of) if drawn and asked else None,
        sort=sort if sort in SORTED_BY else SORTED_BY[0],
        downloads=[
            (form, f"/api/networks/{projection}?{_address(values, format=form, lang=language.code)}")
            for form in MEDIA_TYPES
        ],
        version=knowledge.version,
    )


def _shown(
    drawn: DrawnNetwork, asked: Asked, sort: str, language: Language, href: Callable[[object], str | None]
) -> dict[str, Any]:
    measures = drawn.measures
    rows = [
        {
            "node": node,
            "label": data["label"][language.code],
            "activities": data["activities"],
            "load": drawn.load.get(node, {}),
            "levels": sorted(drawn.facts.name(level, language.code) for level in drawn.bridged.get(node, ())),
            **{name: getattr(measures.nodes[node], name) for name in _MEASURES},
        }
        for node, data in drawn.network.nodes(data=True)
    ]
    by = sort if sort in SORTED_BY else SORTED_BY[0]
    rows.sort(key=lambda row: (row["label"].casefold().replace("ё", "е") if by == "label" else -row[by], row["label"]))
    svg = draw_svg(
        drawn.network,
        measures,
        drawn.positions,
        language=language.code,
        title=title_of(asked.projection, language),
        address=href,
    ).decode()
    return {
        "rows": rows[:_ROWS],
        "nodes": len(drawn.network),
        "size": drawn.size,
        "edges": drawn.network.number_of_edges(),
        "parts": measures.parts,
        "communities": len(measures.communities),
        "sources": measures.betweenness_sources,
        # Its writer escapes what documents say; the declaration of an XML document does not belong into a page.
        "svg": Markup(svg[svg.index("<svg") :]),  # noqa: S704
    }


_MEASURES: Final = ("degree", "weighted_degree", "betweenness", "pagerank", "community", "single_point")


def _fields(
    knowledge: Knowledge, facts: Facts, values: Mapping[str, Sequence[str]], language: Language
) -> list[dict[str, Any]]:
    words = {
        "theme": language.text("theme"),
        "level": language.text("level of the bodies"),
        "roadmap": language.text("document"),
        "territory": language.text("territory"),
        "role": language.text("role"),
    }
    known = known_things(facts)
    return [
        {
            "name": name,
            "label": words[name],
            "value": next(iter(values.get(name, ())), ""),
            "choices": sorted(
                ((short_id(knowledge, name, thing), facts.name(thing, language.code)) for thing in known[name]),
                key=lambda choice: choice[1].casefold().replace("ё", "е"),
            ),
        }
        for name in THINGS
    ]


def _values(request: Request) -> dict[str, list[str]]:
    values = {name: request.query_params.getlist(name) for name in request.query_params}
    values.pop("lang", None)
    return values


def _address(values: Mapping[str, Sequence[str]], **more: str) -> str:
    """The parameters of an address: those that have a value, and `more`."""
    return urlencode([(name, text) for name, found in values.items() for text in found if text] + list(more.items()))


ROUTES = [
    Route("/networks", network_page),
    Route("/api/networks", listed),
    Route("/api/networks/{projection}", network_file),
]
