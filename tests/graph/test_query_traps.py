from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, Store

from graph.guard import check_query
from graph.query_traps import find_traps
from graph.tokens import meaningful

DATA = """INSERT DATA {
  <urn:a> <urn:t> <urn:m> ; <urn:u> <urn:m> ; <urn:i> <urn:x>, <urn:y> .
  <urn:x> <urn:t> <urn:m> . <urn:y> <urn:t> <urn:m> .
}"""


def traps(text: str) -> list[tuple[int, int, str]]:
    return [
        (found.line, found.column, "UNION" if "UNION is computed" in found.template else "|")
        for found in check_query(text).warnings
    ]


def count(store: Store, text: str) -> int:
    found = store.query(text)
    assert isinstance(found, QuerySolutions)
    return sum(1 for _ in found)


@pytest.mark.parametrize(
    ("path", "union", "engine", "sparql"),
    [
        ("?a <urn:t>|<urn:u> ?m", "{ ?a <urn:t> ?m } UNION { ?a <urn:u> ?m }", 3, 4),
        ("<urn:a> <urn:t>|<urn:u> <urn:m>", "{ <urn:a> <urn:t> <urn:m> } UNION { <urn:a> <urn:u> <urn:m> }", 1, 2),
        ("?a <urn:t>|(<urn:i>/<urn:t>) ?m", "{ ?a <urn:t> ?m } UNION { ?a <urn:i>/<urn:t> ?m }", 3, 5),
    ],
)
def test_the_engine_loses_duplicates_of_alternatives_and_the_place_is_told(
    path: str, union: str, engine: int, sparql: int
) -> None:
    # When this fails, the engine was mended and the warning can go.
    store = Store()
    store.update(DATA)
    assert count(store, f"SELECT * {{ {path} }}") == engine
    assert count(store, f"SELECT * {{ {union} }}") == sparql
    query = f"SELECT *\n{{ {path} }}"
    assert traps(query) == [(2, query.splitlines()[1].index("|") + 1, "|")]
    assert traps(f"SELECT * {{ {union} }}") == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(*) AS ?n) { ?a <urn:t>|<urn:u> ?m }",
        "SELECT DISTINCT (COUNT(?m) AS ?n) { ?a <urn:t>|<urn:u> ?m } GROUP BY ?a",
        "SELECT ?a { { SELECT ?a { ?a (<urn:t>|<urn:u>)/<urn:b> ?m } } }",
        "SELECT DISTINCT ?a { { SELECT (SUM(?m) AS ?n) { ?a ^(<urn:t>|<urn:u>) ?m } } }",
        "ASK { { SELECT ?a { ?a <urn:t>|<urn:u> ?m } GROUP BY ?a HAVING(COUNT(*) > 1) } }",
        "SELECT * { OPTIONAL { ?a <urn:b> [ <urn:t>|<urn:u> ?m ] } }",
        "SELECT * { ?a (<urn:x>*/(<urn:t>|<urn:u>)) ?m }",
    ],
)
def test_a_lost_duplicate_that_can_be_seen_is_told(query: str) -> None:
    assert [kind for _, _, kind in traps(query)] == ["|"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT * { ?a <urn:t>|<urn:u> ?m }",
        "SELECT DISTINCT ?a { { SELECT ?a { ?a <urn:t>|<urn:u> ?m } } }",
        "SELECT (COUNT(DISTINCT ?m) AS ?n) { ?a <urn:t>|<urn:u> ?m }",
        "SELECT ?a { ?a <urn:t>|<urn:u> ?m } GROUP BY ?a",
        "ASK { ?a <urn:t>|<urn:u> ?m }",
        "CONSTRUCT { ?a <urn:b> ?m } WHERE { ?a <urn:t>|<urn:u> ?m }",
        "SELECT * { ?a <urn:b> ?c FILTER NOT EXISTS { ?a <urn:t>|<urn:u> ?m } }",
        "SELECT * { ?a <urn:b> ?c MINUS { ?a <urn:t>|<urn:u> ?m } }",
        "SELECT * { ?a (<urn:t>|<urn:u>)* ?m }",
        "SELECT * { ?a ((<urn:t>|<urn:u>)/<urn:x>)+ ?m }",
        "SELECT * { ?a !(<urn:t>|^<urn:u>) ?m }",
        "SELECT * { ?a ?b ?m FILTER(?a = 1 || ?m = '|') }",
        "SELECT * { ?a <urn:b> ?c {| <urn:t> ?m |} }",
    ],
)
def test_where_duplicates_do_not_matter_nothing_is_told(query: str) -> None:
    assert traps(query) == []


UNION = "{ ?a <urn:r> ?b } UNION { ?a <urn:p> ?g . ?g <urn:m> ?b }"


