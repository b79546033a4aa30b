"""Changes from outside: SPARQL updates and graphs, in both kinds of dataset."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple
from pyoxigraph import Store as Engine

from graph.errors import (
    CommitError,
    DataFolderError,
    DataTooLargeError,
    GraphError,
    NoSuchGraphError,
    QuerySyntaxError,
    RdfSyntaxError,
    UpdateEvaluationError,
    UpdateMemoryError,
    UpdateRefusedError,
    UpdateTimeoutError,
)
from graph.feed import read_changes
from graph.folder import DataFolder
from graph.guard import Dataset
from graph.store import Store
from graph.update_evaluation import carry_out
from graph.updates import UpdateLimits
from tests.graph.quads import (
    BASE,
    INVOLVES,
    assert_default_graph_is_the_merge,
    document,
    graph,
    graphs_of,
    involves,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HAND = f"{BASE}graph/hand"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "plain", rules=[], dataset="plain") as store:
        yield store


@pytest.fixture
def roadmaps(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "roadmaps", rules=[involves]) as store:
        store.commit_document(document("tomsk", "v1"))
        yield store


def quads_of(store: Store) -> set[Quad]:
    snapshot = store.snapshot()
    named = {
        Quad(triple.subject, triple.predicate, triple.object, name)
        for name in snapshot.graphs()
        for triple in snapshot.triples(name)
    }
    return named | {Quad(triple.subject, triple.predicate, triple.object) for triple in snapshot.triples()}


def quad(subject: str, value: str, name: str | None = None) -> Quad:
    graph_name = DefaultGraph() if name is None else NamedNode(name)
    return Quad(NamedNode(subject), NamedNode("urn:p"), NamedNode(value), graph_name)


def test_a_new_plain_dataset_is_empty_and_has_no_state_in_it(plain: Store) -> None:
    assert (plain.version, quads_of(plain), plain.snapshot().graphs()) == (0, set(), [])


def test_an_update_writes_default_and_named_graphs(plain: Store) -> None:
    assert plain.update("INSERT DATA { <urn:a> <urn:p> <urn:b> GRAPH <urn:g> { <urn:c> <urn:p> <urn:d> } }") == 1
    assert quads_of(plain) == {quad("urn:a", "urn:b"), quad("urn:c", "urn:d", "urn:g")}
    assert plain.update("DELETE { ?s ?p ?o } INSERT { GRAPH <urn:g> { ?o ?p ?s } } WHERE { ?s ?p ?o }") == 2
    assert quads_of(plain) == {quad("urn:b", "urn:a", "urn:g"), quad("urn:c", "urn:d", "urn:g")}
    assert plain.update("DROP ALL") == 3
    assert plain.snapshot().graphs() == []


def test_an_update_that_changes_nothing_makes_no_version(plain: Store) -> None:
    plain.update("INSERT DATA { <urn:a> <urn:p> <urn:b> }")
    assert plain.update("INSERT DATA { <urn:a> <urn:p> <urn:b> }") == 1
    assert plain.update("DELETE WHERE { <urn:x> ?p ?o }") == 1


def test_an_update_of_several_operations_happens_as_a_whole(plain: Store) -> None:
    with pytest.raises(UpdateEvaluationError, match="already exists"):
        plain.update("INSERT DATA { <urn:a> <urn:p> <urn:b> } ; CREATE GRAPH <urn:g> ; CREATE GRAPH <urn:g>")
    assert (plain.version, quads_of(plain)) == (0, set())


def test_blank_nodes_stay_blank_nodes_in_a_plain_dataset(plain: Store) -> None:
    plain.update("INSERT DATA { _:a <urn:p> _:b }")
    [triple] = plain.snapshot().triples()
    assert isinstance(triple.subject, BlankNode)
    assert isinstance(triple.object, BlankNode)
    assert triple.subject != triple.object


def test_an_empty_graph_exists(plain: Store) -> None:
    assert plain.update("CREATE GRAPH <urn:g>") == 1
    assert plain.snapshot().graphs() == [NamedNode("urn:g")]
    assert plain.put_graph(NamedNode("urn:h"), b"", RdfFormat.TURTLE) == (2, True)
    assert plain.put_graph(NamedNode("urn:h"), b"", RdfFormat.TURTLE) == (2, False)
    assert plain.snapshot().graphs() == [NamedNode("urn:g"), NamedNode("urn:h")]


def test_a_plain_store_reopens_with_its_version(tmp_path: Path) -> None:
    for number in (1, 2):
        with Store.open(tmp_path, rules=[], dataset="plain") as store:
            assert store.update(f"INSERT DATA {{ <urn:a> <urn:p> {number} }}") == number
    with Store.open(tmp_path, rules=[], dataset="plain") as store:
        assert (store.version, store.snapshot().version, len(quads_of(store))) == (2, 2, 2)


def test_a_kill_before_the_version_is_published_is_made_good_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    store = Store.open(tmp_path, rules=[], dataset="plain")
    with monkeypatch.context() as patch:
        patch.setattr("graph.live.LiveStore.publish", killed)
        with pytest.raises(KeyboardInterrupt):
            store.update("INSERT DATA { <urn:a> <urn:p> <urn:b> }")
    assert store.snapshot().version == 0
    store.close()
    with Store.open(tmp_path, rules=[], dataset="plain") as store:
        assert store.version == store.snapshot().version == 1
        assert quads_of(store) == {quad("urn:a", "urn:b")}


def test_a_folder_is_of_one_kind(tmp_path: Path) -> None:
    Store.open(tmp_path / "plain", rules=[], dataset="plain").close()
    Store.open(tmp_path / "roadmaps", rules=[]).close()
    with pytest.raises(DataFolderError, match="of the kind «plain», the setting says «roadmaps»"):
        Store.open(tmp_path / "plain", rules=[])
    with pytest.raises(DataFolderError, match="of the kind «roadmaps»"):
        Store.open(tmp_path / "roadmaps", rules=[], dataset="plain")
    assert DataFolder(tmp_path / "plain").dataset() == "plain"


def test_a_plain_dataset_takes_no_documents(plain: Store) -> None:
    with pytest.raises(CommitError, match="takes no documents"):
        plain.commit_document(document("tomsk", "v1"))


def test_put_replaces_and_merge_adds(plain: Store) -> None:
    name = NamedNode("urn:g")
    assert plain.put_graph(name, b"<urn:a> <urn:p> <urn:b> .", RdfFormat.TURTLE) == (1, True)
    assert plain.put_graph(name, io.BytesIO(b"<#c> <urn:p> <urn:d> ."), RdfFormat.TURTLE, base_iri="urn:x") == (
        2,
        False,
    )
    assert quads_of(plain) == {quad("urn:x#c", "urn:d", "urn:g")}
    assert plain.put_graph(name, b"<urn:a> <urn:p> <urn:b> .", RdfFormat.N_TRIPLES, merge=True) == (3, False)
    assert len(quads_of(plain)) == 2
    assert plain.put_graph(None, b'[{"@id": "urn:a", "urn:p": {"@id": "urn:b"}}]', RdfFormat.JSON_LD) == (4, False)
    assert quad("urn:a", "urn:b") in quads_of(plain)


def test_blank_nodes_of_two_files_are_different(plain: Store) -> None:
    for media in (RdfFormat.TURTLE, RdfFormat.N_QUADS):
        plain.put_graph(NamedNode("urn:g"), b"_:a <urn:p> <urn:b> .", media, merge=True)
    assert len(quads_of(plain)) == 2


def test_a_whole_dataset_is_put(plain: Store) -> None:
    plain.update("INSERT DATA { <urn:old> <urn:p> <urn:b> }")
    trig = b"<urn:a> <urn:p> <urn:b> . GRAPH <urn:g> { <urn:c> <urn:p> <urn:d> }"
    assert plain.put_dataset(trig, RdfFormat.TRIG) == 2
    assert quads_of(plain) == {quad("urn:a", "urn:b"), quad("urn:c", "urn:d", "urn:g")}


def test_a_graph_is_dropped_with_its_name(plain: Store) -> None:
    plain.put_graph(NamedNode("urn:g"), b"<urn:a> <urn:p> <urn:b> .", RdfFormat.TURTLE)
    assert plain.drop_graph(NamedNode("urn:g")) == 2
    assert plain.snapshot().graphs() == []
    with pytest.raises(NoSuchGraphError, match="There is no graph urn:g"):
        plain.drop_graph(NamedNode("urn:g"))
    assert plain.drop_graph(None) == 2


@pytest.mark.parametrize(
    ("data", "rdf_format", "message"),
    [
        (b"<urn:a> <urn:p>\n <urn:b> <urn:c> .", RdfFormat.TURTLE, "Line 2, column 10: this is not RDF"),
        ("<urn:a> <urn:p> «б» .".encode(), RdfFormat.N_TRIPLES, "Line 1"),
        (b"<a><b></a>", RdfFormat.RDF_XML, "this is not RDF"),
        (b"GRAPH <urn:g> { <urn:a> <urn:p> <urn:b> }", RdfFormat.TRIG, "Named graphs are not allowed"),
        (b"<urn:a> <urn:p> <relative> .", RdfFormat.TURTLE, "Line 1, column 17"),
    ],
)
@pytest.mark.parametrize("kind", ["plain", "roadmaps"])
def test_what_is_no_rdf_is_refused_with_its_place(
    kind: str, request: pytest.FixtureRequest, data: bytes, rdf_format: RdfFormat, message: str
) -> None:
    store: Store = request.getfixturevalue(kind)
    before = quads_of(store)
    with pytest.raises(RdfSyntaxError, match=message) as refused:
        store.put_graph(NamedNode(HAND), data, rdf_format)
    assert "received" not in str(refused.value)
    assert quads_of(store) == before
    assert not store.folder.next_store.exists()
    assert not list(store.folder.path.glob(".*"))


def test_too_many_bytes_are_not_read(plain: Store) -> None:
    with pytest.raises(DataTooLargeError, match="More than 0 MB"):
        plain.put_graph(None, b"#" * 2000, RdfFormat.TURTLE, limits=UpdateLimits(bytes=1000))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("INSERT DATA { <urn:a> <urn:p> }", QuerySyntaxError, "Line 1, column 31: «}» cannot stand here"),
        ("INSERT DATA {\n ex:a ex:b 1 }", QuerySyntaxError, "Line 2, column 2: «ex:a» cannot stand here"),
        ("SELECT * { ?s ?p ?o }", GraphError, "Line 1, column 1"),
        ("INSERT { <urn:a> <urn:p> ?x } WHERE { SERVICE <http://127.0.0.1:1/> { ?a ?b ?x } }", GraphError, "SERVICE"),
        ("LOAD <http://127.0.0.1:1/>", GraphError, "LOAD"),
        ("DROP GRAPH <urn:nothing>", UpdateEvaluationError, "urn:nothing"),
    ],
)
def test_a_faulty_update_says_what_and_where(plain: Store, text: str, error: type[GraphError], message: str) -> None:
    with pytest.raises(error, match=message):
        plain.update(text)
    assert plain.version == 0


RUNAWAY = (
    "INSERT { <urn:x> <urn:q> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } }"
)


def filled(store: Store, count: int = 200) -> None:
    lines = "".join(f"<urn:s{number}> <urn:p> <urn:o{number}> .\n" for number in range(count))
    store.put_graph(
        NamedNode("urn:g") if store.dataset == "plain" else NamedNode(HAND), lines.encode(), RdfFormat.TURTLE
    )


def test_a_runaway_update_is_stopped_and_the_next_one_works(plain: Store) -> None:
    filled(plain)
    plain.put_graph(None, b"".join(b"<urn:s%d> <urn:p> 1 ." % number for number in range(200)), RdfFormat.TURTLE)
    # It would go on for hours.
    with pytest.raises(UpdateTimeoutError, match="longer than 1 s"):
        plain.update(RUNAWAY, limits=UpdateLimits(seconds=1))
    assert plain.version == 2
    assert plain.update("INSERT DATA { <urn:a> <urn:p> <urn:b> }") == 3


def test_an_update_that_wants_too_much_memory_is_stopped(plain: Store) -> None:
    plain.put_graph(None, b"".join(b"<urn:s%d> <urn:p> 1 ." % number for number in range(3000)), RdfFormat.TURTLE)
    product = "INSERT { ?a ?c <urn:x> } WHERE { SELECT DISTINCT ?a ?c { ?a ?b 1 . ?c ?d 1 } }"
    with pytest.raises(UpdateMemoryError, match="more than 64 MB"):
        plain.update(product, limits=UpdateLimits(memory=64 * 1024**2, seconds=PATIENCE))
    assert plain.version == 1


@pytest.mark.parametrize("kind", ["plain", "roadmaps"])
def test_a_statement_that_the_engine_writes_but_cannot_read_is_refused(
    kind: str, request: pytest.FixtureRequest
) -> None:
    store: Store = request.getfixturevalue(kind)
    before = store.version
    binds = "".join(f"BIND(CONCAT({', '.join([f'?v{n}'] * 16)}) AS ?v{n + 1}) " for n in range(5))
    text = f"INSERT {{ GRAPH <{HAND}> {{ <urn:x:a> <urn:x:b> ?v5 }} }} WHERE {{ BIND('{'a' * 16}' AS ?v0) {binds} }}"
    with pytest.raises(UpdateRefusedError, match="15 MB"):
        store.update(text)
    assert store.version == before
    store.update(f"INSERT DATA {{ GRAPH <{HAND}> {{ <urn:x:a> <urn:x:b> 1 }} }}")
    assert store.version == before + 1


def test_a_file_whose_statements_grow_too_long_is_refused(roadmaps: Store) -> None:
    entities = f'<!DOCTYPE r [<!ENTITY a "{"a" * 2**20}"><!ENTITY b "{"&a;" * 17}">]>'
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    data = (
        f'{entities}<r:RDF xmlns:r="{rdf}" xmlns:x="urn:x:">'
        '<r:Description r:about="urn:x:a"><x:b>&b;</x:b></r:Description></r:RDF>'
    )
    before = roadmaps.version
    with pytest.raises(UpdateRefusedError, match="15 MB"):
        roadmaps.put_graph(NamedNode(HAND), data.encode(), RdfFormat.RDF_XML)
    assert roadmaps.version == before


def test_using_parameters_are_the_dataset_of_every_pattern(plain: Store) -> None:
    plain.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } GRAPH <urn:h> { <urn:b> <urn:p> 2 } }")
    using = Dataset((NamedNode("urn:g"),), (NamedNode("urn:h"),))
    plain.update(
        "INSERT { <urn:x> <urn:n> ?o ; <urn:m> ?q } WHERE { ?s <urn:p> ?o . GRAPH ?g { ?t ?p ?q } } ;"
        "DELETE WHERE { GRAPH <urn:h> { ?s <urn:p> ?o } }",
        using=using,
    )
    x = NamedNode("urn:x")
    assert set(plain.snapshot().triples()) == {
        Triple(x, NamedNode("urn:n"), Literal(1)),
        Triple(x, NamedNode("urn:m"), Literal(2)),
    }
    assert list(plain.snapshot().triples(NamedNode("urn:h"))) == []


def test_using_parameters_beside_using_are_refused(plain: Store) -> None:
    with pytest.raises(UpdateRefusedError, match="use one of them"):
        plain.update("INSERT { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p ?o }", using=Dataset((NamedNode("urn:g"),), ()))


class _Turtle(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/turtle")
        self.send_header("Content-Length", "30")
        self.end_headers()
        self.wfile.write(b"<urn:loaded> <urn:p> <urn:o> .")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def source() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Turtle)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/data.ttl"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("kind", ["plain", "roadmaps"])
def test_load_reads_allowed_sources_only(kind: str, request: pytest.FixtureRequest, source: str) -> None:
    store: Store = request.getfixturevalue(kind)
    with pytest.raises(GraphError, match="LOAD"):
        store.update(f"LOAD <{source}> INTO GRAPH <{HAND}>")
    store.update(f"LOAD <{source}> INTO GRAPH <{HAND}>", sources=frozenset({source}))
    assert len(list(store.snapshot().triples(NamedNode(HAND)))) == 1
    version = store.version
    assert store.update(f"LOAD <{source}> INTO GRAPH <{HAND}>", sources=frozenset({source})) == version


def test_what_is_loaded_is_told_without_reading_the_graph(plain: Store, source: str) -> None:
    plain.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> <urn:b> } }")
    text = f"LOAD <{source}> INTO GRAPH <urn:g> ; LOAD <{source}> ; LOAD SILENT <urn:nothing> INTO GRAPH <urn:h>"
    plain.update(text, sources=frozenset({source}))
    loaded = {quad("urn:loaded", "urn:o"), quad("urn:loaded", "urn:o", "urn:g")}
    gone, new = read_changes(plain.folder.delta(2))
    assert (gone, set(new)) == ([], loaded)
    assert quads_of(plain) == loaded | {quad("urn:a", "urn:b", "urn:g")}
    assert plain.snapshot().graphs() == [NamedNode("urn:g")]


@pytest.mark.parametrize("most", [0, 1])
def test_what_was_loaded_is_found_however_much_it_is(source: str, most: int) -> None:
    store = Engine()
    changes = carry_out(store, f"LOAD <{source}> INTO GRAPH <urn:g>", {}, most=most)
    assert changes.few(Engine(), store, 10) == (set(), set(store)) == (set(), {quad("urn:loaded", "urn:o", "urn:g")})


def test_what_is_written_by_hand_belongs_to_the_default_graph_and_is_reasoned_over(roadmaps: Store) -> None:
    responsible = f"<{BASE}ns#responsible>"
    roadmaps.update(f"INSERT DATA {{ GRAPH <{HAND}> {{ <urn:a> {responsible} <urn:b> }} }}")
    snapshot = roadmaps.snapshot()
    assert Triple(NamedNode("urn:a"), INVOLVES, NamedNode("urn:b")) in graphs_of(snapshot)["inferred"]
    assert NamedNode(HAND) in roadmaps.current_graphs()
    assert_default_graph_is_the_merge(snapshot)
    roadmaps.update(
        f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} VALUES ?g {{ <{HAND}> }} }}"
    )
    assert "urn:a" not in {str(triple.subject) for triple in roadmaps.snapshot().triples()}
    assert_default_graph_is_the_merge(roadmaps.snapshot())


def test_put_and_drop_keep_the_default_graph_the_merge(roadmaps: Store) -> None:
    turtle = f"<urn:a> <{BASE}ns#responsible> [ <urn:p> 1 ] .".encode()
    assert roadmaps.put_graph(NamedNode(HAND), turtle, RdfFormat.TURTLE) == (2, True)
    assert_default_graph_is_the_merge(roadmaps.snapshot())
    assert not [triple for triple in roadmaps.snapshot().triples() if isinstance(triple.subject, BlankNode)]
    assert roadmaps.put_graph(NamedNode(HAND), b"_:x <urn:p> 1 .", RdfFormat.TURTLE, merge=True) == (3, False)
    assert len(list(roadmaps.snapshot().triples(NamedNode(HAND)))) == 3
    assert roadmaps.drop_graph(NamedNode(HAND)) == 4
    assert NamedNode(HAND) not in roadmaps.snapshot().graphs()
    assert_default_graph_is_the_merge(roadmaps.snapshot())
    with pytest.raises(NoSuchGraphError):
        roadmaps.drop_graph(NamedNode(HAND))


@pytest.mark.parametrize("name", ["inferred", "current", "reference", "catalog", "tomsk_v1", "persons/tomsk_v1"])
def test_what_the_program_writes_is_not_written_from_outside(roadmaps: Store, name: str) -> None:
    version = roadmaps.version
    iri = f"<{BASE}graph/{name}>"
    for text in (
        f"INSERT DATA {{ GRAPH {iri} {{ <urn:a> <urn:p> 1 }} }}",
        f"INSERT {{ GRAPH ?g {{ <urn:a> <urn:p> 1 }} }} WHERE {{ VALUES ?g {{ {iri} }} }}",
    ):
        with pytest.raises(UpdateRefusedError, match=f"graph/{name} is written by the program itself"):
            roadmaps.update(text)
    with pytest.raises(UpdateRefusedError):
        roadmaps.put_graph(graph(name), b"", RdfFormat.TURTLE)
    with pytest.raises(UpdateRefusedError):
        roadmaps.drop_graph(graph(name))
    assert roadmaps.version == version


def test_the_derived_default_graph_is_not_written(roadmaps: Store) -> None:
    for text in (
        "INSERT DATA { <urn:a> <urn:p> 1 }",
        "DROP ALL",
        "CLEAR DEFAULT",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ):
        with pytest.raises(UpdateRefusedError):
            roadmaps.update(text)
    with pytest.raises(UpdateRefusedError, match="write into a named graph"):
        roadmaps.put_graph(None, b"", RdfFormat.TURTLE)
    assert roadmaps.version == 1


def test_an_update_may_not_change_more_than_can_be_derived_at_once(roadmaps: Store) -> None:
    limits = UpdateLimits(statements=50)
    with pytest.raises(UpdateRefusedError, match="More than 50 statements"):
        roadmaps.put_graph(
            NamedNode(HAND), b"".join(b"<urn:s%d> <urn:p> 1 ." % n for n in range(60)), RdfFormat.TURTLE, limits=limits
        )
    filled(roadmaps, 40)
    with pytest.raises(UpdateRefusedError, match="More than 50 statements"):
        roadmaps.update(
            f"WITH <{HAND}> DELETE {{ ?s ?p ?o }} INSERT {{ ?o ?p ?s }} WHERE {{ ?s ?p ?o }}", limits=limits
        )


def test_each_version_says_what_changed(roadmaps: Store) -> None:
    before = quads_of(roadmaps)
    roadmaps.commit_document(document("tomsk", "v2", activities=3))
    gone, new = read_changes(roadmaps.folder.delta(2))
    after = quads_of(roadmaps)
    assert (set(gone), set(new)) == (before - after, after - before)
    assert len(gone) == len(set(gone))


def test_the_changes_of_a_plain_dataset_are_told_with_blank_nodes(plain: Store) -> None:
    plain.update("INSERT DATA { _:a <urn:p> _:b . <urn:c> <urn:p> <urn:d> }")
    assert set(read_changes(plain.folder.delta(1))[1]) == quads_of(plain)
    plain.update("DELETE WHERE { <urn:c> ?p ?o }")
    assert read_changes(plain.folder.delta(2)) == ([quad("urn:c", "urn:d")], [])
    plain.update("CREATE GRAPH <urn:g>")
    assert not plain.folder.delta(3).exists()


def test_changes_are_kept_as_long_as_their_version(tmp_path: Path) -> None:
    with Store.open(tmp_path, rules=[], keep=2) as store:
        for version in range(1, 6):
            store.commit_document(document("tomsk", f"v{version}"))
        assert sorted(path.name for path in store.folder.delta(1).parent.iterdir()) == ["4.gz", "5.gz"]


def test_several_graphs_after_using_are_read_as_their_merge(plain: Store) -> None:
    """SPARQL 1.1 Update, 3.1.3: USING makes the RDF merge; the engine alone keeps a triple of two graphs twice."""
    count = "DELETE WHERE {{ <urn:n> ?p ?o }} ; INSERT {{ <urn:n> <urn:is> ?n }} {using} WHERE {{ {select} }}"
    select = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    plain.update(
        "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } GRAPH <urn:h> { <urn:a> <urn:b> 2 } "
        "GRAPH <urn:i> { <urn:a> <urn:b> 2, 3 } }"
    )
    merge = Dataset((NamedNode("urn:h"), NamedNode("urn:i")), ())
    for using, dataset, number in (
        ("USING <urn:g> USING <urn:h>", None, 2),
        ("USING <urn:g> USING <urn:h> USING <urn:i>", None, 3),
        ("USING <urn:i> USING <urn:i>", None, 2),
        ("", merge, 2),
        # Named graphs are not merged.
        ("USING <urn:i> USING NAMED <urn:h>", None, 2),
    ):
        plain.update(count.format(using=using, select=select), using=dataset)
        [triple] = plain.snapshot().triples()
        assert triple.object == Literal(number), using


@pytest.mark.parametrize("kind", ["plain", "roadmaps"])
def test_each_operation_sees_what_those_before_it_did(kind: str, request: pytest.FixtureRequest) -> None:
    store: Store = request.getfixturevalue(kind)
    version = store.version
    store.update(
        f"INSERT DATA {{ GRAPH <{HAND}> {{ <urn:a> <urn:p> 1 }} }} ;"
        f"WITH <{HAND}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p ?n }} WHERE {{ ?s ?p ?o BIND(?o + 1 AS ?n) }} ;"
        f"COPY <{HAND}> TO <urn:copy> ;"
        "DELETE { GRAPH ?g { ?s ?p 2 } } INSERT { GRAPH ?g { ?s ?p 3 } } WHERE { GRAPH ?g { ?s ?p 2 } } ;"
        "CLEAR GRAPH <urn:copy>"
    )
    assert store.version == version + 1
    snapshot = store.snapshot()
    assert list(snapshot.triples(NamedNode(HAND))) == [Triple(NamedNode("urn:a"), NamedNode("urn:p"), Literal(3))]
    assert list(snapshot.triples(NamedNode("urn:copy"))) == []
    if kind == "roadmaps":
        assert_default_graph_is_the_merge(snapshot)


def test_graphs_are_named_by_iris_where_the_default_graph_is_derived(plain: Store, roadmaps: Store) -> None:
    text = "INSERT { GRAPH ?g { <urn:a> <urn:p> 1 } } WHERE { BIND(BNODE() AS ?g) }"
    plain.update(text)
    with pytest.raises(UpdateRefusedError, match="A graph is named by an IRI here"):
        roadmaps.update(text)
