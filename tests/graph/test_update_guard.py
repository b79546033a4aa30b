from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from graph.bounds import MAX_UPDATE_LENGTH
from graph.errors import QueryError, QueryRefusedError, QuerySyntaxError
from graph.guard import CheckedUpdate, Dataset, check_update
from graph.syntax_errors import syntax_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DEFAULT = DefaultGraph()
G, H = NamedNode("urn:g"), NamedNode("urn:h")


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("INSERT DATA { <urn:a> <urn:b> 1 }", {DEFAULT}),
        ("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }", {G}),
        ("DELETE DATA { <urn:a> <urn:b> 1 . GRAPH <urn:g> { <urn:a> <urn:b> ( 1 [] ) } }", {DEFAULT, G}),
        ("INSERT DATA { GRAPH <urn:g> {} }", set()),
        (
            "INSERT DATA { <urn:a> <urn:b> 1 {| <urn:c> 2 |} GRAPH <urn:g> { <urn:a> <urn:b> <<( <urn:a> a 1 )>> } }",
            None,
        ),
        ("PREFIX x: <urn:> DELETE { GRAPH x:g { ?s ?p ?o } } WHERE { ?s ?p ?o }", {G}),
        (
            "WITH <urn:g> DELETE { ?s ?p ?o } INSERT { GRAPH <urn:h> { ?s ?p ?o } } WHERE { GRAPH ?x { ?s ?p ?o } }",
            {G, H},
        ),
        ("WITH <urn:g> INSERT { GRAPH <urn:h> { ?s ?p ?o } } USING <urn:i> WHERE { ?s ?p ?o }", {H}),
        ("INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("DELETE WHERE { GRAPH <urn:g> { ?s ?p ?o } ?s ?p ?o }", {G, DEFAULT}),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("DELETE {} INSERT {} WHERE {}", set()),
        ("CLEAR GRAPH <urn:g>; DROP SILENT GRAPH <urn:h>; CREATE GRAPH <urn:i>", {G, H, NamedNode("urn:i")}),
        ("CLEAR DEFAULT", {DEFAULT}),
        ("CLEAR ALL", None),
        ("drop silent named", None),
        ("COPY <urn:g> TO <urn:h>", {H}),
        ("ADD SILENT GRAPH <urn:g> TO DEFAULT", {DEFAULT}),
        ("MOVE DEFAULT TO GRAPH <urn:h>", {DEFAULT, H}),
        (
            "BASE <http://h/a/> CLEAR GRAPH <g#> ; PREFIX x: <b/> CLEAR GRAPH x:c%41\\,",
            "http://h/a/g# http://h/a/b/c%41,",
        ),
        ("PREFIX x: <urn:> CLEAR GRAPH x:g; PREFIX x: <urn:x:> CLEAR GRAPH x:h", "urn:g urn:x:h"),
        ("INSERT DATA { GRAPH <urn:\\u0067> { <urn:a> <urn:b> \"} GRAPH <urn:x> {\" , '''}''' } } # }", {G}),
        ("", set()),
        ("PREFIX x: <urn:> # nothing", set()),
    ],
)
def test_the_graphs_written_to_are_told(text: str, targets: set[object] | str | None) -> None:
    if isinstance(targets, str):
        targets = set(map(NamedNode, targets.split()))
    if "{|" in text:
        targets = {DEFAULT, G}
    assert check_update(text).targets == targets


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("INSERT DATA { <urn:with> <urn:b> 'USING' }", False),
        ("DELETE WHERE { ?using ?p ?o }", False),
        ("INSERT {} USING <urn:g> WHERE {}", True),
        ("CLEAR ALL; DELETE {} USING NAMED <urn:g> WHERE {}", True),
        ("WITH <urn:g> DELETE {} WHERE {}", True),
    ],
)
def test_dataset_clauses_are_told(text: str, *, has: bool) -> None:
    assert check_update(text).has_dataset is has


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CLEARALL", "Line 1, column 1: «CLEARALL» cannot stand here"),
        ("SELECT * {}", "Line 1, column 1: «SELECT» cannot stand here"),
        ("INSERTDATA { <urn:a> <urn:b> 1 }", "Line 1, column 1: «INSERTDATA» cannot stand here"),
        ("INSERT DATA { <urn:a> <urn:b> 1GRAPH<urn:g>{} }", "column 44: «{» cannot stand here"),
        ("PREFIX x: <http://h:> INSERT DATA { x:a x:b x:GRAPH<urn:g>{} }", "«{» cannot stand here"),
        ("INSERT DATA {\n GRAPH ?g { <urn:a> <urn:b> 1 } }", "Line 2, column 8: «\\?g» cannot stand here"),
        ("INSERT DATA { GRAPH <urn:g> { GRAPH <urn:h> {} } }", "column 31: «GRAPH» cannot stand here"),
        ("INSERT DATA { <urn:a> <urn:b> ( 1 } )", "column 35: «}» cannot stand here"),
        ("CLEAR ALL DROP ALL", "column 11: «DROP» cannot stand here"),
        ("CLEAR ALL;; DROP ALL", "column 11: «;» cannot stand here"),
        ("\\u0044ROP ALL", "column 1: «\\\\» cannot stand here"),
        ("INSERT DATA { <urn:a> <urn:b> 1", "column 32: the query ends here"),
        ("INSERT DATA { <urn:a> <urn:b> '1 }", "column 31: the text that begins here has no closing"),
        ("CLEAR GRAPH x:g", "column 13: the prefix «x:» is not declared"),
        ("DELETE { ?s ?p ?o } WHERE", "column 26: the query ends here"),
        ("DELETE { ?s ?p ?o } USING <urn:g>", "column 34: the query ends here"),
    ],
)
def test_what_is_no_update_says_where(text: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        check_update(text)
    assert (caught.value.line, caught.value.column) >= (1, 1)


def test_a_relative_graph_name_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match="«<g>» makes no absolute IRI"):
        check_update("CLEAR GRAPH <g>")


