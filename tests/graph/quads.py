"""Hand-made data for the tests of the store, and what every state of it must satisfy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from graph.changes import DocumentCommit
from graph.results import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.rules import Workspace
    from graph.snapshots import Snapshot

BASE = "https://w3id.org/vekha/"
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
ROADMAP = NamedNode(f"{BASE}ns#roadmap")
RESPONSIBLE = NamedNode(f"{BASE}ns#responsible")
INVOLVES = NamedNode(f"{BASE}ns#involves")
INFERRED = NamedNode(f"{BASE}graph/inferred")
CATALOG = NamedNode(f"{BASE}graph/catalog")


def node(path: str) -> NamedNode:
    return NamedNode(BASE + path)


def graph(name: str) -> NamedNode:
    return node(f"graph/{name}")


def label(path: str, text: str) -> Triple:
    return Triple(node(path), LABEL, Literal(text, language="ru"))


def document(
    slug: str, version: str, *, activities: int = 5, text: str = "Создать реестр наставников"
) -> DocumentCommit:
    """One version of a roadmap: three triples for each activity, and one triple that all versions share."""
    roadmap = node(f"id/roadmap/{slug}")
    triples = [label(f"id/roadmap/{slug}", f"Дорожная карта «{slug}»")]
    for number in range(1, activities + 1):
        activity = node(f"id/activity/{slug}_{number}")
        triples += [
            Triple(activity, ROADMAP, roadmap),
            Triple(activity, LABEL, Literal(f"{number}. {text} ({version})", language="ru")),
            Triple(activity, RESPONSIBLE, node("id/body/tomsk-obl_toipkro")),
        ]
    catalog = [
        Triple(roadmap, NamedNode("http://www.w3.org/ns/dcat#hasCurrentVersion"), node(f"id/version/{slug}_{version}")),
        Triple(node(f"id/version/{slug}_{version}"), LABEL, Literal(version)),
    ]
    return DocumentCommit(roadmap, graph(f"{slug}_{version}"), triples, (), catalog)


def involves(workspace: Workspace) -> Iterable[Triple]:
    """A rule: who is responsible is involved."""
    workspace.update(f"INSERT {{ ?a {INVOLVES} ?b }} WHERE {{ ?a {RESPONSIBLE} ?b }}")
    return []


def graphs_of(snapshot: Snapshot) -> dict[str, set[Triple]]:
    """Each named graph by the end of its name; the default graph under the empty name."""
    named = {name.value.removeprefix(f"{BASE}graph/"): set(snapshot.triples(name)) for name in snapshot.graphs()}
    return {"": set(snapshot.triples()), **named}


def current_graphs(snapshot: Snapshot) -> set[NamedNode]:
    found = snapshot.query("SELECT ?graph { GRAPH ?current { ?current <http://purl.org/dc/terms/hasPart> ?graph } }")
    assert isinstance(found, Table)
    return {term for (term,) in found.rows if isinstance(term, NamedNode)}


def assert_default_graph_is_the_merge(snapshot: Snapshot) -> None:
    default = list(snapshot.triples())
    assert len(default) == len(set(default))
    stated = {triple for name in current_graphs(snapshot) for triple in snapshot.triples(name)}
    inferred = set(snapshot.triples(INFERRED))
    assert stated | inferred == set(default)
    assert not stated & inferred
