"""Requests made from the OpenAPI description: no answer that it does not foresee, no 5xx but those it states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.importing.loading import open_loader
from api.settings import read_settings
from tests.api.conftest import listening

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
Call: TypeAlias = Case[Any]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUERIES = [
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3",
    "DESCRIBE <urn:x:вещь>",
    "SELECT ?x { VALUES ?x { 1 'два' UNDEF } }",
    "SELECT * { GRAPH ?g {} }",
    "SELECT * {",
    "SELECT * { SERVICE <http://127.0.0.1:1/> {} }",
    "DROP ALL",
    "INSERT DATA { <urn:x:a> <urn:x:б> 1 }",
    "DELETE WHERE { ?s ?p ?o }",
]
BODIES = ["", "<urn:x:a> <urn:x:b> <urn:x:c> .", "<a> <б> 'в' .", "{}", "[]", "<rdf>", "\ufeff", "\x00"]


@pytest.fixture(scope="module")
def reading(examples_folder: Path) -> Iterator[BaseSchema]:
    app = create_app(read_settings(data=examples_folder, workers=1, budget_seconds=0, budget_errors=0))
    with listening(app) as port:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/openapi.json")


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    values = read_settings(
        data=tmp_path_factory.mktemp("written") / "data",
        dataset="plain",
        anonymous_update=True,
        workers=1,
        budget_seconds=0,
        budget_errors=0,
    )
    with open_loader(values) as loader, listening(create_app(values, loader=loader)) as port:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/openapi.json")


def validate(operation: Operation, *, examples: int) -> None:
    """Call the operation with values made from its description, some of them replaced by telling ones."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(operation.as_strategy(), st.sampled_from([None, *QUERIES]), st.sampled_from([None, *BODIES]))
    def check(case: Call, text: str | None, body: str | None) -> None:
        if text is not None and operation.path == "/sparql" and operation.method == "get":
            case.query = {**(case.query or {}), "query": text}
        elif text is not None and isinstance(case.body, str) and operation.path in {"/sparql", "/update"}:
            case.body = text
        elif body is not None and isinstance(case.body, str):
            case.body = body
        case.call_and_validate(checks=CHECKS)

    check()


def operations(schema: BaseSchema, *paths: str) -> list[Operation]:
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return [operation for operation in found if not paths or operation.path in paths]


def test_questions_answer_as_described(reading: BaseSchema) -> None:
    asked = [operation for operation in operations(reading) if operation.path.startswith("/api/")]
    assert len(asked) > 30
    for operation in asked:
        validate(operation, examples=4)


@pytest.mark.parametrize("path", ["/sparql", "/update", "/graphs", "/graphs/{name}", "/.well-known/void"])
def test_protocols_answer_as_described(reading: BaseSchema, writing: BaseSchema, path: str) -> None:
    for schema, examples in ((reading, 10), (writing, 15)):
        described = operations(schema, path)
        assert described
        for operation in described:
            validate(operation, examples=examples)
