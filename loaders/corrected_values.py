"""
The values of corrections, read as texts of the document are: the same parsers, the same reference data.

A value that cannot be read is refused with words for the person who gave it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from loaders.extraction import Actor, Deadline, Period, SectionStep, Territory
from loaders.head.period import find_period
from loaders.layout.numbering import leading_number
from loaders.messages import DocumentError
from loaders.values.actor_kinds import kind_of_entity
from loaders.values.actors import ActorContext, split_actors
from loaders.values.deadlines import parse_deadline
from ontology import FOLDER
from ontology.generation import read_terms
from ontology.iris import Iris
from ontology.language import collapse, spelling_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.extraction import CorrectedField, Row
    from ontology.reference import Reference

ROW_KINDS: Final = ("activity", "result", "indicator", "form-item")
# A row that is none: a note, a total, a title.
NO_ROW: Final = "none"
JUSTIFICATION: Final = "correction"

_YEAR = re.compile(r"20\d\d")


class CorrectionError(DocumentError):
    """A correction that cannot be made, or cannot be applied to what the document says now."""


def check_value(field: CorrectedField, value: str, *, reference: Reference) -> None:
    """
    Whether a value can be one of the field, as far as that is known without the document.

    Raises:
        CorrectionError: It cannot.
    """
    match field:
        case "actor":
            if value.startswith("http"):
                actor_of_iri(value, (), reference)
        case "deadline":
            deadline_of(value, None)
        case "theme" | "level":
            concept_of(field, value)
        case "kind":
            kind_of_row(value)
        case "period":
            period_of(value)
        case "territory":
            territory_of(value, reference)
        case _:
            pass


def concept_of(scheme: str, value: str) -> str:
    """
    The identifier of a concept by itself or by one of its labels in any language.

    Raises:
        CorrectionError: The scheme has no such concept.
    """
    known = _concepts(scheme)
    found = known.get(value) or known.get(spelling_key(value))
    if found is None:
        names = ", ".join(sorted(set(known.values())))
        raise CorrectionError("«{value}» is none of: {names}", value=value, names=names)
    return found


@cache
def _concepts(scheme: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for iri, term in read_terms([FOLDER / "schemes" / f"{scheme}.ttl"]).items():
        if not any(type_.endswith("#Concept") for type_ in term.types):
            continue
        name = iri.rpartition("/")[2]
        found |= {name: name, **{spelling_key(label): name for label in term.labels.values()}}
    return found


def kind_of_row(value: str) -> str:
    if value not in {*ROW_KINDS, NO_ROW}:
        raise CorrectionError("«{value}» is none of: {names}", value=value, names=", ".join((*ROW_KINDS, NO_ROW)))
    return value


def period_of(value: str) -> Period:
    """«2021–2024», «сентябрь 2021 – май 2022», «2021/2022 уч. год», «2021», «2021-03-01/2024-06-30»."""
    start, slash, end = value.strip().partition("/")
    if slash and len(start) == len(end.strip()) == len("2021-01-01"):
        try:
            first, last = date.fromisoformat(start), date.fromisoformat(end.strip())
        except ValueError:
            first, last = date.max, date.min
        if first <= last:
            return Period(value, first.isoformat(), last.isoformat())
    elif _YEAR.fullmatch(year := value.strip()):
        return Period(value, f"{year}-01-01", f"{year}-12-31")
    elif (found := find_period(value)) is not None:
        return found
    raise CorrectionError(
        "«{value}» is no period; write it as «2021–2024» or «2021-03-01/2024-06-30»", value=collapse(value)
    )


def territory_of(value: str, reference: Reference) -> Territory:
    """«Томская область», «Город Томск», or «Томская область, Новый район» for a municipality that is not known."""
    rows = reference.territories.values()
    region, _, municipality = (part.strip() for part in value.partition(","))
    named = {spelling_key(name): row for row in rows for name, _how in row.names() if row.kind != "country"}
    found = named.get(spelling_key(region))
    if found is None or (municipality and found.kind != "federal-subject"):
        raise CorrectionError(
            "«{value}» is no known territory; write it as «Томская область, Город Томск»", value=collapse(value)
        )
    if municipality:
        inner = named.get(spelling_key(municipality))
        known = inner is not None and inner.territory == found.key
        return Territory(found.label_ru, inner.label_ru if inner and known else municipality)
    if found.kind == "federal-subject":
        return Territory(found.label_ru)
    return Territory(reference.territories[found.territory].label_ru, found.label_ru)


def deadline_of(value: str, period: Period | None) -> Deadline:
    """The deadline that the words say; a person's words are certain."""
    found = parse_deadline(value, period=period)
    if found.warning in {"unread", "impossible-date"} or found.deadline.class_ == "none" or found.unused:
        raise CorrectionError("«{value}» cannot be read as a deadline", value=collapse(value))
    return replace(found.deadline, confidence=1.0, unused="")


def actors_of(value: str, rows: Iterable[Row], context: ActorContext) -> list[Actor]:
    """The actors that the value names, by IRI or in words as a cell would; certain, and printed nowhere."""
    if value.startswith("http"):
        found = [actor_of_iri(value, rows, context.reference)]
        found[0].role = context.column
    else:
        found = split_actors(value, context=context)
    if not found:
        raise CorrectionError("«{value}» names nobody", value=collapse(value))
    return [replace(actor, start=None, end=None, confidence=1.0, justification=JUSTIFICATION) for actor in found]


def actor_of_iri(iri: str, rows: Iterable[Row], reference: Reference) -> Actor:
    """The actor of the reference data, or of the document, that has this IRI."""
    for row in rows:
        for actor in row.responsible:
            if actor.iri == iri:
                return replace(actor, raw=actor.label)
    for entity in reference.actors():
        if Iris().thing(entity.iri_kind, entity.key) == NamedNode(iri):
            label = entity.label_ru
            return Actor(label, kind_of_entity(entity, label), label, "responsible", 1.0, iri)
    raise CorrectionError("The reference data have no actor {iri}; give its name instead", iri=iri)


def names_actor(actor: Actor, words: str) -> bool:
    """Whether the words are the actor's IRI, its printed form or its name."""
    return words == actor.iri or spelling_key(words) in {spelling_key(actor.raw), spelling_key(actor.label)}


def section_of(value: str, rows: Iterable[Row]) -> list[SectionStep]:
    """The section of the document with this number or title, else a new one: «2. Подготовка кадров»."""
    wanted = spelling_key(value)
    for row in rows:
        for depth, step in enumerate(row.section_path, 1):
            names = {spelling_key(step.title), spelling_key(f"{step.number or ''} {step.title}")}
            if wanted in names or (step.number and step.number.strip(" .") == value.strip(" .")):
                return [SectionStep(known.number, known.title, known.place) for known in row.section_path[:depth]]
    leading = leading_number(value)
    number, title = (leading[0].printed, leading[1]) if leading else (None, value)
    return [SectionStep(number, collapse(title))]
