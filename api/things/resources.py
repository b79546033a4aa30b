"""
IRIs of the data under their own paths: a page for people, RDF for programs, chosen by `Accept` or `?format=`.

A thing that has a page at a readable address (`api.links.PAGES`) is shown there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, serialize
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.rights import allow
from api.language import alphabetical
from api.links import with_query
from api.negotiation import GRAPHS, HTML, RDF_FORMATS, RDF_XML, TURTLE, Format, by_name, choose
from api.problems import ProblemError
from api.questions.answers import plain_value
from api.site import site_of
from api.things.entries import entry_view
from api.things.frame import Thing
from api.things.versions import anchor_of
from graph.terms import iri as checked_iri
from ontology.iris import NAMESPACE
from ontology.vocabulary import OWL, RDF, RDFS, SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple
    from starlette.requests import Request

    from api.knowledge import Knowledge, Record
    from api.questions.answers import Value
    from api.site import Site
    from graph.terms import Term

_SHOWN_REFERENCES = 50
# Said once by the heading of the page.
_IN_HEADING = frozenset({RDFS.label.value, RDF.type.value, SKOS.prefLabel.value})


# Beside `?format=`, as pages of things have their data; no key of a thing ends so.
_TURTLE = ".ttl"


@dataclass(slots=True)
class Property:
    """A property with its values; `note` names where an inference stands instead of a document's statement."""

    label: str
    values: list[Record]
    inferred: bool = False


@dataclass(slots=True)
class References:
    """Who points here by one property; `more` counts those that are not shown."""

    label: str
    subjects: list[Record] = field(default_factory=list)
    more: int = 0


def thing(request: Request) -> Response:
    """A thing of the data or a concept of a scheme."""
    allow(request, "read")
    site = site_of(request)
    knowledge = site.installation.newest()
    path = request.url.path.lstrip("/")
    form = TURTLE if path.endswith(_TURTLE) else _form(request)
    subject = checked_iri(site.pages.links.thing(path.removesuffix(_TURTLE)))
    if form is not HTML:
        return _rdf(knowledge, knowledge.triples("description", thing=subject).triples, form)
    if path.startswith(("id/cell/", "id/mention/")):
        return _to_cell(request, site, knowledge, subject)
    language = site.pages.language(request)
    page = site.pages.links.of(subject.value) or ""
    if page.startswith(("/id/", "/registry/", "/scheme/")):
        return generic_page(Thing(request, site, knowledge, language, subject))
    if not knowledge.records("known", language.code, thing=subject):
        raise HTTPException(404)
    target = with_query(page, dict(request.query_params))
    return RedirectResponse(target, status_code=303, headers={"Vary": "Accept"})


def vocabulary(request: Request) -> Response:
    """The terms of the ontology (`…/ns#Term` all stand at `/ns`)."""
    site = site_of(request)
    knowledge = site.installation.newest()
    form = _form(request)
    if form is not HTML:
        return _rdf(knowledge, knowledge.triples("vocabulary-statements").triples, form)
    language = site.pages.language(request)
    terms = knowledge.records("vocabulary", language.code)
    groups = [
        (title, [term for term in terms if str(term["kind"]).endswith(suffixes)])
        for title, suffixes in ((language.text("Classes"), ("Class",)), (language.text("Properties"), ("Property",)))
    ]
    return site.pages.render(request, "vocabulary.html", groups=groups, version=knowledge.version)


def _form(request: Request) -> Format:
    """`?format=`, else `Accept`; 400 or 406 for what is not offered."""
    offered = (HTML, *GRAPHS)
    asked = request.query_params.get("format")
    if asked is not None:
        found = by_name(asked, offered)
        if found is None:
            raise ProblemError(400, f"format={asked!r} is not one of {', '.join(form.name for form in offered)}")
        return found
    found = choose(request.headers.get("accept"), offered)
    if found is None:
        offers = ", ".join(form.media_type for form in offered)
        raise ProblemError(406, f"This resource comes as {offers}", headers={"Vary": "Accept"})
    return found


def _rdf(knowledge: Knowledge, triples: Iterable[Triple], form: Format) -> Response:
    triples = list(triples)
    if not triples:
        raise HTTPException(404)
    prefixes = dict(knowledge.catalogue.prefixes.namespaces) if form in {TURTLE, RDF_XML} else None
    content = serialize(triples, format=RDF_FORMATS[form.name], prefixes=prefixes)
    return Response(content, headers={"Content-Type": form.content_type, "Vary": "Accept"})


