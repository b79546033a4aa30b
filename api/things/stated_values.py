"""Values of statements in words of the reader, for the page that lists all statements of a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from api.pages import written
from api.questions.answers import plain_value
from api.registers.automatic import RULES
from api.registers.decision_words import decision_words
from api.registers.entries import SCHEMES, STATUSES
from loaders.registries.editions import loaded_editions
from ontology.vocabulary import VEKHA, XSD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.knowledge import Knowledge
    from api.language import Language
    from api.questions.answers import Value
    from graph.terms import Term

# Codes of the data by the property that they are values of, as messages to be translated.
CODES: Final[Mapping[str, Mapping[str, str]]] = {
    VEKHA.recordStatus.value: STATUSES,
    VEKHA.linkRule.value: RULES,
    VEKHA.precision.value: {
        "day": "to the day",
        "month": "to the month",
        "quarter": "to the quarter",
        "half-year": "to the half-year",
        "year": "to the year",
        "period": "to the period of the document",
    },
}
_NUMBERS: Final = frozenset({VEKHA.invalidIdentifier.value, VEKHA.otherIdentifier.value})


def in_words(knowledge: Knowledge, language: Language, property_: str, value: Term | None) -> Value:
    """
    The value of a statement as the reader writes it: codes of ours in words, dates, numbers and truth values.

    A thing is written as people write it in queries; a text stays as it is.
    """
    if isinstance(value, NamedNode):
        return knowledge.catalogue.prefixes.shorten(value.value) or value.value.removeprefix(knowledge.iris.base)
    if not isinstance(value, Literal):
        return plain_value(value)
    said = value.value
    if property_ in CODES:
        return language.text(CODES[property_].get(said, said))
    if property_ == VEKHA.linkDecision.value:
        return decision_words(language).get(said, said)
    if property_ == VEKHA.register.value:
        return next((one.title for one in loaded_editions(knowledge.snapshot) if one.register == said), said)
    if property_ in _NUMBERS:
        scheme, separator, number = said.partition(": ")
        return f"{language.text(SCHEMES.get(scheme, scheme))}{separator}{number}"
    return said if value.datatype == XSD.string or value.language else written(plain_value(value), language)
