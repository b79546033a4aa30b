from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.errors import SearchClauseError
from graph.results import Table
from graph.search import SearchIndex
from graph.search_clauses import MOST_HITS, answer_clauses
from graph.search_edits import edited
from graph.search_grammar import find_clauses
from graph.snapshots import Snapshot

VEKHA = "https://w3id.org/vekha/ns#"
PREFIXES = {"vekha": VEKHA, "ex": "http://e.example/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}


def hits(words: str, _most: int) -> tuple[list[str], int]:
    """«ab» finds `ex:a` and `ex:b`."""
    return [f"http://e.example/{letter}" for letter in words], len(words)


def answer(text: str) -> str:
    return edited(text, answer_clauses(text, find_clauses(text, PREFIXES), hits).edits)


@pytest.fixture(scope="module")
def letters() -> Store:
    """Letters a, b, c of which each is `ex:before` the next, with a kind and a name."""
    store = Store()
    for letter, following in ("ab", "bc", "cd"):
        here, there = (NamedNode(f"http://e.example/{name}") for name in (letter, following))
        store.add(Quad(here, NamedNode("http://e.example/before"), there))
        store.add(
            Quad(here, NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), NamedNode("http://e.example/L"))
        )
        store.add(Quad(here, NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), Literal(letter)))
    return store


SAME = {
    "alone": '{ ?x vekha:search "ab" }',
    "with a dot": '{ ?x vekha:search "ab" . }',
    "among triples": '{ ?x a ex:L . ?x vekha:search "ab" . ?x ex:before ?y }',
    "first": '{ ?x vekha:search "ab" . ?x a ex:L }',
    "last": '{ ?x a ex:L . ?x vekha:search "ab" }',
    "a dot that sticks": '{ ?x a ex:L. ?x vekha:search "ab" . ?x ex:before ?y}',
    "first of a list": '{ ?x vekha:search "ab" ; a ex:L ; ex:before ?y }',
    "in a list": '{ ?x a ex:L ; vekha:search "ab" ; ex:before ?y }',
    "last of a list": '{ ?x a ex:L ; ex:before ?y ; vekha:search "ab" }',
    "last with a semicolon": '{ ?x a ex:L ; vekha:search "ab" ; }',
    "only with semicolons": '{ ?x vekha:search "ab" ; ; . }',
    "after a list of objects": '{ ?x a ex:L, ex:L ; vekha:search "ab" }',
    "twice": '{ ?x vekha:search "ab" ; vekha:search "bac" . }',
    "twice and a triple": '{ ?x vekha:search "ab" ; vekha:search "bac" ; a ex:L }',
    "a triple between two": '{ ?x vekha:search "ab" ; a ex:L ; vekha:search "bac" }',
    "its IRI in full": '{ ?x <https://w3id.org/vekha/ns#search> "ab" }',
    "without blanks": '{?x vekha:search"ab".?x a ex:L}',
    "single quotes": "{ ?x vekha:search 'ab' }",
    "long quotes": '{ ?x vekha:search """ab""" }',
    "escapes": '{ ?x vekha:search "\\u0061b" }',
    "another variable sign": '{ $x vekha:search "ab" }',
    "a filter behind": '{ ?x vekha:search "ab" FILTER(?x != ex:c) }',
    "a filter before": '{ FILTER(?x != ex:c && EXISTS { ?x a ex:L }) ?x vekha:search "ab" }',
    "inside of EXISTS": '{ ?x a ex:L FILTER EXISTS { ?x vekha:search "ab" } }',
    "inside of EXISTS in brackets": '{ ?x a ex:L FILTER(true && EXISTS { ?x vekha:search "ab" . ?x a ex:L }) }',
    "a group": '{ { ?x vekha:search "ab" } ?x a ex:L }',
    "a subquery": '{ { SELECT ?x WHERE { ?x vekha:search "ab" ; a ex:L } LIMIT 5 } ?x a ex:L }',
    "beside paths": '{ ?x ex:before/^ex:before ?z . ?x vekha:search "ab" . FILTER(?x = ?z) }',
    "beside more paths": '{ ?x (ex:before|^ex:none)? ?x . ?x !ex:none ?o ; vekha:search "ab" . }',
    "beside literals": '{ ?x vekha:search "ab" MINUS { ?x rdfs:label "a"@en, "b"^^<http://e.example/d>, -1, true } }',
    "beside blank nodes": '{ ?x ex:before [ ] ; vekha:search "ab" . _:n a ex:L . ?x ex:before ?y . }',
    "values of its own": '{ VALUES ?x { ex:a ex:b ex:c } ?x vekha:search "ab" . }',
    "bound before": '{ ?x a ex:L BIND(STR(?x) AS ?s) ?x vekha:search "ab" }',
    "union": '{ { ?x vekha:search "a" } UNION { ?x vekha:search "b" . ?x a ex:L } }',
    "a comment": '{ ?x vekha:search # "c"\n "ab" }',
}


@pytest.mark.parametrize("pattern", SAME.values(), ids=list(SAME))
def test_a_clause_binds_its_variable_to_the_hits(letters: Store, pattern: str) -> None:
    text = f"SELECT DISTINCT ?x WHERE {pattern}"
    rows = letters.query(answer(text), prefixes=PREFIXES)
    assert {row[0].value for row in rows} == {"http://e.example/a", "http://e.example/b"}  # type: ignore[union-attr]


