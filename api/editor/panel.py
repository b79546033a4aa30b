"""What stands beside the SPARQL editor: terms of the ontology with one example each, and what completion knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from api.access.rights import allow
from api.site import site_of
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Knowledge, Record


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property of our ontology; `example` is a pattern that can stand in a query as it is."""

    name: str
    kind: str
    label: str
    definition: str
    example: str


def terms_of(knowledge: Knowledge, language: str) -> list[Term]:
    """The classes and properties of our ontology, each kind by its label."""
    found = [_term(record) for record in knowledge.records("terms", language)]
    return sorted(found, key=lambda term: (term.kind, term.label.casefold()))


def _term(record: Record) -> Term:
    local = str(record["term"]).removeprefix(VEKHA.NAMESPACE)
    name = f"vekha:{local}"
    if record["kind"] == "class":
        example = f"{_variable(record['term'])} a {name} ."
    elif record["term"] == VEKHA.search.value:
        example = f'?activity {name} "наставничество" .'
    else:
        subject = _variable(record["domain"], "?thing")
        value = _variable(record["range"], f"?{local}")
        example = f"{subject} {name} {value if value != subject else value + '2'} ."
    return Term(name, str(record["kind"]), str(record["label"]), str(record["definition"] or ""), example)


def _variable(iri: object, otherwise: str = "?thing") -> str:
    """A variable that is called as the class: «vekha:DatedTarget» gives `?datedTarget`."""
    text = str(iri or "")
    if not text.startswith(VEKHA.NAMESPACE):
        return otherwise
    local = text.removeprefix(VEKHA.NAMESPACE)
    return f"?{local[0].lower()}{local[1:]}"


def terms(request: Request) -> Response:
    """What completion knows without asking: prefixes and terms, in the language of the reader."""
    allow(request, "read")
    site = site_of(request)
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    content: dict[str, Any] = {
        "version": knowledge.version,
        "prefixes": dict(site.installation.catalogue.prefixes.namespaces),
        "terms": [
            {"name": term.name, "kind": term.kind, "label": term.label, "example": term.example}
            for term in terms_of(knowledge, language.code)
        ],
    }
    return JSONResponse(
        content,
        headers={"Vary": "Accept-Language, Cookie, Authorization", "Vekha-Version": str(knowledge.version)},
    )


ROUTES = [Route("/api/terms", terms)]
