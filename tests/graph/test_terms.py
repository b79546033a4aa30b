from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graph.errors import TermError
from graph.terms import XSD, as_triple, iri, literal, to_python, typed

if TYPE_CHECKING:
    from graph.terms import Value

values = (
    st.text()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
    | st.dates(min_value=dt.date(1000, 1, 1))
    | st.datetimes(min_value=dt.datetime(1000, 1, 1))  # noqa: DTZ001 (roadmaps have no time zones)
)


@given(value=values)
def test_a_value_comes_back_from_its_literal(value: Value) -> None:
    back = to_python(literal(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("text", ["", "наставничество", "http://a b", "http://x/{", "<urn:x>", "urn:x> } ; DROP ALL #"])
def test_what_is_no_iri_is_refused(text: str) -> None:
    with pytest.raises(TermError, match="Not an IRI"):
        iri(text)


def test_an_iri_may_be_cyrillic() -> None:
    assert iri("https://ru.wikipedia.org/wiki/Наставник") == NamedNode("https://ru.wikipedia.org/wiki/Наставник")


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("12", "integer"),
        (" -3 ", "integer"),
        ("10.5", "decimal"),
        ("2021-09-01", "date"),
        ("true", "boolean"),
        ("2024", "gYear"),
        (" как есть ", "string"),
    ],
)
def test_a_text_of_the_datatype_becomes_its_literal(text: str, datatype: str) -> None:
    stripped = text if datatype == "string" else text.strip()
    assert typed(text, datatype) == Literal(stripped, datatype=NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("12,5", "decimal"),
        ("1e3", "decimal"),
        ("٣", "integer"),
        ("01.09.2021", "date"),
        ("2021-02-30", "date"),
        ("20210901", "date"),
        ("yes", "boolean"),
        ("24", "gYear"),
        ("x", "colour"),
    ],
)
def test_a_text_outside_the_datatype_is_refused(text: str, datatype: str) -> None:
    with pytest.raises(TermError):
        typed(text, datatype)


def test_only_texts_have_a_language() -> None:
    assert literal("дом", language="ru") == Literal("дом", language="ru")
    with pytest.raises(TermError, match="Only a text"):
        literal(1, language="ru")
    with pytest.raises(TermError, match="Not a language tag"):
        literal("дом", language="по-русски")


def test_other_terms_come_back_as_text() -> None:
    a = NamedNode("urn:a")
    assert to_python(a) == "urn:a"
    assert to_python(BlankNode("b")) == "_:b"
    assert to_python(Triple(a, a, Literal("x"))) == '<urn:a> <urn:a> "x"'
    assert to_python(Literal("x", datatype=NamedNode("urn:type"))) == "x"
    assert to_python(Literal("2021-13-01", datatype=NamedNode(f"{XSD}date"))) == "2021-13-01"
    assert to_python(Literal("1.5", datatype=NamedNode(f"{XSD}decimal"))) == Decimal("1.5")


def test_a_quad_is_taken_for_its_triple() -> None:
    a = NamedNode("urn:a")
    assert as_triple(Quad(a, a, a, a)) == as_triple(Triple(a, a, a)) == Triple(a, a, a)
