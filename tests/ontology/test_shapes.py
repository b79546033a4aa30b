"""
Each shape with its cases: the smallest graph that it accepts, and graphs that it refuses.

A failing case says in its first lines what is found: `# expect: <severity> <focus> <path or -> <English message>`.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pyshacl
import pytest
from pyoxigraph import Literal, NamedNode, Quad, parse
from rdflib import Graph, Namespace
from rdflib.namespace import RDF, RDFS

from graph.validation import Finding, Validator, shape_name
from ontology import CASES, ONTOLOGY_FILE, SHAPES_FILE, scheme_files
from ontology.iris import SHAPES_NAMESPACE

SH = Namespace("http://www.w3.org/ns/shacl#")
CASE_FILES = sorted(CASES.glob("*/*.ttl"))
EXPECTATION = re.compile(r"^# expect: (Violation|Warning|Info) (\S+) (\S+) (.+)$", re.MULTILINE)
# A shape that forbids its own target cannot meet it in a passing case.
WITHOUT_TARGET = {"SameAsShape"}


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator()


def targeted_shapes() -> set[str]:
    targets = {f"{SH}{name}" for name in ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")}
    return {
        quad.subject.value.removeprefix(SHAPES_NAMESPACE)
        for quad in parse(path=SHAPES_FILE)
        if quad.predicate.value in targets and isinstance(quad.subject, NamedNode)
    }


def prefixes(text: str) -> dict[str, str]:
    return dict(re.findall(r"^@prefix ([\w-]*): +<([^>]+)> \.$", text, re.MULTILINE))


def expected(path: Path) -> set[tuple[str, str, str, str]]:
    text = path.read_text(encoding="utf-8")
    return set(EXPECTATION.findall(text))


def shortened(path: str | None) -> str:
    """`(<…#a>|<…#b>)` as `vekha:a|vekha:b`; the prefixes are those of the shapes file."""
    if path is None:
        return "-"
    known = {**prefixes(SHAPES_FILE.read_text(encoding="utf-8")), "": "https://example.org/"}
    for prefix, namespace in sorted(known.items(), key=lambda pair: -len(pair[1])):
        path = re.sub(rf"<{re.escape(namespace)}([^>/#]+)>", rf"{prefix}:\1", path)
    return path.replace("(", "").replace(")", "")


def found(findings: tuple[Finding, ...], shape: str) -> set[tuple[str, str, str, str]]:
    return {
        (finding.severity.value, shortened(f"<{finding.focus}>"), shortened(finding.path), finding.message("en"))
        for finding in findings
        if shape_name(finding) == shape
    }


def read(path: Path) -> list[Quad]:
    return list(parse(path=path))


def test_every_shape_has_a_passing_and_a_failing_case() -> None:
    kinds = {(path.parent.name, path.stem.partition("-")[0]) for path in CASE_FILES}
    assert kinds == {(shape, kind) for shape in targeted_shapes() for kind in ("pass", "fail")}


@pytest.mark.parametrize("path", [path for path in CASE_FILES if path.stem.startswith("pass-")], ids=case_id)
def test_a_passing_case_meets_the_shape_and_is_accepted(validator: Validator, path: Path) -> None:
    shape = path.parent.name
    assert found(validator.check(read(path)).findings, shape) == set()
    if shape not in WITHOUT_TARGET:
        assert focus_nodes(path, shape), "the case holds nothing that the shape looks at"


@pytest.mark.parametrize("path", [path for path in CASE_FILES if path.stem.startswith("fail-")], ids=case_id)
def test_a_failing_case_is_refused_as_it_says(validator: Validator, path: Path) -> None:
    assert expected(path)
    assert found(validator.check(read(path)).findings, path.parent.name) == expected(path)


def test_every_message_is_met_by_a_failing_case() -> None:
    spoken = {
        quad.object.value
        for quad in parse(path=SHAPES_FILE)
        if quad.predicate.value == f"{SH}message" and isinstance(quad.object, Literal) and quad.object.language == "en"
    }
    assert spoken == {message for path in CASE_FILES for *_, message in expected(path)}


def test_every_message_is_given_in_russian_and_english() -> None:
    languages: dict[str, list[str]] = {}
    for quad in parse(path=SHAPES_FILE):
        if quad.predicate.value == f"{SH}message":
            assert isinstance(quad.object, Literal)
            languages.setdefault(str(quad.subject), []).append(quad.object.language or "")
    assert languages
    assert {tuple(sorted(found)) for found in languages.values()} == {("en", "ru")}


def test_the_three_severities_are_used() -> None:
    severities = {severity for path in CASE_FILES for severity, *_ in expected(path)}
    assert severities == {"Violation", "Warning", "Info"}


@functools.cache
def background() -> Graph:
    graph = Graph()
    for path in (ONTOLOGY_FILE, *scheme_files()):
        graph.parse(path)
    return graph


@functools.cache
def shapes() -> Graph:
    return Graph().parse(SHAPES_FILE)


def focus_nodes(path: Path, shape: str) -> bool:
    """Whether a subject of the case is a target of the shape, by a query of rdflib."""
    data = Graph().parse(path)
    node = Namespace(SHAPES_NAMESPACE)[shape]
    hierarchy = background()
    for class_ in shapes().objects(node, SH.targetClass):
        if any((None, RDF.type, sub) in data for sub in hierarchy.transitive_subjects(RDFS.subClassOf, class_)):
            return True
    return any((None, property_, None) in data for property_ in shapes().objects(node, SH.targetSubjectsOf))


def test_pyshacl_finds_the_same_in_all_cases(validator: Validator) -> None:
    differences = []
    for path in CASE_FILES:
        own = {
            (
                finding.severity.value,
                finding.focus,
                finding.component,
                tuple(sorted(text for _, text in finding.messages)),
            )
            for finding in validator.check(read(path)).findings
        }
        data = Graph().parse(path)
        subjects = {str(subject) for subject in data.subjects()}
        _, report, _ = pyshacl.validate(data + background(), shacl_graph=shapes(), inference="none", advanced=False)
        other = {
            (
                str(report.value(result, SH.resultSeverity)).removeprefix(SH),
                str(report.value(result, SH.focusNode)),
                str(report.value(result, SH.sourceConstraintComponent)).removeprefix(SH),
                # pyshacl drops the language of messages of SPARQL constraints.
                tuple(sorted(map(str, report.objects(result, SH.resultMessage)))),
            )
            for result in report.subjects(RDF.type, SH.ValidationResult)
            if (None, SH.detail, result) not in report
        }
        other = {finding for finding in other if finding[1] in subjects}
        if own != other:
            differences.append((case_id(path), own - other, other - own))
    assert differences == []
