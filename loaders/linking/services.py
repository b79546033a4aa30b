"""
Reconciliation services of others asked for candidates: W3C Entity Reconciliation API 0.2 and 1.0-draft, as a client.

Every address is checked at every hop and every answer has a time and a size limit (`graph.federation.transport`); what
does not fit the messages of the API is one sentence, and nothing of it is taken.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pyoxigraph import NamedNode

from graph.errors import ServiceError
from graph.federation.services import Service
from graph.federation.transport import Call, Message
from loaders.linking.proposals import Proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.federation.services import Answer

Version = Literal["0.2", "1.0-draft"]
_JSON: Final = "application/json"
# Some services call what they send a script or a text.
_ACCEPTED: Final = frozenset({_JSON, "application/ld+json", "text/json", "text/javascript", "application/javascript"})
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingLimits:
    """
    What asking a service may cost: seconds and bytes of one answer, names of one batch, seconds between two batches.

    A service that wants to be left alone is asked again `tries` times, if it wants no more than `patience` seconds.
    """

    seconds: float = 60.0
    bytes: int = 8 * 1024**2
    batch: int = 25
    pause: float = 1.0
    tries: int = 3
    patience: int = 120


class _View(BaseModel):
    url: str = Field(max_length=_LONGEST)


class Manifest(BaseModel):
    """What a service says of itself, as far as a client for candidates needs it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    versions: list[str] = Field(max_length=20)
    name: str = Field(min_length=1, max_length=200)
    identifierSpace: Annotated[str | None, Field(max_length=_LONGEST)] = None  # noqa: N815  (names of the API)
    view: _View | None = None
    batchSize: Annotated[int | None, Field(ge=1)] = None  # noqa: N815

    @property
    def version(self) -> Version | None:
        """The version to be spoken with it; None if it knows neither."""
        if "0.2" in self.versions:
            return "0.2"
        return "1.0-draft" if any(one.startswith("1.0") for one in self.versions) else None


class _Type(BaseModel):
    id: str = Field(max_length=_LONGEST)
    name: str = Field("", max_length=1000)


class _Candidate(BaseModel):
    id: str = Field(min_length=1, max_length=_LONGEST)
    name: str = Field(max_length=1000)
    description: str | None = Field(None, max_length=20_000)
    type: list[_Type | str] = Field(default_factory=list, max_length=100)
    score: float | None = None
    match: bool = False


class _Result(BaseModel):
    result: list[_Candidate] = Field(max_length=1000)


class _Candidates(BaseModel):
    candidates: list[_Candidate] = Field(max_length=1000)


class _Batch(BaseModel):
    results: list[_Candidates]


_RESULTS: Final = TypeAdapter(dict[str, _Result])


