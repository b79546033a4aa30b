from __future__ import annotations

import contextlib
import random
import time
import warnings
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, Quad, Store
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from graph.bounds import MAX_DEPTH, MAX_LENGTH, MAX_REGEX, MAX_TOKENS, MAX_VALUES
from graph.errors import QueryRefusedError
from graph.guard import Dataset, check_query
from graph.syntax_errors import syntax_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The engine refuses to call port 9, and says so: the proof that it was about to.
THERE = "<http://127.0.0.1:9/>"

SERVICES = {
    "plain": "SELECT * { SERVICE %s { ?s ?p ?o } }",
    "odd case": "SELECT * { sErViCe %s { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT %s { ?s ?p ?o } }",
    "no space": "SELECT * {SERVICE%s{?s ?p ?o}}",
    "after a comment": "SELECT * { # it's all right\n SERVICE # yes\n %s { ?s ?p ?o } }",
    "in EXISTS": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE %s { ?s ?p ?o } } }",
    "in a sub-select": "SELECT * { { SELECT * { SERVICE %s { ?s ?p ?o } } } }",
    "in OPTIONAL": "ASK { ?s ?p ?o OPTIONAL { SERVICE %s { ?s ?p ?o } } }",
    "in CONSTRUCT": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE %s { ?s ?p ?o } }",
    "after true": "SELECT * { ?s ?p trueSERVICE%s{?s ?p ?o} }",
    "after a number": "SELECT * { ?s ?p 1.5SERVICE%s{?s ?p ?o} }",
    "after an exponent": "SELECT * { ?s ?p 1e0SERVICE%s{?s ?p ?o} }",
    "after a number and a dot": "SELECT * { ?s ?p 1.SERVICE%s{?s ?p ?o} }",
    "after a string": 'SELECT * { ?s ?p "x"SERVICE%s{?s ?p ?o} }',
    "glued to SILENT": "SELECT * { SERVICESILENT%s{?s ?p ?o} }",
    "glued to a prefix": "PREFIX ex: %s SELECT * { VALUES ?x { 1 } SERVICEex:{?s ?p ?o} }",
    "glued to a prefix that is declared as a whole": (
        "PREFIX ex: %s PREFIX SERVICEex: <urn:x> SELECT * { VALUES ?x { 1 } SERVICEex:{?s ?p ?o} }"
    ),
    "behind a prefix that makes no IRI": "PREFIX ex: <http://h:> SELECT * { ?s ?p ?o . ?s ?p ex:SERVICE%s{?s ?p ?o} }",
    "behind such a prefix, with a prefixed name": (
        "PREFIX x: %s PREFIX ex: <http://h:> SELECT * { ?s ?p ?o . ?s ?p ex:SERVICEx:{?s ?p ?o} }"
    ),
    "behind such a prefix, with a variable": "PREFIX ex: <http://h:> SELECT * { ?s ?p ex:SERVICE?x{?s ?p ?o} }",
    "in what looks like a string behind an IRI": (
        "SELECT * { ?s ?p ?o FILTER(?o<'>' || EXISTS { SERVICE %s {?s ?p ?o} } || ?p = ' ') }"
    ),
    "in what looks like a long string behind an IRI": (
        "SELECT * { ?s ?p ?o FILTER(?o<#>'''\n ?p || EXISTS { SERVICE %s {?s ?p ?o} } #'''\n) }"
    ),
    "behind a prefixed name and a comment": (
        "PREFIX u: <urn:> SELECT * { ?s ?p ?o FILTER(?o<u:x#>'''\n || EXISTS { SERVICE %s {?s ?p ?o} } #'''\n) }"
    ),
    "written with escapes": "SELECT * { \\u0053ERVICE %s { ?s ?p ?o } }",
    "written with long escapes": "SELECT * { SERV\\U00000049CE %s { ?s ?p ?o } }",
    "behind an escaped quotation mark": 'SELECT * { ?s ?p "\\u0022 . SERVICE %s { ?s ?p ?o } #" }',
    "with a carriage return after a comment": "SELECT * { #\rSERVICE %s { ?s ?p ?o } }",
    "in a text without end": 'SELECT * { ?s ?p "SERVICE %s { ?s ?p ?o } }',
}

