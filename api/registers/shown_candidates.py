"""Candidates of one thing as the page of links shows them, with what a decision on the thing touches."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from api.registers.entries import SCHEMES, state_of
from api.registers.queue import register_of
from graph.register_records import read_record
from loaders.linking.decisions import LINKING
from loaders.registries.editions import loaded_editions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.knowledge import Record
    from api.reconciliation.entities import Entity
    from api.reconciliation.service import Conversation
    from api.registers.queue import FoundCandidates, Queued
    from loaders.linking.decisions import Decision, Decisions
    from loaders.linking.proposals import Proposal, ServiceProposals
    from loaders.registries.editions import Edition

# So many activities are named that a decision touches; of more their number is told.
EFFECTS: Final = 12
# So many spellings are shown, each with its first place.
SPELLINGS: Final = 5


def shown_candidates(
    talk: Conversation, chosen: Queued, decisions: Decisions, found: FoundCandidates
) -> list[dict[str, Any]]:
    """Entries of loaded registers that the thing may be, with their evidence and the numbers that it would get."""
    refused, linked = _decided(decisions, chosen.thing)
    editions = loaded_editions(talk.knowledge.snapshot)
    shown = []
    for candidate in found.of(talk.entities, chosen.thing):
        entity = talk.entities.entities[candidate.record.key]
        record = read_record(talk.knowledge.snapshot, talk.knowledge.iris, entity.iri)
        # The number that a person knows an organisation by comes first.
        printed = sorted(record.identifiers, key=lambda one: one.scheme != "ogrn") if record else []
        shown.append(
            {
                "iri": entity.iri.value,
                "name": entity.name(talk.language.code),
                "places": places_of(talk, entity),
                "score": candidate.score,
                "sure": candidate.accepted and candidate.record.status == "in-force",
                "evidence": [
                    (talk.language.text(one.template, **one.values), one.for_it) for one in candidate.evidence
                ],
                "numbers": [(SCHEMES.get(one.scheme, one.scheme), one.value) for one in printed],
                "state": state_of(record) if record else None,
                "address": candidate.record.address,
                "period": (candidate.record.valid_from, candidate.record.valid_to),
                "source": _register_title(talk, editions, entity.iri),
                "refused": entity.iri.value in refused,
                "linked": linked.get(entity.iri.value),
            }
        )
    return shown


def shown_proposals(chosen: Queued, decisions: Decisions, services: Sequence[ServiceProposals]) -> list[dict[str, Any]]:
    """What each service proposed for the thing: its name, the moment of the answer, and the proposals."""
    refused, linked = _decided(decisions, chosen.thing)
    return [
        {
            "service": service.name,
            "address": service.address,
            "moment": service.answers[chosen.thing.value].at.isoformat(),
            "found": [
                {"proposal": one, "refused": one.record in refused, "linked": linked.get(one.record)}
                for one in service.answers[chosen.thing.value].found
            ],
        }
        for service in services
        if chosen.thing.value in service.answers
    ]


def proposal_of(
    services: Sequence[ServiceProposals], thing: NamedNode, record: str
) -> tuple[ServiceProposals, Proposal] | None:
    """The proposal of this entry for the thing, and whose it is."""
    for service in services:
        answered = service.answers.get(thing.value)
        for one in answered.found if answered else ():
            if one.record == record:
                return service, one
    return None


def effects_of(talk: Conversation, chosen: Queued) -> dict[str, Any]:
    """What a decision on the thing touches: its activities if they are few, else how many in which documents."""
    rows = talk.knowledge.records("link-effects", talk.language.code, thing=chosen.thing)
    documents = Counter((str(row["roadmap"]), str(row["document"] or row["roadmap"])) for row in rows)
    return {
        "activities": [(str(row["activity"]), str(row["name"])) for row in rows] if len(rows) <= EFFECTS else [],
        "documents": [(iri, title, count) for (iri, title), count in documents.items()],
        "count": len(rows),
    }


def places_of(talk: Conversation, entity: Entity) -> list[str]:
    """Where a thing or an entry is, which tells namesakes apart: the region, then the municipality, by their names."""
    is_place = entity.type in {"territory", "territory-version"}
    stated = next(map(str, entity.values.get("territory", ())), None)
    own = entity.iri.value if entity.type == "territory" else stated
    region = next(map(str, entity.values.get("region", ())), None)
    if region is None and own is not None:
        found = talk.entities.region_of(NamedNode(own))
        region = found.value if found else None
    places = [region if not is_place or region != own else None, own if not is_place else None]
    entities = (talk.entities.get(one) for one in dict.fromkeys(places) if one)
    return [one.name(talk.language.code) for one in entities if one is not None]


def code_of(entity: Entity) -> str:
    """The code of a territory, with the name of its scheme; empty if it has none."""
    number = next(iter(entity.values.get("number", ())), None) if entity.type == "territory" else None
    return f"{SCHEMES['oktmo']} {number}" if number else ""


def spellings_of(talk: Conversation, chosen: Queued) -> list[tuple[str, list[Record]]]:
    """The words by which documents name the thing, each with its mentions (see `actor-spellings`), the usual first."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for mention in talk.knowledge.records("actor-spellings", talk.language.code, thing=chosen.thing):
        found[str(mention["words"])].append(mention)
    return sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))


def _decided(decisions: Decisions, thing: NamedNode) -> tuple[set[str], dict[str, Decision]]:
    """The entries that were refused, and those that are linked with the decision, by IRI."""
    refused: set[str] = set()
    linked: dict[str, Decision] = {}
    for one in decisions.of(thing):
        if one.record is not None and one.state in LINKING:
            linked[one.record.value] = one
        elif one.record is not None:
            refused.add(one.record.value)
    return refused, linked


def _register_title(talk: Conversation, editions: Sequence[Edition], record: NamedNode) -> str:
    register = register_of(talk.knowledge.iris, record)
    found = next((one for one in editions if one.current and one.register == register), None)
    return f"{found.title}, {found.edition}" if found else register
