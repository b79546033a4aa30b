"""What things are called: the label of an IRI in the reader's language, if the data have one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from graph.snapshots import Snapshot

# The second only where nothing was inferred: elsewhere each skos:prefLabel is a label too.
_PREDICATES: Final = (
    NamedNode("http://www.w3.org/2000/01/rdf-schema#label"),
    NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
)


def labels(snapshot: Snapshot, things: Collection[NamedNode], languages: Sequence[str]) -> dict[NamedNode, str]:
    """
    One label for each of the things that has one, always the same.

    The languages count in their order, a text without a language after them, other languages last.
    """
    found: dict[NamedNode, str] = {}
    for thing in things:
        for predicate in _PREDICATES:
            texts = [term for term in snapshot.objects(thing, predicate) if isinstance(term, Literal)]
            if texts:
                found[thing] = min(texts, key=lambda text: (_rank(text, languages), text.value)).value
                break
    return found


def _rank(text: Literal, languages: Sequence[str]) -> int:
    language = (text.language or "").partition("-")[0]
    if not language:
        return len(languages)
    return languages.index(language) if language in languages else len(languages) + 1