def _to_cell(request: Request, site: Site, knowledge: Knowledge, place: NamedNode) -> Response:
    """To the cell in its document, or to the characters in it that a mention stands on."""
    language = site.pages.language(request).code
    mention = knowledge.records("mention-place", language, thing=place)
    cell = str(mention[0]["cell"]) if mention else place.value
    found = knowledge.records("cell-place", language, cell=cell)
    address = site.pages.links.of(found[0]["roadmap"]) if found else None
    if address is None:
        raise HTTPException(404)
    anchor = anchor_of(cell)
    version = None if found[0]["current"] else str(found[0]["version"]).rsplit("_", 1)[-1]
    signs = f"{mention[0]['start']}-{mention[0]['end']}" if mention else None
    target = with_query(address, {"version": version, "cell": anchor, "signs": signs})
    return RedirectResponse(f"{target}#{anchor}", status_code=303, headers={"Vary": "Accept"})


def generic_page(thing: Thing) -> Response:
    """All statements of a thing, and what points to it: the page of kinds that have none of their own."""
    knowledge, language, subject = thing.knowledge, thing.language, thing.iri
    statements = knowledge.table("properties", language.code, thing=subject).records()
    inferred_graph = knowledge.iris.graph("inferred")
    properties: dict[str, Property] = {}
    types: dict[str, Term | None] = {}
    title: str | None = None
    seen: set[tuple[str, object]] = set()
    for statement in statements:
        term, value = str(plain_value(statement["property"])), statement["value"]
        record: Record = {
            "text": plain_value(statement["valueLabel"]) or _short(knowledge, value),
            "iri": value.value if isinstance(value, NamedNode) else None,
            "language": getattr(value, "language", None),
        }
        if term == RDF.type.value:
            types[str(record["text"])] = value
        if term in {RDFS.label.value, SKOS.prefLabel.value}:
            fits = record["language"] in {language.code, None}
            title = str(record["text"]) if fits or title is None else title
        if term in _IN_HEADING or (term, value) in seen:
            continue
        seen.add((term, value))
        label = str(plain_value(statement["propertyLabel"]) or knowledge.catalogue.prefixes.shorten(term) or term)
        if term == OWL.differentFrom.value:  # OWL 2 DL lets nobody annotate its own terms
            label = language.text("not the same as")
        inferred = statement["graph"] == inferred_graph
        properties.setdefault(term, Property(label, [], inferred)).values.append(record)
    for one in properties.values():
        one.values.sort(key=lambda record: alphabetical(record["text"]))
    references = _references(knowledge, subject, language.code)
    if not properties and not references and title is None:
        raise HTTPException(404)
    entries = knowledge.records("shared-entries", language.code, thing=subject)
    source = entry_view(knowledge, subject, language.code)
    raw = [value["text"] for value in properties.get(VEKHA.rawText.value, Property("", [])).values]
    return thing.render(
        "thing.html",
        title=title
        or (raw[0] if raw else None)
        or knowledge.catalogue.prefixes.shorten(subject.value)
        or subject.value,
        types=_types(types),
        properties=sorted(properties.values(), key=lambda one: (one.inferred, one.label)),
        references=references,
        entries=entries,
        source=source,
        document_path=thing.href(source.record["roadmap"]) if source else None,
        selected=None,
        lit_signs=None,
        version_asked=None,
    )


def _types(types: dict[str, Term | None]) -> list[str]:
    """The labels of classes, sorted; borrowed ones (`prov:Agent`) only where there is none of ours."""
    own = [label for label, term in types.items() if isinstance(term, NamedNode) and term.value.startswith(NAMESPACE)]
    return sorted(own or types)


def _short(knowledge: Knowledge, value: Term | None) -> Value:
    """A value without a label: an IRI as people write it in queries."""
    if isinstance(value, NamedNode):
        return knowledge.catalogue.prefixes.shorten(value.value) or value.value.removeprefix(knowledge.iris.base)
    return plain_value(value)


def _references(knowledge: Knowledge, subject: NamedNode, language: str) -> list[References]:
    groups: dict[object, References] = {}
    for record in knowledge.records("incoming", language, thing=subject):
        label = record["propertyLabel"] or knowledge.catalogue.prefixes.shorten(str(record["property"]))
        group = groups.setdefault(record["property"], References(str(label or record["property"])))
        if len(group.subjects) < _SHOWN_REFERENCES:
            group.subjects.append(record)
        else:
            group.more += 1
    for group in groups.values():
        group.subjects.sort(key=lambda record: alphabetical(record["subjectLabel"]))
    return sorted(groups.values(), key=lambda group: group.label)


ROUTES = [
    Route("/id/{kind}/{key}", thing),
    Route("/registry/{register}/{key}", thing),
    Route("/scheme/{scheme}", thing),
    Route("/scheme/{scheme}/{concept}", thing),
    Route("/ns", vocabulary),
]
