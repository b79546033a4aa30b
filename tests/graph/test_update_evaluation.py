"""What an update is said to change is what the engine changes."""

from __future__ import annotations

import contextlib
import random
import tracemalloc
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, Literal, NamedNode, Quad, Store

from graph.errors import QueryError, QuerySyntaxError, UpdateEvaluationError, UpdateRefusedError
from graph.guard import check_update
from graph.update_evaluation import carry_out
from graph.update_operations import read_operations
from tests.graph.test_update_guard import broken_update, noise, w3c_updates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST = 10_000
PROLOGUE = "PREFIX x: <urn:> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
VARIABLES = ["?s", "?p", "$o", "?x", "?g", "?fresh2", "?fresh2"]
IRIS = ["x:a", "x:b", "<urn:p>", "x:q"]
LITERALS = [
    "1",
    '"01"^^xsd:integer',
    "1.50",
    '"x"',
    '"X"@en',
    "true",
    '"2026-11-22T00:00:00.000Z"^^xsd:dateTime',
    "'''}'''",
]
GRAPHS = ["<urn:g>", "x:h", "x:i"]


@some.composite
def data(draw: some.DrawFn) -> list[Quad]:
    subjects = some.sampled_from([NamedNode("urn:a"), NamedNode("urn:b"), BlankNode("m"), BlankNode("n")])
    properties = some.sampled_from([NamedNode("urn:p"), NamedNode("urn:q")])
    values = some.one_of(
        subjects,
        some.sampled_from([Literal(1), Literal(2), Literal("x"), Literal("X", language="en"), NamedNode("urn:g")]),
    )
    names = some.sampled_from([DefaultGraph(), NamedNode("urn:g"), NamedNode("urn:h")])
    return draw(some.lists(some.builds(Quad, subjects, properties, values, names), max_size=12))


def one_of(*choices: str) -> some.SearchStrategy[str]:
    return some.sampled_from(choices)


def terms(*, variables: bool, blank: bool, depth: int = 1) -> some.SearchStrategy[str]:
    found = [one_of(*IRIS), one_of(*LITERALS)]
    if variables:
        found += [one_of(*VARIABLES)] * 4
    if blank:
        found += [one_of("_:k", "_:l", "[]", "[ x:p 1 ]", "( 1 x:a )")]
    if depth:
        inner = terms(variables=variables, blank=False, depth=0)
        triple = some.tuples(one_of("x:a", *(["?s"] if variables else [])), one_of("x:p"), inner)
        found.append(triple.map(lambda parts: f"<<( {' '.join(parts)} )>>"))
    return some.one_of(found)


@some.composite
def triples(draw: some.DrawFn, *, variables: bool = True, blank: bool = False) -> str:
    subject = draw(one_of(*IRIS[:2], *(VARIABLES[:4] if variables else []), *(["_:k", "[]"] if blank else [])))
    predicate = draw(one_of(*IRIS[2:], "a", *(["?p", "?x"] if variables else [])))
    value = draw(terms(variables=variables, blank=blank))
    more = draw(one_of("", "", ", x:b", " ; x:q 1, ?o" if variables else " ; x:q 1"))
    return f"{subject} {predicate} {value}{more} ."


@some.composite
def template(draw: some.DrawFn, *, variables: bool = True, blank: bool = False) -> str:
    parts = []
    for _ in range(draw(some.integers(0, 3))):
        inner = draw(triples(variables=variables, blank=blank))
        name = draw(one_of("", "", *GRAPHS, *(["?g", "?o"] if variables else [])))
        parts.append(f"GRAPH {name} {{ {inner} }}" if name else inner)
    return f"{{ {' '.join(parts)} }}"


