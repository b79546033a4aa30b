from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    RdfFormat,
    Store,
    Triple,
    parse_query_results,
)

from graph.errors import QueryEvaluationError
from graph.results import Answer, Boolean, Table, Triples, _counter, read_table, read_triples

if TYPE_CHECKING:
    from graph.terms import Term

TABLE_FORMATS = [QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.CSV, QueryResultsFormat.TSV]
XSD = "http://www.w3.org/2001/XMLSchema#"
AWKWARD: list[Term] = [
    Literal('"quoted", and\na new line'),
    Literal('},{ [{ \\ \\" <result> \t'),
    Literal("\r\n"),
    Literal(""),
    Literal("\\u0041"),
    Literal("ёлка «ель»\u00a0", language="ru"),
    Literal("x", language="ar", direction=BaseDirection.RTL),
    Literal(1),
    Literal("1.5", datatype=NamedNode(f"{XSD}decimal")),
    Literal("2020-09-01", datatype=NamedNode(f"{XSD}date")),
    Literal(value=True),
    NamedNode("http://example.org/a,b"),
    BlankNode("b"),
    Triple(NamedNode("urn:s"), NamedNode("urn:p"), Literal("},{")),
]


def store_of(terms: list[Term]) -> Store:
    store = Store()
    store.extend(Quad(NamedNode(f"urn:{n}"), NamedNode("urn:p"), term) for n, term in enumerate(terms))
    return store


def answer_of(store: Store, query: str) -> Answer:
    return Answer(store.query(query), store)


@pytest.mark.parametrize("result_format", TABLE_FORMATS, ids=lambda f: f.file_extension)
def test_rows_are_counted_in_any_chunks(result_format: QueryResultsFormat) -> None:
    randomness = random.Random(1)
    for size in (0, 1, 2, 50):
        store = store_of([randomness.choice(AWKWARD) for _ in range(size)])
        data = store.query("SELECT ?o ?none ?s { ?s ?p ?o }").serialize(format=result_format)  # type: ignore[arg-type]
        assert data is not None
        for _ in range(20):
            counter = _counter(result_format)
            assert counter is not None
            cuts = sorted(randomness.choices(range(len(data) + 1), k=12))
            for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
                counter.feed(data[start:end])
            assert counter.rows == size


def test_rows_without_bindings_are_counted() -> None:
    store = store_of(AWKWARD[:3])
    for result_format in TABLE_FORMATS:
        written = answer_of(store, "SELECT ?none { ?s ?p ?o }").write(io.BytesIO(), result_format)
        assert (written.rows, written.cut) == (3, None)


@settings(max_examples=100)
@given(terms=st.lists(st.sampled_from(AWKWARD) | st.text().map(Literal), max_size=20), limit=st.integers(0, 25))
def test_a_table_written_as_tsv_and_cut_holds_exactly_the_first_rows(terms: list[Term], limit: int) -> None:
    store = store_of(terms)
    query = "SELECT ?o ?none { ?s ?p ?o } ORDER BY ?s"
    whole = answer_of(store, query).read()
    assert isinstance(whole, Table)
    output = io.BytesIO()
    written = answer_of(store, query).write(output, QueryResultsFormat.TSV, max_rows=limit)
    table = read_table(output.getvalue(), complete=written.cut is None)
    assert table == Table(whole.columns, whole.rows[:limit], complete=len(terms) <= limit)
    assert written.rows == min(len(terms), limit)


def test_a_long_table_is_what_was_written_and_cells_alike_are_one_object() -> None:
    store, output = store_of(AWKWARD), io.BytesIO()
    query = "SELECT ?o ?none ?s { ?s ?p ?o VALUES ?times { 1 2 3 4 5 } }"
    answer_of(store, query).write(output, QueryResultsFormat.TSV)
    table = read_table(output.getvalue(), complete=True)
    assert table == answer_of(store, query).read()
    terms = [term for row in table.rows for term in row]
    assert len(terms) == 3 * 5 * len(AWKWARD)
    assert len(set(map(id, terms))) == 2 * len(AWKWARD) + 1
    alone = io.BytesIO()
    answer_of(store, f"SELECT ?none {{ ?s ?p ?o VALUES ?times {{ {'1 ' * 9} }} }}").write(alone, QueryResultsFormat.TSV)
    assert read_table(alone.getvalue(), complete=True).rows == ((None,),) * 9 * len(AWKWARD)


@settings(max_examples=50)
@given(limit=st.integers(0, 3000))
def test_a_table_cut_by_bytes_holds_whole_rows(limit: int) -> None:
    store = store_of([Literal(f"строка {number}") for number in range(60)])
    output = io.BytesIO()
    written = answer_of(store, "SELECT ?o ?s { ?s ?p ?o }").write(output, QueryResultsFormat.TSV, max_bytes=limit)
    data = output.getvalue()
    assert len(data) == written.bytes <= limit
    if data:
        assert len(read_table(data, complete=False).rows) == written.rows


