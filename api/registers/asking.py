"""A reconciliation service of others asked for candidates of everything that is linked; nothing is accepted unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version as distribution_version
from typing import TYPE_CHECKING, Any, Literal

from pyoxigraph import NamedNode

from api.installation import Installation
from api.reconciliation.entities import Entities
from api.registers.queue import linkable, register_of
from graph.folder import DataFolder
from loaders.linking.decisions import Decisions
from loaders.linking.proposals import Answered, Proposals, ServiceProposals, oldest_allowed
from loaders.linking.services import ReconciliationClient, now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.importing.loading import Event
    from api.knowledge import Knowledge
    from api.settings import Settings

Of = Literal["all", "body", "territory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest:
    """
    What `vekha link --service` asks for.

    `kind` is a type of the service, `of` whether bodies or territories are asked for; answers older than `days` are
    asked for again.  `local` allows addresses of this machine and of private networks.
    """

    address: str
    kind: str = ""
    limit: int = 5
    of: Of = "all"
    days: float = 30.0
    local: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class ServiceReport:
    """
    What a service said: how many things it was `asked` for now, how many answers were kept from before.

    `found` are the things with the first candidate of each and how many there are; `without` have none.
    """

    service: str = ""
    asked: int = 0
    kept: int = 0
    without: int = 0
    found: list[dict[str, Any]] = field(default_factory=list)


def ask_service(
    settings: Settings, request: ServiceRequest, client: ReconciliationClient, tell: Callable[[Event], None]
) -> ServiceReport:
    """
    What came of asking; the answers are kept as a whole, or not at all if one of them is missing.

    Raises:
        NothingLoadedError: There is nothing to ask for.
        ServiceError: The service did not answer as it should.
    """
    knowledge = Installation.of(settings).newest()
    entities = Entities(knowledge)
    decisions = Decisions.read(knowledge.snapshot)
    things = [
        thing
        for thing, *_ in linkable(knowledge, entities)
        if request.of in {"all", entities.entities[thing.value].type} and not _is_put_away(decisions, thing)
    ]
    names = {thing.value: entities.entities[thing.value].name() for thing in things}
    files = Proposals(DataFolder(settings.data))
    known = files.of(client.address) or ServiceProposals(address=client.address, name="")
    at = now()
    oldest = oldest_allowed(at, request.days)
    due = [
        thing
        for thing, name in names.items()
        if known.fresh(thing, name=name, kind=request.kind, limit=request.limit, oldest=oldest) is None
    ]
    if not due:
        return _report(known, names, asked=0)
    manifest = client.manifest()
    answers = client.candidates(
        manifest,
        [names[thing] for thing in due],
        kind=request.kind,
        limit=request.limit,
        tell=lambda done: tell({"stage": "ask", "file": manifest.name, "done": done, "total": len(due)}),
    )
    answered = ServiceProposals(address=client.address, name=manifest.name, answers=dict(known.answers))
    for thing, found in zip(due, answers, strict=True):
        others = [one for one in found if not _is_ours(knowledge, entities, one.record)]
        answered.answers[thing] = Answered(
            name=names[thing], kind=request.kind, limit=request.limit, at=at, found=others
        )
    if not request.dry_run:
        files.write(answered)
    return _report(answered, names, asked=len(due))


def _report(answered: ServiceProposals, names: Mapping[str, str], *, asked: int) -> ServiceReport:
    report = ServiceReport(service=answered.name, asked=asked, kept=len(names) - asked)
    for thing, name in names.items():
        found = answered.answers[thing].found
        if found:
            first = found[0]
            told = {"entry": first.name, "record": first.record, "score": first.score, "count": len(found)}
            report.found.append({"thing": thing, "name": name, **told})
        else:
            report.without += 1
    return report


def _is_ours(knowledge: Knowledge, entities: Entities, record: str) -> bool:
    """Whether another Vekha gives a thing of our own data, which is no entry of a register."""
    return entities.get(record) is not None and not register_of(knowledge.iris, NamedNode(record))


def client_of(request: ServiceRequest) -> ReconciliationClient:
    """
    The client for the service of a request.

    Raises:
        ServiceError: Its address is none.
    """
    agent = f"Vekha/{distribution_version('vekha')} (+https://w3id.org/vekha/)"
    return ReconciliationClient(request.address, local=request.local, agent=agent)


def _is_put_away(decisions: Decisions, thing: NamedNode) -> bool:
    settled = decisions.settled(thing)
    return settled is not None and settled.state in {"not-an-entity", "deferred"}