def test_the_engine_resolves_escapes_in_strings_and_iris_only() -> None:
    # The reader of operations rests on this.
    store = Store()
    store.update('INSERT DATA { <urn:\\u0061> <urn:p> "\\u0022 } ; CLEAR ALL #" }')
    assert list(store) == [Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal('" } ; CLEAR ALL #'))]
    for text in ("\\u0044ROP ALL", "DROP \\u0041LL", "CLEAR ALL\\u003B DROP ALL", "DELETE WHERE \\u007B ?s ?p ?o }"):
        with pytest.raises(SyntaxError):
            Store().update(text)


def test_a_too_long_update_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match="characters"):
        check_update("#" * (MAX_UPDATE_LENGTH + 1))


SOURCES = frozenset(("http://127.0.0.1:9/a.ttl", "http://127.0.0.1:99/"))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("LOAD <http://127.0.0.1:9/a.ttl>", "http://127.0.0.1:9/a.ttl"),
        ("CLEAR ALL; load silent <http://127.0.0.1:9/a.ttl> into graph <urn:g>", "http://127.0.0.1:9/a.ttl"),
        ("BASE <http://127.0.0.1:9/x/> LOAD <../a.ttl> INTO GRAPH <urn:g>", "http://127.0.0.1:9/a.ttl"),
        ("LOAD <http://127.0.0.1:99/x/y?z>", "http://127.0.0.1:99/x/y?z"),
    ],
)
def test_load_of_a_listed_source_is_let_through(text: str, source: str) -> None:
    checked = check_update(text, sources=SOURCES)
    assert checked.sources == {source}
    assert checked.text == text
    assert checked.targets is None or checked.targets <= {DEFAULT, G}
    with pytest.raises(QueryRefusedError, match="LOAD may read only"):
        check_update(text)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:9/>",
        "LOAD SILENT <http://127.0.0.1:9/>",
        "LOAD SILENT <file:///etc/hostname>",
        "LOAD <http://127.0.0.1:999/>",
        "LOAD <http://127.0.0.1:99@127.0.0.1:9/>",
        "LOAD <http://h/http://127.0.0.1:9/a.ttl>",
        "INSERT DATA { <urn:a> <urn:b> 1 } ; LOAD <http://127.0.0.1:9/> INTO GRAPH <urn:g>",
        "BASE <http://127.0.0.1:9/> LOAD <a.ttl> ; LOAD <b.ttl>",
    ],
)
def test_load_of_another_source_is_refused(text: str) -> None:
    with pytest.raises(QueryRefusedError, match="LOAD may read only"):
        check_update(text, sources=SOURCES)


