"""
Changes that name every statement they write: INSERT DATA, DELETE DATA, small files of triples.

Nothing is evaluated for them, so they need no process that can be killed, if they are small: a prefix is repeated by
each name that uses it, so `SMALL` characters make at most `SMALL` squared over 16 bytes of statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, RdfFormat, Store, Triple

from graph.tokens import meaningful

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad

    from graph.tokens import Token

SMALL: Final = 16_384
# Their parser keeps no stack that a text can overflow, resolves no entities and fetches nothing.
SIMPLE_FORMATS: Final = frozenset((RdfFormat.N_TRIPLES, RdfFormat.TURTLE))
_PROLOGUE: Final = frozenset(("BASE", "PREFIX"))


@dataclass(frozen=True, slots=True)
class NamedData:
    """Statements to be removed and to be added; one of the two is empty."""

    gone: frozenset[Quad] = frozenset()
    new: frozenset[Quad] = frozenset()


def named_data(text: str, prefixes: Mapping[str, str]) -> NamedData | None:
    """
    What a small update of INSERT DATA alone, or of DELETE DATA alone, names; None for all other texts.

    Numbers are as the store keeps them, blank nodes have new names.
    """
    verbs = _verbs(text)
    kinds = {token.text.upper() for token in verbs}
    if len(kinds) != 1:
        return None
    try:
        scratch = Store()
        scratch.update(text, prefixes=dict(prefixes))
        if kinds == {"INSERT"}:
            return NamedData(new=frozenset(scratch))
        # What DELETE DATA names is what the same text would insert.
        for token in verbs:
            text = text[: token.start] + "INSERT" + text[token.start + len("INSERT") :]
        scratch.update(text, prefixes=dict(prefixes))
    except (SyntaxError, RuntimeError, ValueError, OSError):  # Told by the process that evaluates all other updates.
        return None
    return NamedData(gone=frozenset(scratch))


def triples_of(data: bytes, rdf_format: RdfFormat, base_iri: str | None) -> frozenset[Triple] | None:
    """The triples of a small file of a simple format, blank nodes renamed; None for all other files."""
    if len(data) > SMALL or rdf_format not in SIMPLE_FORMATS:
        return None
    scratch = Store()
    try:
        scratch.load(data, rdf_format, base_iri=base_iri)
    except (SyntaxError, ValueError, OSError):
        return None
    return frozenset(quad.triple for quad in scratch)


def has_blank_nodes(statements: Iterable[Quad | Triple]) -> bool:
    """Whether a blank node occurs, which no text can name that removes it."""
    return any(
        isinstance(term, BlankNode) or (isinstance(term, Triple) and has_blank_nodes([term]))
        for statement in statements
        for term in (statement.subject, statement.object, getattr(statement, "graph_name", None))
    )


def _verbs(text: str) -> list[Token]:
    """INSERT and DELETE, each with DATA behind it, if the text has no other operations; else nothing."""
    if len(text) > SMALL:
        return []
    depth, verbs, waits = 0, list["Token"](), False
    for token in meaningful(text):
        if token.kind == "sign":
            depth += {"{": 1, "}": -1}.get(token.text, 0)
        elif depth or token.kind != "word" or token.text.upper() in _PROLOGUE:
            continue
        elif waits:
            if not token.is_word("DATA"):
                return []
            waits = False
        elif token.is_word("INSERT", "DELETE"):
            verbs.append(token)
            waits = True
        else:
            return []
    return [] if waits else verbs
