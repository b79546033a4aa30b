"""What users are told of the services that SERVICE may ask: which there are, and what they did for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.numbers import format_decimal
from pyoxigraph import Literal, NamedNode, Triple

from ontology.vocabulary import RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from api.installation import Installation
    from api.language import Language
    from graph.federation.services import ServiceUse

_SD = "http://www.w3.org/ns/sparql-service-description#"
_DCTERMS = "http://purl.org/dc/terms/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"


@dataclass(frozen=True, slots=True)
class NamedEndpoint:
    """A service: what stands for it after SERVICE, its address, and a pattern that can stand in a query as it is."""

    name: str
    written: str
    address: str
    example: str


def endpoints(installation: Installation) -> list[NamedEndpoint]:
    """The services of this installation, in the order of its settings."""
    found = []
    for name, given in installation.settings.services.items():
        # In a plain dataset there are no prefixes.
        is_short = "endpoint" in installation.prefixes
        written = f"endpoint:{name}" if is_short else f"<{given.address}>"
        found.append(NamedEndpoint(name, written, given.address, f"SERVICE {written} {{ ?thing ?property ?value }}"))
    return found


def header(uses: Iterable[ServiceUse]) -> str:
    """The value of `Vekha-Service`: each service that was asked, with its figures; empty for none."""
    return ", ".join(
        "; ".join([use.name, *(f"{name}={value:g}" for name, value in use.figures().items())]) for use in uses
    )


def described(uses: Iterable[ServiceUse], language: Language) -> list[str]:
    """The same in words for a page, one line for each service."""
    return [_described(use, language) for use in uses]


def _described(use: ServiceUse, language: Language) -> str:
    parts = [
        language.plural("{count} row", "{count} rows", use.rows),
        language.plural("{count} call", "{count} calls", use.calls),
    ]
    if use.cached < use.calls:
        parts.append(language.text("{count} s", count=format_decimal(round(use.seconds, 2), locale=language.code)))
    if use.cached:
        parts.append(
            language.text("{count} from the cache, at most {age} old", count=use.cached, age=_age(use.age, language))
        )
    if use.failed:
        parts.append(language.plural("{count} failed", "{count} failed", use.failed))
    return f"{use.name}: {', '.join(parts)}"


def _age(seconds: int, language: Language) -> str:
    if seconds < 60:
        return language.text("{count} s", count=seconds)
    if seconds < 3600:
        return language.text("{count} min", count=seconds // 60)
    return language.text("{count} h", count=seconds // 3600)


def description(installation: Installation, service: NamedNode) -> Iterator[Triple]:
    """
    For the service description: that federated queries are answered, and which services they may ask.

    SPARQL 1.1 Service Description has a term for the feature and none for the list; `dcterms:requires` names them.
    """
    found = endpoints(installation)
    if found:
        yield Triple(service, NamedNode(f"{_SD}feature"), NamedNode(f"{_SD}BasicFederatedQuery"))
    for endpoint in found:
        address = NamedNode(endpoint.address)
        yield Triple(service, NamedNode(f"{_DCTERMS}requires"), address)
        yield Triple(address, RDF.type, NamedNode(f"{_SD}Service"))
        yield Triple(address, NamedNode(f"{_SD}endpoint"), address)
        yield Triple(address, NamedNode(f"{_RDFS}label"), Literal(endpoint.name))
