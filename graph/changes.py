"""What a commit changes, as values, and the one place where SPARQL text is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from ontology.vocabulary import XSD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from graph.terms import Subject, Term

_LANG_STRING: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
# Literals of these types have one form only; so have IRIs.
_AS_WRITTEN: Final = frozenset({XSD.string, _LANG_STRING})

Statements: TypeAlias = "Iterable[Triple | Quad]"


@dataclass(frozen=True)
class Commit:
    """
    Changes that happen together or not at all.

    `replace`: the graph holds exactly these triples afterwards.
    `edit`: the graph loses the first triples and gains the second.
    `describe`: each subject that occurs has exactly these triples in the graph afterwards; other subjects stay.
    `current`: graphs whose triples belong to the default graph from now on.
    `past`: graphs whose triples leave the default graph; they stay under their names.
    `drop`: graphs that are deleted.
    """

    replace: Mapping[NamedNode, Statements] = field(default_factory=dict)
    edit: Mapping[NamedNode, tuple[Collection[Triple], Collection[Triple]]] = field(default_factory=dict)
    describe: Mapping[NamedNode, Statements] = field(default_factory=dict)
    current: frozenset[NamedNode] = frozenset()
    past: frozenset[NamedNode] = frozenset()
    drop: frozenset[NamedNode] = frozenset()


@dataclass(frozen=True)
class DocumentCommit:
    """
    One document version that becomes the current one of its roadmap.

    `persons` are the triples that carry names: empty where names are withheld.
    `catalog` are triples about the roadmap, its versions and the load, kept outside the default graph; they replace
    what the catalogue said of the same subjects.
    """

    roadmap: NamedNode
    graph: NamedNode
    document: Statements
    persons: Statements = ()
    catalog: Statements = ()


@dataclass
class Delta:
    """
    The difference between two states of the store: triples by graph, None for the default graph.

    `drops` are graphs whose name goes as well.
    """

    deletes: dict[NamedNode | None, set[Triple]] = field(default_factory=dict)
    inserts: dict[NamedNode | None, set[Triple]] = field(default_factory=dict)
    drops: list[NamedNode] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.drops or any(self.deletes.values()) or any(self.inserts.values()))

    @property
    def additions(self) -> int:
        """How many quads it adds."""
        return sum(map(len, self.inserts.values()))

    @property
    def removals(self) -> int:
        """How many quads it takes away, those of `drops` not counted."""
        return sum(map(len, self.deletes.values()))

    def replace(self, graph: NamedNode | None, before: set[Triple], after: set[Triple]) -> None:
        """Note that `graph` held `before` and will hold `after`; once for each graph."""
        self.deletes[graph], self.inserts[graph] = before - after, after - before


def write_update(delta: Delta) -> str:
    """
    One SPARQL update that applies `delta` and is atomic as a whole (SPARQL 1.1 Update, 3.1; `Store.update`).

    The engine's Python interface has no transaction object, and two calls are two transactions.  The text is made
    of terms written by the library's own serialiser only; nothing here quotes or escapes.
    """
    operations = [f"DROP SILENT GRAPH {name}" for name in delta.drops]
    for verb, changes in (("DELETE", delta.deletes), ("INSERT", delta.inserts)):
        blocks = [_block(name, triples) for name, triples in changes.items() if triples]
        if blocks:
            operations.append(f"{verb} DATA {{\n{''.join(blocks)}}}")
    return " ;\n".join(operations)


def inserted_quads(delta: Delta) -> Iterator[Quad]:
    """The quads that `delta` adds."""
    return _quads(delta.inserts)


def removed_quads(delta: Delta) -> Iterator[Quad]:
    """The quads that `delta` takes away, those of `drops` left out."""
    return _quads(delta.deletes)


def _quads(changes: Mapping[NamedNode | None, set[Triple]]) -> Iterator[Quad]:
    for name, triples in changes.items():
        for triple in triples:
            yield Quad(triple.subject, triple.predicate, triple.object, name)


def ntriples(triples: Iterable[Triple]) -> bytes:
    lines = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert lines is not None
    return lines


def as_stored(triples: Iterable[Triple]) -> set[Triple]:
    """The triples as the engine gives them back: numbers and dates in canonical form («1.50» as «1.5»)."""
    found: set[Triple] = set()
    typed: list[Triple] = []
    for triple in triples:
        value = triple.object
        if isinstance(value, NamedNode) or (isinstance(value, Literal) and value.datatype in _AS_WRITTEN):
            found.add(triple)
        else:
            typed.append(triple)
    scratch = Store()
    scratch.load(ntriples(typed), RdfFormat.N_TRIPLES)
    return found | {quad.triple for quad in scratch}


def without_blank_nodes(graph: NamedNode, triples: Iterable[Triple]) -> list[Triple]:
    """
    The triples with IRIs in place of blank nodes (RDF 1.1 Concepts, 3.5), the same IRIs for the same graph.

    Everything in the store can then be linked, compared and deleted by name.
    """
    listed = list(triples)
    if not any(isinstance(term, BlankNode | Triple) for triple in listed for term in (triple.subject, triple.object)):
        return listed
    dataset = Dataset(Quad(triple.subject, triple.predicate, triple.object) for triple in listed)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    root = urlsplit(graph.value)
    start = f"{root.scheme}://{root.netloc}/.well-known/genid/{sha256(graph.value.encode()).hexdigest()[:12]}-"
    return [_named(quad.triple, start) for quad in dataset]


def _named(triple: Triple, start: str) -> Triple:
    subject, value = triple.subject, triple.object
    return Triple(_named_subject(subject, start), triple.predicate, _named_term(value, start))


def _named_subject(term: Subject, start: str) -> Subject:
    if isinstance(term, BlankNode):
        return NamedNode(start + term.value)
    return _named(term, start) if isinstance(term, Triple) else term


def _named_term(term: Term, start: str) -> Term:
    if isinstance(term, BlankNode):
        return NamedNode(start + term.value)
    return _named(term, start) if isinstance(term, Triple) else term


def _block(name: NamedNode | None, triples: Iterable[Triple]) -> str:
    lines = ntriples(triples).decode()
    return f"GRAPH {name} {{\n{lines}}}\n" if name else lines