def test_without_hits_there_are_no_rows(letters: Store) -> None:
    text = 'ASK { ?x vekha:search "" ; a ex:L }'
    assert not letters.query(answer(text), prefixes=PREFIXES)


def test_triples_stay_one_pattern(letters: Store) -> None:
    """A blank node may stand in one basic graph pattern only, so a VALUES block between would be an error."""
    text = 'SELECT ?x { _:n ex:before ?x . ?x vekha:search "b" . _:n a ex:L }'
    assert len(list(letters.query(answer(text), prefixes=PREFIXES))) == 1  # type: ignore[arg-type]


def test_construct_keeps_its_template(letters: Store) -> None:
    text = 'CONSTRUCT { ?x vekha:search "found" } WHERE { ?x vekha:search "ab" }'
    assert len(list(letters.query(answer(text), prefixes=PREFIXES))) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?x a ex:L }",
        "DESCRIBE vekha:search",
        "SELECT * { vekha:search rdfs:label ?l }",
        "SELECT * { ?s ?p vekha:search }",
        "SELECT * { VALUES ?p { vekha:search } ?s ?p ?o }",
        "SELECT * { ?x a ex:L } VALUES ?x { vekha:search }",
        "SELECT * { ?p rdfs:label ?l FILTER(?p != vekha:search) }",
        'SELECT * { ?x rdfs:label "vekha:search" }',
        "SELECT * { ?x a ex:L } # vekha:search",
        'PREFIX vekha: <http://other.example/> SELECT * { ?x vekha:search "ab" }',
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert answer(text) == text


def test_the_prefix_of_the_text_counts() -> None:
    text = f'PREFIX v: <{VEKHA}>\nSELECT * {{ ?x v:search "ab" }}'
    [clause] = find_clauses(text)
    assert (clause.variable, clause.words) == ("?x", "ab")


@pytest.mark.parametrize(
    ("pattern", "column", "words"),
    [
        ("{ ?x vekha:search ?text }", 19, "not a variable"),
        ('{ ?x vekha:search "a", "b" }', 22, "takes one text"),
        ('{ ?x vekha:search "a"@ru }', 22, "neither language nor type"),
        ('{ ?x vekha:search "a"^^ex:d }', 22, "neither language nor type"),
        ("{ ?x vekha:search ex:a }", 19, "in quotation marks"),
        ('{ ex:a vekha:search "a" }', 8, "stands a variable"),
        ('{ [] vekha:search "a" }', 6, "stands a variable"),
        ('{ ?x ex:p [ vekha:search "a" ] }', 13, "stands a variable"),
        ('{ ?x vekha:search/ex:p "a" }', 6, "not in a path"),
        ('{ ?x ex:p/vekha:search "a" }', 11, "not in a path"),
        ('{ ?x ^vekha:search "a" }', 7, "not in a path"),
        ('{ ?x (vekha:search|ex:p) "a" }', 7, "not in a path"),
        ('{ ?x vekha:search* "a" }', 6, "not in a path"),
        ('{ SERVICE <http://e.example/s> { ?x vekha:search "a" } }', 37, "another server"),
        ('{ << ?x a ex:L >> ex:p ?o . ?x vekha:search "a" }', 3, "angle brackets"),
        ("{ ?x vekha:search }", 19, "in quotation marks"),
    ],
)
def test_what_cannot_be_answered_is_told_at_its_place(pattern: str, column: int, words: str) -> None:
    with pytest.raises(SearchClauseError, match=words) as error:
        find_clauses(f"SELECT *\n{pattern}", PREFIXES)
    assert (error.value.line, error.value.column) == (2, column)


def test_construct_where_is_refused() -> None:
    with pytest.raises(SearchClauseError, match="CONSTRUCT WHERE"):
        find_clauses('CONSTRUCT WHERE { ?x vekha:search "a" }', PREFIXES)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?x vekha:search "a"',
        "SELECT * { ?x ?y vekha:search",
        "{ } } vekha:search",
        "SELECT ( { ( ( vekha:search",
    ],
)
def test_broken_texts_end(text: str) -> None:
    find_clauses(text, PREFIXES)


def test_a_cut_is_told() -> None:
    text = 'SELECT * {\n  ?x vekha:search "many" . ?y vekha:search "few" }'
    asked: list[int] = []

    def find(words: str, most: int) -> tuple[list[str], int]:
        asked.append(most)
        count = 20_000 if words == "many" else 3
        return [f"http://e.example/{number}" for number in range(min(count, most))], count

    answers = answer_clauses(text, find_clauses(text, PREFIXES), find)
    [message] = answers.messages
    assert (message.line, message.column) == (2, 6)
    assert "finds 20000 things" in str(message)
    assert asked == [MOST_HITS // 2, MOST_HITS // 2]


def test_mentoring_finds_pairs_of_mentors(five_roadmaps: Snapshot) -> None:
    index = SearchIndex.of(five_roadmaps)
    text = 'SELECT ?label { ?activity vekha:search "наставничество" ; a vekha:Activity ; rdfs:label ?label }'
    answers = answer_clauses(text, find_clauses(text, PREFIXES), index.matching)
    found = five_roadmaps.query(edited(text, answers.edits), prefixes=PREFIXES)
    assert isinstance(found, Table)
    labels = [getattr(row[0], "value", "") for row in found.rows]
    assert len(labels) == 33
    assert any("наставнических пар" in label for label in labels)