HARMLESS = [
    "SELECT ?service ?x { ?service ?p ?x }",
    'SELECT * { ?s <http://x/SERVICE> "SERVICE <x> {}" # SERVICE <x> {}\n }',
    'SELECT * { ?s ?p \'\'\'SERVICE <x> {\'\'\' , """it\'s a "SERVICE" """ }',
    "PREFIX ex: <http://x#> SELECT * { ?s ex:service ?o . { ?o ex:customerService 1 } }",
    "PREFIX ex: <http://x#> SELECT * { GRAPH ex:service { ?s ?p ?o } }",
    "PREFIX ex: <urn:x#> SELECT * { ?s ex:a <http://x#service> FILTER(?s < 5 && 7 > ?o) }",
    "SELECT * { ?s ?p ?o FILTER(?s<?o&&?o>?s) }",
    "SELECT * { ?s ?p 'услуга «SERVICE»'@ru }",
    'SELECT * { ?s ?p "\\u0041\\\\" }',
]


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_service_is_refused_however_it_is_written(query: str) -> None:
    with pytest.raises(QueryRefusedError) as caught:
        check_query(query.replace("%s", THERE))
    assert caught.value.line >= 1
    assert caught.value.column >= 1


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(QueryRefusedError) as caught:
        check_query("SELECT *\nWHERE { ?s ?p ?o .\n   SERVICE <urn:x> {} }")
    assert (caught.value.line, caught.value.column) == (3, 4)
    with pytest.raises(QueryRefusedError) as caught:
        check_query('SELECT * { ?s ?p "\\u0041\\u0042" .\n \\u0053ERVICE <urn:x> {} }')
    assert (caught.value.line, caught.value.column) == (2, 2)


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_service_elsewhere_is_harmless(query: str) -> None:
    assert check_query(query).dataset is None
    Store().query(query)


@pytest.mark.parametrize(
    "keyword", ["INSERT", "delete", "LOAD", "Clear", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]
)
def test_updates_are_refused(keyword: str) -> None:
    with pytest.raises(QueryRefusedError, match="changes data"):
        check_query(f"BASE <http://a/> PREFIX select: <b> # SELECT\n {keyword} <urn:x>")