@pytest.mark.parametrize(
    "group",
    [
        f"{UNION} ?b <urn:l> ?l",
        f"?b <urn:l> ?l . {UNION}",
        "{ ?a <urn:r> ?b } UNION { ?a <urn:p>/<urn:m> ?b } ?b <urn:l> ?l",
        f"{UNION} {{ ?b <urn:l> ?l }}",
        f"{UNION} GRAPH ?g {{ ?b <urn:l> ?l }}",
        f"OPTIONAL {{ {UNION} ?b <urn:l> ?l }} ?a ?b ?c",
        f"?a ?b ?c FILTER EXISTS {{ {UNION} ?b <urn:l> ?l }}",
        f"{{ SELECT ?a {{ {UNION} ?b <urn:l> ?l FILTER(?l > 3) }} }}",
        "?b <urn:l> ?l . { ?a <urn:r> ?b } UNION { ?a <urn:q> ?b } UNION { ?a <urn:p> ?g ; <urn:m> ?b }",
    ],
)
def test_a_union_that_is_joined_is_told(group: str) -> None:
    assert [kind for _, _, kind in traps(f"SELECT * {{ {group} }}")] == ["UNION"]


@pytest.mark.parametrize(
    "group",
    [
        UNION,
        f"{UNION} FILTER(?b > 1)",
        f"{UNION} BIND(STR(?b) AS ?c)",
        f"VALUES ?b {{ 1 2 }} {UNION}",
        f"VALUES (?b ?c) {{ (1 2) }} {UNION}",
        "{ ?a <urn:r> ?b } UNION { ?a <urn:p> ?b FILTER(?b > 1) } ?b <urn:l> ?l",
        "{ SELECT DISTINCT ?b { " + UNION + " } } ?b <urn:l> ?l",
    ],
)
def test_a_union_that_stands_alone_is_not_told(group: str) -> None:
    assert traps(f"SELECT * {{ {group} }}") == []


def test_the_engine_joins_a_union_slowly() -> None:
    # When this fails, the engine was mended and the warning can go.
    store = Store()
    lines = [f"<urn:a{n}> <urn:r> <urn:b{n % 300}> ; <urn:p> <urn:g{n % 50}> ." for n in range(1500)]
    lines += [f"<urn:g{n}> <urn:m> <urn:b{n}>, <urn:b{n + 50}> ." for n in range(50)]
    lines += [f"<urn:b{n}> <urn:l> {n} ." for n in range(300)]
    store.update(f"INSERT DATA {{ {' '.join(lines)} }}")
    joined = f"SELECT * {{ {UNION} ?b <urn:l> ?l }}"
    arms = "SELECT * { { ?a <urn:r> ?b . ?b <urn:l> ?l } UNION { ?a <urn:p> ?g . ?g <urn:m> ?b . ?b <urn:l> ?l } }"

    def seconds(query: str) -> float:
        start = time.thread_time()
        assert count(store, query) == 4500
        return time.thread_time() - start

    # The least of some: the garbage of other tests may be collected in one run, hardly in each.
    slow, fast = (min(seconds(query) for _ in range(3)) for query in (joined, arms))
    assert slow > 5 * fast


def test_our_own_questions_are_free_of_both(repository: Path) -> None:
    texts = sorted((repository / "queries").rglob("*.rq"))
    assert len(texts) > 40
    for path in texts:
        text = path.read_text("utf-8")
        assert not [(path.name, str(found)) for found in find_traps(text, meaningful(text))]


def test_no_random_text_breaks_the_search() -> None:
    randomness = random.Random(7)
    available = ["{", "}", "(", ")", "|", "||", "UNION", "SELECT", "DISTINCT", "FILTER", "EXISTS", "VALUES", "GRAPH"]
    available += ["?a", "<urn:p>", "ex:p.", ".", ";", "COUNT", "GROUP", "MINUS", "OPTIONAL", "ASK", "!", "*", "BIND"]
    for _ in range(5_000):
        text = " ".join(randomness.choices(available, k=randomness.randint(1, 40))) + " | UNION"
        for found in find_traps(text, meaningful(text)):
            assert str(found).startswith("Line 1, column ")


@pytest.mark.parametrize("piece", ["{ ?a ?b ?c } UNION ", "(?a|", "{ ?a ", "?a | ?b . ", "VALUES ?x { 1 } UNION { "])
def test_no_long_text_takes_long(piece: str) -> None:
    text = "SELECT * { " + (piece * 3000 if piece[-2] == "." or "UNION " in piece[-7:] else piece * 90)
    start = time.thread_time()
    list(find_traps(text, meaningful(text)))
    assert time.thread_time() - start < 10
