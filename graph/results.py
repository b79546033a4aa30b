"""What a query returns, as values (Table, Boolean, Triples) or as the bytes of a standard result format (Answer)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, cast

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)

from graph.errors import QueryEvaluationError, UnknownFunctionError
from graph.terms import Term, as_triple

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNKNOWN_FUNCTION: Final = re.compile(r"custom (?:aggregate )?function (<[^>]*>) is not supported")

# A shorter table is read as it is.
_FEW_ROWS: Final = 50

Kind: TypeAlias = Literal["table", "boolean", "triples"]
Cut: TypeAlias = Literal["rows", "bytes"]
ResultFormat: TypeAlias = QueryResultsFormat | RdfFormat


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows of terms in the order of `columns`; None where a variable is unbound.

    `complete` is False where a limit cut the answer: then `rows` are its first rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    complete: bool = True

    def records(self) -> Iterator[dict[str, Term | None]]:
        """The rows as dictionaries by column."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool

    def __bool__(self) -> bool:
        return self.value


@dataclass(frozen=True, slots=True)
class Triples:
    """Triples of a CONSTRUCT or DESCRIBE; `complete` as in `Table`."""

    triples: tuple[Triple, ...]
    complete: bool = True


# Control characters (XML 1.0, section 2.2).
_NOT_IN_XML: Final = bytes(set(range(0x20)) - set(b"\t\n\r"))

Result: TypeAlias = Table | Boolean | Triples


