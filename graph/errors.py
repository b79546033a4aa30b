"""
What goes wrong in the graph, in words for people.

Every message is a template with named values, so that `api` can translate the template and fill in the values.
"""

from __future__ import annotations


class GraphError(Exception):
    """`str(error)` is the English message; `template` and `values` are what it was made of."""

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values


class DataFolderError(GraphError):
    """The data folder is not ours, is of another format, or was damaged from outside."""


class NothingLoadedError(GraphError):
    """The data folder has no version yet."""


class VersionGoneError(GraphError):
    """The data version was deleted, because newer ones took its place."""


class StoreBusyError(GraphError):
    """Another process or thread is writing."""


class StoreClosedError(GraphError):
    """The store, snapshot or worker pool was closed."""


class CommitError(GraphError):
    """A change contradicts itself; nothing was written."""


class NoSuchGraphError(GraphError):
    """The named graph does not exist."""


class RdfSyntaxError(GraphError):
    """Not RDF in the format it was said to be.  `line` and `column` count from 1."""

    def __init__(self, template: str, /, *, line: int, column: int, **values: object) -> None:
        super().__init__(template, line=line, column=column, **values)
        self.line = line
        self.column = column


class UpdateError(GraphError):
    """A change from outside that did not happen; nothing was written."""


class UpdateRefusedError(UpdateError):
    """A change that is not made here: of the store's own graphs, of the derived default graph, or of too much."""


class DataTooLargeError(UpdateError):
    """More bytes were sent in than are read at once."""


class UpdateEvaluationError(UpdateError):
    """The engine could not carry out a well-formed update: a graph that exists already, a source that fails."""


class UpdateTimeoutError(UpdateError):
    """The time limit passed; the update was ended."""


class UpdateMemoryError(UpdateError):
    """The memory limit was reached; the update was ended."""


class DiskFullError(UpdateError):
    """The disk has no room for the change."""


class ArchiveError(GraphError):
    """A backup that cannot be written, or a file that is none."""


class TermError(GraphError):
    """A text that is no RDF term of the wanted type."""


class QueryError(GraphError):
    """A query that gives no answer."""


class QuerySyntaxError(QueryError):
    """Not SPARQL.  `line` and `column` count from 1."""

    def __init__(self, template: str, /, *, line: int, column: int, **values: object) -> None:
        super().__init__(template, line=line, column=column, **values)
        self.line = line
        self.column = column


class QueryRefusedError(QueryError):
    """SPARQL that is not evaluated here.  `line` and `column` count from 1."""

    def __init__(self, template: str, /, *, line: int, column: int, **values: object) -> None:
        super().__init__(template, line=line, column=column, **values)
        self.line = line
        self.column = column


class SearchClauseError(QueryRefusedError):
    """A search clause that stands where it cannot be answered."""


class QueryEvaluationError(QueryError):
    """The engine could not evaluate a well-formed query: an unknown function, a variable without a value."""


class UnknownFunctionError(QueryEvaluationError):
    """The query calls a function that the engine does not have."""


class QueryTimeoutError(QueryError):
    """The time limit passed; the evaluation was ended."""


class ReaderTooSlowError(QueryTimeoutError):
    """Nobody took the answer for too long; the evaluation was ended."""


class QueryCancelledError(QueryError):
    """Somebody stopped the query."""


class QueryMemoryError(QueryError):
    """The memory limit was reached; the evaluation was ended."""


class ResultTooLargeError(QueryError):
    """The answer has more rows or bytes than allowed."""


class PoolBusyError(QueryError):
    """No worker became free in time, or too many queries wait."""


class ServiceError(QueryError):
    """A service that SERVICE asks gave no answer that can be used."""


class ServiceTimeoutError(ServiceError):
    """A service took too long."""


class ServiceAddressError(ServiceError):
    """A service stands where none may be asked: on this machine, in a private network, at no address."""


class ServiceTooLargeError(ServiceError):
    """A service gave more, or would have to be asked more often, than is allowed."""


class WorkerError(QueryError):
    """A worker process ended for no reason of the query's."""


class RemoteEngineError(GraphError):
    """The SPARQL engine named by the settings does not answer, or not as one."""
