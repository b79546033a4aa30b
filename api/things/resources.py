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
from api.negotiation import GRAPHS, HTML, RDF_FORMATS, RDF_XML, TURTLE, Format
from api.parameters import NOTHING, note_unknown, refuse_unknown, takes
from api.questions.answers import plain_value
from api.registers.entries import editions_of, entry_of
from api.representations import form_asked
from api.site import site_of
from api.things.entries import entry_view
from api.things.frame import Thing
from api.things.stated_values import in_words
from api.things.versions import anchor_of
from graph.terms import iri as checked_iri
from ontology.iris import NAMESPACE
from ontology.vocabulary import OWL, RDF, RDFS, SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple
    from starlette.requests import Request

    from api.knowledge import Knowledge, Record
    from api.site import Site
    from graph.terms import Term

_SHOWN_REFERENCES = 50
# Said once by the heading of the page.
_IN_HEADING = frozenset({RDFS.label.value, RDF.type.value, SKOS.prefLabel.value})
_FORMS = (HTML, *GRAPHS)
_RESOURCE = "This resource"
# Beside `?format=`, as pages of things have their data; no key of a thing ends so.
_TURTLE = ".ttl"
_TAKEN = takes("format")


@dataclass(slots=True)
class Property:
    """A property with its values; `inferred` where no document states them."""

    label: str
    values: list[Record]
    inferred: bool = False


@dataclass(slots=True)
class Statements:
    """What is said of a thing: its name in the reader's language if it has one, its classes by label, the rest."""

    title: str | None = None
    types: dict[str, Term | None] = field(default_factory=dict)
    properties: dict[str, Property] = field(default_factory=dict)


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
    form = TURTLE if path.endswith(_TURTLE) else form_asked(request, _FORMS, _RESOURCE)
    subject = checked_iri(site.pages.links.thing(path.removesuffix(_TURTLE)))
    page = site.pages.links.of(subject.value) or ""
    has_own_page = not page.startswith(("/id/", "/registry/", "/scheme/"))
    if form is not HTML:
        # A link to a page, with its parameters, is a name of the thing for programs.
        if not has_own_page:
            refuse_unknown(request, NOTHING if path.endswith(_TURTLE) else _TAKEN, site.pages.language(request))
        return _rdf(knowledge, knowledge.triples("description", thing=subject).triples, form)
    if path.startswith(("id/cell/", "id/mention/")):
        return _to_cell(request, site, knowledge, subject)
    language = site.pages.language(request)
    if not has_own_page:
        note_unknown(request, _TAKEN)
        return generic_page(Thing(request, site, knowledge, language, subject))
    if not knowledge.records("known", language.code, thing=subject):
        raise HTTPException(404)
    # What the page does not take it tells itself.
    target = with_query(page, {name: value for name, value in request.query_params.items() if name != "format"})
    return RedirectResponse(target, status_code=303, headers={"Vary": "Accept"})


def vocabulary(request: Request) -> Response:
    """The terms of the ontology (`…/ns#Term` all stand at `/ns`)."""
    site = site_of(request)
    knowledge = site.installation.newest()
    form = form_asked(request, _FORMS, _RESOURCE)
    language = site.pages.language(request)
    if form is not HTML:
        refuse_unknown(request, _TAKEN, language)
        return _rdf(knowledge, knowledge.triples("vocabulary-statements").triples, form)
    note_unknown(request, _TAKEN)
    terms = knowledge.records("vocabulary", language.code)
    groups = [
        (title, [term for term in terms if str(term["kind"]).endswith(suffixes)])
        for title, suffixes in ((language.text("Classes"), ("Class",)), (language.text("Properties"), ("Property",)))
    ]
    return site.pages.render(request, "vocabulary.html", groups=groups, version=knowledge.version)


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
    knowledge, code, subject = thing.knowledge, thing.language.code, thing.iri
    said = _statements(thing)
    references = _references(knowledge, subject, code)
    if not said.properties and not references and said.title is None:
        raise HTTPException(404)
    source = entry_view(knowledge, subject, code)
    raw = said.properties.get(VEKHA.rawText.value, Property("", [])).values
    short = knowledge.catalogue.prefixes.shorten(subject.value)
    registered = entry_of(knowledge, subject)
    return thing.render(
        "thing.html",
        title=said.title or (raw[0]["text"] if raw else None) or short or subject.value,
        types=_types(said.types),
        properties=sorted(said.properties.values(), key=lambda one: (one.inferred, one.label)),
        references=references,
        entries=knowledge.records("shared-entries", code, thing=subject),
        source=source,
        registered=registered,
        editions=editions_of(knowledge, [registered]) if registered else (),
        document_path=thing.href(source.record["roadmap"]) if source else None,
        selected=None,
        lit_signs=None,
        version_asked=None,
    )


def _statements(thing: Thing) -> Statements:
    knowledge, language = thing.knowledge, thing.language
    inferred_graph = knowledge.iris.graph("inferred")
    said = Statements()
    seen: set[tuple[str, object]] = set()
    for statement in knowledge.table("properties", language.code, thing=thing.iri).records():
        term, value = str(plain_value(statement["property"])), statement["value"]
        record: Record = {
            "text": plain_value(statement["valueLabel"]) or in_words(knowledge, language, term, value),
            "iri": value.value if isinstance(value, NamedNode) else None,
            "language": getattr(value, "language", None),
        }
        if term == RDF.type.value:
            said.types[str(record["text"])] = value
        if term in {RDFS.label.value, SKOS.prefLabel.value}:
            fits = record["language"] in {language.code, None}
            said.title = str(record["text"]) if fits or said.title is None else said.title
        if term in _IN_HEADING or (term, value) in seen:
            continue
        seen.add((term, value))
        label = str(plain_value(statement["propertyLabel"]) or knowledge.catalogue.prefixes.shorten(term) or term)
        if term == OWL.differentFrom.value:  # OWL 2 DL lets nobody annotate its own terms
            label = language.text("not the same as")
        inferred = statement["graph"] == inferred_graph
        said.properties.setdefault(term, Property(label, [], inferred)).values.append(record)
    for one in said.properties.values():
        one.values.sort(key=lambda record: alphabetical(record["text"]))
    return said


def _types(types: dict[str, Term | None]) -> list[str]:
    """The labels of classes, sorted; borrowed ones (`prov:Agent`) only where there is none of ours."""
    own = [label for label, term in types.items() if isinstance(term, NamedNode) and term.value.startswith(NAMESPACE)]
    return sorted(own or types)


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