@pytest.mark.parametrize("size", [5, 20_000])
@pytest.mark.parametrize("result_format", TABLE_FORMATS, ids=lambda f: f.file_extension)
def test_a_limit_ends_the_writing_and_is_named(result_format: QueryResultsFormat, size: int) -> None:
    store = store_of([Literal(number) for number in range(size)])
    written = answer_of(store, "SELECT * { ?s ?p ?o }").write(io.BytesIO(), result_format, max_rows=4)
    assert written.cut == "rows"
    output = io.BytesIO()
    written = answer_of(store, "SELECT * { ?s ?p ?o }").write(output, result_format, max_bytes=60)
    assert written.cut == "bytes"
    assert len(output.getvalue()) <= 60


def test_an_answer_within_its_limits_is_what_the_library_writes() -> None:
    store = store_of(AWKWARD)
    for result_format in TABLE_FORMATS:
        output = io.BytesIO()
        answer_of(store, "SELECT * { ?s ?p ?o }").write(output, result_format, max_rows=14, max_bytes=10_000)
        assert output.getvalue() == store.query("SELECT * { ?s ?p ?o }").serialize(format=result_format)  # type: ignore[arg-type]


def test_triples_are_cut_between_triples_in_every_format() -> None:
    store = store_of([term for term in AWKWARD if not isinstance(term, Triple)])
    for rdf_format in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML, RdfFormat.JSON_LD):
        written = answer_of(store, "CONSTRUCT WHERE { ?s ?p ?o }").write(io.BytesIO(), rdf_format, max_rows=2)
        assert (written.rows, written.cut) == (2, "rows")
    output = io.BytesIO()
    answer_of(store, "CONSTRUCT WHERE { ?s ?p ?o }").write(output, RdfFormat.N_TRIPLES, max_rows=2)
    assert len(read_triples(output.getvalue(), complete=False).triples) == 2


def test_ask_is_written_in_the_result_formats() -> None:
    output = io.BytesIO()
    answer = answer_of(store_of([]), "ASK {}")
    assert (answer.kind, answer.columns) == ("boolean", ())
    answer.write(output, QueryResultsFormat.JSON)
    assert bool(parse_query_results(output.getvalue(), QueryResultsFormat.JSON))
    assert answer_of(store_of([]), "ASK {}").read() == Boolean(value=True)


def test_ask_is_written_whole_in_formats_of_tables() -> None:
    for form in (QueryResultsFormat.CSV, QueryResultsFormat.TSV):
        output = io.BytesIO()
        written = answer_of(store_of([]), "ASK {}").write(output, form, max_rows=10, max_bytes=100)
        assert output.getvalue() == b"true"
        assert (written.rows, written.bytes, written.cut) == (None, 4, None)


@pytest.mark.parametrize("character", ["\0", "\b", "\x0b", "\x1f"])
def test_what_xml_cannot_hold_is_an_error_and_not_broken_xml(character: str) -> None:
    store = store_of([Literal(f"a{character}b")])
    for query, xml, other in (
        ("SELECT ?o { ?s ?p ?o }", QueryResultsFormat.XML, QueryResultsFormat.JSON),
        ("CONSTRUCT WHERE { ?s ?p ?o }", RdfFormat.RDF_XML, RdfFormat.TURTLE),
    ):
        with pytest.raises(QueryEvaluationError, match=rf"U\+{ord(character):04X} .* Turtle"):
            answer_of(store, query).write(io.BytesIO(), xml)
        assert answer_of(store, query).write(io.BytesIO(), other).cut is None
    plain = store_of([Literal("tab\t, line\r\n, ё, 𝄞")])
    output = io.BytesIO()
    answer_of(plain, "SELECT ?o { ?s ?p ?o }").write(output, QueryResultsFormat.XML)
    assert ET.fromstring(output.getvalue()).find(".//{*}literal") is not None


def test_a_format_that_does_not_fit_is_refused() -> None:
    store = store_of(AWKWARD)
    with pytest.raises(QueryEvaluationError, match="cannot hold an answer of kind table"):
        answer_of(store, "SELECT * {}").write(io.BytesIO(), RdfFormat.TURTLE)
    with pytest.raises(QueryEvaluationError, match="cannot hold an answer of kind triples"):
        answer_of(store, "CONSTRUCT WHERE {}").write(io.BytesIO(), QueryResultsFormat.CSV)


def test_an_error_of_the_reader_ends_the_writing_unchanged() -> None:
    class Gone:
        def write(self, data: bytes, /) -> object:
            raise ConnectionResetError(len(data))

    with pytest.raises(ConnectionResetError):
        answer_of(store_of(AWKWARD), "SELECT * { ?s ?p ?o }").write(Gone(), QueryResultsFormat.JSON)


def test_values_are_cut_and_marked() -> None:
    store = store_of(AWKWARD)
    table = answer_of(store, "SELECT * { ?s ?p ?o }").read(max_rows=3)
    triples = answer_of(store, "CONSTRUCT WHERE { ?s ?p ?o }").read(max_rows=3)
    assert isinstance(table, Table)
    assert isinstance(triples, Triples)
    assert (len(table.rows), table.complete, len(triples.triples), triples.complete) == (3, False, 3, False)
