"""Help: guided tours through addresses of the loaded data, the API page, examples of the ontology's terms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from api.access.rights import allow
from api.language import alphabetical
from api.links import with_query
from api.lists.facts import lists_of
from api.questions.gallery import TOPICS
from api.representations import page_route
from api.site import site_of
from ontology.iris import HOME, NAMESPACE
from queries.binding import bind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from api.language import Language
    from api.lists.facts import ListedFacts

# The addresses of the tours and their message ids.
TOURS: Final = {
    "responsible": "Find who is responsible",
    "regions": "Compare two regions",
    "network": "Export a network",
}
# Message ids of the tags of the description.
GROUPS: Final = {"questions": "Questions", "search": "Search", "sparql": "SPARQL", "graphs": "Graphs"}
_QUESTIONS: Final = "/api/questions/"
_MENTORING: Final = f"{HOME}scheme/theme/mentoring"


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, the address where it is done already, and what is seen there."""

    do: str
    address: str
    see: str


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    words: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    media_types: tuple[str, ...]
    statuses: tuple[str, ...]
    page: str | None


def help_page(request: Request) -> Response:
    allow(request, "read")
    site = site_of(request)
    language = site.pages.language(request)
    return site.pages.render(
        request, "help.html", tours=[(name, language.text(title)) for name, title in TOURS.items()]
    )


def tour_page(request: Request) -> Response:
    """One tour; its addresses are made of what the loaded documents hold, so every step shows something."""
    allow(request, "read")
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    name = request.path_params["tour"]
    if name not in TOURS:
        raise HTTPException(404)
    cache = lists_of(request)
    facts, labels = cache.facts(knowledge), cache.labels(knowledge, language.code)
    steps = _steps(name, facts, labels, site.pages.links.of, language)
    return site.pages.render(
        request,
        "tour.html",
        title=language.text(TOURS[name]),
        steps=steps,
        others=[(one, language.text(title)) for one, title in TOURS.items() if one != name],
        version=knowledge.version,
    )


def api_page(request: Request) -> Response:
    allow(request, "read")
    site = site_of(request)
    language = site.pages.language(request)
    questions = {question.id: question for question in site.installation.catalogue.listed()}
    operations: dict[str, list[Operation]] = {}
    for path, methods in request.app.openapi()["paths"].items():
        for method, described in methods.items():
            question = questions.get(path.removeprefix(_QUESTIONS)) if path.startswith(_QUESTIONS) else None
            title = TOPICS.get(question.topic, question.topic) if question else GROUPS[described["tags"][0]]
            operation = _operation(method, path, described, language)
            if question:
                operation = Operation(
                    operation.method,
                    operation.path,
                    question.title.in_language(language.code),
                    tuple(
                        Parameter(one.name, one.label.in_language(language.code), required=False)
                        for one in question.parameters.values()
                    ),
                    operation.media_types,
                    operation.statuses,
                    f"/questions/{question.id}",
                )
            operations.setdefault(language.text(title), []).append(operation)
    return site.pages.render(request, "api.html", groups=operations)


def term_examples(request: Request) -> Response:
    """The editor with a query for things that use a term of the ontology."""
    allow(request, "read")
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    term = NAMESPACE + request.path_params["term"]
    kind = next(
        (str(row["kind"]) for row in knowledge.records("vocabulary", language.code) if row["term"] == term), None
    )
    if kind is None:
        raise HTTPException(404)
    question = knowledge.catalogue["examples-of-class" if kind.endswith("Class") else "examples-of-property"]
    query = bind(question, {"term": NamedNode(term), "lang": language.code})
    return RedirectResponse(with_query("/sparql", query=query), status_code=303)


def _operation(method: str, path: str, described: Mapping[str, Any], language: Language) -> Operation:
    # Not `Language.text`: a text of the description may hold braces of an address.
    words = language.translations.gettext
    media_types = dict.fromkeys(
        media_type
        for status, answer in described["responses"].items()
        if status.startswith("2")
        for media_type in answer.get("content", {})
    )
    return Operation(
        method.upper(),
        path,
        words(described.get("summary", path)),
        tuple(
            Parameter(
                one["name"], words(one["description"]) if one.get("description") else "", one.get("required", False)
            )
            for one in described.get("parameters", ())
        ),
        tuple(media_types),
        tuple(described["responses"]),
        path if method == "get" and not described.get("parameters") and "{" not in path else None,
    )


