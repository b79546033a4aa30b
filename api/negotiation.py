"""Which representation a request gets: the one table of media types and the reading of `Accept` (RFC 9110, 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A representation: its name in `?format=`, its media type, the ending of a saved file; equal to itself alone."""

    name: str
    media_type: str
    suffix: str

    @property
    def content_type(self) -> str:
        """The value of `Content-Type`; text carries its encoding."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Format("html", "text/html", "html")
JSON = Format("json", "application/json", "json")
CSV = Format("csv", "text/csv", "csv")
XLSX = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
TURTLE = Format("turtle", "text/turtle", "ttl")
N_TRIPLES = Format("ntriples", "application/n-triples", "nt")
JSON_LD = Format("jsonld", "application/ld+json", "jsonld")
RDF_XML = Format("rdfxml", "application/rdf+xml", "rdf")
TRIG = Format("trig", "application/trig", "trig")
N_QUADS = Format("nquads", "application/n-quads", "nq")
RESULTS_JSON = Format("json", "application/sparql-results+json", "srj")
RESULTS_XML = Format("xml", "application/sparql-results+xml", "srx")
XML = Format("xml", "application/xml", "xml")
TSV = Format("tsv", "text/tab-separated-values", "tsv")

ANSWERS = (JSON, CSV, XLSX)
GRAPHS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
# Of a dataset with named graphs; a single graph can be written in them too.
DATASETS = (TRIG, N_QUADS)
RDF_FORMATS = {
    TURTLE.name: RdfFormat.TURTLE,
    N_TRIPLES.name: RdfFormat.N_TRIPLES,
    JSON_LD.name: RdfFormat.JSON_LD,
    RDF_XML.name: RdfFormat.RDF_XML,
    TRIG.name: RdfFormat.TRIG,
    N_QUADS.name: RdfFormat.N_QUADS,
}
RESULTS = (RESULTS_JSON, RESULTS_XML, CSV, TSV)

# Characters of a header that is remembered.
_SHORT: Final = 256


def preferences(header: str) -> list[tuple[str, float]]:
    """The values of an `Accept…` header with their quality, best first; what is refused (q=0) is left out."""
    return sorted(((value, quality) for value, quality in _values(header) if quality > 0), key=lambda pair: -pair[1])


def choose(accept: str | None, offered: Sequence[Format]) -> Format | None:
    """
    The offered format that the header likes best, or None if it accepts none of them.

    Of equal liking, the earlier offer wins; a missing header means the first offer.
    """
    if not accept or not accept.strip():
        return offered[0]
    if len(accept) > _SHORT:
        return _best(accept, offered)
    return _known_best(accept, tuple(offered))


def _best(accept: str, offered: Sequence[Format]) -> Format | None:
    ranges = dict(reversed(_values(accept)))
    best: tuple[float, Format] | None = None
    for candidate in offered:
        quality = _quality(ranges, candidate.media_type)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, candidate)
    return best[1] if best else None


# Clients of one kind send the same header each time.
_known_best = lru_cache(256)(_best)


def by_name(name: str, offered: Sequence[Format]) -> Format | None:
    """The offered format of this name (`?format=csv`)."""
    return next((candidate for candidate in offered if candidate.name == name.lower()), None)


def _quality(ranges: dict[str, float], media_type: str) -> float:
    """The quality that the most specific fitting range gives to a media type; 0 if none fits or it is refused."""
    kind = media_type.split("/", maxsplit=1)[0]
    return next((ranges[name] for name in (media_type, f"{kind}/*", "*/*") if name in ranges), 0.0)


def _values(header: str) -> list[tuple[str, float]]:
    """Values with quality in the order of the header; a quality that is no number counts as a refusal."""
    found: list[tuple[str, float]] = []
    for part in header.lower().split(","):
        value, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, text = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = min(1.0, max(0.0, float(text)))
                except ValueError:
                    quality = 0.0
        if value:
            found.append((value, quality))
    return found