@some.composite
def pattern(draw: some.DrawFn, depth: int = 2) -> str:
    parts = []
    for _ in range(draw(some.integers(1, 3))):
        kind = draw(some.integers(0, 9 if depth else 4))
        if kind <= 1:
            parts.append(draw(one_of("?s ?p ?o .", "?s x:p ?o .", "?s ?p ?x .", "[] ?p ?o .", "?x <urn:p>|x:q ?o .")))
        elif kind <= 3:
            parts.append(f"GRAPH {draw(one_of('?g', '?g', *GRAPHS))} {{ {draw(one_of('?s ?p ?o', '?s x:q ?x', ''))} }}")
        elif kind == 4:
            parts.append(
                draw(
                    one_of(
                        "VALUES (?s ?o) { (x:a 1) (x:b UNDEF) (UNDEF '''x''') }",
                        "FILTER(?o != 1)",
                        "VALUES ?g { x:g x:i 1 }",
                        "FILTER(isIRI(?x))",
                        "VALUES ?fresh1 { '01' 1 x:a }",
                    )
                )
            )
        else:
            inner, other = draw(pattern(depth=depth - 1)), draw(pattern(depth=depth - 1))
            parts.append(
                {
                    5: f"OPTIONAL {inner}",
                    6: f"{inner} UNION {other}",
                    7: f"MINUS {inner}",
                    8: f"{{ SELECT ?s ?o (COUNT(*) AS ?x) WHERE {inner} GROUP BY ?s ?o }}",
                    9: f"{inner}",
                }[kind]
            )
    end = draw(one_of("", "", "?o + 1", "BNODE()", "x:h", "STRDT('01', xsd:integer)"))
    return f"{{ {' '.join(parts)} {end and f'BIND({end} AS ?fresh{depth})'} }}"


@some.composite
def operation(draw: some.DrawFn) -> str:
    kind = draw(some.integers(0, 11))
    if kind == 0:
        return f"INSERT DATA {draw(template(variables=False, blank=True))}"
    if kind == 1:
        return f"DELETE DATA {draw(template(variables=False))}"
    if kind <= 3:
        return f"DELETE WHERE {draw(template())}"
    if kind == 4:
        graph, other = draw(one_of("DEFAULT", *GRAPHS)), draw(one_of("DEFAULT", *GRAPHS))
        of = graph if graph == "DEFAULT" else f"GRAPH {graph}"
        return draw(
            one_of(
                f"CLEAR SILENT {of}",
                f"DROP SILENT {of}",
                "CLEAR NAMED",
                "DROP ALL",
                "CREATE SILENT GRAPH <urn:i>",
                f"COPY SILENT {graph} TO {other}",
                f"MOVE SILENT {graph} TO {other}",
                f"ADD SILENT {graph} TO {other}",
            )
        )
    verb = draw(one_of("DELETE", "INSERT", "both", "both"))
    templates = []
    if verb != "INSERT":
        templates.append(f"DELETE {draw(template())}")
    if verb != "DELETE":
        templates.append(f"INSERT {draw(template(blank=True))}")
    with_ = draw(one_of("", "", "WITH x:g "))
    using = draw(one_of("", "", "", "USING x:h ", "USING <urn:g> USING NAMED x:h ", "USING NAMED x:g USING NAMED x:h "))
    return f"{with_}{' '.join(templates)} {using}WHERE {draw(pattern())}"


def updates() -> some.SearchStrategy[str]:
    return some.lists(operation(), min_size=1, max_size=4).map(lambda parts: PROLOGUE + " ;\n".join(parts))


def filled(quads: list[Quad]) -> Store:
    store = Store()
    store.extend(quads)
    return store


def canonical(store: Store) -> set[Quad]:
    dataset = Dataset(store)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def engine_alone(store: Store, text: str) -> Exception | None:
    try:
        store.update(text)
    except (SyntaxError, RuntimeError, ValueError, OSError) as error:
        return error
    return None


def assert_told(quads: list[Quad], text: str, *, most: int = MOST) -> bool:
    """Whether the engine carries the update out; then both ways agree, and what is said to have changed has."""
    before, alone, store = filled(quads), filled(quads), filled(quads)
    error = engine_alone(alone, text)
    if error is not None:
        with pytest.raises(QuerySyntaxError if isinstance(error, SyntaxError) else UpdateEvaluationError):
            carry_out(store, text, {}, most=most)
        return False
    changes = carry_out(store, text, {}, most=most)
    assert canonical(store) == canonical(alone), text
    assert len(list(store.named_graphs())) == len(list(alone.named_graphs())), text
    found = changes.few(before, store, MOST)
    assert found is not None
    gone, new = found
    assert set(before) - set(store) == gone, text
    assert set(store) - set(before) == new, text
    return True


