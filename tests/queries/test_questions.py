"""What every question file must be, whoever wrote it; no test here is written for one file."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, QuerySolutions, QueryTriples, Store, parse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import URIRef

from ontology import ontology_files
from ontology.iris import NAMESPACE, SCHEMES_NAMESPACE
from ontology.reference import load_reference
from queries.binding import bind
from queries.catalogue import GLOSSARY_FILE, QUERIES, Catalogue, Parameter, Question, values_line
from tests.queries.seeds import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CATALOGUE = Catalogue.read(BASE)
QUESTIONS = list(CATALOGUE)
COMPETENCY = {f"Q{number}" for number in range(1, 46)}
# Terms of the languages themselves need no declaration.
_LANGUAGES = tuple(CATALOGUE.prefixes.namespaces[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
# Arms of one pattern are fast; the trap is an arm of several with a join behind it.
_JOINED_UNION = re.compile(
    r"(?:\{[^{}]*[.;][^{}]*\}\s*UNION\s*\{[^{}]*\}|UNION\s*\{[^{}]*[.;][^{}]*\})\s*(?!UNION\b)(?:[?.\w])"
)


def each(questions: list[Question]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("question", questions, ids=[question.id for question in questions])


@cache
def declared() -> frozenset[str]:
    """Every IRI that the ontology, its schemes or the reference data speak of."""
    store = Store()
    for path in ontology_files():
        store.bulk_extend(parse(path=path))
    return frozenset(term.value for quad in store for term in quad if isinstance(term, NamedNode))


@cache
def reference_keys() -> frozenset[str]:
    reference = load_reference()
    tables = (reference.bodies, reference.groups, reference.posts, reference.hubs, reference.programmes)
    return frozenset(key for table in tables for key in table)


def iris(node: object) -> Iterator[str]:
    """The IRIs of a parsed query; prefix declarations do not count."""
    if isinstance(node, CompValue):
        if node.name == "PrefixDecl":
            return
        if node.name == "pname":
            if node.localname is not None:
                yield CATALOGUE.prefixes.namespaces[node.prefix] + str(node.localname)
            return
        for value in node.values():
            yield from iris(value)
    elif isinstance(node, URIRef):
        yield str(node)
    elif isinstance(node, list | tuple) or type(node).__name__ in {"ParseResults", "plist"}:
        for item in node:  # type: ignore[attr-defined]
            yield from iris(item)


def code(question: Question) -> str:
    """The query without comments and literals, so that words in them do not count."""
    return re.sub(r'"(?:\\.|[^"\\])*"|#[^\n<>]*$', '""', question.sparql, flags=re.MULTILINE)


@each(QUESTIONS)
def test_the_defaults_parse_and_give_the_columns_of_the_header(question: Question) -> None:
    found = Store().query(bind(question))

    if isinstance(found, QuerySolutions):
        # Files that serve pages name no columns: their answers are not shown as tables.
        titled = [column.name for column in question.columns]
        assert question.topic == "pages" or titled == [variable.value for variable in found.variables]
    else:
        assert isinstance(found, QueryTriples)
        assert question.columns == ()


@each(QUESTIONS)
def test_each_parameter_has_one_values_line(question: Question) -> None:
    for name in question.parameters:
        assert len(values_line(name).findall(question.sparql)) == 1
        assert len(re.findall(rf"VALUES \?{name}\b", question.sparql)) == 1


@each(QUESTIONS)
def test_terms_are_declared_in_the_ontology(question: Question) -> None:
    used = {
        iri
        for iri in iris(parseQuery(bind(question)))
        if not iri.startswith((f"{BASE}id/", f"{BASE}graph/", "urn:x-vekha:", *_LANGUAGES))
    }

    assert not used - declared()


@each(QUESTIONS)
def test_default_things_exist_in_the_reference_data(question: Question) -> None:
    for parameter in question.parameters.values():
        if isinstance(parameter.default, NamedNode) and parameter.prefix in {"body", "group", "programme"}:
            assert parameter.default.value.rpartition("/")[2] in reference_keys()


@each(QUESTIONS)
def test_the_engine_rules_are_kept(question: Question) -> None:
    text = code(question)

    assert not re.search(r"\b(SERVICE|FROM|INSERT|DELETE|LOAD|CLEAR|DROP)\b", text), (
        "only reading, only the default dataset"
    )
    assert not _JOINED_UNION.search(text), "a pattern after UNION joins slowly (engine rule 9)"
    assert not re.search(r"COUNT\(\s*\*", text), "count a variable"
    for subject, path in re.findall(r"(\?\w+)\s+\([^()]*\)[*+]\s+(\?\w+)", text):
        assert any(f"VALUES {end} " in text for end in (subject, path)), "a path needs a bound end (engine rule 17)"


@pytest.mark.parametrize(
    ("text", "slow"),
    [
        ("{ ?a :t ?m } UNION { ?a :u ?m } ?m :l ?x", False),
        ("{ ?a :t ?m . ?m :v ?w } UNION { ?a :u ?m } ?m :l ?x", True),
        ("{ ?a :t ?m } UNION { ?a :u ?m ; :v ?w } ?m :l ?x", True),
        ("{ ?a :t ?m . ?m :l ?x } UNION { ?a :u ?m . ?m :l ?x } }", False),
        ("{ ?a :t ?m . ?m :l ?x } UNION { ?a :u ?m . ?m :l ?x } UNION { ?m :l ?x } }", False),
    ],
)
def test_the_search_finds_joins_behind_a_union(text: str, slow: bool) -> None:  # noqa: FBT001  (a table's column)
    assert bool(_JOINED_UNION.search(text)) is slow


@each(QUESTIONS)
def test_a_path_alternative_is_not_counted(question: Question) -> None:
    text = code(question)
    for block in re.findall(r"SELECT[^{}]*COUNT\((?!DISTINCT)[^{}]*\{[^{}]*", text):
        assert "|" not in block.replace("||", ""), "pyoxigraph loses duplicates of a|b (engine rule 8)"


@each(CATALOGUE.listed())
def test_a_listed_question_is_complete(question: Question) -> None:
    assert question.tags
    assert question.title.ru.endswith("?")
    assert question.title.en.endswith("?")
    assert question.description.ru.endswith(".")
    assert question.description.en.endswith(".")
    assert "ORDER BY" in question.sparql
    assert not any(column.hidden and column.link for column in question.columns)
    assert any(not column.hidden for column in question.columns)


@each(CATALOGUE.listed())
def test_choices_of_a_parameter_are_a_list_of_values_and_labels(question: Question) -> None:
    for parameter in question.parameters.values():
        if parameter.choices:
            choices = CATALOGUE[parameter.choices]
            assert choices.topic == "choices"
            assert [column.name for column in choices.columns] == ["value", "label"]
            assert ("scheme" in choices.parameters) == bool(parameter.scheme)
            if parameter.scheme:
                assert f"{SCHEMES_NAMESPACE}{parameter.scheme}" in declared()
                assert bind(choices, {"scheme": parameter.scheme})


def test_every_competency_question_is_answered() -> None:
    answered = {competency for question in QUESTIONS for competency in question.competency}

    assert answered == COMPETENCY


def test_the_glossary_holds_nothing_unused() -> None:
    text = GLOSSARY_FILE.read_text(encoding="utf-8")
    columns, _, parameters = text.partition("\nparameters:")
    used_columns = {column.name for question in QUESTIONS for column in question.columns}
    used_parameters = {name for question in QUESTIONS for name in question.parameters}

    assert not set(re.findall(r"^  (\w+): ", columns, re.MULTILINE)) - used_columns
    assert not set(re.findall(r"^  (\w+):$", parameters, re.MULTILINE)) - used_parameters


def test_parameters_of_one_name_have_one_type() -> None:
    types: dict[str, set[str]] = {}
    for question in CATALOGUE.listed():
        for name, parameter in question.parameters.items():
            types.setdefault(name, set()).add(parameter.type)

    assert all(len(found) == 1 for found in types.values()), types


def test_no_question_file_stands_outside_a_topic() -> None:
    stray: list[Path] = [path for path in QUERIES.rglob("*.rq") if path.parent.parent != QUERIES]

    assert stray == []


def test_the_namespace_of_the_prefixes_is_that_of_the_ontology() -> None:
    assert CATALOGUE.prefixes.namespaces["vekha"] == NAMESPACE


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_parameter_is_labelled(language: str) -> None:
    parameters: list[Parameter] = [p for question in QUESTIONS for p in question.parameters.values()]

    assert all(parameter.label.in_language(language) for parameter in parameters)
