from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, parse

from graph.inference import closure_text
from ontology import (
    CUBE_FILE,
    DEFINITIONS_FILE,
    HYGIENE,
    ONTOLOGY_FILE,
    SHAPES_FILE,
    generation,
    ontology_files,
    scheme_files,
)
from ontology.generation import PAGE_FILE, page, read_terms
from ontology.iris import NAMESPACE

OWL = "http://www.w3.org/2002/07/owl#"
CHECKS = sorted(HYGIENE.glob("*.rq"))
# Where a term may be needed: by a shape, a definition, an inference, a query, the loader or a page.
USERS = (
    "ontology/registers.py",
    "ontology/shapes.ttl",
    "ontology/definitions.ttl",
    "ontology/cube.ttl",
    "graph",
    "queries",
    "loaders",
    "api",
)
SUFFIXES = {".py", ".rq", ".ru", ".ttl", ".html"}

# A flaw for each check, so that no check is blind.
FLAWS = {
    "untyped-terms": "vekha:Activity rdfs:seeAlso vekha:Actvity .",
    "undeclared-borrowed-terms": "vekha:Activity skos:related vekha:Entry .",
    "missing-labels": "vekha:Plan a owl:Class .",
    "missing-definitions": 'vekha:Plan a owl:Class ; skos:definition "A plan."@en .',
    "definitions-are-sentences": 'vekha:Plan skos:definition "a plan"@en .',
    "duplicate-labels": 'vekha:Plan a owl:Class ; rdfs:label "activity"@en .',
    "label-languages": 'vekha:Plan rdfs:label "Plan"@de .',
    "stray-characters": 'vekha:Plan rdfs:label "plan "@en .',
    "punning": "vekha:Activity a owl:ObjectProperty .",
    "cycles": "vekha:Entry rdfs:subClassOf vekha:Activity .",
    "header": "<https://example.org/other> a owl:Ontology .",
    "mixed-properties": "vekha:year rdfs:subPropertyOf vekha:actor .",
    "unsupported-datatypes": "vekha:start rdfs:range xsd:date .",
    "non-simple-properties": "vekha:within a owl:FunctionalProperty .",
    "ranges-of-links": "vekha:actor rdfs:range vekha:Nobody .",
    "loose-concepts": "<https://w3id.org/vekha/scheme/theme/sport> a skos:Concept .",
    "level-order": "<https://example.org/district> skos:inScheme <https://w3id.org/vekha/scheme/level> .",
    "unsafe-names": "vekha:plan.b a owl:Class .",
}
PREFIXES = {
    "vekha": NAMESPACE,
    "owl": OWL,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def ontology_store() -> Store:
    store = Store()
    for path in (ONTOLOGY_FILE, DEFINITIONS_FILE, *scheme_files()):
        store.load(path=path, format=RdfFormat.TURTLE)
    return store


def problems(store: Store, check: Path) -> list[str]:
    found = store.query(check.read_text(encoding="utf-8"))
    assert isinstance(found, QuerySolutions)
    return [" ".join(str(value) for value in solution) for solution in found]


@pytest.fixture(scope="module")
def store() -> Store:
    return ontology_store()


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_the_ontology_passes_the_check(store: Store, check: Path) -> None:
    assert check.read_text(encoding="utf-8").startswith("# "), "a check says what it finds"
    assert problems(store, check) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_the_check_finds_a_flaw(check: Path) -> None:
    flawed = ontology_store()
    head = "".join(f"@prefix {name}: <{value}> .\n" for name, value in PREFIXES.items())
    flawed.load(f"{head}{FLAWS[check.stem]}".encode(), RdfFormat.TURTLE)
    assert problems(flawed, check)


def test_every_flaw_has_its_check() -> None:
    assert set(FLAWS) == {check.stem for check in CHECKS}


def own_terms() -> Iterator[str]:
    kinds = {f"{OWL}{name}" for name in ("Class", "ObjectProperty", "DatatypeProperty")}
    for term in read_terms([ONTOLOGY_FILE]).values():
        if term.iri.startswith(NAMESPACE) and kinds & set(term.types):
            yield term.iri.removeprefix(NAMESPACE)


def texts(repository: Path) -> Iterator[str]:
    for user in USERS:
        path = repository / user
        files = [path] if path.is_file() else path.rglob("*")
        yield from (file.read_text(encoding="utf-8") for file in files if file.suffix in SUFFIXES and file.is_file())


def test_every_term_is_needed_somewhere(repository: Path) -> None:
    used = {name for text in texts(repository) for name in re.findall(r"(?:vekha:|VEKHA\.)(\w+)", text)}
    assert set(own_terms()) - used == set()


def test_every_defined_class_has_its_update() -> None:
    defined = {
        quad.subject.value
        for quad in parse(path=DEFINITIONS_FILE)
        if quad.predicate.value == f"{OWL}equivalentClass" and isinstance(quad.subject, NamedNode)
    }
    assert len(defined) == 7
    text = closure_text("defined-classes")
    assert all(f"a vekha:{iri.removeprefix(NAMESPACE)} }}\nWHERE" in text for iri in defined)


def test_the_cube_types_only_declared_properties(store: Store) -> None:
    dimensions = {
        quad.subject
        for quad in parse(path=CUBE_FILE)
        if quad.predicate.value.endswith("#type") and quad.object.value.endswith("Property")
    }
    assert len(dimensions) == 6
    for dimension in dimensions:
        assert list(store.quads_for_pattern(dimension, None, NamedNode(f"{OWL}ObjectProperty"), None)) or list(
            store.quads_for_pattern(dimension, None, NamedNode(f"{OWL}DatatypeProperty"), None)
        )


def test_shapes_name_only_declared_terms() -> None:
    declared = set(own_terms()) | {"targetCube"}
    named = {
        term.value.removeprefix(NAMESPACE)
        for quad in parse(path=SHAPES_FILE)
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, NamedNode) and term.value.startswith(NAMESPACE)
    }
    assert named <= declared


def test_all_files_of_the_ontology_are_turtle() -> None:
    assert len(ontology_files()) == 3 + len(scheme_files())
    assert all(list(parse(path=path, format=RdfFormat.TURTLE)) for path in [*ontology_files(), SHAPES_FILE])


def test_the_reference_page_is_current() -> None:
    text = PAGE_FILE.read_text(encoding="utf-8")
    assert text == page(text)


def test_a_page_without_the_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="has no line"):
        page("# The ontology")


def test_the_command_writes_the_module_and_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {name: tmp_path / name for name in ("VOCABULARY_FILE", "PAGE_FILE")}
    for name, path in written.items():
        monkeypatch.setattr(generation, name, path)
    written["PAGE_FILE"].write_text(PAGE_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    generation.main()
    assert written["PAGE_FILE"].read_text(encoding="utf-8") == PAGE_FILE.read_text(encoding="utf-8")
    assert written["VOCABULARY_FILE"].read_text(encoding="utf-8") == generation.vocabulary_source()