class ByteSink(Protocol):
    """Anything that takes bytes: a file, a socket, a buffer."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Written:
    """How much of an answer was written; `cut` names the limit that ended it, None if it is whole."""

    rows: int | None
    bytes: int
    cut: Cut | None


class Answer:
    """One evaluated query, written or read once.  Keeps alive what it reads from."""

    def __init__(self, found: QuerySolutions | QueryBoolean | QueryTriples, source: object) -> None:
        self._found = found
        self._source = source

    @property
    def kind(self) -> Kind:
        if isinstance(self._found, QuerySolutions):
            return "table"
        return "boolean" if isinstance(self._found, QueryBoolean) else "triples"

    @property
    def columns(self) -> tuple[str, ...]:
        """Variables in the order of the projection (`SELECT *`: by alphabet)."""
        if not isinstance(self._found, QuerySolutions):
            return ()
        return tuple(variable.value for variable in self._found.variables)

    def rows(self) -> Iterator[tuple[Term | None, ...]]:
        """
        The rows of a SELECT, one by one.

        Raises:
            QueryEvaluationError: If the engine fails at a row.
        """
        assert isinstance(self._found, QuerySolutions)
        try:
            for row in self._found:
                yield tuple(row)
        except (RuntimeError, OSError) as error:
            raise evaluation_error(error) from None

    def read(self, *, max_rows: int | None = None) -> Result:
        """
        The answer as a value; at most `max_rows` rows or triples, the cut marked in `complete`.

        Raises:
            QueryEvaluationError: If the engine fails at a later row.
        """
        found = self._found
        if isinstance(found, QueryBoolean):
            return Boolean(bool(found))
        rows: list[Any] = []
        complete = True
        try:
            for row in found:
                if len(rows) == max_rows:
                    complete = False
                    break
                rows.append(row)
        except (RuntimeError, OSError) as error:
            raise evaluation_error(error) from None
        if isinstance(found, QueryTriples):
            return Triples(tuple(rows), complete)
        return Table(self.columns, tuple(tuple(row) for row in rows), complete)

    def write(
        self,
        output: ByteSink,
        result_format: ResultFormat,
        *,
        max_rows: int | None = None,
        max_bytes: int | None = None,
    ) -> Written:
        """
        What was written to `output` by the library's serialiser.

        At a limit writing ends and `cut` says so: then the bytes are the beginning of a document, not a document
        (TSV and RDF formats end after a whole row).  Errors of `output.write` come through unchanged.

        Raises:
            QueryEvaluationError: If the format does not fit the kind of answer, or the engine fails at a later row.
        """
        found = self._found
        if isinstance(found, QueryTriples) != isinstance(result_format, RdfFormat):
            raise QueryEvaluationError(
                "{format} cannot hold an answer of kind {kind}", format=result_format.name, kind=self.kind
            )
        # A boolean has no rows, and in TSV no end of a line either.
        counter = None if isinstance(found, QueryBoolean) else _counter(result_format)
        is_xml = result_format in {QueryResultsFormat.XML, RdfFormat.RDF_XML}
        sink = _Limited(output, counter, max_rows, max_bytes, is_xml=is_xml)
        try:
            if isinstance(found, QueryTriples):
                counted = _Counted(found, max_rows)
                serialize(counted, cast("Any", sink), cast("RdfFormat", result_format))
                return Written(counted.rows, sink.bytes, "rows" if counted.cut else None)
            found.serialize(cast("Any", sink), cast("QueryResultsFormat", result_format))
        except _LimitReachedError:
            return Written(sink.rows, sink.bytes, sink.cut)
        except RuntimeError as error:
            raise evaluation_error(error) from None
        return Written(sink.rows, sink.bytes, None)


def read_table(tsv: bytes, *, complete: bool) -> Table:
    """
    The table whose SPARQL TSV is `tsv`; terms are exactly those that were written.

    Cells that are written alike are one object: rows repeat documents, bodies, years.
    """
    head, *lines = tsv.split(b"\n")
    if len(lines) < _FEW_ROWS or not head:
        solutions = _solutions(tsv)
        return Table(tuple(name.value for name in solutions.variables), tuple(map(tuple, solutions)), complete)
    # Tabs and line ends inside values are escaped (SPARQL 1.1 CSV/TSV, section 4).
    rows = [line.split(b"\t") for line in lines[:-1]]
    distinct = dict.fromkeys(chain.from_iterable(rows))
    distinct.pop(b"", None)
    read = _solutions(b"\n".join([b"?term", *distinct, b""]))
    terms: dict[bytes, Term | None] = {cell: row[0] for cell, row in zip(distinct, read, strict=True)}
    terms[b""] = None
    columns = tuple(name.value for name in _solutions(head + b"\n").variables)
    return Table(columns, tuple(tuple(map(terms.__getitem__, row)) for row in rows), complete)


def _solutions(tsv: bytes) -> QuerySolutions:
    solutions = parse_query_results(tsv, QueryResultsFormat.TSV)
    assert isinstance(solutions, QuerySolutions)
    return solutions


def read_triples(ntriples: bytes, *, complete: bool) -> Triples:
    return Triples(tuple(as_triple(quad) for quad in parse(ntriples, RdfFormat.N_TRIPLES)), complete)


def evaluation_error(error: Exception) -> QueryEvaluationError:
    """What the engine says of a query that it cannot evaluate, in words for people."""
    unknown = _UNKNOWN_FUNCTION.search(str(error))
    if unknown is not None:
        return UnknownFunctionError("There is no function {function} here", function=unknown[1])
    return QueryEvaluationError("The query could not be evaluated: {reason}", reason=error)


class _LimitReachedError(Exception):
    pass


class _Counted:
    """Hands on at most `limit` triples and counts them."""

    def __init__(self, triples: QueryTriples, limit: int | None) -> None:
        self._triples = triples
        self._limit = limit
        self.rows = 0
        self.cut = False

    def __iter__(self) -> Iterator[Triple]:
        for triple in self._triples:
            if self.rows == self._limit:
                self.cut = True
                return
            self.rows += 1
            yield triple


class _Limited:
    """Passes bytes on until a limit; rows of TSV are passed on whole."""

    def __init__(
        self,
        output: ByteSink,
        counter: _RowCounter | None,
        max_rows: int | None,
        max_bytes: int | None,
        *,
        is_xml: bool,
    ) -> None:
        self._output, self._is_xml = output, is_xml
        self._counter = counter
        self._max_rows = max_rows
        self._max_bytes = max_bytes
        self._unfinished = b""
        self.bytes = 0
        self.cut: Cut | None = None

    @property
    def rows(self) -> int | None:
        # An answer that was cut in its head, with which the rows of CSV and TSV begin to count, has none.
        return max(self._counter.rows, 0) if self._counter else None

    def write(self, data: bytes) -> int:
        if self.cut is not None:  # The serialiser flushes once more after an error.
            return len(data)
        passed = bytes(data)
        if self._is_xml:
            check_xml(passed)
        if isinstance(self._counter, _TsvRows):
            passed = self._whole_rows(self._unfinished + passed)
        elif self._counter is not None:
            self._counter.feed(passed)
            if self._max_rows is not None and self._counter.rows > self._max_rows:
                self.cut = "rows"
                raise _LimitReachedError
        if self._max_bytes is not None and self.bytes + len(passed) > self._max_bytes:
            self.cut = "bytes"
            passed = passed[: self._max_bytes - self.bytes]
        self.bytes += len(passed)
        self._output.write(passed)
        if self.cut is not None:
            raise _LimitReachedError
        return len(data)

    def flush(self) -> None:
        """Asked for by the serialiser; the output is flushed by its owner."""

    def _whole_rows(self, data: bytes) -> bytes:
        """The rows of TSV in `data` that are whole and within the limits; what is unfinished waits for more."""
        assert isinstance(self._counter, _TsvRows)
        end = data.rfind(b"\n") + 1
        if self._max_bytes is not None and self.bytes + end > self._max_bytes:
            end = data.rfind(b"\n", 0, self._max_bytes - self.bytes) + 1
            self.cut = "bytes"
        rows, self._unfinished = data[:end], data[end:]
        self._counter.feed(rows)
        surplus = self._counter.rows - self._max_rows if self._max_rows is not None else 0
        if surplus > 0:
            rows = b"".join(row + b"\n" for row in rows.split(b"\n")[: -surplus - 1])
            self._counter.rows -= surplus
            self.cut = "rows"
        return rows


def check_xml(data: bytes) -> None:
    """
    Nothing, if XML 1.0 can hold these bytes (section 2.2); the serialiser writes others too.

    Raises:
        QueryEvaluationError: If there are control characters among them.
    """
    if len(data.translate(None, _NOT_IN_XML)) != len(data):
        found = next(byte for byte in data if byte in _NOT_IN_XML)
        raise QueryEvaluationError(
            "XML cannot hold the character U+{code} of this answer; ask for JSON, CSV or Turtle", code=f"{found:04X}"
        )


class _RowCounter(Protocol):
    rows: int

    def feed(self, data: bytes) -> None: ...


class _TsvRows:
    """TSV escapes line ends inside values (SPARQL 1.1 CSV/TSV, section 4), so each line after the head is a row."""

    def __init__(self) -> None:
        self.rows = -1

    def feed(self, data: bytes) -> None:
        self.rows += data.count(b"\n")


class _Unquoted:
    """What of a text in chunks stands outside of quotation marks; `escaped` are pairs that do not end a quotation."""

    def __init__(self, *escaped: bytes) -> None:
        self._escaped = escaped
        self._inside = 0

    def rest(self, data: bytes) -> bytes:
        # Most texts hold none, which is seen faster than each pair is looked for.
        if self._escaped and b"\\" in data:
            for pair in self._escaped:
                data = data.replace(pair, b"")
        pieces = data.split(b'"')
        outside = b"".join(pieces[self._inside :: 2])
        self._inside ^= (len(pieces) - 1) & 1
        return outside


class _CsvRows:
    """RFC 4180: a line end inside quotes belongs to a value; a doubled quote keeps the parity."""

    def __init__(self) -> None:
        self.rows = -1
        self._unquoted = _Unquoted()

    def feed(self, data: bytes) -> None:
        self.rows += self._unquoted.rest(data).count(b"\n")


class _JsonRows:
    """Outside strings, an object that follows `[` or `},` is a binding; all other objects follow a colon."""

    def __init__(self) -> None:
        self.rows = 0
        self._unquoted = _Unquoted(b"\\\\", b'\\"')
        self._escape = b""
        self._last = b""

    def feed(self, data: bytes) -> None:
        data = self._escape + data
        # A backslash waits for what it escapes.
        is_open = (len(data) - len(data.rstrip(b"\\"))) % 2 == 1
        self._escape, data = (data[-1:], data[:-1]) if is_open else (b"", data)
        plain = self._last + self._unquoted.rest(data)
        self.rows += plain.count(b"[{") + plain.count(b"},{")
        # Two bytes are kept for what the next chunk completes; a pair counted now must not stay whole.
        self._last = plain[-2:] if plain[-2:] == b"}," else plain[-1:]


class _XmlRows:
    """`<` in a value is escaped, so the tag stands for itself."""

    _TAG: Final = b"<result>"

    def __init__(self) -> None:
        self.rows = 0
        self._last = b""

    def feed(self, data: bytes) -> None:
        text = self._last + data
        self.rows += text.count(self._TAG)
        self._last = text[-(len(self._TAG) - 1) :]


def _counter(result_format: ResultFormat) -> _RowCounter | None:
    if result_format == QueryResultsFormat.TSV:
        return _TsvRows()
    if result_format == QueryResultsFormat.CSV:
        return _CsvRows()
    if result_format == QueryResultsFormat.JSON:
        return _JsonRows()
    if result_format == QueryResultsFormat.XML:
        return _XmlRows()
    return None
