"""
What the shapes say of a set of statements, as typed findings.

The checking is done by the package `shacl`; the referee of the tests is pyshacl.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import shacl
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from ontology import ONTOLOGY_FILE, SHAPES_FILE, scheme_files
from ontology.iris import SHAPES_NAMESPACE
from ontology.vocabulary import RDFS, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MESSAGE: Final = NamedNode("http://www.w3.org/ns/shacl#message")
# What sh:class and sh:node need to know of the ontology, and nothing that a shape would look at.
_BACKGROUND: Final = {RDFS.subClassOf, SKOS.inScheme}


class Severity(StrEnum):
    """Violation: the loader is at fault; Warning: the document is odd; Info: worth a look."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """
    One result of a shape.

    `focus` is the thing it concerns; `path` is in SPARQL's notation, with full IRIs, or None; `value` is the offending
    term in N-Triples; `shape` is the named shape; `messages` holds one sentence for each language.
    """

    severity: Severity
    focus: str
    shape: str
    path: str | None
    value: str | None
    component: str
    messages: tuple[tuple[str, str], ...]

    def message(self, language: str) -> str:
        """The sentence in `language`; the first one if there is none."""
        return dict(self.messages).get(language, self.messages[0][1])


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, the gravest first, then by focus and path."""

    findings: tuple[Finding, ...]

    @property
    def conforms(self) -> bool:
        """Whether nothing but warnings and hints was found."""
        return not self.of(Severity.VIOLATION)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is severity)


class Validator:
    """Compiled shapes; one instance serves many checks and threads."""

    def __init__(self, shapes: Path = SHAPES_FILE) -> None:
        self._shapes = shacl.Shapes.from_file(str(shapes))
        self._languages = {
            quad.object.value: quad.object.language or ""
            for quad in parse(path=shapes)
            if quad.predicate == _MESSAGE and isinstance(quad.object, Literal)
        }
        self._background = _n_triples(
            quad.triple
            for path in (ONTOLOGY_FILE, *scheme_files())
            for quad in parse(path=path)
            if quad.predicate in _BACKGROUND and isinstance(quad.object, NamedNode)
        )

    def check(self, data: Iterable[Triple | Quad], *, context: Iterable[Triple | Quad] = ()) -> Report:
        """
        The findings about subjects of `data`.

        `context` are statements that `data` refer to, such as the reference graph: they are read and not judged.
        The class hierarchy and the membership of concepts in schemes are always known.
        """
        own = [_triple(statement) for statement in data]
        # A triple in both would be counted twice by nobody: RDF graphs are sets, and so is the union.
        text = b"".join((_n_triples(own), _n_triples(_triple(statement) for statement in context), self._background))
        results = self._shapes.validate_text(text.decode(), format="ntriples").results
        subjects = {str(triple.subject) for triple in own}
        order = list(Severity)
        findings = {self._finding(result) for result in results if result.focus_node in subjects}
        return Report(
            tuple(
                sorted(
                    findings,
                    key=lambda found: (order.index(found.severity), found.focus, found.path or "", found.messages),
                )
            )
        )

    def _finding(self, result: shacl.Result) -> Finding:
        messages = sorted((self._languages.get(text, ""), text) for text in result.messages)
        return Finding(
            severity=Severity(result.severity),
            focus=result.focus_node.removeprefix("<").removesuffix(">"),
            shape=(result.root_shape or "").removeprefix("<").removesuffix(">"),
            path=result.path,
            value=result.value,
            component=result.component,
            messages=tuple(messages),
        )


def shape_name(finding: Finding) -> str:
    """The shape's local name, for reports: `ActivityShape`."""
    return finding.shape.removeprefix(SHAPES_NAMESPACE)


def _triple(statement: Triple | Quad) -> Triple:
    return statement.triple if isinstance(statement, Quad) else statement


def _n_triples(triples: Iterable[Triple]) -> bytes:
    text = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert text is not None
    return text
