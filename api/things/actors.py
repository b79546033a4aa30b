"""The page of a body, group, post or person: how documents call it, what it is named for, whom it works with."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from api.language import alphabetical
from api.links import same_page, with_query
from api.lists.paging import PageOfRows
from api.networks.files import facts_of
from api.parameters import takes
from api.registers.entries import editions_of, entries_of
from api.things.drawings import EgoPartner, draw_ego, draw_load
from api.things.frame import things
from api.things.versions import CERTAIN
from graph.networks.projections import Selection, bodies_by_activity
from ontology.iris import NAMESPACE
from ontology.vocabulary import ORG, OWL, RDF, RDFS, SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from api.knowledge import Record
    from api.things.frame import Thing
    from graph.networks.facts import Facts

_DUTIES: Final = "actor-duties"
_DUTIES_SHOWN: Final = 50
_PLACES: Final = 6
_ALL_PLACES: Final = 300
_PARTNERS: Final = 15
_DRAWN: Final = 12
# Nodes of the live drawing, which has room for names that a still one has not.
_AROUND: Final = 40
# Classes that every actor has say nothing.
_PLAIN_CLASSES: Final = frozenset({VEKHA.Actor.value})


@dataclass(slots=True)
class Spelling:
    """Words that name the actor, where they stand, and the least certain reading of them."""

    words: str
    mentions: list[Record] = field(default_factory=list)

    @property
    def confidence(self) -> float:
        return min((float(one["confidence"] or 0) for one in self.mentions), default=1.0)

    @property
    def is_certain(self) -> bool:
        return self.confidence >= CERTAIN

    @property
    def reasons(self) -> list[str]:
        return sorted({str(one["justification"]) for one in self.mentions if one["justification"]})


@dataclass(slots=True)
class Ties:
    """What the reference knows of the actor, by relation; each value has `value` and `valueLabel`."""

    by_property: dict[tuple[str, bool], list[Record]]

    def of(self, *properties: str, inverse: bool = False) -> list[Record]:
        """The values of these properties; with `inverse` what points to the actor by them."""
        return [record for name in properties for record in self.by_property.get((name, inverse), ())]


def actor(thing: Thing) -> Response:
    """The page; its address may name a `year`, a partner (`with`), a page of the duties and one `spelling`."""
    asked = thing.request.query_params
    ties = _ties(thing.records("actor"))
    facts = facts_of(thing.request, thing.knowledge)
    duties = thing.records(_DUTIES)
    years = _years(facts, duties)
    partners = _partners(thing, facts)
    year = int(asked["year"]) if asked.get("year", "").isdigit() else None
    undated = asked.get("year") == "none"
    partner = next((one for one in partners if one.key == asked.get("with")), None)
    chosen = [
        duty
        for duty in duties
        if (year is None or year in years[str(duty["entry"])])
        and not (undated and years[str(duty["entry"])])
        and (partner is None or str(duty["entry"]) in partner.activities)
    ]
    page = PageOfRows.of(asked.get("page"), len(chosen), _DUTIES_SHOWN)
    spellings = _spellings(thing.records("actor-spellings"))
    wanted = asked.get("spelling")
    per_year = Counter(one for found in years.values() for one in found)
    own_key = thing.knowledge.catalogue.prefixes.shorten(thing.iri.value) or thing.iri.value
    text, title = thing.language.text, _title(thing, ties, spellings)
    entries = entries_of(thing.knowledge, thing.iri)
    return thing.render(
        "actor.html",
        title=title,
        registry=entries,
        editions=editions_of(thing.knowledge, entries),
        classes=_classes(ties),
        ties=ties,
        notes=ties.of(SKOS.editorialNote.value),
        alternatives=_alternatives(ties, spellings),
        names=_names(),
        spellings=spellings,
        spelling=wanted if any(one.words == wanted for one in spellings) else None,
        places=_PLACES,
        all_places=_ALL_PLACES,
        duties=chosen[page.first : page.end],
        page=page,
        entries=len(years),
        by_group=len({str(duty["entry"]) for duty in duties if duty["named"] != thing.iri.value}),
        roles=Counter(str(duty["roleLabel"]) for duty in duties).most_common(),
        years=sorted(per_year.items()),
        undated=sum(not found for found in years.values()),
        year=year,
        is_undated=undated,
        partner=partner,
        partners=partners[:_PARTNERS],
        more_partners=max(len(partners) - _PARTNERS, 0),
        load=draw_load(
            sorted(per_year.items()),
            title=text("Load by year"),
            description=text("How many entries name it with a printed date in the year; the numbers stand below."),
            chosen=year,
            href=lambda one: same_page(thing.request, year=str(one), page=None, lang=None) + "#duties",
        ),
        ego=draw_ego(
            title,
            partners[:_DRAWN],
            title=text("Whom it works with most"),
            description=text("Lines join who is named for the same activity; the table below says how often."),
            href=thing.href,
        )
        if partners
        else None,
        network=with_query("/networks", projection="bodies-by-activity", focus=own_key) if partners else None,
        drawn=with_query(
            "/api/networks/bodies-by-activity", focus=own_key, top=_AROUND, format="map", lang=thing.language.code
        ),
        timeline=with_query("/timeline", body=own_key.partition(":")[2] if own_key.startswith("body:") else own_key),
        listed=with_query("/activities", actor=thing.iri.value.removeprefix(f"{thing.knowledge.iris.base}id/")),
        questions=thing.questions("actors", *(["groups"] if ties.of(VEKHA.member.value) else [])),
    )


def _ties(records: Sequence[Record]) -> Ties:
    found: defaultdict[tuple[str, bool], list[Record]] = defaultdict(list)
    for record in records:
        found[str(record["property"]), bool(record["inverse"])].append(record)
    for values in found.values():
        values.sort(key=lambda record: alphabetical(record["valueLabel"] or record["value"]))
    return Ties(found)


def _names() -> dict[str, str]:
    """The properties that the template asks for, by short names."""
    return {
        "kind": ORG.classification.value,
        "level": VEKHA.level.value,
        "territory": VEKHA.territory.value,
        "unit_of": ORG.unitOf.value,
        "post_in": ORG.postIn.value,
        "acts_for": VEKHA.actsFor.value,
        "member": VEKHA.member.value,
        "member_kind": VEKHA.memberKind.value,
        "member_level": VEKHA.memberLevel.value,
        "member_territory": VEKHA.memberTerritory.value,
        "extension_known": VEKHA.extensionKnown.value,
        "different": OWL.differentFrom.value,
    }


def _title(thing: Thing, ties: Ties, spellings: Sequence[Spelling]) -> str:
    label = thing.label
    return label if ties.of(RDFS.label.value) or not spellings else spellings[0].words


def _classes(ties: Ties) -> list[str]:
    return [
        str(record["valueLabel"])
        for record in ties.of(RDF.type.value)
        if str(record["value"]).startswith(NAMESPACE) and record["value"] not in _PLAIN_CLASSES and record["valueLabel"]
    ]


def _alternatives(ties: Ties, spellings: Sequence[Spelling]) -> list[str]:
    """Names of the reference that no document uses."""
    found = {one.words for one in spellings}
    known = ties.of(SKOS.altLabel.value, SKOS.hiddenLabel.value)
    return sorted({str(record["value"]) for record in known} - found, key=alphabetical)


def _spellings(mentions: Sequence[Record]) -> list[Spelling]:
    found: dict[str, Spelling] = {}
    for mention in mentions:
        words = str(mention["words"])
        found.setdefault(words, Spelling(words)).mentions.append(mention)
    return sorted(found.values(), key=lambda one: (-len(one.mentions), alphabetical(one.words)))


def _years(facts: Facts, duties: Sequence[Record]) -> dict[str, frozenset[int]]:
    """The years in which printed dates of each entry among the duties fall."""
    years = {}
    for entry in {str(duty["entry"]) for duty in duties}:
        known = facts.activities.get(entry)
        spans = known.spans if known else ()
        years[entry] = frozenset(year for start, end in spans for year in range(start.year, end.year + 1))
    return years


def _partners(thing: Thing, facts: Facts) -> list[EgoPartner]:
    """Who is named for the same activities, most common activities first; by name, not through groups."""
    own = frozenset(iri for iri, activity in facts.activities.items() if thing.iri.value in activity.roles)
    if thing.iri.value not in facts.actors:
        return []
    network = bodies_by_activity(facts, Selection(activities=own))
    if thing.iri.value not in network:
        return []
    prefixes = thing.knowledge.catalogue.prefixes
    found = [
        EgoPartner(
            iri=other,
            key=prefixes.shorten(other) or other,
            label=facts.name(other, thing.language.code),
            activities=frozenset(data["activities"]),
            ties={third: network[other][third]["weight"] for third in network[other] if third != thing.iri.value},
        )
        for other, data in network[thing.iri.value].items()
    ]
    return sorted(found, key=lambda one: (-len(one.activities), alphabetical(one.label)))


ROUTES = [
    route
    for folder in ("bodies", "groups", "persons", "posts", "provisional")
    for route in things(folder, actor, table=_DUTIES, taken=takes("year", "with", "page", "spelling"))
]
