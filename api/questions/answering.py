"""
Questions of the catalogue, answered for requests: kept answers at once, others within the limits of whoever asks.

Pages and REST resources share the kept answers, and like queries from outside they are evaluated by the query
processes, so no question can hold up the service.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from api.access.rights import identity_of, limits_of
from api.knowledge import Choice
from api.operation.result_cache import CachedAnswer, CacheKey
from api.problems import TOLD, graph_problem
from api.questions.answers import QuestionAnswer
from api.site import cache_of, own_workers_of, site_of
from graph.results import read_table
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request

    from api.access.identity import Identity
    from api.knowledge import Knowledge
    from api.operation.running import RunningQuery
    from queries.catalogue import Parameter, Question

_TABLE: Final = "tsv"
_CHOICES: Final = "choices"
# A longer list would be a large part of the page; its values are looked up while one types.
_LISTED_BYTES: Final = 8_000


def listed_question(request: Request, knowledge: Knowledge) -> Question:
    """The question that the path of the request names; 404 for what is none of the gallery."""
    try:
        question = knowledge.catalogue[request.path_params["question"]]
    except UnknownQuestionError:
        raise HTTPException(404) from None
    if not question.listed:
        raise HTTPException(404)
    return question


def answered(
    request: Request,
    knowledge: Knowledge,
    question: Question,
    values: Mapping[str, str],
    language: str,
    *,
    query: RunningQuery,
) -> QuestionAnswer:
    """
    The whole answer to a question; `query` is its entry among the running ones.

    Raises:
        ParameterError: A value that the question does not take, or that names nothing in the data.
        ProblemError: The question met a limit, or no process was free.
    """
    identity = identity_of(request)
    prepared = knowledge.prepare(question, values, language)
    kept = cache_of(request).get(_key(knowledge.version, identity, prepared.sparql))
    if kept is not None:
        table = read_table(kept.content, complete=True)
        query.ended("cached", rows=len(table.rows), size=len(kept.content), version=knowledge.version)
        return QuestionAnswer(question, prepared.parameters, table, knowledge.version)
    try:
        with own_workers_of(request).evaluate(
            prepared.sparql, limits=limits_of(request, identity), begun=query.started
        ) as evaluation:
            content, version = b"".join(evaluation.chunks()), evaluation.version
    except TOLD as error:
        raise graph_problem(error, site_of(request).pages.language(request)) from None
    cache_of(request).put(_key(version, identity, prepared.sparql), CachedAnswer(content))
    return QuestionAnswer(question, prepared.parameters, read_table(content, complete=True), version)


def choices_of(request: Request, knowledge: Knowledge, parameter: Parameter, language: str) -> list[Choice]:
    """The values of a parameter to choose from (see `Knowledge.choices`), read once for each data version."""
    if not parameter.choices:
        return knowledge.choices(parameter, language)
    listed = parameter.name, parameter.choices, parameter.prefix, parameter.scheme
    key = CacheKey(knowledge.version, identity_of(request).rights, _CHOICES, "json", language, inputs=listed)
    kept = cache_of(request).get(key)
    if kept is not None:
        return [Choice(**choice) for choice in json.loads(kept.content)]
    choices = knowledge.choices(parameter, language)
    cache_of(request).put(key, CachedAnswer(json.dumps([asdict(choice) for choice in choices]).encode()))
    return choices


def is_long_list(labels: Iterable[str]) -> bool:
    """Whether a list of values is too long to stand in a page."""
    return sum(len(label.encode()) for label in labels) > _LISTED_BYTES


def _key(version: int, identity: Identity, sparql: str) -> CacheKey:
    return CacheKey(version, identity.rights, sparql, _TABLE)
