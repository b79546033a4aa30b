"""
Links that need no person: what the program may accept, written as its own decisions, and everything else counted.

What a person ever decided on, or undid, is never decided by the program again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version as distribution_version
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict
from starlette.routing import Route

from api.access.audit import Author
from api.access.rights import identity_of
from api.importing.loading import hand_over, open_loader
from api.importing.loads import body_of_editor, told
from api.installation import Installation
from api.language import read_language
from api.reconciliation.entities import Entities, ReconciledVersions
from api.registers.queue import acceptable, current_edition, each_name, linkable, register_of, seen_of
from api.site import held, site_of
from api.writing import asked_in
from graph.folder import DataFolder
from graph.serving import running_server
from loaders.linking.decisions import LINKING, Decision, Decisions, decide
from loaders.registries.editions import loaded_editions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import StreamingResponse

    from api.importing.loading import Event, Loader, Report
    from api.knowledge import Knowledge
    from api.language import Language
    from api.settings import Settings
    from graph.matching.acceptance import Acceptance

LINKS_PATH: Final = "/api/links"
# How the rules are called, as messages to be translated.
RULES: Final[Mapping[str, str]] = {"same-number": "the same number", "name-and-region": "name and region"}


class LinkRequest(BaseModel):
    """What `vekha link` asks for; with `dry_run` nothing is written."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """A link that the program made or would make; things and entries by their IRIs and names."""

    thing: str
    name: str
    record: str
    entry: str
    register: str
    rule: str
    score: float
    lead: float
    reason: str


@dataclass(slots=True)
class LinkReport:
    """
    What came of a run over the whole queue: links accepted now, and how many things stand how afterwards.

    `queued` have candidates and wait for a person, `without` have none, `decided` were settled by people, `linked` by
    the program before this run.
    """

    accepted: list[Accepted] = field(default_factory=list)
    queued: int = 0
    without: int = 0
    decided: int = 0
    linked: int = 0
    registers: int = 0
    dry_run: bool = False
    version: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def link(
    settings: Settings, request: LinkRequest, tell: Callable[[Event], None], *, language: str | None = None
) -> Report:
    """
    What came of linking, by the running server if there is one, else here: `LinkReport` as JSON.

    Raises:
        NothingLoadedError: There is nothing to link.
        GraphError: The store cannot be written.
        HandOverError: The running server refused or broke off.
    """
    server = running_server(DataFolder(settings.data))
    if server is not None:
        return hand_over(server, request.model_dump(mode="json"), tell, language, path=LINKS_PATH)
    installation = Installation.of(settings)
    installation.newest()
    with open_loader(settings) as loader:
        return link_here(loader, installation, ReconciledVersions(), tell, dry_run=request.dry_run).to_json()


def link_here(
    loader: Loader,
    installation: Installation,
    versions: ReconciledVersions,
    tell: Callable[[Event], None],
    *,
    dry_run: bool = False,
    author: Author | None = None,
) -> LinkReport:
    """See `link`; `author` is whom the audit log names as who started it."""
    with loader.turn() as store:
        knowledge = installation.newest()
        entities = versions.of(knowledge)
        report, made = _decided(knowledge, entities, tell)
        report.dry_run, report.version = dry_run, store.version
        if made and not dry_run:
            with loader.audited("link", author) as detail:
                report.version = decide(store, knowledge.iris, made)
                detail |= {"by": program(), "accepted": len(made)}
    return report


def program() -> str:
    """The name under which the program decides."""
    return f"Веха {distribution_version('vekha')}"


async def make_links(request: Request) -> StreamingResponse:
    """One JSON object on a line for each step; the last one holds `report` or `problem`."""
    loader, body = await body_of_editor(request)
    asked = asked_in(body or b"{}", LinkRequest)
    author, installation = Author.of(identity_of(request)), site_of(request).installation
    versions = held(request, "reconciled", ReconciledVersions)

    def work(tell: Callable[[Event], None]) -> Report:
        return link_here(loader, installation, versions, tell, dry_run=asked.dry_run, author=author).to_json()

    return told(request, work)


def _decided(
    knowledge: Knowledge, entities: Entities, tell: Callable[[Event], None]
) -> tuple[LinkReport, list[Decision]]:
    decisions = Decisions.read(knowledge.snapshot)
    editions = loaded_editions(knowledge.snapshot)
    language, now = read_language("ru"), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    report, made = LinkReport(registers=sum(one.current for one in editions)), []
    things = list(linkable(knowledge, entities))
    for at, (thing, *_) in enumerate(things):
        tell({"stage": "match", "file": entities.entities[thing.value].name(), "done": at, "total": len(things)})
        settled = decisions.settled(thing)
        links = [one for one in decisions.of(thing) if one.state in LINKING and one.record is not None]
        # Who linked it to another service said nothing of our registers.
        by_person = any(not one.by_software and register_of(knowledge.iris, one.record) for one in links if one.record)
        if by_person or (settled is not None and settled.state not in LINKING):
            report.decided += 1
            continue
        held = {register_of(knowledge.iris, one.record) for one in decisions.of(thing) if one.record is not None}
        found = [
            (register, one)
            for register, one in acceptable(entities, knowledge.iris, thing)
            if not decisions.spoken_of(thing, one.candidate.record.iri) and register not in held
        ]
        for register, one in found:
            record = one.candidate.record
            accepted = Accepted(
                thing=thing.value,
                name=entities.entities[thing.value].name(),
                record=record.iri.value,
                entry=record.name,
                register=register,
                rule=one.rule,
                score=round(one.candidate.score, 3),
                lead=round(one.lead, 3),
                reason=_reason(one, language),
            )
            report.accepted.append(accepted)
            made.append(
                Decision(
                    thing=thing,
                    record=record.iri,
                    state="exactMatch",
                    author=program(),
                    made=now,
                    seen=seen_of(entities, record.iri),
                    confidence=accepted.score,
                    reason=accepted.reason,
                    by_software=True,
                    rule=one.rule,
                    edition=current_edition(editions, register),
                )
            )
        if any(one.by_software for one in links):
            report.linked += 1
        elif not found:
            has_candidates = any(each for _, each in each_name(entities, thing, limit=1))
            report.queued += has_candidates
            report.without += not has_candidates
    tell({"stage": "match", "file": "", "done": len(things), "total": len(things)})
    return report, made


def _reason(one: Acceptance, language: Language) -> str:
    """The evidence in words of the data's language."""
    said = "; ".join(language.text(each.template, **each.values) for each in one.candidate.evidence)
    if one.rule == "same-number":
        return said
    lead = language.text("{lead} points before the next entry", lead=round(100 * one.lead))
    return f"{said}; {lead}"


ROUTES = [Route(LINKS_PATH, make_links, methods=["POST"])]
