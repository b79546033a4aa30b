"""SPARQL stands in `.rq` and `.ru` files: no string of a module holds a query."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_QUERY = re.compile(
    r"\b(?:SELECT|CONSTRUCT|DESCRIBE|ASK)\b[^.]*[?{]|\bPREFIX\s+\w*:\s*<|\b(?:INSERT|DELETE)\s+(?:DATA\s*)?\{"
    r"|\bWHERE\s*\{"
)
# Builds the one update of a commit from typed terms: its data cannot stand in a file.
_WRITERS = {"graph/changes.py"}
# Ask the engine what a single name of a foreign text means, and put nothing in the place of a LOAD that does nothing.
_GUARDS = {"graph/tokens.py", "graph/guard.py", "graph/search_grammar.py"}
# Takes a foreign query apart: what a service is asked is made of that query's own patterns.
_FEDERATION = {"graph/federation/joining.py"}
# SQL of the full-text index that ours is measured beside.
_PEERS = {"bench/search.py", "bench/linking/scores.py"}
# Time and attack the store itself: with the smallest possible queries, and with endless ones, which a file cannot hold.
_PROBES = {f"bench/{name}.py" for name in ("hostile", "kills", "mixed_load", "publishing", "replica", "store")}
# Declare the prefixes of a query: the addresses depend on the data base.
_DECLARERS = {"queries/prefixes.py", "graph/remote/pool.py"}


def strings(path: Path) -> Iterator[str]:
    """The string literals of a module, without docstrings; f-strings without their values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def test_modules_hold_no_queries(repository: Path) -> None:
    modules = [
        path
        for folder in ("api", "bench", "graph", "loaders", "ontology", "queries")
        for path in (repository / folder).rglob("*.py")
        if str(path.relative_to(repository)) not in _WRITERS | _GUARDS | _FEDERATION | _PEERS | _PROBES | _DECLARERS
    ]
    found = [f"{path.name}: {text[:60]!r}" for path in modules for text in strings(path) if _QUERY.search(text)]

    assert modules
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s WHERE { ?s ?p ?o }",
        "PREFIX vekha: <https://example.org/>",
        "INSERT DATA { <a> <b> <c> }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_the_search_finds_queries(tmp_path: Path, text: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(f'"""Says nothing."""\nQUERY = {text!r}\n', encoding="utf-8")

    assert [found for found in strings(module) if _QUERY.search(found)] == [text]
