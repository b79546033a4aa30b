"""RDF terms as Python values and back; every text from outside becomes a term here, with one clear error."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graph.errors import TermError

if TYPE_CHECKING:
    from collections.abc import Callable

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Subject: TypeAlias = NamedNode | BlankNode | Triple
Value: TypeAlias = str | bool | int | float | Decimal | dt.date | dt.datetime

XSD: Final = "http://www.w3.org/2001/XMLSchema#"

_INTEGERS: Final = frozenset(
    f"{XSD}{name}"
    for name in (
        "integer",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "nonPositiveInteger",
        "negativeInteger",
        "unsignedLong",
        "unsignedInt",
        "unsignedShort",
        "unsignedByte",
    )
)


def iri(text: str) -> NamedNode:
    """
    The absolute IRI `text`.

    Raises:
        TermError: If it is not absolute or has a character that no IRI has (RFC 3987).
    """
    try:
        return NamedNode(text)
    except ValueError as error:
        raise TermError("Not an IRI: «{text}» ({reason})", text=text, reason=error) from None


def literal(value: Value, *, language: str | None = None) -> Literal:
    """
    `value` as a literal of the datatype that fits its Python type; `language` goes with `str` only.

    Raises:
        TermError: If the language is no BCP 47 tag.
    """
    if isinstance(value, str):
        try:
            return Literal(value, language=language)
        except ValueError as error:
            raise TermError("Not a language tag: «{text}» ({reason})", text=language, reason=error) from None
    if language is not None:
        raise TermError("Only a text has a language: «{text}»", text=value)
    if isinstance(value, bool | int | float):
        return Literal(value)
    if isinstance(value, Decimal):
        return Literal(format(value, "f"), datatype=NamedNode(f"{XSD}decimal"))
    kind = "dateTime" if isinstance(value, dt.datetime) else "date"
    return Literal(value.isoformat(), datatype=NamedNode(f"{XSD}{kind}"))


def typed(text: str, datatype: str) -> Literal:
    """
    `text` as a literal of `datatype` (an XSD local name: integer, decimal, date, boolean, string, gYear).

    Raises:
        TermError: If the text is not in the datatype's lexical space (XML Schema part 2), or the datatype is another.
    """
    text = text.strip() if datatype != "string" else text
    check = _LEXICAL.get(datatype)
    if check is None:
        raise TermError("Unknown datatype: «{datatype}»", datatype=datatype)
    if not check(text):
        raise TermError("Not a value of type {datatype}: «{text}»", datatype=datatype, text=text)
    return Literal(text, datatype=NamedNode(f"{XSD}{datatype}"))


def to_python(term: Term) -> Value:
    """
    The Python value of a literal (its text, where the datatype is unknown or the value does not fit it).

    IRIs, blank nodes and triple terms come back as text: the IRI itself, or N-Triples.
    """
    if isinstance(term, NamedNode):
        return term.value
    if not isinstance(term, Literal):
        return str(term)
    convert = _CONVERSIONS.get(term.datatype.value)
    if convert is None:
        return term.value
    try:
        return convert(term.value)
    except (ValueError, ArithmeticError):
        return term.value


def as_triple(statement: Triple | Quad) -> Triple:
    """The triple of a quad; the graph is then named by whoever stores it."""
    return statement.triple if isinstance(statement, Quad) else statement


def _is_date(text: str) -> bool:
    # fromisoformat also takes 20210901 and week dates, which are no xsd:date.
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


_LEXICAL: Final[dict[str, Callable[[str], bool]]] = {
    "string": lambda _text: True,
    "integer": _matches(r"[+-]?\d+"),
    "decimal": _matches(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    "boolean": _matches(r"true|false|0|1"),
    "gYear": _matches(r"\d{4}"),
    "date": _is_date,
}

_CONVERSIONS: Final[dict[str, Callable[[str], Value]]] = {
    **dict.fromkeys(_INTEGERS, int),
    f"{XSD}decimal": Decimal,
    f"{XSD}double": float,
    f"{XSD}float": float,
    f"{XSD}boolean": lambda text: text in {"true", "1"},
    f"{XSD}date": dt.date.fromisoformat,
    f"{XSD}dateTime": dt.datetime.fromisoformat,
}
