"""
A network as an SVG drawing: the picture of `vekha network`, of reports and of pages without script.

Texts of documents are escaped by the XML writer; the drawing holds no script, no style sheet, and only the addresses
that the caller gives.  Size says how many activities a node has, colour its community; the label of a node is left out
where it would cover another one; the tables of `formats` name every node.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from graph.networks.formats import printable
from graph.networks.projections import activity_counts, edges

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.networks.facts import Iri
    from graph.networks.layout import Positions
    from graph.networks.measures import Measures
    from graph.networks.projections import Network

# Told apart also by people who do not see red and green (Okabe and Ito); communities beyond share the last one.
COLOURS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#777777")
_SMALLEST: Final = 4.0
_LARGEST: Final = 18.0
_LABEL: Final = 11
_LABEL_SIGNS: Final = 40
_MARGIN: Final = 140.0
_WIDEST_EDGE: Final = 6.0


def draw_svg(
    network: Network,
    measures: Measures,
    positions: Positions,
    *,
    language: str,
    title: str,
    address: Callable[[Iri], str | None] = lambda _: None,
) -> bytes:
    """
    An SVG document, UTF-8; the heaviest nodes are drawn last and are labelled first.

    `address` gives where a click on a node leads.
    """
    left = min((x for x, _ in positions.values()), default=0.0) - _MARGIN
    top = min((y for _, y in positions.values()), default=0.0) - _MARGIN / 2
    width = max((x for x, _ in positions.values()), default=0.0) + _MARGIN - left
    height = max((y for _, y in positions.values()), default=0.0) + _MARGIN / 2 - top
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"{left:g} {top:g} {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "role": "img",
            "font-family": "sans-serif",
            "font-size": str(_LABEL),
        },
    )
    SubElement(root, "title").text = title
    lines = SubElement(root, "g", {"stroke": "#999999", "stroke-opacity": "0.6", "fill": "none"})
    heaviest = max((weight for *_, weight in edges(network)), default=1)
    for first, second, weight in edges(network):
        (x1, y1), (x2, y2) = positions[first], positions[second]
        wide = max(1.0, _WIDEST_EDGE * weight / heaviest)
        line = {"x1": f"{x1:g}", "y1": f"{y1:g}", "x2": f"{x2:g}", "y2": f"{y2:g}", "stroke-width": f"{wide:.2g}"}
        SubElement(SubElement(lines, "line", line), "title").text = str(weight)
    order = sorted(network, key=lambda node: (network.nodes[node]["activities"], node))
    radius = _radii(network)
    circles = SubElement(root, "g", {"stroke": "#ffffff", "stroke-width": "1"})
    for node in order:
        x, y = positions[node]
        colour = COLOURS[min(measures.nodes[node].community, len(COLOURS) - 1)]
        href = address(node)
        holder = circles if href is None else SubElement(circles, "a", {"href": href})
        circle = SubElement(
            holder, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius[node]:.3g}", "fill": colour}
        )
        SubElement(circle, "title").text = f"{printable(network.nodes[node]['label'][language])} ({node})"
    labels = SubElement(root, "g", {"fill": "#222222", "text-anchor": "middle"})
    for node, text in _labels(network, positions, radius, list(reversed(order)), language):
        x, y = positions[node]
        SubElement(labels, "text", {"x": f"{x:g}", "y": f"{y + radius[node] + _LABEL:g}"}).text = text
    drawn: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return drawn


def _radii(network: Network) -> dict[Iri, float]:
    """By area, so that twice as many activities look twice as large."""
    counts = activity_counts(network)
    most = max(counts.values(), default=1) or 1
    return {node: _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(count / most) for node, count in counts.items()}


def _labels(
    network: Network, positions: Positions, radius: dict[Iri, float], order: list[Iri], language: str
) -> list[tuple[Iri, str]]:
    taken: list[tuple[float, float, float, float]] = []
    shown = []
    for node in order:
        label = printable(network.nodes[node]["label"][language])
        text = label if len(label) <= _LABEL_SIGNS else f"{label[: _LABEL_SIGNS - 1].rstrip()}…"
        x, y = positions[node]
        half = len(text) * _LABEL * 0.28
        box = (x - half, y + radius[node], x + half, y + radius[node] + _LABEL * 1.2)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            taken.append(box)
            shown.append((node, text))
    return shown
