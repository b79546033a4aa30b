"""
A network as an SVG drawing: the picture of `vekha network`, of reports and of pages without script.

Texts of documents are escaped by the XML writer; the drawing holds no script, no style sheet and no address.  Size
says how many activities a node has, colour its community, shape its kind; a community as one node is a large circle
with the number of its members.  The label of a node is left out where it would cover another one; the tables of
`formats` name every node.  Ties of one width are one path, so that a file stays small.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from graph.networks.formats import printable
from graph.networks.projections import activity_counts, edges
from graph.networks.views import COMMUNITY

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_WIDTHS: Final = 4
# The corners of the sign of a kind, by the directions they stand in; all other kinds are circles.
_SQUARE: Final = (45, 135, 225, 315)
_TRIANGLE: Final = (30, 150, 270)
_CORNERS: Final[Mapping[str, tuple[int, ...]]] = {
    "BodyGroup": _SQUARE,
    "PostGroup": _SQUARE,
    "PersonGroup": _SQUARE,
    "Post": _TRIANGLE,
    "Person": _TRIANGLE,
    "activity": (0, 90, 180, 270),
    "territory": (30, 90, 150, 210, 270, 330),
}
# A community is as large as the disc that its members have (`layout`), less some room for ties.
_MEMBER: Final = 30.0


def draw_svg(
    network: Network,
    measures: Measures,
    positions: Positions,
    *,
    language: str,
    title: str,
) -> bytes:
    """An SVG document, UTF-8; the heaviest nodes are drawn last and are labelled first."""
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
    for width, path in _ties(network, positions).items():
        SubElement(lines, "path", {"stroke-width": f"{width:g}", "d": path})
    order = sorted(network, key=lambda node: (network.nodes[node]["activities"], node))
    radius = _radii(network)
    shapes = SubElement(root, "g", {"stroke": "#ffffff", "stroke-width": "1"})
    labels = SubElement(root, "g", {"fill": "#222222", "text-anchor": "middle"})
    for node in order:
        data = network.nodes[node]
        x, y = positions[node]
        community = data["community"] if data["kind"] == COMMUNITY else measures.community[node]
        shape = _shape(shapes, str(data.get("class") or data["kind"]), x, y, radius[node])
        shape.set("fill", COLOURS[min(community, len(COLOURS) - 1)])
        SubElement(shape, "title").text = f"{printable(data['label'][language])} ({node})"
        if data["kind"] == COMMUNITY:
            SubElement(labels, "text", {"x": f"{x:g}", "y": f"{y + _LABEL / 3:g}"}).text = str(data["members"])
    for node, text in _labels(network, positions, radius, list(reversed(order)), language):
        x, y = positions[node]
        SubElement(labels, "text", {"x": f"{x:g}", "y": f"{y + radius[node] + _LABEL:g}"}).text = text
    drawn: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return drawn


def _ties(network: Network, positions: Positions) -> dict[float, str]:
    """The path of all ties of a width, by width; the heavier the wider."""
    heaviest = max((weight for *_, weight in edges(network)), default=1)
    steps: defaultdict[int, list[str]] = defaultdict(list)
    for first, second, weight in edges(network):
        (x1, y1), (x2, y2) = positions[first], positions[second]
        steps[math.ceil(_WIDTHS * weight / heaviest)].append(f"M{x1:.0f} {y1:.0f}l{x2 - x1:.0f} {y2 - y1:.0f}")
    return {max(1.0, _WIDEST_EDGE * step / _WIDTHS): "".join(paths) for step, paths in sorted(steps.items())}


def _shape(holder: Element, kind: str, x: float, y: float, radius: float) -> Element:
    corners = _CORNERS.get(kind.rsplit("#", 1)[-1])
    if corners is None:
        return SubElement(holder, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius:.3g}"})
    points = [
        f"{x + 1.15 * radius * math.cos(turn):.1f},{y + 1.15 * radius * math.sin(turn):.1f}"
        for turn in map(math.radians, corners)
    ]
    return SubElement(holder, "polygon", {"points": " ".join(points)})


def _radii(network: Network) -> dict[Iri, float]:
    """By area, so that twice as many activities look twice as large."""
    counts = activity_counts(network)
    most = max((counts[node] for node, data in network.nodes(data=True) if data["kind"] != COMMUNITY), default=1) or 1
    return {
        node: _MEMBER * math.sqrt(network.nodes[node]["members"])
        if str(network.nodes[node]["kind"]) == COMMUNITY
        else _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(count / most)
        for node, count in counts.items()
    }


def _labels(
    network: Network, positions: Positions, radius: dict[Iri, float], order: list[Iri], language: str
) -> list[tuple[Iri, str]]:
    taken: list[tuple[float, float, float, float]] = []
    shown = []
    for node in order:
        label = printable(network.nodes[node]["label"][language])
        text = label if len(label) <= _LABEL_SIGNS else f"{label[: _LABEL_SIGNS - 1].rstrip()}…"
        x, y = positions[node]
        half = len(text) * _LABEL * 0.31
        box = (x - half, y + radius[node], x + half, y + radius[node] + _LABEL * 1.2)
        if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            taken.append(box)
            shown.append((node, text))
    return shown
