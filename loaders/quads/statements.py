"""Collecting the statements of one document, each in the graph where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from loaders.quads.persons import PersonNames
from ontology.vocabulary import RDF, RDFS, VEKHA, XSD

Term = NamedNode | BlankNode | Literal


class Statements:
    """
    A growing set of quads in two graphs: what may always be shown, and what carries a person's name.

    Text that comes from the document goes through `verbatim` or `label`, which keep names out of the document graph.
    """

    def __init__(self, document: NamedNode, persons: NamedNode, names: PersonNames) -> None:
        self._document = document
        self._persons = persons
        self._names = names
        self._quads: set[Quad] = set()

    def add(self, subject: NamedNode, predicate: NamedNode, value: Term | None) -> None:
        """Nothing is stated if `value` is None."""
        if value is not None:
            self._quads.add(Quad(subject, predicate, value, self._document))

    def is_a(self, subject: NamedNode, *classes: NamedNode) -> None:
        for cls in classes:
            self.add(subject, RDF.type, cls)

    def add_about_person(self, subject: NamedNode, predicate: NamedNode, value: Term) -> None:
        self._quads.add(Quad(subject, predicate, value, self._persons))

    def string(self, subject: NamedNode, predicate: NamedNode, value: str | None) -> None:
        """For our own words and codes: text of the document goes through `verbatim`."""
        if value:
            self.add(subject, predicate, Literal(value))

    def integer(self, subject: NamedNode, predicate: NamedNode, value: int | None) -> None:
        self.add(subject, predicate, as_integer(value))

    def decimal(self, subject: NamedNode, predicate: NamedNode, value: float | None) -> None:
        self.add(subject, predicate, as_decimal(value))

    def date(self, subject: NamedNode, predicate: NamedNode, value: date | str | None) -> None:
        """`value` is a date or its ISO form."""
        self.add(subject, predicate, as_date(value))

    def verbatim(
        self, subject: NamedNode, predicate: NamedNode, text: str | None, *, redacted: NamedNode | None = None
    ) -> None:
        """
        The document's own words, without a language tag.

        A text with a person's name stands in the graph of persons; the document graph then says it
        with the name struck out, under `redacted`, if that is given.
        """
        self._state_text(subject, predicate, text, None, redacted)

    def label(self, subject: NamedNode, text: str | None) -> None:
        """A Russian label in the document's words; one with a person's name is treated as `verbatim` does."""
        self._state_text(subject, RDFS.label, text, "ru", VEKHA.redactedText)

    def struck_out(self, text: str) -> str:
        """`text` without names of persons."""
        return self._names.strike_out(text)

    def of_document(self) -> list[Quad]:
        """What may always be shown, sorted by its N-Quads form: the same document gives the same bytes."""
        return sorted((quad for quad in self._quads if quad.graph_name == self._document), key=str)

    def of_persons(self) -> list[Quad]:
        """What carries a person's name, sorted in the same way."""
        return sorted((quad for quad in self._quads if quad.graph_name == self._persons), key=str)

    def _state_text(
        self,
        subject: NamedNode,
        predicate: NamedNode,
        text: str | None,
        language: str | None,
        redacted: NamedNode | None,
    ) -> None:
        if not text:
            return
        value = Literal(text, language=language) if language else Literal(text)
        struck = self._names.strike_out(text)
        if struck == text:
            self.add(subject, predicate, value)
            return
        self.add_about_person(subject, predicate, value)
        if redacted is not None:
            self.add(subject, redacted, Literal(struck))


def n_quads(quads: Iterable[Quad]) -> str:
    """Sorted N-Quads, one statement a line."""
    return "".join(f"{quad} .\n" for quad in sorted(quads, key=str))


def as_integer(value: int | None) -> Literal | None:
    return None if value is None else Literal(str(value), datatype=XSD.integer)


def as_decimal(value: float | None) -> Literal | None:
    """Twenty-one stays «21», a half «0.5»: no binary tail, no exponent."""
    return None if value is None else Literal(format(Decimal(str(value)).normalize(), "f"), datatype=XSD.decimal)


def as_date(value: date | str | None) -> Literal | None:
    """`value` is a date or its ISO form."""
    return Literal(str(value), datatype=XSD.date) if value else None
