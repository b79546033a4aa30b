"""What a document names in passing, looked up in the reference data; what they lack is described from its words."""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from loaders.extraction import Act, Territory
from loaders.quads.document import Document
from loaders.values.crossreferences import named_in
from ontology.iris import Iris
from ontology.language import slug, spelling_key
from ontology.reference import COUNTRY, Programme, Reference, TerritoryRecord
from ontology.vocabulary import ELI, VEKHA


def territory_key(reference: Reference, territory: Territory | None) -> str:
    """The key of the narrowest known territory of a document; that of the country if none is known."""
    subject = _named(reference, territory.federal_subject if territory else None, COUNTRY)
    municipality = _named(reference, territory.municipality if territory else None, subject.key if subject else None)
    found = municipality or subject
    return found.key if found else COUNTRY


def territory_iri(iris: Iris, reference: Reference, territory: Territory | None) -> NamedNode | None:
    """The name of a document's territory, also of a municipality that the reference data lack."""
    if territory is None or not (territory.federal_subject or territory.municipality):
        return None
    known = reference.territories[territory_key(reference, territory)]
    if not territory.municipality or known.kind == "municipality":
        return iris.thing("territory", known.key) if known.key != COUNTRY else None
    return iris.thing("territory", f"{known.key}_{slug(territory.municipality)}")


def state_territory(document: Document) -> NamedNode | None:
    """The territory of the document; a municipality that the reference data lack is described by its name."""
    territory, reference = document.extraction.territory, document.reference
    iri = territory_iri(document.iris, reference, territory)
    key = territory_key(reference, territory)
    if territory is not None and territory.municipality and reference.territories[key].kind != "municipality":
        statements = document.statements
        assert iri is not None
        statements.is_a(iri, VEKHA.Territory)
        statements.label(iri, territory.municipality)
        statements.add(iri, VEKHA.within, document.iris.thing("territory", key))
    return iri


def state_act(document: Document, act: Act) -> NamedNode:
    """The act that a document cites; one that the reference data lack is described by its printed details."""
    statements, reference = document.statements, document.reference
    for known in reference.acts.values():
        if act.number and known.date == act.date and _number(known.number) == _number(act.number):
            iri = document.iris.thing("act", known.key)
            statements.verbatim(iri, VEKHA.rawText, act.raw)
            return iri
    name = "-".join(part for part in (slug(act.number or act.raw)[:60].strip("-"), act.date) if part)
    iri = document.iris.thing("act", f"{document.slug}_{name}")
    statements.is_a(iri, VEKHA.LegalAct)
    statements.label(iri, act.raw)
    statements.verbatim(iri, VEKHA.rawText, act.raw)
    statements.string(iri, ELI.number, act.number)
    statements.date(iri, ELI.date_document, act.date)
    issuer = (
        reference.find_actor(act.issuer, territory_key(reference, document.extraction.territory))
        if act.issuer
        else None
    )
    if issuer is not None:
        statements.add(iri, ELI.passed_by, document.iris.thing(issuer.entity.iri_kind, issuer.entity.key))
    return iri


def programmes_named(document: Document, text: str) -> list[NamedNode]:
    """Programmes whose name stands in `text`, in order."""
    territory = territory_key(document.reference, document.extraction.territory)
    return [
        document.iris.thing("programme", named.entity.key)
        for named in named_in(text, reference=document.reference, territory=territory)
        if isinstance(named.entity, Programme)
    ]


def _named(reference: Reference, name: str | None, within: str | None) -> TerritoryRecord | None:
    if not name or within is None:
        return None
    key = spelling_key(name)
    return next(
        (
            record
            for record in reference.territories.values()
            if record.territory == within and any(spelling_key(known) == key for known, _ in record.names())
        ),
        None,
    )


def _number(printed: str) -> str:
    """«№ 662 р», «662р» and «662-р» are one number."""
    return re.sub(r"[\W_]+", "", printed).lower()
