"""What both versions of the API share: mentions of their queries, properties, suggestions, values, the preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from api.questions.answers import plain_value
from api.reconciliation.entities import RECORDS, TYPES, Entities, Entity
from graph.matching.asked import Mention
from graph.terms import to_python
from ontology.language import spelling_key
from ontology.vocabulary import SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from api.knowledge import Knowledge
    from api.language import Language
    from graph.matching.matcher import Candidate
    from graph.terms import Term

MOST_QUERIES: Final = 1000
MOST_IDS: Final = 1000
MOST_CANDIDATES: Final = 50
SUGGESTED: Final = 20
# What can be asked for: the property of the graph, and its names.
PROPERTIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "region": (VEKHA.recordRegion.value, "Субъект федерации", "Federal subject"),
    "territory": (VEKHA.territory.value, "Территория", "Territory"),
    "level": (VEKHA.level.value, "Уровень", "Level"),
    "within": (VEKHA.within.value, "Входит в", "Within"),
    "ogrn": (VEKHA.ogrn.value, "ОГРН", "ОГРН"),
    "inn": (VEKHA.inn.value, "ИНН", "ИНН"),
    "oktmo": (VEKHA.oktmo.value, "ОКТМО", "OKTMO"),
    "kind": (VEKHA.recordKind.value, "Вид по реестру", "Kind in the register"),
    "status": (VEKHA.recordStatus.value, "Состояние по реестру", "Status in the register"),
    "valid-from": (VEKHA.validFrom.value, "Действует с", "Valid from"),
    "valid-to": (VEKHA.validTo.value, "Действует по", "Valid to"),
    "replaced-by": (VEKHA.replacedBy.value, "Сменилась записью", "Replaced by"),
}
_NUMBERS: Final = frozenset({"ogrn", "inn", "oktmo"})
_PLACES: Final = frozenset({"region", "territory", "within"})
# What the entry of a register says of the body or territory that is linked to it.
_OF_ENTRIES: Final = _NUMBERS | {"kind", "status", "valid-from", "valid-to"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of a batch in terms of matching."""

    mention: Mention
    types: tuple[str, ...]
    limit: int


def asked(
    entities: Entities, text: str, types: Sequence[str], limit: float | None, properties: Iterable[tuple[str, Any]]
) -> Asked:
    """
    The query with what its properties say of region, territory and numbers; unknown types and properties do not count.

    A place that names no territory of ours, or several, does not narrow the search.
    """
    region = territory = None
    numbers: list[str] = []
    for name, value in properties:
        for text_of in _texts(value):
            if name in _NUMBERS:
                numbers.append("".join(text_of.split()))
            elif name in _PLACES:
                place = entities.place(text_of)
                if name == "territory":
                    territory = place or territory
                else:
                    region = place or region
    if territory is not None and region is None:
        region = entities.region_of(territory)
    known = tuple(dict.fromkeys(name for name in types if name in TYPES))
    count = min(max(int(limit), 1), MOST_CANDIDATES) if limit else 10
    return Asked(Mention(text=text, region=region, territory=territory, numbers=tuple(numbers)), known, count)


def found(entities: Entities, query: Asked) -> list[Candidate]:
    return entities.find(query.mention, types=query.types, limit=query.limit)


def described(entities: Entities, candidate: Candidate, language: Language) -> dict[str, Any]:
    """What both versions say of a candidate; the score is of 100."""
    entity = entities.entities[candidate.record.key]
    return {
        "id": entity.iri.value,
        "name": entity.name(language.code),
        "type": [type_of(entity, language)],
        "score": round(100 * candidate.score, 1),
        "match": candidate.accepted,
    }


def features(candidate: Candidate, language: Language) -> Iterator[tuple[str, str, bool]]:
    """Each finding: an id, its words, and whether it speaks for the candidate."""
    for number, evidence in enumerate(candidate.evidence):
        yield f"finding-{number + 1}", language.text(evidence.template, **evidence.values), evidence.for_it


def type_of(entity: Entity, language: Language) -> dict[str, str]:
    return {"id": entity.type, "name": type_name(entity.type, language)}


