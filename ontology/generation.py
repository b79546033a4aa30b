"""
Text written from the Turtle files: the module `vocabulary` and the list of terms in docs/ontology.md.

`python -m ontology.generation` rewrites both; tests compare them with what stands in the files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ontology import CUBE_FILE, DEFINITIONS_FILE, FOLDER, ONTOLOGY_FILE, scheme_files
from ontology.iris import NAMESPACE, SCHEMES_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

VOCABULARY_FILE: Final = FOLDER / "vocabulary.py"
PAGE_FILE: Final = FOLDER.parent / "docs" / "ontology.md"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"

# The languages in which the Turtle is written; no file of ours declares their terms.
_LANGUAGES: Final = {
    "RDF": (_RDF, "type"),
    "RDFS": (_RDFS, "Class comment domain label range subClassOf subPropertyOf"),
    "OWL": (_OWL, "Class DatatypeProperty ObjectProperty Ontology differentFrom"),
    "XSD": ("http://www.w3.org/2001/XMLSchema#", "boolean date dateTime decimal integer string"),
    "SH": ("http://www.w3.org/ns/shacl#", "Info Violation Warning"),
}
_BORROWED: Final = {
    "SKOS": _SKOS,
    "ORG": "http://www.w3.org/ns/org#",
    "PROV": "http://www.w3.org/ns/prov#",
    "FOAF": "http://xmlns.com/foaf/0.1/",
    "ELI": "http://data.europa.eu/eli/ontology#",
    "DCAT": "http://www.w3.org/ns/dcat#",
    "DCTERMS": "http://purl.org/dc/terms/",
    "QB": "http://purl.org/linked-data/cube#",
    "TIME": "http://www.w3.org/2006/time#",
}
_SCHEME_PREFIXES: Final = {
    "anomaly": "ANOMALY",
    "basis": "BASIS",
    "body-kind": "BKIND",
    "change": "CHANGE",
    "column-kind": "CKIND",
    "comparator": "CMP",
    "deadline-kind": "DKIND",
    "level": "LEVEL",
    "role": "ROLE",
    "status": "STATUS",
    "table-kind": "TKIND",
    "theme": "THEME",
    "unit": "UNIT",
}
_VOCABULARY_HEAD: Final = '''"""
Names of the vocabulary as constants, one class for each namespace.

