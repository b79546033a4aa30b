"""
Values into questions: a value becomes a typed RDF term, and the term replaces the one in its VALUES line.

No text of a value reaches the query but through `str()` of a pyoxigraph term, which escapes by the grammar.
Engine substitutions are not used: pyoxigraph's reach only projected variables, rdflib's are outside the standard
(RDFLib/rdflib#2542), and replacing variable names in the text hits longer names (CLARIAH/grlc#361).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from queries.catalogue import values_line
from queries.prefixes import UnknownPrefixError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from queries.catalogue import Parameter, Question, Term
    from queries.prefixes import Prefixes

Value: TypeAlias = str | int | date | NamedNode | Literal | None
# A tuple stands for any of its values.
Given: TypeAlias = Value | tuple[Value, ...]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_ANY = frozenset({"", "any"})
_BARE_ID = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


class ParameterError(ValueError):
    """A value that a question does not take; the message names parameter, value and what is accepted."""

    def __init__(self, question: str, parameter: str, message: str) -> None:
        super().__init__(message)
        self.question, self.parameter = question, parameter


class UnknownParameterError(ParameterError):
    """The question has no such parameter; `accepted` are those it has."""

    def __init__(self, question: str, parameter: str, accepted: list[str]) -> None:
        has = f"it takes {', '.join(accepted)}" if accepted else "it takes none"
        super().__init__(question, parameter, f"question «{question}» has no parameter «{parameter}»; {has}")
        self.accepted = tuple(accepted)


class ParameterValueError(ParameterError):
    """The value is not of the parameter's type or not in its list; `accepted` says what is."""

    def __init__(self, question: str, parameter: str, value: object, accepted: str) -> None:
        shown = str(value)
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        super().__init__(question, parameter, f"parameter «{parameter}»: «{shown}» is not {accepted}")
        self.value, self.accepted = value, accepted


def bind(question: Question, values: Mapping[str, Given] | None = None) -> str:
    """
    The question's SPARQL with its PREFIX lines and with `values` in place of the defaults.

    A parameter that is not named keeps its default; None, "" and «any» mean UNDEF where the parameter is optional; a
    tuple puts all its values into the line.
    The parsed query differs from the file's in terms of VALUES lines only.

    Raises:
        UnknownParameterError: If a name is not a parameter of the question.
        ParameterValueError: If a value is not of the parameter's type or not in its list.
    """
    sparql = question.sparql
    for name, value in (values or {}).items():
        if name not in question.parameters:
            raise UnknownParameterError(question.id, name, list(question.parameters))
        given = value if isinstance(value, tuple) else (value,)
        terms = [term_of(question, question.parameters[name], one) for one in given]
        written = " ".join("UNDEF" if term is None else str(term) for term in terms)
        found = values_line(name).search(sparql)
        assert found, f"the catalogue admits no question without the VALUES line of «{name}»"
        start, end = found.span("term")
        sparql = sparql[:start] + written + sparql[end:]
    return question.prefixes.declarations(question.sparql) + sparql


def term_of(question: Question, parameter: Parameter, value: Value) -> Term | None:
    """
    The RDF term of a value, None for UNDEF; strings are read by the parameter's type.

    Raises:
        ParameterValueError: If the value is not of the parameter's type or not in its list.
    """

    def refuse(accepted: str) -> ParameterValueError:
        return ParameterValueError(question.id, parameter.name, value, accepted)

    if value is None or (isinstance(value, str) and parameter.optional and value.strip() in _ANY):
        if parameter.optional:
            return None
        raise refuse(_accepted(parameter))
    if parameter.type == "iri":
        return _iri(parameter, value, question.prefixes, refuse)
    text = value.value if isinstance(value, Literal) else value
    match parameter.type:
        case "boolean":
            if str(text).strip().lower() in {"true", "false"}:
                return Literal(str(text).strip().lower() == "true")
        case "integer":
            if not isinstance(text, bool) and _INTEGER.fullmatch(str(text).strip()):
                number = int(str(text))
                if _within(number, parameter):
                    return Literal(number)
        case "date":
            try:
                day = date.fromisoformat(str(text).strip())
            except ValueError:
                raise refuse(_accepted(parameter)) from None
            return Literal(day.isoformat(), datatype=NamedNode(_XSD + "date"))
        case _:
            if isinstance(text, str) and (parameter.values is None or text in parameter.values):
                try:
                    return Literal(text)
                except ValueError:  # a lone surrogate has no UTF-8
                    raise refuse("text that UTF-8 can hold") from None
    raise refuse(_accepted(parameter))


def _within(number: int, parameter: Parameter) -> bool:
    return (parameter.minimum is None or number >= parameter.minimum) and (
        parameter.maximum is None or number <= parameter.maximum
    )


def _iri(
    parameter: Parameter, value: Value, prefixes: Prefixes, refuse: Callable[[str], ParameterValueError]
) -> NamedNode:
    """A full IRI, a prefixed name of a declared prefix, or a bare id under the parameter's own prefix."""
    if isinstance(value, NamedNode):
        return value
    if not isinstance(value, str):
        raise refuse(_accepted(parameter))
    text = value.strip()
    if parameter.prefix and _BARE_ID.fullmatch(text):
        return NamedNode(prefixes.namespaces[parameter.prefix] + text)
    try:
        prefixed = prefixes.expand(text)
    except UnknownPrefixError as error:
        raise refuse(f"{_accepted(parameter)}: {error}") from None
    if prefixed is not None:
        return prefixed
    try:
        return NamedNode(text.removeprefix("<").removesuffix(">"))
    except ValueError as error:
        raise refuse(f"{_accepted(parameter)}: {error}") from None


def _accepted(parameter: Parameter) -> str:
    """What a parameter takes, in words that end a sentence."""
    match parameter.type:
        case "iri":
            bare = f", or a bare id of «{parameter.prefix}:»" if parameter.prefix else ""
            accepted = f"a full IRI, a prefixed name{bare}"
        case "integer":
            low, high = parameter.minimum, parameter.maximum
            accepted = "a whole number"
            if low is not None and high is not None:
                accepted += f" from {low} to {high}"
            elif low is not None:
                accepted += f" not below {low}"
            elif high is not None:
                accepted += f" not above {high}"
        case "date":
            accepted = "a date such as 2021-05-14"
        case "boolean":
            accepted = "true or false"
        case _:
            accepted = f"one of {', '.join(parameter.values)}" if parameter.values else "a text"
    return f"{accepted}, or «any»" if parameter.optional else accepted