def type_name(name: str, language: Language) -> str:
    _, russian, english = TYPES[name]
    return russian if language.code == "ru" else english


def property_name(name: str, language: Language) -> str:
    return PROPERTIES[name][1 if language.code == "ru" else 2]


def described_properties(
    entities: Entities, identifiers: Iterable[str], names: Iterable[str], language: Language
) -> list[dict[str, Any]]:
    """
    What both versions say of the properties whose values are given for these entities.

    A property has a type if its values are entities: territories, or what replaced records, which is of their type.
    """
    asked_of = {entity.type for identifier in identifiers if (entity := entities.get(identifier)) is not None}
    records = asked_of & RECORDS
    types = dict.fromkeys(_PLACES, "territory") | ({"replaced-by": records.pop()} if len(records) == 1 else {})
    return [
        {"id": name, "name": property_name(name, language)}
        | ({"type": {"id": types[name], "name": type_name(types[name], language)}} if name in types else {})
        for name in names
    ]


def suggested(prefix: str, choices: Mapping[str, str]) -> list[tuple[str, str]]:
    """Ids and names of which one begins so, or of whose names a word does."""
    key = spelling_key(prefix)
    return [
        (identifier, name)
        for identifier, name in choices.items()
        if identifier.startswith(prefix)
        or any(word.startswith(key) for word in (spelling_key(name), *spelling_key(name).split()))
    ]


def values(
    knowledge: Knowledge, entities: Entities, identifier: str, names: Sequence[str], language: Language
) -> dict[str, list[dict[str, Any]]]:
    """
    The values of these properties as both versions write them: `{"str"}`, `{"date"}`, or `{"id", "name"}` of an entity.

    Numbers, state and period that a body or territory has not itself are those of the entries to which it is linked
    exactly; a region that is not told is that of its territory.  Something unknown has none.  Of a concept that is no
    entity here, a level say, the label is the value.
    """
    entity = entities.get(identifier)
    if entity is None:
        return {name: [] for name in names}
    told, linked = _stated(knowledge, entities, entity.iri, names, language)
    missing = [name for name in names if name in _OF_ENTRIES and not told[name]]
    for entry in sorted(linked) if missing and entity.type not in RECORDS else ():
        of_entry, _ = _stated(knowledge, entities, NamedNode(entry), missing, language)
        for name, found in of_entry.items():
            told[name] += [value for value in found if value not in told[name]]
    if "region" in told and not told["region"] and entity.type not in RECORDS:
        place = identifier if entity.type == "territory" else next(map(str, entity.values.get("territory", ())), None)
        region = entities.region_of(NamedNode(place)) if place else None
        known = entities.get(region.value) if region else None
        told["region"] = [{"id": known.iri.value, "name": known.name(language.code)}] if known else []
    return told


def _stated(
    knowledge: Knowledge, entities: Entities, thing: NamedNode, names: Sequence[str], language: Language
) -> tuple[dict[str, list[dict[str, Any]]], set[str]]:
    """The values of the thing itself, and what it is linked to exactly."""
    wanted = {PROPERTIES[name][0]: name for name in names if name in PROPERTIES}
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    linked: set[str] = set()
    for row in knowledge.table("properties", language.code, thing=thing).records():
        stated, term = str(plain_value(row["property"])), row["value"]
        if stated == SKOS.exactMatch.value and isinstance(term, NamedNode):
            linked.add(term.value)
        name = wanted.get(stated)
        if name is None or term is None:
            continue
        value = _written(term, plain_value(row["valueLabel"]) or plain_value(term), entities)
        if value not in told[name]:
            told[name].append(value)
    return told, linked


def _written(term: Term, label: object, entities: Entities) -> dict[str, Any]:
    value = to_python(term)
    if isinstance(value, date):
        return {"date": f"{value.isoformat()}T00:00:00Z"}
    if isinstance(term, NamedNode) and entities.get(term.value) is not None:
        return {"id": term.value, "name": str(label)}
    return {"str": str(label)}


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  (of a client's JSON)
    """The texts of a property of a query: alone, several, or entities with id."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield str(one.get("id") or one.get("name") or "")
        elif one is not None:
            yield str(one)
