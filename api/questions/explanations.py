"""Errors of asking in the reader's language: what is wrong, in which parameter, and what is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.knowledge import UnknownValueError
from queries.binding import ParameterError, ParameterValueError, UnknownParameterError

if TYPE_CHECKING:
    from api.language import Language
    from queries.catalogue import Parameter, Question

_SHOWN_LENGTH = 80


def explain(error: ParameterError, question: Question, language: Language) -> str:
    """One sentence about a value that the question does not take."""
    if isinstance(error, UnknownParameterError):
        accepted = ", ".join(name for name in error.accepted if name != "lang")
        return (
            language.text(
                "The question «{question}» has no parameter «{parameter}»; it takes {accepted}",
                question=question.id,
                parameter=error.parameter,
                accepted=accepted,
            )
            if accepted
            else language.text("The question «{question}» takes no parameters", question=question.id)
        )
    if isinstance(error, UnknownValueError):
        if not str(error.value).strip():
            return language.text("Parameter «{parameter}» is empty: choose a value", parameter=error.parameter)
        return language.text(
            "Parameter «{parameter}»: the data know no «{value}»", parameter=error.parameter, value=_cut(error.value)
        ) + (language.text("; did you mean {names}?", names=", ".join(error.similar)) if error.similar else "")
    if not isinstance(error, ParameterValueError):
        return str(error)
    return language.text(
        "Parameter «{parameter}»: «{value}» does not fit; expected is {accepted}",
        parameter=error.parameter,
        value=_cut(error.value),
        accepted=_accepted(question.parameters[error.parameter], language),
    )


def _cut(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"


def _accepted(parameter: Parameter, language: Language) -> str:
    if parameter.values:
        return ", ".join(parameter.values)
    match parameter.type:
        case "iri":
            if parameter.prefix:
                return language.text("a full IRI, a prefixed name, or an id of «{prefix}:»", prefix=parameter.prefix)
            return language.text("a full IRI or a prefixed name")
        case "integer":
            low, high = parameter.minimum, parameter.maximum
            if low is not None and high is not None:
                return language.text("a whole number from {low} to {high}", low=low, high=high)
            return language.text("a whole number")
        case "date":
            return language.text("a date such as 2021-05-14")
        case "boolean":
            return language.text("true or false")
        case _:
            return language.text("a text")
