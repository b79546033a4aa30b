"""What requests and commands see of the store: its newest snapshot, asked by questions of the catalogue only."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal

from api.questions.answers import QuestionAnswer, Value, plain_value
from graph.results import Table, Triples
from graph.search_clauses import answered
from queries.binding import ParameterError, ParameterValueError, bind, term_of
from queries.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.results import Result
    from graph.search_indexes import SearchIndexes
    from graph.snapshots import Snapshot
    from graph.terms import Term
    from ontology.iris import Iris
    from queries.binding import Given
    from queries.binding import Value as BoundValue
    from queries.catalogue import Parameter, Question

Record: TypeAlias = dict[str, Value]

_MOST_SIMILAR = 5


class UnknownValueError(ParameterError):
    """A value that names nothing in the data; `similar` are values of the parameter's list that could be meant."""

    def __init__(self, question: str, parameter: str, value: object, similar: Sequence[str]) -> None:
        super().__init__(question, parameter, f"parameter «{parameter}»: the data know no «{value}»")
        self.value, self.similar = value, tuple(similar)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a list: what goes into the address, and how a person reads it."""

    value: str
    label: str


def bound(question: Question, values: Mapping[str, Given], language: str) -> str:
    """The text of a question with these values; labels come in `language` unless a value says otherwise."""
    return bind(question, ({"lang": language} if "lang" in question.parameters else {}) | dict(values))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question with its values in it; `parameters` are those that have one, as people give them."""

    sparql: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One data version and the questions that can be put to it; a request uses one of these from start to end."""

    snapshot: Snapshot
    catalogue: Catalogue
    iris: Iris
    search: SearchIndexes | None = None

    @property
    def version(self) -> int:
        return self.snapshot.version

    def ask(self, question: Question, values: Mapping[str, BoundValue], language: str) -> QuestionAnswer:
        """
        The answer to a question, evaluated here and without a limit; requests: `api.questions.answering`.

        Labels come in `language` unless a value says otherwise.

        Raises:
            ParameterError: As `prepare`.
        """
        prepared = self.prepare(question, values, language)
        return QuestionAnswer(question, prepared.parameters, self._table(prepared.sparql), self.version)

    def prepare(self, question: Question, values: Mapping[str, BoundValue], language: str) -> Prepared:
        """
        The question with these values, ready to be evaluated.

        Raises:
            ParameterError: A value that the question does not take, or that names nothing in the data: an answer
                without rows would say that the documents are silent.
        """
        for name, value in values.items():
            if name in question.parameters and question.parameters[name].choices:
                self._require_known(question, question.parameters[name], value, language)
        shown = {name: str(value) for name, value in values.items() if value not in {None, ""} and name != "lang"}
        return Prepared(bound(question, values, language), shown)

    def records(self, page_question: str, language: str, /, **values: Given) -> list[Record]:
        """Rows of a question of `queries/pages`, as plain values by column name."""
        table = self.table(page_question, language, **values)
        return [dict(zip(table.columns, map(plain_value, row), strict=True)) for row in table.rows]

    def table(self, page_question: str, language: str, /, **values: Given) -> Table:
        """The rows of a question of `queries/pages`, as terms."""
        return self._table(bound(self.catalogue[page_question], values, language))

    def rows(self, page_question: str, language: str, /, **values: Given) -> Iterator[tuple[Term | None, ...]]:
        """The rows of a question of `queries/pages` as they come, for answers that are too many to be held."""
        return self.snapshot.answer(bound(self.catalogue[page_question], values, language)).rows()

    def triples(self, page_question: str, /, **values: Given) -> Triples:
        """What a CONSTRUCT question of `queries/pages` gives."""
        result = self._answer(bind(self.catalogue[page_question], values))
        if not isinstance(result, Triples):
            raise TypeError(f"{page_question} gives no graph")
        return result

    def choices(self, parameter: Parameter, language: str) -> list[Choice]:
        """The values to choose from, from the data or from the question's own list; empty if any value may be typed."""
        if parameter.values:
            return [Choice(value, text.in_language(language)) for value, text in parameter.values.items()]
        if not parameter.choices:
            return []
        scheme = {"scheme": parameter.scheme} if parameter.scheme else {}
        return [
            Choice(self._short(parameter, str(record["value"])), str(record["label"]))
            for record in self.records(parameter.choices, language, **scheme)
        ]

    def _short(self, parameter: Parameter, iri: str) -> str:
        """The IRI as a value of the parameter: the id under its prefix, else a prefixed name."""
        namespace = self.catalogue.prefixes.namespaces.get(parameter.prefix or "", "")
        bare = iri.removeprefix(namespace) if namespace else iri
        return bare if "/" not in bare else self.catalogue.prefixes.shorten(iri) or iri

    def _require_known(self, question: Question, parameter: Parameter, value: BoundValue, language: str) -> None:
        try:
            term = term_of(question, parameter, value)
        except ParameterValueError:
            similar = self._similar(parameter, str(value), language)
            if not similar:
                raise
            raise UnknownValueError(question.id, parameter.name, value, similar) from None
        if term is not None and not self.records("known", language, thing=term):
            raise UnknownValueError(question.id, parameter.name, value, self._similar(parameter, str(value), language))

    def _similar(self, parameter: Parameter, text: str, language: str) -> list[str]:
        """Values of the list: those that are called so, else those spelt alike, else those that hold the text."""
        wanted = text.strip().casefold()
        choices = {choice.value: choice.label.casefold() for choice in self.choices(parameter, language)}
        called = {self._short(parameter, str(record["thing"])) for record in self.records("named", language, name=text)}
        found = (
            sorted(called & choices.keys())
            or get_close_matches(wanted, choices, _MOST_SIMILAR)
            or [value for value, label in choices.items() if wanted in label or wanted in value.casefold()]
        )
        return found[:_MOST_SIMILAR]

    def default(self, question: Question, parameter: Parameter) -> str:
        """The default of a parameter as a value of an address; empty for «any»."""
        term = parameter.default
        if term is None:
            return ""
        if isinstance(term, Literal):
            return term.value
        namespace = question.prefixes.namespaces.get(parameter.prefix or "", "")
        if namespace and term.value.startswith(namespace):
            return term.value.removeprefix(namespace)
        return question.prefixes.shorten(term.value) or term.value

    def check(self, question: Question, values: Mapping[str, str]) -> None:
        """
        Nothing, if the question takes these values.

        Raises:
            ParameterError: At the first value that it does not take.
        """
        for name, value in values.items():
            if name in question.parameters:
                term_of(question, question.parameters[name], value)

    def _table(self, sparql: str) -> Table:
        result = self._answer(sparql)
        if not isinstance(result, Table):
            raise TypeError("a question must be a SELECT query")
        return result

    def _answer(self, sparql: str) -> Result:
        searched = answered(sparql, None, self.search, version=self.version)
        return self.snapshot.answer(sparql, edits=searched.answers.edits).read()