def test_a_too_long_text_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match=f"{MAX_LENGTH + 1} characters"):
        check_query("#" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("opening", ["{", "(", "[", "!", "- ", "FILTER EXISTS {"])
def test_deep_nesting_is_refused_before_the_engine_could_fall_over_it(opening: str) -> None:
    check_query("ASK {" + opening * (MAX_DEPTH // 2))
    with pytest.raises(QueryRefusedError, match="nested more than"):
        check_query("ASK {" + opening * (MAX_DEPTH + 1))


def test_too_many_words_are_refused() -> None:
    check_query("SELECT * { " + "?a ?b ?c . " * (MAX_TOKENS // 4 - 2) + "}")
    with pytest.raises(QueryRefusedError, match="more than 75000 words and signs"):
        check_query("SELECT * { " + ". " * MAX_TOKENS + "}")


@pytest.mark.parametrize(
    ("frame", "term"),
    [
        ("SELECT * {{ VALUES ?x {{ {} }} }}", "1 "),
        ("SELECT * {{}} VALUES (?x ?y) {{ {} }}", '(a: "b") '),
        ("SELECT * {{ VALUES ?x {{ 1 }} VALUES ?y {{ {} }} }}", "a: "),
    ],
)
def test_too_much_data_is_refused(frame: str, term: str) -> None:
    terms = len(check_terms(term))
    check_query(frame.format(term * (MAX_VALUES // terms // 2)))
    with pytest.raises(QueryRefusedError, match="VALUES hold more than"):
        check_query(frame.format(term * (MAX_VALUES // terms + 1)))


def check_terms(term: str) -> list[str]:
    return term.strip("() ").split()


@pytest.mark.parametrize("call", ["REGEX(STR(?o), {})", 'REPLACE(?o, {}, "x")', 'regex (?o, # c\n {}, "i")'])
def test_too_long_regular_expressions_are_refused(call: str) -> None:
    frame = "SELECT * {{ ?s ?p ?o FILTER(" + call + " || ?o = {}) }}"
    short, long = f'"{"a" * (MAX_REGEX - 2)}"', f'"{"a" * MAX_REGEX}"'
    check_query(frame.format(short, long))
    with pytest.raises(QueryRefusedError, match="the pattern has"):
        check_query(frame.format(long, short))


@pytest.mark.parametrize(
    ("query", "default", "named"),
    [
        ("SELECT * FROM <urn:g> FROM NAMED <urn:h> {}", ["urn:g"], ["urn:h"]),
        ("ASKFROM<urn:g>{}", ["urn:g"], []),
        ("SELECT * FROMNAMED<urn:g>FROM<urn:h>{}", ["urn:h"], ["urn:g"]),
        ("BASE <http://a/b> SELECT * FROM <http:c#> {}", ["http:c#"], []),
        ("BASE <http://a/b/> PREFIX x: <../> SELECT * FROM <c> FROM x:d {}", ["http://a/b/c", "http://a/d"], []),
        ("CONSTRUCT { ?s ?p 1 } FROM # why\n NAMED g:\\,x WHERE { ?s ?p ?o }", [], ["urn:given:,x"]),
    ],
)
def test_the_dataset_is_read(query: str, default: list[str], named: list[str]) -> None:
    found = check_query(query, prefixes={"g": "urn:given:"}).dataset
    assert found == Dataset(tuple(map(NamedNode, default)), tuple(map(NamedNode, named)))


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX g: <urn:a> PREFIXg: <urn:b> SELECT * FROM g:x {}",
        "SELECT * FROMex:g {}",
        "SELECT * FROM nope:g {}",
        "SELECT * FROM <relative> {}",
        "ASK FROM",
    ],
)
def test_a_dataset_that_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="FROM"):
        check_query(query)


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 49_000,
        '"' * 99_999,
        "<" * 99_999,
        "a." * 49_999,
        "'''\\'" * 19_000,
        "\\u0022" * 16_000,
        "::" * 49_999,
    ],
)
def test_no_text_takes_long_to_look_at(text: str) -> None:
    start = time.thread_time()
    with contextlib.suppress(QueryRefusedError):
        check_query(text + "SERVICE")
    assert time.thread_time() - start < 10


def pieces() -> list[str]:
    """Tokens and halves of tokens from which an attack could be made."""
    return [
        *(
            "SERVICE",
            "service",
            "SILENT",
            THERE,
            "x:",
            "x:a",
            "e:",
            "e:SERVICE",
            "?s ?p ?o",
            "?o",
            "?x",
            "true",
            "1",
            "1.",
        ),
        *(
            " ",
            "\n",
            "\r",
            "#",
            "'",
            '"',
            "'''",
            '"""',
            "\\",
            "\\u0022",
            "\\'",
            "<",
            ">",
            "<#>",
            "<'>",
            "<u:>",
            "{",
            "}",
        ),
        *(
            "(",
            ")",
            ".",
            ",",
            ";",
            "/",
            "?",
            "||",
            "&&",
            "=",
            "a",
            "@en",
            "^^",
            "_:b",
            "[]",
            "-",
            "!",
            "FILTER(",
            "EXISTS{",
        ),
        *(
            "UNION",
            "OPTIONAL",
            "MINUS",
            "BIND(",
            "AS",
            "VALUES ?v {",
            "{SELECT * {",
            "GRAPH",
            "%41",
            ":",
            "|",
            "*",
            "+",
        ),
    ]


def calls_out(store: Store, query: str, port: int = 9) -> bool:
    try:
        found = store.query(query)
        if hasattr(found, "__iter__"):
            list(found)
    except OSError as error:
        return f"port {port} " in str(error)
    except (SyntaxError, RuntimeError, ValueError):
        pass
    return False


ALLOWED = "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { sErViCe SILENT # why\n <http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "ASK { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p '\\u0041', ?service } }",
    ],
)
def test_service_to_a_listed_endpoint_is_let_through(query: str) -> None:
    assert check_query(query, services=frozenset((ALLOWED,))).services == {ALLOWED}
    with pytest.raises(QueryRefusedError, match=r"SERVICE may ask only .*: <http://127\.0\.0\.1:9>, <http"):
        check_query(query, services=frozenset(("http://127.0.0.1:9", "http://127.0.0.1:99/")))
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check_query(query)


def test_services_are_asked_by_their_names() -> None:
    services = frozenset((ALLOWED, "https://w3id.org/vekha/endpoint/neighbour"))
    prefixes = {"endpoint": "https://w3id.org/vekha/endpoint/"}
    query = "SELECT * { SERVICE %s { } }"
    for given, declared in ((prefixes, ""), ({}, f"PREFIX endpoint: <{prefixes['endpoint']}> ")):
        found = check_query(declared + query % "endpoint:neighbour", services=services, prefixes=given)
        assert found.services == {"https://w3id.org/vekha/endpoint/neighbour"}
        for other in ("endpoint:other", "endpoint:", "other:neighbour", "endpoint:neighbour/x", "_:neighbour"):
            with pytest.raises(QueryRefusedError, match="SERVICE"):
                check_query(declared + query % other, services=services, prefixes=given)


def test_what_only_begins_as_a_listed_endpoint_is_refused() -> None:
    query = "SELECT * {{ SERVICE <{}> {{ }} }}"
    for other in ("http://127.0.0.1:9/x", "http://127.0.0.1:90/", "http://127.0.0.1:9@h/", "https://127.0.0.1:9/"):
        with pytest.raises(QueryRefusedError, match="services this server was set up with"):
            check_query(query.format(other), services=frozenset((ALLOWED,)))


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_a_list_of_endpoints_lets_no_other_through(query: str) -> None:
    with pytest.raises(QueryRefusedError):
        check_query(query.replace("%s", "<http://127.0.0.1:7/>"), services=frozenset((ALLOWED,)))


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICE x: { ?s ?p ?o } }",
        "BASE <http://127.0.0.1:9/> SELECT * { SERVICE <> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1:9/\\u0061> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1:9/a> SERVICE <http://127.0.0.1:9/a> { ?s ?p ?o } }",
    ],
)
def test_an_endpoint_not_written_in_full_is_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="services this server was set up with"):
        check_query(query, services=frozenset(("http://127.0.0.1:9", "http://127.0.0.1:9/a")))