def test_silent_load_of_what_nobody_can_load_does_nothing() -> None:
    text = "LOAD SILENT <some:thing> INTO GRAPH <urn:g> ; INSERT {} WHERE { ?s ?p ?o }"
    checked = check_update(text)
    assert checked.text.split(";")[0].strip() == "INSERT DATA {}"
    assert checked.text[checked.patterns[0][0] :].startswith("WHERE {")
    store = Store()
    store.update(checked.text)
    assert len(store) == 0


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "DELETE {} WHERE { FILTER NOT EXISTS { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } } }",
        "CLEAR ALL ; INSERT {} WHERE { { SELECT * { SERVICE <http://127.0.0.1:9/> {} } } }",
    ],
)
def test_service_in_updates_is_refused(text: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check_update(text)
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check_update(text, sources=frozenset(("http://127.0.0.1:9/",)))


def test_protocol_parameters_become_using_clauses() -> None:
    text = (
        "PREFIX x: <urn:> DELETE { GRAPH x:t { ?s ?p ?o } }WHERE{ ?s ?p ?o } ;\n"
        "DELETE WHERE { ?s x:p 'WHERE' . GRAPH <urn:n> { ?s ?q ?r } } ; INSERT DATA { x:a x:b x:c }"
    )
    store = Store()
    for graph in (G, H, NamedNode("urn:n"), NamedNode("urn:m"), NamedNode("urn:t"), DEFAULT):
        store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("WHERE"), graph))
    rewritten = check_update(text).using(Dataset((G, H), (NamedNode("urn:m"),)))
    assert rewritten.count("USING <urn:g>\nUSING <urn:h>\nUSING NAMED <urn:m>\nWHERE") == 2
    store.update(rewritten)
    # The first operation read the graphs of the dataset; the second found no graph urn:n in it.
    assert {str(quad.graph_name) for quad in store.quads_for_pattern(NamedNode("urn:s"), None, None)} == {
        "DEFAULT",
        "<urn:g>",
        "<urn:h>",
        "<urn:n>",
        "<urn:m>",
    }
    plain = check_update("DELETE WHERE { ?s ?p ?o }").using(Dataset((G,), ()))
    store.update(plain)
    assert not list(store.quads_for_pattern(NamedNode("urn:s"), None, None, DEFAULT))
    assert list(store.quads_for_pattern(None, None, None, G))


def test_using_is_written_outside_patterns_and_strings_only() -> None:
    text = 'INSERT { <urn:a> <urn:b> "WHERE" } WHERE { { SELECT ?x WHERE { ?x ?y ?z } } }'
    written = text.replace("} WHERE { {", "} \nUSING <urn:g>\nWHERE { {")
    assert check_update(text).using(Dataset((G,), ())) == written


@pytest.mark.parametrize("load", ["LOAD SILENT<a:>", "LOAD SILENT <urn:nowhere> INTO GRAPH <urn:g>"])
def test_a_source_left_out_moves_no_using_clause(load: str) -> None:
    written = check_update(f"{load};DELETE{{?s ?p ?o}}WHERE{{?s ?p ?o}}").using(Dataset((G,), ()))
    assert written == "INSERT DATA {}".ljust(len(load)) + ";DELETE{?s ?p ?o}\nUSING <urn:g>\nWHERE{?s ?p ?o}"


def broken_update(randomness: random.Random, available: Sequence[str]) -> str:
    """One of `FRAMES` with some of what is available (`noise`) in its gaps."""
    pieces = randomness.choice(FRAMES).split("§")
    text = pieces[0]
    for piece in pieces[1:]:
        text += " ".join(randomness.choices(available, k=randomness.choice((0, 0, 1, 1, 2)))) + piece
    return "PREFIX x: <urn:> PREFIX e: <http://h:> " + text


def noise() -> list[str]:
    return [
        *(
            "GRAPH <urn:g> {",
            "GRAPH",
            "<urn:g>",
            "<urn:h>",
            "x:g",
            "e:GRAPH",
            "e:",
            "x:h",
            "GRAPHx:g",
            "DEFAULT",
            "ALL",
        ),
        *("{", "}", "{|", "|}", "(", ")", "[", "]", "<<", ">>", "<<(", ")>>", ";", ".", ",", "|", "TO", "INTO"),
        *("<urn:a> <urn:b> 1", "?s ?p ?o", "?s", "1", "true", "'x'", "'", '"', "'''", "#", "\n", "\\", "\\u0022", " "),
        *(
            "<#>",
            "<'>",
            "<",
            ">",
            "a",
            "@en",
            "^^",
            "_:b",
            "WITH <urn:h>",
            "USING <urn:g>",
            "INSERT",
            "DELETE",
            "WHERE",
        ),
        *("DROP ALL", "CLEAR DEFAULT", "COPY", "MOVE", "SILENT", "DATA", "WHERE {", "FILTER(", "BASE <urn:x>"),
        *("PREFIX x: <urn:z:>", "PREFIXx: <urn:z:>", "VERSION '1.2'", "~", "LOAD <http://127.0.0.1:9/>"),
    ]


