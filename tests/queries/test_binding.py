from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal as Choice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from queries.binding import ParameterValueError, UnknownParameterError, Value, bind
from queries.catalogue import Parameter, Question, Text, View
from queries.prefixes import Prefixes

PREFIXES = Prefixes.read("https://example.org/")
TITLE = Text(ru="Вопрос", en="Question")
SPARQL = """\
SELECT ?theme ?word ?count ?day ?flag ?longer
WHERE {
  VALUES ?theme { theme:mentoring }
  VALUES ?word { "слово" }
  VALUES ?wordLonger { "longer" }
  VALUES ?count { 5 }
  VALUES ?day { "2021-05-14"^^xsd:date }
  VALUES ?flag { false }
  VALUES ?kind { UNDEF }
  BIND(?wordLonger AS ?longer)
}
"""


def parameter(
    name: str, type_: Choice["iri", "integer", "date", "string", "boolean"], default: NamedNode | Literal | None
) -> Parameter:
    return Parameter(name=name, type=type_, label=TITLE, default=default, optional=default is None)


QUESTION = Question(
    id="question",
    topic="quality",
    title=TITLE,
    description=TITLE,
    view=View(),
    parameters={
        "theme": parameter("theme", "iri", PREFIXES.expand("theme:mentoring")).model_copy(update={"prefix": "theme"}),
        "word": parameter("word", "string", Literal("слово")),
        "count": parameter("count", "integer", Literal(5)).model_copy(update={"minimum": 1, "maximum": 12}),
        "day": parameter("day", "date", Literal(date(2021, 5, 14).isoformat())),
        "flag": parameter("flag", "boolean", Literal(False)),
        "kind": parameter("kind", "string", None).model_copy(update={"values": {"a": TITLE, "b": TITLE}}),
    },
    sparql=SPARQL,
    path=Path("question.rq"),
    line=1,
    prefixes=PREFIXES,
)


def answer(**values: Value) -> dict[str, str | None]:
    solutions = Store().query(bind(QUESTION, values))
    assert isinstance(solutions, QuerySolutions)
    [row] = solutions
    return {name.value: (row[name].value if row[name] is not None else None) for name in solutions.variables}


def test_without_values_the_defaults_stand() -> None:
    assert answer() == {
        "theme": "https://w3id.org/vekha/scheme/theme/mentoring",
        "word": "слово",
        "count": "5",
        "day": "2021-05-14",
        "flag": "false",
        "longer": "longer",
    }


@pytest.mark.parametrize(
    "written", ["inclusion", "theme:inclusion", " theme:inclusion ", "<{}inclusion>", "{}inclusion"]
)
def test_an_iri_is_a_bare_id_a_prefixed_name_or_a_full_iri(written: str) -> None:
    full = "https://w3id.org/vekha/scheme/theme/"

    assert answer(theme=written.format(full))["theme"] == full + "inclusion"


def test_values_are_read_by_type() -> None:
    got = answer(word="другое", count="7", day="2022-01-01", flag="true")

    assert (got["word"], got["count"], got["day"], got["flag"]) == ("другое", "7", "2022-01-01", "true")
    assert answer(count=7, day=date(2022, 1, 1), flag=True)["day"] == "2022-01-01"
    assert answer(theme=NamedNode("urn:x:y"), word=Literal("z"), count=Literal(3))["count"] == "3"


def test_a_parameter_whose_name_begins_like_another_is_left_alone() -> None:
    assert answer(word="x")["longer"] == "longer"


def test_any_means_undef() -> None:
    assert "VALUES ?kind { UNDEF }" in bind(QUESTION, {"kind": "any"})
    assert "VALUES ?kind { UNDEF }" in bind(QUESTION, {"kind": ""})
    assert "VALUES ?kind { UNDEF }" in bind(QUESTION, {"kind": None})
    assert 'VALUES ?kind { "a" }' in bind(QUESTION, {"kind": "a"})


def test_an_unknown_parameter_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownParameterError, match="no parameter «colour»; it takes theme, word, count"):
        bind(QUESTION, {"colour": "red"})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "theme",
            "два слова",
            "parameter «theme»: «два слова» is not a full IRI, a prefixed name, or a bare id of «theme:»",
        ),
        ("theme", "nobody:x", "prefix «nobody:» is not declared"),
        ("theme", "urn:x:a> } ; DROP ALL #", "Invalid IRI code point '>'"),
        ("theme", 7, "is not a full IRI"),
        ("theme", None, "is not a full IRI"),
        ("count", "13", "«13» is not a whole number from 1 to 12"),
        ("count", "1.5", "is not a whole number"),
        ("count", "1 } #", "is not a whole number"),
        ("count", "٣", "is not a whole number"),
        ("count", True, "is not a whole number"),
        ("day", "31.12.2021", "is not a date such as 2021-05-14"),
        ("day", "2021-02-30", "is not a date"),
        ("flag", "да", "is not true or false"),
        ("kind", "c", "«c» is not one of a, b, or «any»"),
        ("word", "\ud800", "is not text that UTF-8 can hold"),
        ("word", NamedNode("urn:x:y"), "is not a text"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_accepted(name: str, value: Value, message: str) -> None:
    with pytest.raises(ParameterValueError, match=re.escape(message)) as raised:
        bind(QUESTION, {name: value})

    assert raised.value.parameter == name


def shape(node: object) -> object:
    """A parsed query without the terms of its VALUES lines."""
    if isinstance(node, CompValue):
        return (node.name, {key: "…" if node.name == "InlineData" else shape(value) for key, value in node.items()})
    if isinstance(node, list | tuple) or type(node).__name__ in {"ParseResults", "plist"}:
        return [shape(item) for item in node]  # type: ignore[attr-defined]
    return node


EXPECTED_SHAPE = repr(shape(parseQuery(bind(QUESTION))))
HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        ['x")} ; DROP ALL #', '"""', "\\", '\\"', "} UNION { ?s ?p ?o", "\n}\nVALUES ?x { 1 }", "?word", "$1"]
    ),
)


@given(HOSTILE)
def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    assume(not any("\ud800" <= letter <= "\udfff" for letter in text))

    assert answer(word=text)["word"] == text


@given(HOSTILE)
def test_no_text_changes_the_parsed_query(text: str) -> None:
    assume(not any("\ud800" <= letter <= "\udfff" for letter in text))
    # rdflib expands \uXXXX before it reads the literal, also after an escaped backslash; pyoxigraph does not.
    assume("\\u" not in text.lower())

    assert repr(shape(parseQuery(bind(QUESTION, {"word": text})))) == EXPECTED_SHAPE


@given(HOSTILE)
def test_no_iri_changes_the_parsed_query(text: str) -> None:
    try:
        bound = bind(QUESTION, {"theme": text})
    except ParameterValueError:
        return

    assert repr(shape(parseQuery(bound))) == EXPECTED_SHAPE


def test_a_tuple_stands_for_any_of_its_values() -> None:
    bound = bind(QUESTION, {"theme": ("mentoring", "theme:methodology"), "count": (1, 2)})
    assert (
        f"VALUES ?theme {{ <{PREFIXES.namespaces['theme']}mentoring> <{PREFIXES.namespaces['theme']}methodology> }}"
        in bound
    )
    assert re.search(r"VALUES \?count \{ \"?1.* .*2.* \}", bound)
    with pytest.raises(ParameterValueError):
        bind(QUESTION, {"count": (1, 13)})
