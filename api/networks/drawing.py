"""What `<network-map>` draws: a network in columns, with its words, so that the element needs nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from api.networks.selection import short_name
from graph.networks.formats import printable
from graph.networks.projections import edges
from graph.networks.views import COMMUNITY
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.language import Language
    from api.networks.drawn import DrawnNetwork
    from graph.networks.facts import Iri
    from queries.prefixes import Prefixes


def write_map(drawn: DrawnNetwork, prefixes: Prefixes, language: Language, href: Callable[[Iri], str | None]) -> bytes:
    """
    JSON, UTF-8: `nodes` and `edges` are objects of columns of equal length, `edges` names nodes by their place.

    `nodes.id` is what the parameter `focus` takes; `nodes.address` the page of the node or null; `nodes.more` how many
    neighbours are not in the picture, by kind; `levels` and `kinds` the things that `nodes.level` and `nodes.kind` are
    places of; `words` the texts of the element in the language.
    """
    network, measures, facts = drawn.network, drawn.measures, drawn.facts
    order = list(network)
    place = {node: number for number, node in enumerate(order)}
    data = [network.nodes[node] for node in order]
    kinds = sorted({kind_of(one) for one in data})
    levels = sorted({one["level"] for one in data if one.get("level")}, key=lambda one: (facts.ranks.get(one, 99), one))
    ends = edges(network)
    degrees = dict(network.degree())
    weights = dict(network.degree(weight="weight"))
    columns: dict[str, list[Any]] = {
        "id": [
            node if one["kind"] == COMMUNITY else short_name(prefixes, node)
            for node, one in zip(order, data, strict=True)
        ],
        "label": [printable(one["label"][language.code]) for one in data],
        "address": [None if one["kind"] == COMMUNITY else href(node) for node, one in zip(order, data, strict=True)],
        "kind": [kinds.index(kind_of(one)) for one in data],
        "level": [levels.index(one["level"]) if one.get("level") else -1 for one in data],
        "x": [drawn.positions[node][0] for node in order],
        "y": [drawn.positions[node][1] for node in order],
        "activities": [one["activities"] for one in data],
        "members": [one.get("members", 1) for one in data],
        "degree": [measures.degree.get(node, degrees[node]) for node in order],
        "weighted_degree": [measures.weighted_degree.get(node, weights[node]) for node in order],
        "betweenness": [round(measures.betweenness.get(node, 0), 5) for node in order] if not drawn.closed else [],
        "pagerank": [round(measures.pagerank.get(node, 0), 5) for node in order] if not drawn.closed else [],
        "community": [
            one.get("community", measures.community.get(node, 0)) for node, one in zip(order, data, strict=True)
        ],
        "single_point": [int(node in measures.single_points) for node in order],
        "more": [_more(drawn, node, language) for node in order],
    }
    written = {
        "graph": {
            "projection": drawn.asked.projection,
            "version": facts.version,
            "nodes": len(drawn.part),
            "size": len(drawn.whole.network),
            "closed": drawn.closed,
            "betweenness_sources": None if drawn.closed else measures.betweenness_sources,
        },
        "nodes": columns,
        "edges": {
            "source": [place[first] for first, _, _ in ends],
            "target": [place[second] for _, second, _ in ends],
            "weight": [weight for *_, weight in ends],
        },
        "kinds": [{"id": kind, "label": kind_words(kind, language)} for kind in kinds],
        "levels": [{"id": short_name(prefixes, one), "label": facts.name(one, language.code)} for one in levels],
        "words": map_words(language),
    }
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _more(drawn: DrawnNetwork, node: Iri, language: Language) -> dict[str, int] | int:
    found = drawn.left_out.get(node)
    return {kind_words(kind.rsplit("#", 1)[-1], language): count for kind, count in found.items()} if found else 0


def kind_of(data: dict[str, Any]) -> str:
    """The local name of the class of a node, or what else it is: `Body`, `activity`, `community`."""
    return str(data.get("class") or data["kind"]).rsplit("#", 1)[-1]


def kind_words(kind: str, language: Language) -> str:
    """What nodes of a kind are called, many of them."""
    _ = language.text
    words = {
        VEKHA.Body.value: _("organisations"),
        VEKHA.Hub.value: _("hubs"),
        VEKHA.BodyGroup.value: _("groups of organisations"),
        VEKHA.PostGroup.value: _("groups of posts"),
        VEKHA.PersonGroup.value: _("groups of persons"),
        VEKHA.Post.value: _("posts"),
        VEKHA.Person.value: _("persons"),
        "activity": _("activities"),
        "territory": _("territories"),
        "level": _("levels"),
        COMMUNITY: _("communities"),
    }
    named = {name.rsplit("#", 1)[-1]: text for name, text in words.items()}
    return named.get(kind, _("others"))


def map_words(language: Language) -> dict[str, str]:
    """Every text that the element shows or speaks, by a key of its own."""
    _ = language.text
    return {
        "drawing": _("Drawing of the network"),
        "keys": _(
            "Arrows move the picture, + and − change its size, 0 shows all of it. Enter goes to the most important "
            "node, Tab and Shift+Tab to the next and the one before, Enter selects it, Esc leaves."
        ),
        "larger": _("Larger"),
        "smaller": _("Smaller"),
        "all": _("Show all of it"),
        "colour": _("colour"),
        "size": _("size"),
        "community": _("community"),
        "level": _("level"),
        "kind": _("kind"),
        "activities": _("activities"),
        "degree": _("ties"),
        "weighted_degree": _("weight of ties"),
        "betweenness": _("betweenness"),
        "pagerank": "PageRank",
        "legend": _("Legend"),
        "others": _("others"),
        "unknown": _("not stated"),
        "single": _("double rim: without it the network falls apart"),
        "shapes": _("circle: organisation; square: group; triangle: post or person; rhombus: activity"),
        "bubble": _("large circle with a number: a community and how many are in it"),
        "selected": _("Selected"),
        "nothing": _("Click a node, or several with Shift. Neighbours light up."),
        "around": _("network around it"),
        "between": _("network of the selected"),
        "open": _("open the community"),
        "expand": _("show its neighbours"),
        "clear": _("Clear the selection"),
        "common": _("in common"),
        "members": _("members"),
        "ofwhole": _("of"),
        "ready": _("drawn"),
        "milliseconds": _("ms"),
        "estimated": _("estimated"),
    }
