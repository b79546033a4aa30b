"""The page of networks: what is selected and drawn, the table of the same, ways in and files out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from pyoxigraph import NamedNode
from starlette.routing import Route

from api.access.rights import allow
from api.editor.asking import QUERY_PARAMETERS, query_address
from api.networks.drawing import kind_of, kind_words
from api.networks.drawn import CLOSED_FROM, Networks, title_of
from api.networks.files import ROUTES as FILE_ROUTES
from api.networks.files import facts_of, page_of, read_values, values_of
from api.networks.selection import THINGS, VIEW, asked_question, known_things, short_id, short_name
from api.problems import ProblemError
from api.questions.answering import is_long_list
from api.site import site_of
from graph.networks.projections import PROJECTIONS, years_of
from graph.networks.views import COMMUNITY
from ontology.language.spelling import spelling_key
from queries.binding import ParameterError, term_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Knowledge
    from api.language import Language
    from api.networks.drawn import DrawnNetwork
    from graph.networks.facts import Facts, Iri
    from queries.catalogue import Question

__all__ = ["ROUTES", "Networks"]

SORTED_BY: Final = ("weighted_degree", "activities", "degree", "betweenness", "pagerank", "community", "label")
# Parameters of the page that select nothing.
_OWN: Final = ("projection", "sort", "rows", "find", "select", "at", "colour", "size", "format")
_ROWS: Final = 50
_FOUND: Final = 20
# Where the values of a filter are looked up by name, if a list of them would be most of the page.
_LOOKUPS: Final = {
    "roadmap": "/questions/who-is-responsible/choices/roadmap",
    "theme": "/questions/who-is-responsible/choices/theme",
}
_FILES: Final = {"graphml": "GraphML", "gexf": "GEXF", "json": "JSON", "svg": "SVG", "png": "PNG"}

Values = dict[str, list[str]]


def _page(request: Request) -> Response:
    site = site_of(request)
    allow(request, "read")
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    facts = facts_of(request, knowledge)
    given = values_of(request)
    own = {name: next(iter(given.get(name, ())), "") for name in _OWN}
    values = {name: found for name, found in given.items() if name not in _OWN and any(found)}
    projection = own["projection"] or "bodies-by-activity"
    problem, status, drawn = None, 200, None
    try:
        drawn = page_of(request, knowledge, read_values(request, knowledge, projection, values))
    except ProblemError as error:
        if error.status >= 500:
            raise
        problem, status = error.detail, 400
    address = _Addresses(projection, values)
    question = _answer(request, knowledge, values, language) if not problem else None
    filters = {*THINGS, "year", "at-least", "groups"} - (question["own"] if question else set())
    page = _Shown(drawn, knowledge, language, site.pages.links.of, address) if drawn else None
    return site.pages.render(
        request,
        "network.html",
        status=status,
        problem=problem,
        projection=projection,
        projections=[(name, title_of(name, language)) for name in PROJECTIONS],
        title=title_of(projection, language) if projection in PROJECTIONS else language.text("Networks"),
        fields=[
            field
            for field in _fields(knowledge, facts, values, language)
            if not question or field["name"] not in question["own"]
        ],
        years=years_of(facts),
        chosen={name: next(iter(found), "") for name, found in values.items()},
        # What the form of filters keeps, and what the others keep, which choose another part.
        kept=_pairs(values, lambda name: name not in filters),
        hidden=_pairs(values, lambda name: name not in VIEW),
        question=question,
        address=address,
        shown=page.facts(own) if page else None,
        found=page.found(own["find"]) if page and own["find"] else None,
        find=own["find"],
        version=knowledge.version,
    )


class _Addresses:
    """Addresses of this page with some parameters changed; each may have several values."""

    def __init__(self, projection: str, values: Values) -> None:
        self._projection, self._values = projection, values

    def __call__(self, **changes: object) -> str:
        """A value of None takes a parameter away, a list sets all its values; names have `_` for `-`."""
        return f"/networks?{self._query({'projection': [self._projection], **self._values}, changes)}"

    def adding(self, name: str, value: object) -> str:
        """The address with one more value of a parameter."""
        return self(**{name: [*(one for one in self._values.get(name, []) if one != str(value)), value]})

    def only(self, **changes: object) -> str:
        """The address without the parameters that choose a part, so that only the filters stay."""
        return self(**{"focus": None, "steps": None, "expand": None, "communities": None, "top": None, **changes})

    def file(self, form: str, **changes: object) -> str:
        return f"/api/networks/{self._projection}?{self._query(self._values, {**changes, 'format': form})}"

    @staticmethod
    def _query(values: Mapping[str, Sequence[str]], changes: Mapping[str, object]) -> str:
        changed = {name.replace("_", "-"): value for name, value in changes.items()}
        pairs = [(name, text) for name, found in values.items() if name not in changed for text in found if text]
        for name, value in changed.items():
            pairs += [
                (name, str(one)) for one in (value if isinstance(value, list | tuple) else [value]) if one is not None
            ]
        return urlencode(pairs)


class _Shown:
    """What the template shows of a drawn network."""

    def __init__(
        self,
        drawn: DrawnNetwork,
        knowledge: Knowledge,
        language: Language,
        href: Callable[[Iri], str | None],
        address: _Addresses,
    ) -> None:
        self._drawn, self._prefixes, self._language = drawn, knowledge.catalogue.prefixes, language
        self._href, self._address = href, address

    def facts(self, own: Mapping[str, str]) -> dict[str, Any]:
        drawn, asked = self._drawn, self._drawn.asked
        sort = own["sort"] if own["sort"] in SORTED_BY else SORTED_BY[0]
        settled = {"top": asked.top, "communities": self._communities()}
        order = self._sorted("weighted_degree" if drawn.closed and sort in {"betweenness", "pagerank"} else sort)
        first = max(int(own["rows"]) - 1, 0) * _ROWS if own["rows"].isascii() and own["rows"].isdigit() else 0
        return {
            "sort": sort,
            "rows": [self._row(node) for node in order[first : first + _ROWS]],
            "page": first // _ROWS + 1,
            "first": first + 1,
            "last": min(first + _ROWS, len(order)),
            "pages": -(-len(order) // _ROWS),
            "nodes": len(drawn.part),
            "drawn": len(drawn.network),
            "size": len(drawn.whole.network),
            "edges": drawn.network.number_of_edges(),
            "closed": drawn.closed,
            "tells_of_years": drawn.tells_of_years,
            "can_close": len(drawn.part) > _FOUND,
            "parts": drawn.measures.parts,
            "communities": len(drawn.measures.communities),
            "sources": None if drawn.closed else drawn.measures.betweenness_sources,
            "many": len(drawn.whole.network) > CLOSED_FROM,
            "top": asked.top,
            "focus": [
                {
                    "label": self._name(node),
                    "there": node in drawn.whole.network,
                    "id": short_name(self._prefixes, node),
                }
                for node in asked.focus
            ],
            "steps": asked.steps,
            "ties": self._ties(),
            "map": self._address.file("map", lang=self._language.code, **settled),
            "downloads": [
                (title, self._address.file(form, lang=self._language.code, top=asked.top or None))
                for form, title in self._files()
            ],
            "picture": self._address.file("svg", lang=self._language.code, **settled),
        }

    def _files(self) -> list[tuple[str, str]]:
        """The forms in which the network can be saved, and what they are called."""
        text = self._language.text
        tables = {"nodes.csv": text("nodes (CSV)"), "edges.csv": text("ties (CSV)")}
        return list((tables | _FILES).items())

    def found(self, text: str) -> list[dict[str, Any]]:
        """Nodes of the whole network whose name has a word that begins so for each word of the text."""
        words = spelling_key(text).split()
        network, weights = self._drawn.whole.network, self._drawn.measures.weighted_degree
        fitting = [
            node
            for node, data in network.nodes(data=True)
            if words
            and all(
                any(part.startswith(word) for part in spelling_key(data["label"][self._language.code]).split())
                for word in words
            )
        ]
        fitting.sort(key=lambda node: (-weights[node], node))
        return [
            {
                "label": network.nodes[node]["label"][self._language.code],
                "degree": network.degree(node),
                "href": self._href(node),
                "around": self._address.only(focus=short_name(self._prefixes, node)),
                "drawn": node in self._drawn.network,
                "id": short_name(self._prefixes, node),
            }
            for node in fitting[:_FOUND]
        ]

    def _communities(self) -> object:
        communities = self._drawn.asked.communities
        return sorted(communities) if isinstance(communities, frozenset) else communities

    def _sorted(self, by: str) -> list[Iri]:
        network, measures, code = self._drawn.network, self._drawn.measures, self._language.code
        names = {node: _in_order(data["label"][code]) for node, data in network.nodes(data=True)}
        if by == "label":
            return sorted(network, key=lambda node: (names[node], node))
        if by == "community":
            number = {
                node: data.get("community", measures.community.get(node)) for node, data in network.nodes(data=True)
            }
            return sorted(network, key=lambda node: (number[node], names[node]))
        values: Mapping[Iri, float]
        if by == "activities":
            values = {node: data["activities"] for node, data in network.nodes(data=True)}
        elif by == "weighted_degree" or self._drawn.closed:
            values = {
                node: measures.weighted_degree.get(node, 0) or network.degree(node, weight="weight") for node in network
            }
        else:
            values = getattr(measures, by)
        return sorted(network, key=lambda node: (-values[node], names[node]))

    def _row(self, node: Iri) -> dict[str, Any]:
        drawn, code, data = self._drawn, self._language.code, self._drawn.network.nodes[node]
        level = data.get("level")
        row = {
            "label": data["label"][code],
            "kind": kind_words(kind_of(data), self._language),
            "activities": data["activities"],
            "level": drawn.facts.name(level, code) if level else "",
        }
        if data["kind"] == COMMUNITY:
            return row | {
                "id": node,
                "href": None,
                "community": data["community"],
                "members": data["members"],
                "degree": drawn.network.degree(node),
                "weighted_degree": drawn.network.degree(node, weight="weight"),
                "open": self._address(communities=[*self._opened(), data["community"]], top=drawn.asked.top or None),
            }
        name = short_name(self._prefixes, node)
        measures = drawn.measures
        more = drawn.left_out.get(node, {})
        return row | {
            "id": name,
            "href": self._href(node),
            "community": measures.community[node],
            "degree": measures.degree[node],
            "weighted_degree": measures.weighted_degree[node],
            "betweenness": None if drawn.closed else measures.betweenness[node],
            "pagerank": None if drawn.closed else measures.pagerank[node],
            "load": drawn.whole.load.get(node, {}) if drawn.tells_of_years else {},
            "levels": sorted(drawn.facts.name(one, code) for one in drawn.whole.bridged.get(node, ()))
            if drawn.tells_of_years
            else [],
            "cut_off": measures.cut_off.get(node, 0),
            "around": self._address.only(focus=name),
            "more": [(kind_words(kind.rsplit("#", 1)[-1], self._language), count) for kind, count in more.items()],
            "expand": self._address.adding("expand", name) if more else None,
        }

    def _opened(self) -> list[int]:
        communities = self._drawn.asked.communities
        return sorted(communities) if isinstance(communities, frozenset) else []

    def _ties(self) -> dict[str, Any] | None:
        """Why two nodes that were asked for are tied: the activities or themes that they share."""
        focus, network = self._drawn.asked.focus, self._drawn.whole.network
        if len(focus) != 2 or not network.has_edge(*focus):
            return None
        data = network.edges[focus[0], focus[1]]
        facts = self._drawn.facts
        things = [
            {
                "label": known.label
                if (known := facts.activities.get(thing))
                else facts.name(thing, self._language.code),
                "href": self._href(thing),
                "document": facts.name(known.roadmap, self._language.code) if known else "",
            }
            for thing in data.get("activities") or data["themes"]
        ]
        return {"ends": [self._name(node) for node in focus], "things": things}

    def _name(self, node: Iri) -> str:
        known = self._drawn.facts.activities.get(node)
        return known.label if known else self._drawn.facts.name(node, self._language.code)


def _in_order(label: str) -> str:
    return label.casefold().replace("ё", "е")


def _pairs(values: Values, wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
    return [(name, text) for name, found in values.items() if wanted(name) for text in found if text]


def _answer(request: Request, knowledge: Knowledge, values: Values, language: Language) -> dict[str, Any] | None:
    """The question or the query whose answer is drawn: its title and page, its parameters, the page without it."""
    question = asked_question(knowledge, values)
    if question is None and not any(name in values for name in QUERY_PARAMETERS):
        return None
    names = question.parameters if question else ()
    own = {name: values[name] for name in names if name in values}
    taken = {*own, "answer", *QUERY_PARAMETERS}
    title = language.text("Query")
    if question:
        called = ", ".join(_called(knowledge, question, own, language))
        title = question.title.in_language(language.code) + (f" ({called})" if called else "")
    return {
        "title": title,
        "own": set(own),
        "without": "/networks?"
        + urlencode({name: found for name, found in values.items() if name not in taken}, doseq=True),
        "href": f"/questions/{question.id}?{urlencode(own, doseq=True)}".rstrip("?")
        if question
        else query_address(request),
    }


def _called(knowledge: Knowledge, question: Question, own: Values, language: Language) -> Iterator[str]:
    """The values of the question's parameters in words."""
    for name, given in own.items():
        for text in filter(None, given):
            parameter = question.parameters[name]
            if parameter.values and text in parameter.values:
                yield parameter.values[text].in_language(language.code)
                continue
            try:
                thing = term_of(question, parameter, text)
            except ParameterError:
                thing = None
            found = knowledge.records("label", language.code, thing=thing) if isinstance(thing, NamedNode) else ()
            yield str(next((one["label"] for one in found if one["label"]), text))


def _fields(knowledge: Knowledge, facts: Facts, values: Values, language: Language) -> list[dict[str, Any]]:
    words = {
        "theme": language.text("theme"),
        "level": language.text("level of the bodies"),
        "roadmap": language.text("document"),
        "territory": language.text("territory"),
        "role": language.text("role"),
    }
    fields = []
    for name, things in known_things(facts).items():
        choices = sorted(
            ((short_id(knowledge, name, thing), facts.name(thing, language.code)) for thing in things),
            key=lambda choice: _in_order(choice[1]),
        )
        value = next(iter(values.get(name, ())), "")
        is_long = name in _LOOKUPS and is_long_list(label for _value, label in choices)
        fields.append(
            {
                "name": name,
                "label": words[name],
                "value": value,
                "chosen": dict(choices).get(value, value),
                "choices": [] if is_long else choices,
                "lookup": _LOOKUPS[name] if is_long else None,
            }
        )
    return fields


ROUTES = [Route("/networks", _page), *FILE_ROUTES]
