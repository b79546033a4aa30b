"""
The review of links to registers: one body or territory, its candidates with their evidence, a decision, the next one.

| address | what |
|---|---|
| `/linking?state=…&thing=<IRI>` | the queue of a state and one thing of it; the first if none is named |
| POST `/linking` | a decision, or `undo` of one |
| `/linking.tsv` | the decisions that hold, as SSSOM; POST takes such a file |
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.audit import Author
from api.access.identity import allow
from api.forms import form_of_editor
from api.links import with_query
from api.problems import ProblemError
from api.reconciliation.service import conversation_of
from api.site import site_of
from api.writing import writer_of
from graph.matching.matcher import Mention
from loaders.linking.decisions import LINKING, OF_A_RECORD, Decision, DecisionError, Decisions, decide, undo
from loaders.linking.sssom import read_sssom, write_sssom
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.language import Language
    from api.reconciliation.entities import Entities
    from api.reconciliation.service import Conversation
    from graph.matching.matcher import Candidate

SHOWN: Final = 5
LISTED: Final = 100
_FORM: Final = 64 * 1024
_FILE: Final = 20_000_000
# In which registers things of a class are looked for.
_REGISTERS: Final = {
    VEKHA.Body.value: ("organisation-record",),
    VEKHA.Territory.value: ("territory-version",),
}
# States of the queue in the order of the page; the first is shown when none is asked for.
STATES: Final = ("open", "stale", "linked", "not-in-register", "not-an-entity", "deferred")


@dataclass(frozen=True, slots=True)
class Queued:
    """A thing with what depends on it, the decision that settled it, and whether its entry changed since."""

    thing: NamedNode
    kind: str
    activities: int
    roadmaps: int
    settled: Decision | None
    stale: bool

    @property
    def state(self) -> str:
        if self.settled is None:
            return "open"
        if self.stale:
            return "stale"
        return "linked" if self.settled.state in LINKING else self.settled.state


def page(request: Request) -> Response:
    allow(request, "read")
    talk = conversation_of(request)
    decisions = Decisions.read(talk.knowledge.snapshot)
    queue = _queue(talk, decisions)
    asked, state = request.query_params.get("thing"), request.query_params.get("state", "")
    chosen = next((one for one in queue if one.thing.value == asked), None)
    if asked and chosen is None:
        raise ProblemError(404, talk.language.text("The data know no «{value}»", value=asked))
    state = state if state in STATES else chosen.state if chosen else STATES[0]
    listed = [one for one in queue if one.state == state]
    chosen = chosen or next(iter(listed), None)
    done = request.query_params.get("done")
    return site_of(request).pages.render(
        request,
        "linking.html",
        states=[(name, title, Counter(one.state for one in queue)[name]) for name, title in _titles(talk.language)],
        state=state,
        listed=[(one, _name(talk, one.thing)) for one in listed[:LISTED]],
        count=len(listed),
        chosen=chosen,
        name=_name(talk, chosen.thing) if chosen else "",
        spellings=talk.entities.entities[chosen.thing.value].names if chosen else (),
        candidates=_candidates(talk, chosen, decisions) if chosen else [],
        history=_history(talk, decisions, chosen) if chosen else [],
        after=_next(listed, chosen),
        loaded=any(one.type in {"organisation-record", "territory-version"} for one in talk.entities.entities.values()),
        done=done if done and any(one.key == done for one in decisions.all()) else None,
        version=talk.knowledge.version,
    )


async def decided(request: Request) -> Response:
    """Back to the queue, at the next thing."""
    async with form_of_editor(request, limit=_FORM) as (identity, form):
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_decide, request, Author.of(identity), fields)


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
    """The queue, with the decisions of a file; all of them or none."""
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
        decision = _asked(talk, author, fields)
        with loader.turn() as store, loader.audited("link", author) as detail:
            decide(store, talk.knowledge.iris, [decision])
            detail.update(thing=decision.thing.value, state=decision.state)
    except DecisionError as error:
        raise ProblemError(400, talk.language.text(error.template, **error.values)) from None
    following = fields.get("next")
    return RedirectResponse(with_query("/linking", back, thing=following or None, done=decision.key), status_code=303)


def _asked(talk: Conversation, author: Author, fields: dict[str, str]) -> Decision:
    """
    The decision of a form: `choice` is a state, and for one of an entry the state, a blank and its IRI.

    Raises:
        ProblemError: Of something that is not in the data.
    """
    state, _, record = fields.get("choice", "").partition(" ")
    thing = talk.entity(fields.get("thing", ""))
    entry = talk.entity(record) if record else None
    score = next(
        (one.score for one in _found(talk.entities, thing.iri) if entry is not None and one.record.iri == entry.iri),
        None,
    )
    return Decision(
        thing=thing.iri,
        record=entry.iri if entry and state in OF_A_RECORD else None,
        state=state,  # type: ignore[arg-type]  # the class checks it
        author=author.name,
        made=_now(),
        seen=_seen(talk.entities, entry.iri) if entry else None,
        confidence=score,
        reason=" ".join(fields.get("reason", "").split())[:1000] or None,
    )


def _take(request: Request, author: Author, content: bytes) -> Response:
    talk = conversation_of(request)
    loader = writer_of(request)
    try:
        found = read_sssom(content.decode("utf-8-sig"), author=author.name, made=_now())
        for one in found:
            talk.entity(one.thing.value)
        with loader.turn() as store, loader.audited("link", author) as detail:
            decide(store, talk.knowledge.iris, found)
            detail["decisions"] = len(found)
    except UnicodeDecodeError:
        raise ProblemError(400, talk.language.text("The file is not UTF-8")) from None
    except DecisionError as error:
        raise ProblemError(400, talk.language.text(error.template, **error.values)) from None
    return RedirectResponse("/linking?state=linked", status_code=303)


def _queue(talk: Conversation, decisions: Decisions) -> list[Queued]:
    """What is to be linked, the more depends on it the earlier."""
    queue = []
    for row in talk.knowledge.records("linkable", talk.language.code):
        thing = NamedNode(str(row["thing"]))
        if thing.value not in talk.entities.entities:
            continue
        settled = decisions.settled(thing)
        stale = bool(settled and settled.record and settled.seen != _seen(talk.entities, settled.record))
        counts = int(str(row["activities"])), int(str(row["roadmaps"]))
        queue.append(Queued(thing, str(row["class"]), *counts, settled, stale))
    return queue


def _found(entities: Entities, thing: NamedNode) -> list[Candidate]:
    """Entries that may be the thing: the best for any of its names, in its region."""
    entity = entities.entities[thing.value]
    kind = VEKHA.Territory.value if entity.type == "territory" else VEKHA.Body.value
    territory = (
        thing
        if entity.type == "territory"
        else next((NamedNode(str(each)) for each in entity.values.get("territory", ())), None)
    )
    region = entities.region_of(territory) if territory else None
    best: dict[NamedNode, Candidate] = {}
    for name in entity.names[:8]:
        mention = Mention(text=name, region=region, territory=territory)
        for one in entities.find(mention, types=_REGISTERS[kind], limit=SHOWN):
            known = best.get(one.record.iri)
            if known is None or known.score < one.score:
                best[one.record.iri] = one
    return sorted(best.values(), key=lambda one: (-one.score, one.record.key))[:SHOWN]


def _candidates(talk: Conversation, chosen: Queued, decisions: Decisions) -> list[dict[str, Any]]:
    refused = {one.record for one in decisions.of(chosen.thing) if one.state == "refused"}
    linked = {one.record for one in decisions.of(chosen.thing) if one.state in LINKING}
    shown = []
    for candidate in _found(talk.entities, chosen.thing):
        entity = talk.entities.entities[candidate.record.key]
        numbers = [str(value) for value in entity.values.get("number", ())]
        shown.append(
            {
                "iri": entity.iri.value,
                "name": entity.name(talk.language.code),
                "score": candidate.score,
                "sure": candidate.accepted,
                "evidence": [
                    (talk.language.text(one.template, **one.values), one.for_it) for one in candidate.evidence
                ],
                "numbers": numbers,
                "address": candidate.record.address,
                "period": (candidate.record.valid_from, candidate.record.valid_to),
                "refused": entity.iri in refused,
                "linked": entity.iri in linked,
            }
        )
    return shown


def _history(talk: Conversation, decisions: Decisions, chosen: Queued) -> list[dict[str, Any]]:
    words = dict(_words(talk.language))
    return [
        {
            "decision": one,
            "said": words[one.state],
            "entry": _name(talk, one.record) if one.record else "",
        }
        for one in reversed(decisions.all())
        if one.thing == chosen.thing
    ]


def _seen(entities: Entities, record: NamedNode) -> str:
    """What of an entry a decision rests on; empty if no register has it any more."""
    entity = entities.get(record.value)
    if entity is None:
        return ""
    ends = ", ".join(map(str, entity.values.get("to", ())))
    return "; ".join(filter(None, (entity.name(), *map(str, entity.values.get("status", ())), ends)))


def _name(talk: Conversation, thing: NamedNode) -> str:
    entity = talk.entities.get(thing.value)
    return entity.name(talk.language.code) if entity else thing.value.rpartition("/")[2]


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
        ("stale", _("the register changed")),
        ("linked", _("linked")),
        ("not-in-register", _("in no register")),
        ("not-an-entity", _("no body")),
        ("deferred", _("put off")),
    ]


def _words(language: Language) -> list[tuple[str, str]]:
    _ = language.text
    return [
        ("exactMatch", _("is this entry")),
        ("closeMatch", _("is close to this entry")),
        ("broadMatch", _("is a part of this entry")),
        ("refused", _("is not this entry")),
        ("not-in-register", _("is in no register")),
        ("not-an-entity", _("is no body")),
        ("deferred", _("put off")),
    ]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES = [
    Route("/linking", page),
    Route("/linking", decided, methods=["POST"]),
    Route("/linking.tsv", mappings),
    Route("/linking.tsv", taken, methods=["POST"]),
]
