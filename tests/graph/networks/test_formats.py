from __future__ import annotations

import csv
import io
import json
from xml.etree.ElementTree import fromstring

import networkx as nx
import pytest

from graph.networks.drawing import draw_svg
from graph.networks.formats import WRITERS
from graph.networks.layout import place
from graph.networks.measures import Measures
from graph.networks.projections import Selection, bodies_and_activities, bodies_by_activity
from tests.graph.networks.example import FACTS, INSTITUTE, SCHOOL, SECOND

NETWORK = bodies_by_activity(FACTS, Selection())
MEASURES = Measures(NETWORK)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(("name", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_graph_files_are_read_back(name: str, read: object) -> None:
    written = WRITERS[name](NETWORK, MEASURES, language="ru", positions=place(NETWORK, MEASURES.community))
    back = read(io.BytesIO(written))  # type: ignore[operator]  # two functions of one shape
    assert sorted(back) == sorted(NETWORK)
    assert back.nodes[SECOND]["label"] == "Управление 2"
    assert back.nodes[SECOND]["weighted_degree"] == 1
    assert {frozenset(edge) for edge in back.edges} == {frozenset(edge) for edge in NETWORK.edges}


def test_json_says_what_an_edge_stands_for() -> None:
    written = json.loads(WRITERS["json"](NETWORK, MEASURES, language="ru"))
    assert written["graph"] == {
        "projection": "bodies-by-activity",
        "version": 7,
        "parts": 2,
        "communities": 2,
        "betweenness_sources": None,
    }
    edge = next(edge for edge in written["edges"] if {edge["source"], edge["target"]} == {SECOND, SCHOOL})
    assert edge["activities"] == ["x/a5"]


def test_tables_open_in_spreadsheets_without_formulas() -> None:
    network = bodies_and_activities(FACTS, Selection())
    measures = Measures(network)
    nodes = WRITERS["nodes.csv"](network, measures, language="ru").decode("utf-8-sig")
    labels = [row["label"] for row in csv.DictReader(io.StringIO(nodes))]
    assert "'=четвёртое" in labels
    edges = WRITERS["edges.csv"](NETWORK, MEASURES, language="ru").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(edges)))
    assert {row["weight"] for row in rows} == {"1"}
    assert {"source_label", "target_label"} <= rows[0].keys()


def test_control_signs_of_documents_do_not_break_files() -> None:
    network = NETWORK.copy()
    network.nodes[SECOND]["label"] = {"ru": "Управ\x0bление\ufffe", "en": ""}
    for name in ("graphml", "gexf"):
        fromstring(WRITERS[name](network, MEASURES, language="ru"))
    fromstring(draw_svg(network, MEASURES, place(network, MEASURES.community), language="ru", title="т"))


def test_positions_are_the_same_each_time_and_apart() -> None:
    positions = place(NETWORK, MEASURES.community)
    assert positions == place(NETWORK, MEASURES.community)
    assert len(set(positions.values())) == len(NETWORK)
    assert place(nx.Graph(), {}) == {}


def test_a_drawing_shows_document_text_as_text() -> None:
    drawn = draw_svg(NETWORK, MEASURES, place(NETWORK, MEASURES.community), language="ru", title="Кто с кем")
    root = fromstring(drawn)
    assert root.find(f"{SVG}title").text == "Кто с кем"  # type: ignore[union-attr]
    assert {text.text for text in root.iter(f"{SVG}text")} >= {"<b>Школа</b>"}
    # Four bodies are circles, the group is a square.
    assert len(list(root.iter(f"{SVG}circle"))) == 4
    assert len(list(root.iter(f"{SVG}polygon"))) == 1
    assert sum(path.attrib["d"].count("M") for path in root.iter(f"{SVG}path")) == NETWORK.number_of_edges()
    assert INSTITUTE in drawn.decode()
    assert not list(root.iter(f"{SVG}script"))
