"""Networks as files: GraphML and GEXF for Gephi and its kin, node-link JSON, and CSV of nodes and of edges."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

import networkx as nx

from graph.networks.projections import edges
from graph.networks.views import COMMUNITY
from graph.spreadsheets import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.networks.layout import Positions
    from graph.networks.measures import Measures
    from graph.networks.projections import Network

_UNPRINTABLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_graphml(network: Network, measures: Measures, *, language: str, positions: Positions | None = None) -> bytes:
    """GraphML 1.0 with labels and measures as attributes of nodes, weights of edges."""
    output = io.BytesIO()
    nx.write_graphml(_plain(network, measures, language, positions), output, encoding="utf-8")
    return output.getvalue()


def write_gexf(network: Network, measures: Measures, *, language: str, positions: Positions | None = None) -> bytes:
    """GEXF 1.2draft, with positions where they are given, so that Gephi opens the same picture."""
    plain = _plain(network, measures, language, None)
    for node, (x, y) in (positions or {}).items():
        plain.nodes[node]["viz"] = {"position": {"x": x, "y": y, "z": 0.0}}
    output = io.BytesIO()
    nx.write_gexf(plain, output, encoding="utf-8")
    return output.getvalue()


def write_json(network: Network, measures: Measures, *, language: str, positions: Positions | None = None) -> bytes:
    """`{"graph": …, "nodes": [{"id", "label", …}], "edges": [{"source", "target", "weight", "activities"}]}`, UTF-8."""
    plain = _plain(network, measures, language, positions)
    for first, second, data in plain.edges(data=True):
        data |= {name: list(value) for name, value in network.edges[first, second].items() if isinstance(value, tuple)}
    written = nx.node_link_data(plain, edges="edges")
    written["graph"] |= {
        "parts": measures.parts,
        "communities": len(measures.communities),
        "betweenness_sources": measures.betweenness_sources,
    }
    return json.dumps(written, ensure_ascii=False).encode()


def write_nodes_csv(network: Network, measures: Measures, *, language: str) -> bytes:
    """One line for each node, the most connected first; UTF-8 with a byte order mark, as spreadsheets want it."""
    rows = node_rows(network, measures, language=language)
    return _csv(list(dict.fromkeys(name for row in rows for name in row)), rows)


def node_rows(network: Network, measures: Measures, *, language: str) -> list[dict[str, Any]]:
    """Nodes with their attributes and measures, the most connected first."""
    plain = _plain(network, measures, language, None)
    rows = [{"id": node, **data} for node, data in plain.nodes(data=True)]
    return sorted(rows, key=lambda row: (-row["weighted_degree"], row["id"]))


def write_edges_csv(network: Network, measures: Measures, *, language: str) -> bytes:
    """One line for each edge, the heaviest first, with the labels of both ends."""
    plain = _plain(network, measures, language, None)
    rows = [
        {
            "source": first,
            "source_label": plain.nodes[first]["label"],
            "target": second,
            "target_label": plain.nodes[second]["label"],
            "weight": weight,
        }
        for first, second, weight in edges(plain)
    ]
    columns = ["source", "source_label", "target", "target_label", "weight"]
    return _csv(columns, sorted(rows, key=lambda row: (-row["weight"], row["source"], row["target"])))


WRITERS: Final[Mapping[str, Callable[..., bytes]]] = {
    "graphml": write_graphml,
    "gexf": write_gexf,
    "json": write_json,
    "nodes.csv": write_nodes_csv,
    "edges.csv": write_edges_csv,
}


def printable(text: str) -> str:
    """The text without signs that XML 1.0 (2.2, Char) cannot hold, blanks in their place."""
    return _UNPRINTABLE.sub(" ", text)


def _plain(network: Network, measures: Measures, language: str, positions: Positions | None) -> Network:
    """A copy with attributes that every format can hold: texts and numbers, labels in one language."""
    plain: Network = nx.Graph(**network.graph)
    for node, data in network.nodes(data=True):
        values: dict[str, Any] = {name: value for name, value in data.items() if isinstance(value, str | int | float)}
        values["label"] = data["label"][language]
        if data["kind"] == COMMUNITY:
            values["degree"] = network.degree(node)
            values["weighted_degree"] = network.degree(node, weight="weight")
        else:
            own = measures.nodes[node]
            values |= {
                "degree": own.degree,
                "weighted_degree": own.weighted_degree,
                "betweenness": round(own.betweenness, 6),
                "pagerank": round(own.pagerank, 6),
                "community": own.community,
                "single_point": own.single_point,
            }
        if positions:
            values["x"], values["y"] = positions[node]
        plain.add_node(
            node, **{name: printable(value) if isinstance(value, str) else value for name, value in values.items()}
        )
    for first, second, weight in edges(network):
        plain.add_edge(first, second, weight=weight)
    return plain


def _csv(columns: list[str], rows: list[dict[str, Any]]) -> bytes:
    output = io.StringIO(newline="")
    writer = csv.DictWriter(output, columns, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: inert(value) if isinstance(value, str) else value for name, value in row.items()})
    return output.getvalue().encode("utf-8-sig")