def _steps(
    name: str, facts: ListedFacts, labels: Mapping[str, str], href: Callable[[object], str | None], language: Language
) -> list[Step]:
    _ = language.text
    themes = Counter(theme for values in facts.activity_values.values() for theme in values["theme"])
    theme = _MENTORING if themes[_MENTORING] else next(iter(dict(themes.most_common(1))), "")
    theme_id, theme_label = theme.rsplit("/", 1)[-1], labels.get(theme, theme)
    fitting = [activity for activity, values in facts.activity_values.items() if theme in values["theme"]]
    actors = Counter(actor for activity in fitting for actor in facts.actors_of.get(activity, ()))
    if not fitting or not actors:
        return []
    actor = actors.most_common(1)[0][0]
    activity = next(one for one in fitting if actor in facts.actors_of.get(one, ()))
    if name == "responsible":
        return [
            Step(_("Open the questions."), "/questions", _("Sentences in groups, each with the rows of its answer.")),
            Step(
                _(
                    "Ask who is responsible for the activities of a theme, and choose «{theme}».",
                    theme=theme_label,
                ),
                f"/questions/who-is-responsible?{urlencode({'theme': theme_id})}",
                _("One row for each activity, with who answers for it, until when, and the place in the document."),
            ),
            Step(
                _("Narrow the same by facets: level, document, year."),
                f"/activities?{urlencode({'theme': theme_id})}",
                _("{count} activities; each number beside a value says how many it would leave.", count=len(fitting)),
            ),
            Step(
                _("Open who is named most often: {name}.", name=labels.get(actor, "")),
                href(actor) or "/bodies",
                _("All spellings, duties by year, and who works with it."),
            ),
            Step(
                _("Open one activity and follow its place to the document."),
                href(activity) or "/activities",
                _("The words it was read from; the cell is lit on the page of the document."),
            ),
        ]
    regions = Counter(place for values in facts.activity_values.values() for place in values["territory"])
    pair = sorted((place for place, _count in regions.most_common(2)), key=lambda one: alphabetical(labels.get(one)))
    places = [("territory", place.rsplit("/", 1)[-1]) for place in pair]
    roadmaps = [("roadmap", document.rsplit("/", 1)[-1]) for document in _documents_of(facts, pair)]
    if name == "regions":
        names = " / ".join(labels.get(place, place) for place in pair)
        return [
            Step(_("Open the territories."), "/territories", _("Which have documents, and how many activities.")),
            Step(
                _("Choose two: {names}.", names=names),
                f"/roadmaps?{urlencode(places)}",
                _("The documents of both, with level, period and numbers."),
            ),
            Step(
                _("Count activities by theme and territory."),
                f"/compare?{urlencode(places)}",
                _("A matrix; a darker cell has more activities, and leads to them."),
            ),
            Step(
                _("Put one document of each side by side."),
                f"/compare?{urlencode(roadmaps)}",
                _("What both have, what is alike, and what only one of them has."),
            ),
            Step(
                _("See which indicators can be compared."),
                "/questions/comparable-indicators",
                _("Pairs of indicators of different documents with the same unit."),
            ),
        ]
    projection = "bodies-by-activity"
    return [
        Step(
            _("Open the network of who works with whom."),
            f"/networks?{urlencode({'projection': projection})}",
            _("The most connected bodies; beside the drawing stands the table of what is drawn."),
        ),
        Step(
            _("Keep the theme «{theme}» only.", theme=theme_label),
            f"/networks?{urlencode({'projection': projection, 'theme': theme_id})}",
            _("A smaller network; all of the selection stands in the address, which you can send."),
        ),
        Step(
            _("Save it for Gephi and other programs."),
            f"/api/networks/{projection}?{urlencode({'theme': theme_id, 'format': 'graphml'})}",
            _("A GraphML file with the same nodes, ties and measures."),
        ),
        Step(
            _("Save it as a table."),
            f"/api/networks/{projection}?{urlencode({'theme': theme_id, 'format': 'nodes.csv'})}",
            _("A CSV of the nodes with their measures; «edges.csv» holds the ties."),
        ),
    ]


def _documents_of(facts: ListedFacts, places: list[str]) -> list[str]:
    """The document with most activities of each territory."""
    counts = Counter(
        (place, document)
        for values in facts.activity_values.values()
        for place in values["territory"]
        for document in values["roadmap"]
    )
    found = []
    for place in places:
        own = [(count, document) for (where, document), count in counts.items() if where == place]
        found += [max(own)[1]] if own else []
    return found


ROUTES = [
    page_route("/help", help_page),
    page_route("/help/{tour}", tour_page),
    page_route("/api", api_page),
    Route("/ns/{term}/examples", term_examples),
]
