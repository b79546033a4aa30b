"""
Which statements a DELETE or INSERT removes and adds, at the cost of its pattern and of the change.

The pattern is asked once, as a query, and each solution is put into the templates (SPARQL 1.1 Update, 3.1.3).  The
engine itself reads the templates, as data with marks in place of variables.  So of the graphs that are written to
nothing is read but the statements in question.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from graph.datasets import MERGED_TRIPLES, Selection, select
from graph.errors import QueryEvaluationError, UpdateRefusedError
from graph.guard import Dataset
from graph.tokens import read_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graph.terms import Term
    from graph.update_operations import Modification, Step, Target

# A term, the number of a variable, or the parts of a triple term.
_Part: TypeAlias = "Term | DefaultGraph | int | tuple[_Part, _Part, _Part]"
_Solution: TypeAlias = "tuple[Term | None, ...]"

# What may stand where in a statement; made once, because making a union takes longer than asking for it.
_Subject: TypeAlias = NamedNode | BlankNode
_Value: TypeAlias = NamedNode | BlankNode | Literal | Triple
_Name: TypeAlias = NamedNode | BlankNode | DefaultGraph


def modified(store: Store, step: Step, prefixes: Mapping[str, str], most: int) -> tuple[set[Quad], set[Quad]] | None:
    """
    What the modification of a step removes from `store` and adds to it, as the store keeps it.

    None where more than `most` statements are in question, or where its parts cannot be read apart.

    Raises:
        UpdateRefusedError: The graphs after USING are too large to be merged.
        RuntimeError, ValueError, OSError: The engine's, of the pattern.
    """
    parts = step.modification
    assert parts is not None
    variables: dict[str, int] = {}
    prefixes = dict(prefixes)
    try:
        delete = _Template(step.prologue, parts.delete, parts.target, prefixes, variables)
        insert = _Template(step.prologue, parts.insert, parts.target, prefixes, variables)
        solutions = _solutions(store, step.prologue, parts, prefixes, variables)
    except SyntaxError:
        return None
    gone: set[Quad] = set()
    new: set[Quad] = set()
    for solution in solutions:
        for quad in delete.quads(solution):
            if quad not in gone and quad in store:
                gone.add(quad)
        new.update(insert.quads(solution))
        if len(gone) + len(new) > most:
            return None
    gone, new = _as_kept(gone), _as_kept(new)
    return gone - new, {quad for quad in new if quad not in store}


class _Template:
    """
    The quads of a template in braces; `target` takes those outside GRAPH.

    `variables` gives each variable its number; those that are new get the next ones.
    """

    def __init__(
        self, prologue: str, text: str, target: Target, prefixes: dict[str, str], variables: dict[str, int]
    ) -> None:
        self._marks: dict[str, int] = {}
        self._target = target
        mark = f"urn:x-variable:{secrets.token_hex(16)}:"
        written = ["INSERT DATA"]
        for token in read_tokens(text):
            if token.kind != "variable":
                written.append(token.text)
                continue
            number = variables.setdefault(token.text[1:], len(variables))
            self._marks[f"{mark}{number}"] = number
            written.append(f" <{mark}{number}> ")
        scratch = Store()
        if text:
            scratch.update(prologue + "".join(written), prefixes=prefixes)
        self._quads = [
            tuple(self._part(term) for term in (quad.subject, quad.predicate, quad.object, quad.graph_name))
            for quad in scratch
        ]

    def quads(self, solution: _Solution) -> Iterator[Quad]:
        """
        What the template makes of one solution, with blank nodes of its own.

        What has no value, or one that cannot stand at its place, makes nothing (SPARQL 1.1 Update, 3.1.3).
        """
        fresh: dict[BlankNode, BlankNode] = {}
        for parts in self._quads:
            subject, predicate, value, name = [
                solution[part] if isinstance(part, int) else _filled(part, solution, fresh) for part in parts
            ]
            if (
                isinstance(subject, _Subject)
                and isinstance(predicate, NamedNode)
                and isinstance(value, _Value)
                and isinstance(name, _Name)
            ):
                yield Quad(subject, predicate, value, name)

    def _part(self, term: Term | DefaultGraph) -> _Part:
        if isinstance(term, NamedNode):
            return self._marks.get(term.value, term)
        if isinstance(term, Triple):
            return self._part(term.subject), self._part(term.predicate), self._part(term.object)
        return self._target if isinstance(term, DefaultGraph) else term


def _filled(part: _Part, solution: _Solution, fresh: dict[BlankNode, BlankNode]) -> Term | DefaultGraph | None:
    if isinstance(part, int):
        return solution[part]
    if isinstance(part, BlankNode):
        return fresh.setdefault(part, BlankNode())
    if not isinstance(part, tuple):
        return part
    subject, predicate, value = (_filled(inner, solution, fresh) for inner in part)
    if not (isinstance(subject, _Subject) and isinstance(predicate, NamedNode) and isinstance(value, _Value)):
        return None
    return Triple(subject, predicate, value)


def _solutions(
    store: Store, prologue: str, parts: Modification, prefixes: dict[str, str], variables: Mapping[str, int]
) -> Iterable[_Solution]:
    """What the pattern finds for the variables, in their order; after DATA one solution without any."""
    if not parts.where:
        return [()]
    selection, chosen = Selection(store, [], []), dict[str, Any]()
    if parts.used or parts.named:
        try:
            selection = select(store, Dataset(parts.used, parts.named))
        except QueryEvaluationError:
            raise UpdateRefusedError(
                "The graphs after USING hold more than {limit} statements together; "
                "name one graph after USING, or use GRAPH",
                limit=MERGED_TRIPLES,
            ) from None
        chosen = {"default_graph": selection.default, "named_graphs": selection.named}
    elif parts.target != DefaultGraph():
        chosen = {"default_graph": [parts.target]}
    # Without variables only the number of solutions counts.
    asked = " ".join(f"?{name}" for name in variables) or "?any"
    found = selection.engine.query(f"{prologue}SELECT {asked} WHERE {parts.where}", prefixes=prefixes, **chosen)
    return map(tuple, cast("Iterable[Any]", found))


def _as_kept(quads: set[Quad]) -> set[Quad]:
    """The quads as the engine gives them back: numbers and dates in canonical form («1.50» as «1.5»)."""
    named = {quad for quad in quads if isinstance(quad.object, NamedNode | BlankNode)}
    scratch = Store()
    scratch.extend(quads - named)
    return named | set(scratch)