Written by `python -m ontology.generation` from the Turtle files of this folder; a test compares.
"""

# ruff: noqa: N815
# The names are those of the terms.

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode
'''
_PAGE_MARK: Final = "<!-- Below this line: written by `python -m ontology.generation`. -->"
_TITLES: Final = {
    f"{_OWL}Class": "Classes",
    f"{_OWL}ObjectProperty": "Properties whose value is a thing",
    f"{_OWL}DatatypeProperty": "Properties whose value is a literal",
}


@dataclass
class Term:
    """One subject of the Turtle files; labels and definitions by language."""

    iri: str
    types: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    broader: list[str] = field(default_factory=list)


def read_terms(paths: Iterable[Path]) -> dict[str, Term]:
    """Every named subject of the files by its IRI, in the order of the files."""
    terms: dict[str, Term] = {}
    links = {
        f"{_RDF}type": "types",
        f"{_RDFS}subClassOf": "parents",
        f"{_RDFS}subPropertyOf": "parents",
        f"{_RDFS}range": "ranges",
        f"{_SKOS}broader": "broader",
    }
    texts = {f"{_RDFS}label": "labels", f"{_SKOS}prefLabel": "labels", f"{_SKOS}definition": "definitions"}
    for path in paths:
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            if not isinstance(quad.subject, NamedNode):
                continue
            term = terms.setdefault(quad.subject.value, Term(quad.subject.value))
            predicate, value = quad.predicate.value, quad.object
            if predicate in links and isinstance(value, NamedNode):
                getattr(term, links[predicate]).append(value.value)
            elif predicate in texts and isinstance(value, Literal):
                getattr(term, texts[predicate])[value.language or ""] = value.value
    return terms


def vocabulary_source() -> str:
    """The text of the module `vocabulary`: own terms, concepts, and the borrowed terms that vekha.ttl declares."""
    ontology = read_terms([ONTOLOGY_FILE, DEFINITIONS_FILE, CUBE_FILE])
    parts = [_VOCABULARY_HEAD, _constants("VEKHA", NAMESPACE, _local_names(ontology, NAMESPACE))]
    for path in scheme_files():
        namespace = f"{SCHEMES_NAMESPACE}{path.stem}/"
        parts.append(_constants(_SCHEME_PREFIXES[path.stem], namespace, _local_names(read_terms([path]), namespace)))
    parts += [_constants(name, *_language(name)) for name in _LANGUAGES]
    parts += [_constants(name, namespace, _local_names(ontology, namespace)) for name, namespace in _BORROWED.items()]
    return "".join(parts)


def page_tail() -> str:
    """The generated end of docs/ontology.md, after its mark: every class, property and concept with its meaning."""
    own = [term for term in read_terms([ONTOLOGY_FILE]).values() if term.iri.startswith(NAMESPACE)]
    lines: list[str] = []
    for type_, title in _TITLES.items():
        lines += ["", f"### {title}", "", *_term_table(term for term in own if type_ in term.types)]
    lines += ["", "### Concepts"]
    for path in scheme_files():
        terms = read_terms([path])
        scheme = terms[f"{SCHEMES_NAMESPACE}{path.stem}"]
        prefix = _SCHEME_PREFIXES[path.stem].lower()
        lines += ["", f"**{scheme.labels['ru']} / {scheme.labels['en']}** (`{prefix}:`, `{scheme.iri}`)", ""]
        for term in terms.values():
            if f"{_SKOS}Concept" not in term.types:
                continue
            broader = "".join(f", under `{prefix}:{_local(parent)}`" for parent in term.broader)
            lines.append(f"- `{prefix}:{_local(term.iri)}`: {term.labels['ru']} / {term.labels['en']}{broader}")
    return "\n".join(lines) + "\n"


def page(current: str) -> str:
    """
    The text of docs/ontology.md with its generated end renewed.

    Raises:
        ValueError: If the mark is missing.
    """
    head, mark, _ = current.partition(_PAGE_MARK)
    if not mark:
        message = f"{PAGE_FILE.name} has no line {_PAGE_MARK!r}"
        raise ValueError(message)
    return f"{head}{mark}\n{page_tail()}"


def _constants(name: str, namespace: str, local_names: Iterable[str]) -> str:
    lines = [f"\n\nclass {name}:\n", f'    NAMESPACE: Final = "{namespace}"\n\n']
    lines += [f'    {local.replace("-", "_")}: Final = NamedNode("{namespace}{local}")\n' for local in local_names]
    return "".join(lines)


def _local_names(terms: dict[str, Term], namespace: str) -> Iterator[str]:
    for iri in terms:
        local = iri.removeprefix(namespace)
        if iri.startswith(namespace) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", local):
            yield local


def _language(name: str) -> tuple[str, list[str]]:
    namespace, local_names = _LANGUAGES[name]
    return namespace, local_names.split()


def _term_table(terms: Iterable[Term]) -> Iterator[str]:
    yield "| term | label | meaning | part of | value |"
    yield "|---|---|---|---|---|"
    for term in terms:
        cells = [
            f"`{_short(term.iri)}`",
            f"{term.labels['ru']} / {term.labels['en']}",
            f"{term.definitions['ru']} / {term.definitions['en']}",
            ", ".join(f"`{_short(parent)}`" for parent in term.parents),
            ", ".join(f"`{_short(value)}`" for value in term.ranges),
        ]
        yield "| " + " | ".join(cells) + " |"


def _short(iri: str) -> str:
    known = {"vekha": NAMESPACE, **{name.lower(): namespace for name, namespace in _BORROWED.items()}}
    return next(
        f"{prefix}:{iri.removeprefix(namespace)}" for prefix, namespace in known.items() if iri.startswith(namespace)
    )


def _local(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]


def main() -> None:
    """Rewrites both files."""
    VOCABULARY_FILE.write_text(vocabulary_source(), encoding="utf-8")
    PAGE_FILE.write_text(page(PAGE_FILE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
