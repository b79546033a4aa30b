"""
How the SERVICE clauses of a query are answered before it is evaluated, in the process of the query.

Each clause in its turn: the patterns beside it are evaluated, their values are sent along with the clause's pattern in
parts, and what comes back takes the place of the clause as inline data (SPARQL 1.1, 10.2): a multiset of solutions,
which is what SERVICE stands for (SPARQL 1.1 Federated Query, 4).  So joins, OPTIONAL, EXISTS and all else around it are
the engine's own work.  A clause that failed becomes the empty group under SILENT, which has one empty solution (4.1).

Values are sent only for variables that every solution of the pattern binds, each row once; so a solution meets at most
one row, and its number does not change.  Terms that cannot be written in a query (blank nodes) stand as IRIs in the
data and are turned back by a function of ours; they are new ones for each clause.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    Variable,
    parse_query_results,
)

from graph.errors import ServiceError, ServiceTooLargeError
from graph.federation.patterns import prologue, without_comments
from graph.guard import check_query
from graph.results import evaluation_error
from graph.search_edits import Edit, edited
from graph.syntax_errors import syntax_error
from graph.tokens import Names, meaningful

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graph.federation.patterns import Clause
    from graph.federation.services import Answer, Service
    from graph.terms import Term

FUNCTION: Final = NamedNode("urn:vekha:function:service-term")
_TERM: Final = "urn:vekha:service-term:"
# So much text goes along with one call.
_VALUES_LENGTH: Final = 48 * 1024
Row = tuple["Term | None", ...]


class Services(Protocol):
    """Whom the process asks: the server, which asks the service."""

    def ask(self, iri: str, query: str) -> Answer: ...

    def read(self, iri: str, rows: int | None) -> None: ...


class Data(Protocol):
    """The data of the query, and how one is evaluated on them."""

    def __call__(self, text: str, functions: Functions, /) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """Rows that one call, and all calls of a query, may give; rows of values sent along; calls of one query."""

    rows: int
    query_rows: int
    values: int
    calls: int


Functions = dict[NamedNode, "Callable[..., Term | None]"]


@dataclass(slots=True)
class Joined:
    """What takes the place of the clauses, the functions that the text then needs, failures under SILENT by place."""

    edits: list[Edit] = field(default_factory=list)
    functions: Functions = field(default_factory=dict)
    failures: list[tuple[int, str, Mapping[str, object]]] = field(default_factory=list)


def check_syntax(text: str, clauses: Sequence[Clause], prefixes: Mapping[str, str], edits: Sequence[Any]) -> None:
    """
    Nothing, if `text` is SPARQL; the services are not asked.

    Raises:
        QuerySyntaxError: It is not; with line and column.
        QueryRefusedError: SERVICE stands where it is not answered.
    """
    places = [(clause.start, clause.endpoint) for clause in clauses]
    places += [(inner.start, inner.end) for clause in clauses for inner in clause.nested]
    without = [Edit(start, end, " " * (end - start)) for start, end in places]
    try:
        # What could still be read as SERVICE stands where it is not answered.
        check_query(edited(text, without), prefixes=prefixes)
        Store().query(
            edited(text, [*edits, *without]),
            prefixes=dict(prefixes),
            custom_functions=_foreign(text, clauses, prefixes),
        )
    except SyntaxError as error:
        raise syntax_error(text, error, prefixes=prefixes) from None
    except (RuntimeError, ValueError, OSError) as error:
        raise evaluation_error(error) from None


def _foreign(text: str, clauses: Sequence[Clause], prefixes: Mapping[str, str]) -> Functions:
    """Stand-ins for functions in the patterns, which are the services' own business."""
    tokens = meaningful(text)
    names = Names(prefixes)
    names.read_prologue(tokens, 0)
    functions: Functions = {}
    for token, following in pairwise(tokens):
        if token.kind in {"iri", "name"} and following.text == "(":
            inside = any(clause.pattern[0] <= token.start < clause.pattern[1] for clause in clauses)
            name = names.resolve(token) if inside else None
            if name is not None:
                functions[name] = _nothing
    return functions


def _nothing(*_: Term) -> None:
    return None