def test_an_endpoint_in_a_variable_is_refused_with_the_reason() -> None:
    query = "SELECT * { ?s ?p ?e SERVICE SILENT ?e { ?s ?p ?o } }"
    with pytest.raises(QueryRefusedError, match=r"column 21: \?e after SERVICE .* known before the query runs"):
        check_query(query, services=frozenset((ALLOWED,)))


def test_an_endpoint_that_the_engine_would_change_is_refused() -> None:
    listed = "http://127.0.0.1:9/a/../b"
    with pytest.raises(QueryRefusedError, match="services"):
        check_query(f"BASE <http://h/> ASK {{ SERVICE <{listed}> {{}} }}", services=frozenset((listed,)))


def test_no_random_text_that_is_let_through_makes_the_engine_call_out() -> None:
    # Templates that are close to valid, with holes for random pieces, reach deeper than pure noise.
    randomness = random.Random(20260822)
    store = Store()
    store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o")))
    prologue = f"PREFIX x: {THERE} PREFIX e: <http://h:> PREFIX u: <urn:> "
    frames = [
        "SELECT * { ?s ?p ?o 0 }",
        "SELECT * { ?s ?p ?o FILTER(?o0) }",
        "SELECT * { 0 SERVICE THERE { ?s ?p ?o } 1 }",
        "SELECT * { ?s ?p ?o . ?s ?p 0SERVICE1THERE{?s ?p ?o} 2 }",
        "SELECT * { ?s ?p 0 FILTER(1 || EXISTS {SERVICE THERE {?s ?p ?o}} || 2) }",
        "SELECT * { ?s ?p ?o 0SERVICE1x:a{?s ?p ?o} }",
    ]
    called, let_through = 0, 0
    available = pieces()
    for _ in range(20_000):
        query = randomness.choice(frames)
        for hole in "012":
            query = query.replace(hole, "".join(randomness.choices(available, k=randomness.randint(0, 3))), 1)
        query = prologue + query.replace("THERE", THERE)
        calls = calls_out(store, query)
        called += calls
        try:
            check_query(query)
        except QueryRefusedError:
            continue
        let_through += 1
        assert not calls, query
    assert called > 200
    assert let_through > 200