FRAMES = [
    "INSERTDATA { <urn:a> <urn:b> 1GRAPH<urn:g>{ <urn:a> <urn:b> 2 } § }",
    "INSERT DATA { § GRAPH <urn:g> { <urn:a> <urn:b> 1 } § }",
    "DELETE { § ?s ?p ?o § } INSERT { GRAPH <urn:h> { ?s ?p 2 } } WHERE { ?s ?p ?o § }",
    "WITH <urn:g> DELETE { ?s ?p ?o § } INSERT { § ?s ?p 5 } WHERE { ?s ?p ?o FILTER(?o § ?o) }",
    "§ INSERT { ?s ?p 7 } § WHERE { GRAPH ?g { ?s ?p ?o } § }",
    "DELETE WHERE { § ?s ?p ?o § GRAPH <urn:h> { ?s ?p ?o } § }",
    "§ CLEAR GRAPH <urn:g> § ; MOVE <urn:h> TO DEFAULT §",
    "INSERT { GRAPH x:g { ?s ?p 9 } § } USING <urn:h> WHERE { ?s ?p ?o } ; § COPY x:g TO § <urn:h>",
    "INSERT DATA { <urn:a> <urn:b> 1 § } ; LOAD § <http://127.0.0.1:9/> §",
]


def state(store: Store) -> dict[object, set[Quad]]:
    found: dict[object, set[Quad]] = {}
    for quad in store:
        found.setdefault(quad.graph_name, set()).add(quad)
    return found


def filled() -> Store:
    store = Store()
    for graph in (DEFAULT, G, H, NamedNode("urn:other")):
        for number in range(2):
            store.add(Quad(NamedNode("urn:s"), NamedNode(f"urn:p{number}"), Literal(f"{graph}{number}"), graph))
    return store


def accepted(text: str) -> CheckedUpdate | None:
    try:
        return check_update(text)
    except QueryError:
        return None


def test_no_random_update_writes_where_its_check_does_not_say() -> None:
    randomness = random.Random(20261122)
    available = noise()
    changed = refused_writes = called_out = 0
    for _ in range(12_000):
        text = broken_update(randomness, available)
        checked = accepted(text)
        store = filled()
        before = state(store)
        try:
            store.update(text if checked is None else checked.text)
        except OSError:  # «The port 9 is not allowed»: the engine was about to ask.
            called_out += 1
            assert checked is None, text
            continue
        except (SyntaxError, RuntimeError, ValueError):
            continue
        after = state(store)
        written = {graph for graph in before.keys() | after.keys() if before.get(graph) != after.get(graph)}
        if checked is None:
            refused_writes += bool(written)
        elif checked.targets is not None:
            changed += bool(written)
            assert written <= checked.targets, text
    assert changed > 200
    assert refused_writes > 20
    assert called_out > 10


def w3c_updates(shared: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((shared / "w3c").rglob("*.ru")):
        yield path.name, "BASE <http://example.org/>\n" + path.read_text("utf-8")


def test_of_the_w3c_updates_the_check_accepts_all_that_the_engine_does(shared: Path) -> None:
    engine_accepts = 0
    for name, text in w3c_updates(shared):
        if "load" in text.lower():
            continue
        try:
            Store().update(text)
        except SyntaxError:
            continue
        except RuntimeError:
            pass
        engine_accepts += 1
        assert check_update(text).text == text, name
    assert engine_accepts > 100


def test_an_update_that_the_engine_refuses_says_where() -> None:
    text = "INSERT { ?s ?p ?o } WHERE {\n ?s ?p ?o FILTR(?o) }"
    check_update(text)
    with pytest.raises(SyntaxError) as caught:
        Store().update(text)
    assert str(syntax_error(text, caught.value, update=True)) == "Line 2, column 11: «FILTR» cannot stand here"