class Joiner:
    """Answers the clauses of one query; `services_by` are the services by the IRIs in it."""

    def __init__(
        self,
        text: str,
        prefixes: Mapping[str, str],
        edits: Sequence[Any],
        *,
        data: Data,
        services: Services,
        services_by: Mapping[str, Service],
        bounds: Bounds,
    ) -> None:
        self._text = text
        self._prefixes = prefixes
        self._edits = [Edit(*edit) for edit in edits]
        self._data = data
        self._services = services
        self._services_by = services_by
        self._bounds = bounds
        self._prologue = prologue(text)
        self._joined = Joined()
        self._terms: list[Term] = []
        self._rows = 0
        self._foreign: Functions = {}

    def join(self, clauses: Sequence[Clause]) -> Joined:
        """
        What each clause gives, in their order.

        Raises:
            ServiceError: A service failed, and its clause is not SILENT.
        """
        self._foreign = _foreign(self._text, clauses, self._prefixes)
        for clause in clauses:
            try:
                columns, rows = self._answer(clause)
                text = self._inline(columns, rows)
            except ServiceError as error:
                if not clause.silent:
                    raise
                # The error itself holds on to the frames it came through.
                self._joined.failures.append((clause.start, error.template, error.values))
                text = "{}"
            self._joined.edits.append(Edit(clause.start, clause.end, text))
        return self._joined

    def _answer(self, clause: Clause) -> tuple[list[str], list[Row]]:
        start, end = clause.pattern
        # Another service within the pattern is that service's business; here only its variables count.
        plain = [Edit(inner.start - start, inner.end - start, "") for inner in clause.nested]
        columns = self._visible(without_comments(edited(self._text[start:end], plain)))
        named = [
            Edit(inner.name - start, inner.end - start, f"<{self._services_by[inner.address].address}>")
            for inner in clause.nested
        ]
        pattern = without_comments(edited(self._text[start:end], named))
        rows: list[Row] = []
        for values in self._values(clause, set(columns)):
            query = self._remote(columns, pattern, values)
            answer = self._services.ask(clause.address, query)
            try:
                found = self._parsed(answer, clause, columns)
            except ServiceError:
                self._services.read(clause.address, None)
                raise
            except (SyntaxError, ValueError) as error:
                self._services.read(clause.address, None)
                raise ServiceError(
                    "The service «{service}» sent results that cannot be read ({reason})",
                    service=self._services_by[clause.address].name,
                    reason=str(error)[:200],
                ) from None
            self._services.read(clause.address, len(found))
            rows += found
        return columns, rows

    def _visible(self, pattern: str) -> list[str]:
        """The variables of a group, as the engine knows them."""
        query = f"{self._prologue}\nSELECT * WHERE {{{pattern}\n}}"
        functions = {**self._joined.functions, **self._foreign}
        try:
            found = Store().query(query, prefixes=dict(self._prefixes), custom_functions=functions)
        except (RuntimeError, ValueError, OSError) as error:
            raise evaluation_error(error) from None
        assert isinstance(found, QuerySolutions)
        return [variable.value for variable in found.variables]

    def _values(self, clause: Clause, columns: set[str]) -> Iterator[str]:
        """What goes along with each call, as text; none where the patterns beside the clause have no solution."""
        spans = [(level.opening, [self._piece(*span) for span in level.spans]) for level in clause.levels]
        around = "\n".join(opening + "\n" + "\n".join(pieces) for opening, pieces in spans) + "}" * len(spans)
        wanted: list[str] = []
        if clause.bound & columns and any(pieces for _, pieces in spans):
            # What cannot be read in this order narrows nothing down.
            with contextlib.suppress(SyntaxError):
                wanted = sorted(clause.bound & columns & set(self._visible(around)))
        if not wanted:
            yield ""
            return
        names = " ".join(f"?{name}" for name in wanted)
        query = f"{self._prologue}\nSELECT DISTINCT {names} WHERE {{{around}\n}}"
        most = self._bounds.values * self._bounds.calls
        rows: list[Row] = []
        for row in self._data(query, self._joined.functions):
            rows.append(tuple(row))
            if len(rows) > most:
                break
        if len(rows) > most:
            yield ""
            return
        # A variable without a value in some row narrows nothing down there.
        places = [place for place in range(len(wanted)) if all(row[place] is not None for row in rows)]
        if not places:
            yield ""
            return
        kept = dict.fromkeys(tuple(row[place] for place in places) for row in rows)
        written = [text for text in map(_row_text, kept) if text is not None]
        head = "(" + " ".join(f"?{wanted[place]}" for place in places) + ")"
        for part in _parts(written, self._bounds.values):
            yield f"VALUES {head} {{\n{part}\n}}"

    def _piece(self, start: int, end: int) -> str:
        """A part of the text, with what was put into it so far."""
        made = [*self._edits, *self._joined.edits]
        inside = [
            Edit(edit.start - start, edit.end - start, edit.text)
            for edit in made
            if start <= edit.start and edit.end <= end
        ]
        return edited(self._text[start:end], inside) + "\n"

    def _remote(self, columns: Sequence[str], pattern: str, values: str) -> str:
        """The query for the service: with the declarations that it needs, and in the standard's words only."""
        declared = Names({})
        declared.read_prologue(meaningful(self._prologue), 0)
        used = {token.text.partition(":")[0] for token in meaningful(pattern) if token.kind == "name"}
        missing = sorted((used - declared.prefixes) & set(self._prefixes))
        lines = [f"PREFIX {name}: <{self._prefixes[name]}>" for name in missing]
        shown = " ".join(f"?{name}" for name in columns) or "*"
        return "\n".join([self._prologue, *lines, f"SELECT {shown} WHERE {{{pattern}", f"{values}}}"]).strip()

    def _parsed(self, answer: Answer, clause: Clause, columns: Sequence[str]) -> list[Row]:
        form = QueryResultsFormat.from_media_type(answer.media_type)
        assert form is not None
        found = parse_query_results(answer.body, form)
        if not isinstance(found, QuerySolutions):
            raise ValueError("a truth value, not rows")  # noqa: TRY004  (as of any answer that is none)
        given = {variable.value for variable in found.variables}
        variables = [Variable(name) if name in given else None for name in columns]
        blanks: dict[str, BlankNode] = {}
        rows: list[Row] = []
        try:
            for solution in found:
                rows.append(tuple(None if name is None else _own(solution[name], blanks) for name in variables))
                if len(rows) > min(self._bounds.rows, self._bounds.query_rows - self._rows):
                    raise ServiceTooLargeError(
                        "The service «{service}» gave more than {limit} rows; ask it for less",
                        service=self._services_by[clause.address].name,
                        limit=min(self._bounds.rows, self._bounds.query_rows),
                    )
        finally:
            # It may not be forgotten in another thread, as what an error holds on to may be.
            del found
        self._rows += len(rows)
        return rows

    def _inline(self, columns: Sequence[str], rows: Sequence[Row]) -> str:
        """The rows as inline data of one group."""
        opaque: set[int] = set()
        lines: list[str] = []
        for row in rows:
            texts = []
            for place, term in enumerate(row):
                text = "UNDEF" if term is None else _written(term)
                if text is None and term is not None:
                    text = f"<{_TERM}{len(self._terms)}>"
                    self._terms.append(term)
                    opaque.add(place)
                texts.append(text or "")
            lines.append(f"({' '.join(texts)})")
        data = "\n".join(lines)
        if not opaque:
            return f"{{ VALUES ({' '.join(f'?{name}' for name in columns)}) {{\n{data}\n}} }}"
        self._joined.functions[FUNCTION] = partial(_turned_back, self._terms)
        inner = {columns[place]: _unused(f"{columns[place]}_", columns) for place in opaque}
        head = " ".join(f"?{inner.get(name, name)}" for name in columns)
        made = " ".join(f"BIND({FUNCTION}(?{inside}) AS ?{name})" for name, inside in sorted(inner.items()))
        shown = " ".join(f"?{name}" for name in columns)
        return f"{{ SELECT {shown} WHERE {{ VALUES ({head}) {{\n{data}\n}} {made} }} }}"