@given(data(), updates(), some.sampled_from([MOST, MOST, 2]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_an_update_changes_is_what_the_engine_changes(quads: list[Quad], text: str, most: int) -> None:
    assert_told(quads, text, most=most)


def test_broken_updates_change_what_the_engine_changes_too() -> None:
    randomness, available, carried_out = random.Random(20261123), noise(), 0
    names: list[NamedNode | DefaultGraph] = [
        DefaultGraph(),
        NamedNode("urn:g"),
        NamedNode("urn:h"),
        NamedNode("urn:other"),
    ]
    quads = [Quad(NamedNode("urn:s"), NamedNode(f"urn:p{n % 2}"), Literal(n), names[n // 2]) for n in range(8)]
    for _ in range(4_000):
        text = broken_update(randomness, available)
        with contextlib.suppress(QueryError):
            if not check_update(text).sources:
                carried_out += assert_told(quads, text)
    assert carried_out > 200


def test_the_w3c_updates_change_what_the_engine_changes(shared: Path) -> None:
    example = "http://example.org/"
    names: list[NamedNode | DefaultGraph] = [
        DefaultGraph(),
        *(NamedNode(f"{example}{name}") for name in ("g", "g1", "g2", "g3")),
    ]
    things = [NamedNode(f"{example}{name}") for name in ("s", "p", "o", "a", "b")]
    quads = [Quad(one, things[1], other, name) for name in names for one in things for other in things[2:]]
    carried_out = 0
    for _, text in w3c_updates(shared):
        if "load" not in text.lower():
            carried_out += assert_told(quads, text)
    assert carried_out > 80


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_graphs_that_are_not_there_are_added_as_the_engine_does(silent: str) -> None:
    quads = [Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal(n), NamedNode("urn:g")) for n in range(3)]
    for added in ("<urn:g> TO <urn:h>", "<urn:nothing> TO <urn:g>", "GRAPH <urn:g> TO DEFAULT", "<urn:g> TO <urn:g>"):
        assert_told(quads, f"ADD {silent}{added}")


class Unread:
    """A store of which no graph is read as a whole."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the engine has under this name)
        assert name != "dump"
        return getattr(self._store, name)

    def quads_for_pattern(self, *pattern: Any) -> Iterator[Quad]:  # noqa: ANN401  (the engine's arguments)
        for read, quad in enumerate(self._store.quads_for_pattern(*pattern)):
            assert read == 0
            yield quad

    def __contains__(self, quad: Quad) -> bool:
        return quad in self._store


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { x:a x:q 1, _:b }",
        "DELETE DATA { GRAPH x:g { x:a x:p 1 } }",
        "DELETE WHERE { GRAPH ?g { ?s ?p 2 } }",
        "WITH x:g DELETE { ?s ?p ?o } INSERT { ?s x:q ?o . GRAPH x:new { ?s ?p [] } } WHERE { ?s ?p ?o FILTER(?o > 3)}",
        "ADD x:g TO x:h ; ADD DEFAULT TO x:g",
        "INSERT { ?s ?p 9 } USING x:h WHERE { ?s ?p 1 } ; CREATE GRAPH x:i ; DELETE { ?s ?p 9 } WHERE { ?s ?p 9 }",
    ],
)
def test_of_the_graphs_written_to_nothing_else_is_read(text: str) -> None:
    names: list[NamedNode | DefaultGraph] = [DefaultGraph(), NamedNode("urn:g"), NamedNode("urn:h")]
    quads = [Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal(n), name) for n in range(6) for name in names]
    store, before = filled(quads), filled(quads)
    changes = carry_out(cast("Store", Unread(store)), PROLOGUE + text, {}, most=MOST)
    found = changes.few(cast("Store", Unread(before)), cast("Store", Unread(store)), MOST)
    assert found == (set(before) - set(store), set(store) - set(before))


def test_deletes_come_before_inserts_whatever_the_order_of_solutions() -> None:
    quads = [Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal(n)) for n in range(1, 9)]
    store = filled(quads)
    changes = carry_out(
        store, "DELETE { ?s ?p ?o } INSERT { ?s ?p ?n } WHERE { ?s ?p ?o BIND(9 - ?o AS ?n) }", {}, most=MOST
    )
    assert set(store) == set(quads)
    assert changes.few(filled(quads), store, MOST) == (set(), set())


def test_each_solution_has_blank_nodes_of_its_own() -> None:
    store = Store()
    carry_out(store, "INSERT { _:a <urn:p> _:a ; <urn:q> ?x } WHERE { VALUES ?x { 1 2 1 } }", {}, most=MOST)
    assert len({quad.subject for quad in store}) == 3
    assert len(store) == 6


def test_several_graphs_after_using_are_merged() -> None:
    store = Store()
    carry_out(
        store,
        "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1, 2 } GRAPH <urn:h> { <urn:a> <urn:p> 2, 3 } } ; "
        "INSERT { <urn:n> <urn:is> ?n } USING <urn:g> USING <urn:h> USING NAMED <urn:h> "
        "WHERE { SELECT (COUNT(*) AS ?n) { ?s ?p ?o OPTIONAL { GRAPH ?x { ?s ?p ?o } } } }",
        {},
        most=MOST,
    )
    assert {quad.object for quad in store.quads_for_pattern(NamedNode("urn:n"), None, None)} == {Literal(3)}


def test_a_merge_that_changes_too_much_is_refused_since_the_engine_would_count_twice() -> None:
    store = Store()
    text = "INSERT { <urn:b> ?p ?o } USING <urn:g> USING <urn:h> WHERE { ?s ?p ?o }"
    carry_out(
        store, "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1, 2 } GRAPH <urn:h> { <urn:a> <urn:p> 2 } }", {}, most=3
    )
    with pytest.raises(UpdateRefusedError, match="More than 1 statements"):
        carry_out(store, text, {}, most=1)
    carry_out(store, text, {}, most=2)
    assert len(store) == 5


def test_declarations_count_for_the_operations_behind_them() -> None:
    store = Store()
    text = (
        "PREFIX x: <urn:> INSERT DATA { x:a x:p 1 } ;\nPREFIX y: <urn:y:> INSERT DATA { x:a y:p 2 } ;"
        "PREFIX x: <urn:x:> DELETE { ?s ?p 1 } INSERT { x:a ?p 1 } WHERE { ?s ?p 1 }"
    )
    carry_out(store, text, {}, most=MOST)
    assert {(str(quad.subject), str(quad.predicate)) for quad in store} == {
        ("<urn:a>", "<urn:y:p>"),
        ("<urn:x:a>", "<urn:p>"),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("INSERT DATA { <urn:a> <urn:p> }", "Line 1, column 31: «}» cannot stand here"),
        (
            "PREFIX x: <urn:>\nINSERT DATA { x:a x:p 1 } ;\nPREFIX y: <urn:>\n  DELETE WHERE { x:a y:p }",
            "Line 4, column 26: «}»",
        ),
        ("PREFIX x: <urn:> INSERT DATA { x:a x:p 1 } ; PREFIX y: <urn:> DELETE WHERE { x:a y:p }", "Line 1, column 86"),
        ("INSERT DATA { _:a <urn:p> 1 } ; INSERT DATA { _:a <urn:p> 1 }", "Line 1"),
        ("DELETE { ?s ?p [] } WHERE { ?s ?p ?o }", "Line 1, column 19: «}»"),
        ("PREFIX x: <not an iri>", "Line 1"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_before_anything_happens(text: str, message: str) -> None:
    store = Store()
    with pytest.raises(QuerySyntaxError, match=message):
        carry_out(store, text, {}, most=MOST)
    assert len(store) == 0


def test_many_declarations_between_many_operations_take_little_memory() -> None:
    text = ";".join(f"PREFIX x{n}: <urn:{n}> INSERT DATA {{}}" for n in range(15_000))
    tracemalloc.start()
    steps = read_operations(text, {}).steps
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(steps) == 15_000
    assert peak < 100 * 1024**2
    repeated = ";".join("PREFIX x: <urn:> INSERT DATA {}" for _ in range(3))
    assert [step.declared for step in read_operations(repeated, {}).steps] == [1, 1, 1]