class ReconciliationClient:
    """One service, asked politely: one batch after the other."""

    def __init__(
        self,
        address: str,
        *,
        local: bool = False,
        limits: AskingLimits | None = None,
        agent: str = "Vekha",
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            parts = urlsplit(address)
            is_one = parts.scheme in {"http", "https"} and parts.hostname and not parts.username and not parts.fragment
        except ValueError:
            is_one = False
        if not is_one:
            raise ServiceError(
                "«{address}» is no address of a service: one begins with http:// or https:// and names no user",
                address=address[:300],
            )
        self.address = address.rstrip("/")
        self._service = Service(parts.netloc, self.address, local)
        self._limits = limits or AskingLimits()
        self._agent = agent
        self._wait = wait

    def manifest(self) -> Manifest:
        """
        What the service says of itself.

        Raises:
            ServiceError: It cannot be asked, or is no reconciliation service of a version that is spoken here.
        """
        try:
            found = Manifest.model_validate(self._json(self._asked(Message(_JSON, _ACCEPTED, language="ru"))))
        except ValidationError as error:
            raise self._misfit(error) from None
        if found.version is None:
            raise ServiceError(
                "The service «{service}» speaks the versions {versions} of the API; 0.2 or 1.0 is needed",
                service=self._service.name,
                versions=", ".join(found.versions)[:300] or "?",
            )
        return found

    def candidates(
        self,
        manifest: Manifest,
        names: Sequence[str],
        *,
        kind: str = "",
        limit: int = 5,
        tell: Callable[[int], None] = lambda _: None,
    ) -> list[list[Proposal]]:
        """
        What the service proposes for each name, in their order; `tell` hears how many were answered.

        Raises:
            ServiceError: It did not answer all of them as the API says.
        """
        size = min(self._limits.batch, manifest.batchSize or self._limits.batch)
        found: list[list[Proposal]] = []
        for start in range(0, len(names), size):
            if start:
                self._wait(self._limits.pause)
            batch = names[start : start + size]
            ask = self._ask_draft if manifest.version == "1.0-draft" else self._ask_final
            try:
                answered = ask(batch, kind, limit)
            except ValidationError as error:
                raise self._misfit(error) from None
            found += [[self._proposal(one, manifest) for one in each[:limit]] for each in answered]
            tell(len(found))
        return found

    def _ask_final(self, names: Sequence[str], kind: str, limit: int) -> list[list[_Candidate]]:
        queries = {
            f"q{at}": {"query": name, "limit": limit, **({"type": kind} if kind else {})}
            for at, name in enumerate(names)
        }
        body = urlencode({"queries": json.dumps(queries, ensure_ascii=False)}).encode("ascii")
        answer = _RESULTS.validate_python(self._json(self._asked(Message(_JSON, _ACCEPTED, body, language="ru"))))
        if not queries.keys() <= answer.keys():
            raise self._incomplete()
        return [answer[name].result for name in queries]

    def _ask_draft(self, names: Sequence[str], kind: str, limit: int) -> list[list[_Candidate]]:
        queries = [
            {
                **({"type": kind} if kind else {}),
                "limit": limit,
                "conditions": [{"matchType": "name", "propertyValue": name}],
            }
            for name in names
        ]
        body = json.dumps({"queries": queries}, ensure_ascii=False).encode()
        message = Message(_JSON, _ACCEPTED, body, media_type=_JSON, language="ru")
        answer = _Batch.model_validate(self._json(self._asked(message, "/match")))
        if len(answer.results) != len(queries):
            raise self._incomplete()
        return [one.candidates for one in answer.results]

    def _asked(self, message: Message, path: str = "") -> Answer:
        """The answer, also of a service that first wants to be left alone for a while."""
        limits = self._limits
        service = replace(self._service, address=self.address + path)
        for left in range(limits.tries, -1, -1):
            try:
                return Call(service, seconds=limits.seconds, size=limits.bytes, agent=self._agent).send(message)
            except ServiceError as error:
                wait = error.values.get("wait")
                if not isinstance(wait, int) or wait > limits.patience or not left:
                    raise
                self._wait(float(wait))
        raise AssertionError

    def _json(self, answer: Answer) -> Any:  # noqa: ANN401  (JSON of others)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise ServiceError(
                "The service «{service}» sent what is no JSON; nothing of it was taken", service=self._service.name
            ) from None

    def _proposal(self, one: _Candidate, manifest: Manifest) -> Proposal:
        page = _expanded(manifest.view.url, one.id) if manifest.view else None
        record = (
            one.id
            if one.id.startswith(("http://", "https://"))
            else manifest.identifierSpace + quote(one.id, safe="")
            if manifest.identifierSpace
            else page or ""
        )
        try:
            NamedNode(record)
        except ValueError:
            record = ""
        if urlsplit(record).scheme not in {"http", "https"}:
            raise ServiceError(
                "The service «{service}» gives entries whose ids are no addresses («{id}»); nothing of it was taken",
                service=self._service.name,
                id=one.id[:100],
            )
        return Proposal(
            record=record,
            name=one.name,
            description=one.description or "",
            types=[each if isinstance(each, str) else each.name or each.id for each in one.type],
            score=one.score if one.score is not None and math.isfinite(one.score) else None,
            sure=one.match,
            page=page if page and urlsplit(page).scheme in {"http", "https"} else None,
        )

    def _misfit(self, error: ValidationError) -> ServiceError:
        first = error.errors()[0]
        return ServiceError(
            "The service «{service}» answers otherwise than the API says (at {place}: {problem}); nothing was taken",
            service=self._service.name,
            place=".".join(map(str, first["loc"]))[:200] or "/",
            problem=first["msg"][:200],
        )

    def _incomplete(self) -> ServiceError:
        return ServiceError(
            "The service «{service}» left names without an answer; nothing was taken", service=self._service.name
        )


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _expanded(template: str, identifier: str) -> str:
    """An address of the manifest with the id in it, by either version's rule."""
    written = quote(identifier, safe="")
    return template.replace("{{id}}", written).replace("{id}", written)