def test_no_random_text_with_listed_endpoints_makes_the_engine_call_another() -> None:
    randomness = random.Random(20260823)
    store = Store()
    store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o")))
    other = "<http://127.0.0.1:7/>"
    prologue = f"PREFIX x: {other} PREFIX e: <http://h:> PREFIX u: <urn:> "
    frames = [
        "SELECT * { 0 SERVICE 1 OTHER { ?s ?p ?o } 2 }",
        "SELECT * { ?s ?p ?o . 0 SERVICE THERE 1 { ?s ?p ?o } SERVICE OTHER { ?s ?p ?o } 2 }",
        "SELECT * { ?s ?p ?o 0 FILTER(1 || EXISTS {SERVICE OTHER {?s ?p ?o}} || 2) }",
        "SELECT * { 0 SERVICE OTHER { 1 } SERVICE OTHER { ?s ?p ?o } 2 }",
        "SELECT * { ?s ?p ?o . ?s ?p 0SERVICE1x:{?s ?p ?o} 2 }",
    ]
    called, let_through = 0, 0
    available = pieces()
    for _ in range(20_000):
        query = randomness.choice(frames)
        for hole in "012":
            query = query.replace(hole, "".join(randomness.choices(available, k=randomness.choice((0, 0, 1, 2)))), 1)
        query = prologue + query.replace("THERE", THERE).replace("OTHER", randomness.choice([THERE, other]))
        calls = calls_out(store, query, 7)
        called += calls
        try:
            check_query(query, services=frozenset((ALLOWED,)))
        except QueryRefusedError:
            continue
        let_through += 1
        assert not calls, query
    assert called > 200
    assert let_through > 200


def has_service(value: object) -> bool:
    if isinstance(value, CompValue):
        return value.name == "ServiceGraphPattern" or any(has_service(part) for part in value.values())
    return isinstance(value, list | tuple) and any(has_service(part) for part in value)


def w3c_queries(shared: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((shared / "w3c").rglob("*.rq")):
        yield path, path.read_text("utf-8", errors="replace")


def test_on_the_w3c_queries_the_guard_agrees_with_a_parser(shared: Path) -> None:
    compared = services = 0
    for path, text in w3c_queries(shared):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = prepareQuery(text, base="http://example.org/").algebra
        except Exception:  # noqa: BLE001 (rdflib raises what it likes on syntax it does not know)
            continue
        try:
            check_query(text)
            refused = False
        except QueryRefusedError as error:
            refused = "SERVICE" in str(error)
        compared += 1
        services += has_service(parsed)
        assert refused == has_service(parsed), path
    assert compared > 300
    assert services >= 5


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT ?x WHERE {\n  ?x ?y }}", "Line 2, column 9: «}» cannot stand here"),
        ("SELEC * {}", "Line 1, column 1: «SELEC» cannot stand here"),
        ("SELECT ?x { ?x ?y ?z FILTR(?x > 3) }", "Line 1, column 22: «FILTR» cannot stand here"),
        ("SELECT * {", "Line 1, column 11: the query ends here, but something is missing"),
        ("SELECT * {\r\n ?s ?p 'ёж }", "Line 2, column 8: the text that begins here has no closing quotation mark"),
        ("SELECT * {\n # тут\n ?s ex:p ?o }", "Line 3, column 5: the prefix «ex:» is not declared"),
        ("SELECT * {}\nINSERT DATA {}", "Line 2, column 1: «INSERT» cannot stand here"),
    ],
)
def test_a_syntax_error_names_the_place_of_the_fault(query: str, message: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        Store().query(query)
    assert str(syntax_error(query, caught.value)).startswith(message)
