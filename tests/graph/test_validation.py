from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.validation import Severity, Validator, shape_name
from loaders.reference_quads import reference_quads
from ontology.iris import Iris, concept
from ontology.reference import load_reference
from ontology.vocabulary import RDF, RDFS, VEKHA, XSD

IRIS = Iris()
GRAPH = IRIS.graph("reference")
SECTION, ROADMAP = IRIS.section("a", ("1",)), IRIS.roadmap("a")


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator()


def section(*, label: bool = True) -> list[Triple]:
    statements = [Triple(SECTION, RDF.type, VEKHA.Section), Triple(SECTION, VEKHA.roadmap, ROADMAP)]
    return [*statements, Triple(SECTION, RDFS.label, Literal("Раздел", language="ru"))] if label else statements


def test_a_finding_says_what_where_and_why(validator: Validator) -> None:
    roadmap = [Triple(ROADMAP, RDF.type, VEKHA.Roadmap)]
    (finding,) = validator.check(section(label=False), context=roadmap).findings
    assert finding.severity is Severity.VIOLATION
    assert finding.focus == SECTION.value
    assert shape_name(finding) == "SectionShape"
    assert finding.path == f"({RDFS.label}|{VEKHA.redactedText})"
    assert finding.component == "MinCountConstraintComponent"
    assert finding.message("ru") == "Нужно название раздела."
    assert finding.message("en") == "The title of the section is required."
    assert finding.message("de") == finding.message("en")


def test_context_is_read_and_not_judged(validator: Validator) -> None:
    roadmap = [Triple(ROADMAP, RDF.type, VEKHA.Roadmap)]
    assert validator.check(section(), context=roadmap).findings == ()
    alone = validator.check(section()).findings
    assert [(finding.focus, finding.message("en")) for finding in alone] == [
        (SECTION.value, "A section belongs to one roadmap.")
    ]
    assert validator.check(roadmap).findings


def test_quads_of_any_graph_are_one_set(validator: Validator) -> None:
    quads = [Quad(triple.subject, triple.predicate, triple.object, GRAPH) for triple in section()]
    assert validator.check(quads, context=section()) == validator.check(section())


def test_the_gravest_findings_come_first(validator: Validator) -> None:
    activity = IRIS.activity("a", "1")
    report = validator.check([Triple(activity, RDF.type, VEKHA.Activity)])
    order = [list(Severity).index(finding.severity) for finding in report.findings]
    assert order == sorted(order)
    assert {finding.severity for finding in report.findings} == set(Severity)
    assert report.of(Severity.INFO) == tuple(f for f in report.findings if f.severity is Severity.INFO)


@pytest.mark.parametrize(("confidence", "conforms"), [("0.5", True), ("1.5", False)])
def test_warnings_do_not_hinder(validator: Validator, confidence: str, *, conforms: bool) -> None:
    resolution, body = IRIS.thing("resolution", "a_1"), IRIS.thing("body", "b")
    data = [
        Triple(resolution, RDF.type, VEKHA.Resolution),
        Triple(resolution, VEKHA.resolvedTo, body),
        Triple(resolution, VEKHA.confidence, Literal(confidence, datatype=XSD.decimal)),
    ]
    report = validator.check(data, context=[Triple(body, RDF.type, VEKHA.Body)])
    assert report.findings
    assert report.conforms is conforms


def test_the_value_of_a_finding_is_given(validator: Validator) -> None:
    level = concept("theme", "mentoring")
    (finding,) = validator.check([Triple(ROADMAP, VEKHA.level, level)]).findings
    assert finding.value == str(level)


def test_shapes_may_come_from_another_file(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <https://example.org/S> a sh:NodeShape ; "
        f"sh:targetClass {VEKHA.Section} ; sh:property [ sh:path {RDFS.label} ; sh:minCount 1 ; "
        'sh:message "Alles braucht einen Namen."@de ] .',
        encoding="utf-8",
    )
    (finding,) = Validator(path).check(section(label=False)).findings
    assert finding.messages == (("de", "Alles braucht einen Namen."),)
    assert finding.message("ru") == "Alles braucht einen Namen."


def test_no_data_has_no_findings(validator: Validator) -> None:
    assert validator.check([]).conforms


def test_the_reference_tables_are_clean(validator: Validator) -> None:
    quads = reference_quads(load_reference(), IRIS)
    assert len(quads) > 1000
    assert validator.check(quads).findings == ()


def test_a_subclass_of_the_hierarchy_is_checked_too(validator: Validator) -> None:
    hub = NamedNode(f"{IRIS.base}id/body/hub")
    (finding,) = validator.check([Triple(hub, RDF.type, VEKHA.Hub)]).findings
    assert shape_name(finding) == "NamedThingShape"