def _own(term: Term | None, blanks: dict[str, BlankNode]) -> Term | None:
    """The term; a blank node of the service as one that nobody else has."""
    if isinstance(term, BlankNode):
        return blanks.setdefault(term.value, BlankNode())
    return term


def _written(term: Term) -> str | None:
    """The term as it stands in inline data; None where it cannot."""
    if isinstance(term, NamedNode) or (isinstance(term, Literal) and getattr(term, "direction", None) is None):
        return str(term)
    return None


def _row_text(row: Row) -> str | None:
    """Values for a service; None for a row that no solution of another service can fit, for its blank nodes."""
    texts = [None if term is None else _written(term) for term in row]
    return None if None in texts else f"({' '.join(text or '' for text in texts)})"


def _parts(lines: Sequence[str], most: int) -> Iterator[str]:
    part: list[str] = []
    length = 0
    for line in lines:
        if part and (len(part) == most or length + len(line) > _VALUES_LENGTH):
            yield "\n".join(part)
            part, length = [], 0
        part.append(line)
        length += len(line)
    if part:
        yield "\n".join(part)


def _turned_back(terms: Sequence[Term], term: Term) -> Term:
    """The term that an IRI of ours stands for."""
    if isinstance(term, NamedNode) and term.value.startswith(_TERM):
        number = term.value.removeprefix(_TERM)
        if number.isascii() and number.isdecimal() and int(number) < len(terms):
            return terms[int(number)]
    return term


def _unused(name: str, names: Sequence[str]) -> str:
    while name in names:
        name += "_"
    return name
