"""
The review of links to registers: one body or territory, its candidates with their evidence, a decision, the next one.

| address | what |
|---|---|
| `/linking?state=…&thing=<IRI>` | the queue of a state and one thing of it; the first if none is named |
| POST `/linking` | a decision, or `undo` of one |
| POST `/linking/automatic` | the program links what is sure (`api.registers.automatic`) |
| `/linking.tsv` | the decisions that hold, as SSSOM; POST takes such a file |
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.audit import Author
from api.access.rights import allow
from api.forms import form_of_editor
from api.links import with_query
from api.parameters import takes
from api.problems import ProblemError
from api.reconciliation.entities import editions_read
from api.reconciliation.service import conversation_of
from api.registers.automatic import RULES, link_here
from api.registers.decision_words import decision_words
from api.registers.queue import (
    STATES,
    Dependents,
    FoundCandidates,
    current_edition,
    found_by_name,
    read_queue,
    register_of,
    seen_of,
)
from api.registers.shown_candidates import (
    SPELLINGS,
    code_of,
    effects_of,
    places_of,
    proposal_of,
    shown_candidates,
    shown_proposals,
    spellings_of,
)
from api.representations import file_route, page_route
from api.site import held, site_of
from api.writing import writer_of, written
from graph.folder import DataFolder
from graph.matching.acceptance import best_of
from loaders.linking.decisions import OF_A_RECORD, Decision, DecisionError, Decisions, decide, undo
from loaders.linking.proposals import Proposals
from loaders.linking.sssom import read_sssom, write_sssom
from loaders.loaded_versions import newest
from loaders.registries.editions import loaded_editions
from ontology.language import spelling_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from api.language import Language
    from api.reconciliation.service import Conversation
    from api.registers.queue import Queued
    from loaders.linking.proposals import ServiceProposals

LISTED: Final = 100
_FORM: Final = 64 * 1024
_FILE: Final = 20_000_000


def page(request: Request) -> Response:
    allow(request, "read")
    talk = conversation_of(request)
    decisions = Decisions.read(talk.knowledge.snapshot)
    proposed = proposals_of(request)
    dependents = held(request, "dependents", Dependents)
    queue = read_queue(
        talk.knowledge, talk.entities, decisions, candidates_of(request), dependents=dependents, services=proposed
    )
    asked, state = request.query_params.get("thing"), request.query_params.get("state", "")
    chosen = next((one for one in queue if one.thing.value == asked), None)
    if asked and chosen is None:
        raise ProblemError(404, talk.language.text("The data know no «{value}»", value=asked))
    counts: dict[str, int | None] = {**Counter(name for one in queue for name in one.states)}
    is_behind = talk.entities.editions != editions_read(talk.knowledge)
    if is_behind:
        counts["stale"] = None
    state = (
        state
        if state in STATES
        else chosen.states[0]
        if chosen
        else next((one for one in STATES if counts.get(one)), "open")
    )
    listed = [one for one in queue if state in one.states]
    chosen = chosen or next(iter(listed), None)
    namesakes = Counter(spelling_key(_name(talk, one.thing)) for one in queue)
    said = spellings_of(talk, chosen) if chosen else []
    done = request.query_params.get("done")
    return site_of(request).pages.render(
        request,
        "linking.html",
        states=[(name, title, counts.get(name, 0)) for name, title in _titles(talk.language)],
        is_behind=is_behind,
        state=state,
        total=len(queue),
        listed=[
            (one, name, _apart(talk, one.thing) if namesakes[spelling_key(name)] > 1 else "")
            for one, name in ((one, _name(talk, one.thing)) for one in listed[:LISTED])
        ],
        count=len(listed),
        chosen=chosen,
        name=_name(talk, chosen.thing) if chosen else "",
        apart=_apart(talk, chosen.thing) if chosen else "",
        said=said[:SPELLINGS],
        more_said=max(len(said) - SPELLINGS, 0),
        spellings=_other_names(talk, chosen.thing, {words for words, _ in said}) if chosen else (),
        candidates=shown_candidates(talk, chosen, decisions, candidates_of(request)) if chosen else [],
        proposals=shown_proposals(chosen, decisions, proposed) if chosen else [],
        effects=effects_of(talk, chosen) if chosen else None,
        history=_history(talk, decisions, chosen) if chosen else [],
        rules=RULES,
        after=_next(listed, chosen),
        loaded=any(one.type in {"organisation-record", "territory-version"} for one in talk.entities.entities.values()),
        done=done if done and any(one.key == done for one in decisions.all()) else None,
        accepted=_counted(request, "accepted"),
        taken=_counted(request, "taken"),
        known=_counted(request, "known") or 0,
        version=talk.knowledge.version,
    )


async def decided(request: Request) -> Response:
    """Back to the queue, at the next thing."""
    async with form_of_editor(request, limit=_FORM) as (identity, form):
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_decide, request, Author.of(identity), fields)


async def linked(request: Request) -> Response:
    """The queue, after the program linked what is sure."""
    async with form_of_editor(request, limit=_FORM) as (identity, _):
        author = Author.of(identity)
    return await written(request, lambda: _link(request, author))


def mappings(request: Request) -> Response:
    allow(request, "read")
    talk = conversation_of(request)
    names = {NamedNode(iri): entity.name(talk.language.code) for iri, entity in talk.entities.entities.items()}
    text = write_sssom(
        Decisions.read(talk.knowledge.snapshot).all(),
        names,
        set_id=talk.knowledge.iris.graph("links").value,
        version=talk.knowledge.version,
        licence="https://creativecommons.org/licenses/by/4.0/",
    )
    headers = {
        "Content-Type": "text/tab-separated-values; charset=utf-8",
        "Content-Disposition": 'attachment; filename="links.sssom.tsv"',
        "Vekha-Version": str(talk.knowledge.version),
    }
    return Response(text, headers=headers)


async def taken(request: Request) -> Response:
    """The queue, with the decisions of a file that are not known yet; all of them or none."""
    async with form_of_editor(request, limit=_FILE, files=1) as (identity, form):
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
    return await run_in_threadpool(_take, request, Author.of(identity), content)


def _decide(request: Request, author: Author, fields: dict[str, str]) -> Response:
    talk = conversation_of(request)
    loader = writer_of(request)
    state = fields.get("state", "")
    back = {"state": state if state in STATES else None}
    try:
        if fields.get("undo"):
            with loader.turn() as store, loader.audited("unlink", author) as detail:
                found = Decisions.read(store.snapshot()).get(fields["undo"])
                undo(store, talk.knowledge.iris, found.key, author=author.name, at=_now())
                detail["thing"] = found.thing.value
            return RedirectResponse(with_query("/linking", back, thing=found.thing.value), status_code=303)
        decision = _asked(talk, proposals_of(request), author, fields)
        with loader.turn() as store, loader.audited("link", author) as detail:
            decide(store, talk.knowledge.iris, [decision])
            detail.update(thing=decision.thing.value, state=decision.state)
    except DecisionError as error:
        raise ProblemError(400, _told(talk.language, error)) from None
    following = fields.get("next")
    return RedirectResponse(with_query("/linking", back, thing=following or None, done=decision.key), status_code=303)


def _told(language: Language, error: DecisionError) -> str:
    values = {
        name: _told(language, value) if isinstance(value, DecisionError) else value
        for name, value in error.values.items()
    }
    return language.text(error.template, **values)


def _link(request: Request, author: Author) -> Response:
    versions = request.app.state.reconciled
    report = link_here(writer_of(request), site_of(request).installation, versions, lambda _: None, author=author)
    count = len(report.accepted)
    return RedirectResponse(
        with_query("/linking", state="automatic" if count else None, accepted=str(count)), status_code=303
    )


def candidates_of(request: Request) -> FoundCandidates:
    """The candidates that the application of this request found so far."""
    return held(request, "candidates", FoundCandidates)


def proposals_of(request: Request) -> list[ServiceProposals]:
    """What other services proposed so far."""
    return Proposals(DataFolder(site_of(request).installation.settings.data)).all()


def _edition(talk: Conversation, record: NamedNode) -> NamedNode | None:
    register = register_of(talk.knowledge.iris, record)
    return current_edition(loaded_editions(talk.knowledge.snapshot), register) if register else None


def _asked(
    talk: Conversation, proposed: Sequence[ServiceProposals], author: Author, fields: dict[str, str]
) -> Decision:
    """
    The decision of a form: `choice` is a state, and for one of an entry the state, a blank and its IRI.

    Raises:
        ProblemError: Of something that is not in the data.
    """
    state, _, record = fields.get("choice", "").partition(" ")
    thing = talk.entity(fields.get("thing", ""))
    said = " ".join(fields.get("reason", "").split())[:1000] or None
    foreign = proposal_of(proposed, thing.iri, record) if record else None
    if foreign is not None and state in OF_A_RECORD and talk.entities.get(record) is None:
        service, proposal = foreign
        return Decision(
            thing=thing.iri,
            record=NamedNode(proposal.record),
            state=state,  # type: ignore[arg-type]  # the class checks it
            author=author.name,
            made=_now(),
            seen=f"{proposal.name}; {service.name}",
            reason=said,
        )
    entry = talk.entity(record) if record else None
    if entry is not None and not register_of(talk.knowledge.iris, entry.iri):
        raise DecisionError("«{value}» is no entry of a register", value=record)
    score = next(
        (
            one.score
            for one in best_of(each for found in found_by_name(talk.entities, thing.iri).values() for each in found)
            if entry is not None and one.record.iri == entry.iri
        ),
        None,
    )
    return Decision(
        thing=thing.iri,
        record=entry.iri if entry and state in OF_A_RECORD else None,
        state=state,  # type: ignore[arg-type]  # the class checks it
        author=author.name,
        made=_now(),
        seen=seen_of(talk.entities, entry.iri) if entry else None,
        edition=_edition(talk, entry.iri) if entry else None,
        confidence=score,
        reason=said,
    )


def _take(request: Request, author: Author, content: bytes) -> Response:
    talk = conversation_of(request)
    loader = writer_of(request)
    try:
        found = read_sssom(content.decode("utf-8-sig"), author=author.name, made=_now())
        for one in found:
            talk.entity(one.thing.value)
        found = [_with_entry(talk, one) for one in found]
        with loader.turn() as store:
            new = Decisions.read(newest(store)).unknown(found)
            if new:
                with loader.audited("link", author) as detail:
                    decide(store, talk.knowledge.iris, new)
                    detail["decisions"] = len(new)
    except UnicodeDecodeError:
        raise ProblemError(400, talk.language.text("The file is not UTF-8")) from None
    except DecisionError as error:
        raise ProblemError(400, _told(talk.language, error)) from None
    told = {"state": "linked", "taken": len(new), "known": len(found) - len(new)}
    return RedirectResponse(with_query("/linking", told), status_code=303)


def _counted(request: Request, name: str) -> int | None:
    """The number that a redirection put into the address; None if there is none."""
    said = request.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else None


def _with_entry(talk: Conversation, decision: Decision) -> Decision:
    """The decision of a file with what its entry is like now; that of another service stays as it came."""
    record = decision.record
    if record is None or talk.entities.get(record.value) is None:
        return decision
    return replace(decision, seen=seen_of(talk.entities, record), edition=decision.edition or _edition(talk, record))


def _history(talk: Conversation, decisions: Decisions, chosen: Queued) -> list[dict[str, Any]]:
    words = decision_words(talk.language)
    editions = loaded_editions(talk.knowledge.snapshot)
    return [
        {
            "decision": one,
            "said": words[one.state],
            "entry": _entry(talk, one),
            "edition": next((f"{each.title}, {each.edition}" for each in editions if each.graph == one.edition), ""),
        }
        for one in reversed(decisions.all())
        if one.thing == chosen.thing
    ]


def _name(talk: Conversation, thing: NamedNode) -> str:
    entity = talk.entities.get(thing.value)
    return entity.name(talk.language.code) if entity else thing.value.rpartition("/")[2]


def _apart(talk: Conversation, thing: NamedNode) -> str:
    """What tells the thing from others of its name: where it is, and its code if it is a territory."""
    entity = talk.entities.get(thing.value)
    return " · ".join(filter(None, (", ".join(places_of(talk, entity)), code_of(entity)))) if entity else ""


def _other_names(talk: Conversation, thing: NamedNode, said: set[str]) -> list[str]:
    """What the thing is called beside its name, in no document."""
    return [name for name in talk.entities.entities[thing.value].names if name not in {_name(talk, thing), *said}]


def _entry(talk: Conversation, decision: Decision) -> str:
    """What the entry of a decision is called, in our data or by the service that proposed it."""
    if decision.record is None:
        return ""
    known = talk.entities.get(decision.record.value)
    return known.name(talk.language.code) if known else decision.called or decision.record.value


def _next(listed: list[Queued], chosen: Queued | None) -> str | None:
    """What stands behind the chosen thing in its list, else before it."""
    at = next((at for at, one in enumerate(listed) if chosen and one.thing == chosen.thing), None)
    if at is None:
        return None
    rest = [*listed[at + 1 :], *listed[:at]]
    return rest[0].thing.value if rest else None


def _titles(language: Language) -> list[tuple[str, str]]:
    _ = language.text
    return [
        ("open", _("to decide")),
        ("without", _("without a candidate")),
        ("stale", _("the register changed")),
        ("automatic", _("linked by the program")),
        ("linked", _("linked by people")),
        ("further", _("linked, other services propose more")),
        ("not-in-register", _("in no register")),
        ("not-an-entity", _("no body")),
        ("deferred", _("put off")),
    ]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES = [
    page_route("/linking", page, takes("state", "thing", "done", "accepted", "taken", "known")),
    Route("/linking", decided, methods=["POST"]),
    Route("/linking/automatic", linked, methods=["POST"]),
    file_route("/linking.tsv", mappings),
    Route("/linking.tsv", taken, methods=["POST"]),
]
