"""
The search clause of SPARQL texts, `?activity vekha:search "наставничество"`, answered before the evaluation.

The pattern looks like a triple, so a query with it stays SPARQL for every tool.  Each clause is taken out, and a VALUES
block with the hits for its variable is put before the triples that it stood among, which therefore stay one basic graph
pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import SearchClauseError
from graph.query_traps import Message
from graph.search import MOST_CHARACTERS, MOST_WORDS
from graph.search_edits import Edit
from graph.search_grammar import PREDICATE, find_clauses
from graph.search_words import telling, words
from graph.tokens import Names, meaningful, place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graph.search_grammar import SearchClause
    from graph.search_indexes import SearchIndexes

# Hits of all clauses of one query together.
MOST_HITS: Final = 10_000


@dataclass(frozen=True, slots=True)
class SearchAnswers:
    """How a text has to be changed for evaluation, and what to tell of it."""

    edits: tuple[Edit, ...] = ()
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """A query whose search clauses were answered: the data version that they were answered on, None without any."""

    version: int | None = None
    answers: SearchAnswers = SearchAnswers()


def answered(
    text: str,
    prefixes: Mapping[str, str] | None,
    indexes: SearchIndexes | None,
    *,
    version: int | None = None,
    patience: float = 30.0,
) -> Searched:
    """
    The search clauses of `text`, answered on data version `version` or the newest; without indexes there are none.

    Raises:
        SearchClauseError: A clause that cannot be answered; with line and column.
        PoolBusyError: The index is not ready after `patience` seconds.
        VersionGoneError, NothingLoadedError: There is no such data.
    """
    clauses = find_clauses(text, prefixes) if indexes is not None else []
    if indexes is None or not clauses:
        return Searched(version)
    for clause in clauses:
        _check_words(text, clause)
    index = indexes.of(version, patience=patience)
    return Searched(index.version, answer_clauses(text, clauses, index.matching))


def _check_words(text: str, clause: SearchClause) -> None:
    """Refuse what would be cut in silence, or finds nothing whatever the data."""
    line, column = place(text, clause.offset)
    count = len(telling(words(clause.words)))
    if not count:
        raise SearchClauseError(
            "Line {line}, column {column}: the text after vekha:search holds no word", line=line, column=column
        )
    if count > MOST_WORDS or len(clause.words) > MOST_CHARACTERS:
        raise SearchClauseError(
            "Line {line}, column {column}: a search takes at most {words} words and {characters} characters; "
            "write it in several clauses",
            line=line,
            column=column,
            words=MOST_WORDS,
            characters=MOST_CHARACTERS,
        )


def answer_clauses(
    text: str, clauses: Sequence[SearchClause], find: Callable[[str, int], tuple[list[str], int]]
) -> SearchAnswers:
    """
    The edits that put in what `find` (words, most hits) gives: IRIs with the best first, and how many there are.

    Where not all fit, a message says so.
    """
    edits: list[Edit] = []
    messages: list[Message] = []
    left = MOST_HITS
    for number, clause in enumerate(clauses):
        found, count = find(clause.words, max(left // (len(clauses) - number), 1))
        left -= len(found)
        values = " ".join(f"<{iri}>" for iri in found)
        edits += [Edit(clause.before, clause.before, f" VALUES {clause.variable} {{ {values} }} ")]
        edits += [Edit(clause.start, clause.end, " ")]
        if len(found) < count:
            line, column = place(text, clause.offset)
            told: dict[str, object] = {"line": line, "column": column, "shown": len(found), "count": count}
            messages.append(
                Message(
                    "Line {line}, column {column}: the search finds {count} things, the query is answered for the best "
                    "{shown} of them; search for more words",
                    told,
                    line,
                    column,
                )
            )
    return SearchAnswers(tuple(edits), tuple(messages))


def refuse_search(text: str, prefixes: Mapping[str, str] | None = None) -> None:
    """
    Nothing, for an update without a search.

    Raises:
        SearchClauseError: The update names the predicate, which no data hold; with line and column.
    """
    if "search" not in text.lower() and "\\u" not in text:
        return
    tokens, names, index = meaningful(text), Names(prefixes or {}), 0
    while index < len(tokens):
        behind = names.read_prologue(tokens, index)
        token = tokens[index]
        if behind == index and token.kind in {"iri", "name"} and names.resolve(token) == PREDICATE:
            line, column = place(text, token.start)
            raise SearchClauseError(
                "Line {line}, column {column}: vekha:search is answered in queries only, not in updates",
                line=line,
                column=column,
            )
        index = max(behind, index + 1)
