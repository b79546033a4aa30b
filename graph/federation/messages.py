"""
What the process of a query and the server tell each other about services.

The process asks (`s`: IRI of the service, query), the server answers (`a`: a line of JSON, then the bytes that the
service sent, or an error in the line), the process tells whether these were an answer (`r`: its rows, or null).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graph import errors
from graph.errors import ServiceError
from graph.federation.joining import Bounds, Joiner, check_syntax
from graph.federation.patterns import find_services
from graph.federation.services import Answer, Service
from graph.guard import check_query, may_ask_services
from graph.results import Answer as Evaluated
from graph.tokens import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.federation.gateway import Asking
    from graph.federation.joining import Functions, Row
    from graph.guard import Dataset
    from graph.snapshots import Snapshot

Frame = tuple[bytes, bytes]


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """The values of an error as they travel."""
    return {name: value if isinstance(value, int | float) else str(value) for name, value in values.items()}


def answer_frame(asking: Asking | None, kind: bytes, message: dict[str, Any]) -> bytes | None:
    """What the server sends back to a frame `s`; None to a frame `r`."""
    if asking is None:
        return _refusal(ServiceError("Queries may ask no services here"))
    if kind == b"r":
        asking.read(message["service"], message["rows"])
        return None
    try:
        answer = asking.ask(message["service"], message["query"])
    except ServiceError as error:
        return _refusal(error)
    return json.dumps({"type": answer.media_type}).encode() + b"\n" + answer.body


def _refusal(error: ServiceError) -> bytes:
    told = {"error": type(error).__name__, "template": error.template, "values": plain(error.values)}
    return json.dumps(told).encode() + b"\n"


class FederatedQuery:
    """One request of the server to the process, with all services that it asks."""

    def __init__(
        self, request: dict[str, Any], send: Callable[[bytes, bytes], None], receive: Callable[[], bytes]
    ) -> None:
        self._request = request
        self._send = send
        self._receive = receive

    def answer(self, snapshot: Snapshot, dataset: Dataset | None) -> tuple[Evaluated, list[dict[str, Any]]]:
        """
        The answer on these data, and what became of services that failed under SILENT.

        Raises:
            QueryError: As in `Snapshot.answer`; a service failed.
        """
        request = self._request
        text, prefixes, edits, spans = request["text"], request["prefixes"], request["edits"], request["spans"]
        services = {iri: Service(*told) for iri, told in request["services"].items()}
        if not services:
            # The process that asked has looked; to let nobody be asked is worth a second look where anybody could be.
            if may_ask_services(text):
                check_query(text, prefixes=prefixes)
            return snapshot.answer_checked(text, prefixes=prefixes, dataset=dataset, edits=edits, spans=spans), []
        clauses = find_services(text, prefixes)
        check_syntax(text, clauses, prefixes, edits)

        def rows(query: str, functions: Functions) -> Iterator[Row]:
            evaluated = snapshot.evaluated(query, prefixes=prefixes, dataset=dataset, functions=functions)
            return evaluated.rows()

        joiner = Joiner(
            text, prefixes, edits, data=rows, services=self, services_by=services, bounds=Bounds(**request["bounds"])
        )
        joined = joiner.join(clauses)
        answer = snapshot.answer_checked(
            text,
            prefixes=prefixes,
            dataset=dataset,
            edits=[*edits, *joined.edits],
            spans=spans,
            functions=joined.functions,
        )
        failures = []
        for offset, template, values in joined.failures:
            line, column = place(text, offset)
            failures.append({"template": template, "values": plain(values), "line": line, "column": column})
        return answer, failures

    def ask(self, iri: str, query: str) -> Answer:
        self._send(b"s", json.dumps({"service": iri, "query": query}).encode())
        line, _, body = self._receive().partition(b"\n")
        head = json.loads(line)
        if "error" in head:
            # Kept by no name here: the error would hold on to this frame, and so to the engine's rows, in a circle.
            raise getattr(errors, head["error"])(head["template"], **head["values"])
        return Answer(head["type"], body)

    def read(self, iri: str, rows: int | None) -> None:
        self._send(b"r", json.dumps({"service": iri, "rows": rows}).encode())
