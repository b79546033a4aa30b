from __future__ import annotations

from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from loaders.reference_quads import (
    ontology_fingerprint,
    ontology_quads,
    reference_fingerprint,
    reference_quads,
)
from ontology.iris import Iris, concept
from ontology.reference import Reference
from ontology.vocabulary import ORG, OWL, RDF, SKOS, VEKHA

IRIS = Iris()


@pytest.fixture(scope="module")
def quads(reference: Reference) -> list[Quad]:
    return reference_quads(reference, IRIS)


def objects(quads: list[Quad], subject: NamedNode, predicate: NamedNode) -> set[str]:
    return {
        quad.object.value
        for quad in quads
        if quad.subject == subject and quad.predicate == predicate and isinstance(quad.object, NamedNode | Literal)
    }


def test_every_row_becomes_one_thing_with_labels_in_both_languages(quads: list[Quad], reference: Reference) -> None:
    tables = (reference.territories, reference.bodies, reference.hubs, reference.groups, reference.posts)
    cited = (reference.acts, reference.programmes, reference.systems)
    things = {quad.subject for quad in quads}
    assert len(things) == sum(map(len, (*tables, *cited)))
    labels = {
        (quad.subject, quad.object.language)
        for quad in quads
        if quad.predicate == SKOS.prefLabel and isinstance(quad.object, Literal)
    }
    assert labels == {(thing, language) for thing in things for language in ("ru", "en")}


def test_both_institutes_of_one_abbreviation_are_told_apart(quads: list[Quad]) -> None:
    tomsk, tambov = (IRIS.thing("body", f"{region}_toipkro") for region in ("tomsk-obl", "tambov-obl"))
    assert "ТОИПКРО" in objects(quads, tomsk, SKOS.altLabel) & objects(quads, tambov, SKOS.altLabel)
    assert objects(quads, tomsk, OWL.differentFrom) == {tambov.value}
    assert objects(quads, tambov, OWL.differentFrom) == {tomsk.value}


def test_misprints_are_hidden_labels(quads: list[Quad]) -> None:
    assert objects(quads, IRIS.thing("body", "tomsk-obl_toipkro"), SKOS.hiddenLabel) == {"ТОИКПРО"}


def test_a_hub_lies_in_one_territory_and_is_made_of_others(quads: list[Quad]) -> None:
    hub = IRIS.thing("body", "tomsk-obl_hub-tomsk")
    assert VEKHA.Hub.value in objects(quads, hub, RDF.type)
    made_of = {IRIS.thing("territory", key).value for key in ("tomsk-city", "tomsky-raion")}
    assert objects(quads, hub, VEKHA.memberTerritory) == made_of
    assert objects(quads, hub, VEKHA.territory) == {IRIS.thing("territory", "tomsk-obl").value}


def test_heads_act_for_a_group_and_a_post_for_its_body(quads: list[Quad]) -> None:
    heads, head = IRIS.thing("group", "khorol-mo_oo-heads"), IRIS.thing("post", "khorol-mo_blagodatnoe-head")
    school = IRIS.thing("body", "khorol-mo_blagodatnoe").value
    assert objects(quads, heads, VEKHA.actsFor) == {IRIS.thing("group", "khorol-mo_oo").value}
    assert objects(quads, head, VEKHA.actsFor) == objects(quads, head, ORG.postIn) == {school}


def test_group_says_its_criterion(quads: list[Quad]) -> None:
    group = IRIS.thing("group", "tomsk-obl_mouo")
    assert objects(quads, group, VEKHA.memberKind) == {concept("body-kind", "education-authority").value}
    assert objects(quads, group, VEKHA.memberTerritory) == {IRIS.thing("territory", "tomsk-obl").value}
    assert objects(quads, group, VEKHA.extensionKnown) == {"true"}


def test_no_link_leads_nowhere(quads: list[Quad]) -> None:
    known = {quad.subject for quad in (*quads, *ontology_quads(IRIS))}
    own = ("https://w3id.org/vekha/id/", "https://w3id.org/vekha/scheme/", "https://w3id.org/vekha/ns#")
    objects = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
    assert {term for term in objects if term.value.startswith(own)} - known == set()


def test_quads_are_sorted_and_stand_in_one_graph(quads: list[Quad], reference: Reference) -> None:
    assert quads == sorted(reference_quads(reference, IRIS), key=str)
    assert {quad.graph_name for quad in quads} == {IRIS.graph("reference")}


def test_fingerprint_changes_with_one_letter(quads: list[Quad], reference: Reference) -> None:
    key, body = next(iter(reference.bodies.items()))
    changed = replace(reference, bodies={**reference.bodies, key: replace(body, label_en=body.label_en + ".")})
    assert reference_fingerprint(quads) == reference_fingerprint(reference_quads(reference, IRIS))
    assert reference_fingerprint(quads) != reference_fingerprint(reference_quads(changed, IRIS))


def test_ontology_graph_holds_classes_schemes_and_the_cube() -> None:
    quads = ontology_quads(IRIS)
    subjects = {quad.subject for quad in quads}
    assert {VEKHA.Activity, concept("theme", "mentoring"), VEKHA.targetCube} <= subjects
    assert {quad.graph_name for quad in quads} == {IRIS.graph("ontology")}
    assert len(ontology_fingerprint()) == 12
