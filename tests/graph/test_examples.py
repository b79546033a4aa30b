"""The five documents of `examples/`: what the shapes say of them, and what follows from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Store

from graph.inference import infer
from graph.validation import Severity, Validator, shape_name
from loaders.extract import extract
from loaders.quads import build_quads
from loaders.reference_quads import ontology_quads, reference_quads
from ontology.iris import Iris
from ontology.reference import load_reference
from ontology.vocabulary import RDF, VEKHA

IRIS = Iris()
Documents = dict[str, list[Quad]]


@pytest.fixture(scope="module")
def documents(examples: Path) -> Documents:
    reference = load_reference()
    built = {
        path.name[:3]: build_quads(extract(path, reference=reference), iris=IRIS, reference=reference)
        for path in sorted(examples.glob("*.txt"))
    }
    return {name: [*quads.document, *quads.persons] for name, quads in built.items()}


@pytest.fixture(scope="module")
def store(documents: Documents) -> Store:
    quads = [quad for found in documents.values() for quad in found]
    store = Store()
    store.bulk_extend(
        Quad(quad.subject, quad.predicate, quad.object)
        for quad in [*quads, *reference_quads(load_reference(), IRIS), *ontology_quads(IRIS)]
    )
    infer(store)
    return store


def instances(store: Store, class_: NamedNode) -> set[str]:
    found = store.quads_for_pattern(None, RDF.type, class_, None)
    return {str(quad.subject).strip("<>").rpartition("/")[2] for quad in found}


def involving(store: Store, body: str) -> set[str]:
    found = store.quads_for_pattern(None, VEKHA.involves, IRIS.thing("body", body), None)
    return {str(quad.subject) for quad in found if "/id/activity/" in str(quad.subject)}


# What an analyst must know of each document, by design section 2.9 and questions Q2 and Q24.
ODDITIES = {
    "000": {("Warning", "RoadmapShape", "tomsk-obl-mr")},
    "001": set(),
    "002": {("Info", "ActivityShape", "tambov-obl-nms_1_12"), ("Info", "ActivityShape", "tambov-obl-nms_2_2")},
    "004": {("Warning", "ActivityShape", "khorol-mo-nms_5_15")},
}


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_a_document_is_loaded_without_violations(documents: Documents, name: str) -> None:
    report = Validator().check(documents[name], context=reference_quads(load_reference(), IRIS))
    assert report.of(Severity.VIOLATION) == ()
    found = {
        (finding.severity.value, shape_name(finding), finding.focus.rpartition("/")[2]) for finding in report.findings
    }
    if name == "003":
        # The plan of the city of Tomsk has neither a result nor an indicator column.
        assert len(found) == 17
        assert {(severity, shape) for severity, shape, _ in found} == {("Info", "ActivityShape")}
    else:
        assert found == ODDITIES[name]


def test_the_activities_on_mentoring_are_those_of_the_first_question(store: Store) -> None:
    by_document = [name.partition("_")[0] for name in instances(store, VEKHA.MentoringActivity)]
    assert {name: by_document.count(name) for name in by_document} == {
        "tomsk-obl-mr": 2,
        "tomsk-obl-nastav": 18,
        "tambov-obl-nms": 1,
        "khorol-mo-nms": 14,
    }


def test_recurring_and_federally_linked_activities_are_found(store: Store) -> None:
    assert len(instances(store, VEKHA.RecurringActivity)) == 27
    assert instances(store, VEKHA.FederallyLinkedActivity) == {
        "tambov-obl-nms_1_9",
        "tambov-obl-nms_1_10",
        "tambov-obl-nms_1_11",
    }


def test_groups_lead_to_their_members(store: Store) -> None:
    assert len(involving(store, "tomsk-city_do")) == 22
    assert len(involving(store, "khorol-mo_blagodatnoe")) == 38


def test_the_three_copied_activities_are_found(store: Store) -> None:
    found = store.quads_for_pattern(None, VEKHA.identicalTo, None, None)
    pairs = {
        tuple(sorted(str(term).strip("<>").rpartition("/")[2] for term in (quad.subject, quad.object)))
        for quad in found
    }
    assert pairs == {
        ("khorol-mo-nms_1_3", "khorol-mo-nms_2_3"),
        ("khorol-mo-nms_1_16", "khorol-mo-nms_2_10"),
        ("khorol-mo-nms_1_17", "khorol-mo-nms_2_11"),
    }
